"""What several columns and checks of a select share, computed once a row in selects of their own beneath it.

An engine finds such parts by itself only outside of cases, and a reader's checks are one case.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import ibis.expr.operations as ops
from ibis.expr.types import Table

_STAYS = (ops.Field, ops.Literal, ops.Impure, ops.WindowFunction, ops.Reduction, ops.Subquery)


def each_once(table: Table) -> Table:
    """The same select, with each part that stands in it twice or more as a column beneath it.

    What stands only where a case seldom comes stays there.
    """
    top = table.op()
    depths = _shared(top.values.values())
    below, names = top.parent, {ops.Field(top.parent, name): name for name in top.parent.schema}
    for depth in range(1, max(depths.values(), default=0) + 1):
        parts = {node: f"part_{depth}_{nth}" for nth, node in enumerate(depths) if depths[node] == depth}
        found = _places(below, names)
        columns = {name: ops.Field(below, name) for name in below.schema}
        below = ops.Project(below, columns | {name: _moved(node, found) for node, name in parts.items()})
        names |= parts
    found = _places(below, names)
    return ops.Project(below, {name: _moved(node, found) for name, node in top.values.items()}).to_expr()


def _places(below: ops.Relation, names: dict[ops.Value, str]) -> dict[ops.Value, ops.Value]:
    return {node: ops.Field(below, name) for node, name in names.items()}


def _moved(node: ops.Value, found: dict[ops.Value, ops.Value]) -> ops.Value:
    """The part over the select that holds what it is made of."""
    if isinstance(node, ops.Literal):
        return node
    if node not in found:
        given = zip(node.argnames, node.args, strict=True)
        found[node] = node.__recreate__({name: _moved_in(arg, found) for name, arg in given})
    return found[node]


def _moved_in(arg: Any, found: dict[ops.Value, ops.Value]) -> Any:
    if isinstance(arg, tuple):
        return tuple(_moved_in(one, found) for one in arg)
    return _moved(arg, found) if isinstance(arg, ops.Value) else arg


def _shared(roots: Iterable[ops.Value]) -> dict[ops.Value, int]:
    """Parts used more than once, inner ones first, with how many of them stand within one another."""
    uses = Counter(roots)
    order: dict[ops.Value, tuple[ops.Value, ...]] = {}
    always: set[ops.Value] = set()
    for root in list(uses):
        _walk(root, uses, order)
        _reach(root, always)
    depths: dict[ops.Value, int] = {}
    within: dict[ops.Value, int] = {}
    for node, parts in order.items():
        within[node] = max((within[part] for part in parts), default=0)
        if uses[node] > 1 and node in always and not isinstance(node, _STAYS) and node.shape.is_columnar():
            within[node] = depths[node] = within[node] + 1
    return depths


def _walk(node: ops.Value, uses: Counter[ops.Value], order: dict[ops.Value, tuple[ops.Value, ...]]) -> None:
    """Count how often each part is used by another; parts stand before what is made of them."""
    parts = tuple(_parts(node.args))
    for part in parts:
        uses[part] += 1
        if part not in order:
            _walk(part, uses, order)
    order[node] = parts


def _reach(node: ops.Value, always: set[ops.Value]) -> None:
    """Add what is computed for every row: no branch of a case, and no second half of a condition."""
    if node not in always:
        always.add(node)
        for part in _parts(_first_of(node)):
            _reach(part, always)


def _first_of(node: ops.Value) -> tuple[Any, ...]:
    found: tuple[Any, ...] = node.args
    if isinstance(node, ops.IfElse):
        found = (node.bool_expr,)
    elif isinstance(node, ops.SearchedCase):
        found = node.cases
    elif isinstance(node, ops.Coalesce):
        found = node.arg[:1]
    elif isinstance(node, (ops.And, ops.Or)):
        found = (node.left,)
    return found


def _parts(args: Iterable[Any]) -> Iterator[ops.Value]:
    for arg in args:
        if isinstance(arg, ops.Value):
            yield arg
        elif isinstance(arg, tuple):
            yield from _parts(arg)
