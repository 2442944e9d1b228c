"""Asks the European Central Bank for euro reference rates, averages of months or years, as csvdata.

Facts of the interface: data.ecb.europa.eu/help/api/data and .../status-codes: 304 where nothing changed
since, 404 where no series is there, 200 and nothing where a series has no observation in the period.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Final

from entrepot.errors import UsageError
from entrepot.sources._ask import Ask, Asks, BadAnswerError, Nothing, Outcome, Publisher, Whole, Words, short
from entrepot.sources._checks import digest_of, refuse_kind, refuse_others
from entrepot.sources._order import frequency, listed, window

_NEEDED: Final = ("CURRENCY", "FREQ", "TIME_PERIOD", "OBS_VALUE")


class EuropeanCentralBank(Publisher):
    """The ECB's data portal. No key; asked with If-Modified-Since where it said when it changed."""

    source = "ecb"
    base = "https://data-api.ecb.europa.eu"
    most_bytes = 1 << 27

    def asks(
        self, words: Words, today: date, told: Sequence[Path], done: Sequence[Ask], *, keyed: bool
    ) -> Asks:
        """One ask for all currencies; without an end it stays the same from month to month. UsageError."""
        currencies, often = _currencies(words), frequency(words)
        span = window(words, today)
        first, last = (f"{day:%Y-%m}" if often == "M" else str(day.year) for day in (span.first, span.last))
        ends = "" if words["period"].strip().endswith(":") else f"&endPeriod={last}"
        key = f"{often}.{'+'.join(currencies)}.EUR.SP00.A"
        url = f"service/data/EXR/{key}?format=csvdata&startPeriod={first}{ends}"
        label = f"{', '.join(currencies)} for a euro, {often}, from {first}{f' to {last}' if ends else ''}"
        axes = {"currency": currencies, "frequency": (often,)}
        return Asks((Ask("ecb", url, f"ecb-exr-{often}-{short(url)}.csv", label, axes=axes),))

    def judge(self, ask: Ask, path: Path, content_type: str) -> Outcome:
        """Rates, and which of the currencies asked for have none."""
        if not path.stat().st_size:
            return Nothing("no rate in the period: the ECB answers with nothing", is_known=True)
        refuse_kind(content_type, "CSV")
        rows = _rows(path)
        refuse_others(rows, {"CURRENCY": ask.axes["currency"], "FREQ": ask.axes["frequency"]})
        told = {row["CURRENCY"] for row in rows if row["OBS_VALUE"]}
        if not told:
            return Nothing("no rate in the period", is_known=True)
        silent = [one for one in ask.axes["currency"] if one not in told]
        return Whole(
            len(rows), content=_digest(rows), note=f"no rate of {', '.join(silent)}" if silent else ""
        )


def _currencies(words: Words) -> tuple[str, ...]:
    found = tuple(sorted({one.upper() for one in listed(words, "currency")})) or ("USD",)
    if odd := [one for one in found if not re.fullmatch(r"[A-Z]{3}", one)]:
        raise UsageError(f"currency {odd[0]!r} is no code of three letters (ISO 4217), such as USD.")
    if "EUR" in found:
        raise UsageError("the ECB's rates are for one euro: leave EUR out.")
    return found


def _rows(path: Path) -> list[dict[str, str]]:
    """The observations. Raises BadAnswerError for what is no such table, or is cut off."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadAnswerError(f"it is no text ({error.reason})") from None
    found = csv.DictReader(io.StringIO(text, newline=""))
    if not set(_NEEDED) <= set(found.fieldnames or ()):
        raise BadAnswerError("it has not the columns of csvdata: the interface has changed")
    rows = list(found)
    if any(None in row or None in row.values() for row in rows):
        raise BadAnswerError("a row has other columns than the header: it is cut off")
    return rows


def _digest(rows: Sequence[Mapping[str, str]]) -> str:
    """Of the rates alone: titles and notes of a series change without them."""
    return digest_of({name: row.get(name) for name in (*_NEEDED, "OBS_STATUS")} for row in rows)


PUBLISHER: Final = EuropeanCentralBank()
