"""Where a screening takes lists of parties from: read anew, or kept by a process that screens again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from entrepot.screening.lists import files_behind, read_lists

if TYPE_CHECKING:
    from entrepot.model.party import PartyList
    from entrepot.screening.names import Index

Marks: TypeAlias = tuple[tuple[str, int, int], ...]
"""Files with their sizes and times of change."""


class Shelf:
    """Lists and the index of their names, made for each screening."""

    def lists(self, words: Sequence[str], store_folder: Path) -> list[PartyList]:
        """The lists that words name; see read_lists."""
        return read_lists(words, store_folder)

    @contextmanager
    def index(self, lists: Sequence[PartyList], threshold: float) -> Iterator[Index]:
        """What searches their names."""
        from entrepot.screening.names import Index

        with Index(lists, threshold=threshold) as index:
            yield index


class Kept(Shelf):
    """The same, kept for the next screening while no file behind the lists has changed.

    It starts no processes that search: who keeps lists is one of several already.
    """

    def __init__(self) -> None:
        self._key: tuple[tuple[str, ...], Marks] | None = None
        self._lists: list[PartyList] = []
        self._index: Index | None = None

    def lists(self, words: Sequence[str], store_folder: Path) -> list[PartyList]:
        """The lists that words name; see read_lists."""
        key = (tuple(words), marks(words, store_folder))  # before they are read: a later change is seen
        if key != self._key:
            self._lists, self._index = read_lists(words, store_folder), None
            self._key = key
        return self._lists

    @contextmanager
    def index(self, lists: Sequence[PartyList], threshold: float) -> Iterator[Index]:
        """What searches their names."""
        from entrepot.screening.names import Index

        if lists is not self._lists:
            with super().index(lists, threshold) as index:
                yield index
            return
        self._index = self._index or Index(lists, workers=1)
        yield self._index.at(threshold)


def marks(words: Sequence[str], store_folder: Path) -> Marks:
    """What tells whether lists are still as they were read: path, size and time of change of their files."""
    return tuple(sorted({mark for path in files_behind(words, store_folder) for mark in _mark(path)}))


def _mark(path: Path) -> Iterator[tuple[str, int, int]]:
    try:
        found = path.stat()
    except OSError:
        return  # gone meanwhile: reading says so
    yield str(path), found.st_size, found.st_mtime_ns
