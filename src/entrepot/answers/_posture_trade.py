"""What a posture draws from trade: the pair's own series, and those of others to hold it against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from entrepot.answers._posture_asked import Asked, Candidate, one_source, shifted, span_text, texts_among
from entrepot.answers._shape import one_currency
from entrepot.errors import NoDataError
from entrepot.measures.cells import Selection, cells
from entrepot.measures.pair_series import pair_series, unweighed
from entrepot.measures.posture import Points, added, held_of, together, trade
from entrepot.model.area import aggregates
from entrepot.model.commodity import parse_commodity
from entrepot.model.flow import Flow
from entrepot.model.period import Window
from entrepot.model.posture import Dimension, Series, energy_content
from entrepot.model.provenance import Snapshot
from entrepot.store import Store

if TYPE_CHECKING:
    from ibis.expr.types import Table

_HISTORY = 8  # years before the event that earlier windows may lie in
_HELD = 0.9  # of the months from the first to the last held
_NONE = "no figures on both sides of the event"

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Trade:
    """The trade of a store that bears on a question: as published by the day, or later and cut to it."""

    store: Store
    asked: Asked
    queries: dict[str, str] = field(default_factory=dict)

    def candidate(self, dimension: Dimension, series: Series) -> Candidate:
        """What the vintage of the day tells; where it tells nothing fresh, a later one cut to months past."""
        if series.far == "hubs" and not self.asked.hubs:
            return Candidate(series.name, why="no hubs are named: --via", proxy=series.proxy)
        found = Candidate(series.name, why="not held", proxy=series.proxy)
        for later in (False, True):
            rows = self._later if later else self._held
            if rows is not None:
                found = _better(found, self._told(rows, dimension, series, later=later))
            if found.evidence and not found.is_too_old(dimension, self.asked):
                break
        return found

    # ------------------------------------------------------------ the rows
    @cached_property
    def _held(self) -> Table | None:
        return self._landed(self.asked.as_of)

    @cached_property
    def _later(self) -> Table | None:
        """What was published after the day about months that were past on it."""
        rows = None if self.asked.strict or self.asked.as_of is None else self._landed(None)
        if rows is None or self.asked.as_of is None:
            return None
        monthly = (rows.frequency == "M") & (rows.period <= self.asked.last)
        yearly = (rows.frequency == "A") & (rows.period < date(self.asked.as_of.year, 1, 1))
        return rows.filter(monthly | yearly)

    def _landed(self, as_of: date | None) -> Table | None:
        """The rows of the areas asked about, computed once for all candidates."""
        try:
            rows = self.store.flows(as_of)
        except NoDataError:
            return None
        first = date(self.asked.event.year - _HISTORY, 1, 1)
        near = rows.reporter.isin(sorted({self.asked.actor, *self.asked.hubs}))
        return self.store.landed(rows.filter(near, rows.period >= first))

    # ------------------------------------------------------------ one series
    def _told(self, rows: Table, dimension: Dimension, series: Series, *, later: bool) -> Candidate:
        """By months, or by years where these tell of more areas."""
        found = Candidate(series.name, why="not held", proxy=series.proxy)
        sides = self._sides(series, later=later)
        if not sides[1]:
            return found
        for by, spans in (("month", self.asked.months), ("year", self.asked.years)):
            base, window = spans(dimension.baseline_years)
            if window is not None:
                one = self._by(rows, series, sides, _Spans(by, base, window), later=later)
                found = _better(found, one)
        return found

    def _sides(self, series: Series, *, later: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Who reports, and every country they report on with goods of the series."""
        tellers = self.asked.hubs if series.teller == "far" else (self.asked.actor,)
        basket = parse_commodity(series.commodity)
        codes = (*basket.hs_codes, *basket.items)
        seen = {
            row["partner"]
            for row in (self._later_content if later else self._held_content)
            if row["reporter"] in tellers
            and row["flow"] == series.flow
            and row["commodity"].startswith(codes)
        }
        return tellers, tuple(sorted(seen - aggregates()))

    @cached_property
    def _held_content(self) -> Rows:
        return self._content(self._held)

    @cached_property
    def _later_content(self) -> Rows:
        return self._content(self._later)

    def _content(self, rows: Table | None) -> Rows:
        """Which reporters tell of which partners and goods: what is not held need not be asked for."""
        if rows is None:
            return []
        found: Rows = self.store.run(
            rows.select("reporter", "partner", "flow", "commodity").distinct()
        ).to_pylist()
        return found

    def _by(
        self,
        rows: Table,
        series: Series,
        sides: tuple[tuple[str, ...], tuple[str, ...]],
        spans: _Spans,
        *,
        later: bool,
    ) -> Candidate:
        whole = Window(date(self.asked.event.year - _HISTORY, 1, 1), spans.window.last)
        asked = Selection(*sides, Flow(series.flow), parse_commodity(series.commodity), (whole,))
        content = energy_content() if series.by == "energy" else None
        expr = pair_series(cells(rows, asked), spans.by, (spans.base,), (spans.window,), content)
        self.queries[f"{series.name}, by {spans.by}"] = self.store.sql(expr)
        table = one_currency(self.store.run(expr))[0].to_pylist()
        own, peers = self._split(_each(table), series, spans)
        mine, gaps = added(own.values()), _gaps(added(own.values()), spans)
        evidence = None if gaps else trade(mine, peers, spans.after, spans.before, series.spread)
        if evidence is None:
            return _no_evidence(series, mine, spans, gaps) if table else _not_held(series)
        told = [row for row in table if _is_of(row, own, series, self.asked)]
        named = f" ({', '.join(sorted(own))})" if series.far == "hubs" else ""
        return Candidate(
            series.name + named,
            evidence,
            "",
            "MJ" if series.by == "energy" else told[0]["currency"],
            str(spans.base),
            span_text(evidence.slots, spans.by),
            shifted(evidence.slots[-1], 11 if spans.by == "year" else 0),
            self._source(snapshots := _words(told, "snapshots")),
            " ".join(_words(told, "status")),
            snapshots,
            series.proxy,
            later,
            len(own),
            texts=tuple(sorted(texts_among(self._cards[one] for one in snapshots))),
            unweighed=self._unweighed(rows, series, spans) if content else "",
        )

    def _unweighed(self, rows: Table, series: Series, spans: _Spans) -> str:
        """The goods of the pair that an energy leaves out, for want of a weight."""
        whole = Window(spans.base.first, spans.window.last)
        pair = (self.asked.actor,), (self.asked.partner,)
        asked = Selection(*pair, Flow(series.flow), parse_commodity(series.commodity), (whole,))
        expr = unweighed(cells(rows, asked), spans.by, (spans.base,), (spans.window,), energy_content())
        self.queries[f"{series.name}, without weight"] = self.store.sql(expr)
        return "; ".join(_unweighed(row, spans.by) for row in self.store.run(expr).to_pylist())

    def _split(
        self, each: Mapping[str, Mapping[str, Points]], series: Series, spans: _Spans
    ) -> tuple[dict[str, Points], list[Points]]:
        """The series asked about, area by area, and those of all others; each[partner][reporter]."""
        ends = {self.asked.actor, self.asked.partner, *self.asked.hubs}
        others = [one for far, one in each.items() if far not in ends]
        if series.teller == "far":
            own = together(each.get(self.asked.actor, {}), spans.after, spans.before)
            return own, [added(one[name] for name in own) for one in others if own.keys() <= one.keys()]
        fars = self.asked.hubs if series.far == "hubs" else (self.asked.partner,)
        mine = {far: each[far][self.asked.actor] for far in fars if far in each}
        return together(mine, spans.after, spans.before), [one[self.asked.actor] for one in others]

    def _source(self, snapshots: tuple[str, ...]) -> str:
        return "; ".join(sorted({one_source(self._cards[one].publisher) for one in snapshots}))

    @cached_property
    def _cards(self) -> dict[str, Snapshot]:
        return {card.snapshot: card for card in self.store.snapshots()}


