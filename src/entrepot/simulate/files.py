"""A world as files: those a user can add to a store, and beside them what is true."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv, parquet

from entrepot.simulate.world import World

_WRITTEN: Final = (
    "reporter",
    "partner",
    "flow",
    "period",
    "commodity",
    "hs_revision",
    "valuation",
    "value",
    "currency",
    "status",
)
_DISTANCES: Final = ("iso_o", "iso_d", "contig", "dist", "distw")
_GDP: Final = ("Country Name", "Country Code", "Year", "Value")
ADDED: Final = ("first.parquet", "flows.parquet", "gdp.csv", "distances.csv")
"""What a store reads; the other files say what is true."""
_PUBLISHED: Final = {"first": "2023-06-15", "flows": "2025-03-15"}
_CARD: Final = """source = "simulated"
publisher = "nobody: a simulated world"
title = "World of seed {seed}"
licence = "free"
citation = "entrepot simulate --seed {seed}"
published = {published}
"""


def write(world: World, folder: Path) -> None:
    """Write flows and first (Parquet, with cards); gdp, distances, truth, confounders and lists (CSV)."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, published in _PUBLISHED.items():
        parquet.write_table(getattr(world, name).select(_WRITTEN), folder / f"{name}.parquet")
        card = _CARD.format(seed=world.seed, published=published)
        (folder / f"{name}.card.toml").write_text(card, encoding="utf-8")
    tables = {
        "gdp": _gdp(world),
        "distances": _distances(world),
        "truth": world.truth,
        "confounders": world.confounders,
        "renamed": world.renamed,
        "restricted": pa.table({"commodity": list(world.restricted)}),
        "areas": pa.table({"area": [*world.hubs, *world.union], "role": _roles(world)}),
    }
    for name, table in tables.items():
        csv.write_csv(table, folder / f"{name}.csv")


def _gdp(world: World) -> pa.Table:
    """In the columns of the World Bank's long table, which the reader of facts understands."""
    facts = world.facts.filter(pc.equal(world.facts["indicator"], "gdp_usd"))
    columns = (facts["area"], facts["area"], pc.year(facts["period"]), facts["value"])
    return pa.table(dict(zip(_GDP, columns, strict=True)))


def _distances(world: World) -> pa.Table:
    """In the columns of CEPII's GeoDist."""
    kinds = [
        world.facts.filter(pc.equal(world.facts["indicator"], name))
        for name in ("distance_km", "is_contiguous")
    ]
    km, borders = (kind["value"].cast("int64") for kind in kinds)
    columns = (kinds[0]["area"], kinds[0]["partner"], borders, km, km)
    return pa.table(dict(zip(_DISTANCES, columns, strict=True)))


def _roles(world: World) -> list[str]:
    return ["hub"] * len(world.hubs) + ["union"] * len(world.union)
