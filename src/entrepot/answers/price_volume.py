"""Price and volume: how much of a change in value is which, and unit values month by month."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from entrepot.answers._question import a_flow, behind, comparable, nothing, once, question_of
from entrepot.answers._shape import cautions, one_currency, unit_names
from entrepot.errors import NoDataError, UsageError
from entrepot.measures import prices as _prices
from entrepot.measures import unit_values as _unit_values
from entrepot.measures.cells import Selection
from entrepot.measures.cells import cells as _cells
from entrepot.measures.cells import levels as _levels
from entrepot.measures.direct import Span, with_life
from entrepot.measures.unit_values import Yardstick
from entrepot.model.answer import Answer
from entrepot.model.area import resolve_many
from entrepot.model.commodity import Basket, parse_commodity
from entrepot.model.flow import Flow
from entrepot.model.period import parse_window
from entrepot.store import Store

if TYPE_CHECKING:
    from ibis.expr.types import Table

NOTES = {
    "value_ratio": "window over base; = price_index x volume_index x unmatched",
    "price_index": "Fisher index of unit values over matched cells; empty: undetermined",
    "price_low": "the lower of Laspeyres and Paasche: the range over that choice; no sampling error",
    "unmatched": "what cells without a measured quantity on both sides add to the ratio of values",
    "matched_share": "the smaller of the two sides' shares of value in matched cells",
    "base_value": "sum over the base, units of the currency in the name; empty: not reported, never zero",
}
UNIT_NOTES = {
    "unit_value": "units of currency for one quantity_unit; kilograms are told in tonnes (t)",
    "measured_share": "share of the period's value whose quantity is known and nobody's estimate",
}
_FEW_DAYS = 0.01


def prices(
    store: Store,
    *,
    reporter: str,
    partner: str,
    flow: str = "export",
    commodity: str,
    base: str,
    window: str,
    currency: str | None = None,
    as_of: date | None = None,
) -> Answer:
    """How much of a change in the value of trade is price and how much is volume.

    Where the window is part of a year, a base of whole years is cut to the same calendar months. One row per
    reporter, partner and code of the basket, and one for all codes together where there are several.
    Columns: see measures.prices.split. Raises NoDataError, UsageError.
    """
    before, after = comparable(parse_window(base), parse_window(window))
    basket = parse_commodity(commodity)
    whos = resolve_many(reporter), resolve_many(partner)
    asked = Selection(*whos, a_flow(flow), basket, before + after, currency)
    expr = _split(store.flows(as_of), asked, before, after)
    table, warnings = one_currency(store.run(expr))
    if not len(table):
        raise NoDataError(nothing(store, asked, as_of, "any"))
    spans = {"base": " ".join(map(str, before)), "window": " ".join(map(str, after))}
    question = question_of("prices", asked, as_of, reporter=whos[0], partner=whos[1], **spans)
    warnings += [*cautions(table, basket), *_split_cautions(table, basket, before, after)]
    return Answer(
        question, unit_names(table), behind(store, table, as_of), {"rows": store.sql(expr)}, warnings, NOTES
    )


def _split(rows: Table, asked: Selection, before: Span, after: Span) -> Table:
    anyone = _cells(rows, replace(asked, partners=tuple({"WLD", *asked.partners})))
    lived = with_life(_cells(rows, asked), once(anyone, "anyone"), before, after, before)
    whole = asked.basket.name if len(asked.basket.codes) > 1 else None
    return _prices.split(once(lived, "lived"), once(_levels(rows, asked), "levels"), before, after, whole)


def _split_cautions(table: pa.Table, basket: Basket, base: Span, window: Span) -> Iterator[str]:
    rows = table.to_pylist()
    if missing := sorted(set(basket.codes) - {row["commodity"] for row in rows}):
        yield f"nothing is held of {', '.join(missing[:10])}{' ...' if len(missing) > 10 else ''}."
    yield from _verdicts(rows)
    yield from _lengths(rows, base, window)


def _verdicts(rows: list[dict[str, Any]]) -> Iterator[str]:
    """Which rows tell no index, and which tell that of one cell."""
    if one := _named(row for row in rows if row["is_unit_value"]):
        yield f"a unit value, not an index, for one cell is matched: {one}. Its mix may have changed too."
    if open_ := _named(row for row in rows if row["undetermined"]):
        told = "less than half of the value has measured quantities on both sides, or a side has no value"
        yield f"price and volume are not determined: {open_} ({told})."
    if any(row["undetermined"] and " " in row["hs_revisions"] for row in rows):
        yield "a code whose goods changed between editions of the Harmonized System is not matched."


def _named(rows: Iterator[dict[str, Any]]) -> str:
    return ", ".join(f"{row['reporter']} {row['partner']} {row['commodity']}" for row in rows)


def _lengths(rows: list[dict[str, Any]], base: Span, window: Span) -> Iterator[str]:
    """Unlike numbers of months, silent months, months of unlike length."""
    covered = {(row["base_covered"], row["window_covered"]) for row in rows}
    for then, now in sorted((a, b) for a, b in covered if a != b and None not in (a, b)):
        told = f"{then} months of the base and {now} of the window are reported"
        yield f"{told}: ratios are of averages a month."
    for side, span in (("base", base), ("window", window)):
        wanted = sum(len(one.months) for one in span)
        if short := _named(row for row in rows if (row[f"{side}_months"] or 0) < wanted):
            yield f"fewer than {wanted} months have a value in the {side}: {short}."
    days = [_days(span) / sum(len(one.months) for one in span) for span in (base, window)]
    if abs(days[1] / days[0] - 1) > _FEW_DAYS:
        told = f"a month of the base has {days[0]:.3g} days, one of the window {days[1]:.3g}"
        yield f"{told}: of volume_index {days[1] / days[0]:.3f} is the calendar."


def _days(span: Span) -> int:
    return sum(((_after(one.last)) - one.first).days for one in span)


def _after(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def unit_values(
    store: Store,
    *,
    reporter: str,
    partner: str,
    flow: str = "export",
    commodity: str,
    period: str | None = None,
    by: str = "month",
    against: str | None = None,
    per: float | None = None,
    per_range: str | None = None,
    lags: str = "0,1",
    currency: str | None = None,
    as_of: date | None = None,
) -> Answer:
    """Value over quantity, period by period, and beside a monthly price of the world.

    by: "month" or "year". against: an indicator held (brent_usd_per_barrel); per: how many of the quantity's
    unit are in the unit of the price (0.13642 tonnes in a barrel); per_range: "LOW:HIGH" of it; lags: by how
    many months the price may be older, the first being the point. One row per reporter, partner, code,
    period and unit. Columns: see measures.unit_values. Raises NoDataError, UsageError.
    """
    if by not in ("month", "year") or (against and by == "year"):
        raise UsageError(f"--by {by!r} is not known here. Use month or year; --against goes with month.")
    stick = _yardstick(against, per, per_range, lags) if against else None
    whos = resolve_many(reporter), resolve_many(partner)
    spans = (parse_window(period),) if period else ()
    asked = Selection(*whos, a_flow(flow), parse_commodity(commodity), spans, currency)
    expr = once(_unit_values.unit_values(_cells(store.flows(as_of), asked), by), "found")
    more: dict[str, Table] = {}
    if stick:
        held = _indicators(store, stick, as_of)
        more = {"widest": _unit_values.widest(expr, held, stick)}
        expr = _unit_values.beside(expr, held, stick)
    table, warnings = one_currency(store.run(expr))
    if not len(table):
        raise NoDataError(nothing(store, asked, as_of, by))
    told: dict[str, Any] = {"by": by, "period": period, "reporter": whos[0], "partner": whos[1]}
    if stick:
        told |= {
            "against": against,
            "per": per,
            "per_range": [stick.per_low, stick.per_high],
            "lags": stick.lags,
        }
    warnings += [*cautions(table, asked.basket), *_unit_cautions(table)]
    warnings += _gap_cautions(table, asked.flow, stick) if stick else ()
    return Answer(
        question_of("unit-values", asked, as_of, **told),
        table,
        behind(store, table, as_of),
        {name: store.sql(one) for name, one in {"rows": expr, **more}.items()},
        warnings,
        UNIT_NOTES | (_gap_notes(stick) if stick else {}),
        {name: store.run(one) for name, one in more.items()},
    )


def _yardstick(against: str, per: float | None, per_range: str | None, lags: str) -> Yardstick:
    if per is None:
        raise UsageError(
            f"--against {against} needs --per: how many of the quantity's unit make one of the price's, "
            "such as 0.13642 tonnes a barrel (1 where both are the same)."
        )
    try:
        low, high = (float(word) for word in (per_range or f"{per}:{per}").split(":"))
        older = tuple(dict.fromkeys(int(word) for word in lags.split(",")))
    except ValueError:
        raise UsageError("--per-range is LOW:HIGH and --lags are months: 0.1351:0.1389 and 0,1.") from None
    if not 0 < low <= per <= high or min(older) < 0:
        raise UsageError("--per lies above zero and inside --per-range, and no lag is negative.")
    return Yardstick(against, per, low, high, older)


def _unit_cautions(table: pa.Table) -> Iterator[str]:
    yield "a unit value is no price: qualities, partners and terms inside a code change its mix."
    shares = [share for share in table["measured_share"].to_pylist() if share is not None]
    if short := sum(share < _prices.ENOUGH for share in shares):
        yield f"less than half of the value is measured in {short} of {len(table)} rows (measured_share)."
    if len(units := set(table["quantity_unit"].to_pylist()) - {None}) > 1:
        yield f"quantities in {' and '.join(sorted(units))} have each their own rows and are not compared."


def _indicators(store: Store, stick: Yardstick, as_of: date | None) -> Table:
    """The facts held. Raises NoDataError, with the names there are, where the one asked for is not."""
    held = store.indicators(as_of)
    names = store.run(held.select("indicator").distinct())["indicator"].to_pylist()
    if stick.indicator not in names:
        there = ", ".join(sorted(names)) or "none"
        raise NoDataError(f"no indicator {stick.indicator!r} is held. Held are: {there}.")
    return held


def _gap_cautions(table: pa.Table, flow: Flow, stick: Yardstick) -> Iterator[str]:
    currency = table["currency"][0].as_py()
    if currency.lower() not in stick.indicator.split("_"):
        refused = f"unit values in {currency} are not compared with {stick.indicator}: another currency"
        raise UsageError(f"{refused}. Ask with --currency.")
    yield f"{stick.per:g} of quantity_unit are taken for one unit of {stick.indicator}."
    if stick.per_low == stick.per_high:
        yield "gap_low and gap_high hold for that one factor: give --per-range where it is not sure."
    if flow is Flow.IMPORT:
        yield "unit values of imports are cif, with freight and insurance; a price quoted fob has neither."
    if len(stick.lags) > 1:
        yield "goods are priced before they arrive: which month has the widest gap hangs on the lag (widest)."


def _gap_notes(stick: Yardstick) -> dict[str, str]:
    lags = " or ".join(map(str, stick.lags))
    span = f"{stick.per_low:g} to {stick.per_high:g} of quantity_unit in one unit of it"
    return {
        "converted": f"unit_value x {stick.per:g}: for one unit of the indicator",
        "indicator_value": f"{stick.indicator}, {stick.lags[0]} months before the month of trade",
        "gap": "converted less indicator_value; below it is negative",
        "gap_low": f"lowest gap over a price {lags} months old and {span}; gap_high the highest",
    }
