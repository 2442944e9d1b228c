"""Asks Eurostat for Comext's bulk files: a month (or a year) of all reporters, partners and products each.

What there is, since when and how large stands in the publisher's list of files; a file of another date or
size than the one held is asked for again.
Facts of the interface: ec.europa.eu/eurostat/web/user-guides/data-browser, Bulk download
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final
from urllib.parse import quote

from entrepot.errors import ReadError
from entrepot.sources._ask import Ask, Asks, BadAnswerError, Outcome, Publisher, Whole, Words
from entrepot.sources._order import frequency, window, years
from entrepot.sources.eurostat._archive import MAGIC, check

_FOLDER: Final = "comext/COMEXT_DATA/PRODUCTS"
_NAME: Final = re.compile(r"(?:.*/)?full_v2_(\d{6})\.7z")
_ISO_DAY: Final = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ].*)?")
_DAY: Final = re.compile(r"(\d\d)/(\d\d)/(\d{4})(?: .*)?")
_SIZE: Final = re.compile(r"[\d.,]+ ?(?:[kKMG]?B|bytes)?")
_YEAR: Final = "52"  # the month that stands for a whole year
_UNLISTED: Final = "asked without the publisher's list of files: it shows none of these"


@dataclass(frozen=True)
class _Listed:
    """A file as the publisher lists it."""

    published: date | None
    version: str


class Comext(Publisher):
    """Eurostat's folder of bulk files."""

    source = "eurostat"
    base = "https://ec.europa.eu/eurostat/api/dissemination"
    terms = (
        "Free with the source named; a commercial publication leaves out Austria's rows of eight digits, and "
        "those that Switzerland and Liechtenstein declared."
    )

    def about(self, words: Words, today: date, *, keyed: bool) -> Sequence[Ask]:
        """The list of files. One may be asked for without it."""
        _periods(words, today)
        where = (
            f"files?format=csv&dir={quote(_FOLDER, safe='')}&hierarchy=false&sizeFormat=NONE&dateFormat=ISO"
        )
        return [Ask(self.source, where, "files.csv", "list of files", is_needed=False)]

    def asks(
        self, words: Words, today: date, told: Sequence[Path], done: Sequence[Ask], *, keyed: bool
    ) -> Asks:
        """A file a month, or a year; those not listed are not published. No list: all are asked for."""
        periods = _periods(words, today)
        of_years = _is_year(periods[0])
        listed = {one: of for path in told for one, of in _listed(path) if _is_year(one) == of_years}
        if not listed:
            return Asks(tuple(_ask(one, None) for one in periods))
        why = f"not in the publisher's list of files, which goes to {_said(max(listed))}"
        found = tuple(_ask(one, listed[one]) for one in periods if one in listed)
        return Asks(found, tuple((_label(one), why) for one in periods if one not in listed))

    def judge(self, ask: Ask, path: Path, content_type: str) -> Outcome:
        """A file is whole if it is one .dat in a 7z that can be read to its end; any list will do."""
        if not ask.is_large:
            return Whole()
        with path.open("rb") as file:
            if file.read(len(MAGIC)) != MAGIC:
                kind = content_type.partition(";")[0][:40] or "of another kind"
                raise BadAnswerError(f"it is {kind}, not a 7z archive")
        try:
            check(path)
        except ReadError as error:
            raise BadAnswerError(error.cause) from None
        return Whole(note="" if ask.version else _UNLISTED)


def _periods(words: Words, today: date) -> tuple[str, ...]:
    """Periods as the files are named. Raises UsageError."""
    span = window(words, today)
    if frequency(words) == "A":
        return tuple(f"{year}{_YEAR}" for year in years(span))
    return tuple(f"{month:%Y%m}" for month in span.months)


def _ask(period: str, listed: _Listed | None) -> Ask:
    name = f"full_v2_{period}.7z"
    return Ask(
        Comext.source,
        f"files?file={quote(f'{_FOLDER}/{name}', safe='')}",
        name,
        _label(period),
        published=listed.published if listed else None,
        version=listed.version if listed else "",
        is_large=True,
    )


def _label(period: str) -> str:
    return f"Comext {_said(period)}"


def _said(period: str) -> str:
    return period[:4] if _is_year(period) else f"{period[:4]}-{period[4:]}"


def _is_year(period: str) -> bool:
    return period.endswith(_YEAR)


def _listed(path: Path) -> Iterator[tuple[str, _Listed]]:
    """Periods and their files. Columns are told by what is in them: their names are documented nowhere."""
    for row in _rows(path):
        for cell in row:
            if found := _NAME.fullmatch(cell):
                yield found[1], _Listed(_day(row), " ".join(filter(_is_mark, row)))


def _rows(path: Path) -> Iterator[list[str]]:
    if not path.exists():  # the publisher has no list
        return
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    delimiter = max(",;\t", key="".join(lines[:50]).count)
    try:
        for row in csv.reader(lines, delimiter=delimiter):
            yield [cell.strip() for cell in row]
    except csv.Error:
        return


def _day(row: Sequence[str]) -> date | None:
    for cell in row:
        try:
            if found := _ISO_DAY.fullmatch(cell):
                return date(int(found[1]), int(found[2]), int(found[3]))
            if found := _DAY.fullmatch(cell):
                return date(int(found[3]), int(found[2]), int(found[1]))
        except ValueError:
            continue
    return None


def _is_mark(cell: str) -> bool:
    return any(form.fullmatch(cell) for form in (_ISO_DAY, _DAY, _SIZE))


PUBLISHER: Final = Comext()
