"""From figures found to a verdict."""

from __future__ import annotations

from datetime import date

import pytest

from entrepot.claims.files import Filed
from entrepot.claims.schema import Claim, Publication
from entrepot.claims.verdict import Found, Outcome, outcome, verdict

HOME = Publication(title="A study", author="Someone", published=date(2024, 6, 18), citation="A study")
NONE = Outcome(None, reason="nothing held")
REFUSED = Outcome(None, reason="cif against fob", refused=True)
GOOD, BAD = Outcome(30.0, passes=True), Outcome(31.0, passes=False)


def judged(check, found, printed=None):
    """The outcome of one check over one figure, `x`."""
    figures = {"x": {"ask": "facts", "indicator": "gdp_usd", "take": "value"}}
    claim = Claim.model_validate(
        {
            "title": "t",
            "says": "s",
            "where": "w",
            "kind": "world",
            "figures": figures,
            "check": [check],
            "printed": printed or {},
            "settle": [{"file": "f", "url": "https://example.org/"}],
        }
    )
    filed = Filed("a/b", "a/b.toml", claim, HOME)
    return outcome(filed, claim.check[0], {"x": found})


@pytest.mark.parametrize(
    ("then", "now", "said"),
    [
        (GOOD, GOOD, "holds"),
        (BAD, BAD, "differs"),
        (GOOD, BAD, "revised"),
        (BAD, GOOD, "differs"),
        (GOOD, NONE, "holds"),
        (NONE, GOOD, "vintage not held"),
        (NONE, BAD, "vintage not held"),
        (NONE, NONE, "no data"),
        (REFUSED, GOOD, "not comparable"),
        (NONE, REFUSED, "not comparable"),
    ],
)
def test_the_verdict_of_two_vintages(then, now, said):
    assert verdict(then, now) == said


@pytest.mark.parametrize(
    ("check", "value", "passes"),
    [
        ({"value": 30, "tolerance": 1}, 31.0, True),
        ({"value": 30, "tolerance": 1}, 31.1, False),
        ({"value": 16.5, "tolerance": 0.05}, 16.55, True),
        ({"value": 30, "tolerance": "10 %"}, 33.0, True),
        ({"value": 30, "tolerance": "10 %"}, 33.1, False),
        ({"above": 2}, 2.0, False),
        ({"above": 2}, 2.01, True),
        ({"at_least": 2}, 2.0, True),
        ({"below": 2}, 2.0, False),
        ({"at_most": 2}, 2.0, True),
        ({"between": [2.7, 3]}, 3.0, True),
        ({"between": [2.7, 3]}, 3.1, False),
        ({"is": "abstain"}, "abstain", True),
        ({"is": "abstain"}, "no", False),
    ],
)
def test_what_a_check_accepts(check, value, passes):
    assert judged(check, Found(value)).passes is passes


def test_figures_come_into_the_unit_of_the_claim():
    assert judged({"value": 7.8, "unit": "billion USD"}, Found(7.8e9, "USD")).value == pytest.approx(7.8)
    assert judged({"value": 320.6, "unit": "t"}, Found(320_600.0, "kg")).value == pytest.approx(320.6)
    assert judged({"value": 25, "unit": "percent"}, Found(0.25, "ratio")).value == pytest.approx(25)


def test_unlike_units_are_not_compared():
    found = judged({"value": 30, "unit": "USD"}, Found(30.0, "EUR"))
    assert (found.passes, found.refused, found.reason) == (
        None,
        True,
        "x is in EUR, the claim in USD",
    )


def test_missing_is_not_zero():
    """A figure that is not held decides nothing, whatever the formula would make of a zero."""
    found = judged({"formula": "x + base", "at_least": 1}, Found(reason="nothing held"), {"base": 5})
    assert (found.value, found.passes, found.reason) == (None, None, "nothing held")


def test_division_by_zero_is_no_verdict():
    found = judged({"formula": "base / x", "at_least": 1}, Found(0.0), {"base": 5})
    assert (found.passes, found.refused) == (None, True)


@pytest.mark.parametrize(
    ("check", "found"),
    [
        ({"value": 1, "formula": "x + 1"}, "2022-05"),
        ({"at_least": 0, "formula": "x * 1e308"}, 1e9),
    ],
)
def test_a_word_in_arithmetic_and_what_has_no_end_decides_nothing(check, found):
    one = judged(check, Found(found))
    assert (one.value, one.refused) == (None, True)


def test_a_word_is_not_held_against_a_number_nor_a_number_against_a_word():
    assert judged({"value": 1}, Found("no")).refused
    assert judged({"is": "200.0"}, Found(200.0)).refused


def test_unlike_units_do_not_add_up():
    """One figure in euro and a printed number go together; two figures in unlike currencies do not."""
    from entrepot.claims import formula

    units = {"usd": "USD", "eur": "EUR", "more": "USD", "share": "ratio"}
    assert formula.unit("usd - more * 2 + 5", units) == "USD"
    assert formula.unit("usd / more - 1", units) == "ratio"
    assert formula.unit("usd / eur", units) is None
    with pytest.raises(ValueError, match="EUR and USD do not add up"):
        formula.unit("max(usd, eur)", units)


def test_what_may_be_more_settles_at_least_and_nothing_else():
    """Two acts are told of a list that does not claim to be whole."""
    partly = Found(2.0, is_least=True, coverage="0 of 1 months")
    assert judged({"at_least": 1}, partly).passes
    for check in ({"at_least": 3}, {"at_most": 5}, {"value": 2}, {"below": 9}):
        assert judged(check, partly).refused
