"""Reads series of China's customs exported from Wind: imports of fossil fuels from Russia, month by month.

Rows of metadata lie between the names and the figures. Volume and value of a product become one row. A
table derived from such an export, with columns of its own names, is read too.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from datetime import date
from functools import reduce
from pathlib import Path
from typing import Final, NamedTuple

import ibis
from ibis.expr.types import Table

from entrepot.errors import ReadError
from entrepot.sources._canonical import (
    canonical,
    hs_revision,
    month,
    not_a_number,
    number,
    text,
    unknown,
)
from entrepot.sources._format import Format, Raw
from entrepot.sources._head import Head
from entrepot.sources._load import load_csv, open_bytes


class Product(NamedTuple):
    """What two series are about, and their names in the export and in the derived table."""

    commodity: str
    digits: int | None  # None: an item of Wind's own
    partner: str
    weight: str = ""
    value: str = ""
    derived_weight: str = ""
    derived_value: str = ""


PRODUCTS: Final = (
    Product("steam-coal", None, "RUS", "S5103091", "S5103096", "steam_t", "steam_usd"),
    Product("coking-coal", None, "RUS", "S5103143", "S5103148", "coking_t", "coking_usd"),
    Product("2701", 4, "RUS", "S5103045", "S5103050", "coal_t", "coal_usd"),
    Product("2709", 4, "RUS", "S5429087", "S5429119", "crude_kg", "crude_usd"),
    Product("271121", 6, "RUS", "S5151677", "S5151679", "pipegas_kg", "pipegas_usd"),
    Product("271111", 6, "RUS", weight="S5118566", derived_weight="lng_rus_kg"),
    Product("271121", 6, "WLD", value="R5881679", derived_value="gas271121_usd_all"),
    Product("271111", 6, "WLD", value="Z1785825", derived_value="lng271111_usd_all"),
)
_SERIES: Final = frozenset(name for product in PRODUCTS for name in (product.weight, product.value) if name)
_DERIVED: Final = frozenset(name for p in PRODUCTS for name in (p.derived_weight, p.derived_value) if name)
_UNITS: Final = {"USD": 1, "kg": 1, "ton": 1000}
_LABELS: Final = ("Wind", "Name", "ID", "Frequency", "Unit", "Source", "Time Period", "Update")
_FOOTER: Final = "Source: Wind"
_ITEMS: Final = "Wind-items"
_LONGEST: Final = 1 << 24
_END: Final = re.compile(r":(\d{4})-(0[1-9]|1[0-2])$")
_LINE: Final = re.compile(rb"^\"?(\d{4})-(0[1-9]|1[0-2])", re.MULTILINE)


def _metadata(head: Head) -> dict[str, tuple[str, ...]]:
    """The rows above the figures, by their labels."""
    return {record[0]: record[1:] for record in head.records if record and record[0] in _LABELS}


def _is_export(head: Head) -> bool:
    return head.kind == "text" and {"Name", "ID", "Unit", "Frequency", "Update"} <= _metadata(head).keys()


def _load(head: Head, scratch: Path) -> Raw:
    """With the row of series numbers as the header; the rows of metadata below it are told apart by label."""
    header = next(place for place, record in enumerate(head.records) if record[:1] == ("ID",))
    return load_csv(head, scratch, header=header)


def _factors(head: Head) -> dict[str, int]:
    """Series -> what its figures are multiplied by to be USD or kg. Raises ReadError."""
    rows = _metadata(head)
    if not len(rows["ID"]) == len(rows["Unit"]) == len(rows["Frequency"]):
        raise ReadError(head.path.name, "rows ID, Unit and Frequency are not of one length.")
    for series, unit, frequency in zip(rows["ID"], rows["Unit"], rows["Frequency"], strict=True):
        wanted = ("USD",) if any(series == p.value for p in PRODUCTS) else ("kg", "ton")
        if unit not in wanted:
            cause = f"unit {unit!r} where {' or '.join(wanted)} is meant."
            raise ReadError(head.path.name, cause, column=series)
        if frequency not in ("Month", "Monthly"):
            raise ReadError(head.path.name, f"frequency {frequency!r} where months are meant.", column=series)
    return {series: _UNITS[unit] for series, unit in zip(rows["ID"], rows["Unit"], strict=True)}


def _export(raw: Table, head: Head) -> Table:
    """One row is one product in one month. An export that opens with a line `Wind` writes 0 for no figure."""
    label = text(raw.ID)
    is_blank = ibis.and_(*(text(raw[name]).isnull() for name in raw.columns if name != "row"))
    figures = raw.filter(~(is_blank | label.isin((*_LABELS, _FOOTER)).fill_null(False)))
    if head.columns[:1] == ("Wind",):
        figures = _without_zeros(figures, _SERIES)
    factors = _factors(head)
    present = [p for p in PRODUCTS if {p.weight, p.value} & factors.keys()]
    return _union(_rows(figures, "ID", p, (p.weight, p.value), factors.get(p.weight, 1)) for p in present)


def _derived(raw: Table, head: Head) -> Table:
    """One row is one product in one month; 0 where there is no figure; the unit ends the column's name."""
    table = _without_zeros(raw, _DERIVED)
    factors = {p: _UNITS["ton" if p.derived_weight.endswith("_t") else "kg"] for p in PRODUCTS}
    names = {p: (p.derived_weight, p.derived_value) for p in PRODUCTS}
    return _union(_rows(table, "month", p, names[p], factors[p]) for p in PRODUCTS)


