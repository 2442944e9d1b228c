"""Reading a file the way a user does: into a store of its own, then looking at what is held."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias

import pyarrow as pa
import pytest

from entrepot.model.provenance import Snapshot
from entrepot.store import Store

NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)


@dataclass(frozen=True)
class Reading:
    """What a file became."""

    card: Snapshot
    flows: pa.Table
    rejects: pa.Table

    def where(self, **wanted: Any) -> list[dict[str, Any]]:
        """The flows that have these values, as dictionaries."""
        return [row for row in self.flows.to_pylist() if all(row[k] == v for k, v in wanted.items())]

    def total(self, **wanted: Any) -> float:
        """Sum of `value` over those flows; at least one must be there."""
        rows = self.where(**wanted)
        assert rows, f"no row with {wanted}"
        return sum(row["value"] for row in rows if row["value"] is not None)


@dataclass(frozen=True)
class Facts:
    """What a file of facts beside trade became."""

    card: Snapshot
    rows: pa.Table
    rejects: pa.Table

    def of(self, indicator: str, *keys: str) -> dict[Any, float]:
        """Values of one indicator, by the columns named (by `period` alone where none is)."""
        names = keys or ("period",)
        found = [row for row in self.rows.to_pylist() if row["indicator"] == indicator]
        plain = {tuple(row[name] for name in names): row["value"] for row in found}
        assert len(plain) == len(found), f"{names} do not tell the rows apart"
        return {key if keys else key[0]: value for key, value in plain.items()}


Read: TypeAlias = Callable[..., Reading]
"""What the fixture `read` is."""


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Reading]:
    """`read(path, **options)` adds one file to a fresh store and returns the Reading."""

    def _read(path: Path, **options: Any) -> Reading:
        store = Store(tmp_path / f"store-{len(list(tmp_path.iterdir()))}")
        added = store.add(path, now=NOW, **options)
        return Reading(added.card, store.run(store.flows()), store.rejects(added.card.snapshot))

    return _read


@pytest.fixture
def read_facts(tmp_path: Path) -> Callable[..., Facts]:
    """`read_facts(path, **options)` adds one file of facts to a fresh store."""

    def _read(path: Path, **options: Any) -> Facts:
        store = Store(tmp_path / f"store-{len(list(tmp_path.iterdir()))}")
        added = store.add(path, now=NOW, **options)
        rows = store.run(store.indicators())
        return Facts(added.card, rows, store.rejects(added.card.snapshot))

    return _read
