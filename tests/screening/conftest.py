"""Processes that write to a log, and die of it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.store.helpers import ROOT, environment


class Writers:
    """The process of worker.py."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.screening.worker"],
            cwd=ROOT,
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def begin(self, log: Path, *names: str, **job: Any) -> None:
        """Start writers of these names."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps({"log": str(log), "names": names, **job}) + "\n")
        self._process.stdin.flush()

    def end(self) -> list[int]:
        """Their exit codes, once all have ended."""
        assert self._process.stdout
        return json.loads(self._process.stdout.readline())

    def run(self, log: Path, *names: str, **job: Any) -> list[int]:
        self.begin(log, *names, **job)
        return self.end()

    def close(self) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(20)
        self._process.stdout.close()


@pytest.fixture(scope="session")
def writers() -> Iterator[Writers]:
    started = Writers()
    yield started
    started.close()
