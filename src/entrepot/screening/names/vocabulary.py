"""The words of all listed names, and which of them a word that is looked for may be."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from entrepot.screening.names.words import Word

Ints: TypeAlias = npt.NDArray[Any]  # numpy's stubs tell too little of sums and sorts to be held to a size
Hashes: TypeAlias = npt.NDArray[Any]
Shares: TypeAlias = npt.NDArray[Any]
Truths: TypeAlias = npt.NDArray[Any]

ONE_EDIT: Final = 5  # letters from which a word may differ in one, and below which it may not differ
TWO_EDITS: Final = 8  # letters from which it may differ in two
MEANT: Final = 0.95  # likeness of two words of one meaning
NAMED: Final = 0.9  # likeness of two forms of one person's name
VOWELLED: Final = 0.9  # likeness of a word in Arabic letters and one with its vowels
SOUNDS: Final = 0.7  # likeness of two words that sound alike, at the least
_PREFIX: Final = 8  # letters of a longer word whose deletions are held
_SOUND: Final = 3  # consonants that a sound takes to be told from others
_ALIKE: Final = 0.5  # words that sound alike are spelled so much alike, or it is chance
_PER_EDIT: Final = 1.5
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyzC0123456789"
_PRIME: Final = np.uint64(1_099_511_628_211)


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Which words of the vocabulary the words asked about may be: place of the word asked, id, likeness."""

    asked: Ints
    found: Ints
    likeness: Shares


@dataclass(frozen=True, slots=True)
class Spellings:
    """Words as arrays: each as text, how long it is, and which letters it has, a bit each."""

    texts: Any
    sizes: Ints
    letters: Hashes

    @classmethod
    def of(cls, folds: Sequence[str]) -> Spellings:
        """The words in their order."""
        texts = np.empty(len(folds), object)
        texts[:] = folds
        bits = {letter: 1 << place for place, letter in enumerate(_LETTERS)}
        letters = [sum(bits.get(one, 0) for one in set(fold)) for fold in folds]
        sizes = np.fromiter(map(len, folds), np.int64, len(folds))
        return cls(texts, sizes, np.array(letters, np.uint64))


@dataclass(slots=True)
class Vocabulary:
    """Distinct folded words; each has an id, its place in `folds`.

    Attributes:
        folds: The words.
        ids: Of each word its id.
        meanings: Ids of the words that have a meaning.
        sounds: Ids of the words that sound so.
        bones: Ids of the words that have these consonants.
        arabic: Ids of the words that some name has in Arabic letters.
    """

    folds: list[str] = field(default_factory=list)
    ids: dict[str, int] = field(default_factory=dict)
    meanings: dict[str, Collection[int]] = field(default_factory=dict)
    sounds: dict[str, Collection[int]] = field(default_factory=dict)
    bones: dict[str, Collection[int]] = field(default_factory=dict)
    arabic: set[int] = field(default_factory=set)
    _spelled: set[int] = field(default_factory=set)
    _spellings: Spellings = field(default_factory=lambda: Spellings.of([]))
    _keys: Hashes = field(default_factory=lambda: np.empty(0, np.uint64))
    _owners: Ints = field(default_factory=lambda: np.empty(0, np.int64))

    def add(self, word: Word) -> int:
        """The word's id; held from now on."""
        found = self.joined(word.fold)
        if word.role not in {"number", "initial"}:
            self._spelled.add(found)
        for meaning in word.meanings:
            _put(self.meanings, meaning, found)
        if len(word.sound) >= _SOUND:
            _put(self.sounds, word.sound, found)
        if len(word.bones) >= _SOUND:
            _put(self.bones, word.bones, found)
        if word.script == "arabic":
            self.arabic.add(found)
        return found

    def joined(self, folded: str) -> int:
        """The id of a word that is found only as it is: two neighbouring words written as one."""
        found = self.ids.setdefault(folded, len(self.folds))
        if found == len(self.folds):
            self.folds.append(folded)
        return found

    def close(self) -> None:
        """Make the table of spellings, after the last word was added."""
        own = sorted(self._spelled)
        self._spellings = Spellings.of(self.folds)
        keys, places = _deletions([self.folds[one] for one in own])
        order = np.argsort(keys, kind="stable")
        self._keys, self._owners = keys[order], np.asarray(own, np.int64)[places[order]]
        self._spelled = set()
        for held in (
            self.meanings,
            self.sounds,
            self.bones,
        ):  # tuples of numbers cost the garbage collector nothing
            held.update((key, tuple(sorted(ids))) for key, ids in held.items())

    def neighbours(self, asked: Sequence[Word]) -> Neighbours:
        """The words of the vocabulary that each of `asked` may be, and how alike they are (0 to 1)."""
        known = list(self._known(asked))
        spelled = self._spelled_alike([word.fold for word in asked])
        told = np.array(known, dtype=np.float64).reshape(-1, 3)
        return _best(
            np.concatenate([told[:, 0].astype(np.int64), spelled.asked]),
            np.concatenate([told[:, 1].astype(np.int64), spelled.found]),
            np.concatenate([told[:, 2].astype(np.float32), spelled.likeness]),
        )

    def _known(self, asked: Iterable[Word]) -> Iterable[tuple[int, int, float]]:
        """The same words, and those that mean the same or sound the same."""
        for place, word in enumerate(asked):
            if (same := self.ids.get(word.fold)) is not None:
                yield place, same, 1.0
            for meaning in word.meanings:
                likeness = NAMED if meaning.startswith("NAME:") else MEANT
                yield from ((place, one, likeness) for one in self.meanings.get(meaning, ()))
            yield from self._sounding(place, word)

    def _sounding(self, place: int, word: Word) -> Iterable[tuple[int, int, float]]:
        from rapidfuzz.distance import OSA

        for one in self.bones.get(word.bones, ()):
            if word.script == "arabic" or one in self.arabic:
                yield place, one, VOWELLED
        if len(word.sound) >= _SOUND:
            for one in self.sounds.get(word.sound, ()):
                if OSA.normalized_similarity(word.fold, self.folds[one]) >= _ALIKE:
                    yield place, one, SOUNDS

    def _spelled_alike(self, folds: Sequence[str]) -> Neighbours:
        """Words that differ in a letter or two, by the letters that both may have lost."""
        keys, places = _deletions(folds)
        first, last = np.searchsorted(self._keys, keys), np.searchsorted(self._keys, keys, side="right")
        asked, found = np.repeat(places, last - first), self._owners[ranges(first, last)]
        pairs = distinct(asked * len(self.folds) + found)
        asked, found = pairs // max(len(self.folds), 1), pairs % max(len(self.folds), 1)
        likeness = likeness_of(Spellings.of(folds), asked, self._spellings, found)
        kept = likeness > 0
        return Neighbours(asked[kept], found[kept], likeness[kept])


