"""Which rows answer a question, so that a sum never counts a good, a partner or a month twice."""

from __future__ import annotations

from typing import Any

from entrepot.measures.cells import Selection, cells, levels
from entrepot.model.commodity import parse_commodity
from entrepot.model.flow import Flow
from entrepot.model.period import parse_window
from tests.spec.tables import FLOWS

ON_SPARK = (
    "test_levels_are_chosen_month_by_month",
    "test_membership_is_dated",
    "test_origin_before_consignment",
    "test_two_editions_of_one_month_are_not_added",
    "test_levels_stand_side_by_side_in_the_latest_edition",
)
"""One test of each kind of step; see conftest."""


def select(
    commodity: str = "8703",
    reporter: str = "XAA",
    partner: str = "XBB",
    flow: Flow = Flow.EXPORT,
    **more: Any,
) -> Any:
    asked = Selection(
        tuple(reporter.split(",")), tuple(partner.split(",")), flow, parse_commodity(commodity), **more
    )
    return cells(FLOWS, asked)


def values(rows: list[dict[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    return sorted(tuple(row[name] for name in names) for row in rows)


def test_exact_level_wins_over_finer(answer):
    """A heading that is reported is taken as it is, not summed from its subheadings."""
    rows = answer(
        """
        | commodity | value |
        | 8703      | 10    |
        | 870310    | 4     |
        | 870320    | 5     |
        """,
        select("8703"),
    )
    assert values(rows, "commodity", "digits", "value") == [("8703", 4, 10.0)]


def test_coarsest_finer_level_is_taken_where_the_code_itself_is_not_reported(answer):
    """Six digits before eight, and never both."""
    rows = answer(
        """
        | commodity | value |
        | 870310    | 4     |
        | 870320    | 5     |
        | 87031010  | 4     |
        """,
        select("8703"),
    )
    assert values(rows, "commodity", "value") == [("8703", 4.0), ("8703", 5.0)]


def test_levels_are_chosen_month_by_month(answer):
    """A heading missing in one month is filled from its subheadings in that month alone."""
    rows = answer(
        """
        | period  | commodity | value |
        | 2021-01 | 8703      | 10    |
        | 2021-01 | 870310    | 9     |
        | 2021-02 | 870310    | 7     |
        """,
        select("8703"),
    )
    assert [v for _, v in values(rows, "period", "value")] == [10.0, 7.0]


def test_a_coarser_row_never_answers_for_a_finer_code(answer):
    """The chapter's value is not the heading's."""
    assert answer("| commodity | value |\n| 87 | 10 |", select("8703")) == []


def test_total_is_only_the_total_row(answer):
    """All goods are what the reporter says they are; chapters are not added up to stand in for them."""
    rows = answer(
        """
        | commodity | hs_revision | value |
        | TOTAL     |             | 12    |
        | 87        | HS2022      | 5     |
        """,
        select("TOTAL"),
    )
    assert values(rows, "commodity", "value") == [("TOTAL", 12.0)]


def test_leading_zero_codes_do_not_match_other_chapters(answer):
    """Chapter 01 is not chapter 10."""
    rows = answer("| commodity | value |\n| 010121 | 3 |\n| 101210 | 4 |", select("01"))
    assert values(rows, "commodity", "value") == [("01", 3.0)]


def test_codes_of_different_lengths_in_one_basket(answer):
    """Each code finds its own rows; a code inside another is asked for once."""
    rows = answer(
        """
        | commodity | value |
        | 87        | 20    |
        | 8703      | 10    |
        | 880240    | 3     |
        """,
        select("87,8703,8802"),
    )
    assert values(rows, "commodity", "value") == [("87", 20.0), ("8802", 3.0)]


def test_published_aggregate_before_its_members(answer):
    """Where EU27 itself is reported its members are not added."""
    rows = answer(
        """
        | reporter | value |
        | EU27     | 30    |
        | DEU      | 20    |
        | FRA      | 10    |
        """,
        select(reporter="EU27"),
    )
    assert values(rows, "reporter_member", "value") == [("EU27", 30.0)]


def test_members_where_the_aggregate_is_not_reported(answer):
    """EU27 is the sum of the members that report; the United Kingdom is not one."""
    rows = answer("| reporter | value |\n| DEU | 20 |\n| FRA | 10 |\n| GBR | 99 |", select(reporter="EU27"))
    assert values(rows, "reporter", "reporter_member") == [("EU27", "DEU"), ("EU27", "FRA")]


def test_membership_is_dated(answer):
    """The Union as it stood holds the United Kingdom in January 2020 and not after."""
    rows = answer(
        """
        | reporter | period  | value |
        | GBR      | 2020-01 | 5     |
        | GBR      | 2020-02 | 7     |
        """,
        select(reporter="EU"),
    )
    assert values(rows, "reporter_member", "value") == [("GBR", 5.0)]


def test_world_row_before_partners_and_no_aggregates_among_them(answer):
    """World is the reporter's own row; without one, all partners that are not aggregates."""
    rows = answer(
        """
        | period  | partner | value |
        | 2021-01 | WLD     | 100   |
        | 2021-01 | XBB     | 60    |
        | 2021-02 | XBB     | 60    |
        | 2021-02 | XCC     | 30    |
        | 2021-02 | _X      | 5     |
        | 2021-02 | AFRICA  | 40    |
        | 2021-02 | EU27    | 50    |
        """,
        select(partner="WLD"),
    )
    assert values(rows, "partner_member", "value") == [
        ("WLD", 100.0),
        ("XBB", 60.0),
        ("XCC", 30.0),
        ("_X", 5.0),
    ]


def test_area_asked_alone_and_in_a_group(answer):
    """A country asked for by name and inside a group answers for both, apart."""
    rows = answer("| reporter | value |\n| DEU | 20 |", select(reporter="DEU,EU27"))
    assert values(rows, "reporter", "value") == [("DEU", 20.0), ("EU27", 20.0)]


def test_origin_before_consignment(answer):
    """Imports by country of origin are not added to the same imports by country of consignment."""
    rows = answer(
        """
        | flow   | partner_basis | value |
        | import | consignment   | 8     |
        | import | origin        | 6     |
        """,
        select(flow=Flow.IMPORT),
    )
    assert values(rows, "partner_basis", "value") == [("origin", 6.0)]


def test_currencies_stay_apart(answer):
    """The same cell in two currencies is two rows, each in its own."""
    rows = answer("| currency | value |\n| USD | 10 |\n| EUR | 9 |", select())
    assert values(rows, "currency", "value") == [("EUR", 9.0), ("USD", 10.0)]


def test_re_exports_are_not_exports(answer):
    """A re-export is an "of which" and never added."""
    rows = answer("| flow | value |\n| export | 10 |\n| re-export | 4 |", select())
    assert values(rows, "flow", "value") == [("export", 10.0)]


def test_windows_hold_whole_months(answer):
    """First and last month belong to the window."""
    text = "| period | value |\n| 2021-02 | 1 |\n| 2021-03 | 2 |\n| 2021-04 | 4 |\n| 2021-05 | 8 |"
    rows = answer(text, select(windows=(parse_window("2021-03:2021-04"),)))
    assert sum(row["value"] for row in rows) == 2 + 4


def test_missing_value_stays_null(answer):
    """A cell with a weight and no value keeps its null."""
    rows = answer("| value | net_weight_kg |\n| null | 7 |", select())
    assert values(rows, "net_weight_kg", "value") == [(7.0, None)]


def test_items_outside_the_harmonized_system_match_whole(answer):
    """An item is its own name: no part of it, and no code that begins like it."""
    text = "| commodity | digits | value |\n| cars | null | 3 |\n| cars and parts | null | 9 |"
    rows = answer(text, select("item:cars"))
    assert values(rows, "commodity", "value") == [("cars", 3.0)]


def test_one_members_level_does_not_decide_for_another(answer):
    """Germany reports the heading, France a subheading of it: both count."""
    text = "| reporter | commodity | value |\n| DEU | 8703 | 20 |\n| FRA | 870323 | 100 |"
    rows = answer(text, select(reporter="EU27"))
    assert values(rows, "reporter_member", "value") == [("DEU", 20.0), ("FRA", 100.0)]


def test_one_members_basis_does_not_decide_for_another(answer):
    """One member by origin, one by consignment only: both count."""
    text = """
        | reporter | flow   | partner_basis | value |
        | DEU      | import | origin        | 20    |
        | FRA      | import | consignment   | 100   |
        """
    rows = answer(text, select(reporter="EU27", flow=Flow.IMPORT))
    assert values(rows, "reporter_member", "value") == [("DEU", 20.0), ("FRA", 100.0)]


def test_two_editions_of_one_month_are_not_added(answer):
    """The same tractors under HS 2017 and under HS 2022: the latest edition speaks."""
    rows = answer(
        """
        | commodity | hs_revision | value |
        | 870120    | HS2017      | 10    |
        | 870121    | HS2022      | 4     |
        | 870122    | HS2022      | 6     |
        """,
        select("8701"),
    )
    assert sum(row["value"] for row in rows) == 4 + 6


def test_membership_counts_from_the_middle_of_a_period(answer):
    """Armenia joined on 2 January 2015 and counts; the United Kingdom left in January 2020: no year."""
    rows = answer(
        "| reporter | period | value |\n| ARM | 2015 | 1 |\n| ARM | 2015-01 | 2 |\n| ARM | 2014-12 | 4 |",
        select(reporter="EAEU"),
    )
    assert sorted(row["value"] for row in rows) == [1, 2]
    assert answer("| reporter | period | value |\n| GBR | 2020 | 5 |", select(reporter="EU")) == []


def test_one_basis_for_all_partners_of_a_reporter(answer):
    """What one country sent may have come from the other: the two bases are not added for the world."""
    rows = answer(
        """
        | flow   | partner | partner_basis | value |
        | import | XBB     | origin        | 20    |
        | import | XCC     | consignment   | 20    |
        """,
        select(partner="WLD", flow=Flow.IMPORT),
    )
    assert values(rows, "partner_member", "value") == [("XBB", 20.0)]


def test_codes_and_items_in_one_basket(answer):
    """A code stands for its parts, an item for itself alone."""
    rows = answer(
        """
        | commodity   | value |
        | 270900      | 4     |
        | steam       | 1     |
        | steam-coal  | 2     |
        """,
        select("2709,item:steam"),
    )
    assert values(rows, "commodity", "value") == [("2709", 4.0), ("steam", 1.0)]


def test_levels_stand_side_by_side_in_the_latest_edition(answer):
    """A heading and its parts, each with the code it was reported as."""
    rows = answer(
        """
        | commodity | hs_revision | value |
        | 8703      | HS2022      | 10    |
        | 870310    | HS2022      | 4     |
        | 870320    | HS2017      | 5     |
        """,
        levels(FLOWS, Selection(("XAA",), ("XBB",), Flow.EXPORT, parse_commodity("8703"))),
    )
    assert values(rows, "commodity", "good", "value") == [("8703", "8703", 10.0), ("8703", "870310", 4.0)]


def test_each_branch_of_a_chapter_has_its_own_level(answer):
    """Coal and crude as headings, gas as a subheading only: the chapter is all three, each once."""
    rows = answer(
        """
        | commodity | value |
        | 2701      | 10    |
        | 270112    | 4     |
        | 2709      | 20    |
        | 271121    | 3     |
        | 27112100  | 2     |
        """,
        select("27"),
    )
    assert sorted(row["value"] for row in rows) == [3, 10, 20]
