"""Season, Lunar New Year, lockdown, and the path a series was on: planted effects and refusals."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from entrepot.measures.episodes import episodes, total
from entrepot.measures.path import TRENDS, Path, paths
from entrepot.measures.season import Fit, Slots, fit, like, slots
from entrepot.model.holiday import holiday_share

EVENT = date(2022, 2, 1)


def world(seed: int, first: int = 2018, months: int = 66, holiday: float = 0.0, noise: float = 0.05):
    """Values by month: growth of 0.8 % a month, a season, a fall of `holiday` on days of the New Year."""
    rng = np.random.default_rng(seed)
    days = [date(first + i // 12, i % 12 + 1, 1) for i in range(months)]
    season = 0.1 * np.cos(2 * np.pi * np.arange(months) / 12)
    share = np.array([holiday_share(day) or 0 for day in days])
    log = 20 + 0.008 * np.arange(months) + season - holiday * share + rng.normal(0, noise, months)
    return dict(zip(days, np.exp(log).tolist(), strict=True))


def fitted(series: Slots) -> Fit:
    found = fit(series, series.place(EVENT))
    assert isinstance(found, Fit)
    return found


def test_growth_season_and_lockdown_are_told_apart():
    points = world(1, noise=0.0)
    points[date(2020, 3, 1)] *= 0.5
    found = fitted(slots(points, EVENT, keeps_new_year=False))
    named = dict(zip(found.names, found.coefficients, strict=True))
    assert named["trend"] == pytest.approx(0.008)
    assert named["lockdown 2020-03"] == pytest.approx(np.log(0.5))
    assert named["lockdown 2020-02"] == pytest.approx(0, abs=1e-9)


def test_january_and_february_are_one_where_the_new_year_is_kept_and_years_are_few():
    series = slots(world(1), EVENT, keeps_new_year=True)
    assert series.join == "joined"
    assert len(series) == 66 - 6
    assert series.months[0] == (date(2018, 1, 1), date(2018, 2, 1))
    assert not any("new year" in name for name in fitted(series).names)


def test_the_holiday_has_a_regressor_where_ten_new_years_are_held_and_its_size_is_found():
    """Over twelve years the day moves enough to be told from February."""
    sizes = []
    for seed in range(10):
        series = slots(world(seed, 2010, 150, holiday=0.5), EVENT, keeps_new_year=True)
        assert series.join == "regressor"
        found = fitted(series)
        sizes.append(found.coefficients[found.names.index("new year")])
    assert np.mean(sizes) == pytest.approx(-0.5, abs=0.1)
    assert all(size < 0 for size in sizes)


def test_half_a_new_year_is_left_open():
    points = world(1)
    del points[date(2021, 2, 1)]
    series = slots(points, EVENT, keeps_new_year=True)
    [place] = [i for i, held in enumerate(series.months) if date(2021, 1, 1) in held]
    assert np.isnan(series.log[place])
    assert len(slots({**world(1, months=61)}, EVENT, keeps_new_year=True)) == 55, "a January alone at the end"


def test_another_series_is_laid_over_the_same_slots():
    series = slots(world(1), EVENT, keeps_new_year=True)
    other = like({date(2018, 1, 1): 2.0, date(2018, 2, 1): 4.0}, series)
    assert np.exp(other.log[0]) == pytest.approx(3)
    assert np.isnan(other.log[1:]).all()


def test_too_few_months_are_refused():
    series = slots(world(1, first=2020), EVENT, keeps_new_year=False)
    assert fit(series, 23) == "23 months before the event are held, 24 are needed"


def test_a_rank_deficient_fit_is_refused_and_not_solved():
    """No March before the event but that of the lockdown."""
    points = {day: value for day, value in world(1).items() if day.month != 3 or day.year == 2020}
    told = fit(slots(points, EVENT, keeps_new_year=False), 49)
    assert told == "the months held tell 14 of 15 effects apart: no report outside the lockdown for month 03"


@pytest.mark.parametrize("trend", ["year-before", "linear"])
def test_intervals_cover_what_nothing_but_chance_made(trend: str):
    """A third of months apart from a trend are alike: over 60 series nine in ten lie inside."""
    inside, sums = [], []
    for seed in range(60):
        series = slots(world(seed), EVENT, keeps_new_year=False)
        event = series.place(EVENT)
        path = paths(series, event, (trend,))[trend]
        assert isinstance(path, Path)
        low, high = np.quantile(path.expected[event:] + path.errors, [0.05, 0.95], axis=0)
        inside.append(np.mean((series.log[event:] >= low) & (series.log[event:] <= high)))
        change = total(series, path, event, event + 6)[0]
        sums.append(change[1] * change[2] <= 0)
    assert 0.85 <= np.mean(inside) <= 0.97
    assert 0.78 <= np.mean(sums) <= 1


def test_a_planted_fall_is_found_under_every_trend_with_its_size():
    points = world(4)
    for day in (date(2022, month, 1) for month in (3, 4, 5, 6)):
        points[day] *= 0.6
    series = slots(points, EVENT, keeps_new_year=False)
    made = paths(series, series.place(EVENT))
    assert set(made) == set(TRENDS)
    for trend, path in made.items():
        assert isinstance(path, Path), trend
        falls = [one for one in episodes(series, path) if one.kind == "fall" and one.is_found]
        fall = falls[0]
        assert series.months[fall.start][0] == date(2022, 3, 1), trend
        assert fall.months in (4, 5), trend
        assert fall.change[1] < fall.change[0] < fall.change[2] < 0
        assert fall.change[0] == pytest.approx(-0.4 if trend != "year-before" else -0.34, abs=0.07), trend


def test_chance_alone_seldom_gives_an_episode():
    """A fall in at most 10 % of series: of 40 some four."""
    count = 0
    for seed in range(40):
        series = slots(world(seed), EVENT, keeps_new_year=False)
        path = paths(series, series.place(EVENT), ("linear",))["linear"]
        assert isinstance(path, Path)
        count += any(one.is_found and one.kind == "fall" for one in episodes(series, path))
    assert count <= 8, "more than eight of forty has a chance below 2 %"


def test_a_month_without_a_report_ends_a_run():
    points = world(4)
    for day in (date(2022, month, 1) for month in (3, 4, 6, 7)):
        points[day] *= 0.5
    del points[date(2022, 5, 1)]
    series = slots(points, EVENT, keeps_new_year=False)
    path = paths(series, series.place(EVENT), ("linear",))["linear"]
    assert isinstance(path, Path)
    falls = [one for one in episodes(series, path) if one.kind == "fall" and one.is_found]
    assert [(series.months[one.start][0].month, one.months) for one in falls] == [(3, 2), (6, 2)]
