"""China's and the EU's exports around the invasion, from published files."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from entrepot import Answer, Store, event
from entrepot.errors import NoDataError

NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
DIP = (date(2022, 3, 1), date(2022, 6, 1))


@pytest.fixture(scope="module")
def store(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """China's monthly total exports to Russia; the EU's to six countries; three minerals of China's."""
    made = Store(tmp_path_factory.mktemp("real") / "store")
    for path in (
        data / "gacc" / "China_Exports_to_Russia.csv",
        data / "eurostat_totals" / "eurostat_totals_long.csv",
        data / "china_hs6" / "critical_minerals_2017_2024.csv",
    ):
        made.add(path, now=NOW)
    return made


@pytest.fixture(scope="module")
def china(store: Store) -> Answer:
    return event(store, origin="CHN", destination="RUS", commodity="all")


def beside(answer: Answer, name: str) -> list[dict[str, Any]]:
    return answer.beside[name].to_pylist()


def test_china_fell_once_up_to_the_middle_of_2023_and_the_second_time_is_not_testable(
    store: Store, china: Answer
):
    """The first document's "fallen only twice": early 2022 is seen; early 2024 lies beyond the file."""
    falls = [row for row in beside(china, "episodes") if row["episode"] == "fall"]
    found = [(row["trend"], row["first"]) for row in falls if row["is_found"]]
    assert found == [("linear", DIP[0]), ("local", DIP[0]), ("damped", DIP[0])]
    beyond = {row["reason"] for row in beside(china, "episodes") if row["trend"] == "any"}
    assert "not testable after 2023-06: eo-14114" in beyond
    with pytest.raises(NoDataError, match="not testable after 2023-06"):
        event(store, origin="CHN", destination="RUS", event="eo-14114")


def test_the_trend_decides_how_deep_the_dip_was(china: Answer):
    """16.84 bn in four months: 15 % below the year before, 21 % below steady growth, 37 % below late 2021."""
    choices = {row["choice"]: row for row in beside(china, "choices")}
    assert {(row["first"], row["last"]) for row in choices.values()} == {DIP}
    rounded = {name: round(100 * row["change"]) for name, row in choices.items()}
    assert (rounded["year-before"], rounded["linear"]) == (-15, -21)
    assert -41 <= rounded["damped"] <= rounded["local"] + 2 <= -33
    assert choices["year-before"]["change_high_90"] > 0, "against the year before, chance may give it"
    assert choices["linear"]["change_high_90"] < 0


def test_china_takes_january_and_february_together_and_holds_the_trough(china: Answer):
    rows = {row["period"]: row for row in china.rows.to_pylist()}
    assert rows[date(2022, 1, 1)]["compared_usd"] == rows[date(2022, 2, 1)]["compared_usd"]
    assert rows[date(2022, 4, 1)]["value_usd"] == 3_771_014_334
    assert any("Lunar New Year" in text for text in china.warnings)
    [shift] = beside(china, "shifts")
    assert shift["reason"] == "chance may give it", "a dip that recovers is no shift of level"


def test_the_eu_fell_to_russia_and_rose_to_kyrgyzstan_at_dates_the_robust_fit_finds(store: Store):
    russia = event(store, origin="EU27", destination="RUS", control="KGZ,KAZ,ARM,GEO,UZB")
    [shift] = beside(russia, "shifts")
    assert shift["position"] == date(2022, 3, 1)
    assert -0.55 <= shift["change_low_90"] <= shift["change"] <= shift["change_high_90"] <= -0.3
    assert any("diverted" in text for text in russia.warnings)
    kyrgyz = event(store, origin="EU27", destination="KGZ", event="invasion")
    [shift] = beside(kyrgyz, "shifts")
    assert (shift["position"], shift["change"] > 4) == (date(2022, 7, 1), True)
    [test] = [row for row in beside(kyrgyz, "tests") if row["test"] == "controls in its place"]
    assert (test["tested"], test["smallest_p_value"]) == (5, pytest.approx(1 / 6))


def test_graphite_of_china_to_russia_is_too_noisy_to_tell(store: Store):
    """Nine customers bought in every month: an effect of half is within what they do by chance."""
    found = event(store, origin="CHN", destination="RUS", commodity="380110")
    tests = {row["test"]: row for row in beside(found, "tests")}
    assert tests["controls in its place"]["p_value"] > 0.3
    assert tests["controls in its place"]["tested"] >= 8
    assert not [row for row in beside(found, "episodes") if row["episode"] == "fall" and row["is_found"]]
