"""A simulated world: the same for the same seed, its truth adds up, its two sides agree but for noise."""

from __future__ import annotations

from datetime import date
from functools import cache

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entrepot.errors import UsageError
from entrepot.model import area, flow, indicator
from entrepot.simulate import KINDS, simulate
from entrepot.simulate.reports import margin

SMALL = {"countries": 24, "products": 40}


@cache
def world(seed=1, **options):
    return simulate(seed, **SMALL | options)


def ask(made, query, **params):
    """Rows of SQL over the tables of a world."""
    con = duckdb.connect()
    for name in ("flows", "facts", "truth", "confounders", "renamed", "first"):
        con.register(name, getattr(made, name))
    return con.execute(query, params or None).fetchall()


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 2**32))
def test_the_same_seed_is_the_same_world(seed):
    one, other = (simulate(seed, **SMALL) for _ in range(2))
    assert one.flows.equals(other.flows)
    assert one.truth.equals(other.truth)
    assert one.confounders.equals(other.confounders)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32), st.integers(24, 60), st.integers(40, 120))
def test_any_world_is_one(seed, countries, products):
    """Of any seed and size: hubs are countries of the world, not all of the union and not all in it."""
    made = simulate(seed, countries=countries, products=products)
    assert set(made.hubs) - set(made.union)
    assert set(made.union) - set(made.hubs)
    assert {made.origin, made.destination}.isdisjoint({*made.hubs, *made.union})
    assert set(made.truth["commodity"].to_pylist()) <= set(made.restricted)
    assert set(made.truth["hub"].to_pylist()) <= set(made.hubs)
    assert min(made.truth["rerouted_usd"].to_pylist()) > 0
    assert set(made.confounders["kind"].to_pylist()) == set(KINDS)
    query = "SELECT area FROM confounders WHERE area > '' AND kind NOT LIKE 'destination%'"
    assert {code for (code,) in ask(made, query)}.isdisjoint(made.hubs)


def test_another_seed_is_another_world():
    assert not world(1).flows.equals(world(2).flows)


def test_rows_are_those_of_a_store():
    made = world()
    assert made.flows.column_names == list(flow.COLUMNS)
    assert made.facts.column_names == list(indicator.COLUMNS)
    assert ask(made, "SELECT DISTINCT status, digits, frequency, currency FROM flows") == [
        ("simulated", 6, "M", "USD")
    ]
    assert ask(made, f"SELECT count(*) - count(DISTINCT ({', '.join(flow.CELL)})) FROM flows") == [(0,)]
    names = {name for row in ask(made, "SELECT DISTINCT reporter, partner FROM flows") for name in row}
    assert all(area.area(name).kind == ("aggregate" if name == "WLD" else "country") for name in names)


def test_the_destination_is_silent_after_january_2022():
    last = ask(world(), "SELECT max(period) FROM flows WHERE reporter = $d", d=world().destination)
    assert last == [(date(2022, 1, 1),)]


def test_nothing_is_rerouted_before_the_event():
    assert ask(world(), "SELECT min(period) >= $e FROM truth", e=world().event) == [(True,)]


@pytest.mark.parametrize("seed", range(5))
def test_truth_lies_within_the_loss(seed):
    """What is rerouted in the full swing of 2023 is 10 to 60 % of what the direct trade has lost."""
    made = world(seed)
    lost = """
        SELECT sum(CASE WHEN year(period) = 2021 THEN value ELSE -value END) FROM flows
        WHERE reporter = $o AND partner = $d AND year(period) IN (2021, 2023)
          AND commodity IN (SELECT unnest($r) UNION SELECT old FROM renamed WHERE new IN (SELECT unnest($r)))
    """
    ends = {"o": made.origin, "d": made.destination, "r": list(made.restricted)}
    moved = ask(made, "SELECT sum(rerouted_usd) FROM truth WHERE year(period) = 2023")[0][0]
    assert 0.1 < moved / ask(made, lost, **ends)[0][0] < 0.6


