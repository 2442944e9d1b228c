"""Which periods a page compares where none are asked for, and in which currency: from what is held."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from entrepot.errors import NoDataError
from entrepot.measures.cells import Selection, about
from entrepot.measures.coverage import extent
from entrepot.model.commodity import parse_commodity
from entrepot.model.event import events_for
from entrepot.model.flow import Flow
from entrepot.model.period import parse_window
from entrepot.reporting._ask import Asked, day
from entrepot.store import Store


@dataclass(frozen=True)
class Held:
    """From when to when trade is told, by month or year, and in which currency."""

    by: str
    first: date
    last: date
    currency: str
    is_weighed: bool  # whether any weight or quantity is told

    def covers(self, base: str, window: str) -> bool:
        """Whether it reaches over both periods, in months where they are not whole years."""
        before, after = parse_window(base), parse_window(window)
        is_year = self.by == "year"
        fits = not is_year or bool(before.years and after.years)
        last = self.last.replace(month=12) if is_year else self.last
        return fits and self.first <= before.first and last >= after.last


def windows(asked: Asked, first: date, last: date, by: str) -> tuple[str, str]:
    """Base and window as asked; else the year before the first event, and its year from then on."""
    known = [e.date for e in events_for(asked.origin, asked.destination) if e.date.month < 12]
    base, window = str(first.year), str(last.year)
    if known and first.year < known[0].year and known[0] < last:
        base = str(known[0].year - 1)
        if by == "month":
            end = min(last, date(known[0].year, 12, 1))
            window = f"{known[0].year}-{known[0].month + 1:02}:{end:%Y-%m}"
    return asked.base or base, asked.window or window


def direct(store: Store, asked: Asked) -> list[Held]:
    """What is held of direct trade: as its origin tells it, else its destination; months before years."""
    for side in _sides(asked):
        if found := list(_told(store, asked, *side)):
            return found
    return []


def _sides(asked: Asked) -> tuple[tuple[Flow, str, str], ...]:
    """Who tells of direct trade: its origin, its destination."""
    one, other = asked.origin, asked.destination
    return (Flow.EXPORT, one, other), (Flow.IMPORT, other, one)


def _told(store: Store, asked: Asked, flow: Flow, reporter: str, partner: str) -> Iterator[Held]:
    """One for months, one for years, each in the currency most figures are in."""
    wanted = Selection((reporter,), (partner,), flow, parse_commodity(asked.commodity))
    try:
        rows = store.run(extent(about(store.flows(asked.as_of), wanted))).to_pylist()
    except NoDataError:
        return
    for by, frequency in (("month", "M"), ("year", "A")):
        for row in [one for one in rows if one["frequency"] == frequency][:1]:
            span = day(row["first"]), day(row["last"])
            yield Held(by, *span, row["currency"], bool(row["weighed"]))


def leg_held(store: Store, asked: Asked) -> tuple[list[Held], list[Held]]:
    """What is held of the origin's exports to the destination, and of the destination's imports from it."""
    left, arrived = (list(_told(store, asked, *side)) for side in _sides(asked))
    return left, arrived
