"""What readings come to together: witnesses counted once, words against deeds, a verdict by a declared rule.

The rule knows neither dates nor countries nor the names of dimensions: only the roles of those told and which
way they point. Source of the terms: METHODS section 10; hedging as both documents of the project use it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from entrepot.model.posture import DEEDS, NOT_TOLD, WORDS

FEWEST_DEEDS: Final = 3
RULE: Final = (
    ("too little is held", f"fewer than {FEWEST_DEEDS} dimensions of deeds are told"),
    ("direct material support", "arms are toward; or sensitive goods are toward directly and not by others"),
    ("indirect material support", "sensitive goods are toward by way of others"),
    ("distancing", "deeds are away on the whole and words not toward; or words and a deed away, none toward"),
    ("hedging", "words stand with the partner, or part from deeds, or one deed is toward and another away"),
    ("mixed", "something moved, and no line above holds"),
    ("as before", "nothing moved beyond chance"),
)
TOO_LITTLE, DIRECT, INDIRECT, DISTANCING, HEDGING, MIXED, AS_BEFORE = (name for name, _ in RULE)
BOTH_WAYS: Final = "sensitive goods are toward by way of others and directly"
NOT_SHOWN: Final = "goods by way of others have grown, and deeds are away on the whole: support not shown"
_Z: Final = 1.645
_STEP: Final = 0.05
_END: Final = 0.999


@dataclass(frozen=True)
class Reading:
    """The reading of one dimension; value None where it is not told, or told by one end only."""

    key: str
    of: str  # deeds | words
    role: str
    value: float | None = None
    low_90: float | None = None
    high_90: float | None = None
    source: str = ""  # who is behind it: readings of one source are one witness
    proxy: bool = False
    stands: tuple[float, float] | None = None  # interval of the level itself, of words with a stance

    @property
    def way(self) -> str:
        """Toward where the interval lies above 0, away where below, else no change; not told."""
        if self.low_90 is None or self.high_90 is None:
            return NOT_TOLD
        if self.low_90 > 0:
            return "toward"
        return "away" if self.high_90 < 0 else "no change"


@dataclass(frozen=True)
class Mean:
    """A weighted mean of readings with its 90 % interval; None where none is told."""

    value: float | None = None
    low_90: float | None = None
    high_90: float | None = None
    told: int = 0
    error: float = 0.0  # standard error, whatever the scale allows of it


@dataclass(frozen=True)
class Verdict:
    """What the readings come to."""

    name: str
    because: str
    deeds: Mean
    words: Mean
    words_less_deeds: Mean


def weights(readings: Sequence[Reading]) -> dict[str, float]:
    """The weight of each reading told: one over how many draw on its sources, of deeds or of words."""
    told = [one for one in readings if one.way != NOT_TOLD]
    return {one.key: 1 / sum(_share(one, other) for other in told) for one in told}


def _share(one: Reading, other: Reading) -> bool:
    """Whether two readings, both of deeds or both of words, draw on one source."""
    sources = [set(each.source.split("; ")) for each in (one, other)]
    return one.key == other.key or (one.of == other.of and bool(sources[0] & sources[1]))


def weighed(readings: Sequence[Reading]) -> Verdict:
    """The verdict of the rule on readings, with the means it rests on."""
    deeds, words = (_mean(readings, of) for of in (DEEDS, WORDS))
    apart = _less(words, deeds)
    name, because = _named(readings, deeds, apart)
    return Verdict(name, because or dict(RULE)[name], deeds, words, apart)


def _mean(readings: Sequence[Reading], of: str) -> Mean:
    """The mean by weights; readings err apart from one another, within half their intervals over 1.645.

    A reading told by one end only has no place in a mean.
    """
    weight = weights(readings)
    told = [one for one in readings if one.key in weight and one.of == of and one.value is not None]
    if not told:
        return Mean()
    whole = sum(weight[one.key] for one in told)
    value = sum(weight[one.key] * (one.value or 0.0) for one in told) / whole
    error = math.sqrt(sum((weight[one.key] * _error(one)) ** 2 for one in told)) / whole
    return Mean(value, max(-1.0, value - _Z * error), min(1.0, value + _Z * error), len(told), error)


def _error(one: Reading) -> float:
    return ((one.high_90 or 0.0) - (one.low_90 or 0.0)) / (2 * _Z)


def _less(words: Mean, deeds: Mean) -> Mean:
    if words.value is None or deeds.value is None:
        return Mean()
    error = math.hypot(words.error, deeds.error)
    value = words.value - deeds.value
    return Mean(value, value - _Z * error, value + _Z * error, words.told + deeds.told, error)


def _named(readings: Sequence[Reading], deeds: Mean, apart: Mean) -> tuple[str, str]:
    """The verdict; and why, where that is not the line of the rule."""
    ways = _ways(readings, DEEDS)
    if len(ways) < FEWEST_DEEDS:
        return TOO_LITTLE, ""
    moved = {*ways, *_ways(readings, WORDS)} & {"toward", "away"}
    rest = (
        (DISTANCING, _is_distancing(readings, deeds)),
        (HEDGING, _is_hedging(readings, apart)),
        (MIXED, bool(moved)),
        (AS_BEFORE, True),
    )
    return _support(readings, deeds) or (next(name for name, holds in rest if holds), "")


def _support(readings: Sequence[Reading], deeds: Mean) -> tuple[str, str] | None:
    """The lines of support, arms first; and goods that grew by way of others while all else fell."""
    directly = _is_toward(readings, "goods")
    if _is_toward(readings, "arms"):
        return DIRECT, ""
    if not _is_toward(readings, "goods by way of others"):
        return (DIRECT, "") if directly else None
    if not directly and _is_away(readings, deeds):
        return HEDGING, NOT_SHOWN
    return INDIRECT, BOTH_WAYS if directly else ""


def _ways(readings: Sequence[Reading], of: str) -> list[str]:
    return [one.way for one in readings if one.of == of and one.way != NOT_TOLD]


def _is_away(readings: Sequence[Reading], deeds: Mean) -> bool:
    """Deeds are away on the whole, or each but goods by way of others is."""
    rest = [one for one in readings if one.of == DEEDS and one.role != "goods by way of others"]
    others = set(_ways(rest, DEEDS))
    return others == {"away"} or (deeds.high_90 is not None and deeds.high_90 < 0)


def _is_hedging(readings: Sequence[Reading], apart: Mean) -> bool:
    """Words stand with the partner while deeds give no support; or words and deeds, or two deeds, part."""
    stands = any(one.stands and one.stands[0] > 0 for one in readings)
    parts = apart.low_90 is not None and apart.high_90 is not None and not apart.low_90 <= 0 <= apart.high_90
    return stands or parts or {"toward", "away"} <= set(_ways(readings, DEEDS))


def _is_toward(readings: Sequence[Reading], role: str) -> bool:
    """All goods together stand for sensitive ones only as a proxy, which alone makes no support of trade."""
    return any(one.role == role and one.way == "toward" and not one.proxy for one in readings)


def _is_distancing(readings: Sequence[Reading], deeds: Mean) -> bool:
    ways = {of: set(_ways(readings, of)) for of in (DEEDS, WORDS)}
    away_on_the_whole = deeds.high_90 is not None and deeds.high_90 < 0
    of_one_mind = "away" in ways[WORDS] and "away" in ways[DEEDS] and "toward" not in ways[DEEDS]
    return "toward" not in ways[WORDS] and (away_on_the_whole or of_one_mind)


def left_out(readings: Sequence[Reading]) -> Iterator[tuple[str, Verdict]]:
    """The verdict without each reading that is told."""
    for one in readings:
        if one.way != NOT_TOLD:
            yield one.key, weighed(_with(readings, _untold(one)))


def _untold(one: Reading) -> Reading:
    return Reading(one.key, one.of, one.role)


def assume(readings: Sequence[Reading], key: str, value: float) -> list[Reading]:
    """The readings with one of them taken for certain."""
    return [
        Reading(one.key, one.of, one.role, value, value, value, f"assumed {key}") if one.key == key else one
        for one in readings
    ]


def tips(readings: Sequence[Reading]) -> Iterator[tuple[str, float, float, str]]:
    """Each dimension that could tip the verdict: its reading, the nearest on a side that does, the verdict.

    The interval keeps its width, in spreads; a dimension not told begins at 0, with the middle width of those
    told. At most one above and one below the reading.
    """
    now = weighed(readings).name
    for one in readings:
        start = _started(one, readings)
        place = start.value or 0.0
        for side in (1, -1):
            for value in sorted((at for at in _grid() if (at - place) * side > 0), key=lambda at: at * side):
                if (then := weighed(_with(readings, _moved(start, value))).name) != now:
                    yield one.key, place, value, then
                    break


def _grid() -> Iterable[float]:
    count = round(1 / _STEP)
    return [place * _STEP for place in range(-count, count + 1)]


def _started(one: Reading, readings: Sequence[Reading]) -> Reading:
    if one.way != NOT_TOLD:
        return replace(one, value=_place(one), proxy=False)
    told = sorted((r.high_90 or 0.0) - (r.low_90 or 0.0) for r in readings if r.way != NOT_TOLD)
    half = told[len(told) // 2] / 2 if told else 0.0
    return replace(one, value=0.0, low_90=-half, high_90=half, source=f"assumed {one.key}", proxy=False)


def _place(one: Reading) -> float:
    """Where a reading stands: at its one end, where it is told by one only."""
    low, high = one.low_90 or 0.0, one.high_90 or 0.0
    ends = low if high >= 1 else high
    return ends if one.value is None else one.value


def _moved(start: Reading, value: float) -> Reading:
    """The reading elsewhere, its interval as wide as now in spreads, which look narrower near the ends."""
    shift = _spreads(value) - _spreads(start.value)
    low, high = (math.tanh(_spreads(end) + shift) for end in (start.low_90, start.high_90))
    return replace(start, value=value, low_90=low, high_90=high)


def _spreads(reading: float | None) -> float:
    return math.atanh(max(-_END, min(_END, reading or 0.0)))


def _with(readings: Sequence[Reading], changed: Reading) -> list[Reading]:
    return [changed if one.key == changed.key else one for one in readings]
