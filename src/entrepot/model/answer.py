"""What every question gets back: rows, what was asked, what they rest on, what to beware of."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

    from entrepot.model.provenance import Cited, Snapshot


@dataclass(frozen=True)
class Whole:
    """All rows of an answer that has too many to hold: how many, and what writes them to a Parquet file."""

    rows: int
    write: Callable[[Path, Mapping[str, str]], None]  # to which file, with which metadata


@dataclass(frozen=True)
class Answer:
    """A frozen answer. `rows` has the column names of the GLOSSARY, units in the names.

    Where there is a `whole`, `rows` are the first of them.
    """

    question: Mapping[str, Any]
    rows: pa.Table
    snapshots: Sequence[Snapshot] = ()
    queries: Mapping[str, str] = field(default_factory=dict)  # name -> the query that made the rows
    warnings: Sequence[str] = ()
    notes: Mapping[str, str] = field(default_factory=dict)  # how to read a column
    beside: Mapping[str, pa.Table] = field(
        default_factory=dict
    )  # what the rows rest on: fits, rules, choices
    brief: Sequence[str] = ()  # columns for a terminal; files have all of them. None named: all
    whole: Whole | None = None
    unscaled: Sequence[str] = ()  # columns among RATIOS that are no shares of one here
    in_files: Sequence[str] = ()  # tables beside the rows that a terminal only names
    cited: Sequence[Cited] = ()  # texts and lists that rows rest on beside the snapshots

    def to_json(self) -> dict[str, Any]:
        """The object `--format json` prints: question, rows, provenance, warnings."""
        return {
            "question": plain(dict(self.question)),
            "rows": plain(self.rows.to_pylist()),
            "provenance": {
                "as_of": plain(self.question.get("as_of")),
                "snapshots": [shot.to_json() for shot in self.snapshots],
                **({"cited": [one.to_json() for one in self.cited]} if self.cited else {}),
                "queries": dict(self.queries),
                "notes": dict(self.notes),
            },
            "warnings": list(self.warnings),
            **({"beside": self._beside()} if self.beside else {}),
        }

    def _beside(self) -> dict[str, Any]:
        return {name: plain(table.to_pylist()) for name, table in self.beside.items()}


RATIOS = ("s", "low_90", "high_90", "margin", "margin_error")
"""Columns of one, like every share, whose names do not say so."""


def is_change(column: str) -> bool:
    """Whether a column holds ratios of change, by its name; a change of a value is in its currency."""
    return "change" in column and "value" not in column


def plain(value: Any) -> Any:
    """A value in JSON's own types; dates as ISO text, not-a-number and infinity as null."""
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(one) for one in value]
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