def test_truth_is_in_the_trade():
    """Of one seed, with and without rerouting: exports to hubs differ by the truth and no more."""
    made, still = world(noise=False), _without_rerouting()
    query = """
        SELECT partner, commodity, period, sum(value) FROM flows
        WHERE reporter = 'XAA' AND flow = 'export' AND partner <> 'WLD' GROUP BY ALL
    """
    before = {row[:3]: row[3] for row in ask(still, query)}
    extra = {row[:3]: row[3] - before.get(row[:3], 0) for row in ask(made, query)}
    told = {
        row[:3]: row[3]
        for row in ask(made, "SELECT hub, commodity, period, sum(rerouted_usd) FROM truth GROUP BY ALL")
    }
    assert {key: value for key, value in extra.items() if abs(value) > 2} == {
        key: pytest.approx(value, abs=2) for key, value in told.items() if value > 2
    }


def _without_rerouting():
    from entrepot.simulate import settings as sizes

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sizes, "SHARE_REROUTED", (0.0, 0.0))
        return simulate(1, **SMALL, noise=False)


def test_ghosts_never_arrive():
    """Without noise a hub records what the origin sends, and freight, less the ghosts, but for rounding."""
    made = world(noise=False)
    gap = {
        hub: sent - arrived
        for hub, sent, arrived in ask(made, _SIDES + "WHERE hub IN (SELECT unnest($h))", h=list(made.hubs))
    }
    ghosts = dict(ask(made, "SELECT hub, sum(rerouted_usd) FROM truth WHERE channel = 'ghost' GROUP BY 1"))
    assert gap == {hub: pytest.approx(ghosts.get(hub, 0), abs=3000) for hub in made.hubs}


def test_sides_differ_by_the_margin_alone_without_noise():
    """Of countries that are no hubs and whose statistics are whole."""
    spoiled = "catches up", "reports late", "falls silent", "reports nothing"
    query = """
        SELECT DISTINCT partner FROM flows WHERE reporter = 'XAA' AND partner NOT IN ('XAB', 'WLD')
          AND partner NOT IN (SELECT hub FROM truth)
          AND partner NOT IN (SELECT area FROM confounders WHERE kind IN (SELECT unnest($k)))
    """
    quiet = [code for (code,) in ask(world(), query, k=list(spoiled))]
    rows = ask(world(noise=False), _SIDES + "WHERE hub IN (SELECT unnest($h))", h=quiet)
    assert len(rows) == len(quiet) > 5
    assert all(sent == pytest.approx(arrived, rel=1e-4) for _, sent, arrived in rows)


def test_sides_differ_with_noise():
    rows = ask(world(), _SIDES.replace("e.value >= 1", "true"))
    assert sum(abs(sent / arrived - 1) > 0.02 for _, sent, arrived in rows if arrived) > len(rows) / 2


_SIDES = """
    WITH sent AS (SELECT partner AS hub, sum(value) AS sent FROM flows WHERE reporter = 'XAA' GROUP BY 1),
    came AS (
        SELECT reporter AS hub, sum(f.value / (1 + 0.02 + 0.025 * ln(1 + d.value / 2000))) AS came
        FROM flows f JOIN facts d
          ON d.indicator = 'distance_km' AND d.area = 'XAA' AND d.partner = f.reporter
        WHERE f.flow = 'import' AND f.partner = 'XAA' GROUP BY 1
    )
    SELECT hub, sent, came FROM sent JOIN came USING (hub)
"""


def test_the_margin_by_hand():
    """Two per cent, and as 2,000 km is e - 1 scales away, two and a half more."""
    assert margin(2000 * (2.718281828 - 1)) == pytest.approx(0.02 + 0.025)


def test_exports_to_the_world_hold_those_to_the_destination():
    """A country's total is never below what it says it sends to one partner."""
    query = """
        SELECT count(*) FROM flows a JOIN flows b USING (reporter, flow, commodity, period)
        WHERE a.partner = 'WLD' AND b.partner <> 'WLD' AND a.value < b.value - 1
    """
    assert ask(world(), query) == [(0,)]


@pytest.mark.parametrize(
    "sizes", [{"countries": 23}, {"countries": 261}, {"products": 39}, {"products": 1001}]
)
def test_sizes_that_make_no_world(sizes):
    with pytest.raises(UsageError):
        simulate(1, **sizes)


def test_an_unknown_confounder():
    with pytest.raises(UsageError, match="price shock"):
        simulate(1, **SMALL, without=["weather"])
