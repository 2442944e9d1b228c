"""Editions of the Harmonized System: which codes of one share goods with which codes of another.

The relations are the United Nations' own (reference/hs<A>_to_hs<B>.csv with its card, derived by
tools/make_concordance.py), kept in both directions: a table read backwards only would hide the splits that
lie forwards. They are read in one of two ways:

    all     every relation of the table: what is possible in law
    main    without the relations through sweeping codes, except inside one heading

A sweeping code takes something from more than 50 codes of the other edition. HS2022 has fifteen: flat panel
modules (8524), parts of them (852990), semiconductor transducers (854151, 854159) and electrical waste
(8549). The World Customs Organization names their origins in words ("applicable subheadings, in particular
in headings 84.13, 84.14 ..."); spelled out, they make every code of chapters 84, 85 and 90 doubtful. The
limit decides nothing finely: the next code down takes from 16, the least of the fifteen from 157.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from entrepot.errors import UsageError
from entrepot.model.resources import folder

YEARS: Final = (1992, 1996, 2002, 2007, 2012, 2017, 2022)
"""When each edition came into force, on the first of January (World Customs Organization)."""

READINGS: Final = ("all", "main")
SWEEPING: Final = 50
_FILE = re.compile(r"(hs\d{4})_to_(hs\d{4})\.csv")

Codes = frozenset[str]
Relatives = Mapping[str, Codes]


@dataclass(frozen=True)
class Relation:
    """One code and one relative: how many relatives each has is in `relation`, the code's side first."""

    commodity: str
    related: str
    relation: str  # 1:1, 1:n (the code is split), n:1 (it is merged with others), n:n
    is_main: bool


@dataclass(frozen=True)
class Translation:
    """A list of goods in the codes of an edition.

    possible: every code that any member shares goods with. certain: those of them all of whose relatives are
    members, so that whatever is traded under them is on the list. one_to_one: the stricter count, those whose
    only relative is a member that has no other relative; several members that merge into one code leave it
    certain and not one to one. unlinked: members left out because all their relations are through sweeping
    codes (reading `main`): their goods were a little of hundreds of codes.
    """

    edition: str
    certain: tuple[str, ...]
    possible: tuple[str, ...]
    one_to_one: tuple[str, ...]
    unlinked: tuple[str, ...] = ()


def linked(edition: str) -> tuple[str, ...]:
    """The editions a table links with this one, the latest first."""
    pairs = [pair for pair in _files() if edition in pair]
    return tuple(sorted({one for pair in pairs for one in pair} - {edition}, reverse=True))


def latest() -> str:
    """The latest edition that a table knows."""
    return max(one for pair in _files() for one in pair)


def in_force(year: int) -> str | None:
    """The edition of a year; None before the first. Some countries took an edition up years late."""
    begun = [first for first in YEARS if first <= year]
    return f"HS{begun[-1]}" if begun else None


@cache
def codes(edition: str) -> Codes:
    """The six-digit codes of an edition. Raises UsageError, naming the editions there are."""
    for pair in _files():
        if edition in pair:
            return frozenset(_relatives(edition, pair[pair[0] == edition], "all"))
    known = ", ".join(sorted({one for pair in _files() for one in pair}))
    raise UsageError(f"no table links edition {edition!r}. Tables link: {known}.")


def members(code: str, edition: str) -> tuple[str, ...]:
    """The six-digit codes inside a chapter or heading; of a longer, national code the six it begins with.

    Raises UsageError, naming the nearest, for a code that the edition does not have.
    """
    found = _inside(edition).get(code[:6])
    if found is None:
        raise UsageError(_unknown(code, edition))
    return found


@cache
def _inside(edition: str) -> Mapping[str, tuple[str, ...]]:
    """Six-digit codes by chapter, by heading, and by themselves."""
    found: dict[str, list[str]] = {}
    for code in sorted(codes(edition)):
        for length in (2, 4, 6):
            found.setdefault(code[:length], []).append(code)
    return {code: tuple(ones) for code, ones in found.items()}


def related(code: str, edition: str, other: str, reading: str = "all") -> tuple[str, ...]:
    """The six-digit codes of `other` that share goods with a code of `edition`, sorted; never none.

    Of a chapter or heading those of all its codes; of a national code those of its first six digits.
    Raises UsageError for an unknown code, naming the nearest, and where no table links the editions.
    """
    there = _relatives(edition, other, reading)
    return tuple(sorted({one for member in members(code, edition) for one in there[member]}))


def relations(code: str, edition: str, other: str, reading: str = "all") -> list[Relation]:
    """One Relation for each six-digit code inside `code` and each relative; see `related`."""
    there, back = _relatives(edition, other, reading), _relatives(other, edition, reading)
    main = _relatives(edition, other, "main")
    return [
        Relation(
            code if len(code) > 6 else member,
            one,
            _relation(back[one] | {member}, there[member]),
            one in main[member],
        )
        for member in members(code, edition)
        for one in sorted(there[member])
    ]


def _relation(sharing: Codes, shared: Codes) -> str:
    return f"{'n' if len(sharing) > 1 else '1'}:{'n' if len(shared) > 1 else '1'}"


