"""Signorino and Ritter's S by hand, and how a roll call ended."""

from __future__ import annotations

from datetime import date

import pytest

from entrepot.answers._spans import periods
from entrepot.measures.votes import agreement, interval, tally
from entrepot.model.constant import column
from entrepot.model.period import parse_window
from tests.spec.beside import votes

FOUR = """
| roll_call | area | vote    | snapshot |
| 1         | XAA  | yes     | s1       |
| 1         | XBB  | yes     | s2       |
| 2         | XAA  | yes     | s1       |
| 2         | XBB  | abstain | s2       |
| 3         | XAA  | no      | s1       |
| 3         | XBB  | yes     | s2       |
| 4         | XAA  | absent  | s1       |
| 4         | XBB  | yes     | s2       |
"""


def asked(text, by="year", period="2021"):
    one, other = (column("area", [name]) for name in ("XAA", "XBB"))
    return agreement(votes(text), one, other, periods(parse_window(period), by))


def test_s_is_one_less_twice_the_distances_over_the_widest_there_could_be(answer):
    """Alike, one step, opposed: 1 - 2 (0 + 1 + 2) / (2 + 2 + 2); who is absent has no place."""
    [row] = answer("| period |\n", asked(FOUR))
    assert row["s"] == pytest.approx(1 - 2 * (0 + 1 + 2) / (2 + 2 + 2))
    assert (row["votes"], row["same"], row["near"], row["apart"]) == (3, 1, 1, 1)
    assert (row["snapshots"], row["others"]) == ("s1", "s2")


def test_periods_are_apart_and_a_roll_call_without_date_is_in_none(answer):
    text = """
    | roll_call | area | vote | date       |
    | 1         | XAA  | yes  | 2021-02-01 |
    | 1         | XBB  | yes  | 2021-02-01 |
    | 2         | XAA  | yes  | 2021-09-01 |
    | 2         | XBB  | no   | 2021-09-01 |
    | 3         | XAA  | yes  |            |
    | 3         | XBB  | no   |            |
    """
    rows = answer("| period |\n", asked(text, by="half"))
    assert [(row["period"], row["s"], row["votes"]) for row in rows] == [
        (date(2021, 1, 1), 1.0, 1),
        (date(2021, 7, 1), -1.0, 1),
    ]


def test_a_tally_counts_each_word(answer):
    text = """
    | roll_call | area | vote    |
    | 1         | XAA  | yes     |
    | 1         | XBB  | yes     |
    | 1         | XCC  | no      |
    | 1         | XDD  | abstain |
    | 1         | XEE  | absent  |
    """
    [row] = answer("| period |\n", tally(votes(text)))
    assert [row[name] for name in ("yes", "no", "abstain", "absent")] == [2, 1, 1, 1]


def test_the_interval_of_one_kind_of_votes_reaches_the_end_of_the_scale():
    """Ten votes alike: up to 1, and not certain; a hundred alike say more."""
    (ten, top), (hundred, _) = interval(10, 0, 0), interval(100, 0, 0)
    assert top == 1.0
    assert 0.5 < ten < hundred < 1.0
    assert interval(0, 0, 10)[0] == -1.0


def test_the_interval_of_two_outcomes_is_that_of_a_share():
    """With no vote one step apart S is 2 p - 1: by the normal approximation 0.6, give or take 0.066."""
    low, high = interval(320, 0, 80)
    half = 1.645 * 2 * (0.8 * 0.2 / 400) ** 0.5
    assert low == pytest.approx(0.6 - half, abs=0.01)
    assert high == pytest.approx(0.6 + half, abs=0.01)
