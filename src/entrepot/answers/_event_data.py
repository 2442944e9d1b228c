"""What an event study draws from the store: the pair's monthly series, and those it is held against."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from entrepot.answers._question import nothing, once
from entrepot.answers._shape import one_currency
from entrepot.errors import NoDataError
from entrepot.measures import direct as _direct
from entrepot.measures.cells import Selection, cells
from entrepot.model.area import aggregates, is_group, members
from entrepot.model.commodity import Basket
from entrepot.model.event import Event
from entrepot.model.flow import Flow
from entrepot.model.period import Window
from entrepot.store import Store

if TYPE_CHECKING:
    from ibis.expr.types import Table

Points = dict[date, float | None]
_EVER = Window(date(1900, 1, 1), date(2199, 12, 1))


@dataclass(frozen=True)
class Question:
    """One origin, one destination, goods, an event; the controls asked for, none meaning all held."""

    store: Store
    origin: str
    destination: str
    flow: Flow
    basket: Basket
    event: Event
    controls: tuple[str, ...] = ()
    others: Basket | None = None  # goods to hold it against
    window: Window | None = None
    currency: str | None = None
    as_of: date | None = None
    queries: dict[str, str] = field(default_factory=dict)

    @cached_property
    def flows(self) -> Table:
        """The rows in force."""
        return self.store.flows(self.as_of)

    @property
    def month(self) -> date:
        """The month of the event."""
        return self.event.date.replace(day=1)

    # ------------------------------------------------------------ the series
    @cached_property
    def table(self) -> pa.Table:
        """The pair by month, in one currency; of goods, the codes alive on both sides of the event.

        Raises NoDataError where nothing is held of it by month.
        """
        table, told = one_currency(self._run("rows", self._series(self._alive(self._pair))))
        if not len(table):
            raise NoDataError(self._why_nothing())
        self.told.extend(told)
        return table

    def _why_nothing(self) -> str:
        """Nothing is held, or not on both sides of the event."""
        days = [day for day, value in points(self._all_codes).items() if value is not None]
        if not days:
            return nothing(self.store, self._pair, self.as_of, "month")
        if max(days) < self.month:
            told = f"not testable after {max(days):%Y-%m}: the figures held end before {self.event.key}"
            return f"{told} ({self.event.when})."
        return (
            f"no code of {self.basket.name} has a value in 12 months before {self.event.when} and after it."
        )

    @cached_property
    def told(self) -> list[str]:
        """What was left out on the way."""
        return []

    @cached_property
    def naive(self) -> Points | None:
        """The pair over all codes, where the goods are codes: some may be born after the event."""
        if self.basket.is_total:
            return None
        return points(self._kept(self._all_codes))

    @cached_property
    def _all_codes(self) -> pa.Table:
        return self._run("all codes", self._series(cells(self.flows, self._pair)))

    @cached_property
    def destinations(self) -> dict[str, Points]:
        """The series of each control: other partners of the side that reports."""
        names = self.controls or self._everyone
        if not names:
            return {}
        asked = self._between(names)
        side = "partner" if self.flow is Flow.EXPORT else "reporter"
        found = self._kept(self._run("control destinations", self._series(self._alive(asked))))
        return _each(found, side)

    @cached_property
    def goods(self) -> dict[str, Points]:
        """The series of each control code between the same two."""
        if self.others is None:
            return {}
        asked = replace(self._pair, basket=self.others)
        expr = _direct.series(cells(self.flows, asked), split=("commodity",))
        return _each(self._kept(self._run("control goods", expr)), "commodity")

    # ------------------------------------------------------------ how they are asked for
    @property
    def _pair(self) -> Selection:
        return self._between((self.destination,))

    def _between(self, far: tuple[str, ...]) -> Selection:
        near, windows = (self.origin,), (self.window or _EVER,)
        reporters, partners = (near, far) if self.flow is Flow.EXPORT else (far, near)
        return Selection(reporters, partners, self.flow, self.basket, windows, self.currency)

    def _series(self, chosen: Table) -> Table:
        return _direct.series(chosen)

    def _alive(self, asked: Selection) -> Table:
        """The cells of codes that lived on both sides of the event; all, where the goods are all goods."""
        found = cells(self.flows, asked)
        if self.basket.is_total:
            return found
        whole = replace(asked, partners=tuple(sorted({"WLD", *asked.partners})))
        before = (Window(_EVER.first, _month_before(self.month)),)
        after = (Window(self.month, _EVER.last),)
        lived = _direct.with_life(found, once(cells(self.flows, whole), "of_all"), before, after, before)
        return lived.filter(lived.alive)

    @property
    def _everyone(self) -> tuple[str, ...]:
        """Every other country that the same side trades with by month."""
        rows = self.flows.filter(self.flows.flow == self.flow.value, self.flows.frequency == "M")
        near, far = ("reporter", "partner") if self.flow is Flow.EXPORT else ("partner", "reporter")
        rows = rows.filter(rows[near].isin(sorted(_inside(self.origin, self.month))))
        rows = rows.filter(~rows[far].isin(sorted(aggregates())))
        seen = self.store.run(rows.select(far).distinct())[far].to_pylist()
        ends = _inside(self.origin, self.month) | _inside(self.destination, self.month)
        return tuple(sorted(set(seen) - ends))

    def _kept(self, table: pa.Table) -> pa.Table:
        """The rows in the currency of the pair."""
        return table.filter(pc.equal(table["currency"], self.table["currency"][0]))

    def _run(self, name: str, expr: Table) -> pa.Table:
        self.queries[name] = self.store.sql(expr)
        return self.store.run(expr)


def points(table: pa.Table) -> Points:
    """Value by month of a table with one series."""
    return {_day(row["period"]): row["value"] for row in table.select(["period", "value"]).to_pylist()}


def _each(table: pa.Table, column: str) -> dict[str, Points]:
    found: dict[str, Points] = {}
    for row in table.select([column, "period", "value"]).to_pylist():
        found.setdefault(row[column], {})[_day(row["period"])] = row["value"]
    return {name: series for name, series in found.items() if any(v is not None for v in series.values())}


def _day(value: date | datetime) -> date:
    return value.date() if isinstance(value, datetime) else value


def _inside(code: str, day: date) -> set[str]:
    return {code, *(members(code, day) if is_group(code) else ())}


def _month_before(month: date) -> date:
    return date(month.year - (month.month == 1), 12 if month.month == 1 else month.month - 1, 1)
