"""The path a series was on before an event, under each defensible trend, and how far it may be off.

Each trend gives an expected log for every slot and draws of its errors after the event, so that months and
sums of months have intervals from one source.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from entrepot.measures.season import LOCKDOWN, Fit, Slots, autocorrelation, correlations, fit

DRAWS = 2000
SEED = 20220224
FEWEST_CHANGES = 10
FEWEST_ORIGINS = 4
_SLOW, _QUICK = ({"disp": False, "maxiter": most} for most in (200, 30))
TRENDS = {
    "year-before": "the same month of the year before the event, no growth; errors: changes on a year",
    "linear": "growth at the steady rate of all months before the event, and effects of the months",
    "local": "local linear trend: level and growth change month by month and stay at their last",
    "damped": "the last growth goes on and fades (damped Holt)",
}


@dataclass(frozen=True)
class Path:
    """expected: log of each slot (not-a-number where there is none). errors: draws by slots from `event` on.

    A draw of the value that nothing but chance would have given is expected + errors.
    """

    trend: str
    event: int
    expected: Any
    errors: Any
    sigma: float
    months: int


def paths(series: Slots, event: int, trends: Iterable[str] = TRENDS) -> dict[str, Path | str]:
    """The expected path from place `event` on under each of `trends`, or why there is none."""
    season = fit(series, event)
    if isinstance(season, str):
        return dict.fromkeys(trends, season)
    makers: dict[str, Callable[[Slots, int, Fit, Any], tuple[Any, Any, float] | str]] = {
        "year-before": _year_before,
        "linear": _linear,
        "local": _local,
        "damped": _damped,
    }
    months = sum(len(series.months[i]) for i in np.flatnonzero(season.used))
    found: dict[str, Path | str] = {}
    for name in trends:
        made = makers[name](series, event, season, np.random.default_rng(SEED))
        found[name] = made if isinstance(made, str) else Path(name, event, made[0], made[1], made[2], months)
    return found


def _linear(series: Slots, event: int, season: Fit, rng: Any) -> tuple[Any, Any, float]:
    """Errors of the coefficients and of the months, scaled as Student's t."""
    after = np.arange(event, len(series))
    noise = _noise(rng, correlations(after, season.rho)) * season.sigma
    errors = season.errors(DRAWS, rng)[:, event:] + noise
    return season.expected, errors * _student(rng, season.free), season.sigma


def _year_before(series: Slots, event: int, _: Fit, rng: Any) -> tuple[Any, Any, float] | str:
    """The last year held before the event, month by month; a year further on, errors grow as its root."""
    last = _last_year(series, event)
    expected = np.array([last.get(held[0].month, np.nan) for held in series.months])
    changes, places = _changes_on_year(series, event)
    if len(changes) < FEWEST_CHANGES:
        return f"{len(changes)} changes on a year lie before the event, {FEWEST_CHANGES} are needed"
    sigma = float(np.sqrt(changes @ changes / len(changes)))
    after = np.arange(event, len(series))
    years = np.ceil((series.clock[event:] - series.clock[event - 1]) / 12)
    noise = _noise(rng, correlations(after, autocorrelation(changes, places)))
    expected[: max(0, event - len(last))] = np.nan
    return expected, noise * sigma * np.sqrt(years) * _student(rng, len(changes) - 1), sigma


def _last_year(series: Slots, event: int) -> dict[int, float]:
    """The log of each calendar month in the twelve months before the event."""
    first = series.clock[event - 1] - 11.5
    return {series.months[i][0].month: float(series.log[i]) for i in range(event) if series.clock[i] >= first}


def _changes_on_year(series: Slots, event: int) -> tuple[Any, Any]:
    """Changes of the log on the same month of the year before, without the lockdown's on either side."""
    by_month = {held[0]: place for place, held in enumerate(series.months[:event])}
    found = []
    for day, place in by_month.items():
        before = by_month.get(day.replace(year=day.year - 1))
        ends = () if before is None else (*series.months[place], *series.months[before])
        if before is not None and not set(ends) & set(LOCKDOWN):
            found.append((place, series.log[place] - series.log[before]))
    known = [(place, change) for place, change in found if np.isfinite(change)]
    return np.array([change for _, change in known]), np.array([place for place, _ in known])


