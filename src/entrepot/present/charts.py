"""Charts as Vega-Lite specifications made from the rows of answers, and as SVG rendered without a network.

Each chart is drawn twice, for a screen and for a telephone: letters that shrink with the picture cannot be
read. Colours are told apart by people with any colour vision (after Okabe and Ito) and change with the
page's light or dark scheme: the SVG names them as CSS variables with the light colour as a fallback.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from entrepot.model.event import Event

Row = Mapping[str, Any]
Spec = dict[str, Any]

WIDE, NARROW = 640, 270
_LABEL = 22  # pixels the number of an event needs
INK, MUTED, GRID, PALE = "#1b1f24", "#5b6470", "#dfe3e8", "#a9b4c0"
SERIES = ("#0072b2", "#d55e00", "#009e73", "#b8860b", "#cc79a7", "#56b4e9", "#7f6b5d")
VARIABLES = {INK: "ink", MUTED: "muted", GRID: "grid", PALE: "pale"} | {
    c: f"c{i}" for i, c in enumerate(SERIES, 1)
}
_DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [4, 4], [1, 3], [10, 4])
_PEOPLE = "replace(replace(replace(format(datum.value, '~s'), 'G', ' bn'), 'M', ' m'), 'k', ' k')"


@dataclass(frozen=True)
class Chart:
    """One chart in two widths, its numbered events, and words for those who cannot see it."""

    wide: Spec
    narrow: Spec
    description: str
    events: tuple[tuple[str, str], ...] = ()  # number, what happened


@dataclass(frozen=True)
class Line:
    """One series: its label, and a value (null where not reported) for each period."""

    label: str
    points: Mapping[date, float | None]


def lines(series: Sequence[Line], unit: str, description: str, events: Sequence[Event] = ()) -> Chart:
    """Values over time, one line a series; a period nobody reported breaks the line.

    unit: what the axis measures ("USD a month"). events: those inside the periods shown get a numbered rule.
    """
    shown = {day for line in series for day in line.points}
    drawn = [e for e in events if shown and min(shown) <= e.date.replace(day=1) <= max(shown)]
    told = tuple(
        (str(n), f"{event.when}: {event.title} ({event.citation})") for n, event in enumerate(drawn, 1)
    )
    data = [row for line in series for row in _points(line, shown)]
    order = [line.label for line in series]
    wide, narrow = (
        _lines_spec(data, order, _rules(drawn, shown, width), unit, about=description, width=width)
        for width in (WIDE, NARROW)
    )
    return Chart(wide, narrow, description, told)


def _points(line: Line, shown: set[date]) -> Iterable[Row]:
    first, last = min(line.points, default=None), max(line.points, default=None)
    for day in sorted(shown):
        if first is not None and last is not None and first <= day <= last:
            yield {"period": day.isoformat(), "series": line.label, "value": line.points.get(day)}


def _rules(events: Sequence[Event], shown: set[date], width: int) -> list[Row]:
    """A rule for each event; those too close for two labels share one: "2–3"."""
    runs: list[list[int]] = []
    room = _LABEL * _months(min(shown), max(shown)) / width if shown else 0
    for number, event in enumerate(events, 1):
        if runs and _months(events[runs[-1][0] - 1].date, event.date) < room:
            runs[-1].append(number)
        else:
            runs.append([number])
    return [
        {"period": events[n - 1].date.replace(day=1).isoformat(), "label": _span(run) if n == run[0] else ""}
        for run in runs
        for n in run
    ]


def _months(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month


def _span(numbers: Sequence[int]) -> str:
    return str(numbers[0]) if len(numbers) == 1 else f"{numbers[0]}–{numbers[-1]}"


def _lines_spec(
    data: Sequence[Row], order: list[str], marks: Sequence[Row], unit: str, *, about: str, width: int
) -> Spec:
    x = {"field": "period", "type": "temporal", "title": None, "axis": _time_axis(width)}
    colour = {
        "field": "series",
        "type": "nominal",
        "scale": {"domain": order, "range": list(SERIES[: len(order)])},
        "legend": _legend(width, 42) if len(order) > 1 else None,
    }
    dash = {"field": "series", "scale": {"domain": order, "range": _DASHES[: len(order)]}, "legend": None}
    line = {
        "data": {"values": list(data)},
        "mark": {
            "type": "line",
            "strokeWidth": 2,
            "invalid": "break-paths-show-domains",
            "interpolate": "linear",
        },
        "encoding": {"x": x, "y": _value("y", unit, width), "color": colour, "strokeDash": dash},
    }
    rules = {
        "data": {"values": list(marks)},
        "mark": {"type": "rule", "color": MUTED, "strokeDash": [3, 3], "strokeWidth": 1},
        "encoding": {"x": x},
    }
    labels = {
        "data": {"values": list(marks)},
        "mark": {"type": "text", "color": MUTED, "baseline": "bottom", "dy": -4, "y": 0, "fontSize": 10},
        "encoding": {"x": x, "text": {"field": "label"}},
    }
    layers = [rules, line, labels] if marks else [line]
    return _whole({"layer": layers, "height": 250 if width == WIDE else 210}, about, width)


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
            "value": row[key],
            "label": row["label"] if key == "window" else "",
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
    y = {
        "field": "name",
        "type": "nominal",
        "sort": names,
        "title": None,
        "axis": {"labelLimit": 160, "grid": False},
    }
    offset = {"field": "side", "sort": list(sides)}
    colour = {
        "field": "side",
        "type": "nominal",
        "scale": {"domain": list(sides), "range": [PALE, SERIES[0]]},
        "legend": _legend(width, 14),
    }
    places = {"y": y, "yOffset": offset, "x": _value("x", unit, width)}
    layers = [
        {"mark": {"type": "bar", "cornerRadiusEnd": 1}, "encoding": places | {"color": colour}},
        {
            "mark": {"type": "text", "align": "left", "dx": 5, "color": INK, "fontSize": 11},
            "encoding": places | {"text": {"field": "label"}},
        },
    ]
    room = WIDE - 190 if width == WIDE else NARROW - 150
    return _whole({"data": {"values": list(data)}, "layer": layers, "height": {"step": 17}}, about, room)


def columns(rows: Sequence[Row], unit: str, description: str) -> Chart:
    """One bar for each row, in the order given.

    rows: `name`, `value`, `label` (the value as text).
    """
    wide, narrow = (_columns_spec(rows, unit, description, width) for width in (WIDE, NARROW))
    return Chart(wide, narrow, description)


def _columns_spec(rows: Sequence[Row], unit: str, about: str, width: int) -> Spec:
    names = [row["name"] for row in rows]
    axis = {"labelLimit": 240 if width == WIDE else 120, "grid": False}
    y = {"field": "name", "type": "nominal", "sort": names, "title": None, "axis": axis}
    places = {"y": y, "x": _value("x", unit, width)}
    layers = [
        {"mark": {"type": "bar", "color": SERIES[0], "cornerRadiusEnd": 1, "height": 13}, "encoding": places},
        {
            "mark": {"type": "text", "align": "left", "dx": 5, "color": INK, "fontSize": 11},
            "encoding": places | {"text": {"field": "label"}},
        },
    ]
    room = WIDE - 210 if width == WIDE else NARROW - 100
    return _whole({"data": {"values": list(rows)}, "layer": layers, "height": {"step": 20}}, about, room)


def _value(side: str, unit: str, width: int) -> Spec:
    axis: Spec = {"labelExpr": _PEOPLE, "tickCount": 5, "title": unit, "domain": False, "ticks": False}
    if side == "y":
        axis |= {"titleAngle": 0, "titleAlign": "left", "titleAnchor": "start", "titleY": -22, "titleX": -34}
    else:
        axis |= {"tickCount": 4 if width == WIDE else 2}
    return {"field": "value", "type": "quantitative", "axis": axis, "scale": {"zero": True, "nice": True}}


def _time_axis(width: int) -> Spec:
    return {
        "format": "%Y" if width == WIDE else "’%y",
        "tickCount": "year",
        "grid": False,
        "labelFlush": False,
    }


def _legend(width: int, offset: int) -> Spec:
    shape: Spec = {
        "orient": "top",
        "title": None,
        "symbolStrokeWidth": 2.5,
        "labelLimit": 330,
        "offset": offset,
    }
    return shape | ({"direction": "vertical"} if width == NARROW else {})


def _whole(spec: Spec, about: str, width: int) -> Spec:
    config = {
        "background": None,
        "font": "sans-serif",
        "view": {"stroke": None},
        "axis": {
            "labelColor": MUTED,
            "titleColor": MUTED,
            "gridColor": GRID,
            "domainColor": PALE,
            "tickColor": PALE,
            "labelFontSize": 11,
            "titleFontSize": 11,
            "titleFontWeight": "normal",
            "labelPadding": 5,
        },
        "legend": {"labelColor": INK, "labelFontSize": 12},
        "text": {"color": INK},
    }
    schema = "https://vega.github.io/schema/vega-lite/v6.json"
    return {"$schema": schema, "description": about, "width": width, "config": config} | spec


def svg(spec: Spec) -> str:
    """The chart as SVG whose colours are CSS variables, with no width of its own: it fills its frame."""
    import vl_convert

    drawn = vl_convert.vegalite_to_svg(spec, vl_version="6.4", show_warnings=False, allowed_base_urls=[])
    drawn = _own_ids(drawn, spec)
    for colour, name in VARIABLES.items():
        drawn = re.sub(rf'"{colour}"', f'"var(--{name},{colour})"', drawn, flags=re.IGNORECASE)
    return re.sub(r'<svg ([^>]*?)width="([\d.]+)" height="([\d.]+)"', r"<svg \1", drawn, count=1)


def _own_ids(drawn: str, spec: Spec) -> str:
    """The renderer counts its clips through its life: named after the chart, they are the same every time."""
    name = hashlib.sha256(json.dumps(spec, sort_keys=True, default=str).encode()).hexdigest()[:8]
    order = {found: place for place, found in enumerate(dict.fromkeys(re.findall(r"\bclip(\d+)\b", drawn)))}
    return re.sub(r"\bclip(\d+)\b", lambda found: f"clip-{name}-{order[found[1]]}", drawn)
