"""A list of goods against data in another edition of the Harmonized System: bounds (METHODS section 3).

Between the sum of what is certainly on the list and the sum of all that may be on it lies its value.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import ibis
from ibis.expr.types import Table, Value

from entrepot.measures.cells import Selection, cells, nearest
from entrepot.measures.direct import Span, growth, series
from entrepot.model.commodity import Basket
from entrepot.model.constant import constant
from entrepot.model.edition import Translation

_AREAS = ("reporter", "partner")


def possible_cells(flows: Table, wanted: Selection, translations: Sequence[Translation]) -> Table:
    """As measures.cells, with `is_certain`: one row per cell that may hold goods of the list.

    translations: the list in the codes of each edition, in the order of preference (its own edition first).
    Each row is held against the codes of the edition it is reported in; a code that several members share
    goods with is there once; `commodity` is that code. For each reporter, partner as asked and period one
    edition answers. Rows of other editions and nomenclatures are left out.
    """
    parts = [_of_edition(flows, wanted, rank, one) for rank, one in enumerate(translations) if one.possible]
    found = parts[0] if len(parts) == 1 else ibis.union(*parts)
    return nearest(found, (*_AREAS, "reporter_member", "flow", "period", "frequency", "currency"))


def _of_edition(flows: Table, wanted: Selection, rank: int, told: Translation) -> Table:
    basket = Basket(wanted.basket.name, told.possible, hs_revision=told.edition)
    found = cells(flows.filter(flows.hs_revision == told.edition), replace(wanted, basket=basket))
    sure = frozenset(told.certain)
    marked = constant(
        {"commodity": list(told.possible), "is_certain": [code in sure for code in told.possible]},
        {"commodity": "string", "is_certain": "boolean"},
    )
    joined = found.inner_join(marked, "commodity")
    return joined.mutate(distance=ibis.literal(rank, "int64"))


def bounded_series(possible: Table, by: str = "month", split: tuple[str, ...] = ()) -> Table:
    """As direct.series, one row per reporter, partner as asked and period, with bounds in place of `value`.

    possible: of `possible_cells`. value_low: sum of the certain cells, zero where there is none among those
    reported. value_high: sum of all. uncertain_share: 1 - value_low / value_high (0 to 1); null where
    value_high is zero or not reported. The bounds hold for what is reported, in units of `currency`.
    """
    rows = _one_edition_a_year(possible) if by == "year" else possible
    high = series(rows, by, split)
    low = series(rows.filter(rows.is_certain), by, split)
    key = [*_AREAS, "flow", "period", *split, "currency"]
    joined = high.left_join(low.select(*key, value_low="value"), key)
    joined = joined.drop(*(f"{name}_right" for name in key)).rename(value_high="value")
    lower = _at_least(joined.value_low, joined.value_high)
    return joined.mutate(value_low=lower, uncertain_share=_doubt(lower, joined.value_high))


def _one_edition_a_year(possible: Table) -> Table:
    """Without the months of a year whose annual figures are in another edition: the goods are the same."""
    slot = possible.period.year()
    year = ibis.window(
        group_by=[*(possible[name] for name in (*_AREAS, "reporter_member", "flow", "currency")), slot]
    )
    annual = ibis.ifelse(possible.frequency == "A", possible.hs_revision, ibis.null("string"))
    marked = possible.mutate(annual=annual.max().over(year))
    kept = marked.filter(
        (marked.frequency == "A") | marked.annual.isnull() | (marked.annual == marked.hs_revision)
    )
    return kept.drop("annual")


def _at_least(low: Value, high: Value) -> Value:
    """Nothing certain is reported: at least zero of it, where anything is reported at all."""
    return ibis.ifelse(high.notnull(), low.fill_null(0.0), ibis.null("float64"))


def _doubt(low: Value, high: Value) -> Value:
    return 1 - low / high.nullif(0)


def bounded_growth(possible: Table, base: Span, window: Span) -> Table:
    """As direct.growth, one row per reporter and partner as asked, with bounds in place of values.

    possible: of `possible_cells` and direct.with_life. base_low, base_high, window_low, window_high: as in
    `bounded_series`, units of `currency`. base_uncertain_share, window_uncertain_share: 1 - low / high.
    change_low: window_low / base_high - 1, the least the change can be; change_high: window_high / base_low
    - 1, the most, null (no bound) where base_low is zero. Both null where the reporter covers unlike numbers
    of months. Sign: a fall is negative.
    """
    high, low = growth(possible, base, window), growth(possible.filter(possible.is_certain), base, window)
    key = [*_AREAS, "currency"]
    sure = low.select(*key, base_low="base_value", window_low="window_value")
    joined = high.left_join(sure, key).drop(*(f"{name}_right" for name in key))
    joined = joined.rename(base_high="base_value", window_high="window_value")
    joined = joined.mutate(
        base_low=_at_least(joined.base_low, joined.base_high),
        window_low=_at_least(joined.window_low, joined.window_high),
    )
    alike = joined.base_covered == joined.window_covered
    return joined.mutate(
        base_uncertain_share=_doubt(joined.base_low, joined.base_high),
        window_uncertain_share=_doubt(joined.window_low, joined.window_high),
        change_low=_change(alike, joined.window_low, joined.base_high),
        change_high=_change(alike, joined.window_high, joined.base_low),
    )


def _change(alike: Value, window: Value, base: Value) -> Value:
    return ibis.ifelse(alike, window / base.nullif(0) - 1, ibis.null("float64"))


def beside(plain: Table, bounded: Table, key: Sequence[str], bounds: Sequence[str]) -> Table:
    """The rows of `plain` (the same codes, whatever the edition) with those of `bounded`: one row a key.

    bounds: columns that are those of `bounded` alone. What the rows rest on (months, sources ...) is told of
    `bounded`, which rests on more cells; values and codes (none: 0) are those of the codes as asked, null
    where no row of `plain` has them.
    """
    joined = plain.drop(*(name for name in bounds if name in plain.columns)).outer_join(bounded, list(key))
    named = {name: _told(joined, name, {*key, *_RESTS_ON}) for name in plain.columns if name not in bounds}
    named["codes"] = joined["codes"].fill_null(0)
    return joined.select(**named, **{name: joined[name] for name in bounds}).order_by(list(key))


_RESTS_ON = frozenset(
    {"months", "cells", "is_from_parts", "status", "hs_revisions", "sources", "snapshots", "frequencies"}
    | {f"{side}_{what}" for side in ("base", "window") for what in ("months", "covered", "reporters")}
)


def _told(joined: Table, name: str, bounded_first: Collection[str]) -> Value:
    if name not in bounded_first:
        return joined[name]
    return ibis.coalesce(joined[f"{name}_right"], joined[name])
