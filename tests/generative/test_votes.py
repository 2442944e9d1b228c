"""What holds of S whatever the votes."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from entrepot.answers._spans import periods
from entrepot.measures.votes import SCALE, agreement, interval
from entrepot.model.constant import column
from entrepot.model.period import parse_window
from entrepot.store.engine import DuckDB
from tests.spec.beside import votes

WORDS = (*SCALE, "absent")
PAIRS = st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(WORDS)), min_size=1, max_size=12)


def s_of(pairs, one="XAA", other="XBB"):
    rows = [
        f"| {place} | {area} | {word} |"
        for place, pair in enumerate(pairs)
        for area, word in zip(("XAA", "XBB"), pair, strict=True)
    ]
    told = votes("\n".join(["| roll_call | area | vote |", *rows]))
    there, back = (column("area", [area]) for area in (one, other))
    found = DuckDB().run(agreement(told, there, back, periods(parse_window("2021"), "none"))).to_pylist()
    return found[0] if found else None


@settings(max_examples=25, deadline=None)
@given(PAIRS)
def test_s_is_as_defined_and_the_same_from_either_side(pairs):
    heard = [(SCALE[one], SCALE[other]) for one, other in pairs if "absent" not in (one, other)]
    there, back = s_of(pairs), s_of(pairs, "XBB", "XAA")
    if not heard:
        assert there is None
        return
    assert there["s"] == back["s"]
    assert abs(there["s"] - (1 - sum(abs(a - b) for a, b in heard) / len(heard))) < 1e-12


@given(st.integers(0, 400), st.integers(0, 400), st.integers(0, 400))
@settings(max_examples=50, deadline=None)
def test_the_interval_lies_on_the_scale_and_around_s(same, near, apart):
    count = same + near + apart
    low, high = interval(same, near, apart)
    assert -1 <= low < high <= 1
    if count >= 20:
        assert low <= (same - apart) / count <= high
