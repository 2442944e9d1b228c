"""Deals, arms, exercises, statements and decisions of one area towards another, counted by period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

import ibis
import pyarrow as pa

from entrepot.answers._question import behind, once
from entrepot.answers._spans import STEPS, a_step, around, periods, sides
from entrepot.errors import NoDataError, UsageError
from entrepot.measures import acts as _acts
from entrepot.model import act as _model
from entrepot.model.answer import Answer
from entrepot.model.area import resolve_many
from entrepot.model.period import Window, parse_window
from entrepot.store import Store

if TYPE_CHECKING:
    from ibis.expr.types import Table

_SHOWN: Final = (
    *(
        "date",
        "actor",
        "partner",
        "kind",
        "title",
        "amount",
        "unit",
        "stance",
        "category",
        "marks",
        "precision",
    ),
    *("citation", "source", "key"),
)
_MOST_SHOWN: Final = 1_000
_NOTES: Final = {
    "acts": "what registers and lists tell; 0 only in months they cover (column months)",
    "amount": "sum of the acts that tell one, in unit; 0 where no act is told",
    "stance": "mean over statements: 1 supports the partner's position, 0 neutral, -1 against",
    "investment": "investments and, where the publisher does not part them, construction contracts",
}


@dataclass(frozen=True)
class _Asked:
    """What was asked, understood."""

    actors: tuple[str, ...]
    partners: tuple[str, ...]
    kinds: tuple[str, ...]
    category: str | None
    mark: str | None
    by: str

    def of(self, rows: Table) -> Table:
        """The acts of the kinds, category and mark asked for."""
        rows = rows.filter(rows.kind.isin(self.kinds))
        if self.category:
            rows = rows.filter(rows.category.lower() == self.category.strip().lower())
        if self.mark:
            padded = (ibis.literal(" ") + rows.marks.lower() + " ").fill_null("")
            rows = rows.filter(padded.contains(f" {self.mark.strip().lower()} "))
        return rows

    @property
    def sides(self) -> tuple[Table, Table]:
        """Both sides as tables."""
        return sides(self.actors), sides(self.partners)


def acts(
    store: Store,
    *,
    actor: str,
    partner: str,
    kind: str = "",
    period: str | None = None,
    by: str = "year",
    category: str | None = None,
    mark: str | None = None,
    as_of: date | None = None,
) -> Answer:
    """How many acts of a kind there were of actors towards partners, and of what amount, by period.

    kind: investment, construction, lending, arms, exercise, statement, decision, comma-separated; none: all.
    by: "year", "half", "month", or "none" for the whole period as one. category: in the publisher's words.
    mark: a flag of the publisher's (BRI). Columns: measures.acts.counted. Beside the rows: each act with its
    citation.
    Raises NoDataError where nothing is told nor covered, UsageError also where acts are dated by year only
    and shorter periods are asked for.
    """
    asked = _Asked(resolve_many(actor), resolve_many(partner), _kinds(kind), category, mark, a_step(by))
    every = once(store.acts(as_of), "every_act")
    covers = _covers(every, asked, as_of)
    window = parse_window(period) if period else _whole(store, asked.of(every), covers, asked)
    _refuse_coarse(store, every, asked, window)
    expr = _acts.counted(asked.of(every), covers, *asked.sides, periods(window, by))
    table = store.run(expr)
    if not len(table):
        raise _nothing(asked, str(window))
    shown = _each(asked.of(every), asked, window)
    told = store.run(shown.limit(_MOST_SHOWN + 1))
    question = {
        "command": "acts",
        "actor": asked.actors,
        "partner": asked.partners,
        "kind": asked.kinds,
        "period": str(window),
        "by": by,
        "category": category,
        "mark": mark,
        "as_of": as_of,
    }
    return Answer(
        question,
        table,
        behind(store, table, as_of),
        {"rows": store.sql(expr), "acts": store.sql(shown)},
        _cautions(table, told, window, asked.by),
        _NOTES,
        {"acts": told} if 0 < len(told) <= _MOST_SHOWN else {},
    )


def _kinds(text: str) -> tuple[str, ...]:
    words = tuple(dict.fromkeys(word.strip().lower() for word in text.split(",") if word.strip()))
    for word in words:
        if word not in _model.KINDS:
            raise UsageError(f"kind {word!r} is not known. Use {', '.join(_model.KINDS)}, comma-separated.")
    return words or _model.KINDS


def _covers(every: Table, asked: _Asked, as_of: date | None) -> Table:
    known = _acts.listed(_model.covers(), as_of)
    both = _acts.registers(every).select(*known.columns).union(known)
    return both.filter(both.kind.isin(asked.kinds))


def _whole(store: Store, chosen: Table, covers: Table, asked: _Asked) -> Window:
    """From the first to the last month that anything asked for is told or covered."""
    every = periods(around(12, 9999 * 12), "none")
    seen = _acts.counted(chosen, covers, *asked.sides, every)
    if not len(store.run(seen)):
        raise _nothing(asked, "any period")
    told = _acts.in_view(chosen, *asked.sides, every)
    month = _acts.month_number(told.date)
    spans = told.select(first=month, last=month + ibis.ifelse(told.precision == "year", 11, 0))
    over = _acts.covering(covers, *asked.sides)
    spans = spans.union(over.select(first=over.first_month, last=over.last_month))
    ends = store.run(spans.agg(first=spans.first.min(), last=spans.last.max())).to_pylist()[0]
    return around(ends["first"], ends["last"])


def _refuse_coarse(store: Store, every: Table, asked: _Asked, window: Window) -> None:
    """Acts dated by year only have no place in a half, a month, or part of a year."""
    if window.years is not None and STEPS[asked.by] in (0, 12):
        return
    years = Window(date(window.first.year, 1, 1), date(window.last.year, 12, 1))
    coarse = _acts.in_view(asked.of(every), *asked.sides, periods(years, "none"))
    coarse = coarse.filter(coarse.precision == "year")
    found = store.run(coarse.group_by(["kind", "source"]).agg(rows=coarse.count())).to_pylist()
    if found:
        kinds = ", ".join(sorted({f"{row['kind']} ({row['source']})" for row in found}))
        raise UsageError(f"{kinds}: dated by year only. Ask for whole years with --by year.")


def _each(chosen: Table, asked: _Asked, window: Window) -> Table:
    found = _acts.in_view(chosen, *asked.sides, periods(window, "none"))
    return found.select(*_SHOWN).distinct().order_by("date", "kind", "key")


def _nothing(asked: _Asked, when: str) -> NoDataError:
    who = f"{','.join(asked.actors)} towards {','.join(asked.partners)}, {','.join(asked.kinds)}"
    return NoDataError(
        f"nothing held tells of or covers: {who}, {when}. Add a register or a list of your own "
        "(docs/how-to/add-acts-and-votes.md)."
    )


def _cautions(table: pa.Table, told: pa.Table, window: Window, by: str) -> list[str]:
    rows = table.to_pylist()
    found = []
    if open_ended := sorted({row["kind"] for row in rows if row["months"] == 0}):
        found.append(f"nobody claims to hold all of {', '.join(open_ended)}: more may have been (months 0).")
    length = STEPS[by] or len(window.months)
    short = sorted({f"{row['period']:%Y-%m}" for row in rows if 0 < row["months"] < length})
    if short:
        found.append(f"not covered to the end: periods from {', '.join(short)} (column months).")
    if any(row["amounts"] < row["acts"] for row in rows if row["amounts"]):
        found.append("some acts tell no amount; the sums are of those that do (column amounts).")
    if any(row["status"] and "typed" in row["status"].split() for row in rows):
        found.append("acts of status typed were entered by hand from what is cited beside each of them.")
    if len(told) > _MOST_SHOWN:
        found.append(f"more than {_MOST_SHOWN:,} acts: they are counted and not listed. Ask for less.")
    return found
