"""Where to draw a country on a map, and the land behind it.

A country is drawn at its capital (`reference/capitals.csv`, GeoNames), a group at its seat where the text
that founded it names one, and nowhere else. Land has no borders (`reference/land.json`, Natural Earth): many
are contested, and none is needed to show trade.
"""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from types import MappingProxyType
from typing import TYPE_CHECKING

from entrepot.model.resources import folder

if TYPE_CHECKING:
    from collections.abc import Mapping

Ring = tuple[tuple[float, float], ...]  # longitude, latitude


@dataclass(frozen=True, slots=True)
class Place:
    """A point on the globe in degrees: its name, and who says so where it is the seat of a group."""

    name: str
    latitude: float
    longitude: float
    seat_of: str = ""


def place(code: str) -> Place | None:
    """Where an area is drawn; None for one without a place of its own, and for one invented."""
    return _places().get(code)


@cache
def _places() -> Mapping[str, Place]:
    text = folder("reference").joinpath("capitals.csv").read_text(encoding="utf-8")
    return MappingProxyType(
        {
            row["iso3"]: Place(row["name"], float(row["latitude"]), float(row["longitude"]), row["seat_of"])
            for row in csv.DictReader(io.StringIO(text))
        }
    )


@cache
def land() -> tuple[tuple[Ring, ...], ...]:
    """The land of the world: for each polygon its outline and its holes (the Caspian Sea)."""
    told = json.loads(folder("reference").joinpath("land.json").read_text(encoding="utf-8"))
    return tuple(tuple(_ring(steps, told["scale"]) for steps in polygon) for polygon in told["polygons"])


def _ring(steps: list[int], scale: int) -> Ring:
    """A ring from its first point and the way from each point to the next."""
    east, north = accumulate(steps[::2]), accumulate(steps[1::2])
    return tuple((x / scale, y / scale) for x, y in zip(east, north, strict=True))
