"""Prices, volumes, unit values and revisions on published files, asked the way a user asks."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from entrepot import Answer, Store, prices, revisions, unit_values

NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
FIGURES = Path(__file__).resolve().parents[1] / "figures"
RUSSIA = {"reporter": "CHN", "partner": "RUS", "flow": "import"}
MINERALS = {"reporter": "CHN", "partner": "WLD", "commodity": "250410,380110,811292"}
BARREL = {"against": "brent_usd_per_barrel", "per": 0.13642, "per_range": "0.13514:0.13889"}
MN = 1e6


@pytest.fixture(scope="module")
def fuels(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """China's imports of Russian fuels in two vintages, and Brent."""
    store = Store(tmp_path_factory.mktemp("fuels") / "store")
    for month, day in (("2022-06", date(2022, 7, 24)), ("2023-02", date(2023, 3, 22))):
        path = data / "china_customs_wind" / f"china_imports_wind_to_{month}.csv"
        store.add(path, now=NOW, published=day)
    store.add(data / "reference" / "brent-monthly.csv", now=NOW, published=date(2023, 3, 1))
    return store


@pytest.fixture(scope="module")
def minerals(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """China's exports of graphite and of gallium with its neighbours in the code, by month."""
    store = Store(tmp_path_factory.mktemp("minerals") / "store")
    store.add(data / "china_hs6" / "critical_minerals_2017_2024.csv", now=NOW)
    return store


def by_code(answer: Answer) -> dict[str, dict[str, Any]]:
    return {row["commodity"]: row for row in answer.rows.to_pylist()}


def test_most_of_what_china_paid_more_for_russian_fuels_was_volume(fuels):
    """February to July 2022: value +56 %, price +8 %, volume +48 %; the gas has no weight."""
    found = prices(fuels, **RUSSIA, commodity="2709,2701,271121", base="2022-02", window="2022-07")
    rows = by_code(found)
    whole = rows["2709,2701,271121"]
    told = [round(whole[name], 3) for name in ("value_ratio", "price_index", "volume_index", "unmatched")]
    assert told == [1.561, 1.077, 1.478, 0.981]
    assert (round(whole["price_low"], 4), round(whole["price_high"], 4)) == (1.0761, 1.0783)
    assert round(whole["matched_share"], 3) == 0.933
    assert rows["271121"]["undetermined"]
    assert rows["271121"]["price_index"] is None
    assert round(rows["2701"]["price_index"], 3) == 1.058


def test_the_price_of_crude_is_a_unit_value(fuels):
    """One cell: value over weight in each month, as they stand in the file."""
    (row,) = prices(fuels, **RUSSIA, commodity="2709", base="2022-02", window="2022-07").rows.to_pylist()
    then, now = 3504129182 / 5410455799, 5001597866 / 7143283709
    assert row["price_index"] == pytest.approx(now / then)
    assert (row["matched_cells"], row["is_unit_value"], row["quantity_unit"]) == (1, True, "kg")


def test_steam_and_coking_coal_apart(fuels):
    """Items outside the Harmonized System in one basket with a code: the mix inside 2701 falls away."""
    basket = "2709,item:steam-coal,item:coking-coal"
    rows = by_code(prices(fuels, **RUSSIA, commodity=basket, base="2022-02", window="2022-07"))
    assert {code: round(row["price_index"], 3) for code, row in rows.items()} == {
        "2709": 1.081, "steam-coal": 1.014, "coking-coal": 1.184,
        "2709,steam-coal,coking-coal": 1.085,
    }  # fmt: skip


def test_graphite_and_gallium_before_and_after_the_licences(minerals):
    """2022 to 2024, each partner a cell: graphite a quarter cheaper, 811292 a tenth dearer, twice as much."""
    rows = by_code(prices(minerals, **MINERALS, base="2022", window="2024"))
    told = {
        code: (round(row["price_index"], 2), round(row["volume_index"], 2), row["matched_cells"])
        for code, row in rows.items()
    }
    assert told == {
        "250410": (0.77, 0.66, 35),
        "380110": (0.70, 1.01, 35),
        "811292": (1.10, 2.06, 22),
        "250410,380110,811292": (0.78, 1.07, 92),
    }
    for row in rows.values():
        assert row["price_index"] * row["volume_index"] * row["unmatched"] == pytest.approx(
            row["value_ratio"]
        )


def test_prices_reach_over_a_new_edition(minerals):
    """2021 is told in HS2017 and 2022 in HS2022; graphite kept its goods, gallium's 811292 did not."""
    found = prices(minerals, **MINERALS, base="2021", window="2022").rows.to_pylist()
    verdicts = {row["commodity"]: row["undetermined"] for row in found}
    assert verdicts["250410"] is False
    assert verdicts["380110"] is False


def test_trucks_of_the_first_document(tmp_path):
    """Dollars a unit, of all partners in 2021 and of China in 2023: not like for like."""
    store = Store(tmp_path / "store")
    store.add(FIGURES / "documents-webster-2024.csv", now=NOW)
    trucks = {"commodity": "item:heavy-duty trucks", "by": "year"}
    before = unit_values(store, reporter="RUS", partner="WLD", flow="import", **trucks)
    after = unit_values(store, reporter="CHN", partner="RUS", flow="export", **trucks)
    told = [
        (r["period"].year, r["unit_value"], r["quantity_unit"])
        for a in (before, after)
        for r in a.rows.to_pylist()
    ]
    assert [(year, round(value, -2), unit) for year, value, unit in told] == [
        (2021, 81_300, "units"),
        (2023, 49_300, "units"),
    ]
    assert any("published" in warning for warning in before.warnings)


def test_the_discount_of_russian_crude_was_widest_in_june_2022(fuels):
    """25 dollars a barrel below Brent; by the Brent of a month before, 27 and in July."""
    found = unit_values(fuels, **RUSSIA, commodity="2709", period="2021:2022", **BARREL)
    rows = {row["period"]: row for row in found.rows.to_pylist()}
    assert len(rows) == 24
    june = rows[date(2022, 6, 1)]
    assert round(june["gap"], 1) == -25.0
    assert (round(june["gap_low"], 1), round(june["gap_high"], 1)) == (-25.9, -13.9)
    told = [
        (row["lag"], row["period"].month, round(row["gap"], 1)) for row in found.beside["widest"].to_pylist()
    ]
    assert told == [(0, 6, -25.0), (1, 7, -27.2)]


def test_the_discount_agrees_with_the_table_derived_by_others(data, fuels):
    """Month by month, to a hundredth of a dollar, with the gap that the table itself states."""
    path = data / "china_customs_wind" / "china_imports_russia_fossil_monthly_2006_2023-02.csv"
    head, *lines = [line.split(",") for line in path.read_text(encoding="utf-8").splitlines()]
    stated = {
        line[head.index("month")][:7]: float(line[head.index("gap")]) for line in lines if line[0] >= "2022"
    }
    found = unit_values(fuels, **RUSSIA, commodity="2709", period="2022:2023", **BARREL)
    ours = {f"{row['period']:%Y-%m}": -row["gap"] for row in found.rows.to_pylist()}
    assert ours == {month: pytest.approx(gap, abs=0.02) for month, gap in stated.items()}


@pytest.mark.parametrize(
    ("commodity", "month", "millions"), [("2709", "2022-04", 257), ("2701", "2019-06", 238)]
)
def test_what_china_revised(fuels, commodity, month, millions):
    """The largest revision between the two files of Wind."""
    found = revisions(fuels, **RUSSIA, commodity=commodity, since="2022-09-30", period="2017:2022-06")
    (revised,) = [row for row in found.beside["summary"].to_pylist() if row["what"] == "revised"]
    assert (f"{revised['largest_period']:%Y-%m}", round(revised["largest_change_value"] / MN)) == (
        month,
        millions,
    )
    shown = {row["period"]: row["change_value"] for row in found.rows.to_pylist()}
    assert max(shown.values(), key=abs) == revised["largest_change_value"]
    assert len(shown) == revised["rows"]
