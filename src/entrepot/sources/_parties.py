"""Lists of parties: which list a file is, from its content, and how it becomes a `PartyList`.

A source with lists of parties has a `parties.py` with `LISTS`: for each form of file how it is recognised and
read. What every form has in common is here: one pass over the bytes, encoding, edition, warnings.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from hashlib import sha256
from importlib import resources
from pathlib import Path
from typing import Final

from entrepot.errors import ReadError
from entrepot.model.party import PartyList
from entrepot.sources._party_rows import Rows
from entrepot.sources._party_text import Opened, Start, look, opened

SUFFIXES: Final = (".csv", ".tsv", ".txt", ".xml", ".xlsx", ".xls")
"""Files of a folder that are tried; the others are told of."""


@dataclass(frozen=True)
class Told:
    """What is known of a file apart from its content: by whoever fetched it."""

    edition: str = ""
    published: date | None = None
    beside: Mapping[str, Path] | None = (
        None  # files that may belong to it, by name in capitals; None: its folder's
    )


@dataclass(frozen=True)
class Dated:
    """What a reader found in the file of its edition, and the files it read beside it."""

    edition: str = ""
    published: date | None = None
    beside: tuple[Opened, ...] = ()


@dataclass(frozen=True)
class ListForm:
    """One form of file of a list: how it is recognised from its beginning, and read into rows."""

    recognise: Callable[[Start], bool]
    name: Callable[[Start], str]
    read: Callable[[Opened, Rows, Callable[[str], Opened | None]], Dated]
    encodings: Sequence[str] = ("utf-8",)
    even_quotes: bool = False
    part_of: Callable[[Start], str] = lambda start: ""  # the file it belongs to; alone it is no list
    is_last: bool = False  # where no other form fits


@cache
def forms() -> tuple[tuple[str, ListForm], ...]:
    """All forms, each with its source."""
    from entrepot.sources import names

    root = "entrepot.sources"
    with_lists = [one for one in names() if resources.files(f"{root}.{one}").joinpath("parties.py").is_file()]
    modules = {one: importlib.import_module(f"{root}.{one}.parties") for one in with_lists}
    found = [(one, form) for one, module in modules.items() for form in module.LISTS]
    return tuple(sorted(found, key=lambda one: one[1].is_last))


def recognise(path: Path) -> tuple[str, ListForm, Start]:
    """Which list a file is. Raises ReadError for a file that is none."""
    start = look(path)
    for source, form in forms():
        if form.recognise(start):
            return source, form, start
    seen = f"its root is <{start.root}>" if start.root else f"its first record is {_seen(start)}"
    raise ReadError(
        path.name,
        f"is not a list of parties that is known: {seen}.",
        row=1,
        todo="A list of your own is a table with a column 'name' (docs/reference/party-lists.md).",
    )


def read_party_list(path: Path, told: Told | None = None) -> PartyList:
    """A list of parties. Raises ReadError for a file that is none, is damaged, or belongs to another."""
    source, form, start = recognise(path)
    if form.part_of(start):
        raise ReadError(path.name, "belongs to another file.", todo=f"Name {form.part_of(start)} beside it.")
    told = told or Told()
    around = told.beside
    if around is None:
        around = {one.name.upper(): one for one in path.parent.iterdir()}
    file = opened(start, form.encodings, even_quotes=form.even_quotes)
    rows = Rows(form.name(start))

    def beside(name: str) -> Opened | None:
        other = around.get(name)
        return opened(look(other), form.encodings, even_quotes=form.even_quotes) if other else None

    found = form.read(file, rows, beside)
    return _list(source, file, rows, found, told)


def _list(source: str, file: Opened, rows: Rows, found: Dated, told: Told) -> PartyList:
    from entrepot.sources import card

    parties, names = rows.tables()
    if not parties.num_rows:
        raise ReadError(file.name, "names nobody: it is no list, or it is cut off.", todo="Look into it.")
    published = found.published or told.published
    if published is None:
        rows.aside.note("published on an unknown day: neither the file nor a record of its fetching says it.")
    marks = sorted([file.sha256, *(one.sha256 for one in found.beside)])
    mark = marks[0] if len(marks) == 1 else sha256("\n".join(marks).encode()).hexdigest()
    warnings = tuple(f"{rows.list}: {one}" for one in rows.aside.warnings())
    publisher, edition = card(source).publisher, found.edition or told.edition
    return PartyList(rows.list, publisher, file.name, edition, published, mark, parties, names, warnings)


def _seen(start: Start) -> str:
    return repr(", ".join(start.records[0][:8])[:100] if start.records else "nothing readable")
