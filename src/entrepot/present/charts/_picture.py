"""A chart as a file of its own, which still says what it shows and where it is from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal
from xml.sax.saxutils import escape

from entrepot.present.charts._drawn import fixed
from entrepot.present.charts._frame import INK, MUTED, Chart
from entrepot.present.charts._words import drawable, wrapped

Kind = Literal["svg", "png"]
_EDGE, _LINE, _HEAD = 16, 15, 20  # pixels
_SIZE = re.compile(r'<svg [^>]*?width="([\d.]+)" height="([\d.]+)"')


def picture(chart: Chart, source: str, kind: Kind, scale: float = 2) -> bytes:
    """The chart with its title above, its events and its source below, on white, in fixed colours.

    source: who published what it rests on, and as of when; it is broken into lines. kind: svg, or png with
    `scale` pixels a point.
    """
    inner = fixed(chart.wide)
    found = _SIZE.search(inner)
    width, height = (float(one) for one in found.groups()) if found else (640.0, 300.0)
    drawn = drawable(_framed(chart, source, inner, max(width, 480.0), height))
    return _as_png(drawn, scale) if kind == "png" else drawn.encode()


def _as_png(drawn: str, scale: float) -> bytes:
    import vl_convert

    return vl_convert.svg_to_png(drawn, scale=scale)


def _framed(chart: Chart, source: str, inner: str, width: float, height: float) -> str:
    head = list(wrapped(chart.description, width / 8.2))
    notes = [line for n, what in chart.events for line in wrapped(f"({n}) {what}", width / 5.5)]
    notes += list(wrapped(source, width / 5.5))
    top = _EDGE + _HEAD * len(head) + 8
    total = top + height + 10 + _LINE * len(notes) + _EDGE
    size = f'width="{width + 2 * _EDGE:g}" height="{total:g}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {width + 2 * _EDGE:g} {total:g}"',
        f' font-family="sans-serif"><title>{escape(chart.description)}</title><desc>{escape(source)}</desc>',
        '<rect width="100%" height="100%" fill="#fff"/>',
        *_texts(head, _EDGE + 12, _HEAD, f'font-size="15" font-weight="bold" fill="{INK}"'),
        inner.replace("<svg ", f'<svg x="{_EDGE}" y="{top}" ', 1),
        *_texts(notes, top + height + 10 + 11, _LINE, f'font-size="11" fill="{MUTED}"'),
        "</svg>",
    ]
    return "".join(parts)


def _texts(lines: list[str], first: float, step: int, style: str) -> Iterator[str]:
    for place, line in enumerate(lines):
        yield f'<text x="{_EDGE}" y="{first + place * step:g}" {style}>{escape(line)}</text>'
