"""A mouse that rests on a mark is told its value exactly, in words that stay text, in a small drawing."""

import math
import re
from datetime import date
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from entrepot.model.event import Event
from entrepot.present.charts import Line, bars, columns, intervals, lines, png, spread, svg

HOSTILE = '<script>alert("1")</script> & \x00more'
ODD = 'a role="img" opacity="1" d="1.2345" b'
WAR = Event("war", date(2022, 2, 24), "an event", "a citation", ("WLD",), ("RUS",))


def _months(count: int, start: int = 2020 * 12) -> dict[date, float | None]:
    return {date(i // 12, i % 12 + 1, 1): 4201234567.0 + i for i in range(start, start + count)}


def _both(chart):
    return chart.wide, chart.narrow


def titles(drawn: str) -> list[str]:
    """The titles of marks; parsing says that the drawing is well formed."""
    root = ET.fromstring(drawn)
    return [one.text or "" for one in root.iter("{http://www.w3.org/2000/svg}title")]


def test_a_point_says_its_month_series_and_value_with_every_digit() -> None:
    points = {date(2022, 3, 1): 4201234567.0, date(2022, 4, 1): 1.5}
    drawn = svg(lines([Line("exports reported by China", points)], "USD", "about").wide)
    assert titles(drawn) == [
        "March 2022, exports reported by China: 4.2 bn USD (4,201,234,567)",
        "April 2022, exports reported by China: 1.5 USD",
    ]


def test_a_year_is_told_as_a_year_and_one_january_as_a_month() -> None:
    years = {date(2020, 1, 1): 1.0, date(2021, 1, 1): 2.0}
    assert titles(svg(lines([Line("a", years)], "USD a year", "x").wide))[0].startswith("2020, a")
    month = lines([Line("a", {date(2020, 1, 1): 1.0})], "USD a month", "x")
    assert titles(svg(month.wide))[0].startswith("January 2020, a")


def test_a_month_that_is_missing_has_no_point_and_breaks_the_line() -> None:
    points = _months(6) | {date(2020, 3, 1): None, date(2020, 5, 1): math.nan}
    drawn = svg(lines([Line("a", points)], "USD", "about").wide)
    assert [one.split(",")[0] for one in titles(drawn)] == [
        "January 2020",
        "February 2020",
        "April 2020",
        "June 2020",
    ]
    path = next(found for found in re.findall(r'd="(M[^"]*)"[^>]*stroke-width="2"', drawn) if "L" in found)
    assert path.count("M") >= 2


def test_a_value_between_two_missing_ones_is_seen() -> None:
    points = _months(3) | {date(2020, 1, 1): 1.0, date(2020, 2, 1): None}
    hover = lines([Line("a", points)], "USD", "about").wide["layer"][-1]["data"]["values"]
    assert [row["seen"] for row in hover] == [1, 1]
    assert [
        row["seen"] for row in lines([Line("a", _months(3))], "USD", "x").wide["layer"][-1]["data"]["values"]
    ] == [0] * 3


@pytest.mark.parametrize("count", [2, 24, 60, 300])
def test_no_point_to_rest_on_covers_the_next_month(count) -> None:
    for spec in _both(lines([Line("a", _months(count))], "USD", "about")):
        drawn = svg(spec)
        rounds = [
            (float(x), float(r)) for x, r in re.findall(r'<circle[^>]*cx="([-\d.]+)"[^>]*r="([\d.]+)"', drawn)
        ]
        strips = re.findall(r'translate\(([\d.]+),[\d.]+\)" d="M-([\d.]+),-7', drawn)
        places = sorted(rounds or [(float(x), float(half)) for x, half in strips])
        assert len(places) == count
        assert all(one[0] + one[1] <= two[0] - two[1] + 2 for one, two in pairwise(places))


def test_an_interval_is_a_band_named_in_the_legend_and_told() -> None:
    values = _months(5)
    low = dict.fromkeys(list(values)[:2], 4000000000.0) | dict.fromkeys(list(values)[3:], 4000000000.0)
    chart = lines([Line("expected", values, low, dict.fromkeys(values, 5e9))], "USD", "about")
    band = next(one for one in chart.wide["layer"] if one["mark"]["type"] == "area")
    assert band["mark"]["opacity"] == 0.18
    assert len(band["data"]["values"]) == 4  # none where an end is not known
    assert len({row["run"] for row in band["data"]["values"]}) == 2
    drawn = svg(chart.wide)
    assert "expected, 90 % interval" in drawn
    assert "; 90 % interval 4 bn to 5 bn USD" in titles(drawn)[0]
    assert any("interval not known" in one for one in titles(drawn))


def test_shaded_stretches_are_cut_to_what_is_shown() -> None:
    shaded = [(date(2019, 1, 1), date(2020, 2, 1), "base"), (date(2030, 1, 1), date(2030, 2, 1), "later")]
    chart = lines([Line("a", _months(6))], "USD", "about", shaded=shaded)
    [ground] = [one for one in chart.wide["layer"] if one["mark"]["type"] == "rect"]
    assert [(row["period"], row["until"]) for row in ground["data"]["values"]] == [
        ("2020-01-01", "2020-02-01")
    ]
    assert "base: January 2019 to February 2020" in titles(svg(chart.wide))


@pytest.mark.parametrize(
    "chart",
    [
        lines([Line(HOSTILE, _months(3)), Line("b", _months(3))], HOSTILE, HOSTILE, [WAR]),
        bars(
            [{"name": HOSTILE, "base": 1.0, "window": 2.0, "label": HOSTILE}], "EUR", HOSTILE, ("a", HOSTILE)
        ),
        columns([{"name": HOSTILE, "value": 1.0, "label": HOSTILE}], HOSTILE, HOSTILE),
        spread([1.0, 2.0], 1.5, HOSTILE, HOSTILE),
        intervals(
            [{"name": HOSTILE, "value": 1.0, "low": 0.5, "high": 2.0, "label": HOSTILE}], "EUR", HOSTILE
        ),
    ],
    ids=["lines", "bars", "columns", "spread", "intervals"],
)
def test_text_of_data_stays_text_in_titles_too(chart) -> None:
    for spec in (chart.wide, chart.narrow):
        drawn = svg(spec)
        assert "<script" not in drawn
        assert "\x00" not in drawn
        assert titles(drawn)


def test_words_that_look_like_drawing_are_left_alone() -> None:
    drawn = svg(columns([{"name": ODD, "value": 1.0, "label": ODD}], "EUR", "about").wide)
    assert ODD in [one.text for one in ET.fromstring(drawn).iter("{http://www.w3.org/2000/svg}text")]
    assert titles(drawn) == [f"{ODD}: 1 EUR"]


def test_axes_and_legends_say_nothing_when_pointed_at() -> None:
    chart = lines([Line("a", _months(3)), Line("b", _months(3))], "USD", "about", [WAR])
    drawn = svg(chart.wide)
    assert "aria-" not in drawn
    assert "role=" not in drawn
    assert len(titles(drawn)) == 6  # points; the event lies outside


def test_an_event_is_told_at_its_rule_and_its_number() -> None:
    drawn = svg(lines([Line("a", _months(60))], "USD", "about", [WAR]).wide)
    assert titles(drawn).count("24 February 2022: an event") == 2
    assert "<title>24 February 2022: an event</title>1</text>" in drawn


def test_five_years_of_three_series_are_a_small_drawing() -> None:
    series = [Line(f"exports reported by {name}", _months(60)) for name in ("China", "Kazakhstan", "Türkiye")]
    chart = lines(series, "USD a month", "about")
    assert max(len(svg(spec).encode()) for spec in (chart.wide, chart.narrow)) < 60_000
    assert len(titles(svg(chart.wide))) == 180


def test_what_is_not_reported_is_written_at_the_foot_of_its_bar() -> None:
    rows = [{"name": "x", "value": None, "label": "not reported"}, {"name": "y", "value": 2.0, "label": "2"}]
    drawn = svg(columns(rows, "EUR", "about").wide)
    assert "not reported" in drawn
    assert titles(drawn) == ["y: 2 EUR"]


def test_placebos_are_counted_in_round_steps_and_the_one_asked_is_marked() -> None:
    chart = spread([-0.31, -0.12, 0.05, 0.07, 0.21], 0.9, "log points", "about")
    counted = chart.wide["layer"][0]["data"]["values"]
    assert sum(row["count"] for row in counted) == 5
    assert all(row["low"] < row["high"] for row in counted)
    assert "the one asked: 0.9 log points; 5 placebos" in titles(svg(chart.wide))


@pytest.mark.parametrize("values", [[], [0.0], [1.0] * 9, [math.nan, 1.0], [1e12, -1e12]])
def test_any_number_of_placebos_can_be_drawn(values) -> None:
    known = [one for one in values if math.isfinite(one)]
    counted = spread(values, None, "USD", "about").wide["layer"][0]["data"]["values"]
    assert sum(row["count"] for row in counted) == len(known)
    assert "the one asked: not known" in svg(spread(values, None, "USD", "about").narrow)


def test_an_estimate_that_is_not_known_is_written_and_not_drawn_at_zero() -> None:
    rows = [
        {"name": "XAA", "value": None, "low": None, "high": None, "label": ""},
        {"name": "XBB", "value": 2.0, "low": 1.0, "high": 3.0, "label": "2"},
        {"name": "XCC", "value": 2.0, "low": None, "high": math.inf, "label": "2"},
    ]
    drawn = svg(intervals(rows, "USD", "about").wide)
    assert "not known</text>" in drawn
    assert [one for one in titles(drawn) if one.startswith("XAA")] == []
    assert titles(drawn).count("XBB: 2 USD; 1 to 3 USD") == 2  # its whisker and its dot
    assert titles(drawn).count("XCC: 2 USD; interval not known") == 1


def test_fractions_are_told_in_percent_where_the_unit_is_percent() -> None:
    drawn = svg(
        lines([Line("share", {date(2020, 1, 1): 0.125, date(2020, 2, 1): -0.5})], "% of it", "x").wide
    )
    assert titles(drawn) == ["January 2020, share: 12.50 %", "February 2020, share: −50.00 %"]
    assert "−40 %" in drawn or "−50 %" in drawn


def test_small_numbers_are_no_millions_on_the_axis() -> None:
    drawn = svg(lines([Line("a", {date(2020, 1, 1): 0.2, date(2020, 2, 1): 0.8})], "log points", "x").wide)
    assert " m</text>" not in drawn
    assert "0.8</text>" in drawn


def test_a_name_of_any_script_takes_two_lines_where_one_is_too_short() -> None:
    name = "机器、机械器具及其零件；核反应堆、锅炉；机器、机械器具及其零件"
    drawn = svg(columns([{"name": name, "value": 1.0, "label": "1"}], "美元", "中国").wide)
    assert name not in re.sub(r"<title>.*?</title>", "", drawn)
    assert "".join(re.findall(r"<tspan[^>]*>([^<]*)", drawn)).startswith("机器、机械器具")


def test_a_picture_of_a_specification_is_a_png() -> None:
    assert (
        png(columns([{"name": "Кыргызстан 吉尔吉斯", "value": 1.0, "label": "1"}], "USD", "x").wide)[:4]
        == b"\x89PNG"
    )
