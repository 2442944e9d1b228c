"""An event study on one treated series against controls: effects by month, placebos, the trend before it.

Differences in logs: the treated series less the mean of its controls, against what that difference was before
the event, calendar month by calendar month. One treated unit has no sampling error of its own kind, so the
null distribution is that of placebos: controls in its place, and earlier dates in the event's place
(randomisation inference; Abadie, Diamond and Hainmueller, JASA 105 (2010) 493-505).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from entrepot.measures.path import DRAWS, SEED
from entrepot.measures.season import Fit, Slots, correlations, fit

WINDOW = 6
"""Slots after a placebo date that are compared: those of the event are cut to as many."""
ENOUGH = 19
"""Controls from which their own effects give a 90 % interval: one in twenty beyond each end."""


@dataclass(frozen=True)
class Effect:
    """effect, low, high: log by slot from the event on, with 90 % prediction intervals. mean: over them.

    score: the mean in standard deviations of the months before.
    """

    effect: Any
    low: Any
    high: Any
    mean: tuple[float, float, float]
    score: float


@dataclass(frozen=True)
class Test:
    """One test: its p-value, the smallest it could have had, over how many placebos."""

    name: str
    estimate: float | None
    p_value: float | None
    smallest: float | None
    count: int


@dataclass(frozen=True)
class Study:
    """The effect against all controls, each placebo's, the tests, and the estimate other methods give."""

    controls: tuple[str, ...]
    effect: Effect
    placebos: tuple[tuple[str, str, float, float], ...]  # kind, name, mean log effect, score
    tests: tuple[Test, ...]
    others: Mapping[str, tuple[float, float | None, float | None]]


def event_study(treated: Slots, controls: Mapping[str, Slots], event: int) -> Study | str:
    """The study, or why there is none.

    treated, controls: over the same slots; a control with a gap among the slots of the treated series is left
    out. event: place of the event. The p-value of a set of placebos is (1 + those with a score at least as
    far from zero) / (1 + all of them). Placebo destinations are held against the other controls, never
    against the treated series; placebo dates need as many months before them as a fit and end by the event.
    """
    used = np.isfinite(treated.log)
    whole = {name: one for name, one in controls.items() if np.isfinite(one.log[used]).all()}
    if not whole:
        return f"none of {len(controls)} controls is held in every month of the series"
    against = _difference(treated, list(whole.values()))
    fitted = fit(against, event, trend=False)
    if isinstance(fitted, str):
        return fitted
    if not np.isfinite(against.log[event:]).any():
        return "no month after the event is held"
    effect = _effect(against, event, fitted)
    elsewhere = _elsewhere(whole, event)
    earlier = _earlier(against, event)
    first = _effect(against, event, fitted, WINDOW)
    return Study(
        tuple(whole),
        effect,
        tuple([("control", *one) for one in elsewhere] + [("date", *one) for one in earlier]),
        (
            _before(against, event),
            _ranked("controls in its place", effect, effect.score, elsewhere),
            _ranked("earlier dates in its place", first, first.score, earlier),
        ),
        _spread(effect, elsewhere) | _others(treated, whole, against, event),
    )


def _difference(one: Slots, others: list[Slots]) -> Slots:
    return replace(one, log=one.log - np.mean([other.log for other in others], axis=0))


def _effect(against: Slots, event: int, fitted: Fit, slots: int | None = None) -> Effect:
    """What the slots after the event are off by; `slots` cuts them."""
    stop = len(against) if slots is None else min(len(against), event + slots)
    off = (against.log - fitted.expected)[event:stop]
    held = np.isfinite(off)
    rng = np.random.default_rng(SEED)
    correlation = correlations(np.arange(event, stop), fitted.rho)
    noise = rng.multivariate_normal(np.zeros(len(off)), correlation, DRAWS, method="cholesky") * fitted.sigma
    drawn = (noise + fitted.errors(DRAWS, rng)[:, event:stop]) * _student(rng, fitted.free)
    low, high = np.quantile(drawn, [0.05, 0.95], axis=0)
    weight = np.array([len(one) for one in against.months[event:stop]]) * held
    weight = weight / weight.sum()
    mean = float(weight @ np.nan_to_num(off))
    ends = np.quantile(drawn @ weight, [0.05, 0.95])
    whole = (mean, mean - float(ends[1]), mean - float(ends[0]))
    return Effect(off, off - high, off - low, whole, mean / max(fitted.sigma, 1e-12))


def _student(rng: Any, free: int) -> Any:
    return np.sqrt(free / rng.chisquare(free, (DRAWS, 1)))


