"""Direct trade (METHODS section 1): sums, averages, growth over a base, shares; comparators beside it."""

from __future__ import annotations

import ibis
from ibis.expr.types import Table, Value

from entrepot.measures.cells import nearest, own_first
from entrepot.model.period import Window

Span = tuple[Window, ...]
"""One or more windows taken together: March to November of each of three years is three of them."""

_LIVE_MONTHS = 12


def series(cells: Table, by: str = "month", split: tuple[str, ...] = ()) -> Table:
    """One row per reporter and partner as asked and period (and each column of `split`).

    cells: of measures.cells. by: "month" keeps monthly rows; "year" takes the annual row where there is
    one and else the sum of its months. split: "commodity", "reporter_member", "partner_member".
    Columns: value (units of `currency`), net_weight_kg (kg; null unless all its cells have one), quantity
    (only where all its cells share one quantity_unit), months (of the year that are in it), cells (how many
    were added), codes (of the basket with a figure), is_from_parts (a code, or the world, is not reported
    itself and was summed from longer codes, or from partners: whole only where all of them are held), status,
    hs_revisions, sources, snapshots (each a list of words).
    Sign: as reported.
    Source: UN IMTS 2010 for the terms.
    """
    placed = in_slots(cells, by)
    key = ["reporter", "partner", "flow", "slot", "currency", *split]
    summed = placed.group_by(key).agg(**_sums(placed))
    named = summed.select(
        *("reporter", "partner", "flow", summed.slot.name("period"), *split),
        *("value", "currency", "net_weight_kg", "quantity"),
        *("quantity_unit", "months", "cells", "codes", "is_from_parts", "status", "hs_revisions"),
        *("sources", "snapshots"),
    )
    return named.order_by(["reporter", "partner", "flow", "period", *split])


def in_slots(cells: Table, by: str, settled: frozenset[str] = frozenset()) -> Table:
    """The cells of each month, or of each year, with `slot`: the first day of it.

    settled: columns in which all rows are alike, so that there is nothing to choose between.
    """
    if by == "month":
        return cells.filter(cells.frequency == "M").mutate(slot=cells.period)
    return _yearly(cells.mutate(slot=_first_of_year(cells.period)), settled)


def _first_of_year(period: Value) -> Value:
    return ibis.date(period.year(), 1, 1)


def _yearly(placed: Table, settled: frozenset[str] = frozenset()) -> Table:
    """For each year the area's own figure before its members', then an annual figure before months."""
    own = own_first(placed, ("flow", "slot", "commodity", "currency"), settled=settled)
    if "frequency" in settled:
        return own
    cell = (
        "reporter",
        "partner",
        "reporter_member",
        "partner_member",
        "flow",
        "slot",
        "commodity",
        "currency",
    )
    return nearest(own.mutate(distance=ibis.ifelse(own.frequency == "A", 0, 1)), cell)


def _sums(t: Table) -> dict[str, Value]:
    one_unit = t.quantity_unit.nunique() == 1
    return {
        "value": t.value.sum(),
        "net_weight_kg": ibis.ifelse(
            t.net_weight_kg.count() == t.count(), t.net_weight_kg.sum(), ibis.null("float64")
        ),
        "quantity": ibis.ifelse(
            one_unit & (t.quantity.count() == t.count()), t.quantity.sum(), ibis.null("float64")
        ),
        "quantity_unit": ibis.ifelse(one_unit, t.quantity_unit.min(), ibis.null("string")),
        "months": months_told(t, ibis.literal(True)),
        "cells": t.count(),
        "codes": t.commodity.nunique(where=t.value.notnull()),
        "is_from_parts": from_parts(t),
        "status": words(t.status),
        "hs_revisions": words(t.hs_revision),
        "sources": words(t.source),
        "snapshots": words(t.snapshot),
    }


def members_told(cells: Table) -> Table:
    """One row per reporter and partner as asked: which members of a group its cells come from.

    reporters, partners: lists of words; empty where the area speaks, or is named, itself in all cells.
    """
    return cells.group_by(["reporter", "partner"]).agg(**members_named(cells))


