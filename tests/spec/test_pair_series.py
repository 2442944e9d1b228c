"""Amounts of pairs of areas by period, over goods alive on both sides of the event."""

from __future__ import annotations

from datetime import date

from entrepot.measures.cells import Selection, cells
from entrepot.measures.pair_series import pair_series, unweighed
from entrepot.model.commodity import parse_commodity
from entrepot.model.flow import Flow
from entrepot.model.period import parse_window
from tests.spec.tables import FLOWS

BASE, WINDOW = (parse_window("2021"),), (parse_window("2022"),)


def series(goods: str = "87", by: str = "month", content=None):
    asked = Selection(("XAA",), ("XBB", "XCC"), Flow.EXPORT, parse_commodity(goods))
    return pair_series(cells(FLOWS, asked), by, BASE, WINDOW, content)


def shown(rows):
    return [(row["partner"], str(row["period"])[:10], row["amount"], row["codes"]) for row in rows]


def test_goods_are_added_and_partners_are_not(answer):
    rows = answer(
        """
        | partner | period  | commodity | value |
        | XBB     | 2021-03 | 870310    | 1     |
        | XBB     | 2021-03 | 870899    | 2     |
        | XBB     | 2022-03 | 870310    | 4     |
        | XBB     | 2022-04 | 870899    | 8     |
        | XCC     | 2022-03 | 870310    | 16    |
        """,
        series("870310,870899"),
    )
    assert shown(rows) == [
        ("XBB", "2021-03-01", 1.0 + 2.0, 2),
        ("XBB", "2022-03-01", 4.0, 1),
        ("XBB", "2022-04-01", 8.0, 1),
        ("XCC", "2022-03-01", 16.0, 1),
    ]


def test_a_code_born_after_the_event_is_no_growth(answer):
    """870380 has no 2021 with anybody, 870310 has one with XCC: that is the same nomenclature."""
    rows = answer(
        """
        | partner | period  | commodity | value |
        | XCC     | 2021-03 | 870310    | 1     |
        | XBB     | 2022-03 | 870310    | 2     |
        | XBB     | 2022-03 | 870380    | 99    |
        """,
        series("870310,870380"),
    )
    assert shown(rows) == [("XBB", "2022-03-01", 2.0, 1), ("XCC", "2021-03-01", 1.0, 1)]


def test_energy_is_weight_times_what_a_kilogram_holds(answer):
    """A fuel without a weight tells nothing, whatever its value; other goods have no energy."""
    rows = answer(
        """
        | partner | period  | commodity | value | net_weight_kg |
        | XBB     | 2021-03 | 270900    | 70    | 10            |
        | XBB     | 2022-03 | 270900    | 90    | 20            |
        | XBB     | 2022-03 | 270112    | 50    | null          |
        """,
        series("2701,2709", content={"2701": 25.8, "2709": 42.3}),
    )
    assert shown(rows) == [("XBB", "2021-03-01", 10 * 42.3, 1), ("XBB", "2022-03-01", 20 * 42.3, 1)]


def test_a_year_is_an_annual_figure_or_twelve_months(answer):
    """2021 is told whole; of 2022 one month is held, which is no year."""
    rows = answer(
        """
        | partner | period  | commodity | value |
        | XBB     | 2021    | 8703      | 12    |
        | XBB     | 2022    | 8703      | 24    |
        | XCC     | 2022-01 | 8703      | 5     |
        """,
        series("8703", by="year"),
    )
    assert shown(rows) == [("XBB", date(2021, 1, 1).isoformat(), 12.0, 1), ("XBB", "2022-01-01", 24.0, 1)]


def test_where_they_come_from(answer):
    rows = answer(
        """
        | period  | commodity | value | status    | snapshot |
        | 2021-03 | 8703      | 1     | reported  | s1       |
        | 2022-03 | 8703      | 1     | estimated | s2       |
        """,
        series("8703"),
    )
    assert [(row["status"], row["snapshots"]) for row in rows] == [("reported", "s1"), ("estimated", "s2")]


def test_values_without_a_weight_are_counted(answer):
    asked = Selection(("XAA",), ("XBB",), Flow.EXPORT, parse_commodity("2709,271121"))
    rows = answer(
        """
        | partner | period  | commodity | value | net_weight_kg |
        | XBB     | 2021-03 | 2709      | 1     | 1             |
        | XBB     | 2021-03 | 271121    | 2     |               |
        | XBB     | 2022-03 | 271121    | 4     | 9             |
        | XBB     | 2022-04 | 271121    | 8     |               |
        | XBB     | 2023-04 | 271121    | 64    |               |
        """,
        unweighed(cells(FLOWS, asked), "month", BASE, WINDOW, ("2709", "271121")),
    )
    assert [tuple(row[name] for name in ("commodity", "months", "value", "of_value")) for row in rows] == [
        ("271121", 2, 10.0, 15.0)
    ]
