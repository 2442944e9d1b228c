"""Reads the query export of China's customs, with Chinese or English headers.

It does not say whether it shows exports or imports: the user does (`flow`), or the file's name.
"""

from __future__ import annotations

from functools import reduce
from typing import Final

import ibis
from ibis.expr.types import BooleanValue, Table, Value

from entrepot.errors import ReadError
from entrepot.model.area import lookup
from entrepot.sources._canonical import (
    Check,
    canonical,
    digits,
    hs_revision,
    looked_up,
    month,
    not_a_number,
    number,
    text,
    unknown,
)
from entrepot.sources._format import Format
from entrepot.sources._head import Head
from entrepot.sources.gacc import _told, _totals

_FIELDS: Final = {
    "period": ("Date of data", "数据年月"),
    "commodity": ("Commodity code", "商品编码"),
    "partner": ("Trading partner code", "贸易伙伴编码"),
    "partner_name": ("Trading partner", "贸易伙伴名称"),
    "procedure": ("Customs Regime code", "贸易方式编码"),
    "location": ("Locations of importers and exporters code", "注册地编码"),
    "quantity": ("Quantity", "第一数量"),
    "unit": ("Unit", "第一计量单位"),
    "quantity_2": ("Supplimentary Quantity", "Supplementary Quantity", "第二数量"),
    "unit_2": ("Supplimentary Unit", "Supplementary Unit", "第二计量单位"),
    "USD": ("US dollar", "美元"),
    "CNY": ("Renminbi Yuan", "人民币"),
}
_NAMES: Final = {  # not needed beside their codes, and never here without them
    "Commodity": "commodity",
    "商品名称": "commodity",
    "Customs Regime": "procedure",
    "贸易方式名称": "procedure",
    "Locations of importers and exporters": "location",
    "注册地名称": "location",
}
_MISSING: Final = ("?", "-")
_KILOGRAM: Final = ("kilogram", "千克")
_MONTH, _COMMODITY = r"^[0-9]{4}\D?(0[1-9]|1[0-2])\D?$", r"^([0-9]{2}){1,4}$"
_BREAKDOWN: Final = {"procedure": r"^[0-9]{2}$", "location": r"^[0-9]{2,6}$"}


def _own(head: Head) -> dict[str, str]:
    """Our word for a column -> the file's."""
    return {ours: name for ours, names in _FIELDS.items() for name in names if name in head.columns}


def recognise(head: Head) -> bool:
    """A column of value in one of the two currencies, beside at least one more of the site's columns."""
    own = _own(head)
    return head.kind == "text" and len(own) > 1 and not own.keys().isdisjoint(_told.CURRENCIES)


def interpret(raw: Table, head: Head) -> Table:
    """One row is one cell; columns of regime and of place, where chosen, break it down."""
    own = _own(head)
    for name, code in _NAMES.items():
        if name in head.columns and code not in own:
            todo = f"Export {' or '.join(_FIELDS[code])} too."
            raise ReadError(head.path.name, "a name without its code.", row=1, column=name, todo=todo)
    _told.refuse(head, *(name for name in ("period", "commodity", "partner") if name in own))
    table = _cells(raw, head, own)
    parts = [_in_currency(table, head, own, money) for money in _told.CURRENCIES if money in own]
    return reduce(lambda one, other: one.union(other), parts)


def _cells(raw: Table, head: Head, own: dict[str, str]) -> Table:
    """The columns under our words, with `partner_code`: by code, else by name, else as told."""
    nameless = {name: text(raw[name]) for name in raw.columns if name.startswith("unnamed_")}
    cells = {ours: text(raw[name], _MISSING) for ours, name in own.items()}
    table = raw.select("row", **cells, **nameless)
    if "partner" in own:
        return looked_up(table, partner_code=(table.partner, lookup("gacc")))
    if "partner_name" in own:
        return looked_up(table, partner_code=(table.partner_name.lower(), lookup("name")))
    return table.mutate(partner_code=ibis.literal(_told.partner(head)))


