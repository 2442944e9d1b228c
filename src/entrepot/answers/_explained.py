"""Benign explanations of an excess, each tried: rejected, not rejected, or not tested, and on what."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from entrepot.measures.diversion import Study
from entrepot.model.edition import unchanged

if TYPE_CHECKING:
    from entrepot.answers._legs import Legs

UNUSUAL = 0.05  # a p-value up to it rejects the explanation
RECORDED = 0.7  # a hub that recorded less of what left for it was used to transit

TRIED = (
    "growth of the hub",
    "growth of the good",
    "price",
    "reclassification",
    "transit before",
    "catching up",
    "own supply",
)


@dataclass(frozen=True)
class Tried:
    """One explanation: what became of it, the figure it was held against, and what either is."""

    verdict: str  # rejected, not rejected, not tested
    figure: float | None = None
    threshold: float | None = None
    compared: str = ""


_UNTRIED = Tried("not tested")
Verdicts = dict[str, Tried]


def of_cell(found: Study, cell: int, legs: Legs) -> dict[str, str]:
    """Each explanation of one hub and good, in words."""
    return {"explanations": _said(_of_cell(found, cell, legs))}


def of_hubs(found: Study, hubs: Any, legs: Legs) -> dict[str, str]:
    """Each explanation of some hubs and all their goods."""
    import numpy as np

    return {"explanations": _said(_of_goods(found, hubs, np.flatnonzero(found.entering.leg.listed), legs))}


def table(found: Study, hub: int, goods: Any, legs: Legs, p_value: float) -> pa.Table:
    """One row per explanation of one hub and some goods: what became of it, and what was held against what.

    p_value: of what entered beyond expectation, which the growths and the price are tried with.
    """
    told = _alike(found, [hub], goods, legs, p_value)
    told |= {"transit before": _transit(found, hub, goods[0])} if len(goods) == 1 else {}
    rows = [{"explanation": name, **vars(told.get(name, _UNTRIED))} for name in TRIED]
    return pa.Table.from_pylist(rows, schema=_TABLE)


_TABLE = pa.schema(
    [
        ("explanation", pa.string()),
        ("verdict", pa.string()),
        ("figure", pa.float64()),
        ("threshold", pa.float64()),
        ("compared", pa.string()),
    ]
)


def _of_cell(found: Study, cell: int, legs: Legs) -> Verdicts:
    hub, good = int(found.family[0][cell]), int(found.family[1][cell])
    told = _alike(found, [hub], [good], legs, float(found.p_values["entering"][cell]))
    return told | {"transit before": _transit(found, hub, good)}


def _of_goods(found: Study, hubs: Any, goods: Any, legs: Legs) -> Verdicts:
    import numpy as np

    draws = np.nansum(found.hubs["entering"][hubs], axis=0) if len(hubs) else np.zeros(1)
    return _alike(found, hubs, goods, legs, float((1 + (draws <= 0).sum()) / (1 + len(draws))))


def _alike(found: Study, hubs: Any, goods: Any, legs: Legs, p_value: float) -> Verdicts:
    """The explanations tried alike of one cell and of many."""
    return {
        "growth of the hub": _growth(found, p_value, of_hub=True),
        "growth of the good": _growth(found, p_value, of_hub=False),
        "price": _price(legs, found, hubs, goods, p_value),
        "reclassification": _reclassified([found.entering.leg.goods[good] for good in goods]),
        "catching up": _catching_up(found, hubs, goods),
        "own supply": _own_supply(found, hubs, goods),
    }


def _said(told: Verdicts) -> str:
    return "; ".join(f"{name}: {told[name].verdict}" for name in TRIED if name in told)


def _tried(*, is_rejected: bool, figure: float, threshold: float, compared: str) -> Tried:
    return Tried("rejected" if is_rejected else "not rejected", float(figure), float(threshold), compared)


def _growth(found: Study, p_value: float, *, of_hub: bool) -> Tried:
    """Whether the excess is left after what the hub bought more of other goods, or others of these goods."""
    if found.entering.model == "trend" or (of_hub and found.entering.leg.listed.all()):
        return _UNTRIED
    return _tried(
        is_rejected=p_value <= UNUSUAL,
        figure=p_value,
        threshold=UNUSUAL,
        compared="p-value of what is left after that growth; the most that rejects",
    )


def _reclassified(goods: list[str]) -> Tried:
    """Whether the codes held the same goods in every edition of the Harmonized System that is linked here."""
    codes = [good[:6] for good in goods if good.isdigit()]
    if not codes:
        return _UNTRIED
    return _tried(
        is_rejected=set(codes) <= _lasting(),
        figure=sum(code in _lasting() for code in codes) / len(codes),
        threshold=1.0,
        compared="share of codes that held the same goods in every edition; all",
    )


@cache
def _lasting() -> frozenset[str]:
    return unchanged()


def _price(legs: Legs, found: Study, hubs: Any, goods: Any, p_value: float) -> Tried:
    """Whether weights rose beyond what was to be expected: a dearer kilogram is no more goods."""
    import numpy as np

    weights = legs.weights(found.entering.leg)
    base, window, known = (one[np.ix_(hubs, goods)] for one in weights)
    value = found.entering.leg.recent[0][np.ix_(hubs, goods)]
    share = value[known].sum() / value.sum() if value.sum() > 0 else 0.0
    if share < 0.5 or base[known].sum() <= 0:
        return _UNTRIED
    grown = window[known].sum() / base[known].sum()
    wanted = found.entering.value[np.ix_(hubs, goods)][known].sum() / max(value[known].sum(), 1e-9)
    return _tried(
        is_rejected=grown > wanted and p_value <= UNUSUAL,
        figure=grown,
        threshold=wanted,
        compared="weight, window over base; value expected over base",
    )


def _transit(found: Study, hub: int, good: int) -> Tried:
    """Whether the hub was used to record what left for it: else the goods may have passed before too."""
    if found.practice is None or not found.sees("ghost")[hub]:
        return _UNTRIED
    return _tried(
        is_rejected=found.practice[hub, good] >= RECORDED,
        figure=found.practice[hub, good],
        threshold=RECORDED,
        compared="share of what left for it that the hub recorded in the base; the least that rejects",
    )


def _catching_up(found: Study, hubs: Any, goods: Any) -> Tried:
    """Whether the window is above every earlier year held, not only above a low base."""
    import numpy as np

    leg, at = found.entering.leg, np.ix_(hubs, goods)
    before = [leg.whole[0][at].sum(), leg.recent[0][at].sum(), *(one[at].sum() for one in leg.window[1:])]
    return _tried(
        is_rejected=leg.window[0][at].sum() > max(before),
        figure=leg.window[0][at].sum(),
        threshold=max(before),
        compared="value in the window; in the highest of the same months before",
    )


def _own_supply(found: Study, hubs: Any, goods: Any) -> Tried:
    """Whether the hub had sent less on before than it does now: what it sold then it may make itself."""
    import numpy as np

    at = np.ix_(hubs, goods)
    before = sum(one.leg.recent[0][at].sum() for one in found.leaving.values())
    if not found.leaving or not found.sees("re-export")[hubs].any():
        return _UNTRIED
    entered = found.entering.leg.window[0][at].sum() - found.entering.value[at].sum()
    return _tried(
        is_rejected=before < max(entered, 0.0),
        figure=before,
        threshold=max(entered, 0.0),
        compared="value sent on in the base; entered in the window beyond expectation",
    )
