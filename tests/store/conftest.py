"""A store of one test's own, and files to add to it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from entrepot.store import Store
from tests.store.helpers import HEADER


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