def _union(parts: Iterable[Table]) -> Table:
    return reduce(lambda one, other: one.union(other), parts)


def _without_zeros(table: Table, names: Iterable[str]) -> Table:
    """Zeros that stand for "no figure" as nulls."""
    is_zero = {name: (number(table[name]) == 0).fill_null(False) for name in sorted(names)}
    return table.mutate(**{n: ibis.ifelse(is_zero[n], ibis.null("string"), table[n]) for n in is_zero})


def _rows(table: Table, dated: str, product: Product, names: tuple[str, str], factor: int) -> Table:
    """One product: its volume, brought to kg, and its value side by side."""
    is_month = table[dated].strip().re_search(r"^[0-9]{4}-[0-9]{2}(-[0-9]{2})?$").fill_null(False)
    period = ibis.ifelse(is_month, month(table[dated]), ibis.null("date"))
    weight, value = (number(table[name]) if name else ibis.null("float64") for name in names)
    return canonical(
        table,
        [
            unknown(dated, table[dated], period, "month"),
            *(not_a_number(name, table[name]) for name in names if name),
        ],
        reporter="CHN",
        partner=product.partner,
        partner_basis="origin",
        flow="import",
        period=period,
        frequency="M",
        commodity=product.commodity,
        digits=product.digits,
        hs_revision=_ITEMS if product.digits is None else hs_revision(period),
        valuation="cif",
        value=value,
        currency="USD",
        net_weight_kg=weight * factor,
    )


def _last_day(months: Iterable[tuple[str, str]]) -> date | None:
    """The last day of the latest month, null where there is none."""
    latest = max(((int(year), int(of_year)) for year, of_year in months), default=None)
    return latest and date(*latest, calendar.monthrange(*latest)[1])


def _day(cell: str) -> date | None:
    try:
        return date.fromisoformat(cell)
    except ValueError:
        return None


def _dates(head: Head) -> tuple[date, date, date] | None:
    """What the metadata say: when updated and to which month; and to which month the figures do run."""
    rows = _metadata(head)
    updated = max((day for cell in rows["Update"] if (day := _day(cell))), default=None)
    stated = _last_day(month for cell in rows.get("Time Period", ()) for month in _END.findall(cell))
    with open_bytes(head) as file:
        last = _last_day((year.decode(), of.decode()) for year, of in _LINE.findall(file.read(_LONGEST)))
    return (updated, stated, last) if updated and stated and last else None


def _published(head: Head) -> date | None:
    """The row Update; where the figures run on after the metadata were written, as many days after them."""
    dates = _dates(head)
    return dates and dates[2] + (dates[0] - dates[1])


def _warnings(head: Head) -> tuple[str, ...]:
    dates = _dates(head)
    if dates is None or dates[1] == dates[2]:
        return ()
    stale = f"the figures run to {dates[2]:%Y-%m}, but the file was updated {dates[0]} with {dates[1]:%Y-%m}"
    return (f"{stale}: without --published, {_published(head)} is reckoned with the same delay.",)


FORMATS = (
    Format("wind-export", _is_export, _export, handled=frozenset({"ID"}), optional=_SERIES, load=_load,
           published=_published, warnings=_warnings),
    Format("derived-table", lambda head: head.has("month", *_DERIVED), _derived, handled=_DERIVED | {"month"},
           ignored={"crude_usd_bbl": "crude_usd by crude_kg in barrels", "brent": "a price, no trade",
                    "gap": "brent less crude_usd_bbl"}),
)  # fmt: skip
