"""What every answer says of its question: what was asked, what it rests on, why there is none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from entrepot.answers._shape import words
from entrepot.errors import UsageError
from entrepot.measures.cells import Selection
from entrepot.measures.cells import cells as _cells
from entrepot.measures.direct import Span
from entrepot.model.commodity import Basket
from entrepot.model.flow import Flow
from entrepot.model.period import Window
from entrepot.model.provenance import Snapshot
from entrepot.store import Store

if TYPE_CHECKING:
    from ibis.expr.types import Table


def a_flow(text: str) -> Flow:
    try:
        return Flow(text.strip().lower())
    except ValueError:
        raise UsageError(f"flow {text!r} is not known. Use one of: {', '.join(Flow)}.") from None


def comparable(base: Window, window: Window) -> tuple[Span, Span]:
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


def question_of(command: str, asked: Selection, as_of: date | None, **more: Any) -> dict[str, Any]:
    basket = asked.basket
    goods = {
        "commodity": basket.name,
        "commodity_title": basket.title,
        "hs_revision": basket.hs_revision,
        "codes": len(basket.codes),
    }
    return {"command": command, "flow": asked.flow.value, **more, **goods, "as_of": as_of}


def behind(store: Store, table: pa.Table, as_of: date | None) -> list[Snapshot]:
    used = words(table, "snapshots")
    return [shot for shot in store.snapshots(as_of) if shot.snapshot in used]


def nothing(store: Store, asked: Selection, as_of: date | None, grain: str) -> str:
    who = (
        f"{','.join(asked.reporters)} {asked.flow.value} with {','.join(asked.partners)}, {asked.basket.name}"
    )
    when = f" published by {as_of}" if as_of else ""
    hint = "; annual figures are shown with --by year" if grain == "month" else ""
    money = f", in {asked.currency}" if asked.currency else ""
    held = _coarser(store, asked, as_of)
    level = (
        f"; of the goods asked for only {', '.join(held)} is held, and a part of it cannot be told"
        if held
        else ""
    )
    return f"nothing held answers: {who}{money}{when}{hint}{level}. See what is held with: entrepot status."


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


def once(expr: Table, name: str) -> Table:
    """Computed once in a query that uses it more than once: Ibis would else write it out each time."""
    return expr.alias(name)
