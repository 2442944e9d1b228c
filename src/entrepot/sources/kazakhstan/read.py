"""Reads Kazakhstan's trade by partner: a row is a partner and year of one workbook, two flows wide, kUSD."""

from __future__ import annotations

import ibis
from ibis.expr.types import Table

from entrepot.model.area import lookup
from entrepot.sources._canonical import Check, canonical, looked_up, not_a_number, number, text, unknown, year
from entrepot.sources._format import Format
from entrepot.sources._head import Head

_COLUMNS = frozenset({"reporter", "partner_ru", "year", "export_usd_k", "import_usd_k", "file"})


def _recognise(head: Head) -> bool:
    return head.has(*_COLUMNS)


def _interpret(raw: Table, head: Head) -> Table:
    """Exports, then imports; a year that two workbooks hold is taken from the later one."""
    named = looked_up(raw, partner_code=(raw.partner_ru.strip().lower(), lookup("name")))
    issue = named.file.strip().re_extract(r"_(\d{4})\.xlsx?$", 1).try_cast("int64")
    of_year = ibis.window(group_by=named.year)
    named = named.mutate(
        issue=issue, latest=issue.max().over(of_year), successor=named.file.argmax(issue).over(of_year)
    )
    return _flow(named, "export", "export_usd_k").union(_flow(named, "import", "import_usd_k"))


def _flow(named: Table, flow: str, column: str) -> Table:
    period = year(named.year)
    checks = [
        Check(
            "reporter", named.reporter, ~(text(named.reporter) == "KAZ").fill_null(False), "not Kazakhstan's"
        ),
        unknown("partner_ru", named.partner_ru, named.partner_code, "area"),
        unknown("year", named.year, period, "year"),
        Check("file", named.file, named.issue.isnull(), "the name of the workbook does not end in its year"),
        not_a_number(column, named[column]),
        Check(
            column,
            named.file,
            named.issue < named.latest,
            "superseded in the same file by " + named.successor,
        ),
    ]
    return canonical(
        named,
        checks,
        reporter="KAZ",
        partner=named.partner_code,
        partner_basis="destination" if flow == "export" else "origin",
        flow=flow,
        period=period,
        frequency="A",
        commodity="TOTAL",
        digits=0,
        valuation="fob" if flow == "export" else "cif",
        value=number(named[column]) * 1000,
        currency="USD",
    )


FORMATS: tuple[Format, ...] = (Format("by partner", _recognise, _interpret, handled=_COLUMNS),)
