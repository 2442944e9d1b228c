"""How much of a change in value is price and how much is volume (METHODS section 5)."""

from __future__ import annotations

import ibis
from ibis.expr.types import BooleanValue, Table, Value

from entrepot.measures.direct import Span, from_parts, months_told, on_sides, together, words
from entrepot.model.constant import column
from entrepot.model.edition import unchanged
from entrepot.model.flow import Status

ENOUGH = 0.5
"""Share of the value, on either side, that must be matched: below it price and volume are not told apart."""

ADDS_UP = 0.9
"""Share of a code's value, on either side, that its parts must give with quantities to speak for it."""

KILOGRAM = "kg"
_UNMEASURED = (Status.ESTIMATED.value, Status.IMPUTED.value)
_ROW = ("reporter", "partner", "flow", "commodity", "currency")
_MEMBERS = ("reporter", "partner", "reporter_member", "partner_member", "flow", "commodity", "currency")
_SIDES = ("base", "window")


def split(cells: Table, detailed: Table, base: Span, window: Span, whole: str | None = None) -> Table:
    """One row per reporter and partner as asked and code of the basket; and one named `whole` for all.

    cells: of measures.direct.with_life, what the codes are worth. detailed: of measures.cells.levels, where
    quantities are looked for. A matched cell is one reporter, one partner (members of groups apart), one
    code, one unit of quantity and, unless the code's goods are the same in all editions that are linked
    (model.edition.unchanged), one edition of the Harmonized System, with value and quantity on both sides,
    all of it measured: nothing the publisher estimated. Its unit value on a side is its value over its
    quantity there, both summed over the months.

    value_ratio: window over base, as averages of the months covered where those differ in number.
    price_index, volume_index: Fisher, window over base; unmatched: base_matched_share over
    window_matched_share, what matched cells do not tell. value_ratio is the product of the three, exactly.
    price_low, price_high, volume_low, volume_high: Laspeyres and Paasche, the lower and the higher.
    matched_share: the smaller of the two shares of value in matched cells. undetermined: it is below ENOUGH,
    and then no index is given; so too where a side has no value. is_unit_value: one cell is matched, so what
    is called an index is the change of a unit value. matched_cells, quantity_unit (words): of the matched.
    base_value, window_value: sums, units of `currency`; base_months ... window_covered: as in growth.
    Source: METHODS section 5; Fisher, The Making of Index Numbers (1922).
    """
    chosen = _with_whole(finest(on_sides(detailed, base, window)), whole)
    matched = _matched(_goods(chosen))
    joined = _totals(_with_whole(on_sides(cells, base, window), whole)).left_join(matched, list(_ROW))
    rows = _indices(joined.drop([f"{name}_right" for name in _ROW]))
    return rows.order_by(["reporter", "partner", rows.commodity == (whole or ""), "commodity"])


def _with_whole(table: Table, whole: str | None) -> Table:
    """The rows of each code, and once more as those of the basket."""
    return table.union(together(table, "commodity", whole)) if whole else table


def finest(sided: Table) -> Table:
    """Each code of each pair at one level: the longest codes that measure nearly all of it on both sides.

    sided: of on_sides over measures.cells.levels. Where no level measures ADDS_UP of the value, the level
    nearest to the question, month by month, as measures.cells takes it.
    """
    digits = sided.digits.fill_null(0)
    told = sided.mutate(
        level=digits, nearest=digits.min().over(_window(sided, (*_MEMBERS, "period", "frequency")))
    )
    told = told.mutate(is_nearest=told.level == told.nearest, is_measured=is_weighed(told) | is_counted(told))
    at_level = _window(told, (*_MEMBERS, "level"))
    reaches = [
        _sum(told, (told.side == side) & told.is_measured).over(at_level)
        >= ADDS_UP * _sum(told, (told.side == side) & told.is_nearest).over(_window(told, _MEMBERS))
        for side in _SIDES
    ]
    told = told.mutate(speaks=ibis.ifelse(ibis.and_(*reaches), told.level, ibis.literal(-1)))
    told = told.mutate(best=told.speaks.max().over(_window(told, _MEMBERS)))
    kept = told.filter(ibis.ifelse(told.best >= 0, told.level == told.best, told.is_nearest))
    return kept.drop("level", "nearest", "is_nearest", "is_measured", "speaks", "best")


def _window(table: Table, names: tuple[str, ...]) -> ibis.expr.builders.LegacyWindowBuilder:
    return ibis.window(group_by=[table[name] for name in names])


def _sum(table: Table, where: BooleanValue) -> Value:
    return ibis.ifelse(where, table.value.fill_null(0), ibis.literal(0.0)).sum()


def _is_plain(rows: Table) -> BooleanValue:
    estimated = rows.is_estimated.fill_null(False) | rows.status.isin(_UNMEASURED).fill_null(False)
    return (rows.value > 0).fill_null(False) & ~estimated


def is_counted(rows: Table) -> BooleanValue:
    """Whether a row has a quantity, with its unit, that is nobody's estimate."""
    return _is_plain(rows) & (rows.quantity > 0).fill_null(False) & rows.quantity_unit.notnull()


def is_weighed(rows: Table) -> BooleanValue:
    """Whether a row has a weight that is nobody's estimate."""
    return _is_plain(rows) & (rows.net_weight_kg > 0).fill_null(False)


