"""Which codes of one edition of the Harmonized System share goods with which of another."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from entrepot.errors import UsageError
from entrepot.model.answer import Answer
from entrepot.model.commodity import Basket, parse_commodity, product_lists
from entrepot.model.edition import codes as _codes
from entrepot.model.edition import linked, translate
from entrepot.model.edition import relations as _relations

_COLUMNS = {
    "commodity": pa.string(),
    "hs_revision": pa.string(),
    "related": pa.string(),
    "related_revision": pa.string(),
    "relation": pa.string(),
    "is_main": pa.bool_(),
    "is_certain": pa.bool_(),
    "tier": pa.string(),
}
_NOTES = {
    "relation": "1:1; 1:n the code is split; n:1 it is merged with others; n:n both",
    "is_main": "false: a relation through a code that takes something from more than 50 others",
    "is_certain": "all goods of `related` are among those asked for, by the relations chosen",
}


def codes(*, commodity: str, hs_revision: str, relations: str = "all") -> Answer:
    """The relatives of a list of goods in another edition, from the tables of the United Nations.

    One row per code and relative; a heading or chapter is told by its six-digit codes, a national code by
    the six it begins with. Codes written without an edition are taken to be of the latest that a table
    links with `hs_revision`. relations: "all" or "main", see model.edition. Raises UsageError.
    """
    basket, other = parse_commodity(commodity), hs_revision.strip().upper()
    if not basket.codes[0].isdigit():
        raise UsageError(f"{basket.name} has no codes of the Harmonized System.")
    _codes(other)
    own = basket.hs_revision or linked(other)[0]
    if own == other:
        known = " or ".join(linked(own))
        raise UsageError(f"{basket.name} is written in {own} itself. Ask for its relatives in {known}.")
    rows = _rows(basket, own, other, relations)
    question: dict[str, Any] = {"command": "codes", "commodity": basket.name, "as_of": None}
    question |= {"commodity_title": basket.title, "hs_revision": other, "relations": relations}
    table = pa.Table.from_pylist(rows, schema=pa.schema(list(_COLUMNS.items())))
    if basket.name.partition(":")[0] not in product_lists():
        table = table.drop_columns(["tier"])
    return Answer(question, table, warnings=_warnings(basket, own, other, relations), notes=_NOTES)


def _rows(basket: Basket, own: str, other: str, reading: str) -> list[dict[str, Any]]:
    sure = translate(basket.codes, own, other, reading).certain
    tiers = _tiers(basket)
    return [
        {
            "commodity": one.commodity,
            "hs_revision": own,
            "related": one.related,
            "related_revision": other,
            "relation": one.relation,
            "is_main": one.is_main,
            "is_certain": one.related.startswith(sure),
            "tier": tiers.get(code),
        }
        for code in basket.codes
        for one in _relations(code, own, other, reading)
    ]


def _tiers(basket: Basket) -> dict[str, str]:
    known = product_lists().get(basket.name.partition(":")[0])
    return {code: tier for tier, ones in known.tiers.items() for code in ones} if known else {}


def _warnings(basket: Basket, own: str, other: str, reading: str) -> list[str]:
    told = translate(basket.codes, own, other, reading)
    counts = f"{len(told.certain)} of the {len(told.possible)} codes of {other}"
    found = [f"by {reading} relations {counts} are certain, {len(told.one_to_one)} of them one to one."]
    if basket.hs_revision is None:
        found.append(f"the codes are taken to be of {own}; another edition is said first: {other}:CODES.")
    return found
