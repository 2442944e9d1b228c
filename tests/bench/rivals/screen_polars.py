"""The full diversion screen in Polars: one streamed pass draws the legs, the rest is on what was drawn."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pyarrow as pa

from entrepot.model.flow import DERIVED
from tests.bench import corridor
from tests.bench.rivals.hand import rates, words
from tests.bench.rivals.screen import CHOICES, SINCE, UNTIL, asked_spans, weights, wholes

col = pl.col


def by_polars(source: Path, target: Path, asked: tuple[str, ...]) -> pa.Table:
    """See tests.bench.rivals.screen."""
    drawn = _drawn(source, *asked[:2])
    assert drawn.select(col(CHOICES).n_unique()).row(0) == (1,) * len(CHOICES)
    rows = _rows(drawn, *asked[:2])
    told = rows.filter(col("is_listed"), col("value").is_not_null())
    firsts = (told.filter(col("leg") == leg).select(col("slot").min()).item() for leg in ("sent", "arrived"))
    every = asked_spans(next(filter(None, firsts), None))
    return _sums(rows, pl.DataFrame(weights(every)), len(every)).to_arrow()


def _is_of(origin: str, destination: str) -> dict[str, tuple[pl.Expr, str]]:
    """Each leg: which rows, and where its hub stands."""
    exports, imports = col("flow") == "export", col("flow") == "import"
    return {
        "sent": (exports & (col("reporter") == origin), "partner"),
        "arrived": (imports & (col("partner") == origin), "reporter"),
        "onward": (exports & (col("partner") == destination), "reporter"),
        "received": (imports & (col("reporter") == destination), "partner"),
    }


def _drawn(source: Path, origin: str, destination: str) -> pl.DataFrame:
    names = ("reporter", "partner", "flow", "period", "commodity", "value", "net_weight_kg")
    told = ("status", "source", "snapshot")
    none = wholes((origin, destination))
    rows = pl.scan_parquet(source).filter(
        col("period").is_between(SINCE, UNTIL),
        col("digits") >= 6,
        col("breakdown").fill_null("") == "",
        (~col("status").is_in(DERIVED)).fill_null(value=True),
        ~col("reporter").is_in(none),
        ~col("partner").is_in(none),
        pl.any_horizontal(of for of, _ in _is_of(origin, destination).values()),
    )
    return rows.select(*names, *told, *CHOICES).collect(engine="streaming")


def _rows(drawn: pl.DataFrame, origin: str, destination: str) -> pl.DataFrame:
    legs = [
        drawn.lazy().filter(of).with_columns(leg=pl.lit(leg), hub=col(hub))
        for leg, (of, hub) in _is_of(origin, destination).items()
    ]
    money: pl.DataFrame = pl.DataFrame(rates())
    monthly = money.lazy().filter(col("frequency") == "M").drop("frequency")
    every = pl.concat(legs).join(monthly, on=["currency", "period"], how="left")
    weighed = col("net_weight_kg").count() == pl.len()
    return (
        every.group_by("leg", "hub", good="commodity", slot="period")
        .agg(
            value=(col("value") * col("usd_per_unit")).sum(),
            net_weight_kg=pl.when(weighed).then(col("net_weight_kg").sum()),
            unrated=col("usd_per_unit").is_null().any(),
            statuses=col("status").min(),
            sources=col("source").min(),
            snapshots=words("snapshot"),
        )
        .with_columns(is_listed=col("good").str.slice(0, 2).is_in(corridor.CHAPTERS))
        .collect(engine="streaming")
    )


def _sums(rows: pl.DataFrame, known: pl.DataFrame, times: int) -> pl.DataFrame:
    traded = (col("value") != 0).fill_null(value=False)
    names = [f"{kind}_{at}" for at in range(times) for kind in ("whole", "recent", "window")]
    return (
        rows.lazy()
        .join(known.lazy(), on="slot")
        .group_by("leg", "hub", "good", "is_listed")
        .agg(
            *((col("value") * col(name)).sum().alias(name) for name in names),
            kg_recent=(col("net_weight_kg") * col("recent_0")).sum(),
            kg_window=(col("net_weight_kg") * col("window_0")).sum(),
            unrated=col("unrated").any(),
            unweighed=(col("net_weight_kg").is_null() & traded).any(),
            alive_months=(traded & (col("whole_0") > 0)).sum(),
            alive_after=(traded & (col("window_0") > 0)).sum(),
            statuses=words("statuses"),
            sources=words("sources"),
            snapshots=words("snapshots"),
        )
        .collect(engine="streaming")
    )
