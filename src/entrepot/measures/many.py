"""Many questions about direct trade answered together: one expression, one pass over the flows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

import ibis
from ibis.expr.types import Table, Value

from entrepot.measures.cells import Selection
from entrepot.measures.cells import cells as _cells
from entrepot.measures.direct import in_slots, members_named, series, words
from entrepot.model.commodity import Basket
from entrepot.model.constant import constant
from entrepot.model.flow import Flow
from entrepot.model.period import Window

_KEY: Final = ("key", "reporter", "partner", "flow", "period", "currency")
_ASKED: Final = {
    "key": "string",
    "asked_reporter": "string",
    "asked_partner": "string",
    "code": "string",
    "first": "date",
    "last": "date",
}


def many(flows: Table, asked: Mapping[str, Selection]) -> Table:
    """One row per question, reporter, partner, period and currency: what `measures.direct.series` gives.

    asked: questions by a key, each over one window: whole years are told by year, other spans by month.
    Columns: key, then those of `series` (value in units of `currency`, net_weight_kg, quantity, months ...)
    and lists of words: valuations (cif, fob, unsaid), parts (codes two digits longer that a sum is made of),
    reporters and partners (of measures.direct.members_told).
    Sign: as reported.
    Every choice of measures.cells is made within one reporter, partner, period and code of a basket, so it is
    the same whether one question is asked or many.
    """
    parts = []
    for flow in sorted({one.flow for one in asked.values()}):
        of_flow = {key: one for key, one in asked.items() if one.flow is flow}
        chosen = _cells(flows, _together(of_flow.values(), flow), "good").alias(
            f"asked_{flow.value.replace('-', '_')}"
        )
        for grain in ("month", "year"):
            here = {key: one for key, one in of_flow.items() if _grain(one) == grain}
            parts += [_each(chosen, here, grain)] if here else []
    return parts[0] if len(parts) == 1 else ibis.union(*parts)


def _grain(one: Selection) -> str:
    return "year" if all(window.years for window in one.windows) else "month"


def _together(questions: Iterable[Selection], flow: Flow) -> Selection:
    """One selection that holds all of them. Its codes may lie in one another: cells parts them."""
    every = list(questions)
    return Selection(
        tuple(sorted({area for one in every for area in one.reporters})),
        tuple(sorted({area for one in every for area in one.partners})),
        flow,
        Basket("many", tuple(sorted({code for one in every for code in one.basket.codes}))),
        _merged(window for one in every for window in one.windows),
    )


def _merged(windows: Iterable[Window]) -> tuple[Window, ...]:
    """The windows without those inside another."""
    kept: list[Window] = []
    for one in sorted(windows, key=lambda window: (window.first, window.last)):
        if kept and one.first <= kept[-1].last:
            kept[-1] = replace(kept[-1], last=max(one.last, kept[-1].last))
        else:
            kept.append(one)
    return tuple(kept)


def _each(chosen: Table, asked: Mapping[str, Selection], grain: str) -> Table:
    """The series of each question, from the cells of all of them."""
    wanted = _wanted(asked)
    on = [
        chosen.reporter == wanted.asked_reporter,
        chosen.partner == wanted.asked_partner,
        chosen.commodity == wanted.code,
        chosen.period.between(wanted.first, wanted.last),
    ]
    mine = chosen.inner_join(wanted, on).drop("asked_reporter", "asked_partner", "code", "first", "last")
    found = series(mine, by=grain, split=("key",))
    placed = in_slots(mine, grain)
    valued = placed.group_by([*(name for name in _KEY if name != "period"), "slot"]).agg(
        valuations=words(placed.valuation.fill_null("unsaid")),
        parts=words(_part(placed)),
        **members_named(placed),
    )
    valued = valued.rename(period="slot")
    return found.left_join(valued, list(_KEY)).drop(*(f"{name}_right" for name in _KEY))


def reporting(flows: Table, reporters: Iterable[str]) -> Table:
    """One row per reporter, flow, frequency and period in which any of these reports anything at all."""
    told = flows.filter(flows.reporter.isin(sorted(reporters)), flows.value.notnull())
    return told.select("reporter", "flow", "frequency", "period").distinct()


def _part(cells: Table) -> Value:
    """The part of its code a cell was told in, one level below: 8703 of 87; null where it is the code."""
    length = cells.commodity.length()
    longer = (cells.digits > length).fill_null(False)
    return ibis.ifelse(longer, cells.good.substr(0, length + 2), ibis.null("string"))


def _wanted(asked: Mapping[str, Selection]) -> Table:
    rows = [
        (key, reporter, partner, code, window.first, window.last)
        for key, one in asked.items()
        for reporter in one.reporters
        for partner in one.partners
        for code in one.basket.codes
        for window in one.windows
    ]
    return constant({name: [row[place] for row in rows] for place, name in enumerate(_ASKED)}, _ASKED)
