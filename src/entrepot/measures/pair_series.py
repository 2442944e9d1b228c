"""What a posture is read from, in trade: amounts by period of pairs, over goods alive on both sides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import ibis
from ibis.expr.types import Table, Value

from entrepot.measures.direct import Span, in_slots, months_told, words
from entrepot.model.constant import constant


def pair_series(
    cells: Table, by: str, base: Span, window: Span, content: Mapping[str, float] | None = None
) -> Table:
    """One row per reporter, partner, currency and period: what was traded of goods alive on both sides.

    cells: of measures.cells. by: "month" keeps months; "year" takes annual rows, or twelve months. content:
    energy of a kilogram by code; then `amount` is net weight times it (MJ), else the value (units of
    `currency`). Alive: the reporter gives the code an amount with any of the partners in `base` and in
    `window`; codes born or gone meanwhile would count as growth or fall. A period without a report has no
    row: missing is not zero. codes: how many are in it. status, sources, snapshots: lists of words.
    Sign: as reported.
    Source: METHODS section 0, rule 8.
    """
    placed = in_slots(cells, by).filter(lambda t: t.reporter != t.partner)
    told = _amounts(placed, content).filter(lambda t: t.amount.notnull()).alias("told")
    lives = told.group_by(["reporter", "commodity", "currency"]).agg(
        before=_within(told.slot, base).any(), after=_within(told.slot, window).any()
    )
    alive = lives.filter(lives.before & lives.after).select("reporter", "commodity", "currency")
    kept = told.semi_join(alive, ["reporter", "commodity", "currency"])
    key = ["reporter", "partner", "currency", "slot"]
    summed = kept.group_by(key).agg(
        amount=kept.amount.sum(),
        months=months_told(kept, ibis.literal(True)),
        codes=kept.commodity.nunique(),
        status=words(kept.status),
        sources=words(kept.source),
        snapshots=words(kept.snapshot),
    )
    whole = summed.filter(summed.months == 12) if by == "year" else summed
    return whole.drop("months").rename(period="slot").order_by(["reporter", "partner", "currency", "period"])


def unweighed(cells: Table, by: str, base: Span, window: Span, fuels: Iterable[str]) -> Table:
    """One row per code of `fuels` with a value and no net weight in some of `base` and `window`.

    cells: of measures.cells, of one pair. months: how many rows lack it; value: theirs; of_value: the value
    of all such codes in the same spans (units of the currency). What has no weight has no energy in
    `pair_series`. Sign: as reported. Raises nothing.
    Source: METHODS section 0 (missing is not zero).
    """
    placed = in_slots(cells, by)
    spans = placed.filter(_within(placed.slot, base) | _within(placed.slot, window))
    told = spans.filter(spans.commodity.isin(list(fuels)), spans.value.notnull())
    lacks = told.net_weight_kg.isnull()
    whole = told.agg(of_value=told.value.sum())
    each = told.group_by("commodity").agg(months=lacks.sum(), value=told.value.sum(where=lacks))
    return each.filter(each.months > 0).cross_join(whole).order_by("commodity")


def _amounts(placed: Table, content: Mapping[str, float] | None) -> Table:
    if content is None:
        return placed.mutate(amount=placed.value)
    heats = constant(
        {"fuel": list(content), "heat": list(content.values())}, {"fuel": "string", "heat": "float64"}
    )
    joined = placed.inner_join(heats, placed.commodity == heats.fuel)
    return joined.mutate(amount=joined.net_weight_kg * joined.heat)


def _within(slot: Value, span: Span) -> Value:
    return ibis.or_(*(slot.between(one.first, one.last) for one in span))
