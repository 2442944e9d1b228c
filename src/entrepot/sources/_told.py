"""Which indicator a file of numbers is of, where no column says so: the user's word, or the file's name."""

from __future__ import annotations

import re
from collections.abc import Mapping

from entrepot.errors import ReadError, UsageError
from entrepot.sources._head import Head

ASKS = frozenset({"indicator"})
_NAME = re.compile(r"[a-z][a-z0-9_]*")


def indicator(head: Head, named: Mapping[str, str]) -> str:
    """The indicator the user says, else the one that the file's name tells (see `of_name`).

    Raises ReadError where neither says it, UsageError where the word is no name.
    """
    said = head.given.get("indicator") or of_name(head, named)
    if said is None:
        such_as = " or ".join(f"--given indicator={name}" for name in named)
        raise ReadError(head.path.name, "no column says what these numbers are.", todo=f"Say it: {such_as}.")
    if not _NAME.fullmatch(said):
        raise UsageError(f"indicator {said!r} is not a name: lower case with its unit, e.g. gdp_usd.")
    return said


def of_name(head: Head, named: Mapping[str, str]) -> str | None:
    """The indicator whose own word the file's name has, and no word beyond those `named` lists for it.

    `gdp_per_capita.csv` is not gross domestic product.
    """
    words = set(re.findall(r"[a-z]+", head.path.name.partition(".")[0].lower()))
    for name, usual in named.items():
        if name.split("_")[0] in words and words <= set(usual.split()):
            return name
    return None


def noted(head: Head, named: Mapping[str, str]) -> tuple[str, ...]:
    """What a user must know where the file's name was believed."""
    if "indicator" in head.given or (found := of_name(head, named)) is None:
        return ()
    return (f"indicator {found}: by the file's name; the file itself does not say.",)
