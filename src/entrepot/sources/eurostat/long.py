"""Long tables others made of Eurostat's exports: CN8 by month, and totals in several spellings."""

from __future__ import annotations

from pathlib import Path

import ibis
from ibis.expr.types import BooleanValue, Table

from entrepot.sources._canonical import Check, month, not_a_number, number, text, unknown, year
from entrepot.sources._format import Format, Raw, of_columns
from entrepot.sources._head import Head
from entrepot.sources.eurostat._cells import NOT_AVAILABLE, cells, with_areas

_CN8 = frozenset({"cn8", "flow", "indicator", "reporter", "partner", "month", "value_eur"})
_CN8_IGNORED = {"product": "the code's label", "__index_level_0__": "row number left behind by pandas"}
_TOTALS = frozenset({"reporter", "partner", "flow", "period", "value_in_eur"})


def _is_cn8(head: Head) -> bool:
    return head.kind == "parquet" and head.has(*_CN8)


def _load_cn8(head: Head, scratch: Path) -> Raw:
    """All columns but the ignored ones as text: the labels would take most of the memory."""
    import pyarrow as pa
    import pyarrow.parquet

    names = tuple(name for name in head.columns if name not in _CN8_IGNORED)
    table = pyarrow.parquet.read_table(head.path, columns=list(names))
    return Raw(names, 1, table=pa.table({name: table[name].cast(pa.string()) for name in names}))


@of_columns
def _cn8(raw: Table) -> Table:
    """One row is one CN8 or HS4 code, partner and month of DS-045409; the digits keep the levels apart."""
    named = with_areas(raw, raw.reporter, raw.partner)
    period = month(named.month)
    checks = [
        *_areas_known(named),
        Check("month", named.month, period.isnull(), "not a month: write 2022-03"),
        Check(
            "indicator", named.indicator, named.indicator.strip() != "VALUE_IN_EUROS", "not a value in euros"
        ),
        not_a_number("value_eur", named.value_eur, NOT_AVAILABLE),
    ]
    return cells(
        named,
        checks,
        flow=named.flow,
        period=period,
        frequency="M",
        commodity=text(named.cn8),
        value=number(named.value_eur, NOT_AVAILABLE),
    )


def _is_totals(head: Head) -> bool:
    return head.kind == "text" and head.has(*_TOTALS, "reporter_kind", "folder")


@of_columns
def _totals(raw: Table) -> Table:
    """One row is all goods of one reporter, partner and month (2024-08) or year (2024)."""
    named = with_areas(raw, raw.reporter, raw.partner)
    annual = named.period.strip().length() == 4
    period = ibis.ifelse(annual, year(named.period), month(named.period))
    checks = [
        *_areas_known(named),
        Check("period", named.period, period.isnull(), "not a period: write 2024 or 2024-08"),
        Check("partner", named.partner, _english_among_french(named), _WHICH_GUINEA),
        not_a_number("value_in_eur", named.value_in_eur, NOT_AVAILABLE),
    ]
    return cells(
        named,
        checks,
        flow=named.flow,
        period=period,
        frequency=ibis.ifelse(annual, "A", "M"),
        commodity=ibis.literal("TOTAL"),
        value=number(named.value_in_eur, NOT_AVAILABLE),
    )


_WHICH_GUINEA = "English among French names: Guinea, which is there as Guinée, or Guinea-Bissau, which is not"


def _english_among_french(named: Table) -> BooleanValue:
    """The year 2016 was exported in French; whoever translated some names made two of the Guineas one."""
    return named.reporter.startswith("Union européenne") & (named.partner.strip() == "Guinea")


def _areas_known(named: Table) -> list[Check]:
    return [
        unknown("reporter", named.reporter, named.reporter_code, "area"),
        unknown("partner", named.partner, named.partner_code, "area"),
    ]


CN8 = Format(
    "cn8 by month (parquet)",
    _is_cn8,
    _cn8,
    handled=_CN8,
    ignored=_CN8_IGNORED,
    load=_load_cn8,
)
TOTALS = Format(
    "totals (long csv)",
    _is_totals,
    _totals,
    handled=_TOTALS,
    ignored={
        "reporter_kind": "member, aggregate or not: follows from the reporter",
        "folder": "where the collector kept the export",
    },
)
