"""The kinds of rows a store holds: flows of trade, facts beside trade, acts and votes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from entrepot.model import act, flow, indicator, vote


@dataclass(frozen=True, eq=False)
class Kind:
    """What must be known of rows to read, check and keep them, whatever they say."""

    name: str  # of its table in the store
    columns: Mapping[str, str]
    identity: tuple[str, ...]  # rows alike in these speak of one cell
    measured: tuple[str, ...]  # a row without any of them says nothing; the first is the figure
    alike: tuple[str, ...]  # and rows of one cell must agree in these
    named: tuple[str, ...]  # what a message calls a cell by
    block: tuple[str, ...]  # a snapshot speaks for blocks of these; none: for each of its rows alone
    sort: tuple[str, ...]  # order on disk, for the questions that are asked


FLOWS: Final = Kind(
    "flows",
    flow.COLUMNS,
    identity=(*flow.CELL, "hs_revision", *flow.BREAKDOWN),
    measured=flow.MEASURED,
    alike=(*flow.MEASURED, "quantity_unit"),
    named=("reporter", "partner", "flow", "period", "commodity"),
    block=("reporter", "flow", "frequency", "partner_basis", "currency", "hs_revision", "breakdown"),
    sort=("flow", "year", "commodity", "reporter", "partner", "period", "partner_basis"),
)
INDICATORS: Final = Kind(
    "indicators",
    indicator.COLUMNS,
    identity=indicator.FACT,
    measured=("value",),
    alike=("value",),
    named=("indicator", "area", "partner", "period"),
    block=(),
    sort=("indicator", "area", "partner", "period"),
)
ACTS: Final = Kind(
    "acts",
    act.COLUMNS,
    identity=("key",),
    measured=("amount", "title"),
    alike=("date", "actor", "partner", "kind", "amount"),
    named=("key",),
    block=(),
    sort=("kind", "actor", "partner", "date"),
)
VOTES: Final = Kind(
    "votes",
    vote.COLUMNS,
    identity=("roll_call", "area"),
    measured=("vote", "date"),
    alike=("vote",),
    named=("roll_call", "area"),
    block=(),
    sort=("roll_call", "area"),
)
KINDS: Final = {kind.name: kind for kind in (FLOWS, INDICATORS, ACTS, VOTES)}
