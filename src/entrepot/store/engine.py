"""Engines: they run an Ibis expression over Parquet files and Arrow tables, and know nothing else.

Ibis is used as a compiler only: an expression over unbound tables becomes SQL of the engine's dialect.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import ibis
from ibis.config import Config

from entrepot.errors import EngineError, StoreError
from entrepot.model.constant import constants
from entrepot.sources._format import Raw

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection, DuckDBPyRelation
    from ibis.expr.operations import Node
    from ibis.expr.types import Table

ADDING_LIMIT = "1GiB"  # of memory, for files of any size
DEEPEST = 10_000  # calls within one another, in compiling
ASKING_LIMIT = "4GiB"  # what a question of many groups takes before it goes to the disk


_ROW = "file_row_number"  # DuckDB's name for the place of a row in a Parquet file, from 0


@lru_cache(maxsize=256)
def compiled(op: Node, dialect: str) -> str:
    """The query an expression becomes. The same question asked again is not compiled again.

    Selects stay nested as written: fusing them takes a quarter to a half of the compiler's time, and repeats
    in each column what several share. Nested selects go deeper than Python's usual limit.
    """
    fused, ibis.options.sql.fuse_selects = ibis.options.sql.fuse_selects, False
    depth = sys.getrecursionlimit()
    sys.setrecursionlimit(max(depth, DEEPEST))
    try:
        return str(ibis.to_sql(op.to_expr(), dialect=dialect))
    finally:
        ibis.options.sql.fuse_selects = fused
        sys.setrecursionlimit(depth)


class Engine(Protocol):
    """What the store asks of an engine."""

    def register(self, name: str, data: Sequence[str] | pa.Table) -> None:
        """Give Parquet files or an Arrow table the name an expression uses for it."""

    def sql(self, expr: Table) -> str:
        """The query an expression becomes."""

    def run(self, expr: Table) -> pa.Table:
        """The rows of an expression."""

    def land(self, expr: Table, target: Path, scratch: Path, about: Mapping[str, str] | None = None) -> None:
        """Write the rows of an expression as Parquet without holding them all; `about` as its metadata."""


class DuckDB:
    """The engine inside this process. `folder` takes what does not fit in memory."""

    def __init__(self, folder: Path | None = None, database: str = ":memory:") -> None:
        import duckdb

        self._errors = duckdb
        self._folder = folder or Path()
        self._spills = folder is not None
        config: dict[str, Any] = {
            "memory_limit": ASKING_LIMIT if folder is None else ADDING_LIMIT,
            "autoinstall_known_extensions": False,
        }
        if folder is not None:
            config["temp_directory"] = str(folder)
            # A compressed file looks small to the planner, which would then keep all of it, and not the code
            # list it is joined with, in memory. Comparing beats a join for each list of words.
            config["disabled_optimizers"] = "build_side_probe_side,in_clause"
        self.connection: DuckDBPyConnection = duckdb.connect(database, config=config)
        self.connection.execute(
            "SET enable_progress_bar = false"
        )  # interactively it would write into answers

    def register(self, name: str, data: Sequence[str] | pa.Table) -> None:
        """See Engine. Raises StoreError where a file of the store cannot be read."""
        if isinstance(data, (list, tuple)):
            with self._told():
                self.connection.read_parquet(list(data)).create_view(name, replace=True)
        else:
            self.connection.register(name, data)

    def register_raw(self, name: str, raw: Raw) -> None:
        """A file's columns of text, with the record number as `row`. Raises ReadError."""
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
        for name, table in constants(expr).items():
            self.connection.register(name, table)
        return self.connection.sql(self.sql(expr))

    def create(self, name: str, expr: Table) -> None:
        """Keep the rows of an expression as a table. One statement: as a relation it is read three times."""
        for constant, table in constants(expr).items():
            self.connection.register(constant, table)
        self.connection.execute(f'CREATE TABLE "{name}" AS {self.sql(expr)}')

    def run(self, expr: Table) -> pa.Table:
        """See Engine. Raises StoreError where a file of the store cannot be read or the disk is full."""
        with self._told():
            return self.relation(expr).to_arrow_table()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except self._errors.Error as error:
            if not self._is_of_files(error):
                raise
            raise StoreError(f"the store could not be read: {error}") from error

    def _is_of_files(self, error: Exception) -> bool:
        """Whether files are damaged or the disk is full: no fault of the query."""
        known = isinstance(error, (self._errors.IOException, self._errors.OutOfMemoryException))
        return known or type(error) is self._errors.Error or "parquet" in str(error).lower()

    def write(self, expr: Table, path: Path, row_group: int) -> None:
        """The rows of an expression as a Parquet file, in order. Version 2: part of a file is read faster."""
        for name, table in constants(expr).items():
            self.connection.register(name, table)
        options = f"FORMAT parquet, COMPRESSION zstd, PARQUET_VERSION v2, ROW_GROUP_SIZE {row_group}"
        self.connection.execute(f"COPY ({self.sql(expr)}) TO {_quoted(path)} ({options})")

    def land(self, expr: Table, target: Path, scratch: Path, about: Mapping[str, str] | None = None) -> None:
        """See Engine. Raises StoreError where the disk is full."""
        for name, table in constants(expr).items():
            self.connection.register(name, table)
        told = ", ".join(f"{_quoted(key)}: {_quoted(text)}" for key, text in (about or {}).items())
        options = "FORMAT parquet, COMPRESSION zstd" + (f", KV_METADATA {{{told}}}" if told else "")
        if not self._spills:  # DuckDB's own default is the folder the user happens to be in
            self.connection.execute(f"SET temp_directory = {_quoted(scratch)}")
            self._spills = True
        try:
            self.connection.execute(f"COPY ({self.sql(expr)}) TO {_quoted(target)} ({options})")
        except (self._errors.IOException, self._errors.OutOfMemoryException) as error:
            raise StoreError(f"{target} could not be written: {error}") from error

    def close(self) -> None:
        """Let go of files."""
        self.connection.close()


