"""Trade through hubs on a map without borders: every value a line of its width, every word readable."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.present.charts import Chart, paths, svg
from entrepot.present.charts._labels import placed
from entrepot.present.charts._layout import layout
from entrepot.present.charts._words import LETTER
from tests.present.test_charts_told import titles

HUBS = (("KGZ", "Kyrgyzstan", 4e9, 1e9), ("ARM", "Armenia", 1e9, None), ("TUR", "Türkiye", 2e9, 0.0))


def _rows(hubs=HUBS) -> list[dict[str, object]]:
    return [
        {"hub": code, "name": name, "first": first, "second": second, "label": "a label"}
        for code, name, first, second in hubs
    ]


def _legs(chart: Chart) -> dict[str, float]:
    layer = next(one for one in chart.wide["layer"] if one.get("mark", {}).get("type") == "line")
    return {row["id"]: row["width"] for row in layer["data"]["values"]}


def _has_land(chart: Chart) -> bool:
    return any(one.get("mark", {}).get("type") == "geoshape" for one in chart.wide["layer"])


def test_a_leg_is_as_wide_as_its_value_one_of_zero_is_no_line_and_an_unknown_one_is_dashed() -> None:
    chart = paths("CHN", "RUS", _rows(), "USD a year", "about")
    legs = _legs(chart)
    assert legs["KGZ first"] == pytest.approx(4 * legs["KGZ second"])
    assert "TUR second" not in legs
    told = titles(svg(chart.wide))
    assert "China to Kyrgyzstan: 4 bn USD a year (4,000,000,000)" in told
    assert "Armenia to Russia: not known" in told
    assert "value not known" in svg(chart.wide)
    assert re.search(r'stroke-dasharray="3,4"', svg(chart.wide))


def test_the_widest_line_is_told_for_there_is_no_axis() -> None:
    assert "The widest line is 4 bn USD a year." in svg(paths("CHN", "RUS", _rows(), "USD a year", "x").wide)


def test_a_group_with_a_seat_is_drawn_there_and_says_so() -> None:
    chart = paths("EU27", "RUS", _rows(), "EUR", "about")
    assert _has_land(chart)
    assert any("drawn at Brussels" in one for one in titles(svg(chart.wide)))


@pytest.mark.parametrize("hub", ["_X", "AFRICA"])
def test_a_hub_without_a_place_leaves_the_map(hub) -> None:
    chart = paths("CHN", "RUS", _rows([*HUBS, (hub, "elsewhere", 1e9, 1e9)]), "USD", "about")
    assert not _has_land(chart)
    assert len(_legs(chart)) == 7


def test_two_ends_at_one_place_leave_the_map() -> None:
    assert not _has_land(paths("EU27", "RUS", _rows([("BEL", "Belgium", 1e9, 1e9)]), "USD", "about"))


def test_invented_countries_lie_on_a_circle_on_a_blank_map() -> None:
    laid = layout("XAA", "XBB", ["XCC", "XDD", "XEE"], 600, 400)
    assert not laid.projection
    ends = {
        code: ((x - 300) / (0.28 * 600), (y - 200) / (0.36 * 400)) for code, (x, y) in laid.points.items()
    }
    assert all(math.hypot(*at) == pytest.approx(1) for at in ends.values())
    assert len({(round(x, 6), round(y, 6)) for x, y in ends.values()}) == 5


def test_the_map_fits_its_places_and_the_land_in_sight() -> None:
    laid = layout("CHN", "RUS", ["KGZ", "TUR"], 600, 400)
    assert all(0 < x < 600 and 0 < y < 400 for x, y in laid.points.values())
    assert laid.points["TUR"][0] < laid.points["KGZ"][0] < laid.points["CHN"][0]  # west is left
    assert laid.points["RUS"][1] < laid.points["TUR"][1]  # north is up


def test_land_is_drawn_where_the_points_are() -> None:
    """The renderer projects the land, we the points: the projection is the same."""
    chart = paths("GBR", "JPN", [], "USD", "about")
    shape = next(one for one in chart.wide["layer"] if one["mark"]["type"] == "geoshape")
    point = {"type": "Point", "coordinates": [-0.126, 51.509]}  # London, as the renderer would put it
    shape = shape | {"data": {"values": [point]}}
    drawn = svg(chart.wide | {"layer": [shape]})
    [(x, y)] = re.findall(r'd="M([-\d.]+),([-\d.]+)m', drawn)
    at = layout("GBR", "JPN", [], 640, 380).points["GBR"]
    assert (float(x), float(y)) == pytest.approx(at, abs=0.2)


def test_a_hub_on_a_telephone_is_a_number_told_below() -> None:
    drawn = svg(paths("CHN", "RUS", _rows(), "USD", "about").narrow)
    assert ">1</text>" in drawn
    assert "1 Kyrgyzstan: a label" in drawn.replace("1  Kyrgyzstan", "1 Kyrgyzstan")


@pytest.mark.parametrize("origin", ["CHN", "USA", "BRA", "EU27", "NZL"])
def test_a_map_is_a_small_drawing(origin) -> None:
    chart = paths(origin, "RUS", _rows(), "USD a year", "about")
    assert max(len(svg(spec).encode()) for spec in (chart.wide, chart.narrow)) < 120_000


def test_no_hub_at_all_is_a_map_of_two_places() -> None:
    assert {"China", "Russia"} <= set(titles(svg(paths("CHN", "RUS", [], "USD", "about").wide)))


_points = st.tuples(st.floats(0, 600), st.floats(0, 400))


@given(st.lists(st.tuples(_points, st.text("abcdef 中", min_size=1, max_size=20)), max_size=12))
def test_words_with_room_neither_cover_each_other_nor_leave_the_picture(wanted) -> None:
    found = placed([(point, [(text, text), ()]) for point, text in wanted], (600, 400))
    boxes = [_box(label) for label in found if label.lines]
    assert all(left >= -1 and top >= 0 and right <= 601 and low <= 400 for left, top, right, low in boxes)
    for nth, one in enumerate(boxes):
        for two in boxes[:nth]:
            assert one[0] >= two[2] - 0.01 or two[0] >= one[2] - 0.01 or one[1] >= two[3] or two[1] >= one[3]


def _box(label) -> tuple[float, float, float, float]:
    wide = max(sum(2 if one == "中" else 1 for one in line) for line in label.lines) * LETTER
    left = {"left": label.x, "right": label.x - wide, "center": label.x - wide / 2}[label.align]
    return left, label.y, left + wide, label.y + 27
