"""A server on loopback that says byte for byte what a test lets it say."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

Speak = Callable[[socket.socket, str, int], None]
"""Says something to a question: the connection, the head of the question, which question it is."""


@dataclass
class Raw:
    """Where it listens, and the heads of the questions that came."""

    speak: Speak
    context: ssl.SSLContext | None = None  # with it the server encrypts
    url: str = ""
    heads: list[str] = field(default_factory=list)

    def __call__(self, connection: socket.socket) -> None:
        with suppress(OSError), connection:
            if self.context is None:
                self._answer(connection)
                return
            with self.context.wrap_socket(connection, server_side=True) as secure:
                self._answer(secure)

    def _answer(self, connection: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head and (more := connection.recv(65536)):
            head += more
        if head:
            self.heads.append(head.decode("latin-1"))
            self.speak(connection, self.heads[-1], len(self.heads))


@contextmanager
def speaking(speak: Speak, context: ssl.SSLContext | None = None) -> Iterator[Raw]:
    """One question a connection."""
    raw = Raw(speak, context)
    with socket.create_server(("127.0.0.1", 0)) as server:
        raw.url = f"http://127.0.0.1:{server.getsockname()[1]}"
        threading.Thread(target=_serve, args=(server, raw), daemon=True).start()
        try:
            yield raw
        finally:
            with suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)


def _serve(server: socket.socket, raw: Raw) -> None:
    with suppress(OSError):
        while True:
            connection, _ = server.accept()
            threading.Thread(target=raw, args=(connection,), daemon=True).start()


def says(body: bytes = b"", status: str = "200 OK", **headers: str) -> bytes:
    """An answer, byte for byte; the names of headers with low lines."""
    told = {"Content-Length": str(len(body)), "Connection": "close"}
    told |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items() if value)
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode("latin-1") + body


def always(*answers: bytes) -> Speak:
    """Says these, one a question; the last one ever after."""

    def speak(connection: socket.socket, head: str, nth: int) -> None:
        connection.sendall(answers[min(nth, len(answers)) - 1])

    return speak
