"""Readings of one dimension: distances on small series whose answer is known by arithmetic."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import numpy as np
import pytest
from scipy.stats import binomtest

from entrepot.measures.posture import added, counts, figures_printed, held_of, means, together, trade, votes

BASE = [date(2020 + i // 12, i % 12 + 1, 1) for i in range(1, 25)]  # 2020-02 to 2022-01
WINDOW = [date(2022, month, 1) for month in range(3, 9)]


def steady(level: float, factor: float = 1.0) -> dict[date, float]:
    """The same every month since 2017, times a factor in the window."""
    days = [date(2017 + i // 12, i % 12 + 1, 1) for i in range(61)]
    return dict.fromkeys(days, level) | dict.fromkeys(WINDOW, level * factor)


def test_a_doubling_that_others_do_not_share_is_toward():
    peers = [steady(50 + i) for i in range(6)]
    found = trade(steady(100, 2), peers, WINDOW, BASE, 0.2)
    assert found.distance == pytest.approx(math.log(2))
    assert (found.usual, found.against, found.witnesses) == (0, "other partners", 6)
    assert (found.before, found.after) == (100, 200)
    assert found.reading[1] > 0


def test_a_doubling_that_others_share_is_no_change():
    peers = [steady(50 + i, 2) for i in range(6)]
    found = trade(steady(100, 2), peers, WINDOW, BASE, 0.2)
    assert found.distance == pytest.approx(0)
    low, high = found.reading[1:]
    assert low < 0 < high


def test_too_few_others_or_too_small_ones_leave_it_to_earlier_windows():
    small = [steady(0.1 + i / 100, 3) for i in range(9)]
    found = trade(steady(100, 2), [*small, steady(60)], WINDOW, BASE, 0.2)
    assert found.against == "earlier windows"
    assert found.distance == pytest.approx(math.log(2))


def test_a_season_is_no_change():
    """Each calendar month is held against itself."""
    days = [date(2017 + i // 12, i % 12 + 1, 1) for i in range(68)]
    season = {day: 100.0 * day.month for day in days}
    assert trade(season, [], WINDOW, BASE, 0.2).distance == pytest.approx(0)


def test_growth_that_went_on_before_is_what_is_usual():
    days = [date(2015 + i // 12, i % 12 + 1, 1) for i in range(92)]
    grown = {day: math.exp(0.02 * place) for place, day in enumerate(days)}
    found = trade(grown, [], WINDOW, BASE, 0.2)
    assert found.usual > 0.3
    assert found.reading[1] < 0 < found.reading[2]


def test_whole_years_need_one():
    own = {date(year, 1, 1): value for year, value in ((2020, 10.0), (2021, 30.0), (2023, 60.0))}
    found = trade(own, [], [date(2023, 1, 1)], [date(2020, 1, 1), date(2021, 1, 1)], 0.2)
    assert found.distance == pytest.approx(math.log(60 / 20))


@pytest.mark.parametrize("held", [WINDOW[:2], []])
def test_fewer_than_three_months_tell_nothing(held):
    own = {day: value for day, value in steady(1).items() if day in BASE or day in held}
    assert trade(own, [], WINDOW, BASE, 0.2) is None


def test_zeros_after_steady_trade_are_a_fall():
    """A window of zeros has no logarithm: the fall has one end only, by how often there was trade."""
    found = trade(steady(100, 0), [], WINDOW, BASE, 0.2)
    ends = [binomtest(*one).proportion_ci(0.9, method="exact") for one in ((0, 6), (24, 24))]
    assert (found.low_90, found.high_90) == (-math.inf, pytest.approx(math.log(ends[0].high / ends[1].low)))
    assert found.reading[0] == found.reading[1] == -1
    assert found.reading[2] < 0


def test_trade_after_steady_zeros_is_a_rise():
    found = trade(steady(0) | dict.fromkeys(WINDOW, 5.0), [], WINDOW, BASE, 0.2)
    assert (found.reading[1] > 0, found.reading[2]) == (True, 1)


def test_zeros_are_no_fall_where_there_was_trade_now_and_then():
    now_and_then = {day: 100.0 * (day.month == 3) for day in steady(1)} | dict.fromkeys(WINDOW, 0.0)
    assert trade(now_and_then, [], WINDOW, BASE, 0.2).reading[2] > 0


def test_zeros_on_both_sides_tell_nothing():
    assert trade(steady(0), [], WINDOW, BASE, 0.2) is None


def test_a_whole_year_of_zeros_is_a_fall():
    own = {date(2020, 1, 1): 10.0, date(2021, 1, 1): 30.0, date(2023, 1, 1): 0.0}
    found = trade(own, [], [date(2023, 1, 1)], [date(2020, 1, 1), date(2021, 1, 1)], 0.2)
    assert found.reading[2] < 0


def test_how_much_of_a_window_is_held():
    held = {WINDOW[0]: 1.0, WINDOW[4]: 1.0}
    assert (held_of(held, WINDOW), held_of({}, WINDOW)) == ((2, 5), (0, 0))


def test_areas_that_fall_silent_are_not_added():
    whole, silent = steady(10), dict.fromkeys(BASE, 5.0)
    kept = together({"XCC": whole, "XDD": silent}, WINDOW, BASE)
    assert list(kept) == ["XCC"]
    assert added([{WINDOW[0]: 1.0}, {WINDOW[0]: 2.0, WINDOW[1]: 4.0}]) == {WINDOW[0]: 3.0, WINDOW[1]: 4.0}


# ---------------------------------------------------------------- acts
def test_counts_have_the_exact_interval():
    """As scipy's exact interval of the share of all acts that falls in the window."""
    found = counts(6, 6, 4, 12)
    share = binomtest(6, 10).proportion_ci(0.9, method="exact")
    odds = [math.log(p / (1 - p) * 12 / 6) for p in (share.low, share.high)]
    assert [found.low_90, found.high_90] == pytest.approx(odds)
    assert (found.before, found.after) == (4 / 12, 1)


