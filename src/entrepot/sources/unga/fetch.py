"""Asks the United Nations' library for its file of votes in the General Assembly: all of it, 364 MB in 2026.

The library publishes the whole file anew a few times a year, under a name with its date; the record's list
of files tells the newest. Facts of the record: digitallibrary.un.org/record/4060887. To what it takes for a
machine the library answers with a page for people: then the file is downloaded by hand and added.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from entrepot.sources._ask import Ask, Asks, BadAnswerError, Outcome, Pace, Publisher, Whole, Words
from entrepot.sources._checks import json_of
from entrepot.sources.unga._library import HANDLED, day_of

_RECORD: Final = "4060887"
_HEADER: Final = 1 << 14  # bytes in which the header ends


class Library(Publisher):
    """The record of votes in the Dag Hammarskjöld Library. No key."""

    source = "unga"
    base = "https://digitallibrary.un.org"
    terms = "Copyright United Nations: not for commercial use, and with attribution."
    by_hand = (
        f"By hand: open https://digitallibrary.un.org/record/{_RECORD}, download the newest *_ga_voting.csv, "
        "then: entrepot add FILE"
    )

    def pace(self, *, keyed: bool) -> Pace:
        """A question every two seconds, one at a time; the publisher names no limit."""
        return Pace(0.5, 1)

    def about(self, words: Words, today: date, *, keyed: bool) -> Sequence[Ask]:
        """The record's list of files."""
        return [Ask("unga", f"api/v1/file?recid={_RECORD}", "files.json", "list of files")]

    def asks(
        self, words: Words, today: date, told: Sequence[Path], done: Sequence[Ask], *, keyed: bool
    ) -> Asks:
        """The newest file of votes. Raises BadAnswerError where the list has none."""
        day, url = max(one for path in told for one in _files(path))
        name = url.rpartition("/")[2]
        label = f"votes of the General Assembly, file of {day}"
        return Asks((Ask("unga", url, name, label, published=day, version=name, is_large=True),))

    def judge(self, ask: Ask, path: Path, content_type: str) -> Outcome:
        """The file, if it begins with the library's columns."""
        if "html" in content_type:
            raise BadAnswerError("a page for people came: the library takes us for a machine it refuses")
        if not ask.is_large:
            return Whole(len(list(_files(path))))
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            header = next(csv.reader([file.readline(_HEADER)]), [])
        if missing := HANDLED - {name.strip() for name in header}:
            raise BadAnswerError(f"it has no column {min(missing)}: no file of votes, or another layout")
        return Whole()


def _files(path: Path) -> Iterator[tuple[date, str]]:
    """Day and address of each file of votes in the record's list; one at least."""
    listed = json_of(path)
    found = [_file(one) for one in (listed if isinstance(listed, list) else ()) if isinstance(one, dict)]
    if not any(found):
        raise BadAnswerError("the list of files has no file of votes: the record has changed")
    yield from (one for one in found if one)


def _file(entry: dict[str, Any]) -> tuple[date, str] | None:
    """Of an entry of the list: its name carries the day, written with or without zeros."""
    there = urlsplit(str(entry.get("url", ""))).path
    name = there.rpartition("/")[2]
    day = day_of(name)
    whole = re.fullmatch(rf"/record/{_RECORD}/files/[A-Za-z0-9_.-]+", there)
    return (day, there.lstrip("/")) if day and whole else None


PUBLISHER: Final = Library()
