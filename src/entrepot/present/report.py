"""The report: one HTML file that opens offline, loads nothing, runs no script and prints.

It formats answers and computes nothing. Whatever text comes from data is escaped; the policy in its head
forbids scripts and every connection.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby

from markupsafe import Markup

from entrepot.present import figure
from entrepot.present.figure import Missing, Section, environment, inside, nowhere, shown, template

__all__ = ["CREED", "LATEST", "Missing", "Section", "render"]

CREED = "Every figure is as its publisher reported it; nothing missing was counted as zero."
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
    figures = [shown(f"section-{n}", one, inside, nowhere) for n, one in enumerate(sections, 1)]
    page = environment().get_template("report.html.j2")
    return page.render(
        title=title,
        chapters=[
            (name, list(parts)) for name, parts in groupby(figures, lambda one: one["section"].chapter)
        ],
        standfirst=standfirst,
        as_of=as_of,
        made=made,
        version=version,
        simulated=simulated or figure.is_simulated(sections),
        creed=creed,
        latest=latest,
        broad=broad,
        snapshots=figure.snapshots(sections),
        style=Markup(style),  # noqa: S704 - our own file, no data in it
        style_hash=_hash(style),
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
