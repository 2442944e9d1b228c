"""What comes over the network: headers understood, bodies unpacked within bounds, files beside files.

No network here. Whatever a publisher sends is taken for hostile: a body may be endless, packed a thousandfold
or cut off, a header may be no date and no number.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from time import monotonic
from typing import Final

from entrepot.errors import PublisherError

LONGEST_WAIT: Final = 31 * 86_400.0  # seconds: quotas are of a day, a week or a month
_CHUNK: Final = 1 << 18
HEARD: Final = 2_000  # bytes of a refusal that are read
_WINDOW: Final = 60.0  # seconds in which so many bytes must come, else the publisher has stopped sending
_LEAST: Final = 600
_KEPT: Final = ("content_type", "etag", "last_modified")
_LONGEST_MARK: Final = 1_000
_CLOCKS_DIFFER: Final = timedelta(days=1)


class PassingError(Exception):
    """A fault that may pass: worth another try."""


class HeldError(PassingError):
    """The publisher named a wait, and all are held for it: no fault."""


class StaleError(PassingError):
    """What is held of a file is no part of the one that is there now."""


class TooMuchError(PublisherError):
    """More came than was asked for: an endless answer, or one that unpacks to very much."""

    def __init__(self, name: str, most: int) -> None:
        super().__init__(f"{name}: more than {most:,} bytes: not what was asked for.")


@dataclass(frozen=True)
class Facts:
    """What came with an answer: kept beside it, and sent back when the same is asked again."""

    url: str
    retrieved: str
    content_type: str = ""
    etag: str = ""
    last_modified: str = ""
    edition: str = ""

    @property
    def day(self) -> date:
        """The day it came."""
        return datetime.fromisoformat(self.retrieved).date()

    @property
    def modified(self) -> datetime | None:
        """The publisher's own date of the file; None for one that was still to come when the file came."""
        told, came = date_of(self.last_modified), datetime.fromisoformat(self.retrieved)
        return min(told, came) if told and told - came < _CLOCKS_DIFFER else None


def facts_from(
    url: str, headers: Mapping[str, str], now: datetime, held: Facts | None = None, edition_header: str = ""
) -> Facts:
    """What comes with an answer; of a file that goes on, what came with its start where it is silent."""
    names = {name: name.replace("_", "-") for name in _KEPT} | {"edition": edition_header}
    told = {name: _mark(headers.get(header, "")) if header else "" for name, header in names.items()}
    return Facts(
        url, now.isoformat(), **{name: mark or getattr(held, name, "") for name, mark in told.items()}
    )


def facts_of(target: Path) -> Facts | None:
    """What came with the answer `target`; None where that is not known, or damaged."""
    try:
        plain = json.loads(beside(target, "facts").read_text(encoding="utf-8"))
        facts = Facts(**plain)
        is_whole = datetime.fromisoformat(facts.retrieved).tzinfo is not None
    except (OSError, ValueError, TypeError, RecursionError):
        return None
    told = [getattr(facts, one.name) for one in fields(facts)]
    return facts if is_whole and all(isinstance(text, str) for text in told) else None


def write_facts(target: Path, facts: Facts) -> None:
    """Keep beside an answer what came with it: all of that or nothing."""
    fresh = beside(target, "new")
    fresh.write_text(json.dumps(asdict(facts)), encoding="utf-8")
    fresh.replace(beside(target, "facts"))


def beside(target: Path, what: str) -> Path:
    """Where something is kept beside an answer: its part, its facts, its ask."""
    return target.with_name(f"{target.name}.{what}")


def forget(target: Path) -> None:
    """Remove an answer, and what was kept beside it."""
    for path in (target, beside(target, "part"), beside(target, "facts")):
        path.unlink(missing_ok=True)


def land(kept: Path, target: Path, facts: Facts) -> None:
    """Let an answer kept stand as one just come, so that more is taken from it; nothing where it is gone."""
    if kept.exists() and not target.exists():
        write_facts(target, facts)
        linked(kept, target)


def linked(file: Path, place: Path) -> None:
    """A file under a second name: all of it or nothing."""
    fresh = place.with_name(f"{hashlib.sha256(place.name.encode()).hexdigest()[:16]}.new")
    fresh.unlink(missing_ok=True)
    try:
        os.link(file, fresh)
    except OSError:  # no two names for a file on this disk
        shutil.copyfile(file, fresh)
    fresh.replace(place)


def forget_links(target: Path) -> None:
    """Remove names that stand for other files: nothing is written through them."""
    for path in (target, beside(target, "part"), beside(target, "facts"), beside(target, "new")):
        if path.is_symlink():
            path.unlink()


