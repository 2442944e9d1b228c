"""Which goods moved, and what one origin sold beside what a country had bought from everyone."""

from __future__ import annotations

import pytest

from entrepot.measures.goods import moved, substitution
from entrepot.model.constant import constant
from entrepot.model.period import parse_window
from tests.spec.tables import FLOWS

BASE, WINDOW = parse_window("2021-03:2021-04"), parse_window("2022-03:2022-04")


def measure():
    return moved(FLOWS.mutate(good=FLOWS.commodity.substr(0, 2)), BASE, WINDOW, "XBB", ("XCC", "XDD"))


def test_adds_each_good_over_the_months_and_the_gaining_countries(answer):
    rows = answer(
        """
        | partner | period  | commodity | value |
        | XBB     | 2021-03 | 8703      | 100   |
        | XBB     | 2022-03 | 8703      | 10    |
        | XCC     | 2021-04 | 8703      | 5     |
        | XCC     | 2022-04 | 8704      | 30    |
        | XDD     | 2022-03 | 8703      | 20    |
        | XDD     | 2022-03 | 8471      | 7     |
        """,
        measure(),
    )
    assert [(row["good"], row["fall"], row["rise"]) for row in rows] == [
        ("87", 100 - 10, 30 + 20 - 5),
        ("84", 0, 7),
    ]
    assert rows[1]["before_to_losing"] is None, "nothing reported is shown as such"


def test_leaves_out_other_months_and_other_countries(answer):
    text = """
        | partner | period  | commodity | value |
        | XCC     | 2022-05 | 8703      | 30    |
        | XEE     | 2022-03 | 8703      | 20    |
        """
    assert answer(text, measure()) == []


def test_keeps_currencies_apart(answer):
    rows = answer(
        """
        | partner | period  | currency | value |
        | XCC     | 2022-03 | EUR      | 30    |
        | XCC     | 2022-03 | USD      | 20    |
        """,
        measure(),
    )
    assert [(row["currency"], row["rise"]) for row in rows] == [("EUR", 30), ("USD", 20)]


SIDE = {
    "reporter": "string",
    "partner": "string",
    "value": "float64",
    "status": "string",
    "snapshots": "string",
}


def side(*rows):
    return constant({name: [row[place] for row in rows] for place, name in enumerate(SIDE)}, SIDE)


def test_sets_later_exports_beside_earlier_imports(answer):
    imports = side(("XBB", "WLD", 100.0, "published", "s1"), ("XCC", "WLD", 0.0, "published", "s1"))
    exports = side(("XAA", "XBB", 250.0, "published", "s2"), ("XAA", "XCC", 1.0, "published", "s2"))
    rows = answer("| period | value |\n| 2021-01 | 1 |", substitution(imports, exports))
    assert [(row["country"], row["ratio"]) for row in rows] == [("XBB", pytest.approx(2.5)), ("XCC", None)]
    assert rows[0]["snapshots"] == "s1 s2"
