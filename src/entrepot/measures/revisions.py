"""What changed between two vintages of the same series (METHODS section 0: every figure has its vintage)."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
from ibis.expr.types import Table, Value

from entrepot.measures.direct import words

REVISED, NEW, WITHDRAWN, UNCHANGED = "revised", "new", "withdrawn", "unchanged"
OTHER_SOURCE = "another source"
_KEY = ("reporter", "partner", "flow", "period", "frequency", "commodity", "currency")


def revisions(before: Table, after: Table) -> Table:
    """One row per reporter and partner as asked, period, code of the basket and currency, of either vintage.

    before, after: of measures.cells, each from the rows in force on its day. value_before, value_after: units
    of `currency`; null where nothing was reported. change_value: after less before; change: that over before,
    null where before is zero or absent. what: "revised" (another value of the same publishers), "another
    source" (another value, and other publishers speak: nobody need have corrected anything), "new" (no value
    before), "withdrawn" (no value now) or "unchanged". sources_before, sources_after: publishers.
    snapshots_before, snapshots_after: where each value stands. Sign: a fall is negative. A cell with no value
    in either vintage has no row.
    """
    both = _sums(before, "before").outer_join(_sums(after, "after"), list(_KEY))
    named = both.mutate(**{name: ibis.coalesce(both[name], both[f"{name}_right"]) for name in _KEY})
    old, new = named.value_before, named.value_after
    told = named.filter(old.notnull() | new.notnull()).mutate(
        change_value=new - old, change=(new - old) / old.nullif(0), what=_what(named)
    )
    return told.select(
        *("reporter", "partner", "flow", "period", "frequency", "commodity", "what", "value_before"),
        *("value_after", "change_value", "change", "currency", "status_before", "status_after"),
        *("sources_before", "sources_after", "snapshots_before", "snapshots_after"),
    ).order_by(["reporter", "partner", "commodity", "frequency", "period"])


def _sums(cells: Table, side: str) -> Table:
    return cells.group_by(list(_KEY)).agg(
        **{
            f"value_{side}": cells.value.sum(),
            f"status_{side}": words(cells.status),
            f"sources_{side}": words(cells.source),
            f"snapshots_{side}": words(cells.snapshot),
        }
    )


def _what(both: Table) -> Value:
    old, new = both.value_before, both.value_after
    return ibis.cases(
        (old.isnull(), NEW),
        (new.isnull(), WITHDRAWN),
        (old == new, UNCHANGED),
        (both.sources_before != both.sources_after, OTHER_SOURCE),
        else_=REVISED,
    )


SERIES = ("reporter", "partner", "flow", "commodity", "currency", "what")


def summary(revised: Table, by: Sequence[str] = SERIES) -> Table:
    """One row per commodity and kind of change: how many rows, their change together, and the largest.

    by: the columns that part the rows; without the commodity many codes are told of together.
    rows: count. change_value: sum over the rows, units of `currency`; null where no row has both values.
    largest_change_value: the one furthest from zero; largest_period: its period, the first of several.
    first, last: the first and the last period of the rows.
    """
    key = [*by]
    size = revised.change_value.abs()
    marked = revised.mutate(
        is_largest=size == size.max().over(ibis.window(group_by=[revised[n] for n in key]))
    )
    return marked.group_by(key).agg(
        rows=marked.count(),
        change_value=marked.change_value.sum(),
        largest_change_value=marked.change_value.max(where=marked.is_largest),
        largest_period=marked.period.min(where=marked.is_largest),
        first=marked.period.min(),
        last=marked.period.max(),
    ).order_by(key)  # fmt: skip


def changed(before: Table, after: Table, key: Sequence[str], by: Sequence[str]) -> Table:
    """One row per `by`: how many cells of two vintages are new, revised, withdrawn or unchanged.

    before, after: rows in force, `key` naming one cell, `value` its figure; parts of a cell are added up.
    new, revised, withdrawn, unchanged: counts of cells. change_value: after less before, summed over the
    revised cells, in the unit of the rows; null where none is revised. first, last: first and last
    period of cells not unchanged; null where all are. A cell without a figure in both is not counted.
    """
    old, new = (_figures(rows, key) for rows in (before, after))
    both = new.outer_join(old, list(key))
    named = both.mutate(**{name: ibis.coalesce(both[name], both[f"{name}_right"]) for name in key})
    was, now = named.figure_right, named.figure
    told = named.filter(was.notnull() | now.notnull()).mutate(
        change=now - was,
        what=ibis.cases(
            (was.isnull(), NEW), (now.isnull(), WITHDRAWN), (was == now, UNCHANGED), else_=REVISED
        ),
    )
    moved = told.what != UNCHANGED
    counts = {name: (told.what == name).sum() for name in (NEW, REVISED, WITHDRAWN, UNCHANGED)}
    return (
        told.group_by(list(by))
        .agg(
            **counts,
            change_value=told.change.sum(where=told.what == REVISED),
            first=told.period.min(where=moved),
            last=told.period.max(where=moved),
        )
        .order_by(list(by))
    )


def _figures(rows: Table, key: Sequence[str]) -> Table:
    filled = rows.mutate(**{name: rows[name].fill_null("") for name in key if rows[name].type().is_string()})
    return filled.group_by(list(key)).agg(figure=filled.value.sum())
