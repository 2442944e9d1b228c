"""Which listed names a name may be: those that share enough of its words, or words like them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from entrepot.screening.names.listed import Listed, pairs
from entrepot.screening.names.vocabulary import Ints, Neighbours, Shares, Truths, ranges
from entrepot.screening.names.words import Word

MOST: Final = 10  # listed names that one name is compared with word by word
_QUICKLY: Final = 100  # listed names that one name is held against at all
_TIES: Final = (
    2_000  # and with those that are as near as the last of them: a thousand namesakes are all shown
)
_TIED: Final = 1e-6
_SLACK: Final = 0.12  # the quick comparison may be this much stricter than the exact one
_TOGETHER: Final = 2_000_000  # postings that are looked through at one time
_INITIALS: Final = 0.7  # of the bound, for names with initials, which share few words
_LIKE: Final = 0.75  # from this likeness on a word that no list has is taken for the listed word
_MEANINGLESS: Final = {"legal", "stop"}


@dataclass(frozen=True, slots=True)
class _Units:
    """Words and pairs of words of some names, one row per name and unit."""

    distinct: list[Word]
    name: Ints
    unit: Ints
    is_own: Truths


def candidates(listed: Listed, asked: Sequence[Sequence[Word]], bound: float) -> Iterator[tuple[int, Ints]]:
    """Of each name that may be listed its place in `asked` and the rows of the listed names, best first."""
    if not len(listed.postings):
        return
    units = _units(asked)
    near = listed.vocabulary.neighbours(units.distinct)
    starts = np.searchsorted(near.asked, np.arange(len(units.distinct) + 1))
    weights = _weights(listed, units.distinct, near)
    totals = np.bincount(units.name[units.is_own], weights[units.unit[units.is_own]], minlength=len(asked))
    used = _telling(units, weights, totals, bound)
    bounds = np.where(_has_initials(asked), _INITIALS, 1) * (bound - _SLACK)
    for first, last in _portions(listed, near, starts, units, used):
        own = slice(*np.searchsorted(units.name, [first, last]))
        search = _Search(listed, near, starts, weights, units.name[own], units.unit[own], used[own])
        yield from _top(*search.scored(totals, bounds))


def _has_initials(asked: Sequence[Sequence[Word]]) -> Truths:
    return np.array([any(word.role == "initial" for word in read) for read in asked], bool)


def _units(asked: Sequence[Sequence[Word]]) -> _Units:
    places: dict[tuple[str, bool], int] = {}
    distinct: list[Word] = []
    rows: list[tuple[int, int, bool]] = []
    for place, read in enumerate(asked):
        for word, is_own in _told(read):
            unit = places.setdefault((word.form, is_own), len(distinct))
            if unit == len(distinct):
                distinct.append(word)
            rows.append((place, unit, is_own))
    table = np.array(rows, np.int64).reshape(-1, 3)
    return _Units(distinct, table[:, 0], table[:, 1], table[:, 2].astype(bool))


def _told(read: Sequence[Word]) -> Iterable[tuple[Word, bool]]:
    """Words of a name, without its legal form unless that is all there is; and neighbouring ones as one."""
    told = [word for word in read if word.role not in _MEANINGLESS] or list(read)
    yield from ((word, True) for word in told)
    for one, other, written in pairs(read):
        yield (
            Word(f"{one.form} {other.form}", one.text + other.text, written, "plain", frozenset(), ""),
            False,
        )


def _weights(listed: Listed, distinct: Sequence[Word], near: Neighbours) -> Shares:
    """How much each word tells; a misspelt one as much as the word it is like."""
    weights = np.array([listed.weight(word) for word in distinct], np.float32)
    close = near.likeness >= _LIKE
    lightest = np.ones(len(distinct), np.float32)
    np.minimum.at(lightest, near.asked[close], listed.weights[near.found[close]])
    plain = np.array(
        [word.role == "plain" and word.fold not in listed.vocabulary.ids for word in distinct], bool
    )
    return np.where(plain, np.minimum(weights, lightest), weights)


def _telling(units: _Units, weights: Shares, totals: Shares, bound: float) -> Truths:
    """Units by whose names to look: the lightest words, which alone could not reach the bound, are left."""
    order = np.lexsort((weights[units.unit], ~units.is_own, units.name))
    own = np.where(units.is_own, weights[units.unit], 0)[order]
    running = np.cumsum(own)
    before = np.r_[0, running][np.searchsorted(units.name, units.name)]
    least = totals[units.name] * (bound - _SLACK) / (2 - bound + _SLACK)
    told = np.empty(len(order), bool)
    told[order] = (running - before) >= least
    return told | ~units.is_own


def _portions(
    listed: Listed, near: Neighbours, starts: Ints, units: _Units, used: Truths
) -> Iterator[tuple[int, int]]:
    """Names from and to which the postings are looked through at one time."""
    sizes = np.r_[0, np.cumsum(listed.posting_starts[near.found + 1] - listed.posting_starts[near.found])]
    of_unit = sizes[starts[1:]] - sizes[starts[:-1]]
    names = int(units.name.max(initial=-1)) + 1
    running = np.cumsum(np.bincount(units.name, np.where(used, of_unit[units.unit], 0), minlength=names))
    first = 0
    while first < names:
        limit = (running[first - 1] if first else 0) + _TOGETHER
        last = max(first + 1, int(np.searchsorted(running, limit, side="right")))
        yield first, last
        first = last


@dataclass(frozen=True, slots=True)
class _Search:
    """Some names' units, held against the listed names."""

    listed: Listed
    near: Neighbours
    starts: Ints
    weights: Shares
    name: Ints
    unit: Ints
    used: Truths

    def scored(self, totals: Shares, bounds: Shares) -> tuple[Ints, Ints, Shares]:
        """Pairs of a name and a listed one whose shared weight is large enough, and how large."""
        names, rows = self._met(totals, bounds)
        met = self._shared(names, rows)
        score = 2 * met / (totals[names] + self.listed.totals[rows])
        kept = score >= bounds[names]
        return names[kept], rows[kept], score[kept]

    def _met(self, totals: Shares, bounds: Shares) -> tuple[Ints, Ints]:
        """Pairs that share a telling word and could reach the bound if all lighter words were met too."""
        name, found, likeness, weight = self._found(self.used)
        first, last = self.listed.posting_starts[found], self.listed.posting_starts[found + 1]
        many = self.listed.names.num_rows
        both = np.repeat(name * many, last - first) + self.listed.postings[ranges(first, last)]
        order = np.argsort(both, kind="stable")
        likely = likeness * np.maximum(weight, self.listed.weights[found])
        both, met = both[order], np.repeat(likely, last - first)[order]
        firsts = np.flatnonzero(np.r_[True, both[1:] != both[:-1]][: len(both)])
        if not len(firsts):
            return both, both
        names, rows = both[firsts] // many, both[firsts] % many
        most = np.add.reduceat(met, firsts) + self._lighter()[names]
        score = 2 * most / (totals[names] + self.listed.totals[rows])
        kept = score >= bounds[names]
        return _first(names[kept], rows[kept], score[kept])

    def _lighter(self) -> Shares:
        """What the words of each name weigh by which it is not looked for."""
        left = ~self.used
        return np.bincount(
            self.name[left], self.weights[self.unit[left]], minlength=int(self.name.max(initial=0)) + 1
        )

    def _shared(self, names: Ints, rows: Ints) -> Shares:
        """The weight of each listed name's words that have a counterpart."""
        name, found, likeness, _ = self._found(np.ones(len(self.name), bool))
        size = len(self.listed.vocabulary.folds)
        keys = name * size + found
        order = np.lexsort((likeness, keys))
        keys, likeness = keys[order], likeness[order]
        first, last = self.listed.starts[rows], self.listed.starts[rows + 1]
        places = ranges(first, last)
        wanted = np.repeat(names, last - first) * size + self.listed.members[places]
        at = np.searchsorted(keys, wanted, side="right") - 1  # of several the most alike
        met = np.where((at >= 0) & (keys[at] == wanted), likeness[at], 0)
        return self._summed(met, places, np.repeat(np.arange(len(rows)), last - first), len(rows))

    def _summed(self, met: Shares, places: Ints, pair: Ints, size: int) -> Shares:
        """Each word of a listed name once: by itself, or as part of a pair that met."""
        own = np.flatnonzero(self.listed.is_own[places])
        if not len(own):
            return np.zeros(size, np.float32)
        return np.bincount(
            pair[own], np.maximum.reduceat(met, own) * self.listed.shares[places[own]], minlength=size
        )

    def _found(self, chosen: Truths) -> tuple[Ints, Ints, Shares, Shares]:
        """Name, word of the vocabulary, likeness and weight of each word that a name's units may be."""
        unit = self.unit[chosen]
        first, last = self.starts[unit], self.starts[unit + 1]
        places, size = ranges(first, last), last - first
        name, weight = np.repeat(self.name[chosen], size), np.repeat(self.weights[unit], size)
        return name, self.near.found[places], self.near.likeness[places], weight


