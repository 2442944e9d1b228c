"""One task in a process of its own: prints its seconds and its peak memory in bytes as JSON.

python -m tests.bench.once add|copy|reconcile|reconcile-pandas SOURCE TARGET
python -m tests.bench.once "ask screen|SQL by hand|duckdb" SOURCE TARGET WHAT IS ASKED ABOUT
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from entrepot.store import Store
from entrepot.store.engine._compiled import compiled
from entrepot.store.engine.duckdb import ADDING_LIMIT
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


def ask(task: str, source: Path, target: Path, asked: tuple[str, ...]) -> dict[str, float]:
    """One way to answer a question. A few rows are asked first: imports, and an engine that starts once."""
    from tests.bench.rivals.questions import QUESTIONS

    question, way, engine = task.split("|")
    wanted, few = QUESTIONS[question], tiny(source)
    answer: Callable[..., object] = wanted.ways[way]
    if engine != "duckdb":
        answer = partial(answer, engine=engine)
    words = wanted.asked(few)
    start = time.perf_counter()
    answer(few, target, words)
    started = time.perf_counter() - start
    compiled.cache_clear()
    return timed(lambda: answer(source, target, asked)) | {"start": started}


def opened(folder: Path) -> dict[str, float]:
    """Seconds until a store gives an expression of its rows: in a process just started, and once more."""
    marks = [time.perf_counter()]
    for _ in range(2):
        Store(folder).flows()
        marks.append(time.perf_counter())
    return {"first": marks[1] - marks[0], "again": marks[2] - marks[1]}


def tiny(source: Path) -> Path:
    """The few rows of the same kind that lie beside a made-up file."""
    return source.with_name(f"{source.stem.split('-')[0]}-tiny.parquet")


def timed(task: Callable[[], object]) -> dict[str, float]:
    """Seconds and CPU seconds of a task, with those of processes it ended; peak memory of this process."""
    start, before = time.perf_counter(), os.times()
    task()
    seconds, after = time.perf_counter() - start, os.times()
    cpu = sum(after[:4]) - sum(before[:4])
    return {"seconds": seconds, "cpu": cpu, "peak": peak()}


def peak() -> float:
    """Bytes. On Linux getrusage also tells of the process this one was started from, as large as that was."""
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = (row for row in status.read_text().splitlines() if row.startswith("VmHWM"))
        return float(line.split()[1]) * 1024
    return float(
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    )


def main(task: str, source: str, target: str, *asked: str) -> None:
    """Run, time, print."""
    tasks = {"add": add, "copy": copy, "generate": make}
    tasks |= {"held": make_held, "sides": make_sides}
    tasks |= {"reconcile": both_sides.ours, "reconcile-pandas": both_sides.by_hand}
    if task.startswith("ask "):
        found = ask(task.removeprefix("ask "), Path(source), Path(target), asked)
    elif task == "open":
        found = opened(Path(source))
    else:
        found = timed(lambda: tasks[task](Path(source), Path(target)))
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
