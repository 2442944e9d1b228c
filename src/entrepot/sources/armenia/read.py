"""Reads Armenia's tables: trade by partner and month, three series wide (kUSD), and re-exports (USD)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis
from ibis.expr.types import BooleanValue, Table, Value

from entrepot.model.area import lookup
from entrepot.sources._canonical import (
    Check,
    canonical,
    hs_revision,
    looked_up,
    month,
    not_a_number,
    number,
    text,
    unknown,
    year,
)
from entrepot.sources._format import Format
from entrepot.sources._head import Head

# The spelling "consigment" is the file's.
_SERIES = (("export", "export", "destination"), ("import_consigment", "import", "consignment"),
           ("import_origin", "import", "origin"))  # fmt: skip
_PARTNERS = frozenset({"reporter", "country", "timeperiod", "year", *(column for column, *_ in _SERIES)})
_BY_YEAR = frozenset({"reporter", "year", "reexports_usd", "exports_usd"})
_BY_CHAPTER = frozenset({"reporter", "year", "hs2", "trade_value_us"})


def _partners(raw: Table, head: Head) -> Table:
    """One row is one partner and month (1 to 12), or `Year`: the sum of the year's months so far."""
    named = looked_up(raw, partner_code=(raw.country.strip().lower(), lookup("name")))
    month_number = named.timeperiod.try_cast("int64")
    whole_year = ibis.window(group_by=named.year)
    named = named.mutate(
        last_month=ibis.ifelse(month_number <= 12, month_number, None).max().over(whole_year)
    )
    first, *others = (_series(named, *series) for series in _SERIES)
    return first.union(*others)


def _series(named: Table, column: str, flow: str, basis: str) -> Table:
    annual = text(named.timeperiod) == "Year"
    monthly = month(named.year + "-" + text(named.timeperiod).lpad(2, "0"))
    period = ibis.ifelse(annual, year(named.year), monthly)
    checks = [
        Check(
            "country", named.country, text(named.country).isnull(), "the file names no partner in this row"
        ),
        unknown("country", named.country, named.partner_code, "area"),
        unknown("timeperiod", named.timeperiod, period, "month or year"),
        Check(
            "timeperiod",
            named.timeperiod,
            _unfinished(named, annual),
            "a year whose months are not complete yet",
        ),
        not_a_number(column, named[column]),
    ]
    return _table(
        named,
        checks,
        flow,
        period=period,
        frequency=ibis.ifelse(annual, "A", "M"),
        partner=named.partner_code,
        partner_basis=basis,
        commodity="TOTAL",
        digits=0,
        value=number(named[column]) * 1000,
    )


def _unfinished(named: Table, annual: BooleanValue) -> BooleanValue:
    return annual & (named.last_month < 12)


def _by_year(raw: Table, head: Head) -> Table:
    """One row is one year: re-exports, and the exports they are part of."""
    return _year(raw, "reexports_usd", "re-export").union(_year(raw, "exports_usd", "export"))


def _year(raw: Table, column: str, flow: str) -> Table:
    checks = [not_a_number(column, raw[column])]
    return _world(raw, checks, flow, commodity="TOTAL", digits=0, value=number(raw[column]))


def _by_chapter(raw: Table, head: Head) -> Table:
    """One row is the re-exports of one chapter; `other` is the rest, without which they do not add up."""
    chapter = text(raw.hs2)
    rest = chapter == "other"
    known = rest | chapter.re_search(r"^[0-9]{2}$")
    checks = [
        Check("hs2", raw.hs2, ~known.fill_null(False), "neither a chapter of two digits nor 'other'"),
        not_a_number("trade_value_us", raw.trade_value_us),
    ]
    return _world(
        raw,
        checks,
        "re-export",
        commodity=chapter,
        digits=ibis.ifelse(rest, ibis.null("int8"), ibis.literal(2)),
        hs_revision=ibis.ifelse(rest, "ARM-items", hs_revision(year(raw.year))),
        value=number(raw.trade_value_us),
    )


def _world(raw: Table, checks: Sequence[Check], flow: str, **more: Any) -> Table:
    period = year(raw.year)
    known = unknown("year", raw.year, period, "year")
    return _table(
        raw,
        [known, *checks],
        flow,
        period=period,
        frequency="A",
        partner="WLD",
        partner_basis="destination",
        **more,
    )


def _table(named: Table, checks: Sequence[Check], flow: str, *, value: Value, **more: Any) -> Table:
    ours = Check(
        "reporter", named.reporter, ~(text(named.reporter) == "ARM").fill_null(False), "not Armenia's"
    )
    valuation = "cif" if flow == "import" else "fob"
    return canonical(
        named,
        [ours, *checks],
        reporter="ARM",
        flow=flow,
        value=value,
        currency="USD",
        valuation=valuation,
        **more,
    )


FORMATS: tuple[Format, ...] = (
    Format("by partner and month", lambda head: head.has(*_PARTNERS), _partners, handled=_PARTNERS),
    Format("re-exports by year", lambda head: head.has(*_BY_YEAR), _by_year, handled=_BY_YEAR),
    Format(
        "re-exports by chapter",
        lambda head: head.has(*_BY_CHAPTER),
        _by_chapter,
        handled=_BY_CHAPTER,
        ignored={"RX_pct": "the share in the total: follows from the values"},
    ),
)
