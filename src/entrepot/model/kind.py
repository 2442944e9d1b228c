"""The two kinds of rows a store holds: flows of trade, and facts beside trade."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from entrepot.model import flow, indicator


@dataclass(frozen=True, eq=False)
class Kind:
    """What must be known of rows to read, check and keep them, whatever they say."""

    name: str  # of its table in the store
    columns: Mapping[str, str]
    identity: tuple[str, ...]  # rows alike in these speak of one cell
    measured: tuple[str, ...]  # a row without any of them says nothing
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
    sort=("flow", "year", "commodity", "reporter", "partner", "period"),
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
KINDS: Final = {kind.name: kind for kind in (FLOWS, INDICATORS)}
