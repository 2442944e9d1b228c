"""How far a dimension lies from what is usual of it: a signed reading from -1 to +1 with a 90 % interval.

Each kind of series has its own distance (log of a ratio, difference of means) and its own measure of how much
such a distance varies where nothing happened, its spread. A reading is tanh(distance / (2 spread)): two
spreads toward are +0.76, and +1 is as far toward as can be. The interval is that of the distance, read alike.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Final

Points = Mapping[date, float]
Ends = tuple[float, float]

LEVEL: Final = 0.9
DECLARED_WINDOWS: Final = 10  # how many windows a declared spread counts as
FEWEST_PEERS: Final = 5
LEAST_PEER: Final = 0.02  # of the amount asked about: smaller series are noise
FEWEST_MONTHS: Final = 3
_SHIFTS: Final = 60  # months before the event that earlier windows are looked for in


@dataclass(frozen=True)
class Evidence:
    """A distance from what is usual, with its interval, in the series' own terms."""

    distance: float  # what was observed less what is usual; nan: told by one end only
    low_90: float
    high_90: float
    spread: float
    usual: float
    against: str  # what it was held against
    witnesses: int  # how many of them
    before: float | None = None  # a period of the baseline, in units of the series
    after: float | None = None  # a period of the window
    slots: tuple[date, ...] = ()  # periods of the window that were read
    stands: Ends | None = None  # interval of the window's own level, where its scale has a zero

    @property
    def reading(self) -> tuple[float | None, float, float]:
        """The reading and the ends of its interval, each between -1 and +1; None: told by one end only."""
        mid, low, high = (
            math.tanh(one / (2 * self.spread)) for one in (self.distance, self.low_90, self.high_90)
        )
        return (None if math.isnan(mid) else mid), low, high


# ---------------------------------------------------------------- trade
def trade(
    own: Points, peers: Iterable[Points], window: Sequence[date], base: Sequence[date], spread: float
) -> Evidence | None:
    """The log ratio of a window to the same calendar months of the baseline, less what is usual.

    Usual: the median of the same ratio for peers (other partners, where at least five are held that are no
    smaller than a fiftieth), else the mean of it over earlier windows of the series itself, pulled to none by
    one window. spread: a declared one, counted as ten windows beside what is seen of the others.
    None told in a whole window, or in a whole baseline: one end is open (see `_open`). None where fewer than
    three months (or one year) are held on both sides, or no amount on either.
    """
    yearly = len({day.month for day in base}) == 1
    ratio, used = _ratio(own, window, base)
    if ratio is None or len(used) < (1 if yearly else FEWEST_MONTHS):
        return None
    ratios = (_ratio(one, used, base)[0] for one in _large(peers, own, base))
    others = [one for one in ratios if one is not None and math.isfinite(one)]
    if len(others) >= FEWEST_PEERS:
        sample, usual, alike = others, median(others), len(others)
        against = "other partners"
    else:
        sample = _earlier(own, used, base, yearly=yearly)
        alike = math.ceil(len(sample) / len(used)) if sample else 0  # windows that overlap are fewer
        usual = sum(sample) / len(sample) * alike / (alike + 1) if sample else 0.0
        against = "earlier windows" if sample else "declared spread"
    before, after = _levels(own, used, base)
    pooled, half = _pooled(sample, usual, alike, spread)
    distance = ratio - usual
    ends = distance - half, distance + half
    if math.isinf(ratio):
        low, high = _open(own, used, base, 12 if yearly else 1)
        ends = low - usual, high - usual
    return Evidence(distance, *ends, pooled, usual, against, len(sample), before, after, used)


def _open(own: Points, used: Sequence[date], base: Sequence[date], months: int) -> Ends:
    """The log of how often there is trade after the event over how often before, exact on either side.

    For a side without any: there is no ratio of amounts, but none in many months is no chance where there was
    some in every month before. Method: Clopper and Pearson's ends of both shares.
    """
    from scipy.stats import beta

    tail = (1 - LEVEL) / 2
    shares = []
    for slots in (used, base):
        held = [own[day] > 0 for day in slots if day in own]
        some, count = sum(held) * months, len(held) * months
        low = float(beta.ppf(tail, some, count - some + 1)) if some else 0.0
        high = float(beta.ppf(1 - tail, some + 1, count - some)) if some < count else 1.0
        shares.append((low, high))
    after, before = shares
    return _log(after[0], before[1]), _log(after[1], before[0])


