"""Models of what a leg was to trade: a trend of its own, or donors far from the destination.

A model says by which factor each cell (hub and good) was to grow from its base to the window.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import TypeAlias

from entrepot.measures.conformal import Flags, Floats
from entrepot.measures.leg_arrays import Leg

FEWEST_DONORS = 8
FEWEST_CONTROLS = 10
_SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)  # of the last year in the base
_WEIGHTS = (0.0, 0.3, 1.0, 3.0, 10.0, 30.0)  # of the growth of all goods in that of one, in usual sizes
Model: TypeAlias = Callable[[Leg, Floats, float], Floats]


def by_trend(leg: Leg, base: Floats, lead: float) -> Floats:
    """Each hub's own growth in the base, shrunk, carried on to the window."""
    import numpy as np

    growth, _ = trends(leg)
    return base * np.exp(growth * lead)[:, None]


def trends(leg: Leg) -> tuple[Floats, Floats]:
    """Growth of each hub per month (log) and its error, from year-on-year changes within the base.

    Each month of the base is held against the same month a year before, so that no season enters; the months
    of the first lockdown (2020-02, 2020-03 ... 2020-05) are left out on either side. Shrunk towards no growth
    by its own error (empirical Bayes): two years of one series hardly tell a trend from a recovery. Zero
    where the base has no two such years.
    """
    import numpy as np

    base = set(leg.spans[0].base)
    at = {day: place for place, day in enumerate(leg.slots)}
    pairs = [(at[early], at[day]) for early, day in _year_apart(base & at.keys())]
    hubs = len(leg.hubs)
    if len(pairs) < (1 if leg.spans[0].yearly else 6):
        return np.zeros(hubs), np.zeros(hubs)
    before, after = (leg.totals[:, [pair[place] for pair in pairs]] for place in (0, 1))
    usable = (before > 0) & (after > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        changes = np.where(usable, np.log(after / before), np.nan)
    return _shrunk(changes, usable)


def _year_apart(slots: set[date]) -> Iterator[tuple[date, date]]:
    for day in sorted(slots):
        early = day.replace(year=day.year - 1)
        if early in slots and not _locked(early) and not _locked(day):
            yield early, day


def _shrunk(changes: Floats, usable: Flags) -> tuple[Floats, Floats]:
    """Mean change per month and error, pulled towards zero as far as the error says it may be nothing."""
    import numpy as np

    count = usable.sum(axis=1)
    known = count >= max(1, changes.shape[1] // 2)
    mean = np.where(known, np.nanmedian(np.where(known[:, None], changes, 0.0), axis=1), 0.0)
    spread = np.where(known, np.nanstd(np.where(known[:, None], changes, 0.0), axis=1), 0.0)
    # Changes over twelve months that lie a month apart share eleven: a third of them count as witnesses.
    error = spread / np.sqrt(np.maximum(count / 3, 1.0)) + SMALLEST_ERROR
    seen = float(np.mean(mean[known] ** 2 - error[known] ** 2)) if known.any() else 0.0
    prior = max(seen, SMALLEST_ERROR**2)
    share = prior / (prior + error**2)
    return mean * share / 12, np.sqrt(share) * error / 12


SMALLEST_ERROR = 0.03  # a year


def _locked(day: date) -> bool:
    return bool(day.year == 2020 and 2 <= day.month <= 5)


def by_donors(leg: Leg, base: Floats, lead: float) -> Floats:
    """As the same goods grew to hubs far from the destination, times the hub's own growth in other goods.

    A triple difference in ratios. The growth of a good is pulled towards that of all goods together as far as
    little of it is traded; a hub never counts among its own donors.
    """
    import numpy as np

    window = leg.window[0]
    grown = _goods_growth(leg, base, window)
    return np.asarray(base * grown * hub_growth(leg, base * grown, window)[:, None])


def _goods_growth(leg: Leg, base: Floats, window: Floats) -> Floats:
    """Window over base of each good among the donors of each hub."""
    import numpy as np

    donors = leg.control
    before, after = base[donors].sum(axis=0), window[donors].sum(axis=0)
    own = donors[:, None]
    before_k, after_k = before - np.where(own, base, 0.0), after - np.where(own, window, 0.0)
    best, least = np.ones(base.shape), np.inf
    for weight in _WEIGHTS:
        some = weight * np.median(before[before > 0]) if (before > 0).any() else 1.0
        overall = after_k.sum(axis=1, keepdims=True) / np.maximum(before_k.sum(axis=1, keepdims=True), 1e-9)
        grown = (after_k + some * overall + 1e-9) / (before_k + some + 1e-9)
        miss = _miss(leg, window[donors], (base * grown)[donors])
        if miss < least:
            best, least = grown, miss
    return np.asarray(best)


def hub_growth(leg: Leg, to_come: Floats, window: Floats) -> Floats:
    """How much more each hub bought than the donors in goods not asked for; 1 where none are held.

    Carried over to the goods asked for as far as it is among donors (a slope from 0 to 1), and the more the
    further it lies outside of what donors' growth scatters: a hub that buys twice of all is no chance.
    """
    import numpy as np

    before, after = (x[:, ~leg.listed].sum(axis=1) for x in (to_come, window))
    usable = (before > 0) & (after > 0) & (leg.asked | leg.control)  # the destination shuns other goods too
    growth = np.log(np.where(usable, after, 1.0) / np.where(usable, before, 1.0))
    donors = growth[leg.control & usable]
    if len(donors) < FEWEST_CONTROLS:
        return np.asarray(np.exp(growth))
    scatter = 1.4826 * np.median(np.abs(donors - np.median(donors)))
    beyond = np.clip(1 - (BEYOND * scatter / np.maximum(np.abs(growth), 1e-9)) ** 2, 0.0, 1.0)
    return np.asarray(np.exp(np.maximum(_slope(leg, to_come, window, growth), beyond) * growth))


BEYOND = 2.0  # times the scatter of donors


def _slope(leg: Leg, to_come: Floats, window: Floats, growth: Floats) -> float:
    """How far growth in other goods tells that in those asked for, among donors: 0 to 1."""
    import numpy as np

    before, after = (x[:, leg.listed].sum(axis=1) for x in (to_come, window))
    seen = leg.control & (before > 0) & (after > 0)
    target = np.log(after[seen] / before[seen])
    return float(np.clip((growth[seen] @ target) / max(growth[seen] @ growth[seen], 1e-12), 0.0, 1.0))


def blended(leg: Leg, model: Model) -> tuple[list[Floats], str]:
    """Expectations of each span by a model, on the base that misses least: whole, last year, or between.

    Missing is judged where nothing was rerouted: hubs far away, or else all hubs in earlier years.
    """
    tried = []
    for share in _SHARES:
        values = [_at(leg.of(place), model, share) for place in range(len(leg.spans))]
        tried.append((_proof(leg, values), share, values))
    _, share, values = min(tried, key=lambda one: one[0])
    return values, f"last year of the base counts {share:.0%}"


def _at(leg: Leg, model: Model, share: float) -> Floats:
    """What a model expects of a leg's first span, its base being part its last year and part all of it."""
    one = leg.spans[0]
    lead = share * one.lead(one.recent) + (1 - share) * one.lead(one.base)
    return model(leg, leaning(share * leg.recent[0] + (1 - share) * leg.whole[0], leg.listed), lead)


def _proof(leg: Leg, values: list[Floats]) -> float:
    if leg.control.sum() >= FEWEST_CONTROLS:
        return _miss(leg, leg.window[0][leg.control], values[0][leg.control])
    misses = [_miss(leg, leg.window[place], values[place]) for place in range(1, len(values))]
    return sum(misses) / max(len(misses), 1)


LEANING = 0.05


def leaning(base: Floats, listed: Flags) -> Floats:
    """The base, leaning a little towards what the sizes of hub and good make likely.

    A cell that happened to be empty is not expected to stay so in a large hub. Totals of hubs and goods stay.
    """
    import numpy as np

    out = base.copy()
    for some in (listed, ~listed):
        part = base[:, some]
        likely = np.outer(part.sum(axis=1), part.sum(axis=0)) / max(float(part.sum()), 1e-9)
        out[:, some] = (1 - LEANING) * part + LEANING * likely
    return out


def _miss(leg: Leg, actual: Floats, value: Floats) -> float:
    """The mean miss, on the scale of the scores, of the cells asked for that have trade."""
    import numpy as np

    actual, value = actual[:, leg.listed], value[:, leg.listed]
    seen = (actual > 0) | (value > 0)
    if not seen.any():
        return 0.0
    return float(np.abs(np.arcsinh(actual[seen] / leg.scale) - np.arcsinh(value[seen] / leg.scale)).mean())
