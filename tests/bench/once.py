"""One task in a process of its own: prints its seconds and its peak memory in bytes as JSON.

python -m tests.bench.once add|copy|reconcile|reconcile-pandas SOURCE TARGET
"""

from __future__ import annotations

import json
import resource
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from entrepot.store import Store
from entrepot.store.engine import ADDING_LIMIT
from entrepot.store.staging import ROW_GROUP
from tests.bench import both_sides
from tests.bench.generator import generate, generate_held

_NOW = datetime(2026, 1, 1, tzinfo=UTC)
_TYPES = "{'commodity': 'VARCHAR', 'period': 'VARCHAR'}"


def add(source: Path, target: Path) -> None:
    """The store's own way."""
    Store(target).add(source, now=_NOW)


def copy(source: Path, target: Path) -> None:
    """DuckDB by hand: same file, same order of rows, same compression, same memory."""
    with TemporaryDirectory(dir=target.parent) as scratch:
        hand = duckdb.connect(config={"memory_limit": ADDING_LIMIT, "temp_directory": scratch})
        hand.execute(f"""
            COPY (
                SELECT * FROM read_csv('{source}', types = {_TYPES})
                ORDER BY flow, substr(period, 1, 4), commodity, reporter, partner, period
            ) TO '{target}' (FORMAT parquet, COMPRESSION zstd, PARQUET_VERSION v2, ROW_GROUP_SIZE {ROW_GROUP})
        """)


def make(rows: Path, target: Path) -> None:
    """The made-up file."""
    generate(target, int(str(rows)))


def make_held(rows: Path, target: Path) -> None:
    """The same rows as a store's own file."""
    generate_held(target, int(str(rows)))


def make_sides(cells: Path, target: Path) -> None:
    """A made-up year of both sides."""
    both_sides.generate(target, int(str(cells)))


def main(task: str, source: str, target: str) -> None:
    """Run, time, print."""
    start = time.perf_counter()
    tasks = {"add": add, "copy": copy, "generate": make}
    tasks |= {"held": make_held, "sides": make_sides}
    tasks |= {"reconcile": both_sides.ours, "reconcile-pandas": both_sides.by_hand}
    tasks[task](Path(source), Path(target))
    seconds = time.perf_counter() - start
    used = resource.getrusage(resource.RUSAGE_SELF)
    peak = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    found = {"seconds": seconds, "cpu": used.ru_utime + used.ru_stime, "peak": peak}
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
