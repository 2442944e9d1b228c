"""What all charts share: two widths, colours, axes, legends, and how a value is told."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from entrepot.present.charts._words import LETTER, letters, wrapped
from entrepot.present.tables import short

Row = Mapping[str, Any]
Spec = dict[str, Any]

WIDE, NARROW = 640, 270
INK, MUTED, GRID, PALE, PAPER = "#1b1f24", "#5b6470", "#dfe3e8", "#a9b4c0", "#fdfdfc"
SERIES = ("#0072b2", "#d55e00", "#009e73", "#b8860b", "#cc79a7", "#56b4e9", "#7f6b5d")
VARIABLES = {INK: "ink", MUTED: "muted", GRID: "grid", PALE: "pale", PAPER: "paper"} | {
    c: f"c{i}" for i, c in enumerate(SERIES, 1)
}
TOLD: Spec = {"field": "told", "type": "nominal"}  # the encoding of what a mark says when pointed at
_AMOUNTS = "replace(replace(replace(format(datum.value, '~s'), 'G', ' bn'), 'M', ' m'), 'k', ' k')"
_AMOUNT = f"abs(datum.value) < 1 ? format(datum.value, '~g') : {_AMOUNTS}"
_PERCENT = "replace(format(datum.value, '~%'), '%', ' %')"


@dataclass(frozen=True)
class Chart:
    """One chart in two widths, its numbered events, and words for those who cannot see it."""

    wide: Spec
    narrow: Spec
    description: str
    events: tuple[tuple[str, str], ...] = ()  # number, what happened


def number(value: float | None) -> float | None:
    """A value that can be drawn: None where it is unknown, not a number or without bounds."""
    return None if value is None or not math.isfinite(value) else float(value)


def told(value: float | None, unit: str) -> str:
    """A value, short and exact: "4.2 bn USD (4,201,234,567)"; a fraction in percent where the unit is "%"."""
    if number(value) is None or value is None:
        return "not known"
    if unit.startswith("%"):
        return _minus(f"{value:.2%}".replace("%", " %"))
    brief, exact = _minus(short(value)), _minus(f"{value:,.0f}" if abs(value) >= 1e6 else f"{value:,.10g}")
    if "=" in unit:
        return f"{exact} ({unit})"
    return f"{brief} {unit}" + (f" ({exact})" if exact != brief else "")


def _minus(text: str) -> str:
    return text.replace("-", "−")


def span(low: float | None, high: float | None, unit: str) -> str:
    """An interval in words: "3.9 bn to 4.5 bn USD"."""
    if low is None or high is None or number(low) is None or number(high) is None:
        return "interval not known"
    if unit.startswith("%"):
        return f"{told(low, unit)} to {told(high, unit)}"
    return _minus(f"{short(low)} to {short(high)}") + f" {unit}"


def when(day: date, *, yearly: bool) -> str:
    """A period in words: "March 2022", "2022"."""
    return f"{day:%Y}" if yearly else f"{day:%B %Y}"


def is_yearly(days: set[date], unit: str = "") -> bool:
    """Whether the periods are years: all begin in January, and there are several or the unit says so."""
    return all(day.month == 1 for day in days) and (len(days) > 1 or unit.endswith("year"))


def value_axis(side: str, unit: str, width: int, *, zero: bool = True) -> Spec:
    """The axis of values, with amounts written for people."""
    words = _PERCENT if unit.startswith("%") else _AMOUNT
    axis: Spec = {"labelExpr": words, "tickCount": 5, "title": unit, "domain": False, "ticks": False}
    if side == "y":
        axis |= {"titleAngle": 0, "titleAlign": "left", "titleAnchor": "start", "titleY": -22, "titleX": -34}
    else:
        axis |= {"tickCount": 4 if width == WIDE else 2}
    return {"field": "value", "type": "quantitative", "axis": axis, "scale": {"zero": zero, "nice": True}}


def time_axis(width: int) -> Spec:
    """The axis of time, a tick a year."""
    return {
        "format": "%Y" if width == WIDE else "’%y",
        "tickCount": "year",
        "grid": False,
        "labelFlush": False,
    }


def name_axis(names: Sequence[str], most: int) -> Spec:
    """One row for each name, in the order given; one longer than so many pixels takes two lines."""
    broken = {one: _two_lines(one, most) for one in names if letters(one) * LETTER > most}
    words = f"({json.dumps(broken)})[datum.label] || datum.label" if broken else "datum.label"
    raised = {"test": f"length(({json.dumps(broken)})[datum.label] || []) > 1", "value": "bottom"}
    axis: Spec = {"labelExpr": words, "labelLimit": most + 8, "labelLineHeight": 12}
    axis |= {"labelBaseline": {"condition": raised, "value": "middle"}} if broken else {}
    axis |= {"grid": False, "labelColor": INK, "domain": False, "ticks": False}
    return {"field": "name", "type": "nominal", "sort": list(names), "title": None, "axis": axis}


def _two_lines(text: str, most: int) -> list[str]:
    first = next(wrapped(text, most / LETTER))
    return [line for line in (first, text[len(first) :].strip()) if line]


def row_step(names: Sequence[str], most: int, least: int) -> Spec:
    """The height of a row: more where a name needs two lines."""
    return {"step": max(least, 28) if any(letters(one) * LETTER > most for one in names) else least}


def name_room(names: Sequence[str], most: int) -> int:
    """The width that names take beside the chart."""
    return min(most, round(max(map(letters, names), default=0) * LETTER)) + 8


def legend(width: int, offset: int, labels: Sequence[str]) -> Spec:
    """A legend above the chart: in a row, or a column where that would be too long."""
    long = sum(letters(one) * 6.8 + 44 for one in labels) > width
    shape: Spec = {
        "orient": "top",
        "title": None,
        "symbolStrokeWidth": 2.5,
        "symbolOpacity": 1,
        "labelLimit": width,
        "columnPadding": 22,
        "labelFontSize": 12 if width == WIDE else 11,
        "offset": offset,
    }
    return shape | ({"direction": "vertical"} if long else {})


def whole(spec: Spec, about: str, width: int) -> Spec:
    """A specification with its width, its fonts and colours; what is no value is not read out."""
    config = {
        "background": None,
        "font": "sans-serif",
        "view": {"stroke": None},
        "axis": {
            "aria": False,
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
        "legend": {"aria": False, "labelColor": INK, "labelFontSize": 12},
        "text": {"color": INK, "aria": False},
        "rule": {"aria": False},
    }
    schema = "https://vega.github.io/schema/vega-lite/v6.json"
    return {"$schema": schema, "description": about, "width": width, "config": config} | spec
