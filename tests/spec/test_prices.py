"""Price and volume: matched cells, what is unmatched, and when neither is told."""

from __future__ import annotations

import math

import pytest

from entrepot.measures.cells import Selection, cells, levels
from entrepot.measures.direct import with_life
from entrepot.measures.prices import split
from entrepot.model.commodity import parse_commodity
from entrepot.model.flow import Flow
from entrepot.model.period import parse_window
from tests.spec.tables import FLOWS

ON_SPARK = (
    "test_fisher_over_two_goods",
    "test_editions_match_where_a_code_kept_its_goods",
)
"""One test of each kind of step; see conftest."""

BASE, WINDOW = "2022-02", "2022-07"


def parted(commodity="2709", partners="XBB", base=BASE, window=WINDOW, whole=None):
    spans = (parse_window(base),), (parse_window(window),)
    basket = parse_commodity(commodity)

    def asked(names):
        return Selection(("XAA",), tuple(names.split(",")), Flow.EXPORT, basket, spans[0] + spans[1])

    anyone = cells(FLOWS, asked("WLD"))
    lived = with_life(cells(FLOWS, asked(partners)), anyone, *spans, spans[0])
    return split(lived, levels(FLOWS, asked(partners)), *spans, whole)


def test_bearings_dearer_and_fewer(answer):
    """Value +76 % and volume -13 % make +102 %: the published example."""
    (row,) = answer(
        """
        | period  | commodity | value | net_weight_kg |
        | 2022-02 | 848210    | 100   | 100           |
        | 2022-07 | 848210    | 176   | 87            |
        """,
        parted("848210"),
    )
    assert row["value_ratio"] == pytest.approx(1.76)
    assert row["volume_index"] == pytest.approx(0.87)
    assert round(row["price_index"] - 1, 2) == 1.02
    assert row["is_unit_value"]


TWO_GOODS = """
    | period  | commodity | value | net_weight_kg |
    | 2022-02 | 270900    | 100   | 100           |
    | 2022-07 | 270900    | 300   | 150           |
    | 2022-02 | 270112    | 40    | 20            |
    | 2022-07 | 270112    | 30    | 30            |
    """


def test_fisher_over_two_goods(answer):
    """One doubles its price, one halves it: weights of both sides, and the root between them."""
    rows = answer(TWO_GOODS, parted("2709,2701", whole="both"))
    row = rows[-1]
    laspeyres, paasche = (2 * 100 + 1 * 20) / 140, 330 / (1 * 150 + 2 * 30)
    assert [r["commodity"] for r in rows] == ["2701", "2709", "both"]
    assert row["price_index"] == pytest.approx(math.sqrt(laspeyres * paasche))
    assert (row["price_low"], row["price_high"]) == (pytest.approx(paasche), pytest.approx(laspeyres))
    assert (row["matched_cells"], row["is_unit_value"]) == (2, False)


def test_value_is_price_times_volume_times_unmatched(answer):
    """Nothing is lost: what has no quantity is in the third factor."""
    rows = answer(
        TWO_GOODS + "| 2022-02 | 271121 | 20 | null |\n| 2022-07 | 271121 | 90 | null |",
        parted("2709,2701,2711", whole="all"),
    )
    row = rows[-1]
    assert row["value_ratio"] == pytest.approx(420 / 160)
    assert row["unmatched"] == pytest.approx((140 / 160) / (330 / 420))
    assert row["price_index"] * row["volume_index"] * row["unmatched"] == pytest.approx(row["value_ratio"])
    assert row["matched_share"] == pytest.approx(330 / 420)


def test_no_index_where_less_than_half_is_matched(answer):
    """The value is told, price and volume are not."""
    (row,) = answer(
        """
        | period  | commodity | value | net_weight_kg |
        | 2022-02 | 270900    | 100   | 100           |
        | 2022-07 | 270900    | 100   | null          |
        """,
        parted(),
    )
    assert (row["value_ratio"], row["price_index"], row["volume_low"]) == (1, None, None)
    assert (row["matched_share"], row["undetermined"], row["is_unit_value"]) == (0, True, False)


@pytest.mark.parametrize(
    ("column", "cell"), [("is_estimated", "true"), ("status", "imputed"), ("net_weight_kg", "0")]
)
def test_what_was_estimated_enters_no_unit_value(answer, column, cell):
    """An estimated quantity matches nothing, nor does a value nobody reported, nor a zero."""
    usual = {"is_estimated": "false", "status": "reported", "net_weight_kg": "50"} | {column: cell}
    head, row = " | ".join(usual), " | ".join(usual.values())
    (found,) = answer(
        f"""
        | period  | commodity | value | {head} |
        | 2022-02 | 270900    | 100   | false | reported | 100 |
        | 2022-07 | 270900    | 100   | {row} |
        """,
        parted(),
    )
    assert (found["matched_cells"], found["undetermined"]) == (0, True)


def test_one_month_without_weight_unmatches_its_cell(answer):
    """A unit value over part of the months would pass for one over all of them."""
    (row,) = answer(
        """
        | period  | commodity | value | net_weight_kg |
        | 2022-01 | 270900    | 100   | 100           |
        | 2022-02 | 270900    | 100   | null          |
        | 2022-07 | 270900    | 200   | 100           |
        | 2022-08 | 270900    | 200   | 100           |
        """,
        parted(base="2022-01:2022-02", window="2022-07:2022-08"),
    )
    assert (row["value_ratio"], row["matched_cells"]) == (2, 0)


