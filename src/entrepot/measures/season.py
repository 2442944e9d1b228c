"""Monthly series in logs: trend, month effects, the Lunar New Year, the first lockdown (METHODS 4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np

from entrepot.model.holiday import holiday_share

LOCKDOWN = (date(2020, 2, 1), date(2020, 3, 1))
"""Months with effects of their own: the first lockdown."""
FEWEST_MONTHS = 24
FEWEST_NEW_YEARS = 10
"""New Years before the event from which January and February stand apart, with the holiday as a regressor.

The day moves over a month within 19 years. On five years of one series the regressor takes the wrong sign.
"""


@dataclass(frozen=True)
class Slots:
    """A series as the fits read it: one slot a month, or one for January and February together.

    log: of the value a month; not-a-number where a month is not reported, or is not above zero. clock: the
    middle of the slot in months. join: what was done about the New Year.
    """

    months: tuple[tuple[date, ...], ...]
    log: Any
    clock: Any
    join: str

    def __len__(self) -> int:
        return len(self.months)

    def place(self, month: date) -> int:
        """The first slot that ends in `month` or later."""
        return next((i for i, held in enumerate(self.months) if held[-1] >= month), len(self))


def slots(points: Mapping[date, float | None], until: date, *, keeps_new_year: bool) -> Slots:
    """The months from the first to the last that is held, as slots.

    points: value by the first day of the month. until: the event's month; the New Years before it decide how
    January and February are taken: apart for who does not keep it, apart with a regressor where
    FEWEST_NEW_YEARS are held, else together (their mean; neither where one is not held).
    """
    held = [day for day, value in points.items() if value is not None]
    every = _every(min(held), max(held))
    years = [day.year for day in held if day.month == 1 and day < until]
    if not keeps_new_year:
        join, groups = "none", _apart(every)
    elif len(years) >= FEWEST_NEW_YEARS and all(holiday_share(day) is not None for day in every):
        join, groups = "regressor", _apart(every)
    else:
        join, groups = "joined", _joined(every)
    clock = [np.mean([day.year * 12 + day.month for day in group]) for group in groups]
    return Slots(tuple(groups), np.array([_log(points, g) for g in groups]), np.array(clock), join)


def like(points: Mapping[date, float | None], other: Slots) -> Slots:
    """A series over the slots of another: months it does not hold are gaps, those beyond are left out."""
    return replace(other, log=np.array([_log(points, group) for group in other.months]))


def _every(first: date, last: date) -> list[date]:
    ordinals = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [date(n // 12, n % 12 + 1, 1) for n in ordinals]


def _apart(every: Sequence[date]) -> list[tuple[date, ...]]:
    return [(day,) for day in every]


def _joined(every: Sequence[date]) -> list[tuple[date, ...]]:
    """January with February, where both are within the series: at an end, one alone is left out."""
    groups: list[tuple[date, ...]] = []
    for day in every:
        if day.month == 2 and groups and groups[-1][0].month == 1:
            groups[-1] = (*groups[-1], day)
        elif day.month != 2:
            groups.append((day,))
    return groups[:-1] if groups[-1][0].month == 1 and len(groups[-1]) == 1 else groups


def _log(points: Mapping[date, float | None], group: Sequence[date]) -> float:
    values = [points.get(day) for day in group]
    known = [value for value in values if value is not None]
    whole = len(known) == len(values) and sum(known) > 0
    return float(np.log(sum(known) / len(known))) if whole else float("nan")


@dataclass(frozen=True)
class Fit:
    """A regression of the log on the months before an event, with errors that are correlated in time.

    design: all slots, those after the event too. covariance: of the coefficients. sigma, rho: standard
    deviation and first autocorrelation of the errors. free: degrees of freedom.
    """

    names: tuple[str, ...]
    coefficients: Any
    covariance: Any
    design: Any
    sigma: float
    rho: float
    free: int
    used: Any

    @property
    def expected(self) -> Any:
        """The log that the fit expects in each slot."""
        return self.design @ self.coefficients

    @property
    def seasonal(self) -> Any:
        """Which coefficients are of the season and its disturbances, not of the trend."""
        return np.array([name not in ("constant", "trend") for name in self.names])

    @property
    def season(self) -> Any:
        """The part of each slot's log that is season, holiday or lockdown."""
        return self.design[:, self.seasonal] @ self.coefficients[self.seasonal]

    def errors(self, draws: int, rng: Any, columns: Any = None) -> Any:
        """Draws of what the fit is off by in each slot: of its coefficients (of those `columns`)."""
        shaken = rng.multivariate_normal(np.zeros(len(self.names)), self.covariance, draws, method="svd")
        kept = slice(None) if columns is None else columns
        return shaken[:, kept] @ self.design[:, kept].T


