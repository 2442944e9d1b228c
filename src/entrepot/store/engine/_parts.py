"""Rows that Spark's workers write: parts in a folder that they and this process see, put together here."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import ibis
from ibis.expr import operations as ops

from entrepot.errors import EngineError
from entrepot.store.engine.duckdb import DuckDB

if TYPE_CHECKING:
    import pyarrow as pa
    from ibis.expr.types import Table

_NUMBERED: Final = re.compile(r"part-[0-9]{5}-")
_NAME: Final = "parts"
_COUNT: Final = "rows"


def landed(frame: Any, target: Path) -> list[str] | pa.Table:
    """The rows of a frame as files of Parquet, in order; of none, of which Sail writes no file, as a table.

    Raises EngineError where not all of them are seen here.
    """
    import pyarrow.parquet as pq
    from pyspark.sql.pandas.types import to_arrow_schema

    written = _written(frame, target)
    parts = [str(target)] if target.is_file() else sorted(map(str, target.glob("*.parquet")))
    seen = sum(pq.read_metadata(part).num_rows for part in parts)
    is_whole = bool(parts) or frame.isEmpty() if written is None else seen == written
    if not is_whole:
        raise EngineError(
            f"Spark wrote {written or 'its'} rows to {target}, and {seen} of them are seen here. Its workers "
            "and this machine must share that folder: name a store they share, or for one in a bucket set "
            "TMPDIR."
        )
    return parts or to_arrow_schema(frame.schema).empty_table()


def _written(frame: Any, target: Path) -> int | None:
    """Write the rows of a frame; how many they were, where that is told: Sail does not count."""
    from pyspark.errors import UnsupportedOperationException

    pyspark = "pyspark.sql" + (".connect" if "connect" in type(frame.sparkSession).__module__ else "")
    told = import_module(f"{pyspark}.observation").Observation()
    functions = import_module(f"{pyspark}.functions")
    try:
        _write(frame.observe(told, functions.count(functions.lit(1)).alias(_COUNT)), target)
    except UnsupportedOperationException:
        _write(frame, target)
        return None
    return int(told.get[_COUNT])


def _write(frame: Any, target: Path) -> None:
    frame.write.mode("overwrite").option("compression", "zstd").parquet(str(target))


@contextmanager
def together(expr: Table, parts: Sequence[str] | pa.Table, scratch: Path) -> Iterator[tuple[Table, DuckDB]]:
    """The rows of an expression that landed in parts, in its order, and who reads them; then they go."""
    here = DuckDB(scratch)
    try:
        here.register(_NAME, parts)
        yield in_order(expr, parts, _NAME), here
    finally:
        here.close()
        for part in {Path(part).parent for part in parts} if isinstance(parts, list) else ():
            shutil.rmtree(part, ignore_errors=True)


def in_order(expr: Table, parts: Sequence[str] | pa.Table, name: str) -> Table:
    """The rows of parts as the expression orders them.

    What speaks Spark Connect and numbers no parts (Sail) has not kept the order: it is made here.
    """
    rows, order = ibis.table(expr.schema(), name=name), expr.op()
    if isinstance(order, ops.Sort) and not _is_numbered(parts):
        return order.replace({order.parent: rows.op()}).to_expr()
    return rows


def _is_numbered(parts: Sequence[str] | pa.Table) -> bool:
    return isinstance(parts, list) and all(_NUMBERED.match(Path(part).name) for part in parts)
