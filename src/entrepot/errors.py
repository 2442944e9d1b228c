"""What can go wrong, and the exit code each kind leaves behind.

    EntrepotError             an error of the program's own making, with something to do about it
      NoDataError        1    the question is well put, but nothing held answers it
      UsageError         2    the question itself is off (unknown country, bad period ...)
      ReadError          3    a file could not be understood; names file, row, column and cause
      StoreError         4    the store cannot be read or written (full disk, no rights, not a store)
      EngineError        5    the engine that computes is missing or failed (no Java for Spark ...)
      DiffersError       6    answered, and a published claim does not agree with what is held
      PublisherError     7    a publisher refused, or could not be reached; what had come is stored

Exit code 0 means answered. Nothing else is ever meant by it.
"""

from __future__ import annotations

from pathlib import Path


class EntrepotError(Exception):
    """Base of every error raised on purpose; the message says what to do."""

    exit_code = 70


class NoDataError(EntrepotError):
    """Nothing held answers the question."""

    exit_code = 1


class UsageError(EntrepotError):
    """The question is off: an unknown name, a malformed period, an impossible option."""

    exit_code = 2


class ReadError(EntrepotError):
    """A file stopped the reader. Nothing of it was stored."""

    exit_code = 3

    def __init__(
        self,
        file: Path | str,
        cause: str,
        *,
        row: int | None = None,
        column: str | None = None,
        todo: str = "",
    ) -> None:
        self.file, self.row, self.column, self.cause, self.todo = str(file), row, column, cause, todo
        place = [f"file {self.file}"]
        place += [f"row {row}"] if row is not None else []
        place += [f"column {column!r}"] if column is not None else []
        super().__init__(f"{', '.join(place)}: {cause}" + (f" {todo}" if todo else ""))


class StoreError(EntrepotError):
    """The store cannot be read or written; what it held before is intact."""

    exit_code = 4


class EngineError(EntrepotError):
    """The engine is missing or failed."""

    exit_code = 5


class PublisherError(EntrepotError):
    """A publisher refused, or could not be reached. What had come before is stored."""

    exit_code = 7


class DiffersError(EntrepotError):
    """A published claim was checked and differs, or holds no longer."""

    exit_code = 6
