"""DuckDB, inside this process."""

from __future__ import annotations

import shutil
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis

from entrepot.errors import StoreError
from entrepot.model.constant import constants
from entrepot.sources._format import Raw
from entrepot.store.engine._compiled import compiled
from entrepot.store.objects import dataset, unread
from entrepot.store.places import is_address, scratch_of_process

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection
    from ibis.expr.types import Table

ADDING_LIMIT = "1GiB"  # of memory, for files of any size
ASKING_LIMIT = "4GiB"  # what a question of many groups takes before it goes to the disk
_STREAM = "reading the stream registered"  # how DuckDB begins to tell that a dataset failed
# Of the planner's own ideas one reads the files once more for each window over them, the other takes as long
# to plan a question of one series as its rows take to read.
ASKING_WITHOUT = "window_self_join,distinct_aggregate_rewrite"
# A compressed file looks small to the planner, which would then keep all of it, and not the code list it is
# joined with, in memory. Comparing beats a join for each list of words.
ADDING_WITHOUT = "build_side_probe_side,in_clause"
_UNREAD = "the store could not be read"
_ROW = "file_row_number"  # DuckDB's name for the place of a row in a Parquet file, from 0


class _Connected:
    """A DuckDB of this process's own: files and tables by their names, expressions as queries."""

    def __init__(self, memory: str, spill: Path | None, without: str) -> None:
        import duckdb

        self._errors = duckdb
        self._given: set[str] = set()
        config: dict[str, Any] = {
            "memory_limit": memory,
            "temp_directory": "" if spill is None else str(spill),  # its own is where the user happens to be
            "disabled_optimizers": without,
            "autoinstall_known_extensions": False,
        }
        self.connection: DuckDBPyConnection = duckdb.connect(config=config)
        self.connection.execute("SET enable_progress_bar = false")  # it would write into answers

    def register(self, name: str, data: Sequence[str] | pa.Table) -> None:
        """See Engine. Raises StoreError where a file of the store cannot be read."""
        if isinstance(data, (list, tuple)):
            with self._told(_UNREAD):
                if is_address(data[0]):  # DuckDB's own reader of object storage is an extension to download
                    self.connection.register(name, dataset(data))
                else:
                    self.connection.read_parquet(list(data)).create_view(name, replace=True)
        else:
            self.connection.register(name, data)

    def sql(self, expr: Table) -> str:
        """See Engine."""
        return compiled(expr.op(), "duckdb")

    def run(self, expr: Table) -> pa.Table:
        """See Engine. Raises StoreError where a file of the store cannot be read or the disk is full."""
        with self._told(_UNREAD):
            self._give(expr)  # a relation is one result; `execute` would mix up those of two threads
            return self.connection.sql(self.sql(expr)).to_arrow_table()

    def close(self) -> None:
        """See Staging."""
        self.connection.close()

    def _copy(self, expr: Table, target: Path, options: str) -> None:
        self._give(expr)
        self.connection.execute(f"COPY ({self.sql(expr)}) TO {_quoted(target)} (FORMAT parquet, {options})")

    def _give(self, expr: Table) -> None:
        """The small tables an expression uses, each once: their names follow from their rows."""
        for name, table in constants(expr).items():
            if name not in self._given:
                self.connection.register(name, table)
                self._given.add(name)

    @contextmanager
    def _told(self, failed: str) -> Iterator[None]:
        """What files or the disk are at fault for, as the store's error: the rest is no fault of theirs."""
        try:
            yield
        except self._errors.Error as error:
            if _STREAM in str(error):
                raise unread(error) from None
            if not self._is_of_files(error):
                raise
            raise StoreError(f"{failed}: {error}") from error

    def _is_of_files(self, error: Exception) -> bool:
        known = isinstance(error, (self._errors.IOException, self._errors.OutOfMemoryException))
        if known or type(error) is self._errors.Error:
            return True
        return "parquet" in str(error).lower() and not isinstance(error, self._errors.ProgrammingError)


