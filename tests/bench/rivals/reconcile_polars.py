"""Reconciling all codes of a year in Polars: both sides land in a file, then stream through weights."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pyarrow as pa

from entrepot.measures.reliability import OTHERS, reliability
from tests.bench.rivals.both_polars import chosen, counted, marked, pairs, priced, sides, told_open
from tests.bench.rivals.hand import SPECIALS

_OUT = (
    *("exporter", "importer", "commodity", "period", "value_usd", "low_90_usd", "high_90_usd", "export_usd"),
    *("import_cif_usd", "export_fob_usd", "import_fob_usd", "weight_exporter", "weight_importer", "margin"),
    *("margin_from", "status", "reason", "snapshots"),
)
col = pl.col
EXPORT, IMPORT = col("export_fob_usd"), col("import_fob_usd")
_THERE = {"export": EXPORT.is_not_null(), "import": IMPORT.is_not_null()}
_BOTH = _THERE["export"] & _THERE["import"]
_FULL = (col("export_rank") == 2) & (col("import_rank") == 2)
_LARGE = (EXPORT >= 10_000) & (IMPORT >= 10_000)
_USED = _FULL & _LARGE & col("is_one_edition")
_GAP = (pl.when(EXPORT != 0).then(EXPORT) / pl.when(IMPORT != 0).then(IMPORT)).log()


def by_polars(source: Path, target: Path, asked: tuple[str, ...]) -> pa.Table:
    """All of it, streamed to one file; what the rules touched."""
    rows = priced(source, asked[0])
    taken = chosen(rows)
    ruled = marked(rows, taken)
    tally = counted(ruled)
    landed = target.with_name("both-sides.parquet")
    sides(ruled, pairs(taken, told_open(tally))).sink_parquet(landed, compression="zstd")
    both = pl.scan_parquet(landed)
    reliable = pl.DataFrame(reliability(_gaps(both).to_arrow()))
    _reconciled(both, reliable).sink_parquet(target, compression="zstd")
    return _rules(both, tally, pl.scan_parquet(target)).to_arrow()


def _gaps(both: pl.LazyFrame) -> pl.DataFrame:
    told = both.filter(_USED).with_columns(gap=(EXPORT / IMPORT).log(), mean=(EXPORT + IMPORT) / 2)
    told = told.with_columns(weight=col("mean").log(), near=col("gap").clip(-2, 2))
    beyond = col("gap").abs() > 2
    sums = told.group_by("exporter", "importer").agg(
        flows=pl.len().cast(pl.Int64),
        weight=col("weight").sum(),
        squared=(col("weight") * col("near") ** 2).sum(),
        clipped=beyond.sum(),
        clipped_usd=col("mean").filter(beyond).sum(),
        value_usd=col("mean").sum(),
    )
    return sums.collect(engine="streaming")


def _reconciled(both: pl.LazyFrame, reliable: pl.DataFrame) -> pl.LazyFrame:
    for role, name in (("exporter", "a"), ("importer", "b")):
        mine = reliable.filter(col("role") == role).select(
            col("reporter").alias(role), (col("standard_deviation") ** 2).alias(name)
        )
        pooled = mine.filter(col(role) == OTHERS)[name].max()
        both = both.join(mine.lazy(), on=role, how="left").with_columns(col(name).fill_null(pooled))
    x, m = col("export_rank"), col("import_rank")
    own = (col("b") / (col("a") + col("b"))).fill_null(0.5)
    weight = pl.when(pl.max_horizontal(x, m) == 0).then(None).when(x > m).then(1.0)
    rows = both.with_columns(
        weight_exporter=weight.when(x < m).then(0.0).otherwise(own),
        differ=(_BOTH & ~col("is_one_edition")).fill_null(value=False),
        zero=((EXPORT.fill_null(1) == 0) | (IMPORT.fill_null(1) == 0))
        & (EXPORT.fill_null(1) != IMPORT.fill_null(1)),
        nowhere=col("exporter").is_in(SPECIALS) | col("importer").is_in(SPECIALS),
    ).with_columns(weight_importer=1 - col("weight_exporter"))
    compared = (x == m) & (x > 0) & _BOTH
    none = pl.when(col("weight_exporter").is_null()).then(pl.lit("no side speaks"))
    status = pl.when(compared).then(pl.lit("both sides")).otherwise(none.otherwise(pl.lit("one side")))
    return _bounded(rows.with_columns(status=status, reason=_reason())).select(_OUT)


def _reason() -> pl.Expr:
    parts = []
    for side, there in _THERE.items():
        derived, months = col(f"{side}_derived"), col(f"{side}_months")
        short = there & (months < 12).fill_null(value=False)
        told = pl.format("; {}: {} months of 12", pl.lit(side), months.fill_null(0))
        parts += [
            _text(there & derived.is_not_null(), pl.lit(f"; {side}: ") + derived.fill_null("")),
            _text(short, told),
            _text(there & col(f"{side}_open"), pl.lit(f"; {side}: over 25% without partner country")),
        ]
    for name, told_so in (
        ("differ", "; editions differ"),
        ("nowhere", "; partner is no country"),
        ("zero", "; one side says zero"),
    ):
        parts.append(_text(col(name), pl.lit(told_so)))
    odd = col("differ") | col("zero") | col("nowhere")
    odd |= (col("export_rank") == 1) | (col("import_rank") == 1)
    odd |= col("export_derived").is_not_null() | col("import_derived").is_not_null()
    return pl.when(odd).then(pl.concat_str(parts).str.slice(2))


def _text(fires: pl.Expr, text: pl.Expr) -> pl.Expr:
    return pl.when(fires).then(text).otherwise(pl.lit(""))


def _bounded(rows: pl.LazyFrame) -> pl.LazyFrame:
    a, b = col("a"), col("b")
    gap = _GAP.fill_null(0.0)
    apart = pl.max_horizontal(pl.lit(1.0), gap * gap / (a + b))
    variance = pl.when(col("status") == "both sides").then(a * b / (a + b) * apart)
    variance = variance.when(col("weight_exporter") == 1).then(a).otherwise(b)  # type: ignore[assignment]
    known = (pl.max_horizontal("export_rank", "import_rank") == 2) & ~col("zero")
    sums = [
        pl.when(col(f"weight_{role}") == 0).then(0.0).otherwise(col(f"weight_{role}") * fob)
        for role, fob in (("exporter", EXPORT), ("importer", IMPORT))
    ]
    value = pl.when(col("status") != "no side speaks").then(sums[0] + sums[1])
    told = rows.with_columns(
        value_usd=value, wide=pl.when(known).then((1.6448536269514722 * variance.sqrt()).exp())
    )
    return told.with_columns(
        low_90_usd=col("value_usd") / col("wide"), high_90_usd=col("value_usd") * col("wide")
    )


def _flags() -> dict[tuple[str, str], pl.Expr]:
    found: dict[tuple[str, str], pl.Expr] = {}
    for side, there in _THERE.items():
        found["flows", f"{side}: derives from another report"] = there & col(f"{side}_derived").is_not_null()
        found["flows", f"{side}: partial year"] = there & (col(f"{side}_months") < 12)
        found["flows", f"{side}: over 25% without partner country"] = there & col(f"{side}_open")
    found["flows", "import brought from CIF to FOB"] = col("import_cif_usd").is_not_null() & (
        col("margin") != 0
    )
    found["flows", "editions of the Harmonized System differ"] = _BOTH & ~col("is_one_edition")
    fit = {
        "used": _USED,
        "a side is derived, partial or without partner": _BOTH & ~_FULL,
        "a side below 10,000 USD": _BOTH & _FULL & ~_LARGE,
        "editions differ": _BOTH & _FULL & _LARGE & ~col("is_one_edition"),
        "used, log gap beyond 2 counted as 2": _USED & (_GAP.abs() > 2),
    }
    return found | {("reliability", rule): flag for rule, flag in fit.items()}


def _rules(both: pl.LazyFrame, tally: pl.DataFrame, done: pl.LazyFrame) -> pl.DataFrame:
    value = pl.max_horizontal(EXPORT.fill_null(0.0), IMPORT.fill_null(0.0))
    touched = {key: flag.fill_null(value=False) for key, flag in _flags().items()}
    counts = [flag.sum().cast(pl.Int64).alias(f"n{at}") for at, flag in enumerate(touched.values())]
    money = [value.filter(flag).sum().alias(f"v{at}") for at, flag in enumerate(touched.values())]
    whole = both.select(*counts, *money).collect(engine="streaming").row(0, named=True)
    names = ("stage", "rule", "rows", "value_usd")
    flows = [(*key, whole[f"n{at}"], whole[f"v{at}"]) for at, key in enumerate(touched)]
    rules = tally.group_by("rule").agg(rows=col("n").sum().cast(pl.Int64), value_usd=col("value_usd").sum())
    status = done.group_by(rule="status").agg(rows=pl.len().cast(pl.Int64), value_usd=col("value_usd").sum())
    return pl.concat(
        [
            pl.DataFrame(flows, schema=list(names), orient="row"),
            rules.select(pl.lit("rows").alias("stage"), *names[1:]),
            status.select(pl.lit("reconciled").alias("stage"), *names[1:]).collect(engine="streaming"),
        ]
    )
