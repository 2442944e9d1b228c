"""From what a list says of a party to its rows: names, codes of countries, a fingerprint of the record."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from entrepot.model import area
from entrepot.model.party import NAMES, PARTIES, NameKind, PartyKind

if TYPE_CHECKING:
    import pyarrow as pa

_BATCH: Final = 8_192
_TOLD: Final = 10
"""Rows and words that a warning names; it counts all."""


@dataclass
class Draft:
    """What a list says of one party, in its own words.

    said: each record of the list that is about it, whole: what the fingerprint is taken of.
    """

    party: str
    kind: PartyKind = "unknown"
    names: list[tuple[str, NameKind]] = field(default_factory=list)
    countries: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    identifiers: list[str] = field(default_factory=list)
    programs: list[str] = field(default_factory=list)
    listed_on: date | None = None
    said: list[Any] = field(default_factory=list)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of all that is said, in whatever order it stands in the file."""
        lines = sorted(json.dumps(one, ensure_ascii=False, sort_keys=True) for one in self.said)
        return sha256("\n".join(lines).encode("utf-8", "surrogatepass")).hexdigest()


class Aside:
    """What was set aside or not understood: counted, with the first places."""

    def __init__(self) -> None:
        self._places: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._notes: list[str] = []

    def row(self, cause: str, row: int, file: str = "") -> None:
        """A record that gave nothing, or less than it says."""
        self._places[f"{file}: {cause}" if file else cause][f"row {row}"] += 1

    def word(self, cause: str, word: str) -> None:
        """A word that is not understood."""
        self._places[cause][repr(word[:60])] += 1

    def note(self, text: str) -> None:
        """Something else a user must know."""
        self._notes.append(text)

    def warnings(self) -> tuple[str, ...]:
        """One line per cause."""
        told = [f"{cause}: {places.total():,} ({_first(places)})." for cause, places in self._places.items()]
        return (*self._notes, *told)


def _first(places: Counter[str]) -> str:
    more = len(places) - _TOLD
    return ", ".join(list(places)[:_TOLD]) + (f" and {more:,} more" if more > 0 else "")


class _Columns:
    """Rows put down column by column, packed a batch at a time: a large list takes what its rows take."""

    def __init__(self, types: Mapping[str, str]) -> None:
        self._types = types
        self._open: list[list[Any]] = [[] for _ in types]
        self._packed: list[pa.Table] = []

    def add(self, *row: Any) -> None:
        for column, value in zip(self._open, row, strict=True):
            column.append(value)
        if len(self._open[0]) == _BATCH:
            self._pack()

    def table(self) -> pa.Table:
        import pyarrow as pa

        self._pack()
        return pa.concat_tables(self._packed)

    def _pack(self) -> None:
        import pyarrow as pa

        kinds = {"string": pa.string(), "date32": pa.date32()}
        arrays = [pa.array(one, kinds[k]) for one, k in zip(self._open, self._types.values(), strict=True)]
        self._packed.append(pa.table(arrays, names=list(self._types)))
        self._open = [[] for _ in self._types]


class Rows:
    """Rows of a list as they are read."""

    def __init__(self, name: str) -> None:
        self.list = name
        self.aside = Aside()
        self._parties, self._names = _Columns(PARTIES), _Columns(NAMES)
        self._seen: Counter[str] = Counter()

    def add(self, draft: Draft, row: int) -> None:
        """A party; one without a name is set aside, told with the row it stands in."""
        names = _names(draft.names)
        if not names:
            self.aside.row("parties without a name, set aside", row)
            return
        party = self._unique(draft.party)
        codes = self._codes(draft.countries)
        texts = (joined(draft.addresses), joined(draft.identifiers), joined(draft.programs))
        first = names[0][0]
        self._parties.add(
            party, self.list, draft.kind, first, codes, *texts, draft.listed_on, draft.fingerprint
        )
        for name, kind in names:
            self._names.add(party, self.list, name, kind)

    def add_all(self, drafts: Iterable[tuple[int, Draft]]) -> None:
        """Parties, each with the row it was first met in."""
        for row, draft in drafts:
            self.add(draft, row)

    def tables(self) -> tuple[pa.Table, pa.Table]:
        """Parties and names, as `model.party` describes them."""
        return self._parties.table(), self._names.table()

    def _unique(self, party: str) -> str:
        self._seen[party] += 1
        if self._seen[party] == 1:
            return party
        self.aside.word("ids met more than once, told apart by a number put after them", party)
        return f"{party}#{self._seen[party]}"

    def _codes(self, words: Sequence[str]) -> str | None:
        codes = dict.fromkeys(_code(word) for word in words if word)
        if None in codes:
            del codes[None]
            for word in words:
                if word and _code(word) is None:
                    self.aside.word("countries not understood, left out", word)
        return " ".join(code for code in codes if code) or None


class Drafts:
    """Parties of which several records tell, by id."""

    def __init__(self) -> None:
        self._held: dict[str, tuple[int, Draft]] = {}

    def of(self, party: str, row: int) -> Draft:
        """The party of this id, a new one where there is none."""
        return self._held.setdefault(party, (row, Draft(party)))[1]

    def known(self, party: str) -> Draft | None:
        """The party of this id, if it is there."""
        return self._held[party][1] if party in self._held else None

    def all(self) -> Iterable[tuple[int, Draft]]:
        """Each with the row it was first met in."""
        return self._held.values()


def clean(text: str | None) -> str:
    """A text on one line, one space between words."""
    return " ".join((text or "").split())


def joined(texts: Iterable[str], between: str = "; ") -> str | None:
    """Texts that are there, each once; None for none."""
    return between.join(dict.fromkeys(filter(None, map(clean, texts)))) or None


def day(text: str | None) -> date | None:
    """An ISO date at the beginning of a text, or None."""
    try:
        return date.fromisoformat((text or "").strip()[:10])
    except ValueError:
        return None


def _names(told: Sequence[tuple[str, NameKind]]) -> list[tuple[str, NameKind]]:
    """Names that are there, the primary one first, each once and as the strongest it is told as."""
    order: dict[NameKind, int] = {"primary": 0, "alias": 1, "weak": 2}
    found: dict[str, NameKind] = {}
    for name, kind in sorted(((clean(name), kind) for name, kind in told), key=lambda one: order[one[1]]):
        if name:
            found.setdefault(name, kind)
    first = next(iter(found), None)
    return [(name, "primary" if name == first and kind == "alias" else kind) for name, kind in found.items()]


@cache
def _code(word: str) -> str | None:
    """Our code of a country; None for a word that is none: 'undetermined', a group."""
    code = area.find(clean(word))
    return None if code is None or area.is_group(code) or area.area(code).kind == "aggregate" else code
