"""Which goods one destination lost and others gained, and what replaced what."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
from ibis.expr.types import Table, Value

from entrepot.measures.direct import words
from entrepot.model.period import Window


def moved(cells: Table, base: Window, window: Window, losing: str, gaining: Sequence[str]) -> Table:
    """One row per good and currency: the fall towards `losing`, the rise towards `gaining`.

    cells: good, partner (countries, no groups), period (months), value (units of currency), currency,
    status, source, snapshot. before_to_losing ... after_to_gaining: sums over base and window, null where
    nothing was reported. fall: before less after towards `losing`; rise: after less before towards
    `gaining`; a side nobody reported counts as nothing sent, as in sums over goods. Sign: fall and rise
    positive.
    """
    sides = {"losing": cells.partner == losing, "gaining": cells.partner.isin(list(gaining))}
    spans = {"before": _within(cells.period, base), "after": _within(cells.period, window)}
    inside = cells.filter(ibis.or_(*spans.values()), ibis.or_(*sides.values()))
    sums = inside.group_by(["good", "currency"]).agg(
        **{
            f"{when}_to_{who}": cells.value.sum(where=spans[when] & sides[who])
            for who in sides
            for when in spans
        },
        status=words(inside.status),
        sources=words(inside.source),
        snapshots=words(inside.snapshot),
    )
    placed = sums.mutate(
        fall=_or_nothing(sums.before_to_losing) - _or_nothing(sums.after_to_losing),
        rise=_or_nothing(sums.after_to_gaining) - _or_nothing(sums.before_to_gaining),
    )
    return placed.order_by([placed.rise.desc(), placed.good])


def _within(period: Value, span: Window) -> Value:
    return period.between(span.first, span.last)


def _or_nothing(value: Value) -> Value:
    return value.fill_null(0)


def substitution(imports: Table, exports: Table) -> Table:
    """One row per country: what it bought from everyone, and what one origin sold it later.

    imports: reporter, value, snapshots, status; exports: partner, value, snapshots, status (units of one
    currency). ratio: exports over imports. Not like for like: imports are cif and from all partners,
    exports fob and from one (METHODS section 1); whoever prints this says so.
    """
    paired = imports.inner_join(exports, imports.reporter == exports.partner)
    return paired.select(
        country="reporter",
        imports_from_all="value",
        exports_of_origin="value_right",
        ratio=paired.value_right / paired.value.nullif(0),
        status="status",
        snapshots=paired.snapshots + " " + paired.snapshots_right,
    ).order_by(ibis.desc("exports_of_origin"))
