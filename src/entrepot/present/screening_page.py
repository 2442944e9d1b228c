"""A screening as HTML for the web page: what it came to, why, what to ask for, what it rests on."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import pyarrow as pa

from entrepot.model.answer import Answer
from entrepot.model.rule import all_rules
from entrepot.present.figure import Link, environment, source_line, table_of
from entrepot.present.files import TYPES, WRITERS
from entrepot.present.tables import printable

MOST_SHOWN: Final = 200
"""Shipments, matches, cells not understood that a page shows; files have all."""

_MOST_SAVED: Final = 500  # rows of an answer whose files come inside the page
_LARGEST: Final = 2 * 2**20  # bytes of such a file
_SAVED: Final = ("xlsx", "csv", "json")
_GROUPS: Final = {
    "true": "Flags: somebody should look",
    "unknown": "Unknown: not told, or not held",
    "false": "Not shown by what was told",
}
_WAY: Final = ("exporter_country", "via", "destination")
_MATCHES: Final = (
    *("score", "role", "name", "listed_name", "list", "party", "programs", "because", "case"),
    *("decision", "who", "until", "reopened"),
)
Row = Mapping[str, Any]


def result(answer: Answer, certificate: str) -> str:
    """What stands below the form. certificate: the text of the search's record."""
    is_file = "file" in answer.question
    shown = {
        "question": answer.question,
        "is_file": is_file,
        "groups": [] if is_file else _groups(answer),
        "shipments": _shipments(answer) if is_file else [],
        "flagged": len(_seen(answer)),
        "most": MOST_SHOWN,
        "tables": list(_tables(answer)),
        "warnings": answer.warnings,
        "source": source_line(answer),
        "certificate": "\n".join(printable(line) for line in certificate.splitlines()),
        "files": _files(answer),
    }
    return environment().get_template("screened.html.j2").render(shown)


# ---------------------------------------------------------------- one shipment
def _groups(answer: Answer) -> list[tuple[str, str, list[Row]]]:
    """Its rules, by what they say."""
    flags = {row["rule"]: row for row in _beside(answer, "flags")}
    told = [_rule(row, flags.get(row["rule"])) for row in answer.rows.to_pylist()]
    return [(word, name, [row for row in told if row["result"] == word]) for word, name in _GROUPS.items()]


def _rule(row: Row, flag: Row | None) -> Row:
    rule = all_rules()[row["rule"]]
    told = {name: printable(row[name] or "") for name in ("rule", "result", "because", "asks", "citation")}
    return told | {"title": rule.title, "fields": row["fields"], **_case(flag)}


def _case(flag: Row | None) -> dict[str, str]:
    """How a decision names a flag, and what was decided about it."""
    if flag is None:
        return {"case": "", "decided": ""}
    until = f" until {flag['until']}" if flag["until"] else ""
    again = f"; open again: {flag['reopened']}" if flag["reopened"] else ""
    decided = f"{flag['decision']} by {flag['who']}{until}{again}" if flag["decision"] else ""
    return {"case": flag["case"] or "", "decided": printable(decided)}


# ---------------------------------------------------------------- a file of them
def _shipments(answer: Answer) -> list[Row]:
    """The first shipments that have a flag or a match, each with its flags."""
    seen, flags = _seen(answer), _by_row(answer, "flags")
    matches = Counter(row["row"] for row in _beside(answer, "matches"))
    rows = [row for row in answer.rows.to_pylist() if row["row"] in seen][:MOST_SHOWN]
    return [_shipment(row, flags.get(row["row"], []), matches[row["row"]]) for row in rows]


def _shipment(row: Row, flags: Sequence[Row], matches: int) -> Row:
    told = {
        name: printable(row[name] or "") for name in ("shipment", "hs_code", "date", "consignee", "outcome")
    }
    way = " > ".join(printable(row[name]) for name in _WAY if row[name])
    why = [{"rule": one["rule"], "because": printable(one["because"] or ""), **_case(one)} for one in flags]
    return told | {"row": row["row"], "way": way, "flags": why, "matches": matches}


def _seen(answer: Answer) -> set[int]:
    return {row["row"] for name in ("flags", "matches") for row in _beside(answer, name) if "row" in row}


def _by_row(answer: Answer, name: str) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    for row in _beside(answer, name):
        found.setdefault(row["row"], []).append(row)
    return found


# ---------------------------------------------------------------- tables and files
_TABLES: Final = {
    "matches": ("Names that may be listed", _MATCHES),
    "unread": ("Cells that were not understood", ()),
    "corridors": ("Corridors", ()),
    "untested": ("Corridors that were not tested", ()),
    "prices": ("Usual prices", ()),
    "by_rule": ("Rules, over all shipments", ()),
    "lists": ("Lists that were searched", ()),
}


def _tables(answer: Answer) -> Any:
    """name, heading, table: of those beside the answer that have rows."""
    is_file = "file" in answer.question
    for name, (heading, columns) in _TABLES.items():
        table = answer.beside.get(name)
        if table is None or not len(table) or (name == "by_rule" and not is_file):
            continue
        wanted = [one for one in columns if one in table.column_names] or table.column_names
        first = ["row"] if is_file and name == "matches" else []
        yield name, heading, table_of(replace(answer, rows=_told(table.select([*first, *wanted]))))


def _told(table: pa.Table) -> pa.Table:
    """Without the columns that nothing stands in."""
    return table.select([name for name in table.column_names if table[name].null_count < len(table)])


def _files(answer: Answer) -> list[Link]:
    """The same search as files inside the page, where they are small."""
    return [_saved(answer, kind) for kind in _SAVED]


def _saved(answer: Answer, kind: str) -> Link:
    name = f"entrepot-screen-{answer.question['search']}.{kind}"
    content = WRITERS[kind](answer) if len(answer.rows) <= _MOST_SAVED else b""
    is_inside = 0 < len(content) <= _LARGEST
    data = f"data:{TYPES[kind]};base64,{base64.b64encode(content).decode()}" if is_inside else ""
    return Link(kind.upper(), data, name)


def _beside(answer: Answer, name: str) -> list[Row]:
    return answer.beside[name].to_pylist() if name in answer.beside else []
