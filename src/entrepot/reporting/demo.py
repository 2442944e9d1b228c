"""The demonstration: a store from the figures inside the package, and a report on two questions.

How did China's exports to Russia move? How much of what the EU stopped sending to Russia shows up at its
neighbours? Every number is computed from the store.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from entrepot import __version__, answers
from entrepot.measures.goods import substitution
from entrepot.model.area import group
from entrepot.model.resources import folder
from entrepot.present import sentences
from entrepot.present.charts import columns, lines
from entrepot.present.figure import Section
from entrepot.present.report import render
from entrepot.reporting._ask import Asked, as_table, held, line, measured, only, value_column
from entrepot.reporting.others import goods_section, neighbours
from entrepot.reporting.pair import coverage, direct_trade
from entrepot.store import Store

TITLE = "Trade with Russia, direct and by way of its neighbours"
STANDFIRST = (
    "A demonstration on official figures that ship with entrepot. How did China’s exports to Russia move? "
    "And how much of what the European Union stopped sending to Russia shows up at Russia’s neighbours?"
)
NEIGHBOURS = "eu-neighbours-6"
NOMENCLATURE = "EU-sanctioned-CN2022"
_SANCTIONED = ("item:sanctioned-all", "item:sanctioned-alive-all")
_WINDOWS = ("2021", "2022-03:2022-11")
_FUELS = {"2709": "crude oil", "2701": "coal", "271121": "pipeline gas"}
_SIDE = {
    "reporter": "string",
    "partner": "string",
    "value": "float64",
    "status": "string",
    "snapshots": "string",
}


@dataclass(frozen=True)
class DemoResult:
    """Where the report and the store are, and what was found, in lines for a terminal."""

    report: Path
    store: Path
    lines: tuple[str, ...]


@dataclass(frozen=True)
class _Sanctioned(Asked):
    @property
    def goods(self) -> str:
        return "goods under EU sanctions"


def demo(target: Path, now: datetime) -> DemoResult:
    """Build `target`/store from the embedded figures, if it is not there, and write `target`/report.html."""
    store = Store(target / "store")
    _fill(store, now)
    sections = demo_sections(store)
    page = render(TITLE, sections, standfirst=STANDFIRST, made=now, version=__version__)
    report = target / "report.html"
    report.write_text(page, encoding="utf-8")
    told = tuple(sections[place].sentences[0] for place in (0, 1))
    return DemoResult(report, store.folder, (*told, sections[1].sentences[1]))


def _fill(store: Store, now: datetime) -> None:
    """Every table of figures/ with its card. What is held already is not added again."""
    with tempfile.TemporaryDirectory() as scratch:
        tables = []
        for entry in sorted(folder("figures").iterdir(), key=lambda one: one.name):
            copy = Path(scratch) / entry.name
            copy.write_bytes(entry.read_bytes())
            tables += [copy] * entry.name.endswith(".csv")
        for table in tables:
            store.add(table, now=now, source="tidy")


def demo_sections(store: Store, as_of: date | None = None) -> list[Section]:
    """The two questions first, then what else the embedded figures show."""
    china = Asked("CHN", "RUS", as_of=as_of)
    union = _Sanctioned("EU27", "RUS", _SANCTIONED[0], NEIGHBOURS, *_WINDOWS, as_of)
    parts: Sequence[Section | None] = [
        direct_trade(store, china),
        *neighbours(store, union, (NEIGHBOURS,), _SANCTIONED),
        _chapters(store, union),
        _vehicles(store, as_of),
        _cars(store, as_of),
        _fuels(store, as_of),
        coverage(store, Asked("CHN", "RUS", via=NEIGHBOURS, as_of=as_of)),
    ]
    return [part for part in parts if part]


def _chapters(store: Store, asked: Asked) -> Section | None:
    rows = store.flows(asked.as_of)
    chosen = rows.filter(rows.hs_revision == NOMENCLATURE, rows.commodity.re_search("^sanctioned-[0-9]{2}$"))
    chosen = chosen.mutate(good=chosen.commodity.substr(11, 2))
    countries = tuple(member.code for member in group(NEIGHBOURS).members)
    return goods_section(store, asked, countries, _WINDOWS, chosen)


def _vehicles(store: Store, as_of: date | None) -> Section | None:
    """The table of the document of June 2024, as printed, with the label it needs."""
    countries = "BLR,KAZ,KGZ,RUS,TJK,UZB"
    shared: dict[str, Any] = {"commodity": "87", "by": "year", "as_of": as_of}
    bought = held(
        answers.flows, store, reporter=countries, partner="WLD", flow="import", period="2021", **shared
    )
    sold = held(
        answers.flows, store, reporter="CHN", partner=countries, flow="export", period="2023", **shared
    )
    if bought is None or sold is None:
        return None
    tables = [
        as_table([r | {"value": r["value_usd"]} for r in one.rows.to_pylist()], _SIDE)
        for one in (bought, sold)
    ]
    question = {"command": "substitution", "imports": bought.question, "exports": sold.question}
    found = measured(store, substitution(*tables), question, [bought, sold])
    answer = replace(found, rows=found.rows.rename_columns(_named(found.rows.column_names)))
    return Section(
        "Vehicles (HS 87) as printed in June 2024: imports from everyone in 2021, China’s exports in 2023",
        [sentences.substitution(found.rows.to_pylist(), "USD")],
        answer,
        notes=("Figures as printed in the document. " + sentences.NOT_ALIKE,),
        open_table=True,
    )


def _named(names: Sequence[str]) -> list[str]:
    """Units in the names of the columns of money."""
    return [f"{name}_usd" if name in ("imports_from_all", "exports_of_origin") else name for name in names]


def _cars(store: Store, as_of: date | None) -> Section | None:
    answer = held(
        answers.flows,
        store,
        reporter="CHN",
        partner="WLD",
        commodity="8703",
        period="2023",
        by="year,partner",
        as_of=as_of,
    )
    if answer is None:
        return None
    rows = sorted(answer.rows.to_pylist(), key=lambda row: -(row["value_usd"] or 0))
    drawn = [
        {
            "name": sentences.name(row["partner_member"]),
            "value": row["value_usd"],
            "label": sentences.money(row["value_usd"], "USD"),
        }
        for row in rows
    ]
    heading = "China’s exports of passenger cars (HS 8703) in 2023"
    chart = columns(drawn, "USD in 2023", heading)
    listed = ", ".join(f"{row['name']} ({row['label']})" for row in drawn[:4])
    return Section(
        heading,
        [f"Of the {len(drawn)} partners held, the largest were {listed}."],
        answer,
        chart,
        ("The file holds selected partners: their sum is not China's total.",),
    )


def _fuels(store: Store, as_of: date | None) -> Section | None:
    answer = held(
        answers.flows,
        store,
        reporter="CHN",
        partner="RUS",
        flow="import",
        commodity=",".join(_FUELS),
        by="month,commodity",
        as_of=as_of,
    )
    if answer is None:
        return None
    column, currency = value_column(answer)
    series = [line(label, only(answer.rows, commodity=code), column) for code, label in _FUELS.items()]
    heading = "China’s imports of Russian fuels"
    chart = lines(series, f"{currency} a month", heading)
    crude = only(answer.rows, commodity="2709")
    told = f"Crude oil: {sentences.ends(crude, column, currency)}" if crude else ""
    note = (
        "Values rose with prices: net weights are in the rows. LNG has no value by country and is not drawn."
    )
    return Section(heading, [told], answer, chart, (note,))
