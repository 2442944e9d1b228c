"""From columns of text to canonical columns, as Ibis expressions: the vocabulary readers are written in.

A reader builds the columns it has and a list of `Check`s; `canonical` adds the rest. A row that fails a
check is not stored: it becomes a row of rejects with the column, the value and the reason of the first
check that fired.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import ibis
from ibis.expr.types import BooleanValue, Column, FloatingColumn, StringColumn, StructValue, Table, Value

from entrepot.model import act as _act
from entrepot.model import indicator
from entrepot.model import vote as _vote
from entrepot.model.constant import pairs
from entrepot.model.flow import BREAKDOWN, COLUMNS
from entrepot.sources._once import each_once

REJECT = ("reject_column", "reject_value", "reject_reason")
_PLAIN = r"^-?[0-9]+([.][0-9]+)?$"
_ADDED_LATER = ("source", "snapshot")
_TOO_LONG = 127
_LARGEST = sys.float_info.max  # what is no number is more than it, on every engine, and infinity too


class Check(NamedTuple):
    """A reason not to store a row: `fires` true, for `column`, whose text was `value`."""

    column: str
    value: Value
    fires: BooleanValue
    reason: str | Value  # an expression where the reason names something of the row


def text(column: Value, missing: Sequence[str] = ()) -> StringColumn:
    """Text without surrounding blanks; empty, or one of the publisher's `missing` marks, is null."""
    bare = column.strip()
    for mark in ("", *missing):
        bare = bare.nullif(mark)
    return bare


def number(column: Value, missing: Sequence[str] = (), thousands: str = ",") -> FloatingColumn:
    """A number, or null where missing or not a number (pair it with `not_a_number`).

    Marks of thousands must stand where thousands stand: "1,23" is not 123.
    """
    bare = text(column, missing)
    marks = [mark for mark in (thousands, "\u00a0", "\u202f", " ") if mark]
    groups = "|".join(rf"([{mark}][0-9]{{3}})+" for mark in marks)
    plain = bare
    for mark in marks:
        plain = plain.replace(mark, "")
    grouped = ibis.ifelse(
        bare.re_search(rf"^[+-]?[0-9]{{1,3}}({groups})([.][0-9]*)?$"), plain, ibis.null("string")
    )
    marked = ibis.or_(*(bare.contains(mark) for mark in (*marks, "_")))
    found = ibis.ifelse(marked, grouped, bare).try_cast("float64")
    if "." in marks or any(re.search(_PLAIN, mark) for mark in missing):
        return found
    return ibis.ifelse(column.re_search(_PLAIN), column.try_cast("float64"), found)  # most of them, quickly


def not_a_number(
    name: str, column: Value, missing: Sequence[str] = (), thousands: str = ",", read: Value | None = None
) -> Check:
    """The check that goes with `number`: text that is neither missing nor a (finite) number.

    read: the number, where it is a column already.
    """
    value = number(column, missing, thousands) if read is None else read
    bad = (value.isnull() | (value.abs() > _LARGEST)) & text(column, missing).notnull()
    return Check(name, column, bad, "not a number")


def unknown(name: str, column: Value, found: Value, what: str) -> Check:
    """The check that goes with `looked_up`: nothing found, or nothing given."""
    return Check(name, column, found.isnull(), f"unknown {what}")


def looked_up(table: Table, **columns: tuple[Value, Mapping[str, Any]]) -> Table:
    """Columns found in mappings, null where absent: `looked_up(raw, partner=(raw.code, lookup("gacc")))`."""
    for name, (key, mapping) in columns.items():
        table = table.mutate(**{f"{name}_key": key})
        known = pairs(mapping, f"{name}_known", name)
        table = table.left_join(known, table[f"{name}_key"] == known[f"{name}_known"])
        table = table.drop(f"{name}_key", f"{name}_known")
    return table


def month(column: Value) -> Value:
    """First day of the month written as text `YYYY-MM...` (any separator or none); null if it is not one."""
    bare = column.strip()
    digits = bare.re_replace(r"[^0-9]", "")
    iso = digits.substr(0, 4) + "-" + digits.substr(4, 2) + "-01"
    found = ibis.ifelse(digits.length() >= 6, iso.try_cast("date"), ibis.null("date"))
    return ibis.coalesce(plain_month(bare), found)


def plain_month(bare: Value) -> Value:
    """First day of the month written as text `YYYY-MM`, as most are, without a pattern; null if it is not."""
    written = (bare.length() == 7) & (bare.substr(4, 1) == "-") & bare.between("1000", "3")
    return ibis.ifelse(written, (bare + "-01").try_cast("date"), ibis.null("date"))


def year(column: Value) -> Value:
    """First day of the year written as text `YYYY`; null if it is not one."""
    bare = column.strip()
    return ibis.ifelse(bare.length() == 4, (bare + "-01-01").try_cast("date"), ibis.null("date"))


