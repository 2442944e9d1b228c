"""Text read on Spark as DuckDB reads it, so that a file and a question mean the same on both.

Readers and measures are written once. Where Spark's own function of the same name answers otherwise for some
text, it is put another way here, before the expression becomes SQL. A day is one where
it is written as readers write it, YYYY-M-D; what else DuckDB takes for one ("epoch") they do not let through.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import ibis
import ibis.expr.operations as ops
from ibis.expr.types import StringValue, Table, Value

if TYPE_CHECKING:
    from ibis.expr.operations import Node

_DIGITS: Final = "[0-9]+(?:_[0-9]+)*"
_NUMBER: Final = rf"^[+]?(-?(?:{_DIGITS}[.]?(?:{_DIGITS})?|[.]{_DIGITS})(?:[eE][+-]?{_DIGITS})?)\z"
_WHOLE: Final = r"^[+]?(-?[0-9]+)\z"
_DAY: Final = r"^([0-9]{4}-[0-9]{1,2}-[0-9]{1,2})\z"
_FOLDED: Final = {"İ": "i", "Σ": "σ"}
"""Java makes two characters of the first; of the second, another one at the end of a word."""
_END: Final = re.compile(r"(?<![\\[])\$")


def as_duckdb(expr: Table, names: Mapping[str, str]) -> Table:
    """The expression for Spark, with other names for some of its tables."""

    def put(node: Node, changed: dict[str, Any] | None) -> Any:
        node = node.__recreate__(changed) if changed else node
        if isinstance(node, ops.UnboundTable) and node.name in names:
            return node.copy(name=names[node.name])
        other = _OTHERWISE.get(type(node))
        return node if other is None else other(node)

    return expr.op().replace(put).to_expr()


def _tried(cast: Any) -> Any:
    text = cast.arg.to_expr()
    if not isinstance(text, StringValue):
        return cast
    if cast.to.is_floating():
        return _cast(text.strip().re_extract(_NUMBER, 1).replace("_", ""), cast.to)
    if cast.to.is_integer():
        return _cast(text.strip().re_extract(_WHOLE, 1), cast.to)
    return _cast(text.strip().re_extract(_DAY, 1), cast.to) if cast.to.is_date() else cast


def _cast(text: Value, to: Any) -> Any:
    """What is no such text has become empty, and empty text is null in any type."""
    return ops.TryCast(text.op(), to)


def _lower(node: Any) -> Any:
    text = node.arg.to_expr().translate("".join(_FOLDED), "".join(_FOLDED.values()))
    return ops.Lowercase(text.op())


def _upper(node: Any) -> Any:
    text = node.arg.to_expr().translate(_longer(), "ẞ" * len(_longer()))
    return ops.Uppercase(text.op())


@cache
def _longer() -> str:
    """Characters of which Java makes several capitals. DuckDB makes one; no code has either."""
    return "".join(one for one in map(chr, range(0x10000)) if len(one.upper()) > 1)


def _pattern(node: Any) -> Any:
    """To DuckDB `$` is the end of the text, and a digit is one of ten."""
    if not isinstance(node.pattern, ops.Literal):
        return node
    pattern = node.pattern.value.replace(r"\d", "[0-9]")
    return node.copy(pattern=ibis.literal(_END.sub(r"\\z", pattern)).op())


_OTHERWISE: Final[Mapping[type, Any]] = {
    ops.TryCast: _tried,
    ops.Lowercase: _lower,
    ops.Uppercase: _upper,
    ops.RegexSearch: _pattern,
    ops.RegexExtract: _pattern,
    ops.RegexReplace: _pattern,
}
