"""The same questions on local Spark and on Sail: fixed cost, cost a row, and where they cross DuckDB's line.

ENTREPOT_BENCH_SPARK names Spark Connect servers to ask in place of a Sail started here (sc://host:port).
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.bench.growth import Line, lines, millions
from tests.bench.rivalry import Measured, by_turns
from tests.bench.rivals.hand import OURS, SAIL, SPARK
from tests.bench.rivals.questions import QUESTIONS
from tests.bench.trials import Skipped

ADDRESS = "ENTREPOT_BENCH_SPARK"
_NAMED = Path(sys.prefix) / "servers" / "bin" / "sail"  # .venv/servers: Sail refuses to live with PySpark
_PATIENCE = 60  # seconds for a server to answer
BILLION = 1e9
REACH = 10  # times the rows measured: beyond it a line tells nothing of where it meets another


@dataclass(frozen=True)
class Crossing:
    """An engine against DuckDB, both by their lines on the cores of this machine."""

    question: str
    way: str
    start: float  # seconds until a session answers at all
    fixed: float  # seconds a question, beside DuckDB's
    duckdb_fixed: float
    per_million: float
    duckdb_per_million: float
    cores: int
    crosses_at: float | None  # rows; None: not within REACH, on these cores
    cores_at_billion: float  # with perfect scaling: cores with which it takes as long as DuckDB on these

    def plain(self) -> dict[str, Any]:
        """For JSON lines."""
        return asdict(self)


def crossing(
    sizes: Sequence[int], folder: Path, known: Sequence[Line]
) -> Iterator[Measured | Line | Crossing | Skipped]:
    """Each engine at each size, once; then lines and crossings. known: DuckDB's lines."""
    found: list[Measured] = []
    with _engines() as engines:
        for way, address in engines.items():
            if not address.startswith(("spark", "sc://")):
                yield Skipped(way, address)
                continue
            for one in _asked(way, address, sizes, folder):
                yield one
                found += [one] if isinstance(one, Measured) else []
    ours = {one.question: one for one in known if one.way == OURS}
    for line in lines(found):
        yield line
        if line.question in ours:
            start = max(one.start for one in found if one.way == line.way)
            yield crossed(line, ours[line.question], start)


def _asked(way: str, address: str, sizes: Sequence[int], folder: Path) -> Iterator[Measured | Skipped]:
    for question in QUESTIONS.values():
        for size in sorted(sizes):
            try:
                yield from by_turns(question, (way,), size, folder, 1, engine=address)
            except subprocess.CalledProcessError as error:
                last = (error.stderr.strip().splitlines() or ["no reason told"])[-1]
                yield Skipped(f"{way}, {question.name}, {millions(size)} rows", last[:200])
                break
            except subprocess.TimeoutExpired as error:
                why = f"stopped after {error.timeout:.0f} s"
                yield Skipped(f"{way}, {question.name}, {millions(size)} rows", why)
                break


def crossed(line: Line, duckdb: Line, start: float, cores: int | None = None) -> Crossing:
    """Where the lines meet, if they do near what was measured; the cores that would make up for the rest."""
    cores = cores or os.cpu_count() or 1
    cheaper = duckdb.per_million - line.per_million
    rows = (line.fixed - duckdb.fixed) / cheaper * 1e6 if cheaper > 0 else None
    if rows is not None and rows > REACH * max(line.most, duckdb.most):
        rows = None
    left = duckdb.seconds(BILLION) - line.fixed
    needed = cores * line.per_million * BILLION / 1e6 / left
    per_row = (line.per_million, duckdb.per_million)
    fixed = (start, line.fixed, duckdb.fixed)
    return Crossing(
        line.question, line.way, *fixed, *per_row, cores, None if rows is None else max(rows, 0.0), needed
    )


@contextmanager
def _engines() -> Iterator[dict[str, str]]:
    """Each engine's address, or why it is not asked."""
    if named := os.environ.get(ADDRESS):
        yield {SPARK: "spark", **{one: one for one in named.split(",")}}
        return
    program = str(_NAMED) if _NAMED.exists() else shutil.which("sail")
    if program is None:
        why = f"no .venv/servers/bin/sail, no sail on the path, no {ADDRESS}=sc://host:port"
        yield {SPARK: "spark", SAIL: why}
        return
    with _sail(program) as address:
        yield {SPARK: "spark", SAIL: address}


@contextmanager
def _sail(program: str) -> Iterator[str]:
    """A server of this machine, while it is asked."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [program, "spark", "server", "--ip", "127.0.0.1", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            _wait(port)
            yield f"sc://127.0.0.1:{port}"
        finally:
            server.terminate()


def _wait(port: int) -> None:
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
        else:
            return
