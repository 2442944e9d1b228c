"""What an engine does for a file on its way into the store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import pyarrow as pa
    from ibis.expr.types import Table

    from entrepot.sources._format import Raw


class Staging(Protocol):
    """Tables of one file, on the disk of whoever computes."""

    hashed: str  # the name of the engine's function from any values to 64 bits

    def register_raw(self, name: str, raw: Raw) -> None:
        """A file's columns of text, with the record number as `row`. Raises ReadError."""

    def create(self, name: str, expr: Table) -> None:
        """Compute the rows of an expression now, and keep them under a name.

        Raises OutOfRangeError, and EngineError where workers do not finish.
        """

    def run(self, expr: Table) -> pa.Table:
        """The rows of an expression. Raises as `create` does."""

    def write(self, expr: Table, path: Path, row_group: int) -> None:
        """The rows of an expression that is ordered last, as one Parquet file, without holding them all.

        Raises as `create` does.
        """

    def close(self) -> None:
        """Let go of files and names."""


class OutOfRangeError(Exception):
    """A value of the file is more than its column can hold."""
