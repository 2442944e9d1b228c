"""One search: names in, the listed names they may be out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

from entrepot.screening.names.candidates import candidates
from entrepot.screening.names.listed import Listed
from entrepot.screening.names.scoring import Compared, compared
from entrepot.screening.names.words import Word, words

Asked: TypeAlias = tuple[str, str]
"""A name and its kind."""
Hit: TypeAlias = tuple[str, str, int, float, str]
"""Name and kind asked about, row of the listed name, score, why."""

_VESSELS: Final = {"vessel", "aircraft"}


def searched(listed: Listed, asked: Sequence[Asked], threshold: float) -> list[Hit]:
    """Every listed name that one of `asked` may be, the best one of each party."""
    read = [words(name, kind) for name, kind in asked]
    hits: list[Hit] = []
    for place, rows in candidates(listed, read, threshold):
        hits += _best(listed, asked[place], read[place], [int(row) for row in rows], threshold)
    return hits


def _best(
    listed: Listed, asked: Asked, read: tuple[Word, ...], rows: Sequence[int], threshold: float
) -> Iterator[Hit]:
    best: dict[tuple[str, str], Hit] = {}
    known: dict[tuple[Word, ...], Compared] = {}  # of namesakes one is compared
    for row in rows:
        if not _may_be(asked[1], listed.kinds[row]):
            continue
        party = listed.parties[row]
        told = listed.read[row]
        found = known.get(told) or known.setdefault(told, compared(read, told, listed.weight))
        if found.score >= threshold and (party not in best or found.score > best[party][3]):
            best[party] = (*asked, row, found.score, found.because)
    return iter(best.values())


def _may_be(asked: str, kind: str) -> bool:
    """A ship is no company; what is not known may be anything."""
    return "unknown" in {asked, kind} or (asked in _VESSELS) == (kind in _VESSELS)
