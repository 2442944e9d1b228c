"""Comtrade's bulk files: a reporter, a period, everything in it. For users with a premium key."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

from entrepot.errors import UsageError
from entrepot.sources._ask import Ask, Asks, BadAnswerError, Outcome, Whole
from entrepot.sources.comtrade._asking import name
from entrepot.sources.comtrade._order import Order
from entrepot.sources.comtrade._told import parsed

_PATH: Final = "bulk/v1/file"
_KEY: Final = re.compile(r"[0-9A-Za-z-]{8,128}")  # a row of the list names its file by this


def listing(*, keyed: bool) -> str:
    """The path of the list of files. Raises UsageError without a key."""
    if not keyed:
        raise UsageError(
            "bulk files need a premium key of Comtrade: set COMTRADE_API_KEY, or leave --bulk away."
        )
    return "bulk/v1/get"


def asks(order: Order, told: Sequence[Path]) -> Asks:
    """One ask for each file listed of what was ordered."""
    rows = [row for path in told for row in parsed(path, "")["data"] if row.get("isOriginalClassification")]
    listed = {(str(row.get("reporterCode")), str(row.get("period"))): row for row in rows}
    found = tuple(_ask(row, *key) for key, row in listed.items() if order.has(*key))
    return Asks(found, missing(order, listed))


def missing(order: Order, published: Collection[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """What was ordered and is not published: label and why."""
    return tuple(
        (f"{name(who)} {when}", "not in the publisher's list")
        for who in order.reporters
        for when in order.periods
        if (who, when) not in published
    )


def is_listing(ask: Ask) -> bool:
    """Whether an ask is for the list of bulk files."""
    return ask.url.startswith("bulk/v1/get/")


def is_file(ask: Ask) -> bool:
    """Whether an ask is for a bulk file."""
    return ask.url.startswith(f"{_PATH}/")


def judge(path: Path) -> Outcome:
    """A file packed with gzip; whether it is whole is seen by its checksum when it is read."""
    with path.open("rb") as file:
        if file.read(2) != b"\x1f\x8b":
            raise BadAnswerError("it is not packed with gzip, as bulk files are")
    return Whole()


def _ask(row: dict[str, Any], reporter: str, period: str) -> Ask:
    key, published = str(row.get("rowKey", "")), str(row.get("publicationDate", ""))[:10]
    if not _KEY.fullmatch(key):
        raise BadAnswerError(f"the list names a file {key[:40]!r}")
    try:
        day = date.fromisoformat(published)
    except ValueError:
        raise BadAnswerError(f"the list has a date of publication {published!r}") from None
    frequency, edition = (
        re.sub(r"\W", "", str(row.get(part, "")))[:4] for part in ("freqCode", "classificationCode")
    )
    return Ask(
        "comtrade",
        f"{_PATH}/{reporter}/{key}",
        f"COMTRADE-FINAL-C{frequency}{reporter.zfill(3)}{period}{edition}[{published}].gz",
        f"{name(reporter)} {period}, whole",
        published=day,
        version=ascii(f"{published} {row.get('eTag', '')}")[1:-1],
        is_large=True,
    )
