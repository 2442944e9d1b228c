"""Charts as Vega-Lite specifications made from the rows of answers, and as SVG rendered without a network.

Each chart is drawn twice, for a screen and for a telephone: letters that shrink with the picture cannot be
read. Colours are told apart by people with any colour vision (after Okabe and Ito) and change with the
page's light or dark scheme: the SVG names them as CSS variables with the light colour as a fallback. Every
mark that shows a value says it exactly when a mouse rests on it, without any script.
"""

from __future__ import annotations

from entrepot.present.charts._bars import bars, columns
from entrepot.present.charts._calendar import STATES, calendar
from entrepot.present.charts._dots import intervals, spread
from entrepot.present.charts._drawn import png, svg
from entrepot.present.charts._frame import INK, NARROW, SERIES, VARIABLES, WIDE, Chart
from entrepot.present.charts._lines import Line, lines
from entrepot.present.charts._paths import paths
from entrepot.present.charts._picture import picture

__all__ = [
    "INK",
    "NARROW",
    "SERIES",
    "STATES",
    "VARIABLES",
    "WIDE",
    "Chart",
    "Line",
    "bars",
    "calendar",
    "columns",
    "intervals",
    "lines",
    "paths",
    "picture",
    "png",
    "spread",
    "svg",
]
