"""Direct trade: series, growth over the same months, shares, and codes without a life on both sides."""

from __future__ import annotations

import pytest

from entrepot.measures.cells import Selection, cells
from entrepot.measures.direct import growth, series, shares, together, with_life
from entrepot.model.commodity import parse_commodity
from entrepot.model.flow import Flow
from entrepot.model.period import parse_window
from tests.spec.tables import FLOWS

ON_SPARK = (
    "test_series_by_year_takes_the_annual_row_before_the_months",
    "test_series_names_every_snapshot_behind_a_sum",
    "test_codes_born_after_the_base_are_left_out_of_the_spliced_change",
    "test_share_of_a_control",
)
"""One test of each kind of step; see conftest."""


def chosen(partners="XBB", commodity="8703"):
    return cells(
        FLOWS, Selection(("XAA",), tuple(partners.split(",")), Flow.EXPORT, parse_commodity(commodity))
    )


def grown(base, window, partners="XBB", commodity="8703", history=None):
    spans = (parse_window(base),), (parse_window(window),)
    past = (parse_window(history or base),)
    anyone = chosen("WLD," + partners, commodity)
    return growth(with_life(chosen(partners, commodity), anyone, *spans, past), *spans)


def test_series_adds_the_codes_of_a_basket_month_by_month(answer):
    """Two codes and two months make two sums."""
    rows = answer(
        """
        | period  | commodity | value |
        | 2021-01 | 8703      | 10    |
        | 2021-01 | 8708      | 1     |
        | 2021-02 | 8703      | 20    |
        """,
        series(chosen(commodity="8703,8708")),
    )
    assert [(r["value"], r["cells"]) for r in rows] == [(10 + 1, 2), (20, 1)]


def test_series_by_year_takes_the_annual_row_before_the_months(answer):
    """A year reported as such is not added to its months; the months stand in where it is absent."""
    rows = answer(
        """
        | period  | value |
        | 2021    | 100   |
        | 2021-01 | 10    |
        | 2022-01 | 7     |
        | 2022-02 | 8     |
        """,
        series(chosen(), by="year"),
    )
    assert [(r["period"].year, r["value"], r["months"]) for r in rows] == [(2021, 100, 12), (2022, 7 + 8, 2)]


def test_series_by_month_has_no_annual_rows(answer):
    """An annual figure is not January's."""
    assert answer("| period | value |\n| 2021 | 100 |", series(chosen())) == []


def test_weights_are_summed_only_where_all_cells_have_one(answer):
    """A weight missing in one cell makes the sum unknown, not smaller."""
    rows = answer(
        """
        | period  | commodity | value | net_weight_kg |
        | 2021-01 | 870310    | 1     | 5             |
        | 2021-01 | 870320    | 1     | null          |
        | 2021-02 | 870310    | 1     | 5             |
        | 2021-02 | 870320    | 1     | 6             |
        """,
        series(chosen()),
    )
    assert [r["net_weight_kg"] for r in rows] == [None, 5 + 6]


def test_quantities_of_unlike_units_are_not_added(answer):
    """Pieces and kilograms have no sum."""
    rows = answer(
        """
        | commodity | quantity | quantity_unit |
        | 870310    | 5        | item          |
        | 870320    | 6        | kg            |
        """,
        series(chosen()),
    )
    assert [(r["quantity"], r["quantity_unit"]) for r in rows] == [(None, None)]


def test_series_names_every_snapshot_behind_a_sum(answer):
    """Each printed number can list where it comes from."""
    rows = answer(
        "| commodity | snapshot | source |\n| 870310 | s2 | b |\n| 870320 | s1 | a |", series(chosen())
    )
    assert (rows[0]["snapshots"], rows[0]["sources"]) == ("s1 s2", "a b")


def test_growth_of_annual_figures(answer):
    """From 8 to 6 is a fall of a quarter."""
    rows = answer("| period | value |\n| 2021 | 8 |\n| 2023 | 6 |", grown("2021", "2023"))
    assert rows[0]["change"] == pytest.approx(6 / 8 - 1)
    assert (rows[0]["base_months"], rows[0]["window_months"]) == (12, 12)


