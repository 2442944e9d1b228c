"""When to look for rerouting where nobody said: two years before an event, the last year held after it."""

from __future__ import annotations

from datetime import date

from entrepot.errors import NoDataError, UsageError
from entrepot.measures.cells import Selection, about, in_basket
from entrepot.model.area import members
from entrepot.model.commodity import Basket
from entrepot.model.event import Event, the_event
from entrepot.model.flow import Flow
from entrepot.model.period import EVER, Window, shifted
from entrepot.store import Store

EVENT = "invasion"
"""The event (sanctions/events.toml) after which goods are looked for on other ways."""

BASE_MONTHS = 24
WINDOW_MONTHS = 12
MOST_TELL = 0.75
"""Share of a group's members that must tell a month for it to be held, of those telling the fullest one."""


def usual_spans(
    store: Store,
    *,
    origin: str,
    destination: str,
    goods: Basket,
    until: date | None = None,
    as_of: date | None = None,
) -> tuple[Window, Window]:
    """Base and window of a study where the user gave none.

    base: the 24 months before the month of the event. window: the last twelve months of the origin's exports
    of these goods that are held, after that month and up to `until` (the last shipment's day; none: the
    latest held), fewer where fewer are. Raises UsageError for a destination the event is not about,
    NoDataError where no such month is held.
    """
    event = the_event(EVENT)
    if not {destination, *members(destination, event.date)} & {*event.concerns}:
        raise UsageError(
            f"base and window are to be given: {event.title} ({event.when}) tells none for {destination}."
        )
    month = event.date.replace(day=1)
    held = _months_held(store, origin, goods, Window(shifted(month, 1), until or EVER.last), as_of)
    if not held:
        raise NoDataError(_nothing(origin, goods, event, until))
    first = max(shifted(month, 1), shifted(held[-1], 1 - WINDOW_MONTHS))
    return Window(shifted(month, -BASE_MONTHS), shifted(month, -1)), Window(first, held[-1])


def _nothing(origin: str, goods: Basket, event: Event, until: date | None) -> str:
    up_to = f", up to {until:%Y-%m}," if until else ""
    told = f"no month of {origin}'s exports of {goods.name} after {event.when}{up_to} is held"
    return f"{told}. Give base and window: whole years where years are held. See: entrepot status."


def _months_held(store: Store, origin: str, goods: Basket, within: Window, as_of: date | None) -> list[date]:
    """Months told by the origin, of a group by three quarters of the members telling the fullest."""
    asked = Selection((origin,), ("WLD",), Flow.EXPORT, goods, (within,))
    rows = in_basket(about(store.flows(as_of), asked), goods)
    rows = rows.filter(rows.frequency == "M", rows.value.notnull())
    counted = rows.group_by("period").agg(tellers=rows.reporter.nunique())
    found = {row["period"]: row["tellers"] for row in store.run(counted).to_pylist()}
    return sorted(month for month, tellers in found.items() if tellers >= MOST_TELL * max(found.values()))
