"""A list of the user's own: CSV or XLSX with a header, of which only `name` must be there.

Rows with the same id, or without ids the same name, are one party: each may bring a further alias.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from entrepot.model.party import PartyKind
from entrepot.sources._encoding import refuse_garbled
from entrepot.sources._parties import Dated, ListForm
from entrepot.sources._party_rows import Draft, Drafts, Rows, clean, day
from entrepot.sources._party_text import Opened, Start, check_header, table

COLUMNS: Final = ("name", "id", "kind", "aliases", "country", "address", "program", "listed_on")
_KINDS: Final[dict[str, PartyKind]] = {
    "person": "person",
    "individual": "person",
    "organization": "organization",
    "organisation": "organization",
    "company": "organization",
    "entity": "organization",
    "vessel": "vessel",
    "ship": "vessel",
    "aircraft": "aircraft",
    "unknown": "unknown",
    "": "unknown",
}


def _header(start: Start) -> list[str]:
    return [name.strip().casefold() for name in start.records[0]] if start.records else []


def _read(file: Opened, rows: Rows, beside: Callable[[str], Opened | None]) -> Dated:
    check_header(file, _header(file.start), ())
    if file.encoding == "gb18030" and file.start.kind == "csv":
        with file.path.open(encoding=file.encoding) as lines:
            refuse_garbled(file.name, lines)
    header = dict(zip((name.strip() for name in file.start.records[0]), _header(file.start), strict=True))
    unused = [name for name, plain in header.items() if plain not in COLUMNS]
    if unused:
        rows.aside.note(f"columns not used: {', '.join(unused)[:200]}.")
    drafts = Drafts()
    for row, told in table(file, ()):
        cells = {header[name]: clean(cell) for name, cell in told.items()}
        if not cells["name"]:
            rows.aside.row("rows without a name, set aside", row)
            continue
        _add(drafts.of(cells.get("id") or cells["name"], row), cells, row, rows)
    rows.add_all(drafts.all())
    return Dated()


def _add(draft: Draft, cells: dict[str, str], row: int, rows: Rows) -> None:
    def values(column: str) -> list[str]:
        return cells.get(column, "").split(";")

    draft.names.append((cells["name"], "alias" if draft.names else "primary"))
    draft.names += [(alias, "alias") for alias in values("aliases")]
    draft.countries += [word.strip() for word in values("country")]
    draft.addresses.append(cells.get("address", ""))
    draft.programs += values("program")
    draft.said.append(cells)
    _kind(draft, cells.get("kind", ""), rows)
    _day(draft, cells.get("listed_on", ""), row, rows)


def _kind(draft: Draft, word: str, rows: Rows) -> None:
    if word.casefold() not in _KINDS:
        rows.aside.word("kinds not understood, taken as unknown", word)
    if draft.kind == "unknown":
        draft.kind = _KINDS.get(word.casefold(), "unknown")


def _day(draft: Draft, word: str, row: int, rows: Rows) -> None:
    if word and day(word) is None:
        rows.aside.row("listed_on is no day like 2024-01-31, left out", row)
    draft.listed_on = draft.listed_on or day(word)


LISTS: Final = (
    ListForm(
        lambda start: "name" in _header(start),
        lambda start: start.path.stem,
        _read,
        encodings=("utf-8", "gb18030"),
        is_last=True,
    ),
)
