"""Two tables that others made of Comtrade's figures, in the layouts they are passed on in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import ibis

from entrepot.errors import ReadError
from entrepot.model.area import lookup
from entrepot.model.flow import Flow
from entrepot.sources._canonical import (
    Check,
    canonical,
    digits,
    hs_revision,
    looked_up,
    not_a_number,
    number,
    text,
    unknown,
)
from entrepot.sources._load import load_csv

if TYPE_CHECKING:
    from pathlib import Path

    from ibis.expr.types import Table

    from entrepot.sources._format import Raw
    from entrepot.sources._head import Head

_NO: Final = ibis.literal(value=False)
TOTALS: Final = ("date", "value", "reporter", "partner")
MINERALS: Final = ("period_dt", "partner_name", "hs6", "val", "qty", "uv")
_MINERAL_CODES: Final = ("250410", "380110", "811292")
_SAME_UNIT_VALUE: Final = 0.5
"""From this share of a month's partners on, one common unit value shows that the weights are estimates.

In 2017 all partners of each month share one; from 2018 on at most 15 % do, and mostly the one in the middle.
"""
_FEW: Final = 2  # partners of a month that may share a unit value by chance
_NEAR: Final = 1e-6
_ROUNDING: Final = 0.001  # kg: weights are given to a thousandth


def is_totals(head: Head) -> bool:
    """Yearly totals of reporters and partners by Comtrade's names, World among the partners."""
    rows = [record for record in head.records[1:] if len(record) == len(TOTALS)]
    return head.kind == "text" and head.columns == TOTALS and any(record[3] == "World" for record in rows)


def load_totals(head: Head, scratch: Path) -> Raw:
    """The CSV. Raises ReadError where nobody says whether these are exports or imports."""
    _direction(head)
    return load_csv(head, scratch)


def totals_warnings(head: Head) -> tuple[str, ...]:
    """That the direction of trade hangs on the file's name."""
    return () if "flow" in head.given else (f"flow {_direction(head)}: taken from the file's name.",)


def minerals_warnings(_head: Head) -> tuple[str, ...]:
    """What the table does not say of itself."""
    return ("reporter CHN, flow export, USD and kg: known of this table; no column says so.",)


def interpret_totals(raw: Table, head: Head) -> Table:
    """One row is one reporter's yearly total with one partner, US dollars."""
    flow = _direction(head)
    named = looked_up(
        raw,
        reporter_code=(raw.reporter.strip().lower(), lookup("name")),
        partner_code=(raw.partner.strip().lower(), lookup("name")),
    )
    day = text(raw.date)
    period = ibis.ifelse(day.re_search(r"^\d{4}-01-01$"), day.try_cast("date"), ibis.null("date"))
    checks = [
        unknown("reporter", raw.reporter, named.reporter_code, "area"),
        unknown("partner", raw.partner, named.partner_code, "area"),
        unknown("date", raw.date, period, "year: these are yearly totals, dated 1 January"),
        not_a_number("value", raw.value),
    ]
    return canonical(
        named,
        checks,
        reporter=named.reporter_code,
        partner=named.partner_code,
        partner_basis="destination" if flow is Flow.EXPORT else "origin",
        flow=flow,
        period=period,
        frequency="A",
        commodity="TOTAL",
        digits=0,
        valuation="fob" if flow is Flow.EXPORT else None,
        value=number(raw.value),
        currency="USD",
    )


def _direction(head: Head) -> Flow:
    """No column says it; guessing would turn the world's trade round."""
    said = head.given.get("flow", head.path.name).lower()
    found = [flow for flow in (Flow.EXPORT, Flow.IMPORT) if flow in said]
    if len(found) != 1:
        raise ReadError(
            head.path.name,
            "neither a column nor the file's name says whether these are exports or imports.",
            todo="Say it with --given flow=export or --given flow=import.",
        )
    return found[0]


def is_minerals(head: Head) -> bool:
    """China's exports of three minerals: no column says so, so the header and the codes must be those."""
    rows = [record for record in head.records[1:] if len(record) == len(MINERALS)]
    fits = head.kind == "text" and head.columns == MINERALS and bool(rows)
    return fits and all(row[2] in _MINERAL_CODES for row in rows)


def interpret_minerals(raw: Table, _head: Head) -> Table:
    """One row is China's exports of one mineral to one partner in one month; US dollars, kg.

    The quantities of 2017 are estimates of Comtrade's, and no flag says so: they are the value by one unit
    value for all partners of a month. A quantity of 0 is one not given. No row has the value 0.
    """
    named = looked_up(_with_estimates(raw), partner_code=(raw.partner_name.strip().lower(), lookup("name")))
    day = text(raw.period_dt)
    period = ibis.ifelse(day.re_search(r"^\d{4}-\d\d-01$"), day.try_cast("date"), ibis.null("date"))
    code = text(raw.hs6)
    checks = [
        unknown("partner_name", raw.partner_name, named.partner_code, "area"),
        unknown("period_dt", raw.period_dt, period, "month: write 2021-03-01"),
        Check("hs6", raw.hs6, ~code.isin(_MINERAL_CODES).fill_null(_NO), "not a mineral of this table"),
        not_a_number("val", raw.val),
        not_a_number("qty", raw.qty),
    ]
    return canonical(
        named,
        checks,
        reporter="CHN",
        partner=named.partner_code,
        partner_basis="destination",
        flow=Flow.EXPORT,
        period=period,
        frequency="M",
        commodity=code,
        digits=digits(code),
        hs_revision=hs_revision(period),
        valuation="fob",
        value=named.v,
        currency="USD",
        net_weight_kg=named.kg,
        is_estimated=named.is_guess,
    )


def _with_estimates(raw: Table) -> Table:
    """Adds `is_guess`: a weight that is the value by the unit value most partners share that month."""
    month = ibis.window(group_by=[raw.hs6, raw.period_dt])
    weighed = raw.mutate(v=number(raw.val), kg=number(raw.qty).nullif(0))
    usual = weighed.mutate(usual=(weighed.v / weighed.kg).median().over(month))
    apart = (usual.kg * usual.usual / usual.v - 1).abs()
    same = usual.mutate(same=(apart <= _NEAR + _ROUNDING / usual.kg).fill_null(_NO))
    share = same.same.cast("float64").mean().over(month)
    many = same.kg.count().over(month) > _FEW
    return same.mutate(is_guess=same.same & (share > _SAME_UNIT_VALUE) & many)
