"""Areas: one code for each country, special area and aggregate, whatever a publisher or a user calls it.

A country has its ISO 3166 alpha-3 code (former ones kept: `SUN`, `YUG`, `ANT`), Kosovo the usual `XKX`.
A special area keeps the code its publisher gave it (`_X` Areas nes, `QR` stores, `G199` the "other Asia" of
China's customs) and is never dropped. An aggregate contains others and is never summed with them. Codes that
ISO leaves to users (`XAA` ...) stand for the invented countries of simulations.

The table `areas.csv` is derived by `tools/make_areas.py`; the dated groups are in `groups.toml`.
"""

from __future__ import annotations

import csv
import difflib
import io
import re
import tomllib
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from entrepot.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Kind: TypeAlias = Literal["country", "special", "aggregate"]
Scheme: TypeAlias = Literal["m49", "comtrade", "gacc", "eurostat", "iso2", "iso3", "name"]

LANGUAGES: Final = ("en", "fr", "ru", "zh")
_NUMERIC: Final = ("m49", "comtrade")
_SIMULATED: Final = re.compile(r"AA[A-Z]|Q[M-Z][A-Z]|X[A-Z]{2}|ZZ[A-Z]")
_NAMED: Final = tuple(f"name_{language}" for language in LANGUAGES)
_WORDS: Final = {"saint": "st", "sainte": "st", "isds": "islands", "rep": "republic", "dem": "democratic"}
_ARTICLES: Final = frozenset({"the", "le", "la", "les", "l"})
_CYRILLIC: Final = "авсенкмортху"
_LATIN: Final = "abcehkmoptxy"
_SUGGESTED: Final = 3


@dataclass(frozen=True, slots=True)
class Area:
    """A country, a special area or an aggregate.

    Attributes:
        code: The one code used everywhere in this program.
        kind: `country` (present, former or simulated), `special` (not one country with an ISO code:
            unspecified, stores, bunkers, parts reported apart ...) or `aggregate` (contains others).
        iso2: ISO 3166 alpha-2, None where there is none.
        m49: UN M49 number without leading zeros, None where there is none.
        name: English name.
    """

    code: str
    kind: Kind
    iso2: str | None
    m49: str | None
    name: str


@dataclass(frozen=True, slots=True)
class Member:
    """Membership of a group: both dates belong to it; None means no bound."""

    code: str
    start: date | None
    end: date | None

    def on(self, day: date) -> bool:
        """Whether the membership holds that day."""
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


@dataclass(frozen=True, slots=True)
class Group:
    """A named group of countries: who belongs to it from when to when, and where that is written.

    Attributes:
        code: The group's code.
        name: English name.
        source: Citation of the text that says who belongs to it.
        members: The memberships, in the order of `groups.toml`.
    """

    code: str
    name: str
    source: str
    members: tuple[Member, ...]


def area(code: str) -> Area:
    """The area that has this code. Raises UsageError, naming the nearest, for a code that does not exist."""
    found = _areas().get(code) or _simulated(code)
    if found is None:
        raise _unknown(code)
    return found


def resolve(text: str) -> str:
    """One word of a user as a code of ours.

    Understood, in this order: our codes, ISO alpha-2 and alpha-3, Eurostat's letters, M49 and Comtrade
    numbers (with or without leading zeros), then names in English, French, Russian and Chinese, every
    spelling met in published files and the names of groups, whatever their case, accents and punctuation.

    Raises:
        UsageError: Nothing is called that, or several areas are; the message names the nearest.
    """
    word = text.strip()
    found = _by_code(word)
    if found is not None:
        return found
    candidates = _by_name(word)
    if len(candidates) != 1:
        raise _ambiguous(text, candidates) if candidates else _unknown(text)
    return candidates[0]


def find(text: str) -> str | None:
    """As `resolve`, None where nothing or several are called that: for words of files, met by thousands."""
    word = text.strip()
    candidates = () if not word or _by_code(word) else _by_name(word)
    return _by_code(word) or (candidates[0] if len(candidates) == 1 else None)


def named(text: str) -> str | None:
    """The country that is called so, whatever the case and accents; None for codes and all other texts."""
    found = _by_name(text.strip())
    return found[0] if len(found) == 1 and area(found[0]).kind == "country" else None


