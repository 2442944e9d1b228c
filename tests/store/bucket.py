"""Object storage for tests: moto's server in a process of its own, which counts, and misbehaves when told to.

Its own process: the library of the log holds Python's lock while it waits for an answer.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

KEY, SECRET, TOKEN, BUCKET = "AKIAINVENTED", "invented/secret", "invented-token", "invented"
_REFUSED = b"<Error><Code>InvalidAccessKeyId</Code><AWSAccessKeyId>AKIAOTHER</AWSAccessKeyId></Error>"
_CONTROL = "/-control-"


class Server:
    """The process, and what it has seen since it was last told how to behave."""

    def __init__(self, python: Path) -> None:
        words = [python, "-W", "ignore", __file__]
        self._process = subprocess.Popen(words, stdout=subprocess.PIPE)
        assert self._process.stdout
        self._port = int(self._process.stdout.readline())
        self.endpoint = f"http://127.0.0.1:{self._port}"

    def behave(self, **how: Any) -> None:
        """cut: break the connection at writes of such a name; refuse: writes; kill, meet: see _before."""
        self._told("POST", json.dumps(how))

    def seen(self) -> dict[str, Any]:
        """Since then: requests, bytes sent, statuses of answers, conditions of writes."""
        found: dict[str, Any] = json.loads(self._told("GET"))
        return found

    def _told(self, method: str, body: str = "") -> bytes:
        line = HTTPConnection("127.0.0.1", self._port, timeout=30)
        line.request(method, _CONTROL, body)
        return line.getresponse().read()

    def close(self) -> None:
        """End the process."""
        self._process.terminate()
        self._process.communicate(timeout=30)


class _Application:
    """moto's, one write at a time, as real object storage orders them."""

    def __init__(self) -> None:
        from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

        self._moto = DomainDispatcherApplication(create_backend_app)
        self._writing = threading.Lock()
        self._begin({})

    def _begin(self, how: dict[str, Any]) -> None:
        self._how = how
        self._seen: dict[str, Any] = {"requests": 0, "sent": 0, "statuses": [], "conditions": []}
        self._left, self._met = 2, threading.Barrier(2, timeout=60)

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        name, is_write = environ["PATH_INFO"], environ["REQUEST_METHOD"] in ("PUT", "POST")
        if name == _CONTROL:
            return self._control(environ, start)
        self._seen["requests"] += 1
        if KEY not in environ.get("HTTP_AUTHORIZATION", "") or (is_write and self._how.get("refuse")):
            start("403 Forbidden", [("Content-Type", "application/xml")])
            return [_REFUSED]
        if not is_write:
            return self._answer(environ, start)
        self._before(name)
        if (cut := self._how.get("cut")) and cut in name:
            start("500 Cut off", [])  # nobody hears it
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            return []
        if condition := environ.get("HTTP_IF_NONE_MATCH"):
            self._seen["conditions"].append(condition)
        with self._writing:
            return self._answer(environ, start)

    def _before(self, name: str) -> None:
        """At a commit: kill the process that makes it, or let two of them come together."""
        if "_delta_log" not in name:
            return
        if process := self._how.get("kill"):
            os.kill(process, signal.SIGKILL)
            self._how = {"cut": "_delta_log"}
        if self._how.get("meet") and self._left:
            self._left -= 1
            self._met.wait()

    def _control(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "POST":
            self._begin(json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))))
        start("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(self._seen).encode()]

    def _answer(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        def told(status: str, *more: Any) -> Any:
            self._seen["statuses"].append(status[:3])
            return start(status, *more)

        body = b"".join(self._moto(environ, told))
        self._seen["sent"] += len(body)
        return [body]


def main() -> None:
    """Answer until ended."""
    from werkzeug.serving import make_server

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, _Application(), threaded=True)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
