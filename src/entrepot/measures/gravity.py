"""A gravity counterfactual: Poisson with effects of cell, good in time and hub in time (needs pyfixest).

With effects of both ends in time, whatever gravity holds of sizes, prices and distances is inside them. The
window's cells of the goods asked for are held out of the fit, of hubs near the destination all at once, of
the others in five parts, so that no expectation has seen what it is held against.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from entrepot.errors import UsageError
from entrepot.measures.conformal import Flags, Floats

if TYPE_CHECKING:
    from entrepot.measures.leg_arrays import Leg

PARTS = 5


def by_gravity(leg: Leg, base: Floats) -> Floats:
    """What each cell was to trade in the window: its base times the growth of its good and of its hub.

    Source: Santos Silva and Tenreyro (2006) for Poisson; Correia, Guimaraes, Zylkin (2020) for many effects.
    Raises UsageError where pyfixest is not installed.
    """
    import numpy as np

    out = np.zeros(base.shape)
    for held, asked in _parts(leg):
        goods, hubs = _growth(leg, base, held)
        out[asked] = (base * np.exp(goods)[None, :] * np.exp(hubs)[:, None])[asked]
    return out


def goods_told(leg: Leg) -> int:
    """How many goods with trade in base and window the fit with fewest of them has."""
    both = (leg.recent[0] > 0) & (leg.window[0] > 0)
    return min(int((both & ~(held[:, None] & leg.listed)).any(axis=0).sum()) for held, _ in _parts(leg))


def _parts(leg: Leg) -> list[tuple[Flags, Flags]]:
    """Hubs held out of each fit, and those it is made for; the destination and its hubs are in none."""
    import numpy as np

    far, near = np.flatnonzero(leg.control), ~leg.control
    parts = [(near, near)]
    for place in range(PARTS):
        part = np.zeros(len(near), bool)
        part[far[place::PARTS]] = True
        parts.append((near | part, part))
    return [(held, asked) for held, asked in parts if asked.any()]


def _growth(leg: Leg, base: Floats, held: Flags) -> tuple[Floats, Floats]:
    """Log growth of each good, and of each hub, from base to window, without the held cells of the window."""
    import numpy as np

    hub, good = np.nonzero((leg.recent[0] > 0) & ~(held[:, None] & leg.listed[None, :]))
    before, after = base[hub, good], leg.window[0][hub, good]
    return _effects(leg, hub, good, _fitted(hub, good, before, after))


def _fitted(hub: Any, good: Any, before: Floats, after: Floats) -> Floats:
    """The fitted log growth of each cell: that of its good and of its hub together."""
    import numpy as np

    try:
        import pyfixest
    except ImportError as error:
        raise UsageError("the model gravity needs pyfixest: pip install 'entrepot[gravity]'.") from error
    import pandas as pd

    count = len(hub)
    time, cell = np.repeat([0, 1], count), np.tile(np.arange(count), 2)
    frame = pd.DataFrame(
        {
            "value": np.concatenate([before, after]) / max(float(before.mean()), 1e-9),
            "cell": cell,
            "good_in_time": np.tile(good, 2) * 2 + time,
            "hub_in_time": np.tile(hub, 2) * 2 + time,
        }
    )
    with warnings.catch_warnings():  # pyfixest's, of pandas' next version and of separated cells
        warnings.simplefilter("ignore")
        fit = pyfixest.fepois("value ~ 1 | cell + good_in_time + hub_in_time", data=frame)
    fitted = np.full(2 * count, np.nan)
    fitted[_kept(fit, frame)] = fit.predict(type="link")
    return np.asarray(fitted[count:] - fitted[:count])


def _kept(fit: Any, frame: Any) -> Any:
    """The rows the fit kept: those of an effect that has no trade at all are separated and dropped."""
    return fit._data.index.to_numpy() if len(fit._data) < len(frame) else slice(None)  # noqa: SLF001


def _effects(leg: Leg, hub: Any, good: Any, growth: Floats) -> tuple[Floats, Floats]:
    """The two effects behind growths that are their sums: exact, and free of how they were normed."""
    import numpy as np
    from scipy.sparse import coo_array
    from scipy.sparse.linalg import lsqr

    seen = np.isfinite(growth)
    rows, hubs = np.arange(int(seen.sum())), len(leg.hubs)
    places = (np.concatenate([rows, rows]), np.concatenate([hub[seen], hubs + good[seen]]))
    design = coo_array((np.ones(2 * len(rows)), places), shape=(len(rows), hubs + len(leg.goods)))
    found = lsqr(design.tocsr(), growth[seen], atol=1e-10, btol=1e-10)[0]
    return found[hubs:], found[:hubs]