def _elsewhere(controls: Mapping[str, Slots], event: int) -> list[tuple[str, float, float]]:
    """Each control in the treated series' place, against the other controls."""
    found = []
    for name, one in controls.items():
        others = [other for key, other in controls.items() if key != name]
        against = _difference(one, others) if others else None
        fitted = fit(against, event, trend=False) if against else ""
        if against and not isinstance(fitted, str):
            effect = _mean(against, event, len(against), fitted)
            found.append((name, *effect))
    return found


def _earlier(against: Slots, event: int) -> list[tuple[str, float, float]]:
    """Each earlier date in the event's place, over WINDOW slots that end before it."""
    found = []
    for place in range(event - WINDOW + 1):
        fitted = fit(against, place, trend=False)
        if not isinstance(fitted, str) and np.isfinite(against.log[place : place + WINDOW]).any():
            name = f"{against.months[place][0]:%Y-%m}"
            found.append((name, *_mean(against, place, place + WINDOW, fitted)))
    return found


def _mean(against: Slots, event: int, stop: int, fitted: Fit) -> tuple[float, float]:
    """Mean effect and score, without intervals."""
    off = (against.log - fitted.expected)[event:stop]
    held = np.isfinite(off)
    weight = np.array([len(one) for one in against.months[event:stop]])[held]
    mean = float(weight @ off[held] / weight.sum())
    return mean, mean / max(fitted.sigma, 1e-12)


def _ranked(name: str, effect: Effect, score: float, placebos: list[tuple[str, float, float]]) -> Test:
    if not placebos:
        return Test(name, effect.mean[0], None, None, 0)
    far = sum(abs(one[2]) >= abs(score) for one in placebos)
    count = len(placebos)
    return Test(name, effect.mean[0], (1 + far) / (1 + count), 1 / (1 + count), count)


def _before(against: Slots, event: int) -> Test:
    """Whether treated and controls grew apart before the event: the difference's own trend, a month."""
    from scipy.stats import t

    fitted = fit(against, event, trend=True)
    if isinstance(fitted, str):
        return Test("trend before the event", None, None, None, 0)
    place = fitted.names.index("trend")
    slope, error = float(fitted.coefficients[place]), float(np.sqrt(fitted.covariance[place, place]))
    p_value = float(2 * t.sf(abs(slope) / max(error, 1e-12), fitted.free))
    return Test("trend before the event", slope, p_value, None, int(fitted.used.sum()))


def _spread(
    effect: Effect, elsewhere: list[tuple[str, float, float]]
) -> dict[str, tuple[float, float | None, float | None]]:
    """The interval that the effects of controls in its place give, where they are enough for 90 %."""
    if len(elsewhere) < ENOUGH:
        return {}
    low, high = np.quantile([one[1] for one in elsewhere], [0.05, 0.95])
    mean = effect.mean[0]
    return {"interval from controls in its place": (mean, mean - float(high), mean - float(low))}


def _others(
    treated: Slots, controls: Mapping[str, Slots], against: Slots, event: int
) -> dict[str, tuple[float, float | None, float | None]]:
    """The mean effect by other methods: with the difference's own trend, and by Poisson regression."""
    found: dict[str, tuple[float, float | None, float | None]] = {}
    sloped = fit(against, event, trend=True)
    if not isinstance(sloped, str):
        found["difference in logs, with its own trend"] = _effect(against, event, sloped).mean
    found["Poisson regression (PPML)"] = (_poisson(treated, list(controls.values()), event), None, None)
    return found


def _poisson(treated: Slots, controls: list[Slots], event: int) -> float:
    """Values on effects of units by calendar month and of periods, and of the treated after the event.

    Only the point: standard errors clustered on one treated unit are too small, so the placebos judge it.
    """
    import statsmodels.api as sm

    used = np.flatnonzero(np.isfinite(treated.log))
    logs = np.array([one.log[used] for one in (treated, *controls)])
    values = np.exp(logs - logs.mean(axis=1, keepdims=True))
    units, times = (grid.ravel() for grid in np.indices(values.shape))
    after = (units == 0) & (used[times] >= event)
    columns = [(units == unit) * 1.0 for unit in range(len(values))]
    columns += [(times == time) * 1.0 for time in range(1, len(used))]
    columns += _seasons(treated, units, used[times])
    design = np.array([after * 1.0, *columns]).T
    return float(sm.GLM(values.ravel(), design, family=sm.families.Poisson()).fit().params[0])


def _seasons(treated: Slots, units: Any, places: Any) -> list[Any]:
    """The treated unit's own calendar months, but for the last."""
    calendar = np.array([held[0].month for held in treated.months])[places]
    return [((units == 0) & (calendar == month)) * 1.0 for month in sorted(set(calendar.tolist()))[:-1]]
