"""All listed names as sorted arrays: which words each has, how much each word tells, which names have a word."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa

from entrepot.model.party import PartyList
from entrepot.screening.names.vocabulary import Ints, Shares, Vocabulary
from entrepot.screening.names.words import Role, Word, fold, words

_FEWEST: Final = 10_000  # lists are taken as no shorter: a list of three would say that no word is usual
_FIXED: Final[dict[Role, float]] = {"legal": 0.03, "stop": 0.03, "initial": 0.15, "number": 0.5}
_USUAL: Final = 0.6  # what technology or trading weighs of a plain word that is as frequent
_LEAST: Final = 0.05
_MEANINGLESS: Final = {"legal", "stop"}


@dataclass(frozen=True, slots=True)
class Listed:
    """The names of all lists, made for searching.

    Attributes:
        names: One row per name: name, list, party, kind, name_kind.
        vocabulary: Their words.
        weights: Of each word of the vocabulary how much it tells, 0 to 1: rare words more.
        starts: Where the words of each name start in `members`, and where the last one's end.
        members: Words of the names, one name after the other, pairs written as one included.
        shares: What each of them adds to the weight of its name that is met.
        totals: The weight of each name.
        posting_starts: Where the names of each word start in `postings`.
        postings: Names that have a word, one word after the other.
    """

    names: pa.Table
    vocabulary: Vocabulary
    weights: Shares
    starts: Ints
    members: Ints
    shares: Shares
    totals: Shares
    posting_starts: Ints
    postings: Ints

    def weight(self, word: Word) -> float:
        """How much a word tells; one that no list has tells most."""
        known = self.vocabulary.ids.get(word.fold)
        return float(self.weights[known]) if known is not None else _FIXED.get(word.role, 1.0)


def listed(lists: Sequence[PartyList]) -> Listed:
    """The lists' names, read word by word."""
    names = _names(lists)
    vocabulary = Vocabulary()
    read = _Read(vocabulary, names)
    vocabulary.close()
    weights = read.weights()
    shares = np.where(read.second >= 0, weights[read.first] + weights[read.second], weights[read.first])
    own = read.second < 0
    totals = np.bincount(read.owners[own], shares[own], minlength=names.num_rows)
    order = np.argsort(read.members, kind="stable")
    return Listed(
        names=names,
        vocabulary=vocabulary,
        weights=weights,
        starts=np.searchsorted(read.owners, np.arange(names.num_rows + 1)),
        members=read.members,
        shares=shares.astype(np.float32),
        totals=totals.astype(np.float32),
        posting_starts=np.searchsorted(read.members[order], np.arange(len(vocabulary.folds) + 1)),
        postings=read.owners[order],
    )


def pairs(read: Sequence[Word]) -> Iterator[tuple[Word, Word, str]]:
    """Neighbouring words and how they fold written as one; no legal forms, and no two usual words."""
    told = [word for word in read if word.role not in _MEANINGLESS]
    for one, other in itertools.pairwise(told):
        if "plain" in {one.role, other.role} or "initial" in {one.role, other.role}:
            yield one, other, fold(one.text + other.text)


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
        self._parties = _codes(names["list"].to_pylist(), names["party"].to_pylist())
        told = zip(names["name"].to_pylist(), names["kind"].to_pylist(), strict=True)
        rows = (entry for row, (name, kind) in enumerate(told) for entry in self._entries(row, words(name, kind)))
        table = np.fromiter(rows, np.dtype((np.int64, 4))).reshape(-1, 4)
        self.owners, self.members, self.first, self.second = np.ascontiguousarray(table.T)

    def _entries(self, row: int, read: Sequence[Word]) -> Iterable[tuple[int, int, int, int]]:
        ids = {word.fold: self._vocabulary.add(word) for word in read}
        self._roles.update((ids[word.fold], word.role) for word in read)
        for known in ids.values():
            yield row, known, known, -1
        for one, other, written in pairs(read):
            yield row, self._vocabulary.joined(written), ids[one.fold], ids[other.fold]

    def weights(self) -> Shares:
        """Of each word: the rarer it is among the parties, the more; less where it is a usual one."""
        own = self.second < 0
        held = np.unique(self._parties[self.owners[own]] * len(self._vocabulary.folds) + self.first[own])
        counts = np.bincount(held % max(len(self._vocabulary.folds), 1), minlength=len(self._vocabulary.folds))
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
            told[known] = _FIXED.get(role, told[known] * (_USUAL if role == "usual" else 1))
        return told


def _codes(lists: Sequence[str], parties: Sequence[str]) -> Ints:
    known: dict[tuple[str, str], int] = {}
    pairs_ = zip(lists, parties, strict=True)
    return np.fromiter((known.setdefault(one, len(known)) for one in pairs_), np.int64)
