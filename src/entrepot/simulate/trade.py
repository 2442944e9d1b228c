"""What is truly traded, month by month: gravity, growth, seasons, lasting shocks, heavy tails, zeros."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from entrepot.simulate import settings
from entrepot.simulate.goods import Goods
from entrepot.simulate.places import DESTINATION, ORIGIN, THIRD, Places


@dataclass
class Trade:
    """True values, USD FOB, country x product x month; third countries in the order of their codes."""

    out: np.ndarray  # from the origin to the destination (first) and to each third country
    on: np.ndarray  # from each third country to the destination
    imports: np.ndarray  # of each third country from the rest of the world
    exports: np.ndarray  # of each third country to the rest of the world
    ghost: np.ndarray  # part of `out` that third countries never record


def make(places: Places, goods: Goods, rng: Generator) -> Trade:
    """Ordinary trade of all countries, as if nothing were to happen."""
    base = np.log(settings.CELL_USD) + goods.weight
    size = settings.SIZE_ELASTICITY * np.log(places.size)
    advantage = _advantage(places, goods, rng)
    common = _common(goods, rng)
    out = base + size[ORIGIN] + (size + _resistance(places, ORIGIN))[DESTINATION:, None]
    on = base + size[DESTINATION] + (size + _resistance(places, DESTINATION))[THIRD:, None] + advantage
    share = rng.uniform(*settings.ORIGIN_SHARE, (len(out) - 1, 1))
    world = settings.SIZE_ELASTICITY * np.log(settings.WORLD_SIZE)
    shocks = _shocks(rng, len(out), settings.SHOCKS["area"])
    flows = (
        (out, shocks, common + _new_year()),
        (on, _shocks(rng, len(on), settings.SHOCKS["area"]), common),
        (out[1:] + np.log(1 / share - 1), shocks[1:], common),
        (
            base + world + size[THIRD:, None] + advantage,
            _shocks(rng, len(on), settings.SHOCKS["area"]),
            common,
        ),
    )
    made = [_flow(_paired(level, rng), shock, shared, rng) for level, shock, shared in flows]
    first, on, imports, exports = made
    return Trade(first, on, imports, exports, np.zeros_like(on))


def _resistance(places: Places, end: int) -> np.ndarray:
    return np.asarray(settings.DISTANCE_ELASTICITY * np.log(places.km[end] / 3000.0))


def _advantage(places: Places, goods: Goods, rng: Generator) -> np.ndarray:
    drawn = rng.normal(0, settings.ADVANTAGE_SPREAD, (len(places.codes) - THIRD, len(goods.new)))
    return drawn + settings.RESTRICTED_ADVANTAGE * goods.restricted


def _paired(level: np.ndarray, rng: Generator) -> np.ndarray:
    return np.asarray(level + rng.normal(0, settings.PAIR_SPREAD, level.shape))


def _common(goods: Goods, rng: Generator) -> np.ndarray:
    """Logs, product x month: seasons, growth and shocks of a product anywhere, the first lockdown."""
    years = (np.arange(settings.MONTHS) - settings.month(settings.EVENT)) / 12
    growth = rng.normal(*settings.GROWTH["product"], len(goods.new))[:, None] * years
    season = np.tile(goods.season, settings.MONTHS // 12)
    common = growth + season + _shocks(rng, len(goods.new), settings.SHOCKS["product"])
    for day, fall in settings.LOCKDOWN.items():
        common[:, settings.month(day)] += fall
    return np.asarray(common)


def _new_year() -> np.ndarray:
    """Logs by month: the origin rests for three weeks from the Lunar New Year."""
    fall = np.zeros(settings.MONTHS)
    for day in settings.NEW_YEARS:
        rest = np.datetime64(day) + np.arange(settings.NEW_YEAR_WEEKS * 7)
        months = rest.astype("datetime64[M]").astype(int) - (settings.FIRST_YEAR - 1970) * 12
        np.add.at(fall, months, settings.NEW_YEAR_FALL / len(rest))
    return fall


def _shocks(rng: Generator, count: int, sd: float) -> np.ndarray:
    return sd * remembered(rng.standard_normal((count, settings.MONTHS)))


def remembered(drawn: np.ndarray) -> np.ndarray:
    """A stationary series of variance one that forgets slowly, from independent draws of variance one."""
    from scipy.signal import lfilter

    new = np.sqrt(1 - settings.MEMORY**2)
    scaled = drawn * new
    scaled[..., 0] = drawn[..., 0]
    return np.asarray(lfilter([1.0], [1.0, -settings.MEMORY], scaled, axis=-1))


def _flow(level: np.ndarray, shocks: np.ndarray, common: np.ndarray, rng: Generator) -> np.ndarray:
    """Values of each cell and month; zero where nothing was traded."""
    sd = np.clip(
        settings.NOISE * np.exp(settings.NOISE_ELASTICITY * (level - np.log(settings.NOISE_AT))),
        *settings.NOISE_BOUNDS,
    )[..., None]
    shape = (*level.shape, settings.MONTHS)
    persistent = remembered(_tailed(rng, shape, settings.JUMP_TAIL))
    logs = sd * (settings.PERSISTENT * persistent + _tailed(rng, shape, settings.TAIL))
    logs += _growth(level, rng) + shocks[:, None] + common - sd**2 * (1 + settings.PERSISTENT**2) / 2
    present = _presence(level)[..., None] + settings.CLUSTERED * persistent
    chance = 1 / (1 + np.exp(-present))
    traded = rng.random(shape) < chance
    return np.where(traded, np.exp(level[..., None] + logs) / chance.mean(axis=-1, keepdims=True), 0.0)


def _presence(level: np.ndarray) -> np.ndarray:
    at, slope, power = settings.PRESENCE
    return np.asarray(at + slope * (level / np.log(10) - power))


def _growth(level: np.ndarray, rng: Generator) -> np.ndarray:
    years = (np.arange(settings.MONTHS) - settings.month(settings.EVENT)) / 12
    yearly = rng.normal(*settings.GROWTH["area"], (len(level), 1))
    yearly = yearly + rng.normal(*settings.GROWTH["cell"], level.shape)
    return np.asarray(yearly[..., None] * years)


def _tailed(rng: Generator, shape: tuple[int, ...], freedom: float) -> np.ndarray:
    """Student's t of variance one, cut far out."""
    drawn = rng.standard_t(freedom, shape) * np.sqrt(1 - 2 / freedom)
    return np.asarray(np.clip(drawn, -settings.CUT, settings.CUT))
