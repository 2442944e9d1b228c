"""Where the ends and hubs of paths lie in a picture: on a map, on a circle, or one under the other."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from entrepot.model.area import area, is_group
from entrepot.model.place import Place, Ring, land, place
from entrepot.present.charts._frame import Spec

Point = tuple[float, float]
_LEAST = 0.16  # the least stretch of the globe shown, in radii: places near each other keep land around them
_EDGE = 0.17  # of the picture, free of points on each side


@dataclass(frozen=True)
class Layout:
    """Points of codes in pixels; the projection of the land behind them, if there is a map."""

    points: Mapping[str, Point]
    projection: Spec = field(default_factory=dict)
    centre: Point = (0.0, 0.0)  # longitude, latitude
    bent: bool = True


def layout(origin: str, destination: str, hubs: Sequence[str], width: int, height: int) -> Layout:
    """On a map where every place is known; invented countries on a circle; else hubs one under the other."""
    codes = tuple(dict.fromkeys((origin, *hubs, destination)))
    places = {code: found for code in codes if (found := place(code))}
    if len(places) == len(codes) and len({(p.latitude, p.longitude) for p in places.values()}) == len(codes):
        return _mapped(places, width, height)
    between = [code for code in codes if code not in {origin, destination}]
    if any(_is_invented(code) for code in codes):
        return Layout(_on_circle(origin, destination, between, width, height), bent=False)
    return Layout(_stacked(origin, destination, between, width, height), bent=False)


def _is_invented(code: str) -> bool:
    return not is_group(code) and area(code).name.startswith("simulated")


def _on_circle(
    origin: str, destination: str, between: Sequence[str], width: int, height: int
) -> dict[str, Point]:
    """The ends left and right, the hubs above and below by turns."""
    angles = {origin: math.pi, destination: 0.0}
    for side, codes in ((1, between[::2]), (-1, between[1::2])):
        for nth, code in enumerate(codes, 1):
            angles[code] = side * (math.pi - math.pi * nth / (len(codes) + 1))
    return {
        code: (width * (0.5 + 0.28 * math.cos(angle)), height * (0.5 - 0.36 * math.sin(angle)))
        for code, angle in angles.items()
    }


def _stacked(
    origin: str, destination: str, between: Sequence[str], width: int, height: int
) -> dict[str, Point]:
    """The ends left and right, the hubs in the middle from top to bottom."""
    ends = {origin: (width * 0.12, height / 2), destination: (width * 0.88, height / 2)}
    step = height / (len(between) + 1)
    return ends | {code: (width / 2, step * nth) for nth, code in enumerate(between, 1)}


def _mapped(places: Mapping[str, Place], width: int, height: int) -> Layout:
    """Lambert's azimuthal equal-area projection around the middle of the places, which fill the picture."""
    centre = _middle(list(places.values()))
    flat = {code: _flat(one, centre) for code, one in places.items()}
    (left, right), (low, high) = ((min(side), max(side)) for side in zip(*flat.values(), strict=True))
    room = 1 - 2 * _EDGE
    scale = min(
        width * room / max(right - left, _LEAST), height * room / max(high - low, _LEAST * height / width)
    )
    shift = (width / 2 - scale * (left + right) / 2, height / 2 + scale * (low + high) / 2)
    points = {code: (shift[0] + scale * x, shift[1] - scale * y) for code, (x, y) in flat.items()}
    projection = {
        "type": "azimuthalEqualArea",
        "rotate": [-centre[0], -centre[1], 0],
        "scale": scale,
        "translate": list(shift),
        "clipExtent": [[0, 0], [width, height]],
        "precision": 0.5,
    }
    return Layout(points, projection, centre)


def _middle(places: Sequence[Place]) -> Point:
    """The mean of places on the globe, as longitude and latitude."""
    angles = [(math.radians(one.longitude), math.radians(one.latitude)) for one in places]
    x = sum(math.cos(phi) * math.cos(lam) for lam, phi in angles)
    y = sum(math.cos(phi) * math.sin(lam) for lam, phi in angles)
    z = sum(math.sin(phi) for _, phi in angles)
    return math.degrees(math.atan2(y, x)), math.degrees(math.atan2(z, math.hypot(x, y)))


def _flat(one: Place, centre: Point) -> Point:
    """A place on the plane, in radii of the globe; the formula the renderer uses for the land."""
    lam, phi = math.radians(one.longitude - centre[0]), math.radians(one.latitude)
    phi0 = math.radians(centre[1])
    cosine = math.sin(phi0) * math.sin(phi) + math.cos(phi0) * math.cos(phi) * math.cos(lam)
    stretch = math.sqrt(2 / max(1 + cosine, 1e-9))
    x = math.cos(phi) * math.sin(lam)
    y = math.cos(phi0) * math.sin(phi) - math.sin(phi0) * math.cos(phi) * math.cos(lam)
    return stretch * x, stretch * y


def in_sight(laid: Layout, width: int, height: int) -> list[tuple[Ring, ...]]:
    """The polygons of land of which a part may be in the picture."""
    reach = math.hypot(width, height) / laid.projection["scale"]
    return [
        polygon
        for polygon in land()
        if any(math.hypot(*_flat(Place("", y, x), laid.centre)) < reach for x, y in polygon[0])
    ]
