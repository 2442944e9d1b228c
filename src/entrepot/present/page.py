"""An answer as a page: one HTML file that opens offline, made by the report's template."""

from __future__ import annotations

from dataclasses import replace

from entrepot.model.answer import Answer
from entrepot.present.report import Section, render


def as_html(answer: Answer) -> bytes:
    """The rows, the tables beside them, what to beware of, the question and what it rests on."""
    command = str(answer.question.get("command", "answer"))
    told = str(answer.question.get("sentence", "")).splitlines()
    first = Section(command, told, answer=answer, open_table=True)
    beside = [
        Section(
            name.replace("_", " "),
            answer=replace(answer, rows=table, beside={}, warnings=()),
            open_table=True,
        )
        for name, table in answer.beside.items()
        if len(table)
    ]
    as_of = answer.question.get("as_of")
    return render(f"entrepot {command}", [first, *beside], as_of=as_of).encode()
