"""Rerouted trade: how much reached a destination through others, through whom, in which goods, how sure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import pyarrow as pa

from entrepot.answers import _rates
from entrepot.answers._legs import Legs
from entrepot.answers._lists import lists
from entrepot.answers._question import behind
from entrepot.answers._rerouted import CHOICES, Rows, brief, in_currency, shaped
from entrepot.answers._shape import words
from entrepot.errors import NoDataError, UsageError
from entrepot.measures.counterfactual import MODELS
from entrepot.measures.discovery import RATE
from entrepot.measures.diversion import Study, study
from entrepot.measures.legs import LEGS
from entrepot.measures.margin import FALLBACK
from entrepot.model.answer import Answer
from entrepot.model.area import resolve_many
from entrepot.model.commodity import parse_commodity
from entrepot.model.period import parse_window
from entrepot.model.provenance import Snapshot
from entrepot.store import Store

BY = ("hub", "product", "cell")
MOST_SHOWN = 50

NOTES = {
    "rerouted": "beyond what was to be expected: consistent with goods taking another way, not proof of it",
    "total": "of a hub the two channels together where both are seen; else, and of a product or a cell, what"
    " left for the hub beyond expectation, its own use included",
    "re-export": "left the hub for the destination beyond expectation, less a mark-up of 0 to 30 %",
    "ghost": "the growth of the gap between what left for the hub and what it recorded",
    "low_90": "how often such intervals hold the truth: docs/reference/calibration.md",
    "p_value": "of a cell: share of cells without rerouting as unusual in entering, and in going on or going"
    " missing; of sums: share of draws in which nothing was rerouted",
    "discovered": f"at a false discovery rate of {RATE:.0%}; a hub: that all its finds are false is as rare",
    "coverage": "share of the window's value in goods that lived on both sides: the rest is left out",
}


def diversion(
    store: Store,
    *,
    origin: str,
    destination: str,
    base: str,
    window: str,
    commodity: str = "TOTAL",
    via: str = "",
    near: str = "",
    others: str = "",
    model: str = "",
    margin: float = FALLBACK,
    by: str = "hub",
    currency: str = "USD",
    as_of: date | None = None,
) -> Answer:
    """How much trade from an origin reached a destination by way of hubs, with intervals and discoveries.

    One row per hub and channel ("total", "re-export", "ghost"), and for all hubs together; by "product": per
    product; by "cell": per hub and product. base: what is expected is learnt from it; window: asked about.
    via: hubs to ask about (all partners). near: who may be used as a hub, neighbours and fellow members of a
    union if not told; the others show how far expectations miss. others: goods nobody restricted (all that
    are held beside the list). model: "trend", "donors", "gravity"; donors where they can be had, else trend.
    margin: from FOB to CIF. Columns: see the glossary. Raises NoDataError, UsageError.
    """
    _checked(model, by, margin)
    before, after = parse_window(base), parse_window(window)
    if before.last >= after.first:
        raise UsageError(f"base {before} must end before window {after} begins.")
    legs = Legs(
        store,
        resolve_many(origin),
        resolve_many(destination),
        parse_commodity(commodity),
        parse_commodity(others) if others else None,
        before,
        after,
        resolve_many(via) if via else (),
        resolve_many(near) if near else None,
        currency.upper(),
        as_of,
    )
    if legs.inside & {*legs.via} or {*legs.origin} & {*legs.destination}:
        raise UsageError("origin, destination and hubs (--via) are to be different countries.")
    if not legs.asked_spans.is_whole:
        raise UsageError(
            f"the last year of base {before} lacks calendar months of window {after}: nothing tells what they"
            " are like. Take a base with at least the same months, a year long where it can be."
        )
    return Rerouted(legs, model, margin, by).answer()


def _checked(model: str, by: str, margin: float) -> None:
    if model and model not in MODELS:
        raise UsageError(f"--model {model!r} is not known. Use one of: {', '.join(MODELS)}.")
    if by not in BY:
        raise UsageError(f"--by {by!r} is not known. Use one of: {', '.join(BY)}.")
    if not 0 <= margin <= 1:
        raise UsageError(f"--margin {margin} is not a share from 0 to 1 (0.06 is 6 %).")


@dataclass(frozen=True)
class Rerouted:
    """A question about rerouting, its studies, and its answer."""

    legs: Legs
    model: str
    margin: float
    by: str

    @cached_property
    def told(self) -> dict[str, Any]:
        """For each leg the hubs whose teller covers base and window."""
        import numpy as np

        return {name: np.array([self.legs.tells(name, hub) for hub in self.legs.hubs]) for name in LEGS}

    def study(self, model: str, *, spliced: bool = True) -> Study | str:
        """The study under a model, or why there is none."""
        arrays = {name: self.legs.leg(name, spliced=spliced) for name in LEGS}
        return study(arrays, self.told, model, self.margin)

    @cached_property
    def chosen(self) -> tuple[str, Study]:
        """The model asked for, or the first of donors and trend that can be used, and its study."""
        if not len(self.legs.sums):
            raise NoDataError(self._nothing())
        if not self.legs.asked & {*self.legs.hubs}:
            raise NoDataError(f"no trade with {', '.join(self.legs.via)} is held. See: entrepot status.")
        reasons = []
        for name in [self.model] if self.model else ["donors", "trend"]:
            found = self.study(name)
            if isinstance(found, Study):
                return name, found
            reasons.append(f"{name}: {found}")
        raise NoDataError(
            f"nothing can be said. {'; '.join(reasons)}. See what is held with: entrepot status."
        )

    def _nothing(self) -> str:
        legs = self.legs
        told = f"no trade in {legs.basket.name} is held by {legs.by} in {legs.base} and {legs.window}"
        other = "whole years" if legs.by == "month" else "months"
        return f"{told}. Where {other} are held, ask for {other}. See what is held with: entrepot status."

    def answer(self) -> Answer:
        """The rows, and what they rest on beside them."""
        model, found = self.chosen
        rows = Rows(self.legs, found)
        kinds = {"hub": rows.hubs, "product": rows.products, "cell": rows.cells}
        table = shaped(kinds[self.by](), self.legs)
        choices = self._choices(rows.counted)
        beside = {"choices": choices, "legs": self._legs(found), "settings": self._settings(found)}
        if self.by == "hub":
            beside["lists"] = lists(rows)
            if best := rows.cells(MOST_SHOWN):
                beside["discovered"] = _narrow(shaped(best, self.legs), self.legs.currency)
        return Answer(
            self._question(model),
            table,
            self._behind(),
            self.legs.queries,
            self._warnings(found, choices),
            NOTES,
            beside,
            brief(self.legs.currency),
        )

    def _question(self, model: str) -> dict[str, Any]:
        legs = self.legs
        near, why = legs.neighbours
        return {
            "command": "diversion",
            "origin": legs.origin,
            "destination": legs.destination,
            "commodity": legs.basket.name,
            "commodity_title": legs.basket.title,
            "base": str(legs.base),
            "window": str(legs.window),
            "via": legs.via or None,
            "near": sorted(near - legs.inside),
            "near_source": why,
            "model": model,
            "margin": self.margin,
            "by": self.by,
            "currency": legs.currency,
            "false_discovery_rate": RATE,
            "as_of": legs.as_of,
        }

    # ------------------------------------------------------------ beside
    def _choices(self, hubs: list[int]) -> pa.Table:
        """The total and the share of the loss under each model, over spliced goods and over all (naive)."""
        rows = []
        for model in MODELS:
            for goods in ("spliced", "naive"):
                found = self._with(model, spliced=goods == "spliced")
                told = {"refused": found} if isinstance(found, str) else self._choice(found, hubs)
                rows.append({"model": model, "goods": goods, **told})
        return in_currency(pa.Table.from_pylist(rows, schema=CHOICES), self.legs.currency)

    def _with(self, model: str, *, spliced: bool) -> Study | str:
        try:
            return self.study(model, spliced=spliced)
        except UsageError as error:  # a model whose library is not installed is a choice not made
            return str(error)

    def _choice(self, found: Study, hubs: list[int]) -> dict[str, Any]:
        import numpy as np

        draws = found.hubs["total"][hubs].sum(axis=0)
        low, middle, high = (float(one) for one in np.quantile(draws, (0.05, 0.5, 0.95)))
        return {"rerouted": middle, "low_90": low, "high_90": high, **Rows(self.legs, found).share(draws)}

    def _legs(self, found: Study) -> pa.Table:
        """Of each leg: how many hubs are told, on what its expectations were held against."""
        used = {found.entering.leg.name: found.entering, **found.leaving}
        used |= {"arrived": found.arriving} if found.arriving else {}
        rows = []
        for name in LEGS:
            one = used.get(name)
            row = {"leg": name, "hubs_told": int((self.told[name] & found.entering.leg.asked).sum())}
            row["calibrated_on"] = one.calibrated_on if one else "not used"
            row["misses"] = one.pool.count if one else 0
            row["hub_spread"] = float(one.hub_spread.max()) if one else None
            rows.append(row | {"model_settings": one.settings if one else ""})
        return pa.Table.from_pylist(rows)

    def _settings(self, found: Study) -> pa.Table:
        """What was fixed before the data were looked at."""
        far, cells = len(found.far[0]), len(found.family[0])
        spans = [
            f"{one.base[0]:%Y-%m}:{one.base[-1]:%Y-%m} for {_said(one.window)}" for one in self.legs.spans
        ]
        told = {
            "family": f"{cells} cells (hub and product) with trade in base or window",
            "statistic": "the larger of two p-values: entering; and leaving, or missing on arrival",
            "held against": f"{far} cells of hubs far away" if far else found.entering.calibrated_on,
            "smallest p-value": f"{found.p_of('total').min():.2g} of a cell; none of a hub is below"
            f" {1 / (1 + len(found.entering.hub_misses)):.2g}"
            if cells
            else "none",
            "false discovery rate": f"{RATE:.0%}, local rates by hub",
            "spans": "; ".join(spans),
            "seed": str(found.seed),
        }
        return pa.table({"setting": list(told), "value": list(told.values())})

    def _behind(self) -> list[Snapshot]:
        shots = behind(self.legs.store, self.legs.sums, self.legs.as_of)
        return [*shots, _rates.card()] if shots else []

    def _warnings(self, found: Study, choices: pa.Table) -> list[str]:
        said = words(self.legs.sums, "statuses") - {"reported"}
        out = [f"not plain reports: status {', '.join(sorted(said))}."] if said else []
        if any(self.legs.sums["unrated"].to_pylist()):
            out.append(f"figures without an exchange rate to {self.legs.currency} are left out of the sums.")
        middles = [
            one for one in choices[f"rerouted_{self.legs.currency.lower()}"].to_pylist() if one is not None
        ]
        if min(middles, default=0) < 0 < max(middles, default=0):
            out.append("the answer changes its sign with a choice (table choices): it is not determined.")
        for who, days in self.legs.gaps().items():
            when = ", ".join(f"{day:%Y-%m}" for day in days[:6]) + " ..." * (len(days) > 6)
            out.append(f"{who} tells nothing of {when}: it counts as no trade; what it sent then is missing.")
        if found.entering.within:
            out.append(
                "too few partners far from the destination are held to see how far expectations miss in the"
                f" same window: intervals rest on {found.entering.calibrated_on}."
            )
        return [*out, *self._of_money(), *self._unseen(found)]

    def _of_money(self) -> Iterator[str]:
        told, wanted = self.legs.reported_in, self.legs.currency
        if told and wanted not in told:
            yield (
                f"told in {', '.join(sorted(told))} and brought to {wanted} month by month: a currency that"
                f" moved is in the change. --currency {min(told)} leaves it out."
            )

    def _unseen(self, found: Study) -> Iterator[str]:
        for channel, why in _WHY.items():
            asked, seen = found.entering.leg.asked, found.sees(channel)
            if hidden := [
                hub for place, hub in enumerate(self.legs.hubs) if asked[place] and not seen[place]
            ]:
                yield f"{channel} cannot be seen for {_few(hidden)}: {why}"


_WHY = {
    "re-export": "neither they nor the destination tell of these goods in all of base and window. Their total"
    " is what left for them beyond expectation, their own use included; their trade by product, or the"
    " destination's, would show what went on.",
    "ghost": "they, or the origin, do not tell of these goods in all of base and window.",
}


def _few(names: list[str]) -> str:
    return ", ".join(names[:8]) + (f" and {len(names) - 8} others" if len(names) > 8 else "")


def _said(slots: tuple[date, ...]) -> str:
    return f"{slots[0]:%Y-%m}:{slots[-1]:%Y-%m}"


def _narrow(cells: pa.Table, currency: str) -> pa.Table:
    """The columns of a cell that a reader needs first."""
    unit = currency.lower()
    money = [f"{name}_{unit}" for name in ("base", "actual", "rerouted", "low_90", "high_90")]
    return cells.select(["hub", "commodity", *money, "p_value", "false_share", "explanations"])
