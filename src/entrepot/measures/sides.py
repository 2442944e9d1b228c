"""Both sides of the same trade: what the exporter says left, what the importer says arrived.

`side` brings one side to rows by period; `valued` brings them to one currency; `spans` sums them over a base
and a window, whole or said not to be; `yearly` does so for each year. Nothing here compares the two.
"""

from __future__ import annotations

import ibis
from ibis.expr.types import Table, Value

from entrepot.measures.cells import nearest
from entrepot.measures.direct import Span, from_parts, words
from entrepot.model.flow import DERIVED

PAIR = ("origin", "destination", "side", "basis", "row")
MEMBERS = ("origin_member", "destination_member", "good")
"""A series of one side. basis: origin or consignment, empty for exports. row: whether the trade with a group
is the sum over its members, or a figure the reporter prints for the group itself."""


def side(cells: Table, *, exports: bool, row: str = "members") -> Table:
    """One row per series, member of either end, good, period, frequency and currency: one side.

    cells: of measures.cells. origin_member, destination_member: who it is of the areas asked for. value:
    units of currency, null not reported; freight_value: the part of it that has freight in it (imports
    unless they say fob, exports that say cif). unsaid: an import does not say. levels, editions,
    statuses, sources, snapshots: lists of words. is_from_parts: see measures.direct. Sign: as reported.
    """
    ways = ("reporter", "partner") if exports else ("partner", "reporter")
    named = _named(cells, ways, exports=exports, row=row)
    freight = (named.valuation == "cif").fill_null(not exports)
    return named.group_by([*PAIR, *MEMBERS, "period", "frequency", "currency"]).agg(
        value=named.value.sum(),
        freight_value=named.value.sum(where=freight),
        unsaid=(named.valuation.isnull() & ibis.literal(not exports)).any(),
        levels=words(named.digits.cast("string")),
        editions=words(named.hs_revision),
        statuses=words(named.status),
        is_from_parts=from_parts(named),
        sources=words(named.source),
        snapshots=words(named.snapshot),
    )


def each_pair(cells: Table, *, exports: bool) -> Table:
    """One row per pair of countries, basis, period, frequency and currency: the value alone.

    cells: of measures.cells, of the world with the world; whoever reported, and with whom, become the pair.
    Figures made from others are left out, and imports valued fob (exports cif): the pairs tell what freight
    and what ordinary reporting do.
    """
    plain = ~cells.status.isin(DERIVED) & (cells.valuation != ("cif" if exports else "fob")).fill_null(True)
    ways = ("reporter_member", "partner_member") if exports else ("partner_member", "reporter_member")
    named = _named(cells.filter(plain), ways, exports=exports, row="members")
    return named.group_by([*PAIR, *MEMBERS, "period", "frequency", "currency"]).agg(value=named.value.sum())


def _named(cells: Table, ways: tuple[str, str], *, exports: bool, row: str) -> Table:
    ends = ("reporter_member", "partner_member") if exports else ("partner_member", "reporter_member")
    return cells.mutate(
        origin=cells[ways[0]],
        destination=cells[ways[1]],
        origin_member=cells[ends[0]],
        destination_member=cells[ends[1]],
        good=cells.commodity,
        side=ibis.literal("export" if exports else "import"),
        basis=ibis.literal("") if exports else cells.partner_basis.fill_null("origin"),
        row=ibis.literal(row),
    )


def valued(sides: Table, rates: Table) -> Table:
    """The rows once for each kind of rate: `rates`, and their value in the currency the rates lead to.

    rates: kind, currency, frequency, period, rate (units of the answer's currency for one of `currency`). A
    row without a rate keeps a null value and has `unrated` true: it is missing, never zero.
    """
    kinds = rates.select(rates=rates.kind).distinct()
    every = sides.cross_join(kinds)
    known = rates.select("currency", "frequency", "period", "rate", rates="kind")
    joined = every.left_join(known, ["currency", "frequency", "period", "rates"], rname="{name}_known")
    money = [name for name in ("value", "freight_value") if name in sides.columns]
    converted = {name: joined[name] * joined.rate for name in money}
    return joined.mutate(**converted, unrated=joined.rate.isnull()).drop(
        "rate", "currency_known", "frequency_known", "period_known", "rates_known"
    )