def _local(series: Slots, event: int, season: Fit, rng: Any) -> tuple[Any, Any, float] | str:
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    return _state_space(
        series, event, season, rng, lambda y, **how: UnobservedComponents(y, level="lltrend").fit(**how)
    )


def _damped(series: Slots, event: int, season: Fit, rng: Any) -> tuple[Any, Any, float] | str:
    from statsmodels.tsa.statespace.exponential_smoothing import ExponentialSmoothing

    def make(y: Any, **how: Any) -> Any:
        return ExponentialSmoothing(y, trend=True, damped_trend=True).fit(**how)

    return _state_space(series, event, season, rng, make)


def _state_space(
    series: Slots, event: int, season: Fit, rng: Any, make: Callable[..., Any]
) -> tuple[Any, Any, float] | str:
    """A model of the series without its season, month by month; the season's errors are added.

    Its own errors know nothing of its estimated parameters. How far its forecasts from earlier months were
    off, in their own standard deviations, says what is missing: it is added as one error common to all
    months. Refused where too few months allow that.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of convergence: told below
        found = _forecast(series, event, season, lambda y: make(y, **_SLOW))
        if found is None:
            return "the fit does not converge"
        result, mean, steps = found
        drawn = result.simulate(int(steps.max()), repetitions=DRAWS, anchor="end", rng=rng)
        noise = np.asarray(drawn).reshape(-1, DRAWS).T[:, steps - 1] - mean
        deviations = noise.std(axis=0)
        factor = _factor(series, event, deviations, lambda y: make(y, **_QUICK))
    if factor is None:
        return f"fewer than {FEWEST_ORIGINS} months before the event have a fit of their own"
    level = np.full(len(series), np.nan)
    level[event:] = mean
    last = _ends(series)
    level[2:event] = np.asarray(result.fittedvalues)[last[2:event] - last[0]]  # at first it has seen nothing
    common = np.sqrt(factor**2 - 1) * deviations * rng.standard_normal((DRAWS, 1))
    errors = noise + common + season.errors(DRAWS, rng, season.seasonal)[:, event:]
    return level + season.season, errors * _student(rng, season.free), float(np.std(noise[:, 0]))


def _ends(series: Slots) -> Any:
    return np.array([held[-1].year * 12 + held[-1].month for held in series.months])


def _forecast(
    series: Slots, event: int, season: Fit, make: Callable[[Any], Any]
) -> tuple[Any, Any, Any] | None:
    """The fitted model, its forecast of each slot from `event` on and how many months ahead each is.

    Month effects and the lockdown's are those of the linear fit: the months of the lockdown are left open.
    """
    last = _ends(series)
    grid = np.full(last[event - 1] - last[0] + 1, np.nan)
    plain = np.array([not set(held) & set(LOCKDOWN) for held in series.months])
    kept = np.flatnonzero((np.arange(len(series)) < event) & plain)
    grid[last[kept] - last[0]] = (series.log - season.season)[kept]
    try:
        result = make(grid)
    except np.linalg.LinAlgError:
        return None
    steps = last[event:] - last[event - 1]
    mean = np.asarray(result.forecast(int(steps.max())))[steps - 1]
    return (result, mean, steps) if np.isfinite(result.llf) and np.isfinite(mean).all() else None


def _factor(series: Slots, event: int, deviations: Any, make: Callable[[Any], Any]) -> float | None:
    """What turns the model's 90 % intervals into ones that held forecasts from earlier months, at least 1."""
    found: list[float] = []
    origins = 0
    for origin in range(event - 6, 0, -3):
        season = fit(series, origin)
        forecast = None if isinstance(season, str) else _forecast(series, origin, season, make)
        if forecast is None or isinstance(season, str):
            continue
        ahead = min(event - origin, len(deviations), 12)
        off = (series.log - season.season)[origin : origin + ahead] - forecast[1][:ahead]
        found += [abs(one) for one in off / deviations[:ahead] if np.isfinite(one)]
        origins += 1
    if origins < FEWEST_ORIGINS:
        return None
    return max(1.0, float(np.quantile(found, 0.9)) / 1.645)


def _noise(rng: Any, correlation: Any) -> Any:
    return rng.multivariate_normal(np.zeros(len(correlation)), correlation, DRAWS, method="cholesky")


def _student(rng: Any, free: int) -> Any:
    """What turns normal draws into Student's t: one factor a draw, since sigma is one unknown."""
    return np.sqrt(free / rng.chisquare(free, (DRAWS, 1)))
