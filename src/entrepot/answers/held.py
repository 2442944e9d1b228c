"""What is held, and what was not understood."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import pyarrow as pa

from entrepot.answers._question import a_flow, behind
from entrepot.answers._shape import NOTES
from entrepot.errors import NoDataError, UsageError
from entrepot.measures import calendar as _calendar
from entrepot.measures import coverage as _coverage
from entrepot.measures.cells import everyone, in_basket
from entrepot.model.answer import Answer
from entrepot.model.area import resolve_many
from entrepot.model.commodity import parse_commodity
from entrepot.model.constant import constant
from entrepot.model.kind import ACTS, FLOWS, INDICATORS, VOTES
from entrepot.model.period import EVER, Window, parse_window
from entrepot.model.provenance import Snapshot
from entrepot.store import Store

if TYPE_CHECKING:
    from ibis.expr.types import Table


def status(store: Store, *, as_of: date | None = None) -> Answer:
    """What is held: one row per reporter, flow, source, frequency and level (see measures.coverage).

    Beside it, where there are any, what is not trade: `indicators`, `acts` (those of the package's lists
    too), `votes`.
    Raises NoDataError where nothing is held.
    """
    shots = store.snapshots(as_of)
    vintages = constant(
        {"snapshot": [shot.snapshot for shot in shots], "published": [shot.published for shot in shots]},
        {"snapshot": "string", "published": "date"},
    )
    expr = _coverage.coverage(_flows(store, shots, as_of), vintages)
    table = store.run(expr)
    others = _beside(store, shots, vintages, as_of)
    queries = {"rows": expr} | others
    beside = {name: store.run(rows) for name, rows in others.items()}
    unknown = sum(not shot.published_is_known for shot in shots)
    warnings = []
    if unknown:
        warnings.append(
            f"{unknown} of {len(shots)} publication dates are unknown; the day of adding stands in."
        )
    rejected = sum(shot.rejects for shot in shots)
    if rejected:
        warnings.append(f"{rejected:,} rows were not understood: entrepot rejects")
    question = {"command": "status", "as_of": as_of}
    told = {name: store.sql(rows) for name, rows in queries.items()}
    return Answer(question, table, shots, told, warnings, NOTES, beside)


def _beside(store: Store, shots: Sequence[Snapshot], vintages: Table, as_of: date | None) -> dict[str, Table]:
    """What is held of each kind of rows beside trade."""
    kinds = {shot.kind for shot in shots}
    found = {}
    if INDICATORS.name in kinds:
        found[INDICATORS.name] = _coverage.facts(store.indicators(as_of), vintages)
    if ACTS.name in kinds:
        found[ACTS.name] = _coverage.acts(store.acts(as_of), vintages)
    if VOTES.name in kinds:
        found[VOTES.name] = _coverage.votes(store.votes(as_of), vintages)
    return found


def _flows(store: Store, shots: Sequence[Snapshot], as_of: date | None) -> Table:
    """The rows in force; none, and no error, where what is not trade is all that is held."""
    if shots and not any(shot.kind == FLOWS.name for shot in shots):
        return constant({name: [] for name in FLOWS.columns}, FLOWS.columns)
    return store.flows(as_of)


_CALENDAR_NOTES = {
    "state": "what most cells of the period are; partial: fewer than half of the partners of the reporter's "
    "fullest month of that year, or a year of which months are missing",
    "cells": "figures in force, at all levels of goods; 0: nothing is held, which is not a value of zero",
}
_CALENDAR_BRIEF = ("reporter", "flow", "source", "period", "state", "cells", "partners", "commodities")


def calendar(
    store: Store,
    *,
    reporter: str = "",
    flow: str = "",
    commodity: str = "",
    period: str = "",
    by: str = "month",
    as_of: date | None = None,
) -> Answer:
    """What is held of each month (by: "year", of each year) and in which state; what is missing is a row too.

    One row per reporter, flow, source and period, from the first to the last that anyone has in that source.
    Columns: see measures.calendar. reporter, flow, commodity, period: only these; empty takes all.
    Raises NoDataError where nothing is held, UsageError.
    """
    if by not in ("month", "year"):
        raise UsageError(f"--by {by!r} is not known here. Use month or year.")
    who = resolve_many(reporter) if reporter else ()
    way, basket = (flow and a_flow(flow).value), (parse_commodity(commodity) if commodity else None)
    span = parse_window(period) if period else EVER
    rows = store.flows(as_of)
    wanted = [rows.reporter.isin(everyone(who))] if who else []
    wanted += [rows.flow == way] if way else []
    rows = rows.filter(wanted) if wanted else rows
    rows = in_basket(rows, basket) if basket else rows
    expr = _calendar.calendar(rows, _slots(span, by), by)
    table = store.run(expr)
    if not len(table):
        also = "; monthly figures alone are looked at: --by year" if by == "month" else ""
        raise NoDataError(f"nothing is held of that{also}. See what is held with: entrepot status.")
    counts = table.group_by("state").aggregate([("reporter", "count_distinct"), ("state", "count")])
    goods = basket and basket.name
    question = {"command": "calendar", "reporter": list(who) or None, "flow": way or None, "commodity": goods}
    return Answer(
        {**question, "by": by, "period": period or None, "as_of": as_of},
        table,
        behind(store, table, as_of),
        {"rows": store.sql(expr)},
        (),
        _CALENDAR_NOTES,
        {"states": counts.rename_columns(["state", "reporters", "periods"]).sort_by("state")},
        _CALENDAR_BRIEF,
    )


def _slots(span: Window, by: str) -> Table:
    """The first days of all months, or years, that a span touches."""
    days = [day for day in span.months if by == "month" or day.month == 1 or day == span.first]
    return constant(
        {"period": sorted({day.replace(month=1) if by == "year" else day for day in days})},
        {"period": "date"},
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
