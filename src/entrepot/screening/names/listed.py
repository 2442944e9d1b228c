"""All listed names as sorted arrays: the words of each, what a word tells, the names that have it."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa

from entrepot.model.party import PartyList
from entrepot.screening.names.vocabulary import Ints, Shares, Truths, Vocabulary, distinct
from entrepot.screening.names.words import ARTICLES, Role, Word, together, words

_FEWEST: Final = 10_000  # lists are taken as no shorter: a list of three would say that no word is usual
_FIXED: Final[dict[Role, float]] = {"legal": 0.03, "stop": 0.03, "initial": 0.15, "number": 0.5}
_USUAL: Final = 0.6  # what technology or trading weighs of a plain word that is as frequent
_USUAL_MOST: Final = 0.35
_LEAST: Final = 0.05
_UNKNOWN: Final[dict[Role, float]] = {**_FIXED, "usual": _USUAL_MOST}
_MEANINGLESS: Final = {"legal", "stop"}


@dataclass(frozen=True, slots=True)
class Listed:
    """The names of all lists, made for searching.

    Attributes:
        names: One row per name: name, list, party, kind, name_kind.
        vocabulary: Their words.
        weights: Of each word of the vocabulary how much it tells, 0 to 1: rare words more.
        starts: Where the words of each name start in `members`, and where the last one's end.
        members: Words of the names, one name after the other; after each word the pairs, written as one, of
            which it is a part.
        is_own: Whether a member is a word of the name, not such a pair.
        shares: What each word weighs; of a pair 0.
        totals: The weight of each name.
        posting_starts: Where the names of each word start in `postings`.
        postings: Names that have a word, one word after the other.
        read: The words of each name, in its order.
        parties: List and party of each name. kinds: what kind of party it is of.
    """

    names: pa.Table
    vocabulary: Vocabulary
    weights: Shares
    starts: Ints
    members: Ints
    is_own: Truths
    shares: Shares
    totals: Shares
    posting_starts: Ints
    postings: Ints
    read: list[tuple[Word, ...]]
    parties: list[tuple[str, str]]
    kinds: list[str]

    def weight(self, word: Word) -> float:
        """How much a word tells; one that no list has tells most."""
        known = self.vocabulary.ids.get(word.fold)
        return float(self.weights[known]) if known is not None else _UNKNOWN.get(word.role, 1.0)


def listed(lists: Sequence[PartyList]) -> Listed:
    """The lists' names, read word by word."""
    names = _names(lists)
    vocabulary = Vocabulary()
    read = _Read(vocabulary, names)
    vocabulary.close()
    weights = read.weights()
    shares = weights[read.owns] * read.is_own
    order = np.argsort(read.members, kind="stable")
    return Listed(
        names=names,
        vocabulary=vocabulary,
        weights=weights,
        starts=np.searchsorted(read.owners, np.arange(names.num_rows + 1)),
        members=read.members,
        is_own=read.is_own,
        shares=shares,
        totals=np.bincount(read.owners, shares, minlength=names.num_rows).astype(np.float32),
        posting_starts=np.searchsorted(read.members[order], np.arange(len(vocabulary.folds) + 1)),
        postings=read.owners[order],
        read=read.words,
        parties=list(zip(names["list"].to_pylist(), names["party"].to_pylist(), strict=True)),
        kinds=names["kind"].to_pylist(),
    )


def pairs(read: Sequence[Word]) -> Iterator[tuple[Word, Word, str]]:
    """Neighbouring words and how they fold written as one; no legal forms, and no two usual words."""
    told = [word for word in read if word.role not in _MEANINGLESS or word.text in ARTICLES]
    for one, other in itertools.pairwise(told):
        if "plain" in {one.role, other.role} or "initial" in {one.role, other.role}:
            yield one, other, together(one, other)


