"""The Lunar New Year: when it is and whose trade stops for it (reference/lunar_new_year.toml)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from typing import Any

from entrepot.model.area import group, is_group
from entrepot.model.resources import folder

DAYS_BEFORE, DAYS_FROM = 7, 14
"""Days on which trade runs low: the week before, when workers travel, and two weeks from the day on."""


def keeps_new_year(reporter: str) -> bool:
    """Whether a reporter, or each member of a group, keeps the Lunar New Year as a long public holiday."""
    members = {one.code for one in group(reporter).members} if is_group(reporter) else {reporter}
    return bool(members) and members <= set(_table()["keepers"])


@cache
def new_years() -> Mapping[int, date]:
    """The day of the Lunar New Year of each year held, in China's time."""
    return {day.year: day for day in _table()["dates"]}


def holiday_share(month: date) -> float | None:
    """Share of the holiday's days that fall in a month; None where the year is not held.

    The days of DAYS_BEFORE and DAYS_FROM, as X-13's genhol counts them (U.S. Census Bureau, X-13ARIMA-SEATS).
    """
    found = new_years().get(month.year)
    if found is None:
        return None
    days = [found + timedelta(one) for one in range(-DAYS_BEFORE, DAYS_FROM)]
    return sum((day.year, day.month) == (month.year, month.month) for day in days) / len(days)


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(folder("reference").joinpath("lunar_new_year.toml").read_text(encoding="utf-8"))
