"""Rerouted trade in two channels, on small worlds a reader can check: what moved is what is found."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from entrepot.measures.counterfactual import expected, recorded
from entrepot.measures.diversion import Study, study
from entrepot.measures.leg_arrays import Leg
from entrepot.measures.legs import LEGS, Spans

HUBS, GOODS = 40, 60
NEAR = 4  # hubs 0 to 3 border the destination; the others are far away
SLOTS = tuple(date(year, 1, 1) for year in range(2017, 2023))
SPANS = (Spans(SLOTS[2:5], SLOTS[5:], yearly=True), Spans(SLOTS[1:4], SLOTS[4:5], yearly=True))
M = 1e6


class World:
    """Four legs of hubs x goods, of equal sums but for 3 % of noise; tests move amounts by hand."""

    def __init__(self, seed: int = 1) -> None:
        random = np.random.default_rng(seed)
        usual = np.exp(random.normal(13, 1, (HUBS, GOODS)))

        def noisy() -> np.ndarray:
            return usual * np.exp(random.normal(0, 0.03, (HUBS, GOODS)))

        self.base = {name: noisy() for name in LEGS}
        self.before = {name: noisy() for name in LEGS}
        self.window = {name: noisy() for name in LEGS}
        self.base["arrived"] = self.base["sent"] * 1.06
        self.before["arrived"] = self.before["sent"] * 1.06
        self.window["arrived"] = self.window["sent"] * 1.06 * np.exp(random.normal(0, 0.02, (HUBS, GOODS)))
        self.told = {name: np.ones(HUBS, bool) for name in LEGS}
        self.told["received"][:] = False

    def sent_more(self, hub: int, good: int, amount: float, *, recorded: bool) -> None:
        self.window["sent"][hub, good] += amount
        self.window["arrived"][hub, good] += amount * 1.06 if recorded else 0.0

    def leg(self, name: str) -> Leg:
        stack = np.stack([self.base[name], self.before[name]])
        listed = np.arange(GOODS) < 40
        return Leg(
            name=name,
            hubs=tuple(f"X{place:02d}" for place in range(HUBS)),
            goods=tuple(f"{870300 + place}" for place in range(GOODS)),
            spans=SPANS,
            slots=SLOTS,
            whole=stack,
            recent=stack,
            window=np.stack([self.window[name], self.base[name]]),
            listed=listed,
            alive=np.ones(GOODS, bool),
            control=np.arange(HUBS) >= NEAR,
            asked=np.ones(HUBS, bool),
            totals=np.repeat(self.base[name][:, listed].sum(axis=1)[:, None], len(SLOTS), axis=1),
        )

    def study(self, model: str = "donors") -> Study:
        found = study({name: self.leg(name) for name in LEGS}, self.told, model, 0.06)
        assert isinstance(found, Study), found
        return found


def middle(found: Study, channel: str, hub: int) -> float:
    return float(np.median(found.hubs[channel][hub]))


def cell(found: Study, channel: str, hub: int, good: int) -> dict[str, float]:
    (place,) = np.flatnonzero((found.family[0] == hub) & (found.family[1] == good))
    return {name: float(ends[place]) for name, ends in found.cells[channel].items()}


def is_found(found: Study, channel: str, hub: int, good: int) -> bool:
    (place,) = np.flatnonzero((found.family[0] == hub) & (found.family[1] == good))
    return bool(found.found(channel)[0][place])


@pytest.mark.parametrize("model", ["trend", "donors"])
def test_nothing_rerouted_nothing_found(model):
    found = World().study(model)
    assert not found.found("total")[0].any()
    assert not found.hubs_found()[:NEAR].any()
    assert np.quantile(found.hubs["total"][:NEAR].sum(axis=0), 0.05) < 0


@pytest.mark.parametrize("model", ["trend", "donors"])
def test_a_re_export_is_found_in_its_channel(model):
    world = World()
    for good in range(10):
        world.sent_more(0, good, 2.5 * M, recorded=True)
        world.window["onward"][0, good] += 2.5 * M
    found = world.study(model)
    assert middle(found, "re-export", 0) == pytest.approx(25 * M, rel=0.15)
    assert abs(middle(found, "ghost", 0)) < 2 * M
    assert middle(found, "total", 0) == pytest.approx(25 * M, rel=0.15)
    one = cell(found, "total", 0, 0)
    assert one["low_95"] < 2.5 * M < one["high_95"]
    assert all(is_found(found, "total", 0, good) for good in range(10))
    assert found.hubs_found()[0]


def test_ghost_transit_leaves_the_origin_and_never_arrives():
    world = World()
    for good in range(5):
        world.sent_more(1, good, 5 * M, recorded=False)
    found = world.study()
    assert middle(found, "ghost", 1) == pytest.approx(25 * M, rel=0.1)
    assert abs(middle(found, "re-export", 1)) < 4 * M
    assert is_found(found, "ghost", 1, 0)
    assert not is_found(found, "re-export", 1, 0)


def test_what_a_hub_uses_itself_is_not_discovered():
    """It entered and was recorded, and nothing left: a boom at home."""
    world = World()
    for good in range(5):
        world.sent_more(2, good, 5 * M, recorded=True)
    found = world.study()
    assert not any(is_found(found, "total", 2, good) for good in range(5))
    assert abs(middle(found, "total", 2)) < 5 * M


def test_what_a_hub_makes_itself_is_not_discovered():
    """It left for the destination and had never entered."""
    world = World()
    world.window["onward"][2, :5] += 5 * M
    found = world.study()
    assert not any(is_found(found, "total", 2, good) for good in range(5))
    assert abs(middle(found, "total", 2)) < 5 * M


def test_a_hub_that_buys_more_of_everything_is_no_suspect():
    """Donors hold the list against the hub's other goods; the trend of its own past cannot."""
    world = World()
    for name in ("sent", "arrived", "onward"):
        world.window[name][3] *= 2
    growth = world.window["sent"][3, :40].sum() / 2
    assert abs(middle(world.study("donors"), "total", 3)) < 0.1 * growth
    assert middle(world.study("trend"), "entering", 3) > 0.9 * growth


