"""Small tables inside expressions: code lists, product lists, group members.

Ibis has `memtable` for this; it needs pandas at import. Here a table is named after its content, so an
expression stays a pure value, and an engine finds the rows by name when it runs the expression.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.operations as ops
import pyarrow as pa

if TYPE_CHECKING:
    from ibis.expr.types import Table

_ROWS: dict[str, pa.Table] = {}


def constant(columns: Mapping[str, Sequence[Any]], schema: Mapping[str, str]) -> Table:
    """A table with these rows, for use in expressions. The schema is in Ibis types."""
    typed = ibis.schema(schema)
    table = pa.table(dict(columns), schema=pa.schema([(n, _ARROW[str(t)]) for n, t in typed.items()]))
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    name = "constant_" + hashlib.sha256(sink.getvalue()).hexdigest()[:20]
    _ROWS[name] = table
    return ibis.table(typed, name=name)


_ARROW = {
    "string": pa.string(),
    "date": pa.date32(),
    "int8": pa.int8(),
    "int64": pa.int64(),
    "float64": pa.float64(),
    "boolean": pa.bool_(),
}


def held(rows: pa.Table) -> Table:
    """The rows of an answer as a table for further expressions."""
    return constant({name: rows[name].combine_chunks() for name in rows.column_names}, kinds(rows.schema))


def kinds(schema: pa.Schema) -> dict[str, str]:
    """Columns of Arrow's in Ibis types. Ibis has a converter of its own, which asks for one library more."""
    known = {arrow: kind for kind, arrow in _ARROW.items()} | dict.fromkeys((pa.int32(), pa.int16()), "int64")
    return {field.name: known[field.type] for field in schema}


def arrow_schema(schema: Mapping[str, str]) -> pa.Schema:
    """Columns in Ibis types as Arrow's."""
    return pa.schema([(name, _ARROW[kind]) for name, kind in schema.items()])


def pairs(mapping: Mapping[str, str], key: str, value: str) -> Table:
    """A mapping as a table of two columns of text."""
    return constant({key: list(mapping), value: list(mapping.values())}, {key: "string", value: "string"})


def column(name: str, values: Iterable[str]) -> Table:
    """Distinct texts as a table of one column."""
    return constant({name: sorted(set(values))}, {name: "string"})


def constants(expr: Table) -> dict[str, pa.Table]:
    """The rows of each constant table an expression uses, by name."""
    return {op.name: _ROWS[op.name] for op in expr.op().find(is_constant)}


def is_constant(op: ops.Node) -> bool:
    """Whether a part of an expression is a table made here: its rows are its own, its name is theirs."""
    return isinstance(op, ops.UnboundTable) and op.name in _ROWS
