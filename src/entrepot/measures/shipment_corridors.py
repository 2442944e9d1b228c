"""Routes that were tested for rerouted trade (`entrepot diversion`), as they meet each shipment."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import ibis

from entrepot.measures.shipment_evidence import Evidence
from entrepot.measures.shipment_found import places, within
from entrepot.measures.shipment_judgement import plain, said
from entrepot.model.area import aggregates, group, is_group
from entrepot.model.constant import constant

if TYPE_CHECKING:
    from ibis.expr.types import StringValue, Table


def corridors_found(shipments: Table, known: Evidence) -> Table:
    """good_found, good_tested, list_found, list_tested: corridors of the good and of its list, in words.

    Of each corridor the last window that begins by the day of the shipment counts; of several corridors the
    largest is told. `off_list`: a list was tested that does not have the good.
    """
    rows = known.corridors.mutate(is_good=known.corridors.commodity.notnull())
    ways = _ways(shipments).semi_join(rows, ["origin", "hub"])
    goods = ways.inner_join(rows, ["origin", "hub", ("hs6", "commodity")])
    wholes = ways.inner_join(rows.filter(~rows.is_good), ["origin", "hub"])
    members = known.goods.select("list", revision="hs_revision", hs6="commodity").distinct()
    on_list = wholes.semi_join(members, ["list", "revision", "hs6"])
    off_list = wholes.anti_join(members, ["list", "revision", "hs6"])
    told = [_tested(one, name) for one, name in ((goods, "good"), (on_list, "list"), (off_list, "off_list"))]
    every = ibis.union(*told)
    which = {
        f"{name}_{end}": every.label.max(where=(every.of == name) & (every.discovered == (end == "found")))
        for name in ("good", "list")
        for end in ("found", "tested")
    }
    return every.group_by("row").agg(**which, off_list=every.label.max(where=every.of == "off_list"))


def _ways(shipments: Table) -> Table:
    """One row per shipment, place that may be a hub, and origin or group that the origin belongs to."""
    one = shipments.select(
        "row", "date", "hs6", "revision", area=ibis.coalesce(shipments.origin, shipments.exporter_country)
    )
    groups = one.inner_join(_groups(), "area")
    groups = groups.filter(within(groups.date, groups.since, groups.until)).select(
        *one.columns, origin="group"
    )
    every = ibis.union(one.mutate(origin=one.area), groups.select(*one.columns, "origin"))
    hubs = places(shipments, "destination", "via", "consignee_country").rename(hub="place")
    return every.drop("area").inner_join(hubs, "row")


def _tested(pairs: Table, of: str) -> Table:
    """row, of, discovered, label: of each corridor the last window, of several corridors the largest."""
    begun = pairs.filter(pairs.window_first <= pairs.date, pairs.discovered.notnull())
    keys = ["row", "origin", "hub", "destination", "list"]
    last = begun.mutate(latest=begun.window_last.max().over(group_by=keys))
    last = last.filter(last.window_last == last.latest).mutate(size=last.total.fill_null(0))
    largest = last.mutate(most=last["size"].max().over(group_by=["row", "discovered"]))
    kept = largest.filter(largest["size"] == largest.most)
    return kept.select("row", "discovered", of=ibis.literal(of), label=_corridor(kept)).distinct()


def _corridor(rows: Table) -> StringValue:
    """`1.2 bn USD (90 %: 0.8 to 1.7) beyond expectation, EU27 -> KGZ -> RUS, 2022-03:2022-11`."""
    size = rows.total.abs()
    scale = ibis.cases((size >= 1e9, 1e9), (size >= 1e6, 1e6), (size >= 1e3, 1e3), else_=1.0)
    word = ibis.cases((size >= 1e9, " bn"), (size >= 1e6, " million"), (size >= 1e3, " thousand"), else_="")
    low, total, high = (plain(rows[name] / scale, 1) for name in ("low_90", "total", "high_90"))
    amount = said(total, word, " ", rows.currency, " (90 %: ", low, " to ", high, ")")
    way = said(
        ibis.coalesce(rows.asked, rows.origin), " -> ", rows.hub, " -> ", rows.destination, ", ", rows.window
    )
    what = ibis.coalesce(rows.good, rows.commodity, rows.list)
    return said(amount, " of ", what, " beyond expectation, ", way)


@cache
def _groups() -> Table:
    """area, group, since, until: who belongs to which group when."""
    told = [
        (one.code, code, one.start, one.end)
        for code in sorted(aggregates())
        if is_group(code)
        for one in group(code).members
    ]
    schema = {"area": "string", "group": "string", "since": "date", "until": "date"}
    return constant({name: [row[i] for row in told] for i, name in enumerate(schema)}, schema)