def _in_currency(table: Table, head: Head, own: dict[str, str], currency: str) -> Table:
    flow = _told.flow(head)
    basis, valuation = _told.BASIS[flow]
    period, frequency = _period(table, head)
    commodity = table.commodity if "commodity" in own else ibis.literal(_told.commodity(head))
    net_weight_kg, quantity, quantity_unit = _quantities(table)
    return canonical(
        table,
        [*_checks(table, own, currency), *_keys(table, own, period, commodity)],
        reporter="CHN",
        partner=table.partner_code,
        partner_basis=basis,
        flow=flow,
        period=period,
        frequency=frequency,
        commodity=commodity,
        digits=digits(commodity),
        hs_revision=ibis.ifelse(commodity == "TOTAL", ibis.null("string"), hs_revision(period)),
        procedure=table.procedure if "procedure" in own else None,
        location=table.location if "location" in own else None,
        valuation=valuation,
        value=number(table[currency]),
        currency=currency,
        net_weight_kg=net_weight_kg,
        quantity=quantity,
        quantity_unit=quantity_unit,
    )


def _period(table: Table, head: Head) -> tuple[Value, str]:
    if "period" not in table.columns:
        first, frequency = _told.period(head)
        return ibis.literal(first), frequency
    return ibis.ifelse(_is(table.period, _MONTH), month(table.period), ibis.null("date")), "M"


def _is(cell: Value, form: str) -> BooleanValue:
    return cell.re_search(form).fill_null(False)


def _keys(table: Table, own: dict[str, str], period: Value, commodity: Value) -> list[Check]:
    """Month, partner and commodity are known in every row."""
    partner = "partner" if "partner" in own else "partner_name"
    is_code = _is(commodity, _COMMODITY) | (commodity == "TOTAL").fill_null(False)
    return [
        unknown(own.get("period", "period"), _cell(table, "period"), period, "month: YYYYMM is meant"),
        unknown(own.get(partner, partner), _cell(table, partner), table.partner_code, "partner"),
        Check(own.get("commodity", "commodity"), commodity, ~is_code, "not a code of 2, 4, 6 or 8 digits"),
    ]


def _cell(table: Table, name: str) -> Value:
    return table[name] if name in table.columns else ibis.null("string")


def _checks(table: Table, own: dict[str, str], currency: str) -> list[Check]:
    numbers = [name for name in (currency, "quantity", "quantity_2") if name in own]
    nameless = [name for name in table.columns if name.startswith("unnamed_")]
    return [
        *(not_a_number(own[name], table[name]) for name in numbers),
        *(Check(own[name], table[name], ~_is(table[name], form), f"not a code of a {name}")
          for name, form in _BREAKDOWN.items() if name in own),
        *(Check(name, table[name], table[name].notnull(), "text in a column without a name")
          for name in nameless),
    ]  # fmt: skip


def _quantities(table: Table) -> tuple[Value, Value, Value]:
    """Net weight in kg, and the quantity in another unit with that unit; null where the unit is not given.

    A second quantity of 0 beside a first is one that was not collected: 130 cars do not weigh 0 kg.
    """
    first, second = number(_cell(table, "quantity")), number(_cell(table, "quantity_2"))
    unit, unit_2 = _cell(table, "unit"), _cell(table, "unit_2")
    second = ibis.ifelse((second == 0) & (first > 0), ibis.null("float64"), second)
    is_kg, is_kg_2 = (one.lower().isin(_KILOGRAM).fill_null(False) for one in (unit, unit_2))
    weight = ibis.cases((is_kg, first), (is_kg_2, second), else_=ibis.null("float64"))
    other_unit = ibis.cases((~is_kg, unit), (~is_kg_2, unit_2), else_=ibis.null("string"))
    other = ibis.cases((~is_kg, first), (~is_kg_2, second), else_=ibis.null("float64"))
    return weight, ibis.ifelse(other_unit.notnull(), other, ibis.null("float64")), other_unit


def warnings(head: Head) -> tuple[str, ...]:
    """The direction, where nothing but the file's name gave it."""
    return () if "flow" in head.given else (f"flow {_told.flow(head)}: taken from the file's name.",)


FORMATS = (
    Format(
        "query-export",
        recognise,
        interpret,
        handled=frozenset(),
        optional=frozenset(name for names in _FIELDS.values() for name in names),
        ignored={
            **dict.fromkeys(_NAMES, "the name of the code beside it"),
            "备注": "remarks, no figures",
        },
        pattern=r"unnamed_[0-9]+",
        asks=frozenset({"flow", "period", "partner", "commodity"}),
        warnings=warnings,
    ),
    Format(
        "monthly-totals",
        _totals.recognise,
        _totals.interpret,
        handled=frozenset({"date", "value"}),
        asks=frozenset({"flow", "partner", "currency"}),
        warnings=_totals.warnings,
    ),
)
