"""An answer as a page: one HTML file that opens offline, made by the report's template."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import groupby
from typing import Any

import pyarrow as pa

from entrepot.model.answer import Answer
from entrepot.present.figure import Section
from entrepot.present.ledger import found, named
from entrepot.present.report import render

_CREED = (
    "Each claim is held against what had been published by its own date. A month that is absent was taken "
    "for no trade only where the claim says so; else it is not compared."
)


def as_html(answer: Answer) -> bytes:
    """The rows, the tables beside them, what to beware of, the question and what it rests on."""
    command = str(answer.question.get("command", "answer"))
    as_of = answer.question.get("as_of")
    if command == "check":
        sections = [*ledger(answer), *_beside(answer)]
        told = {"creed": _CREED, "latest": "", "broad": True, "standfirst": " ".join(answer.warnings)}
        return render("Claims, checked", sections, as_of=as_of, **told).encode()  # type: ignore[arg-type]
    first = Section(command, answer=answer, open_table=True)
    return render(f"entrepot {command}", [first, *_beside(answer)], as_of=as_of).encode()


def _beside(answer: Answer) -> Iterator[Section]:
    for name, table in answer.beside.items():
        if len(table):
            yield Section(name.replace("_", " "), answer=_part(answer, table), open_table=True)


def ledger(answer: Answer) -> Iterator[Section]:
    """A section a publication: what is shown first of each check, all else of it in the files."""
    for publication, rows in groupby(answer.rows.to_pylist(), lambda row: row["claim"].partition("/")[0]):
        told = [_shown(row) for row in rows]
        table = pa.Table.from_pylist(told)
        yield Section(publication, answer=_part(answer, table), open_table=True, shown=_SHOWN)


_SHOWN = ("claim", "verdict", "expected", "found", "what is said", "why, and what is held", "where")
_MORE = ("published", "difference", "unit", "kind", "claim_as_of", "found_now", "recipe", "note", "snapshots")


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    why = "; ".join(text for text in (row["reason"], row["coverage"]) if text)
    told = {"claim": named(row), "verdict": row["verdict"], "expected": row["expected"], "found": found(row)}
    told |= {"what is said": row["says"], "why, and what is held": why, "where": row["place"]}
    return told | {"name": row["claim"]} | {key: row[key] for key in _MORE}


def _part(answer: Answer, table: pa.Table) -> Answer:
    return replace(answer, rows=table, beside={}, warnings=(), queries={})
