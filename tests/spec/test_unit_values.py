"""Unit values month by month, and their distance from a price of the world."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from entrepot.measures.cells import Selection, cells
from entrepot.measures.unit_values import Yardstick, beside, unit_values, widest
from entrepot.model.commodity import parse_commodity
from entrepot.model.constant import constant
from entrepot.model.flow import Flow
from entrepot.model.indicator import COLUMNS
from tests.spec.tables import FLOWS

ON_SPARK = (
    "test_weights_are_told_in_tonnes",
    "test_the_gap_and_its_range_over_lags_and_factors",
    "test_the_widest_month_hangs_on_the_lag",
)
"""One test of each kind of step; see conftest."""


def found(commodity="2709", by="month", partner="XBB"):
    asked = Selection(("XAA",), (partner,), Flow.EXPORT, parse_commodity(commodity))
    return unit_values(cells(FLOWS, asked), by)


def priced(*months):
    """Prices of the world, month by month from 2021-01, and others that must not be taken for them."""
    rows: list[tuple[Any, ...]] = [
        ("crude_usd_per_barrel", None, date(2021, n, 1), "M", value) for n, value in enumerate(months, 1)
    ]
    rows += [("crude_usd_per_barrel", None, date(2021, 1, 1), "A", 999.0)]
    rows += [("crude_usd_per_barrel", "XAA", date(2021, 1, 1), "M", 998.0)]
    rows += [("coal_usd_per_tonne", None, date(2021, 1, 1), "M", 997.0)]
    named = dict(
        zip(("indicator", "area", "period", "frequency", "value"), zip(*rows, strict=True), strict=True)
    )
    full = {name: list(named.get(name, [None] * len(rows))) for name in COLUMNS}
    full["snapshot"] = ["p1"] * len(rows)
    return constant(full, COLUMNS)


CRUDE = """
    | period  | commodity | value | net_weight_kg |
    | 2021-01 | 270900    | 800   | 2000          |
    | 2021-02 | 270900    | 500   | 1000          |
    """


def test_weights_are_told_in_tonnes(answer):
    """800 dollars for 2,000 kg are 400 a tonne."""
    rows = answer(CRUDE, found())
    assert [(r["unit_value"], r["quantity_unit"], r["quantity"]) for r in rows] == [
        (400, "t", 2),
        (500, "t", 1),
    ]


def test_the_publishers_own_quantity_before_the_weight_and_units_apart(answer):
    """Pieces are not added to tonnes, and kilograms as a quantity are tonnes like any weight."""
    rows = answer(
        """
        | commodity | value | quantity | quantity_unit | net_weight_kg |
        | 870410    | 90    | 3        | u             | 1000          |
        | 870420    | 10    | 500      | kg            | null          |
        """,
        found("8704"),
    )
    assert [(r["quantity_unit"], r["unit_value"], r["measured_share"]) for r in rows] == [
        ("t", 20, pytest.approx(0.1)),
        ("u", 30, pytest.approx(0.9)),
    ]


def test_estimates_are_left_out_and_their_share_is_told(answer):
    """Three quarters of the value are measured; the rest is in no unit value."""
    rows = answer(
        """
        | commodity | value | net_weight_kg | is_estimated |
        | 270910    | 75    | 1000          | false        |
        | 270920    | 25    | 1             | true         |
        """,
        found(),
    )
    assert [(r["unit_value"], r["value"], r["measured_share"]) for r in rows] == [(75, 75, 0.75)]


def test_a_month_without_any_quantity_is_a_row_without_unit_value(answer):
    """Silence is shown, not skipped."""
    (row,) = answer("| commodity | value |\n| 270900 | 5 |", found())
    assert (row["unit_value"], row["quantity"], row["measured_share"], row["value"]) == (None, None, 0, 5)


def test_a_year_is_its_annual_figure_or_the_sum_of_its_months(answer):
    """Value over quantity of the year, no mean of months."""
    rows = answer(CRUDE, found(by="year"))
    assert [(r["unit_value"], r["months"]) for r in rows] == [(pytest.approx(1300 / 3), 2)]


def test_the_gap_and_its_range_over_lags_and_factors(answer):
    """In the second month: 500 a tonne are 50 a barrel of a tenth; the price was 60, a month before 70."""
    stick = Yardstick("crude_usd_per_barrel", 0.1, 0.09, 0.11, (0, 1))
    rows = answer(CRUDE, beside(found(), priced(70.0, 60.0), stick))
    assert [(r["converted"], r["indicator_value"], r["gap"]) for r in rows] == [(40, 70, -30), (50, 60, -10)]
    assert (rows[1]["gap_low"], rows[1]["gap_high"]) == (pytest.approx(45 - 70), pytest.approx(55 - 60))
    assert (rows[0]["gap_low"], rows[0]["gap_high"]) == (None, None)
    assert rows[1]["snapshots"] == "s1 p1"


def test_the_first_lag_is_the_point(answer):
    """A price a month old, asked for first, is the one compared with."""
    rows = answer(CRUDE, beside(found(), priced(70.0, 60.0), Yardstick("crude_usd_per_barrel", lags=(1, 0))))
    assert [r["indicator_value"] for r in rows] == [None, 70]


def test_a_month_without_a_price_keeps_its_unit_value(answer):
    """Nothing is lost where the other series is silent."""
    rows = answer(CRUDE, beside(found(), priced(70.0), Yardstick("crude_usd_per_barrel")))
    assert [(r["unit_value"], r["gap"]) for r in rows] == [(400, 330), (500, None)]


def test_the_widest_month_hangs_on_the_lag(answer):
    """At once it is the first, with 40 against 70; a month late the second, with 50 against 70."""
    stick = Yardstick("crude_usd_per_barrel", 0.1, 0.09, 0.1, (0, 1))
    rows = answer(CRUDE, widest(found(), priced(70.0, 60.0), stick))
    assert [(r["lag"], r["period"].month, r["gap"]) for r in rows] == [(0, 1, -30), (1, 2, -20)]
    assert rows[0]["gap_low"] == pytest.approx(36 - 70)
