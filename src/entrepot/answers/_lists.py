"""Hubs that rules in use elsewhere flag, beside those discovered here under several settings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import pyarrow as pa

from entrepot.answers._rerouted import Rows
from entrepot.measures import rules
from entrepot.model.constant import held

if TYPE_CHECKING:
    from ibis.expr.types import Table

RATES = (0.05, 0.10, 0.20)
List = dict[str, str | int]


def lists(rows: Rows) -> pa.Table:
    """One row per list: whose it is, by which settings, how many hubs, which."""
    return pa.Table.from_pylist([*_ours(rows), *_rules(rows)])


def _ours(rows: Rows) -> Iterator[List]:
    """At several false discovery rates, over all partners asked about, and over neighbours alone."""
    import numpy as np

    hubs = rows.study.entering.leg.hubs
    near = np.array([hub in rows.legs.neighbours[0] for hub in hubs])
    for family, among in (("partners asked about", None), ("neighbours of the destination", near)):
        for rate in RATES:
            found = rows.study.hubs_found(rate, among)
            yield _list(f"ours: {family}, false discovery rate {rate:.0%}", np.array(hubs)[found])


def _rules(rows: Rows) -> Iterator[List]:
    sums = held(_sums(rows))
    yield _flagged(rows, "rule: 30 % above the year before", rules.year_on_year(sums, ("hub",)))
    window = rows.legs.spans[0].window
    if rows.legs.by == "year" and len(window) == 1:
        rule = rules.growth_and_z(_yearly(rows), window[0].year, ("hub",))
        yield _flagged(rows, "rule: growth above 50 %, z above 1.96, above 100 m", rule)


def _flagged(rows: Rows, name: str, rule: Table) -> List:
    found = rows.legs.run(name, rule.filter(rule.is_flagged)).sort_by([("score", "descending")])
    return _list(name, [hub for hub in found["hub"].to_pylist() if hub in rows.legs.asked])


def _sums(rows: Rows) -> pa.Table:
    """Of each hub the goods asked for: last year of the base, and window."""
    leg = rows.study.entering.leg
    sums = {"base_value": leg.recent[0], "window_value": leg.window[0]}
    columns = {name: pa.array(one[:, leg.listed].sum(axis=1)) for name, one in sums.items()}
    return pa.table({"hub": pa.array(leg.hubs), **columns})


def _yearly(rows: Rows) -> Table:
    legs = rows.legs
    mine = legs.rows.filter(legs.rows.is_listed, legs.rows.leg == rows.study.entering.leg.name)
    yearly = mine.group_by("hub", year=mine.slot.year().cast("int64")).agg(value=mine.value.sum())
    return yearly.filter(yearly.hub.isin(sorted(legs.asked)), yearly.value > 0)


def _list(name: str, hubs: Iterable[str]) -> List:
    named = [str(hub) for hub in hubs]
    return {"list": name, "flagged": len(named), "hubs": " ".join(named)}
