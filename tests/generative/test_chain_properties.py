"""What must hold of chains in any world: parts add up, bounds hold, units and names do not matter."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entrepot.measures.flow_bounds import least, most
from entrepot.measures.tracing import Net, entropy, least_made, mixed, origins, proportional

SIZE = 5
QUICK = settings(max_examples=60, deadline=None)
VALUE = st.one_of(st.just(0.0), st.integers(1, 10**9).map(float))
EXTRA = st.lists(st.sampled_from((0.0, 0.5, 100.0)), min_size=SIZE, max_size=SIZE)


@st.composite
def nets(draw: Any) -> Net:
    """Origin 0, destination 1, three hubs; who makes more than the least makes it in parts of its imports."""
    values = draw(st.lists(VALUE, min_size=SIZE * SIZE, max_size=SIZE * SIZE))
    flow = np.array(values).reshape(SIZE, SIZE)
    np.fill_diagonal(flow, 0.0)
    made = least_made(flow) + np.array(draw(EXTRA)) * flow.sum(axis=0)
    return Net(flow, made, np.arange(SIZE) > 1, 0, 1)


def close(value: float, net: Net) -> Any:
    return pytest.approx(value, rel=1e-4, abs=1e-4 * max(float(net.flow[:, 1].sum()), 1e-9))


@QUICK
@given(nets())
def test_least_then_middle_then_most(net):
    slack = 1e-4 * float(net.imports[1])
    low, high = least(net), most(net)
    for middle in (proportional(net).by_hops.sum(), entropy(net, mixed(net)).sum()):
        assert low - slack <= middle <= high + slack


@QUICK
@given(nets())
def test_origins_add_up_to_what_the_destination_imports(net):
    found = origins(net)
    assert found.sum() == close(float(net.imports[1]), net)
    assert (found >= -1e-9 * net.imports[1]).all()
    assert found[0] == close(proportional(net).by_hops.sum(), net)


@QUICK
@given(nets(), st.sampled_from((1e-3, 7.0, 1e6)))
def test_units_scale_every_answer(net, scale):
    larger = replace(net, flow=net.flow * scale, made=net.made * scale)
    for one in (least, most, lambda n: proportional(n).by_hops.sum(), lambda n: entropy(n, mixed(n)).sum()):
        assert one(larger) == close(one(net) * scale, larger)


@QUICK
@given(nets(), st.permutations(range(2, SIZE)))
def test_the_order_of_countries_changes_nothing(net, order):
    places = np.array([0, 1, *order])
    other = replace(net, flow=net.flow[np.ix_(places, places)], made=net.made[places])
    for one in (least, most):
        assert one(other) == close(one(net), net)
    assert proportional(other).by_hops == pytest.approx(proportional(net).by_hops, rel=1e-6, abs=1e-3)
    assert proportional(other).through == pytest.approx(proportional(net).through[places], rel=1e-6, abs=1e-3)


@QUICK
@given(nets())
def test_a_hub_that_ships_to_nobody_has_nothing_passing_through(net):
    flow = net.flow.copy()
    flow[2] = 0.0
    quiet = replace(net, flow=flow, made=np.maximum(net.made, least_made(flow)))
    assert proportional(quiet).through[2] == 0
    assert entropy(quiet, mixed(quiet)).sum() == close(entropy(quiet.without(2), mixed(quiet)).sum(), quiet)


@QUICK
@given(nets(), st.integers(0, 6))
def test_more_hubs_allowed_is_never_less(net, hops):
    some, more, any_number = (proportional(net, hops=n).by_hops.sum() for n in (hops, hops + 1, None))
    slack = 1e-9 * float(net.imports[1])
    assert some <= more + slack
    assert more <= any_number + slack


@QUICK
@given(nets())
def test_a_bounded_chain_is_what_is_left_of_the_series(net):
    """Where everyone makes as much as it imports, fifty hubs are as good as any number."""
    makers = replace(net, made=net.made + net.imports)
    bounded, free = proportional(makers, hops=50), proportional(makers)
    assert bounded.by_hops == pytest.approx(free.by_hops, rel=1e-6, abs=1e-3)
    assert bounded.through == pytest.approx(free.through, rel=1e-6, abs=1e-3)
