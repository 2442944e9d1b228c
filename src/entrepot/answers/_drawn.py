"""What a study of rerouted trade draws from the store: the rows of its legs, in one currency."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

import ibis
import pyarrow as pa

from entrepot.answers import _rates
from entrepot.measures import legs as _legs
from entrepot.measures.cells import Selection, cells, everyone, levels, nearest
from entrepot.measures.legs import LEGS, Spans
from entrepot.measures.sides import valued
from entrepot.model.area import aggregates, is_group
from entrepot.model.commodity import Basket
from entrepot.model.constant import column
from entrepot.model.flow import BREAKDOWN, COLUMNS, DERIVED, Flow
from entrepot.model.period import Window
from entrepot.store import Store

if TYPE_CHECKING:
    from ibis.expr.types import BooleanValue, Table

Areas = tuple[str, ...]
HISTORY = 10  # years before the base that are read, to ask the question before the event too
FLOW = {"sent": Flow.EXPORT, "arrived": Flow.IMPORT, "onward": Flow.EXPORT, "received": Flow.IMPORT}
_CHOSEN = ("currency", "frequency", "hs_revision", "partner_basis")
_TOLD = ("status", "source", "snapshot")  # nothing is chosen by them: an answer lists them
_CHAPTERS = Basket("all goods by chapter", tuple(f"{n:02d}" for n in range(1, 98) if n != 77))


@dataclass(frozen=True)
class Drawn:
    """A question about rerouting, and the rows of its legs as the store holds them."""

    store: Store
    origin: Areas
    destination: Areas
    basket: Basket
    others: Basket | None  # goods beside the list that nobody restricted; None: whatever else is held
    base: Window
    window: Window
    via: Areas
    near: Areas | None  # hubs that may be used; None: neighbours and fellow members of a union
    currency: str
    as_of: date | None
    queries: dict[str, str] = field(default_factory=dict)

    @cached_property
    def flows(self) -> Table:
        """The rows in force that are plain reports of countries."""
        rows = self.store.flows(self.as_of)
        told = rows.filter(~rows.status.isin(DERIVED) | rows.status.isnull())
        wholes = sorted(set(aggregates()) - {*self.origin, *self.destination})
        return told.filter(~told.partner.isin(wholes), ~told.reporter.isin(wholes))

    @cached_property
    def spans(self) -> tuple[Spans, ...]:
        """The question's own base and window first, then the same some years before."""
        asked = self.asked_spans
        listed = self.rows.filter(self.rows.is_listed, self.rows.value.notnull())
        began = self.store.run(listed.group_by("leg").agg(first=listed.slot.min())).to_pylist()
        firsts = {row["leg"]: row["first"] for row in began}
        first = firsts.get("sent") or firsts.get("arrived")
        return (asked, *(asked.earlier(first) if first else ()))

    @property
    def asked_spans(self) -> Spans:
        """Base and window, by months or by years."""
        return _legs.spans(self.base, self.window)

    @property
    def by(self) -> str:
        """Whether slots are months or years."""
        return "year" if self.base.years and self.window.years else "month"

    # ------------------------------------------------------------ rows
    @cached_property
    def rows(self) -> Table:
        """Each leg's goods by slot, in the currency of the answer."""
        told = [name for name in LEGS if self._settled[name] is not None] or LEGS[:1]
        found = [self._leg(name, listed=True) for name in told]
        if not self.basket.is_total:
            found += [self._leg(name, listed=False) for name in told]
        return self.store.landed(ibis.union(*found) if len(found) > 1 else found[0])

    def _leg(self, name: str, *, listed: bool) -> Table:
        held = self._listed(name) if listed else self._beside(name)
        settled = self._settled[name] or frozenset()
        one = held if "currency" in settled else _one_currency(held, self.currency)
        found = _legs.leg(valued(one, self._rates), name, by=self.by, settled=settled)
        return found.mutate(is_listed=ibis.literal(listed))

    @cached_property
    def drawn(self) -> Table:
        """The rows legs are made of, drawn from the store once: a small part of what it holds."""
        rows = self.flows
        found = rows.filter(ibis.or_(*(self._is_of(name, rows) for name in LEGS)))
        if not self.basket.items and not self.basket.is_total:
            found = found.filter(
                found.digits >= self._shortest
            )  # no others are used, or are to settle columns
        unused = {name: ibis.null(COLUMNS[name]) for name in ("quantity", "quantity_unit", "is_estimated")}
        return self.store.landed(found.drop(*BREAKDOWN, "breakdown", "row").mutate(**unused))

    def _is_of(self, name: str, rows: Table) -> BooleanValue:
        wanted = self._selection(name, self.basket)
        (years,) = wanted.windows
        found = (rows.flow == wanted.flow.value) & rows.period.between(years.first, years.last)
        for side, asked in (("reporter", wanted.reporters), ("partner", wanted.partners)):
            found = found if "WLD" in asked else found & rows[side].isin(everyone(asked))
        return found

    @cached_property
    def _settled(self) -> dict[str, frozenset[str] | None]:
        """Of each leg the columns in which its rows are alike; None where it has none."""
        out = {}
        for name in LEGS:
            wanted = self._selection(name, self.basket)
            rows = self.drawn.filter(self._is_of(name, self.drawn))
            alike = self._alike(rows, {"reporter": wanted.reporters, "partner": wanted.partners})
            out[name] = None if alike is None else alike | self._told_alike(rows, _legs.HUB[name])
        return out

    def _alike(self, rows: Table, ends: dict[str, Areas]) -> frozenset[str] | None:
        counts = {name: rows[name].fill_null("").nunique() for name in _CHOSEN}
        for side, asked in ends.items():
            wholes = ["WLD"] if "WLD" in asked else [one for one in asked if is_group(one)]
            counts[f"{side}_own"] = rows[side].isin([*wholes, ""]).nunique()
        counts["digits"] = rows.digits.nunique(where=rows.digits >= self._shortest)
        (found,) = self.store.run(rows.agg(all_rows=rows.count(), **counts)).to_pylist()
        alike = frozenset(name for name in counts if found[name] <= 1)
        return alike if found["all_rows"] else None

    def _told_alike(self, rows: Table, hub: str) -> set[str]:
        """What is alike within each hub and slot, as the file is that a reporter sends for a month."""
        slot = rows.period if self.by == "month" else rows.period.year()
        texts = {name: rows[name].fill_null("") for name in _TOLD}
        unlike = {name: text.min() != text.max() for name, text in texts.items()}
        found = rows.group_by(hub=rows[hub], slot=slot).agg(**unlike)
        (seen,) = self.store.run(found.agg(**{name: found[name].any() for name in _TOLD})).to_pylist()
        return {name for name in _TOLD if not seen[name]}

    @property
    def _shortest(self) -> int:
        """The digits of the shortest code that is read."""
        codes = (*self.basket.hs_codes, *(self.others.hs_codes if self.others else ()))
        return min(map(len, codes), default=2)

    def _listed(self, name: str) -> Table:
        return cells(self.drawn, self._selection(name, self.basket, self._settled[name]))

    def _beside(self, name: str) -> Table:
        """Goods that are not of the list: those named, or all others at the list's own level."""
        if self.others is not None:
            return cells(self.drawn, self._selection(name, self.others, self._settled[name]))
        length = max(min(map(len, self.basket.hs_codes), default=6), 6)
        found = levels(self.drawn, self._selection(name, _CHAPTERS, self._settled[name]))
        found = found.filter(found.digits == length).mutate(commodity=found.good)
        for size in sorted({len(code) for code in self.basket.hs_codes}):
            codes = column("listed", (code for code in self.basket.hs_codes if len(code) == size))
            found = found.anti_join(codes, found.good.substr(0, size) == codes.listed)
        return found

    def _selection(self, name: str, basket: Basket, settled: frozenset[str] | None = None) -> Selection:
        fixed = self.origin if name in ("sent", "arrived") else self.destination
        tellers, partners = (fixed, ("WLD",)) if name in ("sent", "received") else (("WLD",), fixed)
        years = (Window(date(self.base.first.year - HISTORY, 1, 1), self.window.last),)
        return Selection(tellers, partners, FLOW[name], basket, years, settled=settled or frozenset())

    @cached_property
    def _rates(self) -> Table:
        every = _rates.rates(_rates.of_store(self.store, self.as_of), self.currency)
        return every.filter(every.kind == "monthly")

    # ------------------------------------------------------------ sums
    @cached_property
    def sums(self) -> pa.Table:
        """Each leg's hubs and goods, summed over each span."""
        return self.run("sums", _legs.summed(self.rows, self.spans))

    @cached_property
    def by_slot(self) -> pa.Table:
        """Each leg's hubs by slot."""
        return self.run("by month", _legs.by_slot(self.rows))

    def run(self, name: str, expr: Table) -> pa.Table:
        """The rows of an expression, its query kept under a name."""
        self.queries[name] = self.store.sql(expr)
        return self.store.run(expr)


def _one_currency(held: Table, wanted: str) -> Table:
    """Of a reporter's currencies the one it tells most in; the answer's own where they are equal."""
    series = ["reporter_member", "partner_member", "flow", "commodity"]
    counted = held.mutate(
        told=held.count().over(ibis.window(group_by=[held[n] for n in (*series, "currency")]))
    )
    rank = -counted.told * 2 - ibis.ifelse(counted.currency == wanted, 1, 0)
    return nearest(counted.mutate(distance=rank), series).drop("told")
