"""`make bench`: times the program against DuckDB by hand on made-up rows, in one run, as ratios.

ROWS=20000000 SIZES=5,20,60 SPARK_SIZES=5,20 python -m tests.bench [--only PART] [--without PART,PART]
    [--json | --markdown] [--rounds N] [--folder DIR]
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from entrepot.store import Store
from tests.bench import naming
from tests.bench.corridor import diverting
from tests.bench.growth import SIZES, Line, growing
from tests.bench.layouts import layouts
from tests.bench.opening import SNAPSHOTS, opening
from tests.bench.paper import estimates
from tests.bench.rivalry import Measured, made, rivalry
from tests.bench.serving import serving
from tests.bench.shown import Found, show
from tests.bench.spark import crossing
from tests.bench.trials import Result, adding, apart, full_scan, one_series, reconciling, small

DEFAULT_ROWS = 20_000_000
_RECONCILED = 0.55  # 20 million rows, ten of each side, are 11 million of both
_SPARK_SIZES = SIZES[:2]  # a question on Spark at the largest takes as long as all the rest
_WARNING = (
    "entrepot bench: {rows:,} rows; growth at {sizes} million rows. At the default sizes this takes up to 40"
    " minutes and 8 GB of disk; --only PART runs one of: {parts}."
)


@dataclass
class Bench:
    """What is measured on, and what was found so far."""

    rows: int
    sizes: tuple[int, ...]
    spark_sizes: tuple[int, ...]
    folder: Path
    rounds: int
    store: Path | None = None
    found: list[Found] = field(default_factory=list)

    def often(self, times: int) -> int:
        """What is quick is timed more often than what is slow; but once where one round is all."""
        return times * self.rounds if self.rounds > 1 else 1

    def held(self) -> Path:
        """A store with the made-up rows; the one that adding has left, where it was timed."""
        place = self.store or self.folder / "store"
        if not place.exists():
            source = self.folder / "simulated.csv.gz"
            apart("generate", str(self.rows), source)
            Store(place).add(source, now=datetime(2024, 1, 31, tzinfo=UTC), source="tidy")
        return place

    def lines(self) -> list[Line]:
        """How ours grows on DuckDB, and on other engines where these were asked."""
        return [one for one in self.found if isinstance(one, Line)]

    def measured(self) -> list[Measured]:
        """What was measured at any size."""
        return [one for one in self.found if isinstance(one, Measured)]


def _add(bench: Bench) -> Iterator[Found]:
    source, quarter = bench.folder / "simulated.csv.gz", bench.folder / "quarter.csv.gz"
    apart("generate", str(bench.rows), source)
    apart("generate", str(bench.rows // 4), quarter)
    yield small(quarter, bench.folder)
    yield from adding(source, bench.folder, bench.rounds)
    yield Result("rows held (simulated countries)", Store(bench.held()).snapshots()[0].rows, "rows")


def _series(bench: Bench) -> Iterator[Found]:
    yield from one_series(bench.held(), bench.often(5))
    yield from full_scan(bench.held(), bench.often(3))


def _growth(bench: Bench) -> Iterator[Found]:
    yield from growing(bench.sizes, bench.folder, bench.measured())


def _spark(bench: Bench) -> Iterator[Found]:
    yield from crossing(bench.spark_sizes, bench.folder, bench.lines())


def _paper(bench: Bench) -> Iterator[Found]:
    rows = max(bench.sizes)
    yield from estimates(bench.lines(), made("held", rows, bench.folder).stat().st_size / rows)


PARTS: dict[str, Callable[[Bench], Iterator[Found]]] = {
    "opening": lambda bench: opening(bench.folder, bench.rounds, SNAPSHOTS if bench.rounds > 1 else (1, 10)),
    "add": _add,
    "series": _series,
    "serve": lambda bench: serving(bench.held(), bench.folder, 20 * bench.rounds if bench.rounds > 1 else 5),
    "layouts": lambda bench: iter(layouts(bench.held(), bench.folder, bench.often(5))),
    "reconcile": lambda bench: reconciling(round(bench.rows * _RECONCILED), bench.folder, bench.rounds),
    "diversion": lambda bench: diverting(bench.rows, bench.folder, bench.rounds),
    "rivals": lambda bench: rivalry(bench.rows, bench.folder, bench.rounds),
    "growth": _growth,
    "spark": _spark,
    "paper": _paper,
}
_AFTER = {"spark": ("growth", "spark"), "paper": ("growth", "paper")}


def run(bench: Bench, parts: tuple[str, ...]) -> Iterator[Found]:
    """Every result, as it comes."""
    for part in parts:
        for one in PARTS[part](bench):
            bench.found.append(one)
            yield one


def _parsed(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line, in place of tables")
    parser.add_argument("--markdown", action="store_true", help="tables as they go into the page")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is timed (default 3)")
    parser.add_argument("--folder", type=Path, help="where to work; 8 GB are needed for 20 million rows")
    parser.add_argument("--only", choices=[*PARTS, "names"], help="this part alone (and what it rests on)")
    parser.add_argument("--without", default="", help="parts to leave out, comma-separated")
    parser.add_argument("--store", type=Path, help="a store that a bench has made already")
    return parser.parse_args(arguments)


def _sizes(name: str, usual: tuple[int, ...]) -> tuple[int, ...]:
    """Millions of rows of a variable of the environment as rows."""
    text = os.environ.get(name) or ",".join(map(str, usual))
    return tuple(round(float(one) * 1e6) for one in text.split(","))


def main(arguments: list[str] | None = None) -> None:
    """Read what is asked, run it, print it."""
    asked = _parsed(arguments)
    if asked.only == "names":
        naming.main([])
        return
    left_out = asked.without.split(",")
    parts = (
        _AFTER.get(asked.only, (asked.only,)) if asked.only else tuple(p for p in PARTS if p not in left_out)
    )
    rows, sizes = int(os.environ.get("ROWS") or DEFAULT_ROWS), _sizes("SIZES", SIZES)
    told = ", ".join(f"{size / 1e6:g}" for size in sizes)
    _say(_WARNING.format(rows=rows, sizes=told, parts=", ".join((*PARTS, "names"))))
    with TemporaryDirectory(dir=asked.folder) as folder:
        spark_sizes = _sizes("SPARK_SIZES", _SPARK_SIZES)
        bench = Bench(rows, sizes, spark_sizes, Path(folder), asked.rounds, asked.store)
        start = time.monotonic()
        for one in run(bench, parts):
            plain = json.dumps(one.plain())
            _say(f"{time.monotonic() - start:6.0f} s  {plain[:160]}")
            if asked.json:
                sys.stdout.write(plain + "\n")
                sys.stdout.flush()
    if not asked.json:
        show(bench.found, markdown=asked.markdown)


def _say(text: str) -> None:
    """Progress, beside the results."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main()