def test_growth_is_null_and_not_minus_one_where_nothing_is_reported(answer):
    """A partner without a row in the window has not fallen to zero: it is not known."""
    row = answer("| period | value |\n| 2021 | 8 |", grown("2021", "2023"))[0]
    assert (row["window_value"], row["window_months"], row["change"]) == (None, 0, None)


def test_growth_from_zero_is_null(answer):
    """No engine divides by zero."""
    row = answer("| period | value |\n| 2021 | 0 |\n| 2023 | 6 |", grown("2021", "2023"))[0]
    assert row["change"] is None


def test_codes_born_after_the_base_are_left_out_of_the_spliced_change(answer):
    """A code that did not exist in the base makes the naive growth too high; the range shows both."""
    months = "".join(f"| 2021-{m:02} | 870310 | 1 |\n" for m in range(1, 13))
    text = f"| period | commodity | value |\n{months}| 2022-03 | 870310 | 2 |\n| 2022-03 | 870380 | 6 |"
    row = answer(text, grown("2021-03", "2022-03", commodity="870310,870380", history="2021"))[0]
    assert row["change"] == pytest.approx((2 + 6) / 1 - 1)
    assert row["change_spliced"] == pytest.approx(2 / 1 - 1)
    assert (row["change_low"], row["change_high"]) == (row["change_spliced"], row["change"])
    assert row["born_share"] == pytest.approx(6 / (2 + 6))


def test_a_code_lives_if_anyone_bought_it(answer):
    """A product sold to others all along is not newborn when one partner starts buying it."""
    months = "".join(f"| 2021-{m:02} | XCC | 870310 | 1 |\n" for m in range(1, 13))
    bought = "| 2021-05 | XBB | 870310 | 2 |\n| 2022-05 | XBB | 870310 | 6 |"
    text = f"| period | partner | commodity | value |\n{months}{bought}"
    row = answer(text, grown("2021-05", "2022-05", commodity="870310", history="2021"))[0]
    assert row["change_spliced"] == pytest.approx(6 / 2 - 1)


def test_share_of_a_control(answer):
    """The destination's part of the world, before and after."""
    text = """
        | period | partner | value |
        | 2021   | XBB     | 10    |
        | 2023   | XBB     | 30    |
        | 2021   | WLD     | 40    |
        | 2023   | WLD     | 60    |
        """
    rows = answer(text, shares(grown("2021", "2023", "XBB,WLD"), "partner", "WLD"))
    row = next(r for r in rows if r["partner"] == "XBB")
    assert (row["base_share"], row["window_share"]) == (10 / 40, 30 / 60)


def test_destinations_taken_together(answer):
    """The total is over sums, not over percentages."""
    text = """
        | period | partner | value |
        | 2021   | XBB     | 10    |
        | 2023   | XBB     | 20    |
        | 2021   | XCC     | 30    |
        | 2023   | XCC     | 20    |
        """
    spans = (parse_window("2021"),), (parse_window("2023"),)
    both = with_life(chosen("XBB,XCC"), chosen("WLD,XBB,XCC"), *spans, spans[0])
    expr = growth(together(both, "partner", "XBB+XCC"), *spans)
    row = answer(text, expr)[0]
    assert row["change"] == pytest.approx((20 + 20) / (10 + 30) - 1)


def test_a_code_summed_from_longer_ones_is_marked(answer):
    """Chapter 87 from what happens to be held of 8703 may not be all of it, and must say so."""
    rows = answer(
        "| period | commodity |\n| 2021-01 | 8703 |\n| 2021-02 | 87 |", series(chosen(commodity="87"))
    )
    assert [row["is_from_parts"] for row in rows] == [True, False]


