"""The network: one polite client. Knows HTTP and manners, nothing of trade.

One `Wire` speaks to one publisher. All its threads keep to one pace; where the publisher names a wait (429,
or 403 for a used-up quota), all of them wait. What is broken is asked for again a few times, each time later.
A large file goes on where it broke off. The key travels in a header, to the publisher's own host alone.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from socket import SHUT_RDWR, socket
from time import monotonic
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urljoin, urlsplit
from weakref import ref

from entrepot.errors import PublisherError, UsageError
from entrepot.sources._answer import (
    HEARD,
    Facts,
    HeldError,
    PassingError,
    StaleError,
    TooMuchError,
    beside,
    facts_from,
    facts_of,
    flowing,
    forget,
    forget_links,
    in_words,
    part_of,
    plainly,
    resumed,
    strong,
    unless,
    unpacked,
    wait_named,
    whole_size,
    write_facts,
)
from entrepot.sources._ask import BadAnswerError, Pace
from entrepot.sources._gate import Gate, Stopped

if TYPE_CHECKING:
    import httpx2
    import tenacity

TRIES: Final = 6
_LONGEST_PAUSE: Final = 60.0  # seconds between two tries
_TIMEOUT: Final = 60.0  # of a silent connection
_CONNECT: Final = 20.0  # seconds until a publisher that is there takes the call
_MOST_REDIRECTS: Final = 5
_PASSING: Final = frozenset({408, 425, 500, 502, 503, 504})
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_PAUSE_UNNAMED: Final = 30.0  # after a 429 that names no wait
_MOST_SAID: Final = 1 << 16  # bytes of a refusal
_SHORT: Final = 8  # characters: a word of a header below that is no key


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


class Wire:
    """A client of one publisher.

    base: its address. pace: how fast it may be asked. headers: with the user's key. now: the clock.
    patience: seconds that a publisher may make us wait; longer is a PublisherError.
    edition_header: which header says of which edition an answer is.
    asked: is told of each request sent, before it is sent. moved: is told of bytes as they come.
    waits: is told of each wait that the publisher names.
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
        waits: Callable[[float], None] = lambda seconds: None,
        agent: str = "entrepot",
        edition_header: str = "",
        pause: float = 1.0,
    ) -> None:
        self.base = _checked(base)
        self.stop = threading.Event()
        self.gate = Gate(pace.per_second, self.stop)
        self._headers, self._now, self._patience = _sendable(headers), now, patience
        self._asked, self._moved, self._pause = asked, moved, pause
        self._edition_header, self._waits = edition_header, waits
        self._client, self._sockets = _client(agent), list[ref[socket]]()

    def end(self) -> None:
        """Ask nothing more, and wait for no answer: who waits for one is told at once."""
        self.stop.set()
        for one in self._sockets.copy():
            _cut(one())

    def close(self) -> None:
        """Let go of the connections."""
        self.end()
        self._client.close()

    def get(self, wish: Wish) -> Facts | None:
        """What came with the answer, which is then in the file wished for; None: it is as it was (304).

        The file is there only when it is whole and no BadAnswerError. Raises PublisherError.
        """
        import tenacity

        later = tenacity.wait_random_exponential(multiplier=self._pause, max=_LONGEST_PAUSE)
        tries = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type((PassingError, BadAnswerError)),
            stop=self._enough(),
            wait=lambda state: 0 if _is_held(state) else later(state),
            sleep=self._sleep,
            reraise=True,
        )
        try:
            return tries(self._once, wish)
        except PassingError as error:
            often = f"for {self._patience:,.0f} s" if isinstance(error, HeldError) else f"{TRIES} times"
            raise PublisherError(f"{self._said(wish.url)}: {error}, {often}. Try again later.") from None

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
        target = wish.target
        forget_links(target)
        if target.exists() and (facts := facts_of(target)):
            return _approved(wish, facts)
        part = beside(target, "part")
        held = facts_of(target) if wish.is_large and part.exists() else None
        start = part.stat().st_size if held and (strong(held) or held.last_modified) else 0
        conditions = part_of(held, start) if held and start else unless(wish.known)
        conditions["Accept-Encoding"] = "identity" if wish.is_large else "gzip"  # a place is one in the file
        try:
            with self._answer(wish.url, conditions) as answer:
                if answer.status_code == 304 and wish.known:
                    return None
                if answer.status_code == 304:
                    raise PassingError("the publisher says that nothing changed, and nothing is held")
                start = resumed(answer.status_code, answer.headers, held, start)
                facts = facts_from(
                    wish.url, answer.headers, self._now(), held if start else None, self._edition_header
                )
                write_facts(target, facts)
                self._save(answer, part, start, wish.most)
        except (StaleError, TooMuchError):
            forget(target)
            raise
        part.replace(target)
        return _approved(wish, facts)

    @contextmanager
    def _answer(self, url: str, conditions: Mapping[str, str]) -> Iterator[httpx2.Response]:
        import httpx2

        try:
            with self._followed(self._onward(f"{self.base}/", url.lstrip("/")), conditions) as answer:
                self._obey(url, answer)
                yield answer
        except httpx2.HTTPError as error:
            if self.stop.is_set():
                raise Stopped from None
            raise PassingError(self._unsaid(plainly(error))) from None

    @contextmanager
    def _followed(self, address: str, conditions: Mapping[str, str]) -> Iterator[httpx2.Response]:
        """The answer, redirects followed: to encrypted addresses only, the key to the own host only."""
        shown = address  # where we are led, an address may carry a signature, which is a key for a while
        for _ in range(_MOST_REDIRECTS):
            mine = urlsplit(address).netloc == urlsplit(self.base).netloc
            self.gate.wait()
            self._asked(shown if mine else _without_query(address))
            with self._client.stream(
                "GET",
                address,
                headers={**(self._headers if mine else {}), **conditions},
                extensions={"trace": self._traced},
            ) as answer:
                if not answer.has_redirect_location:
                    yield answer
                    return
                address = self._onward(address, answer.headers["location"])
                shown = _without_query(address)
        raise PublisherError(f"{self._said(address)} leads in a circle.")

    def _traced(self, event: str, info: dict[str, Any]) -> None:
        """Remember each connection made, so that it can be cut."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            made = info["return_value"].get_extra_info("socket")
            self._sockets.append(ref(made))
            if self.stop.is_set():
                _cut(made)

    def _onward(self, address: str, further: str) -> str:
        """Where `further` leads from an address. Raises PublisherError for one without encryption."""
        here = urlsplit(self.base)
        with suppress(ValueError):
            onward = urljoin(address, further)
            there = urlsplit(onward)
            if there.hostname and there.scheme == "https":
                return onward
            if (there.scheme, there.hostname) == (here.scheme, here.hostname):
                return onward
        raise PublisherError(
            f"{self._said(address)}: the publisher leads to an address without encryption, or to none."
        )

    def _obey(self, url: str, answer: httpx2.Response) -> None:
        """Raise for anything but an answer; where a wait is named, hold everybody for it."""
        code = answer.status_code
        if code in (200, 206, 304):
            return
        said = self._unsaid(_heard(answer))
        wait = wait_named(answer.headers.get("retry-after", ""), said, self._now())
        if code == 429 or (wait is not None and code in (403, 503)):
            self._hold(url, code, _PAUSE_UNNAMED if wait is None else wait, said)
        if code in _PASSING:
            raise PassingError(f"the publisher answers {code}")
        if code == 416:
            raise StaleError("the publisher has another file now")
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
        self._waits(seconds)
        raise HeldError(f"the publisher answers {code}: too many questions")

    def _save(self, answer: httpx2.Response, part: Path, start: int, most: int) -> None:
        size = start
        packed = flowing(answer.iter_raw(), part.name, most - start)
        with part.open("ab" if start else "wb") as file:
            pieces = unpacked(packed, answer.headers.get("content-encoding", "").strip().lower())
            for piece in pieces:
                size += len(piece)
                if size > most:
                    raise TooMuchError(part.name, most)
                file.write(piece)
                self._moved(len(piece))
                if self.stop.is_set():
                    raise Stopped
            file.flush()
            os.fsync(file.fileno())
        if size < (whole_size(answer.status_code, answer.headers) or 0):
            raise PassingError("the publisher sent a part of what is missing")

    def _unsaid(self, text: str) -> str:
        """The text without the key: a refusal may repeat it."""
        for word in " ".join(self._headers.values()).split():
            text = text.replace(word, "(key)") if len(word) >= _SHORT else text
        return text

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
    timeout = httpx2.Timeout(_TIMEOUT, connect=_CONNECT)
    return httpx2.Client(timeout=timeout, limits=limits, headers={"User-Agent": agent})


def _sendable(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers with the key. Raises UsageError for a key that no header can carry, without telling it."""
    if all(value.isascii() and value.isprintable() for value in headers.values()):
        return dict(headers)
    raise UsageError("the key has characters that no key has. Copy it anew.")


