"""Each metric against a number worked by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools import calibration_metrics as metrics


def truth(text):
    return np.array([letter == "T" for letter in text])


def ranked(*scores):
    return metrics.places([(score,) for score in scores])


def test_places_share_a_rank_where_scores_are_equal():
    assert ranked(0.5, 2.0, 0.5, 1.0, -math.inf).tolist() == [2, 0, 2, 1, 3]


@pytest.mark.parametrize(
    ("scores", "is_true", "expected"),
    [
        ((4, 3, 2, 1), "TTFF", 1.0),
        ((4, 3, 2, 1), "TFTF", (1 / 1 + 2 / 3) / 2),
        ((4, 3, 2, 1), "FFTT", (1 / 3 + 2 / 4) / 2),
        ((1, 1, 1, 1), "TFFF", 1 / 4),
        ((2, 2, 1, 1), "TFTF", 1 / 2 * 1 / 2 + 1 / 2 * 2 / 4),
    ],
)
def test_average_precision(scores, is_true, expected):
    assert metrics.average_precision(ranked(*scores), truth(is_true)) == pytest.approx(expected)


def test_average_precision_where_nothing_is_true():
    assert math.isnan(metrics.average_precision(ranked(2, 1), truth("FF")))


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=1, max_size=40))
def test_a_ranking_by_the_truth_is_the_best_and_by_chance_its_share(cells):
    """Of the truth itself 1; of one rank for all the share that is true; in between for any other."""
    is_true = np.array([one for _, one in cells])
    if is_true.any():
        of = metrics.average_precision(ranked(*(score for score, _ in cells)), is_true)
        assert metrics.average_precision(ranked(*is_true.astype(float)), is_true) == pytest.approx(1)
        assert metrics.average_precision(ranked(*np.zeros(len(cells))), is_true) == pytest.approx(
            is_true.mean()
        )
        assert 0 < of <= 1


@pytest.mark.parametrize(
    ("scores", "is_true", "count", "expected"),
    [
        ((4, 3, 2, 1), "TFTF", 1, 1.0),
        ((4, 3, 2, 1), "TFTF", 3, 2 / 3),
        ((2, 1, 1, 1), "TTFF", 2, (1 + 1 / 3) / 2),
        ((1, 1, 1, 1), "TFFF", 2, 1 / 4),
        ((2, 1), "TT", 10, 2 / 10),
    ],
)
def test_precision_at(scores, is_true, count, expected):
    """Of cells that tie across the line, the expected share; of a list that ends before it, what there is."""
    assert metrics.precision_at(ranked(*scores), truth(is_true), count) == pytest.approx(expected)


def test_false_and_found():
    """Three discoveries, one false; of 60 true dollars 50 are in the other two."""
    found, value = np.array([True, True, True, False]), np.array([20.0, 30.0, 0.0, 10.0])
    assert metrics.false_share(found, value > 0) == pytest.approx(1 / 3)
    assert metrics.found_share(found, value) == pytest.approx(50 / 60)
    assert metrics.false_share(np.zeros(4, dtype=bool), value > 0) == 0


def test_coverage():
    """Two of three intervals hold the truth, 10 of 40 dollars; a fourth cell without one does not count."""
    low, high = np.array([0.0, 5.0, 0.0, np.nan]), np.array([1.0, 15.0, 20.0, np.nan])
    of = metrics.coverage(low, high, np.array([0.0, 10.0, 30.0, 99.0]))
    assert [of.count, of.value, of.true] == pytest.approx([2 / 3, 10 / 40, 1 / 2])


def test_no_interval_covers_nothing_and_is_not_counted_as_a_miss():
    none = np.array([np.nan])
    assert math.isnan(metrics.coverage(none, none, np.array([1.0])).count)


def test_summary():
    """Mean 2, sample deviation 1 of three worlds: error 1 / sqrt 3; a world without a number is out."""
    of = metrics.summary([1.0, 2.0, None, 3.0, math.nan])
    assert [of.value, of.error, of.worlds] == pytest.approx([2.0, 1 / math.sqrt(3), 3])
    assert math.isnan(metrics.summary([1.0]).error)
    assert str(metrics.summary([])) == "none"


def test_by_kind():
    """A cell of a grower and a dear product counts for both, one that nothing touches for noise."""
    told = [
        {"kind": "grows", "area": "XBB", "commodity": None},
        {"kind": "price", "area": None, "commodity": "840110"},
        {"kind": "few", "area": "XBB", "commodity": "900110"},
    ]
    cells = [("XBB", "840110"), ("XCC", "840110"), ("XCC", "900110")]
    assert metrics.by_kind(cells, told) == {"grows": 1, "price": 2, "none": 1}
