"""What a cell of a table of shipments says: text to a date, a number, a code, a country, a yes or a no.

Nothing is guessed: a cell that can be read in two ways is not understood, and the cause says how to write it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final, Literal, TypeAlias, cast

from entrepot.errors import UsageError
from entrepot.model.area import aggregates, resolve
from entrepot.model.shipment import Kind

Value: TypeAlias = "str | float | bool | date"
Decimal: TypeAlias = Literal["", "point", "comma", "mixed"]
Dates: TypeAlias = Literal["", "dmy", "mdy"]

_EMPTY: Final = frozenset({"", "-", "--", "n/a", "na", "null", "none", "nil", "#n/a", "нет данных", "不详"})
_YES: Final = frozenset({"yes", "y", "true", "1", "да", "是", "oui", "ja"})
_NO: Final = frozenset({"no", "n", "false", "0", "нет", "否", "non", "nein", "refused"})
_LONGEST: Final = 2_000  # characters of a cell: the longest addresses have some hundreds
_YEAR_FIRST = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ][\d:.+Z ]*)?")
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})")
_PACKED = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SERIAL = re.compile(r"[2-7]\d{4}(\.\d+)?")  # 1954 to 2119, as spreadsheets count days
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?")
_DECIMAL_COMMA = re.compile(r"\d,(\d{1,2}|\d{4,})\s*$")
_LOST_ZERO = (3, 5, 7)  # digits of a code whose first zero a spreadsheet took; 9 are Japan's own


@dataclass(frozen=True)
class Habits:
    """How a file writes what can be written in two ways: decimal "point" or "comma", dates "dmy" or "mdy".

    "mixed": other cells of the column have a comma before their decimals, so that 1.200 may be 1200.
    """

    decimal: Decimal = ""
    dates: Dates = ""


USUAL: Final = Habits()


def habits(decimal: str, dates: str) -> Habits:
    """The habits of two words of a user. Raises UsageError."""
    for word, known, option in ((decimal, ("point", "comma"), "decimal"), (dates, ("dmy", "mdy"), "dates")):
        if word and word not in known:
            raise UsageError(f"--{option} {word!r} is not known. Use {' or '.join(known)}.")
    return Habits(cast("Decimal", decimal), cast("Dates", dates))


def understood(kind: Kind, text: str, habits: Habits = USUAL) -> Value | None:
    """What a cell says; None where it is empty. Raises ValueError, with the cause, where that is unclear."""
    word = text.strip()
    if word.lower() in _EMPTY:
        return None
    if len(word) > _LONGEST:
        raise ValueError(f"it has {len(word):,} characters, and {_LONGEST:,} are read")
    return _READERS[kind](word, habits)


def _text(word: str, habits: Habits) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in word).split())


def _code(word: str, habits: Habits) -> str:
    digits = re.sub(r"[ .]", "", word.removesuffix(".0"))
    if not (digits.isascii() and digits.isdigit() and 2 <= len(digits) <= 12):
        raise ValueError("no code of the Harmonized System: 2 to 12 digits")
    return digits.zfill(len(digits) + 1) if len(digits) in _LOST_ZERO else digits


def _area(word: str, habits: Habits) -> str:
    try:
        code = resolve(word)
    except UsageError as error:
        raise ValueError(str(error)) from None
    if code in aggregates():
        raise ValueError(f"{code} has several countries: name one")
    return code


def _areas(word: str, habits: Habits) -> str:
    parts = [part for part in re.split(r"[;|>→]", word) if part.strip()]
    return " ".join(dict.fromkeys(_area(part, habits) for part in parts))


def _date(word: str, habits: Habits) -> date:
    if found := _YEAR_FIRST.fullmatch(word) or _PACKED.fullmatch(word):
        return _day(*(int(part) for part in found.groups()))
    if found := _YEAR_LAST.fullmatch(word):
        first, second, year = int(found[1]), int(found[3]), int(found[4])
        order = "dmy" if found[2] == "." or first > 12 else "mdy" if second > 12 else habits.dates
        if not order and first != second:
            raise ValueError("day or month first? Write 2023-05-04, or say --dates dmy or mdy")
        return _day(year, first, second) if order == "mdy" else _day(year, second, first)
    raise ValueError(f"no date: write 2023-05-04{_serial(word)}")


def _serial(word: str) -> str:
    """What a spreadsheet would show for a number: not taken, for there are two counts of days."""
    if not _SERIAL.fullmatch(word):
        return ""
    day = date(1899, 12, 30) + timedelta(days=int(float(word)))
    return f"; for a spreadsheet it may be {day}: give its cells the format of a date"


def _day(year: int, month: int, day: int) -> date:
    if not 1900 <= year <= 2199:
        raise ValueError("no date between 1900 and 2199")
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError("there is no such day: write 2023-05-04") from None


def _number(word: str, habits: Habits) -> float:
    plain = _plain(re.sub(r"[\s'’]", "", word), habits.decimal)
    if not _NUMBER.fullmatch(plain):
        raise ValueError("no number: write 1234.5, without currency or unit")
    value = float(plain)
    if not 0 <= value < 1e15:
        raise ValueError("no number from 0 to 10^15")
    return value


def _plain(word: str, decimal: Decimal) -> str:
    """The number with a point before its decimals, and nothing between its thousands."""
    if decimal == "mixed" and re.fullmatch(r"[1-9]\d{0,2}\.\d{3}", word):
        raise ValueError(
            "thousands or decimals? Others here have a decimal comma: say --decimal comma or point"
        )
    if decimal != "point" and re.fullmatch(r"[1-9]\d{0,2}(\.\d{3}){2,}", word):
        return word.replace(".", "")
    if "," not in word and decimal != "comma":
        return word
    decimal = "" if decimal == "mixed" else decimal
    if not decimal and re.fullmatch(r"[1-9]\d{0,2},\d{3}", word):
        raise ValueError("thousands or decimals? Write 1234.5, or say --decimal point or comma")
    is_grouped = re.fullmatch(r"-?[1-9]\d{0,2}(,\d{3})+", word)
    is_comma = decimal == "comma" if decimal else not is_grouped and word.rfind(",") > word.rfind(".")
    mark, thousands = (",", ".") if is_comma else (".", ",")
    whole, _, rest = word.partition(mark)
    if not re.fullmatch(rf"-?\d+|-?[1-9]\d{{0,2}}(\{thousands}\d{{3}})+", whole):
        return ""
    return whole.replace(thousands, "") + (f".{rest}" if rest else "")


def of_column(kind: Kind, texts: Iterable[str], habits: Habits) -> Habits:
    """The habits of one column: mixed where numbers show a comma before decimals and nobody told."""
    if kind != "number" or habits.decimal or not any(_DECIMAL_COMMA.search(text) for text in texts):
        return habits
    return replace(habits, decimal="mixed")


def _yes(word: str, habits: Habits) -> bool:
    if (said := word.lower().removesuffix(".0")) in _YES | _NO:
        return said in _YES
    raise ValueError("neither yes nor no")


_READERS: Final[Mapping[Kind, Callable[[str, Habits], Value]]] = {
    "text": _text,
    "code": _code,
    "area": _area,
    "areas": _areas,
    "date": _date,
    "number": _number,
    "yes": _yes,
}
