"""Reads the World Development Indicators: the API's JSON, the wide CSV, and a long one of one indicator."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import ibis
import ibis.selectors as s
from ibis.expr.types import Table, Value

from entrepot.model.area import lookup
from entrepot.model.kind import INDICATORS
from entrepot.sources._canonical import Check, fact, looked_up, not_a_number, number, text, unknown, year
from entrepot.sources._format import Format, Raw
from entrepot.sources._head import Head
from entrepot.sources._load import load_csv
from entrepot.sources._told import ASKS, indicator, noted
from entrepot.sources.wdi import _answer

_CODE, _NAME = "Country Code", "Country Name"
_LONG: Final = frozenset({_CODE, "Year", "Value"})
_WIDE: Final = (_CODE, "Indicator Code")
_ANSWER: Final = frozenset({"indicator.id", "country.id", "countryiso3code", "date", "value"})
_YEARS: Final = r"[0-9]{4}"
_OWN_NAMES: Final = {"NY.GDP.MKTP.CD": "gdp_usd", "SP.POP.TOTL": "population"}
_NAMED: Final = {
    "gdp_usd": "gdp ny mktp cd current usd us dollars nominal wdi wb world bank data",
    "population": "population sp pop totl total wdi wb world bank data",
}
_GROUPS: Final = (
    "AFE", "AFW", "ARB", "CEB", "CSS", "EAP", "EAR", "EAS", "ECA", "ECS", "FCS", "HIC", "HPC", "IBB", "IBD",
    "IBT", "IDA", "IDB", "IDX", "INX", "LAC", "LCN", "LDC", "LIC", "LMC", "LMY", "LTE", "MEA", "MIC", "MNA",
    "NAC", "OED", "OSS", "PRE", "PSS", "PST", "SAS", "SSA", "SSF", "SST", "TEA", "TEC", "TLA", "TMN", "TSA",
    "TSS", "UMC",
)  # fmt: skip
"""Regions, income groups and groups of borrowers, which have no code here."""
_SIMULATED: Final = r"^(AA[A-Z]|Q[M-Z][A-Z]|X[A-Z]{2}|ZZ[A-Z])$"


def _is_long(head: Head) -> bool:
    return head.has(*_LONG)


def _is_wide(head: Head) -> bool:
    return _header(head) is not None


def _header(head: Head) -> int | None:
    """The record with the columns of the wide file: four of notes stand before it."""
    found = (place for place, record in enumerate(head.records) if set(_WIDE) <= set(record))
    return next(found, None)


def _load_wide(head: Head, scratch: Path) -> Raw:
    return load_csv(head, scratch, header=_header(head) or 0)


def _of_long(raw: Table, head: Head) -> Table:
    """One row is a country and a year."""
    named = _placed(raw)
    return _facts(named, ibis.literal(indicator(head, _NAMED)), named.Year, named.Value)


def _of_wide(raw: Table, _head: Head) -> Table:
    """One row is a country and an indicator, its years are columns."""
    cells = raw.pivot_longer(s.matches(f"^{_YEARS}$"), names_to="year", values_to="cell")
    named, what = _called(_placed(cells), "Indicator Code")
    return _facts(named, what, named.year, named.cell)


def _of_answer(raw: Table, _head: Head) -> Table:
    """One row is a country and a year. Some groups have no code of three letters, only two of their own."""
    raw = looked_up(raw, by_two=(text(raw["country.id"]), lookup("iso2")))
    code = ibis.coalesce(text(raw.countryiso3code), raw.by_two, text(raw["country.id"]))
    placed = _placed(raw.mutate(**{_CODE: code}))
    nameless = text(placed.countryiso3code).isnull() & placed.by_two.isnull()
    named, what = _called(placed, "indicator.id")
    return _facts(named, what, named.date, named.value, nameless & (code.length() == 2))


def _called(raw: Table, column: str) -> tuple[Table, Value]:
    """Our name of the indicator, else the publisher's code as a name."""
    named = looked_up(raw, own=(text(raw[column]), _OWN_NAMES))
    return named, ibis.coalesce(named.own, text(named[column]).lower().re_replace("[^a-z0-9]+", "_"))


def _placed(raw: Table) -> Table:
    code = text(raw[_CODE])
    named = looked_up(raw, known=(code, lookup("iso3")))
    invented = named.known.isnull() & text(named[_CODE]).re_search(_SIMULATED)
    area = ibis.ifelse(invented, text(named[_CODE]), named.known)
    return named.mutate(area=area, is_invented=invented.fill_null(False))


def _facts(named: Table, what: Value, of_year: Value, cell: Value, nameless: Value | None = None) -> Table:
    code = named[_CODE]
    of_group = text(code).isin(_GROUPS)
    of_group = of_group if nameless is None else of_group | nameless
    known, worth = ibis.ifelse(of_group, ibis.literal("group"), named.area), number(cell, ("..",))
    return fact(
        named,
        [
            unknown(_CODE, code, known, "area"),
            unknown("Year", of_year, year(of_year), "year"),
            Check("indicator", what, what.isnull(), "no indicator"),
            not_a_number("Value", cell, ("..",)),
            Check("Value", cell, _is_size(what) & (worth <= 0), "not above zero"),
        ],
        indicator=what,
        area=named.area,
        period=year(of_year),
        frequency="A",
        value=ibis.ifelse(of_group, ibis.null("float64"), worth),
        status=ibis.ifelse(named.is_invented, "simulated", "reported"),
    )


def _is_size(what: Value) -> Value:
    """Whether an indicator is a size, which no country has none of."""
    return what.isin(sorted(_OWN_NAMES.values()))


def _warnings(head: Head) -> tuple[str, ...]:
    return noted(head, _NAMED)


FORMATS = (
    Format(
        "long-csv",
        _is_long,
        _of_long,
        handled=_LONG,
        ignored={_NAME: "the name of the code"},
        asks=ASKS,
        warnings=_warnings,
        kind=INDICATORS,
    ),
    Format(
        "wide-csv",
        _is_wide,
        _of_wide,
        handled=frozenset(_WIDE),
        ignored={
            _NAME: "the name of the code",
            "Indicator Name": "the name of the code",
        },
        pattern=rf"{_YEARS}|unnamed_[0-9]+",
        load=_load_wide,
        kind=INDICATORS,
    ),
    Format(
        "api-json",
        _answer.is_answer,
        _of_answer,
        handled=_ANSWER,
        ignored={
            "indicator.value": "the name of the code",
            "country.value": "the name of the code",
            "unit": "the indicator's name says it",
            "obs_status": "a mark that the publisher does not explain",
            "decimal": "how many decimals to print",
            "scale": "how to print it",
            "footnote": "a note on the figure",
        },
        load=_answer.load,
        published=_answer.published,
        warnings=_answer.warnings,
        kind=INDICATORS,
    ),
)
