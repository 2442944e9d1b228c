"""What a bench found as tables: for a terminal of 80 columns, or as Markdown for the page on performance."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from rich.console import Console
from rich.table import Table

from tests.bench.growth import Line, millions
from tests.bench.layouts import Tried
from tests.bench.paper import PRICE_OF, Estimate
from tests.bench.rivalry import Measured
from tests.bench.rivals.hand import OURS
from tests.bench.spark import REACH, Crossing
from tests.bench.trials import Result, Skipped

_LEAST = 0.01  # of hours, dollars
Found = Result | Tried | Measured | Line | Crossing | Estimate | Skipped
T = TypeVar("T")


@dataclass(frozen=True)
class Sheet:
    """A table to be shown."""

    title: str
    header: tuple[str, ...]
    rows: list[tuple[str, ...]]
    note: str = ""

    def drawn(self) -> Table:
        """For a terminal."""
        grid = Table(*self.header, title=self.title, caption=self.note or None)
        for row in self.rows:
            grid.add_row(*row)
        return grid

    def markdown(self) -> str:
        """For the page."""
        lines = [self.header, tuple("---" for _ in self.header), *self.rows]
        table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
        return "\n\n".join(filter(None, (f"### {self.title}", table, self.note)))


def show(found: Sequence[Found], *, markdown: bool = False) -> None:
    """All the tables there is something for."""
    console = Console(soft_wrap=markdown, markup=False, highlight=False)
    for sheet in sheets(found):
        console.print(f"{sheet.markdown()}\n" if markdown else sheet.drawn())


def sheets(found: Sequence[Found]) -> Iterator[Sheet]:
    """Each table that has rows."""
    made = (_results, _rivals, _growth, _crossings, _estimates, _layouts, _skipped)
    yield from (sheet for one in made if (sheet := one(found)).rows)


def _of(found: Sequence[Found], kind: type[T]) -> list[T]:
    return [one for one in found if isinstance(one, kind)]


def _results(found: Sequence[Found]) -> Sheet:
    rows = []
    for one in _of(found, Result):
        aim = "" if one.aim is None else f"≤ {one.aim:g}"
        verdict = "" if one.aim is None else ("holds" if one.value <= one.aim else "missed")
        rows.append((one.what, f"{one.value:,.2f} {one.unit}", aim, verdict))
    return Sheet("Results and aims", ("what", "value", "aim", "verdict"), rows, "simulated data, medians")


def _rivals(found: Sequence[Found]) -> Sheet:
    """Where ours and others were asked of the same rows."""
    every = _of(found, Measured)
    ours = {(one.question, one.rows): one for one in every if one.way == OURS}
    rows = []
    for one in every:
        mine = ours.get((one.question, one.rows))
        times = "" if mine is None or mine is one else f"{mine.seconds / one.seconds:.2f}"
        numbers = (f"{one.seconds:.2f}", f"{one.cpu:.2f}", f"{one.peak / 2**30:.2f}")
        rows.append((one.question, one.way, millions(one.rows), *numbers, times))
    header = ("question", "way", "rows", "s", "CPU s", "GiB", "ours / it")
    note = (
        "Each in a process of its own, by turns. Of Spark and Sail the CPU time and memory are of the client."
    )
    return Sheet("Ours, by hand, and on other engines", header, rows, note)


def _growth(found: Sequence[Found]) -> Sheet:
    every = _of(found, Measured)
    rows = []
    for line in _of(found, Line):
        runs = sorted((o.rows, o) for o in every if (o.question, o.way) == (line.question, line.way))
        seconds = ", ".join(f"{run.seconds:.1f}" for _, run in runs)
        memory = ", ".join(f"{run.peak / 2**30:.1f}" for _, run in runs)
        sizes = ", ".join(millions(size).removesuffix(" M") for size, _ in runs)
        told = (f"{line.slope:.2f}", f"{line.fixed:.2f}", f"{line.per_million:.3f}")
        rows.append((line.question, line.way, sizes, seconds, *told, memory))
    header = ("question", "way", "M rows", "s", "slope", "fixed s", "s / M rows", "GiB")
    return Sheet("Growth", header, rows, "slope: of log seconds on log rows; fixed and s / M rows: the line")


def _crossings(found: Sequence[Found]) -> Sheet:
    every = _of(found, Measured)
    most = max((one.rows for one in every), default=0)
    rows = []
    for one in _of(found, Crossing):
        meets = f"not up to {millions(REACH * most)}"
        if one.crosses_at is not None:
            meets = millions(one.crosses_at) if one.crosses_at else "faster from the first row"
        needed = f"{one.cores_at_billion:,.0f}" if one.cores_at_billion > 0 else "never"
        per_row = f"{one.per_million:.3f} ({one.duckdb_per_million:.3f})"
        fixed = f"{one.fixed:.1f} ({one.duckdb_fixed:.1f})"
        rows.append((one.question, one.way, f"{one.start:.0f}", fixed, per_row, meets, needed))
    header = ("question", "engine", "start s", "fixed s", "s / M rows", "crosses at", "cores, 1 bn")
    note = (
        "In brackets DuckDB's. crosses at: rows from which the engine is faster on these cores. cores, 1 bn:"
        " with perfect scaling as fast as DuckDB on these cores; never: by its fixed cost alone it is slower."
    )
    return Sheet("Other engines against DuckDB", header, rows, note)


def _estimates(found: Sequence[Found]) -> Sheet:
    rows = []
    for one in _of(found, Estimate):
        hours = _ends(one.low_hours, one.high_hours)
        cores = _ends(math.ceil(one.low_cores), math.ceil(one.high_cores))
        cost = _ends(one.low_usd, one.high_usd)
        bulk = (f"{one.memory_gib:.1f}", f"{one.stored_gib:,.0f}")
        rows.append((one.question, one.way, f"{one.rows / 1e9:g}", hours, cores, cost, *bulk))
    header = ("question", "way", "bn rows", "hours here", "cores, 10 min", "USD", "GiB", "stored GiB")
    note = (
        "Extrapolated, not measured: shuffle between machines, skew, object storage, spilling are not known."
        f" GiB: memory at the largest size measured. USD: {PRICE_OF}."
    )
    return Sheet("Paper estimate", header, rows, note)


def _ends(low: float, high: float) -> str:
    if high < _LEAST:
        return f"< {_LEAST}"
    if low < _LEAST:
        return f"< {_LEAST} to {high:,.2g}"
    return f"{low:,.2g} to {high:,.2g}" if high < 100 else f"{low:,.0f} to {high:,.0f}"


def _layouts(found: Sequence[Found]) -> Sheet:
    rows = [tuple(_cell(value) for value in one.plain().values()) for one in _of(found, Tried)]
    header = tuple(name.replace("_", " ") for name in Tried.__dataclass_fields__)
    return Sheet("Layouts of the same rows, asked by DuckDB by hand", header, rows)


def _cell(value: object) -> str:
    return f"{value:,.1f}" if isinstance(value, float) else str(value)


def _skipped(found: Sequence[Found]) -> Sheet:
    rows = [(one.what, one.why) for one in _of(found, Skipped)]
    return Sheet("NOT MEASURED", ("what", "why"), rows)
