"""The table of Lunar New Years against the moon, computed from its own formula."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from entrepot.model.area import area
from entrepot.model.holiday import _table, holiday_share, keeps_new_year, new_years

DELTA_T = timedelta(seconds=70)  # dynamical less universal time, within a minute of it from 2000 to 2050


def new_moon(k: int) -> datetime:
    """The k-th new moon after that of 6 January 2000, to minutes: Meeus, Astronomical Algorithms, ch. 49."""
    t = k / 1236.85
    day = 2451550.09766 + 29.530588861 * k + 0.00015437 * t**2
    sun = math.radians(2.5534 + 29.10535670 * k)
    moon = math.radians(201.5643 + 385.81693528 * k + 0.0107582 * t**2)
    node = math.radians(160.7108 + 390.67050284 * k)
    day += -0.40720 * math.sin(moon) + 0.17241 * math.sin(sun) + 0.01608 * math.sin(2 * moon)
    day += 0.01039 * math.sin(2 * node) + 0.00739 * math.sin(moon - sun) - 0.00514 * math.sin(moon + sun)
    day += 0.00208 * math.sin(2 * sun)
    return datetime(2000, 1, 1, 12, tzinfo=UTC) + timedelta(days=day - 2451545.0) - DELTA_T


def in_china(k: int) -> date:
    return (new_moon(k) + timedelta(hours=8)).date()


def test_each_is_the_day_of_a_new_moon_in_china():
    moons = {in_china(k) for k in range(-5, 640)}
    assert set(new_years().values()) <= moons


def test_each_year_is_there_once_within_its_bounds_and_has_twelve_or_thirteen_months():
    """From 21 January to 20 February, so that no other new moon could be meant; of 354 or 384 days."""
    days = [new_years()[year] for year in range(2000, 2051)]
    assert len(new_years()) == len(days) == len(_table()["dates"])
    assert all((1, 21) <= (day.month, day.day) <= (2, 20) for day in days)
    lengths = {(later - earlier).days for earlier, later in pairwise(days)}
    assert lengths <= {353, 354, 355, 383, 384, 385}
    assert len([1 for a, b in pairwise(days) if (b - a).days > 360]) in (18, 19)


@pytest.mark.parametrize(
    "day", ["2019-02-05", "2020-01-25", "2021-02-12", "2022-02-01", "2023-01-22", "2024-02-10", "2025-01-29"]
)
def test_dates_that_trade_statistics_turn_on(day: str):
    assert new_years()[int(day[:4])] == date.fromisoformat(day)


def test_the_days_of_the_holiday_are_shared_between_months():
    """22 January 2023: seven days before and ten from it on in January, four in February."""
    assert holiday_share(date(2023, 1, 1)) == pytest.approx(17 / 21)
    assert holiday_share(date(2023, 2, 1)) == pytest.approx(4 / 21)
    assert (holiday_share(date(2023, 3, 1)), holiday_share(date(1999, 2, 1))) == (0, None)


def test_who_keeps_it():
    assert all(area(code).code == code for code in _table()["keepers"])
    assert keeps_new_year("CHN")
    assert not keeps_new_year("EU27")
