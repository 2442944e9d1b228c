"""Rules in use elsewhere for spotting diversion, as they are used: to stand beside ours, not to be relied on.

Each row gets a `score`, by which the rule ranks, and `is_flagged`, what the rule calls suspicious. None of
them gives an interval, parts the two channels or controls false discoveries. A rule says nothing (null score,
not flagged) where it has nothing to divide by: missing is not zero.
"""

from __future__ import annotations

from typing import Final

import ibis
from ibis.expr.types import Table, Value

GROWTH: Final = 0.5
Z: Final = 1.96
FLOOR: Final = 100e6
"""EUR a year of all goods, as published; of single products it must be smaller."""
FEWEST: Final = 3
"""Growth rates before the year asked about; with fewer there is no deviation worth the name."""
YEAR_ON_YEAR: Final = 0.3


def growth_and_z(
    yearly: Table,
    year: int,
    by: tuple[str, ...],
    *,
    floor: float = FLOOR,
    growth: float = GROWTH,
    z: float = Z,
    fewest: int = FEWEST,
) -> Table:
    """One row per cell of `by`: whether it grew by half, unusually for itself, to more than a floor.

    yearly: the columns of `by`, year (a whole number), value. Columns added: value (of the year), growth (of
    the year over the one before, a ratio less one), z (that growth less the mean of the growth rates of all
    earlier years held, over their sample standard deviation), growths (how many those are), score (z),
    is_flagged (growth, z and value each above its bound). A year that is missing makes no growth rate.
    Source: mary-lev/eu-export-sanctions. On the EU's yearly exports 2010-2023 it gives for 2022 the published
    eleven if a partner must have all fourteen years under one spelling; four more appear once the French
    names of 2016 are read (tests/test_real_rules.py).
    """
    grown = _yearly_growth(yearly, by)
    before = grown.filter(grown.year < year).group_by(by)
    usual = before.agg(usual=grown.growth.mean(), spread=grown.growth.std(how="sample"), growths=_held(grown))
    joined = (
        grown.filter(grown.year == year).left_join(usual, list(by)).drop(*(f"{name}_right" for name in by))
    )
    enough = joined.growths.fill_null(0) >= fewest
    scored = ibis.ifelse(
        enough, (joined.growth - joined.usual) / joined.spread.nullif(0), ibis.null("float64")
    )
    told = joined.mutate(z=scored, growths=joined.growths.fill_null(0))
    flagged = (told.growth > growth) & (told.z > z) & (told.value > floor)
    return _told(told, told.z, flagged, (*by, "value", "growth", "z", "growths"))


def _held(grown: Table) -> Value:
    return grown.growth.count()


def _yearly_growth(yearly: Table, by: tuple[str, ...]) -> Table:
    """Each year with its growth over the year before it; null where that is not held or is zero."""
    keys = [yearly[name] for name in by]
    earlier = yearly.select(*keys, year=yearly.year + 1, before=yearly.value)
    joined = yearly.left_join(earlier, [*by, "year"])
    return joined.select(
        *by, year=joined.year, value=joined.value, growth=joined.value / joined.before.nullif(0) - 1
    )


def year_on_year(sums: Table, by: tuple[str, ...], *, growth: float = YEAR_ON_YEAR) -> Table:
    """One row per cell of `by`: whether the window is 30 % above the same months of the year before.

    sums: the columns of `by`, base_value (the year before), window_value. Columns added: growth (a ratio less
    one), score (growth), is_flagged. Source: koala73/worldmonitor, pull request 2089.
    """
    told = sums.mutate(growth=sums.window_value / sums.base_value.nullif(0) - 1)
    return _told(told, told.growth, told.growth > growth, (*by, "growth"))


def increment(sums: Table, by: tuple[str, ...]) -> Table:
    """One row per cell of `by`: how much more than in the mean of the years before.

    sums: the columns of `by`, base_value (the mean of the years before the event, of as many months as the
    window has), window_value. Columns added: increment (units of the values), score (increment), is_flagged
    (above zero). Source: the usual first table of reports on diversion, Chupilkin and others 2023 among them.
    """
    told = sums.mutate(increment=sums.window_value - sums.base_value)
    return _told(told, told.increment, told.increment > 0, (*by, "increment"))


def smaller_increment(inward: Table, outward: Table, by: tuple[str, ...]) -> Table:
    """One row per cell of `by` told on both legs: the smaller of the two increments.

    inward, outward: as `sums` of `increment`, of what enters the hub from the origin and of what leaves it to
    the destination. Columns added: increment (the smaller), score (increment), is_flagged (both above zero).
    Source: the overlap bound of re-export studies; METHODS section 7 says why it misses whole channels.
    """
    on = increment(outward, by)
    legs = increment(inward, by).inner_join(on.select(*by, outward=on.increment), list(by))
    told = legs.mutate(increment=ibis.least(legs.increment, legs.outward))
    return _told(told, told.increment, told.increment > 0, (*by, "increment"))


def _told(told: Table, score: Value, flagged: Value, names: tuple[str, ...]) -> Table:
    return told.select(*names, score=score, is_flagged=flagged.fill_null(False)).order_by(list(names[:1]))
