"""The pace: all that ask one publisher go through one gate."""

from __future__ import annotations

import threading
from time import monotonic


class Stopped(BaseException):
    """The user wants no more: nothing further is asked."""


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
        """Return when it is the caller's turn. Raises Stopped.

        Who waited when all were held takes another turn: else they would all go at once.
        """
        turn = -1.0
        while turn < self.held_until:
            with self._lock:
                turn = max(self._next, self.held_until, monotonic())
                self._next = turn + self._between
            if self._stop.wait(max(turn - monotonic(), 0)):
                raise Stopped
