"""What was to be expected of a leg had nothing been rerouted, and how far expectations miss (METHODS 6).

Models of one interface say what each cell (hub and good) was to trade. How far such expectations miss is not
assumed: it is seen on hubs far from the destination in the same window, or on all hubs in earlier years
(measures.conformal).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from entrepot.measures.conformal import Floats, Pool, pool, with_more
from entrepot.measures.leg_arrays import Leg
from entrepot.measures.models import (
    FEWEST_CONTROLS,
    FEWEST_DONORS,
    blended,
    by_donors,
    by_trend,
    leaning,
    trends,
)

if TYPE_CHECKING:
    from numpy.random import Generator

TOO_FEW = "too few cells without rerouting are held to say how far expectations miss"
MODELS = ("trend", "donors", "gravity")
_NODES = 21
FEWEST_GOODS = 10
WORLD_YEARS = 0.10  # logs: how world trade in dollars moved from year to year, 2012 to 2021 (WTO: 0.11)
PRIOR_YEARS = 4  # of them weigh against the earlier years that are held
FEWEST_HUBS = 3  # with trade in an earlier year, to see how hubs scatter
_PRIOR = 4.0  # cells' worth of being usual
_CLIP = 4.0  # spreads: one odd year is not told from many
FEW = 2000  # cells of one year: below it earlier years are taken as well


@dataclass(frozen=True)
class Expected:
    """What was to be expected of each cell, and how such expectations miss.

    value: hubs x goods (units of the currency); values: the same for each of the leg's spans, so that the
    question asked in earlier years can be held against what came. pool: misses of cells. hub_spread: of each
    hub, how far it misses as a whole beyond what its cells do, as a share. hub_misses: of hubs as a whole,
    in standard deviations. hard: of each
    hub, by how much its cells miss more than others of their size. common: how far all hubs miss together,
    in logs. within: whether the pool knows only how cells miss within their hub. calibrated_on, settings:
    words.
    """

    leg: Leg
    model: str
    value: Floats
    pool: Pool
    hub_spread: Floats
    hub_misses: Floats
    calibrated_on: str
    settings: str
    hard: Floats
    within: bool = False
    common: float = 0.0
    values: tuple[Floats, ...] = ()
    places: tuple[int, ...] = ()  # spans in which nothing was to be rerouted

    @property
    def actual(self) -> Floats:
        """What was traded in the window."""
        traded: Floats = self.leg.window[0]
        return traded

    def p_values(self, cells: Any, *, below: bool = False) -> Floats:
        """How rarely a cell lies as far above (below) its expectation where nothing was rerouted."""
        import numpy as np

        if not self.within:
            return self.pool.p_values(self.actual[cells], self.value[cells], self.hard[cells[0]], below=below)
        nodes = np.quantile(self.hub_misses, (np.arange(_NODES) + 0.5) / _NODES)
        shifts = np.exp(np.hypot(self.hub_spread, self.common)[:, None] * nodes)[cells[0]]
        parts = [
            self.pool.p_values(self.actual[cells], self.value[cells] * shifts[:, node], below=below)
            for node in range(_NODES)
        ]
        return np.asarray(np.mean(parts, axis=0))

    def excess(self, cells: Any, random: Generator, draws: int) -> Floats:
        """Draws of what a cell traded beyond what it would have (cells x draws)."""
        import numpy as np

        hard = self.hard[cells[0]]
        value = self.pool.draws(self.value[cells], random.random((len(cells[0]), draws)), hard)
        if self.within:  # in each draw one miss of a hub for all its cells, and one of all hubs
            own = self.hub_misses[random.integers(0, len(self.hub_misses), (len(self.hub_spread), draws))]
            logs = self.hub_spread[:, None] * own + self.common * random.standard_normal(draws)[None, :]
            value = value * np.exp(logs)[cells[0]]
        return np.asarray(self.actual[cells][:, None] - value)


def expected(leg: Leg, model: str) -> Expected | str:
    """The expectation of a model for a leg, with its misses; or why the model cannot be used here."""
    if model == "trend":
        return _calibrated(leg, model, *blended(leg, by_trend))
    if (held := int(leg.control.sum())) < FEWEST_DONORS:
        return f"{model} needs {FEWEST_DONORS} partners far from the destination; {held} are held"
    if not (leg.recent[0][leg.control] > 0).any():
        return f"{model} needs partners far from the destination that trade these goods; none is held"
    if model == "gravity":
        from entrepot.measures.gravity import by_gravity, goods_told

        if (goods := goods_told(leg)) < FEWEST_GOODS:  # the library ends the process where there is one
            return f"gravity needs {FEWEST_GOODS} goods to tell hubs from goods; {goods} are held"
        base = leaning(leg.recent[0], leg.listed)
        return _calibrated(leg, model, [by_gravity(leg, base)], "Poisson: cell, good in time, hub in time")
    return _calibrated(leg, model, *blended(leg, by_donors))


# ------------------------------------------------------------------ how expectations miss
def _calibrated(leg: Leg, model: str, values: list[Floats], settings: str) -> Expected | str:
    """With the misses: of hubs far away in the same window, or of all hubs in earlier years."""
    if leg.control.sum() >= FEWEST_CONTROLS:
        return _on_controls(leg, model, values, settings)
    return _on_years(leg, model, values, settings)


def _on_controls(leg: Leg, model: str, values: list[Floats], settings: str) -> Expected | str:
    """Misses of hubs far away in the same window; where they are few, in earlier years as well.

    Controls of the same year are better calibrated than earlier years, which have weather of their own.
    """
    import numpy as np

    far, listed = leg.control, leg.listed
    places = range(len(values)) if far.sum() * listed.sum() < FEW else range(1)
    actual = np.concatenate([leg.window[place][far][:, listed] for place in places])
    wanted = np.concatenate([values[place][far][:, listed] for place in places])
    hard = difficulty(leg, values)
    harder = np.concatenate([hard[far]] * len(places))[:, None]
    found = pool(actual, wanted, leg.scale, harder)
    if found is None or not (wanted > 0).any():  # of hubs that were to trade nothing nothing is learnt
        return TOO_FEW
    spread, misses = _of_hubs(found, actual, wanted, harder)
    if not len(misses):
        return TOO_FEW
    other = np.where(leg.listed, False, (values[0] > 0).any(axis=0))
    if other.any():  # goods nobody restricted miss as these do: without them the tails would be coarse
        found = with_more(found, leg.window[0][far][:, other], values[0][far][:, other], hard[far][:, None])
    when = "same window" if len(places) == 1 else f"same window and {len(places) - 1} earlier years"
    words = f"{int(far.sum())} hubs far from the destination, {when}"
    spreads = np.full(len(leg.hubs), spread)
    told: dict[str, Any] = {"values": tuple(values), "places": tuple(places)}
    return Expected(leg, model, values[0], found, spreads, misses, words, settings, hard, **told)


def difficulty(leg: Leg, values: list[Floats]) -> Floats:
    """How much more the cells of each hub missed in earlier years than others of their size; 1 is usual.

    Root mean squares, drawn towards 1 by the weight of a few cells; some countries trade by fits and starts.
    """
    import numpy as np

    if len(values) < 2:
        return np.ones(len(leg.hubs))
    actual = np.concatenate([one[:, leg.listed] for one in leg.window[1:]], axis=1)
    wanted = np.concatenate([one[:, leg.listed] for one in values[1:]], axis=1)
    usual = pool(actual, wanted, leg.scale)
    if usual is None:
        return np.ones(len(leg.hubs))
    spread = np.array([max(float(np.sqrt(np.mean(one**2))), 0.05) for one in usual.misses])
    scores = (np.arcsinh(actual / leg.scale) - np.arcsinh(wanted / leg.scale)) / spread[usual.classes(wanted)]
    scores = np.clip(np.where((actual > 0) | (wanted > leg.scale), scores, np.nan), -_CLIP, _CLIP)
    count = np.isfinite(scores).sum(axis=1)
    squares = np.nansum(scores**2, axis=1)
    return np.asarray(np.sqrt((_PRIOR + squares) / (_PRIOR + count)))


def _of_hubs(found: Pool, actual: Floats, wanted: Floats, hard: Floats) -> tuple[float, Floats]:
    """How far hubs as a whole miss beyond their cells' own scatter, and their standardised misses."""
    import numpy as np

    mean, variance = found.moments(wanted, hard)
    total, middle, own = actual.sum(axis=1), mean.sum(axis=1), variance.sum(axis=1)
    seen = middle > 0
    if not seen.any():
        return 0.0, np.zeros(1)
    total, middle, own = total[seen], middle[seen], own[seen]
    beyond = np.median(((total - middle) / middle) ** 2) / _MEDIAN_OF_SQUARE - np.median(own / middle**2)
    spread = float(np.sqrt(max(beyond, 0.0)))
    return spread, np.sort((total - middle) / np.sqrt(own + (spread * middle) ** 2 + 1e-12))


