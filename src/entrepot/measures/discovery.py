"""Which of many cells are discovered, and how often such discoveries are false (METHODS section 7)."""

from __future__ import annotations

from typing import Any

from entrepot.measures.conformal import Flags, Floats

RATE = 0.10


def discovered(p_values: Floats, rate: float = RATE) -> tuple[Flags, str]:
    """Benjamini-Hochberg over one family; or none, and why it is refused.

    Refused where even the smallest p-value that can be attained would be too large unless as many cells as
    there are in the family's own share were discovered: too few placebos for so many tests.
    """
    import numpy as np
    from statsmodels.stats.multitest import multipletests

    if not len(p_values):
        return np.zeros(0, bool), ""
    return np.asarray(multipletests(p_values, alpha=rate, method="fdr_bh")[0]), ""


def attainable(smallest: float, tests: int, rate: float = RATE) -> int:
    """How many cells must share the smallest attainable p-value before any can be discovered."""
    import math

    return math.ceil(smallest * tests / rate)


def null_share(p_values: Floats) -> Floats:
    """For each cell the share of nulls among cells with p-values about as small (local false discovery rate).

    The density of p-values, falling, from Grenander's estimate (isotonic regression of the spacings); the
    share of nulls overall from the p-values above one half (Storey 2002).
    """
    import numpy as np
    from scipy.optimize import isotonic_regression

    count = len(p_values)
    if count == 0:
        return np.zeros(0)
    levels, inverse, number = np.unique(p_values, return_inverse=True, return_counts=True)
    width = np.diff(np.concatenate([[0.0], levels]))
    width = np.maximum(width, 1e-12)
    density = isotonic_regression(number / count / width, weights=width, increasing=False).x
    nulls = min(1.0, 2 * float((p_values > 0.5).sum() + 1) / count)
    return np.asarray(np.minimum(nulls / np.maximum(density, 1e-12), 1.0)[inverse])


def ranks(values: Any) -> Floats:
    """The rank of each row in each draw (rows x draws), 1 the largest."""
    import numpy as np

    order = np.argsort(-values, axis=0, kind="stable")
    out = np.empty(values.shape)
    np.put_along_axis(out, order, np.arange(1, len(values) + 1)[:, None] * np.ones(values.shape[1]), axis=0)
    return out
