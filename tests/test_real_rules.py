"""The rule in wide use on the real yearly exports: the published eleven, and what reading all names adds."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path

from entrepot import Store
from entrepot.measures.rules import growth_and_z
from entrepot.model.constant import constant
from entrepot.store.engine import DuckDB

FILE = "eurostat_totals/eurostat_totals_long.csv"
PUBLISHED = {
    "Armenia": (12.93, 148.95), "Kyrgyzstan": (10.21, 344.81), "Kazakhstan": (7.85, 88.58),
    "Trinidad and Tobago": (5.55, 122.56), "Uzbekistan": (4.55, 63.84), "Nigeria": (4.09, 65.94),
    "Mauritania": (3.63, None), "Georgia": (3.07, 57.83), "Angola": (2.58, None), "Gibraltar": (2.41, None),
    "Malawi": (2.28, None),
}  # fmt: skip
YEARS = 14


def test_the_published_eleven(data):
    """All fourteen years under one spelling: the z of the growth of 2022 against that of 2011 to 2021."""
    with (data / FILE).open(encoding="utf-8") as text:
        cells = [
            row for row in csv.DictReader(text) if len(row["period"]) == len("2022") and row["value_in_eur"]
        ]
    years: dict[str, set[str]] = {}
    for cell in cells:
        years.setdefault(cell["partner"], set()).add(cell["period"])
    whole = [cell for cell in cells if len(years[cell["partner"]]) == YEARS]
    yearly = constant(
        {
            "partner": [cell["partner"].split(" (")[0] for cell in whole],
            "year": [int(cell["period"]) for cell in whole],
            "value": [float(cell["value_in_eur"]) for cell in whole],
        },
        {"partner": "string", "year": "int64", "value": "float64"},
    )
    rows = DuckDB().run(growth_and_z(yearly, 2022, ("partner",))).to_pylist()
    flagged = {
        row["partner"]: (round(row["z"], 2), round(row["growth"] * 100, 2))
        for row in rows
        if row["is_flagged"]
    }
    assert {name: z for name, (z, _) in flagged.items()} == {name: z for name, (z, _) in PUBLISHED.items()}
    assert all(growth in (None, flagged[name][1]) for name, (_, growth) in PUBLISHED.items())


def test_four_more_once_french_names_are_read(data: Path, tmp_path: Path):
    """The year 2016 is in French: read, it completes Guinea, Montenegro, Tanzania and Panama."""
    store = Store(tmp_path / "store")
    store.add(data / FILE, now=datetime(2026, 1, 2, tzinfo=UTC))
    flows = store.flows()
    annual = flows.filter(flows.reporter == "EU27", flows.flow == "export", flows.frequency == "A")
    yearly = annual.select("partner", "value", year=annual.period.year().cast("int64"))
    rule = growth_and_z(yearly, 2022, ("partner",))
    found = store.run(rule.filter(rule.is_flagged)).to_pylist()
    assert {row["partner"] for row in found} == {
        *("ARM", "KGZ", "KAZ", "TTO", "UZB", "NGA", "MRT", "GEO", "AGO", "GIB", "MWI"),
        *("GIN", "MNE", "TZA", "PAN"),
    }  # fmt: skip
