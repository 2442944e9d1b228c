"""Each question by ours, by SQL by hand and by Polars: by turns, each in a process of its own."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.bench.rivals.hand import OURS, SQL
from tests.bench.rivals.questions import QUESTIONS, Question
from tests.bench.trials import Result, apart

AIM = 1.3
TINY = 20_000
LIMIT = 900.0  # seconds for a question on another engine
_CELLS = 0.55  # of a made-up year: cells for each row of its two sides


@dataclass(frozen=True)
class Measured:
    """What a way to answer a question took: medians over rounds, the most of peaks."""

    question: str
    way: str
    rows: int
    seconds: float
    cpu: float
    peak: float  # bytes
    start: float = 0.0  # seconds before the question: imports, an engine, a few rows asked

    def plain(self) -> dict[str, Any]:
        """For JSON lines."""
        return asdict(self)


def rivalry(
    rows: int, folder: Path, rounds: int, names: Sequence[str] = tuple(QUESTIONS)
) -> Iterator[Measured | Result]:
    """Every way of each question, and the ratios."""
    for name in names:
        question = QUESTIONS[name]
        found = {one.way: one for one in by_turns(question, tuple(question.ways), rows, folder, rounds)}
        yield from found.values()
        for way, one in found.items():
            if way != OURS:
                yield from _ratios(name, found[OURS], one)


def _ratios(name: str, ours: Measured, other: Measured) -> Iterator[Result]:
    aim = AIM if other.way == SQL else None
    yield Result(f"{name} / {other.way}", ours.seconds / other.seconds, "ratio", aim)
    yield Result(f"{name} / {other.way}, CPU time", ours.cpu / max(other.cpu, 0.01), "ratio")


def by_turns(
    question: Question, ways: Sequence[str], rows: int, folder: Path, rounds: int, *, engine: str = ""
) -> Iterator[Measured]:
    """What each way took, asked in turns so that a busy machine is busy for all of them.

    engine: where ours runs, in place of DuckDB; then a way is stopped after a while.
    """
    source = made(question.table, rows, folder)
    asked = question.asked(source)
    seen: dict[str, list[dict[str, float]]] = {way: [] for way in ways}
    for turn in range(rounds):
        for way in ways if turn % 2 == 0 else reversed(ways):
            task = f"ask {question.name}|{OURS if engine else way}|{engine or 'duckdb'}"
            limit = LIMIT if engine else None
            seen[way].append(apart(task, source, folder / "answer.parquet", *asked, limit=limit))
    for way, runs in seen.items():
        middle = {name: statistics.median(one[name] for one in runs) for name in ("seconds", "cpu", "start")}
        yield Measured(question.name, way, rows, peak=max(one["peak"] for one in runs), **middle)


def made(table: str, rows: int, folder: Path) -> Path:
    """The made-up file of so many rows, and a few rows beside it; made once."""
    for name, count in (("tiny", TINY), (str(rows), rows)):
        target = folder / f"{table}-{name}.parquet"
        if not target.exists():
            apart(table, str(round(count * _CELLS) if table == "sides" else count), target)
    return folder / f"{table}-{rows}.parquet"
