"""The figures of claims, as one vintage of a store tells them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

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
from entrepot.answers._shape import silent_members
from entrepot.claims.schema import Figure
from entrepot.claims.unit import of_column
from entrepot.claims.verdict import Found
from entrepot.errors import NoDataError, UsageError
from entrepot.measures.cells import Selection
from entrepot.measures.many import many
from entrepot.measures.mirror import NOT_HELD
from entrepot.model.answer import Answer
from entrepot.model.area import resolve_many
from entrepot.model.commodity import parse_commodity
from entrepot.model.edition import codes
from entrepot.model.flow import Flow
from entrepot.store import Store

Row = Mapping[str, Any]
_DIGITS, _EDITION = 6, "HS2022"
"""Down to six digits the Harmonized System says which parts there are; below, each country does."""
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
    needed = {
        name
        for name, one in inspect.signature(QUESTIONS[figure.ask]).parameters.items()
        if one.default is one.empty and name != "store"
    }
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
                told[key_of(one)] = answer if isinstance(answer, Found) else _of_answer(answer, one)
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
            return {key_of(one): _of_flows(one, []) for one in figures}
        rows: dict[str, list[Row]] = {}
        for row in table.to_pylist():
            rows.setdefault(row["key"], []).append(row)
        return {key_of(one): _of_flows(one, rows.get(one.command, [])) for one in figures}


def key_of(figure: Figure) -> str:
    """What tells one figure from another."""
    return figure.model_dump_json()


def _selection(figure: Figure) -> Selection:
    asked = figure.options
    return Selection(
        resolve_many(asked["reporter"]),
        resolve_many(asked["partner"]),
        Flow(asked["flow"]),
        parse_commodity(asked["commodity"]),
        (figure.window,),
    )


def _of_flows(figure: Figure, rows: list[Row]) -> Found:
    money = figure.take.removeprefix("value_").upper() if figure.take.startswith("value_") else None
    mine = [row for row in rows if money is None or row["currency"] == money]
    if not mine:
        others = {row["currency"] for row in rows} - {money}
        also = f"; held in {', '.join(sorted(others))}" if others else ""
        return Found(reason=f"nothing held: {figure.command}{also}")
    told: dict[str, Any] = {
        "coverage": _coverage(figure, mine),
        "snapshots": frozenset(word for row in mine for word in row["snapshots"].split()),
    }
    if reason := _not_comparable(figure, mine):
        return Found(reason=reason, refused=True, **told)
    column = "value" if money else figure.take
    values = [(row["period"], row[column]) for row in mine]
    if any(value is None for _, value in values):
        return Found(reason=f"{figure.take} is not reported in every row of {figure.command}", **told)
    unit = of_column(figure.take) or mine[0]["quantity_unit"]
    return _reduced(sorted(values), figure.over or "sum", unit, told)


def _months(figure: Figure, rows: list[Row]) -> int:
    """Months with a figure, of the reporter and partner that have fewest."""
    counts: dict[tuple[str, str], int] = {}
    for row in rows:
        pair = (row["reporter"], row["partner"])
        counts[pair] = counts.get(pair, 0) + row["months"]
    return min(counts.values())


def _coverage(figure: Figure, rows: list[Row]) -> str:
    pairs = len({(row["reporter"], row["partner"]) for row in rows})
    asked = len(resolve_many(figure.options["reporter"])) * len(resolve_many(figure.options["partner"]))
    months = f"{_months(figure, rows)} of {len(figure.window.months)} months"
    told = months if asked == 1 else f"{months}, {pairs} of {asked} pairs"
    held, known = _parts(figure, rows)
    told = f"{told}, summed from {held} of {known} parts" if held else told
    missing = _silent(figure, rows)
    return f"{told}, nothing of {', '.join(missing)}" if missing else told


def _silent(figure: Figure, rows: list[Row]) -> list[str]:
    """Members of the groups asked for of which nothing is told."""
    found: list[str] = []
    for side, members in (("reporter", "reporters"), ("partner", "partners")):
        for area in resolve_many(figure.options[side]):
            heard = {word for row in rows if row[side] == area for word in (row[members] or "").split()}
            found += silent_members(area, heard, (figure.window,))
    return found


def _parts(figure: Figure, rows: list[Row]) -> tuple[int, int]:
    """How many parts of its codes a figure is summed from, and how many the Harmonized System has."""
    held = {word for row in rows for word in (row["parts"] or "").split()}
    whole = {part[:-2] for part in held if len(part) <= _DIGITS}
    known = {code[: len(one) + 2] for one in whole for code in codes(_EDITION) if code.startswith(one)}
    return len(held), len(known | held)


def _not_comparable(figure: Figure, rows: list[Row]) -> str:
    """Why what is held must not be held against the claim; empty where it may."""
    other = {word for row in rows for word in (row["valuations"] or "").split()} - {figure.valuation}
    if figure.valuation and other:
        return f"held valued {', '.join(sorted(other))}, the claim is of {figure.valuation}"
    asked = len(resolve_many(figure.options["reporter"])) * len(resolve_many(figure.options["partner"]))
    if figure.gaps is None and len({(row["reporter"], row["partner"]) for row in rows}) < asked:
        return f"only {_coverage(figure, rows)} are held"
    if figure.gaps is None and _months(figure, rows) < len(figure.window.months):
        return f"only {_coverage(figure, rows)} are held"
    held, known = _parts(figure, rows)
    if figure.whole and held * 2 < known:
        return f"only {held} of the {known} parts it is summed from are held"
    if figure.take == "quantity" and len({row["quantity_unit"] for row in rows}) != 1:
        return "quantities in several units"
    return ""


def _asked(store: Store, as_of: date | None, figure: Figure) -> Answer | Found:
    try:
        answer: Answer = QUESTIONS[figure.ask](store, as_of=as_of, **figure.options)
    except NoDataError:  # its own words may name another claim's day: vintages are shared
        return Found(reason=f"nothing held: {figure.command}")
    except UsageError as error:
        return Found(reason=str(error), refused=True)
    return answer


def _of_answer(answer: Answer, figure: Figure) -> Found:
    if figure.table and figure.table not in answer.beside:
        return Found(reason=f"{figure.ask} gives no table {figure.table!r}", refused=True)
    table = answer.beside[figure.table] if figure.table else answer.rows
    if unknown := sorted({figure.take, *figure.where} - set(table.column_names)):
        has = ", ".join(table.column_names)
        return Found(
            reason=f"{figure.ask} gives no column {', '.join(unknown)}; it gives {has}", refused=True
        )
    rows = _where(table, figure.where).to_pylist()
    told: dict[str, Any] = {"snapshots": frozenset(shot.snapshot for shot in answer.snapshots)}
    if not rows:
        return Found(reason=f"no row of {figure.command} has {figure.where}", **told)
    refused = [row["refused"] for row in rows if row.get("refused")]
    if refused and figure.over != "count":
        return Found(reason=str(refused[0]), refused=not str(refused[0]).startswith(NOT_HELD), **told)
    values = [(str(row.get("period") or ""), row[figure.take]) for row in rows]
    if any(value is None for _, value in values) and figure.over != "count":
        return Found(reason=f"{figure.take} is not told by {figure.command}", **told)
    unit = of_column(figure.take) or (rows[0].get("unit") if figure.take in ("amount", "value") else None)
    return _reduced(values, figure.over or "only", unit, told)


def _where(table: pa.Table, where: Mapping[str, Any]) -> pa.Table:
    for column, wanted in where.items():
        told = pc.equal(
            pc.cast(table[column], pa.string()),
            str(wanted).lower() if isinstance(wanted, bool) else str(wanted),
        )
        table = table.filter(told)
    return table


def _reduced(values: list[tuple[Any, Any]], over: str, unit: str | None, told: dict[str, Any]) -> Found:
    """Several rows as one figure."""
    plain = [value for _, value in values]
    if over in ("sum", "mean") and not all(isinstance(value, (int, float)) for value in plain):
        return Found(reason=f"words and days have no {over}", refused=True, **told)
    match over:
        case "count":
            return Found(float(len(plain)), None, **told)
        case "only" if len(plain) > 1:
            return Found(
                reason=f"{len(plain)} rows where the claim takes one: say `where` or `over`",
                refused=True,
                **told,
            )
        case "only" | "first":
            value = plain[0]
        case "last":
            value = plain[-1]
        case "period_of_max" | "period_of_min":
            chosen = (max if over.endswith("max") else min)(values, key=lambda pair: pair[1])
            return Found(f"{chosen[0]}"[:7], None, **told)
        case "mean":
            value = sum(plain) / len(plain)
        case _:
            value = _REDUCERS[over](plain)
    return Found(_plain(value), unit, **told)


_REDUCERS: Final[dict[str, Callable[[list[Any]], Any]]] = {"sum": sum, "min": min, "max": max}


def _plain(value: Any) -> float | str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return float(value) if isinstance(value, (int, float)) else str(value)
