"""Votes on roll calls, and how alike two areas vote."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from entrepot.answers._question import behind, once
from entrepot.answers._spans import a_step, around, countries, periods, with_snapshots
from entrepot.errors import NoDataError, UsageError
from entrepot.measures import votes as _votes
from entrepot.measures.acts import month_number
from entrepot.model.answer import Answer
from entrepot.model.area import resolve_many
from entrepot.model.constant import column
from entrepot.model.period import Window, parse_window
from entrepot.model.provenance import Snapshot
from entrepot.store import Store

if TYPE_CHECKING:
    from ibis.expr.types import Table

_ROWS: Final = ("roll_call", "date", "area", "vote", "title", "issue", "source", "snapshots")
_FEW: Final = 10
_NOTES: Final = {
    "s": "Signorino and Ritter's S, from -1 (always opposed) to 1 (always alike); yes 1, abstain 2, no 3",
    "low_90": "S lies between low_90 and high_90 with 90 % probability, were roll calls independent",
    "votes": "roll calls in which both voted; absence counts nowhere",
}


def votes(
    store: Store,
    *,
    roll_call: str | None = None,
    area: str = "WLD",
    period: str | None = None,
    as_of: date | None = None,
) -> Answer:
    """Who voted how: one row per roll call and area (yes, no, abstain, absent).

    roll_call: names, comma-separated (ES-11/1). area: codes or names, groups as their members ever; WLD for
    all. Beside the rows: how each roll call ended, of all areas told. Raises NoDataError, and UsageError
    where neither a roll call, nor areas, nor a period is named.
    """
    areas = resolve_many(area)
    names = tuple(name.strip() for name in (roll_call or "").split(",") if name.strip())
    if not names and not period and "WLD" in areas:
        raise UsageError("that is every vote there is: name a --roll-call, an --area or a --period.")
    every = once(_chosen(store.votes(as_of), names, period), "chosen_votes")
    wanted = every if "WLD" in areas else every.semi_join(column("area", countries(areas)), "area")
    expr = wanted.rename(snapshots="snapshot").select(*_ROWS).order_by("date", "roll_call", "area")
    table = store.run(expr)
    if not len(table):
        raise NoDataError(
            f"no vote held of {','.join(areas)} on {roll_call or 'any roll call'}, {period or 'any period'}. "
            "Add a file of votes (docs/how-to/add-acts-and-votes.md)."
        )
    tally = _votes.tally(every.semi_join(wanted.select("roll_call").distinct(), "roll_call"))
    question = {
        "command": "votes",
        "roll_call": names,
        "area": areas,
        "period": period,
        "as_of": as_of,
    }
    return Answer(
        question,
        table,
        behind(store, table, as_of),
        {"rows": store.sql(expr), "roll_calls": store.sql(tally)},
        _silent(table, areas),
        {},
        {"roll_calls": store.run(tally)},
    )


def agreement(
    store: Store,
    *,
    area: str,
    partner: str,
    period: str | None = None,
    by: str = "year",
    as_of: date | None = None,
) -> Answer:
    """How alike areas vote with partners, by year, half, month, or over all: Signorino and Ritter's S.

    One row per area, partner and period with a roll call in which both voted; columns:
    measures.votes.agreement, with the interval of measures.votes.interval. Groups stand for each who was
    ever a member. Raises NoDataError, UsageError.
    """
    a_step(by)
    ones, others = countries(resolve_many(area)), countries(resolve_many(partner))
    rows = once(store.votes(as_of), "every_vote")
    window = parse_window(period) if period else _whole(store, rows, ones + others)
    sides = (column("area", ones), column("area", others))
    expr = _votes.agreement(rows, *sides, periods(window, by))
    table = with_snapshots(store.run(expr), "others")
    if not len(table):
        raise _undated_or_none(store, rows, ones + others, str(window))
    table = _with_interval(table)
    question = {
        "command": "agreement",
        "area": ones,
        "partner": others,
        "period": str(window),
        "by": by,
        "as_of": as_of,
    }
    shots = behind(store, table, as_of)
    warnings = [*_few(table), *told_twice(shots)]
    return Answer(question, table, shots, {"rows": store.sql(expr)}, warnings, _NOTES)


def _chosen(rows: Table, names: tuple[str, ...], period: str | None) -> Table:
    if names:
        rows = rows.filter(rows.roll_call.isin(names))
    if period:
        window = parse_window(period)
        ends = [one.year * 12 + one.month - 1 for one in (window.first, window.last)]
        rows = rows.filter(month_number(rows.date).between(*ends))
    return rows


def _whole(store: Store, rows: Table, areas: tuple[str, ...]) -> Window:
    """From the first to the last roll call with a date that any of the areas voted in."""
    voted = rows.semi_join(column("area", areas), "area")
    month = month_number(voted.date)
    ends = store.run(voted.agg(first=month.min(), last=month.max())).to_pylist()[0]
    if ends["first"] is None:
        raise _undated_or_none(store, rows, areas, "any period")
    return around(ends["first"], ends["last"])


def _undated_or_none(store: Store, rows: Table, areas: tuple[str, ...], when: str) -> NoDataError:
    voted = rows.semi_join(column("area", areas), "area")
    if store.run(voted.filter(voted.date.isnull()).limit(1)).num_rows:
        return NoDataError(
            "votes are held whose roll calls have no date. Add the file of roll calls that belongs to them."
        )
    return NoDataError(f"no roll call is held in which both of {','.join(areas)} voted, {when}.")


def _with_interval(table: pa.Table) -> pa.Table:
    ends = [
        _votes.interval(row["same"], row["near"], row["apart"])
        for row in table.select(["same", "near", "apart"]).to_pylist()
    ]
    low, high = (pa.array([one[place] for one in ends], pa.float64()) for place in (0, 1))
    place = table.schema.get_field_index("s") + 1
    return table.add_column(place, "low_90", low).add_column(place + 1, "high_90", high)


def _silent(table: pa.Table, areas: tuple[str, ...]) -> list[str]:
    if "WLD" in areas:
        return []
    heard = set(table["area"].to_pylist())
    silent = [one for one in countries(areas) if one not in heard]
    return [f"no vote is told of: {', '.join(silent)}."] if silent else []


def told_twice(shots: Sequence[Snapshot]) -> list[str]:
    """Voeten numbers the roll calls, the library names their resolutions: nothing says which are the same."""
    if not {"votes", "un-library"} <= {shot.format for shot in shots if shot.source == "unga"}:
        return []
    doubled = "roll calls count twice where both Voeten's data set and the library's tell of them"
    return [f"{doubled}: they have no name in common. Keep one of the two in a store."]


def _few(table: pa.Table) -> list[str]:
    few = sum(1 for votes in table["votes"].to_pylist() if votes < _FEW)
    return [f"{few} rows rest on fewer than {_FEW} roll calls."] if few else []
