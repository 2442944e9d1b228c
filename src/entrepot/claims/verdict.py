"""From figures found to a verdict."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from entrepot.claims import formula as _formula
from entrepot.claims import unit as _unit
from entrepot.claims.files import Filed
from entrepot.claims.schema import Check


class Verdict(StrEnum):
    """What a check comes to."""

    HOLDS = "holds"
    DIFFERS = "differs"
    REVISED = "revised"
    NO_DATA = "no data"
    VINTAGE_NOT_HELD = "vintage not held"
    NOT_COMPARABLE = "not comparable"


@dataclass(frozen=True)
class Found:
    """One figure as the store tells it. Without a value, `reason` says why.

    refused: something is held, and it must not be compared. unit: the program's, null where not known.
    """

    value: float | str | None = None
    unit: str | None = None
    coverage: str = ""
    snapshots: frozenset[str] = frozenset()
    reason: str = ""
    refused: bool = False
    is_least: bool = False  # not all is told: it may be more, and not less


@dataclass(frozen=True)
class Outcome:
    """What a formula comes to in one vintage, in the unit of the claim; null with the reason."""

    value: float | str | None
    passes: bool | None = None
    reason: str = ""
    refused: bool = False
    coverage: str = ""
    snapshots: frozenset[str] = field(default_factory=frozenset)


def outcome(filed: Filed, check: Check, figures: dict[str, Found]) -> Outcome:
    """A check against the figures of one vintage."""
    formula = filed.formula(check)
    used = _formula.names(formula)
    found = {name: one for name, one in figures.items() if name in used}
    coverage = "; ".join(dict.fromkeys(one.coverage for one in found.values() if one.coverage))
    behind = frozenset[str]().union(*(one.snapshots for one in found.values()))
    told = Outcome(None, coverage=coverage, snapshots=behind)
    for one in sorted(found.values(), key=lambda one: not one.refused):
        if one.value is None:
            return replace(told, reason=one.reason, refused=one.refused)
    value: float | str | None = None
    reason = _unlike(formula, found, check)
    if not reason:
        value, reason = _computed(formula, filed, check, found)
    if not reason and value is not None:
        passes = _passes(check, value)
        reason = "" if _is_settled(formula, check, found, passes=passes) else f"{formula} may be more"
        told = replace(told, value=value, passes=passes)
    return replace(told, value=None, passes=None, reason=reason, refused=True) if reason else told


def _computed(
    formula: str, filed: Filed, check: Check, found: dict[str, Found]
) -> tuple[float | str | None, str]:
    """What the formula comes to in the claim's unit, or why it comes to nothing to be held against it."""
    numbers = filed.claim.printed | {name: one.value for name, one in found.items()}
    try:
        result = _formula.value(formula, numbers)
        value = None if result is None else _in_unit(result, check, of_figures=bool(found))
    except (ValueError, OverflowError) as error:  # a word in arithmetic, a number beyond all numbers
        return None, str(error)
    if value is None:
        return None, f"{formula} divides by zero"
    if isinstance(value, float) and not math.isfinite(value):
        return None, f"{formula} has no end"
    if isinstance(value, str) != (check.equals is not None):
        return None, f"{formula} is {'a word' if isinstance(value, str) else 'a number'}: {value}"
    return value, ""


def _is_settled(formula: str, check: Check, found: dict[str, Found], *, passes: bool) -> bool:
    """Whether figures that may be more than is held settle a check: there are as many as it asks for."""
    if not any(one.is_least for one in found.values()):
        return True
    return formula.isidentifier() and passes and (check.at_least is not None or check.above is not None)


def _unlike(formula: str, found: dict[str, Found], check: Check) -> str:
    """Why the units of figures do not go together, or not with the claim's; empty where they do."""
    try:
        known = _formula.unit(formula, {name: one.unit for name, one in found.items()})
    except ValueError as error:
        return str(error)
    wanted = _unit.base(check.unit)[0] if check.unit else None
    if known is None or wanted is None or known == wanted:
        return ""
    return f"{formula} is in {known}, the claim in {check.unit}"


def _in_unit(result: Any, check: Check, *, of_figures: bool) -> float | str:
    if isinstance(result, str):
        return result
    scales = of_figures or check.unit == _unit.PERCENT  # printed figures are in the claim's unit already
    return float(result) / _unit.base(check.unit)[1] if check.unit and scales else float(result)


def _passes(check: Check, value: float | str) -> bool:
    if check.equals is not None or isinstance(value, str):
        return str(value) == check.equals
    low, high = bounds(check)
    slack = 1e-9 * max(abs(low), abs(high), abs(value)) if max(abs(low), abs(high)) < float("inf") else 0.0
    if check.above is not None:
        return value > low
    if check.below is not None:
        return value < high
    return low - slack <= value <= high + slack


def bounds(check: Check) -> tuple[float, float]:
    """The lowest and highest value a check accepts; infinite where it has no end."""
    none = float("inf")
    if check.value is not None:
        return check.value - check.spread, check.value + check.spread
    if check.between is not None:
        return float(check.between[0]), float(check.between[1])
    low = check.at_least if check.at_least is not None else check.above
    high = check.at_most if check.at_most is not None else check.below
    return (-none if low is None else float(low)), (none if high is None else float(high))


def verdict(then: Outcome, now: Outcome) -> Verdict:
    """The verdict on a check: `then` in the vintage of the claim's date, `now` in the one asked for.

    `revised` is what held in its day and does not now. What is held only since decides nothing about
    the claim as it was made: `vintage not held`.
    """
    if then.passes is not None:
        if not then.passes:
            return Verdict.DIFFERS
        return Verdict.REVISED if now.passes is False else Verdict.HOLDS
    if then.refused:
        return Verdict.NOT_COMPARABLE
    if now.passes is not None:
        return Verdict.VINTAGE_NOT_HELD
    return Verdict.NOT_COMPARABLE if now.refused else Verdict.NO_DATA
