"""Direct trade: what reporters say, and how it changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pyarrow as pa

from entrepot.answers import _bounds
from entrepot.answers._question import a_flow, behind, comparable, nothing, once, question_of
from entrepot.answers._shape import (
    NOTES,
    cautions,
    month_cautions,
    one_currency,
    roles,
    silences,
    silent_members,
    unit_names,
    year_cautions,
)
from entrepot.errors import NoDataError, UsageError
from entrepot.measures import bounds as _bounding
from entrepot.measures import direct as _direct
from entrepot.measures.cells import EVER, Selection
from entrepot.measures.cells import cells as _cells
from entrepot.measures.direct import Span
from entrepot.model.answer import Answer
from entrepot.model.area import group, is_group, resolve_many
from entrepot.model.commodity import Basket, parse_commodity
from entrepot.model.flow import Flow
from entrepot.model.period import Window, parse_window
from entrepot.store import Store

if TYPE_CHECKING:
    from ibis.expr.types import Table

Areas = tuple[str, ...]
_SPLITS = {
    "month": None,
    "year": None,
    "commodity": "commodity",
    "reporter": "reporter_member",
    "partner": "partner_member",
}


def flows(
    store: Store,
    *,
    reporter: str,
    partner: str,
    flow: str = "export",
    commodity: str = "TOTAL",
    period: str | None = None,
    by: str = "month",
    currency: str | None = None,
    bounds: str | None = None,
    as_of: date | None = None,
) -> Answer:
    """What reporters say they traded with partners, period by period.

    One row per reporter, partner (as asked: a group is one row) and period, and per what `by` adds:
    "month" or "year", then any of "commodity", "reporter", "partner" (members of groups), comma-separated.
    value_usd (or value_eur, ...): units of the currency, null not reported. bounds: "main" or "all"
    adds value_low_usd, value_high_usd and uncertain_share over editions of the Harmonized System, by the
    relations of model.edition. Raises NoDataError, UsageError.
    """
    grain, split = _grain(by)
    windows = (parse_window(period),) if period else ()
    asked = Selection(
        resolve_many(reporter),
        resolve_many(partner),
        a_flow(flow),
        parse_commodity(commodity),
        windows,
        currency,
    )
    rows = store.flows(as_of)
    expr = _direct.series(_cells(rows, asked), by=grain, split=split)
    if bounds:
        _bounds.checked(asked.basket, bounds)
        low_high = _bounding.bounded_series(
            once(_bounds.possible(rows, asked, bounds), "possible"), grain, split
        )
        key = ("reporter", "partner", "flow", "period", *split, "currency")
        expr = _bounding.beside(expr, low_high, key, _bounds.SERIES)
    table, warnings = one_currency(store.run(expr))
    if not len(table):
        raise NoDataError(nothing(store, asked, as_of, grain))
    warnings += _cautions(table, asked.basket, bounds)
    warnings += year_cautions(table) if grain == "year" else ()
    warnings += _unheard(store, rows, asked)
    if "commodity" not in split:
        goods = pa.array([asked.basket.name] * len(table), pa.string())
        table = table.add_column(table.schema.get_field_index("period") + 1, "commodity", goods)
    sides = {"reporter": asked.reporters, "partner": asked.partners}
    question = question_of("flows", asked, as_of, by=by, period=period, bounds=bounds, **sides)
    return Answer(
        question,
        unit_names(table),
        behind(store, table, as_of),
        {"rows": store.sql(expr)},
        warnings,
        _notes(bounds),
    )


def direct(
    store: Store,
    *,
    origin: str,
    destination: str,
    commodity: str = "TOTAL",
    base: str,
    window: str,
    control: str = "",
    flow: str = "export",
    currency: str | None = None,
    bounds: str | None = None,
    as_of: date | None = None,
) -> Answer:
    """How trade from origins to destinations changed from a base period to a window, with controls beside it.

    Where the window is part of a year, the base is cut to the same calendar months. One row per origin and
    destination; `role` is "destination", "total" (all destinations together) or "control".
    Columns: see measures.direct.growth; with bounds "main" or "all" those of measures.bounds.bounded_growth
    beside them, change_low and change_high among them. Raises NoDataError, UsageError.
    """
    before, after = comparable(parse_window(base), parse_window(window))
    targets, controls = resolve_many(destination), resolve_many(control) if control else ()
    origins, way = resolve_many(origin), a_flow(flow)
    partners = tuple(dict.fromkeys((*targets, *controls)))
    sides = (origins, partners) if way is Flow.EXPORT else (partners, origins)
    asked = Selection(*sides, way, parse_commodity(commodity), before + after, currency)
    rows = store.flows(as_of)
    whole = replace(asked, partners=tuple(sorted({"WLD", *asked.partners})))
    lived = _lived(_cells(rows, asked), _cells(rows, whole), before, after, "cells")
    expr = _direct.growth(_with_total(lived, way, targets), before, after)
    if "WLD" in controls:
        expr = _direct.shares(once(expr, "grown"), _far_side(way), "WLD")
    else:
        expr = expr.drop("is_world")
    if bounds:
        _bounds.checked(asked.basket, bounds)
        may, anyone = (_bounds.possible(rows, one, bounds) for one in (asked, whole))
        lived = _lived(may, anyone, before, after, "possible")
        low_high = _bounding.bounded_growth(_with_total(lived, way, targets), before, after)
        expr = _bounding.beside(expr, low_high, ("reporter", "partner", "currency"), _bounds.GROWTH)
    table, warnings = one_currency(store.run(expr))
    if not len(table):
        raise NoDataError(nothing(store, asked, as_of, "any"))
    table = roles(table, way, asked.basket.name, targets)
    spans = {"base": " ".join(map(str, before)), "window": " ".join(map(str, after))}
    question = question_of(
        "direct", asked, as_of, origin=origins, destination=targets, control=controls, bounds=bounds, **spans
    )
    warnings += [
        *_cautions(table, asked.basket, bounds),
        *month_cautions(table, before, after),
        *silences(table),
    ]
    return Answer(
        question,
        unit_names(table),
        behind(store, table, as_of),
        {"rows": store.sql(expr)},
        warnings,
        _notes(bounds),
    )


def _unheard(store: Store, rows: Table, asked: Selection) -> list[str]:
    """Members of groups of which nothing is told at all: a group is as whole as its members are."""
    if not any(is_group(one) for one in (*asked.reporters, *asked.partners)):
        return []
    found = store.run(_direct.members_told(_cells(rows, asked))).to_pylist()
    windows = asked.windows or (Window(*EVER),)
    said = []
    for side, areas in (("reporter", asked.reporters), ("partner", asked.partners)):
        for area in areas:
            heard = {word for row in found if row[side] == area for word in (row[f"{side}s"] or "").split()}
            if missing := silent_members(area, heard, windows):
                said.append(
                    f"{area} is summed from its members, and nothing is held of {', '.join(missing)}."
                )
    return said


def _notes(bounds: str | None) -> dict[str, str]:
    return NOTES | (_bounds.NOTES if bounds else {})


def _cautions(table: pa.Table, basket: Basket, bounds: str | None) -> list[str]:
    found = cautions(table, basket, bounded=bool(bounds))
    return [*found, *(_bounds.bound_cautions(table, basket, bounds) if bounds else ())]


def _lived(chosen: Table, anyone: Table, before: Span, after: Span, name: str) -> Table:
    """The cells with what their reporter gives of the goods with anyone, computed once."""
    return once(_direct.with_life(chosen, once(anyone, f"{name}_of_all"), before, after, before), name)


def _far_side(flow: Flow) -> str:
    """Which side of the reports the destinations are on."""
    return "partner" if flow is Flow.EXPORT else "reporter"


def _with_total(chosen: Table, flow: Flow, targets: Areas) -> Table:
    """The cells, and those of all destinations once more as one; not where destinations overlap."""
    if len(targets) < 2 or _overlapping(targets):
        return chosen
    side = _far_side(flow)
    return chosen.union(_direct.together(chosen.filter(chosen[side].isin(targets)), side, "+".join(targets)))


def _grain(by: str) -> tuple[str, tuple[str, ...]]:
    parts = [word.strip().lower() for word in by.split(",")]
    for word in parts:
        if word not in _SPLITS:
            raise UsageError(f"--by {word!r} is not known. Use {', '.join(_SPLITS)}, comma-separated.")
    split = tuple(dict.fromkeys(name for word in parts if (name := _SPLITS[word])))
    return ("year" if "year" in parts else "month"), split


def _overlapping(areas: Areas) -> bool:
    whole: list[str] = []
    for one in areas:
        whole += [m.code for m in group(one).members] if is_group(one) else [one]
    return "WLD" in areas or len(whole) != len(set(whole))
