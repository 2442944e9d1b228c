"""The ledger of claims, a part for each publication, and the page of one claim with the data behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from entrepot import answers
from entrepot.answers.checked import figures
from entrepot.claims.files import PUBLICATION, Filed, read
from entrepot.claims.schema import Figure
from entrepot.errors import UsageError
from entrepot.model.answer import Answer
from entrepot.model.resources import folder
from entrepot.present.figure import Missing, Section
from entrepot.present.ledger import found
from entrepot.present.page import ledger
from entrepot.reporting._ask import Asked
from entrepot.store import Store

_CREED = "Each claim is held against what had been published by its own date; nothing missing is a zero."
_HOW = "A row’s claim leads to its figures: the commands, and the rows they are taken from."
Make = Callable[[Store, Asked], Sequence[Section]]


def publications() -> dict[str, Make]:
    """What makes the ledger of each publication of the package, by the name of its folder."""
    found_ = sorted(one.name for one in folder("claims").iterdir() if one.joinpath(PUBLICATION).is_file())
    return {name: partial(_of_publication, name) for name in found_}


def _of_publication(name: str, store: Store, asked: Asked) -> list[Section]:
    answer = answers.check(store, path=_home(name), as_of=asked.as_of)
    names = [row["claim"] for row in answer.rows.to_pylist()]
    about = {one.publication.title: one.publication.citation for one in read(_home(name))}
    title, of = next(iter(about.items()))
    if len(about) > 1:
        title, of = f"Claims of {len(about)} publications", "Each row says where (where)."
    return [
        replace(
            section,
            heading=title,
            sentences=[*answer.warnings, of],
            answer=section.answer and replace(section.answer, queries=answer.queries),
            notes=(_CREED, _HOW),
            missing=_missing(answer),
            leads_to="claim",
            links=[{"claim": one} for one in names],
        )
        for section in ledger(answer)
    ]


def _home(name: str) -> Path:
    return Path(str(folder("claims").joinpath(name)))


def _missing(answer: Answer) -> list[Missing]:
    """The files that would settle what could not be told."""
    settle = answer.beside["to_settle"].to_pylist()
    files = {row["file"]: row["claim"].partition("/")[2] for row in settle}
    return [
        Missing(f"{claim}: {file}", "entrepot add FILE --published DATE") for file, claim in files.items()
    ]


# ------------------------------------------------------------ one claim
def claim(store: Store, asked: Asked) -> list[Section]:
    """One claim: what is said, the verdict of its day and of now, each figure with its command and rows."""
    if not asked.claim:
        told = "No claim is named: each row of the ledger of claims leads to one."
        return [Section("One claim", (told,))]
    filed = _filed(asked.claim)
    answer = answers.check(store, path=_home(filed.file), as_of=asked.as_of)
    return [_verdicts(filed, answer), *_figures(store, filed, asked)]


def _filed(name: str) -> Filed:
    """The claim of that name. Raises UsageError where the package has none."""
    known = {one.name: one for one in read()}
    if name not in known:
        raise UsageError(f"there is no claim {name!r}. The page of claims names all there are.")
    return known[name]


def _verdicts(filed: Filed, answer: Answer) -> Section:
    one = filed.claim
    rows = zip(answer.rows.to_pylist(), one.check, strict=True)
    checks = [_verdict(row, filed.formula(check)) for row, check in rows]
    source = f"Where it is said: {filed.publication.citation}, {one.where}."
    day = f"It is held against what had been published by {filed.as_of}, its own day."
    return Section(
        one.title,
        [one.says, *checks, source],
        replace(answer, beside={}, warnings=(), queries={}),
        notes=[text for text in (one.note, day) if text],
        missing=_missing(answer),
        shown=("part", "verdict", "expected", "found", "found_word", "found_now", "difference", "unit"),
        open_table=True,
    )


def _verdict(row: dict[str, Any], formula: str) -> str:
    """The verdict of its day, and what is held now where that is another figure."""
    what = row["part"] or "Expected"
    told = f"{what}: {row['expected']} by {formula}; found {found(row) or 'nothing'}: {row['verdict']}"
    now = found(row | {"found": row["found_now"], "found_word": None})
    also = f"; what is held now gives {now}" if row["found_now"] not in (None, row["found"]) else ""
    return f"{told} ({row['reason']}){also}." if row["reason"] else f"{told}{also}."


def _figures(store: Store, filed: Filed, asked: Asked) -> Iterator[Section]:
    for name, day, answer in figures(store, filed, as_of=asked.as_of):
        figure = filed.claim.figures[name]
        usual = "sum" if figure.ask == "flows" else "only"
        told = f"Taken of it: {figure.over or usual} {figure.take}{_where(figure)}."
        command = f"{figure.command}{f' --as-of {day}' if day else ''}"
        heading, gap = f"Figure “{name}”", Missing(command, "entrepot add FILE --published DATE")
        if isinstance(answer, str):
            yield Section(heading, (f"Nothing is told of it: {answer}",), missing=(gap,))
        else:
            yield Section(heading, (told, f"The command: {command}"), replace(answer, beside={}))
    if printed := filed.claim.printed:
        listed = ", ".join(f"{name} = {value:,}" for name, value in printed.items())
        yield Section("Figures as printed", (f"Used by the formulas: {listed}.",))


def _where(figure: Figure) -> str:
    of = f" of table {figure.table}" if figure.table else ""
    return of + "".join(f", where {key} is {value}" for key, value in figure.where.items())
