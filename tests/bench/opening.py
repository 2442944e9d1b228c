"""What one waits for before anything is asked: a store to open, the command line to tell what it can do."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from entrepot.store import Store
from tests.bench.trials import Result, apart

SNAPSHOTS = (1, 100, 1_000)
_OPENS, _HELP = 100.0, 300.0  # ms
_TEXT = (
    "reporter,partner,flow,period,commodity,value_usd,status\nXAA,XBB,export,{:%Y-%m},870323,1,simulated\n"
)


def opening(folder: Path, rounds: int, sizes: tuple[int, ...] = SNAPSHOTS) -> Iterator[Result]:
    """Opening stores of so many snapshots, and `--help`."""
    store = folder / "opened"
    for count in sizes:
        filled(store, count)
        runs = [apart("open", store, store) for _ in range(rounds)]
        told = f"{count:,} snapshot{'s' * (count > 1)}"
        for name, what in (("first", "a store opens"), ("again", "the same, imports done")):
            value = 1000 * statistics.median(one[name] for one in runs)
            yield Result(f"{what}, {told}", value, "ms", _OPENS)
    yield from _helping(rounds)


def filled(folder: Path, count: int) -> None:
    """A store with so many snapshots of one row: one is added, the others are published as its like."""
    store = Store(folder)
    first = _added(store, folder)
    held = len(store.snapshots())
    scopes = pq.read_table(folder / "snapshots" / f"{first}.scope.parquet")
    rejects = store.rejects(first)
    (card,) = (one for one in store.snapshots() if one.snapshot == first)
    (rows,) = (folder / "flows" / first).glob("*.parquet")
    for at in range(held, count):
        name, scratch = f"{at:016x}", folder / "scratch" / "made"
        scratch.mkdir(parents=True, exist_ok=True)
        (scratch / "rows").write_bytes(rows.read_bytes())
        new = replace(card, snapshot=name, sha256=name * 4, file=f"{name}.csv")
        store._files.publish(scratch / "rows", new, _of_month(scopes, at), rejects)


def _added(store: Store, folder: Path) -> str:
    source = folder.with_suffix(".csv")
    source.write_text(_TEXT.format(_month(0)), encoding="utf-8")
    return store.add(source, now=datetime(2026, 1, 1, tzinfo=UTC), source="tidy").card.snapshot


def _month(at: int) -> date:
    return date(1930 + at // 12, 1 + at % 12, 1)


def _of_month(scopes: pa.Table, at: int) -> pa.Table:
    """The same scope for another month."""
    place = scopes.schema.get_field_index("periods")
    kind = scopes.schema.field("periods").type
    return scopes.set_column(place, "periods", pa.array([[_month(at)]] * len(scopes), kind))


def _helping(rounds: int) -> Iterator[Result]:
    spent: dict[str, list[float]] = {"python -c pass": [], "entrepot --help": []}
    commands = ([sys.executable, "-c", "pass"], [sys.executable, "-m", "entrepot.cli", "--help"])
    for _ in range(rounds):
        for name, command in zip(spent, commands, strict=True):
            start = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            spent[name].append(1000 * (time.perf_counter() - start))
    yield Result("entrepot --help", statistics.median(spent["entrepot --help"]), "ms", _HELP)
    yield Result("  of which Python itself", statistics.median(spent["python -c pass"]), "ms")