def _cut(connection: socket | None) -> None:
    """End a connection; who waits at it is told."""
    with suppress(OSError):
        if connection:
            connection.shutdown(SHUT_RDWR)


def _checked(base: str) -> str:
    there = urlsplit(base)
    if there.scheme == "https" or (there.scheme == "http" and there.hostname in _LOOPBACK):
        return base.rstrip("/")
    raise UsageError(f"{base!r} is no address to fetch from: it must begin with https.")


def _is_held(state: tenacity.RetryCallState) -> bool:
    return state.outcome is not None and isinstance(state.outcome.exception(), HeldError)


def _without_query(address: str) -> str:
    """Addresses of stores of files carry a signature, which is a key for a while."""
    return urlsplit(address)._replace(query="").geturl()


def _heard(answer: httpx2.Response) -> str:
    """What a refusal says, as far as it can be read."""
    import httpx2

    said = b""
    packed = answer.headers.get("content-encoding", "").strip().lower()
    with suppress(httpx2.HTTPError, PassingError, PublisherError):
        for piece in unpacked(flowing(answer.iter_raw(), "", _MOST_SAID), packed):
            said += piece
            if len(said) >= HEARD:
                break
    return in_words(said)


def _quoted(said: str) -> str:
    return f": {said[:200]!r}" if said else ""


def _todo(code: int, *, keyed: bool) -> str:
    if code in (401, 403) and keyed:
        return " Check the key, and what it is entitled to."
    return " It has no such thing, or moved it." if code in (404, 410) else ""
