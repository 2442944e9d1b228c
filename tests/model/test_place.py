"""Where countries are drawn, and the land behind them."""

import math
from itertools import pairwise

import pytest

from entrepot.model.area import area, is_group
from entrepot.model.place import Ring, land, place


@pytest.mark.parametrize(
    ("code", "name", "north", "east"),
    [
        ("CHN", "Beijing", 39.9, 116.4),
        ("USA", "Washington", 38.9, -77.0),
        ("KGZ", "Bishkek", 42.9, 74.6),
        ("EU27", "Brussels", 50.9, 4.3),
    ],
)
def test_a_country_is_drawn_at_its_capital_and_a_group_at_its_seat(code, name, north, east) -> None:
    found = place(code)
    assert found.name == name
    assert (found.latitude, found.longitude) == pytest.approx((north, east), abs=0.1)
    assert bool(found.seat_of) == is_group(code)


@pytest.mark.parametrize("code", ["XAA", "_X", "WLD", "eu-neighbours-6"])
def test_what_has_no_place_of_its_own_has_none(code) -> None:
    assert place(code) is None


def test_places_are_of_areas_and_on_the_globe() -> None:
    from entrepot.model.place import _places

    assert len(_places()) > 230
    for code, one in _places().items():
        assert is_group(code) or area(code).kind == "country", code
        assert abs(one.latitude) <= 90
        assert abs(one.longitude) <= 180


def _is_on_land(longitude: float, latitude: float) -> bool:
    return sum(_is_inside(ring, longitude, latitude) for polygon in land() for ring in polygon) % 2 == 1


def _is_inside(ring: Ring, x: float, y: float) -> bool:
    crossings = (
        (y0 > y) != (y1 > y) and x < x0 + (x1 - x0) * (y - y0) / (y1 - y0)
        for (x0, y0), (x1, y1) in pairwise(ring)
    )
    return sum(crossings) % 2 == 1


@pytest.mark.parametrize("code", ["CHN", "RUS", "KGZ", "BRA", "ETH", "MNG", "ESP"])
def test_land_is_where_inland_capitals_are(code) -> None:
    found = place(code)
    assert _is_on_land(found.longitude, found.latitude)


@pytest.mark.parametrize(
    "at", [(51.0, 42.0), (-30.0, 30.0), (-150.0, 0.0)], ids=["Caspian", "Atlantic", "Pacific"]
)
def test_water_is_where_water_is(at) -> None:
    assert not _is_on_land(*at)


def test_no_outline_is_turned_inside_out() -> None:
    """A renderer on the globe fills what lies to the right of an outline: turned round, all but the land."""
    assert all(_area(polygon[0]) < 2 * math.pi for polygon in land())


def _area(ring: Ring) -> float:
    """In radii squared, for a ring walked clockwise as seen from above."""
    total = 0.0
    for (x0, y0), (x1, y1) in pairwise(ring):
        way = math.radians(x1 - x0)
        one, two = (math.radians(y) / 2 + math.pi / 4 for y in (y0, y1))
        both = math.sin(one) * math.sin(two)
        cosine = math.cos(one) * math.cos(two) + both * math.cos(way)
        total += 2 * math.atan2(both * math.sin(way), cosine)
    return total if total >= 0 else total + 4 * math.pi
