"""A list against data in another edition: certain and possible, each code once, no break at the change."""

from __future__ import annotations

import pytest

from entrepot.measures.bounds import beside, bounded_growth, bounded_series, possible_cells
from entrepot.measures.cells import Selection, cells
from entrepot.measures.direct import series, with_life
from entrepot.model.commodity import parse_commodity
from entrepot.model.edition import translate
from entrepot.model.flow import Flow
from entrepot.model.period import parse_window
from tests.spec.tables import FLOWS

ON_SPARK = ("test_growth_over_the_changeover_lies_between_bounds",)
"""One test of each kind of step; see conftest."""

CHANGEOVER = """
| period  | hs_revision | commodity | value |
| 2021-12 | HS2017      | 854890    | 10    |
| 2021-12 | HS2017      | 852580    | 20    |
| 2021-12 | HS2017      | 854140    | 100   |
| 2021-12 | HS2017      | 854150    | 30    |
| 2021-12 | HS2017      | 880330    | 40    |
| 2021-12 | HS2017      | 852990    | 5     |
| 2021-12 | HS2017      | 854231    | 7     |
| 2022-12 | HS2022      | 854800    | 11    |
| 2022-12 | HS2022      | 852581    | 9     |
| 2022-12 | HS2022      | 852589    | 8     |
| 2022-12 | HS2022      | 854141    | 60    |
| 2022-12 | HS2022      | 854149    | 15    |
| 2022-12 | HS2022      | 854151    | 12    |
| 2022-12 | HS2022      | 854159    | 19    |
| 2022-12 | HS2022      | 880730    | 41    |
| 2022-12 | HS2022      | 852990    | 5     |
| 2022-12 | HS2022      | 854231    | 7     |
"""
AFTER = 11 + 8 + 15 + 12 + 19 + 41 + 5 + 7
SURE, DOUBTFUL = 10 + 30 + 40 + 5 + 7, 20 + 100
BOUNDS = ("value_low", "value_high", "uncertain_share")
KEY = ("reporter", "partner", "flow", "period", "currency")


def wanted(commodity, partners="XBB"):
    return Selection(("XAA",), tuple(partners.split(",")), Flow.EXPORT, parse_commodity(commodity))


def possible(commodity="chpl", reading="main", partners="XBB"):
    asked = wanted(commodity, partners)
    own = asked.basket.hs_revision
    others = (own, *sorted({"HS2022", "HS2017"} - {own}))
    told = [translate(asked.basket.codes, own, other, reading) for other in others]
    return possible_cells(FLOWS, asked, told)


def test_a_reporter_that_changed_over_in_january_2022(answer):
    """The six codes born in HS2022 have predecessors: a naive sum sees 5 + 7 before and all of them after."""
    rows = answer(CHANGEOVER, bounded_series(possible()))
    assert [(r["value_low"], r["value_high"]) for r in rows] == [(SURE, SURE + DOUBTFUL), (AFTER, AFTER)]
    assert rows[0]["uncertain_share"] == pytest.approx(1 - SURE / (SURE + DOUBTFUL))
    assert rows[1]["uncertain_share"] == 0


def test_by_all_relations_nothing_of_the_list_is_certain(answer):
    """Electrical waste took something from each code: at least nothing, at most all that may be on it."""
    rows = answer(CHANGEOVER, bounded_series(possible(reading="all")))
    assert [(r["value_low"], r["value_high"]) for r in rows] == [(0, SURE + DOUBTFUL), (AFTER, AFTER)]
    assert rows[0]["uncertain_share"] == 1


def test_a_list_of_the_older_edition_looks_forward(answer):
    """All four parts of 854140 are certainly of it."""
    rows = answer(CHANGEOVER, bounded_series(possible("HS2017:854140")))
    assert [(r["value_low"], r["value_high"]) for r in rows] == [(100, 100), (60 + 15, 60 + 15)]


def test_a_code_that_two_members_share_counts_once(answer):
    """854151 and 854159 both come from 854150; one of them alone leaves it uncertain."""
    both = answer(CHANGEOVER, bounded_series(possible("HS2022:854151,854159")))
    assert [(r["value_low"], r["value_high"]) for r in both] == [(30, 30), (12 + 19, 12 + 19)]
    one = answer(CHANGEOVER, bounded_series(possible("HS2022:854151")))
    assert [(r["value_low"], r["value_high"]) for r in one] == [(0, 30), (12, 12)]


