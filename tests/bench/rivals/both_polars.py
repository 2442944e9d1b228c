"""The mirror join of everything in Polars: lazy, streaming, by the same rules as SQL by hand."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from entrepot.measures.both_sides import FALLBACK_MARGIN, KEPT, WORLD
from entrepot.model.period import parse_window
from tests.bench.rivals.hand import AGGREGATES, SPECIALS, WIDE, edition, rates, words

PAIR, SLOT = ["reporter", "partner", "flow", "slot"], ["reporter", "flow", "slot"]
CELL = ["exporter", "importer", "commodity", "period"]
_DERIVED = ["estimated", "imputed", "mirrored"]


def priced(source: Path, years: str) -> pl.LazyFrame:
    """Rows in scope with slot, edition and dollars."""
    window = parse_window(years)
    money: pl.DataFrame = pl.DataFrame(rates())
    rows = pl.scan_parquet(source).filter(
        pl.col("flow").is_in(["export", "import"]),
        pl.col("period").is_between(window.first, window.last),
        pl.col("digits") == 6,
    )
    rows = rows.join(money.lazy(), on=["currency", "period", "frequency"], how="left")
    dollars = pl.col("currency") == "USD"
    return rows.with_columns(
        edition(),
        slot=pl.col("period").dt.truncate("1y"),
        value_usd=pl.when(dollars).then(pl.col("value")).otherwise(pl.col("value") * pl.col("usd_per_unit")),
        consigned=(pl.col("partner_basis") == "consignment").fill_null(value=False),
        money=pl.when(dollars).then(pl.lit("")).otherwise(pl.col("currency")),
    )


def chosen(rows: pl.LazyFrame) -> pl.DataFrame:
    """One row per reporter, partner, flow and year: which rows are taken."""
    plain = rows.filter(pl.col("breakdown").fill_null("") == "", pl.col("value_usd").is_not_null())
    is_cif = (pl.col("valuation") != "fob").fill_null(pl.col("flow") == "import").alias("is_cif")
    told = plain.select(
        *PAIR, "period", "frequency", "edition", "snapshot", "consigned", "money", is_cif
    ).unique()
    seen = told.collect(engine="streaming").lazy()
    annual = pl.col("frequency") == "A"
    pair = seen.group_by(PAIR).agg(
        is_annual=annual.any(),
        is_cif=pl.col("is_cif").any(),
        by_origin=(~pl.col("consigned") & ~pl.col("partner").is_in(AGGREGATES)).any(),
        annual_edition=pl.col("edition").filter(annual).max(),
        month_edition=pl.col("edition").filter(~annual).max(),
        annual_money=pl.col("money").filter(annual).min(),
        month_money=pl.col("money").filter(~annual).min(),
        snapshots=words("snapshot"),
    )
    reach = seen.group_by(SLOT).agg(months=pl.col("period").filter(~annual).n_unique())
    whole = pl.col("is_annual")
    return (
        pair.join(reach, on=SLOT)
        .with_columns(
            is_origin=pl.col("by_origin").any().over(SLOT),
            latest=pl.when(whole).then("annual_edition").otherwise("month_edition").max().over(SLOT),
            money_taken=pl.when(whole).then("annual_money").otherwise("month_money"),
            months=pl.when(whole).then(12).otherwise("months"),
        )
        .select(*PAIR, "is_annual", "is_cif", "snapshots", "is_origin", "latest", "money_taken", "months")
        .collect()
    )


def marked(rows: pl.LazyFrame, taken: pl.DataFrame) -> pl.LazyFrame:
    """Each row with the rule that decides on it."""
    joined = rows.join(taken.lazy().drop("snapshots", "months", "is_cif"), on=PAIR, how="left")
    col = pl.col
    rules = (
        (col("value").is_null(), "no value"),
        (col("breakdown") != "", "part of a total by procedure, transport ..."),
        (col("value_usd").is_null(), "currency without a rate"),
        (col("reporter").is_in(AGGREGATES), "reporter is an aggregate"),
        (col("partner").is_in(WIDE), "partner is an aggregate"),
        (col("reporter") == col("partner"), "trade with itself"),
        (col("is_annual") & (col("frequency") != "A"), "month of a year that is held"),
        (
            (col("flow") == "import") & col("is_origin") & col("consigned"),
            "by consignment, origin is held",
        ),
        (col("money") != col("money_taken"), "the same in another currency"),
        (col("edition") != col("latest"), "another edition of the Harmonized System"),
        (col("partner") == "WLD", WORLD),
    )
    rule = pl.lit(KEPT)
    for fires, text in reversed(rules):
        rule = pl.when(fires).then(pl.lit(text)).otherwise(rule)
    return joined.select(
        *PAIR, "commodity", "value_usd", "valuation", "status", rule.cast(pl.Categorical).alias("rule")
    )


def counted(rows: pl.LazyFrame) -> pl.DataFrame:
    """Rows and dollars of each rule, by reporter, flow and year."""
    unsaid = ((pl.col("flow") == "import") & (pl.col("rule") == KEPT) & pl.col("valuation").is_null()).sum()
    summed = (
        rows.with_columns(is_special=pl.col("partner").is_in(SPECIALS))
        .group_by(*SLOT, "rule", "is_special")
        .agg(n=pl.len(), value_usd=pl.col("value_usd").sum(), unsaid=unsaid)
    )
    return summed.collect(engine="streaming").with_columns(pl.col("rule").cast(pl.String))


def told_open(tally: pl.DataFrame) -> pl.DataFrame:
    """Which reporters give too much trade without a partner country."""
    usd, kept, special = pl.col("value_usd"), pl.col("rule") == KEPT, pl.col("is_special")
    world = pl.col("rule") == WORLD
    sums = tally.group_by(SLOT).agg(
        world=pl.when(world.any()).then(usd.filter(world).sum()),
        own=usd.filter(kept & ~special).sum(),
        special=usd.filter(kept & special).sum(),
    )
    whole = pl.coalesce("world", pl.col("own") + pl.col("special"))
    share = pl.max_horizontal(whole - pl.col("own"), 0.0) / pl.when(whole != 0).then(whole)
    return sums.select(*SLOT, is_open=share.fill_null(0.0) > 0.25)


def pairs(taken: pl.DataFrame, opened: pl.DataFrame) -> pl.DataFrame:
    """What is known of both reporters of a pair in a year."""
    known = _by_role(taken.join(opened, on=SLOT, how="left").lazy())
    facts: dict[str, pl.Expr] = {}
    for side in ("export", "import"):
        here = pl.col("flow") == side
        facts[f"{side}_edition"] = pl.col("latest").filter(here).max()
        facts[f"{side}_is_cif"] = pl.col("is_cif").filter(here).max()
        facts[f"{side}_months"] = pl.col("months").filter(here).max()
        facts[f"{side}_open"] = pl.col("is_open").filter(here).any()
        facts[f"{side}_snapshots"] = pl.col("snapshots").filter(here).max()
    two = (pl.col("export_snapshots") != pl.col("import_snapshots")).fill_null(value=False)
    both = pl.col("export_snapshots") + " " + pl.col("import_snapshots")
    return (
        known.group_by("exporter", "importer", "period")
        .agg(**facts)
        .with_columns(
            is_one_edition=(pl.col("export_edition") == pl.col("import_edition")).fill_null(value=True),
            snapshots=pl.when(two).then(both).otherwise(pl.coalesce("export_snapshots", "import_snapshots")),
        )
        .drop("export_edition", "import_edition", "export_snapshots", "import_snapshots")
        .collect()
    )


def _by_role(rows: pl.LazyFrame) -> pl.LazyFrame:
    exports = pl.col("flow") == "export"
    return rows.with_columns(
        exporter=pl.when(exports).then("reporter").otherwise("partner"),
        importer=pl.when(exports).then("partner").otherwise("reporter"),
        period=pl.col("slot"),
    )


def sides(rows: pl.LazyFrame, known: pl.DataFrame) -> pl.LazyFrame:
    """One row per exporter, importer, code and year: both sides, FOB, and whether they may be compared."""
    kept = _by_role(rows.filter(pl.col("rule") == KEPT))
    derived = pl.when(pl.col("status").is_in(_DERIVED)).then(pl.col("status"))
    sums: dict[str, pl.Expr] = {}
    for side in ("export", "import"):
        here, usd = pl.col("flow") == side, pl.col("value_usd")
        sums[f"{side}_usd"] = pl.when(here.any()).then(usd.filter(here).sum())
        sums[f"{side}_derived"] = derived.filter(here).max()
    cells = kept.group_by(CELL).agg(**sums).join(known.lazy(), on=["exporter", "importer", "period"])
    fob = [
        pl.when(f"{side}_is_cif").then(pl.col(f"{side}_usd") / (1 + FALLBACK_MARGIN)).otherwise(f"{side}_usd")
        for side in ("export", "import")
    ]
    told = cells.with_columns(
        margin=pl.lit(FALLBACK_MARGIN),
        margin_from=pl.lit("fallback 6%"),
        import_cif_usd=pl.when("import_is_cif").then("import_usd"),
        export_fob_usd=fob[0],
        import_fob_usd=fob[1],
    )
    return told.with_columns(_rank("export"), _rank("import")).drop(
        "import_usd", "export_is_cif", "import_is_cif"
    )


def _rank(side: str) -> pl.Expr:
    silent = pl.col(f"{side}_fob_usd").is_null() | pl.col(f"{side}_derived").is_not_null()
    partly = pl.col(f"{side}_open") | (pl.col(f"{side}_months") < 12).fill_null(value=False)
    return pl.when(silent).then(0).when(partly).then(1).otherwise(2).alias(f"{side}_rank")


def by_polars(source: Path, target: Path, asked: tuple[str, ...]) -> None:
    """All of it, streamed to one file."""
    rows = priced(source, asked[0])
    taken = chosen(rows)
    ruled = marked(rows, taken)
    known = pairs(taken, told_open(counted(ruled)))
    sides(ruled, known).sink_parquet(target, compression="zstd")
