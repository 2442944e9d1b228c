"""Evidence on shipments from the real files: the price of China's graphite, the ways of cars to Russia."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from entrepot import Store
from entrepot.screening.bands import bands
from entrepot.screening.corridors import Corridors, corridors

NOW = datetime(2026, 1, 2, tzinfo=UTC)
MINERALS = "china_hs6/critical_minerals_2017_2024.csv"
CN8 = "eurostat_cn8/eu_cn8_sanctioned_exports_202001_202211_long.parquet"
Row = dict[str, Any]


# ------------------------------------------------------------------ bands
@pytest.fixture(scope="module")
def prices(data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, date], Row]:
    """China's graphite (natural, artificial) and gallium in some months."""
    store = Store(tmp_path_factory.mktemp("minerals") / "store")
    store.add(data / MINERALS, now=NOW)
    asked = [("250410", "2023-05"), ("380110", "2023-05"), ("811292", "2022-01"), ("811292", "2025-09")]
    wanted = {
        "origin": ["CHN"] * len(asked),
        "commodity": [code for code, _ in asked],
        "month": [date.fromisoformat(f"{month}-04") for _, month in asked],
    }
    rows, _ = bands(store, pa.table(wanted))
    return {(row["commodity"], row["month"]): row for row in rows.to_pylist()}


def published(data: Path, code: str, first: str, last: str) -> Any:
    """Logarithms of value over weight of each partner and month of the file, where it tells both."""
    with (data / MINERALS).open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["hs6"] == code]
    near = [row for row in rows if first <= row["period_dt"] <= last and float(row["qty"]) > 0]
    return np.log([float(row["val"]) / float(row["qty"]) for row in near if float(row["val"]) > 0])


@pytest.mark.parametrize("code", ["250410", "380110"])
def test_the_band_is_that_of_the_file(data, prices, code):
    """Another program's median and median deviation over the same lines."""
    row, logs = prices[code, date(2023, 5, 1)], published(data, code, "2022-11-01", "2023-11-01")
    middle = np.median(logs)
    sd = 1.4826 * np.median(np.abs(logs - middle))
    assert (row["cells"], row["months"]) == (len(logs), 13)
    assert row["middle"] == pytest.approx(np.exp(middle), rel=1e-9)
    assert row["low"] == pytest.approx(np.exp(middle - 3 * sd), rel=1e-9)
    assert row["high"] == pytest.approx(np.exp(middle + 3 * sd), rel=1e-9)


def test_graphite_costs_a_dollar_a_kilogram_give_or_take(prices):
    """Flakes and powders differ eightfold: a band this wide flags only what is far off."""
    row = prices["250410", date(2023, 5, 1)]
    assert [round(row[name], 2) for name in ("low", "middle", "high")] == [0.12, 1.00, 8.36]
    assert (row["basis"], row["currencies"]) == ("exports of CHN", "USD")


def test_gallium_after_its_code_changed_is_of_one_edition(prices):
    """Of 811292 some went elsewhere in 2022: half a year of 2021 is left out."""
    row = prices["811292", date(2022, 1, 1)]
    assert (row["hs_revisions"], row["months"]) == ("HS2022", 7)
    assert ("811292", date(2025, 9, 1)) not in prices


# ------------------------------------------------------------------ corridors
@pytest.fixture(scope="module")
def cars(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Corridors:
    """Germany's sanctioned goods of chapter 87 towards Russia, spans not told."""
    folder = tmp_path_factory.mktemp("cars")
    chapter = pq.read_table(data / CN8, filters=[("cn8", ">=", "87"), ("cn8", "<", "88")])
    pq.write_table(chapter, folder / Path(CN8).name)
    store = Store(folder / "store")
    store.add(folder / Path(CN8).name, now=NOW, published=date(2023, 2, 20))
    asked = {"commodity": "eu-cn8", "until": date(2022, 12, 24)}
    return corridors(store, origins=["DEU", "CHN"], destinations=["RUS"], **asked)


def of(found: Corridors, hub: str, code: str | None) -> Row:
    (row,) = [one for one in found.rows.to_pylist() if (one["hub"], one["commodity"]) == (hub, code)]
    return row


def test_cars_by_way_of_central_asia(cars):
    """Nine months are held after the invasion."""
    row = of(cars, "KGZ", "870324")
    assert (row["origin"], row["asked"], row["destination"]) == ("DEU", "DEU", "RUS")
    assert (row["base"], row["window"]) == ("2020-02:2022-01", "2022-03:2022-11")
    assert row["good"] in ("87032410", "87032490")
    assert 0 < row["low_90"] <= row["total"] <= row["high_90"]
    assert row["discovered_goods"] <= row["tested_goods"]
    assert (row["discovered"], of(cars, "KGZ", None)["discovered"]) == (True, True)
    assert not of(cars, "BLR", "870324")["discovered"]


def test_who_tells_nothing_is_said_with_the_reason(cars):
    """China's exports are not in the file; of cars alone some members of the Union tell too few months."""
    reasons = {row["asked"]: row["because"] for row in cars.untested.to_pylist()}
    assert set(reasons) == {"CHN", "EU27"}
    assert "no month of CHN's exports of eu-cn8" in reasons["CHN"]
    assert "neither the origin nor any hub tells" in reasons["EU27"]
    assert "CHN" not in cars.rows["origin"].to_pylist()
