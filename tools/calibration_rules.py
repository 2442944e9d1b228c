"""The rules in use elsewhere, asked of one world as their users ask: on codes as they are, unspliced."""

from __future__ import annotations

from typing import Any, Final

import ibis
import numpy as np
from ibis.expr.types import Table

from entrepot.measures import rules
from entrepot.model.constant import column
from entrepot.model.flow import COLUMNS
from entrepot.simulate import World
from entrepot.store.engine import DuckDB

BY: Final = ("hub", "commodity")
FLOOR_USD: Final = 100_000.0
"""A year, of one product. The published floor is EUR 100 m of all goods; of 1e4, 1e5 and 1e6 this one serves
the rule best: average precision on forty development worlds."""
YEARS: Final = 3  # before the event: the base of the increments
NAMES: Final = (
    "growth > 50 %, z > 1.96, floor",
    "year on year > 30 %",
    "increment over the mean before",
    "smaller of two increments",
)

Answer = dict[tuple[str, str], tuple[float | None, bool, float]]
"""Cell -> score, whether it is flagged, USD more than in the mean of the years before."""


def ask(world: World) -> dict[str, Answer]:
    """What each rule says of every hub and restricted product of a world."""
    engine = DuckDB()
    engine.register("flows", world.flows)
    flows = ibis.table(COLUMNS, name="flows")
    inward, outward = _years(flows, world, "partner"), _years(flows, world, "reporter")
    before = _sums(inward, YEARS)
    asked = (
        rules.growth_and_z(inward, 0, BY, floor=FLOOR_USD),
        rules.year_on_year(_sums(inward, 1), BY),
        rules.increment(before, BY),
        rules.smaller_increment(before, _sums(outward, YEARS), BY),
    )
    more = {_cell(row): row["increment"] for row in engine.run(asked[2]).to_pylist()}
    return {
        name: {_cell(row): _told(row, more) for row in engine.run(expr).to_pylist()}
        for name, expr in zip(NAMES, asked, strict=True)
    }


def _cell(row: dict[str, Any]) -> tuple[str, str]:
    return row["hub"], row["commodity"]


def _told(row: dict[str, Any], more: dict[tuple[str, str], float]) -> tuple[float | None, bool, float]:
    increment = row["increment"] if "increment" in row else more[_cell(row)]
    return row["score"], row["is_flagged"], max(increment, 0.0)


def _years(flows: Table, world: World, side: str) -> Table:
    """Sums of twelve months from the event's month on, hub by product: year 0 is the window.

    A month without a row is one without trade: these reporters publish all they have.
    """
    leg = flows.filter(flows.flow == "export", flows.commodity.isin(column("c", world.restricted).c))
    other, end = ("reporter", world.origin) if side == "partner" else ("partner", world.destination)
    leg = leg.filter(leg[other] == end, ~leg[side].isin([world.origin, world.destination, "WLD"]))
    month = leg.period.year() * 12 + leg.period.month() - world.event.year * 12 - world.event.month
    year = (month / 12.0).floor().cast("int64")
    placed = leg.select(hub=leg[side], commodity=leg.commodity, year=year, value=leg.value)
    summed = placed.group_by([*BY, "year"]).agg(value=placed.value.sum())
    return summed.filter(summed.year <= 0)


def _sums(yearly: Table, years: int) -> Table:
    """The window beside the mean of so many years before it."""
    base = yearly.value.sum(where=(yearly.year < 0) & (yearly.year >= -years)).fill_null(0.0) / years
    window = yearly.value.sum(where=yearly.year == 0).fill_null(0.0)
    return yearly.group_by(BY).agg(base_value=base, window_value=window)


def order(answer: Answer, cells: list[tuple[str, str]]) -> list[tuple[float, ...]]:
    """What to rank those cells by: flagged ones first, then the score; those without one last."""
    told = (answer.get(cell, (None, False, 0.0)) for cell in cells)
    return [(float(flagged), -np.inf if score is None else score) for score, flagged, _ in told]
