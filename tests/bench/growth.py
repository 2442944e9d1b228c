"""How each question grows with the rows: slope in log-log, peak memory, fixed cost and cost a row."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tests.bench.rivalry import Measured, by_turns
from tests.bench.rivals.hand import OURS, SQL
from tests.bench.rivals.questions import QUESTIONS
from tests.bench.trials import Result, apart

SIZES = (5, 20, 60)  # million rows
STEEPEST = 1.05
ADD_UP_TO = 20_000_000  # rows of CSV: beyond it making and adding them takes the better part of an hour
SMALL = ("series", "scan")  # questions whose answer is small however many the rows
FLAT = 1.25  # times the memory, at most, for twelve times the rows
ADD = "add"


@dataclass(frozen=True)
class Line:
    """Seconds = fixed + per_million x million rows, through what was measured; and the slope."""

    question: str
    way: str
    fixed: float
    per_million: float
    slope: float  # of log seconds on log rows
    most: int  # rows of the largest size
    at_most: float  # seconds there
    memory: float  # bytes there

    def seconds(self, rows: float) -> float:
        """On the line."""
        return self.fixed + self.per_million * rows / 1e6

    def plain(self) -> dict[str, Any]:
        """For JSON lines."""
        return asdict(self)


def growing(
    sizes: Sequence[int], folder: Path, known: Sequence[Measured] = ()
) -> Iterator[Measured | Line | Result]:
    """Each question by ours and by SQL by hand at each size, adding at the smaller ones; each once.

    known: what was measured already.
    """
    found = [one for one in known if one.rows in sizes and one.way in (OURS, SQL)]
    seen = {(one.question, one.rows) for one in found}
    for parts in (_questions(sizes, folder, seen), _added(sizes, folder, seen)):
        for one in parts:
            found.append(one)
            yield one
    for line in lines(found):
        yield line
        if line.way == OURS:
            yield Result(f"{line.question}, growth in log-log", line.slope, "slope", STEEPEST)
    yield from _flat(found)


def _questions(sizes: Sequence[int], folder: Path, known: set[tuple[str, int]]) -> Iterator[Measured]:
    for size in sorted(sizes):
        for question in QUESTIONS.values():
            if (question.name, size) not in known:
                yield from by_turns(question, (OURS, SQL), size, folder, 1)


def _added(sizes: Sequence[int], folder: Path, known: set[tuple[str, int]]) -> Iterator[Measured]:
    for size in sorted(size for size in sizes if size <= ADD_UP_TO and (ADD, size) not in known):
        source = folder / f"growing-{size}.csv.gz"
        apart("generate", str(size), source)
        took = apart("add", source, folder / f"store-growing-{size}")
        source.unlink()
        yield Measured(ADD, OURS, size, took["seconds"], took["cpu"], took["peak"])


def lines(found: Iterable[Measured]) -> list[Line]:
    """A line for each question and way that was measured at two sizes or more."""
    groups: dict[tuple[str, str], list[Measured]] = {}
    for one in found:
        groups.setdefault((one.question, one.way), []).append(one)
    return [_line(runs) for runs in groups.values() if len({one.rows for one in runs}) > 1]


def _line(runs: list[Measured]) -> Line:
    """Least squares of relative errors: the smallest size counts as much as the largest."""
    runs = sorted(runs, key=lambda one: one.rows)
    rows, seconds = np.array([one.rows / 1e6 for one in runs]), np.array([one.seconds for one in runs])
    design = np.column_stack([np.ones(len(runs)), rows]) / seconds[:, None]
    fixed, per_million = np.linalg.lstsq(design, np.ones(len(runs)), rcond=None)[0]
    if fixed < 0:  # nothing is answered before it is asked: a line through nothing
        fixed, per_million = 0.0, float((rows / seconds).sum() / ((rows / seconds) ** 2).sum())
    if per_million < 0:  # more rows take no less: what is left is noise around a fixed cost
        fixed, per_million = float((1 / seconds).sum() / (1 / seconds**2).sum()), 0.0
    slope = float(np.polyfit(np.log(rows), np.log(seconds), 1)[0])
    last = runs[-1]
    told = (last.question, last.way, float(fixed), float(per_million), slope)
    return Line(*told, last.rows, last.seconds, last.peak)


def _flat(found: list[Measured]) -> Iterator[Result]:
    """Memory at the largest size over memory at the smallest."""
    for name in (*QUESTIONS, ADD):
        runs = sorted((one for one in found if (one.question, one.way) == (name, OURS)), key=_rows)
        if len(runs) > 1:
            times = runs[-1].peak / runs[0].peak
            what = f"{name}, memory, {millions(runs[-1].rows)} / {millions(runs[0].rows)} rows"
            yield Result(what, times, "ratio", FLAT if name in (*SMALL, ADD) else None)


def _rows(one: Measured) -> int:
    return one.rows


def millions(rows: float) -> str:
    """5 M; 0.02 M."""
    return f"{rows / 1e6:,.{0 if rows >= 1e6 else max(0, 1 - math.floor(math.log10(rows / 1e6)))}f} M"
