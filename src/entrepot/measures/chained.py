"""The attributions of a chain side by side: totals, what passes through each hub, paths, and how sure."""

from __future__ import annotations

import heapq
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

from entrepot.measures import flow_bounds
from entrepot.measures.tracing import Net, entropy, mixed, origins, proportional

if TYPE_CHECKING:
    from entrepot.measures.chain import Worlds
    from entrepot.measures.tracing import Array

METHODS = ("proportional", "entropy", "maximum flow", "least")
SHOWN = 4
"""Numbers of hubs told apart: none, one, two, three and more."""
DRAWS, LEAST_DRAWS, _MOST_CELLS = 60, 20, 20_000_000
"""Draws of errors; fewer where commodities and countries are many."""
_SEED = 20_220_224
_FARTHEST = 4  # hubs of a path that is listed


def tally(here: Worlds, state: str, reading: str = "both", hops: int | None = None) -> dict[str, Array]:
    """What each method gives for each commodity (first axis), in USD, and what passes through each hub.

    proportional, entropy: by number of hubs. maximum flow, least: direct trade included, over any number of
    hubs; least is left out where hops bounds the others. through: of proportional, by country. origins: the
    destination's imports by who shipped them first.
    """
    import numpy as np

    net, widest = here.net(state, reading), here.net(state, reading, is_most=True)
    traced = proportional(net, hops, SHOWN)
    found = {
        "proportional": traced.by_hops,
        "entropy": entropy(net, mixed(net), hops, SHOWN),
        "maximum flow": np.array([flow_bounds.most(one) for one in _each(widest)]),
        "through": traced.through,
        "origins": origins(net),
    }
    if hops is None:
        found["least"] = np.array([flow_bounds.least(one) for one in _each(net)])
    return found


def draws_of(commodities: int, countries: int) -> int:
    """How many draws: 60 of all goods together, 20 of 25 goods of all countries."""
    return max(LEAST_DRAWS, min(DRAWS, _MOST_CELLS // max(commodities * countries**2, 1)))


def drawn(here: Worlds, state: str, draws: int, hops: int | None = None) -> dict[str, Array]:
    """proportional, entropy and through over draws of all pairs' errors (first axis), commodities summed.

    A pair's value is drawn log-normal with its own deviation, the same error for all its commodities and for
    base and window: what differs between two sides is mostly how they count. Pairs without a deviation are
    held.
    """
    import numpy as np

    random = np.random.default_rng(_SEED)
    deviation = np.nan_to_num(here.deviation)
    found: dict[str, list[Array]] = {"proportional": [], "entropy": [], "through": []}
    for _ in range(draws):
        error = random.standard_normal(here.unknown.shape)
        net = replace(here, factor=np.exp(deviation * error)).net(state)
        traced = proportional(net, hops, SHOWN)
        found["proportional"].append(traced.by_hops.sum(axis=0))
        found["through"].append(traced.through.sum(axis=0))
        found["entropy"].append(entropy(net, mixed(net), hops, SHOWN).sum(axis=0))
    return {name: np.stack(draws) for name, draws in found.items()}


def unsure_share(here: Worlds) -> tuple[float, float]:
    """Value of the window's pairs without a deviation, and of all the origin's goods can take."""
    import numpy as np

    flow = flow_bounds.between(here.net("window"))
    return float(flow[np.isnan(here.deviation)].sum()), float(flow.sum())


def through_evenly(here: Worlds, state: str, hubs: list[int], hops: int | None = None) -> list[float]:
    """What passes through each of some hubs by entropy: what arrives less what would arrive round it."""
    net = here.net(state)
    by = mixed(net)
    whole = float(entropy(net, by, hops).sum())
    return [max(whole - float(entropy(net.without(hub), by, hops).sum()), 0.0) for hub in hubs]


def made_by_origin(here: Worlds, state: str) -> Array:
    """[commodity]: of the destination's imports what the origin made itself: its imports are traced too."""
    net = here.net(state)
    hubs = net.hubs.copy()
    hubs[net.origin] = True
    found: Array = origins(replace(net, hubs=hubs))[..., net.origin]
    return found


def paths(net: Net, wanted: int) -> list[tuple[int, ...]]:
    """The largest chains of one commodity, from the origin to the destination, by proportional tracing.

    Found from the destination backwards, the largest remainder first, so that none is missed; no country
    twice, and four hubs at most.
    """
    import numpy as np

    shares, order = net.shares, count()
    among = shares * net.hubs[None, :]
    q = np.linalg.solve(np.eye(len(net.hubs)) - among, shares[:, net.origin] * net.hubs)
    found: list[tuple[int, ...]] = []
    arriving = net.flow[:, net.destination] * net.hubs
    heap: list[tuple[float, int, float, tuple[int, ...]]] = [
        (float(-arriving[h] * q[h]), next(order), float(arriving[h]), (int(h), net.destination))
        for h in np.flatnonzero(arriving * q)
    ]
    heapq.heapify(heap)
    while heap and len(found) < wanted:
        _, _, value, path = heapq.heappop(heap)
        if path[0] == net.origin:
            found.append(path)
            continue
        for at in np.flatnonzero(shares[path[0]] * (q + (np.arange(len(q)) == net.origin))):
            is_end = at == net.origin
            if at in path or (not is_end and len(path) > _FARTHEST):
                continue
            part = value * float(shares[path[0], at])
            rest = part if is_end else part * float(q[at])
            heapq.heappush(heap, (-rest, next(order), part, (int(at), *path)))
    return found


def along(net: Net, path: tuple[int, ...]) -> float:
    """The value along one path by proportional tracing, commodities summed."""
    value = net.flow[..., path[-2], path[-1]]
    for hub, source in zip(path[-2:0:-1], path[-3::-1], strict=True):
        value = value * net.shares[..., hub, source]
    return float(value.sum())


def _each(net: Net) -> list[Net]:
    """One world a commodity."""
    return [replace(net, flow=flow, made=made) for flow, made in zip(net.flow, net.made, strict=True)]
