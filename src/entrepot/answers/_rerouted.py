"""The rows of an answer on rerouted trade: hubs, products, cells, and what each is told with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from entrepot.answers import _explained
from entrepot.answers._legs import Legs
from entrepot.measures.diversion import Study
from entrepot.measures.evidence import LEVELS, bounds
from entrepot.measures.legs import LEGS

if TYPE_CHECKING:
    from entrepot.measures.conformal import Flags, Floats

CHANNELS = ("total", "re-export", "ghost")
Row = dict[str, Any]
Hubs = Sequence[int]


@dataclass(frozen=True)
class Rows:
    """A study and the legs it is of, as rows."""

    legs: Legs
    study: Study

    @cached_property
    def counted(self) -> list[int]:
        """Hubs that the total is over: those named; else those near the destination, and those discovered."""
        import numpy as np

        leg = self.study.entering.leg
        told = leg.asked & self.study.told[leg.name]
        if not self.legs.via:
            near = np.array([hub in self.legs.neighbours[0] for hub in leg.hubs])
            told &= near | self.found
        return [int(hub) for hub in np.flatnonzero(told)]

    @cached_property
    def found(self) -> Flags:
        """The hubs discovered."""
        return self.study.hubs_found()

    @cached_property
    def lost(self) -> Floats | None:
        """Draws of what direct trade with the destination fell short by; None where it is not told."""
        leg = self.study.entering.leg
        told = self.study.told[leg.name]
        own = [place for place, hub in enumerate(leg.hubs) if hub in self.legs.ends and told[place]]
        return self.study.hubs["lost"][own].sum(axis=0) if own else None

    # ------------------------------------------------------------ hubs
    def hubs(self) -> list[Row]:
        """All hubs counted together, then each hub asked about, the one with most rerouted first."""
        import numpy as np

        leg = self.study.entering.leg
        asked = np.flatnonzero(leg.asked & self.study.told[leg.name])
        ranked = self.study.hub_ranks()
        places = {int(hub): place for place, hub in enumerate(np.flatnonzero(leg.asked))}
        rows = list(self._channels(self.counted, "all", {}))
        for hub in sorted(asked, key=lambda one: -float(np.median(self.study.hubs["total"][one]))):
            more = {name: float(ends[places[int(hub)]]) for name, ends in ranked.items()}
            rows += self._channels([int(hub)], leg.hubs[hub], more)
        return rows

    def _channels(self, hubs: Hubs, name: str, more: Row) -> Iterator[Row]:
        """One row a channel over some hubs; without figures where none of them lets it be seen."""
        alike = {"hub": name, "commodity": self.legs.basket.name, **self._sums(hubs), **more}
        alike |= {"coverage": self._coverage(hubs), "legs": self._told_by(hubs)}
        alike |= _explained.of_hubs(self.study, hubs, self.legs)
        for channel in CHANNELS:
            seen = [hub for hub in hubs if channel == "total" or self.study.sees(channel)[hub]]
            row = {**alike, "channel": channel, "hubs": len(seen)}
            if seen:
                draws = self.study.hubs[channel][seen].sum(axis=0)
                row |= _told(draws) | self.share(draws) | {"p_value": self.study.hub_p_value(draws)}
                if len(hubs) == 1 and channel == "total":
                    row["discovered"] = bool(self.found[hubs[0]])
            yield row

    def _sums(self, hubs: Hubs) -> Row:
        import numpy as np

        leg, draws = self.study.entering.leg, self.study.hubs
        actual = leg.window[0][hubs][:, leg.listed].sum()
        entered = draws["entering"][hubs].sum(axis=0)
        seen = [hub for hub in hubs if self.study.sees("re-export")[hub]]
        return {
            "base": leg.recent[0][hubs][:, leg.listed].sum(),
            "actual": actual,
            "expected": float(actual - np.median(entered)),
            "excess_in": float(np.median(entered)),
            "excess_out": float(np.median(draws["leaving"][seen].sum(axis=0))) if seen else None,
        }

    def share(self, draws: Floats) -> Row:
        """Of what the destination lost directly; null where it did not lose for sure."""
        import numpy as np

        if self.lost is None:
            return {}
        loss = {"loss": float(np.median(self.lost))}
        if np.quantile(self.lost, 0.05) <= 0:
            return loss
        low, middle, high = (float(one) for one in np.quantile(draws / self.lost, (0.05, 0.5, 0.95)))
        return loss | {"share_of_loss": middle, "share_low_90": low, "share_high_90": high}

    def _coverage(self, hubs: Hubs) -> float | None:
        """The share of the window's value in goods that lived on both sides."""
        whole = self._naive
        kept = whole.window[0][hubs][:, whole.listed & whole.alive].sum()
        every = whole.window[0][hubs][:, whole.listed].sum()
        return float(kept / every) if every > 0 else None

    @cached_property
    def _naive(self) -> Any:
        return self.legs.leg(self.study.entering.leg.name, spliced=False)

    def _told_by(self, hubs: Hubs) -> str:
        return " ".join(name for name in LEGS if self.study.told[name][hubs].any())

    # ------------------------------------------------------------ products and cells
    def products(self) -> list[Row]:
        """Each product over the hubs counted: what entered beyond expectation."""
        import numpy as np

        hub, good = self.study.family
        leg, counted = self.study.entering.leg, np.isin(self.study.family[0], self.counted)
        rows = []
        for one in np.unique(good[counted]):
            here = (good == one) & counted
            hubs = np.unique(hub[here])
            row: Row = {"hub": "all", "commodity": leg.goods[one], "channel": "total", "hubs": len(hubs)}
            row |= {"base": leg.recent[0][hubs, one].sum(), "actual": leg.window[0][hubs, one].sum()}
            draws = self.study.draws_of(here)
            rows.append(row | _told(draws) | {"p_value": self.study.hub_p_value(draws)})
        return sorted(rows, key=lambda row: -row["rerouted"])

    def cells(self, most: int | None = None) -> list[Row]:
        """Each hub and product, the surest discovery first. most: of those discovered, by the total alone."""
        import numpy as np

        flags, local = self.study.found("total")
        order = np.lexsort((-self.study.cells["total"]["middle"], local))
        if most is not None:
            order = order[: min(most, int(flags.sum()))]
        rows = []
        for channel in CHANNELS if most is None else ("total",):
            flags, local = self.study.found(channel)
            p_values, seen = self.study.p_of(channel), self.study.sees(channel) | (channel == "total")
            for cell in order:
                row = self._cell(channel, int(cell))
                if seen[self.study.family[0][cell]]:
                    row |= {"p_value": float(p_values[cell]), "discovered": bool(flags[cell])}
                    row["false_share"] = float(local[cell])
                rows.append(row)
        return rows

    def _cell(self, channel: str, cell: int) -> Row:
        study = self.study
        hub, good = (int(part[cell]) for part in study.family)
        leg, ends = study.entering.leg, study.cells[channel]
        row: Row = {"hub": leg.hubs[hub], "commodity": leg.goods[good], "channel": channel, "hubs": 1}
        row |= {"rerouted" if name == "middle" else name: _number(ends[name][cell]) for name in ends}
        row |= {
            "base": leg.recent[0][hub, good],
            "actual": leg.window[0][hub, good],
            "expected": study.entering.value[hub, good],
            "excess_in": _number(study.cells["entering"]["middle"][cell]),
            "excess_out": _number(study.cells["leaving"]["middle"][cell]),
            "coverage": 1.0,
            "legs": self._told_by([hub]),
        }
        row |= {f"rank_{end}": float(study.cells["rank"][end][cell]) for end in ("low_90", "high_90")}
        return row | _explained.of_cell(study, cell, self.legs)


