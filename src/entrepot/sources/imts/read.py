"""Reads the IMF's IMTS as its data portal exports it: a series a row, years or months as columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import ibis
import ibis.selectors as s

from entrepot.model.area import lookup
from entrepot.model.flow import Flow, Status
from entrepot.sources._canonical import Check, canonical, looked_up, not_a_number, number, text, unknown
from entrepot.sources._format import Format

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ibis.expr.types import Table, Value

    from entrepot.sources._head import Head

_NO: Final = ibis.literal(value=False)
_KEYS: Final = ("COUNTRY.ID", "INDICATOR.ID", "COUNTERPART_COUNTRY.ID", "FREQUENCY.ID", "SCALE.ID")
_PERIODS: Final = r"[0-9]{4}(-M(0[1-9]|1[0-2])|-Q[1-4])?"
_FLOWS: Final = {"MG_CIF_USD": Flow.IMPORT, "XG_FOB_USD": Flow.EXPORT}
_NOT_FLOWS: Final = {
    "TBG_USD": "a balance, not a flow: exports less imports",
    "MG_FOB_USD": "imports at FOB: the same trade as the series at CIF, which is kept",
}
_SCALES: Final = {"0": "1", "3": "1000", "6": "1000000", "9": "1000000000"}
_OWN_AREAS: Final = {"G001": "WLD", "KOS": "XKX", "TX126": "BLX", "TX898": "_X", "TX899": "XX"}
"""The IMF's codes of areas that have a code here; its other groups and remainders have none."""
_IMPUTED: Final = 0.5
"""From this share of long decimals on, a reporter's year was filled from its partners' figures.

A figure a customs office reports ends at the dollar: at six decimals of a million. One divided or multiplied
by the IMF's factor of CIF to FOB does not. Of Russia's series, 0 % go beyond the dollar in each year of
2016 to 2021, and 88 % (imports) and 91 % (exports) in 2022, 2023 and 2024; the rest are carried forward.
A reporter whose own figures are converted from another currency looks the same: it is called imputed too, and
is then not compared with its partners, which loses a comparison and falsifies none.
"""


def recognise(head: Head) -> bool:
    """The portal's columns, and IMTS as the data set of the first series."""
    if head.kind != "text" or not head.has("DATASET", *_KEYS) or len(head.records) < 2:
        return False
    return "IMTS" in dict(zip(head.columns, head.records[1], strict=False)).get("DATASET", "")


def interpret(raw: Table, _head: Head) -> Table:
    """One cell is a reporter's trade in all goods with one partner in a year or a month, US dollars."""
    cells = raw.pivot_longer(s.matches(f"^{_PERIODS}$"), names_to="period", values_to="cell")
    areas: Mapping[str, str] = {**lookup("iso3"), **_OWN_AREAS}
    named = looked_up(
        cells,
        reporter_area=(text(cells["COUNTRY.ID"]), areas),
        partner_area=(text(cells["COUNTERPART_COUNTRY.ID"]), areas),
        flow=(text(cells["INDICATOR.ID"]), _FLOWS),
        factor=(text(cells["SCALE.ID"]), _SCALES),
    )
    named = named.filter(text(named.cell).notnull() | _is_missing(named))
    return canonical(
        named,
        _checks(named),
        reporter=named.reporter_area,
        partner=named.partner_area,
        partner_basis=ibis.ifelse(named.flow == Flow.IMPORT, "origin", "destination"),
        flow=named.flow,
        period=_day(named.period),
        frequency=text(named["FREQUENCY.ID"]),
        commodity="TOTAL",
        digits=0,
        valuation=ibis.ifelse(named.flow == Flow.IMPORT, "cif", "fob"),
        value=number(named.cell, thousands="") * named.factor.cast("float64"),
        currency="USD",
        status=ibis.ifelse(_share_of_long_decimals(named) >= _IMPUTED, Status.IMPUTED, Status.REPORTED),
    )


