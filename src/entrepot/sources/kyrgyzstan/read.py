"""Reads Kyrgyzstan's annual tables: a row is a partner, or an item of imports from the world, in kUSD."""

from __future__ import annotations

from typing import Any

import ibis
from ibis.expr.types import Table, Value

from entrepot.model.area import lookup
from entrepot.sources._canonical import Check, canonical, looked_up, not_a_number, number, text, unknown, year
from entrepot.sources._format import Format
from entrepot.sources._head import Head

_BOTH = frozenset({"reporter", "flow", "year", "value_usd_k"})
_FLOWS = {"X": "export", "M": "import"}
# Beside "The EU", the aggregate, imports have "European Union (EU)": goods of the Union, country unknown.
# It counts like a country: with it the countries add up to the total (1994, 2012-2013, 2016-2018).
_PARTNERS = {"european union (eu)": "_EU"}
_TOTAL_ITEM = "Total 2"


def _is_partners(head: Head) -> bool:
    return head.has(*_BOTH, "partner_name")


def _is_items(head: Head) -> bool:
    return head.has(*_BOTH, "item")


def _partners(raw: Table, head: Head) -> Table:
    """One row is all goods of one partner, region or union and year."""
    named = looked_up(raw, partner_code=(raw.partner_name.strip().lower(), {**lookup("name"), **_PARTNERS}))
    known = unknown("partner_name", named.partner_name, named.partner_code, "area")
    return _table(named, known, partner=named.partner_code, commodity="TOTAL", digits=0)


def _items(raw: Table, head: Head) -> Table:
    """One row is one item of the publisher's own list and year, from the world; "Total 2" is all goods."""
    item = text(raw.item)
    whole = item == _TOTAL_ITEM
    return _table(
        raw,
        Check("item", raw.item, item.isnull(), "no item"),
        partner="WLD",
        commodity=ibis.ifelse(whole, "TOTAL", item),
        digits=ibis.ifelse(whole, ibis.literal(0), ibis.null("int8")),
        hs_revision=ibis.ifelse(whole, ibis.null("string"), "KGZ-items"),
    )


def _table(named: Table, known: Check, **more: Any) -> Table:
    flow: Value = text(named.flow).cases(*_FLOWS.items(), else_=ibis.null("string"))
    period = year(named.year)
    checks = [
        Check(
            "reporter", named.reporter, ~(text(named.reporter) == "KGZ").fill_null(False), "not Kyrgyzstan's"
        ),
        known,
        unknown("flow", named.flow, flow, "flow: X or M"),
        unknown("year", named.year, period, "year"),
        not_a_number("value_usd_k", named.value_usd_k),
    ]
    return canonical(
        named,
        checks,
        reporter="KGZ",
        partner_basis=ibis.ifelse(flow == "export", "destination", "origin"),
        flow=flow,
        period=period,
        frequency="A",
        valuation=ibis.ifelse(flow == "export", "fob", "cif"),
        value=number(named.value_usd_k) * 1000,
        currency="USD",
        **more,
    )


FORMATS: tuple[Format, ...] = (
    Format("by partner", _is_partners, _partners, handled=_BOTH | {"partner_name"}),
    Format("import items", _is_items, _items, handled=_BOTH | {"item"}),
)
