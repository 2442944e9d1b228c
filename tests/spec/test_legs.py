"""Legs of trade through hubs, and their sums over spans: the same on both engines."""

from __future__ import annotations

from datetime import date

import ibis
import pytest

from entrepot.measures.cells import Selection, cells
from entrepot.measures.legs import Spans, by_slot, leg, spans, summed
from entrepot.model.commodity import parse_commodity
from entrepot.model.flow import Flow
from entrepot.model.period import parse_window
from tests.spec.tables import FLOWS

ON_SPARK = ("test_months_of_the_base_are_weighted_to_those_of_the_window",)


def sent(window: str, by: str):
    """What XAA's exports to all are as a leg."""
    chosen = cells(
        FLOWS,
        Selection(("XAA",), ("WLD",), Flow.EXPORT, parse_commodity("8703,8704"), (parse_window(window),)),
    )
    return leg(chosen.mutate(unrated=ibis.literal(False)), "sent", by=by).mutate(is_listed=ibis.literal(True))


def test_months_of_the_base_are_weighted_to_those_of_the_window(answer):
    """March and April are asked about: the base has March twice and April once; its last year each once."""
    asked = [spans(parse_window("2020-03:2021-03"), parse_window("2021-04:2021-05"))]
    rows = answer(
        """
        | partner | period  | commodity | value |
        | XBB     | 2020-03 | 870300    | 10    |
        | XBB     | 2020-04 | 870300    | 20    |
        | XBB     | 2020-05 | 870300    | 40    |
        | XBB     | 2021-03 | 870300    | 80    |
        | XBB     | 2021-04 | 870300    | 100   |
        | XBB     | 2021-05 | 870300    | 300   |
        | XCC     | 2021-05 | 870400    | 7     |
        """,
        summed(sent("2020:2021", "month"), asked),
    )
    found = {(row["hub"], row["good"]): row for row in rows}
    one = found["XBB", "8703"]
    assert (one["whole_0"], one["recent_0"], one["window_0"]) == (20 + 40, 20 + 40, 100 + 300)
    assert (one["alive_months"], one["alive_after"]) == (2, 2)
    assert found["XCC", "8704"]["whole_0"] in (0, None)
    assert found["XCC", "8704"]["window_0"] == 7


def test_a_month_that_is_in_the_base_twice_counts_half_each_time(answer):
    asked = [spans(parse_window("2020-03:2021-03"), parse_window("2022-03"))]
    (row,) = answer(
        """
        | partner | period  | commodity | value |
        | XBB     | 2020-03 | 870300    | 10    |
        | XBB     | 2021-03 | 870300    | 30    |
        | XBB     | 2022-03 | 870300    | 50    |
        """,
        summed(sent("2020:2022", "month"), asked),
    )
    assert (row["whole_0"], row["recent_0"], row["window_0"]) == ((10 + 30) / 2, 30, 50)


def test_years(answer):
    """Whole years against whole years: the annual figure, or the sum of the months."""
    asked = [spans(parse_window("2019:2020"), parse_window("2021"))]
    (row,) = answer(
        """
        | partner | period  | commodity | value |
        | XBB     | 2019    | 870300    | 10    |
        | XBB     | 2020    | 870300    | 30    |
        | XBB     | 2021-01 | 870300    | 50    |
        | XBB     | 2021-02 | 870300    | 6     |
        """,
        summed(sent("2019:2021", "year"), asked),
    )
    assert (row["whole_0"], row["recent_0"], row["window_0"]) == ((10 + 30) / 2, 30, 56)


def test_all_goods_of_a_hub_by_month(answer):
    rows = answer(
        """
        | partner | period  | commodity | value |
        | XBB     | 2020-03 | 870300    | 10    |
        | XBB     | 2020-03 | 870400    | 5     |
        """,
        by_slot(sent("2020", "month")),
    )
    assert [(row["hub"], row["slot"], row["value"]) for row in rows] == [("XBB", date(2020, 3, 1), 15)]


def test_the_same_question_is_asked_of_years_before_as_far_as_data_go_back():
    asked = spans(parse_window("2020-01:2022-01"), parse_window("2022-03:2022-11"))
    (earlier,) = asked.earlier(date(2020, 1, 1))
    assert (earlier.base[0], earlier.base[-1]) == (date(2020, 1, 1), date(2021, 1, 1))
    assert (earlier.window[0], earlier.window[-1]) == (date(2021, 3, 1), date(2021, 11, 1))
    assert asked.earlier(date(2021, 1, 1)) == []


def test_no_earlier_window_reaches_into_the_window_asked_about():
    asked = spans(parse_window("2018:2021"), parse_window("2022:2023"))
    assert all(one.window[-1] <= date(2021, 1, 1) for one in asked.earlier(date(2015, 1, 1)))


@pytest.mark.parametrize(("slots", "lead"), [("recent", 12.0), ("base", 18.0)])
def test_lead_is_from_the_middle_of_the_months_that_count(slots, lead):
    asked = spans(parse_window("2020:2021"), parse_window("2022-03:2022-11"))
    assert asked.lead(getattr(asked, slots)) == lead


def test_a_month_the_base_never_had_has_no_weight():
    asked = Spans((date(2021, 1, 1),), (date(2022, 2, 1),), yearly=False)
    assert asked.weights(asked.base) == {date(2021, 1, 1): 0.0}
    assert not asked.is_whole


def test_a_group_and_its_members_in_another_currency_are_not_added(answer):
    """The group tells 100 of its own; a member's 60, in another currency before, is part of them."""
    chosen = cells(
        FLOWS, Selection(("EU27",), ("WLD",), Flow.EXPORT, parse_commodity("8703"), (parse_window("2021"),))
    )
    rows = answer(
        """
        | reporter | partner | period | commodity | value | currency |
        | EU27     | XBB     | 2021   | 870300    | 100   | EUR      |
        | DEU      | XBB     | 2021   | 870300    | 60    | USD      |
        """,
        leg(chosen.mutate(unrated=ibis.literal(False)), "sent", by="year"),
    )
    assert [row["value"] for row in rows] == [100]
