"""One value from both sides, weighted by how reliable each reporter is; sides and weights stay beside it."""

from __future__ import annotations

import ibis
from ibis.expr.types import BooleanValue, Table, Value

from entrepot.measures.both_sides import MOST_UNSPECIFIED, is_partial
from entrepot.measures.reliability import LEAST_USD, MOST_LOG, OTHERS, is_used
from entrepot.model.area import specials
from entrepot.model.period import Window

BOTH, ONE, NONE = "both sides", "one side", "no side speaks"
_SIDES = ("export", "import")
_Z_90 = 1.6448536269514722


def reconciled(sides: Table, reliable: Table, windows: tuple[Window, ...]) -> Table:
    """One row per exporter, importer, commodity and period of the windows: the value both sides come to.

    sides: of measures.both_sides; reliable: of measures.reliability. value_usd (USD, FOB): weight_exporter *
    export + weight_importer * import, weights by inverse variance: weight_exporter = importer's variance over
    both. A side of a lower rank than the other (derived, partial year, a quarter without partner) has weight
    0, and `reason` says so; where one side speaks it is taken as it is (status "one side"); null where none
    does. low_90_usd, high_90_usd: log-normal, of the combined variance 1 / (1/a + 1/b), times the squared gap
    over a + b where the sides lie further apart than their variances allow (the Birge ratio); of its own
    variance for one side; null where no variance could be estimated, where one side says zero (no ratio), and
    for a partial year or a reporter with too much trade without partner: that figure is a lower bound. A
    reporter not seen in the base has the pooled one. Source: BACI (Gaulier and Zignago 2010, CEPII WP
    2010-23); Stone, Champernowne and Meade 1942 for the weights.
    """
    rows = sides.filter(_within(sides, windows))
    for role in ("exporter", "importer"):
        rows = _with_variance(rows, reliable, role)
    rows = _weighed(rows)
    rows = rows.mutate(status=_status(rows), reason=_reason(rows))
    value = _times(rows.weight_exporter, rows.export_fob_usd) + _times(
        rows.weight_importer, rows.import_fob_usd
    )
    rows = rows.mutate(value_usd=ibis.ifelse(rows.status == NONE, ibis.null("float64"), value))
    return _bounded(rows).select(
        *("exporter", "importer", "commodity", "period", "value_usd", "low_90_usd", "high_90_usd"),
        *("export_usd", "import_cif_usd", "export_fob_usd", "import_fob_usd"),
        *("weight_exporter", "weight_importer", "margin", "margin_from", "status", "reason", "snapshots"),
    )


def _with_variance(rows: Table, reliable: Table, role: str) -> Table:
    """The reporter's variance as `<role>_variance`; that of all others where it has none of its own."""
    mine = reliable.filter(reliable.role == role)
    known = mine.select(**{role: mine.reporter, f"{role}_sd": mine.standard_deviation})
    pooled = mine.filter(mine.reporter == OTHERS).agg(pooled=mine.standard_deviation.max())
    joined = rows.left_join(known, role).drop(f"{role}_right").cross_join(pooled)
    own = ibis.coalesce(joined[f"{role}_sd"], joined.pooled)
    return joined.mutate(**{f"{role}_variance": own * own}).drop(f"{role}_sd", "pooled")


def _weighed(rows: Table) -> Table:
    a, b = rows.exporter_variance, rows.importer_variance
    weight = ibis.cases(
        (ibis.greatest(rows.export_rank, rows.import_rank) == 0, ibis.null("float64")),
        (rows.export_rank > rows.import_rank, 1.0),
        (rows.export_rank < rows.import_rank, 0.0),
        else_=(b / (a + b).nullif(0)).fill_null(0.5),  # nothing is known of either
    )
    return rows.mutate(weight_exporter=weight, weight_importer=1 - weight)


def _status(rows: Table) -> Value:
    present = [rows.export_fob_usd.notnull(), rows.import_fob_usd.notnull()]
    compared = (rows.export_rank == rows.import_rank) & (rows.export_rank > 0) & present[0] & present[1]
    return ibis.cases((compared, BOTH), (rows.weight_exporter.isnull(), NONE), else_=ONE)


