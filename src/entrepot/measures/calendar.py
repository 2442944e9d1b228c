"""A calendar of what is held: who told of which month, and where the figures come from."""

from __future__ import annotations

from typing import Final

import ibis
from ibis.expr.types import BooleanValue, Table, Value

from entrepot.measures.direct import words
from entrepot.model.flow import Status

MISSING: Final = "missing"
_SERIES = ("reporter", "flow", "source")
_STATUSES = {
    "reported": (Status.REPORTED, Status.SIMULATED),
    "estimated": (Status.ESTIMATED,),
    "imputed": (Status.IMPUTED, Status.MIRRORED),
    "printed": (Status.PUBLISHED, Status.TYPED),
}
_COUNTS = ("cells", *_STATUSES, "partners", "commodities", "months")
_YEAR = 12


def calendar(flows: Table, slots: Table, by: str = "month") -> Table:
    """One row per reporter, flow, source and month (year): from the first to the last anyone has there.

    flows: rows in force, of all goods or of some. slots: one column, `period`, the first days of all months
    (years) there may be. by: "month" looks at monthly figures alone, "year" at annual ones and at months.
    state: "held"; "estimated", "imputed" or "printed" where most cells are; "partial": fewer than half of
    the partners that the reporter names in its fullest month of that year, or a year of which months are
    missing; "missing": no cell has a value, a weight or a quantity.
    cells: how many have one; of them reported (invented ones too), estimated, imputed (mirrored ones too),
    printed (in a text, or typed by hand), see model.flow.Status. partners, commodities: distinct ones.
    months: of the period that are told, 12 by an annual figure. All 0 where nothing is held; statuses and
    snapshots are null there.
    """
    found = _found(flows, by).alias("calendar_found")
    spans = found.group_by("source").agg(first=found.period.min(), last=found.period.max())
    whose = found.select(*_SERIES).distinct().inner_join(spans, "source")
    every = whose.inner_join(slots, slots.period.between(whose.first, whose.last))
    told = every.select(*_SERIES, "period").left_join(found, [*_SERIES, "period"])
    table = told.mutate(**{name: told[name].fill_null(0) for name in _COUNTS})
    return _stated(table, by).order_by([*_SERIES, "period"])


def _found(flows: Table, by: str) -> Table:
    """One row per series and period of which something is told."""
    held = flows.filter(flows.value.notnull() | flows.net_weight_kg.notnull() | flows.quantity.notnull())
    if by == "month":
        held = held.filter(held.frequency == "M").mutate(slot=held.period)
    else:
        held = held.mutate(slot=ibis.date(held.period.year(), 1, 1))
    counted = held.group_by([*_SERIES, "slot"]).agg(**_counts(held))
    return counted.rename(period="slot")


def _counts(held: Table) -> dict[str, Value]:
    is_annual = held.frequency == "A"
    return {
        "cells": held.count(),
        **{name: held.count(where=held.status.isin([*kinds])) for name, kinds in _STATUSES.items()},
        "partners": held.partner.nunique(),
        "commodities": held.commodity.nunique(),
        "months": ibis.ifelse(is_annual.any(), _YEAR, held.period.nunique(where=~is_annual)),
        "statuses": words(held.status),
        "snapshots": words(held.snapshot),
    }


def _stated(table: Table, by: str) -> Table:
    """With the state that most cells are in; the plain report where two are alike."""
    most = ibis.greatest(*(table[name] for name in _STATUSES))
    state = ibis.cases(
        (table.cells == 0, MISSING),
        *(((table.reported < most) & (table[name] == most), name) for name in [*_STATUSES][1:]),
        (_is_partial(table, by), "partial"),
        else_="held",
    )
    return table.select(*_SERIES, "period", state.name("state"), *_COUNTS, "statuses", "snapshots")


def _is_partial(table: Table, by: str) -> BooleanValue:
    if by == "year":
        return table.months < _YEAR
    year = ibis.window(group_by=[*(table[name] for name in _SERIES), table.period.year()])
    return table.partners * 2 < table.partners.max().over(year)
