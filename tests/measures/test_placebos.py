"""A leg month by month beside what was to be expected of it."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from entrepot.measures.legs import spans
from entrepot.measures.placebos import path
from entrepot.model.period import parse_window

DRAWS = np.linspace(90.0, 110.0, 2001)  # of the window's sum: 5 % lie below 91, 95 % below 109


def months(base: str, window: str, values: dict[date, float | None], draws=DRAWS):
    return path(values, spans(parse_window(base), parse_window(window)), draws)


def test_the_window_s_months_add_up_to_its_interval():
    """The base had 3 in March and 1 in April: of 100 expected 75 and 25."""
    values = {date(2021, 3, 1): 3.0, date(2021, 4, 1): 1.0, date(2022, 3, 1): 80.0, date(2022, 4, 1): 60.0}
    found = {row["period"]: row for row in months("2021", "2022-03:2022-04", values)}
    march, april = found[date(2022, 3, 1)], found[date(2022, 4, 1)]
    assert (march["expected"], april["expected"]) == pytest.approx((75.0, 25.0))
    assert march["low_90"] + april["low_90"] == pytest.approx(91.0)
    assert march["high_90"] + april["high_90"] == pytest.approx(109.0)
    assert (march["value"], march["is_window"], march["is_base"]) == (80.0, True, False)


def test_before_the_window_nothing_is_expected_and_a_silent_month_stays_empty():
    found = months("2021", "2022-03", {date(2021, 3, 1): 3.0, date(2022, 3, 1): 80.0})
    january = found[0]
    assert (january["period"], january["value"], january["is_base"]) == (date(2021, 1, 1), None, True)
    assert "expected" not in january


def test_a_base_without_trade_is_laid_evenly():
    found = months("2021", "2022-03:2022-04", {date(2022, 3, 1): 80.0})
    assert [row["expected"] for row in found if row["is_window"]] == pytest.approx([50.0, 50.0])


def test_years_share_alike_and_what_nobody_tells_has_no_band():
    values = {date(year, 1, 1): 10.0 for year in range(2018, 2024)}
    assert [row["expected"] for row in months("2018:2021", "2022:2023", values) if row["is_window"]] == [
        50,
        50,
    ]
    assert all("expected" not in row for row in months("2018:2021", "2022:2023", values, None))
