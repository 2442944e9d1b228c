"""Answers of the World Bank's API as JSON: a page of an indicator, or the publisher's words why not.

The envelope: datahelpdesk.worldbank.org/knowledgebase/articles/898581-api-basic-call-structures.
"""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any, Final

from entrepot.errors import ReadError
from entrepot.sources._format import Raw
from entrepot.sources._head import Head
from entrepot.sources._load import open_bytes, text_table

MOST: Final = 1 << 28
"""Bytes of JSON read at most: a page of 20,000 rows is some 4 MB."""


def is_answer(head: Head) -> bool:
    """A list that begins with the page's own description, or with a message."""
    start = "".join(head.lines)[:400]
    return head.kind == "json" and bool(re.match(r'\s*\[\s*\{\s*"(page|message)"', start))


def published(head: Head) -> date | None:
    """The day the publisher says the indicator was last updated."""
    found = re.search(r'"lastupdated"\s*:\s*"(\d{4}-\d\d-\d\d)"', "".join(head.lines)[:1000])
    try:
        return date.fromisoformat(found[1]) if found else None
    except ValueError:
        return None  # no such day: the user is asked for it, as where there is none


def warnings(head: Head) -> tuple[str, ...]:
    """What a user must know of a page that is one of several."""
    found = re.match(r'\s*\[\s*\{"page":\s*(\d+),\s*"pages":\s*(\d+)', "".join(head.lines)[:1000])
    if found is None or int(found[2]) < 2:
        return ()
    return (f"page {found[1]} of {found[2]}: the others are files of their own. Or ask with per_page=20000.",)


def load(head: Head, _scratch: Path) -> Raw:
    """The rows of one page as text. Raises ReadError for an answer without rows, saying of what kind."""
    with open_bytes(head) as file:
        content = file.read(MOST + 1)
    name = head.path.name
    if len(content) > MOST:
        raise ReadError(name, f"more than {MOST:,} bytes of JSON.", todo="Ask for fewer years.")
    try:
        _, rows = parsed(content)
    except ValueError as error:
        raise ReadError(name, f"{error}.", todo="Ask again.") from None
    if not rows:
        raise ReadError(name, "an answer without rows: the World Bank has none such.")
    columns = tuple(dict.fromkeys(key for row in rows for key in row))
    return Raw(columns, 1, table=text_table(columns, ([row.get(key) for key in columns] for row in rows)))


def parsed(content: bytes) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What the page says of itself (pages, total, lastupdated), and its rows, nested names flat.

    Numbers of rows stay the text they were: nothing is rounded on the way. Raises RefusalError with the
    publisher's words, ValueError for anything else.
    """
    try:
        answer = json.loads(content.decode("utf-8-sig"), parse_int=str, parse_float=str)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"damaged or cut off ({str(error)[:80]})") from None
    if not isinstance(answer, list) or not answer or not isinstance(answer[0], dict):
        raise ValueError("no answer of the World Bank's API: the interface has changed")
    if "message" in answer[0]:
        raise RefusalError(answer[0]["message"])
    rows = answer[1] if len(answer) > 1 else None
    try:
        about = {**answer[0], **{key: int(answer[0][key]) for key in ("pages", "total")}}
        return about, [_flat(row) for row in rows or ()]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ValueError(f"no page of an indicator ({error!r})") from None


class RefusalError(ValueError):
    """An error in the World Bank's own words, answered as if it were data (HTTP 200)."""

    def __init__(self, messages: Any) -> None:
        told = [one for one in messages if isinstance(one, dict)] if isinstance(messages, list) else []
        self.ids = frozenset(str(one.get("id", "")) for one in told)
        said = "; ".join(f"{one.get('key', '')}: {one.get('value', '')}" for one in told)
        said = said.encode("utf-8", "replace").decode()  # JSON can write what is no text
        super().__init__(f"the World Bank answers with an error, {said[:200] or 'without words'!r}")


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in row.items():
        nested = value if isinstance(value, dict) else None
        flat.update({f"{key}.{name}": one for name, one in nested.items()} if nested else {key: value})
    return flat
