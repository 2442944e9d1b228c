"""What is held month by month, told apart without colour."""

import re
from datetime import date

import pytest

from entrepot.present.charts import STATES, calendar, svg
from tests.present.test_charts_told import titles


def _row(state: str, month: int = 1, year: int = 2021, name: str = "XAA, exports") -> dict[str, object]:
    return {"name": name, "period": date(year, month, 1), "state": state}


def test_months_alike_are_one_bar_that_says_from_when_to_when() -> None:
    rows = [_row("held", 1), _row("held", 2), _row("missing", 3), _row("held", 4)]
    assert titles(svg(calendar(rows, "about").wide)) == [
        "XAA, exports, January 2021 to February 2021: held",
        "XAA, exports, March 2021: missing",
        "XAA, exports, April 2021: held",
    ]


def test_a_month_nobody_asked_about_is_left_blank() -> None:
    bars = calendar([_row("held", 1), _row("held", 3)], "about").wide["layer"][0]["data"]["values"]
    assert [(row["period"], row["until"]) for row in bars] == [
        ("2021-01-01", "2021-02-01"),
        ("2021-03-01", "2021-04-01"),
    ]


def test_on_a_telephone_a_year_of_several_states_is_partial_and_says_of_what() -> None:
    rows = [_row("held", month) for month in range(1, 11)] + [_row("missing", 11), _row("missing", 12)]
    rows += [_row("held", month, 2022) for month in range(1, 13)]
    assert titles(svg(calendar(rows, "about").narrow)) == [
        "XAA, exports, 2021: partial (10 held, 2 missing)",
        "XAA, exports, 2022: held",
    ]


def test_years_are_years() -> None:
    rows = [_row("held", 1, 2020), _row("held", 1, 2021), _row("missing", 1, 2022)]
    assert titles(svg(calendar(rows, "about").wide))[0] == "XAA, exports, 2020 to 2021: held"


def test_every_state_has_a_texture_of_its_own_defined_once_and_used() -> None:
    rows = [_row(state, month) for month, state in enumerate(STATES, 1)]
    drawn = svg(calendar(rows, "about").wide)
    insides = re.findall(r'<pattern id="([^"]*)"[^>]*>(.*?)</pattern>', drawn)
    assert len(insides) == len(STATES) == len({re.sub(r"#\w{6}|--\w+", "", inside) for _, inside in insides})
    assert {name for name, _ in insides} == set(re.findall(r"url\(#([^)]*)\)", drawn))
    for state in STATES:
        assert f">{state}</text>" in drawn  # the legend


def test_textures_of_two_charts_on_one_page_do_not_meet() -> None:
    one, two = (svg(calendar([_row("held", month)], "about").wide) for month in (1, 2))
    assert not set(re.findall(r'id="([^"]*)"', one)) & set(re.findall(r'id="([^"]*)"', two))


def test_a_state_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="no such state of a cell: guessed"):
        calendar([_row("guessed")], "about")


def test_nothing_held_is_an_empty_chart() -> None:
    assert svg(calendar([], "about").wide).startswith("<svg")


def test_twenty_years_of_forty_reporters_are_a_small_drawing() -> None:
    rows = [
        _row("held" if (year + month) % 9 else "missing", month, year, f"reporter {n}")
        for n in range(40)
        for year in range(2006, 2026)
        for month in range(1, 13)
    ]
    assert len(svg(calendar(rows, "about").wide)) < 700_000
    assert len(svg(calendar(rows, "about").narrow)) < 160_000