def resolve_many(text: str) -> tuple[str, ...]:
    """A comma-separated list of a user as codes of ours: order kept, each once.

    A name may hold commas ("Korea, Republic of, KGZ"): the longest run of items that is one name is taken as
    one. Raises UsageError for an item nothing is called, and where a run is both one name and a list
    ("Hong Kong,China").
    """
    items = [item.strip() for item in text.split(",")]
    if not all(items):
        raise UsageError(f"list of areas {text!r} has an empty item. Write it as KGZ,KAZ.")
    return tuple(dict.fromkeys(_runs(items)))


def members(code: str, on: date) -> tuple[str, ...]:
    """The countries a code stands for on a day.

    For a group its members that day; for a country or a special area itself; empty for an aggregate whose
    membership is not held here (`WLD`, and the regions of national tables: each office draws its own).
    Raises UsageError for an unknown code.
    """
    if code in _groups():
        return tuple(member.code for member in _groups()[code].members if member.on(on))
    return () if area(code).kind == "aggregate" else (code,)


def is_group(code: str) -> bool:
    """Whether the code is that of a group whose dated membership is held."""
    return code in _groups()


def group(code: str) -> Group:
    """The group that has this code. Raises UsageError if there is none."""
    if not is_group(code):
        raise UsageError(f"{code!r} is not a group. Groups are {', '.join(_groups())}.")
    return _groups()[code]


def same_members(code: str, on: date) -> tuple[str, ...]:
    """Codes of the other groups with the very members of this one on a day: EU for EU27 since 2020."""
    if code not in _groups():
        return ()
    mine = frozenset(members(code, on))
    return tuple(one for one in _groups() if one != code and frozenset(members(one, on)) == mine)


@cache
def aggregates() -> frozenset[str]:
    """Codes that contain others and are never summed with their members: regions, unions and every group."""
    return frozenset(code for code, one in _areas().items() if one.kind == "aggregate")


@cache
def specials() -> frozenset[str]:
    """Codes that are no country as partners: not specified, ships' stores, bunkers, free zones ..."""
    return frozenset(code for code, one in _areas().items() if one.kind == "special")


@cache
def lookup(scheme: Scheme) -> Mapping[str, str]:
    """A publisher's code as a key, our code as its value: the join table of the readers.

    `m49`, `comtrade`: numbers, each with and without leading zeros. `gacc`: China customs' three digits.
    `eurostat`: letters. `iso2`, `iso3`: letters; `iso3` also holds what Comtrade writes in that column
    (`W00`, `S19`, `_X`) and former codes (`ROM`), but not the simulated ones. `name`: every known spelling
    as `text.strip().lower()`.
    """
    table: dict[str, str] = {}
    for row in _rows():
        for key in _keys(row, scheme):
            if table.setdefault(key, row["code"]) != row["code"]:
                message = f"areas.csv: {scheme} {key!r} is claimed by {table[key]} and {row['code']}"
                raise ValueError(message)
    return MappingProxyType(table)


@cache
def comtrade_numbers() -> Mapping[str, str]:
    """Our code as a key, the number by which Comtrade has it today as its value."""
    return MappingProxyType({row["code"]: _split(row["comtrade"])[0] for row in _rows() if row["comtrade"]})


def fold(text: str) -> str:
    """A spelling without case, accents, punctuation, articles and abbreviations, to compare spellings by.

    Letters of the other alphabet that look alike ("Киpгизия" with a Latin p) become those of the word's own.
    """
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = _one_alphabet("".join(c for c in plain if not unicodedata.combining(c)))
    words = re.sub(r"[^\w]+|_", " ", plain.replace("&", " and ")).split()
    return " ".join(_WORDS.get(word, word) for word in words if word not in _ARTICLES)


def _one_alphabet(text: str) -> str:
    """A word of two alphabets as Cyrillic if each Latin letter has a Cyrillic likeness, else as Latin."""
    if not any("а" <= letter <= "я" for letter in text):
        return text
    foreign = {letter for letter in text if "a" <= letter <= "z"}
    table = (_LATIN, _CYRILLIC) if foreign <= set(_LATIN) else (_CYRILLIC, _LATIN)
    return text.translate(str.maketrans(*table))


def _keys(row: dict[str, str], scheme: Scheme) -> Iterator[str]:
    if scheme == "name":
        yield from {name.strip().lower() for name in _names(row)}
        return
    for value in _split(row[scheme]):
        yield from {value, value.zfill(3)} if scheme in _NUMERIC else {value}


