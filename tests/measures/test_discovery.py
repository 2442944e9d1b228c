"""Discoveries: how many of them are false, on numbers where that is known."""

from __future__ import annotations

import numpy as np
import pytest

from entrepot.measures.discovery import discovered, local_rates, null_share, ranks


def test_as_many_as_have_a_mean_rate_within_the_limit():
    """0.01, 0.05, 0.2 have a mean of 0.087; with 0.3 it is 0.14."""
    assert discovered(np.array([0.3, 0.01, 0.2, 0.05]), 0.1).tolist() == [False, True, True, True]
    assert not discovered(np.array([0.3, 0.5]), 0.1).any()
    assert not len(discovered(np.zeros(0)))


@pytest.mark.parametrize("share", [0.0, 0.05, 0.2])
def test_false_discoveries_stay_within_the_rate(share):
    """Fifty families of 2,000 tests in 20 groups, the real ones in four groups."""
    random, false, rates = np.random.default_rng(7), [], 0.1
    for _ in range(50):
        group = np.repeat(np.arange(20), 100)
        real = (group < 4) & (random.random(2000) < share * 5)
        p_values = np.where(real, random.beta(0.15, 6, 2000), random.random(2000))
        found = discovered(local_rates(p_values, group), rates)
        false.append((found & ~real).sum() / max(found.sum(), 1))
    assert np.mean(false) < rates + 0.03


def test_a_group_with_many_finds_lends_weight_to_its_others():
    p_values = np.concatenate([np.full(50, 1e-4), np.linspace(0.01, 1, 150), [0.01], [0.01]])
    group = np.concatenate([np.zeros(50), np.ones(150), [0], [1]])
    local = local_rates(p_values, group)
    assert local[-2] < local[-1]


def test_nothing_found_among_even_p_values():
    p_values = (np.arange(1000) + 0.5) / 1000
    assert null_share(p_values).min() > 0.9


def test_ranks_are_of_each_draw_by_itself():
    assert ranks(np.array([[3.0, 1.0], [2.0, 5.0]])).tolist() == [[1, 2], [2, 1]]
