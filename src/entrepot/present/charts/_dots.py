"""Estimates: one among what chance alone gives, and rows of them with their intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence

from entrepot.present.charts._frame import (
    GRID,
    INK,
    MUTED,
    NARROW,
    PALE,
    PAPER,
    SERIES,
    TOLD,
    WIDE,
    Chart,
    Row,
    Spec,
    name_axis,
    name_room,
    number,
    row_step,
    span,
    told,
    value_axis,
    whole,
)
from entrepot.present.charts._words import LETTER, letters

_MOST_BINS = {WIDE: 40, NARROW: 20}
UNKNOWN = "not known"


def spread(values: Sequence[float], marked: float | None, unit: str, description: str) -> Chart:
    """How placebo values are spread, counted in steps, with the one asked about marked among them.

    marked: null where it is not known; that is then written in its place. unit: as in `lines`.
    """
    known = [one for one in (number(value) for value in values) if one is not None]
    wide, narrow = (_spread_spec(known, number(marked), unit, description, width) for width in (WIDE, NARROW))
    return Chart(wide, narrow, description)


def _spread_spec(known: Sequence[float], marked: float | None, unit: str, about: str, width: int) -> Spec:
    x = value_axis("x", unit, width) | {"field": "low"}
    x["axis"] = x["axis"] | {"tickCount": 7 if width == WIDE else 4, "grid": False}
    rows = _counted(known, marked, unit, _MOST_BINS[width])
    counts = {"title": "placebos", "titleAngle": 0, "titleAlign": "left", "titleY": -26, "titleX": -24}
    y = {
        "field": "count",
        "type": "quantitative",
        "axis": counts | {"values": _whole_ticks(rows), "format": "d", "domain": False, "ticks": False},
    }
    bars = {
        "data": {"values": rows},
        "mark": {"type": "rect", "color": PALE, "stroke": PAPER, "strokeWidth": 1},
        "encoding": {"x": x, "x2": {"field": "high"}, "y": y, "y2": {"datum": 0}, "description": TOLD},
    }
    layers = [bars, _zero(x), *_marked(marked, known, unit, x)]
    return whole({"layer": layers, "height": 150 if width == WIDE else 130}, about, width)


def _whole_ticks(rows: Sequence[Row]) -> list[int]:
    """At most four counts for the axis: half a case is none."""
    most = max((int(row["count"]) for row in rows), default=1)
    return list(range(0, most + 1, math.ceil(most / 3)))


def _counted(known: Sequence[float], marked: float | None, unit: str, most: int) -> list[Row]:
    """How many values lie in each step; the steps are round numbers and start at a multiple of them."""
    if not known:
        return []
    step = _step((max(known) - min(known)) / most)
    found: dict[int, int] = {}
    for value in known:
        place = math.floor(value / step)
        found[place] = found.get(place, 0) + 1
    return [
        {
            "low": place * step,
            "high": (place + 1) * step,
            "count": count,
            "told": f"{count} of {len(known)} placebos: {span(place * step, (place + 1) * step, unit)}",
        }
        for place, count in sorted(found.items())
    ]


def _step(least: float) -> float:
    """The next round number: 1, 2 or 5 times a power of ten."""
    if least <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(least))
    return next(times * power for times in (1, 2, 5, 10) if times * power >= least)


def _zero(x: Spec) -> Spec:
    mark = {"type": "rule", "color": MUTED, "strokeWidth": 1}
    return {"data": {"values": [{"low": 0}]}, "mark": mark, "encoding": {"x": x}}


def _marked(marked: float | None, known: Sequence[float], unit: str, x: Spec) -> list[Spec]:
    """The value asked about as a rule with its words; without one, words that say so."""
    words = f"the one asked: {told(marked, unit).partition(' (')[0]}"
    values = {"values": [{"low": marked, "label": words, "told": f"{words}; {len(known)} placebos"}]}
    left = marked is None or not known or marked <= (min(known) + max(known)) / 2
    text = {"type": "text", "color": INK, "fontSize": 11, "fontWeight": "bold", "y": -5, "baseline": "bottom"}
    text |= {"align": "left" if left else "right"}
    if marked is None:
        return [{"data": values, "mark": text | {"x": 0}, "encoding": {"text": {"field": "label"}}}]
    rule = {"type": "rule", "color": SERIES[1], "strokeWidth": 3, "aria": True}
    return [
        {"data": values, "mark": rule, "encoding": {"x": x, "description": TOLD}},
        {"data": values, "mark": text, "encoding": {"x": x, "text": {"field": "label"}}},
    ]


def intervals(rows: Sequence[Row], unit: str, description: str) -> Chart:
    """One estimate a row with its interval, in the order given, beside a line at zero.

    rows: `name`, `value`, `low`, `high` (null where not known; an estimate without an interval has no
    whiskers), `label` (the estimate as text). An unknown estimate is written, never drawn at zero.
    """
    data = [
        {
            "name": row["name"],
            "value": number(row["value"]),
            "low": number(row["low"]),
            "high": number(row["high"]),
            "label": row["label"] if number(row["value"]) is not None else row["label"] or UNKNOWN,
            "told": f"{row['name']}: {told(row['value'], unit)}; {span(row['low'], row['high'], unit)}",
        }
        for row in rows
    ]
    wide, narrow = (_intervals_spec(data, unit, description, width) for width in (WIDE, NARROW))
    return Chart(wide, narrow, description)


def _intervals_spec(data: Sequence[Row], unit: str, about: str, width: int) -> Spec:
    called, most = [row["name"] for row in data], 220 if width == WIDE else 100
    names = name_axis(called, most)
    told_room = round(max((letters(row["label"]) for row in data), default=0) * LETTER) + 8
    room = max(width + 40 - name_room(called, most) - told_room, 100)
    x = value_axis("x", unit, width)
    places = {"y": names, "x": x}
    ends = [row for row in data if row["low"] is not None and row["high"] is not None]
    whisker = {"type": "rule", "color": SERIES[0], "strokeWidth": 2, "aria": True}
    dot = {"type": "circle", "color": SERIES[0], "size": 70, "opacity": 1}
    words = {"type": "text", "align": "left", "color": INK, "fontSize": 11, "x": room + 8}
    layers = [
        {
            "data": {"values": ends},
            "mark": whisker,
            "encoding": {"y": names, "x": x | {"field": "low"}, "x2": {"field": "high"}, "description": TOLD},
        },
        {
            "data": {"values": [{"value": 0}]},
            "mark": {"type": "rule", "color": MUTED},
            "encoding": {"x": x},
        },
        {
            "data": {"values": [row for row in data if row["value"] is not None]},
            "mark": dot,
            "encoding": places | {"description": TOLD},
        },
        {
            "data": {"values": list(data)},
            "mark": words,
            "encoding": {"y": names, "text": {"field": "label"}},
        },
    ]
    view = {"stroke": GRID} if not ends else {"stroke": None}
    return whole({"layer": layers, "height": row_step(called, most, 22), "view": view}, about, room)
