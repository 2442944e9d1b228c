"""`make bench`: times the program against DuckDB by hand on made-up rows, in one run, as ratios.

ROWS=20000000 python -m tests.bench [--only TRIAL] [--json] [--no-layouts] [--rounds N] [--folder DIR]
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console
from rich.table import Table

from entrepot.store import Store
from tests.bench import naming
from tests.bench.corridor import diverting
from tests.bench.layouts import Tried, layouts
from tests.bench.serving import serving
from tests.bench.trials import Result, adding, apart, full_scan, one_series, reconciling, small

DEFAULT_ROWS = 20_000_000
_RECONCILED = 0.55  # 20 million rows, ten of each side, are 11 million of both


def run(rows: int, folder: Path, rounds: int, *, with_layouts: bool) -> Iterator[Result | Tried]:
    """Every result, as it comes."""
    source, quarter = folder / "simulated.csv.gz", folder / "quarter.csv.gz"
    apart("generate", str(rows), source)
    apart("generate", str(rows // 4), quarter)
    yield small(quarter, folder)
    yield from adding(source, folder, rounds)
    yield Result("rows held (simulated countries)", Store(folder / "store").snapshots()[0].rows, "rows")
    yield from one_series(folder / "store", _often(5, rounds))
    yield from serving(folder / "store", folder, _seconds(rounds))
    yield from full_scan(folder / "store", _often(3, rounds))
    yield from reconciling(round(rows * _RECONCILED), folder, rounds)
    yield from diverting(rows, folder, rounds)
    if with_layouts:
        yield from layouts(folder / "store", folder, _often(5, rounds))


def _seconds(rounds: int) -> int:
    """How long people look at the web page."""
    return 20 * rounds if rounds > 1 else 8


def _often(times: int, rounds: int) -> int:
    """What is quick is timed more often than what is slow; but once where one round is all that is asked."""
    return times * rounds if rounds > 1 else 1


def chosen(
    only: str | None, rows: int, folder: Path, rounds: int, *, with_layouts: bool, held: Path | None = None
) -> Iterator[Result | Tried]:
    """One trial, or all."""
    if only == "reconcile":
        return reconciling(round(rows * _RECONCILED), folder, rounds)
    if only == "diversion":
        return diverting(rows, folder, rounds)
    if only == "serve":
        return serving(held or _stored(rows, folder), folder, _seconds(rounds))
    return run(rows, folder, rounds, with_layouts=with_layouts)


def _stored(rows: int, folder: Path) -> Path:
    source = folder / "simulated.csv.gz"
    apart("generate", str(rows), source)
    Store(folder / "store").add(source, now=datetime(2024, 1, 31, tzinfo=UTC), source="tidy")
    return folder / "store"


def show(found: list[Result | Tried], console: Console) -> None:
    """Two tables: results against their aims, and layouts."""
    table = Table("what", "value", "aim", "", title="simulated data, one run, medians")
    for one in found:
        if isinstance(one, Result):
            aim = "" if one.aim is None else f"≤ {one.aim:g}"
            verdict = "" if one.aim is None else ("holds" if one.value <= one.aim else "missed")
            table.add_row(one.what, f"{one.value:,.2f} {one.unit}", aim, verdict)
    console.print(table)
    tried = [one.plain() for one in found if isinstance(one, Tried)]
    if tried:
        grid = Table(*tried[0], title="layouts of the same rows, asked by DuckDB by hand")
        for row in tried:
            grid.add_row(*(_cell(value) for value in row.values()))
        console.print(grid)


def _cell(value: Any) -> str:
    return f"{value:,.1f}" if isinstance(value, float) else str(value)


def main(arguments: list[str] | None = None) -> None:
    """Read what is asked, run it, print it."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object a line, in place of tables")
    parser.add_argument("--no-layouts", action="store_true", help="leave the layouts out")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is timed (default 3)")
    parser.add_argument("--folder", type=Path, help="where to work; 8 GB are needed for 20 million rows")
    parser.add_argument(
        "--only", choices=["reconcile", "diversion", "serve", "names"], help="this trial alone"
    )
    parser.add_argument("--store", type=Path, help="of --only serve: a store that a bench has made already")
    asked = parser.parse_args(arguments)
    if asked.only == "names":
        naming.main([])
        return
    rows = int(os.environ.get("ROWS") or DEFAULT_ROWS)
    with TemporaryDirectory(dir=asked.folder) as folder:
        found = []
        wanted = {"with_layouts": not asked.no_layouts, "held": asked.store}
        for one in chosen(asked.only, rows, Path(folder), asked.rounds, **wanted):
            found.append(one)
            if asked.json:
                sys.stdout.write(json.dumps(one.plain()) + "\n")
                sys.stdout.flush()
    if not asked.json:
        show(found, Console())


if __name__ == "__main__":
    main()