def _is_missing(cells: Table) -> Value:
    """An empty cell that could hold a figure: of a series kept here, in a column of its frequency."""
    kept = cells.flow.notnull() & cells.reporter_area.notnull() & cells.partner_area.notnull()
    return kept & _fits(cells)


def _fits(cells: Table) -> Value:
    frequency = text(cells["FREQUENCY.ID"])
    return frequency.isin(("A", "M")) & (_frequency(cells.period) == frequency)


def _frequency(period: Value) -> Value:
    return ibis.cases((period.length() == 4, "A"), else_=period.substr(5, 1))


def _day(period: Value) -> Value:
    """First day of `2021` or `2021-M03`; null for a quarter."""
    month = ibis.cases((period.length() == 4, "01"), else_=period.substr(6, 2))
    return (period.substr(0, 4) + "-" + month + "-01").try_cast("date")


def _share_of_long_decimals(cells: Table) -> Value:
    """Of a reporter's cells of one series, year and frequency, those that go on beyond the dollar."""
    bare, digits = text(cells.cell), cells.factor.length() - 1
    decimals = bare.re_extract(r"\.([0-9]+)$", 1).length()
    beyond = ((decimals > digits) | bare.lower().contains("e-")).cast("float64")
    year = cells.period.substr(0, 4)
    together = ibis.window(group_by=[cells["COUNTRY.ID"], cells["INDICATOR.ID"], cells["FREQUENCY.ID"], year])
    return beyond.mean().over(together)


def _checks(cells: Table) -> list[Check]:
    """Every reason not to store a cell."""
    partner, reporter = cells["COUNTERPART_COUNTRY.ID"], cells["COUNTRY.ID"]
    measure, own = text(cells.OBS_MEASURE), r"^(G|GX|TX)[0-9]+$"
    group = "a group or a remainder of the IMF's that has no code here"
    indicator, frequency = cells["INDICATOR.ID"], text(cells["FREQUENCY.ID"])
    value = number(cells.cell, thousands="")
    return [
        *(Check("INDICATOR.ID", indicator, text(indicator) == code, why) for code, why in _NOT_FLOWS.items()),
        unknown("INDICATOR.ID", indicator, cells.flow, "indicator"),
        Check("OBS_MEASURE", measure, measure != "OBS_VALUE", "not the value of a series"),
        Check(
            "FREQUENCY.ID",
            cells["FREQUENCY.ID"],
            frequency == "Q",
            "quarters: their months and years are kept",
        ),
        Check(
            "FREQUENCY.ID",
            cells.period,
            ~_fits(cells).fill_null(_NO),
            "a period that does not fit the frequency",
        ),
        *(
            Check(name, area, text(area).re_search(own) & found.isnull(), group)
            for name, area, found in (
                ("COUNTRY.ID", reporter, cells.reporter_area),
                ("COUNTERPART_COUNTRY.ID", partner, cells.partner_area),
            )
        ),
        unknown("COUNTRY.ID", reporter, cells.reporter_area, "area"),
        unknown("COUNTERPART_COUNTRY.ID", partner, cells.partner_area, "area"),
        unknown("SCALE.ID", cells["SCALE.ID"], cells.factor, "scale"),
        not_a_number("value", cells.cell, thousands=""),
        Check("value", cells.cell, value < 0, "trade below zero"),
    ]


FORMATS = (
    Format(
        "wide-csv",
        recognise,
        interpret,
        handled=frozenset(_KEYS),
        optional=frozenset({"OBS_MEASURE"}),
        ignored={
            "DATASET": "the same for every row; recognised by it",
            "SERIES_CODE": "made of the other codes",
            **dict.fromkeys(
                ("COUNTRY", "INDICATOR", "COUNTERPART_COUNTRY", "FREQUENCY", "SCALE"), "the words of the code"
            ),
            **dict.fromkeys(("TRADE_FLOW.ID", "TRADE_FLOW"), "said by INDICATOR.ID"),
        },
        pattern=_PERIODS,
    ),
)
