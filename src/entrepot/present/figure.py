"""A section as the templates of report and web page show it: text, chart, table, links, sources."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from importlib.resources import files
from typing import Any, Literal

import jinja2
from markupsafe import Markup

from entrepot.model.answer import Answer
from entrepot.model.provenance import Snapshot
from entrepot.present.charts import Chart, picture, svg
from entrepot.present.citation import citation, vintages
from entrepot.present.files import TYPES, WRITERS
from entrepot.present.tables import cell, short, signed, years

_MOST_ROWS = 200
_MOST_INSIDE = 20_000  # rows of which there are files inside a page for people to open
_LONG = 28  # characters of a cell that may be broken over lines
_AMOUNT = re.compile(r"\d (?:(?:tn|bn|m|k)\b(?: [A-Z]{3}\b)?|%|[A-Z]{3}\b)")
_ROWS = ("csv", "xlsx", "parquet")
_PICTURES: tuple[Literal["svg", "png"], ...] = ("svg", "png")
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
    chapter: str = ""  # what it stands under where pages stand under one another
    links: Sequence[Mapping[str, str]] = ()  # what that page is asked about, for each row; as in Asked


@dataclass(frozen=True)
class Link:
    """A file of a figure: CSV, PNG. label: for people. href: an address, or the file itself as data.

    Without an href it is named only: it is too large to be inside the page.
    """

    label: str
    href: str
    file: str


Files = Callable[[str, Section], Sequence[Link]]
"""The links to the files of a section, from its name on the page."""

Leads = Callable[[str, Mapping[str, str]], str]
"""The address of a page for what it is asked about; empty where there is none."""


def shown(
    name: str, section: Section, links: Files, leads: Leads, most_query: int = 60_000
) -> dict[str, Any]:
    """What the template `figure` needs of a section. name: unique on the page, and fit for an address.

    most_query: characters of a query that are shown.
    """
    chart, answer = section.chart, section.answer
    return {
        "id": name,
        "section": section,
        "wide": Markup(svg(chart.wide)) if chart else None,  # noqa: S704 - the renderer escapes text
        "narrow": Markup(svg(chart.narrow)) if chart else None,  # noqa: S704 - as above
        "table": _table(section, answer, leads) if answer else None,
        "links": links(name, section),
        "source": source_line(answer) if answer else "",
        "as_of": str((answer.question.get("as_of") if answer else None) or ""),
        "question": _json(answer.question) if answer else "",
        "queries": {name: _cut(text, most_query) for name, text in answer.queries.items()} if answer else {},
        "citation": citation(answer, heading=section.heading) if answer else "",
    }


def _cut(query: str, most: int) -> str:
    """A query, of a long one its beginning."""
    more = len(query) - most
    return query if more <= 0 else f"{query[:most]}\n... {more:,} more characters: --format json"


def inside(name: str, section: Section) -> list[Link]:
    """The files of a section as data inside the page: no server is needed to save them."""
    answer = replace(section.answer, queries={}) if section.answer else None  # the page itself has them
    kinds = _ROWS if answer and len(answer.rows) <= _MOST_INSIDE else ("parquet",)
    files = [(kind, WRITERS[kind](answer)) for kind in kinds if answer]
    files += [(kind, picture(section.chart, credit(section), kind, 1)) for kind in _PICTURES if section.chart]
    return [Link(kind.upper(), _data(TYPES[kind], file), f"entrepot-{name}.{kind}") for kind, file in files]


def credit(section: Section) -> str:
    """What a picture says below its chart, so that it can be shown alone."""
    if section.answer is None:
        return ""
    as_of = section.answer.question.get("as_of")
    return f"Source: {source_line(section.answer)}." + (f" As of {as_of}." if as_of else "")


def nowhere(page: str, asked: Mapping[str, str]) -> str:
    """No page but this one."""
    return ""


def _data(kind: str, content: bytes) -> str:
    return f"data:{kind};base64," + base64.b64encode(content).decode()


def _table(section: Section, answer: Answer, leads: Leads) -> dict[str, Any]:
    wanted = section.shown or answer.rows.column_names
    names = [name for name in wanted if name not in _HIDDEN and name in answer.rows.column_names]
    rows = [years(row, answer) for row in answer.rows.slice(0, _MOST_ROWS).to_pylist()]
    addresses = [leads(section.leads_to, asked) for asked in section.links[:_MOST_ROWS]]
    return {
        "names": names,
        "numeric": {n for n in names if any(_is_number(row[n]) for row in rows)},
        "long": {n for n in names if any(len(str(row[n] or "")) > _LONG for row in rows)},
        "rows": [[(n, _cell(n, row[n], answer), _exact(row[n])) for n in names] for row in rows],
        "addresses": addresses or [""] * len(rows),
        "more": max(len(answer.rows) - _MOST_ROWS, 0),
    }


def table_of(answer: Answer) -> dict[str, Any]:
    """What the template's macro `table` needs of the rows of an answer."""
    return _table(Section(""), answer, nowhere)


def _cell(name: str, value: Any, answer: Answer) -> str:
    if name in answer.unscaled and isinstance(value, float):
        return signed(value) if abs(value) < 1000 else short(value)
    return cell(name, value)


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


def _json(question: Mapping[str, Any]) -> str:
    return json.dumps(
        {k: v for k, v in question.items() if v is not None}, ensure_ascii=False, indent=1, default=str
    )


def source_line(answer: Answer) -> str:
    """Publisher, vintage and licence of what the rows rest on, each once."""
    found = vintages(answer.snapshots, "publication date not known, added")
    return "; ".join(dict.fromkeys(f"{line} ({shots[0].licence})" for line, shots in found))


def snapshots(sections: Sequence[Section]) -> list[Snapshot]:
    """What sections rest on, each snapshot once."""
    found = {shot.snapshot: shot for one in sections if one.answer for shot in one.answer.snapshots}
    return sorted(found.values(), key=lambda shot: (shot.publisher, shot.published, shot.file))


def is_simulated(sections: Sequence[Section]) -> bool:
    """Whether any figure is invented: the page must then say so on top."""
    tables = [one.answer.rows for one in sections if one.answer]
    columns = [
        table[name] for table in tables for name in ("status", "statuses") if name in table.column_names
    ]
    asked = [one.answer.question.get("statuses") or () for one in sections if one.answer]
    told = any("simulated" in (text or "") for column in columns for text in column.to_pylist())
    return told or any("simulated" in one for one in asked)


def environment() -> jinja2.Environment:
    """Templates of this package; whatever text comes from data is escaped."""
    made = jinja2.Environment(
        loader=jinja2.FunctionLoader(template),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["tied"] = _tied
    return made


def template(name: str) -> str:
    """The text of a template or style sheet."""
    return files("entrepot.present").joinpath("templates", name).read_text(encoding="utf-8")


def fragment(
    sections: Mapping[str, Section], links: Files, leads: Leads, *, as_of: date | None = None, level: int = 2
) -> str:
    """Sections as HTML to be put into a page. sections: by name. level: of their headings."""
    figures = [shown(name, one, links, leads) for name, one in sections.items()]
    return environment().get_template("fragment.html.j2").render(figures=figures, as_of=as_of, level=level)


def _tied(text: str) -> str:
    """A number and its unit on one line: blanks inside "8.09 bn USD" and "71 %" that do not break."""
    return _AMOUNT.sub(lambda found: found[0].replace(" ", "\u00a0"), text)
