"""What is timed: adding, one series, a full scan; each against DuckDB by hand on the same files."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb

from entrepot import flows
from entrepot.measures.cells import Selection, cells
from entrepot.measures.direct import series
from entrepot.model.commodity import parse_commodity
from entrepot.model.flow import Flow
from entrepot.store import Store
from entrepot.store.engine._compiled import compiled, template
from entrepot.store.engine.duckdb import ADDING_LIMIT

FILES = "flows/*/*.parquet"
_PARTS = (
    *(
        f"  of which {one}"
        for one in ("log, cards, scopes", "building the expression", "compiling it", "engine")
    ),
    "compiling the first question of a shape in a process",
)


@dataclass(frozen=True)
class Result:
    """One line of the report."""

    what: str
    value: float
    unit: str
    aim: float | None = None  # at most

    def plain(self) -> dict[str, Any]:
        """For JSON lines."""
        return asdict(self) | {"holds": None if self.aim is None else self.value <= self.aim}


@dataclass(frozen=True)
class Skipped:
    """What was not measured, and why."""

    what: str
    why: str

    def plain(self) -> dict[str, Any]:
        """For JSON lines."""
        return {"skipped": self.what, "why": self.why}


def medians(tasks: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Seconds of each task: the median over rounds in which all take turns, after one round unmeasured."""
    spent: dict[str, list[float]] = {name: [] for name in tasks}
    for turn in range(rounds + 1):
        for name, task in tasks.items():
            start = time.perf_counter()
            task()
            if turn:
                spent[name].append(time.perf_counter() - start)
    return {name: statistics.median(one) for name, one in spent.items()}


def apart(
    task: str, source: Path | str, target: Path, *asked: str, limit: float | None = None
) -> dict[str, float]:
    """Seconds, CPU seconds and peak bytes of a task in a process of its own (tests.bench.once)."""
    command = [sys.executable, "-m", "tests.bench.once", task, str(source), str(target), *asked]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=limit)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def adding(source: Path, folder: Path, rounds: int) -> Iterator[Result]:
    """Adding the file against DuckDB's COPY of it, by turns; leaves the store in `folder/store`."""
    seen: dict[str, list[dict[str, float]]] = {"copy": [], "add": []}
    for turn in range(rounds):
        seen["copy"].append(apart("copy", source, folder / "copy.parquet"))
        place = folder / ("store" if turn == 0 else f"store-{turn}")
        seen["add"].append(apart("add", source, place))
    spent = {name: statistics.median(one["seconds"] for one in runs) for name, runs in seen.items()}
    yield Result("add / COPY of the same CSV.gz", spent["add"] / spent["copy"], "ratio", 1.5)
    cpu = {name: statistics.median(one["cpu"] for one in runs) for name, runs in seen.items()}
    yield Result("the same in CPU time, imports included", cpu["add"] / cpu["copy"], "ratio")
    yield Result("add", spent["add"], "s")
    yield Result("COPY", spent["copy"], "s")
    yield peak(max(one["peak"] for one in seen["add"]), "all rows")


def small(source: Path, folder: Path) -> Result:
    """Peak memory with a smaller file: it should be about the same."""
    return peak(apart("add", source, folder / "store-small")["peak"], "a quarter of the rows")


def peak(found: float, rows: str) -> Result:
    """Memory as a result."""
    return Result(f"peak memory of add, {rows}", found / 2**30, "GiB", 2.0)


