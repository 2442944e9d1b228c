"""The fall towards one destination against the rise towards others, naive and spliced."""

from __future__ import annotations

import pytest

from entrepot.measures.offset import offset
from entrepot.model.constant import constant

TYPES = {"origin": "string", "destination": "string"} | dict.fromkeys(
    ("base_value", "window_value", "born_share", "died_share"), "float64"
)
NONE = "| period | value |\n| 2021-01 | 1 |"


def grown(*rows):
    return constant({name: [row[place] for row in rows] for place, name in enumerate(TYPES)}, TYPES)


def test_compares_the_rise_with_the_fall_on_both_counts(answer):
    table = grown(("XAA", "XBB", 1000.0, 300.0, 0.1, 0.0), ("XAA", "hubs", 100.0, 240.0, 0.25, 0.2))
    (row,) = answer(NONE, offset(table, "XBB", "hubs"))
    assert (row["fall"], row["rise"]) == (1000 - 300, 240 - 100)
    assert row["fall_spliced"] == pytest.approx(1000 - 300 * 0.9)
    assert row["rise_spliced"] == pytest.approx(240 * 0.75 - 100 * 0.8)
    assert row["share"] == pytest.approx(140 / 700)
    assert row["share_spliced"] == pytest.approx(100 / 730)
    assert (row["share_low"], row["share_high"]) == (row["share_spliced"], row["share"])


@pytest.mark.parametrize(
    ("losing", "gaining"),
    [((10.0, 20.0), (1.0, 5.0)), ((20.0, 10.0), (5.0, 1.0)), ((10.0, 10.0), (1.0, 5.0))],
)
def test_has_no_share_where_nothing_fell_or_nothing_rose(answer, losing, gaining):
    table = grown(("XAA", "XBB", *losing, 0.0, 0.0), ("XAA", "hubs", *gaining, 0.0, 0.0))
    (row,) = answer(NONE, offset(table, "XBB", "hubs"))
    assert row["share"] is None


def test_says_nothing_of_an_origin_that_lacks_one_of_the_two(answer):
    table = grown(("XAA", "XBB", 10.0, 5.0, 0.0, 0.0), ("XCC", "hubs", 1.0, 2.0, 0.0, 0.0))
    assert answer(NONE, offset(table, "XBB", "hubs")) == []


def test_a_side_that_was_not_reported_has_no_change(answer):
    table = grown(("XAA", "XBB", 10.0, None, None, 0.0), ("XAA", "hubs", 1.0, 2.0, 0.0, 0.0))
    (row,) = answer(NONE, offset(table, "XBB", "hubs"))
    assert (row["fall"], row["share"], row["rise"]) == (None, None, 1.0)
