"""Small text tables as flows: a spec test is one table, one expression and a sum a reader would do."""

from __future__ import annotations

from datetime import date
from typing import Any

import ibis
import pyarrow as pa

from entrepot.model.flow import COLUMNS
from entrepot.model.kind import FLOWS as KIND
from entrepot.store.files import SCHEMAS

_DEFAULTS: dict[str, Any] = {
    "reporter": "XAA",
    "partner": "XBB",
    "flow": "export",
    "period": "2021-01",
    "frequency": None,
    "commodity": "870300",
    "digits": None,
    "hs_revision": "HS2022",
    "breakdown": "",
    "value": 1.0,
    "currency": "USD",
    "is_estimated": False,
    "status": "simulated",
    "source": "tidy",
    "snapshot": "s1",
    "row": 1,
}
FLOWS = ibis.table(COLUMNS, name="flows")


def flows(text: str) -> pa.Table:
    """A table drawn with | and a rule of dashes; columns left out have the values of an ordinary export."""
    lines = [line.strip() for line in text.strip().splitlines() if set(line.strip()) - set("-+|")]
    names = [name.strip() for name in lines[0].split("|") if name.strip()]
    rows = [_row(names, [cell.strip() for cell in line.strip("|").split("|")]) for line in lines[1:]]
    return pa.Table.from_pylist(rows, schema=SCHEMAS[KIND])


def _row(names: list[str], cells: list[str]) -> dict[str, Any]:
    given = dict(zip(names, cells, strict=True))
    row = _DEFAULTS | {name: _typed(name, cell) for name, cell in given.items()}
    row["frequency"] = row["frequency"] or ("A" if len(str(row["period"])) == len("2021") else "M")
    row["period"] = _day(str(row["period"]))
    row["partner_basis"] = row.get("partner_basis") or (
        "origin" if "import" in row["flow"] else "destination"
    )
    code = row["commodity"]
    if row["digits"] is None:
        row["digits"] = 0 if code == "TOTAL" else len(code) if code.isdigit() else None
    return row


def _typed(name: str, cell: str) -> Any:
    if cell in ("", "null"):
        return None
    if COLUMNS[name] == "float64":
        return float(cell)
    if COLUMNS[name] in ("int8", "int64"):
        return int(cell)
    return cell == "true" if COLUMNS[name] == "boolean" else cell


def _day(text: str) -> date:
    return date.fromisoformat(f"{text}-01-01" if len(text) == len("2021") else f"{text}-01")