@dataclass(frozen=True)
class _Spans:
    """Baseline and window in periods of one length."""

    by: str
    base: Window
    window: Window

    @property
    def before(self) -> list[date]:
        return self._slots(self.base)

    @property
    def after(self) -> list[date]:
        return self._slots(self.window)

    def _slots(self, span: Window) -> list[date]:
        return [day for day in span.months if self.by == "month" or day.month == 1]


def _each(table: Rows) -> dict[str, dict[str, dict[date, float]]]:
    """Partner, reporter: the points of their series, with a zero where the file tells of others only.

    A period without a row is missing. But a file that tells of the partner in some period, and in this one of
    others in the same goods and not of it, says that there was nothing.
    """
    found: dict[str, dict[str, dict[date, float]]] = {}
    files: dict[tuple[str, str], set[str]] = {}
    days: dict[tuple[str, str], set[date]] = {}
    for row in table:
        far, near, day = row["partner"], row["reporter"], _day(row["period"])
        found.setdefault(far, {}).setdefault(near, {})[day] = row["amount"]
        for file in row["snapshots"].split():
            files.setdefault((far, near), set()).add(file)
            days.setdefault((near, file), set()).add(day)
    for (far, near), told in files.items():
        every = set[date]().union(*(days[near, file] for file in told))
        found[far][near] = dict.fromkeys(sorted(every), 0.0) | found[far][near]
    return found


def _day(value: Any) -> date:
    return value if type(value) is date else value.date()


def _gaps(own: Points, spans: _Spans) -> str:
    """Which part of the window is not held, where that is more than a tenth of it."""
    held, of = held_of(own, spans.after)
    return f"{held} of {of} {spans.by}s of the window are held" if held < _HELD * of else ""


def _not_held(series: Series) -> Candidate:
    return Candidate(series.name, why="not held", proxy=series.proxy)


def _no_evidence(series: Series, own: Points, spans: _Spans, gaps: str) -> Candidate:
    """Why a series tells nothing, and whether it is held on both sides all the same."""
    sides = [[own[day] for day in span if day in own] for span in (spans.before, spans.after)]
    why = gaps or ("none on either side of the event" if all(sides) and not any(map(any, sides)) else _NONE)
    return Candidate(series.name, why=why, proxy=series.proxy, is_held=all(map(bool, sides)) and why != _NONE)


def _unweighed(row: dict[str, Any], by: str) -> str:
    share = f", {row['value'] / row['of_value']:.1%} of the value" if row["of_value"] else ""
    return f"{row['commodity']} in {row['months']} {by}s{share}"


def _is_of(row: dict[str, Any], own: Mapping[str, Points], series: Series, asked: Asked) -> bool:
    far, near = ("reporter", "partner") if series.teller == "far" else ("partner", "reporter")
    return row[far] in own and row[near] == asked.actor


def _words(rows: Rows, column: str) -> tuple[str, ...]:
    return tuple(sorted({word for row in rows for word in (row[column] or "").split()}))


def _better(one: Candidate, other: Candidate) -> Candidate:
    """The one that tells something; of two that do, of more areas, then fresher, then the first."""
    if not other.evidence:
        return one if one.evidence or one.is_held or one.why != "not held" else other
    if not one.evidence or other.areas > one.areas:
        return other
    fresher = other.later and not one.later and (other.last or date.min) > (one.last or date.min)
    return other if fresher and other.areas >= one.areas else one
