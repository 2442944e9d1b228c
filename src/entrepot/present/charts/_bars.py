"""Bars: two periods side by side, and one value a row."""

from __future__ import annotations

from collections.abc import Sequence

from entrepot.present.charts._frame import (
    INK,
    NARROW,
    PALE,
    SERIES,
    TOLD,
    WIDE,
    Chart,
    Row,
    Spec,
    legend,
    name_axis,
    name_room,
    number,
    row_step,
    told,
    value_axis,
    whole,
)

_LABEL: Spec = {"type": "text", "align": "left", "dx": 5, "color": INK, "fontSize": 11}
_NAMES = {WIDE: 220, NARROW: 110}  # pixels a name may take


def bars(rows: Sequence[Row], unit: str, description: str, sides: tuple[str, str]) -> Chart:
    """Two bars for each row: the base above, the window below it with the change written at its end.

    rows: `name`, `base`, `window` (units; null not reported), `label` (the change as text). sides: what the
    two bars are called.
    """
    names = [row["name"] for row in rows]
    data = [
        {
            "name": row["name"],
            "side": side,
            "value": number(row[key]),
            "at": max(number(row[key]) or 0, 0),
            "label": row["label"] if key == "window" else "",
            "told": f"{row['name']}, {side}: {told(row[key], unit)}",
        }
        for row in rows
        for key, side in zip(("base", "window"), sides, strict=True)
    ]
    wide, narrow = (
        _bars_spec(data, names, sides, unit, about=description, width=width) for width in (WIDE, NARROW)
    )
    return Chart(wide, narrow, description)


def _bars_spec(
    data: Sequence[Row], names: list[str], sides: tuple[str, str], unit: str, *, about: str, width: int
) -> Spec:
    colour = {
        "field": "side",
        "type": "nominal",
        "scale": {"domain": list(sides), "range": [PALE, SERIES[0]]},
        "legend": legend(width, 14, sides),
    }
    offset = {"field": "side", "sort": list(sides)}
    most = _NAMES[width]
    places = {"y": name_axis(names, most), "yOffset": offset, "x": value_axis("x", unit, width)}
    layers = [
        {
            "mark": {"type": "bar", "cornerRadiusEnd": 1},
            "encoding": places | {"color": colour, "description": TOLD},
        },
        {"mark": _LABEL, "encoding": _beside(places)},
    ]
    room = width - name_room(names, most) - (20 if width == WIDE else 40)
    return whole({"data": {"values": list(data)}, "layer": layers, "height": {"step": 17}}, about, room)


def _beside(places: Spec) -> Spec:
    """Words at the end of a bar, or where it would begin."""
    return places | {"x": places["x"] | {"field": "at"}, "text": {"field": "label"}}


def columns(rows: Sequence[Row], unit: str, description: str) -> Chart:
    """One bar for each row, in the order given.

    rows: `name`, `value`, `label` (the value as text).
    """
    data = [
        {
            "name": row["name"],
            "value": number(row["value"]),
            "at": max(number(row["value"]) or 0, 0),
            "label": row["label"],
            "told": f"{row['name']}: {told(row['value'], unit)}",
        }
        for row in rows
    ]
    wide, narrow = (_columns_spec(data, unit, description, width) for width in (WIDE, NARROW))
    return Chart(wide, narrow, description)


def _columns_spec(data: Sequence[Row], unit: str, about: str, width: int) -> Spec:
    names, most = [row["name"] for row in data], _NAMES[width]
    places = {"y": name_axis(names, most), "x": value_axis("x", unit, width)}
    bar = {"type": "bar", "color": SERIES[0], "cornerRadiusEnd": 1, "height": 13}
    layers = [
        {"mark": bar, "encoding": places | {"description": TOLD}},
        {"mark": _LABEL, "encoding": _beside(places)},
    ]
    room = width - name_room(names, most) - (30 if width == WIDE else 40)
    height = row_step(names, most, 20)
    return whole({"data": {"values": list(data)}, "layer": layers, "height": height}, about, room)
