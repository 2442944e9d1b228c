"""Reads exchange rates as the ECB's data portal exports them (csvdata): a row a currency and a period."""

from __future__ import annotations

from typing import Final

import ibis
from ibis.expr.types import Table, Value

from entrepot.model.kind import INDICATORS
from entrepot.sources._canonical import Check, fact, month, not_a_number, number, text, unknown, year
from entrepot.sources._format import Format
from entrepot.sources._head import Head

_SERIES: Final = ("FREQ", "CURRENCY", "CURRENCY_DENOM", "EXR_TYPE", "EXR_SUFFIX", "TIME_PERIOD", "OBS_VALUE")
_MISSING: Final = ("NaN",)
_ESTIMATED: Final = ("E", "P")  # OBS_STATUS: an estimate, a provisional value
_ABOUT = (
    "OBS_CONF", "OBS_PRE_BREAK", "OBS_COM", "TIME_FORMAT", "BREAKS", "COLLECTION", "COMPILING_ORG",
    "DISS_ORG", "DOM_SER_IDS", "PUBL_ECB", "PUBL_MU", "PUBL_PUBLIC", "UNIT_INDEX_BASE", "COMPILATION",
    "COVERAGE", "DECIMALS", "NAT_TITLE", "SOURCE_AGENCY", "SOURCE_PUB", "TITLE", "TITLE_COMPL", "UNIT",
)  # fmt: skip


def _recognise(head: Head) -> bool:
    return head.has(*_SERIES)


def _interpret(raw: Table, _head: Head) -> Table:
    """One row is how much of a currency one unit of another (the euro) costs, on average over a period."""
    frequency, when = text(raw.FREQ), text(raw.TIME_PERIOD)
    period = ibis.ifelse(frequency == "A", year(when), month(when))
    value = number(raw.OBS_VALUE, _MISSING, thousands="")
    name = text(raw.CURRENCY).lower() + "_per_" + text(raw.CURRENCY_DENOM).lower()
    return fact(
        raw,
        [
            *_other_series(raw, frequency),
            Check("CURRENCY", raw.CURRENCY, name.isnull(), "no currency"),
            unknown("TIME_PERIOD", raw.TIME_PERIOD, period, "period"),
            not_a_number("OBS_VALUE", raw.OBS_VALUE, _MISSING, thousands=""),
            Check("OBS_VALUE", raw.OBS_VALUE, value <= 0, "a rate that is not above zero"),
        ],
        indicator=name,
        period=period,
        frequency=frequency,
        value=value,
        status=ibis.ifelse(text(raw.OBS_STATUS).isin(_ESTIMATED).fill_null(False), "estimated", "reported"),
    )


def _other_series(raw: Table, frequency: Value) -> list[Check]:
    """Series of the same data set that are no average rates of a month or a year."""
    multiple = number(raw.UNIT_MULT).fill_null(0) != 0
    return [
        Check("FREQ", raw.FREQ, ~frequency.isin(("M", "A")).fill_null(False), "neither months nor years"),
        Check("EXR_TYPE", raw.EXR_TYPE, ~(text(raw.EXR_TYPE) == "SP00").fill_null(False), "not a spot rate"),
        Check(
            "EXR_SUFFIX", raw.EXR_SUFFIX, ~(text(raw.EXR_SUFFIX) == "A").fill_null(False), "not an average"
        ),
        Check("UNIT_MULT", raw.UNIT_MULT, multiple, "not for one unit"),
    ]


FORMATS = (
    Format(
        "csvdata",
        _recognise,
        _interpret,
        handled=frozenset(_SERIES),
        optional=frozenset({"OBS_STATUS", "UNIT_MULT"}),
        ignored={
            "KEY": "made of the other codes",
            **dict.fromkeys(_ABOUT, "about the series, not its values"),
        },
        kind=INDICATORS,
    ),
)
