"""A publisher on loopback that speaks real HTTP, and fails as it is told: what the tests fetch from.

A dialect (comtrade.py ...) says what is answered to which question. `faults` are taken one a request, in
order; None in between means none. `seen` are the questions that came, as they came.
"""

import gzip
import json
import re
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

FAULTS = ("429", "quota", "500", "503", "html", "truncated", "reset", "slow", "nothing")


@dataclass(frozen=True)
class Reply:
    """What a publisher answers."""

    body: bytes
    content_type: str = "application/json; charset=utf-8"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Question:
    """What came: the path, the parameters, the headers (names in lower case)."""

    path: str
    params: Mapping[str, str]
    headers: Mapping[str, str]

    def list(self, name: str) -> list[str]:
        return [one for one in self.params.get(name, "").split(",") if one]


Dialect = Callable[[Question], Reply]


@dataclass
class Fake:
    """One publisher: how it answers, how it fails, what it was asked. `ranges`: whether it sends parts."""

    dialect: Any  # a Dialect; a test may look into it
    faults: deque[str | None] = field(default_factory=deque)
    seen: list[Question] = field(default_factory=list)
    answered: list[Question] = field(default_factory=list)  # those that got a whole, true answer
    ranges: bool = True
    wait: int = 0  # seconds that a refusal names
    slowness: float = 0.2  # seconds
    on_question: Callable[[int], None] = lambda count: None
    url: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def fail(self, faults: Iterable[str | None]) -> None:
        self.faults = deque(faults)


@contextmanager
def served(fake: Fake) -> Iterator[Fake]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"fake": fake}))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    fake.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    fake: Fake

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        there = urlsplit(self.path)
        params = {name: values[-1] for name, values in parse_qs(there.query).items()}
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Question(there.path, params, headers)
        with self.fake.lock:
            self.fake.seen.append(asked)
            fault = self.fake.faults.popleft() if self.fake.faults else None
            count = len(self.fake.seen)
        self.fake.on_question(count)
        reply = self.fake.dialect(asked)
        if fault == "reset":
            self._reset()
        else:
            time.sleep(self.fake.slowness if fault == "slow" else 0)
            said = _refusal(fault, reply, self.fake.wait)
            self._send(asked, said or reply, cut=fault == "truncated", is_true=said is None)

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def _send(self, asked: Question, reply: Reply, *, cut: bool, is_true: bool) -> None:
        body, status, more = _part(self.fake, asked, reply)
        self.send_response(status)
        for name, value in {**reply.headers, **more}.items():
            self.send_header(name, value)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if cut else body)
        if cut:
            self.close_connection = True
        elif is_true:
            self.fake.answered.append(asked)


def _refusal(fault: str | None, reply: Reply, wait: int) -> Reply | None:
    """What is said instead of the answer; None: the answer itself, or a part of it."""
    clock = time.strftime("%H:%M:%S", time.gmtime(wait))
    over = f"Out of call volume quota. Quota will be replenished in {clock}."
    match fault:
        case "429":
            return _told(429, f"Rate limit is exceeded. Try again in {wait} seconds.")
        case "quota":
            return _told(403, over)
        case "500" | "503":
            return Reply(b"Something went wrong", "text/plain", int(fault))
        case "html":
            return Reply(b"<html><body>Please enable JavaScript</body></html>", "text/html")
        case "nothing":
            return Reply(b"", reply.content_type)
        case _:
            return None


def _told(status: int, message: str) -> Reply:
    return Reply(json.dumps({"statusCode": status, "message": message}).encode(), status=status)


def _part(fake: Fake, asked: Question, reply: Reply) -> tuple[bytes, int, dict[str, str]]:
    """The body asked for: part of it, none of it where it did not change, packed where that is taken."""
    etag = reply.headers.get("ETag")
    if reply.status != 200:
        return reply.body, reply.status, {}
    if etag and asked.headers.get("if-none-match") == etag:
        return b"", 304, {}
    found = re.fullmatch(r"bytes=(\d+)-", asked.headers.get("range", ""))
    if found and fake.ranges and etag and asked.headers.get("if-range") == etag:
        start, size = int(found[1]), len(reply.body)
        if start >= size:
            return b"", 416, {"Content-Range": f"bytes */{size}"}
        return reply.body[start:], 206, {"Content-Range": f"bytes {start}-{size - 1}/{size}"}
    if "gzip" in asked.headers.get("accept-encoding", "") and "json" in reply.content_type:
        return gzip.compress(reply.body), 200, {"Content-Encoding": "gzip"}
    return reply.body, 200, {}
