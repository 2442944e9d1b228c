"""How far each reporter's figures lie from its partners': one variance a reporter and role, with an interval.

The pass over the data is `gaps`, one group-by in the engine; `reliability` then solves a small problem.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ibis
from ibis.expr.types import BooleanValue, Table

from entrepot.model.period import Window

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

MOST_LOG = 2.0
LEAST_USD = 10_000.0
LEAST_PAIRS = 10
OTHERS = "(others)"
ROLES = ("exporter", "importer")
SCHEMA = {
    "reporter": "string",
    "role": "string",
    "standard_deviation": "float64",
    "low": "float64",
    "high": "float64",
    "pairs": "int64",
    "flows": "int64",
    "method": "string",
}
_Z_90 = 1.6448536269514722
_PASSES = 4
_LEAST_SHARE = 0.05
_LEAST_VARIANCE = 1e-8  # a world without gaps: a ten-thousandth
_WIDEST = 20.0  # of a log: nothing is known
_TINY = 1e-6


def gaps(sides: Table, base: tuple[Window, ...]) -> Table:
    """One row per exporter and importer: how far both sides lie apart over the base windows, all of them.

    sides: of measures.both_sides. Only flows of which both sides speak in full (rank 2), both of at least
    10,000 USD and in one edition of the Harmonized System. Columns: flows; weight: sum of ln of the mean of
    both sides; squared: sum of weight times the square of ln(export / import), both FOB, no further than 2
    from zero; clipped, clipped_usd: flows beyond that and their value; value_usd: mean of both sides, summed.
    """
    used = sides.filter(is_used(sides, base))
    gap = (
        used.export_fob_usd.nullif(0) / used.import_fob_usd.nullif(0)
    ).ln()  # an engine may look before it sifts
    mean = (used.export_fob_usd + used.import_fob_usd) / 2
    weight = mean.ln()
    near = gap.clip(-MOST_LOG, MOST_LOG)
    beyond = gap.abs() > MOST_LOG
    return used.group_by(list(ROLES)).agg(
        flows=used.count(),
        weight=weight.sum(),
        squared=(weight * near * near).sum(),
        clipped=beyond.cast("int64").sum(),
        clipped_usd=mean.sum(where=beyond).fill_null(0),
        value_usd=mean.sum(),
    )


def is_used(sides: Table, base: tuple[Window, ...]) -> BooleanValue:
    """Which rows reliability is estimated from."""
    return ibis.and_(
        ibis.or_(*(sides.period.between(window.first, window.last) for window in base)),
        (sides.export_rank == 2) & (sides.import_rank == 2),
        (sides.export_fob_usd >= LEAST_USD) & (sides.import_fob_usd >= LEAST_USD),
        sides.is_one_edition,
    )


@dataclass(frozen=True)
class _Design:
    """The pairs as numbers: which effect each side of a pair has, its weight, its mean squared gap."""

    exporter: np.ndarray
    importer: np.ndarray
    weight: np.ndarray
    mean: np.ndarray
    size: int


def reliability(pairs: pa.Table) -> pa.Table:
    """One row per reporter and role: standard deviation of the log of its figures around the true value.

    pairs: of `gaps`, as rows. E (ln X - ln M)^2 = variance of the exporter + variance of the importer. The
    variances of independent errors add, so squared gaps are modelled; BACI (Gaulier and Zignago 2010, CEPII
    WP 2010-23) decomposes |ln X/M|, and absolute values do not add: a careless partner would spoil a careful
    one's score. Weights are BACI's, ln of trade, then over the square of the fit (large squares are also the
    noisiest), as in a generalised linear model (ten Cate 2014, The Identification of Reporting Accuracies
    from Mirror Data). Variances are not negative (non-negative least squares). Adding to all exporters what
    is taken from all importers fits as well: of such solutions the one nearest to halves for both roles is
    taken. A systematic error, such as a margin that is wrong for a reporter, counts as its variance.

    low, high: 90 %, from the error of each variance, log-normal, robust to pairs of unlike scatter (the
    sandwich: pairs are independent, flows of one pair need not be). method: "fitted"; "pooled" with fewer
    than 10 partners (one variance for all of these together, the rows "(others)"); "floor" where the fit came
    to less than a twentieth of half the mean squared gap, which is then taken: nobody is perfect.
    """
    import numpy as np
    import pyarrow as pa

    if not len(pairs):
        return pa.table({name: [] for name in SCHEMA}, schema=_arrow())
    names, counts = _effects(pairs)
    design = _design(pairs, names)
    half = float(np.average(design.mean, weights=design.weight)) / 2
    found, error = _fit(design, half)
    for at, role in enumerate(ROLES):
        if _few(role, names, counts)[0] < LEAST_PAIRS:  # too few even together: half of what all pairs show
            known = [place for place, name in enumerate(names) if name[0] == role and place != at]
            found[at], error[at] = half, float(found[known].std() if known else design.mean.std())
    return pa.table(_told(names, counts, found, error, half), schema=_arrow())


def _arrow() -> pa.Schema:
    import pyarrow as pa

    types = {"string": pa.string(), "float64": pa.float64(), "int64": pa.int64()}
    return pa.schema([(name, types[kind]) for name, kind in SCHEMA.items()])


def _effects(pairs: pa.Table) -> tuple[list[tuple[str, str]], dict[tuple[str, str], tuple[int, int]]]:
    """The effects to estimate, and for each reporter and role its partners and flows."""
    counts: dict[tuple[str, str], tuple[int, int]] = {}
    for role in ROLES:
        for row in pairs.group_by(role).aggregate([("flows", "count"), ("flows", "sum")]).to_pylist():
            counts[role, row[role]] = (row["flows_count"], row["flows_sum"])
    named = sorted(key for key, (partners, _) in counts.items() if partners >= LEAST_PAIRS)
    return [*((role, OTHERS) for role in ROLES), *named], counts


def _few(
    role: str, names: list[tuple[str, str]], counts: dict[tuple[str, str], tuple[int, int]]
) -> tuple[int, int]:
    """Pairs and flows of the reporters without an effect of their own."""
    few = [both for key, both in counts.items() if key[0] == role and key not in names]
    return sum(pairs for pairs, _ in few), sum(flows for _, flows in few)


def _design(pairs: pa.Table, names: list[tuple[str, str]]) -> _Design:
    import numpy as np

    place = {name: at for at, name in enumerate(names)}
    exporter, importer = (
        np.array([place.get((role, one), at) for one in pairs[role].to_pylist()])
        for at, role in enumerate(ROLES)
    )
    weight = pairs["weight"].to_numpy()
    return _Design(exporter, importer, weight, pairs["squared"].to_numpy() / weight, len(names))


def _fit(design: _Design, half: float) -> tuple[np.ndarray, np.ndarray]:
    """Variances of the effects and their standard errors."""
    import numpy as np

    found, weight = np.full(design.size, half), design.weight
    for _ in range(_PASSES):
        fitted = np.maximum(
            found[design.exporter] + found[design.importer], _LEAST_SHARE * half + _LEAST_VARIANCE
        )
        weight = design.weight / fitted**2
        found = _solved(design, weight, half)
    rest = design.mean - found[design.exporter] - found[design.importer]
    bread = np.linalg.inv(_gram(design, weight) + np.eye(design.size) * _ridge(design, weight))
    spread = bread @ _gram(design, (weight * rest) ** 2) @ bread
    return found, np.sqrt(np.maximum(np.diag(spread), 0))


def _solved(design: _Design, weight: np.ndarray, half: float) -> np.ndarray:
    """Weighted non-negative least squares through the normal equations, nearest to `half` where undecided."""
    import numpy as np
    from scipy.linalg import cholesky, solve_triangular
    from scipy.optimize import nnls

    ridge = _ridge(design, weight)
    sums = sum(
        np.bincount(one, weight * design.mean, design.size) for one in (design.exporter, design.importer)
    )
    lower = cholesky(_gram(design, weight) + np.eye(design.size) * ridge, lower=True)
    found: np.ndarray = nnls(lower.T, solve_triangular(lower, sums + ridge * half, lower=True))[0]
    return found


def _gram(design: _Design, weight: np.ndarray) -> np.ndarray:
    """The sum over pairs of weight times the product of their two effects."""
    import numpy as np

    size = design.size
    across = np.bincount(design.exporter * size + design.importer, weight, size * size).reshape(size, size)
    both = across + across.T
    whole: np.ndarray = both + np.diag(both.sum(axis=1))
    return whole


def _ridge(design: _Design, weight: np.ndarray) -> float:
    """Small enough to decide nothing but what the data leave undecided."""
    return _TINY * max(float(weight.sum()) / design.size, _TINY)


def _told(
    names: list[tuple[str, str]],
    counts: dict[tuple[str, str], tuple[int, int]],
    found: np.ndarray,
    error: np.ndarray,
    half: float,
) -> dict[str, Any]:
    import numpy as np

    floor = max(_LEAST_SHARE * half, _LEAST_VARIANCE)
    taken = np.maximum(found, floor)
    times = np.exp(np.minimum(_Z_90 * error / taken, _WIDEST))
    place = {name: at for at, name in enumerate(names)}
    rows = []
    for role in ROLES:
        for key in [(role, OTHERS), *sorted(key for key in counts if key[0] == role)]:
            at = place.get(key, place[role, OTHERS])
            pairs, flows = counts.get(key) or _few(role, names, counts)
            method = "fitted" if at > 1 else "pooled"
            if method == "fitted" and found[at] < floor:
                method = "floor"
            rows.append((key, at, pairs, flows, method))
    spread = [np.sqrt(values) for values in (taken, taken / times, taken * times)]
    return {
        "reporter": [key[1] for key, *_ in rows],
        "role": [key[0] for key, *_ in rows],
        **{
            name: [float(values[at]) for _, at, *_ in rows]
            for name, values in zip(("standard_deviation", "low", "high"), spread, strict=True)
        },
        "pairs": [row[2] for row in rows],
        "flows": [row[3] for row in rows],
        "method": [row[4] for row in rows],
    }
