"""Goods followed through others, in worlds small enough to check on paper."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from entrepot.errors import NoDataError
from entrepot.measures.chained import along, paths
from entrepot.measures.flow_bounds import least, most
from entrepot.measures.tracing import Net, entropy, least_made, mixed, origins, proportional

NAMES = "ODABX"


def net(trade: dict[str, float], *, hubs: str = "AB", made: dict[str, float] | None = None) -> Net:
    """{"OA": 10}: O ships 10 to A. Made: the least, or as given."""
    flow = np.zeros((len(NAMES), len(NAMES)))
    for pair, value in trade.items():
        flow[NAMES.index(pair[0]), NAMES.index(pair[1])] = value
    given = least_made(flow) if made is None else np.array([made.get(name, 0.0) for name in NAMES])
    return Net(flow, given, np.array([name in hubs for name in NAMES]), 0, 1, tuple(NAMES))


def evenly(world: Net, **more: Any) -> Any:
    return entropy(world, mixed(world), **more)


ONE_HUB = {"OA": 10.0, "XA": 5.0, "AD": 8.0}
"""A has 15, of which 10 from O; it sends on 8 and keeps 7."""
STRAIGHT = {"OA": 10.0, "AB": 6.0, "BD": 6.0}
LOOP = {"OA": 10.0, "AB": 10.0, "BA": 10.0, "AD": 10.0}
"""A and B pass goods to and fro; all of them once came from O."""


def test_one_hub_four_answers():
    """Mixed 8 * 10 / 15; at most all 8; at least 8 less the 5 that can be X's."""
    world = net(ONE_HUB)
    assert proportional(world).by_hops == pytest.approx([0, 8 * 10 / 15, 0, 0])
    assert evenly(world) == pytest.approx([0, 8 * 10 / 15, 0, 0])
    assert (most(world), least(world)) == pytest.approx((8, 8 - 5))


def test_what_the_hub_makes_can_explain_more():
    """If A makes 3 itself, 18 are mixed, and 8 less 5 less 3 is nothing."""
    world = net(ONE_HUB, made={"A": 3, "O": 10, "X": 5})
    assert proportional(world).by_hops[1] == pytest.approx(8 * 10 / 18)
    assert least(world) == pytest.approx(0)


def test_direct_trade_is_in_all_of_them():
    world = net(ONE_HUB | {"OD": 4.0})
    assert proportional(world).by_hops[0] == evenly(world)[0] == 4
    assert (most(world), least(world)) == pytest.approx((8 + 4, 3 + 4))


def test_two_hubs_in_a_row():
    """A keeps 4 of 10; the 6 it sends on arrive through both, whatever the method."""
    world = net(STRAIGHT)
    for found in (proportional(world).by_hops, evenly(world)):
        assert found == pytest.approx([0, 0, 6, 0])
    assert (most(world), least(world)) == pytest.approx((6, 6))
    assert proportional(world).through == pytest.approx([0, 0, 6, 6, 0])


def test_a_bounded_number_of_hubs():
    """One hub at most: nothing; two: all."""
    assert proportional(net(STRAIGHT), hops=1).by_hops.sum() == 0
    assert proportional(net(STRAIGHT), hops=2).by_hops.sum() == pytest.approx(6)
    assert proportional(net(STRAIGHT), hops=2).through == pytest.approx([0, 0, 6, 6, 0])
    assert evenly(net(STRAIGHT), hops=1).sum() == 0


def test_to_and_fro_adds_up_to_everything():
    """Half arrives at once, half of the rest after a turn through B, ...: 5 + 2.5 + 1.25 + ... = 10."""
    found = proportional(net(LOOP))
    assert found.by_hops == pytest.approx([0, 5, 0, 2.5 + 2.5])
    assert found.through == pytest.approx([0, 0, 10, 5, 0])
    assert (most(net(LOOP)), least(net(LOOP))) == pytest.approx((10, 10))


def test_goods_do_not_go_back():
    """A gets 10 from O and 10 from X and sends 10 to D and 10 to X. Mixed, D gets 5 of O.

    If X's own goods return to X a hundredth as often, t / (10 - t) = sqrt(0.01): D gets 10 / 11 of O.
    """
    world = net({"OA": 10.0, "XA": 10.0, "AD": 10.0, "AX": 10.0})
    assert proportional(world).by_hops[1] == pytest.approx(5)
    assert evenly(world)[1] == pytest.approx(10 / 11)
    assert (most(world), least(world)) == pytest.approx((10, 0))


def test_no_trade_is_none():
    world = net({})
    assert proportional(world).by_hops.sum() == evenly(world).sum() == most(world) == least(world) == 0


def test_nothing_passes_through_who_is_no_hub():
    """Areas that are no country, and the origin and the destination themselves."""
    world = net({"OX": 10.0, "XD": 10.0})
    assert proportional(world).by_hops.sum() == most(world) == least(world) == 0
    assert origins(world) == pytest.approx([0, 0, 0, 0, 10])


def test_goods_that_go_round_without_a_source_are_refused_by_name():
    """A and B import from one another alone and make nothing, yet ship to D."""
    world = net({"AB": 10.0, "BA": 10.0, "AD": 5.0}, made={"O": 1})
    with pytest.raises(NoDataError, match="between A, B,"):
        proportional(world)


def test_a_round_that_ships_to_nobody_else_is_left_out():
    world = net({"AB": 10.0, "BA": 10.0, "OD": 5.0})
    assert proportional(world).by_hops == pytest.approx([5, 0, 0, 0])


def test_the_destination_s_imports_by_who_shipped_them_first():
    """D gets 8 through A and 2 from X: 8 * 10 / 15 of O, 8 * 5 / 15 + 2 of X."""
    found = origins(net(ONE_HUB | {"XD": 2.0}))
    assert found == pytest.approx([8 * 10 / 15, 0, 0, 0, 8 * 5 / 15 + 2])


def test_paths_are_the_largest_chains():
    """Through A 4 of 6 mixed with nothing; through A and B 2."""
    world = net({"OA": 10.0, "AD": 4.0, "AB": 2.0, "BD": 2.0})
    found = paths(world, 5)
    assert ["".join(NAMES[at] for at in path) for path in found] == ["OAD", "OABD"]
    assert [along(world, path) for path in found] == pytest.approx([4, 2])