def test_a_price_that_doubles_everywhere_is_no_rerouting():
    world = World()
    for name in LEGS:
        world.window[name][:, 7] *= 2
    assert not world.study("donors").found("total")[0].any()


def test_an_old_entrepot_is_no_suspect():
    world = World()
    for sums in (world.base, world.before, world.window):
        for name in LEGS:
            sums[name][0] *= 50
    found = world.study()
    assert not found.found("total")[0].any()
    assert not found.hubs_found()[0]


def test_where_only_the_origin_tells_the_channels_are_not_given():
    world = World()
    for good in range(10):
        world.sent_more(0, good, 5 * M, recorded=True)
    for name in ("arrived", "onward"):
        world.told[name][:] = False
    found = world.study()
    assert not found.sees("re-export").any()
    assert not found.sees("ghost").any()
    assert np.isnan(found.hubs["re-export"][0]).all()
    assert middle(found, "total", 0) == pytest.approx(50 * M, rel=0.1)
    assert is_found(found, "total", 0, 0)


def test_where_the_origin_is_silent_the_hubs_tell_what_entered():
    world = World()
    world.sent_more(0, 0, 50 * M, recorded=True)
    world.told["sent"][:] = False
    found = world.study()
    assert found.entering.leg.name == "arrived"
    assert middle(found, "entering", 0) == pytest.approx(50 * M, rel=0.15)
    assert not found.sees("ghost").any()


def test_without_partners_far_away_donors_are_refused():
    world = World()
    leg = world.leg("sent")
    near = Leg(**{**vars(leg), "control": np.zeros(HUBS, bool)})
    assert "8 partners far from the destination" in str(expected(near, "donors"))


def test_practice_is_pulled_to_the_hubs_own_where_little_was_traded():
    world = World()
    world.base["sent"][0, 0], world.base["arrived"][0, 0] = 1.0, 90.0
    world.base["arrived"][0, 1:] = world.base["sent"][0, 1:] * 0.5
    _, practice = recorded(world.leg("sent"), world.leg("arrived"))
    assert practice[0, 0] == pytest.approx(0.5, rel=0.05)


def test_the_same_seed_gives_the_same_answer():
    one, other = World().study(), World().study()
    assert (one.hubs["total"] == other.hubs["total"]).all()


def test_gravity_finds_the_same_re_export():
    pytest.importorskip("pyfixest", reason="the model gravity needs the extra of that name")
    world = World()
    for good in range(5):
        world.sent_more(0, good, 5 * M, recorded=True)
        world.window["onward"][0, good] += 5 * M
    found = world.study("gravity")
    assert middle(found, "total", 0) == pytest.approx(25 * M, rel=0.2)


@pytest.mark.parametrize("model", ["trend", "donors", "gravity"])
def test_a_leg_that_nobody_far_away_trades_is_not_used(model):
    """Hubs far away send the destination nothing: how far expectations of it miss is not known."""
    if model == "gravity":
        pytest.importorskip("pyfixest", reason="the model gravity needs the extra of that name")
    world = World()
    for sums in (world.base, world.before, world.window):
        sums["onward"][NEAR:] = 0.0
    found = world.study(model)
    assert not found.leaving
    assert not found.sees("re-export").any()
    assert np.isnan(found.hubs["re-export"]).all()


def test_a_leg_told_by_none_asked_about_is_not_used():
    world = World()
    legs = {name: replace(world.leg(name), asked=np.arange(HUBS) < NEAR) for name in LEGS}
    told = world.told | {"onward": np.arange(HUBS) >= NEAR}
    found = study(legs, told, "donors", 0.06)
    assert isinstance(found, Study)
    assert not found.leaving


def test_gravity_is_refused_where_nine_goods_go_on():
    """Fits of one good make its library end the whole process: below ten it is not asked."""
    world = World()
    for sums in (world.base, world.before, world.window):
        sums["sent"][:, 9:] = 0.0
    told = study({name: world.leg(name) for name in LEGS}, world.told, "gravity", 0.06)
    assert told == "gravity needs 10 goods to tell hubs from goods; 9 are held"
