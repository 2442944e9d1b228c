"""The Consolidated Screening List, consolidated.csv: a row a party of one of its lists, named in `source`.

Lists of the Bureau of Industry and Security (Entity List, Military End User, Denied Persons, Unverified), of
the Department of State and of the Treasury. Several values have semicolons between; an address ends in the
two letters of a country. `start_date` is the day a listing took effect, `end_date` the last day of a denial.
The file tells no day of its own. Columns: trade.gov/consolidated-screening-list, developer.trade.gov.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from entrepot.model.party import PartyKind
from entrepot.sources._parties import Dated, ListForm
from entrepot.sources._party_rows import Draft, Rows, clean, day
from entrepot.sources._party_text import Opened, table

_NEEDED: Final = ("_id", "source", "name", "addresses", "alt_names")
_KINDS: Final[dict[str, PartyKind]] = {
    "individual": "person",
    "entity": "organization",
    "vessel": "vessel",
    "aircraft": "aircraft",
}
_DATES: Final = "dates_of_birth"


def _read(file: Opened, rows: Rows, beside: Callable[[str], Opened | None]) -> Dated:
    for row, cells in table(file, _NEEDED):
        rows.add(_party(cells), row)
    return Dated()


def _party(cells: dict[str, str]) -> Draft:
    def values(column: str) -> list[str]:
        return [clean(value) for value in cells.get(column, "").split(";")]

    addresses, call_sign = values("addresses"), clean(cells.get("call_sign"))
    numbers = [*values("ids"), f"call sign {call_sign}" if call_sign else ""]
    return Draft(
        cells["_id"],
        _KINDS.get(cells.get("type", "").strip().lower(), "unknown"),
        [(cells["name"], "primary"), *((alias, "alias") for alias in values("alt_names"))],
        [
            *map(_country, addresses),
            *values("citizenships"),
            *values("nationalities"),
            *values("vessel_flag"),
        ],
        addresses,
        [*(f"born {born}" for born in values(_DATES) if born), *numbers],
        [_source(cells), *values("programs")],
        day(cells.get("start_date")),
        [{name: clean(cell) for name, cell in cells.items() if name != "_id"}],
    )


def _source(cells: dict[str, str]) -> str:
    """The list it is from; of a denial with its last day."""
    until = clean(cells.get("end_date"))
    return f"{clean(cells['source'])}, until {until}" if until else clean(cells["source"])


def _country(address: str) -> str:
    last = address.rpartition(",")[2].strip()
    return last if len(last) == 2 and last.isupper() else ""


LISTS: Final = (ListForm(lambda start: start.has(*_NEEDED), lambda start: "us-csl", _read),)
