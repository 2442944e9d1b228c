"""OFAC's lists: SDN.CSV and CONS_PRIM.CSV, each with its addresses (ADD) and other names (ALT) beside it.

No header, 12, 6 and 5 columns, `-0-` for nothing, Ctrl-Z at the end; a number links the files; remarks of
more than 1,000 characters go on in a fourth file (COMMENTS): ofac.treasury.gov/system/files/126/dat_spec.txt.
Weak aliases stand in the remarks, in quotation marks: "...; a.k.a. 'SO AND SO'": ofac.treasury.gov/faqs/123.
The files tell no day of listing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from entrepot.errors import ReadError
from entrepot.model.party import PartyKind
from entrepot.sources._parties import Dated, ListForm
from entrepot.sources._party_rows import Draft, Drafts, Rows, clean
from entrepot.sources._party_text import Opened, Start, records

_KINDS: Final[dict[str, PartyKind]] = {
    "individual": "person",
    "vessel": "vessel",
    "aircraft": "aircraft",
    "": "organization",
}
_PLACES: Final = {  # OFAC's words for areas that have other names here
    "korea, north": "PRK",
    "korea, south": "KOR",
    "palestinian": "PSE",
    "west bank": "PSE",
    "region: gaza": "PSE",
    "region: northern mali": "MLI",
}
_NO_PLACES: Final = {"undetermined", "unknown"}
_WIDTHS: Final = {"ADD": 6, "ALT": 5, "COMMENTS": 2}
_ALIAS: Final = re.compile(r"^(?:alt\. )?[afn]\.k\.a\.:? (.+?)\.?$", re.IGNORECASE)
_QUOTED: Final = re.compile(r"""^['\u2018].*['\u2019]$|["\u201c\u201d]""")
_MARKS: Final = " .'\"\u2018\u2019\u201c\u201d"
_COUNTRY: Final = re.compile(r"^(?:alt\. )?(?:nationality|citizen) (.+?)\.?$", re.IGNORECASE)
_NO_NUMBER: Final = re.compile(r"linked to|sanctions|executive order|directive|determination", re.IGNORECASE)


def _is_list(start: Start) -> bool:
    return _has(start, 12)


def _is_part(start: Start) -> bool:
    return bool(_part(start)) and _has(start, _WIDTHS[_part(start)])


def _has(start: Start, width: int) -> bool:
    """Whether the first record is as wide and begins with a party's number."""
    first = start.records[0] if start.kind == "csv" and start.records else ()
    return start.delimiter == "," and len(first) == width and first[0].isdigit()


def _part(start: Start) -> str:
    return next((part for part in _WIDTHS if start.path.stem.upper().endswith(part)), "")


def _is_consolidated(start: Start) -> bool:
    return start.path.name.upper().startswith("CONS")


def _read(file: Opened, rows: Rows, beside: Callable[[str], Opened | None]) -> Dated:
    drafts = Drafts()
    for row, cells in _cells(file, 12):
        _party(drafts.of(cells[0], row), cells)
    prefix = "CONS_" if _is_consolidated(file.start) else ""
    wanted = {part: f"{prefix}{part}.CSV" for part in ("ADD", "ALT")}
    wanted["COMMENTS"] = "CONS_COMMENTS.CSV" if prefix else "SDN_COMMENTS.CSV"
    found = {part: other for part, name in wanted.items() if (other := beside(name))}
    for part, other in found.items():
        _add(part, other, drafts, rows)
    for part, what in (("ADD", "addresses"), ("ALT", "other names")):
        if part not in found:
            rows.aside.note(f"{wanted[part]} is not beside {file.name}: {what} are unknown.")
    rows.add_all(drafts.all())
    if file.encoding != "utf-8":
        rows.aside.note(f"{file.name} is not UTF-8: read as {file.encoding}.")
    return Dated(beside=tuple(found.values()))


def _cells(file: Opened, width: int) -> Iterator[tuple[int, list[str]]]:
    """Records without the mark for nothing. Raises ReadError for one that does not begin with a number."""
    for row, cells in records(file, width, strict=False):
        plain = ["" if (text := clean(cell)) == "-0-" else text for cell in cells]
        if not plain[0].isdigit():
            cause = f"{plain[0][:40]!r} is no number of a party."
            raise ReadError(file.name, cause, row=row, column="ent_num", todo="Download it again.")
        yield row, plain


def _party(draft: Draft, cells: list[str]) -> None:
    _, name, kind, programs, _title, call_sign, *vessel, remarks = cells
    draft.kind = _KINDS.get(kind.lower(), "unknown")
    draft.names.append((name, "primary"))
    draft.programs += re.split(r"\]\s*\[|;", programs)
    draft.identifiers += [f"call sign {call_sign}"] if call_sign else []
    draft.countries.append(_place(vessel[3]))
    draft.said.append(cells)
    _remarks(draft, remarks)


def _remarks(draft: Draft, remarks: str) -> None:
    """Further names, nationalities and numbers, each between semicolons."""
    for piece in map(clean, remarks.split(";")):
        if alias := _ALIAS.match(piece):
            is_weak = _QUOTED.search(alias[1])
            draft.names.append((alias[1].strip(_MARKS), "weak") if is_weak else (alias[1], "alias"))
        elif country := _COUNTRY.match(piece):
            draft.countries.append(_place(country[1]))
        elif re.search(r"\d", piece) and not _NO_NUMBER.search(piece):
            draft.identifiers.append(piece.removesuffix("."))


def _add(part: str, file: Opened, drafts: Drafts, rows: Rows) -> None:
    for row, cells in _cells(file, _WIDTHS[part]):
        draft = drafts.known(cells[0])
        if draft is None:
            rows.aside.row("records of parties who are not in the list, set aside", row, file.name)
            continue
        draft.said.append([part, *cells])
        if part == "ADD":
            draft.addresses.append(", ".join(filter(None, cells[2:5])))
            draft.countries.append(_place(cells[4]))
        elif part == "ALT":
            draft.names.append((cells[3], "weak" if "weak" in cells[4].lower() else "alias"))
        else:
            _remarks(draft, cells[1])


def _place(word: str) -> str:
    plain = word.lower()
    return "" if plain in _NO_PLACES else _PLACES.get(plain, word)


def _name(start: Start) -> str:
    return "ofac-consolidated" if _is_consolidated(start) else "ofac-sdn"


def _whole(start: Start) -> str:
    return "CONS_PRIM.CSV" if _is_consolidated(start) else "SDN.CSV"


LISTS: Final = (
    ListForm(_is_list, _name, _read, encodings=("utf-8", "cp1252"), even_quotes=True),
    ListForm(_is_part, _name, _read, part_of=_whole),
)
