"""Reads BACI's yearly files: t, i, j, k, v, q."""

from __future__ import annotations

import calendar
import re
from datetime import date
from typing import TYPE_CHECKING, Final

import ibis

from entrepot.errors import ReadError
from entrepot.model.area import lookup
from entrepot.model.flow import Flow, Status
from entrepot.sources._canonical import Check, canonical, looked_up, not_a_number, number, text, unknown, year
from entrepot.sources._format import Format, Raw
from entrepot.sources._load import load_csv

if TYPE_CHECKING:
    from pathlib import Path

    from ibis.expr.types import Table

    from entrepot.sources._head import Head

_NO: Final = ibis.literal(value=False)
_COLUMNS: Final = ("t", "i", "j", "k", "v", "q")
EDITIONS: Final = {str(y)[2:]: f"HS{y}" for y in (1992, 1996, 2002, 2007, 2012, 2017, 2022)}
_THOUSAND: Final = 1000
_MISSING: Final = ("NA",)


def recognise(head: Head) -> bool:
    """The header of a trade file; the lists of countries and products have others."""
    return head.kind == "text" and head.columns == _COLUMNS


def load(head: Head, scratch: Path) -> Raw:
    """The CSV. Raises ReadError where nobody says of which HS edition the products are."""
    _edition(head)
    return load_csv(head, scratch)


def interpret(raw: Table, head: Head) -> Table:
    """One row is what went from exporter to importer in one year: thousand US dollars and tonnes in the file.

    A product of five digits lost its leading zero to a program that took it for a number: BACI has six only.
    """
    areas = lookup("comtrade")
    named = looked_up(raw, exporter=(text(raw.i), areas), importer=(text(raw.j), areas))
    code, period = text(raw.k).lpad(6, "0"), year(raw.t)
    weight = number(raw.q, _MISSING)
    checks = [
        unknown("t", raw.t, period, "year"),
        unknown("i", raw.i, named.exporter, "exporter"),
        unknown("j", raw.j, named.importer, "importer"),
        Check("k", raw.k, ~text(raw.k).re_search(r"^[0-9]{5,6}$").fill_null(_NO), "not an HS6 product"),
        not_a_number("v", raw.v, _MISSING),
        not_a_number("q", raw.q, _MISSING),
    ]
    return canonical(
        named,
        checks,
        reporter=named.exporter,
        partner=named.importer,
        partner_basis="destination",
        flow=Flow.EXPORT,
        period=period,
        frequency="A",
        commodity=code,
        digits=6,
        hs_revision=_edition(head),
        valuation="fob",
        value=number(raw.v, _MISSING) * _THOUSAND,
        currency="USD",
        net_weight_kg=ibis.ifelse(weight == 0, ibis.null("float64"), weight) * _THOUSAND,
        # CEPII converts other units to tonnes and says nowhere in the file for which rows.
        is_estimated=weight.notnull(),
        status=Status.MIRRORED,
    )


def _edition(head: Head) -> str:
    """The HS edition: no column holds it. A code means other goods in another edition, so none is assumed."""
    named = re.search(r"(?:^|_)HS(\d\d)_", head.path.name)
    said = re.fullmatch(r"HS(?:19|20)?(\d\d)", head.given.get("hs_revision", "").upper()) or named
    if said is None or said[1] not in EDITIONS:
        raise ReadError(
            head.path.name,
            "the HS edition stands only in the name CEPII gives the file, and this name has none.",
            todo="Keep a name like BACI_HS92_Y2021_V202301.csv, or say --given hs_revision=HS1992.",
        )
    if named and named[1] != said[1]:
        raise ReadError(
            head.path.name, f"its name says HS{named[1]}, and --given hs_revision says HS{said[1]}."
        )
    return EDITIONS[said[1]]


def published(name: str) -> date | None:
    """Last day of the month in a name: ..._V202301.csv. A question as of an earlier day must not see it."""
    found = re.search(r"_V(\d{4})(0[1-9]|1[0-2])(?=\D|$)", name)
    if not found:
        return None
    of_year, month = int(found[1]), int(found[2])
    return date(of_year, month, calendar.monthrange(of_year, month)[1])


def _warnings(head: Head) -> tuple[str, ...]:
    said = "hs_revision" in head.given
    return () if said else (f"hs_revision {_edition(head)}: taken from the file's name.",)


FORMATS = (
    Format(
        "year",
        recognise,
        interpret,
        handled=frozenset(_COLUMNS),
        load=load,
        published=lambda head: published(head.path.name),
        asks=frozenset({"hs_revision"}),
        warnings=_warnings,
    ),
)
