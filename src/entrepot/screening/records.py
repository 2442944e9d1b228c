"""The record that a search was run: of what, against which lists in which edition, and what it came to.

<store>/screening/searches.jsonl     a line a search, also of one that found nothing (see log)
<store>/screening/cases/             what each search found, for people to decide about
<store>/screening/decisions.jsonl    what they decided
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from hashlib import file_digest
from pathlib import Path
from typing import Any, Final

from entrepot.errors import NoDataError, ReadError
from entrepot.model import shipment
from entrepot.model.answer import plain
from entrepot.model.party import PartyList
from entrepot.screening import cases
from entrepot.screening.cases import Case
from entrepot.screening.log import Line, Log, canonical_digest
from entrepot.screening.said import told

FOLDER: Final = "screening"
MOST_WHO: Final = 200


@dataclass(frozen=True)
class Given:
    """What was screened: a file, or one shipment, whose fields are not kept unless that is asked for."""

    file: str | None
    sha256: str
    rows: int
    fields: Mapping[str, Any] | None = None

    @classmethod
    def of_file(cls, path: Path, rows: int, called: str = "") -> Given:
        """A file: its name, or what it is called, and the hash of its bytes. Raises ReadError."""
        try:
            with path.open("rb") as file:
                return cls(called or path.name, file_digest(file, "sha256").hexdigest(), rows)
        except OSError as error:
            raise ReadError(path, error.strerror or str(error)) from error

    @classmethod
    def of_shipment(cls, fields: Mapping[str, Any], *, is_kept: bool = False) -> Given:
        """One shipment: a hash of what is told of it.

        Who guesses all fields can confirm the guess by the hash: it proves, and does not hide well.
        """
        said = {name: plain(value) for name, value in fields.items() if value is not None}
        return cls(None, canonical_digest(said), 1, said if is_kept else None)


@dataclass(frozen=True)
class Searched:
    """A list that was searched, and which edition of it."""

    name: str
    publisher: str
    file: str
    edition: str
    published: date | None
    sha256: str
    parties: int
    names: int

    @classmethod
    def of(cls, one: PartyList) -> Searched:
        """What a record keeps of a list that was read: which it was and its size, no party of it."""
        told = (one.name, one.publisher, one.file, one.edition, one.published, one.sha256)
        return cls(*told, one.parties.num_rows, one.names.num_rows)


@dataclass(frozen=True)
class Matcher:
    """What matched names: `threshold` is the least score that counts."""

    name: str
    version: str
    threshold: float


@dataclass(frozen=True)
class Counts:
    """What a search came to. Flags and unknowns by rule."""

    shipments: int
    names: int
    matches: int
    flags: Mapping[str, int] = field(default_factory=dict)
    unknown: Mapping[str, int] = field(default_factory=dict)
    unread: int = 0


@dataclass(frozen=True)
class Search:
    """One search. `question`: its options; fields of a shipment among them are not kept."""

    when: datetime
    version: str  # of entrepot
    question: Mapping[str, Any]
    given: Given
    lists: Sequence[Searched]
    matcher: Matcher | None  # None: no lists
    rules: str  # sha256 of the set of rules, and of the lists of goods, embargoes and hubs they go by
    snapshots: Sequence[str]  # behind corridors and bands
    counts: Counts
    result: str  # sha256 of what was answered
    who: str = ""
    cases: Sequence[Case] = ()


@dataclass(frozen=True)
class Receipt:
    """What to keep elsewhere: whoever has it can show that the record is the one that was made."""

    number: int
    sha256: str
    line: Line


def log(store: Path) -> Log:
    """The log of searches of a store."""
    return Log(store / FOLDER / "searches.jsonl")


def record(store: Path, search: Search) -> Receipt:
    """Write down that a search was run, also where nothing was found. Raises StoreError.

    To be called before the result is handed out: a search that is not on record was not made.
    """
    who = told("who", search.who, MOST_WHO, required=False)
    body = plain(asdict(replace(search, cases=())))
    del body["when"]
    body["question"] = {name: value for name, value in body["question"].items() if name not in _private()}
    body |= {"who": who or None, "cases": cases.keep(store / FOLDER, search.cases)}
    return receipt(log(store).append("search", body, search.when))


def searches(store: Path) -> Iterator[Line]:
    """All searches on record, the oldest first. Raises AlteredError where the log is not as written."""
    return (line for line in log(store).lines() if line.kind == "search")


def searched(store: Path, number: int) -> Receipt:
    """One search on record. Raises NoDataError where there is none of that number."""
    for line in searches(store):
        if line.number == number:
            return receipt(line)
    raise NoDataError(f"there is no search number {number} on record. `entrepot searches` lists them.")


def receipt(line: Line) -> Receipt:
    """The receipt of a line."""
    return Receipt(line.number, line.sha256, line)


def find(store: Path, case: str) -> tuple[Case, int] | None:
    """A case as the newest search that found it tells it, and the number of that search."""
    for line in reversed(list(searches(store))):
        if found := cases.find(store / FOLDER, line.body["cases"], case):
            return found, line.number
    return None


def known(store: Path) -> dict[str, tuple[Case, int]]:
    """All cases on record, each as the newest search that found it tells it."""
    newest = {line.body["cases"]["sha256"]: line for line in searches(store)}
    found: dict[str, tuple[Case, int]] = {}
    passed: set[bytes] = set()
    for line in sorted(newest.values(), key=lambda line: -line.number):
        for case in cases.kept(store / FOLDER, line.body["cases"], passed):
            found.setdefault(case.case, (case, line.number))
    return found


def _private() -> set[str]:
    return set(shipment.fields())
