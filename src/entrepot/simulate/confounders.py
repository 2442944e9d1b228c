"""What looks like rerouting and is none. Each has countries of its own, none of them a hub."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Final, TypeAlias

import numpy as np
from numpy.random import Generator

from entrepot.simulate import settings
from entrepot.simulate.goods import Goods
from entrepot.simulate.places import THIRD, Places
from entrepot.simulate.rerouting import leaving
from entrepot.simulate.trade import Trade, remembered

GROWTH: Final = (1.6, 2.6)  # times, of a country that grows in everything, over a year around the event
FEW: Final = 6  # products
FEW_GROWTH: Final = (2.5, 5.0)  # times; a factory, a tender, a new airline
PRICE: Final = 2.0  # times, of fuels, for all: crude doubled from early 2021 to mid-2022
PRICE_SINCE: Final = date(2021, 9, 1)
DEAR: Final = (1.3, 1.7)  # times, of a few other goods: chips and steel in 2021-22
ENTREPOT: Final = 8.0  # times as much trade as its size says; Hong Kong, Singapore
ENTREPOT_PARTS: Final = (0.05, 0.75)  # of what comes in: on to the destination, on to the rest
ENTREPOT_SWING: Final = 0.2  # sd of logs, in and out together
FUEL_STORY: Final = 12.0  # times as much fuel as its size says: Nigeria, Angola
FUEL_STORY_GROWTH: Final = 1.5  # times, beside the price
SUBSTITUTE: Final = (3.0, 8.0)  # times, of what a third country makes itself and now sells to the destination
TURN: Final = (1.1, 1.6)  # times, of all that countries without restrictions sell to the destination
SIDE: Final = date(2021, 9, 1)  # growth that has nothing to do with the event begins before it

Row: TypeAlias = tuple[str, str | None, str | None, date]
_SINCE: Final = settings.month(settings.EVENT)


@dataclass
class Scene:
    """A world in the making, and who plays which part."""

    places: Places
    goods: Goods
    trade: Trade
    taken: dict[str, np.ndarray] = field(default_factory=dict)  # confounder -> places

    def rows(self, kind: str, since: date, commodities: list[str | None] | None = None) -> list[Row]:
        """What the table of confounders says of one."""
        codes = self.places.named(self.taken[kind])
        return [(kind, code, commodity, since) for code in codes for commodity in commodities or [None]]


def cast(places: Places) -> dict[str, np.ndarray]:
    """Countries for each part: (from the union, from outside) in this order; as many as there are."""
    union, outside = iter(places.spare(of_union=True)), iter(places.spare(of_union=False))
    found = {}
    for kind, (inside, beyond) in _PARTS.items():
        chosen = [next(union, None) for _ in range(inside)] + [next(outside, None) for _ in range(beyond)]
        chosen = [next(outside, None) if place is None else place for place in chosen]
        found[kind] = np.array([place for place in chosen if place is not None], dtype=int)
    return found


_PARTS: Final = {
    "grows in everything": (1, 1),
    "grows in a few products": (1, 1),
    "substitutes with its own": (1, 1),
    "entrepot": (0, 1),
    "fuel story": (0, 1),
    "catches up": (0, 2),
    "reports late": (0, 2),
    "revises": (0, 2),
    "falls silent": (0, 1),
    "reports nothing": (0, 1),
}


def grows_in_everything(scene: Scene, rng: Generator) -> list[Row]:
    """All trade of a country but that with the destination doubles within a year, and in the same measure."""
    for place in scene.taken["grows in everything"] - THIRD:
        times = _ramp(settings.month(SIDE), rng.uniform(*GROWTH))
        for flow in (scene.trade.out[1:], scene.trade.imports, scene.trade.exports):
            flow[place] *= times
    return scene.rows("grows in everything", SIDE)


def grows_in_a_few(scene: Scene, rng: Generator) -> list[Row]:
    """A country takes much more of a few products, restricted ones among them, and keeps them."""
    rows: list[Row] = []
    for place in scene.taken["grows in a few products"]:
        chosen = _some(scene.goods, rng, FEW)
        times = _ramp(_SINCE, 1) + (rng.uniform(*FEW_GROWTH, FEW)[:, None] - 1) * _ramped(_SINCE)
        scene.trade.out[1 + place - THIRD, chosen] *= times
        scene.trade.imports[place - THIRD, chosen] *= times
        code = scene.places.codes[place]
        rows += [("grows in a few products", code, one, settings.EVENT) for one in scene.goods.new[chosen]]
    return rows


def price_shock(scene: Scene, rng: Generator) -> list[Row]:
    """Fuels double in value for everybody, and a few other goods grow dearer."""
    dear = np.zeros(len(scene.goods.new))
    chosen = _some(scene.goods, rng, FEW)
    dear[chosen] = rng.uniform(*DEAR, len(chosen)) - 1
    dear[scene.goods.fuel] = PRICE - 1
    times = 1 + dear[:, None] * _ramped(settings.month(PRICE_SINCE))
    for flow in (scene.trade.out, scene.trade.on, scene.trade.imports, scene.trade.exports):
        np.multiply(flow, times, out=flow)
    return [("price shock", None, code, PRICE_SINCE) for code in scene.goods.new[dear > 0]]


def entrepot(scene: Scene, rng: Generator) -> list[Row]:
    """An old entrepot: much in, much out, both swinging together, since ever."""
    for place in scene.taken["entrepot"] - THIRD:
        swing = np.exp(ENTREPOT_SWING * remembered(rng.standard_normal(settings.MONTHS)))
        scene.trade.out[1 + place] *= ENTREPOT * swing
        scene.trade.imports[place] *= ENTREPOT * swing
        passing = leaving(scene.trade.out[1 + place] + scene.trade.imports[place])
        for flow, part in zip((scene.trade.on, scene.trade.exports), ENTREPOT_PARTS, strict=True):
            flow[place] += part * passing
    return scene.rows("entrepot", date(settings.FIRST_YEAR, 1, 1))


def fuel_story(scene: Scene, rng: Generator) -> list[Row]:
    """A partner whose trade with the origin is mostly fuel, and grows beyond the price."""
    fuels = np.flatnonzero(scene.goods.fuel)
    for place in scene.taken["fuel story"] - THIRD:
        times = FUEL_STORY * _ramp(_SINCE, FUEL_STORY_GROWTH)
        scene.trade.out[1 + place, fuels] *= times
    return scene.rows("fuel story", settings.EVENT, list(scene.goods.new[fuels]))


def substitutes(scene: Scene, rng: Generator) -> list[Row]:
    """Third countries sell the destination more of what they make: excess out without excess in."""
    rows: list[Row] = []
    for place in scene.taken["substitutes with its own"]:
        chosen = _largest(scene.trade.exports[place - THIRD], scene.goods.restricted, FEW)
        times = 1 + (rng.uniform(*SUBSTITUTE, FEW)[:, None] - 1) * _ramped(_SINCE)
        scene.trade.on[place - THIRD, chosen] *= times
        code = scene.places.codes[place]
        rows += [("substitutes with its own", code, one, settings.EVENT) for one in scene.goods.new[chosen]]
    return rows


def destination_turns(scene: Scene, rng: Generator) -> list[Row]:
    """The destination buys more of everything from a third of the countries that restrict nothing."""
    third = rng.permutation(len(scene.trade.on))[: len(scene.trade.on) // 3]
    for place in third:
        scene.trade.on[place] *= _ramp(_SINCE, rng.uniform(*TURN))
    codes = scene.places.named(np.sort(third) + THIRD)
    return [("destination turns to others", code, None, settings.EVENT) for code in codes]


def reclassification(scene: Scene, rng: Generator) -> list[Row]:
    """Codes that HS2022 renamed or split: for everybody, and made by `goods`."""
    codes = scene.goods.new[scene.goods.changed]
    return [("reclassification", None, code, settings.CHANGEOVER) for code in codes]


IN_TRADE: Final[dict[str, Callable[[Scene, Generator], list[Row]]]] = {
    "entrepot": entrepot,
    "fuel story": fuel_story,
    "price shock": price_shock,
    "grows in everything": grows_in_everything,
    "grows in a few products": grows_in_a_few,
    "substitutes with its own": substitutes,
    "destination turns to others": destination_turns,
    "reclassification": reclassification,
}
"""What changes trade itself, in this order; `reports` makes those that are only in the statistics."""
IN_REPORTS: Final = ("catches up", "reports late", "revises", "falls silent", "reports nothing")
KINDS: Final = (*IN_TRADE, *IN_REPORTS)


def happen(scene: Scene, seed: int, without: frozenset[str]) -> Iterator[Row]:
    """Let each happen that is not left out; a draw of its own each, so that the others stay as they are."""
    for nth, (kind, make) in enumerate(IN_TRADE.items()):
        if kind not in without:
            yield from make(scene, np.random.default_rng([seed, 100 + nth]))


def _ramped(since: int, months: int = 6) -> np.ndarray:
    """From nothing to all within so many months."""
    return np.clip((np.arange(settings.MONTHS) - since + 1) / months, 0, 1)


def _ramp(since: int, times: float) -> np.ndarray:
    return 1 + (times - 1) * _ramped(since, 12)


def _some(goods: Goods, rng: Generator, count: int) -> np.ndarray:
    """Half restricted, half not."""
    kinds = (np.flatnonzero(goods.restricted), np.flatnonzero(~goods.restricted & ~goods.fuel))
    return np.concatenate([rng.choice(kind, count // 2, replace=False) for kind in kinds])


def _largest(values: np.ndarray, among: np.ndarray, count: int) -> np.ndarray:
    size = np.where(among, values.sum(axis=-1), -1.0)
    return np.argsort(-size, kind="stable")[:count]
