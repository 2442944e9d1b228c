"""What a tidy table cannot say of itself: `table.card.toml` beside `table.csv` names its publisher.

Each key is optional. A key nobody knows, or a value of another type, stops the file: a licence that was
meant and not understood must not be lost in silence.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from entrepot.errors import ReadError
from entrepot.model.provenance import Card
from entrepot.sources._head import Head

KEYS: dict[str, type] = {
    "source": str,
    "publisher": str,
    "title": str,
    "url": str,
    "licence": str,
    "citation": str,
    "rank": int,
    "published": date,
}
_NAME = re.compile(r"[a-z][a-z0-9-]*")


def beside(table: Path) -> Path:
    """Where the card of a table is looked for: `flows.csv` and `flows.csv.gz` have `flows.card.toml`."""
    return table.with_name(Path(table.name.removesuffix(".gz")).stem + ".card.toml")


def card(head: Head, known: Card) -> Card:
    """The card of the tidy format with what the sidecar says in its place. Raises ReadError."""
    told = _told(head)
    told.pop("published", None)
    return replace(known, name=told.pop("source", known.name), **told)


def published(head: Head) -> date | None:
    """The vintage the sidecar names. Raises ReadError."""
    found: date | None = _told(head).get("published")
    return found


def _told(head: Head) -> dict[str, Any]:
    path = beside(head.path)
    if not path.is_file():
        return {}
    try:
        plain = tomllib.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError, RecursionError) as error:  # TOML and UTF-8 errors are ValueErrors
        raise ReadError(path.name, f"not a readable card: {error}.", todo="Mend it or remove it.") from error
    for key, value in plain.items():
        _check(path, key, value)
    return plain


def _check(path: Path, key: str, value: Any) -> None:
    if key not in KEYS:
        raise ReadError(
            path.name, f"unknown key. Known keys are: {', '.join(KEYS)}.", column=key, todo="Remove it."
        )
    if type(value) is not KEYS[key]:
        raise ReadError(path.name, f"{value!r} is not of type {KEYS[key].__name__}.", column=key)
    if key == "source" and not _NAME.fullmatch(str(value)):
        raise ReadError(path.name, f"{value!r} is not a name: small letters, digits and hyphens.", column=key)
