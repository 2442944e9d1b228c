"""A level shift in a series with outliers, found by least trimmed squares over every position.

Source: Rousseeuw, Perrotta, Riani and Hubert, Robust monitoring of time series with application to fraud
detection, Econometrics and Statistics 9 (2019) 108-121, arXiv 1708.08268.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

SEED = 1708
KEPT = 0.75  # share of the slots whose squares are summed: a quarter may be anything
STARTS, BEST, STEPS = 60, 5, 20
EDGE = 6
"""Fewest slots on either side of a shift: outliers at an end cannot be told from one."""
FEWEST_SLOTS, FEWEST_FOR_TWO = 24, 36
LEVEL = 0.01  # chance of one false outlier in a clean series
REPEATS = 500
BLOCK = 4  # slots whose errors are drawn together


@dataclass(frozen=True)
class Model:
    """The series and its columns: trend, harmonics and their time, which run over all slots."""

    y: Any
    trend: Any
    waves: Any
    time: Any  # 0 to 1

    @property
    def positions(self) -> Any:
        """First slots of a new level that leave EDGE slots on either side."""
        return np.arange(EDGE, len(self.y) - EDGE + 1)

    def steps(self, positions: Any) -> Any:
        """A column of zeros and ones for each position."""
        return (np.arange(len(self.y)) >= np.asarray(positions)[:, None]) * 1.0

    def linear(self, waves: Any) -> Any:
        """The columns without the shift, linear around a fitted amplitude of the harmonics `waves`."""
        return np.column_stack([self.trend, self.waves, self.time * waves])


@dataclass(frozen=True)
class Shift:
    """place: first slot of the new level; size: of y, a fall is negative. low, high: 90 % intervals.

    p_value: of a shift at any position against none. outliers: which slots are. residuals: in standard
    deviations. fitted: y without outliers. wedge: position, slot, residual and rank of each residual beyond
    2.5 standard deviations at each position.
    """

    place: int
    place_low: int
    place_high: int
    size: float
    low: float
    high: float
    p_value: float
    outliers: Any
    residuals: Any
    fitted: Any
    sigma: float
    harmonics: int
    wedge: tuple[tuple[int, int, float, int], ...]


def level_shift(y: Any, clock: Any) -> Shift | str:
    """The level shift that least trimmed squares find in y, or why none can be looked for.

    y: a value a slot; not-a-number where not reported. clock: months. Model: linear trend, two yearly
    harmonics (one below 36 slots) whose amplitude grows or shrinks with time, a shift at some position.
    At each position the sum of the 75 % smallest squared residuals is minimised (random starts of a fixed
    seed, concentration steps, alternating least squares for the amplitude); the position with the smallest
    sum is taken, slots are rejected by t-tests of their own (1 % over all of them), and the rest is fitted by
    least squares, the position refined near by. Intervals and p-value: bootstrap of the kept residuals in
    blocks of 4, the position searched anew each time.
    """
    held = np.isfinite(y)
    if (count := int(held.sum())) < FEWEST_SLOTS:
        return f"{count} slots are held, {FEWEST_SLOTS} are needed to look for a shift of level"
    model = _model(np.asarray(y)[held], np.asarray(clock)[held], 2 if count >= FEWEST_FOR_TWO else 1)
    fits = _search(model)
    best = int(np.argmin(fits.objective))
    place, kept, residuals, coefficients = _rejected(model, fits, best)
    waves = model.waves @ coefficients[2:-2]
    inside = _Bootstrap(model, waves, kept, place)
    sizes, places, p_value = inside.drawn()
    back = np.flatnonzero(held)
    low, high = (float(one) for one in np.quantile(sizes, [0.05, 0.95]))
    first, last = (int(one) for one in np.quantile(places, [0.05, 0.95], method="nearest"))
    return Shift(
        int(back[place]),
        *(int(back[first]), int(back[last])),
        *(float(coefficients[-1]), low, high, p_value),
        _spread(~kept, held, fill=False),
        _spread(residuals, held, fill=np.nan),
        _spread(inside.fitted, held, fill=np.nan),
        inside.sigma,
        model.waves.shape[1] // 2,
        _wedge(model, fits, back),
    )


def _model(y: Any, clock: Any, harmonics: int) -> Model:
    time = (clock - clock[0]) / (clock[-1] - clock[0])
    angles = 2 * np.pi * np.outer(clock, np.arange(1, harmonics + 1)) / 12
    return Model(
        y, np.column_stack([np.ones(len(y)), time]), np.hstack([np.cos(angles), np.sin(angles)]), time
    )


# ------------------------------------------------------------ least trimmed squares
@dataclass(frozen=True)
class Fits:
    """The best fit at each position: sum of the kept squares, residuals of all slots."""

    objective: Any
    residuals: Any


def _search(model: Model) -> Fits:
    """At each position the best of many starts; the best of all positions are tried at each of them too."""
    rng = np.random.default_rng(SEED)
    steps = model.steps(model.positions)
    few = model.trend.shape[1] + model.waves.shape[1] + 3
    order = rng.random((len(steps) * STARTS, len(model.y))).argsort(axis=1)
    chosen = (order < few) * 1.0
    objective, weights, _ = _concentrated(model, np.repeat(steps, STARTS, axis=0), chosen, 2)
    shared = weights[np.argsort(objective)[: 2 * BEST]]
    own = _best_of(objective, weights, len(steps))
    starts = np.concatenate([own, np.broadcast_to(shared, (len(steps), *shared.shape))], axis=1)
    many = starts.shape[1]
    flat = starts.reshape(-1, len(model.y))
    objective, _, residuals = _concentrated(model, np.repeat(steps, many, axis=0), flat, STEPS)
    table = objective.reshape(len(steps), many)
    best = table.argmin(axis=1)
    rows = np.arange(len(steps))
    return Fits(table[rows, best], residuals.reshape(len(steps), many, -1)[rows, best])


def _best_of(objective: Any, weights: Any, positions: int) -> Any:
    """The BEST starts of each position."""
    order = np.argsort(objective.reshape(positions, -1), axis=1)[:, :BEST]
    return np.take_along_axis(weights.reshape(positions, -1, weights.shape[1]), order[:, :, None], axis=1)


def _concentrated(model: Model, steps: Any, weights: Any, rounds: int) -> tuple[Any, Any, Any]:
    """Concentration steps for many fits at once: fit the slots kept, keep those with the smallest squares."""
    count = int(KEPT * len(model.y))
    growth = np.zeros(len(steps))
    residuals = np.empty_like(weights)
    for _ in range(rounds):
        growth, residuals = _alternated(model, steps, weights, growth)
        order = np.argsort(residuals**2, axis=1)
        weights = np.zeros_like(weights)
        np.put_along_axis(weights, order[:, :count], 1.0, axis=1)
    return (weights * residuals**2).sum(axis=1), weights, residuals


def _alternated(model: Model, steps: Any, weights: Any, growth: Any) -> tuple[Any, Any]:
    """Least squares for all but the growth of the amplitude, then for that: it and the residuals."""
    scale = 1 + growth[:, None] * model.time
    linear = np.broadcast_to(model.trend, (len(steps), *model.trend.shape))
    design = np.concatenate([linear, scale[:, :, None] * model.waves, steps[:, :, None]], axis=2)
    coefficients = _solved(design, model.y, weights)
    waves = coefficients[:, model.trend.shape[1] : -1] @ model.waves.T
    rest = model.y - coefficients[:, :2] @ model.trend.T - coefficients[:, -1:] * steps - waves
    along = model.time * waves
    square = (weights * along**2).sum(axis=1)
    growth = np.clip((weights * along * rest).sum(axis=1) / np.maximum(square, 1e-12), -1.0, 2.0)
    return growth, rest - growth[:, None] * along


def _solved(design: Any, y: Any, weights: Any) -> Any:
    """Weighted least squares of many designs at once; a touch of ridge for starts without full rank."""
    weighed = design * weights[:, :, None]
    gram = np.einsum("snp,snq->spq", weighed, design, optimize=True)
    ridge = 1e-8 * np.trace(gram, axis1=1, axis2=2)[:, None, None] * np.eye(gram.shape[1])
    return np.linalg.solve(gram + ridge, (weighed * y[:, None]).sum(axis=1)[:, :, None])[:, :, 0]


# ------------------------------------------------------------ rejection, and least squares on the rest
def _rejected(model: Model, fits: Fits, best: int) -> tuple[int, Any, Any, Any]:
    """Position, slots kept, studentised residuals, coefficients (trend, waves, growth, shift)."""
    position, residuals = int(model.positions[best]), fits.residuals[best]
    kept = _smallest(residuals**2, int(KEPT * len(model.y)))
    consistent, studentised, coefficients = _consistency(KEPT), residuals, np.empty(0)
    for _ in range(STEPS):
        waves = _waves(model, position, kept)
        design = np.column_stack([model.linear(waves), model.steps([position])[0]])
        coefficients, studentised, cut, sigma = _studentised(design, model.y, kept, consistent)
        consistent = 1.0
        before, kept = (position, kept), np.abs(studentised) <= cut
        position = _refined(model, design @ coefficients, float(coefficients[-1]), position, cut * sigma)
        if position == before[0] and (kept == before[1]).all():
            break
    return position, kept, studentised, coefficients


def _refined(model: Model, fitted: Any, size: float, position: int, cut: float) -> int:
    """The position near the one found at which all residuals, those beyond the cut as if at it, are smallest.

    Trimming cannot tell a shift from one a month earlier whose first month is an outlier; this can.
    """
    near = model.positions[np.abs(model.positions - position) <= EDGE]
    moved = model.steps(near) - model.steps([position])
    residuals = model.y - fitted - size * moved
    return int(near[int(np.argmin(np.minimum(residuals**2, cut**2).sum(axis=1)))])


def _waves(model: Model, position: int, kept: Any) -> Any:
    """The harmonics fitted on the slots kept, at the amplitude of the series' start."""
    step, weights = model.steps([position]), kept[None, :] * 1.0
    growth = np.zeros(1)
    for _ in range(STEPS):
        growth, _ = _alternated(model, step, weights, growth)
    scale = 1 + growth[0] * model.time
    design = np.column_stack([model.trend, scale[:, None] * model.waves, step[0]])
    coefficients = np.linalg.lstsq(design[kept], model.y[kept])[0]
    return model.waves @ coefficients[2:-1]


