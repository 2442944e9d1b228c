"""Which lists a shipment's parties are held against: files of the user's, and what was fetched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import takewhile
from pathlib import Path
from typing import Final

from entrepot.errors import NoDataError, ReadError, UsageError
from entrepot.fetching.journal import Journal, Record
from entrepot.model.party import PartyList
from entrepot.sources._answer import digest
from entrepot.sources._parties import SUFFIXES, Told, read_party_list, recognise

HELD: Final = "held"
_FETCHED: Final = ("ofac", "opensanctions")
_PARTS: Final = {
    "SDN.CSV": ("ADD.CSV", "ALT.CSV"),
    "CONS_PRIM.CSV": ("CONS_ADD.CSV", "CONS_ALT.CSV"),
}


@dataclass(frozen=True)
class _Wanted:
    """A file to read, what is known of it, and what must be said beside it."""

    path: Path
    told: Told | None = None
    notes: tuple[str, ...] = ()


def read_lists(words: Sequence[str], store_folder: Path) -> list[PartyList]:
    """The lists that words name: a file, a folder (all lists in it), or `held` (the newest that was fetched).

    A file that two words lead to is read once; two lists of one name get the start of their SHA-256 to it.

    Raises:
        UsageError: A word is neither a file nor a folder nor `held`.
        ReadError: A file is no list of parties, or is damaged.
        NoDataError: Nothing is held, or a folder has no list.
    """
    wanted: dict[Path, _Wanted] = {}
    for one in (one for word in words for one in _wanted(word, store_folder)):
        wanted.setdefault(one.path.resolve(), one)
    known = _records_by_digest(store_folder)
    found: dict[str, PartyList] = {}
    for one in wanted.values():
        told = one.told or _known(one.path, known)
        read = _noted(read_party_list(one.path, told), one.notes)
        found.setdefault(read.sha256, read)
    return _told_apart(list(found.values()))


def is_any_held(store_folder: Path) -> bool:
    """Whether a list of parties was fetched into the store."""
    journals = (Journal(store_folder, source) for source in _FETCHED)
    return any(one.state == "kept" and _is_of_parties(one) for each in journals for one in each.records())


def files_behind(words: Sequence[str], store_folder: Path) -> Iterator[Path]:
    """Every file that may change what `read_lists` reads of these words: theirs, those beside, records."""
    for word in words:
        path = Path(word)
        yield from (path if path.is_dir() else path.parent).glob("*") if path.exists() else ()
    for source in _FETCHED:
        yield from Journal(store_folder, source).base.rglob("*")


def _wanted(word: str, store_folder: Path) -> Iterator[_Wanted]:
    path = Path(word)
    if word == HELD and not path.exists():
        yield from _held(store_folder)
    elif path.is_dir():
        yield from _in_folder(path)
    elif path.is_file():
        yield _Wanted(path)
    else:
        raise UsageError(f"{word!r} is no file and no folder. Name one, or '{HELD}' for what was fetched.")


# ---------------------------------------------------------------- a folder
def _in_folder(folder: Path) -> Iterator[_Wanted]:
    """All lists of a folder; a file of a list's kind that is none stops, others are told of."""
    files = sorted(one for one in folder.iterdir() if one.is_file() and not one.name.startswith("."))
    lists = [one for one in files if one.suffix.lower() in SUFFIXES and _is_list(one, files)]
    if not lists:
        raise NoDataError(f"the folder {folder} has no list of parties ({', '.join(SUFFIXES)}).")
    others = [one.name for one in files if one.suffix.lower() not in SUFFIXES]
    note = f"not read, of the folder {folder.name}: {', '.join(others)[:200]}."
    for place, one in enumerate(lists):
        yield _Wanted(one, notes=(note,) if others and place == 0 else ())


