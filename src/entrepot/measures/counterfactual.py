"""What was to be expected of a leg had nothing been rerouted: models behind one interface (METHODS section 6).

A model says by which factor each cell (hub and good) was to grow from its base to the window. How far such
expectations miss is not assumed: it is seen on hubs far from the destination in the same window, or on all
hubs in earlier years (measures.conformal).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from entrepot.measures.conformal import Flags, Floats, Pool, pool
from entrepot.measures.legs import Spans

if TYPE_CHECKING:
    import pyarrow as pa

MODELS = ("trend", "donors", "gravity")
FEWEST_DONORS = 8
FEWEST_CONTROLS = 10
_SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
_WEIGHTS = (0.0, 0.3, 1.0, 3.0, 10.0, 30.0)


@dataclass(frozen=True)
class Leg:
    """One leg as arrays: spans x hubs x goods. The first span is the one asked about, the others lie before.

    whole, recent, window: sums (units of the currency) weighted to the window's months: over the base, over its
    last year, over the window. listed: goods asked for; the others are beside them, unrestricted. alive: goods
    that lived on both sides. control: hubs in which nothing was to be rerouted. asked: hubs asked about.
    totals: hubs x slots, the goods asked for together.
    """

    name: str
    hubs: tuple[str, ...]
    goods: tuple[str, ...]
    spans: tuple[Spans, ...]
    slots: tuple[Any, ...]
    whole: Floats
    recent: Floats
    window: Floats
    listed: Flags
    alive: Flags
    control: Flags
    asked: Flags
    totals: Floats

    @cached_property
    def scale(self) -> float:
        """Below it a value counts as near zero: the tenth part of the smallest size that is usual."""
        import numpy as np

        traded = self.recent[0][self.recent[0] > 0]
        return float(np.quantile(traded, 0.1)) if len(traded) else 1.0

    def of(self, place: int) -> Leg:
        """The same leg asked about one of its spans."""
        cut = slice(place, place + 1)
        return replace(
            self,
            spans=self.spans[cut],
            whole=self.whole[cut],
            recent=self.recent[cut],
            window=self.window[cut],
        )


@dataclass(frozen=True)
class Expected:
    """What was to be expected of each cell, and how such expectations miss.

    value: hubs x goods (units of the currency). pool: misses; None where too few are seen. hub_spread: how far
    hubs as a whole miss beyond what their cells do, as a share. hub_misses: of hubs as a whole, in standard
    deviations. calibrated_on: words. settings: words.
    """

    leg: Leg
    model: str
    value: Floats
    pool: Pool | None
    hub_spread: float
    hub_misses: Floats
    calibrated_on: str
    settings: str

    @property
    def actual(self) -> Floats:
        """What was traded in the window."""
        return self.leg.window[0]


def expected(leg: Leg, model: str) -> Expected | str:
    """The expectation of a model for a leg, with its misses; or why the model cannot be used here."""
    if model == "trend":
        return _calibrated(leg, model, *_blended(leg, _by_trend))
    if leg.control.sum() < FEWEST_DONORS:
        return (
            f"{model} needs {FEWEST_DONORS} partners far from the destination; {int(leg.control.sum())} are held"
        )
    if model == "gravity":
        from entrepot.measures.gravity import by_gravity

        return _calibrated(leg, model, by_gravity(leg), "Poisson, effects of cell, good and hub in time")
    return _calibrated(leg, model, *_blended(leg, _by_donors))


# ------------------------------------------------------------------ models
def _by_trend(leg: Leg, base: Floats, lead: float) -> Floats:
    """Each hub's own growth in the base, shrunk, carried on to the window."""
    import numpy as np

    growth, _ = trends(leg)
    return base * np.exp(growth * lead)[:, None]


