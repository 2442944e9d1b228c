"""The store on disk: a Delta table for each kind of rows, and a card, a scope and rejects for each snapshot.

    entrepot-data/
      flows/_delta_log/...              which files count: the one point where an add becomes visible
      flows/<snapshot>/flows.parquet    sorted rows of one snapshot; never changed
      indicators/...                    the same of facts beside trade; absent where there are none
      snapshots/<snapshot>.json         card
      snapshots/<snapshot>.scope.parquet, <snapshot>.rejects.parquet
      scratch/                          work in progress, of processes that may have died

A snapshot exists when the Delta log names its file. All else is written before that, under names that
follow from the content, so a process killed at any moment leaves nothing that counts.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from entrepot.errors import StoreError
from entrepot.model.kind import FLOWS, KINDS, Kind
from entrepot.model.provenance import Scope, Snapshot

if TYPE_CHECKING:
    from deltalake import DeltaTable

_ARROW = {
    "string": pa.string(),
    "date": pa.date32(),
    "int8": pa.int8(),
    "float64": pa.float64(),
    "boolean": pa.bool_(),
    "int64": pa.int64(),
}
SCHEMAS = {kind: pa.schema([(n, _ARROW[t]) for n, t in kind.columns.items()]) for kind in KINDS.values()}
OUTSIDE_HS = -1
"""The level written in a scope for commodities without one: a list drops its nulls."""


_MEND = "Add its file again, or put back the store from a copy."
_OURS = "entrepot-"
_HOST = re.sub(r"\W", "", platform.node()) or "host"  # a process of another machine only seems dead from here


class Files:
    """Paths of a store and the transactions on them. Knows nothing of trade."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        _check_name(folder.absolute())
        self.base = folder.absolute()  # absolute: `s3:/x` is a folder here, never an address
        self.snapshots = self.base / "snapshots"

    def table(self, kind: Kind) -> DeltaTable | None:
        """The Delta table of a kind at its latest version, or None where none was ever added."""
        from deltalake import DeltaTable
        from deltalake.exceptions import DeltaError

        if self.folder.exists() and not self.folder.is_dir():
            raise StoreError(f"{self.folder} is a file, not a folder. Name another place with --store.")
        try:
            where = str(self.base / kind.name)
            found = DeltaTable(where) if DeltaTable.is_deltatable(where) else None
        except (DeltaError, OSError) as error:
            cause = str(error).partition("\n")[0]  # what follows is where in the library it was
            raise StoreError(f"{self.folder} cannot be opened as a store: {cause}.") from error
        if found and [field.name for field in found.schema().fields] != SCHEMAS[kind].names:
            raise StoreError(
                f"{self.folder} is not a store of this version: its table has other columns. "
                "Name another place with --store, and add the files there."
            )
        return found

    def held(self) -> dict[str, list[str]]:
        """Snapshot -> its Parquet files, as the logs have them."""
        found: dict[str, list[str]] = {}
        for kind in KINDS.values():
            table = self.table(kind)
            for path in pa.table(table.get_add_actions())["path"].to_pylist() if table else ():
                found.setdefault(Path(path).parent.name, []).append(str(self.base / kind.name / path))
        return found

    def version(self) -> str:
        """A name for what is held: it changes with each commit, and costs a look at a few folders.

        Another store in the same place has as many commits, but not of the same moment.
        """
        logs = [self.base / kind.name / "_delta_log" for kind in KINDS.values()]
        told = [_told(entry) for log in logs if log.is_dir() for entry in os.scandir(log)]
        return hashlib.sha256("\n".join(sorted(told)).encode()).hexdigest()[:16]

    def _rows(self, card: Snapshot) -> Path:
        return self.base / card.kind / card.snapshot / f"{card.kind}.parquet"

    def is_whole(self, snapshot: str) -> bool:
        """Whether nothing of a snapshot is gone. Adding its file again brings back what is."""
        tables = [self.snapshots / f"{snapshot}.{name}.parquet" for name in ("scope", "rejects")]
        try:
            self.card(snapshot)
        except StoreError:
            return False
        return all(_is_parquet(path) for path in tables)

    def card(self, snapshot: str) -> Snapshot:
        """The card of a snapshot held. Raises StoreError where it or its rows are damaged or gone."""
        found = self._card(snapshot)
        if not _is_parquet(self._rows(found)):
            raise StoreError(
                f"{self.folder}: the rows of {found.file} ({snapshot}) are damaged or gone. {_MEND}"
            )
        return found

    def _card(self, snapshot: str) -> Snapshot:
        path = self.snapshots / f"{snapshot}.json"
        try:
            return Snapshot.from_json(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StoreError(f"the card {path} is damaged or gone ({error}). {_MEND}") from error

    def scopes(self, snapshot: str) -> list[Scope]:
        """What a snapshot speaks for."""
        return [_scope(row) for row in _read(self.snapshots / f"{snapshot}.scope.parquet").to_pylist()]

    def rejects(self, snapshot: str) -> pa.Table:
        """Rows of a snapshot's file that were not understood: row, column, value, reason."""
        return _read(self.snapshots / f"{snapshot}.rejects.parquet")

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """A folder for work in progress, gone afterwards; those of dead processes go too."""
        with explained(self.folder):
            base = self.folder / "scratch"
            base.mkdir(parents=True, exist_ok=True)
            _sweep(base)
            mine = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-{_HOST}-", dir=base.absolute()))
        try:
            yield mine
        finally:
            shutil.rmtree(mine, ignore_errors=True)

    def publish(self, rows: Path, card: Snapshot, scopes: pa.Table, rejects: pa.Table) -> bool:
        """Make a snapshot part of the store: all its files first, then the one commit that counts.

        False if another process has done so meanwhile. A snapshot of which something was gone is made whole.
        """
        with explained(self.folder):
            held = card.snapshot in self.held()
            if held and self.is_whole(card.snapshot):
                return False
            card = self._first(card) if held else card
            self.snapshots.mkdir(parents=True, exist_ok=True)
            target = self._rows(card)
            target.parent.mkdir(parents=True, exist_ok=True)
            _move(rows, target)
            base = rows.parent
            pq.write_table(scopes, base / "scope", compression="zstd")
            pq.write_table(rejects, base / "rejects", compression="zstd")
            (base / "card").write_text(
                json.dumps(card.to_json(), ensure_ascii=False, indent=1), encoding="utf-8"
            )
            _move(base / "scope", self.snapshots / f"{card.snapshot}.scope.parquet")
            _move(base / "rejects", self.snapshots / f"{card.snapshot}.rejects.parquet")
            _move(base / "card", self.snapshots / f"{card.snapshot}.json")
            return self._commit(target, card) or held

    def _first(self, card: Snapshot) -> Snapshot:
        """The card a snapshot was added with: mending its rows changes no vintage."""
        try:
            return self._card(card.snapshot)
        except StoreError:
            return card

    def _commit(self, file: Path, card: Snapshot) -> bool:
        from deltalake import CommitProperties, Schema
        from deltalake.exceptions import DeltaError
        from deltalake.transaction import AddAction, create_table_with_add_actions

        stat = file.stat()
        action = AddAction(
            path=f"{card.snapshot}/{file.name}",
            size=stat.st_size,
            partition_values={},
            modification_time=int(stat.st_mtime * 1000),
            data_change=True,
            stats=json.dumps({"numRecords": card.rows}),
        )
        note = CommitProperties(custom_metadata={"snapshot": card.snapshot, "file": card.file})
        kind, refusal = KINDS[card.kind], None
        schema = Schema.from_arrow(SCHEMAS[kind])
        for _ in range(20):  # another process may create the table, or commit, at the same moment
            table = self.table(kind)
            try:
                if table is None:
                    create_table_with_add_actions(
                        str(self.base / kind.name),
                        schema,
                        [action],
                        mode="error",
                        commit_properties=note,
                    )
                elif card.snapshot in self.held():
                    return False
                else:
                    table.create_write_transaction([action], "append", schema, commit_properties=note)
            except DeltaError as error:
                refusal = error
            else:
                return True
        raise StoreError(f"{self.folder}: the log refused the commit ({refusal}). Nothing was changed.")


def _scope(row: dict[str, Any]) -> Scope:
    plain = {name: row[name] for name in FLOWS.block}
    for name in ("periods", "partners", "commodities"):
        plain[name] = None if row[name] is None else frozenset(row[name])
    plain["digits"] = frozenset(None if level == OUTSIDE_HS else level for level in row["digits"])
    return Scope(**plain)


def _read(path: Path) -> pa.Table:
    try:
        return pq.read_table(path)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise StoreError(f"{path} is damaged or gone ({error}). {_MEND}") from error


def _check_name(folder: Path) -> None:
    """Libraries read some characters of a path as a pattern or a code, and would find another store."""
    if bad := sorted({char for char in str(folder) if char in "*?[]{}%\\" or not char.isprintable()}):
        where = f"a store cannot be in {str(folder)!r}: its path has {bad!r}"
        raise StoreError(f"{where}. Choose another with --store.")


def _is_parquet(path: Path) -> bool:
    """Whether a file is there to its end: a Parquet file closes with its mark."""
    try:
        with path.open("rb") as file:
            file.seek(-4, os.SEEK_END)
            return file.read() == b"PAR1"
    except OSError:
        return False


def _move(source: Path, target: Path) -> None:
    with source.open("rb+") as file:
        os.fsync(file.fileno())
    source.replace(target)


def scratch_of_process() -> Path:
    """A folder of this process, where the system keeps what is temporary; those of dead processes go.

    What is screened lies there for a while, and a process that is killed cannot take it away itself.
    """
    base = Path(tempfile.gettempdir())
    _sweep(base, _OURS)
    return Path(tempfile.mkdtemp(prefix=f"{_OURS}{os.getpid()}-{_HOST}-", dir=base))


def _sweep(base: Path, ours: str = "") -> None:
    for left in base.glob(f"{ours}*"):
        pid, _, rest = left.name.removeprefix(ours).partition("-")
        if pid.isdigit() and rest.startswith(f"{_HOST}-") and not _alive(int(pid)):
            shutil.rmtree(left, ignore_errors=True)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _told(entry: os.DirEntry[str]) -> str:
    try:
        seen = entry.stat()
    except FileNotFoundError:  # a commit under way has a file of its own for a moment
        return ""
    return f"{entry.path} {seen.st_size} {seen.st_mtime_ns}"


@contextmanager
def explained(folder: Path) -> Iterator[None]:
    """Turn what the operating system says into what the user can do; the store is as it was."""
    try:
        yield
    except OSError as error:
        if error.errno is None:  # not from the operating system
            raise
        raise StoreError(
            f"cannot write to {folder}: {error.strerror or error}. The store is as it was before. "
            "Free space or rights there, or name another place with --store."
        ) from error
