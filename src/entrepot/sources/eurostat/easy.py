"""EasyComext's CSV export (Relational_View_<moment>.csv), with its labels in English or French."""

from __future__ import annotations

import re
from datetime import date

import ibis
from ibis.expr.types import Table, Value

from entrepot.sources._canonical import Check, looked_up, not_a_number, number, unknown
from entrepot.sources._format import Format, of_columns
from entrepot.sources._head import Head
from entrepot.sources.eurostat._cells import NOT_AVAILABLE, cells, with_areas

_COLUMNS = ("REPORTER", "PARTNER", "PRODUCT", "FLOW", "STAT_PROCEDURE", "PERIOD", "VALUE_IN_EUR")
_MONTHS = (
    ("jan", "janv"), ("feb", "févr", "fév"), ("mar", "mars"), ("apr", "avr"), ("may", "mai"), ("jun", "juin"),
    ("jul", "juil"), ("aug", "août"), ("sep", "sept"), ("oct",), ("nov",), ("dec", "déc"),
)  # fmt: skip
_LABELS = {label: f"{number:02}" for number, labels in enumerate(_MONTHS, 1) for label in labels}
_YEARS = dict.fromkeys(("jan-dec", "janv-déc"), "52")


def _recognise(head: Head) -> bool:
    return head.kind == "text" and head.columns == _COLUMNS


@of_columns
def _interpret(raw: Table) -> Table:
    """One row is one product, partner and period; a label may carry its code before a dash: 2-EXPORT."""
    named = with_areas(raw, raw.REPORTER, raw.PARTNER)
    named = looked_up(named, month_code=(_month_label(named.PERIOD), _LABELS | _YEARS))
    code = ibis.coalesce(_found(named.PERIOD, r"^[0-9]{4}([0-9]{2})-"), named.month_code)
    annual = code == "52"
    period = (_found(named.PERIOD, r"([0-9]{4})$") + "-" + ibis.ifelse(annual, "01", code) + "-01").try_cast(
        "date"
    )
    procedure = _found(named.STAT_PROCEDURE, r"^([1239])-")
    whole = named.STAT_PROCEDURE.strip().lower().isin(["total", "t-total"])
    checks = [
        unknown("REPORTER", named.REPORTER, named.reporter_code, "area"),
        unknown("PARTNER", named.PARTNER, named.partner_code, "area"),
        Check(
            "PERIOD",
            named.PERIOD,
            period.isnull(),
            "not a period such as 'Aug. 2024' or '202152-Jan.-Dec. 2021'",
        ),
        unknown(
            "STAT_PROCEDURE",
            named.STAT_PROCEDURE,
            procedure.fill_null(ibis.ifelse(whole, "T", None)),
            "procedure",
        ),
        not_a_number("VALUE_IN_EUR", named.VALUE_IN_EUR, NOT_AVAILABLE),
    ]
    return cells(
        named,
        checks,
        flow=named.FLOW,
        period=period,
        frequency=ibis.ifelse(annual, "A", "M"),
        commodity=_found(named.PRODUCT.strip().upper(), r"^(TOTAL|[0-9]{2}[0-9A-Z]{0,6})(-.*)?$"),
        procedure=procedure,
        value=number(named.VALUE_IN_EUR, NOT_AVAILABLE),
    )


def _found(column: Value, pattern: str) -> Value:
    """The first group of a pattern, null where it does not match."""
    return column.strip().re_extract(pattern, 1).nullif("")


def _month_label(period: Value) -> Value:
    return _found(period, r"^(?:[0-9]{6}-)?(.*[^ ]) *[0-9]{4}$").lower().replace(".", "")


def _published(head: Head) -> date | None:
    """The publisher stamps the moment of the export into the name it gives the file."""
    found = re.search(r"Relational_View_(\d{4}-\d{2}-\d{2})T", head.path.name)
    return date.fromisoformat(found[1]) if found else None


EASY = Format("EasyComext csv", _recognise, _interpret, handled=frozenset(_COLUMNS), published=_published)