def _is_list(path: Path, files: Sequence[Path]) -> bool:
    """Whether a file is one of its own. Raises ReadError for a part whose list is absent."""
    _, form, start = recognise(path)
    whole = form.part_of(start)
    if whole and whole not in {one.name.upper() for one in files}:
        raise ReadError(path.name, f"belongs to {whole}, which is not beside it.", todo=f"Add {whole}.")
    return not whole


# ---------------------------------------------------------------- what was fetched
def _held(store_folder: Path) -> Iterator[_Wanted]:
    found = [one for source in _FETCHED for one in _newest(Journal(store_folder, source))]
    if not found:
        raise NoDataError(
            "no list of parties is held. Fetch one (entrepot fetch ofac, entrepot fetch opensanctions), "
            "or name a file."
        )
    yield from found


def _newest(journal: Journal) -> Iterator[_Wanted]:
    """Of each list the newest edition that is there as it came; newer ones that are not are told of."""
    kept = sorted((one for one in journal.records() if one.state == "kept"), key=_age, reverse=True)
    for file in dict.fromkeys(one.ask.file for one in kept if _is_of_parties(one)):
        editions = [one for one in kept if one.ask.file == file]
        lost = list(takewhile(lambda one: not _is_whole(journal, one), editions))
        if len(lost) == len(editions):
            raise NoDataError(f"{lost[0].ask.label} is no longer as it was fetched. Fetch it again.")
        first = editions[len(lost)]
        told = replace(_told(first), beside=_parts(journal, first, kept))
        yield _Wanted(journal.base / first.file, told, tuple(map(_lost, lost)))


def _is_of_parties(record: Record) -> bool:
    return record.ask.source != "ofac" or record.ask.file in _PARTS


def _parts(journal: Journal, record: Record, kept: Sequence[Record]) -> dict[str, Path]:
    """The files that belong to a list. Raises NoDataError where one is not there as it came."""
    held = {one.ask.file: one for one in kept}
    for part in (parts := _PARTS.get(record.ask.file, ())):
        if part not in held or not _is_whole(journal, held[part]):
            raise NoDataError(
                f"{part}, which belongs to {record.ask.file}, is not held whole. Fetch it again."
            )
    return {part: journal.base / held[part].file for part in parts}


def _age(record: Record) -> tuple[str, str]:
    return (record.published, record.retrieved)


def _is_whole(journal: Journal, record: Record) -> bool:
    path = journal.base / record.file
    return path.is_file() and digest(path) == record.sha256


def _lost(record: Record) -> str:
    edition = record.edition or record.ask.version or record.published
    return f"the edition {edition} is newer, and its file is gone or changed: fetch it again."


def _told(record: Record) -> Told:
    published = date.fromisoformat(record.published[:10]) if record.published else None
    return Told(record.edition or record.ask.version, published)


def _records_by_digest(store_folder: Path) -> dict[str, Record]:
    """What is known of files that were fetched, wherever a user has put them since."""
    journals = (Journal(store_folder, source) for source in _FETCHED)
    return {one.sha256: one for journal in journals for one in journal.records() if one.sha256}


def _known(path: Path, known: dict[str, Record]) -> Told | None:
    record = known.get(digest(path)) if known else None
    return _told(record) if record else None


# ---------------------------------------------------------------- what was read
def _noted(read: PartyList, notes: tuple[str, ...]) -> PartyList:
    return replace(read, warnings=(*(f"{read.name}: {note}" for note in notes), *read.warnings))


def _told_apart(lists: list[PartyList]) -> list[PartyList]:
    names = [one.name for one in lists]
    return [_renamed(one) if names.count(one.name) > 1 else one for one in lists]


def _renamed(one: PartyList) -> PartyList:
    """Under a name with the start of its fingerprint."""
    import pyarrow as pa

    name = f"{one.name}@{one.sha256[:8]}"

    def named(table: pa.Table) -> pa.Table:
        place = table.column_names.index("list")
        return table.set_column(place, "list", pa.array([name] * table.num_rows, pa.string()))

    return replace(one, name=name, parties=named(one.parties), names=named(one.names))