def translate(wanted: Iterable[str], edition: str, other: str, reading: str = "all") -> Translation:
    """A list written in `edition` in the codes of `other`.

    Lists are compared by six-digit codes. A heading or chapter of the list stays whole in `other` where all
    of its codes there are certain (or all are only possible), so that figures published at that level can
    answer. A national code of eight digits makes the six it begins with possible and never certain: which
    part of them it is, only the national tables say. Raises UsageError as `related`.
    """
    listed = tuple(wanted)
    if edition == other:
        return Translation(other, listed, listed, listed)
    inside = {code: members(code, edition) for code in listed}
    whole = frozenset(one for code, ones in inside.items() if len(code) <= 6 for one in ones)
    there, back = _narrowed(edition, other, reading), _relatives(other, edition, reading)
    possible = frozenset(one for ones in inside.values() for member in ones for one in there[member])
    certain = frozenset(one for one in possible if back[one] <= whole)
    alone = (one for one in certain if len(back[one]) == 1 and len(there[min(back[one])]) == 1)
    sure, rest = (_with_headings(some, listed, other) for some in (certain, possible - certain))
    unlinked = (member for ones in inside.values() for member in ones if not there[member])
    return Translation(
        other, sure, tuple(sorted({*sure, *rest})), tuple(sorted(alone)), tuple(sorted(unlinked))
    )


def same_goods(wanted: Iterable[str], edition: str, other: str) -> bool:
    """Whether the codes hold the same goods in two editions, by their main relations.

    False where no table links the two, or where one of them does not have a code.
    """
    listed = tuple(sorted(wanted))
    try:
        found = translate(listed, edition, other, "main")
    except UsageError:
        return False
    return found.certain == found.possible == listed and not found.unlinked


@cache
def unchanged() -> Codes:
    """Chapters, headings and subheadings that hold the same goods in every edition a table links."""
    found: list[Codes] = []
    for one, other in _files():
        shared = frozenset(_inside(one)) & frozenset(_inside(other))
        found.append(frozenset(code for code in shared if same_goods((code,), one, other)))
    return frozenset.intersection(*found) if found else frozenset()


def _with_headings(found: Codes, listed: Iterable[str], edition: str) -> tuple[str, ...]:
    """The codes sorted, with headings of the list in place of their codes where all of those are there."""
    kept = set(found)
    for code in (one for one in listed if len(one) < 6):
        inside = set(_inside(edition).get(code, ()))
        if inside and inside <= found:
            kept = (kept - inside) | {code}
    return tuple(sorted(kept))


def _unknown(code: str, edition: str) -> str:
    length = min(len(code), 6)
    short = code[:length]
    known = {one[:length] for one in codes(edition)}
    near = sorted(known, key=lambda one: (-_alike(one, short), abs(int(one) - int(short)), one))[:3]
    also = [one for one in linked(edition) if any(c.startswith(short) for c in codes(one))]
    elsewhere = f"it is one of {' and '.join(also)}; " if also else ""
    return f"{code} is not a code of {edition}: {elsewhere}the nearest are {', '.join(near)}."


def _alike(one: str, other: str) -> int:
    """How many places two codes share from the start."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))


@cache
def _files() -> tuple[tuple[str, str], ...]:
    found = [_FILE.fullmatch(entry.name) for entry in folder("reference").iterdir()]
    return tuple(sorted((one[1].upper(), one[2].upper()) for one in found if one))


@cache
def _relatives(edition: str, other: str, reading: str) -> Relatives:
    """Each code of `edition` with its relatives in `other`: all of them where no narrower ones are left."""
    every = _every(edition, other)
    return {code: found or every[code] for code, found in _narrowed(edition, other, reading).items()}


@cache
def _narrowed(edition: str, other: str, reading: str) -> Relatives:
    """As `_relatives`, in the reading asked for: none for a code whose every relation is a sweeping one."""
    if reading not in READINGS:
        raise UsageError(f"relations {reading!r} are not known. Use one of: {', '.join(READINGS)}.")
    if reading == "all":
        return _every(edition, other)
    there, back = _every(edition, other), _every(other, edition)
    sweeping = {code for side in (there, back) for code, found in side.items() if len(found) > SWEEPING}
    return {
        code: frozenset(one for one in found if one[:4] == code[:4] or not {one, code} & sweeping)
        for code, found in there.items()
    }


@cache
def _every(edition: str, other: str) -> Relatives:
    found: dict[str, set[str]] = {}
    for row in _rows(edition, other):
        found.setdefault(row[edition], set()).add(row[other])
    return {code: frozenset(ones) for code, ones in found.items()}


def _rows(edition: str, other: str) -> list[dict[str, str]]:
    for one, two in _files():
        if {one, two} == {edition, other}:
            text = folder("reference").joinpath(f"{one.lower()}_to_{two.lower()}.csv").read_text("utf-8")
            return list(csv.DictReader(text.splitlines()))
    known = "; ".join(f"{one} and {two}" for one, two in _files())
    raise UsageError(f"no table links {edition} and {other}. Tables link {known}.")
