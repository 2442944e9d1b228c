"""Whether a figure is plausible: against the size of the destination, its past, other countries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Any

import ibis
import pyarrow as pa

from entrepot.answers import _rates
from entrepot.answers._question import a_flow, behind, nothing, question_of
from entrepot.answers._sides import Question
from entrepot.errors import NoDataError, UsageError
from entrepot.measures.cells import Selection, cells
from entrepot.measures.plausibility import BOTH_SIDES
from entrepot.measures.plausibility import plausibility as _plausibility
from entrepot.measures.sides import side, valued, with_quiet_months, yearly
from entrepot.model.answer import Answer
from entrepot.model.area import aggregates, resolve_many
from entrepot.model.commodity import parse_commodity
from entrepot.model.constant import constant, held
from entrepot.model.flow import Flow
from entrepot.model.period import Window, parse_window
from entrepot.model.provenance import Snapshot
from entrepot.store import Store

if TYPE_CHECKING:
    from ibis.expr.types import Table

NOTES = {
    "gdp_share": "value over the destination's gross domestic product of that year, in current US dollars",
    "gdp_share_low": "the lower of the exporter's and the importer's figure, over the same product",
    "own_history_share_high": "highest share of the same pair in the earlier years held",
    "gdp_share_rank": "place among the origin's destinations that have a share, 1 the highest",
    "absorption_usd": "imports from the world less exports to it; without production_usd it is less than "
    "what the country absorbs",
    "production_usd": "what the country makes of these goods in the year: the fact named with --made",
}


def plausibility(
    store: Store,
    *,
    origin: str,
    destination: str,
    period: str,
    commodity: str = "TOTAL",
    flow: str = "export",
    made: str | None = None,
    others: str = "",
    as_of: date | None = None,
) -> Answer:
    """Trade against the destination's size, its own past, the origin's other destinations and what it keeps.

    One row per origin, destination and year. Columns: see measures.plausibility. flow: "export" (the origin
    reports) or "import" (the destination does). Needs GDP, and population for values per head, in the store.
    made: a yearly fact of the store in US dollars, what the destination makes of these goods; it is part of
    what the country absorbs. others: goods nobody restricted, with no reason to be rerouted (a placebo):
    the same rows of them beside. Raises NoDataError, UsageError.
    """
    window, way = parse_window(period), a_flow(flow)
    if window.years is None:
        raise UsageError(f"period {period!r} is not of whole years, as gross domestic product is. Use 2023.")
    if way not in (Flow.EXPORT, Flow.IMPORT):
        raise UsageError(f"flow {flow!r} is a part of a flow. Use export or import.")
    if made and not made.endswith("_usd"):
        raise UsageError(f"made {made!r} is no fact in US dollars. Its name would end in _usd.")
    ends = resolve_many(origin), resolve_many(destination)
    asked, beside = (
        Question(store, *ends, parse_commodity(goods), (), (window,), "USD", as_of)
        for goods in (commodity, others or commodity)
    )
    return _Asked(asked, way, made).answer(_Asked(beside, way) if others else None)


@dataclass(frozen=True)
class _Asked:
    """A question with the side whose figures are asked about."""

    about: Question
    way: Flow
    made: str | None = None

    def answer(self, others: _Asked | None) -> Answer:
        """The rows, and those of other goods beside."""
        about, table = self.about, self.table
        if not len(table):
            raise NoDataError(nothing(about.store, self._near(self.way), about.as_of, "year"))
        rows = table.to_pylist()
        found = Answer(
            self._question(others),
            self.shown(),
            self.shots(table),
            dict(about.queries),
            [*_cautions(rows), *self._silences(rows)],
            NOTES,
        )
        return found if others is None else others.beside(found)

    def beside(self, found: Answer) -> Answer:
        """An answer with these rows beside it."""
        if not len(self.table):
            absent = f"no others: nothing is held of {self.about.basket.name}."
            return replace(found, warnings=[*found.warnings, absent])
        new = [shot for shot in self.shots(self.table) if shot not in found.snapshots]
        queries = {f"others {name}": text for name, text in self.about.queries.items()}
        return replace(
            found,
            snapshots=[*found.snapshots, *new],
            queries={**found.queries, **queries},
            beside={"others": self.shown()},
        )

    def shown(self) -> pa.Table:
        """The rows as they are printed."""
        goods = pa.array([self.about.basket.name] * len(self.table), pa.string())
        return self.table.add_column(2, "commodity", goods).drop_columns(["currency"])

    @cached_property
    def table(self) -> pa.Table:
        return self.about.run("rows", self._measured()) if len(self._sides) else self._sides

    def _question(self, others: _Asked | None) -> dict[str, Any]:
        about, ends = self.about, {"origin": self.about.origins, "destination": self.about.destinations}
        more: dict[str, Any] = {"made": self.made} if self.made else {}
        more |= {"others": others.about.basket.name} if others else {}
        period = str(about.window[0])
        return question_of(
            "plausibility", self._near(self.way), about.as_of, **ends, period=period, by="year", **more
        )

    def shots(self, table: pa.Table) -> list[Snapshot]:
        """What the rows rest on, the years and countries they are held against among it."""
        both = pa.concat_tables([one.select(["snapshots"]) for one in (table, self._sides)])
        converted = set(table["currency"].to_pylist()) - {"USD"}
        found = behind(self.about.store, both, self.about.as_of)
        return found + ([_rates.card()] if converted else [])

    # ------------------------------------------------------------ what is measured
    def _measured(self) -> Table:
        facts = self.about.store.indicators(self.about.as_of)
        return _plausibility(
            held(self._sides),
            held(self._own),
            facts,
            self._pairs(),
            self.way.value,
            production=self.made,
        )

    @property
    def _cells(self) -> list[tuple[str, str, date]]:
        """Each pair and year asked for."""
        years = self.about.window[0].years or ()
        return list(product(self.about.origins, self.about.destinations, years))

    def _pairs(self) -> Table:
        kinds = {"origin": "string", "destination": "string", "year": "date"}
        return constant({name: [cell[i] for cell in self._cells] for i, name in enumerate(kinds)}, kinds)

    @cached_property
    def _sides(self) -> pa.Table:
        """Year by year: the origins with everyone by the side asked for, and the other side of the pairs."""
        parts = []
        for flow in (Flow.EXPORT, Flow.IMPORT):
            asked = self._near(flow, self._everyone if flow is self.way else self.about.destinations)
            parts.append(self._of(cells(self.about.flows, asked), flow))
        return self.about.run("sides", self._yearly(*parts))

    @cached_property
    def _own(self) -> pa.Table:
        """Year by year: the destinations with the world, where they report the world itself."""
        parts = []
        for flow in (Flow.EXPORT, Flow.IMPORT):
            world = cells(self.about.flows, self._selected(self.about.destinations, ("WLD",), flow))
            parts.append(self._of(world.filter(world.partner_own), flow))
        return self.about.run("own", self._yearly(*parts))

    def _of(self, found: Table, flow: Flow) -> Table:
        """One series a pair, whatever the basis: cells has chosen it."""
        return side(found.mutate(partner_basis=ibis.literal("origin")), exports=flow is Flow.EXPORT)

    def _yearly(self, *parts: Table) -> Table:
        rates = self.about.rates
        rows = valued(ibis.union(*parts).alias("parts"), rates.filter(rates.kind == "monthly"))
        years = with_quiet_months(yearly(rows, "USD", least=0), rows)
        return years.mutate(months=years.months.cast("int64"), unrated=years.unrated.cast("int64"))

    def _silences(self, rows: list[dict[str, Any]]) -> list[str]:
        """Years of pairs without any figure."""
        found = {(row["origin"], row["destination"], row["period"].year) for row in rows}
        absent = [
            f"{o} to {d} in {year.year}" for o, d, year in self._cells if (o, d, year.year) not in found
        ]
        return [f"nothing is held of {', '.join(absent)}."] if absent else []

    # ------------------------------------------------------------ who and what
    def _near(self, flow: Flow, far: tuple[str, ...] = ()) -> Selection:
        """The origins with the destinations asked for, or with those `far`."""
        ends = (self.about.origins, far or self.about.destinations)
        return self._selected(*(ends if flow is Flow.EXPORT else ends[::-1]), flow)

    def _selected(self, reporters: tuple[str, ...], partners: tuple[str, ...], flow: Flow) -> Selection:
        until = Window(date(1900, 1, 1), self.about.window[0].last)
        return Selection(reporters, partners, flow, self.about.basket, (until,))

    @cached_property
    def _everyone(self) -> tuple[str, ...]:
        """The destinations, and every other country that could be one."""
        rows = self.about.flows.filter(self.about.flows.flow == self.way.value)
        column = "partner" if self.way is Flow.EXPORT else "reporter"
        rows = rows.filter(~rows[column].isin(sorted(aggregates())))
        seen = self.about.store.run(rows.select(column).distinct())[column].to_pylist()
        asked = self.about.destinations
        return (*asked, *sorted(set(seen) - {*asked, *self.about.origins}))


def _cautions(rows: list[dict[str, Any]]) -> Iterator[str]:
    """What a reader must know before quoting."""
    for name, said in {"gdp_usd": "GDP", "population": "population"}.items():
        if lacking := [_where(row) for row in rows if row[name] is None]:
            yield f"no {said} is held of {', '.join(lacking)}: add the World Bank's file (entrepot add)."
    for row in rows:
        yield from (f"{_where(row)}: {text}." for text in _told(row))
    if any(row["absorption_usd"] is not None and row["production_usd"] is None for row in rows):
        yield "absorption leaves out what a country makes itself: no production is named (--made)."
    if any(row["is_from_parts"] for row in rows):
        yield "some figures are sums of longer codes, whole only if all of them are held (is_from_parts)."
    if marked := {word for row in rows for word in row["status"].split()} - {"reported"}:
        yield f"not plain reports: status {', '.join(sorted(marked))}."


def _told(row: dict[str, Any]) -> Iterator[str]:
    """Why something of a row is left out."""
    if row["refused"]:
        yield row["refused"]
    elif row["months"] < 12:
        yield f"only {row['months']} months are held; the share is too low for the year"
    if row["share_basis"] not in (None, BOTH_SIDES):
        yield f"{row['share_basis']}; the share has no interval"
    if row["absorption_refused"]:
        yield f"no absorption: {row['absorption_refused']}"


def _where(row: dict[str, Any]) -> str:
    return f"{row['destination']} {row['period'].year}"
