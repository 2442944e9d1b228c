"""Reads CEPII's GeoDist: dist_cepii, a row a pair of countries, and geo_cepii, a row a city of a country."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import ibis
from ibis.expr.types import Table, Value

from entrepot.model.area import lookup
from entrepot.model.kind import INDICATORS
from entrepot.sources._canonical import Check, fact, looked_up, not_a_number, number, text, unknown
from entrepot.sources._format import Format
from entrepot.sources._head import Head

_MISSING: Final = (".",)
_SIMULATED: Final = r"^(AA[A-Z]|Q[M-Z][A-Z]|X[A-Z]{2}|ZZ[A-Z])$"
_PAIR: Final = frozenset({"iso_o", "iso_d", "contig", "dist", "distw"})
_CITY: Final = frozenset({"iso3", "landlocked", "citynum"})
_TIES = ("comlang_off", "comlang_ethno", "colony", "comcol", "curcol", "col45", "smctry")
_PLACE = (
    "iso2", "cnum", "country", "pays", "area", "dis_int", "continent", "city_en", "city_fr", "lat", "lon",
    "cap", "maincity", "citynum",
)  # fmt: skip
_HISTORY = (
    *(f"{what}_{place}" for what in ("langoff", "lang20", "lang9") for place in range(1, 5)),
    *(f"{what}{place}" for what in ("colonizer", "short_colonizer") for place in range(1, 5)),
)


def _recognise(columns: frozenset[str]) -> Callable[[Head], bool]:
    return lambda head: head.has(*columns)


def _pairs(raw: Table, _head: Head) -> Table:
    """A pair makes two facts; of invented countries they are simulated."""
    known = lookup("iso3")
    named = looked_up(raw, origin=(text(raw.iso_o), known), destination=(text(raw.iso_d), known))
    named = _with_invented(named)
    named = named.mutate(distance=ibis.coalesce(text(named.distw, _MISSING), text(named.dist, _MISSING)))
    return _of_pair(named, "distance_km", "distance", []).union(
        _of_pair(named, "is_contiguous", "contig", [_yes_or_no("contig", named.contig)])
    )


def _with_invented(named: Table) -> Table:
    """The pairs with countries that do not exist, whose codes are no publisher's."""
    ends = {"origin": text(named.iso_o), "destination": text(named.iso_d)}
    made_up = {end: named[end].isnull() & _invented(code) for end, code in ends.items()}
    codes = {end: ibis.ifelse(made_up[end], code, named[end]) for end, code in ends.items()}
    either = made_up["origin"] | made_up["destination"]
    return named.mutate(status=ibis.ifelse(either, "simulated", "reported"), **codes)


def _of_pair(named: Table, indicator: str, column: str, more: list[Check]) -> Table:
    checks = [
        unknown("iso_o", named.iso_o, named.origin, "area"),
        unknown("iso_d", named.iso_d, named.destination, "area"),
        not_a_number(column, named[column], _MISSING),
        *more,
    ]
    pair = {"area": named.origin, "partner": named.destination}
    value = number(named[column], _MISSING)
    return fact(named, checks, indicator=indicator, **pair, value=value, status=named.status)


def _invented(code: Value) -> Value:
    """ISO 3166 user-assigned codes stand for countries that do not exist."""
    return text(code).re_search(_SIMULATED).fill_null(False)


def _countries(raw: Table, _head: Head) -> Table:
    """A country with several cities says the same more than once."""
    named = looked_up(raw, place=(text(raw.iso3), lookup("iso3")))
    checks = [
        unknown("iso3", named.iso3, named.place, "area"),
        not_a_number("landlocked", named.landlocked, _MISSING),
        _yes_or_no("landlocked", named.landlocked),
    ]
    value = number(named.landlocked, _MISSING)
    return fact(named, checks, indicator="is_landlocked", area=named.place, value=value)


def _yes_or_no(name: str, column: Value) -> Check:
    return Check(name, column, ~number(column, _MISSING).isin((0.0, 1.0)), "neither 0 nor 1")


FORMATS = (
    Format(
        "dist_cepii",
        _recognise(_PAIR),
        _pairs,
        handled=_PAIR,
        ignored={
            **dict.fromkeys(_TIES, "language, colonial ties and currency: not used by any measure"),
            "distcap": "between capitals: distw is kept",
            "distwces": "weighted otherwise: distw is kept",
        },
        kind=INDICATORS,
    ),
    Format(
        "geo_cepii",
        _recognise(_CITY),
        _countries,
        handled=frozenset({"iso3", "landlocked"}),
        ignored={
            **dict.fromkeys(_PLACE, "of the country or its city: not used by any measure"),
            **dict.fromkeys(_HISTORY, "languages and colonial ties: not used by any measure"),
        },
        kind=INDICATORS,
    ),
)