def held_of(own: Points, window: Sequence[date]) -> tuple[int, int]:
    """How many periods of a window are held, of those from the first to the last held."""
    held = [day for day in window if day in own]
    return len(held), sum(held[0] <= day <= held[-1] for day in window) if held else 0


def _ratio(
    points: Points, window: Sequence[date], base: Sequence[date]
) -> tuple[float | None, tuple[date, ...]]:
    usual = _by_month(points, base)
    used = tuple(day for day in window if day in points and day.month in usual)
    after, before = sum(points[day] for day in used), sum(usual[day.month] for day in used)
    return (_log(after, before) if used and (after > 0 or before > 0) else None), used


def _by_month(points: Points, base: Sequence[date]) -> dict[int, float]:
    held: dict[int, list[float]] = {}
    for day in base:
        if day in points:
            held.setdefault(day.month, []).append(points[day])
    return {month: sum(values) / len(values) for month, values in held.items()}


def _levels(points: Points, used: Sequence[date], base: Sequence[date]) -> Ends:
    usual = _by_month(points, base)
    count = len(used)
    return sum(usual[day.month] for day in used) / count, sum(points[day] for day in used) / count


def _large(peers: Iterable[Points], own: Points, base: Sequence[date]) -> list[Points]:
    least = LEAST_PEER * sum(own.get(day, 0.0) for day in base)
    return [one for one in peers if sum(one.get(day, 0.0) for day in base) >= least]


def _earlier(own: Points, used: Sequence[date], base: Sequence[date], *, yearly: bool) -> list[float]:
    """The same ratio for windows that end before the baseline does, each with a baseline of its own."""
    step = 12 if yearly else 1
    found = []
    for months in range(step, _SHIFTS + 1, step):
        window = [_back(day, months) for day in used]
        ratio, held = _ratio(own, window, [_back(day, months) for day in base])
        is_whole = window[-1] <= base[-1] and len(held) == len(used)
        if is_whole and ratio is not None and math.isfinite(ratio):
            found.append(ratio)
    return found


