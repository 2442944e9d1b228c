"""A stand-in for the estimator: increments over the mean before with bands as wide as the increments."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from entrepot.simulate import World
from tools.calibration_metrics import LEVELS
from tools.calibration_rules import NAMES, ask

WIDTHS = {50: 0.5, 80: 1.0, 90: 2.0, 95: 4.0}


def ours(world: World) -> pa.Table:
    """Rows of each cell, each hub and the total; both channels get half."""
    cells = {cell: more for cell, (_, _, more) in ask(world)[NAMES[3]].items()}
    sums: dict[tuple[str, str], float] = {}
    for (hub, commodity), more in cells.items():
        for key in ((hub, commodity), (hub, "all"), ("all", "all")):
            sums[key] = sums.get(key, 0.0) + more
    rows = [
        _row(*key, channel, more * share)
        for key, more in sums.items()
        for channel, share in (("total", 1.0), ("re-export", 0.5), ("ghost", 0.5))
    ]
    return pa.Table.from_pylist(rows)


def _row(hub: str, commodity: str, channel: str, usd: float) -> dict[str, Any]:
    bands = {
        f"{end}_{level}_usd": usd * max(1 + sign * WIDTHS[level], 0)
        for level in LEVELS
        for end, sign in (("low", -1), ("high", 1))
    }
    p_value = 1 / (1 + usd)
    told = {"hub": hub, "commodity": commodity, "channel": channel, "rerouted_usd": usd, "p_value": p_value}
    return told | bands | {"discovered": usd > 1e6}
