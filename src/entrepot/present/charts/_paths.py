"""A map of trade through hubs: two legs each, as wide as their value."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from entrepot.model.place import place
from entrepot.present.charts._frame import (
    GRID,
    INK,
    MUTED,
    NARROW,
    PAPER,
    SERIES,
    TOLD,
    WIDE,
    Chart,
    Row,
    Spec,
    legend,
    number,
    told,
    whole,
)
from entrepot.present.charts._labels import Label, placed
from entrepot.present.charts._layout import Layout, Point, in_sight, layout
from entrepot.present.charts._words import wrapped
from entrepot.present.sentences import name

_HEIGHT = {WIDE: 380, NARROW: 230}
_WIDEST = {WIDE: 13.0, NARROW: 9.0}
_THINNEST = 0.8
_BEND = 0.16  # of a leg's length
_STEPS = 20
_UNKNOWN = "value not known"
_CREDIT = "Places: GeoNames. Land: Natural Earth."
_LEGS = ("from {0} to the hub", "from the hub to {1}", _UNKNOWN)


def paths(origin: str, destination: str, rows: Sequence[Row], unit: str, description: str) -> Chart:
    """Trade from an origin by way of hubs to a destination, each leg as wide as its value.

    origin, destination: codes of areas. rows: `hub` (code), `name`, `first` (value from the origin to the
    hub), `second` (from the hub to the destination), both null where not known, `label` (the values as
    text). Countries stand at their capitals, a group at its seat; where one has no place of its own, hubs
    stand one under the other, and invented countries on a circle. The land behind has no borders. A value
    that is not known is a dashed line of no width; a value of zero is no line.
    """
    wide, narrow = (_spec((origin, destination), rows, unit, description, width) for width in (WIDE, NARROW))
    return Chart(wide, narrow, description)


def _spec(ends: tuple[str, str], rows: Sequence[Row], unit: str, about: str, width: int) -> Spec:
    height = _HEIGHT[width]
    laid = layout(*ends, [row["hub"] for row in rows], width, height)
    legs = list(_legs(ends, rows, unit, laid, _WIDEST[width]))
    marks = list(_marks(ends, rows, laid))
    ways = [point for leg in legs for point in leg["points"]]
    labels = placed([(mark["at"], _words(mark, width)) for mark in marks], (width, height), ways)
    listed = [mark for mark, label in zip(marks, labels, strict=True) if _is_listed(mark, label)]
    layers = [
        *_land(laid, width, height),
        _curves(legs, ends, width),
        _dots(marks),
        _texts(labels),
        _list([*_under(listed, legs, unit, width), *([_CREDIT] if laid.projection else [])], height),
    ]
    return whole({"layer": layers, "height": height}, about, width)


def _legs(
    ends: tuple[str, str], rows: Sequence[Row], unit: str, laid: Layout, widest: float
) -> Iterator[Row]:
    """Two legs a hub, the widest first so that none hides another; none where the value is zero."""
    values = [number(row[key]) for row in rows for key in ("first", "second")]
    largest = max((value for value in values if value is not None), default=0)
    legs = [
        (row, side, key, pair)
        for row in rows
        for side, key, pair in (
            (0, "first", (ends[0], row["hub"])),
            (1, "second", (row["hub"], ends[1])),
        )
        if pair[0] != pair[1]
    ]
    for row, side, key, pair in sorted(legs, key=lambda leg: -(number(leg[0][leg[2]]) or 0)):
        value = number(row[key])
        if value is None or value > 0:
            names = (name(ends[0]), row["name"]) if side == 0 else (row["name"], name(ends[1]))
            yield {
                "id": f"{row['hub']} {key}",
                "side": _UNKNOWN if value is None else _LEGS[side].format(*map(name, ends)),
                "width": 1.2 if value is None else max(widest * value / largest, _THINNEST),
                "value": value,
                "told": f"{names[0]} to {names[1]}: {told(value, unit)}",
                "points": _curve(laid.points[pair[0]], laid.points[pair[1]], laid, ends),
            }


def _curve(start: Point, end: Point, laid: Layout, ends: tuple[str, str]) -> list[Point]:
    """A curve that bends away from the straight way between the two ends."""
    (x0, y0), (x1, y1) = laid.points[ends[0]], laid.points[ends[1]]
    middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    side = (x1 - x0) * (middle[1] - y0) - (y1 - y0) * (middle[0] - x0)
    bend = math.copysign(2 * _BEND, side) if laid.bent else 0
    way = (end[0] - start[0], end[1] - start[1])
    turn = 1 if way[0] * (x1 - x0) + way[1] * (y1 - y0) >= 0 else -1
    control = (middle[0] - bend * turn * way[1], middle[1] + bend * turn * way[0])
    return [_bezier(start, control, end, step / _STEPS) for step in range(_STEPS + 1)]


def _bezier(start: Point, control: Point, end: Point, at: float) -> Point:
    x, y = (
        (1 - at) ** 2 * a + 2 * at * (1 - at) * b + at**2 * c
        for a, b, c in zip(start, control, end, strict=True)
    )
    return round(x, 1), round(y, 1)


def _marks(ends: tuple[str, str], rows: Sequence[Row], laid: Layout) -> Iterator[Row]:
    """The points: both ends, then the hubs with their numbers."""
    for code in ends:
        yield _mark(code, name(code), "", laid) | {"size": 110, "number": ""}
    for nth, row in enumerate(rows, 1):
        if row["hub"] not in ends:
            yield _mark(row["hub"], row["name"], row["label"], laid) | {"size": 60, "number": str(nth)}


def _mark(code: str, called: str, label: str, laid: Layout) -> dict[str, Any]:
    found = place(code)
    seat = f" (drawn at {found.name}: {found.seat_of})" if found and found.seat_of else ""
    said = f"{called}: {label}" if label else called
    at = laid.points[code]
    called = called[:1].upper() + called[1:]
    return {"name": called, "label": label, "at": at, "x": at[0], "y": at[1], "told": said + seat}


def _words(mark: Row, width: int) -> list[tuple[str, ...]]:
    """What stands beside a point, its number where there is no room: always so on a telephone."""
    full = (mark["name"], mark["label"]) if mark["label"] else (mark["name"],)
    if not mark["number"]:
        return [full]
    return [(mark["number"],)] if width == NARROW else [full, (mark["number"],)]


def _is_listed(mark: Row, label: Label) -> bool:
    return label.lines == (mark["number"],)


def _under(listed: Sequence[Row], legs: Sequence[Row], unit: str, width: int) -> list[str]:
    """Lines of text below the map: hubs without room beside their point, and what the widest line is."""
    most = width / 5.6
    said = [f"{mark['number']}  {mark['name']}: {mark['label']}" for mark in listed]
    known = [leg["value"] for leg in legs if leg["value"] is not None]
    said += [f"The widest line is {told(max(known), unit).partition(' (')[0]}."] if known else []
    return [line for text in said for line in wrapped(text, most)]


def _land(laid: Layout, width: int, height: int) -> list[Spec]:
    """The land in sight; none behind a circle or a list."""
    if not laid.projection:
        return []
    shape = {"type": "MultiPolygon", "coordinates": in_sight(laid, width, height)}
    mark = {"type": "geoshape", "fill": GRID, "stroke": None, "aria": False, "clip": True}
    return [{"data": {"values": [shape]}, "mark": mark, "projection": laid.projection}]


def _curves(legs: Sequence[Row], ends: tuple[str, str], width: int) -> Spec:
    kinds = [one.format(*map(name, ends)) for one in _LEGS]
    used = [kind for kind in kinds if any(leg["side"] == kind for leg in legs)]
    ranges = dict(
        zip(kinds, zip((SERIES[0], SERIES[1], MUTED), ([1, 0], [1, 0], [3, 4]), strict=True), strict=True)
    )
    points = [
        {key: leg[key] for key in ("id", "side", "width", "told")} | {"step": step, "x": x, "y": y}
        for leg in legs
        for step, (x, y) in enumerate(leg["points"])
    ]
    colour = {"domain": used, "range": [ranges[kind][0] for kind in used]}
    dash = {"domain": used, "range": [ranges[kind][1] for kind in used]}
    return {
        "data": {"values": points},
        "mark": {"type": "line", "opacity": 0.8, "strokeCap": "butt"},
        "encoding": _at()
        | {
            "detail": {"field": "id"},
            "order": {"field": "step"},
            "color": {"field": "side", "type": "nominal", "scale": colour, "legend": legend(width, 12, used)},
            "strokeDash": {
                "field": "side",
                "type": "nominal",
                "scale": dash,
                "legend": legend(width, 12, used),
            },
            "strokeWidth": {"field": "width", "type": "quantitative", "scale": None, "legend": None},
            "description": TOLD,
        },
    }


def _at() -> Spec:
    """Pixels as they are."""
    return {side: {"field": side, "type": "quantitative", "scale": None, "axis": None} for side in ("x", "y")}


def _dots(marks: Sequence[Row]) -> Spec:
    size = {"field": "size", "type": "quantitative", "scale": None, "legend": None}
    return {
        "data": {"values": [{key: mark[key] for key in ("x", "y", "size", "told")} for mark in marks]},
        "mark": {"type": "circle", "color": INK, "opacity": 1},
        "encoding": _at() | {"size": size, "description": TOLD},
    }


def _texts(labels: Sequence[Label]) -> Spec:
    rows = [{"x": one.x, "y": one.y, "words": list(one.lines), "side": one.align} for one in labels]
    text = {"type": "text", "baseline": "top", "fontSize": 11}
    halo = {"color": PAPER, "stroke": PAPER, "strokeWidth": 3.5, "strokeJoin": "round", "opacity": 0.8}
    aligned = [
        {
            "data": {"values": [row for row in rows if row["side"] == side]},
            "mark": text | {"align": side} | style,
            "encoding": _at() | {"text": {"field": "words"}},
        }
        for style in (halo, {"color": INK})
        for side in ("left", "right", "center")
    ]
    return {"layer": aligned}


def _list(under: Sequence[str], height: int) -> Spec:
    rows = [{"x": 0, "y": height + 10 + 15 * nth, "words": line} for nth, line in enumerate(under)]
    mark = {"type": "text", "align": "left", "baseline": "top", "color": MUTED, "fontSize": 11}
    return {"data": {"values": rows}, "mark": mark, "encoding": _at() | {"text": {"field": "words"}}}