def _names(row: dict[str, str]) -> Iterator[str]:
    yield from (row[column] for column in _NAMED if row[column])
    yield from _split(row["aliases"])


def _split(cell: str) -> list[str]:
    return [value for value in cell.split("|") if value]


@cache
def _rows() -> tuple[dict[str, str], ...]:
    text = files("entrepot.model").joinpath("areas.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(io.StringIO(text, newline="")))


@cache
def _areas() -> Mapping[str, Area]:
    known = {row["code"]: _from_row(row) for row in _rows()}
    for code, one in _groups().items():
        known.setdefault(code, Area(code, "aggregate", None, None, one.name))
    return known


def _from_row(row: dict[str, Any]) -> Area:
    iso2, m49 = (next(iter(_split(row[scheme])), None) for scheme in ("iso2", "m49"))
    return Area(row["code"], row["kind"], iso2, m49, row["name_en"])


@cache
def _groups() -> Mapping[str, Group]:
    text = files("entrepot.model").joinpath("groups.toml").read_text(encoding="utf-8")
    return {code: _from_entry(code, entry) for code, entry in tomllib.loads(text).items()}


def _from_entry(code: str, entry: dict[str, Any]) -> Group:
    held = tuple(Member(one["code"], one.get("from"), one.get("to")) for one in entry["members"])
    return Group(code, entry["name"], entry["source"], held)


def _simulated(code: str) -> Area | None:
    if not _SIMULATED.fullmatch(code):
        return None
    return Area(code, "country", None, None, f"simulated country {code}")


def _by_code(word: str) -> str | None:
    upper = word.upper()
    if upper in _own_codes():
        return _own_codes()[upper]
    for scheme in _CODED:
        found = lookup(scheme).get(upper.lstrip("0") or "0" if upper.isdecimal() else upper)
        if found is not None:
            return found
    return upper if _SIMULATED.fullmatch(upper) else None


_CODED: Final[tuple[Scheme, ...]] = ("iso2", "iso3", "eurostat", "m49", "comtrade")


def _by_name(word: str) -> tuple[str, ...]:
    """Codes of what is spelled exactly so, else of what is spelled so but for case and accents."""
    exact = lookup("name").get(word.lower())
    return _spellings().get(fold(word), ()) if exact is None else (exact,)


@cache
def _own_codes() -> Mapping[str, str]:
    return {code.upper(): code for code in _areas()}


@cache
def _spellings() -> Mapping[str, tuple[str, ...]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for name, code in lookup("name").items():
        found[fold(name)].add(code)
    for code, one in _groups().items():
        for name in (code, one.name):
            found[fold(name)].add(code)
    return {name: tuple(sorted(codes)) for name, codes in found.items() if name}


def _runs(items: list[str]) -> Iterator[str]:
    start = 0
    while start < len(items):
        length = next(
            n for n in range(len(items) - start, 0, -1) if n == 1 or _is_name(items[start : start + n])
        )
        yield resolve(", ".join(items[start : start + length]))
        start += length


def _is_name(items: list[str]) -> bool:
    whole = _by_name(", ".join(items))
    if len(whole) != 1:
        return False
    if all(_known(item) for item in items):
        listed = ", ".join(resolve(item) for item in items)
        raise UsageError(f"{', '.join(items)!r} is one name ({whole[0]}) and a list ({listed}). Use codes.")
    return True


def _known(word: str) -> bool:
    return _by_code(word) is not None or len(_by_name(word)) == 1


def _ambiguous(text: str, codes: Iterable[str]) -> UsageError:
    return UsageError(f"area {text!r} is ambiguous: {_listed(codes)}. Use the code.")


def _unknown(text: str) -> UsageError:
    near = _nearest(fold(text))
    return UsageError(f"area {text!r} is unknown" + (f": did you mean {_listed(near)}?" if near else "."))


def _listed(codes: Iterable[str]) -> str:
    return ", ".join(f"{code} ({_areas()[code].name})" for code in codes)


def _nearest(folded: str) -> list[str]:
    """Codes of the areas whose names hold all the words asked for, else of those spelled nearly so."""
    asked = set(folded.split())
    holding = sorted((name for name in _spellings() if asked and asked <= set(name.split())), key=len)
    near = holding or difflib.get_close_matches(folded, _spellings(), n=_SUGGESTED * 2, cutoff=0.75)
    return list(dict.fromkeys(code for name in near for code in _spellings()[name]))[:_SUGGESTED]
