"""The package's lists of acts: well written, cited, and complete where they claim to be."""

from __future__ import annotations

from datetime import date

import pytest

from entrepot.errors import UsageError
from entrepot.model import act
from entrepot.model.act import all_acts, covers, known_acts


def test_each_act_is_cited_and_has_one_of_three_stances():
    for one in all_acts():
        assert one.citation
        assert (one.stance in (-1, 0, 1)) == (one.kind in ("statement", "decision")), one.key


def test_dates_are_the_first_day_of_their_precision():
    for one in all_acts():
        assert one.precision == "day" or one.date.day == 1, one.key
        assert one.precision != "year" or one.date.month == 1, one.key


def test_every_exercise_lies_where_the_list_claims_to_be_complete():
    """And the three that the second document names are among them."""
    [claim] = covers()
    found = [one for one in all_acts() if one.kind == claim.kind]
    assert all(claim.first <= one.date <= claim.last for one in found)
    dates = {one.date for one in found if one.precision == "day"}
    assert {date(2022, 5, 24), date(2022, 8, 13), date(2022, 9, 1)} <= dates


def test_an_act_is_known_from_its_date_unless_the_list_says_later():
    day = date(2022, 2, 4)
    assert "cn-ru 2022-02-04 joint" in {one.key for one in known_acts(day)}
    assert all(one.date < day for one in known_acts(date(2022, 2, 3)))
    assert len(known_acts(None)) == len(all_acts())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"mood": "good"}, "keys nobody knows: mood"),
        ({"kind": "dance"}, "kind 'dance'"),
        ({"partner": "NOWHERE"}, "unknown"),
        ({"cites": "nobody"}, "cites 'nobody'"),
    ],
)
def test_a_slip_in_a_list_is_named(change, said):
    entry = {
        "key": "a",
        "date": date(2021, 1, 1),
        "actor": "CHN",
        "partner": "RUS",
        "kind": "statement",
        "title": "words",
        "citation": "somebody",
    }
    with pytest.raises(UsageError, match=said):
        act._act(entry | change, {})
