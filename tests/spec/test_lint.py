"""What betrays a report that is none, on both engines."""

from __future__ import annotations

from datetime import date
from typing import Any

from entrepot.measures import lint
from entrepot.model.constant import constant

ANY = "| value |\n| 1 |"


def pairs(*rows: tuple[str, str, int, float, float]) -> Any:
    names = ("origin", "destination", "year", "export_value", "import_value")
    columns: dict[str, list[Any]] = {n: [row[place] for row in rows] for place, n in enumerate(names)}
    columns["export_value"] = [value * 1e5 for value in columns["export_value"]]
    columns["import_value"] = [value * 1e5 for value in columns["import_value"]]
    columns["year"] = [date(year, 1, 1) for year in columns["year"]]
    types = {"origin": "string", "destination": "string", "year": "date"}
    return constant(columns, types | dict.fromkeys(names[3:], "float64"))


def reports(*rows: tuple[str, int, float]) -> Any:
    """Imports of XBB from partners."""
    columns = {
        "area": ["XBB"] * len(rows),
        "side": ["import"] * len(rows),
        "partner": [row[0] for row in rows],
        "year": [date(row[1], 1, 1) for row in rows],
        "value": [row[2] for row in rows],
    }
    types = dict.fromkeys(("area", "side", "partner"), "string") | {"year": "date", "value": "float64"}
    return constant(columns, types)


def test_a_ratio_that_froze_is_found_pair_by_pair(answer):
    """Two pairs filled with constants of their own, 1.1 and 0.9; one that moves by a thousandth."""
    rows = answer(
        ANY,
        lint.frozen(
            pairs(
                ("XAA", "XBB", 2021, 100.0, 110.0),
                ("XAA", "XBB", 2022, 70.0, 77.0),
                ("XCC", "XBB", 2021, 50.0, 45.0),
                ("XCC", "XBB", 2022, 31.0, 27.9),
                ("XDD", "XBB", 2021, 100.0, 110.0),
                ("XDD", "XBB", 2022, 70.0, 77.07),
            )
        ),
    )
    assert sorted((row["origin"], row["year"].year) for row in rows) == [("XAA", 2022), ("XCC", 2022)]
    assert all("derived side" in row["fault"] for row in rows)


def test_equal_sides_are_no_copy(answer):
    """A world without errors keeps its ratio at one."""
    equal = pairs(("XAA", "XBB", 2021, 100.0, 100.0), ("XAA", "XBB", 2022, 70.0, 70.0))
    assert answer(ANY, lint.frozen(equal)) == []


def test_a_gap_in_the_years_is_no_frozen_ratio(answer):
    """The same ratio three years apart says nothing."""
    found = lint.frozen(pairs(("XAA", "XBB", 2019, 100.0, 110.0), ("XAA", "XBB", 2022, 70.0, 77.0)))
    assert answer(ANY, found) == []


PARTNERS = [f"X{letter}Z" for letter in "CDEFGHIJKL"]


def test_decimals_that_lengthen_at_once(answer):
    """Whole dollars in 2021, thirds of dollars in 2022."""
    whole = [(one, 2021, 1000.0 + place) for place, one in enumerate(PARTNERS)]
    thirds = [
        (one, 2022, (1000.0 + place) / 3) for place, one in enumerate(PARTNERS, 1) if (1000 + place) % 3
    ]
    thirds += [(one, 2022, 1000.0 / 7) for one in PARTNERS]
    rows = answer(ANY, lint.long_decimals(reports(*whole, *thirds)))
    assert [(row["area"], row["year"].year) for row in rows] == [("XBB", 2022)]


def test_decimals_that_were_always_long_are_the_publishers_way(answer):
    """Converted from another currency in both years: nothing changed."""
    rows = [(one, year, (1000.0 + place) / 7) for place, one in enumerate(PARTNERS) for year in (2021, 2022)]
    assert answer(ANY, lint.long_decimals(reports(*rows))) == []


def test_a_year_that_stops_early(answer):
    """Nine of ten partners fall to a twelfth: a January, not a collapse of trade."""
    before = [(one, 2022, 1200.0) for one in PARTNERS]
    after = [(one, 2023, 100.0) for one in PARTNERS[:9]] + [(PARTNERS[9], 2023, 1200.0)]
    rows = answer(ANY, lint.stopped_early(reports(*before, *after)))
    assert [row["year"].year for row in rows] == [2023]
    assert rows[0]["fault"].startswith("partial")


def test_a_fall_of_half_the_partners_is_trade(answer):
    """Five of ten partners gone by more than half: sanctions look like this."""
    before = [(one, 2022, 1200.0) for one in PARTNERS]
    after = [(one, 2023, 100.0 if place < 5 else 1500.0) for place, one in enumerate(PARTNERS)]
    assert answer(ANY, lint.stopped_early(reports(*before, *after))) == []