def test_a_code_seen_in_one_month_of_the_base_has_no_life_there(answer):
    """Twelve live months are asked of the whole base, not of the part that is compared."""
    others = "".join(f"| 2021-{m:02} | 870320 | 1 |\n" for m in range(1, 13))
    text = f"| period | commodity | value |\n{others}| 2021-05 | 870310 | 1 |\n| 2022-05 | 870310 | 6 |"
    row = answer(text, grown("2021-05", "2022-05", commodity="870310,870320", history="2021"))[0]
    assert row["born_share"] == 1


def test_silence_of_the_reporter_is_not_a_fall(answer):
    """Nine months against two of the same reporter have no change, whatever their sums."""
    months = "".join(f"| 2021-{m:02} | 10 |\n" for m in range(3, 12))
    text = f"| period | value |\n{months}| 2022-03 | 20 |\n| 2022-04 | 20 |"
    row = answer(text, grown("2021-03:2021-11", "2022-03:2022-11"))[0]
    assert (row["base_covered"], row["window_covered"], row["change"]) == (9, 2, None)


def test_a_month_without_trade_of_a_reporter_that_reports_is_compared(answer):
    """The reporter sold to others in both months: this partner's missing month is no silence."""
    text = """
        | period  | partner | value |
        | 2021-01 | XBB     | 10    |
        | 2021-02 | XBB     | 10    |
        | 2022-01 | XBB     | 5     |
        | 2022-01 | XCC     | 1     |
        | 2022-02 | XCC     | 1     |
        """
    row = answer(text, grown("2021-01:2021-02", "2022-01:2022-02"))[0]
    assert (row["window_months"], row["change"]) == (1, 5 / 20 - 1)


def test_annual_and_monthly_years_are_counted_apart(answer):
    """A year as one figure and one month of the next are thirteen months, not twenty-four."""
    row = answer("| period | value |\n| 2021 | 100 |\n| 2022-01 | 1 |", grown("2021:2022", "2023"))[0]
    assert row["base_months"] == 12 + 1


def test_a_month_with_a_weight_and_no_value_is_not_a_month_with_a_value(answer):
    """Months count values, so that averages over them mean something."""
    rows = answer(
        "| period | value | net_weight_kg |\n| 2021-01 | 10 | 1 |\n| 2021-02 | null | 1 |",
        series(chosen(), by="year"),
    )
    assert (rows[0]["months"], rows[0]["value"]) == (1, 10)


def test_one_partners_annual_figure_does_not_hide_anothers_months(answer):
    """The world by year is each partner's own best figure."""
    months = "".join(f"| 2021-{m:02} | XCC | 100 |\n" for m in range(1, 13))
    rows = answer(
        f"| period | partner | value |\n| 2021 | XBB | 1 |\n{months}", series(chosen("WLD"), by="year")
    )
    assert rows[0]["value"] == 1 + 12 * 100


def test_a_groups_own_annual_row_keeps_its_members_months_out(answer):
    """The world's annual figure stands for the year; partners' months are not added to it."""
    rows = answer(
        "| period | partner | value |\n| 2021 | WLD | 50 |\n| 2021-01 | XCC | 10 |",
        series(chosen("WLD"), by="year"),
    )
    assert [row["value"] for row in rows] == [50]


def test_the_number_of_reporters_is_told(answer):
    """Two countries before and one after is a change of who reports."""
    text = "| reporter | period | value |\n| DEU | 2021 | 10 |\n| FRA | 2021 | 10 |\n| DEU | 2023 | 10 |"
    spans = (parse_window("2021"),), (parse_window("2023"),)
    asked = Selection(("EU27",), ("XBB",), Flow.EXPORT, parse_commodity("8703"))
    anyone = Selection(("EU27",), ("WLD", "XBB"), Flow.EXPORT, parse_commodity("8703"))
    lived = with_life(cells(FLOWS, asked), cells(FLOWS, anyone), *spans, spans[0])
    row = answer(text, growth(lived, *spans))[0]
    assert (row["base_reporters"], row["window_reporters"]) == (2, 1)
