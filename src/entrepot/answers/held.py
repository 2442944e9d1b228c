"""What is held, and what was not understood."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import pyarrow as pa

from entrepot.answers._shape import NOTES
from entrepot.errors import NoDataError
from entrepot.measures import coverage as _coverage
from entrepot.model.answer import Answer
from entrepot.model.constant import constant
from entrepot.model.kind import FLOWS, INDICATORS
from entrepot.model.provenance import Snapshot
from entrepot.store import Store

if TYPE_CHECKING:
    from ibis.expr.types import Table


def status(store: Store, *, as_of: date | None = None) -> Answer:
    """What is held: one row per reporter, flow, source, frequency and level (see measures.coverage).

    Beside it, where there are any, the facts beside trade: `indicators`. Raises NoDataError where nothing is
    held.
    """
    shots = store.snapshots(as_of)
    vintages = constant(
        {"snapshot": [shot.snapshot for shot in shots], "published": [shot.published for shot in shots]},
        {"snapshot": "string", "published": "date"},
    )
    expr = _coverage.coverage(_flows(store, shots, as_of), vintages)
    table = store.run(expr)
    queries, beside = {"rows": store.sql(expr)}, {}
    if any(shot.kind == INDICATORS.name for shot in shots):
        facts = _coverage.facts(store.indicators(as_of), vintages)
        queries["indicators"], beside = store.sql(facts), {"indicators": store.run(facts)}
    unknown = sum(not shot.published_is_known for shot in shots)
    warnings = []
    if unknown:
        warnings.append(
            f"{unknown} of {len(shots)} publication dates are unknown; the day of adding stands in."
        )
    rejected = sum(shot.rejects for shot in shots)
    if rejected:
        warnings.append(f"{rejected:,} rows were not understood: entrepot rejects")
    question = {"command": "status", "as_of": as_of}
    return Answer(question, table, shots, queries, warnings, NOTES, beside)


def _flows(store: Store, shots: Sequence[Snapshot], as_of: date | None) -> Table:
    """The rows in force; none, and no error, where facts beside trade are all that is held."""
    if shots and all(shot.kind == INDICATORS.name for shot in shots):
        return constant({name: [] for name in FLOWS.columns}, FLOWS.columns)
    return store.flows(as_of)


def rejects(store: Store, *, snapshot: str | None = None, as_of: date | None = None) -> Answer:
    """Rows that were not understood: file, row, column, value, reason.

    Raises NoDataError where nothing is held.
    """
    shots = [shot for shot in store.snapshots(as_of) if snapshot in (None, shot.snapshot, shot.file)]
    if not shots:
        raise NoDataError(
            f"the store holds no snapshot {snapshot!r}." if snapshot else "the store holds nothing yet."
        )
    parts = [
        store.rejects(shot.snapshot).add_column(0, "file", pa.array([shot.file] * shot.rejects, pa.string()))
        for shot in shots
    ]
    return Answer(
        {"command": "rejects", "snapshot": snapshot, "as_of": as_of}, pa.concat_tables(parts), shots
    )
