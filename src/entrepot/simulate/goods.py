"""Products: HS6 codes in chapters that exist, some restricted, some renamed or split by HS2022."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.random import Generator

from entrepot.errors import UsageError
from entrepot.simulate import settings

MIN_PRODUCTS, MAX_PRODUCTS = 40, 1000
_RESTRICTED: Final = ("73", "82", "84", "85", "86", "87", "88", "90")
_FREE: Final = ("08", "22", "27", "30", "33", "39", "48", "61", "64", "72", "94", "95")
_IN_CHAPTER: Final = 0.95  # of the goods of a restricted chapter: the few others are the best controls
_FUEL: Final = "27"
_RENAMED: Final = 0.03  # of the goods; the CHPL: six codes of fifty
_HEAVY_FUEL: Final = 1.5  # logs: fuels are a large part of anybody's trade


@dataclass(frozen=True)
class Goods:
    """Products by place. Split ones lie side by side: two codes since 2022 that were one code before."""

    old: np.ndarray  # codes until 2021-12
    new: np.ndarray  # codes since 2022-01
    restricted: np.ndarray
    weight: np.ndarray  # logs
    season: np.ndarray  # logs, product x month of the year
    fuel: np.ndarray

    @property
    def changed(self) -> np.ndarray:
        """Which have another code since 2022."""
        return np.asarray(self.old != self.new)


def make(products: int, rng: Generator, *, renamed: bool = True) -> Goods:
    """So many products, two fifths restricted. Raises UsageError for too few."""
    if not MIN_PRODUCTS <= products <= MAX_PRODUCTS:
        raise UsageError(f"{products} products: a world has {MIN_PRODUCTS} to {MAX_PRODUCTS}.")
    codes = _codes(products)
    chapters = np.array([code[:2] for code in codes])
    restricted = np.isin(chapters, _RESTRICTED) & (rng.random(products) < _IN_CHAPTER)
    fuel = chapters == _FUEL
    weight = rng.normal(0, settings.PRODUCT_SPREAD, products) + _HEAVY_FUEL * fuel
    season = rng.normal(0, settings.SEASON, (products, 12))
    old = _before(codes, restricted, rng) if renamed else codes.copy()
    return Goods(old, codes, restricted, weight, season, fuel)


def _codes(products: int) -> np.ndarray:
    """Headings of five subheadings each, spread over the chapters."""
    chapters = sorted((*_RESTRICTED, *_FREE))
    places = np.arange(products)
    each = -(-products // len(chapters))
    return np.array(
        [f"{chapters[n // each]}{1 + n % each // 5:02d}{1 + n % each % 5}0" for n in places], dtype="U6"
    )


def _before(codes: np.ndarray, restricted: np.ndarray, rng: Generator) -> np.ndarray:
    """The codes that HS2022 ended: half of those concerned are restricted; every third was split in two."""
    old = codes.copy()
    count = max(round(_RENAMED * len(codes) / 2), 2)
    for kind in (np.flatnonzero(restricted), np.flatnonzero(~restricted)):
        for nth, place in enumerate(rng.choice(kind[:-1], count, replace=False)):
            ended = f"{codes[place][:5]}9"
            old[place] = ended
            if nth % 3 == 0:
                old[place + 1] = ended
    return old
