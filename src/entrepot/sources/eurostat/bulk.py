"""The bulk files full_v2_YYYYMM (month 52: the year), as .dat or inside their .7z, in both headers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import ibis
from ibis.expr.types import BooleanValue, Table, Value

from entrepot.model.area import lookup
from entrepot.sources._canonical import Check, looked_up, not_a_number, number, text, unknown
from entrepot.sources._format import Format, Raw, of_columns
from entrepot.sources._head import Head, read_head
from entrepot.sources._load import load_csv
from entrepot.sources.eurostat._archive import unpack
from entrepot.sources.eurostat._cells import NOT_AVAILABLE, cells

_KEYS = ("REPORTER", "PARTNER", "TRADE_TYPE", "PRODUCT_NC", "FLOW", "STAT_PROCEDURE", "SUPPL_UNIT", "PERIOD")
_NUMBERS = ("VALUE_EUR", "QUANTITY_KG", "QUANTITY_SUPPL_UNIT")
_OLDER = {
    "DECLARANT": "DECLARANT_NUMBER", "DECLARANT_ISO": "REPORTER", "PARTNER": "PARTNER_NUMBER",
    "PARTNER_ISO": "PARTNER", "STAT_REGIME": "STAT_PROCEDURE", "SUPP_UNIT": "SUPPL_UNIT",
    "VALUE_IN_EUROS": "VALUE_EUR", "QUANTITY_IN_KG": "QUANTITY_KG", "SUP_QUANTITY": "QUANTITY_SUPPL_UNIT",
}  # fmt: skip
_OTHER_NOMENCLATURES = (
    "PRODUCT_SITC", "PRODUCT_CPA21", "PRODUCT_CPA22", "PRODUCT_cpa2002", "PRODUCT_cpa2008", "PRODUCT_CPA2002",
    "PRODUCT_CPA2008", "PRODUCT_CPA2_1", "PRODUCT_BEC", "PRODUCT_BEC5", "PRODUCT_SECTION",
)  # fmt: skip
# Comext's TRADE_TYPE.txt: E extra-EU, I intra-EU, and since 2021 L with Northern Ireland (XI) and M with the
# rest of the United Kingdom (XU). Northern Ireland stays inside the Union's statistics of goods.
_INSIDE = {"I": True, "L": True, "E": False, "M": False}
_PROCEDURES = (
    "1",
    "2",
    "3",
    "9",
)  # normal, inward processing, outward processing, not from customs declarations


def _recognise(head: Head) -> bool:
    if head.kind == "7z":
        return len(head.columns) == 1 and head.columns[0].endswith(".dat")
    return head.kind == "text" and head.has("PRODUCT_NC", "TRADE_TYPE", "FLOW", "PERIOD")


def _load(head: Head, scratch: Path) -> Raw:
    """The engine scans the .dat; one in a .7z is first written to the scratch folder."""
    inner = read_head(unpack(head.path, scratch)) if head.kind == "7z" else head
    raw = load_csv(inner, scratch)
    if "DECLARANT_ISO" in raw.columns:
        return replace(raw, columns=tuple(_OLDER.get(name, name) for name in raw.columns))
    return raw


@of_columns
def _interpret(raw: Table) -> Table:
    """One row is one CN8 code, partner and procedure: the total of a cell is the sum over procedures."""
    areas = lookup("eurostat")
    named = looked_up(
        _once(raw), reporter_code=(text(raw.REPORTER), areas), partner_code=(text(raw.PARTNER), areas)
    )
    unit = text(named.SUPPL_UNIT, ("NO_SU",))
    checks = [
        unknown("REPORTER", named.REPORTER, named.reporter_code, "area"),
        unknown("PARTNER", named.PARTNER, named.partner_code, "area"),
        unknown("TRADE_TYPE", named.TRADE_TYPE, named.inside, "trade type: not I, E, L or M"),
        Check(
            "STAT_PROCEDURE", named.STAT_PROCEDURE, ~_is_procedure(named.STAT_PROCEDURE), "unknown procedure"
        ),
        Check("PERIOD", named.PERIOD, named.day.isnull(), "not a period: YYYYMM, month 52 for the year"),
        *(Check(name, named[name], named[f"{name}_bad"], "not a number") for name in _NUMBERS),
    ]
    return cells(
        named,
        checks,
        flow=named.FLOW,
        period=named.day,
        commodity=named.code,
        inside=named.inside,
        frequency=named.frequency,
        procedure=text(named.STAT_PROCEDURE),
        value=named.VALUE_EUR_number,
        net_weight_kg=named.QUANTITY_KG_number,
        quantity=ibis.ifelse(unit.notnull(), named.QUANTITY_SUPPL_UNIT_number, ibis.null("float64")),
        quantity_unit=unit,
    )


def _once(raw: Table) -> Table:
    """What several columns and checks need: what stands before a join is computed once a row."""
    period = raw.PERIOD.strip()
    annual = period.re_search(r"^[0-9]{4}52$")
    iso = period.substr(0, 4) + "-" + ibis.ifelse(annual, "01", period.substr(4)) + "-01"
    numbers = {f"{name}_number": number(raw[name], NOT_AVAILABLE) for name in _NUMBERS}
    bad = {f"{name}_bad": not_a_number(name, raw[name], NOT_AVAILABLE).fires for name in _NUMBERS}
    return raw.mutate(
        day=iso.try_cast("date"),
        frequency=ibis.ifelse(annual, "A", "M"),
        code=text(raw.PRODUCT_NC),
        inside=raw.TRADE_TYPE.strip().cases(*_INSIDE.items(), else_=ibis.null("boolean")),
        **numbers,
        **bad,
    )


def _is_procedure(code: Value) -> BooleanValue:
    return text(code).isin(_PROCEDURES).fill_null(False)


BULK = Format(
    "Comext bulk file",
    _recognise,
    _interpret,
    handled=frozenset((*_KEYS, *_NUMBERS)),
    ignored={
        "VALUE_NAC": "the value once more, in national currency",
        "DECLARANT_NUMBER": "REPORTER once more, as a number",
        "PARTNER_NUMBER": "PARTNER once more, as a number",
        **dict.fromkeys(_OTHER_NOMENCLATURES, "the product once more, in another nomenclature"),
    },
    load=_load,
    complete=("partner", "commodity"),
)
