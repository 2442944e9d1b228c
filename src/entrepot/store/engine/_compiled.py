"""Ibis as a compiler only: an expression over unbound tables becomes SQL of an engine's dialect.

Two questions that differ only in whose trade and which good they ask for have one shape: the query is
compiled once, with a mark for each such text, and each question puts its own texts in place of the marks.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import ibis
import ibis.expr.operations as ops
from ibis.common.graph import Graph, Node

from entrepot.model.constant import is_constant

if TYPE_CHECKING:
    from ibis.expr.types import Table, Value

DEEPEST = 10_000  # calls within one another, in compiling
_ALONE = Lock()
_MARK = uuid4().hex[:12]  # no text of a question has it in it
_MARKED = re.compile(rf"'?{_MARK}_(\d+)_'?")  # a text with its quotes, or the name of a table within them
_PLAIN = re.compile(r"[^'\\\x00-\x1f\x7f]*")  # every engine has such a text between quotes as it is
_PLACES = (
    *(ops.Equals, ops.NotEquals, ops.Less, ops.LessEqual, ops.Greater, ops.GreaterEqual, ops.InValues),
    ops.Project,
)
"""What compiles alike whatever text it is given. Others look into it: a pattern, the format of a date."""


@lru_cache(maxsize=256)
def compiled(op: Node, dialect: str) -> str:
    """The query an expression becomes. The same question asked again is not compiled again."""
    shape, own = _shape(op, dialect)
    parts = list(template(shape))
    parts[1::2] = [own[int(place)] for place in parts[1::2]]
    return "".join(parts)


@dataclass(frozen=True)
class _Shape:
    """An expression without its own texts; those alike in this become the same query."""

    nodes: tuple[Hashable, ...]
    dialect: str
    op: Node = field(compare=False)
    marks: Mapping[Node, Node] = field(compare=False)


def _shape(op: Node, dialect: str) -> tuple[_Shape, list[str]]:
    """The shape, and the texts that stand at its marks."""
    graph = Graph.from_bfs(op)
    place = {node: number for number, node in enumerate(graph)}
    fixed = {child for node, children in graph.items() if type(node) not in _PLACES for child in children}
    own = [node for node in graph if is_constant(node) or (_is_text(node) and node not in fixed)]
    marks = {node: _marked(node, number) for number, node in enumerate(own)}
    told = tuple((type(node), _told(marks.get(node, node).__args__, place)) for node in graph)
    return _Shape(told, dialect, op, marks), [_written(node, dialect) for node in own]


def _is_text(node: Node) -> bool:
    return type(node) is ops.Literal and type(node.value) is str and node.dtype.is_string()


def _marked(node: Any, number: int) -> Node:
    mark = f"{_MARK}_{number}_"
    return node.copy(name=mark) if is_constant(node) else node.copy(value=mark)


def _written(node: Any, dialect: str) -> str:
    return str(node.name) if is_constant(node) else _quoted(node.value, dialect)


def _quoted(text: str, dialect: str) -> str:
    if _PLAIN.fullmatch(text):
        return f"'{text}'"
    return _sql(ibis.literal(text).name("x"), dialect).removeprefix("SELECT").rpartition(" AS ")[0].lstrip()


def _told(value: Any, place: Mapping[Node, int]) -> Hashable:
    """What a node is made of, with places for other nodes."""
    if isinstance(value, Node):
        return Node, place[value]
    if isinstance(value, tuple):
        return tuple(_told(one, place) for one in value)
    if isinstance(value, Mapping):
        return tuple((name, _told(one, place)) for name, one in value.items())
    return value  # type: ignore[no-any-return]


@lru_cache(maxsize=256)
def template(shape: _Shape) -> tuple[str, ...]:
    """The query in pieces: SQL, the number of a mark, SQL, ..."""
    marked = shape.op.replace(dict(shape.marks)) if shape.marks else shape.op
    return tuple(_MARKED.split(_sql(marked.to_expr(), shape.dialect)))


def _sql(expr: Table | Value, dialect: str) -> str:
    """As Ibis compiles it, but selects stay nested as written.

    Fusing them takes a quarter to a half of the compiler's time, and repeats in each column what several
    share. Nested selects go deeper than Python's usual limit. Both are settings of the whole process: one
    thread would take them away from another that is still compiling.
    """
    with _ALONE:
        return _nested(expr, dialect)


def _nested(expr: Table | Value, dialect: str) -> str:
    fused, ibis.options.sql.fuse_selects = ibis.options.sql.fuse_selects, False
    depth = sys.getrecursionlimit()
    sys.setrecursionlimit(max(depth, DEEPEST))
    try:
        return str(ibis.to_sql(expr, dialect=dialect))
    finally:
        ibis.options.sql.fuse_selects = fused
        sys.setrecursionlimit(depth)
