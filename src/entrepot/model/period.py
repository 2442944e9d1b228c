"""Periods as users write them: 2021, 2021-03, 2021Q2 is not one, 2021-03:2021-11."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from entrepot.errors import UsageError

_FIRST_YEAR, _LAST_YEAR = 1900, 2199
_POINT = re.compile(r"(\d{4})(?:-(\d{1,2}))?$")


@dataclass(frozen=True)
class Window:
    """Whole months from `first` to `last`, both the first day of a month, both included."""

    first: date
    last: date

    @property
    def months(self) -> tuple[date, ...]:
        """Each month of the window."""
        start, end = _ordinal(self.first), _ordinal(self.last)
        return tuple(date(i // 12, i % 12 + 1, 1) for i in range(start, end + 1))

    @property
    def years(self) -> tuple[date, ...] | None:
        """First day of each year if the window is made of whole years, else None."""
        if self.first.month != 1 or self.last.month != 12:
            return None
        return tuple(date(y, 1, 1) for y in range(self.first.year, self.last.year + 1))

    def calendar_months(self) -> frozenset[int]:
        """Which months of the year (1-12) the window touches."""
        return frozenset(m.month for m in self.months)

    def __str__(self) -> str:
        if self.years is not None:
            return str(self.first.year) if len(self.years) == 1 else f"{self.first.year}:{self.last.year}"
        return f"{self.first:%Y-%m}" if self.first == self.last else f"{self.first:%Y-%m}:{self.last:%Y-%m}"


EVER = Window(date(_FIRST_YEAR, 1, 1), date(_LAST_YEAR, 12, 1))
"""All months that a question may name."""


def _ordinal(month: date) -> int:
    return month.year * 12 + month.month - 1


def shifted(month: date, by: int) -> date:
    """The first day of the month that many months after (before: negative)."""
    place = _ordinal(month) + by
    return date(place // 12, place % 12 + 1, 1)


def parse_window(text: str) -> Window:
    """`2021`, `2021-03`, `2021:2022` or `2021-03:2021-11` as a Window.

    Raises UsageError for anything else, or when the end lies before the start.
    """
    start, _, end = text.strip().partition(":")
    window = Window(_point(start, text)[0], _point(end or start, text)[1])
    if window.last < window.first:
        raise UsageError(
            f"period {text!r} ends before it starts. Write it as START:END, e.g. 2022-03:2022-11."
        )
    return window


def _point(text: str, whole: str) -> tuple[date, date]:
    found = _POINT.match(text.strip())
    if not found:
        raise UsageError(
            f"period {whole!r} is not understood. Use 2021, 2021-03, 2021:2022 or 2021-03:2021-11."
        )
    year, month = int(found[1]), int(found[2] or 0)
    if not _FIRST_YEAR <= year <= _LAST_YEAR or month > 12 or (found[2] and month < 1):
        raise UsageError(
            f"period {whole!r} is not a date. Years are {_FIRST_YEAR}-{_LAST_YEAR}, months 01-12."
        )
    return (date(year, month or 1, 1), date(year, month or 12, 1))


def parse_date(text: str) -> date:
    """`2022-09-30`, or `2022-09` / `2022` for their last day, as a date. Raises UsageError."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        last = parse_window(text).last
        after = _ordinal(last) + 1
        return date.fromordinal(date(after // 12, after % 12 + 1, 1).toordinal() - 1)
