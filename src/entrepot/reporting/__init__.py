"""Reports: which questions a reader has of a pair of countries, asked of the store and set out as sections.

Composition only: questions go to `answers` and `measures`, forms to `present`. Nothing here stops for want
of data: a section says what is missing and the command that would add it.
"""

from __future__ import annotations

from entrepot.present.figure import is_simulated
from entrepot.reporting._ask import Asked
from entrepot.reporting.demo import DemoResult, demo
from entrepot.reporting.pages import PAGES, Page, Part
from entrepot.reporting.whole import asked_for, build_report, every_page

__all__ = [
    "PAGES",
    "Asked",
    "DemoResult",
    "Page",
    "Part",
    "asked_for",
    "build_report",
    "demo",
    "every_page",
    "is_simulated",
]
