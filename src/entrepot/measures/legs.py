"""The legs of trade that may take another way: what left for each hub, what arrived, what went on from there.

A leg has one end fixed (the origin, or the destination) and the hub at the other; one side tells of it. This
module brings legs to sums over spans of months; measures.counterfactual says what was to be expected of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import ibis
from ibis.expr.types import Table, Value

from entrepot.measures.cells import own_first
from entrepot.measures.direct import in_slots, words
from entrepot.model.constant import constant
from entrepot.model.period import Window

LEGS = ("sent", "arrived", "onward", "received")
"""sent: origin's exports to the hub. arrived: the hub's imports from the origin. onward: the hub's exports to
the destination. received: the destination's imports from the hub. The first named is who tells."""
HUB = {"sent": "partner", "arrived": "reporter", "onward": "reporter", "received": "partner"}
"""Which side of a leg's rows the hub is on."""
YEAR = 12
MOST_YEARS = 4  # that the question is asked before the event, to see how well it is answered
ALIVE = 12  # months of the base with a value, for a code to have lived before (METHODS 0.8)


@dataclass(frozen=True)
class Spans:
    """A base and a window to be compared, and weights that bring the base to the window's months.

    whole, recent: weight of each slot of the base, and of its last year. The same calendar months are held
    against each other, so that no season is taken for a change. gap: months from the middle of each base to
    the middle of the window.
    """

    base: tuple[date, ...]
    window: tuple[date, ...]
    yearly: bool

    @property
    def recent(self) -> tuple[date, ...]:
        """The last year of the base."""
        return self.base[-1:] if self.yearly else self.base[-YEAR:]

    def weights(self, slots: Sequence[date]) -> dict[date, float]:
        """For each slot how often the window has its calendar month over how often these slots do."""
        wanted = [day.month for day in self.window]
        held = [day.month for day in slots]
        return {day: wanted.count(day.month) / held.count(day.month) for day in slots}

    def lead(self, slots: Sequence[date]) -> float:
        """Months from the middle of what of the slots counts to the middle of the window."""
        weights = self.weights(slots)
        middle = sum(_month(day) * w for day, w in weights.items()) / max(sum(weights.values()), 1e-9)
        return sum(map(_month, self.window)) / len(self.window) - middle

    @property
    def is_whole(self) -> bool:
        """Whether each calendar month of the window is in the last year of the base."""
        return {day.month for day in self.window} <= {day.month for day in self.recent}

    def earlier(self, first: date) -> list[Spans]:
        """The same question asked some years before, from `first` on; its base may be shorter."""
        found = []
        for years in range(1, MOST_YEARS + 1):
            base = tuple(day for one in self.base if (day := _before(one, years)) >= first)
            moved = Spans(base, tuple(_before(one, years) for one in self.window), self.yearly)
            enough = len(base) >= (1 if self.yearly else YEAR) and moved.is_whole
            if enough and moved.window[-1] <= self.base[-1]:
                found.append(moved)
        return found


def spans(base: Window, window: Window) -> Spans:
    """The spans of a question: by years where both are whole years, else by months."""
    if base.years and window.years:
        return Spans(base.years, window.years, yearly=True)
    return Spans(base.months, window.months, yearly=False)


def _month(day: date) -> int:
    return day.year * 12 + day.month


def _before(day: date, years: int) -> date:
    return date(day.year - years, day.month, 1)


def leg(cells: Table, name: str, *, by: str, settled: frozenset[str] = frozenset()) -> Table:
    """One row per hub, good and slot (month or year): what one side tells of one leg.

    cells: of measures.cells (or `levels`), values in one currency. good: the code. value: units of the
    currency; net_weight_kg: kg, null unless each of its cells has one. settled: columns in which all rows are
    alike, so that there is nothing to choose between (status, source, snapshot: alike within each hub and
    slot). Sign: as reported.
    """
    alike = cells.mutate(
        currency=ibis.literal("")
    )  # brought to one: a group and its members are told apart anew
    own = own_first(alike, ("flow", "period", "frequency", "commodity"), settled=settled)
    placed = in_slots(own, by, settled)
    whole = placed.net_weight_kg.count() == placed.count()
    return placed.group_by(hub=placed[f"{HUB[name]}_member"], good=placed.commodity, slot=placed.slot).agg(
        value=placed.value.sum(),
        net_weight_kg=ibis.ifelse(whole, placed.net_weight_kg.sum(), ibis.null("float64")),
        unrated=placed.unrated.any(),
        statuses=_words(placed, "status", settled),
        sources=_words(placed, "source", settled),
        snapshots=_words(placed, "snapshot", settled),
        leg=ibis.literal(name),
    )


def _words(placed: Table, column: str, settled: frozenset[str]) -> Value:
    """The distinct words; a list of one for each of millions of groups would take as long as all the rest."""
    return placed[column].min() if column in settled else words(placed[column])


def summed(rows: Table, asked: Sequence[Spans]) -> Table:
    """One row per leg, hub and good: its sums over each span, weighted to the months of the window.

    rows: of `leg`, with is_listed. whole_0, recent_0, window_0: of the first spans, then of the next. kg_*:
    the same of weights, of the first spans. alive_months, alive_after: slots of the base and of the window
    with a value.
    """
    joined = rows.inner_join(_weights(asked), "slot")
    traded = (joined.value != 0).fill_null(False)
    sums = {
        f"{name}_{place}": (joined.value * joined[f"{name}_{place}"]).sum()
        for place in range(len(asked))
        for name in ("whole", "recent", "window")
    }
    weights = {
        f"kg_{name}": (joined.net_weight_kg * joined[f"{name}_0"]).sum() for name in ("recent", "window")
    }
    return joined.group_by(["leg", "hub", "good", "is_listed"]).agg(
        **sums,
        **weights,
        unrated=joined.unrated.any(),
        unweighed=(joined.net_weight_kg.isnull() & traded).any(),
        alive_months=(traded & (joined.whole_0 > 0)).sum(),
        alive_after=(traded & (joined.window_0 > 0)).sum(),
        statuses=words(joined.statuses),
        sources=words(joined.sources),
        snapshots=words(joined.snapshots),
    )


def by_slot(rows: Table) -> Table:
    """One row per leg, hub and slot: all goods of the list together, and those outside it."""
    return rows.group_by(["leg", "hub", "is_listed", "slot"]).agg(value=rows.value.sum())


def _weights(asked: Sequence[Spans]) -> Table:
    """slot, and its weight in each span."""
    columns: dict[str, dict[date, float]] = {}
    for place, one in enumerate(asked):
        columns[f"whole_{place}"] = one.weights(one.base)
        columns[f"recent_{place}"] = one.weights(one.recent)
        columns[f"window_{place}"] = dict.fromkeys(one.window, 1.0)
    slots = sorted({day for weights in columns.values() for day in weights})
    table = {"slot": slots} | {name: [w.get(day, 0.0) for day in slots] for name, w in columns.items()}
    return constant(table, {"slot": "date"} | dict.fromkeys(columns, "float64"))
