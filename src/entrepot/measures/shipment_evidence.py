"""What shipments are held against: tables of lists, laws, tested routes, usual prices and found names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final, TypeAlias

from entrepot.model import screening_tables
from entrepot.model.constant import constant

if TYPE_CHECKING:
    from ibis.expr.types import Table

SCHEMAS: Final[Mapping[str, Mapping[str, str]]] = {
    "goods": screening_tables.GOODS,
    "regimes": screening_tables.REGIMES,
    "covered": screening_tables.COVERED,
    "named": screening_tables.NAMED,
    "corridors": {
        "origin": "string",
        "hub": "string",
        "destination": "string",
        "commodity": "string",
        "list": "string",
        "window": "string",
        "window_first": "date",
        "window_last": "date",
        "discovered": "boolean",
        "total": "float64",
        "low_90": "float64",
        "high_90": "float64",
        "currency": "string",
        "asked": "string",
        "good": "string",
    },
    "bands": {
        "origin": "string",
        "commodity": "string",
        "month": "date",
        "low": "float64",
        "middle": "float64",
        "high": "float64",
        "cells": "int64",
    },
    "matches": {
        "row": "int64",
        "role": "string",
        "name": "string",
        "list": "string",
        "party": "string",
        "listed_name": "string",
        "score": "float64",
    },
    "searched": {"row": "int64", "roles": "string", "lists": "int64"},
    "coalition": screening_tables.COALITION,
    "partners": screening_tables.PARTNERS,
}
"""Columns of each table of the evidence, in Ibis types; more may be there."""


@dataclass(frozen=True)
class Evidence:
    """Everything the rules know beside the shipments themselves. A table without rows: nothing is known.

    goods: lists of goods, every version in every edition of the Harmonized System, each for the days from
    `version` on and before `until`. is_certain: whatever is traded under the code is on the list. is_first:
    nothing was listed before this version (null: so taken).
    regimes: embargoes; `code` begins the codes concerned ("" all goods), is_whole: all that is under it.
    covered: jurisdictions of which all embargoes are held. named: countries named as places of diversion.
    partners: countries for which Article 12g of Regulation (EU) No 833/2014 asks no clause. These four are in
    force from `since` to `until`, both days in it, null for no bound.
    corridors: routes tested for rerouted trade; a null `commodity` is the list as a whole. asked, good: whose
    exports and which code the figures are of, where not of `origin` and `commodity`.
    bands: usual unit values, USD per kilogram. matches, searched: what the search for names found, and for
    which roles of a shipment it was made (null: none), in how many lists. coalition: GECC countries.
    """

    goods: Table
    regimes: Table
    covered: Table
    named: Table
    corridors: Table
    bands: Table
    matches: Table
    searched: Table
    coalition: Table
    partners: Table


Found: TypeAlias = Callable[["Table", Evidence], "Table"]


def evidence(**known: Table) -> Evidence:
    """Evidence of the tables that are known; the others are without rows."""
    return Evidence(**{one.name: known.get(one.name, _nothing(one.name)) for one in fields(Evidence)})


def _nothing(name: str) -> Table:
    return constant({column: [] for column in SCHEMAS[name]}, SCHEMAS[name])
