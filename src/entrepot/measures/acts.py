"""Acts counted by period, and none where a register or a list that covers the period tells of none."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

import ibis
from ibis.expr.types import Table, Value

from entrepot.measures.direct import words
from entrepot.model.act import LISTED, Cover
from entrepot.model.constant import constant

_COVER: Final = {
    **dict.fromkeys(("source", "snapshot", "kind"), "string"),
    **dict.fromkeys(("first_month", "last_month"), "int64"),
    **dict.fromkeys(("unit", "actor", "partner"), "string"),
}
KEY: Final = ("actor", "partner", "kind", "source", "period")


def month_number(day: Value) -> Value:
    """Months since the year 0, so that spans can be compared."""
    return (day.year() * 12 + day.month() - 1).cast("int64")


def registers(acts: Table) -> Table:
    """One row per snapshot, kind, actor and partner of which its register holds all acts in a span.

    A register is drawn for some suppliers and some receivers, whole for each pair of them: a pair is covered
    where the one acts in it and something is done towards the other. first_month, last_month: see
    `month_number`, of the first and last act of that kind. unit: of all amounts, null where there is more
    than one or none.
    """
    told = acts.filter(acts.snapshot.notnull())
    key = ["source", "snapshot", "kind"]
    month = month_number(told.date)
    spans = told.group_by(key).agg(
        first_month=month.min(),
        last_month=(month + ibis.ifelse(told.precision == "year", 11, 0)).max(),
        unit=_one(told.unit),
    )
    sides = [told.select(*key, side).distinct() for side in ("actor", "partner")]
    return spans.join(sides[0], key).join(sides[1], key)


def listed(covers: Iterable[Cover], known: date | None) -> Table:
    """The same of what the package's lists claim to hold all of; `known`: nothing is claimed for later."""
    told = [(one, min(one.last, known) if known else one.last) for one in covers]
    rows = [
        {
            "source": LISTED,
            "snapshot": None,
            "kind": one.kind,
            "first_month": _number(one.first),
            "last_month": _number(last),
            "unit": None,
            "actor": one.actor,
            "partner": one.partner,
        }
        for one, last in told
        if last >= one.first
    ]
    return constant({name: [row[name] for row in rows] for name in _COVER}, _COVER)


def counted(acts: Table, covers: Table, actors: Table, partners: Table, periods: Table) -> Table:
    """One row per actor and partner as asked, kind, source and period: how many acts, and of what amount.

    acts: those asked for; none may be dated more coarsely than the periods. covers: of `registers` and
    `listed`. actors, partners: asked, area (null: any), since, until (days, both in it). periods: period,
    first_month, last_month. acts: 0 where none is told in months covered; no row where nothing is told or
    covered. amount: sum of what is told in `unit`, 0 where no act; null where units differ or no amount is
    told; amounts: how many of the acts tell one. stance: mean of the acts that have one, -1 to 1. months: of
    the period, covered by the widest of its registers. Amounts of unlike sources are never added.
    """
    rows = _done(acts, actors, partners, periods).union(_grid(covers, actors, partners, periods))
    found = rows.group_by(KEY).agg(
        acts=rows.key.count(),
        amounts=rows.amount.count(),
        told=rows.amount.sum(),
        unit=_one(rows.unit),
        stance=rows.stance.mean(),
        months=rows.months.max(),
        status=words(rows.status),
        snapshots=words(rows.snapshot),
    )
    amount = ibis.ifelse(found.acts == 0, 0.0, found.told)
    placed = found.mutate(amount=ibis.ifelse(found.unit.isnull(), ibis.null("float64"), amount))
    columns = ("actor", "partner", "kind", "period", "acts", "amount", "unit", "stance", "amounts", "months")
    return placed.select(*columns, "source", "status", "snapshots").order_by(KEY)


def in_view(acts: Table, actors: Table, partners: Table, periods: Table) -> Table:
    """The acts in the periods, each with `asked_actor`, `asked_partner` and `period`."""
    found = _side(_side(acts, actors, "actor"), partners, "partner")
    month = month_number(found.date)
    inside = [month >= periods.first_month, month <= periods.last_month]
    return found.join(periods, inside).drop("first_month", "last_month")


def _done(acts: Table, actors: Table, partners: Table, periods: Table) -> Table:
    found = in_view(acts, actors, partners, periods)
    return found.select(
        actor=found.asked_actor,
        partner=found.asked_partner,
        kind=found.kind,
        source=found.source,
        period=found.period,
        key=found.key,
        amount=found.amount,
        unit=found.unit,
        stance=found.stance,
        months=ibis.literal(0, "int64"),
        status=found.status,
        snapshot=found.snapshot,
    )


def covering(covers: Table, actors: Table, partners: Table) -> Table:
    """The spans covered of actors towards partners; of a group, of any of its members."""
    return _side(_side(covers, actors, "actor", dated=False), partners, "partner", dated=False)


def _grid(covers: Table, actors: Table, partners: Table, periods: Table) -> Table:
    """Each period that a register covers at least in part."""
    found = covering(covers, actors, partners)
    spans = periods.rename(period_first="first_month", period_last="last_month")
    over = found.join(spans, [found.first_month <= spans.period_last, found.last_month >= spans.period_first])
    end, start = (
        ibis.least(over.last_month, over.period_last),
        ibis.greatest(over.first_month, over.period_first),
    )
    return over.select(
        actor=over.asked_actor,
        partner=over.asked_partner,
        kind=over.kind,
        source=over.source,
        period=over.period,
        key=ibis.null("string"),
        amount=ibis.null("float64"),
        unit=over.unit,
        stance=ibis.null("float64"),
        months=end - start + 1,
        status=ibis.null("string"),
        snapshot=over.snapshot,
    )


def _side(rows: Table, asked: Table, side: str, *, dated: bool = True) -> Table:
    """Rows of the areas asked for, `asked_<side>` beside them; a member of a group on its days only."""
    named = asked.select(
        **{f"asked_{side}": asked.asked}, its_area=asked.area, since=asked.since, until=asked.until
    )
    on = [named.its_area.isnull() | (rows[side] == named.its_area)]
    on += [rows.date >= named.since, rows.date <= named.until] if dated else []
    return rows.join(named, on).drop("its_area", "since", "until")


def _one(unit: Value) -> Value:
    return ibis.ifelse(unit.nunique() == 1, unit.max(), ibis.null("string"))


def _number(day: date) -> int:
    return day.year * 12 + day.month - 1
