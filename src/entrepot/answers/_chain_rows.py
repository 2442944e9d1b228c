"""The rows of a chain: totals by number of hubs, hubs, paths, origins, choices."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from entrepot.answers._chain_totals import ANY, DIRECT, OTHERS, Totals, about, share, valued
from entrepot.measures.chained import METHODS, SHOWN

_MOST_ORIGINS, _MOST_CODES = 15, 20

NOTES = {
    "hops": "countries passed through: 0 direct, 1+ by way of others, any both; 3+ holds all beyond",
    "value_usd": "USD, FOB: what the origin shipped that reached the destination in the window",
    "low_90_usd": "90 % interval over the errors of both sides, where known; of the bounds see sides_low_usd",
    "sides_low_usd": "range of the same method over exporters' figures, importers', and both weighted",
    "excess_usd": "the same method on what each pair traded beyond the base, per period; rises alone are"
    " kept, so that noise makes it positive; its interval is of the disagreement of the two sides alone",
    "before_share": "of a hub: base_value_usd over value_usd; near 100 % it was an entrepot already before",
    "coverage": "share of the origin's exports to others whose trade with the destination anyone tells of",
    "method": "least <= entropy, proportional <= maximum flow: they answer one question and are not averaged",
}


BRIEF = (
    *("hops", "hub", "method", "value_usd", "low_90_usd", "high_90_usd", "base_value_usd", "change"),
    *("before_share", "excess_usd", "excess_low_90_usd", "excess_high_90_usd"),
)
_SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("origin", "destination", "commodity", "hops", "hub", "method")]
    + [
        (name, pa.float64())
        for name in (
            *("value_usd", "low_90_usd", "high_90_usd", "sides_low_usd", "sides_high_usd"),
            *("base_value_usd", "change", "before_share"),
            *("excess_usd", "excess_low_90_usd", "excess_high_90_usd"),
            *("excess_sides_low_usd", "excess_sides_high_usd", "coverage"),
        )
    ]
)


def main(totals: Totals, labels: dict[str, str], coverage: float | None) -> pa.Table:
    """The rows of the answer: by number of hubs and method, then hubs."""
    rows = [*_by_hops(totals), *_by_hub(totals)]
    return pa.Table.from_pylist([{**labels, **row, "coverage": coverage} for row in rows], schema=_SCHEMA)


def _by_hops(totals: Totals) -> Iterator[dict[str, Any]]:
    far = [str(at) for at in range(1, SHOWN - 1)] + [f"{SHOWN - 1}+"]
    asked = [(ANY, METHODS), (DIRECT, ("proportional",)), (OTHERS, METHODS)]
    asked += [(hops, ("proportional", "entropy")) for hops in far]
    for hops, methods in asked:
        for method in methods:
            if totals.value("window", method, hops) is not None:
                yield _row(totals, hops, method)


def _row(totals: Totals, hops: str, method: str) -> dict[str, Any]:
    row: dict[str, Any] = {"hops": hops, "method": "reported" if hops == DIRECT else method}
    told = {state: totals.value(state, method, hops) for state in ("window", "base", "excess")}
    row |= valued(told)
    for state, before in (("window", ""), ("excess", "excess_")):
        low, high = totals.interval(state, method, hops, told[state])
        row |= {f"{before}low_90_usd": low, f"{before}high_90_usd": high}
        low, high = totals.sides(state, method, hops)
        row |= {f"{before}sides_low_usd": low, f"{before}sides_high_usd": high}
    return row


def _by_hub(totals: Totals) -> Iterator[dict[str, Any]]:
    even = {state: totals.through_evenly(state) for state in totals.states}
    for place, hub in enumerate(totals.hubs()):
        mixing = {state: float(totals.through(state)[hub]) for state in totals.states}
        evenly = {state: even[state][place] for state in totals.states}
        for method, told in (("proportional", mixing), ("entropy", evenly)):
            all_told = {state: told.get(state) for state in ("window", "base", "excess")}
            row = {"hops": OTHERS, "hub": totals.names[hub], "method": method, **valued(all_told)}
            row["before_share"] = share(all_told["base"], all_told["window"])
            yield row | (_hub_ends(totals, hub, all_told) if method == "proportional" else {})


def _hub_ends(totals: Totals, hub: int, told: dict[str, float | None]) -> dict[str, float | None]:
    row: dict[str, float | None] = {}
    for state, before in (("window", ""), ("excess", "excess_")):
        value = told[state]
        low, high = (None, None) if value is None else totals.of_hub(state, hub, value)
        row |= {f"{before}low_90_usd": low, f"{before}high_90_usd": high}
    return row


def beside(totals: Totals, labels: dict[str, str]) -> dict[str, pa.Table]:
    """Paths, origins, choices, and commodities where there are several."""
    found = {"choices": _choices(totals), "paths": list(totals.paths()), "origins": list(_origins(totals))}
    if len(totals.by_code) > 1:
        found["commodities"] = _codes(totals)
    return {
        name: pa.Table.from_pylist([{**_ends_of(labels), **row} for row in rows])
        for name, rows in found.items()
        if rows
    }


def _ends_of(labels: dict[str, str]) -> dict[str, str]:
    return {name: labels[name] for name in ("origin", "destination")}


def _choices(totals: Totals) -> list[dict[str, Any]]:
    """By way of others, under each choice; one column a method."""
    whose = {"both": "1 as asked", "exporter": "3 exporters' figures", "importer": "4 importers' figures"}
    rows = []
    for state in totals.states:
        told = {
            name: {method: totals.value(state, method, OTHERS, reading) for method in METHODS}
            for reading, name in whose.items()
        }
        told[f"2 production: {totals.other_production}"] = {
            m: totals.choices.get((state, "production", m)) for m in METHODS
        }
        told["5 made by the origin, direct too"] = {
            "proportional": totals.choices.get((state, "made", "proportional"))
        }
        if state == "base":
            told = {name: methods for name, methods in told.items() if name[0] in "134"}
        rows += [{"of": state, "choice": name, **_columns(told[name])} for name in sorted(told)]
    return rows


def _columns(told: dict[str, float | None]) -> dict[str, float | None]:
    return {f"{method.replace(' ', '_')}_usd": told.get(method) for method in METHODS}


def _origins(totals: Totals) -> Iterator[dict[str, Any]]:
    """The destination's imports by who shipped them first; the rest together, so that they add up."""
    told = {state: totals.sums[state, "both", "origins"] for state in totals.states if state != "excess"}
    whole, order = (
        told["window"].sum(),
        sorted(range(len(totals.names)), key=lambda at: (-about(told["window"][at]), totals.names[at])),
    )
    for places in [[at] for at in order[:_MOST_ORIGINS]] + [order[_MOST_ORIGINS:]]:
        value = {
            state: float(told[state][places].sum()) if state in told else None for state in ("window", "base")
        }
        if value["window"]:
            name = totals.names[places[0]] if len(places) == 1 else "others"
            yield {
                "shipped_first_by": name,
                **valued(value | {"excess": None}),
                "share": share(value["window"], whole),
            }


def _codes(totals: Totals) -> list[dict[str, Any]]:
    state = "excess" if totals.has_base else "window"
    rows: list[dict[str, Any]] = [
        {"of": state, "commodity": code, **_columns({m: told.get(f"{state} {m}") for m in METHODS})}
        for code, told in totals.by_code.items()
    ]
    return sorted(rows, key=lambda row: (-about(row["proportional_usd"]), row["commodity"]))[:_MOST_CODES]
