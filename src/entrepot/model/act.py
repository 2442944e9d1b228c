"""Dated acts of one area towards another: deals, arms delivered, exercises, statements, decisions.

What a published register tells is read by sources/; what no register tells is written by hand in
acts/*.toml, each act with its citation and with how far the list goes (`covers`), so that no act is told
from nothing known.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass, fields
from functools import cache
from typing import Any, Final

from entrepot.errors import UsageError
from entrepot.model.area import area
from entrepot.model.flow import Status
from entrepot.model.resources import folder

COLUMNS: Final[dict[str, str]] = {
    "key": "string",  # unique within a source: the register's own number, else the record of its file
    "date": "date",  # first day of what `precision` says
    "precision": "string",  # day | month | year
    "actor": "string",  # code of ours
    "partner": "string",  # towards whom: code of ours
    "kind": "string",  # one of KINDS
    "category": "string",  # sector, or category of armament, in the publisher's words; null: not told
    "title": "string",  # what happened
    "marks": "string",  # the publisher's flags, in alphabetical order with spaces between; null: none
    "amount": "float64",  # in `unit`; null: not told
    "unit": "string",  # USD, TIV ...; null with the amount
    "stance": "float64",  # of words or a decision: 1 on the partner's side, 0 neither, -1 against it
    "citation": "string",  # of this act; null: that of its source
    "status": "string",  # see model.flow.Status
    "source": "string",  # folder name under sources/, or LISTED
    "snapshot": "string",  # which bytes: start of their sha256; null where LISTED
    "row": "int64",  # record of the file, counted from 1; of a list, place of the act
}
KINDS: Final = ("investment", "construction", "lending", "arms", "exercise", "statement", "decision")
PRECISIONS: Final = ("day", "month", "year")
LISTED: Final = "listed"
"""The source of acts that the package's own lists tell."""


@dataclass(frozen=True)
class Act:
    """One act of the package's lists. known: from when it could be known; not given, its date."""

    key: str
    date: dt.date
    actor: str
    partner: str
    kind: str
    title: str
    citation: str
    url: str = ""
    precision: str = "day"
    category: str | None = None
    marks: str | None = None
    amount: float | None = None
    unit: str | None = None
    stance: float | None = None
    known: dt.date | None = None
    file: str = ""  # of the list that tells it

    def row(self, place: int) -> dict[str, Any]:
        """The act as a row of COLUMNS, but for the date from which it was known."""
        plain = {name: value for name, value in asdict(self).items() if name in COLUMNS}
        where = f"{self.citation} {self.url}".strip()
        told = {"status": Status.TYPED.value, "source": LISTED, "snapshot": None, "row": place}
        return plain | {"citation": where} | told


@dataclass(frozen=True)
class Cover:
    """What a list claims to hold all of: acts of a kind of one area towards another, from month to month."""

    actor: str
    partner: str
    kind: str
    first: dt.date
    last: dt.date
    file: str = ""  # of the list that claims it


@cache
def all_acts() -> tuple[Act, ...]:
    """Every act of the package's lists, by date. Raises UsageError where a list is not well written."""
    found = [
        _act(entry, plain.get("sources", {}), file)
        for file, plain in _lists()
        for entry in plain.get("acts", ())
    ]
    doubled = [key for key, count in Counter(one.key for one in found).items() if count > 1]
    if doubled:
        raise UsageError(f"acts told twice: {', '.join(doubled)}.")
    return tuple(sorted(found, key=lambda one: (one.date, one.key)))


@cache
def covers() -> tuple[Cover, ...]:
    """What the package's lists claim to hold all of."""
    return tuple(Cover(**entry, file=file) for file, plain in _lists() for entry in plain.get("covers", ()))


def known_acts(as_of: dt.date | None) -> tuple[Act, ...]:
    """The acts that could be known on a day; all where None."""
    return tuple(one for one in all_acts() if as_of is None or (one.known or one.date) <= as_of)


def files_of(actor: str, partner: str, kinds: Collection[str]) -> tuple[str, ...]:
    """The lists that tell, or claim to hold all of, acts of some kinds of one area towards another."""
    everything: tuple[Act | Cover, ...] = (*all_acts(), *covers())
    told = [one for one in everything if (one.actor, one.partner) == (actor, partner)]
    return tuple(sorted({one.file for one in told if one.kind in kinds}))


def _lists() -> Iterator[tuple[str, dict[str, Any]]]:
    for entry in sorted(folder("acts").iterdir(), key=lambda one: one.name):
        if entry.name.endswith(".toml"):
            yield f"acts/{entry.name}", tomllib.loads(entry.read_text(encoding="utf-8"))


def _act(entry: dict[str, Any], cited: dict[str, dict[str, str]], file: str = "") -> Act:
    key = entry.get("key")
    if "cites" in entry:
        if entry["cites"] not in cited:
            raise UsageError(
                f"act {key!r} cites {entry['cites']!r}, which is not among the sources of its list."
            )
        entry = cited[entry["cites"]] | {name: one for name, one in entry.items() if name != "cites"}
    if unlike := set(entry) - ({one.name for one in fields(Act)} - {"file"}):
        raise UsageError(f"act {key!r} has keys nobody knows: {', '.join(sorted(unlike))}.")
    one = Act(**entry, file=file)
    if one.kind not in KINDS or one.precision not in PRECISIONS:
        raise UsageError(f"act {key!r}: kind {one.kind!r} or precision {one.precision!r} is not known.")
    for code in (one.actor, one.partner):
        area(code)
    return one
