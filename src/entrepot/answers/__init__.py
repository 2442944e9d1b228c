"""Questions in, answers out: the one place where the store, the measures and what users write meet.

Each function takes a Store and what the user asked, in the user's own words, and returns an Answer.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from entrepot.answers._shape import (
    NOTES,
    cautions,
    month_cautions,
    one_currency,
    roles,
    silences,
    unit_names,
    words,
    year_cautions,
)
from entrepot.errors import NoDataError, UsageError
from entrepot.measures import coverage as _coverage
from entrepot.measures import direct as _direct
from entrepot.measures.cells import Selection
from entrepot.measures.cells import cells as _cells
from entrepot.measures.direct import Span
from entrepot.model.answer import Answer
from entrepot.model.area import group, is_group, resolve_many
from entrepot.model.commodity import Basket, parse_commodity
from entrepot.model.constant import constant
from entrepot.model.flow import Flow
from entrepot.model.period import Window, parse_window
from entrepot.model.provenance import Snapshot
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
    as_of: date | None = None,
) -> Answer:
    """What reporters say they traded with partners, period by period.

    One row per reporter, partner (as asked: a group is one row) and period, and per what `by` adds:
    "month" or "year", then any of "commodity", "reporter", "partner" (members of groups), comma-separated.
    value_usd (or value_eur, ...): units of the currency, null not reported. Raises NoDataError, UsageError.
    """
    grain, split = _grain(by)
    windows = (parse_window(period),) if period else ()
    asked = Selection(
        resolve_many(reporter),
        resolve_many(partner),
        _flow(flow),
        parse_commodity(commodity),
        windows,
        currency,
    )
    rows = store.flows(as_of)
    expr = _direct.series(_cells(rows, asked), by=grain, split=split)
    table, warnings = one_currency(store.run(expr))
    if not len(table):
        raise NoDataError(_nothing(store, asked, as_of, grain))
    warnings += [*cautions(table, asked.basket), *(year_cautions(table) if grain == "year" else ())]
    if "commodity" not in split:
        goods = pa.array([asked.basket.name] * len(table), pa.string())
        table = table.add_column(table.schema.get_field_index("period") + 1, "commodity", goods)
    question = _question(
        "flows", asked, as_of, by=by, period=period, reporter=asked.reporters, partner=asked.partners
    )
    return Answer(
        question, unit_names(table), _behind(store, table, as_of), {"rows": store.sql(expr)}, warnings, NOTES
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
    as_of: date | None = None,
) -> Answer:
    """How trade from origins to destinations changed from a base period to a window, with controls beside it.

    Where the window is part of a year, the base is cut to the same calendar months. One row per origin and
    destination; `role` is "destination", "total" (all destinations together) or "control".
    Columns: see measures.direct.growth. Raises NoDataError, UsageError.
    """
    before, after = _comparable(parse_window(base), parse_window(window))
    targets, controls = resolve_many(destination), resolve_many(control) if control else ()
    origins, way = resolve_many(origin), _flow(flow)
    partners = tuple(dict.fromkeys((*targets, *controls)))
    sides = (origins, partners) if way is Flow.EXPORT else (partners, origins)
    asked = Selection(*sides, way, parse_commodity(commodity), before + after, currency)
    rows = store.flows(as_of)
    anyone = _cells(rows, replace(asked, partners=tuple({"WLD", *asked.partners}), windows=before + after))
    lived = _direct.with_life(_cells(rows, asked), _once(anyone, "anyone"), before, after, before)
    expr = _direct.growth(_with_total(_once(lived, "cells"), way, targets), before, after)
    if "WLD" in controls:
        expr = _direct.shares(_once(expr, "grown"), _far_side(way), "WLD")
    else:
        expr = expr.drop("is_world")
    table, warnings = one_currency(store.run(expr))
    if not len(table):
        raise NoDataError(_nothing(store, asked, as_of, "month"))
    table = roles(table, way, asked.basket.name, targets)
    spans = {"base": " ".join(map(str, before)), "window": " ".join(map(str, after))}
    question = _question(
        "direct", asked, as_of, origin=origins, destination=targets, control=controls, **spans
    )
    warnings += [*cautions(table, asked.basket), *month_cautions(table, before, after), *silences(table)]
    return Answer(
        question, unit_names(table), _behind(store, table, as_of), {"rows": store.sql(expr)}, warnings, NOTES
    )


def _once(expr: Table, name: str) -> Table:
    """Computed once in a query that uses it more than once: Ibis would else write it out each time."""
    return expr.alias(name)


def _far_side(flow: Flow) -> str:
    """Which side of the reports the destinations are on."""
    return "partner" if flow is Flow.EXPORT else "reporter"


def _with_total(chosen: Table, flow: Flow, targets: Areas) -> Table:
    """The cells, and those of all destinations once more as one; not where destinations overlap."""
    if len(targets) < 2 or _overlapping(targets):
        return chosen
    side = _far_side(flow)
    return chosen.union(_direct.together(chosen.filter(chosen[side].isin(targets)), side, "+".join(targets)))


def status(store: Store, *, as_of: date | None = None) -> Answer:
    """What is held: one row per reporter, flow, source, frequency and level (see measures.coverage)."""
    shots = store.snapshots(as_of)
    vintages = constant(
        {"snapshot": [shot.snapshot for shot in shots], "published": [shot.published for shot in shots]},
        {"snapshot": "string", "published": "date"},
    )
    expr = _coverage.coverage(store.flows(as_of), vintages)
    table = store.run(expr)
    unknown = sum(not shot.published_is_known for shot in shots)
    warnings = []
    if unknown:
        warnings.append(
            f"{unknown} of {len(shots)} publication dates are unknown; the day of adding stands in."
        )
    rejected = sum(shot.rejects for shot in shots)
    if rejected:
        warnings.append(f"{rejected:,} rows were not understood: entrepot rejects")
    return Answer(
        {"command": "status", "as_of": as_of}, table, shots, {"rows": store.sql(expr)}, warnings, NOTES
    )


def rejects(store: Store, *, snapshot: str | None = None, as_of: date | None = None) -> Answer:
    """Rows that were not understood: file, row, column, value, reason.

    Raises NoDataError where nothing is held.
    """
    shots = [shot for shot in store.snapshots(as_of) if snapshot in (None, shot.snapshot, shot.file)]
    if not shots:
        raise NoDataError(
            f"the store holds no snapshot {snapshot!r}." if snapshot else "the store holds nothing yet."
        )
    parts = [
        store.rejects(shot.snapshot).add_column(0, "file", pa.array([shot.file] * shot.rejects, pa.string()))
        for shot in shots
    ]
    return Answer(
        {"command": "rejects", "snapshot": snapshot, "as_of": as_of}, pa.concat_tables(parts), shots
    )


def _grain(by: str) -> tuple[str, tuple[str, ...]]:
    parts = [word.strip().lower() for word in by.split(",")]
    for word in parts:
        if word not in _SPLITS:
            raise UsageError(f"--by {word!r} is not known. Use {', '.join(_SPLITS)}, comma-separated.")
    split = tuple(dict.fromkeys(name for word in parts if (name := _SPLITS[word])))
    return ("year" if "year" in parts else "month"), split


def _flow(text: str) -> Flow:
    try:
        return Flow(text.strip().lower())
    except ValueError:
        raise UsageError(f"flow {text!r} is not known. Use one of: {', '.join(Flow)}.") from None


def _comparable(base: Window, window: Window) -> tuple[Span, Span]:
    """Base and window over the same calendar months, where the base is whole years and the window is not.

    Raises UsageError where they share a month.
    """
    if base.first <= window.last and window.first <= base.last:
        raise UsageError(f"base {base} and window {window} overlap. Compare periods that share no month.")
    if base.years is None or window.years is not None:
        return (base,), (window,)
    months = sorted(window.calendar_months())
    runs = [(m, m) for m in months]
    for place in range(len(runs) - 1, 0, -1):
        if runs[place][0] == runs[place - 1][1] + 1:
            runs[place - 1 : place + 1] = [(runs[place - 1][0], runs[place][1])]
    cut = [
        Window(date(year.year, first, 1), date(year.year, last, 1))
        for year in base.years
        for first, last in runs
    ]
    return tuple(cut), (window,)


def _overlapping(areas: Areas) -> bool:
    whole: list[str] = []
    for one in areas:
        whole += [m.code for m in group(one).members] if is_group(one) else [one]
    return "WLD" in areas or len(whole) != len(set(whole))


def _question(command: str, asked: Selection, as_of: date | None, **more: Any) -> dict[str, Any]:
    basket = asked.basket
    goods = {
        "commodity": basket.name,
        "commodity_title": basket.title,
        "hs_revision": basket.hs_revision,
        "codes": len(basket.codes),
    }
    return {"command": command, "flow": asked.flow.value, **more, **goods, "as_of": as_of}


def _behind(store: Store, table: pa.Table, as_of: date | None) -> list[Snapshot]:
    used = words(table, "snapshots")
    return [shot for shot in store.snapshots(as_of) if shot.snapshot in used]


def _nothing(store: Store, asked: Selection, as_of: date | None, grain: str) -> str:
    who = (
        f"{','.join(asked.reporters)} {asked.flow.value} with {','.join(asked.partners)}, {asked.basket.name}"
    )
    when = f" published by {as_of}" if as_of else ""
    hint = "; annual figures are shown with --by year" if grain == "month" else ""
    held = _coarser(store, asked, as_of)
    level = (
        f"; of the goods asked for only {', '.join(held)} is held, and a part of it cannot be told"
        if held
        else ""
    )
    return f"nothing held answers: {who}{when}{hint}{level}. See what is held with: entrepot status."


def _coarser(store: Store, asked: Selection, as_of: date | None) -> list[str]:
    """Codes held that contain codes asked for: why there is no answer at the level asked for."""
    codes = {
        code[:length] for code in asked.basket.codes if code.isdigit() for length in range(2, len(code), 2)
    }
    if not codes:
        return []
    wider = replace(asked, basket=Basket("wider", tuple(sorted(codes))))
    found = _cells(store.flows(as_of), wider)
    found = found.filter(found.digits == found.commodity.length())
    return sorted(store.run(found.select("commodity").distinct())["commodity"].to_pylist())[:5]