def fit(series: Slots, event: int, *, trend: bool = True) -> Fit | str:
    """The regression on the slots before place `event`: or why there is none.

    Constant, trend a month (if `trend`), effects of the months that sum to zero, an effect of its own for
    each slot of LOCKDOWN, and the holiday's share where `join` is "regressor". Least squares; the errors are
    taken as a first-order autoregression, in the covariance too. A rank-deficient fit is refused, not solved.
    """
    used = np.arange(len(series)) < event
    used &= np.isfinite(series.log)
    months = sum(len(series.months[i]) for i in np.flatnonzero(used))
    if months < FEWEST_MONTHS:
        return f"{months} months before the event are held, {FEWEST_MONTHS} are needed"
    names, design = _design(series, used, trend=trend)
    x, y = design[used], series.log[used]
    if (rank := np.linalg.matrix_rank(x)) < len(names):
        return f"the months held tell {rank} of {len(names)} effects apart: {_never_seen(series, used)}"
    if (free := len(y) - len(names)) < 3:
        return f"{len(y)} months leave {free} degrees of freedom beside {len(names)} effects"
    return _least_squares(names, design, y, used, free)


def _least_squares(names: tuple[str, ...], design: Any, y: Any, used: Any, free: int) -> Fit:
    x = design[used]
    coefficients = np.linalg.lstsq(x, y)[0]
    residuals = y - x @ coefficients
    sigma = float(np.sqrt(residuals @ residuals / free))
    rho = autocorrelation(residuals, np.flatnonzero(used))
    inverse = np.linalg.inv(x.T @ x)
    covariance = sigma**2 * inverse @ x.T @ correlations(np.flatnonzero(used), rho) @ x @ inverse
    return Fit(names, coefficients, covariance, design, sigma, rho, free, used)


def autocorrelation(residuals: Any, places: Any) -> float:
    """First autocorrelation, corrected for the trend taken out of a short series; within 0 and 0.9."""
    follows = np.diff(places) == 1
    square = float(residuals @ residuals) / len(residuals)
    if not follows.any() or square <= 0:
        return 0.0
    raw = float(np.mean((residuals[1:] * residuals[:-1])[follows])) / square
    return min(max(raw + (1 + 3 * raw) / len(residuals), 0.0), 0.9)


def correlations(places: Any, rho: float) -> Any:
    """Of errors at these places: rho to the power of the distance."""
    return rho ** np.abs(np.subtract.outer(places, places))


def _design(series: Slots, used: Any, *, trend: bool) -> tuple[tuple[str, ...], Any]:
    """Columns over all slots; trend counted from the middle of those used, months against their mean."""
    columns = {"constant": np.ones(len(series))}
    if trend:
        columns["trend"] = series.clock - series.clock[used].mean()
    calendar = np.array([held[0].month for held in series.months])
    *effects, last = sorted(set(calendar.tolist()))
    for month in effects:
        columns[f"month {month:02}"] = (calendar == month) * 1.0 - (calendar == last)
    for day in LOCKDOWN:
        own = np.array([day in held for held in series.months]) * 1.0
        if (own[used] > 0).any():
            columns[f"lockdown {day:%Y-%m}"] = own
    if series.join == "regressor":
        columns["new year"] = _holiday(series, used)
    return tuple(columns), np.array(list(columns.values())).T


def _holiday(series: Slots, used: Any) -> Any:
    """The holiday's share of each month less the mean of that calendar month."""
    share = np.array([holiday_share(held[0]) or 0.0 for held in series.months])
    calendar = np.array([held[0].month for held in series.months])
    for month in set(calendar.tolist()):
        share[calendar == month] -= share[used & (calendar == month)].mean()
    return share


def _never_seen(series: Slots, used: Any) -> str:
    """The calendar months without a report of their own before the event."""
    seen = {
        series.months[i][0].month
        for i in np.flatnonzero(used)
        if not any(day in series.months[i] for day in LOCKDOWN)
    }
    wanted = {held[0].month for held in series.months}
    lacking = ", ".join(f"{month:02}" for month in sorted(wanted - seen))
    return f"no report outside the lockdown for month {lacking}" if lacking else "its columns are dependent"
