"""Reads the China Global Investment Tracker: one row is one deal of a Chinese investor in a country."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

import ibis
from ibis.expr.types import Table, Value

from entrepot.model.area import lookup
from entrepot.model.kind import ACTS
from entrepot.sources._canonical import Check, act, looked_up, month, not_a_number, number, text, unknown
from entrepot.sources._format import REGISTER, Format, Raw
from entrepot.sources._head import Head
from entrepot.sources._load import load_csv
from entrepot.sources._places import marks, placed, status

_AMOUNT: Final = "Quantity in Millions"
_HANDLED: Final = frozenset(
    {"Year", "Month", "Investor", _AMOUNT, "Transaction Party", "Sector", "Subsector", "Country", "BRI"}
)
_MONTHS: Final = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
_OWN_NAMES: Final = {"sao tome": "STP", "trinidad-tobago": "TTO"}


def _recognise(head: Head) -> bool:
    return head.has(*_HANDLED, "Share Size")


def _load(head: Head, scratch: Path) -> Raw:
    """The file is in Latin-1, which looks like GB18030 as long as accents are few."""
    return load_csv(head if head.encoding == "utf-8" else replace(head, encoding="latin-1"), scratch)


def _interpret(raw: Table, _head: Head) -> Table:
    """One row is one act of China; its key is its place in the file."""
    numbers = {name: f"{place:02d}" for place, name in enumerate(_MONTHS, 1)}
    named = placed(raw, {**lookup("name"), **_OWN_NAMES}, partner=raw.Country)
    named = looked_up(named, month_number=(text(named.Month).lower(), numbers))
    when = month(text(named.Year) + "-" + named.month_number)
    printed = text(named[_AMOUNT]).replace("$", "")
    return act(
        named,
        [
            unknown("Country", named.Country, named.partner, "area"),
            unknown("Month", named.Month, named.month_number, "month"),
            unknown("Year", named.Year, when, "year"),
            Check("Investor", named.Investor, text(named.Investor).isnull(), "no investor"),
            not_a_number(_AMOUNT, printed),
        ],
        key=ibis.literal("aei ") + named.row.cast("string"),
        date=when,
        precision="month",
        actor="CHN",
        partner=named.partner,
        kind="investment",
        category=text(named.Sector),
        title=_title(named),
        marks=marks((text(named.BRI) == "1", "BRI"), (text(named.Greenfield) == "G", "greenfield")),
        amount=number(printed) * 1e6,
        unit="USD",
        status=status(named),
    )


def _title(named: Table) -> Value:
    """Who with whom in what: "CNPC with Rosneft (Oil)"."""
    party = ibis.literal(" with ") + text(named["Transaction Party"])
    part = ibis.literal(" (") + text(named.Subsector) + ")"
    return text(named.Investor) + party.fill_null("") + part.fill_null("")


def _warnings(_head: Head) -> tuple[str, ...]:
    return ("investments and construction contracts together: the file does not tell which a deal is.",)


FORMATS = (
    Format(
        "tracker-csv",
        _recognise,
        _interpret,
        handled=_HANDLED,
        optional=frozenset({"Greenfield"}),
        ignored={
            "Share Size": "the share bought, not the deal's amount",
            "Region": "the region of the country",
        },
        load=_load,
        complete=REGISTER,
        warnings=_warnings,
        kind=ACTS,
    ),
)
