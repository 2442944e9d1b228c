"""Price and volume of any trade: the factors make up the whole, and units and strangers change nothing."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ibis.expr.types import Table

from entrepot.measures.cells import Selection, cells, levels
from entrepot.measures.direct import with_life
from entrepot.measures.prices import split
from entrepot.model.commodity import parse_commodity
from entrepot.model.flow import Flow
from entrepot.model.period import parse_window
from entrepot.store.engine import DuckDB
from tests.spec.tables import FLOWS, flows

GOODS = ("270900", "270112", "271121")
PARTNERS = ("XBB", "XCC")
SPANS = (parse_window("2022-01:2022-02"),), (parse_window("2022-07:2022-08"),)
FEW = settings(max_examples=8, deadline=None)

figures = st.integers(min_value=1, max_value=10_000)
weights = st.one_of(st.none(), st.just(0), figures)
cell = st.tuples(
    st.sampled_from(PARTNERS),
    st.sampled_from(("2022-01", "2022-02", "2022-07", "2022-08")),
    st.sampled_from(GOODS),
)
worlds = st.dictionaries(cell, st.tuples(figures, weights, st.booleans()), min_size=1, max_size=20)
World = dict[tuple[str, str, str], tuple[int, int | None, bool]]


@cache
def _question() -> Table:
    basket = parse_commodity("2709,2701,2711")
    asked = Selection(("XAA",), ("WLD",), Flow.EXPORT, basket, SPANS[0] + SPANS[1])
    told = cells(FLOWS, asked).alias("told")
    lived = with_life(told, told.view(), *SPANS, SPANS[0]).alias("lived")
    return split(lived, levels(FLOWS, asked).alias("levels"), *SPANS, "all")


def parted(world: World, more: str = "", scale: int = 1) -> list[dict[str, Any]]:
    """The split of a world's exports; `scale`: in units so much smaller."""
    lines = [
        f"| XAA | {partner} | {month} | {good} | {value} | {'null' if weight is None else weight * scale} |"
        f" {str(guess).lower()} |"
        for (partner, month, good), (value, weight, guess) in world.items()
    ]
    head = "| reporter | partner | period | commodity | value | net_weight_kg | is_estimated |"
    engine = DuckDB()
    engine.register("flows", flows("\n".join([head, *lines, more])))
    return engine.run(_question()).to_pylist()


@FEW
@given(worlds)
def test_price_volume_and_what_is_unmatched_make_up_the_change_in_value(world):
    """Exactly, where they are told; and where they are not, less than half was matched or a side is empty."""
    for row in parted(world):
        if row["undetermined"]:
            assert row["price_index"] is None
            assert row["matched_share"] is None or row["matched_share"] < 0.5
            continue
        product = row["price_index"] * row["volume_index"] * row["unmatched"]
        assert product == pytest.approx(row["value_ratio"])
        assert row["price_low"] <= row["price_index"] * (1 + 1e-9)
        assert row["price_index"] <= row["price_high"] * (1 + 1e-9)


@FEW
@given(worlds, st.sampled_from((2, 1000)))
def test_the_unit_of_weight_is_of_no_account(world, scale):
    """A thousand times the weights are the same price and the same volume."""
    for one, other in zip(parted(world), parted(world, scale=scale), strict=True):
        assert one["price_index"] == pytest.approx(other["price_index"])
        assert one["volume_index"] == pytest.approx(other["volume_index"])
        assert one["matched_cells"] == other["matched_cells"]


@FEW
@given(worlds, figures)
def test_another_reporter_changes_nothing(world, value):
    """What a stranger reports is the stranger's."""
    stranger = f"| XDD | XBB | 2022-07 | 270900 | {value} | 1 | false |"
    assert parted(world, stranger) == parted(world)


@FEW
@given(worlds)
def test_all_prices_doubled_double_the_price_alone(world):
    """Twice the values in the window: price twice as high, volume as it was."""
    dearer = {
        key: (value * 2 if key[1] > "2022-06" else value, *rest) for key, (value, *rest) in world.items()
    }
    for one, other in zip(parted(world), parted(dearer), strict=True):
        if one["price_index"] is not None:
            assert other["price_index"] == pytest.approx(2 * one["price_index"])
            assert other["volume_index"] == pytest.approx(one["volume_index"])
