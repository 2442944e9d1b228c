"""What the rules on shipments go by, as small tables for expressions: lists, embargoes, hubs, groups."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from entrepot.model.area import group
from entrepot.model.commodity import ProductList, product_lists
from entrepot.model.constant import constant
from entrepot.model.edition import translate
from entrepot.model.regime import Hub, Regime, all_covered, all_hubs, all_regimes, editions, spelled_out
from entrepot.model.rule import the_rule

if TYPE_CHECKING:
    from ibis.expr.types import Table

GOODS: Final = {
    "list": "string",
    "version": "date",
    "until": "date",
    "tier": "string",
    "hs_revision": "string",
    "commodity": "string",
    "is_certain": "boolean",
    "is_first": "boolean",
}
REGIMES: Final = {
    "regime": "string",
    "binds": "string",
    "concerns": "string",
    "since": "date",
    "until": "date",
    "code": "string",
    "is_whole": "boolean",
    "citation": "string",
}
COVERED: Final = {"binds": "string", "since": "date", "until": "date"}
NAMED: Final = {"country": "string", "since": "date", "until": "date", "by": "string", "citation": "string"}
COALITION: Final = {"country": "string"}
PARTNERS: Final = {"country": "string", "since": "date", "until": "date"}

Rows = Iterable[tuple[Any, ...]]


@cache
def goods() -> Table:
    """One row per version of a list that has versions, edition and six-digit code that may be on it.

    Codes of another edition than the list's are those of the main relations (model/edition.py).
    version is its first day, until the first day of the next (null: it is the last). is_certain: whatever is
    traded under the code was on the list; false where only some goods are, or where it is not known whether
    the code was on it yet: between versions that are held there were others. is_first: nothing was listed
    before it. A code without a row on a day was not on the list.
    """
    return _table(_goods(), GOODS)


@cache
def regimes() -> Table:
    """One row per embargo, country bound, destination and code (a prefix; "": goods of any code).

    In force from `since` to `until`, both days in it (null: it still is). is_whole: every good of the code is
    forbidden; false: some are, or it is not held which.
    """
    return _table(_regimes(), REGIMES)


@cache
def covered() -> Table:
    """One row per country bound: of days from `since` to `until` every embargo is believed to be held."""
    every = ((one, c.since, c.until) for c in all_covered() for one in spelled_out(c.binds))
    return _table(every, COVERED)


@cache
def named() -> Table:
    """One row per country and authority that names it as a point of diversion, from `since` (to `until`)."""
    every = ((one, hub.since, hub.until, hub.by, hub.citation) for hub in all_hubs() for one in hub.countries)
    return _table(every, NAMED)


@cache
def coalition() -> Table:
    """One row per country of the Global Export Control Coalition."""
    spared = group(the_rule("new-company").facts["spares"])
    return _table(((one.code,) for one in spared.members), COALITION)


@cache
def partners() -> Table:
    """One row per country to which contracts need no clause against re-export to Russia."""
    spared = group(the_rule("no-reexport-clause").facts["spares"])
    return _table(((one.code, one.start, one.end) for one in spared.members), PARTNERS)


def _goods() -> Rows:
    for name in sorted({one.version_of for one in product_lists().values() if one.version_of}):
        every = versions(name)
        for one, after in zip(every, (*every[1:], None), strict=True):
            until, first = (_day(after) if after else None), one == every[0]
            for tier, edition, code, sure in _translated(one):
                yield name, _day(one), until, tier, edition, code, sure, first
            for tier, edition, code in _between(one, after) if after else ():
                yield name, date.fromisoformat(one.complete_until), until, tier, edition, code, False, False


def _between(one: ProductList, after: ProductList) -> Iterator[tuple[str, str, str]]:
    """Codes of the next version that may have been listed before it: tier, edition, code."""
    held = {(edition, code) for _, edition, code, _ in _translated(one)}
    for tier, edition, code, _ in _translated(after) if one.complete_until else ():
        if (edition, code) not in held:
            yield tier, edition, code


def versions(name: str) -> list[ProductList]:
    """The versions of a list that are held, the earliest first."""
    return sorted((one for one in product_lists().values() if one.version_of == name), key=_day)


def _day(one: ProductList) -> date:
    return date.fromisoformat(one.published)


def _translated(one: ProductList) -> Iterator[tuple[str, str, str, bool]]:
    """Each code once in each edition, under its first tier: tier, edition, code, whether it is certain."""
    for edition in editions():
        whole = translate(one.codes(None), one.hs_revision, edition, "main")
        seen: set[str] = set()
        for tier, listed in one.tiers.items():
            some = translate(listed, one.hs_revision, edition, "main").possible
            yield from ((tier, edition, code, code in whole.certain) for code in some if code not in seen)
            seen |= set(some)


def _regimes() -> Rows:
    for one in all_regimes():
        for binds in spelled_out(one.binds):
            for concerns in one.concerns:
                for code, is_whole in one.codes():
                    yield one.key, binds, concerns, one.since, one.until, code, is_whole, _told(one)


def _told(one: Regime | Hub) -> str:
    return one.citation if one.is_checked else f"{one.citation} (not checked)"


def _table(rows: Rows, schema: dict[str, str]) -> Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    return constant({name: list(column) for name, column in zip(schema, columns, strict=True)}, schema)