def _put(held: dict[str, Collection[int]], key: str, found: int) -> None:
    ids = held.setdefault(key, set())
    if isinstance(ids, set):
        ids.add(found)


def likeness_of(left: Spellings, ours: Ints, right: Spellings, theirs: Ints) -> Shares:
    """How alike two words are spelled, pair by pair; 0 where they differ in more letters than they may.

    ours, theirs: the places of the words of each pair. An edit changes a length by one at most, and two
    letters: most pairs that share a deletion are told apart by that alone.
    """
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import cpdist

    sizes = left.sizes[ours], right.sizes[theirs]
    shorter, longer = np.minimum(*sizes), np.maximum(*sizes)
    allowed = (shorter >= ONE_EDIT).astype(np.int64) + (shorter >= TWO_EDITS)
    changed = np.bitwise_count(left.letters[ours] ^ right.letters[theirs])
    near = np.flatnonzero((longer - shorter <= allowed) & (changed <= 2 * allowed))
    likeness = np.zeros(len(ours), np.float32)
    if not len(near):
        return likeness
    pairs = left.texts[ours[near]].tolist(), right.texts[theirs[near]].tolist()
    edits = cpdist(*pairs, scorer=OSA.distance, score_cutoff=2, dtype=np.int32)
    alike = 1 - _PER_EDIT * edits / longer[near]
    likeness[near] = np.where(edits <= allowed[near], alike, 0)
    return likeness


def distinct(numbers: Ints) -> Ints:
    """Each number once, in order; np.unique takes ten times as long."""
    ordered: Ints = np.sort(numbers)
    once: Ints = ordered[np.r_[True, ordered[1:] != ordered[:-1]][: len(ordered)]]
    return once


def ranges(first: Ints, last: Ints) -> Ints:
    """The whole numbers from each first to before its last, one after the other."""
    sizes = last - first
    ends = np.cumsum(sizes)
    told: Ints = np.arange(int(ends[-1]) if len(ends) else 0) + np.repeat(first - ends + sizes, sizes)
    return told


def _best(asked: Ints, found: Ints, likeness: Shares) -> Neighbours:
    """Of several ways in which two words are alike the best."""
    order = np.lexsort((-likeness, found, asked))
    asked, found, likeness = asked[order], found[order], likeness[order]
    again = np.r_[False, (asked[1:] == asked[:-1]) & (found[1:] == found[:-1])][: len(asked)]
    return Neighbours(asked[~again], found[~again], likeness[~again])


def _deletions(folds: Sequence[str]) -> tuple[Hashes, Ints]:
    """Hashes of each word without none, one or two of its letters, and the place of the word of each."""
    sizes = np.array([min(len(one), _PREFIX) for one in folds], np.int64)
    keys: list[Any] = [np.empty(0, np.uint64)]
    places: list[Any] = [np.empty(0, np.int64)]
    for size in range(ONE_EDIT, _PREFIX + 1):
        own = np.flatnonzero(sizes == size)
        letters = _letters([folds[int(one)] for one in own], size)
        for kept in _kept(size):
            keys.append(_hashed(letters, kept))
            places.append(own)
    return np.concatenate(keys), np.concatenate(places)


def _kept(size: int) -> Iterable[tuple[int, ...]]:
    edits = 2 if size >= TWO_EDITS else 1
    return (kept for gone in range(edits + 1) for kept in combinations(range(size), size - gone))


def _letters(folds: Sequence[str], size: int) -> Any:
    cut = "".join(one[:size] for one in folds).encode("ascii", "replace")
    return np.frombuffer(cut, np.uint8).reshape(-1, size).astype(np.uint64)


def _hashed(letters: Any, kept: tuple[int, ...]) -> Hashes:
    hashed = np.full(len(letters), np.uint64(14_695_981_039_346_656_037))
    for column in kept:
        hashed = (hashed ^ letters[:, column]) * _PRIME
    return hashed
