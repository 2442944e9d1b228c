"""Falls and rises after an event, defined first and then counted (METHODS section 4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from entrepot.measures.path import Path
from entrepot.measures.season import Slots

LEAST, LEAST_MONTHS, LEVEL = 0.10, 2, 0.10
DEFINITION = (
    f"a fall is a run of at least {LEAST_MONTHS} months, each at least {LEAST:.0%} below the path that the "
    f"months before the event let expect; it is found (is_found) where at most {LEVEL:.0%} of draws of that "
    f"path have a run as far off, in standard deviations (p_value); a rise is the same above it"
)


@dataclass(frozen=True)
class Episode:
    """A run of slots from place `start` to `stop` (excluded) on one side of the path.

    change: total over expected less one. lost: total less expected, in units of the series (a fall is
    negative). low, high: 90 % prediction interval. p_value: share of draws of the path in which some run of
    the same kind is as far off, in its own standard deviations.
    """

    kind: str
    start: int
    stop: int
    extreme: int
    months: int
    change: tuple[float, float, float]
    lost: tuple[float, float, float]
    p_value: float
    is_open: bool

    @property
    def is_found(self) -> bool:
        """Whether chance is an unlikely reason."""
        return self.p_value <= LEVEL


def episodes(series: Slots, path: Path) -> list[Episode]:
    """Each fall and rise after the event, in order; is_found says which chance hardly explains."""
    off = (series.log - path.expected)[path.event :]
    lengths = np.array([len(held) for held in series.months[path.event :]])
    spread = _Spread(path.errors)
    found = []
    for kind, sign in (("fall", -1.0), ("rise", 1.0)):
        edge = sign * float(np.log1p(sign * LEAST))
        null = np.array([spread.furthest(sign * one, lengths, edge) for one in path.errors])
        for start, stop in _long_runs(sign * off, lengths, edge):
            p_value = float((1 + np.sum(null >= spread.of(off, start, stop))) / (1 + len(null)))
            found.append(_episode(series, path, kind, (start, stop), p_value))
    return sorted(found, key=lambda one: one.start)


class _Spread:
    """How far a run of slots is off in standard deviations of its own mean."""

    def __init__(self, errors: Any) -> None:
        sums = np.concatenate([np.zeros((len(errors), 1)), np.cumsum(errors, axis=1)], axis=1)
        size = sums.shape[1]
        self._deviation = np.array(
            [
                [
                    float(np.std(sums[:, stop] - sums[:, start])) if stop > start else np.inf
                    for stop in range(size)
                ]
                for start in range(size)
            ]
        )

    def of(self, off: Any, start: int, stop: int) -> float:
        return float(abs(off[start:stop].sum()) / self._deviation[start, stop])

    def furthest(self, off: Any, lengths: Any, edge: float) -> float:
        return max((self.of(off, *run) for run in _long_runs(off, lengths, edge)), default=0.0)


def _long_runs(off: Any, lengths: Any, edge: float) -> Iterator[tuple[int, int]]:
    """Runs of slots at or above the edge for long enough; a month not reported ends one."""
    far = np.concatenate([[False], np.nan_to_num(off, nan=-np.inf) >= edge, [False]])
    edges = np.flatnonzero(far[1:] != far[:-1])
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        if lengths[start:stop].sum() >= LEAST_MONTHS:
            yield int(start), int(stop)


def _episode(series: Slots, path: Path, kind: str, run: tuple[int, int], p_value: float) -> Episode:
    start, stop = (path.event + end for end in run)
    change, lost = total(series, path, start, stop)
    off = (series.log - path.expected)[start:stop]
    extreme = start + int(np.argmin(off) if kind == "fall" else np.argmax(off))
    months = sum(len(held) for held in series.months[start:stop])
    ends = stop == len(series)
    return Episode(kind, start, stop, extreme, months, change, lost, p_value, ends)


def total(series: Slots, path: Path, start: int, stop: int) -> tuple[Any, Any]:
    """Of the slots from `start` to `stop`: change and lost value, each with its 90 % prediction interval."""
    weight = np.array([len(held) for held in series.months[start:stop]])
    seen = float(weight @ np.exp(series.log[start:stop]))
    expected = path.expected[start:stop]
    middle = float(weight @ np.exp(expected))
    drawn = np.exp(expected + path.errors[:, start - path.event : stop - path.event]) @ weight
    high, low = (float(one) for one in np.quantile(drawn, [0.05, 0.95]))
    return (
        (seen / middle - 1, seen / low - 1, seen / high - 1),
        (seen - middle, seen - low, seen - high),
    )