def spans(rows: Table, base: Span, window: Span, *, currency: str, covered: Table, tellers: Table) -> Table:
    """One row per series, kind of rate and span (base, window): its value over the months of the span.

    rows: of `valued`. covered: area, side, period, frequency, value: what each reporter gives of these goods
    with anyone. Each member's series is chosen for itself: months where they are all there, else an annual
    figure, else what months there are; of several currencies the one with most of both spans, then the one
    with the longer history, then `currency`. tellers: asked, area: each area asked for with itself and its
    members. reporters: of its members that report anything in the span; months: the fewest that one of them
    covers, twelve for an annual figure (of the area itself where it reports, is_own); wanted: of the span. A
    month in which a reporter gives other trade and not this is no gap. unrated: months without a rate.
    """
    wanted = {"base": base, "window": window}
    placed = _placed(_with_depth(rows), wanted)
    key = [*PAIR, *MEMBERS, "rates", "currency", "span", "wanted"]
    sums = placed.group_by([*key, "frequency"]).agg(**_sums(placed))
    chosen = nearest(sums.mutate(distance=_incomplete(sums)), key)
    sums = _together(_one_currency(chosen, currency))
    return _with_coverage(sums, _placed(covered, wanted), tellers)


def _with_depth(rows: Table) -> Table:
    """How much is held of a series in its currency, over all time."""
    series = ibis.window(group_by=[rows[name] for name in (*PAIR, *MEMBERS, "rates", "currency")])
    return rows.mutate(depth=rows.count().over(series))


def _together(members: Table) -> Table:
    """The members of each end as one."""
    listed = ("levels", "editions", "statuses", "sources", "snapshots")
    return members.group_by([*PAIR, "rates", "span", "wanted"]).agg(
        value=members.value.sum(),
        freight_value=members.freight_value.sum(),
        unrated=members.unrated.max(),
        unsaid=members.unsaid.any(),
        is_from_parts=members.is_from_parts.any(),
        currency=words(members.currency),
        is_own=_is_own(members).any(),
        **{name: words(members[name]) for name in listed},
    )


def _is_own(rows: Table) -> Value:
    """Whether the area asked for reports itself, and no member for it."""
    return ibis.ifelse(
        rows.side == "export", rows.origin_member == rows.origin, rows.destination_member == rows.destination
    )


def _with_coverage(rows: Table, covered: Table, tellers: Table) -> Table:
    """With reporters and months: who of an end reports anything in the span, and for how long."""
    given = covered.filter(covered.value.notnull())
    step = ibis.ifelse(given.frequency == "A", 12, 1).min()
    by_frequency = given.group_by(["area", "side", "span", "frequency"]).agg(
        months=given.period.nunique() * step
    )
    told = by_frequency.group_by(["area", "side", "span"]).agg(months=by_frequency.months.max())
    named = tellers.inner_join(told, "area")
    own = named.asked == named.area
    ends = named.group_by(["asked", "side", "span"]).agg(
        reporters=named.area.nunique(where=~own),
        members_months=named.months.min(where=~own),
        own_months=named.months.max(where=own),
    )
    placed = rows.mutate(asked=ibis.ifelse(rows.side == "export", rows.origin, rows.destination))
    joined = placed.left_join(ends, ["asked", "side", "span"], rname="{name}_ends")
    months = ibis.ifelse(joined.is_own, joined.own_months, joined.members_months)
    return joined.mutate(months=months.fill_null(0), reporters=joined.reporters.fill_null(0))


def _placed(rows: Table, wanted: dict[str, Span]) -> Table:
    parts = []
    for name, span in wanted.items():
        inside = ibis.or_(*(rows.period.between(one.first, one.last) for one in span))
        months = ibis.literal(sum(len(one.months) for one in span), "int64")
        if not all(one.years for one in span):
            inside &= rows.frequency == "M"
        parts.append(rows.filter(inside).mutate(span=ibis.literal(name), wanted=months))
    return ibis.union(*parts) if len(parts) > 1 else parts[0]


def _sums(t: Table) -> dict[str, Value]:
    """What a span sums to, and what is known of how it was reported."""
    step = ibis.ifelse(t.frequency == "A", 12, 1).min()
    sums = {
        "value": t.value.sum(),
        "months": t.period.nunique(where=t.value.notnull()) * step,
        "unrated": t.period.nunique(where=t.unrated) * step,
    }
    sums["depth"] = t.depth.max()
    if "statuses" not in t.columns:
        return sums
    listed = ("levels", "editions", "statuses", "sources", "snapshots")
    return {
        **sums,
        "freight_value": t.freight_value.sum(),
        "unsaid": t.unsaid.any(),
        "is_from_parts": t.is_from_parts.any(),
        **{name: words(t[name]) for name in listed},
    }


