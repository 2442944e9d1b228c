"""What was asked of publishers, on disk beside the store, so that nothing is asked twice.

    entrepot-data/fetched/
      orders/<order>.json               what a user ordered, word for word
      <source>/lock                     one fetch of a source at a time
      <source>/requests.log             each request sent: when, to which address (no keys)
      <source>/hold.json                not before: a used-up quota
      <source>/about/                   what must be known before the asks: a catalogue
      <source>/landing/<ask>/<file>     an answer that is whole and not yet stored; .part: still coming;
                                        .ask: to which question; .facts: what came with it
      <source>/asks/<ask>.json          what became of an ask; written last
      <source>/<day>/<file>             the answers, as they came

An ask is done when its file in asks/ says so. All before that can be done again without harm.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from entrepot.errors import StoreError
from entrepot.sources._answer import LONGEST_WAIT, beside, linked
from entrepot.sources._answer import digest as file_digest
from entrepot.sources._ask import Ask, Words

if TYPE_CHECKING:
    from pydantic import TypeAdapter

State = Literal["stored", "kept", "empty", "split"]
FOLDER: Final = "fetched"
_LONGEST_NAME: Final = 150  # bytes, of 255 that systems of files take


@dataclass(frozen=True)
class Record:
    """What became of an ask."""

    ask: Ask
    state: State
    retrieved: str  # when, with its time zone
    sha256: str = ""
    content: str = ""
    etag: str = ""
    last_modified: str = ""
    edition: str = ""
    url: str = ""  # the address asked, in full; never a key
    file: str = ""  # below the folder of the source
    snapshots: tuple[str, ...] = ()
    rows: int | None = None
    published: str = ""
    more: tuple[Ask, ...] = ()  # what this answer led to
    why: str = ""

    @property
    def day(self) -> date:
        """The day it was asked."""
        return datetime.fromisoformat(self.retrieved).date()


@dataclass(frozen=True)
class Ordered:
    """What a user ordered of a source."""

    source: str
    words: Words = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Its name: the same words are the same order."""
        return sha256(json.dumps([self.source, sorted(self.words.items())]).encode()).hexdigest()[:16]


