"""A screening on the terminal: shipment by shipment what was flagged and why; what is unknown in one line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from entrepot.model.answer import Answer
from entrepot.present.tables import cell, printable, rests_on

MOST_SHOWN: Final = 40
"""Shipments, matches, or cells not understood that are shown; files have all."""

_STYLES: Final = {"review": "bold red", "refused": "bold red", "decided": "green", "not all read": "yellow"}
_TOLD: Final = ("exporter_country", "via", "destination")
Row = Mapping[str, Any]


def show(answer: Answer, out: Console, notes: Console) -> None:
    """Print what it came to, flags and matches to `out`; what they rest on to `notes`."""
    out.print(Text(printable(answer.question["sentence"]), style="bold"))
    out.print()
    if "fields" in answer.question:
        _one(answer, out)
    else:
        _many(answer, out)
    _on_record(answer, out)
    rests_on(answer, notes)


def summed_up(answer: Answer, notes: Console) -> None:
    """Print what a screening that went to a file came to, and what the file's reader must know."""
    notes.print(Text(printable(answer.question["sentence"]), style="bold"))
    outcomes = answer.question["outcomes"].items()
    notes.print(Text("   ".join(f"{word}: {count:,}" for word, count in outcomes)))
    for warning in answer.warnings:
        notes.print(Text(printable(f"Note: {warning}")))
    _on_record(answer, notes)


def _on_record(answer: Answer, out: Console) -> None:
    if number := answer.question.get("search"):
        told = f"Search {number} on record, {answer.question['search_sha256'][:16]}"
        out.print(Text(f"{told}: entrepot searches --number {number}", style="dim"))


# ---------------------------------------------------------------- one shipment
def _one(answer: Answer, out: Console) -> None:
    rows = answer.rows.to_pylist()
    cases = {row["rule"]: row for row in _beside(answer, "flags")}
    for word, style in (("true", "bold red"), ("false", "")):
        shown = [row for row in rows if row["result"] == word]
        out.print(_flags(shown, cases, word, style)) if shown else None
    for row in _beside(answer, "matches"):
        out.print(_match(row))
    out.print()
    _not_known([row for row in rows if row["result"] == "unknown"], out)
    for row in (row for row in rows if row["result"] == "true"):
        out.print(Text(printable(f"Ask for: {row['asks']}"), style="cyan"))
        out.print(Text(printable(f"  {row['citation']}"), style="dim"))
    out.print()


_NOT_TOLD: Final = "not told: "


def _not_known(rows: Sequence[Row], out: Console) -> None:
    """What was looked for and is not known, with why; then the rules that wait for a field, by name."""
    waiting = [row for row in rows if _waits(row["because"])]
    why = [row for row in rows if row not in waiting]
    if why:
        out.print(_flags(why, {}, "unknown", "yellow"))
    if waiting:
        rules = ", ".join(row["rule"] for row in waiting)
        out.print(Text(f"not told enough for {len(waiting)} rules, so unknown: {rules}", style="dim"))


def _waits(because: str) -> bool:
    """Whether a rule is unknown for nothing but fields that were not told."""
    return (because.startswith(_NOT_TOLD) and ";" not in because) or because.endswith(" is not told")


def _flags(rows: Sequence[Row], cases: Mapping[str, Row], word: str, style: str) -> Table:
    grid = Table(box=None, pad_edge=False, show_header=False)
    for width in (len("unknown"), 0, 0):
        grid.add_column(overflow="fold", min_width=width)
    for row in rows:
        case = cases.get(row["rule"])
        told = Text(printable(row["because"] or ""))
        grid.add_row(
            Text(word, style=style), Text(row["rule"]), told.append_text(_case(case)) if case else told
        )
    return grid


def _case(row: Row) -> Text:
    """How a decision names it, and what was decided."""
    told = f" [{row['case']}]" if row["case"] else ""
    if row["decision"]:
        until = f" until {row['until']}" if row["until"] else ""
        again = f"; open again: {row['reopened']}" if row["reopened"] else ""
        told += f" {row['decision']} by {row['who']}{until}{again}"
    return Text(printable(told), style="dim")


# ---------------------------------------------------------------- many shipments
def _many(answer: Answer, out: Console) -> None:
    outcomes = answer.question["outcomes"].items()
    out.print(Text("   ".join(f"{word}: {count:,}" for word, count in outcomes)))
    out.print()
    flags, matches = _by_row(answer, "flags"), _by_row(answer, "matches")
    shown = [row for row in answer.rows.to_pylist() if row["row"] in flags or row["row"] in matches]
    for row in shown[:MOST_SHOWN]:
        out.print(_headline(row))
        for line in _lines(flags.get(row["row"], []), matches.get(row["row"], [])):
            out.print(Padding(line, (0, 0, 0, 2)))
    _more(len(shown), "shipments with flags", out)
    _unread(_beside(answer, "unread"), out)
    _unknown(_beside(answer, "by_rule"), out)


def _headline(row: Row) -> Text:
    way = " > ".join(str(row[name]) for name in _TOLD if row[name])
    parts = [f"row {row['row']}", row["shipment"], way, row["hs_code"], row["date"], row["consignee"]]
    told = Text(printable("  ".join(str(part) for part in parts if part)) + "  ")
    return told.append(row["outcome"], style=_STYLES.get(row["outcome"], ""))


def _lines(flags: Sequence[Row], matches: Sequence[Row]) -> Iterator[Text | Table]:
    if flags:
        grid = Table(box=None, pad_edge=False, show_header=False)
        grid.add_column(overflow="fold")
        grid.add_column(overflow="fold")
        for row in flags:
            grid.add_row(Text(row["rule"]), Text(printable(row["because"] or "")).append_text(_case(row)))
        yield grid
    yield from map(_match, matches)


def _match(row: Row) -> Text:
    score = f"{row['score']:.2f}"
    party = ", ".join(filter(None, (f"{row['list']} {row['party']}", row["programs"])))
    listed = f"{row['listed_name']} ({party})"
    told = f"match {score}  {row['role']} {row['name']} ~ {listed}: {row['because']}"
    return Text(printable(told), style="red").append_text(_case(row))


def _unread(rows: Sequence[Row], out: Console) -> None:
    if not rows:
        return
    out.print(Text("\nnot understood", style="bold"))
    for row in rows[:MOST_SHOWN]:
        place = f"row {row['row']}" + (f", {row['column']} {row['cell']!r}" if row["column"] else "")
        out.print(Padding(Text(printable(f"{place}: {row['cause']}")), (0, 0, 0, 2)))
    _more(len(rows), "cells", out)


def _unknown(rows: Sequence[Row], out: Console) -> None:
    """Rules that nothing was told for, of how many shipments."""
    told = [f"{row['rule']} {cell('unknown', row['unknown'])}" for row in rows if row["unknown"]]
    if told:
        out.print(Text(f"\nunknown, of how many shipments: {', '.join(told)}", style="dim"))


def _more(count: int, what: str, out: Console) -> None:
    if count > MOST_SHOWN:
        told = f"{count - MOST_SHOWN:,} more {what}: -o result.xlsx has all"
        out.print(Text(told, style="dim"))


def _by_row(answer: Answer, name: str) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    for row in _beside(answer, name):
        found.setdefault(row["row"], []).append(row)
    return found


def _beside(answer: Answer, name: str) -> list[Row]:
    return answer.beside[name].to_pylist() if name in answer.beside else []
