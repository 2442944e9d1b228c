"""Both sides of the same trade: what the exporter says left, what the importer says arrived.

`side` brings one side to rows by period; `valued` brings them to one currency; `spans` sums them over a base
and a window, whole or said not to be; `yearly` does so for each year. Nothing here compares the two.
"""

from __future__ import annotations

import ibis
from ibis.expr.types import Table, Value

from entrepot.measures.cells import nearest
from entrepot.measures.direct import Span, from_parts, words

PAIR = ("origin", "destination", "side", "basis", "row")
"""A series of one side. basis: origin or consignment, empty for exports. row: whether the trade with a group
is the sum over its members, or a figure the reporter prints for the group itself."""


def side(cells: Table, *, exports: bool, row: str = "members") -> Table:
    """One row per origin, destination, basis, period, frequency and currency: the cells of one side, summed.

    cells: of measures.cells. value: units of currency, null not reported. reporters: how many of a group
    report. levels, editions, statuses, valuations, sources, snapshots: lists of words. is_from_parts: see
    measures.direct. Sign: as reported.
    """
    ways = ("reporter", "partner") if exports else ("partner", "reporter")
    named = _named(cells, ways, exports=exports, row=row)
    return named.group_by([*PAIR, "period", "frequency", "currency"]).agg(
        value=named.value.sum(),
        reporters=named.reporter_member.nunique(where=named.value.notnull()),
        levels=words(named.digits.cast("string")),
        editions=words(named.hs_revision),
        statuses=words(named.status),
        valuations=words(named.valuation),
        is_from_parts=from_parts(named),
        sources=words(named.source),
        snapshots=words(named.snapshot),
    )


def each_pair(cells: Table, *, exports: bool) -> Table:
    """One row per pair of countries, basis, period, frequency and currency: the value alone.

    cells: of measures.cells, of the world with the world; whoever reported, and with whom, become the pair.
    """
    ways = ("reporter_member", "partner_member") if exports else ("partner_member", "reporter_member")
    named = _named(cells, ways, exports=exports, row="members")
    return named.group_by([*PAIR, "period", "frequency", "currency"]).agg(value=named.value.sum())


def _named(cells: Table, ways: tuple[str, str], *, exports: bool, row: str) -> Table:
    basis = ibis.literal("") if exports else cells.partner_basis.fill_null("origin")
    return cells.mutate(
        origin=cells[ways[0]],
        destination=cells[ways[1]],
        side=ibis.literal("export" if exports else "import"),
        basis=basis,
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
    return joined.mutate(value=joined.value * joined.rate, unrated=joined.rate.isnull()).drop(
        "rate", "currency_known", "frequency_known", "period_known", "rates_known"
    )


def spans(rows: Table, base: Span, window: Span, currency: str) -> Table:
    """One row per series, kind of rate and span (base, window): its value over the months of the span.

    rows: of `valued`. months: with a value, twelve for an annual figure; wanted: of the span. Months are
    taken where they are all there, else an annual figure, else what months there are. Of several currencies
    the one with most months of both spans speaks for the series, then `currency`: sources are not changed
    between a base and its window. unrated: months without an exchange rate.
    """
    placed = _placed(rows, {"base": base, "window": window})
    key = [*PAIR, "rates", "currency", "span", "wanted"]
    sums = placed.group_by([*key, "frequency"]).agg(**_sums(placed))
    chosen = nearest(sums.mutate(distance=_incomplete(sums)), key)
    return _one_currency(chosen, currency)


def _placed(rows: Table, wanted: dict[str, Span]) -> Table:
    parts = []
    for name, span in wanted.items():
        inside = ibis.or_(*(rows.period.between(one.first, one.last) for one in span))
        months = sum(len(one.months) for one in span)
        if not all(one.years for one in span):
            inside &= rows.frequency == "M"
        parts.append(rows.filter(inside).mutate(span=ibis.literal(name), wanted=ibis.literal(months)))
    return ibis.union(*parts) if len(parts) > 1 else parts[0]


def _sums(t: Table) -> dict[str, Value]:
    """What a span sums to, and what is known of how it was reported."""
    step = ibis.ifelse(t.frequency == "A", 12, 1).min()
    sums = {
        "value": t.value.sum(),
        "months": t.period.nunique(where=t.value.notnull()) * step,
        "unrated": t.period.nunique(where=t.unrated) * step,
    }
    if "reporters" not in t.columns:
        return sums
    listed = ("levels", "editions", "statuses", "valuations", "sources", "snapshots")
    return {
        **sums,
        "reporters": t.reporters.max(),
        "fewest_reporters": t.reporters.min(),
        "is_from_parts": t.is_from_parts.any(),
        **{name: words(t[name]) for name in listed},
    }


def _incomplete(sums: Table) -> Value:
    """Whole months first, then a whole annual figure, then whatever has most months."""
    short = ibis.greatest(sums.wanted - sums.months, 0) * 2
    return short + ibis.ifelse(sums.frequency == "A", 1, 0)


def _one_currency(chosen: Table, currency: str) -> Table:
    """Of a series in several currencies the one that covers most, for all its spans."""
    whole = ibis.window(group_by=[chosen[name] for name in (*PAIR, "rates", "currency")])
    covered = ibis.least(chosen.months, chosen.wanted).sum().over(whole)
    placed = chosen.mutate(distance=-covered * 2 + ibis.ifelse(chosen.currency == currency, 0, 1))
    first = nearest(placed, [*PAIR, "rates"])
    named = first.mutate(distance=first.currency.rank().over(_series(first)))
    return nearest(named, [*PAIR, "rates"])


def _series(rows: Table) -> ibis.expr.builders.WindowBuilder:
    return ibis.window(group_by=[rows[name] for name in (*PAIR, "rates")], order_by=rows.currency)


def yearly(rows: Table, currency: str, least: int = 12) -> Table:
    """One row per series, kind of rate and year: its value. rows: of `valued`.

    A year with fewer than `least` months is left out. Currency: as in `spans`, over all years.
    """
    year = ibis.date(rows.period.year(), 1, 1)
    placed = rows.mutate(span=year.cast("string"), year=year, wanted=ibis.literal(12))
    key = [*PAIR, "rates", "currency", "span", "wanted"]
    sums = placed.group_by([*key, "year", "frequency"]).agg(**_sums(placed))
    whole = sums.filter(sums.months >= least)
    chosen = nearest(whole.mutate(distance=_incomplete(whole)), key)
    return _one_currency(chosen, currency)
