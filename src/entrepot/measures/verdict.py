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
    ("hedging", "anything else: words and deeds part, or deeds are mixed or as before"),
)
_Z: Final = 1.645
_STEP: Final = 0.05
_END: Final = 0.999


@dataclass(frozen=True)
class Reading:
    """The reading of one dimension; value None where it is not told."""

    key: str
    of: str  # deeds | words
    role: str
    value: float | None = None
    low_90: float | None = None
    high_90: float | None = None
    source: str = ""  # who is behind it: readings of one source are one witness
    proxy: bool = False

    @property
    def way(self) -> str:
        """Toward where the interval lies above 0, away where below, else no change; not told."""
        if self.value is None or self.low_90 is None or self.high_90 is None:
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
    name = _name(readings, deeds)
    return Verdict(name, dict(RULE)[name], deeds, words, _less(words, deeds))


def _mean(readings: Sequence[Reading], of: str) -> Mean:
    """The mean by weights; readings err apart from one another, within half their intervals over 1.645."""
    weight = weights(readings)
    told = [one for one in readings if one.key in weight and one.of == of]
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


def _name(readings: Sequence[Reading], deeds: Mean) -> str:
    names = [name for name, _ in RULE]
    if deeds.told < FEWEST_DEEDS:
        return names[0]
    if _is_toward(readings, "arms"):
        return names[1]
    if _is_toward(readings, "goods by way of others"):
        return names[2]
    if _is_toward(readings, "goods"):
        return names[1]
    return names[3] if _is_distancing(readings, deeds) else names[4]


def _is_toward(readings: Sequence[Reading], role: str) -> bool:
    """All goods together stand for sensitive ones only as a proxy, which alone makes no support of trade."""
    return any(one.role == role and one.way == "toward" and not one.proxy for one in readings)


def _is_distancing(readings: Sequence[Reading], deeds: Mean) -> bool:
    ways = {of: {one.way for one in readings if one.of == of} - {NOT_TOLD} for of in (DEEDS, WORDS)}
    away_on_the_whole = deeds.high_90 is not None and deeds.high_90 < 0
    of_one_mind = "away" in ways[WORDS] and "away" in ways[DEEDS] and "toward" not in ways[DEEDS]
    return "toward" not in ways[WORDS] and (away_on_the_whole or of_one_mind)


def left_out(readings: Sequence[Reading]) -> Iterator[tuple[str, Verdict]]:
    """The verdict without each reading that is told."""
    for one in readings:
        if one.way != NOT_TOLD:
            yield one.key, weighed(_with(readings, replace(one, value=None)))


def assume(readings: Sequence[Reading], key: str, value: float) -> list[Reading]:
    """The readings with one of them taken for certain."""
    return [
        replace(one, value=value, low_90=value, high_90=value, source=f"assumed {key}", proxy=False)
        if one.key == key
        else one
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
        return replace(one, proxy=False)
    told = sorted((r.high_90 or 0.0) - (r.low_90 or 0.0) for r in readings if r.way != NOT_TOLD)
    half = told[len(told) // 2] / 2 if told else 0.0
    return replace(one, value=0.0, low_90=-half, high_90=half, source=f"assumed {one.key}", proxy=False)


def _moved(start: Reading, value: float) -> Reading:
    """The reading elsewhere, its interval as wide as now in spreads, which look narrower near the ends."""
    shift = _spreads(value) - _spreads(start.value)
    low, high = (math.tanh(_spreads(end) + shift) for end in (start.low_90, start.high_90))
    return replace(start, value=value, low_90=low, high_90=high)


def _spreads(reading: float | None) -> float:
    return math.atanh(max(-_END, min(_END, reading or 0.0)))


def _with(readings: Sequence[Reading], changed: Reading) -> list[Reading]:
    return [changed if one.key == changed.key else one for one in readings]
