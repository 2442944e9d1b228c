"""The figures of claims, as one vintage of a store tells them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final

from entrepot.answers import (
    around_event,
    beside_trade,
    chains,
    counted_acts,
    plausible,
    price_volume,
    rerouted,
    roll_calls,
    trade,
    two_sides,
)
from entrepot.answers._found import Heard, of_answer, of_flows
from entrepot.claims.schema import Figure
from entrepot.claims.verdict import Found
from entrepot.errors import NoDataError, UsageError
from entrepot.measures.cells import Selection
from entrepot.measures.many import many, reporting
from entrepot.model.answer import Answer
from entrepot.model.area import group, is_group, resolve_many
from entrepot.model.commodity import parse_commodity
from entrepot.model.flow import Flow
from entrepot.store import Store

QUESTIONS: Final[dict[str, Callable[..., Answer]]] = {
    "direct": trade.direct,
    "mirror": two_sides.mirror,
    "prices": price_volume.prices,
    "unit-values": price_volume.unit_values,
    "plausibility": plausible.plausibility,
    "diversion": rerouted.diversion,
    "event": around_event.event,
    "chain": chains.chain,
    "facts": beside_trade.facts,
    "acts": counted_acts.acts,
    "votes": roll_calls.votes,
    "agreement": roll_calls.agreement,
}
"""Questions that are asked one by one; those about flows are asked together."""


def check_options(figure: Figure) -> str:
    """What is wrong with the options of a question; empty where they are its own."""
    if figure.ask == "flows":
        return ""
    takes = inspect.signature(QUESTIONS[figure.ask]).parameters
    known = set(takes) - {"store", "as_of"}
    needed = {name for name, one in takes.items() if one.default is one.empty and name != "store"}
    if unknown := sorted(set(figure.options) - known):
        return f"{figure.ask} has no {', '.join(unknown)}. It takes: {', '.join(sorted(known))}"
    if missing := sorted(needed - set(figure.options)):
        return f"{figure.ask} needs {', '.join(missing)}"
    for name, told in figure.options.items():
        kinds = [_TYPES.get(word.strip()) for word in str(takes[name].annotation).split("|")]
        if None not in kinds and type(told) not in {kind for each in kinds for kind in each or ()}:
            return f"{name} of {figure.ask} cannot be {told!r}: a word or a period stands in quotes"
    return ""


_TYPES: Final = {"str": (str,), "bool": (bool,), "int": (int,), "float": (int, float), "None": (type(None),)}


@dataclass(frozen=True)
class Vintage:
    """One store as of one day, and every figure that claims ask of it."""

    store: Store
    as_of: date | None
    figures: tuple[Figure, ...]
    progress: Callable[[str], None] = lambda told: None

    @cached_property
    def found(self) -> dict[str, Found]:
        """Each figure by its command and what is taken of it."""
        flows = [one for one in self.figures if one.ask == "flows"]
        self.progress(f"{len(flows)} figures of trade as of {self.as_of or 'now'}")
        told = self._flows(flows) if flows else {}
        answers: dict[str, Answer | Found] = {}
        for one in self.figures:
            if one.ask != "flows":
                if one.command not in answers:
                    self.progress(one.command)
                    answers[one.command] = _asked(self.store, self.as_of, one)
                answer = answers[one.command]
                told[key_of(one)] = answer if isinstance(answer, Found) else of_answer(answer, one)
        return told

    @cached_property
    def query(self) -> str:
        """The one query behind all figures of flows; empty where there are none."""
        flows = [one for one in self.figures if one.ask == "flows"]
        try:
            return self.store.sql(self._asked_of_flows(flows)) if flows else ""
        except NoDataError:  # facts are held of that day, and no trade
            return ""

    def _asked_of_flows(self, figures: Iterable[Figure]) -> Any:
        return many(self.store.flows(self.as_of), {one.command: _selection(one) for one in figures})

    def _flows(self, figures: list[Figure]) -> dict[str, Found]:
        try:
            table = self.store.run(self._asked_of_flows(figures))
        except NoDataError:
            return {key_of(one): of_flows(one, [], frozenset()) for one in figures}
        rows: dict[str, list[dict[str, Any]]] = {}
        for row in table.to_pylist():
            rows.setdefault(row["key"], []).append(row)
        heard = self._heard(figures)
        return {key_of(one): of_flows(one, rows.get(one.command, []), heard) for one in figures}

    def _heard(self, figures: Iterable[Figure]) -> Heard:
        """When each member of a group that is to report reports anything at all."""
        groups = {area for one in figures for area in resolve_many(one.options["reporter"]) if is_group(area)}
        members = {member.code for area in groups for member in group(area).members}
        if not members:
            return frozenset()
        told = self.store.run(reporting(self.store.flows(self.as_of), members)).to_pylist()
        return frozenset((row["reporter"], row["flow"], row["frequency"], row["period"]) for row in told)


def key_of(figure: Figure) -> str:
    """What tells one figure from another."""
    return figure.model_dump_json()


def told(store: Store, as_of: date | None, figure: Figure) -> Answer | str:
    """The answer that a figure is a number of; a text says why there is none."""
    if figure.ask != "flows":
        answer = _asked(store, as_of, figure)
        return answer.reason if isinstance(answer, Found) else answer
    by = "year" if figure.window.years else "month"
    try:
        return trade.flows(store, by=by, as_of=as_of, **figure.options)
    except NoDataError as error:
        return str(error)


def _selection(figure: Figure) -> Selection:
    asked = figure.options
    return Selection(
        resolve_many(asked["reporter"]),
        resolve_many(asked["partner"]),
        Flow(asked["flow"]),
        parse_commodity(asked["commodity"]),
        (figure.window,),
    )


def _asked(store: Store, as_of: date | None, figure: Figure) -> Answer | Found:
    try:
        answer: Answer = QUESTIONS[figure.ask](store, as_of=as_of, **figure.options)
    except NoDataError:  # its own words may name another claim's day: vintages are shared
        return Found(reason=f"nothing held: {figure.command}")
    except UsageError as error:
        return Found(reason=str(error), refused=True)
    return answer
