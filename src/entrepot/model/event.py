"""Dated events of sanctions and war, as sanctions/*.toml with kind = "events" record them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from entrepot.errors import UsageError
from entrepot.model.area import group, is_group
from entrepot.model.period import parse_window
from entrepot.model.resources import folder


@dataclass(frozen=True)
class Event:
    """One event: when, what, whose exporters it binds, which destinations it is about, who says so."""

    key: str
    date: date
    title: str
    citation: str
    binds: tuple[str, ...]
    concerns: tuple[str, ...]
    precision: str = "day"

    @property
    def when(self) -> str:
        """The date for people, as precise as it is known."""
        return f"{self.date:%B %Y}" if self.precision == "month" else f"{self.date.day} {self.date:%B %Y}"


@cache
def all_events() -> tuple[Event, ...]:
    """Every event inside the package, by date."""
    found: list[Event] = []
    for entry in folder("sanctions").iterdir():
        plain = tomllib.loads(entry.read_text(encoding="utf-8")) if entry.name.endswith(".toml") else {}
        if plain.get("kind") == "events":
            found += [_from_entry(one, plain["concerns"]) for one in plain["events"]]
    return tuple(sorted(found, key=lambda event: (event.date, event.key)))


def _from_entry(entry: dict[str, Any], concerns: list[str]) -> Event:
    lists = {"binds": tuple(entry["binds"]), "concerns": tuple(entry.get("concerns", concerns))}
    return Event(**entry | lists)


def the_event(text: str) -> Event:
    """The event of a key (`invasion`), or one of the user's own on a date: 2023-05-19, or 2023-05.

    Raises UsageError where it is neither.
    """
    known = {event.key: event for event in all_events()}
    if text in known:
        return known[text]
    try:
        day, precision = _day(text)
    except UsageError:
        keys = ", ".join(known)
        raise UsageError(f"event {text!r} is not known. Give a date (2022-02), or one of: {keys}.") from None
    return Event(text, day, f"the date given: {text}", "given", ("WLD",), (), precision)


def _day(text: str) -> tuple[date, str]:
    try:
        return date.fromisoformat(text), "day"
    except ValueError:
        return parse_window(text).first, "month"


def events_for(origin: str, destination: str) -> tuple[Event, ...]:
    """Events that may bend exports of `origin` to `destination`: they bind it, or everyone."""
    bound = {"WLD", origin, *groups_bound(origin)}
    return tuple(e for e in all_events() if destination in e.concerns and bound & set(e.binds))


def groups_bound(origin: str) -> tuple[str, ...]:
    """Groups that events bind and that a country was ever a member of: EU27 of Germany."""
    named = {one for event in all_events() for one in event.binds if is_group(one)}
    return tuple(one for one in sorted(named) if origin in {member.code for member in group(one).members})
