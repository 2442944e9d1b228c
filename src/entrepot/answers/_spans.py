"""Periods and areas of questions that are not of trade, as small tables for measures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from entrepot.errors import UsageError
from entrepot.model.area import aggregates, group, is_group
from entrepot.model.constant import constant
from entrepot.model.period import Window

if TYPE_CHECKING:
    from ibis.expr.types import Table

STEPS: Final = {"year": 12, "half": 6, "month": 1, "none": 0}
_EVER: Final = (date(1, 1, 1), date(9999, 12, 31))


def a_step(by: str) -> str:
    """Raises UsageError where there is no such length of period."""
    if by not in STEPS:
        raise UsageError(f"--by {by!r} is not known. Use one of: {', '.join(STEPS)}.")
    return by


def periods(window: Window, by: str) -> Table:
    """The years, halves or months of a window, or all of it as one.

    Named by their first day; those at the ends reach as far as the window does.
    """
    months = [one.year * 12 + one.month - 1 for one in window.months]
    step = STEPS[by]
    runs = [list(run) for _, run in groupby(months, lambda one: one // step)] if step else [months]
    starts = [run[0] - run[0] % step if step else run[0] for run in runs]
    return constant(
        {
            "period": [date(start // 12, start % 12 + 1, 1) for start in starts],
            "first_month": [run[0] for run in runs],
            "last_month": [run[-1] for run in runs],
        },
        {"period": "date", "first_month": "int64", "last_month": "int64"},
    )


def around(first: int, last: int) -> Window:
    """The window of two numbers of months."""
    ends = (date(number // 12, number % 12 + 1, 1) for number in (first, last))
    return Window(*ends)


def sides(asked: Sequence[str]) -> Table:
    """What each area asked for stands for: itself, any (WLD), or the members of a group while they are."""
    rows = [row for one in asked for row in _meant(one)]
    names = ("asked", "area", "since", "until")
    types = {"asked": "string", "area": "string", "since": "date", "until": "date"}
    return constant({name: [row[place] for row in rows] for place, name in enumerate(names)}, types)


def _meant(one: str) -> Iterator[tuple[str, str | None, date, date]]:
    if one == "WLD":
        yield (one, None, *_EVER)
    elif is_group(one):
        for member in group(one).members:
            yield (one, member.code, member.start or _EVER[0], member.end or _EVER[1])
    else:
        yield (one, one, *_EVER)


def countries(asked: Sequence[str]) -> tuple[str, ...]:
    """The areas, groups as all who were ever members. Raises UsageError for any other aggregate."""
    found: list[str] = []
    for one in asked:
        if one in aggregates() and not is_group(one):
            raise UsageError(f"{one} does not vote: name countries, or a group such as EU27.")
        found += [member.code for member in group(one).members] if is_group(one) else [one]
    return tuple(dict.fromkeys(found))


def with_snapshots(table: pa.Table, others: str) -> pa.Table:
    """The table with the snapshots of both sides in one column."""
    both = zip(table["snapshots"].to_pylist(), table[others].to_pylist(), strict=True)
    told = [" ".join(sorted({*(one or "").split(), *(other or "").split()})) for one, other in both]
    place = table.schema.get_field_index("snapshots")
    return table.set_column(place, "snapshots", pa.array(told, pa.string())).drop_columns([others])
