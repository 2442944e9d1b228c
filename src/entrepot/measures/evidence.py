"""What legs together say of cells: evidence in a channel, intervals of draws, ranks, two witnesses as one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from entrepot.measures.conformal import Flags, Floats
from entrepot.measures.discovery import ranks

if TYPE_CHECKING:
    from numpy.random import Generator

LEVELS = (50, 80, 90, 95)
STRONG = 0.01  # a p-value below it is plain
NOTHING = 0.2  # one above it is no sign of anything


def bounds(draws: Floats) -> dict[str, Floats]:
    """The ends of each interval: low_50, high_50 ... over the last axis."""
    import numpy as np

    tails = {f"{end}_{level}": (50 + sign * level / 2) / 100 for level in LEVELS for end, sign in _ENDS}
    found = np.quantile(draws, list(tails.values()), axis=-1)
    return dict(zip(tails, found, strict=True))


_ENDS = (("low", -1), ("high", 1))


def statistic(p: Mapping[str, Floats], channel: str, *, leaves: bool, arrives: bool) -> Floats:
    """Of each cell, where goods leaving are told, and arrivals beside departures."""
    import numpy as np

    if not leaves and not arrives:
        return p["entering"]
    shown = {
        "re-export": p["leaving"],
        "ghost": p["short"],
        "total": np.minimum(2 * np.minimum(p["leaving"], p["short"]), 1.0),
    }[channel]
    if channel == "total" and not (leaves and arrives):
        shown = p["leaving"] if leaves else p["entering"]
    return np.asarray(np.maximum(p["entering"], shown))


def unused(p: Mapping[str, Floats]) -> Flags:
    """Goods that plainly entered, and of which no other side shows anything."""
    return (p["entering"] < STRONG) & (p["leaving"] > NOTHING) & (p["short"] > NOTHING)


def summary(draws: Floats) -> dict[str, Floats]:
    """The middle and the ends of each interval."""
    import numpy as np

    return {"middle": np.median(draws, axis=-1)} | bounds(draws)


def rank_ends(draws: Floats) -> dict[str, Floats]:
    """Between which ranks nine in ten draws of each cell lie, 1 the largest."""
    import numpy as np

    if not len(draws):
        return {"low_90": np.zeros(0), "high_90": np.zeros(0)}
    low, high = np.quantile(ranks(draws), (0.05, 0.95), axis=1)
    return {"low_90": low, "high_90": high}


def together(one: Floats, other: Floats, random: Generator) -> Floats:
    """Two witnesses of one amount as one: draws of either, the surer more often.

    A mixture, not a mean: where they disagree the interval spans both.
    """
    import numpy as np

    spread_one, spread_other = one.std(axis=1), other.std(axis=1)
    share = spread_other / np.maximum(spread_one + spread_other, 1e-12)
    return np.asarray(np.where(random.random(one.shape) < share[:, None], one, other))
