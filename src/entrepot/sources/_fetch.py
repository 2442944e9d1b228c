"""The network: one polite client. Knows HTTP and manners, nothing of trade.

One `Wire` speaks to one publisher. All its threads keep to one pace; where the publisher names a wait (429,
or 403 for a used-up quota), all of them wait. What is broken is asked for again a few times, each time later.
A large file goes on where it broke off. The key travels in a header, to the publisher's own host alone.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin, urlsplit

from entrepot.errors import PublisherError, UsageError
from entrepot.sources._ask import BadAnswerError, Pace

if TYPE_CHECKING:
    import httpx2
    import tenacity

TRIES: Final = 6
_LONGEST_PAUSE: Final = 60.0  # seconds between two tries
_TIMEOUT: Final = 60.0  # of a silent connection
_CHUNK: Final = 1 << 18
_MOST_REDIRECTS: Final = 5
_HEARD: Final = 2_000  # bytes of a refusal that are read
_PASSING: Final = frozenset({408, 425, 500, 502, 503, 504})
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


class _PassingError(Exception):
    """A fault that may pass: worth another try."""


class _HeldError(_PassingError):
    """The publisher named a wait, and all are held for it: no fault."""


class _StaleError(_PassingError):
    """What is held of a file is no part of the one that is there now."""


class Stopped(BaseException):
    """The user wants no more: nothing further is asked."""


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
        """The publisher's own date of the file."""
        return _date(self.last_modified)


@dataclass(frozen=True)
class Wish:
    """What is to come into which file.

    known: what came with the answer held, so that it is sent only if it changed. most: bytes. check: raises
    BadAnswerError for a file that is no answer; it is then asked for again.
    """

    url: str
    target: Path
    most: int
    is_large: bool = False
    known: Facts | None = None
    check: Callable[[Path, Facts], None] = lambda path, facts: None


class Gate:
    """Lets callers through at a pace, and holds all of them for as long as the publisher says."""

    def __init__(self, per_second: float, stop: threading.Event) -> None:
        self._between, self._stop = 1 / per_second, stop
        self._lock, self._next = threading.Lock(), 0.0
        self.held_until = 0.0  # of monotonic()

    def hold(self, seconds: float) -> None:
        """Let nobody through for so long."""
        with self._lock:
            self.held_until = max(self.held_until, monotonic() + seconds)

    def wait(self) -> None:
        """Return when it is the caller's turn. Raises Stopped."""
        with self._lock:
            turn = max(self._next, self.held_until, monotonic())
            self._next = turn + self._between
        while (left := max(turn, self.held_until) - monotonic()) > 0:
            if self._stop.wait(left):
                break
        if self._stop.is_set():
            raise Stopped


