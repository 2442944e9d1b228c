"""What rivals written by hand have in common: the same memory, rates and lists of areas as ours."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from entrepot.answers import _rates
from entrepot.model.area import aggregates, specials
from entrepot.model.constant import constants
from entrepot.store.engine.duckdb import ASKING_LIMIT

if TYPE_CHECKING:
    import polars as pl

OURS, SQL, POLARS, BARE = "ours", "SQL by hand", "Polars", "bare SQL"
SPARK, SAIL = "Spark", "Sail"  # ours, on another engine
AGGREGATES, SPECIALS = tuple(sorted(aggregates())), tuple(sorted(specials()))
WIDE = tuple(one for one in AGGREGATES if one != "WLD")
EDITION = r"coalesce(TRY_CAST(regexp_extract(hs_revision, '^HS(\d{4})$', 1) AS BIGINT), 0)"
PARQUET = "FORMAT parquet, COMPRESSION zstd"


def connected(target: Path) -> duckdb.DuckDBPyConnection:
    """DuckDB with the memory that ours has, spilling where it may."""
    config = {"memory_limit": ASKING_LIMIT, "temp_directory": str(target.parent / "spill")}
    return duckdb.connect(config=config)


def listed(words: Iterable[str]) -> str:
    """Words as a list of SQL's."""
    return "(" + ", ".join(f"'{word}'" for word in words) + ")"


@cache
def rates() -> pa.Table:
    """currency, period, frequency, usd_per_unit: those of the package, where a store holds none."""
    expr = _rates.dollars([])
    (table,) = constants(expr).values()
    kept = table.filter(pa.compute.equal(table["kind"], "monthly"))
    return kept.select(["currency", "period", "frequency", "rate"]).rename_columns(
        ["currency", "period", "frequency", "usd_per_unit"]
    )


def edition() -> pl.Expr:
    """The year of the edition, 0 where none is named."""
    import polars as pl

    year = pl.col("hs_revision").str.extract(r"^HS(\d{4})$", 1)
    return year.cast(pl.Int64, strict=False).fill_null(0).alias("edition")


def words(name: str) -> pl.Expr:
    """The distinct texts of a column, sorted, in one text."""
    import polars as pl

    return pl.col(name).drop_nulls().unique().sort().str.join(" ").alias(name)