def _incomplete(sums: Table) -> Value:
    """Whole months first, then a whole annual figure, then what has most months; a code before its parts."""
    short = ibis.greatest(sums.wanted - sums.months, 0) * 4
    whole = ibis.ifelse(sums.is_from_parts, 2, 0) if "is_from_parts" in sums.columns else ibis.literal(0)
    return short + whole + ibis.ifelse(sums.frequency == "A", 1, 0)


def _one_currency(chosen: Table, currency: str) -> Table:
    """Of a series in several currencies the one that covers most, for all its spans."""
    series = [*PAIR, *MEMBERS, "rates"]
    whole = ibis.window(group_by=[chosen[name] for name in (*series, "currency")])
    covered = ibis.least(chosen.months, chosen.wanted).sum().over(whole)
    first = nearest(chosen.mutate(distance=-covered), series)
    first = nearest(first.mutate(distance=-first.depth), series)
    first = nearest(first.mutate(distance=ibis.ifelse(first.currency == currency, 0, 1)), series)
    return _own_or_members(nearest(first.mutate(distance=first.currency), series))


def _own_or_members(chosen: Table) -> Table:
    """An area's own figures where they cover as much as any member's, else its members': never both."""
    series = ibis.window(group_by=[chosen[name] for name in (*PAIR, *MEMBERS, "rates")])
    marked = chosen.mutate(
        got=ibis.least(chosen.months, chosen.wanted).sum().over(series), own=_is_own(chosen)
    )
    whole = ibis.window(group_by=[marked[name] for name in (*PAIR, "rates")])
    marked = marked.mutate(best=marked.got.max().over(whole))
    rank = ibis.cases((marked.own & (marked.got == marked.best), 0), (~marked.own, 1), else_=2)
    return nearest(marked.mutate(distance=rank), [*PAIR, "rates"]).drop("got", "own", "best")


def yearly(rows: Table, currency: str, least: int = 12) -> Table:
    """One row per series, kind of rate and year: its value. rows: of `valued`.

    A year with fewer than `least` months is left out, of each member's good by itself. Currency: as in
    `spans`, over all years. months: the fewest of them.
    """
    year = ibis.date(rows.period.year(), 1, 1)
    placed = _with_depth(rows).mutate(span=year.cast("string"), year=year, wanted=ibis.literal(12, "int64"))
    key = [*PAIR, *MEMBERS, "rates", "currency", "span", "wanted"]
    sums = placed.group_by([*key, "year", "frequency"]).agg(**_sums(placed))
    whole = sums.filter(sums.months >= least)
    chosen = _one_currency(nearest(whole.mutate(distance=_incomplete(whole)), key), currency)
    lists = ("levels", "editions", "statuses", "sources", "snapshots")
    listed = [name for name in lists if name in chosen.columns]
    parts = {"is_from_parts": chosen.is_from_parts.any()} if "is_from_parts" in chosen.columns else {}
    return chosen.group_by([*PAIR, "rates", "year"]).agg(
        value=chosen.value.sum(),
        months=chosen.months.min(),
        unrated=chosen.unrated.max(),
        currency=words(chosen.currency),
        **{name: words(chosen[name]) for name in listed},
        **parts,
    )


def with_quiet_months(years: Table, rows: Table) -> Table:
    """`years` with the months in which the reporter, or a member of it, gives any of these goods to anyone.

    years: of `yearly`, of the `rows` of `valued`. A month in which it gives other pairs and not this one is a
    month without trade and no gap: `months` counts it. Figures of a year already count twelve.
    """
    given = rows.filter(rows.value.notnull(), rows.frequency == "M")
    told = given.mutate(year=ibis.date(given.period.year(), 1, 1), teller=_teller(given))
    told = told.group_by(["teller", "side", "year"]).agg(reach=told.period.nunique())
    joined = years.mutate(teller=_teller(years)).left_join(
        told, ["teller", "side", "year"], rname="{name}_told"
    )
    months = ibis.greatest(joined.months, joined.reach.fill_null(0))
    return joined.mutate(months=months).select(*years.columns)


def _teller(rows: Table) -> Value:
    """Whose figure it is."""
    return ibis.ifelse(rows.side == "export", rows.origin, rows.destination)
