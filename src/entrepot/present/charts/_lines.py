"""Values over time, with what is uncertain about them and what happened meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from entrepot.model.event import Event
from entrepot.present.charts._frame import (
    MUTED,
    NARROW,
    PALE,
    SERIES,
    TOLD,
    WIDE,
    Chart,
    Row,
    Spec,
    is_yearly,
    legend,
    number,
    span,
    time_axis,
    told,
    value_axis,
    when,
    whole,
)

Shaded = Sequence[tuple[date, date, str]]
Points = Mapping[date, float | None]
_LABEL = {1: 22, 2: 36}  # pixels the number of an event needs, by its digits
_CLOSE = 8  # pixels between periods from which on round points do not cover each other
_DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [4, 4], [1, 3], [10, 4])


@dataclass(frozen=True)
class Line:
    """One series: its label, a value (null where not reported) for each period, and its 90 % interval."""

    label: str
    points: Points
    low: Points = field(default_factory=dict)
    high: Points = field(default_factory=dict)


def lines(
    series: Sequence[Line],
    unit: str,
    description: str,
    events: Sequence[Event] = (),
    shaded: Shaded = (),
) -> Chart:
    """Values over time, one line a series; a period nobody reported breaks the line.

    unit: what the axis measures ("USD a month"; "%" for fractions). events: those inside the periods shown
    get a numbered rule. shaded: stretches of time set off (first and last period, what it is): base, window.
    """
    shown = {day for line in series for day in line.points}
    drawn = [e for e in events if shown and min(shown) <= e.date.replace(day=1) <= max(shown)]
    happened = tuple(
        (str(n), f"{event.when}: {event.title} ({event.citation})") for n, event in enumerate(drawn, 1)
    )
    yearly = is_yearly(shown, unit)
    data = [row for line in series for row in _points(line, shown, unit, yearly=yearly)]
    order = [_label(line) for line in series]
    areas = _areas(shaded, shown, yearly=yearly)
    wide, narrow = (
        _spec(data, order, _rules(drawn, shown, width), areas, unit, about=description, width=width)
        for width in (WIDE, NARROW)
    )
    return Chart(wide, narrow, description, happened)


def _label(line: Line) -> str:
    return f"{line.label}, 90 % interval" if line.low or line.high else line.label


def _points(line: Line, shown: set[date], unit: str, *, yearly: bool) -> Iterable[Row]:
    """A row a period from the first to the last of the series; `run` numbers the stretches of its band."""
    days = sorted(day for day in shown if line.points and min(line.points) <= day <= max(line.points))
    values = [number(line.points.get(day)) for day in days]
    run = 0
    for place, (day, value) in enumerate(zip(days, values, strict=True)):
        low, high = number(line.low.get(day)), number(line.high.get(day))
        run += low is None or high is None
        alone = value is not None and not any(
            around is not None for around in (*values[max(place - 1, 0) : place], *values[place + 1 :][:1])
        )
        known = f"; 90 % interval {span(low, high, unit)}" if line.low or line.high else ""
        yield {
            "period": day.isoformat(),
            "series": _label(line),
            "value": value,
            "low": low,
            "high": high,
            "run": run,
            "seen": 1 if alone else 0,
            "told": f"{when(day, yearly=yearly)}, {line.label}: {told(value, unit)}{known}",
        }


def _areas(shaded: Shaded, shown: set[date], *, yearly: bool) -> list[Row]:
    """The stretches that are inside the periods shown, each to its last period."""
    return [
        {
            "period": max(first, min(shown)).isoformat(),
            "until": min(last, max(shown)).isoformat(),
            "label": label,
            "told": f"{label}: {when(first, yearly=yearly)} to {when(last, yearly=yearly)}",
        }
        for first, last, label in shaded
        if shown and first <= max(shown) and last >= min(shown)
    ]


def _rules(events: Sequence[Event], shown: set[date], width: int) -> list[Row]:
    """A rule for each event; those too close for two labels share one: "2–3"."""
    runs: list[list[int]] = []
    room = _LABEL[len(str(min(len(events), 99)))] * _months(min(shown), max(shown)) / width if shown else 0
    for place, event in enumerate(events, 1):
        if runs and _months(events[runs[-1][0] - 1].date, event.date) < room:
            runs[-1].append(place)
        else:
            runs.append([place])
    return [
        {
            "period": events[n - 1].date.replace(day=1).isoformat(),
            "label": _numbers(run) if n == run[0] else "",
            "told": _happened(events[n - 1]),
            "all": "; ".join(_happened(events[one - 1]) for one in run),
        }
        for run in runs
        for n in run
    ]


def _happened(event: Event) -> str:
    return f"{event.when}: {event.title}"


def _months(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month


def _numbers(run: Sequence[int]) -> str:
    return str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}"


def _spec(
    data: Sequence[Row],
    order: list[str],
    marks: Sequence[Row],
    areas: Sequence[Row],
    unit: str,
    *,
    about: str,
    width: int,
) -> Spec:
    x = {"field": "period", "type": "temporal", "title": None, "axis": time_axis(width)}
    places = {"x": x, "y": value_axis("y", unit, width), "color": _colour(order, width)}
    layers = _shade(areas, x) if areas else []
    layers += _rule(marks, x) if marks else []
    layers += [_band(data, places)] if any(row["low"] is not None for row in data) else []
    layers += [_line(data, order, places), _hover(data, places, width)]
    layers += _labels(marks, x) if marks else []
    return whole({"layer": layers, "height": 250 if width == WIDE else 210}, about, width)


def _colour(order: list[str], width: int) -> Spec:
    shape = legend(width, 42, order) | {"symbolType": "stroke", "symbolSize": 220}
    return {
        "field": "series",
        "type": "nominal",
        "scale": {"domain": order, "range": list(SERIES[: len(order)])},
        "legend": shape if len(order) > 1 or any(one.endswith("interval") for one in order) else None,
    }


def _line(data: Sequence[Row], order: list[str], places: Spec) -> Spec:
    dash = {"field": "series", "scale": {"domain": order, "range": _DASHES[: len(order)]}, "legend": None}
    return {
        "data": {"values": list(data)},
        "mark": {
            "type": "line",
            "strokeWidth": 2,
            "invalid": "break-paths-show-domains",
            "interpolate": "linear",
            "aria": False,
        },
        "encoding": places | {"strokeDash": dash},
    }


def _hover(data: Sequence[Row], places: Spec, width: int) -> Spec:
    """Points to rest a mouse on, seen only where a value stands alone and no line shows it.

    Where periods lie close they are upright strips, so that none covers the next one's.
    """
    room = width / max(len({row["period"] for row in data}) - 1, 1)
    strip = {"shape": f"M{-room / 2:.2f},-7h{room:.2f}v14h{-room:.2f}Z", "size": 4}  # size 4: in pixels
    shape = {"shape": "circle", "size": 80} if room >= _CLOSE else strip
    seen = {"field": "seen", "type": "quantitative", "scale": {"domain": [0, 1], "range": [0.01, 1]}}
    return {
        "data": {"values": [row for row in data if row["value"] is not None]},
        "mark": {"type": "point", "filled": True, "strokeWidth": 0} | shape,
        "encoding": places | {"opacity": seen | {"legend": None}, "description": TOLD},
    }


def _band(data: Sequence[Row], places: Spec) -> Spec:
    known = [row for row in data if row["low"] is not None and row["high"] is not None]
    ends = {"y": places["y"] | {"field": "low"}, "y2": {"field": "high"}, "detail": {"field": "run"}}
    edge = {"stroke": places["color"] | {"legend": None}}  # a band of one period is a line
    mark = {"type": "area", "opacity": 0.18, "aria": False, "strokeWidth": 2}
    return {"data": {"values": known}, "mark": mark, "encoding": places | ends | edge}


def _shade(areas: Sequence[Row], x: Spec) -> list[Spec]:
    """Stretches of time as pale grounds, what they are written at their top."""
    ground = {"type": "rect", "color": PALE, "opacity": 0.2}
    name = {"type": "text", "color": MUTED, "align": "left", "baseline": "top", "dx": 3, "dy": 3, "y": 0}
    values = {"values": list(areas)}
    return [
        {"data": values, "mark": ground, "encoding": {"x": x, "x2": {"field": "until"}, "description": TOLD}},
        {"data": values, "mark": name | {"fontSize": 10}, "encoding": {"x": x, "text": {"field": "label"}}},
    ]


def _rule(marks: Sequence[Row], x: Spec) -> list[Spec]:
    mark = {"type": "rule", "color": MUTED, "strokeDash": [3, 3], "strokeWidth": 1, "aria": True}
    return [{"data": {"values": list(marks)}, "mark": mark, "encoding": {"x": x, "description": TOLD}}]


def _labels(marks: Sequence[Row], x: Spec) -> list[Spec]:
    """The numbers above the rules, easier to rest a mouse on than a rule."""
    mark = {
        "type": "text",
        "color": MUTED,
        "baseline": "bottom",
        "dy": -4,
        "y": 0,
        "fontSize": 10,
        "aria": True,
    }
    words = {"text": {"field": "label"}, "description": TOLD | {"field": "all"}}
    values = [row for row in marks if row["label"]]
    return [{"data": {"values": values}, "mark": mark, "encoding": {"x": x} | words}]
