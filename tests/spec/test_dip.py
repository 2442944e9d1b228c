"""A dip after an event: the peak before, the trough of six months from its month on, and the return."""

from __future__ import annotations

from datetime import date

import pytest

from entrepot.measures.dip import dip
from tests.spec.tables import FLOWS

EVENT = date(2022, 2, 24)


def series():
    return FLOWS.select("reporter", "partner", "period", "value")


def day(value):
    return value.date() if hasattr(value, "date") else value


def test_falls_from_the_peak_before_and_comes_back(answer):
    (row,) = answer(
        """
        | period  | value |
        | 2021-04 | 50    |
        | 2021-12 | 80    |
        | 2022-01 | 70    |
        | 2022-02 | 60    |
        | 2022-04 | 40    |
        | 2022-07 | 75    |
        | 2022-08 | 76    |
        | 2022-09 | 90    |
        """,
        dip(series(), EVENT),
    )
    assert (day(row["peak_period"]), row["peak"]) == (date(2021, 12, 1), 80)
    assert (day(row["trough_period"]), row["trough"]) == (date(2022, 4, 1), 40)
    assert (day(row["back_period"]), row["back"]) == (date(2022, 8, 1), 76), "76 is 95 % of 80; 75 is not"
    assert row["change"] == pytest.approx(40 / 80 - 1)
    assert row["change_on_year"] == pytest.approx(40 / 50 - 1)
    assert (row["change_low"], row["change_high"]) == (row["change"], row["change_on_year"])


def test_stays_open_where_the_data_end_before_the_return(answer):
    (row,) = answer("| period | value |\n| 2022-01 | 80 |\n| 2022-03 | 40 |", dip(series(), EVENT))
    assert (row["back_period"], row["back"]) == (None, None)
    assert row["change_on_year"] is None, "the month of the year before is not held"


def test_says_nothing_where_one_side_of_the_event_is_not_held(answer):
    assert answer("| period | value |\n| 2022-03 | 40 |", dip(series(), EVENT)) == []
    assert answer("| period | value |\n| 2021-03 | 40 |\n| 2022-12 | 50 |", dip(series(), EVENT)) == []


def test_takes_the_earlier_of_two_equal_peaks_and_each_pair_alone(answer):
    rows = answer(
        """
        | partner | period  | value |
        | XBB     | 2021-11 | 80    |
        | XBB     | 2021-12 | 80    |
        | XBB     | 2022-02 | 8     |
        | XCC     | 2022-01 | 10    |
        | XCC     | 2022-02 | 20    |
        """,
        dip(series(), EVENT).order_by("partner"),
    )
    assert [(row["partner"], day(row["peak_period"])) for row in rows] == [
        ("XBB", date(2021, 11, 1)),
        ("XCC", date(2022, 1, 1)),
    ]
    assert rows[1]["change"] == pytest.approx(20 / 10 - 1), "no dip: the lowest month after is a rise"
