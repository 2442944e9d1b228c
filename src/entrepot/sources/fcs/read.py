"""Reads two tables of Russia's customs: chapters by year for all partners, partners by month for all goods.

Names of partners are not read: Latin letters stand inside the Cyrillic ones. The codes beside them are.
"""

from __future__ import annotations

from typing import Any, Final

import ibis
from ibis.expr.types import Table, Value

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

_CHAPTERS: Final = frozenset({"reporter", "year", "hs2", "flow", "value_usd_mn"})
_PARTNERS: Final = frozenset({"reporter", "flow", "partner", "month", "value_usd_mn"})
_FLOWS: Final = {"X": "export", "M": "import"}
_GROUP: Final = "01-24"
"""Chapters 1 to 24 in one sum: not a level of the Harmonized System, so an item of the publisher's own."""
_MILLION: Final = 1e6


def _is_chapters(head: Head) -> bool:
    return head.has(*_CHAPTERS, "description_ru")


def _is_partners(head: Head) -> bool:
    return head.has(*_PARTNERS, "partner_ru")


def _chapters(raw: Table, head: Head) -> Table:
    """One row is one chapter, the group 01-24 or the total, of one year; USD.

    Chapters 88, 93, 98 and 99 are withheld but within the total, so chapters never add up to it.
    """
    table = looked_up(raw, flow_name=(text(raw.flow), _FLOWS))
    commodity, period = text(raw.hs2), year(raw.year)
    is_chapter = commodity.re_search(r"^[0-9]{2}$")
    is_known = (is_chapter | commodity.isin((_GROUP, "TOTAL"))).fill_null(False)
    checks = [
        unknown("year", raw.year, period, "year"),
        Check("hs2", raw.hs2, ~is_known, f"neither a chapter nor {_GROUP} nor TOTAL"),
    ]
    revision = ibis.cases(
        (is_chapter, hs_revision(period)), (commodity == _GROUP, "FCS-groups"), else_=ibis.null("string")
    )
    level = ibis.cases((is_chapter, 2), (commodity == "TOTAL", 0), else_=ibis.null("int8"))
    named = {"commodity": commodity, "digits": level, "hs_revision": revision}
    return _rows(table, checks, partner="WLD", period=period, frequency="A", **named)


def _partners(raw: Table, head: Head) -> Table:
    """One row is one partner in one month, all goods; USD."""
    table = looked_up(
        raw, flow_name=(text(raw.flow), _FLOWS), partner_code=(text(raw.partner), lookup("iso3"))
    )
    is_month = raw.month.strip().re_search(r"^[0-9]{4}-[0-9]{2}$").fill_null(False)
    period = ibis.ifelse(is_month, month(raw.month), ibis.null("date"))
    checks = [
        unknown("month", raw.month, period, "month"),
        unknown("partner", raw.partner, table.partner_code, "partner"),
    ]
    return _rows(
        table, checks, partner=table.partner_code, period=period, frequency="M", commodity="TOTAL", digits=0
    )


def _rows(table: Table, checks: list[Check], **columns: Any) -> Table:
    """What both tables share: Russia's own word, exports fob by destination, imports cif by origin."""
    is_export: Value = table.flow_name == "export"
    every = [
        Check("reporter", table.reporter, (text(table.reporter) != "RUS").fill_null(True), "not Russia"),
        unknown("flow", table.flow, table.flow_name, "flow: X or M"),
        *checks,
        not_a_number("value_usd_mn", table.value_usd_mn),
    ]
    return canonical(
        table,
        every,
        reporter="RUS",
        flow=table.flow_name,
        partner_basis=ibis.ifelse(is_export, "destination", "origin"),
        valuation=ibis.ifelse(is_export, "fob", "cif"),
        value=number(table.value_usd_mn) * _MILLION,
        currency="USD",
        **columns,
    )


FORMATS = (
    Format("chapters-by-year", _is_chapters, _chapters, handled=_CHAPTERS,
           ignored={"description_ru": "the name of the code beside it"}),
    Format("partners-by-month", _is_partners, _partners, handled=_PARTNERS,
           ignored={"partner_ru": "the name of the code beside it, with Latin letters among the Cyrillic"}),
)  # fmt: skip
