"""Benign explanations of an excess, each tried: rejected, not rejected, or not tested, and on what."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

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
Verdicts = dict[str, str]


def of_cell(found: Study, cell: int, legs: Legs) -> dict[str, str]:
    """Each explanation of one hub and good, in words."""
    hub, good = int(found.family[0][cell]), int(found.family[1][cell])
    p = {name: float(values[cell]) for name, values in found.p_values.items()}
    told = {
        "growth of the hub": _growth(found, p["entering"], of_hub=True),
        "growth of the good": _growth(found, p["entering"], of_hub=False),
        "price": _price(legs, found, [hub], [good], p["entering"]),
        "reclassification": _reclassified([found.entering.leg.goods[good]]),
        "transit before": _transit(found, hub, good),
        "catching up": _catching_up(found, [hub], [good]),
        "own supply": _own_supply(found, [hub], [good]),
    }
    return {"explanations": _said(told)}


def of_hubs(found: Study, hubs: Any, legs: Legs) -> dict[str, str]:
    """Each explanation of some hubs and all their goods."""
    import numpy as np

    draws = np.nansum(found.hubs["entering"][hubs], axis=0) if len(hubs) else np.zeros(1)
    p = float((1 + (draws <= 0).sum()) / (1 + len(draws)))
    goods = np.flatnonzero(found.entering.leg.listed)
    told = {
        "growth of the hub": _growth(found, p, of_hub=True),
        "growth of the good": _growth(found, p, of_hub=False),
        "price": _price(legs, found, hubs, goods, p),
        "reclassification": _reclassified([found.entering.leg.goods[good] for good in goods]),
        "catching up": _catching_up(found, hubs, goods),
        "own supply": _own_supply(found, hubs, goods),
    }
    return {"explanations": _said(told)}


def _said(told: Verdicts) -> str:
    return "; ".join(f"{name}: {told[name]}" for name in TRIED if name in told)


def _growth(found: Study, p_value: float, *, of_hub: bool) -> str:
    """Whether the excess is left after what the hub bought more of other goods, or others of these goods."""
    if found.entering.model == "trend" or (of_hub and found.entering.leg.listed.all()):
        return "not tested"
    return "rejected" if p_value <= UNUSUAL else "not rejected"


def _reclassified(goods: list[str]) -> str:
    """Whether the codes held the same goods in every edition of the Harmonized System that is linked here."""
    codes = [good[:6] for good in goods if good.isdigit()]
    if not codes:
        return "not tested"
    return "rejected" if set(codes) <= _lasting() else "not rejected"


@cache
def _lasting() -> frozenset[str]:
    return unchanged()


def _price(legs: Legs, found: Study, hubs: Any, goods: Any, p_value: float) -> str:
    """Whether weights rose beyond what was to be expected: a dearer kilogram is no more goods."""
    import numpy as np

    weights = legs.weights(found.entering.leg)
    base, window, known = (one[np.ix_(hubs, goods)] for one in weights)
    value = found.entering.leg.recent[0][np.ix_(hubs, goods)]
    share = value[known].sum() / value.sum() if value.sum() > 0 else 0.0
    if share < 0.5 or base[known].sum() <= 0:
        return "not tested"
    grown = window[known].sum() / base[known].sum()
    wanted = found.entering.value[np.ix_(hubs, goods)][known].sum() / max(value[known].sum(), 1e-9)
    return "rejected" if grown > wanted and p_value <= UNUSUAL else "not rejected"


def _transit(found: Study, hub: int, good: int) -> str:
    """Whether the hub was used to record what left for it: else the goods may have passed before too."""
    if found.practice is None or not found.sees("ghost")[hub]:
        return "not tested"
    return "rejected" if found.practice[hub, good] >= RECORDED else "not rejected"


def _catching_up(found: Study, hubs: Any, goods: Any) -> str:
    """Whether the window is above every earlier year held, not only above a low base."""
    import numpy as np

    leg, at = found.entering.leg, np.ix_(hubs, goods)
    before = [leg.whole[0][at].sum(), leg.recent[0][at].sum(), *(one[at].sum() for one in leg.window[1:])]
    return "rejected" if leg.window[0][at].sum() > max(before) else "not rejected"


def _own_supply(found: Study, hubs: Any, goods: Any) -> str:
    """Whether the hub had sent less on before than it does now: what it sold then it may make itself."""
    import numpy as np

    at = np.ix_(hubs, goods)
    before = sum(one.leg.recent[0][at].sum() for one in found.leaving.values())
    if not found.leaving or not found.sees("re-export")[hubs].any():
        return "not tested"
    entered = found.entering.leg.window[0][at].sum() - found.entering.value[at].sum()
    return "rejected" if before < max(entered, 0.0) else "not rejected"
