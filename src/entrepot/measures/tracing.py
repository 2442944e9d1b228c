"""Goods of one country followed through others: proportional mixing, and the evenest one without returns.

Plain arrays: the last axes of `flow` are exporter and importer, any axes before them are products or draws,
and each of those is a world of its own. Nothing here knows of tables.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from entrepot.errors import NoDataError

if TYPE_CHECKING:
    import numpy as np

    Array: TypeAlias = np.ndarray[Any, Any]

RETURN = 0.01
"""Goods go back to where they came from a hundredth as often as mixing would have it: none if it can be."""
_ROUNDS, _NEAR = 300, 1e-8
_FARTHEST = 1_000  # countries in a row; what is still on its way by then is below a millionth
_LOST, _ROUNDING = 1e-6, 1e-12


@dataclass(frozen=True)
class Net:
    """Who sends how much to whom (USD), and what each has besides imports.

    flow: [..., exporter, importer], no trade with oneself. made: [..., country]: supply that is not imported
    (production, stocks). hubs: which countries goods of the origin may pass through; all that others ship is
    their own. origin, destination: places on the axis. names: of the places, for messages.
    """

    flow: Array
    made: Array
    hubs: Array
    origin: int
    destination: int
    names: tuple[str, ...] = ()

    @cached_property
    def imports(self) -> Array:
        """[..., country]."""
        total: Array = self.flow.sum(axis=-2)
        return total

    @cached_property
    def exports(self) -> Array:
        """[..., country]."""
        total: Array = self.flow.sum(axis=-1)
        return total

    @cached_property
    def supply(self) -> Array:
        """Imports and what is made: [..., country]."""
        total: Array = self.imports + self.made
        return total

    @cached_property
    def kept(self) -> Array:
        """What stays: supply less exports."""
        import numpy as np

        left: Array = np.maximum(self.supply - self.exports, 0.0)
        return left

    @cached_property
    def shares(self) -> Array:
        """[..., hub, source]: share of a hub's supply that comes from each; 0 of those who are no hubs.

        Raises NoDataError.
        """
        import numpy as np

        _refuse_rounds(self)
        over = np.where(self.supply > 0, self.supply, 1.0)
        found: Array = np.swapaxes(self.flow, -1, -2) / over[..., :, None] * self.hubs[:, None]
        return found * _sourced(self)[..., :, None]

    def direct(self) -> Array:
        """What the origin ships to the destination itself."""
        found: Array = self.flow[..., self.origin, self.destination]
        return found

    def without(self, hub: int) -> Net:
        """The same world, where nothing of the origin passes through one of the hubs."""
        left = self.hubs.copy()
        left[hub] = False
        return replace(self, hubs=left)


def least_made(flow: Array) -> Array:
    """The least supply besides imports that the trade leaves possible: exports beyond imports."""
    import numpy as np

    least: Array = np.maximum(flow.sum(axis=-1) - flow.sum(axis=-2), 0.0)
    return least


@dataclass(frozen=True)
class Traced:
    """Goods of the origin that reach the destination, by one attribution (USD)."""

    by_hops: Array  # [..., 0 hubs, 1 hub, ..., so many and more]
    through: Array  # [..., country]: what passes through it at least once


def proportional(net: Net, hops: int | None = None, shown: int = 4) -> Traced:
    """Each country's exports hold its sources in the shares of its supply (Kastner et al. 2011).

    supply = imports + made; A = share of a hub's supply that comes from each; q = (I - A)^-1 a is what share
    of each hub's supply the origin shipped (a: what came from it without a hub), and the destination's
    imports weigh q. What the origin ships counts as its own, whatever it is made of; what the destination
    ships is not counted again. hops: at most so many hubs, by the series I + A + A^2 + ...; None: any number.
    shown: by_hops has so many entries, the last with all beyond. Raises NoDataError where goods go round
    without a source.
    """
    import numpy as np

    a, b = net.shares, net.flow[..., :, net.destination] * net.hubs
    first = a[..., :, net.origin] * net.hubs
    among = a * net.hubs[None, :]
    series, last = [net.direct()], first
    for _ in range(shown - 1 if hops is None else hops):
        series.append((b * last).sum(axis=-1))
        last = (among @ last[..., None])[..., 0]
    if hops is not None:
        return Traced(_folded(series, shown), _through_of_series(net, hops, series))
    eye = np.eye(len(net.hubs))
    inverse = np.linalg.inv(eye - among)
    q = (inverse @ first[..., None])[..., 0]
    visits = (b[..., None, :] @ inverse)[..., 0, :]
    whole = net.direct() + (b * q).sum(axis=-1)
    rest = whole - sum(series)
    series.append(np.where(rest > _ROUNDING * whole, rest, 0.0))
    through = visits * q / np.diagonal(inverse, axis1=-2, axis2=-1)
    return Traced(_folded(series, shown), through)


def _folded(series: list[Array], shown: int) -> Array:
    """As many entries as shown, the last with all beyond."""
    import numpy as np

    zero = np.zeros_like(series[0])
    head = [*series[: shown - 1], *[zero] * (shown - 1 - len(series))]
    found: Array = np.stack([*head, sum(series[shown - 1 :], zero)], axis=-1)
    return found


def _through_of_series(net: Net, hops: int, series: list[Array]) -> Array:
    """What arrives less what would arrive without the hub, one hub after the other."""
    import numpy as np

    through, whole = np.zeros(net.made.shape), sum(series)
    for hub in np.flatnonzero(net.hubs):
        b, among = net.flow[..., :, net.destination] * net.hubs, net.shares * net.hubs[None, :]
        b, among = b.copy(), among.copy()
        b[..., hub], among[..., hub, :], among[..., :, hub] = 0.0, 0.0, 0.0
        last = net.shares[..., :, net.origin] * net.hubs
        last[..., hub] = 0.0
        left = net.direct()
        for _ in range(hops):
            left = left + (b * last).sum(axis=-1)
            last = (among @ last[..., None])[..., 0]
        through[..., hub] = whole - left
    return through


def origins(net: Net) -> Array:
    """[..., country]: the destination's imports by who shipped them first; adds up to its imports.

    The whole row of R = (I - A)^-1 for the destination. A hub's own part is what it made; those who are no
    hubs (the origin, the destination itself, areas that are no country) have all they ship.
    """
    import numpy as np

    arrived = net.flow[..., :, net.destination]
    among = net.shares * net.hubs[None, :]
    inverse = np.linalg.inv(np.eye(len(net.hubs)) - among)
    visits = ((arrived * net.hubs)[..., None, :] @ inverse)[..., 0, :]
    over = np.where(net.supply > 0, net.supply, 1.0)
    own = visits * net.made / over * net.hubs
    outside = arrived + (visits[..., None, :] @ net.shares)[..., 0, :]
    found: Array = own + outside * ~net.hubs
    return found


@dataclass(frozen=True)
class Mixed:
    """At each hub, factors of sources and of customers whose product is what goes from one to the other."""

    into: Array  # [..., hub, source]
    out: Array  # [..., hub, customer]


def mixed(net: Net) -> Mixed:
    """The evenest way to match what comes into each hub with what leaves it, goods not going back.

    At each hub a table of sources (and what is made) by customers (and what is kept) with the observed
    margins, nearest in relative entropy to proportional mixing in which goods return to whom they came from a
    hundredth as often: iterative proportional fitting (Deming and Stephan 1940). Without that rule the
    nearest table to proportional mixing would be proportional mixing itself.
    """
    import numpy as np

    came, less = np.swapaxes(net.flow, -1, -2), 1 - RETURN
    out, kept = net.flow.copy(), net.kept.copy()
    into = came
    for _ in range(_ROUNDS):
        c = out.sum(axis=-1) + kept
        into = _over(came, c[..., None] - less * out)
        r = into.sum(axis=-1) + _over(net.made, c)
        fresh, kept = _over(net.flow, r[..., None] - less * into), _over(net.kept, r)
        moved = np.abs(fresh - out).max(initial=0.0) > _NEAR * np.abs(fresh).max(initial=0.0)
        out = fresh
        if not moved:
            break
    return Mixed(into, out)


def entropy(net: Net, by: Mixed, hops: int | None = None, shown: int = 4) -> Array:
    """Goods of the origin that reach the destination, by number of hubs (as in `proportional`), by `mixed`.

    Followed backwards from the destination, one country at a time, until less than a millionth is on its way.
    """
    import numpy as np

    over = np.where(net.flow > 0, net.flow, 1.0)
    onward = by.out / over * net.hubs[:, None]
    here = net.flow * (np.arange(len(net.hubs)) == net.destination)[None, :]
    series = [net.direct()]
    for _ in range(_FARTHEST if hops is None else hops):
        here = np.swapaxes(by.into, -1, -2) * _before(here * onward)
        series.append(here[..., net.origin, :].sum(axis=-1))
        if here[..., net.hubs, :].sum() <= _LOST * net.imports[..., net.destination].sum():
            break
    return _folded(series, shown)


def _before(z: Array) -> Array:
    """[..., source, hub]: what of the goods that leave a hub came from each source, before its own factor."""
    import numpy as np

    found: Array = z.sum(axis=-1)[..., None, :] - (1 - RETURN) * np.swapaxes(z, -1, -2)
    return found


def _over(value: Array, by: Array) -> Array:
    import numpy as np

    ratio: Array = np.divide(value, by, out=np.zeros_like(value), where=by > 0)
    return ratio


def _sourced(net: Net) -> Array:
    """Whether what a country has can have come from somewhere: made, or from one who is no hub."""
    import numpy as np

    found = ((net.made > 0) | ~net.hubs) & (net.supply + net.exports > 0)
    while True:
        more = found | ((net.flow > 0) & found[..., :, None]).any(axis=-2)
        if (more == found).all():
            return found
        found = np.asarray(more)


def _refuse_rounds(net: Net) -> None:
    """Raises NoDataError where such a round ships to someone outside: I - A has no inverse.

    A round that ships to nobody outside has no part in anything, and is left out.
    """
    import numpy as np

    stuck = ~_sourced(net) & (net.exports > 0)
    leaves = ((net.flow > 0) & stuck[..., :, None] & ~stuck[..., None, :]).any()
    if leaves:
        places = np.flatnonzero(stuck.reshape(-1, len(net.hubs)).any(axis=0))
        who = ", ".join(net.names[at] if net.names else str(at) for at in places)
        raise NoDataError(
            f"goods go round between {who}, who re-export all they import from one another and make nothing:"
            " their origin cannot be told. Give what one of them makes."
        )
