"""Cases: what a person may decide about, under a name that the same facts have again at the next search.

They are kept beside the log of searches, a file for each set of them, named after its content: a search
that finds what the one before found adds no second copy.
"""

from __future__ import annotations

import json
import unicodedata
from base64 import b32encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, Literal

from entrepot.errors import StoreError
from entrepot.screening.log import canonical_digest, write_whole
from entrepot.store.files import explained

Kind = Literal["match", "flag"]

DIGITS: Final = 12
"""Of 32 letters: 60 bits. Among a million cases two share a name with a chance of 4 in ten million
(n * n / 2 / 2**60); with 10 letters it would be 4 in ten thousand. Two that did would not share a fingerprint
too, so what was decided of one would be open again, never in force, for the other."""

MOST: Final = 100_000
"""Cases kept of one search; some 30 MB."""

MOST_ABOUT: Final = 500
"""Characters of what a case is about."""


@dataclass(frozen=True)
class Case:
    """A match of a name with a listed party, or a flag of a shipment."""

    case: str
    kind: Kind
    about: str  # for people: which name, which party of which list; or which rule, which facts
    fingerprint: str  # of the party's record in its list, or of the facts: another one re-opens the case
    list: str = ""
    party: str = ""


def case_of_match(name: str, list_name: str, party: str) -> str:
    """The case of a name that matched a party of a list; the same however it is spaced or capitalised.

    Punctuation and accents count: another spelling is another case, and is looked at by itself.
    """
    return _hashed("match", normalised(name), list_name, party)


def case_of_flag(rule: str, fields: Mapping[str, object]) -> str:
    """The case of a flag: the rule, and the fields it used with what stood in them. An empty field is none.

    Fields that are to re-open a decision where they change belong into its fingerprint instead.
    """
    return _hashed("flag", rule, _plain(fields))


def fingerprint(facts: Mapping[str, object]) -> str:
    """A hash of what a case rests on beyond its name: where it is another one, the case is open again."""
    return canonical_digest(_plain(facts))[:16]


@lru_cache(maxsize=50_000)  # codes, days and firms come again and again
def normalised(name: str) -> str:
    """A name without differences of width, case and space; stable over versions of Unicode."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def keep(folder: Path, cases: Sequence[Case]) -> dict[str, Any]:
    """Write the first MOST cases; what a record says of them: how many, how many kept, file, sha256."""
    kept = [vars(case) | {"about": case.about[:MOST_ABOUT]} for case in cases[:MOST]]
    content = "".join(f"{json.dumps(case, sort_keys=True)}\n" for case in kept).encode()
    digest = sha256(content).hexdigest()
    path = folder / "cases" / f"{digest[:16]}.jsonl"
    if kept and not _is(path, digest):
        with explained(folder):
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, content)
    return {"found": len(cases), "kept": len(kept), "file": path.name if kept else None, "sha256": digest}


def kept(folder: Path, said: Mapping[str, Any], passed: set[bytes]) -> Iterator[Case]:
    """The cases a record names, but those `passed` has from another. Raises StoreError where altered."""
    for line in _content(folder, said).splitlines():
        if line not in passed:
            passed.add(line)
            yield Case(**json.loads(line))


def is_sound(folder: Path, said: Mapping[str, Any]) -> bool:
    """Whether the cases a record names are there as they were written."""
    return said["file"] is None or _is(folder / "cases" / Path(said["file"]).name, said["sha256"])


def find(folder: Path, said: Mapping[str, Any], case: str) -> Case | None:
    """One case among those that a record names; others are not taken apart for it."""
    mark = json.dumps(case).encode()
    lines = (line for line in _content(folder, said).splitlines() if mark in line)
    found: Iterable[Case] = (Case(**json.loads(line)) for line in lines)
    return next((one for one in found if one.case == case), None)


def _content(folder: Path, said: Mapping[str, Any]) -> bytes:
    if said["file"] is None:
        return b""
    path = folder / "cases" / Path(said["file"]).name
    if not _is(path, said["sha256"]):
        raise StoreError(f"the cases {path} are gone or altered. Put them back from a copy, or search anew.")
    return path.read_bytes()


def _is(path: Path, digest: str) -> bool:
    try:
        return sha256(path.read_bytes()).hexdigest() == digest
    except OSError:
        return False


def _hashed(*parts: object) -> str:
    return b32encode(bytes.fromhex(canonical_digest(parts))).decode()[:DIGITS]


def _plain(fields: Mapping[str, object]) -> dict[str, str]:
    """Texts of what is told: a date or a number is the same whatever library read it."""
    return {name: _text(value) for name, value in fields.items() if value is not None and value != ""}


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return repr(float(value))
    return normalised(str(value))
