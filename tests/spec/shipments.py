"""Small text tables as shipments and as what they are held against; columns left out are not told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import ibis
import pyarrow as pa

from entrepot.measures.shipment_evidence import SCHEMAS, evidence
from entrepot.measures.shipment_rules import judged
from entrepot.model.constant import constant
from entrepot.model.shipment import derived_schema
from entrepot.store.engine import Engine

SCHEMA = derived_schema()
SHIPMENTS = ibis.table(SCHEMA, name="shipments")
ARROW = {
    "string": pa.string(),
    "int64": pa.int64(),
    "float64": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
}
_TYPED: Mapping[str, Callable[[str], Any]] = {
    "string": str,
    "int64": int,
    "float64": float,
    "boolean": "true".__eq__,
    "date": date.fromisoformat,
}


def drawn(text: str, schema: Mapping[str, str]) -> list[dict[str, Any]]:
    """The rows of a table drawn with |; an empty cell is null."""
    lines = [[c.strip() for c in line.strip()[1:-1].split("|")] for line in text.strip().splitlines()]
    return [
        {name: _TYPED[schema[name]](cell) for name, cell in zip(lines[0], line, strict=True) if cell}
        for line in lines[1:]
    ]


def known(**tables: str) -> Any:
    """Evidence of tables drawn with |."""
    found = {}
    for name, text in tables.items():
        rows = drawn(text, SCHEMAS[name])
        found[name] = constant({c: [row.get(c) for row in rows] for c in SCHEMAS[name]}, SCHEMAS[name])
    return evidence(**found)


def as_told(text: str) -> pa.Table:
    """Shipments, numbered from 1; hs6 is the code's where it has six digits, the edition HS2022."""
    rows = [{"row": place} | row for place, row in enumerate(drawn(text, SCHEMA), 1)]
    for row in rows:
        code = row.get("hs_code")
        usual = {"revision": "HS2022"} | ({"hs6": code[:6]} if len(code) >= 6 else {}) if code else {}
        row |= {name: value for name, value in usual.items() if name not in row}
    return pa.Table.from_pylist(rows, schema=pa.schema([(n, ARROW[kind]) for n, kind in SCHEMA.items()]))


def judge(engine: Engine, rule: str, text: str, **tables: str) -> list[tuple[bool | None, str]]:
    """What one rule says of each shipment, and why."""
    engine.register("shipments", as_told(text))
    rows = engine.run(judged(SHIPMENTS, known(**tables), (rule,))).to_pylist()
    return [(row[rule], row[f"{rule}__because"]) for row in sorted(rows, key=lambda row: row["row"])]
