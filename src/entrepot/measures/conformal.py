"""Predictive distributions by split conformal: how far expectations missed where nothing was rerouted.

Scores are signed misses on a scale that is linear near zero and logarithmic above (asinh), so that a cell
without trade needs no logarithm. They are pooled within classes of expected size (Mondrian), since small
cells miss by more. Source: Vovk, Gammerman, Shafer (2005); METHODS section 6.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]
    Flags: TypeAlias = NDArray[np.bool_]
else:
    Floats = Flags = Any

CLASS = 200  # misses wanted in a class of size
WIDER = 1.3
LEAST = 0.5  # of a spread: a class that hardly misses does not make the least miss an outlier
FEWEST_CLASSES = 8  # where misses are few classes are smaller: the sizes of hubs differ by powers of ten
SMALLEST = 40  # below it nothing is said of a cell: its 95 % interval would be the extremes


@dataclass(frozen=True)
class Pool:
    """The misses seen where nothing was rerouted, by class of expected size.

    scale: below it a value counts as near zero. edges: lower ends of the classes. misses: of each class,
    in order. more: further misses of each class, for the tails alone.
    """

    scale: float
    edges: Floats
    misses: tuple[Floats, ...]
    more: tuple[Floats, ...] = ()

    @property
    def count(self) -> int:
        """How many misses there are."""
        return sum(map(len, self.misses))

    def classes(self, expected: Floats) -> Any:
        """The class of each expectation."""
        import numpy as np

        return np.clip(np.searchsorted(self.edges, expected, side="right") - 1, 0, len(self.misses) - 1)

    def p_values(
        self, actual: Floats, expected: Floats, hard: Floats | float = 1.0, *, below: bool = False
    ) -> Floats:
        """How rarely a value lies as far above (below) its expectation, of all misses and itself."""
        import numpy as np

        sign = -1.0 if below else 1.0
        tail = self._tails[below]
        scores = sign * self._score(actual, expected) / hard / self._spreads[below][self.classes(expected)]
        return np.asarray((1 + len(tail) - np.searchsorted(tail, scores, side="left")) / (1 + len(tail)))

    @cached_property
    def _spreads(self) -> tuple[Floats, Floats]:
        """How far the misses of each class reach upwards, and downwards: nine in ten lie within."""
        import numpy as np

        up = np.array([_order(one, np.array(0.9)) for one in self.misses])
        down = -np.array([_order(one, np.array(0.1)) for one in self.misses])
        return np.maximum(up, LEAST), np.maximum(down, LEAST)

    @cached_property
    def _tails(self) -> tuple[Floats, Floats]:
        """All misses in the spread of their class, up and down: one class is few for many tests."""
        import numpy as np

        every = self.more or self.misses
        parts = [
            [sign * one / spread for one, spread in zip(every, spreads, strict=True)]
            for sign, spreads in zip((1.0, -1.0), self._spreads, strict=True)
        ]
        return np.sort(np.concatenate(parts[0])), np.sort(np.concatenate(parts[1]))

    def quantiles(self, expected: Floats, levels: Floats, hard: Floats | float = 1.0) -> Floats:
        """What would have been traded, at each level: one more axis, last."""
        import numpy as np

        out = np.empty((*np.shape(expected), len(levels)))
        of, hard = self.classes(expected), np.broadcast_to(hard, np.shape(expected))
        for place, pool in enumerate(self.misses):
            here = of == place
            misses = _order(pool, levels)[None, :] * hard[here][:, None]
            out[here] = self._value(expected[here][:, None], misses)
        return out

    def draws(self, expected: Floats, uniform: Floats, hard: Floats | float = 1.0) -> Floats:
        """What would have been traded, one draw for each of `uniform` (cells x draws, from 0 to 1)."""
        import numpy as np

        out = np.empty(uniform.shape)
        of, hard = self.classes(expected), np.broadcast_to(hard, np.shape(expected))
        for place, pool in enumerate(self.misses):
            here = np.flatnonzero(of == place)
            chosen = pool[np.minimum((uniform[here] * len(pool)).astype(np.int64), len(pool) - 1)]
            out[here] = self._value(expected[here][:, None], chosen * hard[here][:, None])
        return out

    def moments(self, expected: Floats, hard: Floats | float = 1.0) -> tuple[Floats, Floats]:
        """Mean and variance of what would have been traded."""
        import numpy as np

        mean, variance = np.zeros(np.shape(expected)), np.zeros(np.shape(expected))
        of, hard = self.classes(expected), np.broadcast_to(hard, np.shape(expected))
        for place, pool in enumerate(self.misses):
            here = of == place
            kept = _order(pool, (np.arange(CLASS) + 0.5) / CLASS)
            values = self._value(expected[here][:, None], kept[None, :] * hard[here][:, None])
            mean[here], variance[here] = values.mean(axis=1), values.var(axis=1)
        return mean, variance

    def _score(self, actual: Floats, expected: Floats) -> Floats:
        import numpy as np

        return np.asarray(np.arcsinh(actual / self.scale) - np.arcsinh(expected / self.scale))

    def _value(self, expected: Floats, miss: Floats) -> Floats:
        import numpy as np

        return np.maximum(self.scale * np.sinh(np.arcsinh(expected / self.scale) + miss), 0.0)


def with_more(found: Pool, actual: Floats, expected: Floats, hard: Floats | float = 1.0) -> Pool:
    """The pool, its tails told by more cells in which nothing was rerouted."""
    import numpy as np

    hard = np.ravel(np.broadcast_to(hard, np.shape(expected)))
    actual, expected = np.ravel(actual), np.ravel(expected)
    of = found.classes(expected)
    score = (np.arcsinh(actual / found.scale) - np.arcsinh(expected / found.scale)) / hard
    more = tuple(np.concatenate([one, score[of == place]]) for place, one in enumerate(found.misses))
    return replace(found, more=more)


def _order(pool: Floats, levels: Floats) -> Floats:
    """The conformal quantile: the k-th of n misses, k = level (n + 1), never beyond the extremes."""
    import numpy as np

    place = np.clip(np.asarray(levels) * (len(pool) + 1) - 1, 0, len(pool) - 1)
    low = np.floor(place).astype(np.int64)
    high = np.minimum(low + 1, len(pool) - 1)
    return np.asarray(pool[low] + (place - low) * (pool[high] - pool[low]))


def pool(actual: Floats, expected: Floats, scale: float, hard: Floats | float = 1.0) -> Pool | None:
    """The misses of cells in which nothing was rerouted; None where they are too few to say anything.

    Cells expected to be empty are a class of their own; the others are cut by size into classes of some 200.
    hard: by how much a cell misses more than others of its size, known from years before.
    """
    import numpy as np

    hard = np.ravel(np.broadcast_to(hard, np.shape(expected)))
    actual, expected = np.ravel(actual), np.ravel(expected)
    if len(expected) < SMALLEST:
        return None
    edges = _edges(expected, min(max(len(expected) // FEWEST_CLASSES, SMALLEST), CLASS))
    of = np.clip(np.searchsorted(edges, expected, side="right") - 1, 0, None)
    score = (np.arcsinh(actual / scale) - np.arcsinh(expected / scale)) / hard
    return Pool(scale, edges, tuple(np.sort(score[of == place]) for place in range(len(edges))))


def _edges(expected: Floats, size: int) -> Floats:
    import numpy as np

    positive = np.sort(expected[expected > 0])
    empty = len(expected) - len(positive)
    cuts = positive[_starts(len(positive), size)] if len(positive) else np.array([0.0])
    if empty < SMALLEST:  # too few to be a class of their own: they join the smallest cells
        cuts[0] = 0.0
        return np.unique(cuts)
    return np.unique(np.concatenate([[0.0], cuts])) if len(positive) >= SMALLEST else np.array([0.0])


def _starts(count: int, wanted: int) -> list[int]:
    """Where classes begin: as many as wanted at the top, where most of the value is, and wider below."""
    ends, size = [count], float(wanted)
    while ends[-1] >= size + SMALLEST:
        ends.append(ends[-1] - int(size))
        size *= WIDER
    return [0, *reversed(ends[1:-1])] if len(ends) > 1 else [0]
