"""The robust level shift: planted ones found over many seeds, where least squares are led astray."""

from __future__ import annotations

import numpy as np
import pytest

from entrepot.measures.shift import FEWEST_SLOTS, Shift, level_shift

MONTHS = 66
SHIFT_AT, SIZE = 40, -0.6
OUTLIERS = {7: 1.5, 21: -1.2, 30: -1.6, 46: 2.0, 52: 1.6, 58: 1.4}
# Thousands of airline passengers a month, 1949-1960: Box and Jenkins, Time Series Analysis, series G.
AIRLINE = """
112 118 132 129 121 135 148 148 136 119 104 118 115 126 141 135 125 149 170 170 158 133 114 140
145 150 178 163 172 178 199 199 184 162 146 166 171 180 193 181 183 218 230 242 209 191 172 194
196 196 236 235 229 243 264 272 237 211 180 201 204 188 235 227 234 264 302 293 259 229 203 229
242 233 267 269 270 315 364 347 312 274 237 278 284 277 317 313 318 374 413 405 355 306 271 306
315 301 356 348 355 422 465 467 404 347 305 336 340 318 362 348 363 435 491 505 404 359 310 337
360 342 406 396 420 472 548 559 463 407 362 405 417 391 419 461 472 535 622 606 508 461 390 432
"""


def planted(seed: int, size: float = SIZE, sigma: float = 0.1) -> np.ndarray:
    """Growth of 1 % a month, a season that grows, a shift, and isolated outliers."""
    t = np.arange(MONTHS)
    season = 0.2 * np.cos(2 * np.pi * t / 12) + 0.1 * np.sin(4 * np.pi * t / 12)
    y = 20 + 0.01 * t + season * (1 + 0.005 * t) + size * (t >= SHIFT_AT)
    y += np.random.default_rng(seed).normal(0, sigma, MONTHS)
    for place, off in OUTLIERS.items():
        y[place] += off
    return y


def found(y: np.ndarray) -> Shift:
    shift = level_shift(y, np.arange(len(y)))
    assert isinstance(shift, Shift)
    return shift


def by_least_squares(y: np.ndarray) -> tuple[int, float]:
    """The same model without the trimming: position and size."""
    t = np.arange(len(y))
    columns = [np.ones(len(y)), t, *(f(2 * np.pi * b * t / 12) for b in (1, 2) for f in (np.cos, np.sin))]
    fits = {}
    for place in range(6, len(y) - 5):
        design = np.column_stack([*columns, t >= place])
        coefficients, squares, *_ = np.linalg.lstsq(design, y)
        fits[place] = (float(squares[0]), float(coefficients[-1]))
    best = min(fits, key=lambda place: fits[place][0])
    return best, fits[best][1]


@pytest.fixture(scope="module")
def shifts() -> list[Shift]:
    return [found(planted(seed)) for seed in range(30)]


def test_position_size_and_outliers_are_recovered_over_many_seeds(shifts):
    near = [abs(one.place - SHIFT_AT) <= 1 for one in shifts]
    right = [set(OUTLIERS) <= set(np.flatnonzero(one.outliers)) for one in shifts]
    false = [len(set(np.flatnonzero(one.outliers)) - set(OUTLIERS)) for one in shifts]
    assert np.mean(near) >= 0.9
    assert np.mean(right) >= 0.9
    assert np.mean(false) <= 0.35
    assert np.median([one.size for one in shifts]) == pytest.approx(SIZE, abs=0.05)
    assert all(one.p_value < 0.05 for one in shifts)


def test_the_intervals_cover_what_was_planted(shifts):
    inside = np.mean([one.low <= SIZE <= one.high for one in shifts])
    assert 0.75 <= inside <= 1, "27 of 30 on average; 22 or fewer by chance once in a hundred"
    assert np.mean([one.place_low <= SHIFT_AT <= one.place_high for one in shifts]) >= 0.8


def test_least_squares_are_led_astray_by_outliers(shifts):
    """The same series: of sixty-six months six outliers on one side move the size, the position or both."""
    plain = [by_least_squares(planted(seed)) for seed in range(30)]
    robust = np.mean([abs(one.size - SIZE) for one in shifts])
    assert np.mean([abs(size - SIZE) for _, size in plain]) > 3 * robust
    assert np.mean([abs(place - SHIFT_AT) > 1 for place, _ in plain]) > 0.5


def test_a_clean_series_has_no_shift_in_most_cases_and_hardly_an_outlier():
    clean = [planted(seed, size=0.0) for seed in range(20)]
    for y in clean:
        for place, off in OUTLIERS.items():
            y[place] -= off
    shifts = [found(y) for y in clean]
    assert np.mean([one.p_value <= 0.05 for one in shifts]) <= 0.25
    assert np.mean([one.outliers.sum() for one in shifts]) <= 0.35


def test_airline_passengers_with_a_planted_shift_and_outliers():
    """The contamination of FSDA's own script on this series: +130 from 80 on, +200 at 35, -200 at 100-105."""
    y = np.array(AIRLINE.split(), dtype=float)
    y[79:] += 130
    y[99:105] -= 200
    y[34] += 200
    shift = found(y)
    assert abs(shift.place - 79) <= 1
    assert shift.size == pytest.approx(130, rel=0.25), "growth of these years is not quite linear"
    assert {34, *range(99, 105)} <= set(np.flatnonzero(shift.outliers))


def test_the_wedge_narrows_towards_the_shift():
    """At the position itself few residuals are large; away from it those between it and the position are."""
    shift = found(planted(1))
    many = {place: [row for row in shift.wedge if row[0] == place] for place in (SHIFT_AT, SHIFT_AT - 8)}
    assert len(many[SHIFT_AT]) < len(many[SHIFT_AT - 8])
    assert {row[1] for row in many[SHIFT_AT]} >= set(OUTLIERS)
    assert all(row[3] >= 1 for row in shift.wedge)


def test_the_same_series_gives_the_same_answer_and_gaps_are_left_open():
    y = planted(3)
    y[[12, 30]] = np.nan
    one, two = found(y), found(y)
    assert (one.place, one.size, one.low) == (two.place, two.size, two.low)
    assert abs(one.place - SHIFT_AT) <= 1
    assert np.isnan(one.residuals[[12, 30]]).all()
    assert not one.outliers[[12, 30]].any()


def test_a_short_series_is_refused():
    told = level_shift(planted(0)[: FEWEST_SLOTS - 1], np.arange(FEWEST_SLOTS - 1))
    assert told == "23 slots are held, 24 are needed to look for a shift of level"
