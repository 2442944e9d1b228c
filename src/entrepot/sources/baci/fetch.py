"""Asks CEPII for BACI: one archive an HS edition and version, of which the years ordered are stored.

The archive holds all years, so its address says none. Years ordered later are taken from the archive kept.
Facts of the interface: www.cepii.fr/DATA_DOWNLOAD/baci/doc/baci_webpage.html
"""

from __future__ import annotations

import re
import shutil
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Final

from entrepot.errors import UsageError
from entrepot.sources._ask import Ask, Asks, BadAnswerError, Outcome, Publisher, Whole, Words
from entrepot.sources._order import one_of, window, years
from entrepot.sources.baci.read import EDITIONS, published

LARGEST: Final = 4 << 30
"""Bytes of a year unpacked; the largest have about 4e8."""
_CHUNK: Final = 1 << 20
_PACKINGS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # others may unpack to gigabytes in one piece
_DAMAGES: Final = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)
_REVISIONS: Final = tuple(f"HS{short}" for short in EDITIONS)
_VERSION: Final = re.compile(r"[Vv]?(\d{6}[a-z]?)")


class Baci(Publisher):
    """CEPII's folder of BACI."""

    source = "baci"
    base = "https://www.cepii.fr/DATA_DOWNLOAD/baci"
    most_bytes = 8 << 30
    terms = "Free, naming CEPII as the source (Etalab 2.0)."

    def about(self, words: Words, today: date, *, keyed: bool) -> Sequence[Ask]:
        """The page that names the current version; nothing where the user names one."""
        _years(words, today)
        if _version(words):
            return ()
        return [Ask(self.source, "doc/baci_webpage.html", "baci_webpage.html", "versions")]

    def asks(
        self, words: Words, today: date, told: Sequence[Path], done: Sequence[Ask], *, keyed: bool
    ) -> Asks:
        """One archive: for the years ordered, and those taken from it before."""
        revision = _revision(words)
        version = _version(words) or _newest(told[0], revision)
        name = f"BACI_{revision}_V{version}.zip"
        url, years = f"data/{name}", _years(words, today)
        for ask in done:
            if ask.url == url:
                years = _both(years, ask.axes["year"])
        axes = {"revision": (revision,), "version": (version,), "year": years}
        day = published(name)
        return Asks(
            (
                Ask(
                    self.source,
                    url,
                    name,
                    f"BACI {revision} {version}, {_said(years)}",
                    published=min(day, today) if day else None,  # the name says the month only
                    version=version,
                    axes=axes,
                    is_large=True,
                ),
            )
        )

    def judge(self, ask: Ask, path: Path, content_type: str) -> Outcome:
        """An archive is whole if the years ordered can be read to their end; a page if it names versions."""
        if not ask.is_large:
            _links(path)
            return Whole()
        try:
            with zipfile.ZipFile(path) as archive:
                held = _held(ask, archive)
                for year in _wanted(ask, held):
                    _read_through(archive, held[year])
        except _DAMAGES as error:
            raise BadAnswerError(f"no whole archive ({str(error)[:80]})") from None
        lacking = [year for year in ask.axes["year"] if year not in held]
        note = f"it has {_said(tuple(held))}, and not {', '.join(lacking)}" if lacking else ""
        return Whole(note=note, rows=None if _wanted(ask, held) else 0)

    def files(self, ask: Ask, path: Path, scratch: Path) -> Iterator[Path]:
        """The years ordered, one after the other: no two are on the disk at once."""
        with zipfile.ZipFile(path) as archive:
            held = _held(ask, archive)
            for year in _wanted(ask, held):
                target = scratch / held[year].filename
                with archive.open(held[year]) as packed, target.open("wb") as out:
                    shutil.copyfileobj(packed, out, _CHUNK)
                yield target
                target.unlink()


def _revision(words: Words) -> str:
    return one_of(words, "revision", _REVISIONS, "HS22")


def _version(words: Words) -> str:
    """The version ordered; none: the current one. Raises UsageError."""
    text = words.get("version", "").strip()
    if not text:
        return ""
    if not (found := _VERSION.fullmatch(text)):
        raise UsageError(f"version {text!r} is not one of BACI's: write 202601, or 202401b.")
    return found[1]


def _years(words: Words, today: date) -> tuple[str, ...]:
    """The years ordered; none: all there are. Raises UsageError."""
    revision = _revision(words)
    if not words.get("period", "").strip():
        return ()
    span, begins = window(words, today), EDITIONS[revision.removeprefix("HS")]
    if span.last.year < int(begins.removeprefix("HS")):
        raise UsageError(
            f"{revision} has no year before {begins.removeprefix('HS')}: order an older edition."
        )
    return years(span)


def _both(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    """The years of both; none named: all."""
    return tuple(sorted({*one, *other})) if one and other else ()


def _said(years: tuple[str, ...]) -> str:
    if not years:
        return "all years"
    return min(years) if len(years) == 1 else f"{min(years)} to {max(years)}"


def _links(page: Path) -> list[tuple[str, str]]:
    """Editions and versions a page leads to. Raises BadAnswerError for one that names none."""
    text = page.read_text(encoding="utf-8", errors="replace")
    found = re.findall(r"BACI_(HS\d\d)_V(\d{6}[a-z]?)\.zip", text)
    if not found:
        raise BadAnswerError("the page of versions has no link to an archive. Name one: --version 202601")
    return found


def _newest(page: Path, revision: str) -> str:
    versions = [version for edition, version in _links(page) if edition == revision]
    if not versions:
        raise BadAnswerError(f"the page of versions has none of {revision}. Name one: --version 202601")
    return max(versions)


def _held(ask: Ask, archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The years in an archive. Only names exactly as CEPII writes them are looked at, so none is a path."""
    name = re.compile(rf"BACI_{ask.axes['revision'][0]}_Y(\d{{4}})_V{ask.axes['version'][0]}\.csv")
    found = [(year[1], one) for one in archive.infolist() if (year := name.fullmatch(one.filename))]
    if not found:
        raise BadAnswerError(f"it holds no year of BACI, but {', '.join(archive.namelist())[:80]!r}")
    if len({year for year, _ in found}) < len(found):
        raise BadAnswerError("it holds the same year twice")
    for _, one in found:
        if one.file_size > LARGEST:
            raise BadAnswerError(f"{one.filename} would unpack to {one.file_size:,} bytes: not BACI's")
        if one.compress_type not in _PACKINGS:
            raise BadAnswerError(f"{one.filename} is packed in another way than BACI's")
    return dict(sorted(found))


def _wanted(ask: Ask, held: Mapping[str, zipfile.ZipInfo]) -> list[str]:
    return [year for year in held if not ask.axes["year"] or year in ask.axes["year"]]


def _read_through(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """To its checksum: what is damaged is asked for again at once, and not found out later."""
    with archive.open(member) as packed:
        while packed.read(_CHUNK):
            pass


PUBLISHER: Final = Baci()
