"""Fills told apart without colour. Each stands in a specification as a colour of its own."""

from __future__ import annotations

import re
from typing import Final

from entrepot.present.charts._frame import PALE, SERIES

BLUE, ORANGE, GREEN, GOLD = SERIES[0], SERIES[1], SERIES[2], SERIES[3]
TEXTURES: Final = {
    "held": "#0072b3",
    "estimated": "#d55e01",
    "imputed": "#b8860c",
    "printed in a text": "#009e74",
    "partial": "#56b4ea",
    "missing": "#a9b4c1",
}
"""State -> the colour that stands for its texture, close to what it looks like from afar."""

_INSIDE: Final = {
    "held": f'<rect width="6" height="6" fill="{BLUE}"/>',
    "estimated": f'<path d="M-1,1l2,-2M0,6l6,-6M5,7l2,-2" stroke="{ORANGE}" stroke-width="2.4"/>',
    "imputed": f'<circle cx="3" cy="3" r="1.8" fill="{GOLD}"/>',
    "printed in a text": f'<path d="M0,1.5h6M0,4.5h6" stroke="{GREEN}" stroke-width="1.5"/>',
    "partial": f'<rect y="0" width="3" height="6" fill="{SERIES[5]}"/>',
    "missing": f'<path d="M0,3h6" stroke="{PALE}" stroke-width="1"/>',
}


def textured(drawn: str, name: str) -> str:
    """A drawing whose colours of TEXTURES are patterns. name: makes their ids unique on a page."""
    used = [state for state, colour in TEXTURES.items() if f'"{colour}"' in drawn]
    for state in used:
        drawn = re.sub(f'fill="{TEXTURES[state]}"', f'fill="url(#{_id(state, name)})"', drawn)
    patterns = "".join(_pattern(state, name) for state in used)
    return drawn.replace(">", f"><defs>{patterns}</defs>", 1) if used else drawn


def _id(state: str, name: str) -> str:
    return f"{state.replace(' ', '-')}-{name}"


def _pattern(state: str, name: str) -> str:
    size = 'width="6" height="6" patternUnits="userSpaceOnUse"'
    return f'<pattern id="{_id(state, name)}" {size}>{_INSIDE[state]}</pattern>'
