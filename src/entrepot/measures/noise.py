"""How far two sides drift apart in ordinary years: the yardstick a gap is held against."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

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
    """One row per origin and destination: drift_low, drift_high, drifts, drift_source.

    own: the origins with all their customers, as asked; world: every pair of countries. The origin's own
    ordinary years come first, over all its customers; where they are fewer than 19, the changes of the pairs
    nearest in size; where these are too, null.
    """
    mine, all_pairs = drifts(own, until, lag), drifts(world, until, lag)
    sizes = {(r["origin"], r["destination"]): r["export_value"] for r in own.sort_by("year").to_pylist()}
    rows = [
        {"origin": pair[0], "destination": pair[1], **_told(pair[0], size, mine, all_pairs)}
        for pair, size in sizes.items()
        if pair[1] in destinations
    ]
    return pa.Table.from_pylist(rows, schema=BANDS)


def _told(origin: str, size: float, mine: Sequence[Drift], world: Sequence[Drift]) -> dict[str, Any]:
    of_origin = [one.change for one in mine if one.origin == origin]
    near = sorted(world, key=lambda one: abs(math.log(one.exports / size)))[:NEAREST]
    ways = (
        (of_origin, f"{origin} with its customers"),
        ([one.change for one in near], "pairs of countries nearest in size"),
    )
    for changes, source in ways:
        if (found := band(changes)) is not None:
            return {
                "drift_low": found[0],
                "drift_high": found[1],
                "drifts": len(changes),
                "drift_source": source,
            }
    return {"drift_low": None, "drift_high": None, "drifts": len(near), "drift_source": None}


BANDS = pa.schema(
    [
        ("origin", pa.string()),
        ("destination", pa.string()),
        ("drift_low", pa.float64()),
        ("drift_high", pa.float64()),
        ("drifts", pa.int64()),
        ("drift_source", pa.string()),
    ]
)