def _studentised(design: Any, y: Any, kept: Any, consistent: float) -> tuple[Any, Any, float, float]:
    """Residuals over their own standard deviation: of slots kept as deleted, of others as forecasts."""
    from scipy.stats import t

    x = design[kept]
    coefficients = np.linalg.lstsq(x, y[kept])[0]
    residuals = y - design @ coefficients
    free = max(int(kept.sum()) - x.shape[1], 1)
    sigma = consistent * np.sqrt(residuals[kept] @ residuals[kept] / free)
    leverage = np.einsum("np,pq,nq->n", design, np.linalg.pinv(x.T @ x), design)
    spread = np.sqrt(np.maximum(np.where(kept, 1 - leverage, 1 + leverage), 1e-6))
    cut = float(t.ppf(1 - LEVEL / (2 * len(y)), free))
    return coefficients, residuals / (max(sigma, 1e-12) * spread), cut, float(sigma)


def _gains(linear: Any, steps: Any, y: Any) -> tuple[Any, Any]:
    """For each position and column of y: how much a shift takes off the squares, and its size."""
    base, _ = np.linalg.qr(linear)
    partial = steps - (steps @ base) @ base.T
    square = (partial**2).sum(axis=1)[:, None]
    inner = partial @ y
    usable = square > 1e-9
    return np.where(usable, inner**2 / np.where(usable, square, 1), 0.0), inner / np.where(
        usable, square, np.inf
    )