def test_months_are_summed_before_they_are_divided(answer):
    """The unit value of two months is their value over their quantity, no mean of two unit values."""
    (row,) = answer(
        """
        | period  | commodity | value | net_weight_kg |
        | 2022-01 | 270900    | 100   | 100           |
        | 2022-02 | 270900    | 900   | 300           |
        | 2022-07 | 270900    | 500   | 100           |
        | 2022-08 | 270900    | 500   | 300           |
        """,
        parted(base="2022-01:2022-02", window="2022-07:2022-08"),
    )
    assert (row["price_index"], row["volume_index"]) == (pytest.approx(1), pytest.approx(1))


def test_unlike_numbers_of_months_are_averaged(answer):
    """Two months against one: value and volume a month, the price as it is."""
    (row,) = answer(
        """
        | period  | commodity | value | net_weight_kg |
        | 2022-01 | 270900    | 100   | 100           |
        | 2022-02 | 270900    | 100   | 100           |
        | 2022-07 | 270900    | 200   | 100           |
        """,
        parted(base="2022-01:2022-02"),
    )
    assert (row["value_ratio"], row["price_index"], row["volume_index"]) == (2, 2, 1)
    assert (row["base_covered"], row["window_covered"]) == (2, 1)


def test_the_parts_speak_for_a_heading_they_add_up_to(answer):
    """At two subheadings the mix is no price; at the heading it would be."""
    (row,) = answer(
        """
        | period  | commodity | value | net_weight_kg |
        | 2022-02 | 2709      | 110   | 110           |
        | 2022-02 | 270910    | 100   | 100           |
        | 2022-02 | 270920    | 10    | 1             |
        | 2022-07 | 2709      | 110   | 20            |
        | 2022-07 | 270910    | 10    | 10            |
        | 2022-07 | 270920    | 100   | 10            |
        """,
        parted(),
    )
    assert (row["matched_cells"], row["price_index"]) == (2, pytest.approx(1))
    assert row["base_value"] == 110


def test_the_heading_speaks_where_its_parts_lack_quantities(answer):
    """Parts without weights, or a tenth short of the whole, leave the heading as it is."""
    (row,) = answer(
        """
        | period  | commodity | value | net_weight_kg |
        | 2022-02 | 2709      | 100   | 100           |
        | 2022-02 | 270910    | 80    | 80            |
        | 2022-07 | 2709      | 300   | 100           |
        | 2022-07 | 270910    | 300   | 50            |
        """,
        parted(),
    )
    assert (row["matched_cells"], row["price_index"], row["matched_share"]) == (1, pytest.approx(3), 1)


def test_partners_are_matched_apart(answer):
    """Two destinations with prices of their own: a shift between them is no price."""
    rows = answer(
        """
        | period  | partner | commodity | value | net_weight_kg |
        | 2022-02 | XBB     | 270900    | 100   | 100           |
        | 2022-02 | XCC     | 270900    | 200   | 100           |
        | 2022-07 | XBB     | 270900    | 10    | 10            |
        | 2022-07 | XCC     | 270900    | 400   | 200           |
        """,
        parted(partners="WLD"),
    )
    assert [(r["matched_cells"], r["price_index"]) for r in rows] == [(2, pytest.approx(1))]


def test_pieces_match_pieces_and_weights_where_pieces_are_missing(answer):
    """A unit on one side only is no unit of both: kilograms are, where all have them."""
    rows = answer(
        """
        | period  | commodity | value | quantity | quantity_unit | net_weight_kg |
        | 2022-02 | 870410    | 100   | 2        | u             | 50            |
        | 2022-07 | 870410    | 100   | 1        | u             | 50            |
        | 2022-02 | 870510    | 100   | 2        | u             | 50            |
        | 2022-07 | 870510    | 100   | null     | null          | 25            |
        """,
        parted("8704,8705"),
    )
    assert [(r["quantity_unit"], r["price_index"]) for r in rows] == [("u", 2), ("kg", 2)]


@pytest.mark.parametrize(("code", "matched"), [("270900", 1), ("240399", 0)])
def test_editions_match_where_a_code_kept_its_goods(answer, code, matched):
    """Crude oil is crude oil in HS2017 and HS2022; of 240399 some went to heading 24.04."""
    (row,) = answer(
        f"""
        | period  | commodity | hs_revision | value | net_weight_kg |
        | 2021-07 | {code}    | HS2017      | 100   | 100           |
        | 2022-07 | {code}    | HS2022      | 100   | 50            |
        """,
        parted(code, base="2021-07"),
    )
    assert (row["matched_cells"], row["undetermined"]) == (matched, not matched)
    assert row["hs_revisions"] == "HS2017 HS2022"


def test_a_side_without_value_has_no_ratio(answer):
    """Missing is not zero: nothing reported in the base is no infinite growth."""
    (row,) = answer(
        "| period | commodity | value | net_weight_kg |\n| 2022-07 | 270900 | 100 | 10 |",
        parted(),
    )
    assert (row["base_value"], row["value_ratio"], row["undetermined"]) == (None, None, True)
