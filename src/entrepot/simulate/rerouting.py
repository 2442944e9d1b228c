"""The event: restricted goods to the destination fall, and a known amount goes by way of the hubs instead."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from entrepot.simulate import settings
from entrepot.simulate.goods import Goods
from entrepot.simulate.places import THIRD, Places
from entrepot.simulate.trade import Trade

_SINCE = settings.month(settings.EVENT)


@dataclass(frozen=True)
class Rerouted:
    """USD FOB leaving the origin, hub x product x month, hubs as in Places.hubs."""

    recorded: np.ndarray  # enters the hub's statistics and leaves them again
    ghost: np.ndarray  # never enters them

    def by_channel(self) -> dict[str, np.ndarray]:
        """The two by the names they have in answers."""
        return {"re-export": self.recorded, "ghost": self.ghost}


def happen(trade: Trade, places: Places, goods: Goods, rng: Generator) -> Rerouted:
    """Let the event happen to the true trade, and say what was rerouted."""
    lost = _fall(trade, goods, rng)
    paths = _paths(len(places.hubs), rng)
    share = rng.uniform(*settings.SHARE_REROUTED)
    moved = share * _split(len(places.hubs), goods, rng)[..., None] * lost * paths[:, None]
    moved = np.rint(moved * rng.gamma(settings.LUMPS, 1 / settings.LUMPS, moved.shape))
    unseen = _unseen(moved, rng)
    rerouted = Rerouted(moved - unseen, unseen)
    _enter(trade, places.hubs - THIRD, rerouted, rng)
    return rerouted


def _fall(trade: Trade, goods: Goods, rng: Generator) -> np.ndarray:
    """Take the fall off the direct trade; returns its usual size by product, USD a month."""
    fall = np.where(
        goods.restricted,
        rng.uniform(*settings.FALL, len(goods.new)),
        rng.uniform(*settings.CHILL, len(goods.new)),
    )
    usual = trade.out[0, :, _SINCE - 12 : _SINCE].mean(axis=1)
    trade.out[0, :, _SINCE:] *= 1 - fall[:, None]
    return np.where(goods.restricted, usual * fall, 0.0)[:, None]


def _paths(hubs: int, rng: Generator) -> np.ndarray:
    """How far each hub is in full swing, hub x month."""
    start = _SINCE + rng.integers(settings.START[0], settings.START[1], hubs, endpoint=True)
    ramp = rng.integers(settings.RAMP[0], settings.RAMP[1], hubs, endpoint=True)
    return np.asarray(np.clip((np.arange(settings.MONTHS) - start[:, None] + 1) / ramp[:, None], 0, 1))


def _split(hubs: int, goods: Goods, rng: Generator) -> np.ndarray:
    """Parts of each product by hub, one in all: a hub carries some of the restricted products."""
    shape = (hubs, len(goods.new))
    weight = rng.dirichlet(np.full(hubs, settings.HUB_CHOICE))[:, None]
    chosen = rng.random(shape) < settings.PRODUCTS_OF_HUB
    raw = weight * chosen * np.exp(rng.normal(0, settings.PRODUCT_CHOICE, shape))
    return np.asarray(raw / np.maximum(raw.sum(axis=0), 1e-12))


def _unseen(moved: np.ndarray, rng: Generator) -> np.ndarray:
    """The part that the hub never records: by hub, more of some products than of others, none of a few."""
    share = rng.uniform(*settings.GHOST_SHARE, (len(moved), 1, 1))
    tilt = rng.choice([0.0, 0.6, 1.0, 1.4], (*moved.shape[:2], 1))
    return np.asarray(np.rint(moved * np.clip(share * tilt, 0, 1)))


def _enter(trade: Trade, hubs: np.ndarray, rerouted: Rerouted, rng: Generator) -> None:
    """Into the origin's exports; into the hub's and out of it, later and dearer, where it is recorded."""
    trade.out[1 + hubs] += rerouted.recorded + rerouted.ghost
    trade.ghost[hubs] += rerouted.ghost
    dearer = rng.uniform(*settings.MARK_UP, (len(hubs), 1, 1))
    trade.on[hubs] += leaving(rerouted.recorded * dearer)


def leaving(entering: np.ndarray) -> np.ndarray:
    """What leaves a hub, given what enters it: some at once, the rest in the months after."""
    left = np.zeros_like(entering)
    for lag, share in enumerate(settings.LAGS):
        left[..., lag:] += share * entering[..., : entering.shape[-1] - lag]
    return left
