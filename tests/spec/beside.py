"""Small text tables as acts and as votes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from ibis.expr.types import Table

from entrepot.model import act, vote
from entrepot.model.constant import constant

_ACT: dict[str, Any] = {
    "precision": "day",
    "actor": "XAA",
    "partner": "XBB",
    "kind": "investment",
    "title": "a deal",
    "status": "simulated",
    "source": "tidy",
    "snapshot": "s1",
}
_VOTE: dict[str, Any] = {"date": "2021-03-01", "status": "simulated", "source": "tidy", "snapshot": "s1"}


def acts(text: str) -> Table:
    """Acts drawn with |; columns left out are those of an ordinary deal; each has its line as its key."""
    return _table(text, act.COLUMNS, _ACT)


def votes(text: str) -> Table:
    """Votes drawn with |, on 1 March 2021 where no date is told."""
    return _table(text, vote.COLUMNS, _VOTE)


def _table(text: str, columns: Mapping[str, str], usual: dict[str, Any]) -> Table:
    lines = [
        [cell.strip() for cell in line.strip().strip("|").split("|")] for line in text.strip().splitlines()
    ]
    names = lines[0]
    rows = []
    for place, line in enumerate(lines[1:], 1):
        given = dict(zip(names, line, strict=True))
        row = {"key": str(place), "row": place} | usual | given
        rows.append({name: _typed(row.get(name), kind) for name, kind in columns.items()})
    return constant({name: [row[name] for row in rows] for name in columns}, columns)


def _typed(cell: Any, kind: str) -> Any:
    if cell in ("", None):
        return None
    as_typed: dict[str, Callable[[str], Any]] = {
        "float64": float,
        "int64": int,
        "date": date.fromisoformat,
    }
    return as_typed.get(kind, str)(str(cell))