def _names(lists: Sequence[PartyList]) -> pa.Table:
    """One row per name of a party, with the party's kind; the same name of a party once."""
    kept: dict[tuple[str, str, str], dict[str, str]] = {}
    for one in lists:
        kinds = dict(zip(one.parties["party"].to_pylist(), one.parties["kind"].to_pylist(), strict=True))
        for row in one.names.to_pylist():
            key = (row["list"], row["party"], row["name"])
            kept.setdefault(key, {**row, "kind": kinds.get(row["party"]) or "unknown"})
    columns = pa.schema([(column, pa.string()) for column in ("name", "list", "party", "kind", "name_kind")])
    return pa.Table.from_pylist(list(kept.values()), schema=columns)


class _Read:
    """Words of all names: arrays of the same length, in the order of the names."""

    def __init__(self, vocabulary: Vocabulary, names: pa.Table) -> None:
        self._vocabulary, self._roles = vocabulary, dict[int, Role]()
        self._known: dict[str, int] = {}
        self._pairs: dict[int, tuple[int, int]] = {}
        self._parties = _codes(names["list"].to_pylist(), names["party"].to_pylist())
        told = zip(names["name"].to_pylist(), names["kind"].to_pylist(), strict=True)
        self.words = [words(name, kind) for name, kind in told]
        rows = (entry for row, read in enumerate(self.words) for entry in self._entries(row, read))
        table = np.fromiter(rows, np.dtype((np.int64, 4))).reshape(-1, 4)
        self.owners, self.members, self.owns, own = np.ascontiguousarray(table.T)
        self.is_own: Truths = own.astype(bool)

    def _entries(self, row: int, read: Sequence[Word]) -> Iterable[tuple[int, int, int, int]]:
        """Row, word, word that it is a part of or itself, and which of the two."""
        ids = {word.fold: self._added(word) for word in read}
        parts: dict[str, list[int]] = {}
        for one, other, written in pairs(read):
            pair = self._vocabulary.joined(written)
            self._pairs[pair] = (ids[one.fold], ids[other.fold])
            parts.setdefault(one.fold, []).append(pair)
            parts.setdefault(other.fold, []).append(pair)
        for folded, known in ids.items():
            yield row, known, known, 1
            yield from ((row, pair, known, 0) for pair in parts.get(folded, ()))

    def _added(self, word: Word) -> int:
        known = self._known.get(word.form)
        if known is None:
            known = self._known[word.form] = self._vocabulary.add(word)
            self._roles[known] = word.role
        return known

    def weights(self) -> Shares:
        """Of each word: the rarer it is among the parties, the more; less where it is a usual one."""
        own = self.is_own
        held = distinct(self._parties[self.owners[own]] * len(self._vocabulary.folds) + self.members[own])
        counts = np.bincount(
            held % max(len(self._vocabulary.folds), 1), minlength=len(self._vocabulary.folds)
        )
        most = max(int(self._parties.max(initial=0)) + 1, _FEWEST)
        told = np.log((most + 1) / (self._with_meanings(counts) + 1)) / math.log(most + 1)
        return self._by_role(np.maximum(told, _LEAST)).astype(np.float32)

    def _with_meanings(self, counts: Ints) -> Ints:
        """A word that means what others mean is as frequent as all of them: technology, technologies."""
        together = counts.copy()
        for meaning, ids in self._vocabulary.meanings.items():
            if not meaning.startswith("NAME:"):
                held = np.fromiter(ids, np.int64)
                together[held] = np.maximum(together[held], counts[held].sum())
        return together

    def _by_role(self, told: Shares) -> Shares:
        for known, role in self._roles.items():
            usual = min(told[known] * _USUAL, _USUAL_MOST) if role == "usual" else told[known]
            told[known] = _FIXED.get(role, usual)
        for pair, (one, other) in self._pairs.items():
            if pair not in self._roles:
                told[pair] = told[one] + told[other]
        return told


def _codes(lists: Sequence[str], parties: Sequence[str]) -> Ints:
    known: dict[tuple[str, str], int] = {}
    pairs_ = zip(lists, parties, strict=True)
    return np.fromiter((known.setdefault(one, len(known)) for one in pairs_), np.int64)
