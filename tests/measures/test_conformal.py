"""Predictive distributions from misses: they cover as often as they say, and never go below nothing."""

from __future__ import annotations

import numpy as np
import pytest

from entrepot.measures.conformal import SMALLEST, Pool, pool, with_more


def world(cells: int, seed: int = 1):
    """Cells of many sizes, the small ones noisier, some empty."""
    random = np.random.default_rng(seed)
    expected = np.exp(random.normal(9, 3, cells))
    actual = expected * np.exp(random.standard_t(4, cells) * (0.2 + 2 / np.log(expected + 3)))
    return np.where(random.random(cells) < 0.1, 0.0, actual), expected


def made(cells: int) -> Pool:
    actual, expected = world(cells)
    found = pool(actual, expected, 1000.0)
    assert found is not None
    return found


def test_intervals_cover_as_often_as_they_say():
    found = made(20_000)
    actual, expected = world(20_000, seed=2)
    for level in (0.5, 0.8, 0.9, 0.95):
        low, high = found.quantiles(expected, np.array([(1 - level) / 2, (1 + level) / 2])).T
        assert abs(np.mean((low <= actual) & (actual <= high)) - level) < 0.03


def test_draws_have_the_same_quantiles():
    found = made(20_000)
    assert found is not None
    expected = np.array([100.0, 1e4, 1e6])
    drawn = found.draws(expected, np.random.default_rng(3).random((3, 20_000)))
    assert np.allclose(
        np.quantile(drawn, 0.8, axis=1), found.quantiles(expected, np.array([0.8]))[:, 0], rtol=0.1
    )


def test_p_values_are_even_where_nothing_is_unusual_and_small_where_something_is():
    found = made(20_000)
    actual, expected = world(20_000, seed=2)
    p_values = found.p_values(actual, expected)
    assert abs(np.mean(p_values < 0.1) - 0.1) < 0.015
    assert found.p_values(np.array([1e9]), np.array([1e4]))[0] < 0.001
    assert found.p_values(np.array([0.0]), np.array([1e9]), below=True)[0] < 0.2


def test_nothing_is_below_nothing():
    found = made(2_000)
    assert found is not None
    assert found.quantiles(np.array([5.0]), np.array([0.01]))[0, 0] >= 0


def test_cells_expected_to_be_empty_are_a_class_of_their_own():
    expected = np.concatenate([np.zeros(500), np.full(500, 1e6)])
    actual = np.concatenate([np.zeros(490), np.full(10, 5e3), np.full(500, 1e6)])
    found = pool(actual, expected, 1000.0)
    assert found is not None
    assert len(found.edges) >= 2
    assert found.quantiles(np.array([0.0]), np.array([0.9]))[0, 0] == 0
    assert found.quantiles(np.array([0.0]), np.array([0.995]))[0, 0] == pytest.approx(5e3)


def test_too_few_misses_say_nothing():
    assert pool(np.ones(SMALLEST - 1), np.ones(SMALLEST - 1), 1.0) is None


def test_more_cells_make_the_tails_finer_and_leave_the_quantiles():
    actual, expected = world(1_000)
    found = pool(actual, expected, 1000.0)
    assert found is not None
    more = with_more(found, *world(9_000, seed=4))
    huge, some = np.array([1e12]), np.array([1e4])
    assert more.p_values(huge, some)[0] == pytest.approx(1 / 10_001)
    assert found.p_values(huge, some)[0] == pytest.approx(1 / 1_001)
    assert more.quantiles(some, np.array([0.5])) == found.quantiles(some, np.array([0.5]))
