"""What answers are checked for, whoever publishes: their kind, their form, that they are to the question."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from entrepot.sources._ask import BadAnswerError


def refuse_kind(content_type: str, wanted: str) -> None:
    """Raise BadAnswerError for an answer that says it is of another kind than `wanted` (JSON, CSV)."""
    if content_type and wanted.lower() not in content_type:
        raise BadAnswerError(f"it is {content_type.partition(';')[0][:40]}, not {wanted}")


def json_of(path: Path, parse_float: Callable[[str], Any] = float) -> Any:
    """An answer as JSON. Raises BadAnswerError for one that is none, or cut off."""
    try:
        return json.loads(path.read_bytes(), parse_float=parse_float)
    except (ValueError, RecursionError) as error:
        raise BadAnswerError(f"it is damaged or cut off ({str(error)[:80]})") from None


def refuse_others(rows: Iterable[Mapping[str, Any]], asked: Mapping[str, Collection[str]]) -> None:
    """Raise BadAnswerError for rows nobody asked for: some parameters are passed over in silence.

    asked: the values that a column may have.
    """
    for name, values in asked.items():
        if others := {str(row.get(name)) for row in rows} - set(values):
            raise BadAnswerError(f"it has {name} {min(others)}, which was not asked for")


def digest_of(rows: Iterable[Mapping[str, Any]]) -> str:
    """Of the rows alone, in whatever order: the same again under a new day or title is no new vintage."""
    encode = json.JSONEncoder(sort_keys=True).encode
    return hashlib.sha256("\n".join(sorted(map(encode, rows))).encode()).hexdigest()
