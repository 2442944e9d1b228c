"""Formats of Eurostat's: bulk files, EasyComext, the data browser, and long tables others made of them."""

from __future__ import annotations

from entrepot.sources._format import Format
from entrepot.sources.eurostat.browser import BROWSER
from entrepot.sources.eurostat.bulk import BULK
from entrepot.sources.eurostat.easy import EASY
from entrepot.sources.eurostat.long import CN8, TOTALS

FORMATS: tuple[Format, ...] = (BULK, EASY, BROWSER, CN8, TOTALS)
