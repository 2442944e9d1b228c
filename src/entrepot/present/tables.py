"""An answer on the terminal: columns that fit, numbers for people, what it rests on below."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from entrepot.model.answer import RATIOS, Answer, is_change
from entrepot.model.provenance import Snapshot
from entrepot.present.citation import vintages

_SCALES = ((1e12, "tn"), (1e9, "bn"), (1e6, "m"), (1e3, "k"))
_PERIODS = ("period", "first", "last", "largest_period", "extreme", "position")
_DATES = dict.fromkeys(_PERIODS, "%Y-%m") | {"year": "%Y"}
_KEYS = (
    *("reporter", "partner", "origin", "destination", "exporter", "importer", "period", "source", "flow"),
    *("choice", "year", "claim", "date", "roll_call", "dimension", "asked", "case"),
)
_MOST_FILES = 6  # that are named one by one
_MOST_BESIDE = 60  # rows of a table beside the answer that a terminal shows
_ALWAYS_HIDDEN = {"snapshots", "snapshots_before", "snapshots_after", "is_from_parts"}  # told below


def short(value: float) -> str:
    """A number for people, three or four digits: 12.4 bn, 3.77 bn, 912 k, 0.5."""
    for scale, unit in _SCALES:
        if abs(value) >= scale * 0.9995:
            return (
                f"{value / scale:,.3g} {unit}"
                if abs(value) < 999.5 * scale
                else f"{value / scale:,.0f} {unit}"
            )
    return f"{value:,.4g}"


def printable(text: object) -> str:
    """Text without control characters: a cell of a file must not steer the terminal."""
    return "".join(char if char.isprintable() else "?" for char in str(text))


def printable_lines(text: str) -> str:
    """Text of several lines, each printable."""
    return "\n".join(printable(line) for line in text.split("\n"))


def cell(name: str, value: Any) -> str:
    """One value as text, by its column's name: ratios in percent, dates short, missing as an empty cell."""
    match value:
        case None:
            shown = ""
        case bool():
            shown = "yes" if value else "no"
        case float():
            shown = _number(name, value)
        case datetime():
            shown = f"{value:%Y-%m-%d %H:%M}"
        case date():
            shown = f"{value:{_DATES[name]}}" if name in _DATES else value.isoformat()
        case int() if name not in ("row", "digits"):
            shown = f"{value:,}"
        case _:
            shown = printable(value)
    return shown


def _number(name: str, value: float) -> str:
    if is_change(name):
        return f"{value:+.1%}"
    return f"{value:.1%}" if "share" in name or name in RATIOS else short(value)


def show(answer: Answer, out: Console, notes: Console, *, hidden: Iterable[str] = ()) -> None:
    """Print what is told in a sentence, and the rows, to `out`; what they rest on and warnings to `notes`."""
    if told := answer.question.get("sentence"):
        out.print(Text(printable_lines(told)), soft_wrap=False)
        out.print()
    others = set(answer.rows.column_names) - set(answer.brief) if answer.brief else set()
    if len(answer.rows) or not told:
        _print(answer.rows, answer, out, {*hidden, *others})
    for title, table in answer.beside.items():
        out.print()
        out.print(Text(printable(title), style="bold"))
        if len(table) > _MOST_BESIDE or title in answer.in_files:
            out.print(Text(f"{len(table):,} rows: --format json or xlsx", style="dim"))
        else:
            _print(table, answer, out, hidden)
    rests_on(answer, notes)


def _print(table: Any, answer: Answer, out: Console, hidden: Iterable[str]) -> None:
    names = [n for n in table.column_names if n not in _ALWAYS_HIDDEN | set(hidden) and not _empty(table[n])]
    rows = [_signed(years(row, answer), answer.unscaled) for row in table.to_pylist()]
    same = {n: rows[0][n] for n in names if len(table) > 1 and _constant(table[n])}
    columns = [n for n in names if n not in same] or names
    if same:
        out.print(Text("  ".join(printable(f"{n}: {cell(n, v)}") for n, v in same.items()), style="dim"))
    for chunk in _chunks(columns, rows, out.width):
        out.print(_grid(chunk, rows))


def years(row: dict[str, Any], answer: Answer) -> dict[str, Any]:
    """The row with years in place of their first days, where it is about years."""
    if row.get("frequency", "A" if "year" in str(answer.question.get("by")) else "M") != "A":
        return row
    return row | {name: str(row[name].year) for name in _PERIODS if row.get(name)}


def _signed(row: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """The row with readings between -1 and +1 as signed numbers of two digits."""
    return row | {name: signed(row[name]) for name in names if isinstance(row.get(name), float)}


def signed(value: float) -> str:
    """A reading between -1 and +1: two digits and its sign."""
    return f"{round(value, 2) + 0.0:+.2f}"


def _grid(columns: Sequence[str], rows: Sequence[dict[str, Any]]) -> Table:
    grid = Table(box=None, pad_edge=False, header_style="bold")
    for name in columns:
        numeric = any(isinstance(row[name], (int, float)) for row in rows)
        grid.add_column(escape(printable(name)), justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        grid.add_row(*(Text(cell(name, row[name])) for name in columns))
    return grid


def _chunks(columns: Sequence[str], rows: Sequence[dict[str, Any]], width: int) -> list[list[str]]:
    """Columns that fit the terminal, in as many tables as it takes; each begins with what names the row."""
    widths = {n: max([len(n), *(len(cell(n, row[n])) for row in rows[:500])]) + 2 for n in columns}
    keys = [n for n in columns if n in _KEYS]
    room = width - sum(widths[n] for n in keys)
    chunks: list[list[str]] = [list(keys)]
    used = 0
    for name in (n for n in columns if n not in keys):
        if used and used + widths[name] > room:
            chunks.append(list(keys))
            used = 0
        chunks[-1].append(name)
        used += widths[name]
    return chunks


def _empty(column: Any) -> bool:
    return bool(len(column)) and column.null_count == len(column)


def _constant(column: Any) -> bool:
    return len(column.unique()) == 1


def _sources(shots: Sequence[Snapshot]) -> list[str]:
    """The files behind an answer, a line each; of many, a line a publisher and what it published when."""
    if len(shots) > _MOST_FILES:
        return [*(f"Source: {line}" for line, _ in vintages(shots)), "Each snapshot: --format json"]
    known = {True: "", False: " (day of adding)"}
    return [
        f"Source: {shot.publisher}, published {shot.published}{known[shot.published_is_known]}, "
        f"{shot.file} [{shot.snapshot}]"
        for shot in shots
    ]


def rests_on(answer: Answer, notes: Console) -> None:
    """What a reader must know before quoting: notes, sources with their vintages, the as-of date."""
    for warning in answer.warnings:
        notes.print(Text(printable(f"Note: {warning}"), style="yellow"))
    as_of = answer.question.get("as_of")
    if answer.snapshots and answer.question.get("command") not in ("status", "rejects"):
        for line in _sources(answer.snapshots):
            notes.print(Text(printable(line), style="dim"))
    for one in answer.cited:
        notes.print(Text(printable(f"Source: {one.line}"), style="dim"))
    if as_of:
        later = answer.question.get("later_vintages")
        also = "; later vintages where marked, cut to what was past" if later else ""
        notes.print(Text(f"As of {as_of}: only what was published by then{also}.", style="dim"))