class Wire:
    """A client of one publisher.

    base: its address. pace: how fast it may be asked. headers: with the user's key. now: the clock.
    patience: seconds that a publisher may make us wait; longer is a PublisherError.
    edition_header: which header says of which edition an answer is.
    asked: is told of each request sent, before it is sent. moved: is told of bytes as they come.
    """

    def __init__(
        self,
        base: str,
        pace: Pace,
        *,
        headers: Mapping[str, str],
        now: Callable[[], datetime],
        patience: float = 900,
        asked: Callable[[str], None] = lambda url: None,
        moved: Callable[[int], None] = lambda done: None,
        agent: str = "entrepot",
        edition_header: str = "",
        pause: float = 1.0,
    ) -> None:
        self.base = _checked(base)
        self.stop = threading.Event()
        self.gate = Gate(pace.per_second, self.stop)
        self._headers, self._now, self._patience = dict(headers), now, patience
        self._asked, self._moved, self._pause = asked, moved, pause
        self._edition_header = edition_header
        self._client = _client(agent)

    def close(self) -> None:
        """Let go of the connections."""
        self.stop.set()
        self._client.close()

    def get(self, wish: Wish) -> Facts | None:
        """What came with the answer, which is then in the file wished for; None: it is as it was (304).

        The file is there only when it is whole and no BadAnswerError. Raises PublisherError.
        """
        import tenacity

        later = tenacity.wait_random_exponential(multiplier=self._pause, max=_LONGEST_PAUSE)
        tries = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type((_PassingError, BadAnswerError)),
            stop=self._enough(),
            wait=lambda state: 0 if _is_held(state) else later(state),
            sleep=self._sleep,
            reraise=True,
        )
        try:
            return tries(self._once, wish)
        except _PassingError as error:
            raise PublisherError(
                f"{self._said(wish.url)}: {error}, {TRIES} times. Try again later."
            ) from None

    def _enough(self) -> Callable[[tenacity.RetryCallState], bool]:
        """Whether it was tried often enough: waits that the publisher names are no faults, up to a limit."""
        faults, since = 0, monotonic()

        def enough(state: tenacity.RetryCallState) -> bool:
            nonlocal faults
            faults += not _is_held(state)
            return faults >= TRIES or (_is_held(state) and monotonic() - since > self._patience)

        return enough

    def _sleep(self, seconds: float) -> None:
        if self.stop.wait(seconds):
            raise Stopped

    def _once(self, wish: Wish) -> Facts | None:
        target, about = wish.target, _beside(wish.target, "facts")
        if target.exists() and (facts := _read(about)):
            return _approved(wish, facts)
        part = _beside(target, "part")
        held = _read(about) if wish.is_large and part.exists() else None
        start = part.stat().st_size if held and (held.etag or held.last_modified) else 0
        conditions = _part_of(held, start) if held and start else _unless(wish.known)
        if wish.is_large:
            conditions["Accept-Encoding"] = "identity"  # a place in the file is a place in what is sent
        try:
            with self._answer(wish.url, conditions) as answer:
                if answer.status_code == 304:
                    return None
                facts = self._facts(wish.url, answer)
                start = _resumed(answer, start)
                _write(about, json.dumps(asdict(facts)))
                self._save(answer, part, start, wish.most)
        except _StaleError:
            forget(target)
            raise
        part.replace(target)
        return _approved(wish, facts)

    @contextmanager
    def _answer(self, url: str, conditions: Mapping[str, str]) -> Iterator[httpx2.Response]:
        import httpx2

        try:
            with self._followed(urljoin(f"{self.base}/", url.lstrip("/")), conditions) as answer:
                self._obey(url, answer)
                yield answer
        except httpx2.HTTPError as error:
            raise _PassingError(_plainly(error)) from None

    @contextmanager
    def _followed(self, address: str, conditions: Mapping[str, str]) -> Iterator[httpx2.Response]:
        """The answer, redirects followed: to encrypted addresses only, the key to the own host only."""
        for _ in range(_MOST_REDIRECTS):
            mine = urlsplit(address).netloc == urlsplit(self.base).netloc
            self.gate.wait()
            self._asked(address if mine else _without_query(address))
            with self._client.stream(
                "GET", address, headers={**(self._headers if mine else {}), **conditions}
            ) as answer:
                if not answer.has_redirect_location:
                    yield answer
                    return
                address = self._onward(urljoin(address, answer.headers["location"]))
        raise PublisherError(f"{self._said(address)} leads in a circle.")

    def _onward(self, address: str) -> str:
        there, here = urlsplit(address), urlsplit(self.base)
        if there.scheme == "https" or (there.scheme, there.hostname) == (here.scheme, here.hostname):
            return address
        raise PublisherError(f"{self._said(address)}: the publisher leads to an address without encryption.")

    def _obey(self, url: str, answer: httpx2.Response) -> None:
        """Raise for anything but an answer; where a wait is named, hold everybody for it."""
        code = answer.status_code
        if code in (200, 206, 304):
            return
        said = _heard(answer)
        wait = _wait(answer.headers.get("retry-after", ""), said, self._now())
        if code == 429 or (wait is not None and code in (403, 503)):
            self._hold(url, code, _PAUSE_UNNAMED if wait is None else wait, said)
        if code in _PASSING:
            raise _PassingError(f"the publisher answers {code}")
        if code == 416:
            raise _StaleError("the publisher has another file now")
        todo = _todo(code, keyed=bool(self._headers))
        told = f"{self._said(url)}: the publisher answers {code}{_quoted(said)}.{todo}"
        raise AbsentError(told, said) if code in (404, 410) else PublisherError(told)

    def _hold(self, url: str, code: int, seconds: float, said: str) -> None:
        if seconds > self._patience:
            until = self._now() + timedelta(seconds=seconds)
            raise RefusedError(
                f"{self._said(url)}: the publisher answers {code}{_quoted(said)}: not before "
                f"{until:%Y-%m-%d %H:%M} UTC. What came is stored; the same command goes on from there.",
                until,
            )
        self.gate.hold(seconds)
        raise _HeldError(f"the publisher answers {code}: too many questions")

    def _facts(self, url: str, answer: httpx2.Response) -> Facts:
        named = {name: answer.headers.get(name.replace("_", "-"), "") for name in _KEPT}
        edition = answer.headers.get(self._edition_header, "") if self._edition_header else ""
        return Facts(url, self._now().isoformat(), **named, edition=edition)

    def _save(self, answer: httpx2.Response, part: Path, start: int, most: int) -> None:
        size = start
        with part.open("ab" if start else "wb") as file:
            for piece in answer.iter_bytes(_CHUNK):
                size += len(piece)
                if size > most:
                    raise PublisherError(f"{part.name}: more than {most:,} bytes: not what was asked for.")
                file.write(piece)
                self._moved(len(piece))
                if self.stop.is_set():
                    raise Stopped
            file.flush()
            os.fsync(file.fileno())

    def _said(self, url: str) -> str:
        return urlsplit(urljoin(f"{self.base}/", url.lstrip("/"))).netloc