class DuckDB(_Connected):
    """The engine inside this process. What does not fit in memory goes to `spill`, or a folder of its own."""

    is_apart = False

    def __init__(self, spill: Path | None = None) -> None:
        super().__init__(ASKING_LIMIT, spill or self._own(), ASKING_WITHOUT)

    def _own(self) -> Path | None:
        """A folder that goes with the engine; none where the system has no place: then memory is all."""
        try:
            folder = scratch_of_process()
        except OSError:
            return None
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        return folder

    def staging(self, scratch: Path) -> DuckDBStaging:
        """See Engine."""
        return DuckDBStaging(scratch)

    def keep(self, name: str, expr: Table, scratch: Path) -> None:
        """See Engine. In a file of `scratch`, so that it may be more than memory holds."""
        target = scratch / f"{name}.parquet"
        self._computed(expr, target, "COMPRESSION lz4")
        self.register(name, [str(target)])

    def land(self, expr: Table, target: Path, scratch: Path, about: Mapping[str, str] | None = None) -> None:
        """See Engine. Raises StoreError where the disk is full or a file of the store cannot be read."""
        told = ", ".join(f"{_quoted(key)}: {_quoted(text)}" for key, text in (about or {}).items())
        self._computed(expr, target, "COMPRESSION zstd" + (f", KV_METADATA {{{told}}}" if told else ""))

    def _computed(self, expr: Table, target: Path, options: str) -> None:
        with self._told(f"{target} could not be computed and written"):
            self._copy(expr, target, options)


class DuckDBStaging(_Connected):
    """A file on its way into the store, inside this process: see Staging. All lies in `scratch`."""

    hashed = "hash"

    def __init__(self, scratch: Path) -> None:
        super().__init__(ADDING_LIMIT, scratch, ADDING_WITHOUT)
        self._scratch = scratch

    def register_raw(self, name: str, raw: Raw) -> None:
        """See Staging."""
        if raw.table is not None:
            import pyarrow as pa

            rows = pa.array(range(raw.first_row, raw.first_row + raw.table.num_rows), pa.int64())
            self.connection.register(name, raw.table.append_column("row", rows))
            return
        text = self.connection.read_csv(
            str(raw.csv),
            columns=dict.fromkeys(raw.columns, "VARCHAR"),
            header=False,
            skiprows=raw.skip,
            delimiter=raw.delimiter,
            quotechar='"',
            escapechar='"',
            compression=raw.compression,
            auto_detect=False,
            all_varchar=True,
            strict_mode=True,
            null_padding=False,
        )
        # Parquet in between: a compressed CSV is read by one thread; interpreting can then use all of them,
        # and much of it is done once for texts that repeat (Parquet has dictionaries).
        landed = str(self._scratch / f"{name}.parquet")
        text.write_parquet(landed, compression="snappy")
        self.connection.read_parquet(landed, file_row_number=True).create_view(f"{name}_text", replace=True)
        numbered = ibis.table(dict.fromkeys(raw.columns, "string") | {_ROW: "int64"}, name=f"{name}_text")
        plain = numbered.mutate(row=numbered[_ROW] + raw.first_row).drop(_ROW)
        self.connection.sql(self.sql(plain)).create_view(name, replace=True)

    def create(self, name: str, expr: Table) -> None:
        """See Staging. Parquet takes half the time of a table of DuckDB's own."""
        landed = self._scratch / f"{name}.parquet"
        self._copy(expr, landed, "COMPRESSION snappy")
        self.connection.read_parquet(str(landed)).create_view(name, replace=True)

    def write(self, expr: Table, path: Path, row_group: int) -> None:
        """See Staging. Version 2: part of a file is read faster."""
        self._copy(expr, path, f"COMPRESSION zstd, PARQUET_VERSION v2, ROW_GROUP_SIZE {row_group}")


def _quoted(text: object) -> str:
    return "'" + str(text).replace("'", "''") + "'"
