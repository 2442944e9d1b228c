"""What must hold in any world: no error, no gap; units scale; strangers change nothing; rules add up."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entrepot.measures.reliability import reliability
from entrepot.model.kind import FLOWS
from entrepot.store.engine import DuckDB
from entrepot.store.files import SCHEMAS
from tests.spec.both_sides import Both
from tests.spec.tables import flows

AREAS = ("XAA", "XBB", "XCC", "XDD", "WLD", "_X", "EU27")
CODES = ("870310", "870320", "010121")
QUICK = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
LINE = st.fixed_dictionaries(
    {
        "reporter": st.sampled_from(AREAS[:4]),
        "partner": st.sampled_from(AREAS),
        "flow": st.sampled_from(("export", "import")),
        "period": st.sampled_from(("2021", "2021-02", "2021-07")),
        "commodity": st.sampled_from(CODES),
        "partner_basis": st.sampled_from(("origin", "consignment")),
        "hs_revision": st.sampled_from(("HS2017", "HS2022")),
        "status": st.sampled_from(("reported", "imputed", "simulated")),
        "currency": st.sampled_from(("USD", "USD", "EUR")),
        "valuation": st.sampled_from(("cif", "fob", "null")),
        "value": st.integers(0, 10**9),
    }
)
LINES = st.lists(LINE, min_size=1, max_size=30)
TRUE = st.dictionaries(
    st.tuples(st.sampled_from(AREAS[:4]), st.sampled_from(AREAS[:4]), st.sampled_from(CODES)),
    st.integers(1, 10**9),
    min_size=1,
    max_size=20,
).map(lambda cells: {key: value for key, value in cells.items() if key[0] != key[1]})


def table(lines: list[dict[str, Any]]) -> pa.Table:
    if not lines:
        return SCHEMAS[FLOWS].empty_table()
    names = list(lines[0])
    rows = [" | ".join(str(line[name]) for name in names) for line in lines]
    return flows("\n".join(f"| {row} |" for row in (" | ".join(names), *rows)))


def mirrored(cells: dict[tuple[str, str, str], int], freight: float) -> list[dict[str, Any]]:
    """A world in which everyone reports the truth."""
    found = []
    for (exporter, importer, code), value in cells.items():
        common = {"period": "2021", "commodity": code}
        sides = (
            (exporter, importer, "export", "fob", value),
            (importer, exporter, "import", "cif", value * freight),
        )
        for who, whom, flow, valuation, worth in sides:
            found.append(
                {
                    "reporter": who,
                    "partner": whom,
                    "flow": flow,
                    "valuation": valuation,
                    "value": worth,
                    **common,
                }
            )
    return found


def asked(lines: list[dict[str, Any]], question: str, both: Both, **more: float) -> list[dict[str, Any]]:
    engine = DuckDB()
    engine.register("flows", table(lines))
    expr = both.reconciled(**more) if question == "reconciled" else getattr(both, question)
    rows = engine.run(expr() if callable(expr) else expr).to_pylist()
    engine.close()
    return sorted(rows, key=lambda row: tuple(str(value) for value in row.values()))


def values(rows: list[dict[str, Any]]) -> dict[tuple[str, str, str], float | None]:
    return {(row["exporter"], row["importer"], row["commodity"]): row["value_usd"] for row in rows}


@QUICK
@given(TRUE)
def test_a_world_without_errors_has_no_gap(cells):
    rows = asked(mirrored(cells, 1.06), "reconciled", Both(digits=6, margin=0.06))
    assert values(rows) == pytest.approx({key: float(value) for key, value in cells.items()})
    for row in rows:
        assert row["import_fob_usd"] == pytest.approx(row["export_fob_usd"])


@QUICK
@given(LINES, st.sampled_from((0.5, 2.0, 1000.0)))
def test_units_scale_the_value_and_nothing_else(lines, scale):
    both = Both(digits=6, margin=0.06)
    larger = [line | {"value": line["value"] * scale} for line in lines]
    plain, scaled = asked(lines, "reconciled", both), asked(larger, "reconciled", both)
    times = {key: None if value is None else value * scale for key, value in values(plain).items()}
    assert values(scaled) == pytest.approx(times)
    kinds = [
        [(row["status"], row["reason"], row["weight_exporter"]) for row in rows] for rows in (plain, scaled)
    ]
    assert sorted(map(str, kinds[0])) == sorted(map(str, kinds[1]))


@QUICK
@given(LINES, st.integers(1, 10**9))
def test_a_stranger_changes_nothing_of_the_others(lines, value):
    """Weights are given: they are estimated from all, values are each pair's own."""
    both = Both(digits=6)
    own = {"period": "2021", "commodity": CODES[0], "partner_basis": "origin", "hs_revision": "HS2017"}
    own |= {"status": "reported", "currency": "USD", "valuation": "cif", "value": value}
    stranger = [{"reporter": "XZA", "partner": "XZB", "flow": flow, **own} for flow in ("export", "import")]
    before = asked(lines, "reconciled", both)
    after = [
        row for row in asked([*lines, *stranger], "reconciled", both) if not row["exporter"].startswith("XZ")
    ]
    assert [row for row in after if not row["importer"].startswith("XZ")] == before


@QUICK
@given(LINES)
def test_rules_add_up_to_the_input(lines):
    rules = asked(lines, "rules", Both(digits=6))
    rows = [row for row in rules if row["stage"] == "rows"]
    dollars = sum(line["value"] for line in lines if line["currency"] == "USD")
    assert sum(row["rows"] for row in rows) == len(lines)
    assert sum(row["value_usd"] for row in rows) == pytest.approx(dollars)
    done = [row["rows"] for row in rules if row["stage"] == "reconciled"]
    assert sum(done) == len(asked(lines, "reconciled", Both(digits=6)))


@QUICK
@given(LINES)
def test_a_value_is_never_outside_what_the_sides_say(lines):
    for row in asked(lines, "reconciled", Both(digits=6, margin=0.06)):
        told = [row[name] for name in ("export_fob_usd", "import_fob_usd") if row[name] is not None]
        if row["value_usd"] is not None:
            assert min(told) * (1 - 1e-9) <= row["value_usd"] <= max(told) * (1 + 1e-9)


POSITIVE = st.floats(0, 4)


@QUICK
@given(st.lists(st.lists(POSITIVE, min_size=12, max_size=12), min_size=10, max_size=12))
def test_variances_are_positive_and_inside_their_intervals(gaps):
    """Whatever the squared gaps are; and a world without gaps does not divide by zero."""
    columns: dict[str, list[Any]] = {
        name: [] for name in ("exporter", "importer", "flows", "weight", "squared")
    }
    for at, line in enumerate(gaps):
        for of, gap in enumerate(line):
            for name, value in zip(columns, (f"E{at}", f"I{of}", 1, 10.0, 10.0 * gap), strict=True):
                columns[name].append(value)
    for row in reliability(pa.table(columns)).to_pylist():
        assert 0 <= row["low"] <= row["standard_deviation"] <= row["high"] < float("inf")
