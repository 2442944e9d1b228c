"""One task in a process of its own: prints its seconds and its peak memory in bytes as JSON.

python -m tests.bench.once add|copy SOURCE TARGET
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
from entrepot.store.adding import ROW_GROUP
from entrepot.store.engine import MEMORY_LIMIT

_NOW = datetime(2026, 1, 1, tzinfo=UTC)
_TYPES = "{'commodity': 'VARCHAR', 'period': 'VARCHAR'}"


def add(source: Path, target: Path) -> None:
    """The store's own way."""
    Store(target).add(source, now=_NOW)


def copy(source: Path, target: Path) -> None:
    """DuckDB by hand: same file, same order of rows, same compression, same memory."""
    with TemporaryDirectory(dir=target.parent) as scratch:
        hand = duckdb.connect(config={"memory_limit": MEMORY_LIMIT, "temp_directory": scratch})
        hand.execute(f"""
            COPY (
                SELECT * FROM read_csv('{source}', types = {_TYPES})
                ORDER BY flow, substr(period, 1, 4), commodity, reporter, partner, period
            ) TO '{target}' (FORMAT parquet, COMPRESSION zstd, PARQUET_VERSION v2, ROW_GROUP_SIZE {ROW_GROUP})
        """)


def main(task: str, source: str, target: str) -> None:
    """Run, time, print."""
    start = time.perf_counter()
    {"add": add, "copy": copy}[task](Path(source), Path(target))
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    sys.stdout.write(json.dumps({"seconds": seconds, "peak": peak}) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
