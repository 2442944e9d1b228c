"""The rule of the verdict, witnesses, means, leaving one out, what would tip it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from entrepot.measures.verdict import (
    BOTH_WAYS,
    NOT_SHOWN,
    RULE,
    Reading,
    assume,
    left_out,
    tips,
    weighed,
    weights,
)

WAYS: dict[str, tuple[float | None, float | None, float | None]] = {
    "toward": (0.8, 0.3, 1.0),
    "away": (-0.8, -1.0, -0.3),
    "no change": (0.0, -0.5, 0.5),
    "not told": (None, None, None),
}
ROLES = {"direct": "goods", "others": "goods by way of others", "arms": "arms"}


def told(key: str, way: str, *, of: str = "deeds", source: str = "", proxy: bool = False) -> Reading:
    value, low, high = WAYS[way]
    return Reading(key, of, ROLES.get(key, "other"), value, low, high, source or key, proxy)


def readings(words: str = "no change", **ways: str) -> list[Reading]:
    """Six dimensions of deeds, no change where not said, and words; each of a source of its own."""
    keys = ("direct", "others", "arms", "energy", "exercises", "investment")
    return [*(told(key, ways.get(key, "no change")) for key in keys), told("words", words, of="words")]


@pytest.mark.parametrize(
    ("ways", "name"),
    [
        ({}, "as before"),
        (dict.fromkeys(("direct", "others"), "not told"), "as before"),
        ({"energy": "away"}, "mixed"),
        ({"exercises": "toward"}, "mixed"),
        ({"energy": "toward", "direct": "away"}, "hedging"),
        ({"words": "toward"}, "hedging"),
        ({"words": "away"}, "hedging"),
        ({"others": "toward"} | dict.fromkeys(("direct", "arms", "energy", "exercises"), "away"), "hedging"),
        (
            {"others": "toward"} | dict.fromkeys(("arms", "energy", "exercises"), "not told"),
            "indirect material support",
        ),
        ({"others": "toward"}, "indirect material support"),
        ({"others": "toward", "direct": "toward"}, "indirect material support"),
        ({"others": "not told", "direct": "toward"}, "direct material support"),
        ({"arms": "toward", "others": "toward"}, "direct material support"),
        ({"words": "away", "energy": "away"}, "distancing"),
        ({"words": "away", "energy": "away", "exercises": "toward"}, "hedging"),
        (dict.fromkeys(("direct", "others", "energy", "exercises", "investment"), "away"), "distancing"),
        (dict.fromkeys(("direct", "others", "arms", "energy"), "not told"), "too little is held"),
    ],
)
def test_the_rule(ways, name):
    assert weighed(readings(**ways)).name == name


def test_every_verdict_has_its_condition_in_words():
    assert weighed(readings()).because == dict(RULE)["as before"]
    both = weighed(readings(others="toward", direct="toward"))
    assert (both.name, both.because) == ("indirect material support", BOTH_WAYS)


def test_words_that_stand_with_the_partner_while_deeds_do_not_follow_are_hedging():
    """Whether they moved or not; words that may stand on either side are no such thing."""
    deeds = readings()[:-1]
    warm, cool = (replace(told("words", "no change", of="words"), stands=(low, 1.0)) for low in (0.2, -0.2))
    assert weighed([*deeds, warm]).name == "hedging"
    assert weighed([*deeds, cool]).name == "as before"
    assert weighed(deeds).name == "as before"


def test_goods_by_way_of_others_alone_are_no_support_where_all_else_fell():
    every = dict.fromkeys(("direct", "arms", "energy", "exercises", "investment"), "away")
    found = weighed(readings(others="toward", **every))
    assert (found.name, found.because) == ("hedging", NOT_SHOWN)


def test_a_reading_told_by_one_end_counts_as_told_and_stays_out_of_means():
    at_least = Reading("others", "deeds", ROLES["others"], None, 0.3, 1.0, "a text")
    found = weighed([one for one in readings() if one.key != "others"] + [at_least])
    assert (found.name, found.deeds.told, found.deeds.value) == ("indirect material support", 5, 0)
    assert [name for key, *_, name in tips([*readings()[:1], *readings()[2:], at_least]) if key == "others"]


def test_a_proxy_alone_is_no_support():
    others = [one for one in readings() if one.key != "others"]
    assert weighed([*others, told("others", "toward")]).name == "indirect material support"
    assert weighed([*others, told("others", "toward", proxy=True)]).name == "mixed"


def test_readings_of_one_source_are_one_witness():
    three = [told(key, "toward", source="an office") for key in "abc"]
    every = [*three, told("d", "away"), told("w", "toward", of="words", source="an office")]
    assert weights(every) == {"a": 1 / 3, "b": 1 / 3, "c": 1 / 3, "d": 1, "w": 1}
    assert weighed(every).deeds.value == pytest.approx(0)


def test_a_source_shared_in_part_is_shared():
    pair = [told("a", "toward", source="x"), told("b", "toward", source="x; y")]
    assert weights(pair) == {"a": 0.5, "b": 0.5}


def test_means_and_their_difference() -> None:
    """Six readings of 0, each within half a unit: the mean within half over the root of six."""
    found: Any = weighed(readings(words="toward"))
    assert (found.deeds.value, found.deeds.told) == (0, 6)
    assert found.deeds.high_90 == pytest.approx(0.5 / 6**0.5)
    assert found.words_less_deeds.value == pytest.approx(0.8)
    assert found.words_less_deeds.high_90 - 0.8 == pytest.approx((0.35**2 + 0.5**2 / 6) ** 0.5)


def test_leaving_out_the_one_that_decides():
    found = {key: verdict.name for key, verdict in left_out(readings(others="toward"))}
    assert found.pop("others") == "as before"
    assert set(found.values()) == {"indirect material support"}


def test_what_would_tip_it():
    """Arms tip it once their interval lies above 0; energy, alone, never does."""
    found: dict[Any, Any] = {
        (key, at > now): (at, name) for key, now, at, name in tips(readings(words="toward"))
    }
    assert found["arms", True] == (pytest.approx(0.55), "direct material support")
    assert found["others", True][1] == "indirect material support"
    assert not {key for key, _ in found} & {"energy", "exercises", "investment"}


def test_it_tips_on_either_side():
    """With three deeds away, one more makes distancing; arms on the other side, support."""
    away = dict.fromkeys(("direct", "others", "energy"), "away")
    found = {(key, at > now): name for key, now, at, name in tips(readings(**away, words="toward"))}
    assert found["words", False] == "distancing"
    assert found["arms", True] == "direct material support"


def test_an_assumed_reading_is_certain_and_no_proxy():
    found = assume(readings(), "others", 1.0)
    assert weighed(found).name == "indirect material support"
    assert [one.way for one in assume(readings(), "others", 0.0)] == [one.way for one in readings()]
