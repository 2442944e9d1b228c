"""Rerouted trade: how much reached a destination through others, through whom, in which goods, how sure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import pyarrow as pa

from entrepot.answers import _dossier, _rates
from entrepot.answers._legs import Legs
from entrepot.answers._lists import lists
from entrepot.answers._question import behind
from entrepot.answers._rerouted import CHOICES, Rows, brief, in_currency, shaped, share
from entrepot.answers._shape import words
from entrepot.errors import NoDataError, UsageError
from entrepot.measures.counterfactual import MODELS
from entrepot.measures.discovery import RATE
from entrepot.measures.diversion import Study, study
from entrepot.measures.legs import LEGS
from entrepot.measures.margin import FALLBACK
from entrepot.model.answer import Answer
from entrepot.model.area import resolve, resolve_many
from entrepot.model.commodity import parse_commodity
from entrepot.model.period import parse_window
from entrepot.model.provenance import Snapshot
from entrepot.store import Store

BY = ("hub", "product", "chapter", "cell")
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
    hub: str = "",
    good: str = "",
    currency: str = "USD",
    as_of: date | None = None,
) -> Answer:
    """How much trade from an origin reached a destination by way of hubs, with intervals and discoveries.

    One row per hub and channel ("total", "re-export", "ghost"), and for all hubs together; by "product": per
    product; by "chapter": per hub and chapter; by "cell": per hub and product. hub: one of them alone,
    with what it was held against beside it; good: of the goods asked for one code, or all that begin with it.
    base: what is expected is learnt from it; window: asked about. via: hubs to ask about (all partners).
    near: who may be used as a hub, neighbours and fellow members of a union if not told; the others show how
    far expectations miss. others: goods nobody restricted (all that are held beside the list). model:
    "trend", "donors", "gravity"; donors where they can be had, else trend.
    margin: from FOB to CIF. Columns: see the glossary. Raises NoDataError, UsageError.
    """
    _checked(model, by, margin)
    if good and not hub:
        raise UsageError("--good goes with one hub: --hub.")
    before, after = parse_window(base), parse_window(window)
    if before.last >= after.first:
        raise UsageError(f"base {before} must end before window {after} begins.")
    asked = (
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
    known = ("diversion", asked, model, margin)
    found = store.kept(known, lambda: Rerouted(_fit(Legs(store, *asked)), model, margin))
    return found.of_hub(resolve(hub), good) if hub else found.answer(by)


def _fit(legs: Legs) -> Legs:
    """The same, where the question can be asked. Raises UsageError."""
    if legs.inside & {*legs.via} or {*legs.origin} & {*legs.destination}:
        raise UsageError("origin, destination and hubs (--via) are to be different countries.")
    if not legs.asked_spans.is_whole:
        raise UsageError(
            f"the last year of base {legs.base} lacks calendar months of window {legs.window}: nothing tells"
            " what they are like. Take a base with at least the same months, a year long where it can be."
        )
    return legs


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
            whom = ", ".join(self.legs.via) or "any country in between"
            raise NoDataError(f"no trade with {whom} is held. See: entrepot status.")
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

    @cached_property
    def rows(self) -> Rows:
        """The study as rows."""
        return Rows(self.legs, self.chosen[1])

    def answer(self, by: str) -> Answer:
        """The rows, and what they rest on beside them."""
        rows, found = self.rows, self.chosen[1]
        kinds = {"product": rows.products, "chapter": rows.chapters, "cell": rows.cells}
        choices = self._choices(rows.counted)
        beside = {"choices": choices, "legs": self._legs(found), "settings": self._settings(found)}
        if by == "hub":
            beside["lists"] = self._lists
            beside["path"] = _dossier.together(rows)
            if best := rows.cells(MOST_SHOWN):
                beside["discovered"] = _narrow(shaped(best, self.legs), self.legs.currency)
        return self._answer(rows.hubs if by == "hub" else kinds[by](), {"by": by}, choices, beside)

    @cached_property
    def _lists(self) -> pa.Table:
        return lists(self.rows)

    def of_hub(self, hub: str, good: str) -> Answer:
        """One hub, or some of its goods: its rows, and what they were held against."""
        found = self.chosen[1]
        told = self.told[found.entering.leg.name]
        if hub not in self.legs.asked & {
            one for one, tells in zip(self.legs.hubs, told, strict=True) if tells
        }:
            raise NoDataError(
                f"no trade with {hub} is told in all of base and window. See what is held: entrepot status."
            )
        every = self.rows.of_goods(hub, good) if good else self.rows.hubs
        rows = [row for row in every if row["hub"] == hub]
        if not rows:
            raise NoDataError(
                f"of {good} nothing went to {hub} in base or window, among the goods asked for."
            )
        one = _dossier.Dossier(self.rows, hub, good, self.margin)
        choices = self._choices([one.place])  # of all goods: the same of some would be a study of its own
        beside = (
            one.tables()
            | {"legs": self._legs(found)}
            | ({} if good else {"choices": choices, "lists": self._lists})
        )
        return self._answer(rows, {"hub": hub, "good": good or None}, choices, beside)

    def _answer(
        self, rows: list[Any], asked: dict[str, Any], choices: pa.Table, beside: dict[str, pa.Table]
    ) -> Answer:
        model, found = self.chosen
        return Answer(
            self._question(model, asked),
            shaped(rows, self.legs),
            self._behind(),
            self.legs.queries,
            self._warnings(found, choices),
            NOTES,
            beside,
            brief(self.legs.currency),
            in_files=("placebos", "path"),
        )

    def _question(self, model: str, asked: dict[str, Any]) -> dict[str, Any]:
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
            **asked,
            "statuses": sorted(words(legs.sums, "statuses")),
            "currency": legs.currency,
            "false_discovery_rate": RATE,
            "as_of": legs.as_of,
        }

    # ------------------------------------------------------------ beside
    def _choices(self, hubs: list[int]) -> pa.Table:
        """The total and the share of the loss under each model, over spliced goods and over all (naive)."""
        import numpy as np

        rows = []
        for (model, goods), found in self._chosen_otherwise.items():
            row: dict[str, Any] = {"model": model, "goods": goods}
            if isinstance(found, str):
                rows.append(row | {"refused": found})
                continue
            draws, lost = found[0][hubs].sum(axis=0), found[1]
            ends = (float(one) for one in np.quantile(draws, (0.05, 0.5, 0.95)))
            rows.append(
                row | dict(zip(("low_90", "rerouted", "high_90"), ends, strict=True)) | share(draws, lost)
            )
        return in_currency(pa.Table.from_pylist(rows, schema=CHOICES), self.legs.currency)

    @cached_property
    def _chosen_otherwise(self) -> dict[tuple[str, str], str | tuple[Any, Any]]:
        """Under each choice the draws of each hub and of the loss, or why it cannot be taken."""
        out: dict[tuple[str, str], str | tuple[Any, Any]] = {}
        for model in MODELS:
            for goods in ("spliced", "naive"):
                found = self._with(model, spliced=goods == "spliced")
                out[model, goods] = found if isinstance(found, str) else self._drawn(found)
        return out

    def _drawn(self, found: Study) -> tuple[Any, Any]:
        return found.hubs["total"], Rows(self.legs, found).lost

    def _with(self, model: str, *, spliced: bool) -> Study | str:
        if spliced and model == self.chosen[0]:
            return self.chosen[1]
        try:
            return self.study(model, spliced=spliced)
        except UsageError as error:  # a model whose library is not installed is a choice not made
            return str(error)

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
