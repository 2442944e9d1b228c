"""One hub beside those where nothing was to be rerouted; its trade month by month beside what was expected.

What a study (measures.diversion) holds a hub against, as rows a reader can look at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from entrepot.measures.conformal import Flags, Floats
from entrepot.measures.counterfactual import Expected
from entrepot.measures.leg_arrays import Leg
from entrepot.measures.legs import Spans

Row = dict[str, Any]


def misses(found: Expected, hub: int, goods: Flags) -> list[Row]:
    """One row per hub and window in which nothing was to be rerouted, and first the hub asked about.

    miss: asinh(actual / s) - asinh(expected / s), s the size near zero: about the log of actual over
    expected, 0 where it came as expected. expected: the model's, of the goods (flags over the leg's)
    together; units of the currency. Hubs that neither traded nor were to trade have no row.
    """
    own = _row(found, hub, 0, goods) | {"is_asked": True}
    every = [_row(found, one, place, goods) for one, place in _calm(found, hub)]
    return [own, *(row for row in every if row["actual"] > 0 or row["expected"] > 0)]


def _calm(found: Expected, hub: int) -> Iterator[tuple[int, int]]:
    """Hubs and spans the misses were learnt from: hubs far away, or all in earlier years."""
    for place in found.places:
        for one in range(len(found.leg.hubs)):
            if found.within or (found.leg.control[one] and one != hub):
                yield one, place


def _row(found: Expected, hub: int, place: int, goods: Flags) -> Row:
    import numpy as np

    leg, window = found.leg, found.leg.spans[place].window
    actual = float(leg.window[place][hub, goods].sum())
    wanted = float(found.values[place][hub, goods].sum())
    miss = float(np.arcsinh(actual / leg.scale) - np.arcsinh(wanted / leg.scale))
    told = {"hub": leg.hubs[hub], "first": window[0], "last": window[-1]}
    return told | {"actual": actual, "expected": wanted, "miss": miss, "is_asked": False}


def path(values: Mapping[date, float | None], spans: Spans, draws: Floats | None) -> list[Row]:
    """One row per slot (month, or year): what was traded, and in the window what was to be expected of it.

    draws: of what would have been traded in the whole window; it is laid over the window's months as the base
    had them, so that expected, low_90 and high_90 add up to the window's own: they bound the sum, and
    single months scatter more. None: not told. is_base, is_window: in which of the two the slot lies.
    """
    shares = _shares(values, spans)
    ends = _ends(draws) if draws is not None else {}
    return [
        {
            "period": slot,
            "value": values.get(slot),
            "is_base": slot in spans.base,
            "is_window": slot in shares,
            **{name: end * shares[slot] for name, end in ends.items() if slot in shares},
        }
        for slot in sorted({*values, *spans.base, *spans.window})
    ]


def _ends(draws: Floats) -> dict[str, float]:
    import numpy as np

    return dict(
        zip(
            ("low_90", "expected", "high_90"),
            (float(one) for one in np.quantile(draws, (0.05, 0.5, 0.95))),
            strict=True,
        )
    )


def _shares(values: Mapping[date, float | None], spans: Spans) -> dict[date, float]:
    """Of the window's sum each slot's share, as the same calendar months of the base have it."""
    usual = {
        day: _mean([values.get(one) or 0.0 for one in spans.base if one.month == day.month])
        for day in spans.window
    }
    whole = sum(usual.values())
    even = 1 / len(spans.window)
    return {day: size / whole if whole > 0 else even for day, size in usual.items()}


def _mean(found: Sequence[float]) -> float:
    return sum(found) / len(found) if found else 0.0


def chosen(leg: Leg, code: str) -> Flags:
    """The goods of a leg that are asked for and begin with a code; all where it is empty."""
    import numpy as np

    return np.asarray(leg.listed & np.array([good.startswith(code) for good in leg.goods], bool))
