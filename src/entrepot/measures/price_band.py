"""What a kilogram of a product of an origin usually costs: a robust band of unit values, month by month."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
from ibis.expr.types import BooleanValue, Table, Value

from entrepot.measures.cells import Selection, cells, nearest
from entrepot.measures.direct import words
from entrepot.measures.prices import KILOGRAM, is_counted, is_weighed
from entrepot.model.area import aggregates
from entrepot.model.commodity import Basket
from entrepot.model.constant import column
from entrepot.model.edition import latest as latest_edition
from entrepot.model.edition import linked, unchanged
from entrepot.model.flow import DERIVED, Flow
from entrepot.model.period import Window

HALF_WIDTH = 6
"""Months before and after the month asked for whose cells are taken."""

LEAST_CELLS = 8
"""Cells below which there is no band: the median deviation of fewer moves with any one of them."""

WIDTH = 3.0
"""Robust standard deviations from the middle to either end."""

CONSISTENT = 1.4826
"""Times the median absolute deviation: the standard deviation, where logarithms are normal."""

SIDES = ("exports", "imports")
"""Whose cells: the origin's own exports; else what others say they imported from it."""

_BAND = ("origin", "commodity", "month", "side")
_TRADED = ("side", "origin", "other", "period", "commodity", "hs_revision", "currency")


def traded(flows: Table, origins: Sequence[str], basket: Basket, windows: Sequence[Window]) -> Table:
    """One row per side, origin, other country, month, six-digit code and edition: value, kilograms.

    flows: of the store. side: "exports" (what the origin reports) or "imports" (what others report from it).
    value: units of `currency`. kilograms: the net weight, or the quantity where its unit is the kilogram.
    Only rows that tell both, monthly, with nothing in them that the publisher or anybody else estimated;
    national codes that are measured are summed into the six digits they begin with, those that are not are
    left out with their value. The world and groups are no cells: their members are.
    """
    whole = sorted(aggregates())
    single = flows.filter(flows.frequency == "M", ~flows.reporter.isin(whole), ~flows.partner.isin(whole))
    ends = {Flow.EXPORT: (tuple(origins), ("WLD",)), Flow.IMPORT: (("WLD",), tuple(origins))}
    found = {
        flow: cells(single, Selection(*sides, flow, basket, tuple(windows), settled=_SETTLED))
        for flow, sides in ends.items()
    }
    exports = _summed(found[Flow.EXPORT], SIDES[0], ("reporter_member", "partner_member"))
    return exports.union(_summed(found[Flow.IMPORT], SIDES[1], ("partner_member", "reporter_member")))


_SETTLED = frozenset({"reporter_own", "partner_own"})  # no row of a group is left


def _summed(found: Table, side: str, ends: tuple[str, str]) -> Table:
    measured = found.mutate(kilograms=_kilograms(found))
    measured = measured.filter(measured.kilograms > 0, ~measured.status.isin(DERIVED).fill_null(False))
    placed = measured.mutate(side=ibis.literal(side), origin=measured[ends[0]], other=measured[ends[1]])
    return placed.group_by(list(_TRADED)).agg(
        value=placed.value.sum(),
        kilograms=placed.kilograms.sum(),
        valuations=words(placed.valuation),
        sources=words(placed.source),
        snapshots=words(placed.snapshot),
    )


def _kilograms(rows: Table) -> Value:
    in_kg = is_counted(rows) & (rows.quantity_unit == KILOGRAM).fill_null(False)
    return ibis.cases(
        (is_weighed(rows), rows.net_weight_kg), (in_kg, rows.quantity), else_=ibis.null("float64")
    )


def in_dollars(traded: Table, rates: Table) -> Table:
    """The rows of `traded` with `usd_per_kg`; of each origin and code in one currency, dollars first.

    rates: currency, frequency, period, usd_per_unit (a month's average). Dollars told are never mixed with
    dollars converted: where an origin's code is told in USD at all, its other currencies are left out. A
    month without a rate is left out.
    """
    ranked = traded.mutate(money=ibis.ifelse(traded.currency == "USD", "", traded.currency))
    whole = ibis.window(group_by=[ranked.side, ranked.origin, ranked.commodity])
    ranked = ranked.mutate(first=ranked.money.min().over(whole))
    monthly = rates.filter(rates.frequency == "M").select("currency", "period", "usd_per_unit")
    priced = ranked.filter(ranked.money == ranked.first).inner_join(monthly, ["currency", "period"])
    return priced.mutate(usd_per_kg=priced.value * priced.usd_per_unit / priced.kilograms.nullif(0))


