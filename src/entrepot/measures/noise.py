"""How far two sides drift apart in ordinary years: the yardstick a gap is held against."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

NEAREST = 39  # of 39, the second from each end bound 90 %; more would reach pairs of another size
FEWEST = 19  # below it no change can lie outside a 90 % interval


@dataclass(frozen=True)
class Drift:
    """The change of ln(M/X) of a pair between two years, and the exports of the later one."""

    origin: str
    exports: float
    change: float


def drifts(pairs: pa.Table, until: int, lag: int) -> list[Drift]:
    """Each change between two years `lag` apart, the later one not after `until`.

    pairs: origin, destination, year, export_value, import_value (one currency).
    """
    found = {
        (row["origin"], row["destination"], row["year"].year): (row["export_value"], row["import_value"])
        for row in pairs.to_pylist()
        if row["year"].year <= until
    }
    out = []
    for (origin, destination, year), (exports, imports) in found.items():
        before = found.get((origin, destination, year - lag))
        if before is not None:
            change = math.log(imports / exports) - math.log(before[1] / before[0])
            out.append(Drift(origin, exports, change))
    return out


def band(changes: Sequence[float]) -> tuple[float, float] | None:
    """The 90 % band of changes: the k-th smallest and largest of n, k = floor(0.05 (n + 1)).

    The order statistics of a split-conformal interval (Vovk and others; see METHODS section 6). None where
    fewer than 19 changes are given.
    """
    if len(changes) < FEWEST:
        return None
    ordered = sorted(changes)
    outside = (len(ordered) + 1) // 20  # whole numbers: 0.05 * 40 is a hair below 2
    return ordered[outside - 1], ordered[-outside]


def bands(own: pa.Table, world: pa.Table, until: int, lag: int, destinations: Sequence[str]) -> pa.Table:
    """One row per choice, origin and destination: drift_low, drift_high, drifts, drift_source.

    own: choice and the columns of `drifts`, the origins with all their customers; world: every pair of
    countries. The origin's own ordinary years come first, over its customers nearest in size; where they are
    fewer than 19, the changes of the pairs nearest in size; where these are too, null.
    """
    everyone = drifts(world, until, lag)
    rows = []
    for choice in sorted(set(own["choice"].to_pylist())):
        part = own.filter(pc.equal(own["choice"], choice))
        mine = drifts(part, until, lag)
        for pair, size in _sizes(part, until).items():
            if pair[1] in destinations:
                told = _told(pair[0], size, mine, everyone)
                rows.append({"choice": choice, "origin": pair[0], "destination": pair[1], **told})
    return pa.Table.from_pylist(rows, schema=BANDS)


def _sizes(own: pa.Table, until: int) -> dict[tuple[str, str], float]:
    """Exports of the last year before the event, else of the first one held."""
    ordered = own.sort_by([("year", "descending")]).to_pylist()
    later = {(row["origin"], row["destination"]): row["export_value"] for row in ordered}
    before = [row for row in reversed(ordered) if row["year"].year <= until]
    return later | {(row["origin"], row["destination"]): row["export_value"] for row in before}


def _told(origin: str, size: float, mine: Sequence[Drift], world: Sequence[Drift]) -> dict[str, Any]:
    ways = (
        (_near([one for one in mine if one.origin == origin], size), f"{origin} with its customers"),
        (_near(world, size), "pairs of countries nearest in size"),
    )
    for changes, source in ways:
        if (found := band(changes)) is not None:
            ends = {"drift_low": found[0], "drift_high": found[1]}
            return ends | {"drifts": len(changes), "drift_source": source}
    return {"drift_low": None, "drift_high": None, "drifts": len(ways[1][0]), "drift_source": None}


def _near(drifted: Sequence[Drift], size: float) -> list[float]:
    nearest = sorted(drifted, key=lambda one: abs(math.log(one.exports / size)))[:NEAREST]
    return [one.change for one in nearest]


BANDS = pa.schema(
    [
        ("choice", pa.string()),
        ("origin", pa.string()),
        ("destination", pa.string()),
        ("drift_low", pa.float64()),
        ("drift_high", pa.float64()),
        ("drifts", pa.int64()),
        ("drift_source", pa.string()),
    ]
)
