"""What every format of Eurostat's shares: flows, partner basis, commodity codes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis
from ibis.expr.types import BooleanValue, Table, Value

from entrepot.model.area import group, lookup
from entrepot.sources._canonical import Check, canonical, digits, hs_revision, looked_up, unknown

NOT_AVAILABLE = (":",)
_SPELLED = {
    "import": ("1", "import", "importation", "1-import", "1-importation"),
    "export": ("2", "export", "exportation", "2-export", "2-exportation"),
}
FLOWS = {spelling: flow for flow, spellings in _SPELLED.items() for spelling in spellings}
_COMMODITY = r"^(TOTAL|[0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{2}[0-9A-Z]{6})$"
_INSIDE = ("INTRA_EU27", "QR", "QV", "QY", "XI")  # unspecified inside the Union; Northern Ireland


def with_areas(raw: Table, reporter: Value, partner: Value) -> Table:
    """Add `reporter_code` and `partner_code` for areas by name, in any language known."""
    names = lookup("name")
    return looked_up(
        raw, reporter_code=(reporter.strip().lower(), names), partner_code=(partner.strip().lower(), names)
    )


def cells(
    named: Table,
    checks: Sequence[Check],
    *,
    flow: Value,
    period: Value,
    commodity: Value,
    inside: BooleanValue | None = None,
    **more: Any,
) -> Table:
    """Canonical columns of a table with `reporter_code`, `partner_code` and the publisher's flow.

    inside: whether the row is trade within the Union, where the file says so; else it follows from partner
    and month. A CN8 code with letters (99RRR000, 85SSS599) is what remains of suppressed detail: it counts at
    its eight digits, so that the codes of eight digits still add up to TOTAL.
    """
    known = flow.strip().lower().cases(*FLOWS.items(), else_=ibis.null("string"))
    within = inside_the_union(named.partner_code, period) if inside is None else inside
    return canonical(
        named,
        [
            *checks,
            unknown("flow", flow, known, "flow: import or export"),
            Check(
                "commodity",
                commodity,
                ~is_commodity(commodity),
                "not a code of 2, 4, 6 or 8 places, nor TOTAL",
            ),
        ],
        reporter=named.reporter_code,
        partner=named.partner_code,
        partner_basis=ibis.cases(
            (known == "export", "destination"),
            (within, "consignment"),
            (~within, "origin"),
            else_=ibis.null("string"),
        ),
        flow=known,
        period=period,
        commodity=commodity,
        digits=digits(commodity),
        hs_revision=ibis.ifelse(commodity == "TOTAL", ibis.null("string"), hs_revision(period)),
        valuation=ibis.ifelse(known == "import", "cif", "fob"),
        currency="EUR",
        **more,
    )


def is_commodity(code: Value) -> BooleanValue:
    """Whether a code is TOTAL, of the Harmonized System, or of the Combined Nomenclature."""
    return code.re_search(_COMMODITY).fill_null(False)


def inside_the_union(partner: Value, period: Value) -> BooleanValue:
    """Whether the partner was inside the Union that month: imports from it are then by consignment."""
    terms = [partner.isin(_INSIDE)]
    for member in group("EU").members:
        since, until = (day and ibis.date(day.isoformat()) for day in (member.start, member.end))
        terms.append(
            (partner == member.code)
            & (ibis.literal(True) if since is None else period >= since)
            & (ibis.literal(True) if until is None else period <= until)
        )
    return ibis.or_(*terms).fill_null(False)