def price_band(
    priced: Table,
    wanted: Table,
    half_width: int = HALF_WIDTH,
    least_cells: int = LEAST_CELLS,
    width: float = WIDTH,
) -> Table:
    """One row per origin, commodity and month wanted with any measured cell near it.

    priced: of `in_dollars`. wanted: origin, commodity (six digits), month (its first day), edition (of the
    month: codes whose goods changed between editions are only taken from cells in it); each once.

    A cell is one other country in one month, at most `half_width` months away; each counts once, whatever
    its weight, so that no great customer makes the price. middle: the median of the cells' USD per kg
    (of their logarithms: of an even number the geometric mean of the two in the middle). low, high: middle
    divided and multiplied by exp(width x robust_sd). robust_sd: 1.4826 x the median absolute deviation of
    the logarithms. All four are null where there are fewer than `least_cells` cells, or more than half are
    alike to the last digit (no deviation): `cells` tells how many. months: distinct, among the cells.
    basis: whose figures, "exports of X" where they give a band, else "imports from X". valuation: fob or
    cif as those publishers say, words. currencies: told in; other than USD: converted month by month.
    A band of what is usual, no fair value: qualities inside a code differ, and lie in it.
    Source: the median of value over weight in place of the slope of the robust regression of value on weight
    in Arsenis, Perrotta and Torti, The Estimation of Fair Prices of Traded Goods from Outlier-Free Trade Data
    (JRC, EUR 27696, 2015), by month and origin as in the JRC's monthly prices; Hampel, JASA 69 (1974).
    """
    found = _near(priced, wanted, half_width)
    middles = found.group_by(list(_BAND)).agg(**_told(found)).alias("band_middles")
    spread = found.inner_join(middles.select(*_BAND, "log_middle"), list(_BAND))
    spread = spread.mutate(deviation=(spread.log_price - spread.log_middle).abs())
    spreads = spread.group_by(list(_BAND)).agg(deviation=spread.deviation.median())
    joined = middles.inner_join(spreads, list(_BAND))
    return _shaped(_first_side(_ends(joined, least_cells, width)))


def _near(priced: Table, wanted: Table, half_width: int) -> Table:
    """The cells of each band wanted: near its month, and in its edition where the code's goods changed."""
    asked = wanted.mutate(at=_ordinal(wanted.month))
    dated = priced.mutate(then=_ordinal(priced.period), log_price=priced.usd_per_kg.ln())
    joined = dated.inner_join(
        asked,
        [
            dated.origin == asked.origin,
            dated.commodity == asked.commodity,
            dated.then >= asked.at - half_width,
            dated.then <= asked.at + half_width,
        ],
    )
    return joined.filter(_is_same_goods(joined)).alias("band_cells")


def _is_same_goods(rows: Table) -> BooleanValue:
    """Written in the month's edition, or of a code that is the same in all that are linked."""
    editions = sorted({latest_edition(), *linked(latest_edition())})
    linked_ones = rows.hs_revision.isin(editions) & rows.edition.isin(editions)
    kept = rows.commodity.isin(column("kept", unchanged()).kept)
    return ((rows.hs_revision == rows.edition) | (linked_ones & kept)).fill_null(False)


def _ordinal(day: Value) -> Value:
    return (day.year() * 12 + day.month()).cast("int64")


def _told(found: Table) -> dict[str, Value]:
    return {
        "log_middle": found.log_price.median(),
        "cells": found.count(),
        "months": found.period.nunique(),
        "valuation": words(found.valuations),
        "currencies": words(found.currency),
        "hs_revisions": words(found.hs_revision),
        "sources": words(found.sources),
        "snapshots": words(found.snapshots),
    }


def _ends(joined: Table, least_cells: int, width: float) -> Table:
    is_told = (joined.cells >= least_cells) & (joined.deviation > 0)
    none = ibis.null("float64")
    sd = ibis.ifelse(is_told, joined.deviation * CONSISTENT, none)
    middle = ibis.ifelse(is_told, joined.log_middle, none)
    return joined.mutate(
        robust_sd=sd, low=(middle - width * sd).exp(), middle=middle.exp(), high=(middle + width * sd).exp()
    )


def _first_side(bands: Table) -> Table:
    """Exports where they give a band; else imports where they do; else exports, to tell how few there are."""
    second = (bands.side != SIDES[0]).cast("int64")
    ranked = bands.mutate(distance=second + 2 * bands.middle.isnull().cast("int64"))
    return nearest(ranked, ("origin", "commodity", "month"))


def _shaped(bands: Table) -> Table:
    basis = ibis.ifelse(
        bands.side == SIDES[0],
        ibis.literal("exports of ") + bands.origin,
        ibis.literal("imports from ") + bands.origin,
    )
    return bands.mutate(basis=basis).select(*COLUMNS).order_by(["origin", "commodity", "month"])


COLUMNS = (
    *("origin", "commodity", "month", "low", "middle", "high", "robust_sd", "cells", "months", "basis"),
    *("valuation", "currencies", "hs_revisions", "sources", "snapshots"),
)
