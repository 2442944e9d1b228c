"""What a comparison of two sides draws from the store: the sides, ordinary years, margins, faults."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

import ibis
import pyarrow as pa

from entrepot.answers import _rates
from entrepot.measures import lint, noise
from entrepot.measures import margin as _margin
from entrepot.measures.cells import Selection, cells
from entrepot.measures.direct import Span, together
from entrepot.measures.sides import each_pair, side, valued, yearly
from entrepot.model.area import aggregates, is_group, members, same_members
from entrepot.model.commodity import Basket
from entrepot.model.constant import constant, held
from entrepot.model.edition import same_goods
from entrepot.model.flow import Flow
from entrepot.model.period import Window
from entrepot.model.provenance import Snapshot
from entrepot.store import Store

if TYPE_CHECKING:
    from ibis.expr.types import Table

Areas = tuple[str, ...]
Found = list[dict[str, Any]]


@dataclass(frozen=True)
class Question:
    """Two sides asked for: who, which goods, a base (or none) and a window, in which currency, as of when."""

    store: Store
    origins: Areas
    destinations: Areas
    basket: Basket
    base: Span
    window: Span
    currency: str
    as_of: date | None
    counted_as: Areas = ()
    queries: dict[str, str] = field(default_factory=dict)

    @cached_property
    def flows(self) -> Table:
        """The rows in force."""
        return self.store.flows(self.as_of)

    @property
    def years(self) -> frozenset[int]:
        """Each year that the base or the window touches."""
        return frozenset(month.year for one in (*self.base, *self.window) for month in one.months)

    @property
    def before(self) -> date:
        """The last day of what is taken for ordinary times: the base, or the time before the window."""
        if self.base:
            return max(one.last for one in self.base)
        first = min(one.first for one in self.window)
        return date(first.year - 1, 12, 1)

    @cached_property
    def importers(self) -> Areas:
        """The destinations, and every other country whose imports are held: the origin's customers."""
        rows = self.flows.filter(self.flows.flow == Flow.IMPORT.value)
        rows = rows.filter(~rows.reporter.isin(sorted(aggregates())), rows.period <= self.before)
        seen = self.store.run(rows.select("reporter").distinct())["reporter"].to_pylist()
        inside = {code for one in self.origins for code in _of(one, self.before)}
        inside |= {code for one in self.destinations for code in _of(one, self.before)}
        return (*self.destinations, *sorted(set(seen) - inside - set(self.origins)))

    def selection(self, flow: Flow, partners: Areas = ()) -> Selection:
        """Who reports what, of one side, over all time up to the window."""
        ever = Window(date(1900, 1, 1), max(one.last for one in self.window))
        outward = flow is Flow.EXPORT
        reporters = self.origins if outward else self.importers
        others = self.importers if outward else partners or self.origins
        return Selection(reporters, others, flow, self.basket, (ever,))

    # ------------------------------------------------------------ the two sides
    @cached_property
    def sides(self) -> pa.Table:
        """Both sides of each origin with its customers, by period, in each way the importer tells them."""
        parts = [side(cells(self.flows, self.selection(Flow.EXPORT)), exports=True), *self._imports()]
        return self.run("sides", ibis.union(*parts) if len(parts) > 1 else parts[0])

    def _imports(self) -> Iterator[Table]:
        """The import side once for each way it is told: basis, the origin's members or a row of its own."""
        own = {code: origin for origin in self.origins for code in self._own_rows(origin)}
        for basis, row in self._ways(sorted(own)):
            told = self.flows.filter(self.flows.partner_basis.fill_null("origin") == basis)
            if self.counted_as:
                chosen = cells(told, self.selection(Flow.IMPORT, self.counted_as))
                yield side(together(chosen, "partner", self.origins[0]), exports=False, row="counted as")
            elif row == "members":
                by_members = told.filter(~told.partner.isin(sorted(own))) if own else told
                yield side(cells(by_members, self.selection(Flow.IMPORT)), exports=False)
            else:
                chosen = cells(told, self.selection(Flow.IMPORT, (row,)))
                whole = chosen.filter(chosen.partner_own)
                yield side(together(whole, "partner", own[row]), exports=False, row=row)

    def _ways(self, own: list[str]) -> list[tuple[str, str]]:
        """Bases and rows the importers print at all: an expression is made for each."""
        rows = self.flows.filter(self.flows.flow == Flow.IMPORT.value)
        rows = rows.filter(rows.reporter.isin(self._importers()))
        row = ibis.ifelse(rows.partner.isin(own), rows.partner, "members") if own else ibis.literal("members")
        seen = rows.select(basis=rows.partner_basis.fill_null("origin"), row=row).distinct()
        found = sorted((one["basis"], one["row"]) for one in self.store.run(seen).to_pylist())
        return list(dict.fromkeys((basis, "members") for basis, _ in found)) if self.counted_as else found

    def _importers(self) -> list[str]:
        return sorted({code for one in self.importers for code in (one, *members(one, self.before))})

    def _own_rows(self, origin: str) -> Areas:
        """Codes an importer may print a group's trade under, if it prints it at all."""
        if not is_group(origin):
            return ()
        return (origin, *same_members(origin, max(one.last for one in self.window)))

    # ------------------------------------------------------------ rates, ordinary years
    @cached_property
    def rates(self) -> Table:
        """Rates of each kind into the currency of the answer, and into those the exporters report in."""
        return _rates.rates(_rates.of_store(self.store, self.as_of), self.currency, self.reported_in)

    @cached_property
    def reported_in(self) -> Areas:
        """The currencies the exporters report in, other than the answer's."""
        if not self.origins:
            return ()
        rows = self.sides.filter(pa.compute.equal(self.sides["side"], "export"))
        return tuple(sorted(set(rows["currency"].to_pylist()) - {self.currency}))

    @cached_property
    def pairs(self) -> Table:
        """Both sides of every pair of countries held, period by period, as reported."""
        parts = ibis.union(*(self._each_pair(flow) for flow in (Flow.EXPORT, Flow.IMPORT)))
        return held(self.run("pairs", parts))

    def _each_pair(self, flow: Flow) -> Table:
        groups = sorted(aggregates())
        rows = self.flows.filter(~self.flows.partner.isin(groups), ~self.flows.reporter.isin(groups))
        until = Window(date(1900, 1, 1), max(one.last for one in self.window))
        found = cells(rows, Selection(("WLD",), ("WLD",), flow, self.basket, (until,)))
        return each_pair(found, exports=flow is Flow.EXPORT)

    @cached_property
    def covered(self) -> Table:
        """What each reporter gives of these goods with anyone: area, side, period, frequency, value."""
        parts = []
        for rows in (self.pairs, held(self.sides)):
            area = ibis.ifelse(rows.side == "export", rows.origin_member, rows.destination_member)
            parts.append(rows.select("side", "period", "frequency", "value", area=area))
        return parts[0].union(parts[1])

    def members_of(self, area: str) -> Areas:
        """Who could report for an area; of a country itself."""
        return _of(area, max(one.last for one in self.window))

    @cached_property
    def tellers(self) -> Table:
        """Each area asked for with itself and its members."""
        areas = dict.fromkeys((*self.origins, *self.importers))
        pairs = [(one, other) for one in areas for other in dict.fromkeys((one, *self.members_of(one)))]
        columns = {"asked": [one for one, _ in pairs], "area": [other for _, other in pairs]}
        return constant(columns, dict.fromkeys(columns, "string"))

    @cached_property
    def told(self) -> dict[tuple[str, str], set[tuple[str, str]]]:
        """For each origin and destination the bases and rows its imports are told by."""
        found: dict[tuple[str, str], set[tuple[str, str]]] = {}
        names = ["origin", "destination", "side", "basis", "row"]
        for one in self.sides.group_by(names).aggregate([]).to_pylist():
            if one["side"] == "import":
                found.setdefault((one["origin"], one["destination"]), set()).add((one["basis"], one["row"]))
        return found

    @cached_property
    def years_of_pairs(self) -> Table:
        """The same by whole years, in the currency of the answer."""
        proper = self.rates.filter(self.rates.kind == "monthly")
        rows = yearly(valued(self.pairs, proper), self.currency)
        kept = rows.select("origin", "destination", "side", "basis", "year", "value")
        return held(self.run("years of pairs", kept))

    @cached_property
    def world(self) -> pa.Table:
        """Both sides of every pair of countries held, year by year, in the currency of the answer."""
        rows = self.years_of_pairs
        exports, imports = rows.filter(rows.side == "export"), rows.filter(rows.side == "import")
        return self.run("world", _margin.both_sides(exports, imports))

    # ------------------------------------------------------------ margins
    @cached_property
    def fitted(self) -> _margin.Fit | str:
        """The margin's fit on pairs before the event, or why there is none."""
        past = self.world.filter(pa.compute.less_equal(self.world["year"], pa.scalar(self.before)))
        facts = self.store.indicators(self.as_of)
        seen = self.store.run(_margin.observations(held(past), facts))
        return _margin.fit(seen)

    def margins_of_all(self) -> pa.Table:
        """exporter, importer, margin: of each pair of countries held whose covariates give one."""
        if isinstance(self.fitted, str):
            return pa.table({"exporter": [], "importer": [], "margin": []}, schema=_MARGIN)
        pairs = self.pairs.select("origin", "destination").distinct()
        seen = self.store.run(_margin.observations(pairs, self.store.indicators(self.as_of)))
        rows = [
            {"exporter": row["origin"], "importer": row["destination"], "margin": found[0]}
            for row in seen.to_pylist()
            if (found := self.fitted.predicted(row)) is not None and 0 <= found[0] <= _margin.HIGHEST
        ]
        return pa.Table.from_pylist(rows, schema=_MARGIN)

    def margins(self, kind: str) -> pa.Table:
        """The margin of each pair asked for: fitted, none, or the number given."""
        if kind == "fitted":
            return _margin.margins(self._member_pairs(), self.fitted)
        told = "none: imports are taken as they are" if kind == "none" else f"given: {kind}"
        share = 0.0 if kind == "none" else float(kind)
        rows = [
            {"origin": o, "destination": d, "margin": share, "margin_error": 0.0, "margin_source": told}
            for o in self.origins
            for d in self.destinations
        ]
        return pa.Table.from_pylist(rows, schema=_margin.MARGINS)

    def facts_behind(self, *, fitted: bool, converted: bool) -> list[Snapshot]:
        """The snapshots that the margin's covariates and the exchange rates are from."""
        facts = self.store.indicators(self.as_of)
        told = facts.select("indicator", "snapshot", is_rate=_rates.is_rate(facts.indicator)).distinct()
        seen = self.store.run(told).to_pylist()
        of_rates = {row["snapshot"] for row in seen if row["is_rate"]}
        of_margin = {row["snapshot"] for row in seen if row["indicator"] in _margin.FACTS}
        used = (of_rates if converted else set()) | (of_margin if fitted else set())
        packaged = [_rates.card()] if converted else []  # it fills what the store's rates leave open
        return [shot for shot in self.store.snapshots(self.as_of) if shot.snapshot in used] + packaged

    def _member_pairs(self) -> pa.Table:
        """The pairs of countries behind the pairs asked for, weighted by exports before the event."""
        past = self.world.filter(pa.compute.less_equal(self.world["year"], pa.scalar(self.before)))
        ordered = past.sort_by("year").to_pylist()
        sent = {(row["origin"], row["destination"]): row["export_value"] for row in ordered}
        rows = [
            (origin, destination, one, other, sent.get((one, other), 0.0))
            for origin in self.origins
            for destination in self.destinations
            for one in _of(origin, self.before)
            for other in _of(destination, self.before)
        ]
        weighted = [row for row in rows if row[4] > 0] or [(*row[:4], 1.0) for row in rows]
        names = ("asked_origin", "asked_destination", "origin", "destination", "weight")
        types = dict.fromkeys(names, "string") | {"weight": "float64"}
        table = constant({n: [row[i] for row in weighted] for i, n in enumerate(names)}, types)
        return self.store.run(_margin.observations(table, self.store.indicators(self.as_of)))

    # ------------------------------------------------------------ faults
    def faults(self) -> pa.Table:
        """For each pair asked for: why a side of it is no report, or stops early. No row: nothing found."""
        of_area = list(self._of_reporters())
        of_pair = self.store.run(lint.frozen(held(self.world))).to_pylist()
        rows = []
        for origin in self.origins:
            for destination in self.destinations:
                told = {
                    *self._of_editions(origin, destination),
                    *self._of_ends(origin, destination, of_area, of_pair),
                }
                if told:
                    pair = {"origin": origin, "destination": destination}
                    rows.append(pair | {"fault": "; ".join(sorted(told))})
        return pa.Table.from_pylist(rows, schema=_FAULTS)

    def _of_ends(self, origin: str, destination: str, of_area: Found, of_pair: Found) -> Iterator[str]:
        """What is found of either end; of pairs of countries inside, where it is of half their trade."""
        ends = [{one, *_of(one, self.before)} for one in (origin, destination)]
        for one in of_area:
            if one["year"].year in self.years and one["area"] in ends[one["side"] == "import"]:
                yield one["fault"]
        for year in sorted(self.years):
            inside = [one for one in of_pair if _within(one, ends, year)]
            whole = sum(one["import_value"] for one in self.world.to_pylist() if _within(one, ends, year))
            if inside and sum(one["import_value"] for one in inside) >= whole / 2:
                yield inside[0]["fault"]

    def _of_editions(self, origin: str, destination: str) -> Iterator[str]:
        """Why codes of unlike editions, of the sides or of base and window, do not hold the same goods."""
        codes = tuple(code for code in self.basket.codes if code.isdigit())
        if not codes:
            return
        seen = {
            edition
            for row in self.sides.to_pylist()
            if (row["origin"], row["destination"]) == (origin, destination)
            and row["period"].year in self.years
            for edition in (row["editions"] or "").split()
        }
        first, *others = sorted(seen) or [""]
        for other in others:
            if not same_goods(codes, first, other):
                goods = f"{self.basket.name} does not hold the same goods in {first} and {other}"
                yield f"edition mismatch, {goods}"

    def _of_reporters(self) -> Iterator[dict[str, Any]]:
        years, raw = self.years_of_pairs, self.pairs
        raw = raw.mutate(year=ibis.date(raw.period.year(), 1, 1))
        for rows, test in ((raw, lint.long_decimals), (years, lint.stopped_early)):
            exported = rows.side == "export"
            named = rows.select(
                *("side", "value", "year"),
                area=ibis.ifelse(exported, rows.origin, rows.destination),
                partner=ibis.ifelse(exported, rows.destination, rows.origin),
            )
            yield from self.store.run(test(named)).to_pylist()

    def run(self, name: str, expr: Table) -> pa.Table:
        """The rows of an expression, its query kept under a name."""
        self.queries[name] = self.store.sql(expr)
        return self.store.run(expr)

    def bands(self, own: pa.Table) -> pa.Table:
        """How far two sides drift apart in ordinary years: the origin's own, else of pairs of its size.

        own: choice, origin, destination, year, export_value, import_value of the origins with all their
        customers.
        """
        lag = max(max(one.last.year for one in self.window) - self.before.year, 1)
        return noise.bands(own, self.world, self.before.year, lag, self.destinations)


_MARGIN = pa.schema([("exporter", pa.string()), ("importer", pa.string()), ("margin", pa.float64())])
_FAULTS = pa.schema([("origin", pa.string()), ("destination", pa.string()), ("fault", pa.string())])


def _within(row: dict[str, Any], ends: list[set[str]], year: int) -> bool:
    return row["year"].year == year and row["origin"] in ends[0] and row["destination"] in ends[1]


def _of(area: str, on: date) -> Areas:
    return members(area, on) or (area,)
