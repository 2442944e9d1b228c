"""A published list of parties, as it was read: who is on it, under which names, of which edition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

if TYPE_CHECKING:
    import pyarrow as pa

PartyKind: TypeAlias = Literal["person", "organization", "vessel", "aircraft", "unknown"]
NameKind: TypeAlias = Literal["primary", "alias", "weak"]

PARTIES: Final[Mapping[str, str]] = {
    "party": "string",
    "list": "string",
    "kind": "string",
    "name": "string",
    "countries": "string",
    "addresses": "string",
    "identifiers": "string",
    "programs": "string",
    "listed_on": "date32",
    "fingerprint": "string",
}
"""Columns of `PartyList.parties`, in Arrow types. One row per party.

party: its id inside the list. kind: person, organization, vessel, aircraft or unknown. name: the first one.
countries: our codes with a space between; null where none is told or known here. addresses, identifiers,
programs: texts with "; " between; null where none is told. listed_on: null where the list does not tell it.
fingerprint: SHA-256 of all that the list says of the party: another one means that its record changed.
"""

NAMES: Final[Mapping[str, str]] = {
    "party": "string",
    "list": "string",
    "name": "string",
    "name_kind": "string",
}
"""Columns of `PartyList.names`. One row per party and name; primary, alias, or weak: an alias so broad or
generic that the publisher says it finds many others."""


@dataclass(frozen=True)
class PartyList:
    """One list as it was on one day.

    Attributes:
        name: What the list is called here: `ofac-sdn`, `eu-fsf` ...; of a user's own list its file's name.
        publisher: Who published it; empty for a user's own.
        file: The file's name, never its folder; of several that belong together the one of the parties.
        edition: The publisher's name for this state of it; empty where it has none.
        published: The day it was published; None: nobody told.
        sha256: Of the file; of several, of theirs together.
        parties: One row per party: PARTIES.
        names: One row per party and name: NAMES.
        warnings: What was set aside or not understood, with rows and counts.
    """

    name: str
    publisher: str
    file: str
    edition: str
    published: date | None
    sha256: str
    parties: pa.Table
    names: pa.Table
    warnings: tuple[str, ...] = ()

    @property
    def vintage(self) -> str:
        """The state of the list in one line: name, edition, day, start of its fingerprint."""
        day = f"published {self.published}" if self.published else "published on an unknown day"
        edition = f" edition {self.edition}," if self.edition else ""
        return f"{self.name},{edition} {day}, sha256 {self.sha256[:12]}"

    def to_json(self) -> dict[str, Any]:
        """What identifies the list, as plain JSON values: no party of it."""
        return {
            "list": self.name,
            "publisher": self.publisher,
            "file": self.file,
            "edition": self.edition or None,
            "published": self.published.isoformat() if self.published else None,
            "sha256": self.sha256,
            "parties": self.parties.num_rows,
            "names": self.names.num_rows,
        }
