"""A new claim file, to be filled in."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Final

from entrepot.claims.files import PUBLICATION
from entrepot.errors import UsageError

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,79}\Z")
_PUBLICATION: Final = """\
title = "Title of the publication"
author = "Who wrote it"
published = {today}                  # its claims are held against what was published by then
citation = "Author: Title. Where it appeared, date"
url = ""
"""
_CLAIM: Final = """\
# One claim. Keys: claims/README.md. Check it with: entrepot check {path}
title = "What the ledger calls it"
says = "What is said, in your own words."
where = "page, table or paragraph"
kind = "world"                         # or "arithmetic": printed figures alone, no [figures]

[figures.exports]                      # a question: a command, its options, the column to take
ask = "flows"
reporter = "CHN"
partner = "RUS"
flow = "export"
commodity = "8703"
period = "2023"
take = "value_usd"
# over = "sum"                         # several rows as one figure: sum mean min max first last count only
# valuation = "fob"                    # not comparable where the rows are valued otherwise
# gaps = "no trade"                    # a month that is absent is no trade; say in note why

[[check]]                              # one or more
# formula = "exports"                  # + - * / ( ) over the names of [figures] and [printed]
value = 0                              # or: between = [1, 2], at_least, at_most, above, below, is = "a word"
tolerance = "0.5 %"                    # or a number in the unit
unit = "USD"

[[settle]]                             # which file would settle it, and where to get it
file = "dataset, reporter, partner, flow, codes, period"
url = "https://example.org/"
"""


def make(name: str, folder: Path, today: date) -> list[Path]:
    """Write the skeleton of `publication/claim`, and of the publication where it is new; what was written.

    Raises UsageError for a name that is none, and where the claim is there already.
    """
    publication, slash, claim = name.partition("/")
    if not (slash and _NAME.match(publication) and _NAME.match(claim) and claim != "publication"):
        raise UsageError(
            f"{name!r} is no name of a claim. Write publication/claim in small letters, digits and hyphens."
        )
    home = folder / publication
    target, head = home / f"{claim}.toml", home / PUBLICATION
    if target.exists():
        raise UsageError(f"{target} is there already. Nothing was written.")
    try:
        home.mkdir(parents=True, exist_ok=True)
        written = [] if head.exists() else [_write(head, _PUBLICATION.format(today=today))]
        return [*written, _write(target, _CLAIM.format(path=target.as_posix()))]
    except OSError as error:
        raise UsageError(f"cannot write {error.filename or home}: {error.strerror}.") from None


def _write(target: Path, text: str) -> Path:
    with target.open("x", encoding="utf-8") as stream:
        stream.write(text)
    return target
