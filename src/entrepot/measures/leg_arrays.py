"""One leg of trade as arrays: what models of rerouting work on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from entrepot.measures.conformal import Flags, Floats
from entrepot.measures.legs import Spans


@dataclass(frozen=True)
class Leg:
    """One leg as arrays: spans x hubs x goods. The first span is the one asked about, the others lie before.

    whole, recent, window: sums (units of the currency) weighted to the window's months: over the base, over
    its last year, over the window. listed: goods asked for; the others are beside them, unrestricted. alive:
    goods that lived on both sides. control: hubs in which nothing was to be rerouted. asked: hubs asked
    about. totals: hubs x slots, the goods asked for together.
    """

    name: str
    hubs: tuple[str, ...]
    goods: tuple[str, ...]
    spans: tuple[Spans, ...]
    slots: tuple[Any, ...]
    whole: Floats
    recent: Floats
    window: Floats
    listed: Flags
    alive: Flags
    control: Flags
    asked: Flags
    totals: Floats

    @cached_property
    def scale(self) -> float:
        """Below it a value counts as near zero: the tenth part of the smallest size that is usual."""
        import numpy as np

        traded = self.recent[0][self.recent[0] > 0]
        return float(np.quantile(traded, 0.1)) if len(traded) else 1.0

    def times(self, factor: float) -> Leg:
        """The same leg at another valuation."""
        return replace(
            self,
            whole=self.whole * factor,
            recent=self.recent * factor,
            window=self.window * factor,
            totals=self.totals * factor,
        )

    def of(self, place: int) -> Leg:
        """The same leg asked about one of its spans."""
        cut = slice(place, place + 1)
        return replace(
            self,
            spans=self.spans[cut],
            whole=self.whole[cut],
            recent=self.recent[cut],
            window=self.window[cut],
        )