def members_named(cells: Table) -> dict[str, Value]:
    """The members among cells, on each side, as words."""
    none = ibis.null("string")
    return {
        "reporters": words(ibis.ifelse(cells.reporter_own, none, cells.reporter_member)),
        "partners": words(ibis.ifelse(cells.partner_own, none, cells.partner_member)),
    }


def from_parts(cells: Table) -> Value:
    """Whether something is a sum of what happens to be held: a code of longer ones, the world of partners."""
    longer = (cells.digits > cells.commodity.length()).fill_null(False)
    return (longer | _world_of_parts(cells)).any()


def _world_of_parts(cells: Table) -> Value:
    return (cells.partner == "WLD") & ~cells.partner_own


def words(values: Value) -> Value:
    """The distinct texts of a column, sorted, in one text."""
    return values.collect(distinct=True).sort().join(" ")


def growth(cells: Table, base: Span, window: Span) -> Table:
    """One row per reporter and partner as asked: what was traded in `base` and in `window`, and the change.

    cells: of `with_life`, over both. base_value, window_value: sums in units of `currency`; null where
    nothing was reported. base_months, window_months: months with a value. base_covered, window_covered:
    months in which the reporter gives a value for these goods with anyone. change: window/base - 1 over all
    codes (the published style); null where the reporter covers unlike numbers of months: silence is no fall.
    change_spliced: the same over codes that lived on both sides (METHODS 0.8). change_low, change_high: the
    lower and the higher of the two, the range over that choice; null where the base is zero or absent.
    born_share, died_share: share of the window's (base's) value in codes without a life on the other side.
    base_per_month, window_per_month: averages. base_reporters, window_reporters: how many report.
    frequencies: M, A or both. Sign: a fall is negative.
    """
    sided = on_sides(cells, base, window)
    sums = sided.group_by(["reporter", "partner", "flow", "currency"]).agg(
        **{
            f"{side}_{name}": value
            for side in ("base", "window")
            for name, value in _side(sided, side).items()
        },
        base_covered=sided.base_covered.min(),
        window_covered=sided.window_covered.min(),
        codes=sided.commodity.nunique(where=sided.value.notnull()),
        is_world=~_world_of_parts(sided).any(),
        frequencies=words(sided.frequency),
        is_from_parts=from_parts(sided),
        status=words(sided.status),
        hs_revisions=words(sided.hs_revision),
        sources=words(sided.source),
        snapshots=words(sided.snapshot),
    )
    alike = sums.mutate(is_world_alike=sums.base_of_parts == sums.window_of_parts)
    return _with_change(alike.drop("base_of_parts", "window_of_parts")).order_by(["reporter", "partner"])


def on_sides(cells: Table, base: Span, window: Span) -> Table:
    """The cells of the two spans, with `side` ("base" or "window") and `slot` (first day of the year).

    Whole years are told by annual figures where there are any, and else by months; parts of years by months.
    """
    sided = cells.mutate(
        side=ibis.cases((_in(cells, base), "base"), (_in(cells, window), "window"), else_=ibis.null("string"))
    )
    sided = sided.filter(sided.side.notnull()).mutate(slot=_first_of_year(sided.period))
    return _one_frequency(sided, whole_years=all(one.years for one in (*base, *window)))


def _in(cells: Table, span: Span) -> Value:
    return ibis.or_(*(cells.period.between(window.first, window.last) for window in span))


def _one_frequency(sided: Table, *, whole_years: bool) -> Table:
    """Annual rows before months where whole years are compared; else months alone."""
    if not whole_years:
        return sided.filter(sided.frequency == "M")
    return _yearly(sided)


def _side(t: Table, side: str) -> dict[str, Value]:
    here = t.side == side
    lives = here & t.alive.fill_null(False)
    return {
        "value": t.value.sum(where=here),
        "spliced": t.value.sum(where=lives),
        "months": months_told(t, here),
        "of_parts": (_world_of_parts(t) & here).any(),
        "reporters": t.reporter_member.nunique(where=here & t.value.notnull()),
    }