def _times(weight: Value, value: Value) -> Value:
    """Nothing times a weight of zero is nothing: an absent side adds zero, and only then."""
    return ibis.ifelse(weight == 0, 0.0, weight * value)


def _reason(rows: Table) -> Value:
    """Why a side is not compared, or compared with caution; null where there is nothing to say."""
    parts = [
        ibis.ifelse(flag, ibis.literal(f"; {side}: ") + told, ibis.literal(""))
        for side in _SIDES
        for flag, told in _cautions(rows, side)
    ]
    nowhere = rows.exporter.isin(sorted(specials())) | rows.importer.isin(sorted(specials()))
    also = {
        "; editions differ": editions_differ(rows),
        "; partner is no country": nowhere,
        "; one side says zero": says_zero(rows),
    }
    parts += [ibis.ifelse(flag, ibis.literal(text), ibis.literal("")) for text, flag in also.items()]
    whole = parts[0]
    for part in parts[1:]:
        whole = whole + part
    plain = (
        ~also["; editions differ"]
        & ~nowhere
        & ~says_zero(rows)
        & (rows.export_rank != 1)
        & (rows.import_rank != 1)
    )
    plain = plain & rows.export_derived.isnull() & rows.import_derived.isnull()
    return ibis.ifelse(plain, ibis.null("string"), whole.substr(2))  # most rows: no text is put together


def _cautions(rows: Table, side: str) -> list[tuple[BooleanValue, Value]]:
    return [
        (is_derived(rows, side), rows[f"{side}_derived"].fill_null("")),
        (
            is_short(rows, side),
            rows[f"{side}_months"].cast("string").fill_null("") + ibis.literal(" months of 12"),
        ),
        (is_open(rows, side), ibis.literal(f"over {MOST_UNSPECIFIED:.0%} without partner country")),
    ]


def is_derived(rows: Table, side: str) -> BooleanValue:
    """Whether a side comes from something that is not its own report."""
    return _there(rows, side) & rows[f"{side}_derived"].notnull()


def is_short(rows: Table, side: str) -> BooleanValue:
    """Whether a side's year is not whole."""
    return _there(rows, side) & is_partial(rows, side)


def is_open(rows: Table, side: str) -> BooleanValue:
    """Whether too much of a reporter's trade has no partner country."""
    return _there(rows, side) & rows[f"{side}_open"]


def editions_differ(rows: Table) -> BooleanValue:
    """Whether one code may stand for different goods on the two sides."""
    differ: BooleanValue = _there(rows, "export") & _there(rows, "import") & ~rows.is_one_edition
    return differ


def says_zero(rows: Table) -> BooleanValue:
    """Whether one side reports nothing sent or received where the other reports something."""
    one, other = rows.export_fob_usd.fill_null(1), rows.import_fob_usd.fill_null(1)
    zero: BooleanValue = ((one == 0) | (other == 0)) & (one != other)
    return zero


def _there(rows: Table, side: str) -> BooleanValue:
    there: BooleanValue = rows[f"{side}_fob_usd"].notnull()
    return there


def _bounded(rows: Table) -> Table:
    a, b = rows.exporter_variance, rows.importer_variance
    gap = (rows.export_fob_usd.nullif(0) / rows.import_fob_usd.nullif(0)).ln().fill_null(0.0)
    apart = ibis.greatest(1.0, gap * gap / (a + b).nullif(0))
    variance = ibis.cases(
        (rows.status == BOTH, a * b / (a + b).nullif(0) * apart), (rows.weight_exporter == 1, a), else_=b
    )
    wide = (_Z_90 * variance.sqrt()).exp()
    known = (ibis.greatest(rows.export_rank, rows.import_rank) == 2) & ~says_zero(rows)
    wide = ibis.ifelse(known, wide, ibis.null("float64"))
    return rows.mutate(low_90_usd=rows.value_usd / wide, high_90_usd=rows.value_usd * wide)


