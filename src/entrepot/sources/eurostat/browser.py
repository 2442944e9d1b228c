"""The data browser's workbook: a summary, the structure, a sheet for each product and flow, months wide."""

from __future__ import annotations

import itertools
import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import ibis.selectors as s
from ibis.expr.types import Table

from entrepot.errors import ReadError
from entrepot.sources._canonical import Check, month, not_a_number, number, unknown
from entrepot.sources._format import Format, Raw, of_columns
from entrepot.sources._head import Head
from entrepot.sources._load import text_table
from entrepot.sources.eurostat._cells import NOT_AVAILABLE, cells, with_areas

_MONTH = r"\d{4}-\d{2}"
_LARGEST = 2 << 30  # bytes unpacked; a workbook is a zip archive and may claim anything


def _recognise(head: Head) -> bool:
    first = [row[0] for row in head.records if row]
    return head.kind == "xlsx" and (
        ("Dataset:" in first and any(cell.startswith("Data extracted on") for cell in first))
        or any({"Contents", "INDICATORS"} <= set(row) for row in head.records)
    )


def _load(head: Head, scratch: Path) -> Raw:
    """All data sheets under one another: the facts above each table become columns beside it."""
    import python_calamine

    _refuse_bombs(head.path)
    book = python_calamine.CalamineWorkbook.from_path(str(head.path))
    names: tuple[str, ...] = ()
    rows: list[list[Any]] = []
    for sheet in book.sheet_names:
        table = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
        if not table or not str(table[0][0]).startswith("Data extracted on"):
            continue
        found, block = _sheet(head.path.name, sheet, table)
        if names and found != names:
            raise ReadError(head.path.name, f"sheet {sheet!r} has other columns than the sheets before it.")
        names = found
        rows.extend(block)
    if not names:
        raise ReadError(head.path.name, "no sheet holds data.", todo="Export it again with its data sheets.")
    return Raw(names, 1, table=text_table(names, rows))


def _refuse_bombs(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(member.file_size for member in archive.infolist())
    except zipfile.BadZipFile as error:
        raise ReadError(path.name, f"damaged workbook ({error}).", todo="Download it again.") from error
    if size > _LARGEST:
        raise ReadError(path.name, f"would unpack to {size:,} bytes.", todo="Export it in smaller parts.")


def _sheet(
    file: str, sheet: str, table: Sequence[Sequence[Any]]
) -> tuple[tuple[str, ...], Iterator[list[Any]]]:
    """Column names and rows of one sheet: its facts (PRODUCT, FLOW, INDICATORS), its labels, its months."""
    top = next((place for place, row in enumerate(table) if row[0] == "TIME"), None)
    if top is None or len(table) < top + 3:
        raise ReadError(file, f"sheet {sheet!r} has no row that begins with TIME.")
    facts = {_bare(row[0]): row[2] for row in table[3:top] if row[0]}
    width = sum(cell == "TIME" for cell in table[top])
    labels = [_bare(cell) for cell in table[top + 2][:width]]
    if set(table[top + 1][width:]) != {"Monthly"}:
        raise ReadError(file, f"sheet {sheet!r} is not monthly.", row=top + 2, todo="Export monthly data.")
    names = (*facts, *labels, *(str(cell) for cell in table[top][width:]))
    body = itertools.takewhile(lambda row: row[0] != "", table[top + 3 :])
    return names, ([*facts.values(), *row] for row in body)


def _bare(label: str) -> str:
    """`PRODUCT [PRODUCT]` and `PARTNER (Labels)` are PRODUCT and PARTNER."""
    return re.sub(r" [\[(].*", "", str(label)).strip()


@of_columns
def _interpret(raw: Table) -> Table:
    """One cell is one product, flow, reporter, partner and month; `:` is not available."""
    long = raw.pivot_longer(s.matches(f"^{_MONTH}$"), names_to="month", values_to="cell")
    named = with_areas(long, long.REPORTER, long.PARTNER)
    commodity = named.PRODUCT.strip().re_extract(r"\[([0-9A-Z]+)\]$", 1).nullif("")
    period = month(named.month)
    checks = [
        unknown("REPORTER", named.REPORTER, named.reporter_code, "area"),
        unknown("PARTNER", named.PARTNER, named.partner_code, "area"),
        Check(
            "INDICATORS",
            named.INDICATORS,
            named.INDICATORS.strip() != "VALUE_IN_EUROS",
            "not a value in euros",
        ),
        unknown("PRODUCT", named.PRODUCT, commodity, "product: no code in brackets at the end"),
        not_a_number("value", named.cell, NOT_AVAILABLE),
    ]
    return cells(
        named,
        checks,
        flow=named.FLOW,
        period=period,
        frequency="M",
        commodity=commodity,
        value=number(named.cell, NOT_AVAILABLE),
    )


def _published(head: Head) -> date | None:
    """Day of the last update of the data, which is the vintage whenever they were exported."""
    for row in head.records:
        if row and row[0].startswith("Last update"):
            found = re.search(r"(\d{2})/(\d{2})/(\d{4})", " ".join(row))
            return date(int(found[3]), int(found[2]), int(found[1])) if found else None
    return None


BROWSER = Format(
    "data browser xlsx",
    _recognise,
    _interpret,
    handled=frozenset({"PRODUCT", "FLOW", "INDICATORS", "REPORTER", "PARTNER"}),
    pattern=_MONTH,
    load=_load,
    published=_published,
)
