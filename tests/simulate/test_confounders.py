"""Each confounder is in the figures: it is seen with it, and gone without it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from entrepot.simulate import KINDS, simulate
from tests.simulate.test_world import ask

BEFORE, AFTER = ("2020-09-01", "2021-08-01"), ("2022-09-01", "2023-08-01")
SUM = "sum(value) FILTER (period BETWEEN '{}' AND '{}')"
CHANGE = f"({SUM.format(*AFTER)}) / ({SUM.format(*BEFORE)})"
OUT = "reporter = $o AND flow = 'export' AND partner = c.area"
IN_WORLD = "reporter = c.area AND partner = 'WLD' AND flow = 'import'"
ON = "reporter = c.area AND partner = $d AND flow = 'export'"


@cache
def world(without=""):
    return simulate(11, countries=30, products=80, without=[without] if without else [])


def told(kind):
    """Rows of the table of confounders of one kind."""
    return [row for row in world().confounders.to_pylist() if row["kind"] == kind]


def measured(made, kind, expression, where, of_goods="c.commodity IS NULL OR f.commodity = c.commodity"):
    """The expression over the flows of each country and product that a confounder concerns."""
    query = f"""
        WITH c AS (SELECT DISTINCT area, commodity FROM confounders WHERE kind = $k)
        SELECT c.area, {expression} FROM flows f, c WHERE {where} AND ({of_goods}) GROUP BY 1 ORDER BY 1
    """
    kept = _Kept(made, world().confounders)
    ends = {"o": made.origin, "d": made.destination, "k": kind}
    used = {name: value for name, value in ends.items() if f"${name}" in query}
    return [value for _, value in ask(kept, query, **used)]


class _Kept:
    """The figures of one world under the confounders of another: where it would have been."""

    def __init__(self, made, confounders):
        self.flows, self.facts, self.truth = made.flows, made.facts, made.truth
        self.confounders, self.renamed, self.first = confounders, made.renamed, made.first


def ratio(kind, expression, where):
    """The measure with the confounder over that without it, for each country that reports."""
    pairs = zip(
        measured(world(), kind, expression, where),
        measured(world(kind), kind, expression, where),
        strict=True,
    )
    return [there / gone for there, gone in pairs if gone]


TRACES: dict[str, Callable[[], bool]] = {
    "grows in everything": lambda: min(ratio("grows in everything", CHANGE, OUT)) > 1.4,
    "grows in a few products": lambda: min(ratio("grows in a few products", CHANGE, OUT)) > 2,
    "price shock": lambda: min(ratio("price shock", CHANGE, "reporter = $o AND partner = 'WLD'")) > 1.3,
    "substitutes with its own": lambda: min(ratio("substitutes with its own", CHANGE, ON)) > 2,
    "destination turns to others": lambda: min(ratio("destination turns to others", CHANGE, ON)) > 1.05,
    "entrepot": lambda: (
        min(ratio("entrepot", "sum(value)", ON)) > 1.5 < min(ratio("entrepot", "sum(value)", OUT))
    ),
    "fuel story": lambda: min(ratio("fuel story", "sum(value)", OUT)) > 8,
    "catches up": lambda: (
        max(ratio("catches up", SUM.format("2021-10-01", "2022-02-01"), IN_WORLD)) < 0.6
        and min(ratio("catches up", SUM.format("2022-04-01", "2022-06-01"), IN_WORLD)) > 1.2
    ),
    "reports late": lambda: _last("reports late") < "2024-11" < _last("reports late", "reports late"),
    "falls silent": lambda: _last("falls silent") == "2022-08" < _last("falls silent", "falls silent"),
}


@pytest.mark.parametrize("kind", TRACES)
def test_trace(kind):
    assert TRACES[kind]()


def _last(kind, without=""):
    """The last month any of those countries reports."""
    areas = [row["area"] for row in told(kind)]
    query = "SELECT strftime(max(period), '%Y-%m') FROM flows WHERE reporter IN (SELECT unnest($a))"
    return ask(world(without), query, a=areas)[0][0]


def test_every_confounder_has_a_test():
    others = {"reclassification", "revises", "reports nothing"}
    assert set(TRACES) | others == set(KINDS)


def test_catching_up_loses_nothing():
    """What was not said before the event is said after it."""
    whole = ratio("catches up", SUM.format("2021-01-01", "2022-12-01"), IN_WORLD)
    assert whole == [pytest.approx(1, abs=1e-3)] * len(whole)


def test_growing_in_everything_leaves_the_destination_out():
    assert ratio("grows in everything", CHANGE, ON) == [pytest.approx(1)] * 2


def test_an_entrepot_is_no_different_after_the_event():
    """In and out stay in proportion: the ratio of the two changes is that of lags, within a tenth."""
    of_in, of_out = (measured(world(), "entrepot", CHANGE, leg)[0] for leg in (IN_WORLD, ON))
    assert of_out / of_in == pytest.approx(1, abs=0.35)


def test_reclassified_codes_change_over_for_everybody():
    """Predecessors end in 2021-12, successors begin in 2022-01, and the value goes on."""
    query = "SELECT max(f.period) FROM flows f JOIN renamed r ON f.commodity = r.old"
    assert str(ask(world(), query)[0][0]) == "2021-12-01"
    query = "SELECT min(f.period) FROM flows f JOIN renamed r ON f.commodity = r.new"
    assert str(ask(world(), query)[0][0]) == "2022-01-01"
    assert not ask(world("reclassification"), "SELECT * FROM renamed")
    named = {new for (new,) in ask(world(), "SELECT new FROM renamed")}
    assert named & set(world().restricted)
    assert named - set(world().restricted)
    assert {row["commodity"] for row in told("reclassification")} == named


def test_a_silent_country_says_nothing_and_is_spoken_of():
    (area,) = {row["area"] for row in told("reports nothing")}
    query = "SELECT count(*) FILTER (reporter = $a), count(*) FILTER (partner = $a) > 0 FROM flows"
    assert ask(world(), query, a=area) == [(0, True)]
    assert ask(world("reports nothing"), query, a=area)[0][0] > 0


def test_revised_rows_were_lower_at_first():
    query = """
        SELECT min(a.value / b.value), max(a.value / b.value), count(DISTINCT a.reporter), count(*) > 1000
        FROM first a JOIN flows b USING (reporter, partner, flow, period, commodity) WHERE b.value > 1000
    """
    low, high, reporters, many = ask(world(), query)[0]
    assert 0.79 < low < high <= 1.001
    assert (reporters, many) == (len(told("revises")), True)
    assert world("revises").first.num_rows == 0
