"""The usual price of a kilogram beside each shipment: bands for all origins, codes and months at once."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from entrepot.answers import _rates
from entrepot.answers._question import behind, once
from entrepot.errors import NoDataError
from entrepot.measures.price_band import HALF_WIDTH, in_dollars, price_band, traded
from entrepot.model.commodity import Basket
from entrepot.model.constant import constant
from entrepot.model.edition import in_force
from entrepot.model.period import Window, shifted
from entrepot.model.provenance import Snapshot
from entrepot.store import Store

if TYPE_CHECKING:
    from ibis.expr.types import Table

_TEXT, _FLOAT, _INT = pa.string(), pa.float64(), pa.int64()
SCHEMA: Final = pa.schema(
    [
        *(("origin", _TEXT), ("commodity", _TEXT), ("month", pa.date32())),
        *((name, _FLOAT) for name in ("low", "middle", "high", "robust_sd")),
        *(("cells", _INT), ("months", _INT)),
        *((name, _TEXT) for name in ("basis", "valuation", "currencies", "hs_revisions", "sources")),
        ("snapshots", _TEXT),
    ]
)
"""Columns of a band: see measures.price_band. low, middle, high: USD per kilogram."""

_DIGITS = 6
_AT_ONCE = 5_000  # bands: each holds some hundred cells while its medians are sought


def bands(
    store: Store, wanted: pa.Table, as_of: date | None = None, half_width: int = HALF_WIDTH
) -> tuple[pa.Table, list[Snapshot]]:
    """One row per origin, code and month wanted near which anything measured is held, and what it rests on.

    wanted: origin (our code of a country), commodity (digits, six or more), month (any day of it); rows with
    an empty or shorter field are passed over. Columns: SCHEMA; measures.price_band says what they mean.
    Figures in other currencies are brought to dollars month by month, by the rates of `answers`, only where
    an origin's code is not told in dollars; `currencies` says so. Nothing held is no row, never an error.
    """
    asked = _asked(wanted)
    if not asked:
        return SCHEMA.empty_table(), []
    try:
        priced = _priced(store, asked, as_of, half_width)
    except NoDataError:
        return SCHEMA.empty_table(), []
    parts = [asked[place : place + _AT_ONCE] for place in range(0, len(asked), _AT_ONCE)]
    found = [store.run(price_band(priced, _constant(part), half_width)).cast(SCHEMA) for part in parts]
    rows = pa.concat_tables(found)
    shots = behind(store, rows, as_of)
    is_converted = any(set((one or "").split()) - {"USD"} for one in rows["currencies"].to_pylist())
    return rows, [*shots, _rates.card()] if is_converted else shots


Asked = list[tuple[str, str, date]]


def _asked(wanted: pa.Table) -> Asked:
    """Each origin, six digits and first day of a month, once."""
    names = ("origin", "commodity", "month")
    rows = zip(*(wanted[name].to_pylist() for name in names), strict=True)
    found = {(o, c[:_DIGITS], m.replace(day=1)) for o, c, m in rows if o and m and len(c or "") >= _DIGITS}
    return sorted(found)


def _priced(store: Store, asked: Asked, as_of: date | None, half_width: int) -> Table:
    """The cells near any month asked for, in dollars per kilogram, drawn once."""
    origins, codes, months = (sorted(set(one)) for one in zip(*asked, strict=True))
    span = Window(shifted(min(months), -half_width), shifted(max(months), half_width))
    told = once(traded(store.flows(as_of), origins, Basket("wanted", tuple(codes)), (span,)), "band_traded")
    return store.landed(in_dollars(told, _rates.dollars(_rates.of_store(store, as_of))))


def _constant(asked: Asked) -> Table:
    columns: dict[str, list[Any]] = dict(
        zip(("origin", "commodity", "month"), map(list, zip(*asked, strict=True)), strict=True)
    )
    columns["edition"] = [in_force(day.year) for day in columns["month"]]
    kinds = {"origin": "string", "commodity": "string", "month": "date", "edition": "string"}
    return constant(columns, kinds)
