"""Facts beside trade from published files, as a user adds them: several files in one store."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from entrepot import Store, status

NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
FILES = ("gdp_current_usd.csv", "cepii_dist_cepii.csv", "cepii_geo_cepii.csv", "brent-monthly.csv")


@pytest.fixture(scope="module")
def facts(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A store of the four files."""
    store = Store(tmp_path_factory.mktemp("facts") / "store")
    for name in FILES:
        store.add(data / "reference" / name, now=NOW)
    return store


def values(
    store: Store, indicator: str, area: str | None, partner: str | None = None
) -> dict[date | None, float]:
    rows = store.run(store.indicators().filter(lambda t: t.indicator == indicator)).to_pylist()
    return {row["period"]: row["value"] for row in rows if (row["area"], row["partner"]) == (area, partner)}


def test_gdp_of_kyrgyzstan(facts: Store):
    """13,988 m USD in 2023."""
    assert round(values(facts, "gdp_usd", "KGZ")[date(2023, 1, 1)] / 1e6) == 13_988


def test_china_and_kyrgyzstan_are_neighbours_far_apart(facts: Store):
    assert values(facts, "distance_km", "CHN", "KGZ") == {None: pytest.approx(3_786.58)}
    assert values(facts, "is_contiguous", "CHN", "KGZ") == {None: 1}
    assert values(facts, "is_landlocked", "KGZ") == {None: 1}
    assert values(facts, "is_landlocked", "CHN") == {None: 0}


def test_brent_in_june_2022(facts: Store):
    assert values(facts, "brent_usd_per_barrel", None)[date(2022, 6, 1)] == pytest.approx(122.71)


def test_status_shows_them(facts: Store):
    table = status(facts).beside["indicators"].to_pylist()
    assert {row["indicator"]: row["areas"] for row in table} == {
        "gdp_usd": 217,
        "distance_km": 224,
        "is_contiguous": 224,
        "is_landlocked": 225,
        "brent_usd_per_barrel": 0,
    }
