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
from entrepot.measures.counterfactual import Expected
from entrepot.measures.discovery import discovered, ranks

LEVELS = (50, 80, 90, 95)
DRAWS = 400
_CHUNK = 20_000  # cells whose draws are held at once
NOTHING = 0.2  # a p-value above it is no sign of anything in the other legs

if TYPE_CHECKING:
    from numpy.random import Generator


def bounds(draws: Floats) -> dict[str, Floats]:
    """The ends of each interval: low_50, high_50 ... over the last axis."""
    import numpy as np

    tails = {f"{end}_{level}": (50 + sign * level / 2) / 100 for level in LEVELS for end, sign in _ENDS}
    found = np.quantile(draws, list(tails.values()), axis=-1)
    return dict(zip(tails, found, strict=True))


_ENDS = (("low", -1), ("high", 1))


@dataclass(frozen=True)
class Study:
    """What is known of each leg of an origin's trade through hubs to a destination.

    entering: the excess that left for the hubs. arriving: the hub's record of it, given what left: expected by
    the practice of the base. leaving: by name, the legs that tell of what went on. told: for each leg the hubs
    whose teller covers base and window. practice: share of what leaves for a hub that the hub was used to
    record, 0 to 1. margin: from FOB to CIF.
    """

    entering: Expected
    arriving: Expected | None
    leaving: Mapping[str, Expected]
    told: Mapping[str, Flags]
    practice: Floats | None
    margin: float
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
        import numpy as np

        cells = self.family
        found = {"entering": _p(self.entering, cells)}
        found["short"] = (
            _p(self.arriving, cells, below=True) if self.arriving else np.ones(len(cells[0]))
        )
        found["short"] = np.where(self.sees("ghost")[cells[0]], found["short"], 1.0)
        found["leaving"] = np.ones(len(cells[0]))
        for name, one in self.leaving.items():
            found["leaving"] = np.where(self._chosen(name)[cells[0]], _p(one, cells), found["leaving"])
        return found

    def _chosen(self, name: str) -> Flags:
        """Hubs whose goods leaving are told by this leg: by the hub, else by the destination."""
        before = [other for other in self.leaving if other < name]
        out = self.told[name].copy()
        for other in before:
            out &= ~self.told[other]
        return out

    def p_of(self, channel: str) -> Floats:
        """The p-value of each cell: no more than ordinary entered, or none of it shows in the channel.

        Two conditions hold together by the larger p-value; either channel by twice the smaller (Bonferroni).
        Where goods leaving are not told, what entered is all the evidence there is.
        """
        import numpy as np

        p, hub = self.p_values, self.family[0]
        by_record = np.maximum(p["entering"], p["leaving"])
        by_gap = np.maximum(p["entering"], p["short"])
        if channel != "total":
            return by_gap if channel == "ghost" else by_record
        seen = [self.sees(one)[hub] for one in ("re-export", "ghost")]
        both = np.minimum(2 * np.minimum(by_record, by_gap), 1.0)
        return np.where(~seen[0], p["entering"], np.where(seen[1], both, by_record))

    @cached_property
    def cells(self) -> dict[str, dict[str, Floats]]:
        """Of each channel and cell of the family: middle, low_50 ... high_95; entering and leaving beside."""
        import numpy as np

        parts = [self._cells(cut) for cut in _cuts(len(self.family[0]))]
        names = ("entering", "leaving", "re-export", "ghost", "total")
        return {
            name: {end: np.concatenate([one[name][end] for one in parts]) for end in parts[0][name]}
            for name in names
        } | {"rank": {end: np.concatenate([one["rank"][end] for one in parts]) for end in parts[0]["rank"]}}

    def _cells(self, cut: slice) -> dict[str, dict[str, Floats]]:
        draws = self._draws(cut)
        found = {name: _summary(one) for name, one in draws.items()}
        return found | {"rank": _rank_ends(draws["total"])}

    def _draws(self, cut: slice) -> dict[str, Floats]:
        """Joint draws of some cells: what entered beyond expectation, and through which channel it went."""
        import numpy as np

        random = self._random(cut.start)
        at = (self.family[0][cut], self.family[1][cut])
        entering = self._excess(self.entering, at, random)
        left = np.maximum(entering, 0.0)
        ghost = self._ghost(entering, at, random)
        seen_gap = self.sees("ghost")[at[0]][:, None]
        ghost = np.where(seen_gap, np.clip(ghost, 0.0, left), 0.0)
        leaving = self._leaving(at, random)
        seen_out = self.sees("re-export")[at[0]][:, None]
        again = np.where(seen_out, np.clip(np.minimum(left - ghost, leaving), 0.0, None), 0.0)
        total = np.where(seen_out, again + ghost, left)
        return {
            "entering": entering,
            "leaving": np.where(seen_out, leaving, np.nan),
            "re-export": np.where(seen_out, again, np.nan),
            "ghost": np.where(seen_gap, ghost, np.nan),
            "total": total,
        }

    def _random(self, place: int) -> Generator:
        import numpy as np

        return np.random.default_rng([self.seed, place])

    def _excess(self, one: Expected, at: Any, random: Generator) -> Floats:
        assert one.pool is not None
        uniform = random.random((len(at[0]), DRAWS))
        return one.actual[at][:, None] - one.pool.draws(one.value[at], uniform)

    def _ghost(self, entering: Floats, at: Any, random: Generator) -> Floats:
        """The growth of the gap between the sides: what practice leaves out of the rise, and what fell short."""
        if self.arriving is None or self.practice is None:
            return entering * 0.0
        short = -self._excess(self.arriving, at, random) / (1 + self.margin)
        return (1 - self.practice[at])[:, None] * entering + short

    def _leaving(self, at: Any, random: Generator) -> Floats:
        import numpy as np

        out = np.zeros((len(at[0]), DRAWS))
        for name, one in self.leaving.items():
            fob = 1 + self.margin if name == "received" else 1.0
            chosen = self._chosen(name)[at[0]][:, None]
            out = np.where(chosen, self._excess(one, at, random) / fob, out)
        return out

    # ------------------------------------------------------------ hubs
    @cached_property
    def hubs(self) -> dict[str, Floats]:
        """Draws of each hub's total (hubs x draws): entering, re-export, ghost, total, lost (the destination's).

        Signed sums over goods, so that noise in cells without rerouting cancels; goods that entered and
        plainly went nowhere, and goods that left and plainly never entered, are no re-exports.
        """
        import numpy as np

        random = self._random(-1 % 2**32)
        p = self._matrix
        kept = ~((p["entering"] < _STRONG) & (p["leaving"] > NOTHING) & (p["short"] > NOTHING))
        entered = ~((p["leaving"] < _STRONG) & (p["entering"] > NOTHING))
        every = np.ones_like(kept)
        seen_out, seen_gap = self.sees("re-export"), self.sees("ghost")
        entering = self._sum(self.entering, every, random)
        inside = self._sum(self.entering, np.where(seen_out[:, None], kept, True), random)
        ghost = np.where(seen_gap[:, None], self._ghosts(inside, random), 0.0)
        leaving = self._leavings(entered, random)
        again = np.where(seen_out[:, None], _together(inside - ghost, leaving), np.nan)
        total = np.where(seen_out[:, None], np.nan_to_num(again) + ghost, entering)
        return {
            "entering": entering,
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
        assert one.pool is not None
        mean, variance = (x * kept[:, listed] for x in one.pool.moments(one.value[:, listed]))
        actual = (one.actual[:, listed] * kept[:, listed]).sum(axis=1)
        middle = mean.sum(axis=1)
        error = np.sqrt(variance.sum(axis=1) + (one.hub_spread * middle) ** 2)
        misses = one.hub_misses[random.integers(0, len(one.hub_misses), (len(actual), DRAWS * 5))]
        return actual[:, None] - np.maximum(middle[:, None] + error[:, None] * misses, 0.0)

    def _ghosts(self, entering: Floats, random: Generator) -> Floats:
        import numpy as np

        if self.arriving is None or self.practice is None:
            return entering * 0.0
        listed = self.arriving.leg.listed
        every = np.ones(self.arriving.value.shape, bool)
        short = -self._sum(self.arriving, every, random) / (1 + self.margin)
        weight = self.entering.value[:, listed]
        usual = (self.practice[:, listed] * weight).sum(axis=1) / np.maximum(weight.sum(axis=1), 1e-9)
        return (1 - usual)[:, None] * entering + short

    def _leavings(self, kept: Flags, random: Generator) -> Floats:
        import numpy as np

        out = np.zeros((len(self.entering.leg.hubs), DRAWS * 5))
        for name, one in self.leaving.items():
            fob = 1 + self.margin if name == "received" else 1.0
            out = np.where(self._chosen(name)[:, None], self._sum(one, kept, random) / fob, out)
        return out

    def hub_ranks(self) -> dict[str, Floats]:
        """The rank of each hub asked about, middle and 90 % ends; 1 has most rerouted."""
        import numpy as np

        asked = np.flatnonzero(self.entering.leg.asked)
        return dict(
            zip(("rank_low_90", "rank", "rank_high_90"), np.quantile(ranks(self.hubs["total"][asked]), (0.05, 0.5, 0.95), axis=1), strict=True)
        )

    def found(self, rate: float) -> dict[str, Flags]:
        """For each channel the cells of the family that are discovered at a false discovery rate."""
        return {name: discovered(self.p_of(name), rate)[0] for name in ("re-export", "ghost", "total")}


_STRONG = 0.01


def _p(one: Expected, cells: Any, *, below: bool = False) -> Floats:
    assert one.pool is not None
    return one.pool.p_values(one.actual[cells], one.value[cells], below=below)


def _cuts(count: int) -> list[slice]:
    return [slice(at, min(at + _CHUNK, count)) for at in range(0, count, _CHUNK)] or [slice(0, 0)]


def _summary(draws: Floats) -> dict[str, Floats]:
    import numpy as np

    return {"middle": np.median(draws, axis=-1)} | bounds(draws)


def _rank_ends(draws: Floats) -> dict[str, Floats]:
    import numpy as np

    if not len(draws):
        return {"low_90": np.zeros(0), "high_90": np.zeros(0)}
    low, high = np.quantile(ranks(draws), (0.05, 0.95), axis=1)
    return {"low_90": low, "high_90": high}


def _together(one: Floats, other: Floats) -> Floats:
    """Two witnesses of one amount, weighted by how sure each is, draw by draw."""
    import numpy as np

    var_one, var_other = one.var(axis=1), other.var(axis=1)
    share = var_other / np.maximum(var_one + var_other, 1e-12)
    return np.asarray(share[:, None] * one + (1 - share)[:, None] * other)
