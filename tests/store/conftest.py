"""A store of one test's own, and files to add to it."""

from __future__ import annotations

import json
import select
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from entrepot.store import Store
from tests.store.helpers import HEADER, ROOT, environment


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """`write(content, name)` makes a file; text that is not a whole table gets the usual header."""

    def _write(content: bytes | str, name: str = "table.csv") -> Path:
        path = tmp_path / "files" / name
        path.parent.mkdir(exist_ok=True)
        whole = content if isinstance(content, bytes) else (HEADER + content).encode()
        path.write_bytes(whole)
        return path

    return _write


class Worker:
    """The process of tests/store/worker.py."""

    def __init__(self, errors: Path) -> None:
        self.errors = errors
        script = ROOT / "tests" / "store" / "worker.py"
        with errors.open("wb") as err:
            self.process = subprocess.Popen(
                [sys.executable, script],
                env=environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=err,
            )

    def start(self, store: Store, *files: Path, **how: Any) -> None:
        """Begin a job."""
        job = {"store": str(store.folder), "files": [str(file) for file in files]} | how
        assert self.process.stdin
        self.process.stdin.write(json.dumps(job).encode() + b"\n")
        self.process.stdin.flush()

    def is_done(self) -> bool:
        """Whether the exit codes of the job are there."""
        assert self.process.stdout
        return bool(select.select([self.process.stdout], [], [], 0)[0])

    def codes(self) -> list[int]:
        """Wait for the exit codes of the children."""
        assert self.process.stdout
        found: list[int] = json.loads(self.process.stdout.readline())
        return found

    def add(self, store: Store, *files: Path, **how: Any) -> list[int]:
        """A job from its start to its end."""
        self.start(store, *files, **how)
        return self.codes()

    def close(self) -> None:
        """Let the process end."""
        self.process.communicate(timeout=30)


@pytest.fixture(scope="session")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    """One worker for all tests; whatever a child did not foresee fails the last of them."""
    made = Worker(tmp_path_factory.mktemp("worker") / "errors.txt")
    yield made
    made.close()
    assert "Traceback" not in made.errors.read_text()
