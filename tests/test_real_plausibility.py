"""Vehicles from China to Kyrgyzstan against its GDP, and both sides of all goods, from published files."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from entrepot import Store, plausibility

ROOT = Path(__file__).resolve().parents[1]
NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)


@pytest.fixture(scope="module")
def store(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Figures typed from documents, GDP, and the trade of 2021 of both countries."""
    made = Store(tmp_path_factory.mktemp("real") / "store")
    for path in (
        ROOT / "figures" / "documents-webster-2024.csv",
        ROOT / "figures" / "kyrgyzstan-imports.csv",
        data / "comtrade" / "comtrade_all_exports_2021A.csv",
        data / "reference" / "gdp_current_usd.csv",
    ):
        made.add(path, now=NOW)
    return made


def test_vehicles_of_2023_are_22_6_percent_of_the_gdp_of_kyrgyzstan(store: Store):
    """3,155 of 13,988 m USD: by far the highest of the six countries that the document names."""
    answer = plausibility(store, origin="CHN", destination="KGZ", commodity="87", period="2023")
    [row] = answer.rows.to_pylist()
    assert (row["value_usd"], round(row["gdp_usd"] / 1e6)) == (3_155_495_461, 13_988)
    assert round(100 * row["gdp_share"], 1) == 22.6
    assert (row["gdp_share_rank"], row["countries"], row["gdp_share_low"]) == (1, 6, None)
    assert row["share_basis"] == "exporter alone: the importer's figure is not held"


def test_all_goods_of_2021_are_a_range(store: Store):
    """7,473.7 by China, 1,463.8 by Kyrgyzstan, of 9,249 (m USD): from a sixth to four fifths."""
    [row] = plausibility(store, origin="CHN", destination="KGZ", period="2021").rows.to_pylist()
    gdp = row["gdp_usd"] / 1e6
    assert (row["gdp_share_low"], row["gdp_share_high"]) == (
        pytest.approx(1_463.8 / gdp, rel=1e-4),
        pytest.approx(7_473.7 / gdp, rel=1e-4),
    )
    assert row["countries"] > 150