def _smallest(values: Any, count: int) -> Any:
    chosen = np.zeros(len(values), dtype=bool)
    chosen[np.argsort(values)[:count]] = True
    return chosen


def _consistency(share: float) -> float:
    """What the deviation of the smallest `share` of normal residuals is multiplied with."""
    from scipy.stats import norm

    edge = norm.ppf((1 + share) / 2)
    return float(1 / np.sqrt(1 - 2 * edge * norm.pdf(edge) / share))


# ------------------------------------------------------------ intervals
class _Bootstrap:
    """Blocks of the kept residuals on the fit with the shift (intervals) and without it (p-value)."""

    def __init__(self, model: Model, waves: Any, kept: Any, place: int) -> None:
        self._model, self._kept = model, kept
        self._linear = model.linear(waves)
        whole = np.column_stack([self._linear, model.steps([place])[0]])
        x, y = whole[kept], model.y[kept]
        self.fitted = whole @ np.linalg.lstsq(x, y)[0]
        self._plain = self._linear[kept] @ np.linalg.lstsq(self._linear[kept], y)[0]
        self._free = max(len(y) - x.shape[1], 1)
        self._errors = (y - self.fitted[kept]) * np.sqrt(len(y) / self._free)
        self.sigma = float(np.std(self._errors))

    def drawn(self) -> tuple[Any, Any, float]:
        """Sizes and positions of the shift in each repeat, and the p-value of the shift found."""
        rng = np.random.default_rng(SEED)
        y = self._model.y[self._kept]
        _, sizes, places = self._found(self.fitted[self._kept][:, None] + self._blocks(rng))
        null, *_ = self._found(self._plain[:, None] + self._blocks(rng))
        seen, *_ = self._found(y[:, None])
        return sizes, places, float((1 + np.sum(null >= seen[0])) / (1 + REPEATS))

    def _found(self, y: Any) -> tuple[Any, Any, Any]:
        """The best shift of each column: its gain over the squares left, its size and position."""
        positions = self._model.positions
        linear = self._linear[self._kept]
        gains, sizes = _gains(linear, self._model.steps(positions)[:, self._kept], y)
        best, columns = gains.argmax(axis=0), np.arange(y.shape[1])
        left = ((y - linear @ np.linalg.lstsq(linear, y)[0]) ** 2).sum(axis=0) - gains[best, columns]
        return gains[best, columns] / np.maximum(left, 1e-12), sizes[best, columns], positions[best]

    def _blocks(self, rng: Any) -> Any:
        count = len(self._errors)
        starts = rng.integers(0, count, (REPEATS, -(-count // BLOCK)))
        places = (starts[:, :, None] + np.arange(BLOCK)).reshape(REPEATS, -1)[:, :count] % count
        return (self._errors - self._errors.mean())[places].T


def _spread(values: Any, held: Any, *, fill: Any) -> Any:
    out = np.full(len(held), fill)
    out[held] = values
    return out


def _wedge(model: Model, fits: Fits, back: Any) -> tuple[tuple[int, int, float, int], ...]:
    """The table behind the double-wedge plot: large residuals at each position, the largest of rank 1."""
    count = int(KEPT * len(model.y))
    found = []
    for position, objective, residuals in zip(model.positions, fits.objective, fits.residuals, strict=True):
        scaled = residuals / (_consistency(KEPT) * max(float(np.sqrt(objective / count)), 1e-12))
        for rank, slot in enumerate(np.argsort(-np.abs(scaled)), 1):
            if abs(scaled[slot]) > 2.5:
                found.append((int(back[position]), int(back[slot]), float(scaled[slot]), rank))
    return tuple(found)