def day(column: Value) -> Value:
    """The day written as text `YYYY-MM-DD`; null if it is none."""
    bare = text(column)
    is_day = bare.re_search("^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
    return ibis.ifelse(is_day, bare, ibis.null("string")).try_cast("date")


def digits(commodity: Value) -> Value:
    """Level of an HS code: its length; 0 for TOTAL. `canonical` rejects what is `_TOO_LONG`."""
    return ibis.ifelse(commodity == "TOTAL", 0, ibis.least(commodity.length(), _TOO_LONG)).cast("int8")


def hs_revision(period: Value) -> Value:
    """The HS edition in force in a period, for reporters that change over on time (WCO: 1 January)."""
    year_of = period.year()
    editions = (2022, 2017, 2012, 2007, 2002, 1996, 1992)
    return ibis.cases(*((year_of >= first, f"HS{first}") for first in editions), else_=ibis.null("string"))


def canonical(table: Table, checks: Sequence[Check], **columns: Any) -> Table:
    """All columns of a flow but source and snapshot, with the three reject columns.

    `table` has `row`; `columns` are expressions or constants; what is not given is null.
    """
    given = _given(COLUMNS, columns)
    given["is_estimated"] = False if given["is_estimated"] is None else given["is_estimated"]
    given["breakdown"] = _breakdown(given)
    return _laid_out(table, [*checks, *_overlong(given["commodity"], given["digits"])], given, COLUMNS)


def fact(table: Table, checks: Sequence[Check], **columns: Any) -> Table:
    """The same of an indicator (model.indicator): all its columns but source and snapshot."""
    return _laid_out(table, checks, _given(indicator.COLUMNS, columns), indicator.COLUMNS)


def act(table: Table, checks: Sequence[Check], **columns: Any) -> Table:
    """The same of an act (model.act)."""
    return _laid_out(table, checks, _given(_act.COLUMNS, columns), _act.COLUMNS, "date")


def vote(table: Table, checks: Sequence[Check], **columns: Any) -> Table:
    """The same of a vote, or of a roll call (model.vote)."""
    return _laid_out(table, checks, _given(_vote.COLUMNS, columns), _vote.COLUMNS, "date")


def _given(kinds: Mapping[str, str], columns: dict[str, Any]) -> dict[str, Any]:
    """Each column with what is given for it, or None; a status is reported unless it is given."""
    given = {name: columns.pop(name, None) for name in kinds if name not in (*_ADDED_LATER, "row")}
    if columns:
        raise TypeError(f"not canonical columns: {sorted(columns)}")
    given["status"] = "reported" if given["status"] is None else given["status"]
    return given


def _laid_out(
    table: Table,
    checks: Sequence[Check],
    given: Mapping[str, Any],
    kinds: Mapping[str, str],
    when: str = "period",
) -> Table:
    named = {name: _typed(value, kinds[name]) for name, value in given.items()}
    first = _first([*checks, _implausible(when, named[when])])
    laid = each_once(table.select(row=table.row, **named, first=first))
    # In a select of its own: taken apart above, all checks would stand in the query once for each part.
    return laid.select("row", *named, **{part: laid.first[part] for part in REJECT})


def _typed(value: Any, kind: str) -> Value:
    if value is None:
        return ibis.null(kind)
    typed: Value = (value if isinstance(value, Value) else ibis.literal(value)).cast(kind)
    # A small constant is an int8 to Ibis, which then leaves the cast out, and wider to engines.
    return typed.cast("int64").cast(kind) if kind == "int8" else typed


def _implausible(name: str, period: Value) -> Check:
    """Years no trade statistics are of: a slip of the file, and dates not every tool can hold."""
    return Check(name, period, ~period.year().between(1900, 2199), "no plausible year")


def _overlong(commodity: Any, level: Any) -> list[Check]:
    """A level is kept in a byte: one code beyond it is no reason to refuse a file."""
    if not isinstance(level, Column):
        return []
    return [Check("commodity", commodity, level == _TOO_LONG, "longer than any code of goods")]


def _breakdown(given: Mapping[str, Any]) -> Value | str:
    parts: list[Value] = []
    for name in BREAKDOWN:
        value = given[name]
        if isinstance(value, Column):
            parts.append(ibis.ifelse(value.notnull(), f"{name} ", ""))
        elif value is not None:
            parts.append(ibis.literal(f"{name} "))
    whole: Value | str = ""
    for part in parts:
        whole = whole + part
    return whole.strip() if isinstance(whole, Value) else whole


def _first(checks: Sequence[Check]) -> StructValue:
    """Column, value and reason of the first check that fires, else null: evaluated once a row."""
    none = ibis.null("struct<" + ", ".join(f"{part}: string" for part in REJECT) + ">")
    fired = [(check.fires, _told(check)) for check in checks]
    return ibis.cases(*fired, else_=none) if fired else none


def _told(check: Check) -> StructValue:
    reason = check.reason if isinstance(check.reason, Value) else ibis.literal(check.reason)
    told = (ibis.literal(check.column), check.value.cast("string"), reason)
    return ibis.struct(dict(zip(REJECT, told, strict=True)))
