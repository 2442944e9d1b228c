"""Arrays as the rows of a store: flows, facts, truth."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final, TypeAlias

import numpy as np
import pyarrow as pa

from entrepot.model import flow, indicator
from entrepot.simulate import settings
from entrepot.simulate.goods import Goods
from entrepot.simulate.places import DESTINATION, ORIGIN, THIRD, Places
from entrepot.simulate.reports import Reports
from entrepot.simulate.rerouting import Rerouted

_ARROW: Final = {
    "string": pa.string(),
    "date": pa.date32(),
    "int8": pa.int8(),
    "int64": pa.int64(),
    "float64": pa.float64(),
    "boolean": pa.bool_(),
}
_WORLD: Final = "WLD"
_EXPORT, _IMPORT = 0, 1
_FLOWS: Final = np.array(["export", "import"])
_BASES: Final = np.array(["destination", "origin"])
_VALUATIONS: Final = np.array(["fob", "cif"])
_EDITIONS: Final = np.array(["HS2017", "HS2022"])
_CHANGE: Final = settings.month(settings.CHANGEOVER)
_SAME: Final = {
    "frequency": "M",
    "digits": 6,
    "breakdown": "",
    "currency": "USD",
    "is_estimated": False,
    "status": flow.Status.SIMULATED.value,
    "source": "simulated",
}
_Leg: TypeAlias = tuple[np.ndarray, np.ndarray, int, np.ndarray]
"""Reporters, partners, direction, values by country, product and month."""


def schema(columns: dict[str, str]) -> pa.Schema:
    """The Arrow types of a table of the store."""
    return pa.schema([(name, _ARROW[kind]) for name, kind in columns.items()])


def flows(reports: Reports, places: Places, goods: Goods, snapshot: str) -> pa.Table:
    """One row a cell that somebody reports, in the columns of the store."""
    all_but_origin, third = np.arange(DESTINATION, len(places.codes)), np.arange(THIRD, len(places.codes))
    world = np.full(len(third), len(places.codes))
    total = np.nansum(reports.exports, axis=0, keepdims=True)
    origin = np.full(len(all_but_origin), ORIGIN)
    destination = np.full(len(third), DESTINATION)
    legs = (
        (origin, all_but_origin, _EXPORT, reports.exports),
        (all_but_origin, origin, _IMPORT, reports.arrivals),
        (third, destination, _EXPORT, reports.onward),
        (destination, third, _IMPORT, reports.received),
        (third, world, _EXPORT, reports.to_world),
        (third, world, _IMPORT, reports.from_world),
        (origin[:1], world[:1], _EXPORT, total),
    )
    return _table(legs, places, goods, snapshot)


def of_third(said: Sequence[np.ndarray], places: Places, goods: Goods, snapshot: str) -> pa.Table:
    """The rows of what third countries alone say: arrivals, onward, to_world, from_world."""
    third, world = np.arange(THIRD, len(places.codes)), len(places.codes)
    ends = ((ORIGIN, _IMPORT), (DESTINATION, _EXPORT), (world, _EXPORT), (world, _IMPORT))
    legs = [(third, np.full(len(third), end), way, one) for (end, way), one in zip(ends, said, strict=True)]
    return _table(legs, places, goods, snapshot)


def _table(legs: Iterable[_Leg], places: Places, goods: Goods, snapshot: str) -> pa.Table:
    parts = [part for leg in legs for part in _cells(*leg, goods)]
    reporter, partner, way, month, product, value = (np.concatenate(one) for one in zip(*parts, strict=True))
    codes = np.array([*places.codes, _WORLD])
    is_new = month >= _CHANGE
    said = {
        "reporter": _named(codes, reporter),
        "partner": _named(codes, partner),
        "partner_basis": _named(_BASES, way),
        "flow": _named(_FLOWS, way),
        "valuation": _named(_VALUATIONS, way),
        "period": pa.array(settings.days()[month]),
        "commodity": _named(np.concatenate([goods.old, goods.new]), product + len(goods.old) * is_new),
        "hs_revision": _named(_EDITIONS, is_new),
        "value": pa.array(value),
        "snapshot": snapshot,
        "row": pa.array(np.arange(len(value)) + 2),
    }
    return _whole(_SAME | said, len(value))


def _cells(
    reporters: np.ndarray, partners: np.ndarray, way: int, values: np.ndarray, goods: Goods
) -> Iterable[tuple[np.ndarray, ...]]:
    """Places of the cells with trade, before the changeover and since: NaN and zero have no row."""
    starts = np.flatnonzero(np.r_[True, goods.old[1:] != goods.old[:-1]])
    before = np.add.reduceat(values[..., :_CHANGE], starts, axis=1)
    for part, products, first in (
        (before, starts, 0),
        (values[..., _CHANGE:], np.arange(len(goods.new)), _CHANGE),
    ):
        country, product, month = np.nonzero(np.nan_to_num(part) >= 1)
        value = np.rint(part[country, product, month])
        ways = np.full(len(value), way)
        yield reporters[country], partners[country], ways, first + month, products[product], value


def _named(names: np.ndarray, index: np.ndarray) -> pa.Array:
    coded = pa.DictionaryArray.from_arrays(pa.array(index.astype(np.int32)), pa.array(names.astype(str)))
    return coded.cast(pa.string())


def _whole(said: dict[str, Any], count: int) -> pa.Table:
    """The columns that are said, each once or row by row, and nulls for those nobody fills."""
    wanted = schema(flow.COLUMNS)
    columns = [said.get(field.name) for field in wanted]
    filled = [
        column if isinstance(column, pa.Array) else pa.repeat(pa.scalar(column, field.type), count)
        for column, field in zip(columns, wanted, strict=True)
    ]
    return pa.Table.from_arrays(filled, schema=wanted)


def facts(places: Places, snapshot: str) -> pa.Table:
    """Distance and border of each pair, and each country's product by year."""
    rows: list[tuple[str, str, str | None, date | None, float]] = [
        row
        for i, one in enumerate(places.codes)
        for j, other in enumerate(places.codes)
        if i != j
        for row in (
            ("distance_km", one, other, None, float(np.rint(places.km[i, j]))),
            ("is_contiguous", one, other, None, float(places.borders[i, j])),
        )
    ]
    mean, _ = settings.GROWTH["area"]
    for year in range(settings.FIRST_YEAR, settings.FIRST_YEAR + settings.MONTHS // 12):
        product = np.rint(places.size * settings.ECONOMY_USD * np.exp(mean * (year - settings.EVENT.year)))
        rows += [
            ("gdp_usd", code, None, date(year, 1, 1), float(value))
            for code, value in zip(places.codes, product, strict=True)
        ]
    told = [
        {
            "indicator": name,
            "area": area,
            "partner": partner,
            "period": period,
            "frequency": "A" if period else None,
            "value": value,
            "status": flow.Status.SIMULATED.value,
            "source": "simulated",
            "snapshot": snapshot,
            "row": nth + 2,
        }
        for nth, (name, area, partner, period, value) in enumerate(rows)
    ]
    return pa.Table.from_pylist(told, schema=schema(indicator.COLUMNS))


def truth(rerouted: Rerouted, places: Places, goods: Goods) -> pa.Table:
    """One row per hub, product, month and channel in which something was rerouted."""
    hubs = np.array(places.named(places.hubs))
    parts = []
    for channel, values in rerouted.by_channel().items():
        hub, product, month = np.nonzero(values)
        parts.append(
            pa.table(
                {
                    "hub": _named(hubs, hub),
                    "commodity": _named(goods.new, product),
                    "period": pa.array(settings.days()[month]),
                    "channel": pa.repeat(channel, len(hub)),
                    "rerouted_usd": values[hub, product, month],
                }
            )
        )
    return pa.concat_tables(parts)


def renamed(goods: Goods) -> pa.Table:
    """One row per code born in 2022 and the code it came from; of a split one, both halves."""
    return pa.table(
        {
            "old": pa.array(goods.old[goods.changed].astype(str)),
            "new": pa.array(goods.new[goods.changed].astype(str)),
        }
    )


def confounders(rows: Iterable[tuple[str, str | None, str | None, date]]) -> pa.Table:
    """One row per confounder, country and product it concerns; null: all."""
    names = {"kind": pa.string(), "area": pa.string(), "commodity": pa.string(), "since": pa.date32()}
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    return pa.table(
        {
            name: pa.array(
                [None if v is None else (str(v) if kind == pa.string() else v) for v in column], kind
            )
            for (name, kind), column in zip(names.items(), columns, strict=True)
        }
    )
