"""Direct trade (METHODS section 1): sums, averages, growth over a base, shares; comparators beside it."""

from __future__ import annotations

import ibis
from ibis.expr.types import Table, Value

from entrepot.measures.cells import nearest
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
    were added), is_from_parts (some code is not reported itself and was summed from longer ones: whole only
    where its publisher lists them all), status, hs_revisions, sources, snapshots (each a list of words).
    Sign: as reported.
    Source: UN IMTS 2010 for the terms.
    """
    slot = _first_of_year(cells.period) if by == "year" else cells.period
    placed = cells.mutate(slot=slot, distance=ibis.ifelse(cells.frequency == "A", 0, 1))
    placed = placed.filter(placed.frequency == "M").drop("distance") if by == "month" else _yearly(placed)
    key = ["reporter", "partner", "flow", "slot", "currency", *split]
    summed = placed.group_by(key).agg(**_sums(placed))
    named = summed.rename(period="slot").select(
        *("reporter", "partner", "flow", "period", *split, "value", "currency", "net_weight_kg", "quantity"),
        *("quantity_unit", "months", "cells", "is_from_parts", "status", "hs_revisions"),
        *("sources", "snapshots"),
    )
    return named.order_by(["reporter", "partner", "flow", "period", *split])


def _first_of_year(period: Value) -> Value:
    return ibis.date(period.year(), 1, 1)


def _yearly(placed: Table) -> Table:
    return nearest(placed, ("reporter", "partner", "flow", "slot", "commodity", "currency"))


def _sums(t: Table) -> dict[str, Value]:
    one_unit = t.quantity_unit.nunique() == 1
    months = ibis.ifelse((t.frequency == "A").any(), 12, t.period.nunique())
    return {
        "value": t.value.sum(),
        "net_weight_kg": ibis.ifelse(
            t.net_weight_kg.count() == t.count(), t.net_weight_kg.sum(), ibis.null("float64")
        ),
        "quantity": ibis.ifelse(
            one_unit & (t.quantity.count() == t.count()), t.quantity.sum(), ibis.null("float64")
        ),
        "quantity_unit": ibis.ifelse(one_unit, t.quantity_unit.min(), ibis.null("string")),
        "months": months,
        "cells": t.count(),
        "is_from_parts": from_parts(t),
        "status": words(t.status),
        "hs_revisions": words(t.hs_revision),
        "sources": words(t.source),
        "snapshots": words(t.snapshot),
    }


def from_parts(cells: Table) -> Value:
    """Whether a code among the cells was summed from longer ones, its own row being absent."""
    return (cells.digits > cells.commodity.length()).fill_null(False).any()


def words(values: Value) -> Value:
    """The distinct texts of a column, sorted, in one text."""
    return values.collect(distinct=True).sort().join(" ")


def growth(cells: Table, base: Span, window: Span, alive: Table) -> Table:
    """One row per reporter and partner as asked: what was traded in `base` and in `window`, and the change.

    cells: of measures.cells, over both. alive: of `alive_codes`.
    base_value, window_value: sums in units of `currency`; null where nothing was reported. base_months,
    window_months: months with a report. change: window/base - 1 over all codes (the published style).
    change_spliced: the same over codes that lived on both sides (METHODS 0.8). change_low, change_high: the
    lower and the higher of the two, the range over that choice; null where the base is zero or absent.
    born_share, died_share: share of the window's (base's) value in codes without a life on the other side.
    base_per_month, window_per_month: averages. Sign: a fall is negative.
    """
    sided = cells.mutate(
        side=ibis.cases((_in(cells, base), "base"), (_in(cells, window), "window"), else_=ibis.null("string"))
    )
    sided = sided.filter(sided.side.notnull()).mutate(slot=_first_of_year(sided.period))
    sided = _one_frequency(sided, whole_years=all(one.years for one in (*base, *window)))
    sided = sided.left_join(alive, ["reporter", "commodity"]).drop("reporter_right", "commodity_right")
    sums = sided.group_by(["reporter", "partner", "flow", "currency"]).agg(
        **{
            f"{side}_{name}": value
            for side in ("base", "window")
            for name, value in _side(sided, side).items()
        },
        codes=sided.commodity.nunique(),
        is_from_parts=from_parts(sided),
        status=words(sided.status),
        hs_revisions=words(sided.hs_revision),
        sources=words(sided.source),
        snapshots=words(sided.snapshot),
    )
    return _with_change(sums).order_by(["reporter", "partner"])


def _in(cells: Table, span: Span) -> Value:
    return ibis.or_(*(cells.period.between(window.first, window.last) for window in span))


def _one_frequency(sided: Table, *, whole_years: bool) -> Table:
    """Annual rows before months where whole years are compared; else months alone."""
    if not whole_years:
        return sided.filter(sided.frequency == "M")
    return _yearly(sided.mutate(distance=ibis.ifelse(sided.frequency == "A", 0, 1)))


def _side(t: Table, side: str) -> dict[str, Value]:
    here = t.side == side
    lives = here & t.alive.fill_null(False)
    annual = (here & (t.frequency == "A")).any()
    years = t.slot.nunique(where=here)
    return {
        "value": t.value.sum(where=here),
        "spliced": t.value.sum(where=lives),
        "months": ibis.ifelse(annual, years * 12, t.period.nunique(where=here)),
    }


def _with_change(sums: Table) -> Table:
    change = _ratio(sums.window_value, sums.base_value) - 1
    spliced = _ratio(sums.window_spliced, sums.base_spliced) - 1
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
        change_low=ibis.ifelse(both, low, ibis.null("float64")),
        change_high=ibis.ifelse(both, high, ibis.null("float64")),
    ).drop("base_spliced", "window_spliced")


def _ratio(over: Value, under: Value) -> Value:
    """Never a division by zero: null instead, alike on every engine."""
    return over / under.nullif(0)


def together(cells: Table, side: str, name: str) -> Table:
    """The same cells with all their `side`s (reporters or partners as asked) taken as one area, `name`."""
    return cells.mutate(**{side: ibis.literal(name)})


def shares(grown: Table, side: str, whole: str) -> Table:
    """`grown` (of `growth`) with base_share, window_share: its value over that of `whole` on that side."""
    other = "partner" if side == "reporter" else "reporter"
    of = grown.filter(grown[side] == whole).select(
        other, "currency", base_whole=grown.base_value, window_whole=grown.window_value
    )
    joined = grown.left_join(of, [other, "currency"])
    return joined.mutate(
        base_share=_ratio(joined.base_value, joined.base_whole),
        window_share=_ratio(joined.window_value, joined.window_whole),
    ).drop("base_whole", "window_whole", f"{other}_right", "currency_right")


def alive_codes(cells: Table, base: Span, window: Span) -> Table:
    """One row per reporter as asked and code: `alive` where it was reported, with anyone, on both sides.

    cells: of measures.cells with all partners (WLD among them). In the base a code needs a report in 12
    months of it (or in all, if the base is shorter), or an annual one.
    """
    needed = min(_LIVE_MONTHS, sum(len(window.months) for window in base))
    reported = cells.filter(cells.value.notnull(), cells.value != 0)
    counts = reported.group_by(["reporter", "commodity"]).agg(
        before=reported.period.nunique(where=_in(reported, base)),
        annual=(_in(reported, base) & (reported.frequency == "A")).any(),
        after=reported.period.nunique(where=_in(reported, window)),
    )
    lived = ((counts.before >= needed) | counts.annual) & (counts.after > 0)
    return counts.select("reporter", "commodity", alive=lived)