def trends(leg: Leg) -> tuple[Floats, Floats]:
    """Growth of each hub per month (log) and its error, from year-on-year changes within the base.

    Each month of the base is held against the same month a year before, so that no season enters; the months
    of the first lockdown (2020-02, 2020-03 ... 2020-05) are left out on either side. Shrunk towards no growth
    by its own error (empirical Bayes): two years of one series hardly tell a trend from a recovery. Zero where
    the base has no two such years.
    """
    import numpy as np

    base = set(leg.spans[0].base)
    at = {day: place for place, day in enumerate(leg.slots)}
    pairs = [
        (at[early], at[day])
        for day in sorted(base)
        if (early := day.replace(year=day.year - 1)) in base and early in at and day in at
        and not _locked(early) and not _locked(day)
    ]
    hubs = len(leg.hubs)
    if len(pairs) < (1 if leg.spans[0].yearly else 6):
        return np.zeros(hubs), np.zeros(hubs)
    early, late = (leg.totals[:, [pair[i] for pair in pairs]] for i in (0, 1))
    usable = (early > 0) & (late > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        changes = np.where(usable, np.log(late / early), np.nan)
    return _shrunk(changes, usable)


def _shrunk(changes: Floats, usable: Flags) -> tuple[Floats, Floats]:
    """Mean change per month and error, pulled towards zero as far as the error says it may be nothing."""
    import numpy as np

    count = usable.sum(axis=1)
    known = count >= max(1, changes.shape[1] // 2)
    mean = np.where(known, np.nanmedian(np.where(known[:, None], changes, 0.0), axis=1), 0.0)
    spread = np.where(known, np.nanstd(np.where(known[:, None], changes, 0.0), axis=1), 0.0)
    # Changes over twelve months that lie a month apart share eleven: a third of them count as witnesses.
    error = spread / np.sqrt(np.maximum(count / 3, 1.0)) + SMALLEST_ERROR
    prior = max(float(np.mean(mean[known] ** 2) - np.mean(error[known] ** 2)), SMALLEST_ERROR**2) if known.any() else 0
    share = prior / (prior + error**2)
    return mean * share / 12, np.sqrt(share) * error / 12


SMALLEST_ERROR = 0.03  # a year


def _locked(day: Any) -> bool:
    return day.year == 2020 and 2 <= day.month <= 5


def _by_donors(leg: Leg, base: Floats, lead: float) -> Floats:
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
    best, least = None, np.inf
    for weight in _WEIGHTS:
        some = weight * np.median(before[before > 0]) if (before > 0).any() else 1.0
        overall = after_k.sum(axis=1, keepdims=True) / np.maximum(before_k.sum(axis=1, keepdims=True), 1e-9)
        grown = (after_k + some * overall + 1e-9) / (before_k + some + 1e-9)
        miss = _miss(leg, window[donors], (base * grown)[donors])
        if miss < least:
            best, least = grown, miss
    assert best is not None
    return best


def hub_growth(leg: Leg, to_come: Floats, window: Floats) -> Floats:
    """How much more each hub bought than the donors in goods not asked for; 1 where none are held.

    Pulled towards 1 by half the spread seen among donors where little is traded beside the list.
    """
    import numpy as np

    other = ~leg.listed
    if not other.any():
        return np.ones(len(leg.hubs))
    before, after = to_come[:, other].sum(axis=1), window[:, other].sum(axis=1)
    usable = (before > 0) & (after > 0)
    ratio = np.where(usable, after / np.where(usable, before, 1.0), 1.0)
    carried = _carried(leg, to_come, window, np.log(ratio))
    return np.asarray(np.exp(carried * np.log(ratio)))


def _carried(leg: Leg, to_come: Floats, window: Floats, growth: Floats) -> float:
    """How far growth in other goods tells that in the goods asked for, among donors (least squares, 0 to 1)."""
    import numpy as np

    before, after = (x[:, leg.listed].sum(axis=1) for x in (to_come, window))
    seen = leg.control & (before > 0) & (after > 0)
    if seen.sum() < FEWEST_CONTROLS:
        return 1.0
    target = np.log(after[seen] / before[seen])
    return float(np.clip((growth[seen] @ target) / max(growth[seen] @ growth[seen], 1e-12), 0.0, 1.0))


def _blended(leg: Leg, model: Any) -> tuple[Floats, str]:
    """A model on the base that misses least where nothing was rerouted: all of it, its last year, or between."""
    import numpy as np

    tried = []
    for share in _SHARES:
        base = _leaning(share * leg.recent[0] + (1 - share) * leg.whole[0], leg.listed)
        one = leg.spans[0]
        lead = share * one.lead(one.recent) + (1 - share) * one.lead(one.base)
        value = model(leg, base, lead)
        tried.append((_miss(leg, *_proof(leg, value, model, share)), share, value))
    _, share, value = min(tried, key=lambda one: one[0])
    assert np.isfinite(value).all()
    return value, f"last year of the base counts {share:.0%}"


def _proof(leg: Leg, value: Floats, model: Any, share: float) -> tuple[Floats, Floats]:
    """Actual and expected where nothing was rerouted: hubs far away, or else all hubs in earlier years."""
    import numpy as np

    if leg.control.sum() >= FEWEST_CONTROLS:
        return leg.window[0][leg.control][:, leg.listed], value[leg.control][:, leg.listed]
    earlier = [_at_share(leg.of(place), model, share) for place in range(1, len(leg.spans))]
    if not earlier:
        return leg.whole[0][:0], leg.whole[0][:0]
    actual = np.concatenate([leg.window[place][:, leg.listed] for place in range(1, len(leg.spans))])
    return actual, np.concatenate([one[:, leg.listed] for one in earlier])


def _at_share(leg: Leg, model: Any, share: float) -> Floats:
    one = leg.spans[0]
    lead = share * one.lead(one.recent) + (1 - share) * one.lead(one.base)
    return model(leg, _leaning(share * leg.recent[0] + (1 - share) * leg.whole[0], leg.listed), lead)


LEANING = 0.05


def _leaning(base: Floats, listed: Flags) -> Floats:
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
    """The mean miss, on the scale of the scores, of cells with trade."""
    import numpy as np

    seen = (actual > 0) | (value > 0)
    if not seen.any():
        return 0.0
    return float(np.abs(np.arcsinh(actual[seen] / leg.scale) - np.arcsinh(value[seen] / leg.scale)).mean())


# ------------------------------------------------------------------ how expectations miss
def _calibrated(leg: Leg, model: str, value: Floats, settings: str) -> Expected:
    """With the misses: of hubs far from the destination in the same window, or of all hubs in earlier years."""
    if leg.control.sum() >= FEWEST_CONTROLS:
        return _on_controls(leg, model, value, settings)
    return _on_years(leg, model, value, settings)


def _on_controls(leg: Leg, model: str, value: Floats, settings: str) -> Expected:
    import numpy as np

    far, listed = leg.control, leg.listed
    actual, wanted = leg.window[0][far][:, listed], value[far][:, listed]
    found = pool(actual, wanted, leg.scale)
    if found is None:
        return Expected(leg, model, value, None, np.zeros(len(leg.hubs)), np.zeros(0), "nothing", settings)
    spread, misses = _of_hubs(found, actual, wanted)
    words = f"{int(far.sum())} hubs far from the destination, same window"
    return Expected(leg, model, value, found, np.full(len(leg.hubs), spread), misses, words, settings)


def _of_hubs(found: Pool, actual: Floats, wanted: Floats) -> tuple[float, Floats]:
    """How far hubs as a whole miss beyond their cells' own scatter, and their standardised misses."""
    import numpy as np

    mean, variance = found.moments(wanted)
    total, middle, own = actual.sum(axis=1), mean.sum(axis=1), variance.sum(axis=1)
    seen = middle > 0
    if not seen.any():
        return 0.0, np.zeros(0)
    total, middle, own = total[seen], middle[seen], own[seen]
    beyond = np.median(((total - middle) / middle) ** 2) / _MEDIAN_OF_SQUARE - np.median(own / middle**2)
    spread = float(np.sqrt(max(beyond, 0.0)))
    return spread, np.sort((total - middle) / np.sqrt(own + (spread * middle) ** 2 + 1e-12))


_MEDIAN_OF_SQUARE = 0.4549  # of a standard normal value: the median of chi-square with one degree


def _on_years(leg: Leg, model: str, value: Floats, settings: str) -> Expected:
    """Cells against their own hub's total in earlier years; hubs by their trend's error and their spread.

    One earlier year may be a recovery: what all hubs did in it together is taken out before hubs are compared.
    """
    import numpy as np

    listed, shifts, actuals, wanteds = leg.listed, [], [], []
    for place in range(1, len(leg.spans)):
        before = leg.of(place)
        one = before.spans[0]
        base = _leaning(before.recent[0], listed)
        guess = _by_trend(before, base, one.lead(one.recent))[:, listed]
        seen = before.window[0][:, listed]
        ratio = seen.sum(axis=1) / np.maximum(guess.sum(axis=1), 1e-9)
        ratio = np.where(guess.sum(axis=1) > 0, ratio, 1.0)
        actuals.append(seen)
        wanteds.append(guess * ratio[:, None])
        logs = np.log(ratio[ratio > 0])
        shifts += list(logs - logs.mean()) if len(logs) > 1 else []
    found = pool(np.concatenate(actuals), np.concatenate(wanteds), leg.scale) if actuals else None
    lead = leg.spans[0].lead(leg.spans[0].recent)
    own = trends(leg)[1] * lead
    count = len(shifts)
    spread = float(np.std(shifts, ddof=1)) if count > 2 else float("nan")
    words = f"all hubs in {len(actuals)} earlier year{'s' * (len(actuals) != 1)}" if actuals else "nothing"
    if found is None or np.isnan(spread):
        return Expected(leg, model, value, None, own, np.zeros(0), words, settings)
    from scipy.stats import t

    misses = np.asarray(t.ppf((np.arange(399) + 0.5) / 399, max(count - 1, 1)))
    return Expected(leg, model, value, found, np.sqrt(own**2 + spread**2), misses, words, settings)