def digest(path: Path) -> str:
    """sha256 of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def unless(known: Facts | None) -> dict[str, str]:
    """Headers: send it only if it changed."""
    marks = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified} if known else {}
    return {name: mark for name, mark in marks.items() if mark}


def part_of(held: Facts, start: int) -> dict[str, str]:
    """Headers: send only what is missing, if it is still the same file."""
    return {"Range": f"bytes={start}-", "If-Range": strong(held) or held.last_modified}


def strong(facts: Facts) -> str:
    """The mark of these very bytes; a weak one is of others that mean the same."""
    return "" if facts.etag.startswith("W/") else facts.etag


def resumed(status: int, headers: Mapping[str, str], held: Facts | None, start: int) -> int:
    """Where an answer goes on: at `start` where it says so, else it is sent from its beginning.

    Raises StaleError for a part of anything else than what is held.
    """
    if status != 206:
        return 0
    told, mark = re.match(r"bytes (\d{1,18})-", headers.get("content-range", "")), headers.get("etag", "")
    if told is None or int(told[1]) != start:
        raise StaleError("the publisher goes on at another place than asked")
    if headers.get("content-encoding", "identity") != "identity" or (held and mark and mark != held.etag):
        raise StaleError("the publisher goes on with another file")
    return start


def whole_size(status: int, headers: Mapping[str, str]) -> int | None:
    """The size of the whole file that a part says it is of."""
    told = re.fullmatch(r"bytes \d+-\d+/(\d{1,18})", headers.get("content-range", ""))
    return int(told[1]) if status == 206 and told else None


def flowing(pieces: Iterable[bytes], name: str, most: int) -> Iterator[bytes]:
    """The pieces, while there are not too many and they do not come too slowly."""
    size, since, then = 0, monotonic(), 0
    for piece in pieces:
        size += len(piece)
        if size > most:
            raise TooMuchError(name, most)
        if monotonic() - since > _WINDOW:
            if size - then < _LEAST:
                raise PassingError("the publisher sends next to nothing")
            since, then = monotonic(), size
        yield piece


def unpacked(pieces: Iterable[bytes], coding: str) -> Iterator[bytes]:
    """The pieces as they were before gzip, in small portions: a little can unpack to very much."""
    if coding in ("", "identity"):
        yield from pieces
    elif coding in ("gzip", "x-gzip"):
        yield from _gunzipped(pieces)
    else:
        raise PassingError(f"it is packed as {coding[:20]!r}, which was not asked for")


def _gunzipped(pieces: Iterable[bytes]) -> Iterator[bytes]:
    gzip = zlib.MAX_WBITS | 16
    unpacker = zlib.decompressobj(gzip)
    try:
        for piece in pieces:
            left = piece
            while left:
                unpacker = zlib.decompressobj(gzip) if unpacker.eof else unpacker
                yield unpacker.decompress(left, _CHUNK)
                left = unpacker.unconsumed_tail or unpacker.unused_data
    except zlib.error as error:
        raise PassingError(f"it is damaged ({error})") from None
    if not unpacker.eof:
        raise PassingError("its end is missing")


def in_words(said: bytes) -> str:
    """The start of a refusal, as plain text on one line."""
    plain = re.sub(r"<[^>]*>", " ", said[:HEARD].decode("utf-8", "replace"))
    return " ".join("".join(char if char.isprintable() else " " for char in plain).split())


def wait_named(header: str, said: str, now: datetime) -> float | None:
    """The wait in seconds a refusal names: Retry-After (seconds or a date), else in its words."""
    if re.fullmatch(r"[0-9]+", header.strip()):
        return _bounded(header)
    if when := date_of(header):
        return min(max((when - now).total_seconds(), 0.0), LONGEST_WAIT)
    if found := re.search(r"\bin ([0-9]+) second", said):
        return _bounded(found[1])
    if found := re.search(r"\bin (?:([0-9]{1,4})\.)?([0-9]{1,4}):([0-9]{2}):([0-9]{2})\b", said):
        days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
        return min(float(((days * 24 + hours) * 60 + minutes) * 60 + seconds), LONGEST_WAIT)
    return None


def _bounded(number: str) -> float:
    return min(float(number.strip()), LONGEST_WAIT)


def date_of(text: str) -> datetime | None:
    """A date as HTTP writes it."""
    try:
        found = parsedate_to_datetime(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def _mark(text: str) -> str:
    """A header as it can be sent back; others are none."""
    return text if text.isascii() and text.isprintable() and len(text) <= _LONGEST_MARK else ""


def plainly(error: Exception) -> str:
    """What went wrong, without the address: some messages repeat it."""
    kind = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(error).__name__).lower()
    return f"{kind} ({str(error)[:120]})" if str(error) else kind
