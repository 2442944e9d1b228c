"""Asks OpenSanctions: which build of a data set is there (index.json), then its list of targets as CSV.

Each build lies at an address of its own that never changes; its SHA1 stands in the index.
Facts of the interface: opensanctions.org/docs/bulk, opensanctions.org/docs/bulk/updates.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

from entrepot.errors import UsageError
from entrepot.sources._ask import Ask, Asks, BadAnswerError, Outcome, Publisher, Whole, Words
from entrepot.sources._checks import json_of

_USUAL: Final = "sanctions"
_FILE: Final = "targets.simple.csv"
_NEEDED: Final = {"id", "schema", "name"}
_PATH: Final = re.compile(r"(?:[A-Za-z0-9_-][A-Za-z0-9._-]*/)+targets\.simple\.csv")


class OpenSanctions(Publisher):
    """OpenSanctions' files: an index, and what it points to."""

    source = "opensanctions"
    base = "https://data.opensanctions.org"
    is_stored = False
    terms = "CC BY-NC 4.0: free where no business is done with it; else OpenSanctions sells licences."

    def about(self, words: Words, today: date, *, keyed: bool) -> Sequence[Ask]:
        """The index of the data set."""
        name = _dataset(words)
        url = f"datasets/latest/{name}/index.json"
        return (Ask(self.source, url, f"{name}-index.json", f"{name}, its index"),)

    def asks(
        self, words: Words, today: date, told: Sequence[Path], done: Sequence[Ask], *, keyed: bool
    ) -> Asks:
        """The list of the build that the index names."""
        return Asks(tuple(_list(_dataset(words), _index(path)) for path in told))

    def judge(self, ask: Ask, path: Path, content_type: str) -> Outcome:
        """An index that is understood; or a list with the fingerprint that the index names."""
        if not ask.axes:
            _list(ask.file.removesuffix("-index.json"), _index(path))
            return Whole()
        with path.open("rb") as file:
            sha1 = hashlib.file_digest(file, "sha1").hexdigest()
        if sha1 != ask.axes["sha1"][0]:
            raise BadAnswerError(f"its SHA1 is {sha1}, and the index names {ask.axes['sha1'][0]}")
        return Whole(_rows(path), note=f"build {ask.version}")


def _dataset(words: Words) -> str:
    name = words.get("dataset", "").strip() or _USUAL
    if not re.fullmatch(r"[a-z0-9_]+", name):
        raise UsageError(f"--dataset {name!r} is no name of a data set of OpenSanctions, such as {_USUAL}.")
    return name


def _index(path: Path) -> dict[str, Any]:
    index = json_of(path)
    if not isinstance(index, dict):
        raise BadAnswerError("it is no index")
    return index


def _list(name: str, index: dict[str, Any]) -> Ask:
    """The ask for the list an index names. Raises BadAnswerError for an index that is not understood."""
    try:
        if index["name"] != name:
            raise BadAnswerError(f"it is the index of {index['name']!r}")
        one = next(one for one in index["resources"] if one["name"] == _FILE)
        return Ask(
            OpenSanctions.source,
            _path(one["url"]),
            f"{name}-{_FILE}",
            f"{name}, {_FILE}",
            published=date.fromisoformat(index["last_export"][:10]),
            version=ascii(str(index["version"]))[1:-1],
            axes={"sha1": (_sha1(one["checksum"]),)},
            is_large=True,
        )
    except StopIteration:
        raise BadAnswerError(
            f"{name} has no {_FILE}: another data set is meant, or the index has changed"
        ) from None
    except (KeyError, TypeError, ValueError) as error:
        raise BadAnswerError(f"the index is not understood ({error!r})") from None


def _path(url: str) -> str:
    """The path of an address on the publisher's own host. Raises BadAnswerError for any other."""
    path = url.removeprefix(f"{OpenSanctions.base}/")
    if path == url or not _PATH.fullmatch(path):
        raise BadAnswerError(f"the index points to {url[:120]!r}, which is not the publisher's")
    return path


def _sha1(text: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{40}", text):
        raise ValueError(text[:50])
    return text


def _rows(path: Path) -> int:
    """How many parties a list has. Raises BadAnswerError for one without the columns that name them."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        try:
            rows = csv.DictReader(file, strict=True)
            missing = sorted(_NEEDED - set(rows.fieldnames or ()))
            count = sum(1 for _ in rows)
        except (csv.Error, UnicodeDecodeError) as error:
            raise BadAnswerError(f"it is no list as CSV ({error})") from None
    if missing or not count:
        raise BadAnswerError(f"it lacks {', '.join(missing)}" if missing else "it names nobody")
    return count


PUBLISHER: Final = OpenSanctions()
