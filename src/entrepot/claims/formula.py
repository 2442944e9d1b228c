"""Formulas of claims: arithmetic over named numbers, and nothing else."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any, Final

from simpleeval import InvalidExpression, SimpleEval

_MOST_DIGITS: Final = 15


def _round(number: float, digits: int = 0) -> float:
    """To so many digits; a float always: of a whole number Python would count out any number of zeros."""
    if abs(digits) > _MOST_DIGITS:
        raise TypeError(f"round to {digits} digits: at most {_MOST_DIGITS}")
    return round(float(number), digits)


FUNCTIONS: Final[dict[str, Any]] = {"abs": abs, "min": min, "max": max, "round": _round}
_OPERATORS: Final = {
    node: function
    for node, function in SimpleEval().operators.items()
    if node in (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.USub, ast.UAdd)
}
_NODES: Final = (
    *(ast.Expression, ast.BinOp, ast.UnaryOp, ast.Call, ast.Name, ast.Load, ast.Constant),
    *(ast.operator, ast.unaryop),
)
_MOST: Final = 500
"""Characters: a formula that a reader can follow is shorter."""


def names(formula: str) -> set[str]:
    """The names a formula uses. Raises ValueError where it is not a formula."""
    if len(formula) > _MOST:
        raise ValueError(f"formula of {len(formula)} characters: keep it below {_MOST}")
    try:
        tree = ast.parse(formula, mode="eval")
    except SyntaxError as error:
        raise ValueError(f"formula {formula!r} is not understood: {error.msg}") from None
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        if not isinstance(node, _NODES) or (
            isinstance(node, ast.Constant) and type(node.value) not in (int, float)
        ):
            raise ValueError(f"formula {formula!r}: {ast.unparse(node)!r} is no number")
        if isinstance(node, ast.Name) and (node.id in FUNCTIONS) != (id(node) in called):
            kind = "a" if node.id in FUNCTIONS else "no"
            raise ValueError(f"formula {formula!r}: {node.id} is {kind} function")
    found = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} - set(FUNCTIONS)
    value(formula, dict.fromkeys(found, 1.5))
    return found


def unit(formula: str, units: Mapping[str, str | None]) -> str | None:
    """The unit of what a formula comes to; null where it cannot be told. Raises ValueError for unlike ones.

    Numbers, and names without a unit, may be added to any; the largest of them and another has none that can
    be told. Like over like is a ratio.
    """
    return _unit(ast.parse(formula, mode="eval").body, units)


def _unit(node: ast.AST, units: Mapping[str, str | None]) -> str | None:
    match node:
        case ast.Name():
            return units.get(node.id)
        case ast.UnaryOp():
            return _unit(node.operand, units)
        case ast.Call():
            args = [_unit(one, units) for one in node.args]
            return None if None in args else _alike(args)
        case ast.BinOp():
            left, right = _unit(node.left, units), _unit(node.right, units)
            return _of_two(node.op, left, right)
        case _:
            return None


def _of_two(op: ast.operator, left: str | None, right: str | None) -> str | None:
    if isinstance(op, (ast.Add, ast.Sub)):
        return _alike([left, right])
    if isinstance(op, ast.Div) and left and left == right:
        return "ratio"
    return None


def _alike(units: list[str | None]) -> str | None:
    known = sorted({one for one in units if one})
    if len(known) > 1:
        raise ValueError(f"{' and '.join(known)} do not add up")
    return known[0] if known else None


def value(formula: str, numbers: Mapping[str, Any]) -> Any:
    """What a formula comes to; null where it divides by zero. Raises ValueError for what is no arithmetic."""
    try:
        return SimpleEval(operators=_OPERATORS, functions=FUNCTIONS, names=dict(numbers)).eval(formula)
    except ZeroDivisionError:
        return None
    except (InvalidExpression, TypeError, SyntaxError, KeyError, OverflowError, RecursionError) as error:
        raise ValueError(
            f"formula {formula!r}: {error}. Use + - * / ( ), names, and {', '.join(FUNCTIONS)}"
        ) from None
