"""Units of printed figures, and what one of them is in the units of the program."""

from __future__ import annotations

import re
from typing import Final

_PREFIXES: Final = {"": 1.0, "thousand": 1e3, "million": 1e6, "billion": 1e9}
_MASS: Final = {"kg": 1.0, "t": 1000.0}
_UNIT: Final = re.compile(r"(?:(thousand|million|billion) )?([A-Za-z][\w-]*(?:/[a-z][\w-]*)?)$")
RATIO: Final = "ratio"
PERCENT: Final = "percent"


def known(unit: str) -> bool:
    """Whether a unit can be written so: USD, million USD, kg, t, units, percent, USD/barrel ..."""
    return bool(_UNIT.match(unit))


def base(unit: str) -> tuple[str, float]:
    """The unit of the program behind a printed one, and how many of it one of the printed is."""
    if unit == PERCENT:
        return RATIO, 0.01
    found = _UNIT.match(unit)
    if not found:
        return unit, 1.0
    prefix, plain = found[1] or "", found[2]
    over, slash, under = plain.partition("/")
    if over in _MASS:
        return f"kg{slash}{under}", _PREFIXES[prefix] * _MASS[over]
    if slash and under in _MASS:
        return f"{over}/kg", _PREFIXES[prefix] / _MASS[under]
    return plain, _PREFIXES[prefix]


def of_column(column: str) -> str | None:
    """The unit a column's name tells, in the program's own units; null where it tells none."""
    if found := re.fullmatch(r"(?:\w+_)?value(?:_low|_high)?_([a-z]{3})", column):
        return found[1].upper()
    if column.endswith("_kg"):
        return "kg"
    if column.endswith(("_usd", "_eur")):
        return column[-3:].upper()
    if "share" in column or ("change" in column and "value" not in column):
        return RATIO
    return None
