"""What a store is made of: a Delta table for each kind of rows, and card, scope and rejects of each snapshot.

    entrepot-data/                  (or s3://bucket/prefix/; see store.places)
      flows/_delta_log/...              which files count: the one point where an add becomes visible
      flows/<snapshot>/flows.parquet    sorted rows of one snapshot; never changed
      indicators/...                    the same of facts beside trade; absent where there are none
      snapshots/<snapshot>.json         card
      snapshots/<snapshot>.scope.parquet, <snapshot>.rejects.parquet
      scratch/                          work in progress, of processes that may have died (a folder only)

A snapshot exists when the Delta log names its file. All else is written before that, under names that
follow from the content, so a process killed at any moment leaves nothing that counts.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from entrepot.errors import StoreError
from entrepot.model.kind import FLOWS, KINDS, Kind
from entrepot.model.provenance import Scope, Snapshot
from entrepot.store.places import place_of

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


class _DamagedError(StoreError):
    """Something of a snapshot is damaged or gone: adding its file again brings it back."""


class Files:
    """Names of a store's files and the transactions on them. Knows nothing of trade."""

    def __init__(self, where: Path | str) -> None:
        self.place = place_of(where)
        self.folder = self.place.name
        self._seen: tuple[str, dict[str, list[str]]] | None = None

    def table(self, kind: Kind) -> DeltaTable | None:
        """The Delta table of a kind at its latest version, or None where none was ever added."""
        from deltalake import DeltaTable
        from deltalake.exceptions import DeltaError

        self.place.check()
        where, how = self.place.address(kind.name), self._options
        try:
            found = DeltaTable(where, storage_options=how) if DeltaTable.is_deltatable(where, how) else None
        except (DeltaError, OSError) as error:
            raise self.place.refusal(error) from None
        if found and [field.name for field in found.schema().fields] != SCHEMAS[kind].names:
            raise StoreError(
                f"{self.folder} is not a store of this version: its table has other columns. "
                "Name another place with --store, and add the files there."
            )
        return found

    @property
    def _options(self) -> dict[str, str] | None:
        return dict(self.place.options) if self.place.options else None

    def held(self) -> dict[str, list[str]]:
        """Snapshot -> its Parquet files, as the logs have them. Read anew where a log has changed."""
        try:
            version = self.version()
        except OSError as error:
            raise self.place.refusal(error) from None
        if self._seen is None or self._seen[0] != version:
            found: dict[str, list[str]] = {}
            for paths in self.place.each(self._logged, KINDS):
                for path in paths:
                    found.setdefault(Path(path).parent.name, []).append(self.place.address(path))
            self._seen = version, found
        return self._seen[1]

    def _logged(self, kind: str) -> list[str]:
        table = self.table(KINDS[kind])
        paths = pa.table(table.get_add_actions())["path"].to_pylist() if table else []
        if strange := [path for path in paths if not re.fullmatch(rf"[0-9a-f]{{16}}/{kind}\.parquet", path)]:
            raise StoreError(
                f"{self.folder}: its log names {strange[0]!r}, which no add has written: the rows of another "
                "place would count as a file's own. Put back the store from a copy."
            )
        return [f"{kind}/{path}" for path in paths]

    def version(self) -> str:
        """A name for what is held: it changes with each commit, and costs a look at a few folders.

        Another store in the same place has as many commits, but not of the same moment.
        """
        told = self.place.marks([f"{kind}/_delta_log" for kind in KINDS])
        return hashlib.sha256("\n".join(sorted(told)).encode()).hexdigest()[:16]

    def is_whole(self, snapshot: str) -> bool:
        """Whether nothing of a snapshot is gone. Adding its file again brings back what is."""
        try:
            self.card(snapshot)
        except _DamagedError:
            return False
        return all(self.place.is_parquet(_beside(snapshot, name)) for name in ("scope", "rejects"))

    def cards(self, snapshots: Iterable[str]) -> list[Snapshot]:
        """The card of each."""
        return self.place.each(self.card, snapshots)

    def card(self, snapshot: str) -> Snapshot:
        """The card of a snapshot held. Raises StoreError where it or its rows are damaged or gone."""
        found = self._card(snapshot)
        if not self.place.is_parquet(_rows(found)):
            raise _DamagedError(
                f"{self.folder}: the rows of {found.file} ({snapshot}) are damaged or gone. {_MEND}"
            )
        return found

    def _card(self, snapshot: str) -> Snapshot:
        name = _card_name(snapshot)
        try:
            return Snapshot.from_json(json.loads(self.place.read(name).decode("utf-8")))
        except (OSError, ValueError, KeyError, TypeError) as error:
            where = self.place.address(name)
            raise _DamagedError(f"the card {where} is damaged or gone ({error}). {_MEND}") from error

    def scopes(self, snapshots: Iterable[str]) -> list[list[Scope]]:
        """What each snapshot speaks for."""
        return self.place.each(self._scopes, snapshots)

    def _scopes(self, snapshot: str) -> list[Scope]:
        return [_scope(row) for row in self._read(_beside(snapshot, "scope")).to_pylist()]

    def rejects(self, snapshot: str) -> pa.Table:
        """Rows of a snapshot's file that were not understood: row, column, value, reason."""
        return self._read(_beside(snapshot, "rejects"))

    def _read(self, name: str) -> pa.Table:
        try:
            return self.place.table(name)
        except (pa.ArrowException, OSError, ValueError) as error:
            raise _DamagedError(
                f"{self.place.address(name)} is damaged or gone ({error}). {_MEND}"
            ) from error

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """A folder for work in progress, gone afterwards; those of dead processes go too."""
        with ExitStack() as stack:
            with explained(self.folder):
                mine = stack.enter_context(self.place.scratch())
            yield mine

    def publish(self, rows: Path, card: Snapshot, scopes: pa.Table, rejects: pa.Table) -> bool:
        """Make a snapshot part of the store: all its files first, then the one commit that counts.

        False if another process has done so meanwhile. A snapshot of which something was gone is made whole.
        """
        with explained(self.folder):
            held = card.snapshot in self.held()
            if held and self.is_whole(card.snapshot):
                return False
            card = self._first(card) if held else card
            stat, base = rows.stat(), rows.parent
            self.place.put(rows, _rows(card))
            pq.write_table(scopes, base / "scope", compression="zstd")
            pq.write_table(rejects, base / "rejects", compression="zstd")
            (base / "card").write_text(
                json.dumps(card.to_json(), ensure_ascii=False, indent=1), encoding="utf-8"
            )
            self.place.put(base / "scope", _beside(card.snapshot, "scope"))
            self.place.put(base / "rejects", _beside(card.snapshot, "rejects"))
            self.place.put(base / "card", _card_name(card.snapshot))
            return self._commit(stat, card) or held

    def _first(self, card: Snapshot) -> Snapshot:
        """The card a snapshot was added with: mending its rows changes no vintage."""
        try:
            return self._card(card.snapshot)
        except _DamagedError:
            return card

    def _commit(self, stat: os.stat_result, card: Snapshot) -> bool:
        from deltalake import CommitProperties, Schema
        from deltalake.exceptions import DeltaError
        from deltalake.transaction import AddAction, create_table_with_add_actions

        action = AddAction(
            path=_rows(card).removeprefix(f"{card.kind}/"),
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
                        self.place.address(kind.name),
                        schema,
                        [action],
                        mode="error",
                        commit_properties=note,
                        storage_options=self._options,
                    )
                elif card.snapshot in self.held():
                    return False
                else:
                    table.create_write_transaction([action], "append", schema, commit_properties=note)
            except DeltaError as error:
                refusal = error
            except OSError as error:
                if error.errno is not None:
                    raise
                raise self.place.refusal(error) from None
            else:
                return True
        raise StoreError(
            f"{self.folder}: the log refused the commit ({self.place.plain(refusal)}). Nothing was changed."
        )


def _scope(row: dict[str, Any]) -> Scope:
    plain = {name: row[name] for name in FLOWS.block}
    for name in ("periods", "partners", "commodities"):
        plain[name] = None if row[name] is None else frozenset(row[name])
    plain["digits"] = frozenset(None if level == OUTSIDE_HS else level for level in row["digits"])
    return Scope(**plain)


def _rows(card: Snapshot) -> str:
    return f"{card.kind}/{card.snapshot}/{card.kind}.parquet"


def _card_name(snapshot: str) -> str:
    return f"snapshots/{snapshot}.json"


def _beside(snapshot: str, what: str) -> str:
    return f"snapshots/{snapshot}.{what}.parquet"


@contextmanager
def explained(folder: Path | str) -> Iterator[None]:
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
