"""DuckDB, inside this process."""

from __future__ import annotations

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
from entrepot.store.places import is_address

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection, DuckDBPyRelation
    from ibis.expr.types import Table

ADDING_LIMIT = "1GiB"  # of memory, for files of any size
ASKING_LIMIT = "4GiB"  # what a question of many groups takes before it goes to the disk
_STREAM = "reading the stream registered"  # how DuckDB begins to tell that a dataset failed
# Of the planner's own ideas one reads the files once more for each window over them, the other takes as long
# to plan a question of one series as its rows take to read.
ASKING_WITHOUT = "window_self_join,distinct_aggregate_rewrite"
_ROW = "file_row_number"  # DuckDB's name for the place of a row in a Parquet file, from 0


class DuckDB:
    """The engine inside this process, and its Staging. `folder` takes what does not fit in memory."""

    hashed = "hash"

    is_apart = False

    def __init__(self, folder: Path | None = None) -> None:
        import duckdb

        self._errors = duckdb
        self._folder = folder or Path()
        self._spills = folder is not None
        self._given: set[str] = set()
        config: dict[str, Any] = {
            "memory_limit": ASKING_LIMIT if folder is None else ADDING_LIMIT,
            "autoinstall_known_extensions": False,
            "disabled_optimizers": ASKING_WITHOUT,
        }
        if folder is not None:
            config["temp_directory"] = str(folder)
            # A compressed file looks small to the planner, which would then keep all of it, and not the code
            # list it is joined with, in memory. Comparing beats a join for each list of words.
            config["disabled_optimizers"] = "build_side_probe_side,in_clause"
        self.connection: DuckDBPyConnection = duckdb.connect(config=config)
        self.connection.execute(
            "SET enable_progress_bar = false"
        )  # interactively it would write into answers

    def register(self, name: str, data: Sequence[str] | pa.Table) -> None:
        """See Engine. Raises StoreError where a file of the store cannot be read."""
        if isinstance(data, (list, tuple)):
            with self._told():
                if is_address(data[0]):  # DuckDB's own reader of object storage is an extension to download
                    self.connection.register(name, dataset(data))
                else:
                    self.connection.read_parquet(list(data)).create_view(name, replace=True)
        else:
            self.connection.register(name, data)

    def staging(self, scratch: Path) -> DuckDB:
        """See Engine."""
        return DuckDB(scratch)

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
        landed = str(self._folder / f"{name}.parquet")
        text.write_parquet(landed, compression="snappy")
        self.connection.read_parquet(landed, file_row_number=True).create_view(f"{name}_text", replace=True)
        numbered = ibis.table(dict.fromkeys(raw.columns, "string") | {_ROW: "int64"}, name=f"{name}_text")
        plain = numbered.mutate(row=numbered[_ROW] + raw.first_row).drop(_ROW)
        self.relation(plain).create_view(name, replace=True)

    def sql(self, expr: Table) -> str:
        """See Engine."""
        return compiled(expr.op(), "duckdb")

    def relation(self, expr: Table) -> DuckDBPyRelation:
        """The expression as a lazy relation of DuckDB's."""
        self._give(expr)
        return self.connection.sql(self.sql(expr))

    def _give(self, expr: Table) -> None:
        """The small tables an expression uses, each once: their names follow from their rows."""
        for name, table in constants(expr).items():
            if name not in self._given:
                self.connection.register(name, table)
                self._given.add(name)

    def create(self, name: str, expr: Table) -> None:
        """See Staging. Parquet takes half the time of a table of DuckDB's own."""
        self._give(expr)
        landed = self._folder / f"{name}.parquet"
        self.connection.execute(
            f"COPY ({self.sql(expr)}) TO {_quoted(landed)} (FORMAT parquet, COMPRESSION snappy)"
        )
        self.connection.read_parquet(str(landed)).create_view(name, replace=True)

    def run(self, expr: Table) -> pa.Table:
        """See Engine. Raises StoreError where a file of the store cannot be read or the disk is full."""
        with self._told():
            return self.relation(expr).to_arrow_table()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except self._errors.Error as error:
            if _STREAM in str(error):
                raise unread(error) from None
            if not self._is_of_files(error):
                raise
            raise StoreError(f"the store could not be read: {error}") from error

    def _is_of_files(self, error: Exception) -> bool:
        """Whether files are damaged or the disk is full: no fault of the query."""
        known = isinstance(error, (self._errors.IOException, self._errors.OutOfMemoryException))
        return known or type(error) is self._errors.Error or "parquet" in str(error).lower()

    def write(self, expr: Table, path: Path, row_group: int) -> None:
        """See Staging. Version 2: part of a file is read faster."""
        self._give(expr)
        options = f"FORMAT parquet, COMPRESSION zstd, PARQUET_VERSION v2, ROW_GROUP_SIZE {row_group}"
        self.connection.execute(f"COPY ({self.sql(expr)}) TO {_quoted(path)} ({options})")

    def keep(self, name: str, expr: Table, scratch: Path) -> None:
        """See Engine. In a file of `scratch`, so that it may be more than memory holds."""
        target = scratch / f"{name}.parquet"
        self._copied(expr, target, scratch / "spill", "COMPRESSION lz4")
        self.register(name, [str(target)])

    def land(self, expr: Table, target: Path, scratch: Path, about: Mapping[str, str] | None = None) -> None:
        """See Engine. Raises StoreError where the disk is full."""
        told = ", ".join(f"{_quoted(key)}: {_quoted(text)}" for key, text in (about or {}).items())
        self._copied(
            expr, target, scratch, "COMPRESSION zstd" + (f", KV_METADATA {{{told}}}" if told else "")
        )

    def _copied(self, expr: Table, target: Path, scratch: Path, options: str) -> None:
        self._give(expr)
        if not self._spills:  # DuckDB's own default is the folder the user happens to be in
            self.connection.execute(f"SET temp_directory = {_quoted(scratch)}")
            self._spills = True
        try:
            self.connection.execute(
                f"COPY ({self.sql(expr)}) TO {_quoted(target)} (FORMAT parquet, {options})"
            )
        except (self._errors.IOException, self._errors.OutOfMemoryException) as error:
            raise StoreError(f"{target} could not be written: {error}") from error

    def close(self) -> None:
        """See Staging."""
        self.connection.close()


def _quoted(text: object) -> str:
    return "'" + str(text).replace("'", "''") + "'"
