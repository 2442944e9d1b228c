"""Countries: codes, sizes, places on a map, borders, the union around the destination, the true hubs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.random import Generator

from entrepot.errors import UsageError
from entrepot.simulate import settings

MIN_COUNTRIES: Final = 24  # each confounder has a country of its own
MAX_COUNTRIES: Final = 260
ORIGIN, DESTINATION, THIRD = 0, 1, 2  # the first two places, and where the others begin
_SIDE_KM: Final = 12_000.0
_NEIGHBOURS: Final = 3


@dataclass(frozen=True)
class Places:
    """The countries by place: the origin, the destination, then all others."""

    codes: tuple[str, ...]
    size: np.ndarray  # 1: a small economy
    km: np.ndarray
    borders: np.ndarray
    union: np.ndarray  # places with a border or a customs union with the destination
    hubs: np.ndarray  # places through which something is truly rerouted
    others: np.ndarray  # the rest, in the order in which confounders take them: union members first

    def named(self, places: np.ndarray) -> tuple[str, ...]:
        """Codes of those places."""
        return tuple(self.codes[place] for place in places)

    def spare(self, of_union: bool) -> list[int]:  # noqa: FBT001  # the two kinds of countries
        """Places that are no hub, inside the union or outside."""
        return [place for place in self.others if (place in self.union) == of_union]


def make(countries: int, rng: Generator) -> Places:
    """Countries on a map, the nearest to the destination in union with it. Raises UsageError for too few."""
    if not MIN_COUNTRIES <= countries <= MAX_COUNTRIES:
        raise UsageError(f"{countries} countries: a world has {MIN_COUNTRIES} to {MAX_COUNTRIES}.")
    where = rng.uniform(0, _SIDE_KM, (countries, 2))
    km = np.maximum(np.hypot(*(where[:, None] - where[None]).transpose(2, 0, 1)), 200.0)
    size = np.exp(rng.normal(0, settings.SIZE_SPREAD, countries))
    size[[ORIGIN, DESTINATION]] = settings.ORIGIN_SIZE, settings.DESTINATION_SIZE
    borders = _borders(km)
    union = _union(km, borders, countries)
    size[union] *= settings.NEIGHBOUR_SIZE
    hubs = _hubs(union, countries, rng)
    rest = rng.permutation(np.setdiff1d(np.arange(THIRD, countries), hubs))
    return Places(_codes(countries), size, km, borders, union, hubs, rest)


def _codes(countries: int) -> tuple[str, ...]:
    """Codes that ISO 3166 leaves to its users: XAA, XAB ..."""
    return tuple(f"X{chr(65 + n // 26)}{chr(65 + n % 26)}" for n in range(countries))


def _borders(km: np.ndarray) -> np.ndarray:
    """Each has a border with its nearest three. The origin and the destination have none in common."""
    far = km + np.diag(np.full(len(km), np.inf))
    far[[ORIGIN, DESTINATION], [DESTINATION, ORIGIN]] = np.inf
    near = np.argsort(far, axis=1)[:, :_NEIGHBOURS]
    found = np.zeros(km.shape, dtype=bool)
    np.put_along_axis(found, near, values=True, axis=1)
    return found | found.T


def _union(km: np.ndarray, borders: np.ndarray, countries: int) -> np.ndarray:
    """All with a border, and the next nearest until a fifth of all countries."""
    order = np.argsort(np.where(borders[DESTINATION], 0, km[DESTINATION]), kind="stable")
    order = order[order >= THIRD]
    return np.sort(order[: max(countries // 5, int(borders[DESTINATION].sum()))])


def _hubs(union: np.ndarray, countries: int, rng: Generator) -> np.ndarray:
    """A seventh of all countries; one of them outside the union, and some of the union are no hubs."""
    count = max(countries // 7, 3)
    inside = rng.choice(union, min(count, len(union) - 1) - 1, replace=False)
    outside = rng.choice(np.setdiff1d(np.arange(THIRD, countries), union), 1)
    return np.sort(np.concatenate([inside, outside]))
