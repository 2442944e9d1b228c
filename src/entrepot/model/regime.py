"""Embargoes on countries, and the countries authorities name as hubs, as sanctions/*.toml record them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Final

from entrepot.model.area import area, group, is_group, lookup
from entrepot.model.commodity import parse_commodity, product_lists
from entrepot.model.edition import codes, latest, linked, translate
from entrepot.model.resources import folder

UN: Final = "UN"
"""Binds every country: a resolution of the Security Council under Chapter VII of the Charter."""


@dataclass(frozen=True)
class Regime:
    """One embargo: the law of whom forbids which goods to which country, and in which days.

    Attributes:
        key: Its name.
        title: Who forbids what to whom.
        binds: Whose exporters: codes of areas or groups, or `UN` for every country.
        concerns: The destinations, codes of areas.
        since: The day it entered into force, or a later one from which it is held (is_earlier).
        until: The last day it was in force; None where it still is.
        goods: Chapters, headings or codes; empty for goods of any code.
        goods_list: The list that names them in place of `goods`; empty where none does.
        is_whole: Whether every good of those codes is forbidden; False where only some are.
        citation: The legal act.
        is_earlier: Whether it was in force before `since`, from an unknown day.
        is_checked: Whether the act and the day were read, there or in reports of it.
    """

    key: str
    title: str
    binds: tuple[str, ...]
    concerns: tuple[str, ...]
    since: date
    until: date | None
    goods: tuple[str, ...]
    goods_list: str
    is_whole: bool
    citation: str
    is_earlier: bool
    is_checked: bool

    def codes(self) -> Iterator[tuple[str, bool]]:
        """Each code, those inside it meant too, and whether all its goods are forbidden; "" is any code.

        A list is told in every edition at once, by main relations: of a code that several editions have, all
        goods are forbidden only where they are in each.
        """
        if self.goods_list:
            yield from ((code, self.is_whole and sure) for code, sure in _of_every_edition(self.goods_list))
        else:
            yield from ((code, self.is_whole) for code in self.goods or ("",))


@dataclass(frozen=True)
class Covered:
    """For whom, and for which days, every embargo on a country is believed to be held."""

    binds: tuple[str, ...]
    since: date
    until: date | None


@dataclass(frozen=True)
class Hub:
    """Countries an authority named as points goods are diverted through, from when (until when)."""

    by: str
    countries: tuple[str, ...]
    since: date
    until: date | None
    citation: str
    is_checked: bool


@cache
def all_regimes() -> tuple[Regime, ...]:
    """Every embargo held, in the order of the files."""
    return tuple(_regime(one) for plain in _files("regimes") for one in plain["regimes"])


@cache
def all_covered() -> tuple[Covered, ...]:
    """Every statement of what is held in full."""
    every = (one for plain in _files("regimes") for one in plain["covered"])
    return tuple(Covered(tuple(one["binds"]), one["since"], one.get("until")) for one in every)


@cache
def all_hubs() -> tuple[Hub, ...]:
    """Every naming of countries as hubs, in the order of the files."""
    every = (one for plain in _files("hubs") for one in plain["hubs"])
    return tuple(
        Hub(
            one["by"],
            tuple(one["countries"]),
            one["since"],
            one.get("until"),
            one["citation"],
            one["checked"],
        )
        for one in every
    )


def spelled_out(named: Iterable[str]) -> tuple[str, ...]:
    """Codes of areas, groups as their members, `UN` as every country; each once, sorted."""
    return tuple(sorted({code for one in named for code in _members(one)}))


def _members(named: str) -> Iterable[str]:
    if named == UN:
        return (code for code in set(lookup("iso3").values()) if area(code).kind == "country")
    return (member.code for member in group(named).members) if is_group(named) else (named,)


def _regime(one: dict[str, Any]) -> Regime:
    goods = parse_commodity(",".join(one["codes"])).codes if one.get("codes") else ()
    return Regime(
        key=one["key"],
        title=one["title"],
        binds=tuple(one["binds"]),
        concerns=tuple(one["concerns"]),
        since=one["since"],
        until=one.get("until"),
        goods=goods,
        goods_list=one.get("list", ""),
        is_whole=one["whole"],
        citation=one["citation"],
        is_earlier=one.get("earlier", False),
        is_checked=one["checked"],
    )


@cache
def _of_every_edition(name: str) -> tuple[tuple[str, bool], ...]:
    listed = product_lists()[name]
    own = listed.hs_revision
    told = {edition: translate(listed.codes(None), own, edition, "main") for edition in (own, *linked(own))}
    every = {code for one in told.values() for code in one.possible}
    return tuple(
        (code, all(code in one.certain for edition, one in told.items() if code in codes(edition)))
        for code in sorted(every)
    )


def editions() -> tuple[str, ...]:
    """The editions goods are told in: the latest and those a table links with it."""
    return (latest(), *linked(latest()))


def _files(kind: str) -> Iterator[dict[str, Any]]:
    for entry in sorted(folder("sanctions").iterdir(), key=lambda one: one.name):
        plain = tomllib.loads(entry.read_text(encoding="utf-8")) if entry.name.endswith(".toml") else {}
        if plain.get("kind") == kind:
            yield plain
