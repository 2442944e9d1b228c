"""The EU's consolidated list, as published: CSV v1.1 (semicolons) and XML v1.1.

In the CSV a record is one name, address, birth, paper or citizenship of an entity, whose own columns stand
in each; empty cells are nothing. In the XML they are elements with attributes below `sanctionEntity`,
namespace http://eu.europa.ec/fpi/fsd/export. Only the XML says `strong="false"` of weak aliases.
`designationDate` is the day of listing; the dates of regulations are not: they tell of amendments too. Files
are named in webgate.ec.europa.eu/fsd/fsf/public/rss. The CSV v1.0 has other columns and is not read.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from entrepot.model.party import NameKind, PartyKind
from entrepot.sources._parties import Dated, ListForm
from entrepot.sources._party_rows import Draft, Drafts, Rows, clean, day, joined
from entrepot.sources._party_text import Opened, Start, elements, local, table

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_ID: Final = "Entity_LogicalId"
_GENERATED: Final = "fileGenerationDate"
_NEEDED: Final = (_ID, "Entity_SubjectType", "NameAlias_WholeName")
_KINDS: Final[dict[str, PartyKind]] = {
    "p": "person",
    "person": "person",
    "e": "organization",
    "enterprise": "organization",
}
_ADDRESS: Final = ("Street", "PoBox", "ZipCode", "City", "Place", "Region", "CountryDescription")
_NAME: Final = ("FirstName", "MiddleName", "LastName")

Tell = Callable[[str, str], str]
"""A value of a record by group and name, as the CSV names them: ("NameAlias", "WholeName")."""


def _read_csv(file: Opened, rows: Rows, beside: Callable[[str], Opened | None]) -> Dated:
    drafts, published = Drafts(), None
    for row, told in table(file, _NEEDED, strict=False):
        cells = {name: text for name, cell in told.items() if (text := clean(cell))}
        published = published or _generated(cells.pop(_GENERATED, ""))
        if _ID not in cells:
            rows.aside.row("records without the number of an entity, set aside", row)
            continue
        draft = drafts.of(cells[_ID], row)
        _add(draft, _cells(cells))
        draft.programs += [text for name, text in cells.items() if name.endswith("_Programme")]
        draft.said.append({name: text for name, text in cells.items() if name != _GENERATED})
    rows.add_all(drafts.all())
    return Dated(published=published)


def _read_xml(file: Opened, rows: Rows, beside: Callable[[str], Opened | None]) -> Dated:
    for number, entity in elements(file, frozenset({"sanctionEntity"})):
        draft = Draft(entity.get("logicalId") or entity.get("euReferenceNumber") or f"entity {number}")
        for part in (entity, *entity):
            _add(draft, _attributes(part))
        draft.programs += [part.get("programme", "") for part in entity.iter()]
        draft.said += [[local(part), dict(part.attrib), clean(part.text)] for part in entity.iter()]
        rows.add(draft, number)
    told = file.start.attributes
    return Dated(told.get("globalFileId", ""), _generated(told.get("generationDate", "")))


def _cells(cells: dict[str, str]) -> Tell:
    return lambda group, name: cells.get(f"{group}_{name}", "")


def _attributes(part: Element) -> Tell:
    """What an element says, under the names of the CSV: `wholeName` of a nameAlias is NameAlias_WholeName."""
    group = {"sanctionEntity": "Entity", "birthdate": "BirthDate"}.get(local(part), local(part))
    group = group[:1].upper() + group[1:]
    told = {_capital(name): clean(text) for name, text in part.attrib.items()}
    if group == "SubjectType":
        group, told = "Entity", {"SubjectType": told.get("Code", "")}
    return lambda asked, name: told.get(name, "") if asked == group else ""


def _capital(name: str) -> str:
    plain = {"euReferenceNumber": "EU_ReferenceNumber", "birthdate": "BirthDate"}.get(name, name)
    plain = plain.replace("identificationType", "Type").replace("monthOfYear", "Month")
    return plain[:1].upper() + plain[1:]


def _add(draft: Draft, tell: Tell) -> None:
    """What one record or element says of a party."""
    draft.kind = _kind(tell) if draft.kind == "unknown" else draft.kind
    draft.listed_on = draft.listed_on or day(tell("Entity", "DesignationDate"))
    draft.identifiers += [tell("Entity", "EU_ReferenceNumber"), tell("Entity", "UnitedNationId")]
    name = tell("NameAlias", "WholeName") or " ".join(filter(None, (tell("NameAlias", n) for n in _NAME)))
    kind: NameKind = "alias" if any(how == "primary" for _, how in draft.names) else "primary"
    draft.names.append((name, "weak" if tell("NameAlias", "Strong").lower() == "false" else kind))
    draft.addresses.append(joined((tell("Address", part) for part in _ADDRESS), ", ") or "")
    draft.countries += [_country("Address", tell), _country("Citizenship", tell)]
    draft.identifiers += [_born(tell), _paper(tell)]


def _kind(tell: Tell) -> PartyKind:
    words = (tell("Entity", "SubjectType"), tell("Entity", "SubjectType_ClassificationCode"))
    return next((_KINDS[word.lower()] for word in words if word.lower() in _KINDS), "unknown")


def _country(group: str, tell: Tell) -> str:
    """Letters, else a name; 00 and UNKNOWN say that it is not known."""
    words = (tell(group, "CountryIso2Code"), tell(group, "CountryDescription"))
    return next((word for word in words if word and word not in ("00", "UNKNOWN")), "")


def _born(tell: Tell) -> str:
    told = tell("BirthDate", "BirthDate") or tell("BirthDate", "Year")
    return f"born {told}" if told else ""


def _paper(tell: Tell) -> str:
    kind, number = tell("Identification", "TypeDescription"), tell("Identification", "Number")
    return clean(f"{kind} {number}") if number else ""


def _generated(text: str) -> date | None:
    """22/09/2026 of the CSV, 2026-09-22T... of the XML."""
    try:
        return datetime.strptime(text, "%d/%m/%Y").date() if "/" in text else day(text)  # noqa: DTZ007
    except ValueError:
        return None


def _is_xml(start: Start) -> bool:
    return start.root == "export" and "generationDate" in start.attributes


def _name(start: Start) -> str:
    return "eu-fsf"


LISTS: Final = (
    ListForm(lambda start: start.has(*_NEEDED), _name, _read_csv, even_quotes=True),
    ListForm(_is_xml, _name, _read_xml),
)
