"""A specification as a drawing: SVG for pages, PNG for documents. No network, no browser."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from entrepot.present.charts._frame import VARIABLES, Spec
from entrepot.present.charts._texture import textured
from entrepot.present.charts._words import drawable

_TITLED = re.compile(r'<(\w+) aria-label="([^"]*)"([^<>]*?)/>')
_TITLED_TEXT = re.compile(r'<text aria-label="([^"]*)"([^<>]*)>')
_FOREGROUND = re.compile(r'<path class="foreground"[^<>]*/>')
_TAG = re.compile(r"<[^<>]*>")
_NOISE = re.compile(r' (?:role|aria-[a-z]+|pointer-events|class)="[^"]*"| opacity="1"| stroke-width="0"')
_CIRCLE = re.compile(
    r'<path([^<>]*?) transform="translate\(([-\d.]+),([-\d.]+)\)" '
    r'd="M([\d.]+),0A\4,\4,0,1,1,-\4,0A\4,\4,0,1,1,\4,0"'
)
_PLACES = re.compile(r' (?:d|transform|[cxy][xy12]?|width|height)="[^"]*"')


def svg(spec: Spec) -> str:
    """The chart as SVG whose colours are CSS variables, with no width of its own: it fills its frame."""
    drawn = fixed(spec)
    for colour, name in VARIABLES.items():
        drawn = re.sub(rf'"{colour}"', f'"var(--{name},{colour})"', drawn, flags=re.IGNORECASE)
    return re.sub(r'<svg ([^>]*?)width="([\d.]+)" height="([\d.]+)"', r"<svg \1", drawn, count=1)


def fixed(spec: Spec) -> str:
    """The chart as SVG in the colours of light paper, lean, each value said in a title."""
    import vl_convert

    clean = _drawable(spec)
    drawn = vl_convert.vegalite_to_svg(clean, vl_version="6.4", show_warnings=False, allowed_base_urls=[])
    name = hashlib.sha256(json.dumps(clean, sort_keys=True, default=str).encode()).hexdigest()[:8]
    return textured(_own_ids(_lean(drawn), name), name)


def _drawable(value: Any) -> Any:
    if isinstance(value, str):
        return drawable(value)
    if isinstance(value, dict):
        return {_drawable(key): _drawable(one) for key, one in value.items()}
    return [_drawable(one) for one in value] if isinstance(value, (list, tuple)) else value


def png(spec: Spec) -> bytes:
    """The chart as a picture on white, two pixels a point."""
    import vl_convert

    white = fixed(spec).replace(">", '><rect width="100%" height="100%" fill="#fff"/>', 1)
    return vl_convert.svg_to_png(white, scale=2)


def _lean(drawn: str) -> str:
    """What a mark says as its title, which a mouse shows; less of what a page does not need."""
    drawn = _TITLED.sub(r"<\1\3><title>\2</title></\1>", drawn)
    drawn = _TITLED_TEXT.sub(r"<text\2><title>\1</title>", drawn)
    drawn = _CIRCLE.sub(r'<circle\1 cx="\2" cy="\3" r="\4"', drawn)
    drawn = re.sub(r"(<circle[^<>]*>(?:<title>[^<]*</title>)?)</path>", r"\1</circle>", drawn)
    return _TAG.sub(_lean_tag, _FOREGROUND.sub("", drawn))


def _lean_tag(found: re.Match[str]) -> str:
    """A tag without roles and defaults, its pixels to a tenth; the text between tags stays as it is."""
    tag = _NOISE.sub("", found[0])
    return _PLACES.sub(lambda place: re.sub(r"(\d\.\d)\d+", r"\1", place[0]), tag)


def _own_ids(drawn: str, name: str) -> str:
    """The renderer counts its clips through its life: named after the chart, they are the same every time."""
    order = {found: place for place, found in enumerate(dict.fromkeys(re.findall(r"\bclip(\d+)\b", drawn)))}
    return re.sub(r"\bclip(\d+)\b", lambda found: f"clip-{name}-{order[found[1]]}", drawn)
