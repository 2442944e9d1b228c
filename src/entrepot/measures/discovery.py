"""Which of many cells are discovered, and how often such discoveries are false (METHODS section 7)."""

from __future__ import annotations

from typing import Any

from entrepot.measures.conformal import Flags, Floats

RATE = 0.10
_ROUNDS = 50
BLOCK = 10  # p-values that a density is told by at least
PULL = 5  # cells' weight with which a group's share of finds is drawn to that of all
LIKELIER = 0.5
MOST = 0.5  # of a group that may be believed without looking at the cell: neighbours are no proof
_LEAST = 1e-6


def discovered(local: Floats, rate: float = RATE) -> Flags:
    """The cells whose local false discovery rates are smallest, as many as have a mean of at most `rate`.

    None that is itself likelier false than not, whatever the mean of those before it.
    Source: Sun and Cai, Journal of the American Statistical Association 102 (2007).
    """
    import numpy as np

    order = np.argsort(local, kind="stable")
    mean = np.cumsum(local[order]) / np.arange(1, len(local) + 1)
    last = np.flatnonzero((mean <= rate) & (local[order] <= LIKELIER))
    out = np.zeros(len(local), bool)
    out[order[: last[-1] + 1 if len(last) else 0]] = True
    return out


def by_steps(p_values: Floats, rate: float = RATE) -> Flags:
    """The cells discovered by Benjamini and Hochberg's procedure (1995)."""
    import numpy as np
    from statsmodels.stats.multitest import multipletests

    return np.asarray(multipletests(p_values, alpha=rate, method="fdr_bh")[0])


def local_rates(p_values: Floats, group: Any) -> Floats:
    """For each cell the chance that it is a null, given its p-value and how many of its group are not.

    The likelihood ratio is that of all cells together (Grenander's estimate); the share of nulls is each
    group's own, found by expectation and maximisation, pulled to that of all and bounded. A
    product is more likely to be rerouted through a hub that reroutes others. Source: Efron, Annals of
    Applied Statistics 2 (2008): groups of tests have shares of nulls of their own.
    """
    import numpy as np

    count = len(p_values)
    if not count:
        return np.zeros(0)
    together = null_share(p_values)
    share = float(np.clip((1 - together).mean(), _LEAST, 1 - _LEAST))
    ratio = (1 - together + _LEAST) / (together + _LEAST) * (1 - share) / share
    groups, of, size = np.unique(group, return_inverse=True, return_counts=True)
    shares = np.full(len(groups), share)
    for _ in range(_ROUNDS):
        odds = shares[of] * ratio
        real = odds / (odds + 1 - shares[of])
        shares = np.clip((np.bincount(of, real) + PULL * share) / (size + PULL), 1e-4, MOST)
    odds = shares[of] * ratio
    return np.asarray(1 - odds / (odds + 1 - shares[of]))


def null_share(p_values: Floats) -> Floats:
    """For each cell the share of nulls among cells with p-values about as small (local false discovery rate).

    The density of p-values, falling, by Grenander's estimate (isotonic regression of the spacings of every
    tenth: the smallest alone would always look like a find); the share of nulls overall from the p-values
    above one half (Storey 2002).
    """
    import numpy as np
    from scipy.optimize import isotonic_regression

    ordered = np.sort(p_values)
    ends = ordered[np.minimum(np.arange(BLOCK, len(ordered) + BLOCK, BLOCK), len(ordered)) - 1]
    levels = np.unique(np.append(ends, 1.0))
    width = np.maximum(np.diff(np.concatenate([[0.0], levels])), 1e-12)
    inverse = np.searchsorted(levels, p_values, side="left")
    number = np.bincount(inverse, minlength=len(levels))
    density = isotonic_regression(number / len(p_values) / width, weights=width, increasing=False).x
    nulls = min(1.0, 2 * float((p_values > 0.5).sum() + 1) / len(p_values))
    return np.asarray(np.minimum(nulls / np.maximum(density, 1e-12), 1.0)[inverse])


def ranks(values: Any) -> Floats:
    """The rank of each row in each draw (rows x draws), 1 the largest."""
    import numpy as np

    order = np.argsort(-values, axis=0, kind="stable")
    out = np.empty(values.shape)
    np.put_along_axis(out, order, np.arange(1, len(values) + 1)[:, None] * np.ones(values.shape[1]), axis=0)
    return out
