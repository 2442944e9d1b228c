"""Reads a price's history as the EIA's is passed on: a date and a price, one row a month or a year."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Final

import ibis
from ibis.expr.types import Table

from entrepot.errors import ReadError
from entrepot.model.kind import INDICATORS
from entrepot.sources._canonical import fact, month, not_a_number, number, unknown
from entrepot.sources._format import Format
from entrepot.sources._head import Head
from entrepot.sources._told import ASKS, indicator, noted, of_name

_COLUMNS: Final = ("Date", "Price")
_NAMED: Final = {"brent_usd_per_barrel": "brent oil price prices spot eia month monthly year annual usd"}
_STEPS: Final = {"M": (28, 31), "A": (365, 366)}  # days from one row to the next


def _recognise(head: Head) -> bool:
    told = "indicator" in head.given or of_name(head, _NAMED) is not None
    return head.columns == _COLUMNS and told


def _interpret(raw: Table, head: Head) -> Table:
    """One row is the average of a month or a year, whatever day of it the row is dated."""
    frequency = _frequency(head)
    day = month(raw.Date)
    period = ibis.date(day.year(), 1, 1) if frequency == "A" else day
    return fact(
        raw,
        [unknown("Date", raw.Date, day, "date"), not_a_number("Price", raw.Price)],
        indicator=indicator(head, _NAMED),
        period=period,
        frequency=frequency,
        value=number(raw.Price),
    )


def _frequency(head: Head) -> str:
    """Months or years, by the steps between the first dates. Raises ReadError for days and weeks."""
    days = [one for record in head.records[1:] if (one := _date(record[0]))]
    steps = {abs((later - one).days) for one, later in pairwise(days)}
    for frequency, (least, most) in _STEPS.items():
        if steps and least <= min(steps) and max(steps) <= most:
            return frequency
    raise ReadError(
        head.path.name,
        "its dates are neither one a month nor one a year.",
        column="Date",
        todo="Take the monthly file of the same price.",
    )


def _date(cell: str) -> date | None:
    try:
        return date.fromisoformat(cell)
    except ValueError:
        return None


FORMATS = (
    Format(
        "date and price",
        _recognise,
        _interpret,
        handled=frozenset(_COLUMNS),
        asks=ASKS,
        warnings=lambda head: noted(head, _NAMED),
        kind=INDICATORS,
    ),
)
