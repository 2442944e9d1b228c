"""Carrying out an order: ask, judge, store, note; several at once, at the publisher's pace."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from entrepot.errors import PublisherError, ReadError, UsageError
from entrepot.fetching.journal import Journal, Record
from entrepot.model.provenance import Request
from entrepot.sources._answer import Facts, digest, facts_of, forget, land
from entrepot.sources._ask import Ask, BadAnswerError, Kept, Nothing, Outcome, Pace, Parts, Publisher, Whole
from entrepot.sources._fetch import AbsentError, RefusedError, Wire, Wish
from entrepot.store import Added, Store

DEEPEST: Final = 40
"""How often an ask may be parted, and parted again: halving a billion cells takes thirty."""

_NOT_UNDERSTOOD: Final = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, csv.Error)


@dataclass(frozen=True)
class Told:
    """What became of one ask, as it is told to the user."""

    ask: Ask
    state: str  # one of report.STATES
    why: str = ""
    record: Record | None = None
    added: tuple[Added, ...] = ()
    address: str = ""  # what was asked just now, in full; never a key


@dataclass(frozen=True)
class _Answer:
    """An answer that is there, and what it comes to."""

    ask: Ask
    path: Path
    facts: Facts
    outcome: Outcome


@dataclass(frozen=True)
class Run:
    """One run over the asks of one source.

    keyed: the user has a key. refresh: ask again for what is held, only for what changed.
    """

    store: Store
    publisher: Publisher
    journal: Journal
    wire: Wire
    keyed: bool
    refresh: bool

    @property
    def pace(self) -> Pace:
        """How fast the publisher lets itself be asked."""
        return self.publisher.pace(keyed=self.keyed)

    def about(self, asks: Iterable[Ask], now: datetime) -> list[Path]:
        """Answers to what must be known first; one of the same day is asked again only to refresh."""
        return [self._about(ask, now) for ask in asks]

    def _about(self, ask: Ask, now: datetime) -> Path:
        path = self.journal.about(ask)
        facts = facts_of(path) if path.exists() else None
        if self.refresh or not facts or facts.day != now.date():
            forget(path)
        try:
            self.wire.get(Wish(ask.url, path, self.publisher.most_bytes, check=self._check(ask, [])))
        except RefusedError:
            raise
        except PublisherError:
            if ask.is_needed:
                raise
        return path

    def _check(self, ask: Ask, seen: list[Outcome]) -> Callable[[Path, Facts], None]:
        """Judges an answer; what it came to is then in `seen`."""

        def check(path: Path, facts: Facts) -> None:
            seen[:] = [self._judged(ask, path, facts)]

        return check

    def _judged(self, ask: Ask, path: Path, facts: Facts) -> Outcome:
        """What an answer comes to. Raises BadAnswerError, also for what nobody thought of."""
        try:
            return self.publisher.judge(ask, path, facts.content_type)
        except _NOT_UNDERSTOOD as error:
            raise BadAnswerError(f"it is not understood ({str(error)[:80]!r})") from error

    def landed(self) -> Iterator[Told]:
        """Store what came before the last run died, and was not noted: it is not asked again."""
        for ask in self.journal.landed():
            path = self.journal.landing(ask)
            with suppress(BadAnswerError, UsageError):  # the ask will tell, if it is made again
                if facts := facts_of(path):
                    outcome = self._judged(ask, path, facts)
                    yield self._done(_Answer(ask, path, facts, outcome))

    def left(self, asks: Iterable[Ask]) -> tuple[list[Ask], list[Told]]:
        """The asks still to be made, those a cut-off answer was parted into included; and those done."""
        to_ask: list[Ask] = []
        done: list[Told] = []
        ahead, seen = deque(asks), set[str]()
        while ahead:
            ask = ahead.popleft()
            if ask.key in seen:
                continue
            seen.add(ask.key)
            record = self._record(ask)
            if record is None or self._is_old(ask, record):
                to_ask.append(ask)
                continue
            ahead.extend(record.more)
            if record.state != "split":
                done.append(Told(ask, "held already", record.why, record))
        return to_ask, done

    def _record(self, ask: Ask) -> Record | None:
        """What became of an ask; of one whose file is kept, nothing where somebody removed that."""
        record = self.journal.record(ask)
        if record is None or self.publisher.is_stored or (self.journal.base / record.file).is_file():
            return record
        return None

    def _is_old(self, ask: Ask, record: Record) -> bool:
        """Whether an ask is to be made again: of another version, or for more out of the same answer."""
        if ask.version or record.ask.version:
            return ask.version != record.ask.version or ask.axes != record.ask.axes
        return self.refresh

    def carried_out(self, asks: Iterable[Ask]) -> Generator[Told]:
        """Make the asks, several at once, and store what comes; tells of each as it is done.

        Raises PublisherError where the publisher refuses them all; what came before is stored.
        """
        ahead = deque((ask, 0) for ask in asks)
        with self._workers() as workers:
            running: dict[Future[_Answer | Told], int] = {}
            while ahead or running:
                while ahead and len(running) < self.pace.at_once:
                    ask, depth = ahead.popleft()
                    running[workers.submit(self._asked, ask)] = depth
                finished, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in sorted(finished, key=_is_failed):
                    depth = running.pop(future) + 1
                    told = self._done(future.result())
                    told = replace(told, address=self._address(told.ask.url))
                    ahead.extendleft((one, depth) for one in self._onward(told, depth))
                    yield told

    def together(self, told: Iterable[Told]) -> str:
        """What does not fit among the files that are kept, in words; empty: they belong together."""
        files = [
            Kept(one.ask, self.journal.base / one.record.file, one.record.edition, one.state == "kept")
            for one in told
            if one.record and one.record.file
        ]
        return self.publisher.together(files)

    def _onward(self, told: Told, depth: int) -> Iterator[Ask]:
        more = told.record.more if told.record else ()
        if more and depth > DEEPEST:
            raise PublisherError(f"{told.ask.label}: parted {DEEPEST} times, and still cut off.")
        return reversed(self.left(more)[0])

    @contextmanager
    def _workers(self) -> Iterator[ThreadPoolExecutor]:
        """Threads that end soon when the run is stopped or fails: the wire lets nobody through any more."""
        with ThreadPoolExecutor(self.pace.at_once) as workers:
            try:
                yield workers
            except BaseException:
                self.wire.end()
                workers.shutdown(wait=True, cancel_futures=True)
                raise

    def _asked(self, ask: Ask) -> _Answer | Told:
        """In a thread: the answer to an ask, checked."""
        seen: list[Outcome] = []
        landing, most = self.journal.landing(ask), self.publisher.most_bytes
        known = self._known(ask, landing)
        try:
            wish = Wish(ask.url, landing, most, ask.is_large, _condition(known), self._check(ask, seen))
            facts = self.wire.get(wish)
        except AbsentError as error:
            return Told(ask, "not published", str(error))
        except BadAnswerError as error:
            why = f"no answer to what was asked: {error}"
            return Told(ask, "failed", f"{why}. {self.publisher.by_hand}".removesuffix(". "))
        if facts is None:
            return Told(ask, "unchanged", "the publisher says so", known)
        return _Answer(ask, landing, facts, seen[0])

    def _known(self, ask: Ask, landing: Path) -> Record | None:
        """What is held of an ask. Where more is wanted of the same answer, None: what is kept lands again."""
        known = self._record(ask)
        if known is None or known.ask.axes == ask.axes:
            return known
        if self.is_kept(ask):
            land(self.journal.base / known.file, landing, _as_it_came(known))
        return None

    def is_kept(self, ask: Ask) -> bool:
        """Whether more is wanted of an answer that is held: nothing is sent for it."""
        known = self._record(ask)
        if known is None or not known.file or known.ask.axes == ask.axes:
            return False
        return known.ask.version == ask.version and (self.journal.base / known.file).is_file()

    def _done(self, came: _Answer | Told) -> Told:
        """In the one thread that writes: store an answer, and note it."""
        if isinstance(came, Told):
            if came.record:
                self.journal.write(replace(came.record, ask=came.ask))
            return came
        match came.outcome:
            case Parts(asks=parts, why=why):
                return self._noted(Record(came.ask, "split", **self._marks(came.facts), more=parts, why=why))
            case Nothing(why=why, is_known=True):
                return self._noted(Record(came.ask, "empty", **self._marks(came.facts), why=why))
            case Nothing(why=why):
                forget(came.path)
                return Told(came.ask, "unexplained", why)
            case Whole() as whole:
                return self._whole(came, whole)

    def _whole(self, came: _Answer, whole: Whole) -> Told:
        before, sha = self._record(came.ask), digest(came.path)
        alike = before and before.snapshots and before.ask.axes == came.ask.axes
        if before and alike and _is_same(before, whole, sha) and not self._is_outdone(before):
            kept = replace(before, ask=came.ask, **self._marks(came.facts), more=whole.more)
            return replace(self._noted(kept), state="unchanged", why="it says what it said before")
        try:
            added = tuple(self._added(came, whole)) if self.publisher.is_stored else ()
        except ReadError as error:
            forget(came.path)
            return Told(came.ask, "failed", str(error))
        published = _published(came, whole)
        record = Record(
            came.ask,
            "stored" if added else "kept",
            **self._marks(came.facts),
            sha256=sha,
            content=whole.content,
            file=self.journal.keep(came.path, came.facts.day, sha),
            snapshots=tuple(one.card.snapshot for one in added) or (sha[:16],),
            rows=sum(one.card.rows for one in added) if added else whole.rows,
            published=published.isoformat() if published else "",
            more=whole.more,
            why=_word(whole, added),
        )
        return self._noted(record, added)

    def _is_outdone(self, before: Record) -> bool:
        """Whether another order brought a later release of its months: what it says again is new then."""
        return any(
            one.published > before.published
            and one.ask.axes.get("reporter") == before.ask.axes.get("reporter")
            and set(one.ask.periods) & set(before.ask.periods)
            for one in self.journal.records()
        )

    def _added(self, came: _Answer, whole: Whole) -> Iterator[Added]:
        ask = came.ask
        request = Request(
            self._address(came.facts.url),
            frozenset(ask.partners),
            frozenset(ask.commodities),
            frozenset(ask.flows),
            frozenset(ask.periods),
        )
        with TemporaryDirectory(prefix="entrepot-", dir=came.path.parent) as scratch:
            for path in self.publisher.files(ask, came.path, Path(scratch)):
                yield self.store.add(
                    path,
                    now=datetime.fromisoformat(came.facts.retrieved),
                    source=ask.source,
                    published=_published(came, whole),
                    complete=ask.complete,
                    request=request,
                )

    def _marks(self, facts: Facts) -> dict[str, Any]:
        marks = {name: getattr(facts, name) for name in ("retrieved", "etag", "last_modified", "edition")}
        return {**marks, "url": self._address(facts.url)}

    def _address(self, url: str) -> str:
        """What was asked, in full."""
        return f"{self.wire.base}/{url.lstrip('/')}"

    def _noted(self, record: Record, added: tuple[Added, ...] = ()) -> Told:
        """Write down what became of an ask, and tell it."""
        self.journal.write(record)
        return Told(record.ask, record.state, record.why, record, added)


def _is_failed(future: Future[_Answer | Told]) -> bool:
    """Failures come last: what came beside them is stored first."""
    return future.exception() is not None


def _word(whole: Whole, added: Iterable[Added]) -> str:
    """What is to be said of an answer stored: its own note, and what of it was not taken."""
    return "; ".join(filter(None, (whole.note, *(note for one in added for note in one.notes))))


def _is_same(before: Record, whole: Whole, sha: str) -> bool:
    return sha == before.sha256 or (whole.content != "" and whole.content == before.content)


def _condition(known: Record | None) -> Facts | None:
    """What to send back so that an answer comes only if it changed."""
    return _as_it_came(known) if known and (known.etag or known.last_modified) else None


def _as_it_came(known: Record) -> Facts:
    return Facts(known.ask.url, known.retrieved, "", known.etag, known.last_modified)


def _published(came: _Answer, whole: Whole) -> date | None:
    """The day of publication: never after the day it came, or it would outdo all that is published later."""
    modified = came.facts.modified
    told = whole.published or came.ask.published or (modified.date() if modified else None)
    return min(told, came.facts.day) if told else None
