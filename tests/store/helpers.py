"""Small tidy tables of invented countries, and ways to compare what a store holds before and after."""

from __future__ import annotations

import gzip
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from entrepot.store import Store

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
COLUMNS = ("reporter", "partner", "flow", "period", "commodity", "value", "currency", "status")
HEADER = ",".join(COLUMNS) + "\n"
Cells = tuple[tuple[Any, ...], ...]


def line(**cells: Any) -> str:
    """One record of a tidy table; what is not named is as below."""
    usual = dict(
        zip(COLUMNS, ("XAA", "XBB", "export", "2022-01", "870323", 10, "USD", "simulated"), strict=True)
    )
    return ",".join(str(value) for value in (usual | cells).values()) + "\n"


def table(*lines: str) -> bytes:
    """A tidy table of these records."""
    return (HEADER + "".join(lines)).encode()


def beside(content: bytes, *more: str) -> bytes:
    """A table with more columns at its end: the header's words first, then each record's."""
    lines = content.decode().splitlines()
    return "".join(f"{one},{other}\n" for one, other in zip(lines, more, strict=True)).encode()


def many(rows: int, *, partner: str = "XBB") -> bytes:
    """A tidy table of so many cells."""
    return table(*(line(partner=partner, commodity=f"{n:06}", value=n + 1) for n in range(rows)))


def zipped(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


def add(store: Store, path: Path, day: str | None = None, **options: Any) -> Any:
    """Add a file, published on a day."""
    published = date.fromisoformat(day) if day else None
    return store.add(path, now=NOW, published=published, **options)


def cells(
    store: Store, as_of: str | None = None, names: Sequence[str] = ("partner", "commodity", "value")
) -> Cells:
    """The rows in force, sorted, in these columns. The store is opened anew, as the next command would."""
    day = date.fromisoformat(as_of) if as_of else None
    fresh = Store(store.folder)
    return tuple(
        sorted(tuple(row[name] for name in names) for row in fresh.run(fresh.flows(day)).to_pylist())
    )


def listing(folder: Path) -> dict[str, str]:
    """Every file of a store but work in progress, with the digest of its bytes."""
    files: Iterable[Path] = (path for path in folder.rglob("*") if path.is_file())
    named = {str(path.relative_to(folder)): path for path in files}
    return {
        name: hashlib.sha256(path.read_bytes()).hexdigest()
        for name, path in sorted(named.items())
        if not name.startswith("scratch")
    }


def command(*words: str | Path) -> list[str]:
    """The command line of `entrepot`, for a process of its own."""
    return [sys.executable, "-m", "entrepot.cli", *map(str, words)]


def environment() -> dict[str, str]:
    """The environment of such a process: it finds the checkout, and no store by accident."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("ENTREPOT_")}
    return inherited | {"PYTHONPATH": str(ROOT / "src"), "PYTHONWARNINGS": "ignore", "PYTHONUTF8": "1"}


def run(*words: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
    """One command, to its end."""
    return subprocess.run(
        command(*words), env=environment(), capture_output=True, text=True, timeout=60, check=False, **options
    )


def start(*words: str | Path) -> subprocess.Popen[bytes]:
    """One command, under way."""
    return subprocess.Popen(
        command(*words), env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