class RefusedError(PublisherError):
    """The publisher wants no question before a certain time."""

    def __init__(self, message: str, until: datetime) -> None:
        super().__init__(message)
        self.until = until


class AbsentError(PublisherError):
    """The publisher has nothing at this address (404, 410)."""

    def __init__(self, message: str, said: str) -> None:
        super().__init__(message)
        self.said = said


_KEPT: Final = ("content_type", "etag", "last_modified")
_PAUSE_UNNAMED: Final = 30.0  # after a 429 that names no wait


def forget(target: Path) -> None:
    """Remove an answer, and what was kept beside it."""
    for path in (target, _beside(target, "part"), _beside(target, "facts")):
        path.unlink(missing_ok=True)


def land(kept: Path, target: Path, facts: Facts) -> None:
    """Let an answer kept stand as one just come, so that more is taken from it; nothing where it is gone."""
    if kept.exists() and not target.exists():
        _write(_beside(target, "facts"), json.dumps(asdict(facts)))
        kept.replace(target)


def facts_of(target: Path) -> Facts | None:
    """What came with the answer `target`."""
    return _read(_beside(target, "facts"))


def digest(path: Path) -> str:
    """sha256 of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _approved(wish: Wish, facts: Facts) -> Facts:
    try:
        wish.check(wish.target, facts)
    except BadAnswerError:
        forget(wish.target)
        raise
    return facts


def _client(agent: str) -> httpx2.Client:
    import httpx2

    limits = httpx2.Limits(max_connections=8)
    return httpx2.Client(timeout=_TIMEOUT, limits=limits, headers={"User-Agent": agent})


def _checked(base: str) -> str:
    there = urlsplit(base)
    if there.scheme == "https" or (there.scheme == "http" and there.hostname in _LOOPBACK):
        return base.rstrip("/")
    raise UsageError(f"{base!r} is no address to fetch from: it must begin with https.")


def _is_held(state: tenacity.RetryCallState) -> bool:
    return state.outcome is not None and isinstance(state.outcome.exception(), _HeldError)


def _unless(known: Facts | None) -> dict[str, str]:
    """Headers: send it only if it changed."""
    marks = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified} if known else {}
    return {name: mark for name, mark in marks.items() if mark}


def _part_of(held: Facts, start: int) -> dict[str, str]:
    """Headers: send only what is missing, if it is still the same file."""
    return {"Range": f"bytes={start}-", "If-Range": held.etag or held.last_modified}


def _resumed(answer: httpx2.Response, start: int) -> int:
    """Where the answer goes on: at `start` where it says so, else it is sent from its beginning."""
    if answer.status_code != 206:
        return 0
    if re.match(rf"bytes {start}-", answer.headers.get("content-range", "")):
        return start
    raise _PassingError("the publisher goes on at another place than asked")


def _without_query(address: str) -> str:
    """Addresses of stores of files carry a signature, which is a key for a while."""
    return urlsplit(address)._replace(query="").geturl()


def _heard(answer: httpx2.Response) -> str:
    """The start of a refusal, as plain text on one line."""
    text = b""
    for piece in answer.iter_bytes(_HEARD):
        text += piece
        if len(text) >= _HEARD:
            break
    return " ".join(re.sub(r"<[^>]*>", " ", text[:_HEARD].decode("utf-8", "replace")).split())


def _wait(header: str, said: str, now: datetime) -> float | None:
    """The wait in seconds a refusal names: Retry-After (seconds or a date), else in its words."""
    if header.strip().isdigit():
        return float(header)
    if when := _date(header):
        return max((when - now).total_seconds(), 0.0)
    if found := re.search(r"in (\d+) second", said):
        return float(found[1])
    if found := re.search(r"(?:(\d+)\.)?(\d+):(\d\d):(\d\d)", said):
        days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
        return float(((days * 24 + hours) * 60 + minutes) * 60 + seconds)
    return None


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _quoted(said: str) -> str:
    return f": {said[:200]!r}" if said else ""


def _todo(code: int, *, keyed: bool) -> str:
    if code in (401, 403) and keyed:
        return " Check the key, and what it is entitled to."
    return " It has no such thing, or moved it." if code in (404, 410) else ""


def _plainly(error: Exception) -> str:
    """What went wrong, without the address: some messages repeat it."""
    kind = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(error).__name__).lower()
    return f"{kind} ({str(error)[:120]})" if str(error) else kind


def _beside(target: Path, what: str) -> Path:
    return target.with_name(f"{target.name}.{what}")


def _read(path: Path) -> Facts | None:
    try:
        return Facts(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _write(path: Path, text: str) -> None:
    """All of a small file or nothing of it."""
    fresh = _beside(path, "new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)
