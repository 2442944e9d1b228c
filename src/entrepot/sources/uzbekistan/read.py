"""Reads Uzbekistan's annual trade by partner: a row is a partner (M49 code, name) and year, in kUSD."""

from __future__ import annotations

import ibis
from ibis.expr.types import Table

from entrepot.model.area import lookup
from entrepot.sources._canonical import Check, canonical, looked_up, not_a_number, number, text, unknown, year
from entrepot.sources._format import Format
from entrepot.sources._head import Head

_COLUMNS = frozenset({"reporter", "flow", "Code", "Klassifikator_en", "year", "value_usd_k"})
_FLOWS = {"X": "export", "M": "import"}
_OTHER = {"0": "OTHER"}  # "Other countries": in M49 no code 0, in Comtrade the world


def _recognise(head: Head) -> bool:
    return head.has(*_COLUMNS)


def _interpret(raw: Table, head: Head) -> Table:
    """One row is all goods of one partner and year. Code and name must mean the same area."""
    named = looked_up(
        raw,
        partner_code=(text(raw.Code), {**lookup("m49"), **_OTHER}),
        named_code=(raw.Klassifikator_en.strip().lower(), lookup("name")),
    )
    flow = text(named.flow).cases(*_FLOWS.items(), else_=ibis.null("string"))
    period = year(named.year)
    checks = [
        Check(
            "reporter", named.reporter, ~(text(named.reporter) == "UZB").fill_null(False), "not Uzbekistan's"
        ),
        unknown("Code", named.Code, named.partner_code, "area"),
        Check(
            "Klassifikator_en",
            named.Klassifikator_en,
            named.named_code != named.partner_code,
            "not the code's area",
        ),
        unknown("flow", named.flow, flow, "flow: X or M"),
        unknown("year", named.year, period, "year"),
        not_a_number("value_usd_k", named.value_usd_k),
    ]
    return canonical(
        named,
        checks,
        reporter="UZB",
        partner=named.partner_code,
        partner_basis=ibis.ifelse(flow == "export", "destination", "origin"),
        flow=flow,
        period=period,
        frequency="A",
        commodity="TOTAL",
        digits=0,
        valuation=ibis.ifelse(flow == "export", "fob", "cif"),
        value=number(named.value_usd_k) * 1000,
        currency="USD",
    )


FORMATS: tuple[Format, ...] = (Format("by partner", _recognise, _interpret, handled=_COLUMNS),)
