"""One series, and a scan of everything: the shortest question there is, and the plainest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa

from entrepot import flows
from tests.bench.both_sides import Made
from tests.bench.rivals.hand import EDITION, connected, edition, words

Asked = tuple[str, ...]

_BUSIEST = """
SELECT reporter, partner, commodity FROM read_parquet('{}') WHERE flow = 'export'
GROUP BY ALL ORDER BY count(*) DESC, reporter, partner, commodity LIMIT 1
"""
_SERIES = """
WITH asked AS (
    SELECT *, {edition} AS edition FROM read_parquet('{source}')
    WHERE reporter = '{reporter}' AND partner = '{partner}' AND flow = 'export' AND frequency = 'M'
      AND commodity >= '{code}' AND commodity < '{code}' || chr(65535) AND digits IS NOT NULL
), latest AS (
    SELECT * FROM asked QUALIFY edition = max(edition) OVER (PARTITION BY period, currency)
), six AS (
    SELECT * FROM latest QUALIFY digits = 6 OR max((digits = 6)::INT) OVER (PARTITION BY period, currency) = 0
), whole AS (
    SELECT * FROM six
    QUALIFY digits <= 8
            OR max((digits = 8)::INT) OVER (PARTITION BY period, currency, left(commodity, 8)) = 0
)
SELECT reporter, partner, flow, period, '{code}' AS commodity, sum(value) AS value, currency,
       if(count(net_weight_kg) = count(*), sum(net_weight_kg), NULL) AS net_weight_kg,
       if(count(DISTINCT quantity_unit) = 1 AND count(quantity) = count(*), sum(quantity), NULL) AS quantity,
       if(count(DISTINCT quantity_unit) = 1, min(quantity_unit), NULL) AS quantity_unit,
       count(DISTINCT period) FILTER (value IS NOT NULL) AS months, count(*) AS cells,
       if(count(value) > 0, 1, 0) AS codes, bool_or(digits > 6) AS is_from_parts,
       string_agg(DISTINCT status, ' ' ORDER BY status) AS status,
       string_agg(DISTINCT hs_revision, ' ' ORDER BY hs_revision) AS hs_revisions,
       string_agg(DISTINCT source, ' ' ORDER BY source) AS sources,
       string_agg(DISTINCT snapshot, ' ' ORDER BY snapshot) AS snapshots
FROM whole GROUP BY reporter, partner, flow, period, currency ORDER BY period
"""


def asked(source: Path) -> Asked:
    """The pair and product with the longest series."""
    (found,) = duckdb.sql(_BUSIEST.format(source)).fetchall()
    return tuple(found)


def ours(source: Path, target: Path, asked: Asked, engine: Any = "duckdb") -> pa.Table:
    """As Python asks it: the whole answer, its provenance and warnings."""
    reporter, partner, code = asked
    return flows(Made(source, engine), reporter=reporter, partner=partner, commodity=code, flow="export").rows


def by_sql(source: Path, target: Path, asked: Asked) -> pa.Table:
    """By hand: the latest edition, a code before its parts, what is known of each figure."""
    known = dict(zip(("reporter", "partner", "code"), asked, strict=True))
    query = _SERIES.format(source=source, edition=EDITION, **known)
    return _shaped(connected(target).sql(query).to_arrow_table())


def by_polars(source: Path, target: Path, asked: Asked) -> pa.Table:
    """The same rules in Polars."""
    reporter, partner, code = asked
    col, cell = pl.col, ["period", "currency"]
    rows = pl.scan_parquet(source).filter(
        col("flow") == "export",
        col("reporter") == reporter,
        col("partner") == partner,
        col("frequency") == "M",
        col("commodity").is_between(pl.lit(code), pl.lit(code + "\uffff"), closed="left"),
        col("digits").is_not_null(),
    )
    latest = rows.with_columns(edition()).filter(col("edition") == col("edition").max().over(cell))
    six = latest.filter((col("digits") == 6) | ~(col("digits") == 6).any().over(cell))
    eight = (col("digits") == 8).any().over(*cell, col("commodity").str.slice(0, 8))
    one_unit = col("quantity_unit").drop_nulls().n_unique() == 1
    found = (
        six.filter((col("digits") <= 8) | ~eight)
        .group_by("reporter", "partner", "flow", "period", "currency")
        .agg(
            commodity=pl.lit(code),
            value=col("value").sum(),
            net_weight_kg=pl.when(col("net_weight_kg").count() == pl.len()).then(col("net_weight_kg").sum()),
            quantity=pl.when(one_unit & (col("quantity").count() == pl.len())).then(col("quantity").sum()),
            quantity_unit=pl.when(one_unit).then(col("quantity_unit").min()),
            months=col("value").is_not_null().any().cast(pl.Int64),
            cells=pl.len().cast(pl.Int64),
            codes=col("value").is_not_null().any().cast(pl.Int64),
            is_from_parts=(col("digits") > 6).any(),
            status=words("status"),
            hs_revisions=words("hs_revision"),
            sources=words("source"),
            snapshots=words("snapshot"),
        )
        .sort("period")
        .collect(engine="streaming")
    )
    return _shaped(found.to_arrow())


def _shaped(found: pa.Table) -> pa.Table:
    """The currency in the name of the column, as in an answer."""
    (currency,) = set(found["currency"].to_pylist())
    plain = found.drop_columns(["currency"])
    return plain.rename_columns(
        [f"value_{currency.lower()}" if name == "value" else name for name in plain.column_names]
    )


# ------------------------------------------------------------------ everything
def nothing_asked(source: Path) -> Asked:
    """A scan asks for everything."""
    return ()


def scan(source: Path, target: Path, asked: Asked, engine: Any = "duckdb") -> pa.Table:
    """Five columns of every row, through the store."""
    store = Made(source, engine)
    rows = store.flows()
    names = ("reporter", "partner", "commodity", "period")
    return store.run(rows.agg(**{name: rows[name].max() for name in names}, value=rows.value.sum()))


def scan_by_sql(source: Path, target: Path, asked: Asked) -> pa.Table:
    """By hand."""
    query = f"""
        SELECT max(reporter) AS reporter, max(partner) AS partner, max(commodity) AS commodity,
               max(period) AS period, sum(value) AS value FROM read_parquet('{source}')
    """
    return connected(target).sql(query).to_arrow_table()


def scan_by_polars(source: Path, target: Path, asked: Asked) -> pa.Table:
    """In Polars."""
    names = ("reporter", "partner", "commodity", "period")
    rows = pl.scan_parquet(source)
    sums = rows.select(*(pl.col(name).max() for name in names), pl.col("value").sum())
    return sums.collect(engine="streaming").to_arrow()
