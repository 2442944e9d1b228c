"""How much of one country's goods can reach another through others at most, and how much must at least."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entrepot.measures.tracing import Net

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from entrepot.measures.tracing import Array

_UNITS = 2**30  # whole numbers of 32 bits hold the whole flow and its sum


def most(net: Net) -> float:
    """The maximum flow from the origin to the destination, direct trade included (USD): an upper bound.

    Each pair carries at most what was traded; goods pass through hubs only. Capacities are whole numbers of
    2^-30 of what can leave the origin or enter the destination, the smaller, rounded up: too high by less
    than a millionth of a per cent a pair. Source: Ford and Fulkerson 1956, through scipy.
    """
    import numpy as np
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import maximum_flow

    flow = between(net)
    whole = min(flow[net.origin].sum(), flow[:, net.destination].sum())
    if whole <= 0:
        return 0.0
    units = np.ceil(np.minimum(flow / whole, 1.0) * _UNITS).astype(np.int32)
    found = maximum_flow(csr_array(units), net.origin, net.destination).flow_value
    return min(float(found) / _UNITS, 1.0) * float(whole)


def least(net: Net) -> float:
    """The least of the origin's goods that must have reached the destination, direct trade included (USD).

    A linear programme: what the origin shipped to each hub either left it, within what was traded with each
    customer, or was kept, within what the hub kept at all. Through one hub that is what it sent on beyond its
    other imports and what it made. Rests on `made`: a hub that made more can have kept more. Solved by HiGHS
    through scipy.optimize.linprog.
    """
    import numpy as np
    from scipy.optimize import linprog

    flow, hubs = net.flow, np.flatnonzero(net.hubs)
    scale = float(flow.sum()) or 1.0
    exporter, importer = np.nonzero(flow * net.hubs[:, None])
    given, room = flow[net.origin, hubs] / scale, net.kept[hubs] / scale
    elsewhere = (flow[hubs] * ~net.hubs).sum(axis=1) - flow[hubs, net.destination]
    if (given * scale <= net.kept[hubs] + elsewhere).all():  # each can have kept all it got from the origin
        return float(net.direct())
    arrives = (importer == net.destination).astype(float)
    leaving = _balance(exporter, importer, hubs, len(net.hubs))
    solved = linprog(
        arrives,
        A_ub=_stacked(leaving),
        b_ub=np.concatenate([given, room - given]),
        bounds=np.column_stack([np.zeros(len(exporter)), flow[exporter, importer] / scale]),
        method="highs",
    )
    return float(net.direct()) + float(solved.fun) * scale


def _balance(exporter: Array, importer: Array, hubs: Array, size: int) -> csr_array:
    """[hub, pair]: 1 where the pair leaves the hub, -1 where it enters it."""
    import numpy as np
    from scipy.sparse import csr_array

    pair, place = np.arange(len(exporter)), np.full(size, -1)
    place[hubs] = np.arange(len(hubs))
    enters = place[importer] >= 0
    rows = np.concatenate([place[exporter], place[importer[enters]]])
    columns = np.concatenate([pair, pair[enters]])
    values = np.concatenate([np.ones(len(pair)), -np.ones(enters.sum())])
    return csr_array((values, (rows, columns)), shape=(len(hubs), len(pair)))


def _stacked(leaving: csr_array) -> csr_array:
    """Leaves no more than came; stays no more than there was room for."""
    from scipy.sparse import vstack

    return vstack([leaving, -leaving]).tocsr()


def between(net: Net) -> Array:
    """Only pairs the origin's goods can take: from it or a hub, to a hub or the destination; others are 0."""
    import numpy as np

    places = np.arange(len(net.hubs))
    sends = net.hubs | (places == net.origin)
    takes = net.hubs | (places == net.destination)
    found: Array = net.flow * sends[:, None] * takes[None, :]
    return found
