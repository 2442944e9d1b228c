"""Layouts of the same rows, written and asked by DuckDB by hand: order, partitions, groups, compression."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

from entrepot.store.engine.duckdb import ADDING_LIMIT
from tests.bench.trials import FILES, medians

_HS6_FIRST = "flow, year(period), commodity, reporter, partner, period"
_REPORTER_FIRST = "flow, year(period), reporter, partner, commodity, period"


@dataclass(frozen=True)
class Layout:
    """One way to lay out the files."""

    name: str
    order: str = _HS6_FIRST
    partitioned: bool = False  # folders by flow and year
    row_group: int = 122_880
    compression: str = "zstd"
    version: str = "v2"


STORE = Layout("as the store: one file a snapshot, HS6 first, 122,880, zstd, v2")
TRIED = (
    STORE,
    replace(STORE, name="folders by flow and year", partitioned=True),
    replace(STORE, name="reporter and partner first", order=_REPORTER_FIRST),
    replace(STORE, name="row groups of 30,720", row_group=30_720),
    replace(STORE, name="row groups of 500,000", row_group=500_000),
    replace(STORE, name="snappy", compression="snappy"),
    replace(STORE, name="Parquet version 1", version="v1"),
)


@dataclass(frozen=True)
class Tried:
    """What a layout came to: megabytes, seconds to write, milliseconds to ask."""

    layout: str
    size_mb: float
    write_s: float
    product_ms: float
    pair_ms: float
    corridor_ms: float
    scan_ms: float

    def plain(self) -> dict[str, Any]:
        """For JSON lines."""
        return asdict(self)


def layouts(store: Path, folder: Path, rounds: int) -> list[Tried]:
    """Write the store's rows in each layout and ask each the same four questions, by turns."""
    hand = duckdb.connect(config={"memory_limit": ADDING_LIMIT, "temp_directory": str(folder / "spill")})
    rows = f"(SELECT * FROM read_parquet('{store}/{FILES}'))"
    asked = _questions(hand, rows)
    written = {
        one.name: _write(hand, rows, one, folder / f"layout-{place}") for place, one in enumerate(TRIED)
    }
    tasks: dict[str, Callable[[], object]] = {}
    for place, one in enumerate(TRIED):
        files = f"read_parquet('{folder}/layout-{place}/**/*.parquet', hive_partitioning = false)"
        for name, query in asked.items():
            tasks[f"{one.name}|{name}"] = partial(_ask, hand, query.format(rows=files))
    spent = medians(tasks, rounds)
    found = [_tried(one, *written[one.name], spent) for one in TRIED]
    for place in range(len(TRIED)):
        shutil.rmtree(folder / f"layout-{place}")
    return found


def _tried(one: Layout, size: int, seconds: float, spent: dict[str, float]) -> Tried:
    asked = (1000 * spent[f"{one.name}|{name}"] for name in ("product", "pair", "corridor", "scan"))
    return Tried(one.name, size / 1e6, seconds, *asked)


def _ask(hand: duckdb.DuckDBPyConnection, query: str) -> object:
    return hand.sql(query).fetchall()


def _write(hand: duckdb.DuckDBPyConnection, rows: str, one: Layout, target: Path) -> tuple[int, float]:
    """Bytes and seconds."""
    target.mkdir()
    options = f"FORMAT parquet, COMPRESSION {one.compression}, PARQUET_VERSION {one.version}"
    options += f", ROW_GROUP_SIZE {one.row_group}"
    start = time.perf_counter()
    if one.partitioned:
        years = hand.sql(f"SELECT DISTINCT flow, year(period) FROM {rows} ORDER BY ALL").fetchall()
        for flow, year in years:
            part = (
                f"SELECT * FROM {rows} WHERE flow = '{flow}' AND year(period) = {year} ORDER BY {one.order}"
            )
            (target / f"flow={flow}" / f"year={year}").mkdir(parents=True)
            hand.execute(f"COPY ({part}) TO '{target}/flow={flow}/year={year}/flows.parquet' ({options})")
    else:
        hand.execute(
            f"COPY (SELECT * FROM {rows} ORDER BY {one.order}) TO '{target}/flows.parquet' ({options})"
        )
    seconds = time.perf_counter() - start
    return sum(file.stat().st_size for file in target.rglob("*.parquet")), seconds


def _questions(hand: duckdb.DuckDBPyConnection, rows: str) -> dict[str, str]:
    """One product between all, all products of a pair, a corridor through six hubs, everything."""
    most = f"FROM {rows} WHERE flow = 'export' GROUP BY ALL ORDER BY count(*) DESC,"
    ((product,),) = hand.sql(f"SELECT commodity {most} commodity LIMIT 1").fetchall()
    ((reporter, partner),) = hand.sql(f"SELECT reporter, partner {most} reporter, partner LIMIT 1").fetchall()
    busy = [one for (one,) in hand.sql(f"SELECT reporter {most} reporter LIMIT 8").fetchall()]
    hubs = "', '".join(one for one in busy if one not in (reporter, partner))
    sums = "sum(value), count(*) FROM {rows} WHERE"
    return {
        "product": f"SELECT reporter, partner, flow, period, {sums} commodity = '{product}' GROUP BY ALL",
        "pair": f"SELECT flow, period, {sums} reporter = '{reporter}' AND partner = '{partner}' GROUP BY ALL",
        "corridor": f"""
            SELECT commodity, period, {sums} flow = 'export' AND (
                (reporter = '{reporter}' AND partner IN ('{hubs}', '{partner}'))
                OR (reporter IN ('{hubs}') AND partner = '{partner}')
            ) GROUP BY ALL""",
        "scan": "SELECT max(reporter), max(partner), max(commodity), max(period), sum(value) FROM {rows}",
    }
