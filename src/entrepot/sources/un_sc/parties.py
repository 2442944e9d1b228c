"""The Security Council's consolidated list, as XML: CONSOLIDATED_LIST, with INDIVIDUAL and ENTITY below it.

A name has up to four parts, and a spelling in the original script; an alias has a QUALITY, and "Low" is weak.
LISTED_ON is the day of listing, dateGenerated the day the file was made. The file and its schema:
main.un.org/securitycouncil/en/content/un-sc-consolidated-list.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from entrepot.model.party import NameKind
from entrepot.sources._parties import Dated, ListForm
from entrepot.sources._party_rows import Draft, Rows, clean, day, joined
from entrepot.sources._party_text import Opened, elements, local

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_TAGS: Final = frozenset({"INDIVIDUAL", "ENTITY"})
_NAME: Final = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")
_ADDRESS: Final = ("STREET", "CITY", "STATE_PROVINCE", "ZIP_CODE", "COUNTRY")
_NOTHING: Final = frozenset({"na", "n/a", "-"})


def _read(file: Opened, rows: Rows, beside: Callable[[str], Opened | None]) -> Dated:
    for number, element in elements(file, _TAGS):
        rows.add(_party(element, number), number)
    generated = file.start.attributes.get("dateGenerated", "")
    return Dated(generated, day(generated))


def _party(element: Element, number: int) -> Draft:
    reference = _text(element, "REFERENCE_NUMBER")
    papers = (_paper(one) for one in _all(element, "DOCUMENT"))
    places = _all(element, "ADDRESS")
    return Draft(
        reference or _text(element, "DATAID") or f"entry {number}",
        "person" if local(element) == "INDIVIDUAL" else "organization",
        _names(element),
        [*_values(element, "NATIONALITY"), *(_text(one, "COUNTRY") for one in places)],
        [joined((_text(one, part) for part in _ADDRESS), ", ") or "" for one in places],
        [reference, *(_born(one) for one in _all(element, "DATE_OF_BIRTH")), *papers],
        [_text(element, "UN_LIST_TYPE")],
        day(_text(element, "LISTED_ON")),
        [[local(one), dict(one.attrib), clean(one.text)] for one in element.iter()],
    )


def _names(element: Element) -> list[tuple[str, NameKind]]:
    first = " ".join(filter(None, (_text(element, part) for part in _NAME)))
    told: list[tuple[str, NameKind]] = [(first, "primary")]
    told.append((_text(element, "NAME_ORIGINAL_SCRIPT"), "alias"))
    for alias in _all(element, "ALIAS"):
        is_weak = _text(alias, "QUALITY").lower() == "low"
        told.append((_text(alias, "ALIAS_NAME"), "weak" if is_weak else "alias"))
    return [(name, kind) for name, kind in told if name.lower() not in _NOTHING]


def _all(element: Element, what: str) -> list[Element]:
    """Elements of a person or an entity: INDIVIDUAL_ALIAS, ENTITY_ALIAS."""
    return element.findall(f"{{*}}{local(element)}_{what}")


def _values(element: Element, tag: str) -> list[str]:
    return [clean(one.text) for one in element.findall(f"{{*}}{tag}/{{*}}VALUE")]


def _text(element: Element, tag: str) -> str:
    return clean(element.findtext(f"{{*}}{tag}"))


def _born(element: Element) -> str:
    years = "-".join(filter(None, (_text(element, "FROM_YEAR"), _text(element, "TO_YEAR"))))
    told = _text(element, "DATE") or _text(element, "YEAR") or years
    return f"born {told}" if told else ""


def _paper(element: Element) -> str:
    kind, number = _text(element, "TYPE_OF_DOCUMENT"), _text(element, "NUMBER")
    return clean(f"{kind} {number}") if number else ""


LISTS: Final = (ListForm(lambda start: start.root == "CONSOLIDATED_LIST", lambda start: "un-sc", _read),)
