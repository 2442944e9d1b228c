"""Trade between all pairs over base and window, as chains are followed through it."""

from __future__ import annotations

import pytest

from entrepot.measures.chain import legs
from entrepot.model.constant import pairs
from entrepot.model.period import parse_window
from tests.spec.both_sides import Both

ON_SPARK = ("test_base_and_window_beside_one_another",)
BASE, WINDOW = (parse_window("2021"),), (parse_window("2022"),)
NOBODY = pairs({}, "area", "label")


def asked(named=NOBODY, window="2021:2022", **deviations):
    return legs(Both(window, "2021").reconciled(**deviations), named, BASE, WINDOW)


TRADE = """
    | reporter | partner | flow   | period | commodity | valuation | value |
    | XAA      | XBB     | export | 2021   | TOTAL     | fob       | 40    |
    | XAA      | XBB     | export | 2022   | TOTAL     | fob       | 100   |
    | XBB      | XAA     | import | 2022   | TOTAL     | fob       | 200   |
    """


def test_base_and_window_beside_one_another(answer):
    """Equal weights: 100 and 200 are 150; the importer says nothing of the base."""
    early, late = sorted(answer(TRADE, asked()), key=lambda row: not row["is_base"])
    assert (early["value_usd"], early["export_usd"], early["import_usd"]) == (40, 40, None)
    assert (early["exports"], early["imports"]) == (1, 0)
    assert late["value_usd"] == pytest.approx((100 + 200) / 2)
    assert (late["export_usd"], late["import_usd"]) == (100, 200)
    assert late["low_90_usd"] < late["value_usd"] < late["high_90_usd"]


def test_countries_that_are_one_do_not_trade_with_themselves(answer):
    text = TRADE + "| XBB | XCC | export | 2022 | TOTAL | fob | 7 |"
    rows = answer(text, asked(pairs({"XAA": "US", "XBB": "US"}, "area", "label")))
    assert [(row["exporter"], row["importer"], row["value_usd"]) for row in rows] == [
        ("US", "XCC", pytest.approx(7))
    ]


def test_what_no_side_speaks_of_is_not_zero(answer):
    """A figure made from the other side's is left out."""
    text = """
        | reporter | partner | flow   | period | commodity | status   | value |
        | XAA      | XBB     | export | 2022   | TOTAL     | mirrored | 40    |
        """
    assert answer(text, asked()) == []
