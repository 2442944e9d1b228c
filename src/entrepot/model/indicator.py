"""Facts beside trade: gross domestic product, population, distances, prices, exchange rates.

An indicator is a number of an area, of a pair of areas, or of the world, in a period or for all time.
Names are lower case with the unit in them, as the columns of flows are: gdp_usd, population, distance_km,
brent_usd_per_barrel, usd_per_eur (dollars for one unit of the currency), is_contiguous and is_landlocked
(0 or 1).
"""

from __future__ import annotations

from typing import Final

COLUMNS: Final[dict[str, str]] = {
    "indicator": "string",
    "area": "string",  # code of ours; null: of the world
    "partner": "string",  # the second area of a pair; null: not of a pair
    "period": "date",  # first day of the month or of the year; null: does not change
    "frequency": "string",  # M | A; null with the period
    "value": "float64",  # in the unit the name says
    "status": "string",  # see model.flow.Status
    "source": "string",  # folder name under sources/
    "snapshot": "string",  # which bytes: start of their sha256
    "row": "int64",  # record of the file, counted from 1, the header included
}

FACT: Final = ("indicator", "area", "partner", "period", "frequency")
"""One fact: only one snapshot speaks for it at a time."""
