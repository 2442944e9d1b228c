"""What statistics make of trade: margins, errors, goods under way, late, silent and revising reporters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.random import Generator

from entrepot.simulate import settings
from entrepot.simulate.goods import Goods
from entrepot.simulate.places import DESTINATION, ORIGIN, THIRD, Places
from entrepot.simulate.trade import Trade, remembered

CATCH_UP: Final = (slice(57, 62), slice(63, 66), 0.5)  # half of 2021-10 to 2022-02 is booked in 2022-04 to 06
LATE: Final = (3, 9)  # last months not there yet
SILENT_SINCE: Final = 68  # 2022-09, in the middle of the window
REVISED: Final = slice(62, 74)  # 2022-03 to 2023-02
FIRST_SAID: Final = (0.8, 1.0)  # of the final figure: what comes late is missing at first


@dataclass
class Reports:
    """Values as reported, country x product x month: NaN is not reported, 0 is no trade.

    exports: the origin's to the destination and to third countries. arrivals: what these record from the
    origin. onward: third countries' exports to the destination. received: what the destination records of it.
    to_world, from_world: third countries' totals over all partners.
    """

    exports: np.ndarray
    arrivals: np.ndarray
    onward: np.ndarray
    received: np.ndarray
    to_world: np.ndarray
    from_world: np.ndarray

    def of_third(self) -> tuple[np.ndarray, ...]:
        """What third countries say, by country: writing into these writes into the reports."""
        return self.arrivals[1:], self.onward, self.to_world, self.from_world


def make(trade: Trade, places: Places, rng: Generator, *, noise: bool = True) -> Reports:
    """The reports of all that trade; without noise they differ by the margins alone."""
    km = places.km
    seen = trade.out.copy()
    seen[1:] -= trade.ghost
    say = _Error(rng, noise=noise)
    arrivals = say.recorded(say.later(seen, km[ORIGIN, DESTINATION:])) * _cif(km[ORIGIN, DESTINATION:])
    onward = say.error(trade.on)
    received = say.error(say.later(trade.on, km[DESTINATION, THIRD:])) * _cif(km[DESTINATION, THIRD:])
    exports = say.error(trade.out)
    to_world = onward + say.error(trade.exports)
    from_world = arrivals[1:] + say.error(trade.imports) * (1 + settings.CIF[0])
    after = settings.month(settings.LAST_OF_DESTINATION) + 1
    arrivals[0, :, after:] = received[..., after:] = np.nan
    return Reports(exports, arrivals, onward, received, to_world, from_world)


def margin(km: np.ndarray) -> np.ndarray:
    """What freight and insurance add, as a share."""
    least, slope, scale = settings.CIF
    return np.asarray(least + slope * np.log1p(km / scale))


def _cif(km: np.ndarray) -> np.ndarray:
    return (1 + margin(km))[:, None, None]


@dataclass
class _Error:
    """Errors of reporting, or none."""

    rng: Generator
    noise: bool

    def error(self, values: np.ndarray) -> np.ndarray:
        """Each reporter is as careful as it is."""
        if not self.noise:
            return values.copy()
        sd = self.rng.uniform(*settings.REPORT_ERROR, (len(values), 1, 1))
        return np.asarray(values * np.exp(sd * self.rng.standard_normal(values.shape)))

    def recorded(self, values: np.ndarray) -> np.ndarray:
        """An importer records part of what the origin says it sent: its own, by product, with a drift."""
        if not self.noise:
            return values.copy()
        level = np.log(self.rng.uniform(*settings.RECORDED, (len(values), 1)))
        level = level + self.rng.normal(0, settings.RECORDED_SPREAD, values.shape[:2])
        drift = settings.RECORDED_DRIFT * remembered(self.rng.standard_normal((len(values), settings.MONTHS)))
        return self.error(values) * np.exp(level[..., None] + drift[:, None])

    def later(self, values: np.ndarray, km: np.ndarray) -> np.ndarray:
        """What is under way at the end of a month arrives in the next."""
        if not self.noise:
            return values
        under_way = values * (km / settings.KM_A_MONTH)[:, None, None]
        arrived = values - under_way
        arrived[..., 1:] += under_way[..., :-1]
        return np.asarray(arrived)


def spoil(reports: Reports, taken: dict[str, np.ndarray], rng: Generator) -> None:
    """Let reporters be late, catch up, or fall silent. `taken` has the places of each such part."""
    nobody = np.array([], dtype=int)
    late = [(place, -int(rng.integers(*LATE, endpoint=True))) for place in taken.get("reports late", nobody)]
    for flow in reports.of_third():
        for place in taken.get("catches up", nobody) - THIRD:
            _catch_up(flow[place])
        for place, since in late:
            flow[place - THIRD, :, since:] = np.nan
        flow[taken.get("falls silent", nobody) - THIRD, :, SILENT_SINCE:] = np.nan
        flow[taken.get("reports nothing", nobody) - THIRD] = np.nan


def _catch_up(flow: np.ndarray) -> None:
    missed, booked, share = CATCH_UP
    held_back = share * flow[:, missed].sum(axis=1, keepdims=True)
    flow[:, missed] *= 1 - share
    flow[:, booked] += held_back / (booked.stop - booked.start)


def first_said(reports: Reports, revising: np.ndarray, rng: Generator) -> tuple[np.ndarray, ...]:
    """What revising reporters said at first of a year: arrivals, onward, to_world, from_world."""
    said = []
    for flow in reports.of_third():
        first = np.full_like(flow, np.nan)
        part = rng.uniform(*FIRST_SAID, first[revising - THIRD][..., REVISED].shape)
        first[revising - THIRD, :, REVISED] = flow[revising - THIRD, :, REVISED] * part
        said.append(first)
    return tuple(said)


def restricted_codes(goods: Goods) -> tuple[str, ...]:
    """The list as it is written after the changeover: predecessors are not on it."""
    return tuple(sorted(str(code) for code in goods.new[goods.restricted]))
