"""How deep a monthly series dipped after a date, and when it was back."""

from __future__ import annotations

from datetime import date

import ibis
from ibis.expr.types import Table, Value

MONTHS = 6
RECOVERED = 0.95


def dip(series: Table, event: date) -> Table:
    """One row per reporter and partner: the peak before an event, the trough after it, and the return.

    series: reporter, partner, period (first of the month), value (units of one currency). peak: the highest
    of the 6 months before the month of `event`; trough: the lowest of that month and the 5 after it; back:
    the first month after the trough with at least 95 % of the peak, null where the data end before. change:
    trough over peak less one. change_on_year: trough over the same month of the year before less one, which
    no season touches; null where that month is not held. change_low, change_high: the range of the two. A
    first reading: a robust fit over every position of a shift is METHODS section 4.
    """
    month = _month(series.period)
    at = event.year * 12 + event.month
    peak = _extreme(series.filter(month >= at - MONTHS, month < at), "peak", highest=True)
    trough = _extreme(series.filter(month >= at, month < at + MONTHS), "trough", highest=False)
    both = peak.inner_join(trough, ["reporter", "partner"])
    both = _with_back(both, series)
    before = series.select("reporter", "partner", year_before=series.value, at=month + 12)
    both = both.mutate(at=_month(both.trough_period)).left_join(before, ["reporter", "partner", "at"])
    out = both.mutate(
        change=both.trough / both.peak.nullif(0) - 1,
        change_on_year=both.trough / both.year_before.nullif(0) - 1,
    )
    return out.mutate(
        change_low=ibis.least(out.change, out.change_on_year),
        change_high=ibis.greatest(out.change, out.change_on_year),
    ).select(
        *("reporter", "partner", "peak_period", "peak", "trough_period", "trough", "back_period", "back"),
        *("year_before", "change", "change_on_year", "change_low", "change_high"),
    )


def _month(day: Value) -> Value:
    return day.year() * 12 + day.month()


def _extreme(rows: Table, name: str, *, highest: bool) -> Table:
    """The month of the extreme value, the earliest where several share it."""
    best = rows.value.max() if highest else rows.value.min()
    marked = rows.mutate(best=best.over(ibis.window(group_by=[rows.reporter, rows.partner])))
    found = marked.filter(marked.value == marked.best)
    return found.group_by(["reporter", "partner"]).agg(
        **{f"{name}_period": found.period.min(), name: found.value.min()}
    )


def _with_back(both: Table, series: Table) -> Table:
    later = series.inner_join(both, ["reporter", "partner"])
    back = later.filter(later.period > later.trough_period, later.value >= later.peak * RECOVERED)
    first = back.group_by(["reporter", "partner"]).agg(
        back_period=back.period.min(), back=back.value.argmin(_month(back.period))
    )
    joined = both.left_join(first, ["reporter", "partner"])
    return joined.drop("reporter_right", "partner_right")
