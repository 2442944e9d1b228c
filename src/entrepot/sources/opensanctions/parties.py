"""OpenSanctions' targets.simple.csv: a row a party, several values of a cell with semicolons between, as CSV.

Columns: opensanctions.org/docs/bulk/csv. The days of first and last sight and of the last change are the
collector's, not the party's: they are no part of its fingerprint, and none of them is a day of listing.
Aliases come without their quality.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from typing import Final

from entrepot.model.party import PartyKind
from entrepot.sources._parties import Dated, ListForm
from entrepot.sources._party_rows import Draft, Rows
from entrepot.sources._party_text import Opened, Start, table

_NEEDED: Final = ("id", "schema", "name")
_OF_THEIRS: Final = ("aliases", "countries", "dataset")
_DAYS: Final = frozenset({"first_seen", "last_seen", "last_change"})
_KINDS: Final[dict[str, PartyKind]] = {
    "Person": "person",
    "Organization": "organization",
    "Company": "organization",
    "PublicBody": "organization",
    "Vessel": "vessel",
    "Airplane": "aircraft",
}


def _read(file: Opened, rows: Rows, beside: Callable[[str], Opened | None]) -> Dated:
    for row, cells in table(file, _NEEDED):
        rows.add(_party(cells), row)
    return Dated()


def _party(cells: dict[str, str]) -> Draft:
    def values(column: str) -> list[str]:
        cell = cells.get(column, "")
        return next(csv.reader([cell], delimiter=";"), []) if '"' in cell else cell.split(";")

    numbers = [*values("identifiers"), *values("phones"), *values("emails")]
    return Draft(
        cells["id"],
        _KINDS.get(cells["schema"], "unknown"),
        [(cells["name"], "primary"), *((alias, "alias") for alias in values("aliases"))],
        values("countries"),
        values("addresses"),
        [*(f"born {day}" for day in values("birth_date") if day), *numbers],
        [*values("program_ids"), *values("dataset")],
        said=[{name: cell for name, cell in cells.items() if name not in _DAYS}],
    )


def _name(start: Start) -> str:
    """Of another data set than the usual one, as the fetched file is named: with the data set's name."""
    dataset = start.path.name.partition("-targets.simple")[0]
    usual = dataset in ("sanctions", start.path.name)
    return "opensanctions" if usual else f"opensanctions-{dataset}"


LISTS: Final = (ListForm(lambda start: start.has(*_NEEDED, *_OF_THEIRS), _name, _read),)