def _goods(chosen: Table) -> Table:
    """One row per cell that may match: value and quantity on each side, in one unit or in kilograms."""
    valued = chosen.filter(chosen.value > 0)
    valued = valued.mutate(is_counted=is_counted(valued), is_weighed=is_weighed(valued))
    kept = column("kept", unchanged())
    valued = valued.left_join(kept, valued.good.substr(0, 6) == kept.kept)
    valued = valued.mutate(edition=ibis.ifelse(valued.kept.notnull(), "any", valued.hs_revision))
    key = [*_MEMBERS, "good", "edition"]
    sums = valued.group_by(key).agg(
        **{f"{side}_value": valued.value.sum(where=valued.side == side) for side in _SIDES},
        **{f"{side}_count": valued.quantity.sum(where=valued.side == side) for side in _SIDES},
        **{f"{side}_weight": valued.net_weight_kg.sum(where=valued.side == side) for side in _SIDES},
        is_counted=valued.is_counted.all() & (valued.quantity_unit.nunique() == 1),
        is_weighed=valued.is_weighed.all(),
        unit=valued.quantity_unit.min(),
        snapshots=words(valued.snapshot),
    )
    measured = sums.filter(sums.is_counted | sums.is_weighed)
    measured = measured.filter(measured.base_value.notnull(), measured.window_value.notnull())
    return measured.mutate(
        **{
            f"{side}_quantity": ibis.ifelse(
                measured.is_counted, measured[f"{side}_count"], measured[f"{side}_weight"]
            )
            for side in _SIDES
        },
        unit=ibis.ifelse(measured.is_counted, measured.unit, ibis.literal(KILOGRAM)),
    )


def _matched(goods: Table) -> Table:
    """Sums over matched cells: what each side's goods are worth at the prices of both."""
    return goods.group_by(list(_ROW)).agg(
        base_matched=goods.base_value.sum(),
        window_matched=goods.window_value.sum(),
        base_goods_now=(goods.window_value * goods.base_quantity / goods.window_quantity.nullif(0)).sum(),
        window_goods_then=(goods.base_value * goods.window_quantity / goods.base_quantity).sum(),
        matched_cells=goods.count(),
        quantity_unit=words(goods.unit),
        matched_in=words(goods.snapshots),
    )


def _totals(sided: Table) -> Table:
    return sided.group_by(list(_ROW)).agg(
        **{f"{side}_value": sided.value.sum(where=sided.side == side) for side in _SIDES},
        **{f"{side}_months": months_told(sided, sided.side == side) for side in _SIDES},
        **{f"{side}_covered": sided[f"{side}_covered"].min() for side in _SIDES},
        is_from_parts=from_parts(sided),
        status=words(sided.status),
        hs_revisions=words(sided.hs_revision),
        sources=words(sided.source),
        snapshots=words(sided.snapshot),
    )


def _ratio(over: Value, under: Value) -> Value:
    return over / under.nullif(0)


def _indices(joined: Table) -> Table:
    longer = _ratio(joined.base_covered.cast("float64"), joined.window_covered.cast("float64"))
    shares = {
        f"{side}_matched_share": _ratio(joined[f"{side}_matched"].fill_null(0), joined[f"{side}_value"])
        for side in _SIDES
    }
    out = joined.mutate(
        **shares,
        value_ratio=_ratio(joined.window_value, joined.base_value) * longer,
        matched_cells=joined.matched_cells.fill_null(0),
        laspeyres=_ratio(joined.base_goods_now, joined.base_matched),
        paasche=_ratio(joined.window_matched, joined.window_goods_then),
        volume_laspeyres=_ratio(joined.window_goods_then, joined.base_matched) * longer,
        volume_paasche=_ratio(joined.window_matched, joined.base_goods_now) * longer,
    )
    share = ibis.least(out.base_matched_share, out.window_matched_share)
    out = out.mutate(matched_share=share, undetermined=(share < ENOUGH).fill_null(True))
    out = out.mutate(
        is_unit_value=(out.matched_cells == 1) & ~out.undetermined,
        unmatched=_ratio(out.base_matched_share, out.window_matched_share),
        snapshots=_both(out.snapshots, out.matched_in),
        **_bounds(out, "price", out.laspeyres, out.paasche),
        **_bounds(out, "volume", out.volume_laspeyres, out.volume_paasche),
    )
    return out.select(
        *("commodity", "value_ratio", "price_index", "volume_index", "matched_share", "undetermined"),
        *("unmatched", "price_low", "price_high", "volume_low", "volume_high", "is_unit_value"),
        *("matched_cells", "quantity_unit", "base_matched_share", "window_matched_share", "base_value"),
        *("window_value", "base_months", "window_months", "base_covered", "window_covered", "reporter"),
        *("partner", "flow", "currency", "is_from_parts", "status", "hs_revisions", "sources", "snapshots"),
    )


def _bounds(out: Table, name: str, one: Value, other: Value) -> dict[str, Value]:
    """Fisher's index and the two it lies between; none of them where it is undetermined."""
    found = {
        f"{name}_index": (one * other).sqrt(),
        f"{name}_low": ibis.least(one, other),
        f"{name}_high": ibis.greatest(one, other),
    }
    return {key: ibis.ifelse(out.undetermined, ibis.null("float64"), value) for key, value in found.items()}


def _both(one: Value, other: Value) -> Value:
    """Two lists of words as one; a word of both may stand in it twice."""
    return ibis.ifelse((one == other) | other.isnull(), one, one + " " + other.fill_null(""))
