"""Two names held against each other word by word: how alike they are, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from entrepot.screening.names.vocabulary import MEANT, NAMED, SOUNDS, VOWELLED
from entrepot.screening.names.words import ARTICLES, Word

SAME: Final = 1.0
MOST_ALIKE: Final = 0.99  # what two names get at most that are not the same
_WRITTEN: Final = 0.97  # one word in two transliterations
_INITIAL: Final = 0.7  # a letter that a name begins with
_INITIAL_TELLS: Final = 0.5  # of what the whole name would tell
_LEAST: Final = 0.55  # words less alike than this have nothing to do with each other
_NUMBERS: Final = 0.7  # what is left where each name has a number that the other has not
_HAN: Final = 0.85  # of likeness, where one side is Chinese: another syllable is another word, seldom a slip
_SOUND: Final = 3
_SHORT: Final = 5  # a shorter word is not taken for one that is merely spelled alike
_LIGHT: Final = {"legal", "stop"}

Weight = Callable[[Word], float]


@dataclass(frozen=True, slots=True)
class Met:
    """Words of both names that are counterparts, how alike (0 to 1), and in which way."""

    left: tuple[Word, ...]
    right: tuple[Word, ...]
    likeness: float
    way: str

    def __str__(self) -> str:
        left, right = _said(self.left), _said(self.right)
        return f"{left} = {right}" if self.way == "same" else f"{left} ~ {right} ({self.way})"


@dataclass(slots=True)
class Compared:
    """What came of it: words that met, words left over on either side, and the score from 0 to 1.

    is_strict: one of the names has one word of its own: if that is short it is written in one way only.
    """

    met: list[Met] = field(default_factory=list)
    left: list[Word] = field(default_factory=list)
    right: list[Word] = field(default_factory=list)
    is_strict: bool = False
    score: float = 0.0

    @property
    def because(self) -> str:
        """In words: which met and how, what is left over of the name asked about, what of the listed one."""
        said = [str(one) for one in self.met if not _is_light(one.left)]
        said += [f"only here: {_said(self.left)}"] if self.left else []
        said += [f"only on the list: {_said(self.right)}"] if self.right else []
        return "; ".join(said)


def compared(asked: Sequence[Word], listed: Sequence[Word], weight: Weight) -> Compared:
    """The name asked about against a listed one. `weight`: how much a word tells.

    The score is the share of the weight of all words, of both names, that has a counterpart in the other,
    each counterpart counted by how alike it is. Words in another order are as good as words in the same.
    1 is for names of the same words only.
    """
    is_strict = any(sum(word.role == "plain" for word in one) == 1 for one in (asked, listed))
    found = Compared(left=list(asked), right=list(listed), is_strict=is_strict)
    for way, alike in _WAYS:
        if found.left and found.right:
            _take(found, way, alike)
    found.met += _residue(found)
    found.score = _score(found, weight)
    return found


def _same(left: Word, right: Word) -> float:
    return SAME if left.text == right.text else 0


def _written(left: Word, right: Word) -> float:
    if left.fold == right.fold:
        return _WRITTEN
    arabic = "arabic" in {left.script, right.script} and len(left.bones) >= _SOUND
    return VOWELLED if arabic and left.bones == right.bones else 0


def _meant(left: Word, right: Word) -> float:
    shared = left.meanings & right.meanings
    return MEANT if any(not one.startswith("NAME:") for one in shared) else 0


def _named(left: Word, right: Word) -> float:
    return NAMED if left.meanings & right.meanings else 0


def _abbreviated(left: Word, right: Word) -> float:
    short, whole = sorted((left, right), key=lambda word: len(word.text))
    starts = (
        short.role == "initial" and whole.role in {"plain", "initial"} and whole.text.startswith(short.text)
    )
    return _INITIAL if starts else 0


_WAYS: Final = (
    ("same", _same),
    ("written another way", _written),
    ("means the same", _meant),
    ("a form of the same name", _named),
    ("an initial", _abbreviated),
)


def _take(found: Compared, way: str, alike: Callable[[Word, Word], float]) -> None:
    """Move the words that are alike in this way from what is left to what met."""
    for left in tuple(found.left):
        for place, right in enumerate(found.right):
            likeness = alike(left, right)
            if likeness and (likeness == SAME or _may_differ(found, (left,), (right,))):
                found.met.append(Met((left,), (right,), likeness, way))
                found.left.remove(left)
                del found.right[place]
                break


def _residue(found: Compared) -> Iterator[Met]:
    """Words spelled alike, joined or split, of those that are left."""
    left, right = _spellable(found.left), _spellable(found.right)
    if not left or not right:
        return
    from rigour.names import NamePart, compare_parts

    ours, theirs = (
        [NamePart(word.fold, place, phonetics=False) for place, word in enumerate(one)]
        for one in (left, right)
    )
    for pair in compare_parts(ours, theirs):
        if pair.qps and pair.rps:
            ours_met = tuple(left[one.index] for one in pair.qps)
            theirs_met = tuple(right[one.index] for one in pair.rps)
            yield from _judged(found, ours_met, theirs_met, pair.score)
    yield from _sounding(found)


def _spellable(rest: Sequence[Word]) -> list[Word]:
    return [word for word in rest if word.role not in {"number", "legal", "stop"} or word.text in ARTICLES]


def _judged(found: Compared, left: tuple[Word, ...], right: tuple[Word, ...], score: float) -> Iterator[Met]:
    """Words that met by spelling, if they are long enough and alike enough."""
    ours, theirs = ("".join(word.fold for word in one) for one in (left, right))
    is_short = min(len(ours), len(theirs)) < _SHORT
    if ours != theirs and (is_short or score < _LEAST):
        return
    if not _may_differ(found, left, right):
        return
    if any(word not in found.left for word in left) or any(word not in found.right for word in right):
        return
    _strike(found, left, right)
    way = "spelled alike" if len(left) == len(right) else "written apart or together"
    known = _HAN if any(word.script == "han" for word in (*left, *right)) else 1
    yield Met(left, right, _WRITTEN if ours == theirs else min(score * known, _WRITTEN), way)


def _sounding(found: Compared) -> Iterator[Met]:
    for left in _spellable(found.left):
        for right in _spellable(found.right):
            may = left in found.left and right in found.right and _may_differ(found, (left,), (right,))
            if may and _sounds_alike(left, right):
                _strike(found, (left,), (right,))
                yield Met((left,), (right,), SOUNDS, "sounds alike")


def _sounds_alike(left: Word, right: Word) -> bool:
    from rapidfuzz.distance import OSA

    same = len(left.sound) >= _SOUND and left.sound == right.sound
    return same and OSA.normalized_similarity(left.fold, right.fold) >= 0.5


def _may_differ(found: Compared, left: tuple[Word, ...], right: tuple[Word, ...]) -> bool:
    """LKQ is not LKK: what alone tells one party from another, and is short, is the same or is not."""
    if not found.is_strict:
        return True
    is_latin = all(word.script == "latin" and word.role == "plain" for word in (*left, *right))
    return not is_latin or min(sum(len(word.text) for word in one) for one in (left, right)) >= _SHORT


def _strike(found: Compared, left: tuple[Word, ...], right: tuple[Word, ...]) -> None:
    for word in left:
        found.left.remove(word)
    for word in right:
        found.right.remove(word)


def _score(found: Compared, weight: Weight) -> float:
    """The share of the weight that met; a pair weighs on both sides what its listed words weigh."""
    if not found.left and not found.right and all(one.way == "same" for one in found.met):
        return SAME
    met = whole = 0.0
    for one in found.met:
        tells = sum(map(weight, one.right)) * (_INITIAL_TELLS if one.way == "an initial" else 1)
        met, whole = met + 2 * tells * one.likeness, whole + 2 * tells
    whole += sum(map(weight, found.left)) + sum(map(weight, found.right))
    score = met / whole if whole else 0.0
    return round(min(score * _numbers(found), MOST_ALIKE), 4)


def _numbers(found: Compared) -> float:
    """Plant No. 5 is not Plant No. 7."""
    left, right = (
        {word.text for word in rest if word.role == "number"} for rest in (found.left, found.right)
    )
    return _NUMBERS if left and right else 1.0


def _said(told: Sequence[Word]) -> str:
    return " ".join(word.form for word in told)


def _is_light(told: Sequence[Word]) -> bool:
    return all(word.role in _LIGHT for word in told)