_MEDIAN_OF_SQUARE = 0.4549  # of a standard normal value: the median of chi-square with one degree


def _on_years(leg: Leg, model: str, values: list[Floats], settings: str) -> Expected | str:
    """Cells against their own hub's total in earlier years; hubs by their trend's error and their spread.

    What all hubs missed together in those years is an error common to all: one year may be a recovery, and
    tells its size and not its scatter. Hubs without trade in a year are no hits.
    """
    import numpy as np
    from scipy.stats import t

    shifts: list[float] = []
    parts, together = [], []
    for place in range(1, len(values)):
        guess, seen = values[place][:, leg.listed], leg.window[place][:, leg.listed]
        traded = (guess.sum(axis=1) > 0) & (seen.sum(axis=1) > 0)
        if traded.sum() < FEWEST_HUBS:
            continue
        guess, seen = guess[traded], seen[traded]
        ratio = seen.sum(axis=1) / guess.sum(axis=1)
        parts.append((seen, guess * ratio[:, None]))
        together.append(float(np.log(ratio).mean()))
        shifts += list(np.log(ratio) - together[-1])
    if not parts:
        return TOO_FEW
    found = pool(
        np.concatenate([seen for seen, _ in parts]), np.concatenate([due for _, due in parts]), leg.scale
    )
    if found is None:
        return TOO_FEW
    own = trends(leg)[1] * leg.spans[0].lead(leg.spans[0].recent)
    spread = np.sqrt(own**2 + np.var(shifts, ddof=1))
    seen, years = float(np.sum(np.square(together))), len(together)
    common = float(np.sqrt((PRIOR_YEARS * WORLD_YEARS**2 + seen) / (PRIOR_YEARS + years)))
    misses = np.asarray(t.ppf((np.arange(399) + 0.5) / 399, max(len(shifts) - len(parts), 1)))
    words = f"all hubs in {len(parts)} earlier year{'s' * (len(parts) != 1)}"
    usual = np.ones(len(leg.hubs))
    told: dict[str, Any] = {"values": tuple(values), "places": tuple(range(1, len(values)))}
    return Expected(
        leg, model, values[0], found, spread, misses, words, settings, usual, True, common, **told
    )


# ------------------------------------------------------------------ what arrives of what left
def recorded(sent: Leg, arrived: Leg) -> tuple[Leg, Floats]:
    """The hub's record as a leg whose base is what its practice would make of what left, and that practice.

    practice: arrivals over departures of the base by hub and good, pulled to the hub's own ratio where little
    was traded (CIF over FOB). Used on the window's departures it says what would arrive if nothing were
    ghost transit.
    """
    import numpy as np

    ratios = np.stack([_practice(sent, arrived, place) for place in range(len(sent.spans))])
    due = ratios * sent.window
    control = sent.control & arrived.control
    leg = replace(arrived, whole=due, recent=due, control=control, totals=np.zeros_like(arrived.totals))
    return leg, ratios[0]


def _practice(sent: Leg, arrived: Leg, place: int) -> Floats:
    import numpy as np

    left, came = sent.whole[place], arrived.whole[place]
    some = 10 * sent.scale
    pooled = came.sum() / max(float(left.sum()), some)
    whole = (came.sum(axis=1) + some * pooled) / (left.sum(axis=1) + some)
    return np.asarray((came + some * whole[:, None]) / (left + some))