def test_national_codes_are_known_by_their_first_six_digits(answer):
    """Eight-digit codes of the year's nomenclature answer for the codes of the edition in force."""
    rows = answer(
        """
        | period  | hs_revision | commodity | value |
        | 2021-12 | HS2017      | 88033000  | 4     |
        | 2021-12 | HS2017      | 85414010  | 2     |
        | 2021-12 | HS2017      | 85414090  | 3     |
        | 2022-01 | HS2022      | 88073000  | 5     |
        | 2022-01 | HS2022      | 85414900  | 1     |
        """,
        bounded_series(possible()),
    )
    assert [(r["value_low"], r["value_high"]) for r in rows] == [(4, 4 + 2 + 3), (5 + 1, 5 + 1)]


def test_one_edition_answers_for_a_reporter_and_month(answer):
    """The same trade in two editions is not added up; the list's own edition is exact and comes first."""
    rows = answer(
        """
        | period  | hs_revision | commodity | value |
        | 2022-01 | HS2017      | 880330    | 40    |
        | 2022-01 | HS2022      | 880730    | 39    |
        """,
        bounded_series(possible()),
    )
    assert [(r["value_low"], r["value_high"]) for r in rows] == [(39, 39)]


def test_a_year_in_one_edition_is_not_added_to_its_months_in_another(answer):
    """The annual figure stands for the year, whatever the codes of its months; other years keep theirs."""
    rows = answer(
        """
        | period  | hs_revision | commodity | value |
        | 2021    | HS2022      | 880730    | 100   |
        | 2021-01 | HS2017      | 880330    | 50    |
        | 2020-01 | HS2017      | 880330    | 20    |
        """,
        bounded_series(possible(), by="year"),
    )
    assert sorted((r["period"].year, r["value_low"], r["value_high"]) for r in rows) == [
        (2020, 20, 20),
        (2021, 100, 100),
    ]


def test_a_heading_published_as_such_answers_where_it_stayed_whole(answer):
    """8703 is the same goods in both editions, and a figure at that level is certain."""
    rows = answer(
        """
        | period  | hs_revision | commodity | value |
        | 2021-12 | HS2017      | 8703      | 40    |
        | 2021-12 | HS2017      | 870310    | 30    |
        | 2022-01 | HS2022      | 870310    | 30    |
        """,
        bounded_series(possible("HS2022:8703")),
    )
    assert [(r["value_low"], r["value_high"]) for r in rows] == [(40, 40), (30, 30)]


def test_what_is_not_reported_is_not_zero(answer):
    """No possible code, no row; nothing certain, at least zero; null stays null."""
    rows = answer(
        """
        | period  | hs_revision | commodity | value |
        | 2021-11 | HS2017      | 010121    | 1     |
        | 2021-12 | HS2017      | 854140    | 100   |
        | 2022-01 | HS2022      | 854149    | null  |
        """,
        bounded_series(possible()),
    )
    assert [(r["value_low"], r["value_high"]) for r in rows] == [(0, 100), (None, None)]


def test_the_plain_sum_stands_beside_its_bounds(answer):
    """Value is that of the same numbers; a month that only predecessors have has no value, and no codes."""
    plain, low_high = series(cells(FLOWS, wanted("chpl"))), bounded_series(possible())
    rows = answer(CHANGEOVER, beside(plain, low_high, KEY, BOUNDS))
    assert [(r["value"], r["value_low"], r["codes"]) for r in rows] == [(5 + 7, SURE, 2), (AFTER, AFTER, 8)]
    born = [cells(FLOWS, wanted("HS2022:880730")), possible("HS2022:880730")]
    rows = answer(CHANGEOVER, beside(series(born[0]), bounded_series(born[1]), KEY, BOUNDS))
    assert [(r["value"], r["value_high"], r["codes"], r["hs_revisions"]) for r in rows] == [
        (None, 40, 0, "HS2017"),
        (41, 41, 1, "HS2022"),
    ]


def grown(commodity="chpl"):
    base, window = (parse_window("2021-12"),), (parse_window("2022-12"),)
    lived = with_life(possible(commodity), possible(commodity, partners="WLD,XBB"), base, window, base)
    return bounded_growth(lived, base, window)


def test_growth_over_the_changeover_lies_between_bounds(answer):
    """Least: the window's lower bound over the base's upper; most: the other way round."""
    [row] = answer(CHANGEOVER, grown())
    assert (row["base_low"], row["base_high"]) == (SURE, SURE + DOUBTFUL)
    assert (row["window_low"], row["window_high"]) == (AFTER, AFTER)
    assert row["change_low"] == pytest.approx(AFTER / (SURE + DOUBTFUL) - 1)
    assert row["change_high"] == pytest.approx(AFTER / SURE - 1)


def test_growth_has_no_upper_bound_where_nothing_in_the_base_is_certain(answer):
    """854149 was part of 854140: the least change is known, the most is not."""
    [row] = answer(CHANGEOVER, grown("HS2022:854149"))
    assert row["change_low"] == pytest.approx(15 / 100 - 1)
    assert row["change_high"] is None
