"""Which rows are in force: for each cell of trade one snapshot speaks, and the others are masked.

Precedence: the source's rank, then the later publication, then the later arrival; within a file the
coarser breakdown, then the later HS revision. The winner speaks for its whole scope, so a row that
vanished in a revision is gone, and a cell no later snapshot covers stays as it was.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import TYPE_CHECKING

import ibis

from entrepot.model.constant import constant
from entrepot.model.provenance import Scope, Snapshot

if TYPE_CHECKING:
    from ibis.expr.types import BooleanValue, Table

_BLOCK = (
    "snapshot",
    "reporter",
    "flow",
    "frequency",
    "partner_basis",
    "currency",
    "hs_revision",
    "breakdown",
)

_MOST_CELLS = 50_000  # of a mask listed cell by cell; a larger one is told by its axes
_NO_LEVEL = -1
_FILL = {"hs_revision": "", "digits": _NO_LEVEL}  # nulls would not join


@dataclass(frozen=True)
class Held:
    """One scope of one snapshot."""

    snapshot: Snapshot
    scope: Scope

    @property
    def precedence(self) -> tuple[object, ...]:
        """Sorts the one that speaks first."""
        scope = self.scope
        parts = len(scope.breakdown.split())
        edition = (
            -int((scope.hs_revision or "HS0")[2:] or 0) if (scope.hs_revision or "HS0")[2:].isdigit() else 0
        )
        return (*_precedence(self.snapshot), parts, edition, scope.hs_revision or "", scope.breakdown)


def _precedence(shot: Snapshot) -> tuple[object, ...]:
    return (shot.rank, -shot.published.toordinal(), -shot.retrieved.timestamp(), shot.snapshot)


@dataclass(frozen=True)
class Mask:
    """Cells of one scope that another scope speaks for. None: all of the loser's."""

    loser: Held
    periods: frozenset[object]
    partners: frozenset[str] | None
    commodities: frozenset[str] | None
    digits: frozenset[int | None] | None = None

    @property
    def axes(self) -> tuple[str, ...]:
        """Columns in which the mask leaves something of a period to the loser."""
        cells = {"partner": self.partners, "commodity": self.commodities, "digits": self.digits}
        return tuple(name for name, values in cells.items() if values is not None)


def masks(held: Iterable[Held]) -> list[Mask]:
    """What each scope must leave to another."""
    at: dict[tuple[object, ...], list[Held]] = defaultdict(list)
    for one in held:
        for period in one.scope.periods:
            at[(*one.scope.key, period)].append(one)
    pairs: dict[tuple[int, int], tuple[Held, Held]] = {}
    for together in at.values():
        for one, other in combinations(together, 2):
            winner, loser = sorted((one, other), key=lambda h: h.precedence)
            pairs[id(winner), id(loser)] = (winner, loser)
    return [mask for pair in pairs.values() if (mask := _mask(*pair))]


def _mask(winner: Held, loser: Held) -> Mask | None:
    partners = _shared(winner.scope.partners, loser.scope.partners)
    commodities = _shared(winner.scope.commodities, loser.scope.commodities)
    digits = None
    if winner.scope.commodities is None and not loser.scope.digits <= winner.scope.digits:
        # A winner complete at its own levels says nothing of the loser's other levels.
        digits = winner.scope.digits & loser.scope.digits
    if frozenset() in (partners, commodities, digits):
        return None
    return Mask(loser, winner.scope.periods & loser.scope.periods, partners, commodities, digits)


def _shared(winner: frozenset[str] | None, loser: frozenset[str] | None) -> frozenset[str] | None:
    """None where the winner has all of the loser's."""
    if winner is None or (loser is not None and loser <= winner):
        return None
    return winner if loser is None else winner & loser


def in_force(flows: Table, found: Sequence[Mask]) -> Table:
    """The rows no mask covers. `flows` is the expression of all rows of the snapshots concerned."""
    rows: dict[tuple[str, ...], list[dict[str, object]]] = defaultdict(list)
    for mask in found:
        given = _given(mask)
        if math.prod(map(len, given.values())) > _MOST_CELLS:
            flows = flows.filter(~_covered(flows, _block(mask), given))
        else:
            rows[mask.axes] += _rows(_block(mask), given)
    for axes in sorted(rows):
        flows = _without(flows, rows[axes], axes)
    return flows


def first_told(rows: Table, cards: Sequence[Snapshot], identity: Sequence[str]) -> Table:
    """Of rows alike in `identity` (nulls are alike) those of the snapshot that speaks first.

    For rows that speak for themselves alone: a later snapshot withdraws nothing that it does not repeat.
    """
    order = [card.snapshot for card in sorted(cards, key=_precedence)]
    places = constant(
        {"told_by": order, "place": list(range(len(order)))}, {"told_by": "string", "place": "int64"}
    )
    placed = rows.inner_join(places, rows.snapshot == places.told_by)
    cell = ibis.window(group_by=[placed[name] for name in identity])
    marked = placed.mutate(first=placed.place.min().over(cell))
    return marked.filter(marked.place == marked.first).select(*rows.columns)


def _block(mask: Mask) -> dict[str, object]:
    scope = mask.loser.scope
    names = (mask.loser.snapshot.snapshot, *scope.key[:3], scope.partner_basis, scope.currency)
    return dict(zip(_BLOCK, (*names, scope.hs_revision or "", scope.breakdown), strict=True))


def _given(mask: Mask) -> dict[str, frozenset[object]]:
    """The axes on which a mask covers a part only, and the part."""
    digits = mask.digits and frozenset(_NO_LEVEL if level is None else level for level in mask.digits)
    axes = {"period": mask.periods, "partner": mask.partners, "commodity": mask.commodities, "digits": digits}
    return {name: frozenset(values) for name, values in axes.items() if values is not None}


def _rows(block: dict[str, object], given: dict[str, frozenset[object]]) -> Iterator[dict[str, object]]:
    for cell in product(*given.values()):
        yield block | dict(zip(given, cell, strict=True))


def _covered(flows: Table, block: dict[str, object], given: dict[str, frozenset[object]]) -> BooleanValue:
    """Whether a row lies in a block too large to be listed cell by cell."""
    filled = {name: flows[name].fill_null(empty) for name, empty in _FILL.items()}
    column = {name: filled.get(name, flows[name]) for name in (*block, *given)}
    parts = [column[name] == value for name, value in block.items()]
    parts += [column[name].isin(sorted(values, key=str)) for name, values in given.items()]
    return ibis.and_(*parts).fill_null(False)


def _without(flows: Table, rows: list[dict[str, object]], axes: tuple[str, ...]) -> Table:
    names = (*_BLOCK, "period", *axes)
    types = dict.fromkeys(names, "string") | {"period": "date", "digits": "int8"}
    table = constant({f"m_{n}": [row[n] for row in rows] for n in names}, {f"m_{n}": types[n] for n in names})
    filled = {name: flows[name].fill_null(empty) for name, empty in _FILL.items()}
    keys = [filled.get(name, flows[name]) == table[f"m_{name}"] for name in names]
    return flows.anti_join(table, keys)


def wholly_masked(held: Sequence[Held], found: Iterable[Mask]) -> Mapping[str, bool]:
    """Per snapshot: whether nothing of it is in force, so its files need not be read."""
    covered: dict[int, set[object]] = defaultdict(set)
    for mask in found:
        if not mask.axes:
            covered[id(mask.loser)] |= mask.periods
    out: dict[str, bool] = {}
    for one in held:
        name = one.snapshot.snapshot
        out[name] = out.get(name, True) and covered[id(one)] >= one.scope.periods
    return out
