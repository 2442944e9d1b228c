"""A file on its way into the store, on Spark: read here, interpreted, checked and sorted there."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import ibis
import pyarrow as pa

from entrepot.errors import EngineError, StoreError
from entrepot.sources._format import Raw
from entrepot.store.engine._parts import in_order, landed
from entrepot.store.engine._session import failures, first_said
from entrepot.store.engine.duckdb import DuckDBStaging
from entrepot.store.engine.staging import OutOfRangeError

if TYPE_CHECKING:
    from ibis.expr.types import Table

    from entrepot.store.engine.spark import Spark

_ROW_GROUP: Final = 122_880  # rows of the text that one worker takes at a time
_FULL: Final = re.compile(r"No space left|[Qq]uota exceeded|[Rr]ead-only file system|Permission denied")
_BEYOND: Final = re.compile(r"[^\n]*(?:CAST_OVERFLOW|ARITHMETIC_OVERFLOW|SQLSTATE: 22)[^\n]*")


class SparkStaging:
    """See Staging. Text and tables lie in `scratch`, which is in the store's folder: a cluster sees it."""

    hashed = "xxhash64"

    def __init__(self, engine: Spark, scratch: Path) -> None:
        self._spark, self._scratch = engine, scratch.absolute()
        self._here = DuckDBStaging(scratch)
        self._mark = uuid.uuid4().hex
        self._names: dict[str, str] = {}

    def register_raw(self, name: str, raw: Raw) -> None:
        """See Staging. DuckDB reads the text, here, so that it is read one way whatever the engine."""
        self._here.register_raw(name, raw)
        text = ibis.table(dict.fromkeys(raw.columns, "string") | {"row": "int64"}, name=name)
        landed = self._scratch / f"{name}.read.parquet"
        self._here.write(text, landed, _ROW_GROUP)
        with self._told():
            self._register(name, [str(landed)])

    def create(self, name: str, expr: Table) -> None:
        """See Staging. In files, which outlive a worker."""
        with self._told():
            self._register(name, self._landed(name, expr))

    def run(self, expr: Table) -> pa.Table:
        """See Staging."""
        with self._told():
            rows = self._asked(expr).toArrow()
        return rows.cast(pa.schema([field.with_nullable(True) for field in rows.schema]))

    def write(self, expr: Table, path: Path, row_group: int) -> None:
        """See Staging. Spark sorts, into parts that are put together here as they are read."""
        with self._told():
            parts = self._landed("sorted", expr)
        self._here.register("sorted", parts)
        self._here.write(in_order(expr, parts, "sorted"), path, row_group)

    def close(self) -> None:
        """See Staging."""
        self._here.close()
        with suppress(Exception):
            for name in self._names.values():
                self._spark.session.catalog.dropTempView(name)

    def _register(self, name: str, data: Sequence[str] | pa.Table) -> None:
        """Two files may be added in one session at once: each has names of its own."""
        self._names[name] = f"{name}_{self._mark}"
        self._spark.show(self._names[name], data)

    def _asked(self, expr: Table) -> Any:
        """The expression as a frame of Spark's, which says in its own words what fails."""
        self._spark.give(expr)
        return self._spark.session.sql(self._spark.sql(expr, self._names))

    def _landed(self, name: str, expr: Table) -> list[str] | pa.Table:
        return landed(self._asked(expr), self._scratch / f"{name}.parquet")

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except failures() as error:
            self._names.clear()  # who does not answer is asked no more
            details = getattr(error, "details", None)  # of the way there: its own text is a listing
            raise _complaint(str(details() if details else error).strip(), self._scratch) from error


def _complaint(said: str, scratch: Path) -> Exception:
    """What Spark, or the way to it, says when it fails, turned into what the user can do."""
    if found := _BEYOND.search(said):
        return OutOfRangeError(found[0].strip())
    first = first_said(said).rstrip(".")
    if _FULL.search(said):
        return StoreError(
            f"cannot work in {scratch.parent.parent}: {first}. The store is as it was before. "
            "Free space or rights there, for Spark's workers too, or name another place with --store."
        )
    return EngineError(
        f"Spark did not finish: {first}. The store is as it was before. "
        "Add the file again once Spark is there, or without --engine."
    )
