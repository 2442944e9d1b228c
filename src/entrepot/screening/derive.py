"""What libraries make of the texts of shipments: countries of addresses and telephones, editions, dollars.

Each distinct text is read once. What cannot be made out is null, so that a rule says unknown.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from entrepot.errors import UsageError
from entrepot.model import edition
from entrepot.model.shipment import DERIVED, DETAILED
from entrepot.screening.read import ARROW
from entrepot.screening.words import address_country, is_forwarder, is_free, phone_country

if TYPE_CHECKING:
    Reader = Callable[[str], Any]

_OF_ROLES: Final[dict[str, tuple[str, Reader]]] = {
    "address_country": ("_address", address_country),
    "phone_country": ("_phone", phone_country),
    "email_is_free": ("_email", is_free),
    "is_forwarder": ("", is_forwarder),
}
"""The column that is made, the field it is made from (after the role), and how."""
_NUMBERED: Final = {f"H{n}": f"HS{year}" for n, year in enumerate(edition.YEARS)}


def derived(shipments: pa.Table, rates: pa.Table) -> pa.Table:
    """The shipments that were read, with the columns of `model.shipment.DERIVED` after them.

    rates: currency, frequency, period, usd_per_unit (`answers._rates.dollars`); a value is converted at the
    average of its month. unit_value_usd_per_kg is null unless value and weight are above zero.
    """
    made = {
        f"{role}_{name}": _each(shipments[f"{role}{field}"], read, DERIVED[f"{role}_{name}"])
        for role in DETAILED
        for name, (field, read) in _OF_ROLES.items()
    }
    made |= _coded(shipments) | _priced(shipments, rates)
    for name in DERIVED:
        shipments = shipments.append_column(name, made[name])
    return shipments


def _each(column: pa.ChunkedArray, read: Reader, kind: str) -> pa.Array:
    """What is read from each distinct text, in every place of it; null stays null."""
    coded = column.combine_chunks().dictionary_encode()
    found = pa.array([read(one) for one in coded.dictionary.to_pylist()], ARROW[kind])
    return found.take(coded.indices)


# ---------------------------------------------------------------- goods
def _coded(shipments: pa.Table) -> dict[str, pa.Array]:
    """hs6 and revision: the edition that was told, or that of the day; null where it has no such code."""
    year = pc.cast(pc.year(shipments["date"]), pa.string())
    keys = _joined(shipments["hs_code"], shipments["hs_revision"], year)
    return {"hs6": _each(shipments["hs_code"], _six, "string"), "revision": _each(keys, _revision, "string")}


def _joined(*columns: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.binary_join_element_wise(*(pc.fill_null(one, "") for one in columns), "|")


def _six(code: str) -> str | None:
    return code[:6] if re.fullmatch(r"[0-9]{6,}", code) else None


def _revision(key: str) -> str | None:
    code, told, year = key.split("|")
    named = _edition(told) if told else edition.in_force(int(year)) if year else None
    return named if named and code and _has(named, code) else None


def _edition(told: str) -> str | None:
    """HS2022 of `HS2022`, `hs 2022`, `2022` and of UN Comtrade's `H6`."""
    word = re.sub(r"[^A-Z0-9]", "", told.upper())
    numbered = _NUMBERED.get(word)
    year = word.removeprefix("HS")
    return numbered or (f"HS{year}" if year in {str(one) for one in edition.YEARS} else None)


def _has(named: str, code: str) -> bool:
    """Whether an edition has a code; taken to have it where its codes are not held."""
    try:
        every = edition.codes(named)
    except UsageError:
        return True
    return code[:6] in every if len(code) >= 6 else any(one.startswith(code) for one in every)


# ---------------------------------------------------------------- money
def _priced(shipments: pa.Table, rates: pa.Table) -> dict[str, pa.Array]:
    months = rates.filter(pc.equal(rates["frequency"], "M"))
    periods = pc.strftime(months["period"], "%Y-%m")
    rate = dict(
        zip(_joined(months["currency"], periods).to_pylist(), months["usd_per_unit"].to_pylist(), strict=True)
    )
    currency = pc.utf8_upper(pc.utf8_trim_whitespace(pc.fill_null(shipments["currency"], "USD")))
    month = pc.strftime(shipments["date"], "%Y-%m")
    each = _each(
        _joined(currency, month), lambda key: 1.0 if key.startswith("USD|") else rate.get(key), "float64"
    )
    dollars = pc.multiply(shipments["value"], each).combine_chunks()
    return {"value_usd": dollars, "unit_value_usd_per_kg": _per_kg(dollars, shipments["net_weight_kg"])}


def _per_kg(dollars: pa.Array, weight: pa.ChunkedArray) -> pa.Array:
    kilograms = weight.combine_chunks()
    known = pc.and_(_is_amount(dollars), _is_amount(kilograms))
    ratio = pc.divide(pc.if_else(known, dollars, None), pc.if_else(known, kilograms, None))
    return pc.if_else(_is_amount(ratio), ratio, None)


def _is_amount(numbers: pa.Array) -> pa.Array:
    return pc.fill_null(pc.and_(pc.greater(numbers, 0.0), pc.less(numbers, math.inf)), False)
