"""Unit values period by period, and beside a price known from elsewhere (METHODS section 5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import ibis
from ibis.expr.types import Table, Value

from entrepot.measures.direct import in_slots, months_told, words
from entrepot.measures.prices import KILOGRAM, is_counted, is_weighed
from entrepot.model.constant import constant

TONNE = "t"
_ROW = ("reporter", "partner", "flow", "slot", "commodity", "currency")


@dataclass(frozen=True)
class Yardstick:
    """A monthly price to hold unit values against, and how one is brought to the other."""

    indicator: str  # of model.indicator, of the world: brent_usd_per_barrel
    per: float = 1.0  # units of quantity in the unit the price is of: tonnes in a barrel
    per_low: float = 1.0
    per_high: float = 1.0
    lags: Sequence[int] = (0,)  # months by which the price is older than the trade; the first is the point


def unit_values(cells: Table, by: str = "month") -> Table:
    """One row per reporter and partner as asked, period, code of the basket and unit of quantity.

    cells: of measures.cells. by: "month", or "year" (annual figures before months). unit_value: units of
    `currency` for one `quantity_unit`: value over quantity, of measured cells alone, with nothing in them
    that the publisher estimated. Quantity is the publisher's own where it has a unit, else the net weight;
    kilograms are told in tonnes (t). value: of those cells; measured_share: its share of all value of the
    period. A period with no measured cell is one row with neither quantity nor unit value.
    Not a price: the mix of goods, qualities and partners inside a code moves it too.
    Source: METHODS section 5, and section 0, rule 4.
    """
    placed = in_slots(cells, by)
    placed = placed.filter(placed.value.notnull())
    placed = placed.mutate(**_quantity(placed))
    whole = ibis.window(group_by=[placed[name] for name in _ROW])
    placed = placed.mutate(total=placed.value.sum().over(whole), best=placed.amount.max().over(whole))
    placed = placed.filter(placed.unit.notnull() | placed.best.isnull())
    found = placed.group_by([*_ROW, "unit"]).agg(
        value=placed.value.sum(),
        quantity=placed.amount.sum(),
        measured_share=placed.value.sum(where=placed.unit.notnull()).fill_null(0)
        / placed.total.max().nullif(0),
        months=months_told(placed, ibis.literal(True)),
        cells=placed.count(),
        status=words(placed.status),
        hs_revisions=words(placed.hs_revision),
        sources=words(placed.source),
        snapshots=words(placed.snapshot),
    )
    named = found.mutate(unit_value=found.value / found.quantity.nullif(0))
    return named.rename(period="slot", quantity_unit="unit").select(
        *("reporter", "partner", "flow", "period", "commodity", "unit_value", "currency", "quantity_unit"),
        *("value", "quantity", "measured_share", "months", "cells", "status", "hs_revisions", "sources"),
        "snapshots",
    ).order_by(["reporter", "partner", "commodity", "quantity_unit", "period"])  # fmt: skip


def _quantity(rows: Table) -> dict[str, Value]:
    """The quantity of a row and its unit: the publisher's own before the weight; null where estimated."""
    counted, weighed = is_counted(rows), is_weighed(rows)
    in_kg = counted & (rows.quantity_unit == KILOGRAM)
    amount = ibis.cases(
        (in_kg, rows.quantity / 1000),
        (counted, rows.quantity),
        (weighed, rows.net_weight_kg / 1000),
        else_=ibis.null("float64"),
    )
    unit = ibis.cases(
        (in_kg, TONNE), (counted, rows.quantity_unit), (weighed, TONNE), else_=ibis.null("string")
    )
    return {"amount": amount, "unit": unit}


def beside(found: Table, indicators: Table, yardstick: Yardstick) -> Table:
    """The rows of `unit_values` by month, each with a price of the world beside it.

    indicators: see model.indicator. converted: unit value of what `per` says, in units of `currency`;
    indicator_value: the price at the first of the lags, in its own unit. gap: converted less
    indicator_value; below it is negative. gap_low, gap_high: over all the lags, and over per_low and
    per_high; null where a lag's month has no price. Sign: a discount is negative.
    Source: METHODS section 5 (China's unit value of crude against Brent).
    """
    prices = _lagged(indicators, yardstick)
    joined = found.mutate(at=_month(found.period)).left_join(prices, "at")
    low, high = joined.unit_value * yardstick.per_low, joined.unit_value * yardstick.per_high
    converted = joined.unit_value * yardstick.per
    more = joined.mutate(
        converted=converted,
        indicator_value=joined.point,
        gap=converted - joined.point,
        gap_low=low - joined.dearest,
        gap_high=high - joined.cheapest,
        snapshots=joined.snapshots + ibis.ifelse(joined.told_in.isnull(), "", " " + joined.told_in),
    )
    order = [name for name in found.columns if name not in _LAST]
    priced = ("converted", "indicator_value", "gap", "gap_low", "gap_high")
    return more.select(*order, *priced, *_LAST).order_by(
        ["reporter", "partner", "commodity", "quantity_unit", "period"]
    )


_LAST = ("status", "hs_revisions", "sources", "snapshots")


def widest(found: Table, indicators: Table, yardstick: Yardstick) -> Table:
    """One row per series of `unit_values` and lag: the month whose unit value lies furthest below the price.

    lag: months by which the price is older. converted, indicator_value, gap: as in `beside`, at that lag;
    gap_low, gap_high: over per_low and per_high alone. Two months that tie are two rows.
    """
    joined = found.mutate(at=_month(found.period)).inner_join(_shifted(indicators, yardstick), "at")
    told = joined.mutate(
        converted=joined.unit_value * yardstick.per,
        indicator_value=joined.price,
        gap=joined.unit_value * yardstick.per - joined.price,
        gap_low=joined.unit_value * yardstick.per_low - joined.price,
        gap_high=joined.unit_value * yardstick.per_high - joined.price,
    )
    series = ("reporter", "partner", "commodity", "quantity_unit", "lag")
    least = told.gap.min().over(ibis.window(group_by=[told[name] for name in series]))
    kept = told.mutate(least=least).filter(lambda t: t.gap == t.least)
    priced = ("converted", "indicator_value", "gap", "gap_low", "gap_high")
    return kept.select(*series, "period", *priced).order_by([*series, "period"])


def _shifted(indicators: Table, yardstick: Yardstick) -> Table:
    """One row per month of trade, `at`, and lag: the price of the world that many months before."""
    world = indicators.filter(
        indicators.indicator == yardstick.indicator,
        indicators.area.isnull(),
        indicators.partner.isnull(),
        indicators.frequency == "M",
    )
    lags = constant({"lag": list(yardstick.lags)}, {"lag": "int64"})
    paired = world.cross_join(lags)
    return paired.select("lag", at=_month(paired.period) + paired.lag, price=paired.value, told="snapshot")


def _lagged(indicators: Table, yardstick: Yardstick) -> Table:
    """One row per month of trade, `at`: the price at the first lag, and the least and the most of all."""
    paired = _shifted(indicators, yardstick)
    found = paired.group_by("at").agg(
        point=paired.price.max(where=paired.lag == yardstick.lags[0]),
        least=paired.price.min(),
        most=paired.price.max(),
        lags_told=paired.price.count(),
        told_in=words(paired.told),
    )
    is_whole = found.lags_told == len(yardstick.lags)
    none = ibis.null("float64")
    return found.mutate(
        cheapest=ibis.ifelse(is_whole, found.least, none), dearest=ibis.ifelse(is_whole, found.most, none)
    ).drop("least", "most", "lags_told")


def _month(day: Value) -> Value:
    return (day.year() * 12 + day.month()).cast("int64")
