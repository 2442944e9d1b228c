"""Engines: they run an Ibis expression over Parquet files and Arrow tables, and know nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from entrepot.errors import UsageError
from entrepot.store.engine._session import plain, session_at
from entrepot.store.engine.duckdb import DuckDB
from entrepot.store.engine.spark import Spark
from entrepot.store.engine.staging import Staging

if TYPE_CHECKING:
    import pyarrow as pa
    from ibis.expr.types import Table

__all__ = ["DuckDB", "Engine", "Spark", "Staging", "engine_named"]

ENGINES = "duckdb, spark, spark://host:port, sc://host:port[/;params]"


class Engine(Protocol):
    """What the store asks of an engine."""

    is_apart: bool  # whether it computes elsewhere, and sees no more than the store's own place

    def register(self, name: str, data: Sequence[str] | pa.Table) -> None:
        """Give Parquet files or an Arrow table the name an expression uses for it. Raises as `run` does."""

    def sql(self, expr: Table) -> str:
        """The query an expression becomes."""

    def run(self, expr: Table) -> pa.Table:
        """The rows of an expression. Raises StoreError: files, disk; EngineError: workers did not answer."""

    def keep(self, name: str, expr: Table, scratch: Path) -> None:
        """Compute the rows of an expression now and give them a name, while engine and `scratch` last.

        A name given again is that of the new rows. Raises as `run` does.
        """

    def land(self, expr: Table, target: Path, scratch: Path, about: Mapping[str, str] | None = None) -> None:
        """Write the rows of an expression as Parquet without holding them all; `about` as its metadata.

        Raises as `run` does.
        """

    def staging(self, scratch: Path) -> Staging:
        """Where a file is interpreted and checked, with `scratch` for what lies on disk meanwhile."""


def engine_named(text: str) -> Engine:
    """The engine of that name or at that address. Raises UsageError; EngineError where nothing answers."""
    if text == "duckdb":
        return DuckDB()
    if text == "spark" or text.startswith(("spark://", "sc://")):
        return Spark(session_at(text))
    raise UsageError(f"there is no engine {plain(text)!r}. Engines are: {ENGINES}.")
