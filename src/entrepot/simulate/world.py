"""A trading world whose truth is known."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from entrepot.errors import UsageError
from entrepot.simulate import confounders, goods, places, reports, rerouting, settings, tables, trade


@dataclass(frozen=True, eq=False)
class World:
    """What reporters say of a world, and what truly happened in it.

    Attributes:
        seed: All of it follows from this number and the counts of countries and products.
        flows: What is reported: rows of model.flow.COLUMNS, monthly, HS6, USD, status simulated.
        facts: distance_km, is_contiguous of each pair, gdp_usd: rows of model.indicator.COLUMNS.
        truth: hub, commodity, period, channel ("re-export", "ghost"), rerouted_usd (FOB, leaving the origin).
        origin: The one country that restricts.
        destination: The country whose imports are restricted; it publishes nothing after 2022-01.
        hubs: Where something is truly rerouted.
        union: Countries with a border or a customs union with the destination.
        restricted: HS6 codes restricted from the event on, as listed after the changeover to HS2022.
        event: First month of the restrictions.
        confounders: kind, area, commodity (null: all), since.
        renamed: Codes born in 2022 (`new`) and the code each came from (`old`; a split one stands twice).
        first: Rows that revising reporters said at first and corrected later, columns as in `flows`.
    """

    seed: int
    flows: pa.Table
    facts: pa.Table
    truth: pa.Table
    origin: str
    destination: str
    hubs: tuple[str, ...]
    union: tuple[str, ...]
    restricted: tuple[str, ...]
    event: date
    confounders: pa.Table
    renamed: pa.Table
    first: pa.Table


def simulate(
    seed: int,
    *,
    countries: int = 40,
    products: int = 200,
    without: Collection[str] = (),
    noise: bool = True,
) -> World:
    """Make the world of this seed: the same world for the same arguments.

    Without a confounder all else in the world is as it was. Without noise reports differ from one another by
    freight and insurance, and by what is late or silent, alone.

    Raises:
        UsageError: Too few or too many countries or products; a confounder nobody knows.
    """
    left_out = _known(without)
    draw = _Draws(seed)
    map_ = places.make(countries, draw(0))
    wares = goods.make(products, draw(1), renamed="reclassification" not in left_out)
    traded = trade.make(map_, wares, draw(2))
    scene = confounders.Scene(map_, wares, traded, confounders.cast(map_))
    rows = list(confounders.happen(scene, seed, left_out))
    moved = rerouting.happen(traded, map_, wares, draw(3))
    said = reports.make(traded, map_, draw(4), noise=noise)
    spoilers = {kind: scene.taken[kind] for kind in confounders.IN_REPORTS if kind not in left_out}
    reports.spoil(said, spoilers, draw(5))
    revising = spoilers.get("revises", np.array([], dtype=int))
    first = reports.first_said(said, revising, draw(6))
    rows += _of_reports(scene, spoilers)
    name = f"seed-{seed}"
    return World(
        seed,
        tables.flows(said, map_, wares, name),
        tables.facts(map_, name),
        tables.truth(moved, map_, wares),
        map_.codes[places.ORIGIN],
        map_.codes[places.DESTINATION],
        map_.named(map_.hubs),
        map_.named(map_.union),
        reports.restricted_codes(wares),
        settings.EVENT,
        tables.confounders(rows),
        tables.renamed(wares),
        tables.of_third(first, map_, wares, f"{name}-first"),
    )


@dataclass(frozen=True)
class _Draws:
    """A stream of random numbers for each stage: one stage more does not move the others."""

    seed: int

    def __call__(self, stage: int) -> np.random.Generator:
        return np.random.default_rng([self.seed, stage])


def _known(without: Collection[str]) -> frozenset[str]:
    for kind in without:
        if kind not in confounders.KINDS:
            raise UsageError(f"confounder {kind!r} is unknown. Known: {', '.join(confounders.KINDS)}.")
    return frozenset(without)


def _of_reports(scene: confounders.Scene, spoilers: Collection[str]) -> Iterator[confounders.Row]:
    since = {"catches up": date(2021, 10, 1), "falls silent": date(2022, 9, 1), "revises": date(2022, 3, 1)}
    for kind in spoilers:
        yield from scene.rows(kind, since.get(kind, date(settings.FIRST_YEAR, 1, 1)))
