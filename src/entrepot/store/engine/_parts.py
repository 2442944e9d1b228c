"""Rows that Spark's workers write: parts in a folder that they and this process see, put together here."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
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


def landed(frame: Any, target: Path) -> list[str]:
    """The rows of a frame as files of Parquet, in order. Raises EngineError where none are seen here."""
    frame.write.mode("overwrite").option("compression", "zstd").parquet(str(target))
    parts = [str(target)] if target.is_file() else sorted(map(str, target.glob("*.parquet")))
    if not parts and not frame.isEmpty():  # of no rows Sail writes no file
        raise EngineError(
            f"Spark wrote to {target}, and nothing of it is seen here. Its workers and this machine must "
            "share that folder: name a store they share, or for one in a bucket set TMPDIR."
        )
    return parts


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