def test_none_after_many_is_away_and_none_after_few_is_not():
    assert counts(0, 12, 20, 24).reading[2] < 0
    low, high = counts(0, 4, 5, 32).reading[1:]
    assert (low, high > 0) == (-1, True)
    assert counts(0, 4, 0, 32) is None


def test_none_in_a_short_window_is_never_toward():
    """Two acts in eight years and none in the year after: whatever it is worth, it is no more than before."""
    found = counts(0, 12, 2, 96)
    assert found.distance < 0
    assert found.reading[2] > 0


def test_counts_without_change_read_nothing_in_the_mean():
    """The same rate for eight years and for one: over what chance makes of it, the readings cancel."""
    draw = np.random.default_rng(1)
    for rate in (2, 4, 16):
        pairs = zip(draw.poisson(rate / 8, 1500), draw.poisson(rate, 1500), strict=True)
        found = [counts(int(after), 12, int(before), 96) for after, before in pairs]
        assert abs(np.mean([one.reading[0] for one in found if one])) < 0.06


def test_two_statements_alike_are_no_certainty():
    found = means([1, 1], [0, 0])
    assert found.distance == 1
    assert found.low_90 < 0 < found.high_90
    assert means([1] * 20, [0] * 20).low_90 > 0
    assert means([], [1]) is None


def test_where_words_stand_is_told_beside_how_they_moved():
    """Of nine statements a third are neutral: warm as before is no change, and warm all the same."""
    found = means([1, 1, 1, 1, 1, 1, 0, 0, 0], [1, 1, 1, 1, 1, 1, 1, 0])
    error = math.sqrt((9 * (2 / 9) + 1) / 9 / 9)
    assert found.stands == pytest.approx((2 / 3 - 1.8595 * error, min(1.0, 2 / 3 + 1.8595 * error)), abs=1e-4)
    doubtful: Any = means([1, 0], [0, 0]).stands
    assert doubtful[0] < 0


def test_one_vote_is_held_against_what_one_vote_may_be():
    """S from 0.69 to 0 by one abstention: such single votes are common in the baseline."""
    found = votes((0, 1, 0), (72, 25, 3))
    assert found.distance == pytest.approx(0 - (72 - 3) / 100)
    assert found.low_90 < 0 < found.high_90
    many = votes((0, 60, 0), (720, 250, 30))
    assert many.high_90 < 0
    assert votes((0, 0, 0), (1, 0, 0)) is None


def test_votes_have_the_spread_of_a_resampling():
    """Against numpy's own resampling of single votes."""
    before = np.repeat([1.0, 0.0, -1.0], [72, 25, 3])
    draw = np.random.default_rng(1).choice(before, (20_000, 10)).mean(axis=1)
    assert votes((9, 1, 0), (72, 25, 3)).spread == pytest.approx(draw.std(), rel=0.05)


# ---------------------------------------------------------------- figures printed
def test_the_median_of_figures_printed_is_read():
    """One good that grew hundredfold does not decide."""
    found = figures_printed([((2, 2), (1, 1), 0), ((3, 3), (3, 3), 0), ((1, 1), (100, 100), 0)], 0.39)
    assert found.distance == 0
    assert found.reading[1] < 0 < found.reading[2]


def test_a_base_told_by_its_upper_end_only_leaves_the_interval_open():
    found = figures_printed([((0, 520), (2100, 2100), 0)], 0.39)
    value, low, high = found.reading
    assert (value, low > 0, high) == (None, True, 1)
    assert figures_printed([((0, 0.7), (0.2, 0.2), 0)], 0.39).low_90 < 0


def test_what_others_did_is_taken_off():
    alone = figures_printed([((1, 1), (4, 4), 0)], 0.39)
    beside = figures_printed([((1, 1), (4, 4), math.log(4))], 0.39)
    assert (alone.distance, beside.distance) == (pytest.approx(math.log(4)), pytest.approx(0))
    assert figures_printed([], 0.39) is None
