"""What is asked of a publisher over the network, and what its answer comes to. No network here.

    words of a user -> order -> asks -> answers -> outcome: rows to store, or smaller asks, or nothing

Each source that can be fetched has a `fetch.py` with a `PUBLISHER`: the facts and the pure functions of one
publisher's interface. `entrepot.fetching` sends what they ask, and stores what they find whole.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

Words = Mapping[str, str]
"""What a user orders, option by option, as it was written."""


@dataclass(frozen=True)
class Ask:
    """One request to a publisher, and what is known of its answer before it comes."""

    source: str
    url: str  # path below the publisher's base address, with its query; never a key
    file: str  # the name its answer is kept under
    label: str  # in words, for people
    rows: int | None = None  # at most; None: not known before
    limit: int | None = None  # the publisher cuts off here: an answer with so many rows is not whole
    published: date | None = None  # where the publisher says so apart from the answer
    version: str = ""  # the publisher's name for the state of what is asked: the same is not asked again
    partners: tuple[str, ...] = ()  # our codes, asked for by name: the answer speaks for them all
    commodities: tuple[str, ...] = ()
    complete: tuple[str, ...] = ()  # axes asked for wholly: partner, commodity
    flows: tuple[tuple[str, str], ...] = ()  # ours, with their partners' basis: all of them in all `periods`
    periods: tuple[date, ...] = ()
    axes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # what the source can part it by
    is_large: bool = False  # a file that is gone on with where it broke off
    is_needed: bool = True  # false: the order can do without this answer (`about`)

    @property
    def key(self) -> str:
        """The ask's name in the journal: it follows from what is asked."""
        return hashlib.sha256(f"{self.source} {self.url}".encode()).hexdigest()[:16]


def short(url: str) -> str:
    """Eight characters that tell the files of two addresses apart."""
    return hashlib.sha256(url.encode()).hexdigest()[:8]


@dataclass(frozen=True)
class Asks:
    """What an order comes to: requests, and what the publisher has not published."""

    asks: tuple[Ask, ...]
    absent: tuple[tuple[str, str], ...] = ()  # label and why
    held: tuple[str, ...] = ()  # labels of what asks made before cover wholly


@dataclass(frozen=True)
class Whole:
    """An answer that is all of what was asked."""

    rows: int | None = None
    published: date | None = None  # where the answer itself says it
    content: str = ""  # a digest of what it says: an answer that says the same again is no new vintage
    more: tuple[Ask, ...] = ()  # what else it says is to be asked: further pages
    note: str = ""


@dataclass(frozen=True)
class Parts:
    """An answer that was cut off: nothing of it is believed, these are asked instead."""

    asks: tuple[Ask, ...]
    why: str


@dataclass(frozen=True)
class Nothing:
    """An answer without rows, and what that means."""

    why: str
    is_known: bool  # false: it may be a fault, and is asked again the next time


Outcome = Whole | Parts | Nothing


class BadAnswerError(Exception):
    """What came is no answer to what was asked: cut off, of another kind, changed. It is asked again."""


@dataclass(frozen=True)
class Pace:
    """How fast a publisher lets itself be asked."""

    per_second: float
    at_once: int
    a_day: int | None = None


@dataclass(frozen=True)
class Kept:
    """A file that is kept as it came: which edition it is of, and whether it came just now."""

    ask: Ask
    path: Path
    edition: str
    is_new: bool


class Publisher:
    """A publisher's interface: what to ask for an order, and what an answer comes to. Pure functions.

    A source overrides what differs from one plain file per ask.
    """

    source: str
    base: str  # https, without a slash at its end
    key_name: str = ""  # the environment's name for a user's key
    most_bytes: int = 1 << 30  # of one answer
    is_stored: bool = True  # false: its files are kept as they came (lists of parties)
    terms: str = ""  # what a user must know before fetching: a licence, one line
    by_hand: str = ""  # how to have the files where no program is let in
    edition_header: str = ""  # of an answer: which edition it is of, in the publisher's words

    def pace(self, *, keyed: bool) -> Pace:
        """How fast it may be asked, with a key and without. It names no number: one question a second."""
        return Pace(1, 1)

    def headers(self, key: str) -> Mapping[str, str]:
        """The headers that carry a user's key. Never an address: addresses are written down."""
        return {}

    def about(self, words: Words, today: date, *, keyed: bool) -> Sequence[Ask]:
        """What must be known before the asks can be made. Raises UsageError for words that are off."""
        return ()

    def asks(
        self, words: Words, today: date, told: Sequence[Path], done: Sequence[Ask], *, keyed: bool
    ) -> Asks:
        """The requests of an order. Raises UsageError, BadAnswerError.

        told: the answers to `about`. done: asks made before, whose answers are held.
        """
        raise NotImplementedError

    def judge(self, ask: Ask, path: Path, content_type: str) -> Outcome:
        """What an answer comes to. Raises BadAnswerError."""
        return Whole()

    def files(self, ask: Ask, path: Path, scratch: Path) -> Iterator[Path]:
        """The files of an answer that are added to the store; of an archive one after the other."""
        yield path

    def together(self, files: Sequence[Kept]) -> str:
        """What does not fit among the files of an order, in words; empty: they belong together."""
        return ""