def _back(day: date, months: int) -> date:
    place = day.year * 12 + day.month - 1 - months
    return date(place // 12, place % 12 + 1, 1)


def _pooled(sample: Sequence[float], usual: float, alike: int, declared: float) -> Ends:
    """The spread seen and declared together, and half the interval of one more such ratio."""
    seen = sum((one - usual) ** 2 for one in sample) / len(sample) if sample else 0.0
    weight = DECLARED_WINDOWS + alike
    pooled = math.sqrt((DECLARED_WINDOWS * declared**2 + alike * seen) / weight)
    return pooled, _t(weight) * pooled * math.sqrt(1 + 1 / (1 + alike))


def _t(free: float) -> float:
    from scipy.stats import t

    return float(t.ppf((1 + LEVEL) / 2, free))


# ---------------------------------------------------------------- figures printed
def figures_printed(comparisons: Sequence[tuple[Ends, Ends, float]], spread: float) -> Evidence | None:
    """The median log ratio of comparisons as a text prints them: before, after, and what others did (a log).

    Each side from its lowest to its highest; where a side has no end, neither has the interval, and there is
    no distance: what is printed is "at least". The median, so that no single good decides.
    """
    if not comparisons:
        return None
    lows = [_log(after[0], before[1]) - beside for before, after, beside in comparisons]
    highs = [_log(after[1], before[0]) - beside for before, after, beside in comparisons]
    count = len(comparisons)
    of_median = math.sqrt(math.pi / 2 / count) if count > 2 else math.sqrt(1 / count)
    half = _t(DECLARED_WINDOWS) * spread * of_median
    low, high = median(lows), median(highs)
    distance = (low + high) / 2 if math.isfinite(low) and math.isfinite(high) else math.nan
    return Evidence(distance, low - half, high + half, spread, 0.0, "declared spread", count)


def _log(over: float, under: float) -> float:
    if over <= 0:
        return -math.inf
    return math.log(over / under) if under > 0 else math.inf


# ---------------------------------------------------------------- acts, statements, votes
def counts(after: int, after_months: int, before: int, before_months: int) -> Evidence | None:
    """The log of the ratio of two rates of acts, with the exact interval of their number given their sum.

    Method: Clopper and Pearson's interval of the share that falls in the window. spread: of chance, by the
    counts. None where there is no act on either side: nothing tells a rate.
    """
    from scipy.stats import beta

    total = after + before
    if not total or not after_months or not before_months:
        return None
    tail = (1 - LEVEL) / 2
    low = float(beta.ppf(tail, after, before + 1)) if after else 0.0
    high = float(beta.ppf(1 - tail, after + 1, before)) if before else 1.0
    time = math.log(before_months / after_months)
    least, most = (_log(share, 1 - share) + time for share in (low, high))
    part = after_months / (after_months + before_months)
    late, early = after + part, before + 1 - part  # one act more, shared out by time: it tells no change
    distance = math.log(late / early) + time
    spread = math.sqrt(1 / late + 1 / early)
    then, now = before / before_months, after / after_months
    return Evidence(distance, least, most, spread, 0.0, "chance", total, then, now)


def means(after: Sequence[float], before: Sequence[float]) -> Evidence | None:
    """The difference of two means of stances (-1 to 1), each with its own variance.

    Each variance has one statement's worth of doubt added, so that two alike are no certainty. Interval:
    Student's t with all statements less two as degrees of freedom. stands: of the window's own mean, with its
    statements less one.
    """
    if not after or not before:
        return None
    (now, now_error), (then, then_error) = _mean(after), _mean(before)
    error = math.sqrt(now_error**2 + then_error**2)
    free = max(1, len(after) + len(before) - 2)
    half, distance = _t(free) * error, now - then
    count = len(after) + len(before)
    own = _t(max(1, len(after) - 1)) * now_error
    ends = distance - half, distance + half
    return Evidence(
        distance,
        *ends,
        error,
        0.0,
        "chance",
        count,
        then,
        now,
        stands=(max(-1.0, now - own), min(1.0, now + own)),
    )


def _mean(values: Sequence[float]) -> Ends:
    mean = sum(values) / len(values)
    variance = (sum((one - mean) ** 2 for one in values) + 1) / len(values)
    return mean, math.sqrt(variance / len(values))


_DRAWS: Final = 20_000


def votes(after: Sequence[int], before: Sequence[int]) -> Evidence | None:
    """The difference of Signorino and Ritter's S between roll calls after and before.

    after, before: roll calls voted alike, one step apart, opposed. Usual is the S of the baseline; the
    interval is a bootstrap in which as many roll calls as the window has are drawn from the baseline, and
    from the window where it has thirty: one vote alone is held against what one vote alone may be.
    """
    import numpy as np

    if not sum(after) or not sum(before):
        return None
    draw, steps = np.random.default_rng([*after, *before]), np.array([1.0, 0.0, -1.0])  # S of one roll call
    now, then = (float(np.array(one) @ steps / sum(one)) for one in (after, before))
    doubt = np.array(before) + 1 / 3  # a roll call's worth, so that a baseline all alike is no certainty
    drawn = {
        "window": (after, sum(after)) if sum(after) >= _ENOUGH else (doubt, sum(after)),
        "base": (before, sum(before)),
        "usual": (doubt, sum(after)),
    }
    s = {
        name: draw.multinomial(count, np.array(of) / sum(of), _DRAWS) @ steps / count
        for name, (of, count) in drawn.items()
    }
    noise = (s["window"] - s["window"].mean()) - (s["base"] - s["base"].mean())
    low, high = (float(end) for end in np.quantile(noise, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]))
    distance, spread = now - then, float(s["usual"].std())
    count = sum(after) + sum(before)
    return Evidence(distance, distance - high, distance - low, spread, 0.0, "chance", count, then, now)


_ENOUGH: Final = 30


def together(areas: Mapping[str, Points], window: Sequence[date], base: Sequence[date]) -> dict[str, Points]:
    """The areas that are held in nine of ten periods, on both sides, in which any of them is.

    Only these can be added up over time: an area that falls silent would count as a fall.
    """
    kept = dict(areas)
    for span in (window, base):
        any_held = {day for one in areas.values() for day in one if day in set(span)}
        if not any_held:
            return {}
        kept = {name: one for name, one in kept.items() if len(any_held & one.keys()) >= 0.9 * len(any_held)}
    return kept


def added(areas: Iterable[Points]) -> dict[date, float]:
    """The sum of several series, period by period."""
    found: dict[date, float] = {}
    for one in areas:
        for day, value in one.items():
            found[day] = found.get(day, 0.0) + value
    return found
