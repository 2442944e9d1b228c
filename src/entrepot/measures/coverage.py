"""What is held: who reports what, which months, at which level, how fresh, who fell silent."""

from __future__ import annotations

import ibis
from ibis.expr.types import Table

from entrepot.measures.direct import words


def coverage(flows: Table, published: Table) -> Table:
    """One row per reporter, flow, source, frequency and level of the Harmonized System.

    published: two columns, snapshot and published (a date); of it, the latest publication behind the row.
    first, last: first day of the first and last period with a value. periods: how many have one.
    gaps: periods between first and last without any. partners, commodities: distinct ones. rows: cells.
    silent_for: months from `last` to the last period that any reporter has in that source and frequency;
    0 for the freshest. statuses: see model.flow.Status.
    """
    held = flows.filter(flows.value.notnull() | flows.net_weight_kg.notnull() | flows.quantity.notnull())
    held = held.left_join(published, "snapshot")
    found = held.group_by(["reporter", "flow", "source", "frequency", "digits"]).agg(
        first=held.period.min(),
        last=held.period.max(),
        periods=held.period.nunique(),
        partners=held.partner.nunique(),
        commodities=held.commodity.nunique(),
        rows=held.count(),
        published=held.published.max(),
        statuses=words(held.status),
    )
    peers = ibis.window(group_by=[found.source, found.frequency])
    step = ibis.ifelse(found.frequency == "M", 1, 12)
    span = _months(found.last) - _months(found.first)
    key = ["reporter", "flow", "source", "frequency", "digits"]
    placed = found.mutate(
        gaps=(span // step + 1 - found.periods).cast("int64"),
        silent_for=(_months(found.last).max().over(peers) - _months(found.last)).cast("int64"),
    )
    counts = ("periods", "gaps", "partners", "commodities", "rows", "statuses")
    return placed.select(*key, "first", "last", "silent_for", "published", *counts).order_by(key)


def extent(rows: Table) -> Table:
    """One row per frequency and currency of rows with a value: first and last period, how many rows.

    weighed: how many of the rows tell a weight or a quantity.
    """
    told = rows.filter(rows.value.notnull())
    found = told.group_by(["frequency", "currency"]).agg(
        first=told.period.min(),
        last=told.period.max(),
        rows=told.count(),
        weighed=(told.net_weight_kg.notnull() | told.quantity.notnull()).sum(),
    )
    return found.order_by(["frequency", ibis.desc("rows"), "currency"])


def facts(indicators: Table, published: Table) -> Table:
    """One row per indicator, source and frequency of the facts beside trade.

    published: as of `coverage`. areas: distinct ones, of a pair the first; 0 for facts of the
    world. first, last: first day of the first and last period, null for facts of all
    time. rows: how many facts.
    """
    held = indicators.left_join(published, "snapshot")
    key = ["indicator", "source", "frequency"]
    found = held.group_by(key).agg(
        areas=held.area.nunique(),
        first=held.period.min(),
        last=held.period.max(),
        rows=held.count(),
        published=held.published.max(),
    )
    order = ("indicator", "frequency", "areas", "first", "last", "rows", "source", "published")
    return found.select(*order).order_by(key)


def acts(told: Table, published: Table) -> Table:
    """One row per source and kind of act: actors and partners (distinct ones), first and last date, acts."""
    held = told.left_join(published, "snapshot")
    key = ["kind", "source"]
    found = held.group_by(key).agg(
        actors=held.actor.nunique(),
        partners=held.partner.nunique(),
        first=held.date.min(),
        last=held.date.max(),
        acts=held.count(),
        published=held.published.max(),
    )
    order = ("kind", "actors", "partners", "first", "last", "acts", "source", "published")
    return found.select(*order).order_by(key)


def votes(told: Table, published: Table) -> Table:
    """One row per source: roll calls, areas (distinct ones), first and last date, votes, those undated."""
    held = told.left_join(published, "snapshot")
    found = held.group_by("source").agg(
        roll_calls=held.roll_call.nunique(),
        areas=held.area.nunique(),
        first=held.date.min(),
        last=held.date.max(),
        votes=held.count(),
        undated=held.count(where=held.date.isnull()),
        published=held.published.max(),
    )
    order = ("roll_calls", "areas", "first", "last", "votes", "undated", "source", "published")
    return found.select(*order).order_by("source")


def _months(day: ibis.Value) -> ibis.Value:
    return day.year() * 12 + day.month()
