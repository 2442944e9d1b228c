"""Apache Spark, or another engine that speaks Spark Connect: it reads the same files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import ibis
from ibis.config import Config

from entrepot.errors import EngineError
from entrepot.model.constant import constants
from entrepot.store.engine._as_duckdb import as_duckdb
from entrepot.store.engine._compiled import compiled
from entrepot.store.engine._parts import landed, together
from entrepot.store.engine._session import failures, first_said, session_at, settled
from entrepot.store.engine.spark_staging import SparkStaging

if TYPE_CHECKING:
    import pyarrow as pa
    from ibis.expr.types import Table


class _SparkOptions(Config):  # type: ignore[misc]  # Ibis ships no types
    """What Ibis's Spark compiler reads; its own class comes with a backend that is not needed here."""

    treat_nan_as_null: bool = False


class Spark:
    """Apache Spark in this process, or a session given: its settings that answers hang on are set."""

    is_apart = True

    def __init__(self, session: Any = None) -> None:
        ibis.options.pyspark = ibis.options.pyspark or _SparkOptions()
        self.session = settled(session or session_at("spark"))
        self._given: set[str] = set()

    def register(self, name: str, data: Sequence[str] | pa.Table) -> None:
        """See Engine. Raises EngineError where the files are not seen there."""
        with _told():
            self.show(name, data)

    def show(self, name: str, data: Sequence[str] | pa.Table) -> None:
        """As `register`, with what Spark itself says where it fails."""
        self._frame(data).createOrReplaceTempView(name)

    def _frame(self, data: Sequence[str] | pa.Table) -> Any:
        from pyspark.sql.pandas.types import from_arrow_schema

        if isinstance(data, (list, tuple)):
            return _whole(self.session.read.parquet(*data), data)
        rows = cast("pa.Table", data)  # without rows a schema must be said
        return self.session.createDataFrame(rows, from_arrow_schema(rows.schema))

    def staging(self, scratch: Path) -> SparkStaging:
        """See Engine."""
        return SparkStaging(self, scratch)

    def sql(self, expr: Table, names: Mapping[str, str] | None = None) -> str:
        """See Engine. names: other ones for some of its tables."""
        return compiled(as_duckdb(expr, names or {}).op(), "pyspark")

    def run(self, expr: Table) -> pa.Table:
        """See Engine."""
        with _told():
            return _as_said(self._asked(expr).toArrow(), expr)

    def _asked(self, expr: Table) -> Any:
        self.give(expr)
        return self.session.sql(self.sql(expr))

    def give(self, expr: Table) -> None:
        """The small tables an expression uses, each once: their names follow from their rows."""
        for name, table in constants(expr).items():
            if name not in self._given:
                self.show(name, table)
                self._given.add(name)

    def keep(self, name: str, expr: Table, scratch: Path) -> None:
        """See Engine. In files, which outlive a worker and which Sail, that persists nothing, reads too."""
        with _told():
            self.show(name, landed(self._asked(expr), scratch / name))

    def land(self, expr: Table, target: Path, scratch: Path, about: Mapping[str, str] | None = None) -> None:
        """See Engine. The workers write parts, put together here. Raises StoreError: a full disk."""
        with _told():
            parts = landed(self._asked(expr), scratch / target.name)
        with together(expr, parts, scratch) as (rows, here):
            here.land(rows, target, scratch, about)


def _whole(frame: Any, files: Sequence[str]) -> Any:
    """Raises EngineError where some are not seen there: Sail passes over what it does not find."""
    seen = set(frame.inputFiles())
    if len(seen) < len(set(files)):
        ends = {"/".join(there.split("/")[-2:]) for there in seen}
        gone = [one for one in files if "/".join(Path(one).parts[-2:]) not in ends]
        raise EngineError(
            f"Spark sees {len(seen)} of {len(set(files))} files, not {(gone or list(files))[0]}. "
            "Its machines must see the store as this one does; or use duckdb."
        )
    return frame


def _as_said(rows: pa.Table, expr: Table) -> pa.Table:
    """Sail counts on in decimals where a whole number stands beside a fraction."""
    import pyarrow as pa

    said = expr.schema()
    fields = [
        one.with_type(pa.float64()) if pa.types.is_decimal(one.type) and said[one.name].is_floating() else one
        for one in rows.schema
    ]
    return rows.cast(pa.schema(fields))


@contextmanager
def _told() -> Iterator[None]:
    """The first line of what Spark says: the rest are its own calls. Py4J's own first line says nothing."""
    from py4j.protocol import Py4JError

    try:
        yield
    except failures() as error:
        text = str(error).partition("\n")[2] if isinstance(error, Py4JError) else str(error)
        said = first_said(text or str(error)).strip(" .:") or "no reason"
        raise EngineError(
            f"Spark did not answer: {said}. Its machines must see the store as this one does, and its log "
            "says more; or use duckdb."
        ) from error