def _first(names: Ints, rows: Ints, score: Shares) -> tuple[Ints, Ints]:
    """Of each name the listed names with the highest scores."""
    crowded = np.bincount(names)[names] > _QUICKLY if len(names) else np.zeros(0, bool)
    few, many = np.flatnonzero(~crowded), np.flatnonzero(crowded)
    kept = np.concatenate([few, many[_highest(names[many], rows[many], score[many], _QUICKLY)]])
    return names[kept], rows[kept]


def _highest(names: Ints, rows: Ints, score: Shares, most: int) -> Ints:
    """Places of the highest scores of each name, name after name: so many, and those that tie with the last.

    Parties of one name are all shown: a person must not decide about ten of them and think that it is all.
    """
    order = np.lexsort((rows, -score, names))
    names, score = names[order], score[order]
    first = np.searchsorted(names, names)
    place = np.arange(len(names)) - first
    last = np.minimum(first + most, np.searchsorted(names, names, side="right")) - 1
    tied: Ints = order[(place < most) | ((score >= score[last] - _TIED) & (place < _TIES))]
    return tied


def _top(names: Ints, rows: Ints, score: Shares) -> Iterator[tuple[int, Ints]]:
    order = _highest(names, rows, score, MOST)
    names, rows = names[order], rows[order]
    firsts = np.flatnonzero(np.r_[True, names[1:] != names[:-1]][: len(names)])
    for first, ours in zip(firsts, np.split(rows, firsts[1:]), strict=False):
        yield int(names[first]), ours
