"""The estimator as the calibration asks it: a world in, rows of hubs, products and totals out."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import ibis
import pyarrow as pa

from entrepot.answers._legs import Legs
from entrepot.answers._rerouted import Rows, shaped
from entrepot.answers.rerouted import Rerouted
from entrepot.measures.margin import FALLBACK
from entrepot.model import flow, indicator
from entrepot.model.commodity import Basket
from entrepot.model.period import parse_window
from entrepot.store.engine import DuckDB

if TYPE_CHECKING:
    from ibis.expr.types import Table

    from entrepot.simulate import World

BASE, WINDOW = "2019-03:2022-02", "2022-03:2023-02"
MODEL = "donors"


class Memory:
    """What the estimator asks of a store, of a world that is held in memory."""

    def __init__(self, world: World) -> None:
        self.engine = DuckDB()
        self.engine.register("flows", world.flows)
        self.engine.register("facts", world.facts)

    def flows(self, _as_of: date | None = None) -> Table:
        """What is reported."""
        return ibis.table(flow.COLUMNS, name="flows")

    def indicators(self, _as_of: date | None = None) -> Table:
        """Distances and borders."""
        return ibis.table(indicator.COLUMNS, name="facts")

    def sql(self, expr: Table) -> str:
        """The query an expression becomes."""
        return self.engine.sql(expr)

    def run(self, expr: Table) -> pa.Table:
        """The rows of an expression."""
        return self.engine.run(expr)

    def landed(self, expr: Table) -> Table:
        """The rows of an expression, kept for others."""
        name = "landed_" + hashlib.sha256(self.sql(expr).encode()).hexdigest()[:12]
        self.engine.register(name, self.run(expr))
        return ibis.table(expr.schema(), name=name)

    def snapshots(self, _as_of: date | None = None) -> Sequence[Any]:
        """None: nothing was published."""
        return ()


def ours(world: World) -> pa.Table:
    """Rows of the total ("all"), each hub and each hub and product, as `entrepot diversion` gives them."""
    asked = legs(world)
    _, found = Rerouted(asked, MODEL, FALLBACK).chosen
    rows = Rows(asked, found)
    hubs = [row | {"commodity": "all"} for row in rows.hubs]
    told = shaped([*hubs, *rows.cells()], asked)
    score = [
        None if row["false_share"] is None else -row["false_share"] - row["p_value"] * 1e-6
        for row in told.to_pylist()
    ]
    return told.append_column("score", pa.array(score, pa.float64()))


def legs(world: World, base: str = BASE, window: str = WINDOW) -> Legs:
    """The question asked of a world: what of the restricted goods went by others."""
    return Legs(
        Memory(world),  # type: ignore[arg-type]  # it has what is asked of a store here
        (world.origin,),
        (world.destination,),
        Basket("restricted", tuple(sorted(world.restricted))),
        None,
        parse_window(base),
        parse_window(window),
        (),
        world.union,
        "USD",
        None,
    )
