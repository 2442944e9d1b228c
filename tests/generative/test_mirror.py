"""What must hold of any world: no errors no gap, units do not matter, nor do strangers."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entrepot.store.engine import DuckDB
from tests.spec.tables import flows
from tests.spec.test_mirror import compared

VALUE = st.floats(1.0, 1e9, allow_nan=False).map(lambda x: float(f"{x:.6g}"))
HEAD = "| reporter | partner | flow | period | commodity | valuation | value |\n"


def asked(text: str, **how: Any) -> dict[str, Any]:
    engine = DuckDB()
    engine.register("flows", flows(HEAD + text))
    row: dict[str, Any] = engine.run(compared(**how)).to_pylist()[0]
    return row


def told(exports: tuple[float, float], imports: tuple[float, float], scale: float = 1.0) -> str:
    sides = (("XAA", "XBB", "export", "fob", exports), ("XBB", "XAA", "import", "cif", imports))
    return "\n".join(
        f"| {who} | {whom} | {flow} | {year} | TOTAL | {valuation} | {value * scale!r} |"
        for who, whom, flow, valuation, values in sides
        for year, value in zip((2021, 2022), values, strict=True)
    )


@settings(deadline=None, max_examples=8)
@given(st.tuples(VALUE, VALUE), st.sampled_from((0.0, 0.06, 0.25)))  # each share is a query to compile
def test_a_world_without_errors_has_no_gap(exports, share):
    """Imports that are the exports and their freight leave nothing missing."""
    row = asked(told(exports, (exports[0] * (1 + share), exports[1] * (1 + share))), share=share)
    assert row["gap"] == pytest.approx(0, abs=1e-6 * exports[1])
    if row["missing_share"] is not None and exports[1] > exports[0] * 1.001:
        assert row["missing_share"] == pytest.approx(0, abs=1e-5)


@settings(deadline=None, max_examples=8)
@given(st.tuples(VALUE, VALUE), st.tuples(VALUE, VALUE), st.sampled_from([1e-3, 8.0, 1024.0]))
def test_units_do_not_matter(exports, imports, scale):
    """Thousands or units: the gap scales, the share does not."""
    plain, scaled = asked(told(exports, imports)), asked(told(exports, imports, scale))
    assert scaled["gap"] == pytest.approx(plain["gap"] * scale, rel=1e-6, abs=1e-6 * exports[1] * scale)
    if plain["missing_share"] is not None and exports[1] > exports[0] * 1.001:
        assert scaled["missing_share"] == pytest.approx(plain["missing_share"], rel=1e-5, abs=1e-5)


@settings(deadline=None, max_examples=8)
@given(st.tuples(VALUE, VALUE), st.tuples(VALUE, VALUE), st.lists(VALUE, min_size=1, max_size=4))
def test_an_unrelated_reporter_changes_nothing(exports, imports, others):
    """Trade of third countries, with these two or with each other, is another matter."""
    strangers = "\n".join(
        f"| XC{letter} | {whom} | {flow} | 2022 | TOTAL | {how} | {value!r} |"
        for letter, value in zip("DEFG", others, strict=False)
        for whom, flow, how in (("XAA", "export", "fob"), ("XBB", "import", "cif"))
    )
    assert asked(told(exports, imports) + "\n" + strangers) == asked(told(exports, imports))
