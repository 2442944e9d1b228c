"""The report: one HTML file that opens offline, loads nothing, runs no script and prints.

It formats answers and computes nothing. Whatever text comes from data is escaped; the policy in its head
forbids scripts and every connection.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import groupby
from typing import Any

from markupsafe import Markup

from entrepot.present import figure
from entrepot.present.figure import Link, Section, environment, inside, nowhere, shown, template

CREED = "Every figure is as its publisher reported it; nothing missing was counted as zero."
MOST_BYTES = 4_900_000  # of a page that people send
_MOST_QUERY = 4_000  # characters of a query that are shown
_AROUND = 300  # bytes around the link to a file
LATEST = "As of the latest publications held."


def render(
    title: str,
    sections: Sequence[Section],
    *,
    standfirst: str = "",
    as_of: date | None = None,
    made: datetime | None = None,
    version: str = "",
    simulated: bool = False,
    creed: str = CREED,
    latest: str = LATEST,
    broad: bool = False,
) -> str:
    """The whole page.

    made: when it was made, given by the caller. simulated: says so at the top of the page. creed: how figures
    are to be read. latest: what holds where no as-of date is given. broad: for wide tables.
    """
    style = template("report.css")
    figures = [shown(f"section-{n}", one, _none, nowhere, _MOST_QUERY) for n, one in enumerate(sections, 1)]
    told = {
        "title": title,
        "chapters": [
            (name, list(parts)) for name, parts in groupby(figures, lambda one: one["section"].chapter)
        ],
        "standfirst": standfirst,
        "as_of": as_of,
        "made": made,
        "version": version,
        "simulated": simulated or figure.is_simulated(sections),
        "creed": creed,
        "latest": latest,
        "broad": broad,
        "snapshots": figure.snapshots(sections),
        "style": Markup(style),  # noqa: S704 - our own file, no data in it
        "style_hash": _hash(style),
    }
    page = environment().get_template("report.html.j2")
    _fill(figures, MOST_BYTES - len(page.render(told).encode()))
    return page.render(told)


def _fill(figures: Sequence[dict[str, Any]], room: int) -> None:
    """Put the files of figures into the page, the smallest first, as long as there is room."""
    for one in figures:
        one["links"] = inside(one["id"], one["section"])
    fits = set()
    for link in sorted((link for one in figures for link in one["links"]), key=lambda link: len(link.href)):
        room -= len(link.href) + _AROUND
        if room > 0:
            fits.add(link.file)
    for one in figures:
        one["links"] = [link if link.file in fits else replace(link, href="") for link in one["links"]]


def _none(name: str, section: Section) -> list[Link]:
    return []


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