class Journal:
    """The journal of one source."""

    def __init__(self, store: Path, source: str) -> None:
        self.base = store / FOLDER / source

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else fetches from this source into this store. Raises StoreError."""
        from filelock import FileLock, Timeout

        self.base.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(self.base / "lock", timeout=0):
                yield
        except Timeout:
            raise StoreError(
                f"another process fetches from {self.base.name} into this store. Wait for its end."
            ) from None

    def landing(self, ask: Ask) -> Path:
        """Where the answer to an ask comes down; another place for another state of what is asked."""
        state = f"-{sha256(ask.version.encode()).hexdigest()[:8]}" if ask.version else ""
        landing = self.base / "landing" / f"{ask.key}{state}" / file_name(ask.file)
        if not (said := beside(landing, "ask")).exists():
            landing.parent.mkdir(parents=True, exist_ok=True)
            write_whole(said, json.dumps(asdict(ask), default=str))
        return landing

    def landed(self) -> list[Ask]:
        """Asks whose answers came and are not noted: the process died before that.

        What is left of others is removed, but for parts of large files: they are gone on with.
        """
        found = []
        for place in sorted((self.base / "landing").glob("*")):
            said = next(place.glob("*.ask"), place / "none")  # none: it died before it wrote to what
            ask = _asked(said)
            if ask and said.with_suffix("").exists() and self.landing(ask) == said.with_suffix(""):
                found.append(ask)
            elif ask is None or not ask.is_large:
                shutil.rmtree(said.parent, ignore_errors=True)
        return found

    def about(self, ask: Ask) -> Path:
        """Where the answer to an ask of what must be known first is kept."""
        folder = self.base / "about"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{ask.key}-{file_name(ask.file)}"

    def record(self, ask: Ask) -> Record | None:
        """What became of an ask, or None. A damaged record is none: it is asked again."""
        return _known(self._path(ask))

    def done(self) -> list[Ask]:
        """Asks whose answers are held, or known to have no rows."""
        return [one.ask for one in self.records() if one.state != "split"]

    def records(self) -> list[Record]:
        """What became of all asks."""
        found = map(_known, sorted((self.base / "asks").glob("*.json")))
        return [one for one in found if one]

    def write(self, record: Record) -> None:
        """Note what became of an ask: from here on it is done."""
        path = self._path(record.ask)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, _records().dump_json(record, indent=1).decode())
        for landed in (self.base / "landing").glob(f"{record.ask.key}*"):
            shutil.rmtree(landed, ignore_errors=True)

    def keep(self, landed: Path, day: date, digest: str) -> str:
        """Put an answer among those kept; its place, below the folder of the source.

        It stays where it landed until its record is written: until then it may be needed again.
        """
        place = self.base / day.isoformat() / landed.name
        if place.exists() and file_digest(place) != digest:
            place = self.base / f"{day.isoformat()}-{digest[:8]}" / landed.name
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            linked(landed, place)
        return f"{place.parent.name}/{place.name}"

    def sent(self, address: str, at: datetime) -> None:
        """Note a request before it is sent."""
        with (self.base / "requests.log").open("a", encoding="utf-8") as log:
            log.write(f"{at.isoformat(timespec='seconds')} {address}\n")

    def sent_on(self, day: date) -> int:
        """How many requests were sent on a day."""
        try:
            with (self.base / "requests.log").open(encoding="utf-8") as log:
                return sum(line.startswith(day.isoformat()) for line in log)
        except OSError:
            return 0

    def hold(self, until: datetime) -> None:
        """Remember that the publisher wants no question before a time."""
        write_whole(self.base / "hold.json", json.dumps({"until": until.isoformat()}))

    def held_until(self, now: datetime) -> datetime | None:
        """The time before which the publisher wants no question, if it is to come.

        One further off than any quota is damaged, or told by a clock that was wrong.
        """
        try:
            plain = json.loads((self.base / "hold.json").read_text(encoding="utf-8"))
            until = datetime.fromisoformat(plain["until"])
            return until if 0 < (until - now).total_seconds() <= LONGEST_WAIT else None
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def _path(self, ask: Ask) -> Path:
        return self.base / "asks" / f"{ask.key}.json"


def remember(store: Path, order: Ordered) -> None:
    """Note an order, for `update`."""
    folder = store / FOLDER / "orders"
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / f"{order.key}.json", json.dumps(asdict(order), ensure_ascii=False, indent=1))


def orders(store: Path) -> list[Ordered]:
    """All orders noted, by source."""
    found = []
    for path in sorted((store / FOLDER / "orders").glob("*.json")):
        try:
            plain = json.loads(path.read_text(encoding="utf-8"))
            found.append(Ordered(str(plain["source"]), dict(plain["words"])))
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise StoreError(f"the order {path} is damaged ({error}). Remove it, and order anew.") from error
    return sorted(found, key=lambda order: (order.source, order.key))


def write_whole(path: Path, text: str) -> None:
    """All of a small file or nothing of it, also where the power fails."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def file_name(name: str) -> str:
    """A name for a file, whatever a publisher calls it: it leads nowhere else, and is not too long."""
    plain = re.sub(r"[^\w.() -]", "-", name).lstrip(". ") or "answer"
    if len(plain.encode()) <= _LONGEST_NAME:
        return plain
    mark = sha256(name.encode("utf-8", "replace")).hexdigest()[:8]
    return f"{mark}-{plain.encode()[-_LONGEST_NAME:].decode('utf-8', 'ignore')}"


def _known(path: Path) -> Record | None:
    """A record; None for a damaged one, and for one that stands under another's name."""
    try:
        found = _records().validate_json(path.read_bytes())
        is_whole = datetime.fromisoformat(found.retrieved).tzinfo is not None
    except (OSError, ValueError):
        return None
    return found if is_whole and path.stem == found.ask.key else None


def _asked(path: Path) -> Ask | None:
    try:
        return _asks().validate_json(path.read_bytes())
    except (OSError, ValueError):
        return None


@cache
def _asks() -> TypeAdapter[Ask]:
    from pydantic import TypeAdapter

    return TypeAdapter(Ask)


@cache
def _records() -> TypeAdapter[Record]:
    from pydantic import TypeAdapter

    return TypeAdapter(Record)
