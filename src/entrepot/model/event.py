"""Dated events of sanctions and war, as sanctions/*.toml with kind = "events" record them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache

from entrepot.model.area import group, is_group
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
            concerns = tuple(plain["concerns"])
            found += [
                Event(**one | {"binds": tuple(one["binds"]), "concerns": concerns}) for one in plain["events"]
            ]
    return tuple(sorted(found, key=lambda event: (event.date, event.key)))


def events_for(origin: str, destination: str) -> tuple[Event, ...]:
    """Events that may bend exports of `origin` to `destination`: they bind it, or everyone."""
    bound = {"WLD", origin, *(one for one in _groups_of(origin))}
    return tuple(e for e in all_events() if destination in e.concerns and bound & set(e.binds))


def _groups_of(origin: str) -> tuple[str, ...]:
    named = {one for event in all_events() for one in event.binds if is_group(one)}
    return tuple(one for one in named if origin in {member.code for member in group(one).members})
