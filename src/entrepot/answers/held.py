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
from entrepot.model.kind import ACTS, FLOWS, INDICATORS, VOTES
from entrepot.model.provenance import Snapshot
from entrepot.store import Store

if TYPE_CHECKING:
    from ibis.expr.types import Table


def status(store: Store, *, as_of: date | None = None) -> Answer:
    """What is held: one row per reporter, flow, source, frequency and level (see measures.coverage).

    Beside it, where there are any, what is not trade: `indicators`, `acts` (those of the package's lists
    too), `votes`.
    Raises NoDataError where nothing is held.
    """
    shots = store.snapshots(as_of)
    vintages = constant(
        {"snapshot": [shot.snapshot for shot in shots], "published": [shot.published for shot in shots]},
        {"snapshot": "string", "published": "date"},
    )
    expr = _coverage.coverage(_flows(store, shots, as_of), vintages)
    table = store.run(expr)
    others = _beside(store, shots, vintages, as_of)
    queries = {"rows": expr} | others
    beside = {name: store.run(rows) for name, rows in others.items()}
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
    told = {name: store.sql(rows) for name, rows in queries.items()}
    return Answer(question, table, shots, told, warnings, NOTES, beside)


def _beside(store: Store, shots: Sequence[Snapshot], vintages: Table, as_of: date | None) -> dict[str, Table]:
    """What is held of each kind of rows beside trade."""
    kinds = {shot.kind for shot in shots}
    found = {}
    if INDICATORS.name in kinds:
        found[INDICATORS.name] = _coverage.facts(store.indicators(as_of), vintages)
    if ACTS.name in kinds:
        found[ACTS.name] = _coverage.acts(store.acts(as_of), vintages)
    if VOTES.name in kinds:
        found[VOTES.name] = _coverage.votes(store.votes(as_of), vintages)
    return found


def _flows(store: Store, shots: Sequence[Snapshot], as_of: date | None) -> Table:
    """The rows in force; none, and no error, where what is not trade is all that is held."""
    if shots and not any(shot.kind == FLOWS.name for shot in shots):
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
