"""Answers of the Comtrade API as JSON: rows of trade, or the reason why there are none."""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING, Any, Final

from entrepot.errors import ReadError
from entrepot.sources._format import Raw
from entrepot.sources._load import open_bytes
from entrepot.sources.comtrade._columns import renamed

if TYPE_CHECKING:
    from pathlib import Path

    from entrepot.sources._head import Head

LIMIT: Final = 1 << 29
"""Bytes of JSON read at most. The API's largest answer, 250,000 rows, is about half of it."""


def is_answer(head: Head) -> bool:
    """The API's envelope, or the gateway's refusal."""
    start = "\n".join(head.lines)
    return head.kind == "json" and ('"elapsedTime"' in start or '"statusCode"' in start)


def load(head: Head, _scratch: Path) -> Raw:
    """The rows of one answer as text. Raises ReadError for an answer without trade, saying of what kind."""
    rows = _Rows()
    answer = _parsed(head, rows)
    name = head.path.name
    if "data" not in answer:
        said = f"{answer.get('statusCode', '')} {answer.get('message', 'no rows')}".strip()
        raise ReadError(name, f"a refusal of the Comtrade API, not trade: {said}.", todo="Ask again.")
    data, error = answer["data"] or [], answer.get("error")
    if error:
        raise ReadError(name, f"the Comtrade API answered with an error: {error}.", todo="Ask again.")
    if any(not isinstance(row, tuple) for row in data):
        raise ReadError(name, _what(data), todo="Download the files it names and add those.")
    if not data:
        raise ReadError(
            name,
            "an empty answer is not 'no trade': the Comtrade API answers so to a wrong parameter, too.",
            todo="Check reporter, period and codes, and ask again.",
        )
    if str(answer.get("count", len(data))) != str(len(data)):
        raise ReadError(name, f"it announces {answer['count']} rows and holds {len(data)}: cut off.")
    return renamed(Raw(rows.names, 1, table=rows.table(data)))


def _parsed(head: Head, rows: _Rows) -> dict[str, Any]:
    try:
        with open_bytes(head) as file:
            text = file.read(LIMIT + 1)
        if len(text) > LIMIT:
            todo = "Ask for CSV, or take the bulk file."
            raise ReadError(head.path.name, f"more than {LIMIT:,} bytes of JSON.", todo=todo)
        # Numbers stay the text they were: nothing is rounded on the way.
        answer = json.loads(text.decode("utf-8-sig"), parse_int=str, parse_float=str, object_hook=rows)
    except (ValueError, EOFError, OSError, zlib.error, RecursionError) as error:
        raise ReadError(head.path.name, f"damaged or cut off: {error}.", todo="Download it again.") from error
    if not isinstance(answer, dict):
        raise ReadError(head.path.name, "one row, not an answer of the API.", todo="Add the whole answer.")
    return answer


class _Rows:
    """Turns a row of trade into a tuple of texts while the file is parsed: dictionaries take too much."""

    def __init__(self) -> None:
        self.names: tuple[str, ...] = ()
        self._seen: dict[Any, Any] = {}

    def __call__(self, found: dict[str, Any]) -> Any:
        if "reporterCode" not in found or "flowCode" not in found:
            return found
        self.names = self.names or tuple(found)
        if self.names != tuple(found):
            raise ValueError(f"rows of different columns, such as {set(self.names) ^ set(found)}")
        return tuple(self._text(value) for value in found.values())

    def _text(self, value: Any) -> str | None:
        """Equal texts are one object: most of a row repeats."""
        plain = str(value) if value is not None else None
        found: str | None = self._seen.setdefault(plain, plain)
        return found

    def table(self, data: list[tuple[str | None, ...]]) -> Any:
        import pyarrow as pa

        return pa.table(
            {name: pa.array((row[i] for row in data), pa.string()) for i, name in enumerate(self.names)}
        )


def _what(data: list[Any]) -> str:
    if all(isinstance(row, dict) and "fileUrl" in row for row in data):
        return "a list of bulk files, not trade."
    return "rows without reporterCode and flowCode: not trade."
