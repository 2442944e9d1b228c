"""Readings of any series: turned round they point the other way, and strangers change nothing."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entrepot.measures.posture import counts, means, trade, votes
from entrepot.measures.verdict import Reading, weighed, weights

BASE = [date(2020 + i // 12, i % 12 + 1, 1) for i in range(1, 25)]
WINDOW = [date(2022, month, 1) for month in range(3, 9)]
HISTORY = [date(2017 + i // 12, i % 12 + 1, 1) for i in range(61)]
MANY = settings(max_examples=60, deadline=None)

level = st.floats(min_value=1, max_value=1e9)
logs = st.lists(st.floats(min_value=-1, max_value=1), min_size=67, max_size=67)
factor = st.floats(min_value=0.05, max_value=20)


def series(size: float, noise: list[float], times: float = 1.0) -> dict[date, float]:
    days = [*HISTORY, *WINDOW]
    grown = {day: size * math.exp(one) for day, one in zip(days, noise, strict=True)}
    return grown | {day: grown[day] * times for day in WINDOW}


@MANY
@given(level, logs, factor)
def test_scale_is_nothing(size, noise, times):
    one = trade(series(size, noise, times), [], WINDOW, BASE, 0.3)
    other = trade(series(1.0, noise, times), [], WINDOW, BASE, 0.3)
    assert one.reading == pytest.approx(other.reading, abs=1e-6)


@MANY
@given(st.floats(min_value=1.01, max_value=20))
def test_the_sign_turns_with_the_exports(times):
    flat = [0.0] * 67
    up: Any = trade(series(1.0, flat, times), [], WINDOW, BASE, 0.3).reading
    down: Any = trade(series(1.0, flat, 1 / times), [], WINDOW, BASE, 0.3).reading
    assert up == pytest.approx((-down[0], -down[2], -down[1]))


@MANY
@given(logs, factor, factor)
def test_more_exports_never_read_less(noise, one, other):
    low, high = (trade(series(1.0, noise, t), [], WINDOW, BASE, 0.3).distance for t in sorted((one, other)))
    assert low <= high


@MANY
@given(logs, st.lists(logs, min_size=5, max_size=7))
def test_series_too_small_to_count_change_nothing(noise, small):
    own = series(1000.0, noise)
    strangers = [series(1e-6, one, 50.0) for one in small]
    assert trade(own, strangers, WINDOW, BASE, 0.3) == trade(own, [], WINDOW, BASE, 0.3)


@MANY
@given(*[st.integers(min_value=0, max_value=40)] * 2)
def test_counts_turn_with_their_sides(after, before):
    one, other = counts(after, 12, before, 12), counts(before, 12, after, 12)
    assert (one is None) == (other is None) == (after + before == 0)
    if one and other:
        assert one.distance == pytest.approx(-other.distance)
        assert one.low_90 == pytest.approx(-other.high_90) or math.isinf(one.low_90)
        assert one.low_90 <= one.distance <= one.high_90


@MANY
@given(*[st.lists(st.sampled_from((-1, 0, 1)), min_size=1, max_size=12)] * 2)
def test_means_turn_with_their_sides(after, before):
    one, other = means(after, before), means(before, after)
    value, low, high = other.reading
    assert value is not None
    assert one.reading == pytest.approx((-value, -high, -low))


@MANY
@given(*[st.tuples(*[st.integers(min_value=0, max_value=30)] * 3)] * 2)
def test_votes_stay_within_the_scale(after, before):
    found = votes(after, before)
    assert (found is None) == (not sum(after) or not sum(before))
    if found:
        assert -2 <= found.distance <= 2
        assert found.low_90 <= found.high_90


told = st.tuples(st.floats(-1, 1), st.floats(0, 0.5), st.floats(0, 0.5), st.sampled_from("xyz"))


@MANY
@given(st.lists(told, min_size=1, max_size=6))
def test_sources_and_not_readings_are_counted(values):
    found = [
        Reading(f"d{place}", "deeds", "other", value, value - below, value + above, source)
        for place, (value, below, above, source) in enumerate(values)
    ]
    assert sum(weights(found).values()) == pytest.approx(len({one.source for one in found}))
    mean: Any = weighed(found).deeds
    assert mean.low_90 <= mean.value + 1e-9
    assert mean.value <= mean.high_90 + 1e-9
    stranger = Reading("words", "words", "other", 1.0, 1.0, 1.0, "x")
    assert weighed([*found, stranger]).deeds == mean
