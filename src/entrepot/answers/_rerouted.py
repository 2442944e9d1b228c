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
    @cached_property
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
        alike |= {"discovered_goods": self._found_of(hubs)}
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
        return share(draws, self.lost)

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

    # ------------------------------------------------------------ products, chapters and cells
    def products(self) -> list[Row]:
        """Each product over the hubs counted: what entered beyond expectation."""
        import numpy as np

        counted, good = np.isin(self.study.family[0], self.counted), self.study.family[1]
        names = self.study.entering.leg.goods
        rows = [self._entered((good == one) & counted, "all", names[one]) for one in np.unique(good[counted])]
        return sorted(rows, key=lambda row: -row["rerouted"])

    def chapters(self) -> list[Row]:
        """Each hub counted and chapter of the goods: what entered beyond expectation."""
        import numpy as np

        hub, good = self.study.family
        chapter = np.array([one[:2] for one in self.study.entering.leg.goods])[good]
        rows = []
        for place in self.counted:
            mine = hub == place
            name = self.study.entering.leg.hubs[place]
            rows += [self._entered(mine & (chapter == one), name, one) for one in np.unique(chapter[mine])]
        return sorted(rows, key=lambda row: -row["rerouted"])

    def _entered(self, here: Any, hub: str, goods: str) -> Row:
        """Some cells of the family together: what entered beyond expectation."""
        import numpy as np

        leg, cells = self.study.entering.leg, tuple(part[here] for part in self.study.family)
        row: Row = {"hub": hub, "commodity": goods, "channel": "total", "hubs": len(np.unique(cells[0]))}
        row |= {"base": leg.recent[0][cells].sum(), "actual": leg.window[0][cells].sum()}
        row |= {"discovered_goods": int(self._discovered[here].sum())}
        draws = self.study.draws_of(here)
        row |= {"expected": float(row["actual"] - np.median(draws))}
        return row | _told(draws) | {"p_value": self.study.hub_p_value(draws)}

    def _found_of(self, hubs: Hubs) -> int:
        import numpy as np

        return int(self._discovered[np.isin(self.study.family[0], hubs)].sum())

    @cached_property
    def _discovered(self) -> Flags:
        """The cells of the family discovered."""
        return self.study.found("total")[0]

    def of_goods(self, hub: str, code: str) -> list[Row]:
        """One hub and its goods that begin with a code: a cell in its channels, several together."""
        import numpy as np

        leg, (hubs, goods) = self.study.entering.leg, self.study.family
        wanted = np.array([name.startswith(code) for name in leg.goods], bool)
        here = (hubs == leg.hubs.index(hub)) & wanted[goods]
        if code in leg.goods and here.sum() == 1:
            return self._of_cells(np.flatnonzero(here))
        return [self._entered(here, hub, code)] if here.any() else []

    def cells(self, most: int | None = None) -> list[Row]:
        """Each hub and product, the surest discovery first. most: of those discovered, by the total alone."""
        import numpy as np

        flags, local = self.study.found("total")
        order = np.lexsort((-self.study.cells["total"]["middle"], local))
        if most is not None:
            order = order[: min(most, int(flags.sum()))]
        return self._of_cells(order, CHANNELS if most is None else ("total",))

    def _of_cells(self, order: Any, channels: Sequence[str] = CHANNELS) -> list[Row]:
        rows = []
        for channel in channels:
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


def share(draws: Floats, lost: Floats | None) -> Row:
    """The loss, and the draws as a share of it; null where it is not told, or not for sure one."""
    import numpy as np

    if lost is None:
        return {}
    loss = {"loss": float(np.median(lost))}
    if np.quantile(lost, 0.05) <= 0:
        return loss
    low, middle, high = (float(one) for one in np.quantile(draws / lost, (0.05, 0.5, 0.95)))
    return loss | {"share_of_loss": middle, "share_low_90": low, "share_high_90": high}


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
        *(("legs", _TEXT), ("hubs", pa.int64()), ("discovered_goods", pa.int64())),
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
