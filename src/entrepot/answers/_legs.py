"""The legs of a study of rerouted trade as arrays: who is near or far, who tells of what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import pyarrow as pa

from entrepot.answers._drawn import FLOW, Areas, Drawn
from entrepot.measures import legs as _legs
from entrepot.measures.leg_arrays import Leg
from entrepot.model.area import is_group, members, specials
from entrepot.model.flow import Flow


@dataclass(frozen=True)
class Legs(Drawn):
    """A question about rerouting, and what the store holds of it."""

    # ------------------------------------------------------------ who is who
    @cached_property
    def inside(self) -> frozenset[str]:
        """The origin and the destination and their members: no hubs."""
        whole = (*self.origin, *self.destination)
        return frozenset({code for one in whole for code in (one, *members(one, self.base.last))})

    @cached_property
    def ends(self) -> frozenset[str]:
        """The destination and its members."""
        return frozenset({c for one in self.destination for c in (one, *members(one, self.base.last))})

    @cached_property
    def hubs(self) -> Areas:
        """Everyone at the other end of a leg."""
        return tuple(sorted(set(self.sums["hub"].to_pylist()) - {"WLD"}))

    @cached_property
    def asked(self) -> frozenset[str]:
        """The hubs asked about: those named, or all."""
        return frozenset((self.named or set(self.hubs)) - self.inside - specials())

    @cached_property
    def named(self) -> frozenset[str]:
        """The hubs named, and their members: whoever is asked about is no yardstick."""
        return frozenset({code for one in self.via for code in (one, *members(one, self.base.last))})

    @cached_property
    def neighbours(self) -> tuple[frozenset[str], str]:
        """Who borders either end or is in a union with it, and how that is known: who may be a way around."""
        if self.near is not None:
            named = {code for one in self.near for code in (one, *members(one, self.base.last))}
            return frozenset(named), "as named"
        facts = self.store.indicators(self.as_of)
        bordering = facts.filter(facts.indicator == "is_contiguous", facts.value == 1)
        border = bordering.filter(bordering.area.isin(sorted(self.inside)))
        touching = set(self.store.run(border.select("partner").distinct())["partner"].to_pylist())
        groups = [set(members(name, self.base.last)) for name in UNIONS]
        unions = set().union(*(one for one in groups if self.inside & one))
        allies = set(members(COALITION, self.base.last))
        found = (touching | unions) - (allies if self.inside & allies else set())
        borders = "a border (CEPII)" if touching else "borders are not held"
        return frozenset(
            found
        ), f"{borders}, {', '.join(UNIONS)}; without members of the origin's {COALITION}"

    @cached_property
    def told(self) -> dict[tuple[str, str], set[date]]:
        """For each reporter and flow the slots it tells of at all, at the level of the goods asked for."""
        rows = self.flows.filter(self.flows.period.between(self.base.first, self.window.last))
        if self.basket.hs_codes:
            rows = rows.filter(rows.digits >= min(map(len, self.basket.hs_codes)))
        rows = rows.filter(rows.flow.isin([Flow.EXPORT.value, Flow.IMPORT.value]))
        seen = rows.select("reporter", "flow", "period", "frequency").distinct()
        out: dict[tuple[str, str], dict[str, set[date]]] = {}
        for row in self.run("told", seen).to_pylist():
            periods = out.setdefault((row["reporter"], row["flow"]), {"M": set(), "A": set()})
            periods.setdefault(row["frequency"], set()).add(row["period"])
        return {key: self._slots(found["M"], found["A"]) for key, found in out.items()}

    def _slots(self, months: set[date], years: set[date]) -> set[date]:
        if self.by == "month":
            return months
        whole = {date(y, 1, 1) for y in {m.year for m in months} if sum(m.year == y for m in months) == 12}
        return whole | years

    def tells(self, leg: str, hub: str) -> bool:
        """Whether who tells of this leg tells of each month of base and window.

        A group: itself, or each of its members that tells of anything, but for a month here and there
        (`gaps`): small members trade in some months only; one that falls silent is no zero. A partner of
        which nothing at all is told in the base, or in the window, is not held: that is no zero either.
        """
        if (leg, hub) not in self._traded:
            return False
        wanted, flow = {*self.spans[0].base, *self.spans[0].window}, FLOW[leg].value
        for one in {"sent": self.origin, "received": self.destination}.get(leg, (hub,)):
            missing = self._missing(one, flow)
            if not wanted <= self.told.get((one, flow), set()) and (
                not is_group(one) or not missing or any(self._is_silent(slots) for slots in missing.values())
            ):
                return False
        return True

    @cached_property
    def _traded(self) -> set[tuple[str, str]]:
        """Each leg and hub with any figure in the base and in the window, of whatever goods."""
        seen = self.sums.group_by(["leg", "hub"]).aggregate([("whole_0", "sum"), ("window_0", "sum")])
        return {
            (row["leg"], row["hub"]) for row in seen.to_pylist() if row["whole_0_sum"] and row["window_0_sum"]
        }

    @cached_property
    def reported_in(self) -> frozenset[str]:
        """The currencies the origins tell their exports in."""
        rows = self.drawn.filter(self.drawn.flow == Flow.EXPORT.value)
        rows = rows.filter(rows.reporter.isin(sorted(self.inside - self.ends)))
        return frozenset(self.store.run(rows.select("currency").distinct())["currency"].to_pylist())

    def gaps(self) -> dict[str, list[date]]:
        """Members of the origins that tell nothing of some months, though of others."""
        found: dict[str, list[date]] = {}
        for one in self.origin:
            if not {*self.spans[0].window} <= self.told.get((one, Flow.EXPORT.value), set()):
                found |= {who: sorted(slots) for who, slots in self._missing(one, "export").items() if slots}
        return found

    def _missing(self, one: str, flow: str) -> dict[str, set[date]]:
        """Of each member that tells of anything: what it does not tell of. Empty where none tells."""
        wanted = {*self.spans[0].base, *self.spans[0].window}
        known = {code: self.told.get((code, flow), set()) & wanted for code in members(one, self.base.last)}
        return {code: wanted - slots for code, slots in known.items() if slots}

    def _is_silent(self, missing: set[date]) -> bool:
        """More than a quarter of the window, or of the base."""
        return any(
            len(missing & {*span}) * 4 > len(span) for span in (self.spans[0].base, self.spans[0].window)
        )

    # ------------------------------------------------------------ arrays
    def leg(self, name: str, *, spliced: bool = True) -> Leg:
        """One leg over all hubs and goods. spliced: goods that did not live on both sides are left out."""
        import numpy as np

        goods, listed, alive = self.goods
        shape = (len(self.spans), len(self.hubs), len(goods))
        mine = self.sums.filter(pa.compute.equal(self.sums["leg"], name))
        mine = mine.filter(pa.compute.is_in(mine["hub"], pa.array(self.hubs)))
        at = (_places(mine["hub"], self.hubs), _places(mine["good"], goods))
        arrays = {kind: np.zeros(shape) for kind in ("whole", "recent", "window")}
        for place in range(len(self.spans)):
            for kind, array in arrays.items():
                array[place][at] = np.nan_to_num(mine[f"{kind}_{place}"].to_numpy(zero_copy_only=False))
        kept = (listed & alive) if spliced else listed
        used = kept | ~listed
        near = self.neighbours[0]
        return Leg(
            name=name,
            hubs=self.hubs,
            goods=tuple(str(good) for good in np.asarray(goods)[used]),
            spans=self.spans,
            slots=self._slots_held,
            **{kind: array[:, :, used] for kind, array in arrays.items()},
            listed=listed[used],
            alive=alive[used],
            control=np.array(
                [
                    h not in near | self.inside | specials() | self.named and self.tells(name, h)
                    for h in self.hubs
                ]
            ),
            asked=np.array([h in self.asked for h in self.hubs]),
            totals=self._totals(name),
        )

    @cached_property
    def _kilograms(self) -> dict[tuple[str, int], tuple[Any, Any, Any]]:
        return {}

    def weights(self, leg: Leg) -> tuple[Any, Any, Any]:
        """Weight of a leg's last year of the base and of its window (kg), and where all of it is told."""
        import numpy as np

        key = (leg.name, len(leg.goods))
        if key in self._kilograms:
            return self._kilograms[key]
        mine = self.sums.filter(pa.compute.equal(self.sums["leg"], leg.name))
        mine = mine.filter(pa.compute.is_in(mine["hub"], pa.array(leg.hubs)))
        mine = mine.filter(pa.compute.is_in(mine["good"], pa.array(leg.goods)))
        at = (_places(mine["hub"], leg.hubs), _places(mine["good"], leg.goods))
        out = [np.zeros((len(leg.hubs), len(leg.goods))) for _ in range(2)]
        for array, name in zip(out, ("kg_recent", "kg_window"), strict=True):
            array[at] = np.nan_to_num(mine[name].to_numpy(zero_copy_only=False))
        known = np.zeros(out[0].shape, bool)
        known[at] = ~mine["unweighed"].to_numpy(zero_copy_only=False)
        self._kilograms[key] = (out[0], out[1], known)
        return self._kilograms[key]

    @cached_property
    def goods(self) -> tuple[Areas, Any, Any]:
        """All goods, which are asked for, and which lived on both sides, with anyone, by any leg."""
        import numpy as np

        spans = self.spans[0]
        least = min(_legs.ALIVE, len(spans.base)) if self.by == "month" else 1
        found: dict[str, tuple[bool, bool]] = {}
        lived = self._lived(least)
        for good, asked in zip(
            self.sums["good"].to_pylist(), self.sums["is_listed"].to_pylist(), strict=True
        ):
            found[good] = (asked, good in lived)
        names = tuple(sorted(found))
        flags = np.array([found[name] for name in names]).reshape(len(names), 2)
        return names, flags[:, 0], flags[:, 1]

    def _lived(self, least: int) -> set[str]:
        """Goods with a value in enough months of the base, and in the window, with anyone."""
        days = self.spans[0]
        rows = self.rows.filter(self.rows.value != 0)
        traded = rows.group_by("leg", good=rows.good).agg(
            before=rows.slot.nunique(where=rows.slot.isin(list(days.base))),
            after=rows.slot.nunique(where=rows.slot.isin(list(days.window))),
        )
        alive = traded.filter(traded.before >= least, traded.after > 0)
        return set(self.run("lived", alive.select("good").distinct())["good"].to_pylist())

    @cached_property
    def _slots_held(self) -> tuple[date, ...]:
        return tuple(sorted(set(self.by_slot["slot"].to_pylist())))

    def _totals(self, name: str) -> Any:
        import numpy as np

        out = np.zeros((len(self.hubs), len(self._slots_held)))
        mine = self.by_slot.filter(pa.compute.equal(self.by_slot["leg"], name))
        mine = mine.filter(mine["is_listed"])
        mine = mine.filter(pa.compute.is_in(mine["hub"], pa.array(self.hubs)))
        at = (_places(mine["hub"], self.hubs), _places(mine["slot"], self._slots_held))
        out[at] = np.nan_to_num(mine["value"].to_numpy(zero_copy_only=False))
        return out


UNIONS = ("EAEU", "CIS")
COALITION = "GECC"  # who restricts beside the origin is no way around it


def _places(found: Any, names: Sequence[Any]) -> Any:
    """For each value its place among the names."""
    kind = pa.array(list(names)).type
    return pa.compute.index_in(found.cast(kind), pa.array(list(names), kind)).to_numpy(zero_copy_only=False)
