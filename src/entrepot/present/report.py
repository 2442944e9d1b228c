"""The report: one HTML file that opens offline, loads nothing, runs no script and prints.

It formats answers and computes nothing. Whatever text comes from data is escaped; the policy in its head
forbids scripts and every connection.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from importlib.resources import files
from typing import Any

import jinja2
from markupsafe import Markup

from entrepot.model.answer import Answer
from entrepot.model.provenance import Snapshot
from entrepot.present.charts import Chart, svg
from entrepot.present.files import WRITERS
from entrepot.present.tables import cell

_MOST_ROWS = 200
_LONG = 28  # characters of a cell that may be broken over lines
CREED = "Every figure is as its publisher reported it; nothing missing was counted as zero."
LATEST = "As of the latest publications held."
_AMOUNT = re.compile(r"\d (?:(?:tn|bn|m|k)\b(?: [A-Z]{3}\b)?|%|[A-Z]{3}\b)")
_HIDDEN = frozenset({"snapshots", "sources", "reporter_member"})


@dataclass(frozen=True)
class Missing:
    """What is not held, and the command that would add it."""

    what: str
    command: str


@dataclass(frozen=True)
class Section:
    """One finding: a heading, what it comes to in words, the rows behind it, a chart, what to beware of."""

    heading: str
    sentences: Sequence[str] = ()
    answer: Answer | None = None
    chart: Chart | None = None
    notes: Sequence[str] = ()
    missing: Sequence[Missing] = ()
    open_table: bool = False  # the table is the figure: shown, not folded away
    shown: Sequence[str] = ()  # columns of the table, in order; files have all of them. None named: all
    leads_to: str = ""  # a page that tells more of each row ("dossier")
    links: Sequence[Mapping[str, str]] = ()  # what that page is asked about, for each row; as in Asked


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
    style = files("entrepot.present").joinpath("templates", "report.css").read_text(encoding="utf-8")
    page = _environment().get_template("report.html.j2")
    return page.render(
        title=title,
        sections=[_shown(number, one) for number, one in enumerate(sections, 1)],
        standfirst=standfirst,
        as_of=as_of,
        made=made,
        version=version,
        simulated=simulated or _any_simulated(sections),
        creed=creed,
        latest=latest,
        broad=broad,
        snapshots=_snapshots(sections),
        style=Markup(style),  # noqa: S704 - our own file, no data in it
        style_hash=_hash(style),
    )


def _environment() -> jinja2.Environment:
    def source(name: str) -> str:
        return files("entrepot.present").joinpath("templates", name).read_text(encoding="utf-8")

    made = jinja2.Environment(
        loader=jinja2.FunctionLoader(source),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["tied"] = _tied
    return made


def _tied(text: str) -> str:
    """A number and its unit on one line: blanks inside "8.09 bn USD" and "71 %" that do not break."""
    return _AMOUNT.sub(lambda found: found[0].replace(" ", "\u00a0"), text)


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _shown(number: int, section: Section) -> dict[str, Any]:
    chart = section.chart
    return {
        "id": f"section-{number}",
        "section": section,
        "wide": Markup(svg(chart.wide)) if chart else None,  # noqa: S704 - the renderer escapes text
        "narrow": Markup(svg(chart.narrow)) if chart else None,  # noqa: S704 - as above
        "table": _table(section.answer) if section.answer else None,
        "csv": _csv(section.answer) if section.answer else None,
        "file": f"entrepot-{number}.csv",
        "source": _source_line(section.answer) if section.answer else "",
        "question": _json(section.answer.question) if section.answer else "",
    }


def _table(answer: Answer) -> dict[str, Any]:
    names = [name for name in answer.rows.column_names if name not in _HIDDEN]
    rows = answer.rows.slice(0, _MOST_ROWS).select(names).to_pylist()
    return {
        "names": names,
        "numeric": {n for n in names if any(_is_number(row[n]) for row in rows)},
        "long": {n for n in names if any(len(str(row[n] or "")) > _LONG for row in rows)},
        "rows": [
            [(n, cell("" if n in answer.unscaled else n, row[n]), _exact(row[n])) for n in names]
            for row in rows
        ],
        "more": max(len(answer.rows) - _MOST_ROWS, 0),
    }


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _exact(value: Any) -> str:
    """What the title of a cell says: the number with every digit."""
    return (
        f"{value:,.10g}"
        if isinstance(value, float) and abs(value) < 1
        else f"{value:,}"
        if _is_number(value)
        else ""
    )


def _csv(answer: Answer) -> str:
    return "data:text/csv;charset=utf-8;base64," + base64.b64encode(WRITERS["csv"](answer)).decode()


def _json(question: Mapping[str, Any]) -> str:
    return json.dumps(
        {k: v for k, v in question.items() if v is not None}, ensure_ascii=False, indent=1, default=str
    )


def _source_line(answer: Answer) -> str:
    """Publisher, vintage and licence of what the rows rest on, each once."""
    said = [f"{shot.publisher}, {_vintage(shot)} ({shot.licence})" for shot in answer.snapshots]
    return "; ".join(dict.fromkeys(said))


def _vintage(shot: Snapshot) -> str:
    day = shot.published.isoformat()
    return f"published {day}" if shot.published_is_known else f"publication date not known, added {day}"


def _snapshots(sections: Sequence[Section]) -> list[Snapshot]:
    found = {shot.snapshot: shot for one in sections if one.answer for shot in one.answer.snapshots}
    return sorted(found.values(), key=lambda shot: (shot.publisher, shot.published, shot.file))


def _any_simulated(sections: Sequence[Section]) -> bool:
    answers = [one.answer for one in sections if one.answer and "status" in one.answer.rows.column_names]
    return any(
        "simulated" in (text or "") for answer in answers for text in answer.rows["status"].to_pylist()
    )
