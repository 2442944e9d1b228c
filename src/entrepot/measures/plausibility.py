"""Trade against the size of the destination, its own past, other countries, and what it keeps."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
from ibis.expr.types import StringValue, Table, Value

from entrepot.model.area import aggregates
from entrepot.model.flow import DERIVED

_CELL = ("origin", "destination", "year")
_WHOLE = 12  # months


def plausibility(
    sides: Table, own: Table, facts: Table, asked: Table, speaks: str, *, production: str | None = None
) -> Table:
    """One row per pair and year asked for: what was traded, against what the destination is and was.

    sides: of `sides.yearly` in dollars, whole or not: origins with every destination held, both sides.
    own: likewise the destinations' imports from the world and exports to it. facts: gdp_usd and population as
    model.indicator has them, and `production` if named: what a country makes of these goods in a year, US
    dollars. asked: origin, destination, year. speaks: the side the figures are of, "export" or "import".
    Columns, all of a year:

    value_usd: as that side reports it; null where a month of it has no exchange rate (refused says so).
    gdp_usd, population: of the destination. gdp_share: value_usd / gdp_usd. value_per_head_usd: per person.
    Null where the fact is not held, never zero.
    gdp_share_low, gdp_share_high: the range over what the exporter and what the importer reports. Null where
    the sides cannot both be believed: share_basis says why.
    own_history_share_low, own_history_share_high: lowest and highest gdp_share of the same pair in earlier
    whole years; own_history_years: how many.
    gdp_share_rank: place among the destinations of that origin in that year, 1 the highest share; countries:
    how many have one; countries_below_share: share of the others that lie below.
    absorption_usd: imports from the world and production_usd less exports to the world; without production,
    which is then null, where none is named; absorption_high_usd: the highest of earlier years,
    absorption_years how many; absorption_refused: why there is none.
    Sign: as reported. Source: METHODS section 9.
    """
    sized = _sized(_rated(sides), facts)
    main = _with_history(sized.filter(sized.side == speaks))
    joined = _beside(asked, main)
    joined = _beside(joined, _ranked(main))
    joined = _beside(joined, _other(sized.filter(sized.side != speaks)))
    absorbed = _absorbed(_rated(own), facts, production).rename(destination="area")
    joined = _beside(joined, absorbed, ("destination", "year"))
    return _told(joined, speaks).order_by(["origin", "destination", "period"])


def _beside(rows: Table, more: Table, key: Sequence[str] = _CELL) -> Table:
    """A left join that keeps the key once."""
    joined = rows.left_join(more, list(key), rname="{name}_twice")
    return joined.drop(*(name for name in joined.columns if name.endswith("_twice")))


def _rated(rows: Table) -> Table:
    """Figures without an exchange rate for all their months are no figures."""
    rows = rows.filter((rows.months > 0) | (rows.unrated > 0))
    return rows.mutate(value=ibis.ifelse(rows.unrated == 0, rows.value, ibis.null("float64")))


def _sized(sides: Table, facts: Table) -> Table:
    """Each figure with the size of its destination, and whether its reporter covers the year."""
    reporter = ibis.ifelse(sides.side == "export", sides.origin, sides.destination)
    whole = ibis.window(group_by=[reporter, sides.year, sides.side])
    rows = sides.mutate(covered=sides.months.max().over(whole))
    for name in ("gdp_usd", "population"):
        rows = rows.left_join(_fact(facts, name), ["destination", "year"], rname="{name}_twice")
        rows = rows.drop("destination_twice", "year_twice")
    return rows.mutate(gdp_share=rows.value / rows.gdp_usd.nullif(0), is_whole=rows.covered >= _WHOLE)


def _fact(facts: Table, name: str) -> Table:
    found = facts.filter(facts.indicator == name, facts.frequency == "A")
    return found.select(
        destination="area", year="period", **{name: found.value, f"{name}_snapshot": found.snapshot}
    )


def _with_history(main: Table) -> Table:
    """The same pair in the whole years before."""
    share = ibis.ifelse(main.is_whole, main.gdp_share, ibis.null("float64"))
    placed = main.mutate(whole_share=share)
    before = ibis.window(group_by=[placed.origin, placed.destination], order_by=placed.year, rows=(None, -1))
    return placed.mutate(
        own_history_share_low=placed.whole_share.min().over(before),
        own_history_share_high=placed.whole_share.max().over(before),
        own_history_years=placed.whole_share.count().over(before),
    )


def _ranked(main: Table) -> Table:
    """Countries by their share in the year; a group is not one of them."""
    countries = main.filter(main.whole_share.notnull(), ~main.destination.isin(sorted(aggregates())))
    year = [countries.origin, countries.year]
    upwards = ibis.window(group_by=year, order_by=countries.whole_share)
    downwards = ibis.window(group_by=year, order_by=ibis.desc(countries.whole_share))
    counted = countries.count().over(ibis.window(group_by=year))
    below = ibis.rank().over(upwards).cast("float64")
    return countries.select(
        *_CELL,
        gdp_share_rank=(ibis.rank().over(downwards) + 1).cast("int64"),
        countries=counted.cast("int64"),
        countries_below_share=below / (counted - 1).nullif(0),
    )


def _other(rows: Table) -> Table:
    """What the other side says of the same trade."""
    return rows.select(
        *_CELL,
        other_share="gdp_share",
        other_months="months",
        other_unrated="unrated",
        other_statuses="statuses",
        other_snapshots="snapshots",
    )


def _absorbed(own: Table, facts: Table, production: str | None) -> Table:
    """What a country keeps of a good, year by year, where all that it is made of is held and whole."""
    parts = []
    for side, end in (("import", "destination"), ("export", "origin")):
        rows = own.filter(own.side == side)
        told = {f"{side}s_{name}": rows[name] for name in ("value", "months", "unrated", "snapshots")}
        parts.append(rows.select("year", area=rows[end], **told))
    both = parts[0].outer_join(parts[1], ["area", "year"], rname="{name}_other")
    both = both.mutate(
        area=ibis.coalesce(both.area, both.area_other), year=ibis.coalesce(both.year, both.year_other)
    )
    kept = _with_production(both, facts, production)
    kept = kept.mutate(refused=_not_absorbed(kept, production))
    net = kept.imports_value + kept.production_usd.fill_null(0) - kept.exports_value
    known = kept.mutate(absorption_usd=ibis.ifelse(kept.refused.isnull(), net, ibis.null("float64")))
    before = ibis.window(group_by=known.area, order_by=known.year, rows=(None, -1))
    return known.select(
        "area",
        "year",
        "absorption_usd",
        absorption_high_usd=known.absorption_usd.max().over(before),
        absorption_years=known.absorption_usd.count().over(before),
        production_usd=known.production_usd,
        absorption_refused=known.refused,
        absorption_snapshots=_joined(
            known.imports_snapshots, known.exports_snapshots, known.production_usd_snapshot
        ),
    )


def _with_production(rows: Table, facts: Table, named: str | None) -> Table:
    """What each area makes of the goods in the year: null where no fact is named, or none is held."""
    made = facts.filter(facts.indicator == (named or ""), facts.frequency == "A")
    told = made.select("area", year="period", production_usd="value", production_usd_snapshot="snapshot")
    return _beside(rows, told, ("area", "year"))


_NOT_HELD = "{}s of these goods {} the world are not held"


def _not_absorbed(both: Table, production: str | None) -> StringValue:
    cases: list[tuple[Value, Value | str]] = []
    for side, way in (("import", "from"), ("export", "to")):
        months, unrated = both[f"{side}s_months"], both[f"{side}s_unrated"]
        cases += [
            (months.isnull(), _NOT_HELD.format(side, way)),
            (unrated > 0, f"{side}s have no exchange rate"),
            (months < _WHOLE, ibis.literal(f"{side}s are of ") + months.cast("string") + " months"),
        ]
    if production:
        cases.append((both.production_usd.isnull(), f"{production} is not held"))
    return ibis.cases(*cases, else_=ibis.null("string"))


def _told(rows: Table, speaks: str) -> Table:
    basis = _basis(rows, speaks)
    both = basis == BOTH_SIDES
    none = ibis.null("float64")
    counts = {
        name: rows[name].fill_null(0) for name in ("own_history_years", "countries", "absorption_years")
    }
    out = rows.mutate(
        **counts,
        value_per_head_usd=rows.value / rows.population.nullif(0),
        gdp_share_low=ibis.ifelse(both, ibis.least(rows.gdp_share, rows.other_share), none),
        gdp_share_high=ibis.ifelse(both, ibis.greatest(rows.gdp_share, rows.other_share), none),
        share_basis=basis,
        refused=ibis.ifelse(rows.unrated > 0, _UNRATED, ibis.null("string")),
        absorption_refused=_absorption_refused(rows),
        snapshots=_joined(
            rows.snapshots,
            rows.gdp_usd_snapshot,
            rows.population_snapshot,
            ibis.ifelse(both, rows.other_snapshots, ibis.null("string")),
            ibis.ifelse(rows.absorption_usd.notnull(), rows.absorption_snapshots, ibis.null("string")),
        ),
    )
    named = out.rename(period="year", value_usd="value", status="statuses", hs_revisions="editions")
    return named.filter(named.months.notnull()).select(*_COLUMNS)


BOTH_SIDES = "exporter and importer"
_UNRATED = "not in US dollars, and no exchange rate is held for all of its months"
_COLUMNS = (
    *("origin", "destination", "period", "value_usd"),
    *("months", "gdp_usd", "gdp_share", "gdp_share_low", "gdp_share_high", "share_basis", "population"),
    *("value_per_head_usd", "own_history_share_low", "own_history_share_high", "own_history_years"),
    *("gdp_share_rank", "countries", "countries_below_share", "absorption_usd", "absorption_high_usd"),
    *("absorption_years", "production_usd", "absorption_refused", "refused", "currency", "is_from_parts"),
    *("status", "hs_revisions", "sources", "snapshots"),
)


def _basis(rows: Table, speaks: str) -> StringValue:
    """Which sides the share rests on, and why not on both."""
    mine, other = ("exporter", "importer") if speaks == "export" else ("importer", "exporter")
    alone = f"{mine} alone: the {other}'s figure "
    derived = ibis.or_(*(rows[name].contains(word) for name in _STATUSES for word in DERIVED))
    unlike = ibis.literal(f"{alone}is of ") + rows.other_months.cast("string") + " months"
    return ibis.cases(
        (rows.gdp_share.isnull(), ibis.null("string")),
        (rows.other_months.isnull(), f"{alone}is not held"),
        (rows.other_unrated > 0, f"{alone}has no exchange rate"),
        (derived.fill_null(False), f"{mine} alone: one of the two figures is derived from the other side's"),
        (rows.other_months != rows.months, unlike),
        else_=BOTH_SIDES,
    )


_STATUSES = ("statuses", "other_statuses")


def _absorption_refused(rows: Table) -> Value:
    none_held = rows.absorption_usd.isnull() & rows.absorption_refused.isnull()
    return ibis.ifelse(none_held, _NOT_HELD.format("import", "from"), rows.absorption_refused)


def _joined(*texts: Value) -> Value:
    whole: Value = ibis.literal("")
    for text in texts:
        whole = whole + (ibis.literal(" ") + text).fill_null("")
    return whole.strip()
