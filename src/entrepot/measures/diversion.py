"""Rerouted trade in two channels, with intervals, p-values and joint totals (METHODS section 7).

Re-export: goods enter the hub's statistics and leave them for the destination. Ghost: the origin records
exports to the hub that the hub never records as arrived. The excess of what left for the hub bounds both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from entrepot.measures.conformal import Flags, Floats
from entrepot.measures.counterfactual import Expected, expected, recorded
from entrepot.measures.discovery import RATE, by_steps, discovered, local_rates, ranks
from entrepot.measures.evidence import NOTHING, STRONG, rank_ends, statistic, summary, together, unused
from entrepot.measures.leg_arrays import Leg

DRAWS = 400
HUB_DRAWS = 2000
FEWEST = 200  # cells without rerouting that p-values are held against
_CHUNK = 20_000  # cells whose draws are held at once
MARK_UP = 0.3  # at most, on what goes on: drawn evenly from none; Hong Kong's was 0.24 (Feenstra and Hanson)

if TYPE_CHECKING:
    from numpy.random import Generator


def study(
    legs: Mapping[str, Leg], told: Mapping[str, Flags], model: str, margin: float, seed: int = 1
) -> Study | str:
    """The study of these legs under a model, or why it cannot be made.

    legs, told: by name (measures.legs.LEGS). margin: from FOB to CIF; what is told on arrival is brought to
    FOB with it. What entered is told by the origin, and where it is silent by the hubs.
    """
    asked = {one: bool((told[one] & leg.asked).any()) for one, leg in legs.items()}
    name = next((one for one in ("sent", "arrived") if asked[one]), None)
    if name is None:
        return "neither the origin nor any hub tells of goods that entered in all of base and window"
    fob = {
        one: leg if one in ("sent", "onward") else leg.times(1 / (1 + margin)) for one, leg in legs.items()
    }
    entering = expected(fob[name], model)
    if isinstance(entering, str):
        return entering
    arriving, practice = None, None
    if name == "sent" and asked["arrived"]:
        due, practice = recorded(fob["sent"], fob["arrived"])
        arriving = _usable(expected(due, model))
    leaving = {
        one: found
        for one in ("onward", "received")
        if asked[one] and (found := _usable(expected(fob[one], model)))
    }
    return Study(entering, arriving, leaving, told, practice, seed)


def _usable(found: Expected | str) -> Expected | None:
    return None if isinstance(found, str) else found


@dataclass(frozen=True)
class Study:
    """What is known of each leg of an origin's trade through hubs to a destination.

    entering: the excess that left for the hubs. arriving: the hub's record of it, given what left: expected
    by the practice of the base. leaving: by name, the legs that tell of what went on. told: for each leg the
    hubs whose teller covers base and window. practice: share of what leaves for a hub that the hub was used
    to record, 0 to 1. All in FOB terms.
    """

    entering: Expected
    arriving: Expected | None
    leaving: Mapping[str, Expected]
    told: Mapping[str, Flags]
    practice: Floats | None
    seed: int = 1

    # ------------------------------------------------------------ cells
    @cached_property
    def family(self) -> tuple[Any, Any]:
        """The cells that are tested, fixed before any is: hubs asked about, goods listed, with any trade."""
        import numpy as np

        leg = self.entering.leg
        traded = (leg.window[0] > 0) | (leg.whole[0] > 0)
        inside = leg.asked[:, None] & leg.listed[None, :] & traded & self.told[leg.name][:, None]
        found = np.nonzero(inside)
        return found[0], found[1]

    def sees(self, channel: str) -> Flags:
        """For each hub whether the channel can be seen: whether the sides that would show it are told."""
        import numpy as np

        hubs = np.zeros(len(self.entering.leg.hubs), bool)
        if channel == "ghost":
            return self.told["arrived"] & (self.arriving is not None) & (self.entering.leg.name == "sent")
        for name in self.leaving:
            hubs = hubs | self.told[name]
        return hubs

    @cached_property
    def p_values(self) -> dict[str, Floats]:
        """Of each cell of the family: entering, short (arrived less than left), leaving; 1 where not seen."""
        return self._p_at(self.family)

    def _p_at(self, cells: Any) -> dict[str, Floats]:
        import numpy as np

        found = {name: np.ones(len(cells[0])) for name in ("short", "leaving")}
        found["entering"] = self.entering.p_values(cells)
        if self.arriving:
            seen = self.sees("ghost")[cells[0]]
            found["short"] = np.where(seen, self.arriving.p_values(cells, below=True), 1.0)
        for name, one in self.leaving.items():
            found["leaving"] = np.where(self._chosen(name)[cells[0]], one.p_values(cells), found["leaving"])
        return found

    def _chosen(self, name: str) -> Flags:
        """Hubs whose goods leaving are told by this leg: by the hub, else by the destination."""
        before = [other for other in self.leaving if other < name]
        out = self.told[name].copy()
        for other in before:
            out &= ~self.told[other]
        return out

    def p_of(self, channel: str) -> Floats:
        """The p-value of each cell, against the same statistic of cells in which nothing was rerouted.

        The statistic: what entered and what shows of it in the channel are both unusual (the larger of the
        two p-values; of two channels twice the smaller). Where no channel can be seen, what entered is all
        the evidence there is. Held against hubs far from the destination where there are enough; as it is
        otherwise, when it errs towards not finding.
        """
        import numpy as np

        out = np.ones(len(self.family[0]))
        sight = [self.sees(one)[self.family[0]] for one in ("re-export", "ghost")]
        for pattern in ((a, b) for a in (True, False) for b in (True, False)):
            here = (sight[0] == pattern[0]) & (sight[1] == pattern[1])
            seen = statistic(self.p_values, channel, leaves=pattern[0], arrives=pattern[1])
            calm = np.sort(statistic(self._calm, channel, leaves=pattern[0], arrives=pattern[1]))
            told = (1 + np.searchsorted(calm, seen, side="right")) / (1 + len(calm))
            held = len(calm) >= FEWEST and any(pattern)  # what entered alone is held against misses already
            out[here] = (told if held else seen)[here]
        return out

    @cached_property
    def far(self) -> tuple[Any, Any]:
        """Cells of hubs where nothing was to be rerouted and each channel can be seen, of all goods."""
        import numpy as np

        legs = [self.entering, *([self.arriving] if self.arriving else []), *self.leaving.values()]
        hubs = np.logical_and.reduce([one.leg.control for one in legs]) & (not self.entering.within)
        leg = self.entering.leg
        found = np.nonzero(hubs[:, None] & ((leg.window[0] > 0) | (leg.whole[0] > 0)))
        return found[0], found[1]

    @cached_property
    def _calm(self) -> dict[str, Floats]:
        return self._p_at(self.far)

    @cached_property
    def cells(self) -> dict[str, dict[str, Floats]]:
        """Of each channel and cell of the family: middle, low_50 ... high_95; entering and leaving beside."""
        import numpy as np

        parts = [self._cells(cut) for cut in _cuts(len(self.family[0]))]
        names = ("entering", "leaving", "re-export", "ghost", "total")
        return {
            name: {end: np.concatenate([one[name][end] for one in parts]) for end in parts[0][name]}
            for name in names
        } | {"rank": rank_ends(np.concatenate([one["draws"]["total"] for one in parts]))}

    def _cells(self, cut: slice) -> dict[str, dict[str, Floats]]:
        draws = self._draws(cut)
        found = {name: summary(one) for name, one in draws.items()}
        return found | {
            "draws": {"total": draws["total"].astype("float32")}
        }  # ranks are of all cells together

    def _draws(self, cut: slice) -> dict[str, Floats]:
        """Joint draws of some cells: what entered beyond expectation, and through which channel it went.

        What went on is told by what left the hub, less a mark-up; goods that left and plainly never entered
        are the hub's own, goods that entered and plainly went nowhere are its own use.
        """
        import numpy as np

        random = self._random(cut.start)
        at = (self.family[0][cut], self.family[1][cut])
        p = {name: one[cut][:, None] for name, one in self.p_values.items()}
        entering = self.entering.excess(at, random, DRAWS)
        ghost = self._ghost(entering, at, random)
        leaving = self._leaving(at, random)
        again = leaving / (1 + MARK_UP * random.random(leaving.shape))
        own = (p["leaving"] < STRONG) & (p["entering"] > NOTHING)
        again = np.where(own, np.minimum(again, entering), again)
        seen_out, seen_gap = (self.sees(one)[at[0]][:, None] for one in ("re-export", "ghost"))
        used = seen_out & seen_gap & unused(p)
        return {
            "entering": entering,
            "leaving": np.where(seen_out, leaving, np.nan),
            "re-export": np.where(seen_out, again, np.nan),
            "ghost": np.where(seen_gap, ghost, np.nan),
            "total": np.where(used, np.minimum(again + ghost, entering), entering),
        }

    def _random(self, place: int) -> Generator:
        import numpy as np

        return np.random.default_rng([self.seed, place])

    def _ghost(self, entering: Floats, at: Any, random: Generator) -> Floats:
        """The growth of the gap: what practice leaves out of the rise, and what fell short."""
        if self.arriving is None or self.practice is None:
            return entering * 0.0
        short = -self.arriving.excess(at, random, DRAWS)
        found: Floats = (1 - self.practice[at])[:, None] * entering + short
        return found

    def _leaving(self, at: Any, random: Generator) -> Floats:
        import numpy as np

        out = np.zeros((len(at[0]), DRAWS))
        for name, one in self.leaving.items():
            chosen = self._chosen(name)[at[0]][:, None]
            out = np.where(chosen, one.excess(at, random, DRAWS), out)
        return out

    # ------------------------------------------------------------ hubs
    @cached_property
    def hubs(self) -> dict[str, Floats]:
        """Draws of each hub's total (hubs x draws): entering, leaving, the channels, and what was lost.

        Signed sums over goods, so that noise in cells without rerouting cancels; goods that entered and
        plainly went nowhere, and goods that left and plainly never entered, are no re-exports.
        """
        import numpy as np

        random = self._random(-1 % 2**32)
        p = self._matrix
        kept = ~unused(p)
        entered = ~((p["leaving"] < STRONG) & (p["entering"] > NOTHING))
        every = np.ones_like(kept)
        seen_out, seen_gap = self.sees("re-export"), self.sees("ghost")
        entering = self._sum(self.entering, every, random)
        seen = (seen_out & seen_gap)[:, None]  # of one channel alone, what does not show may be in the other
        inside = self._sum(self.entering, np.where(seen, kept, True), random)
        ghost = np.where(seen_gap[:, None], self._ghosts(inside, random), 0.0)
        leaving = self._leavings(entered, random)
        leaving = leaving / (1 + MARK_UP * random.random(leaving.shape))
        witnesses = together(inside - ghost, leaving, random)
        again = np.where(seen, witnesses, np.where(seen_out[:, None], np.minimum(inside, leaving), np.nan))
        total = np.where(seen, witnesses + ghost, entering)
        return {
            "entering": entering,
            "leaving": np.where(seen_out[:, None], leaving, np.nan),
            "re-export": again,
            "ghost": np.where(seen_gap[:, None], ghost, np.nan),
            "total": total,
            "lost": -entering,
        }

    @cached_property
    def _matrix(self) -> dict[str, Floats]:
        import numpy as np

        shape = self.entering.value.shape
        out = {}
        for name, values in self.p_values.items():
            out[name] = np.ones(shape)
            out[name][self.family] = values
        return out

    def _sum(self, one: Expected, kept: Flags, random: Generator) -> Floats:
        """Draws of each hub's actual less expected over its goods."""
        import numpy as np

        listed = one.leg.listed
        found = one.pool.moments(one.value[:, listed], one.hard[:, None])
        mean, variance = (part * kept[:, listed] for part in found)
        actual = (one.actual[:, listed] * kept[:, listed]).sum(axis=1)
        middle = mean.sum(axis=1)[:, None]
        error = np.sqrt(variance.sum(axis=1)[:, None] + (one.hub_spread[:, None] * middle) ** 2)
        misses = one.hub_misses[random.integers(0, len(one.hub_misses), (len(actual), HUB_DRAWS))]
        common = np.exp(one.common * random.standard_normal(HUB_DRAWS))  # one for all hubs
        return np.asarray(actual[:, None] - np.maximum(middle * common + error * misses, 0.0))

    def _ghosts(self, entering: Floats, random: Generator) -> Floats:
        import numpy as np

        if self.arriving is None or self.practice is None:
            return entering * 0.0
        listed = self.arriving.leg.listed
        every = np.ones(self.arriving.value.shape, bool)
        short = -self._sum(self.arriving, every, random)
        weight = self.entering.value[:, listed]
        usual = (self.practice[:, listed] * weight).sum(axis=1) / np.maximum(weight.sum(axis=1), 1e-9)
        return np.asarray((1 - usual)[:, None] * entering + short)

    def _leavings(self, kept: Flags, random: Generator) -> Floats:
        import numpy as np

        out = np.zeros((len(self.entering.leg.hubs), HUB_DRAWS))
        for name, one in self.leaving.items():
            out = np.where(self._chosen(name)[:, None], self._sum(one, kept, random), out)
        return out

    def draws_of(self, kept: Flags) -> Floats:
        """Draws of what entered beyond expectation over some cells of the family together."""
        import numpy as np

        cells = (self.family[0][kept], self.family[1][kept])
        random = self._random(int(cells[1][0]) if len(cells[1]) else 0)
        return np.asarray(self.entering.excess(cells, random, DRAWS).sum(axis=0))

    def would_be(self, leg: str, hub: int, goods: Flags | None = None) -> Floats | None:
        """Draws of what a hub would have traded in the window had nothing been rerouted; None where not told.

        leg: of LEGS. goods: of the leg; None: all listed, as the hub's total has them.
        """
        import numpy as np

        one = self.entering if leg == self.entering.leg.name else self.leaving.get(leg)
        if one is None or not self.told[leg][hub]:
            return None
        random, kept = self._random(-1 % 2**32), np.ones(one.value.shape, bool)
        if goods is None:
            actual = one.actual[hub, one.leg.listed].sum()
            return np.asarray(actual - self._sum(one, kept, random)[hub])
        (chosen,) = np.nonzero(goods)
        cells = (np.full(len(chosen), hub), chosen)
        return np.asarray(one.actual[cells].sum() - one.excess(cells, random, DRAWS).sum(axis=0))

    def hub_ranks(self) -> dict[str, Floats]:
        """The rank of each hub asked about, middle and 90 % ends; 1 has most rerouted."""
        import numpy as np

        asked = np.flatnonzero(self.entering.leg.asked)
        return dict(
            zip(
                ("rank_low_90", "rank", "rank_high_90"),
                np.quantile(ranks(self.hubs["total"][asked]), (0.05, 0.5, 0.95), axis=1),
                strict=True,
            )
        )

    def found(self, channel: str, rate: float = RATE) -> tuple[Flags, Floats]:
        """The cells of the family discovered at a false discovery rate, and each one's own rate.

        Where there is one good, hubs have no others to be judged by: Benjamini-Hochberg, as for hubs.
        """
        p_values = self.p_of(channel)
        local = local_rates(p_values, self.family[0])
        if self.is_of_one_good:
            return by_steps(p_values, rate), local
        return discovered(local, rate), local

    def hubs_found(self, rate: float = RATE, among: Flags | None = None) -> Flags:
        """The hubs with something rerouted, of all asked about or `among`.

        Where the chance that all its discovered goods are false is at most `rate`; of one good, by
        Benjamini-Hochberg. A hub's own total has too few far hubs to be held against for a family of tests.
        """
        import numpy as np

        hub, out = self.family[0], np.zeros(len(self.entering.leg.hubs), bool)
        kept = np.ones(len(hub), bool) if among is None else among[hub]
        if not kept.any():
            return out
        if self.is_of_one_good:
            out[hub[kept]] = by_steps(self.p_of("total")[kept], rate)
            return out
        local = local_rates(self.p_of("total")[kept], hub[kept])
        flags = discovered(local, rate)
        all_false = np.bincount(hub[kept][flags], np.log(np.maximum(local[flags], 1e-12)), len(out))
        return np.asarray(
            (np.bincount(hub[kept][flags], minlength=len(out)) > 0) & (all_false <= np.log(rate))
        )

    @property
    def is_of_one_good(self) -> bool:
        """Whether hubs have no other goods to be judged by."""
        return len(set(self.family[1].tolist())) == 1

    def hub_p_value(self, draws: Floats) -> float:
        """The share of draws in which nothing was rerouted, not below what the far hubs can tell."""
        import numpy as np

        told = (1 + np.sum(draws <= 0)) / (1 + len(draws))
        return float(max(told, 1 / (1 + len(self.entering.hub_misses))))


def _cuts(count: int) -> list[slice]:
    return [slice(at, min(at + _CHUNK, count)) for at in range(0, count, _CHUNK)] or [slice(0, 0)]
