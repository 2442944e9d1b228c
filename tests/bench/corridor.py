"""Rerouted trade, timed: the screen of every hub and HS6 against a bare scan, and the modelling of cells."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from entrepot.answers._legs import Legs
from entrepot.measures.diversion import Study, study
from entrepot.measures.leg_arrays import Leg
from entrepot.measures.legs import LEGS, YEAR, Spans, spans
from entrepot.model.commodity import Basket
from entrepot.model.period import parse_window
from entrepot.store.engine._compiled import compiled, template
from entrepot.store.engine.duckdb import ASKING_LIMIT
from tests.bench.both_sides import Made
from tests.bench.trials import Result, apart, medians

BASE, WINDOW = parse_window("2020-01:2022-01"), parse_window("2022-03:2022-11")
HUBS, LISTED, BESIDE = 200, 500, 100  # 100,000 cells asked about
FEWEST = 10  # goods
CHAPTERS = ("84", "85", "87", "90")
_TEXTS = ("reporter", "partner", "partner_basis", "flow", "period", "frequency", "commodity", "digits")
_NEEDED = (*_TEXTS, "hs_revision", "currency", "status", "source", "snapshot")


def diverting(rows: int, folder: Path, rounds: int) -> Iterator[Result]:
    """Made-up rows screened for the largest traders, and for middling ones; then models."""
    source = folder / "held.parquet"
    apart("held", str(rows), source)
    traders = by_size(source)
    middle = len(traders) // 2
    yield from screening(source, traders[0], traders[1], "largest traders", rounds)
    yield from screening(source, traders[middle], traders[middle + 1], "middling traders", rounds)
    yield from modelling(min(LISTED, max(FEWEST, rows // 1000)), rounds)


def screening(source: Path, origin: str, destination: str, who: str, rounds: int) -> Iterator[Result]:
    """The sums of each leg, hub and HS6 code, asked anew in each round, by turns with a scan by hand."""
    hand = duckdb.connect(config={"memory_limit": ASKING_LIMIT})
    listed = goods(source)
    query = (
        f"SELECT {', '.join(f'max({n})' for n in _NEEDED)}, sum(value), sum(net_weight_kg) FROM '{source}'"
    )
    tasks = {
        "screen": lambda: screen(source, origin, destination, listed),
        "scan": lambda: hand.sql(query).fetchall(),
    }
    spent = medians(tasks, rounds)
    yield Result(f"screen of hubs x HS6 / bare scan, {who}", spent["screen"] / spent["scan"], "ratio", 3.0)
    yield Result(f"screen, {who}", spent["screen"], "s")
    yield Result("bare scan of its columns", spent["scan"], "s")
    yield Result(f"rows of its legs, {who}", len(screen(source, origin, destination, listed)), "sums")


def screen(
    source: Path, origin: str, destination: str, goods: tuple[str, ...], engine: Any = "duckdb"
) -> Any:
    """What the question of rerouted trade asks of the store first; nothing is kept from the last time."""
    compiled.cache_clear()
    template.cache_clear()
    basket, nobody = Basket("some chapters by HS6", goods), ()
    asked = (
        Made(source, engine),
        (origin,),
        (destination,),
        basket,
        None,
        BASE,
        WINDOW,
        nobody,
        None,
        "USD",
        None,
    )
    return Legs(*asked).sums


def by_size(source: Path) -> list[str]:
    """Reporters, those with most rows first."""
    query = f"SELECT reporter FROM '{source}' GROUP BY 1 ORDER BY count(*) DESC, 1"
    return [code for (code,) in duckdb.sql(query).fetchall()]


def goods(source: Path) -> tuple[str, ...]:
    """The codes of some chapters."""
    query = f"SELECT DISTINCT commodity FROM '{source}' WHERE commodity[:2] IN {CHAPTERS} ORDER BY 1"
    return tuple(code for (code,) in duckdb.sql(query).fetchall())


# ------------------------------------------------------------------ models
def modelling(listed: int, rounds: int) -> Iterator[Result]:
    """Each model over hubs and listed goods: expectations, p-values, discoveries, intervals."""
    legs = made_up(listed=listed)
    for model, aim in (("donors", 60.0), ("trend", 60.0)):
        seconds, cells = [], 0
        for _ in range(rounds):
            start = time.perf_counter()
            cells = modelled(legs, model)
            seconds.append(time.perf_counter() - start)
        yield Result(f"modelling {cells:,} cells, {model}", statistics.median(seconds), "s", aim)


def modelled(legs: dict[str, Leg], model: str) -> int:
    """How many cells were modelled, all that an answer says of them."""
    import numpy as np

    found = study(legs, {name: np.ones(len(legs[name].hubs), bool) for name in LEGS}, model, 0.06)
    assert isinstance(found, Study), found
    for channel in ("total", "re-export", "ghost"):
        found.found(channel)
    assert found.hubs["total"].shape[0] == len(legs["sent"].hubs)
    return len(found.cells["total"]["middle"])


def made_up(hubs: int = HUBS, listed: int = LISTED, beside: int = BESIDE) -> dict[str, Leg]:
    """Four legs of hubs x goods over three spans with sizes and noise as trade has, and nothing rerouted."""
    import numpy as np

    random = np.random.default_rng(1)
    asked = spans(BASE, WINDOW)
    every = (asked, *asked.earlier(date(2018, 1, 1)))
    size = random.normal(0, 1.5, (hubs, 1)) + random.normal(12, 1.5, (1, listed + beside))
    return {name: _leg(name, every, size, listed, random) for name in LEGS}


def _leg(name: str, every: tuple[Spans, ...], size: Any, listed: int, random: Any) -> Leg:
    import numpy as np

    def noisy(months: int) -> Any:
        shape = (len(every), *size.shape)
        return np.exp(size + random.normal(0, 0.6, shape)) * months / YEAR

    hubs, goods = size.shape
    is_listed, months = np.arange(goods) < listed, len(every[0].window)
    slots = tuple(sorted({day for one in every for day in (*one.base, *one.window)}))
    usual = np.exp(size[:, is_listed]).sum(axis=1, keepdims=True) / YEAR
    return Leg(
        name,
        tuple(f"hub {place}" for place in range(hubs)),
        tuple(f"{place:06d}" for place in range(goods)),
        every,
        slots,
        **{kind: noisy(months) for kind in ("whole", "recent", "window")},
        listed=is_listed,
        alive=np.ones(goods, bool),
        control=np.arange(hubs) >= 10,
        asked=np.ones(hubs, bool),
        totals=usual * np.exp(random.normal(0, 0.1, (hubs, len(slots)))),
    )
