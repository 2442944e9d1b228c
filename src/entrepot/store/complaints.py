"""What the engine says when it fails, turned into what the user can do: the file's fault, or the store's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from entrepot.errors import ReadError, StoreError
from entrepot.store.engine.staging import OutOfRangeError

_FULL = re.compile(r"No space left|too large|[Qq]uota|[Rr]ead-only|[Cc]ould not write|failed to offload")


@contextmanager
def working(scratch: Path, file: Path | None = None) -> Iterator[None]:
    """Turn what the engine says while it works on a file into the file's error, or the store's."""
    import duckdb

    try:
        yield
    except (
        duckdb.DataError,
        duckdb.OperationalError,
        duckdb.NotSupportedError,
        duckdb.InvalidInputException,
        duckdb.FatalException,
    ) as error:
        message = str(error).partition("\n")[0]
        ours = (
            isinstance(error, duckdb.OutOfMemoryException) or _FULL.search(message) or str(scratch) in message
        )
        if file is None or ours:
            raise StoreError(
                f"cannot work in {scratch.parent.parent}: {message} The store is as it was before. "
                "Free space there, or name another place with --store."
            ) from error
        raise _read_error(str(error), file) from error
    except OutOfRangeError as error:
        raise _read_error(str(error), file or scratch) from error


def _read_error(message: str, file: Path) -> ReadError:
    """DuckDB's complaint of a file as ours: row and cause in one line."""
    row = re.search(r"(?:Line|line)(?: number)?:? (\d+)", message)
    said = (
        message.replace(str(file), file.name).removeprefix("IO Error: ").removeprefix("Invalid Input Error: ")
    )
    if found := re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", said):
        cause = f"{found[2]} cells where the header has {found[1]}: cut off, or a delimiter inside a cell."
    elif "Maximum line size" in said:
        cause = "a line too long for a table."
    elif "unterminated quote" in said:
        cause = "a quote that is opened and not closed, or closed inside a cell."
    elif "unicode" in said:
        cause = "bytes that are not UTF-8."
    elif "Parallel CSV Reader" in said:
        cause = "a line too long for a table."
    elif "state machine" in said:
        cause = "ends of lines of two kinds, or a quote out of place."
    else:
        cause = said.strip().partition("\n")[0].rstrip(".") + "."
    return ReadError(
        file.name, cause, row=int(row[1]) if row else None, todo="Nothing of this file was stored."
    )
