"""How well a ranking, a set of discoveries and a set of intervals hold against the truth of one world.

Everything here is a number of one world; `summary` takes worlds together, each with the same weight.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

LEVELS = (50, 80, 90, 95)


def places(scores: Sequence[tuple[float, ...]]) -> np.ndarray:
    """The rank of each cell, the highest score first; equal scores share one."""
    order = {score: nth for nth, score in enumerate(sorted(set(scores), reverse=True))}
    return np.array([order[score] for score in scores])


def _steps(places: np.ndarray, is_true: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cells and true ones down to and with each rank."""
    count = int(places.max()) + 1
    return (
        np.cumsum(np.bincount(places, minlength=count)),
        np.cumsum(np.bincount(places, weights=is_true, minlength=count)),
    )


def average_precision(places: np.ndarray, is_true: np.ndarray) -> float:
    """The mean of the precision at each rank, by what that rank adds to the recall; ties as one rank.

    NaN where nothing is true.
    """
    cells, true = _steps(places, is_true)
    added = np.diff(true, prepend=0.0)
    return float((added * true / cells).sum() / true[-1]) if true[-1] else float("nan")


def precision_at(places: np.ndarray, is_true: np.ndarray, count: int) -> float:
    """The share that is true of the first so many; of cells that tie across that line, the expected share."""
    cells, true = _steps(places, is_true)
    last = int(np.searchsorted(cells, count))
    if last == len(cells):
        return float(true[-1] / count)
    before, found = (cells[last - 1], true[last - 1]) if last else (0, 0.0)
    share = (count - before) / (cells[last] - before)
    return float((found + share * (true[last] - found)) / count)


def false_share(is_found: np.ndarray, is_true: np.ndarray) -> float:
    """Of what is discovered the share that is not true; of no discoveries none are false."""
    return float((is_found & ~is_true).sum() / max(int(is_found.sum()), 1))


def found_share(is_found: np.ndarray, truth: np.ndarray) -> float:
    """Of the true value the share that lies in discovered cells."""
    return float(truth[is_found].sum() / truth.sum())


@dataclass(frozen=True)
class Coverage:
    """How often intervals of one level hold the truth: of all cells, of the true value, of the true cells.

    Most cells are without rerouting: how often an interval holds something is said apart.
    """

    count: float
    value: float
    true: float


def coverage(low: np.ndarray, high: np.ndarray, truth: np.ndarray) -> Coverage:
    """Of those that have an interval. NaN where none has; by value and of the true where nothing is true."""
    told = np.isfinite(low) & np.isfinite(high)
    holds = (low <= truth) & (truth <= high) & told
    value = truth[told].sum()
    return Coverage(
        float(holds.sum() / told.sum()) if told.any() else float("nan"),
        float(truth[holds].sum() / value) if value else float("nan"),
        float((holds & (truth > 0)).sum() / (told & (truth > 0)).sum()) if value else float("nan"),
    )


@dataclass(frozen=True)
class Mean:
    """A mean over worlds, with its standard error; worlds for which there is no number do not count."""

    value: float
    error: float
    worlds: int

    def __str__(self) -> str:
        return "none" if not self.worlds else f"{self.value:.3f} ± {self.error:.3f}"


def summary(values: Iterable[float | None]) -> Mean:
    """The mean over worlds. Its standard error needs two worlds at least; with fewer it is NaN."""
    known = np.array([value for value in values if value is not None and np.isfinite(value)], dtype=float)
    if not len(known):
        return Mean(float("nan"), float("nan"), 0)
    error = known.std(ddof=1) / np.sqrt(len(known)) if len(known) > 1 else float("nan")
    return Mean(float(known.mean()), float(error), len(known))


def by_kind(cells: Iterable[tuple[str, str]], confounders: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """How many of those cells each confounder touches, one that several touch for each; `none`: noise."""
    counts: dict[str, int] = {}
    for hub, commodity in cells:
        kinds = {row["kind"] for row in confounders if _touches(row, hub, commodity)}
        for kind in kinds or {"none"}:
            counts[kind] = counts.get(kind, 0) + 1
    return counts


def _touches(row: Mapping[str, Any], hub: str, commodity: str) -> bool:
    return row["area"] in (None, hub) and row["commodity"] in (None, commodity)
