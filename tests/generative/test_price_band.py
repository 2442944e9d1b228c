"""The band of unit values is robust, and knows no currency of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entrepot.measures.price_band import price_band
from entrepot.model.constant import constant, constants
from entrepot.store.engine import DuckDB

DAY = date(2022, 5, 1)
WANTED = constant(
    {"origin": ["XAA"], "commodity": ["848210"], "month": [DAY], "edition": ["HS2022"]},
    {"origin": "string", "commodity": "string", "month": "date", "edition": "string"},
)
ENDS = ("low", "middle", "high")
PRICES = st.lists(st.floats(1, 2), min_size=8, max_size=15, unique=True)


@pytest.fixture(scope="module")
def engine() -> DuckDB:
    return DuckDB()


def band(engine: DuckDB, prices: list[float]) -> list[float]:
    texts = {"side": "exports", "origin": "XAA", "commodity": "848210", "hs_revision": "HS2022"}
    texts |= {"currency": "USD", "valuations": "fob", "sources": "tidy", "snapshots": "s1"}
    columns: dict[str, Sequence[Any]] = {name: [text] * len(prices) for name, text in texts.items()}
    columns |= {"period": [DAY] * len(prices), "usd_per_kg": prices}
    kinds = dict.fromkeys(texts, "string") | {"period": "date", "usd_per_kg": "float64"}
    priced = constant(columns, kinds)
    expr = price_band(priced, WANTED)
    for name, table in constants(expr).items():
        engine.register(name, table)
    (row,) = engine.run(expr).to_pylist()
    return [row[name] for name in ENDS]


@settings(max_examples=8, deadline=None)
@given(prices=PRICES, one=st.floats(10, 1e7), other=st.floats(10, 1e7))
def test_how_far_out_an_outlier_lies_moves_nothing(engine, prices, one, other):
    """A cell dearer than all others by far may be as dear as it likes."""
    assert band(engine, [*prices, one]) == pytest.approx(band(engine, [*prices, other]))


@settings(max_examples=8, deadline=None)
@given(prices=PRICES, factor=st.floats(0.01, 100))
def test_prices_in_another_unit_are_a_band_in_that_unit(engine, prices, factor):
    scaled = [end * factor for end in band(engine, prices)]
    assert band(engine, [price * factor for price in prices]) == pytest.approx(scaled)
