"""Monthly totals of China's trade with one partner: two columns that say neither flow nor partner."""

from __future__ import annotations

import ibis
from ibis.expr.types import Table

from entrepot.errors import ReadError
from entrepot.sources._canonical import canonical, month, not_a_number, number, unknown
from entrepot.sources._head import Head
from entrepot.sources.gacc import _told


def recognise(head: Head) -> bool:
    """Exactly two columns, `date` and `value`."""
    return head.kind == "text" and head.columns == ("date", "value")


def interpret(raw: Table, head: Head) -> Table:
    """One row is one month, all goods."""
    flow = _told.flow(head)
    basis, valuation = _told.BASIS[flow]
    is_month = raw.date.strip().re_search(r"^[0-9]{4}-[0-9]{2}(-01)?$").fill_null(False)
    period = ibis.ifelse(is_month, month(raw.date), ibis.null("date"))
    checks = [unknown("date", raw.date, period, "month: YYYY-MM is meant"), not_a_number("value", raw.value)]
    return canonical(
        raw,
        checks,
        reporter="CHN",
        partner=_partner(head),
        partner_basis=basis,
        flow=flow,
        period=period,
        frequency="M",
        commodity="TOTAL",
        digits=0,
        valuation=valuation,
        value=number(raw.value),
        currency=_told.currency(head),
    )


def _partner(head: Head) -> str:
    named = _told.pair_named(head)
    if named is None and "partner" not in head.given:
        raise ReadError(
            head.path.name,
            "two columns, date and value, say nothing of whose trade this is.",
            row=1,
            todo="If it is China's customs', say --given partner=RUS; else bring it into the tidy format.",
        )
    return _told.partner(head) if "partner" in head.given or named is None else named


def warnings(head: Head) -> tuple[str, ...]:
    """What the name of the file decided, and the currency nobody gave."""
    decided = {"flow": _told.flow(head), "partner": _partner(head)}
    named = [
        f"{name} {value}: taken from the file's name."
        for name, value in decided.items()
        if name not in head.given
    ]
    money = [] if "currency" in head.given else ["currency USD: assumed; the file does not say."]
    return (*named, *money)
