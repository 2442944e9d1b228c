"""Commodities as users name them: codes of any length, ranges, and names of dated product lists."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache

from entrepot.errors import UsageError
from entrepot.model.resources import folder

_CODE = re.compile(r"\d{2}(\d{2})*$|\d{9}$")
_RANGE = re.compile(r"(\d{2,10})-(\d{2,10})$")
_EDITION = re.compile(r"(HS\d{4})\s*:(.+)", re.IGNORECASE)
_MOST_IN_RANGE = 10_000
_ITEM = "item:"
_FACTS = ("title", "published", "hs_revision", "citation")
_MORE_FACTS = ("version_of", "complete_until")
_NAMED = re.compile(r"([A-Za-z][\w.-]{0,39})=(.+)", re.DOTALL)


@dataclass(frozen=True)
class Basket:
    """The goods a question is about. No code contains another."""

    name: str  # as the user wrote it, tidied
    codes: tuple[str, ...]
    title: str = ""
    hs_revision: str | None = None  # the edition the codes are written in, where a list says so
    citation: str = ""

    @property
    def is_total(self) -> bool:
        """Whether it is all goods."""
        return self.codes == ("TOTAL",)

    @property
    def hs_codes(self) -> tuple[str, ...]:
        """The codes made of digits, in order: each stands for the longer ones inside it too."""
        return tuple(code for code in self.codes if code.isdigit())

    @property
    def items(self) -> tuple[str, ...]:
        """All others, which stand for themselves: TOTAL, and items outside the Harmonized System."""
        return tuple(code for code in self.codes if not code.isdigit())


@dataclass(frozen=True)
class ProductList:
    """A dated, cited list of products with tiers (sanctions/<name>.toml).

    version_of: the list it is a version of, where it is one of several. complete_until: the first day from
    which codes of the next version may have been on it already; empty where it stood until the next one.
    """

    name: str
    title: str
    published: str
    hs_revision: str
    citation: str
    tiers: dict[str, tuple[str, ...]]
    version_of: str = ""
    complete_until: str = ""

    def codes(self, tier: str | None) -> tuple[str, ...]:
        """Codes of one tier, of tiers starting with that text (3 for 3.A and 3.B), or of all."""
        begin = (tier or "").upper()
        found = [c for t, codes in self.tiers.items() if t.upper().startswith(begin) for c in codes]
        if not found:
            raise UsageError(f"list {self.name} has no tier {tier!r}. Tiers are: {', '.join(self.tiers)}.")
        return tuple(found)


@cache
def product_lists() -> dict[str, ProductList]:
    """All product lists inside the package, by name."""
    found = {}
    for entry in folder("sanctions").iterdir():
        plain = tomllib.loads(entry.read_text(encoding="utf-8")) if entry.name.endswith(".toml") else {}
        if plain.get("kind") == "list":
            tiers = {t["tier"]: tuple(t["codes"]) for t in plain["tiers"]}
            facts = {key: plain[key] for key in _FACTS} | {key: plain.get(key, "") for key in _MORE_FACTS}
            name = entry.name.removesuffix(".toml")
            found[name] = ProductList(name=name, tiers=tiers, **{k: str(v) for k, v in facts.items()})
    return dict(sorted(found.items()))


def parse_commodity(text: str) -> Basket:
    """`8703`, `8701-8705`, `87,8802`, `chpl`, `chpl:1`, `eu-cn8`, `TOTAL` or `all`, `2709,item:NAME`.

    `HS2017:854140,854150` says which edition of the Harmonized System the codes are written in.
    `mine=8703,8704` gives codes a name, by which the answer calls them. `item:` and a name mean an item
    outside it; the name goes on to a comma that a code, a list or another `item:` follows. Raises UsageError
    naming the lists there are.
    """
    wanted = text.strip()
    if said := _EDITION.fullmatch(wanted):
        return _written_in(said[1].upper(), parse_commodity(said[2]))
    if own := _NAMED.fullmatch(wanted):
        return _named(own[1], parse_commodity(own[2]))
    if wanted.lower() in ("total", "all", ""):
        return Basket("TOTAL", ("TOTAL",), "all goods")
    parts = _parts(wanted)
    if len(parts) == 1 and (found := _listed(parts[0])):
        return found
    items = [part[len(_ITEM) :].strip() for part in parts if _is_item(part)]
    codes = [code for part in parts if not _is_item(part) for code in _codes(part)]
    if not codes and not items:
        raise UsageError(f"commodity {text!r} names no goods. Use HS codes, a list or TOTAL.")
    named = ",".join(part[len(_ITEM) :].strip() if _is_item(part) else part for part in parts)
    title = (
        ""
        if codes
        else "an item outside the Harmonized System"
        if len(items) == 1
        else "items outside the Harmonized System"
    )
    return Basket(named, (*without_nested(codes), *sorted(set(items))), title)


def _named(name: str, basket: Basket) -> Basket:
    if name.lower() in (*product_lists(), "total", "all"):
        raise UsageError(f"{name} is the name of a list there is. Give your own another name.")
    return replace(basket, name=name, title="a list of one's own")


def _is_item(part: str) -> bool:
    return part.lower().startswith(_ITEM) and bool(part[len(_ITEM) :].strip())


def _parts(text: str) -> list[str]:
    """What commas separate; a comma inside the name of an item separates nothing."""
    parts: list[str] = []
    for part in text.split(","):
        if parts and _is_item(parts[-1]) and not (_is_item(part.strip()) or _is_known(part.strip())):
            parts[-1] += f",{part}".rstrip()
        elif part.strip():
            parts.append(part.strip())
    return parts


def _is_known(part: str) -> bool:
    bare = part.replace(".", "").replace(" ", "")
    return bool(_CODE.match(bare) or _RANGE.match(bare) or _listed(part))


def _written_in(edition: str, basket: Basket) -> Basket:
    if basket.hs_revision not in (None, edition) or not basket.codes[0].isdigit():
        raise UsageError(
            f"{basket.name} is not written in {edition}. Say an edition of codes: {edition}:8541."
        )
    if basket.hs_revision == edition:
        return basket
    return replace(basket, name=f"{edition}:{basket.name}", hs_revision=edition)


def _listed(text: str) -> Basket | None:
    name, _, tier = text.lower().partition(":")
    known = product_lists().get(name)
    if known is None:
        return None
    codes = without_nested(known.codes(tier.upper() or None))
    return Basket(text.lower(), codes, known.title, known.hs_revision, known.citation)


def _codes(part: str) -> Iterable[str]:
    bare = part.replace(".", "").replace(" ", "")
    if _CODE.match(bare):
        return [bare]
    if found := _RANGE.match(bare):
        return _between(found[1], found[2], part)
    if listed := _listed(part):
        return listed.codes
    lists = ", ".join(product_lists())
    raise UsageError(
        f"commodity {part!r} is not understood. "
        f"Use HS codes (87, 8703, 8701-8705), a list ({lists}) or TOTAL."
    )


def _between(first: str, last: str, part: str) -> list[str]:
    if (
        len(first) != len(last)
        or not _CODE.match(first)
        or last < first
        or int(last) - int(first) >= _MOST_IN_RANGE
    ):
        raise UsageError(f"range {part!r} needs two codes of one length, the lower first, e.g. 8701-8705.")
    return [str(code).zfill(len(first)) for code in range(int(first), int(last) + 1)]


def without_nested(codes: Iterable[str]) -> tuple[str, ...]:
    """Codes sorted, each once, without those that lie inside another: 87 and 8703 is 87."""
    kept: list[str] = []
    for code in sorted(set(codes)):
        if not (kept and code.startswith(kept[-1])):
            kept.append(code)
    return tuple(kept)
