"""Reads SIPRI's register of arms transfers: one row is what was delivered of one deal in one year."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path
from typing import Final

import ibis
from ibis.expr.types import Table, Value

from entrepot.model.area import lookup
from entrepot.model.kind import ACTS
from entrepot.sources._canonical import act, not_a_number, number, text, unknown, year
from entrepot.sources._format import Format, Raw
from entrepot.sources._head import Head
from entrepot.sources._load import load_csv
from entrepot.sources._places import marks, placed, status

_KEY, _TIV, _CATEGORY = "SIPRI AT Database ID", "TIV delivery values", "Armament category"
_COUNT, _COUNT_SURE = "Numbers delivered", "Numbers delivered is estimate"
_YEAR, _YEAR_SURE = "Delivery year", "Delivery year is estimate"
_HANDLED: Final = frozenset(
    {
        *(_KEY, "Supplier", "Recipient", "Designation", "Description", _CATEGORY, _COUNT, _COUNT_SURE),
        *(_YEAR, _YEAR_SURE, "Status", _TIV, "Local production", "Order date"),
    }
)
_OWN_NAMES: Final = {"bosnia-herzegovina": "BIH", "libya gnc": "LBY"}
_NO_STATE: Final = r"([*]|^unknown (supplier|recipient)\(s\))$"
_NOT_TOLD: Final = "_X"
_PRINTED: Final = re.compile(r"^Data generated:\s*(\d{1,2} [A-Z][a-z]{2} \d{4})")


def _header(head: Head) -> int | None:
    """The record with the names of columns: notes stand before it."""
    found = (place for place, record in enumerate(head.records) if set(record) >= _HANDLED)
    return next(found, None)


def _recognise(head: Head) -> bool:
    return _header(head) is not None


def _load(head: Head, scratch: Path) -> Raw:
    return load_csv(head, scratch, header=_header(head) or 0)


def _published(head: Head) -> date | None:
    """The day the register was drawn from the database."""
    for line in head.lines:
        if found := _PRINTED.match(line):
            return datetime.strptime(found[1] + " +0000", "%d %b %Y %z").date()
    return None


def _interpret(raw: Table, _head: Head) -> Table:
    """One row is one act of the supplier towards the recipient, in the year of delivery."""
    named = placed(raw, {**lookup("name"), **_OWN_NAMES}, actor=raw.Supplier, partner=raw.Recipient)
    named = named.mutate(actor=_stateless(named, "actor", "Supplier"))
    named = named.mutate(partner=_stateless(named, "partner", "Recipient"))
    guessed = _yes(named[_COUNT_SURE]) | _yes(named[_YEAR_SURE])
    when = year(named[_YEAR])
    return act(
        named,
        [
            unknown("Supplier", named.Supplier, named.actor, "area"),
            unknown("Recipient", named.Recipient, named.partner, "area"),
            unknown(_YEAR, named[_YEAR], when, "year"),
            unknown(_KEY, named[_KEY], text(named[_KEY]), "deal"),
            not_a_number(_TIV, named[_TIV]),
        ],
        key=ibis.literal("sipri ") + text(named[_KEY]) + " " + text(named[_YEAR]),
        date=when,
        precision="year",
        actor=named.actor,
        partner=named.partner,
        kind="arms",
        category=text(named[_CATEGORY]),
        title=_title(named),
        marks=marks(
            (_yes(named["Local production"]), "local-production"),
            (text(named.Status).lower().startswith("second hand"), "second-hand"),
        ),
        amount=number(named[_TIV]) * 1e6,
        unit="TIV",
        status=status(named, ibis.ifelse(guessed.fill_null(True), "estimated", "reported")),
    )


def _stateless(named: Table, code: str, column: str) -> Value:
    """Armed groups, alliances and unknown parties: an area not specified."""
    nobody = named[code].isnull() & text(named[column]).re_search(_NO_STATE)
    return ibis.ifelse(nobody.fill_null(False), _NOT_TOLD, named[code])


def _yes(column: Value) -> Value:
    return text(column).lower() == "yes"


def _title(named: Table) -> Value:
    """What to whom: "4 XM-1 (helicopter) to XBB, ordered 2019"."""
    count = (text(named[_COUNT]) + " ").fill_null("")
    what = count + text(named.Designation) + " (" + text(named.Description) + ") to " + text(named.Recipient)
    return what + (ibis.literal(", ordered ") + text(named["Order date"])).fill_null("")


FORMATS = (
    Format(
        "register-csv",
        _recognise,
        _interpret,
        handled=_HANDLED,
        ignored={
            "Order date is estimate": "of the order; the act is the delivery",
            "SIPRI estimate": "the value of one unit, in the value delivered",
            "TIV deal unit": "the value of one unit, in the value delivered",
        },
        load=_load,
        published=_published,
        kind=ACTS,
    ),
)
