"""The questions that are timed, and the ways each is answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tests.bench.rivals import both, both_polars, reconcile, reconcile_polars, screen, screen_polars, series
from tests.bench.rivals.hand import BARE, OURS, POLARS, SQL

Asked = tuple[str, ...]
Way = Callable[[Path, Path, Asked], pa.Table | None]
"""Answers about the rows of a file: a table, or none where the answer is written to the target."""


@dataclass(frozen=True)
class Question:
    """Something to be asked of a made-up file."""

    name: str
    table: str  # "held": months of everything; "sides": a year of both sides
    asked: Callable[[Path], Asked]  # what is asked about, of a file; not timed
    ways: Mapping[str, Way]
    key: tuple[str, ...]  # what tells rows of the answer apart
    is_written: bool = False  # the rows of the answer are in the target

    def answer(self, way: str, source: Path, target: Path, asked: Asked) -> dict[str, pa.Table]:
        """All that a way says, for comparing."""
        told = self.ways[way](source, target, asked)
        found = {"rows": pq.read_table(target)} if self.is_written else {}
        return found | ({} if told is None else {"rules" if self.is_written else "rows": told})


_CELL = ("exporter", "importer", "commodity", "period")
QUESTIONS = {
    one.name: one
    for one in (
        Question(
            "series",
            "held",
            series.asked,
            {OURS: series.ours, SQL: series.by_sql, POLARS: series.by_polars},
            ("period",),
        ),
        Question(
            "scan",
            "held",
            series.nothing_asked,
            {OURS: series.scan, SQL: series.scan_by_sql, POLARS: series.scan_by_polars},
            ("reporter",),
        ),
        Question(
            "mirror join",
            "held",
            both.asked,
            {OURS: both.ours, SQL: both.by_sql, POLARS: both_polars.by_polars, BARE: both.bare},
            _CELL,
            is_written=True,
        ),
        Question(
            "reconcile",
            "sides",
            reconcile.asked,
            {OURS: reconcile.ours, SQL: reconcile.by_sql, POLARS: reconcile_polars.by_polars},
            _CELL,
            is_written=True,
        ),
        Question(
            "screen",
            "held",
            screen.asked,
            {OURS: screen.ours, SQL: screen.by_sql, POLARS: screen_polars.by_polars, BARE: screen.bare},
            ("leg", "hub", "good"),
        ),
    )
}
