"""Charts hold every value they were given, break where nobody reported, and say in words what they show."""

import re
from datetime import date

import pytest

from entrepot.model.event import Event, all_events, events_for
from entrepot.present.charts import INK, NARROW, SERIES, VARIABLES, WIDE, Line, bars, columns, lines, svg

WAR = Event("war", date(2022, 2, 24), "an event", "a citation", ("WLD",), ("RUS",))
LATER = Event("later", date(2022, 3, 15), "another", "a citation", ("WLD",), ("RUS",))


def _months(first: int, last: int) -> dict[date, float | None]:
    return {date(i // 12, i % 12 + 1, 1): float(i) for i in range(first, last)}


YEAR = _months(2022 * 12, 2023 * 12)


def _layer(spec, mark):
    return next(one for one in spec["layer"] if one["mark"]["type"] == mark)


def test_a_month_nobody_reported_is_a_gap_and_not_a_zero() -> None:
    points = {day: value for day, value in YEAR.items() if day.month != 5}
    chart = lines([Line("a", points), Line("b", YEAR)], "USD", "about")
    drawn = [row for row in _layer(chart.wide, "line")["data"]["values"] if row["series"] == "a"]
    assert len(drawn) == 12
    assert [row["value"] for row in drawn if row["period"] == "2022-05-01"] == [None]


def test_a_series_is_not_stretched_to_where_another_one_reaches() -> None:
    chart = lines([Line("a", _months(2022 * 12, 2022 * 12 + 3)), Line("b", YEAR)], "USD", "about")
    drawn = [row for row in _layer(chart.wide, "line")["data"]["values"] if row["series"] == "a"]
    assert [row["period"] for row in drawn] == ["2022-01-01", "2022-02-01", "2022-03-01"]


def test_events_inside_the_months_shown_are_numbered_and_told() -> None:
    early = Event("early", date(2014, 3, 18), "long before", "a citation", ("WLD",), ("RUS",))
    chart = lines([Line("a", YEAR)], "USD", "about", [early, WAR])
    assert chart.events == (("1", "24 February 2022: an event (a citation)"),)
    assert [row["label"] for row in _layer(chart.wide, "rule")["data"]["values"]] == ["1"]


def test_events_too_close_for_two_labels_share_one() -> None:
    chart = lines([Line("a", _months(2015 * 12, 2025 * 12))], "USD", "about", [WAR, LATER])
    assert [row["label"] for row in _layer(chart.narrow, "rule")["data"]["values"]] == ["1–2", ""]


def test_an_event_known_by_its_month_is_told_by_its_month() -> None:
    known = {event.key: event.when for event in all_events()}
    assert known["chpl-2023-05"] == "May 2023"
    assert known["invasion"] == "24 February 2022"


def test_events_bind_members_of_a_group_and_concern_a_destination() -> None:
    assert {event.key for event in events_for("DEU", "RUS")} == {
        event.key for event in events_for("EU27", "RUS")
    }
    assert "eu-5" not in {event.key for event in events_for("CHN", "RUS")}
    assert events_for("CHN", "USA") == ()


def test_each_event_is_cited() -> None:
    assert all(event.citation and event.title for event in all_events())
    assert len({event.key for event in all_events()}) == len(all_events())


def test_one_series_needs_no_legend() -> None:
    alone, both = (lines([Line(name, YEAR) for name in names], "USD", "about") for names in ("a", "ab"))
    assert _layer(alone.wide, "line")["encoding"]["color"]["legend"] is None
    assert _layer(both.wide, "line")["encoding"]["color"]["legend"]


def test_bars_carry_base_window_and_the_change() -> None:
    row = {"name": "Kyrgyzstan", "base": 1.0, "window": 7.9, "label": "+694 %"}
    values = bars([row], "EUR", "about", ("before", "after")).wide["data"]["values"]
    assert [(one["side"], one["value"], one["label"]) for one in values] == [
        ("before", 1.0, ""),
        ("after", 7.9, "+694 %"),
    ]


@pytest.mark.parametrize(
    "chart",
    [
        lines([Line("a", YEAR), Line("b", YEAR)], "USD a month", "about lines", [WAR]),
        bars(
            [{"name": "x", "base": 1.0, "window": None, "label": "no base"}], "EUR", "about bars", ("a", "b")
        ),
        columns([{"name": "x", "value": 2e9, "label": "2 bn"}], "EUR", "about columns"),
        lines([], "USD", "about nothing"),
    ],
    ids=["lines", "bars", "columns", "empty"],
)
def test_every_chart_is_drawn_in_two_widths_with_words(chart) -> None:
    wide, narrow = svg(chart.wide), svg(chart.narrow)
    assert wide.startswith("<svg")
    assert chart.wide["description"] == chart.narrow["description"] == chart.description
    assert "viewBox" in wide
    assert not re.search(r'<svg [^>]* width="', wide)
    assert _width(narrow) < _width(wide)


def _width(drawn: str) -> float:
    found = re.search(r'viewBox="0 0 ([\d.]+)', drawn)
    assert found
    return float(found[1])


def test_colours_are_variables_with_the_light_colour_as_fallback() -> None:
    drawn = svg(lines([Line("a", YEAR), Line("b", YEAR)], "USD", "about", [WAR]).wide)
    assert f"var(--c1,{SERIES[0]})" in drawn
    assert f"var(--ink,{INK})" in drawn
    assert not [colour for colour in VARIABLES if f'"{colour}"' in drawn]


def test_the_axis_writes_amounts_for_people() -> None:
    drawn = svg(lines([Line("a", dict.fromkeys(YEAR, 8000000000.0))], "USD a month", "about").wide)
    assert "8 bn" in drawn
    assert "USD a month" in drawn


def test_text_of_data_stays_text() -> None:
    hostile = "<script>alert(1)</script>"
    drawn = svg(columns([{"name": hostile, "value": 1.0, "label": hostile}], hostile, hostile).wide)
    assert "<script" not in drawn
    assert "&lt;script&gt;" in drawn


def test_widths_suit_a_screen_and_a_telephone() -> None:
    assert NARROW < 390 < WIDE