def by_rule(counted: Table) -> Table:
    """One row per rule of the stage "rows": rows and value_usd; together those of the store, each once.

    counted: of measures.both_sides.tally.
    """
    found = counted.group_by("rule").agg(rows=counted.rows.sum(), value_usd=counted.value_usd.sum())
    return _staged(found, "rows")


def by_flag(sides: Table, base: tuple[Window, ...], windows: tuple[Window, ...]) -> Table:
    """One row per rule of the stages "flows" and "reliability": flows touched and their value (higher side).

    A rule that touched nothing is a row of 0. "flows" are those of the windows, and several rules may touch
    one; "reliability" are flows of the base that both sides give, each under one rule but for the last.
    """
    stages = {"flows": _flags(sides, windows), "reliability": _of_the_fit(sides, base)}
    value = ibis.greatest(sides.export_fob_usd.fill_null(0), sides.import_fob_usd.fill_null(0))
    touched = [(stage, rule, flag) for stage, flags in stages.items() for rule, flag in flags.items()]
    whole = sides.agg(
        **{f"rows_{at}": flag.fill_null(False).cast("int64").sum() for at, (*_, flag) in enumerate(touched)},
        **{f"usd_{at}": value.sum(where=flag.fill_null(False)) for at, (*_, flag) in enumerate(touched)},
    ).alias("touched_flows")
    return ibis.union(
        *(
            whole.select(
                stage=ibis.literal(stage),
                rule=ibis.literal(rule),
                rows=whole[f"rows_{at}"].fill_null(0).cast("int64"),
                value_usd=whole[f"usd_{at}"].fill_null(0.0),
            )
            for at, (stage, rule, _) in enumerate(touched)
        )
    )


def by_status(done: Table) -> Table:
    """One row per status of `reconciled`: rows and value_usd; together all of its rows."""
    found = done.group_by(rule=done.status).agg(rows=done.count(), value_usd=done.value_usd.sum())
    return _staged(found, "reconciled")


def _staged(found: Table, stage: str) -> Table:
    return found.select(
        stage=ibis.literal(stage),
        rule=found.rule,
        rows=found.rows.cast("int64"),
        value_usd=found.value_usd.fill_null(0.0),
    )


def _flags(sides: Table, windows: tuple[Window, ...]) -> dict[str, BooleanValue]:
    here = _within(sides, windows)
    told = {"derives from another report": is_derived, "partial year": is_short}
    told[f"over {MOST_UNSPECIFIED:.0%} without partner country"] = is_open
    found = {f"{side}: {name}": here & of(sides, side) for name, of in told.items() for side in _SIDES}
    found["import brought from CIF to FOB"] = here & sides.import_cif_usd.notnull() & (sides.margin != 0)
    found["editions of the Harmonized System differ"] = here & editions_differ(sides)
    return found


def _of_the_fit(sides: Table, base: tuple[Window, ...]) -> dict[str, BooleanValue]:
    both = _within(sides, base) & _there(sides, "export") & _there(sides, "import")
    full = both & (sides.export_rank == 2) & (sides.import_rank == 2)
    large = (sides.export_fob_usd >= LEAST_USD) & (sides.import_fob_usd >= LEAST_USD)
    used = is_used(sides, base)
    gap = (sides.export_fob_usd.nullif(0) / sides.import_fob_usd.nullif(0)).ln().abs()
    return {
        "used": used,
        "a side is derived, partial or without partner": both & ~full,
        f"a side below {LEAST_USD:,.0f} USD": full & ~large,
        "editions differ": full & large & editions_differ(sides),
        f"used, log gap beyond {MOST_LOG:g} counted as {MOST_LOG:g}": used & (gap > MOST_LOG),
    }


def _within(sides: Table, windows: tuple[Window, ...]) -> BooleanValue:
    found: BooleanValue = ibis.or_(*(sides.period.between(w.first, w.last) for w in windows))
    return found