def _quoted(text: object) -> str:
    return "'" + str(text).replace("'", "''") + "'"


class _SparkOptions(Config):  # type: ignore[misc]  # Ibis ships no types
    """What Ibis's Spark compiler reads; its own class comes with a backend that is not needed here."""

    treat_nan_as_null: bool = False


class Spark:
    """Apache Spark in this process (`local`) or a session given. Needs the extra `spark` and Java 17."""

    def __init__(self, session: Any = None) -> None:
        try:
            from pyspark.sql import SparkSession
        except ImportError as error:
            raise EngineError(
                "Spark is not installed. Install it with: pip install 'entrepot[spark]'."
            ) from error
        ibis.options.pyspark = ibis.options.pyspark or _SparkOptions()
        try:
            self.session = session or SparkSession.builder.master("local[*]").getOrCreate()
        except Exception as error:  # whatever py4j hands on
            raise EngineError(
                f"Spark did not start ({type(error).__name__}). It needs Java 17 or later; or use duckdb."
            ) from error

    def register(self, name: str, data: Sequence[str] | pa.Table) -> None:
        """See Engine."""
        if isinstance(data, (list, tuple)):
            frame = self.session.read.parquet(*data)
        else:
            frame = self.session.createDataFrame(data)
        frame.createOrReplaceTempView(name)

    def sql(self, expr: Table) -> str:
        """See Engine."""
        return compiled(expr.op(), "pyspark")

    def run(self, expr: Table) -> pa.Table:
        """See Engine."""
        for name, table in constants(expr).items():
            self.register(name, table)
        return self.session.sql(self.sql(expr)).toArrow()

    def land(
        self,
        expr: Table,
        target: Path,
        scratch: Path,  # Spark has its own
        about: Mapping[str, str] | None = None,
    ) -> None:
        """See Engine. Through this process: a cluster's own writers make a folder, not a file."""
        import pyarrow.parquet as pq

        rows = self.run(expr)
        pq.write_table(rows.replace_schema_metadata(dict(about or {})), target, compression="zstd")