def months_told(t: Table, here: Value) -> Value:
    """Months with a value: twelve for an annual figure, never more than the years have."""
    valued = here & t.value.notnull()
    annual = valued & (t.frequency == "A")
    counted = t.slot.nunique(where=annual) * 12 + t.period.nunique(where=valued & (t.frequency == "M"))
    return ibis.least(counted, t.slot.nunique(where=valued) * 12)


def _with_change(sums: Table) -> Table:
    alike = (sums.base_covered == sums.window_covered) & sums.is_world_alike
    none = ibis.null("float64")
    change = ibis.ifelse(alike, _ratio(sums.window_value, sums.base_value) - 1, none)
    spliced = ibis.ifelse(alike, _ratio(sums.window_spliced, sums.base_spliced) - 1, none)
    out = sums.mutate(
        change=change,
        change_spliced=spliced,
        born_share=1 - _ratio(sums.window_spliced.fill_null(0), sums.window_value),
        died_share=1 - _ratio(sums.base_spliced.fill_null(0), sums.base_value),
        base_per_month=_ratio(sums.base_value, sums.base_months.cast("float64")),
        window_per_month=_ratio(sums.window_value, sums.window_months.cast("float64")),
    )
    low, high = ibis.least(out.change, out.change_spliced), ibis.greatest(out.change, out.change_spliced)
    both = out.change.notnull() & out.change_spliced.notnull()
    return out.mutate(
        change_low=ibis.ifelse(both, low, none),
        change_high=ibis.ifelse(both, high, none),
    ).drop("base_spliced", "window_spliced", "is_world_alike")


def _ratio(over: Value, under: Value) -> Value:
    """Never a division by zero: null instead, alike on every engine."""
    return over / under.nullif(0)


def together(cells: Table, side: str, name: str) -> Table:
    """The same cells with all their `side`s (reporters or partners as asked) taken as one area, `name`."""
    return cells.mutate(**{side: ibis.literal(name)})


def shares(grown: Table, side: str, whole: str) -> Table:
    """`grown` (of `growth`) with base_share, window_share: its value over that of `whole` on that side.

    Null where `whole` is the world and not reported itself: partners held are not the world.
    """
    other = "partner" if side == "reporter" else "reporter"
    of = grown.filter(grown[side] == whole, grown.is_world).select(
        other, "currency", base_whole=grown.base_value, window_whole=grown.window_value
    )
    joined = grown.left_join(of, [other, "currency"])
    return joined.mutate(
        base_share=_ratio(joined.base_value, joined.base_whole),
        window_share=_ratio(joined.window_value, joined.window_whole),
    ).drop("base_whole", "window_whole", f"{other}_right", "currency_right", "is_world")


def with_life(cells: Table, anyone: Table, base: Span, window: Span, history: Span) -> Table:
    """The cells with what their reporter gives of the goods with anyone: alive, base_covered, window_covered.

    cells, anyone: of measures.cells, the second with all partners (WLD among them) and over `history` too.
    alive: the code has a value in at least 12 months of `history` (in all, if it is shorter; or an annual
    one), and in the window. base_covered, window_covered: months in which any of the codes has a value.
    """
    valued = anyone.filter(anyone.value.notnull(), anyone.value != 0)
    valued = valued.mutate(slot=_first_of_year(valued.period))
    needed = min(_LIVE_MONTHS, sum(len(one.months) for one in history))
    codes = valued.group_by(["reporter", "commodity"]).agg(
        alive=(months_told(valued, _in(valued, history)) >= needed) & _in(valued, window).any()
    )
    covered = valued.group_by("reporter").agg(
        base_covered=months_told(valued, _in(valued, base)),
        window_covered=months_told(valued, _in(valued, window)),
    )
    joined = cells.left_join(codes, ["reporter", "commodity"]).drop("reporter_right", "commodity_right")
    return joined.left_join(covered, "reporter").drop("reporter_right")
