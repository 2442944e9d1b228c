"""What one destination lost against what others gained, with the same goods and months on both sides.

A comparison of two changes, not a trace of goods: that they are of one size is consistent with goods
taking another way, and with demand of the others' own.
"""

from __future__ import annotations

import ibis
from ibis.expr.types import Table, Value


def offset(grown: Table, losing: str, gaining: str) -> Table:
    """One row per origin: the fall towards `losing` and the rise towards `gaining`.

    grown: origin, destination, base_value, window_value (units of one currency), born_share, died_share, of
    measures.direct.growth. fall, rise: base less window and window less base over all codes; fall_spliced,
    rise_spliced: over codes that lived on both sides. share, share_spliced: rise over fall, null where
    nothing fell or nothing rose. share_low, share_high: the lower and the higher of the two. Sign: fall and
    rise positive. Formula: METHODS section 0.8 (naive only beside spliced).
    """
    lost = _both(grown.filter(grown.destination == losing), sign=-1)
    gained = _both(grown.filter(grown.destination == gaining), sign=1)
    paired = lost.inner_join(gained.rename(to="origin"), lost.origin == gained.origin).drop("to")
    named = paired.select(
        "origin", fall="less", fall_spliced="less_spliced", rise="more", rise_spliced="more_spliced"
    )
    shared = named.mutate(
        share=_share(named.rise, named.fall), share_spliced=_share(named.rise_spliced, named.fall_spliced)
    )
    return shared.mutate(
        share_low=ibis.least(shared.share, shared.share_spliced),
        share_high=ibis.greatest(shared.share, shared.share_spliced),
    )


def _both(rows: Table, sign: int) -> Table:
    name = "more" if sign > 0 else "less"
    spliced = rows.window_value * (1 - rows.born_share) - rows.base_value * (1 - rows.died_share)
    return rows.select(
        "origin", **{name: (rows.window_value - rows.base_value) * sign, f"{name}_spliced": spliced * sign}
    )


def _share(rise: Value, fall: Value) -> Value:
    return ibis.ifelse((fall > 0) & (rise > 0), rise / fall.nullif(0), ibis.null("float64"))
