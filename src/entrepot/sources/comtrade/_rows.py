"""Rows of UN Comtrade, in any of its files, as canonical columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import ibis

from entrepot.model.area import lookup
from entrepot.sources._canonical import Check, canonical, digits, looked_up, text, unknown
from entrepot.sources._format import of_columns
from entrepot.sources.comtrade._columns import EDITIONS, FLOWS, INWARD, OTHER_CLASSIFICATION, units

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ibis.expr.types import Table, Value

_NO: Final = ibis.literal(value=False)
_FLAGS: Final = (
    "isoriginalclassification",
    "isqtyestimated",
    "isnetwgtestimated",
    "isreported",
    "isaggregate",
)
_NUMBERS: Final = ("primaryvalue", "cifvalue", "fobvalue", "qty", "netwgt")
_FIGURE: Final = r"^[+-]?[0-9]+([.][0-9]*)?([eE][+-]?[0-9]{1,2})?$"
_NOT_HS: Final = "not an HS code of 2, 4, 6, 8 or 10 digits: was a leading zero lost?"


@of_columns
def interpret(raw: Table) -> Table:
    """One row is what a reporter says of one flow, partner, commodity and breakdown; US dollars, kg.

    The value is primaryValue. A quantity or weight of 0 beside a value is one not given, not an empty load.
    Rows Comtrade rolled up from what was reported (isAggregate) stay reported; a value it neither received
    nor added up, or converted to another classification, is estimated. legacyEstimationFlag is about weight
    and quantity only (UNSD, Quantity and Weight Information in UN Comtrade, 2009, 4.1: 0 none, 2 quantity,
    4 weight, 6 both).
    """
    named = _named(raw)
    period, frequency = _period(named)
    commodity, revision, level = _commodity(named)
    value, quantity, weight = _figure(named.primaryvalue), _figure(named.qty), _figure(named.netwgt)
    traded = ~(value == 0).fill_null(_NO)
    return canonical(
        named,
        _checks(named, period, commodity, revision),
        reporter=named.reporter_area,
        partner=named.partner_area,
        partner_basis=ibis.ifelse(named.flow.isin(INWARD), "origin", "destination"),
        flow=named.flow,
        period=period,
        frequency=frequency,
        commodity=commodity,
        digits=level,
        hs_revision=ibis.ifelse(commodity == "TOTAL", ibis.null("string"), revision),
        partner2=named.second_area,
        procedure=text(named.customscode, ("C00",)),
        transport=text(named.motcode, ("0",)),
        valuation=_valuation(named, value),
        value=value,
        currency="USD",
        net_weight_kg=ibis.ifelse(traded & (weight == 0), None, weight),
        quantity=ibis.ifelse((named.unit == "") | (traded & (quantity == 0)), None, quantity),
        quantity_unit=text(named.unit),
        is_estimated=_true(named.isqtyestimated) | _true(named.isnetwgtestimated) | _flagged(named),
        status=_status(named, commodity),
    )


def _named(raw: Table) -> Table:
    known: Mapping[str, str] = lookup("comtrade")
    return looked_up(
        raw,
        reporter_area=(text(raw.reportercode), known),
        partner_area=(text(raw.partnercode), known),
        second_area=(text(raw.partner2code, ("0",)), known),
        flow=(text(raw.flowcode).upper(), FLOWS),
        edition=(text(raw.classificationcode).upper(), EDITIONS),
        unit=(ibis.coalesce(text(raw.qtyunitcode), "-1"), units()),
    )


def _period(raw: Table) -> tuple[Value, Value]:
    """First day and frequency; no day where the two disagree, or for other frequencies."""
    bare = text(raw.period)
    frequency = ibis.ifelse(bare.length() == 4, "A", "M")
    day = bare.substr(0, 4) + "-" + ibis.ifelse(frequency == "A", "01", bare.substr(4, 2)) + "-01"
    agrees = ibis.coalesce(text(raw.freqcode).upper(), frequency) == frequency
    fits = bare.re_search(r"^([0-9]{4}|[0-9]{6})$") & agrees
    return ibis.ifelse(fits, day.try_cast("date"), ibis.null("date")), frequency


def _commodity(raw: Table) -> tuple[Value, Value, Value]:
    """Code, edition and level. Outside HS the classification keeps its name, and the level is null."""
    code, name = text(raw.cmdcode), text(raw.classificationcode).upper()
    other = ibis.ifelse(name.re_search(OTHER_CLASSIFICATION), name, ibis.null("string"))
    level = ibis.ifelse((code == "TOTAL") | raw.edition.notnull(), digits(code), ibis.null("int8"))
    return code, ibis.coalesce(raw.edition, other), level


def _valuation(raw: Table, value: Value) -> Value:
    """What primaryValue equals; where both, what Comtrade takes it from: imports CIF, exports FOB."""
    cif = (_figure(raw.cifvalue) == value).fill_null(_NO)
    fob = (_figure(raw.fobvalue) == value).fill_null(_NO)
    both = ibis.ifelse(raw.flow.isin(INWARD), "cif", "fob")
    return ibis.cases((cif & fob, both), (cif, "cif"), (fob, "fob"), else_=ibis.null("string"))


def _status(raw: Table, commodity: Value) -> Value:
    converted = _false(raw.isoriginalclassification) & (commodity != "TOTAL")
    made = _false(raw.isreported) & _false(raw.isaggregate)
    return ibis.ifelse(converted | made, "estimated", "reported")


def _figure(column: Value) -> Value:
    """A number as machines write it: marks of thousands are rejected, looking for them takes minutes."""
    return text(column).try_cast("float64")


def _true(column: Value) -> Value:
    return text(column).lower().isin(("true", "1")).fill_null(_NO)


def _false(column: Value) -> Value:
    return text(column).lower().isin(("false", "0")).fill_null(_NO)


def _flagged(raw: Table) -> Value:
    return text(raw.legacyestimationflag).isin(("2", "4", "6")).fill_null(_NO)


def _checks(raw: Table, period: Value, commodity: Value, revision: Value) -> list[Check]:
    """Every reason not to store a row, in the order they are tried."""
    second, kind = text(raw.partner2code, ("0",)), text(raw.typecode).upper()
    hs = raw.edition.notnull() & (commodity != "TOTAL")
    return [
        Check("trailing", raw.trailing, text(raw.trailing).notnull(), "a cell beyond the last column"),
        Check("typecode", raw.typecode, kind != "C", "not trade in goods"),
        Check("moscode", raw.moscode, text(raw.moscode) != "0", "a mode of supply: services, not goods"),
        unknown("reportercode", raw.reportercode, raw.reporter_area, "area"),
        unknown("partnercode", raw.partnercode, raw.partner_area, "area"),
        Check("partner2code", raw.partner2code, second.notnull() & raw.second_area.isnull(), "unknown area"),
        unknown("flowcode", raw.flowcode, raw.flow, "flow"),
        unknown("period", raw.period, period, "period: a year or a month that fits freqCode"),
        unknown("classificationcode", raw.classificationcode, revision, "classification"),
        Check("cmdcode", raw.cmdcode, commodity.isnull(), "no commodity"),
        Check("cmdcode", raw.cmdcode, hs & ~commodity.re_search(r"^([0-9]{2}){1,5}$"), _NOT_HS),
        _other_than("customscode", raw.customscode, r"^C[0-9]{2}$", "unknown procedure"),
        _other_than("motcode", raw.motcode, r"^(0|[0-9]{4})$", "unknown mode of transport"),
        unknown("qtyunitcode", raw.qtyunitcode, raw.unit, "unit"),
        _other_than("legacyestimationflag", raw.legacyestimationflag, r"^[0246]$", "unknown estimation flag"),
        *(
            _other_than(name, raw[name], r"(?i)^(true|false|1|0)$", "neither true nor false")
            for name in _FLAGS
        ),
        *(_other_than(name, raw[name], _FIGURE, "not a number") for name in _NUMBERS),
    ]


def _other_than(name: str, column: Value, pattern: str, reason: str) -> Check:
    """Text that is there and is none of what the column may hold."""
    return Check(name, column, ~text(column).re_search(pattern), reason)
