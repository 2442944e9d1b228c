"""The ledger of claims on the terminal: a row a check, publication by publication."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from entrepot.model.answer import Answer
from entrepot.present.tables import printable, rests_on, short

_STYLES: Final = {"holds": "green", "differs": "red", "revised": "red", "no data": "dim"}
_MOST_TO_SETTLE: Final = 8
"""Files named on the screen; all of them are in the other formats."""


def show(answer: Answer, out: Console, notes: Console) -> None:
    """Print the checks to `out`, grouped by publication; what they rest on to `notes`."""
    for publication, rows in groupby(answer.rows.to_pylist(), lambda row: row["claim"].partition("/")[0]):
        out.print(Text(printable(publication), style="bold"))
        out.print(_grid(list(rows)))
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
        grid.add_row(verdict, Text(_name(row)), Text(printable(row["expected"])), Text(_found(row)))
    return grid


def _name(row: Mapping[str, Any]) -> str:
    name = row["claim"].partition("/")[2]
    return printable(f"{name}: {row['part']}" if row["part"] else name)


def _found(row: Mapping[str, Any]) -> str:
    if row["found_word"] is not None:
        return printable(row["found_word"])
    return "" if row["found"] is None else short(row["found"])


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
