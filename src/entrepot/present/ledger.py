"""The ledger of claims on the terminal: a row a check, publication by publication."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from entrepot.model.answer import Answer
from entrepot.present.tables import printable, rests_on

_STYLES: Final = {"holds": "green", "differs": "red", "revised": "red", "no data": "dim"}
_LARGE: Final = 1000
_MOST_TO_SETTLE: Final = 8
"""Files named on the screen; all of them are in the other formats."""


def show(answer: Answer, out: Console, notes: Console) -> None:
    """Print the checks to `out`, grouped by publication; what they rest on to `notes`."""
    for publication, rows in groupby(answer.rows.to_pylist(), lambda row: row["claim"].partition("/")[0]):
        out.print(Text(printable(publication), style="bold"))
        held = list(rows)
        out.print(_grid(held))
        _reasons(held, out)
        out.print()
    _to_settle(answer.beside["to_settle"].to_pylist(), out)
    rests_on(answer, notes)


def _grid(rows: Sequence[Mapping[str, Any]]) -> Table:
    grid = Table(box=None, pad_edge=False, header_style="bold", expand=False)
    grid.add_column("verdict", no_wrap=True)
    grid.add_column("claim", overflow="fold", ratio=3)
    grid.add_column("expected", overflow="fold", ratio=2)
    grid.add_column("found", justify="right", overflow="fold")
    for row in rows:
        verdict = Text(row["verdict"], style=_STYLES.get(row["verdict"], "yellow"))
        grid.add_row(verdict, Text(named(row)), Text(printable(row["expected"])), Text(found(row)))
    return grid


def _reasons(rows: Sequence[Mapping[str, Any]], out: Console) -> None:
    """Why what is held is not compared, each reason once."""
    told: dict[str, list[str]] = {}
    for row in rows:
        if row["verdict"] == "not comparable":
            told.setdefault(row["reason"], []).append(row["claim"].partition("/")[2])
    for reason, claims in told.items():
        named = ", ".join(dict.fromkeys(claims))
        out.print(Text(printable(f"not comparable: {reason} ({named})"), style="dim"))


def named(row: Mapping[str, Any]) -> str:
    """The claim and its part; figures of a document's own are called so."""
    name = row["claim"].partition("/")[2]
    name = f"{name}: {row['part']}" if row["part"] else name
    return printable(name if row["kind"] == "world" else f"{name} (own figures)")


def found(row: Mapping[str, Any]) -> str:
    """The figure found, with as many digits as tell it from the one printed."""
    if row["found_word"] is not None:
        return printable(row["found_word"])
    value = row["found"]
    if value is None:
        return ""
    return f"{value:,.1f}".removesuffix(".0") if abs(value) >= _LARGE else f"{value:,.4g}"


def _to_settle(files: Sequence[Mapping[str, str]], out: Console) -> None:
    if not files:
        return
    if len(files) > _MOST_TO_SETTLE:
        claims = len({one["claim"] for one in files})
        told = f"{len(files)} files would settle {claims} claims: name one claim, or --format html or xlsx."
        out.print(Text(told, style="dim"))
        return
    for one in files:
        out.print(Text(printable(f"{one['claim']} would be settled by: {one['file']}")))
        out.print(Text(printable(f"  {one['url']}"), style="dim"), soft_wrap=True)