def _told(draws: Floats) -> Row:
    """The middle and the ends of each interval."""
    import numpy as np

    return {"rerouted": float(np.median(draws))} | {name: float(one) for name, one in bounds(draws).items()}


def _number(value: Any) -> float | None:
    return None if value != value else float(value)  # noqa: PLR0124  # not a number: cannot be seen


# ------------------------------------------------------------------ the shape
_MONEY = ("rerouted", *(f"{end}_{level}" for level in LEVELS for end in ("low", "high")))
_SUMS = ("base", "actual", "expected", "excess_in", "excess_out", "loss")
_SHARES = ("share_of_loss", "share_low_90", "share_high_90")
_TEXT, _FLOAT = pa.string(), pa.float64()
_ROWS = pa.schema(
    [
        *((name, _TEXT) for name in ("origin", "hub", "destination", "commodity", "channel")),
        *((name, _FLOAT) for name in _MONEY),
        *(("p_value", _FLOAT), ("discovered", pa.bool_()), ("coverage", _FLOAT), ("explanations", _TEXT)),
        *((name, _FLOAT) for name in ("false_share", "rank", "rank_low_90", "rank_high_90")),
        *((name, _FLOAT) for name in (*_SUMS, *_SHARES)),
        *(("legs", _TEXT), ("hubs", pa.int64())),
    ]
)
CHOICES = pa.schema(
    [
        *((name, _TEXT) for name in ("model", "goods")),
        *((name, _FLOAT) for name in ("rerouted", "low_90", "high_90", "loss", *_SHARES)),
        ("refused", _TEXT),
    ]
)


def shaped(rows: list[Row], legs: Legs) -> pa.Table:
    """Rows as a table: the ends of the question in each, the currency in the names of money."""
    ends = {"origin": "+".join(legs.origin), "destination": "+".join(legs.destination)}
    return in_currency(pa.Table.from_pylist([{**row, **ends} for row in rows], schema=_ROWS), legs.currency)


def in_currency(rows: pa.Table, currency: str) -> pa.Table:
    """The same, with the currency in the names of money."""
    money = {*_MONEY, *_SUMS}
    return rows.rename_columns([f"{n}_{currency.lower()}" if n in money else n for n in rows.column_names])


def brief(currency: str) -> list[str]:
    """Columns for a terminal."""
    unit = currency.lower()
    return [
        *("hub", "commodity", "channel", f"rerouted_{unit}", f"low_90_{unit}", f"high_90_{unit}"),
        *("share_of_loss", "discovered"),
    ]