def reconciling(cells: int, folder: Path, rounds: int) -> Iterator[Result]:
    """A year of both sides, reconciled by the program and by the same steps in pandas, by turns."""
    source = folder / "sides.parquet"
    apart("sides", str(cells), source)
    seen: dict[str, list[dict[str, float]]] = {"reconcile": [], "reconcile-pandas": []}
    for _ in range(rounds):
        for name, runs in seen.items():
            runs.append(apart(name, source, folder / f"{name}.parquet"))
    spent = {name: statistics.median(one["seconds"] for one in runs) for name, runs in seen.items()}
    cpu = {name: statistics.median(one["cpu"] for one in runs) for name, runs in seen.items()}
    most = {name: max(one["peak"] for one in runs) / 2**30 for name, runs in seen.items()}
    yield Result(
        "reconcile / the same steps in pandas", spent["reconcile"] / spent["reconcile-pandas"], "ratio", 1.0
    )
    for name in seen:
        yield Result(f"{name}, {cells:,} rows", spent[name], "s")
        yield Result(f"{name}, CPU time", cpu[name], "s")
        yield Result(f"{name}, peak memory", most[name], "GiB", 2.0 if name == "reconcile" else None)


def _busiest(store: Path, most: int) -> list[tuple[str, str, str]]:
    """Pairs and products with the longest export series."""
    query = f"""
        SELECT reporter, partner, commodity FROM read_parquet('{store}/{FILES}') WHERE flow = 'export'
        GROUP BY ALL ORDER BY count(*) DESC, reporter, partner, commodity LIMIT {most}
    """
    return duckdb.sql(query).fetchall()


def one_series(folder: Path, rounds: int) -> Iterator[Result]:
    """One pair, one product, by month: asked for the first time, asked again, and where the time goes."""
    store = Store(folder)
    first, *asked = _busiest(folder, 2 * rounds + 1)
    _ask(store, first)
    fresh = [_timed(lambda one=one: _ask(store, one)) for one in asked[:rounds]]  # type: ignore[misc]
    again = [_timed(lambda one=one: _ask(store, one)) for one in asked[:rounds]]  # type: ignore[misc]
    yield Result("series, one pair and product, new question", 1000 * statistics.median(fresh), "ms", 50)
    yield Result("series, the same question again", 1000 * statistics.median(again), "ms", 50)
    parts = [_parts(store, one) for one in asked[rounds:]]
    for place, name in enumerate(_PARTS):
        yield Result(name, 1000 * statistics.median(part[place] for part in parts), "ms")


def _timed(task: Callable[[], object]) -> float:
    start = time.perf_counter()
    task()
    return time.perf_counter() - start


def _ask(store: Store, asked: tuple[str, str, str]) -> None:
    reporter, partner, commodity = asked
    flows(store, reporter=reporter, partner=partner, commodity=commodity, flow="export")


def _parts(store: Store, asked: tuple[str, str, str]) -> list[float]:
    reporter, partner, commodity = asked
    wanted = Selection((reporter,), (partner,), Flow.EXPORT, parse_commodity(commodity))
    marks = [time.perf_counter()]
    rows = store.flows()
    marks.append(time.perf_counter())
    expr = series(cells(rows, wanted))
    marks.append(time.perf_counter())
    store.sql(expr)
    marks.append(time.perf_counter())
    store.run(expr)
    marks.append(time.perf_counter())
    compiled.cache_clear()
    template.cache_clear()
    again = time.perf_counter()
    store.sql(expr)
    marks.append(marks[-1] + time.perf_counter() - again)
    return [later - sooner for sooner, later in pairwise(marks)]


def full_scan(folder: Path, rounds: int) -> Iterator[Result]:
    """Five columns of every row, through the store and by hand."""
    store = Store(folder)
    held = store.flows()
    expr = held.agg(
        reporter=held.reporter.max(),
        partner=held.partner.max(),
        commodity=held.commodity.max(),
        period=held.period.max(),
        value=held.value.sum(),
    )
    hand = duckdb.connect(config={"memory_limit": ADDING_LIMIT})
    query = f"""
        SELECT max(reporter), max(partner), max(commodity), max(period), sum(value)
        FROM read_parquet('{folder}/{FILES}')
    """
    spent = medians({"store": lambda: store.run(expr), "hand": lambda: hand.sql(query).fetchall()}, rounds)
    yield Result("full scan of five columns / DuckDB by hand", spent["store"] / spent["hand"], "ratio", 1.3)
    yield Result("full scan", 1000 * spent["store"], "ms")
