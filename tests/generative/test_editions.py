"""Whatever is traded and whatever is listed: the list's true value lies between its bounds."""

from __future__ import annotations

import random
from collections import defaultdict

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entrepot.model.edition import READINGS, codes, related, translate

TORN = {"8525", "8541", "8543", "8548", "8803", "8806", "8807"}
SOME = settings(
    max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
SIDES = [("HS2022", "HS2017"), ("HS2017", "HS2022")]


@st.composite
def lists(draw, own: str):
    """Some codes, many of them where editions differ."""
    known = sorted(codes(own))
    torn = [code for code in known if code[:4] in TORN]
    return draw(
        st.lists(
            st.one_of(st.sampled_from(torn), st.sampled_from(known)), min_size=1, max_size=12, unique=True
        )
    )


@SOME
@given(st.data(), st.sampled_from(SIDES))
def test_the_truth_lies_between_the_bounds(data, side):
    """A world where each pair of codes has a true value: what the list holds is within what is reported."""
    own, other = side
    listed = data.draw(lists(own))
    told = translate(listed, own, other, "all")
    world = random.Random(data.draw(st.integers(0, 2**32)))  # a value for each pair: too many to draw singly
    reported: defaultdict[str, int] = defaultdict(int)
    truth = 0
    for code in told.possible:
        for member in related(code, other, own):
            value = world.randint(0, 3)
            reported[code] += value
            truth += value if member in listed else 0
    low, high = (sum(reported[code] for code in found) for found in (told.certain, told.possible))
    assert low <= truth <= high


@SOME
@given(st.data(), st.sampled_from(SIDES), st.sampled_from(READINGS))
def test_a_longer_list_is_never_less(data, side, reading):
    """Adding codes to a list takes nothing away from what is certain or possible."""
    own, other = side
    short, more = data.draw(lists(own)), data.draw(lists(own))
    small, large = (translate(one, own, other, reading) for one in (short, {*short, *more}))
    assert set(small.certain) <= set(large.certain) <= set(large.possible)
    assert set(small.possible) <= set(large.possible)
    assert set(small.one_to_one) <= set(small.certain)


@SOME
@given(st.data(), st.sampled_from(SIDES))
def test_the_main_relations_are_the_narrower_reading(data, side):
    """Leaving relations out makes nothing possible, and loses nothing certain that is still possible."""
    own, other = side
    listed = data.draw(lists(own))
    every, main = (translate(listed, own, other, one) for one in READINGS)
    assert set(main.possible) <= set(every.possible)
    assert set(every.certain) & set(main.possible) <= set(main.certain)
