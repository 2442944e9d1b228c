"""China towards Russia on the days of the two documents, from their own figures and from published files."""

from __future__ import annotations

import csv
import math
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from entrepot import Answer, Store, posture
from tests.conftest import ROOT

NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
EARLY, LATE = date(2022, 9, 30), date(2024, 6, 18)
PUBLISHED = date(2024, 11, 25)  # of the national files: the last day one of their collection was downloaded
FILES: dict[str, dict[str, Any]] = {
    "china_customs_wind/china_imports_wind_to_2022-06.csv": {},
    "china_customs_wind/china_imports_wind_to_2023-02.csv": {},
    "gacc/China_Exports_to_Russia.csv": {},
    "national/armenia_monthly_by_partner_2017_2023.csv": {"published": PUBLISHED},
    "national/kazakhstan_by_partner_2018_2023.csv": {"published": PUBLISHED},
    "national/kyrgyzstan_imports_by_partner_1994_2023.csv": {"published": PUBLISHED},
    "national/uzbekistan_imports_by_partner_2010_2023.csv": {"published": PUBLISHED},
    "reference/aei_china_global_investment_tracker_2005_2021.csv": {"published": date(2022, 1, 20)},
    "reference/sipri_arms_transfers_register_2000_2023.csv": {},
    "reference/unga_votes_1946_2020.parquet": {"published": date(2020, 2, 1)},
    "reference/unga_roll_calls_1946_2020.parquet": {"published": date(2020, 2, 1)},
    "reference/unga_es11_votes.xlsx": {
        "published": date(2022, 3, 2),
        "given": {"roll_call": "ES-11/1", "date": "2022-03-02"},
    },
}


@pytest.fixture(scope="module")
def held(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A store of published files."""
    store = Store(tmp_path_factory.mktemp("posture") / "store")
    for name, more in FILES.items():
        store.add(data / name, now=NOW, **more)
    return store


@pytest.fixture(scope="module")
def early(held: Store) -> Answer:
    return posture(held, actor="CHN", partner="RUS", as_of=EARLY, also="2024-06-18", compare="TUR,ISR,IND")


@pytest.fixture(scope="module")
def late(held: Store) -> Answer:
    return posture(held, actor="CHN", partner="RUS", as_of=LATE)


def by_dimension(answer: Answer) -> dict[str, dict[str, Any]]:
    return {row["dimension"]: row for row in answer.rows.to_pylist()}


def ways(answer: Answer) -> dict[str, str]:
    return {key: row["reading"] for key, row in by_dimension(answer).items()}


@pytest.mark.parametrize(("day", "verdict"), [(EARLY, "hedging"), (LATE, "indirect material support")])
def test_the_documents_own_figures(tmp_path: Path, day: date, verdict: str):
    """Their tables of single figures, the comparisons they print, the lists of acts; no published file."""
    store = Store(tmp_path / "store")
    for name in ("documents-brief-2022", "documents-webster-2024"):
        store.add(ROOT / "figures" / f"{name}.csv", now=NOW)
    answer = posture(store, actor="CHN", partner="RUS", as_of=day, strict=True)
    assert answer.question["verdict"] == verdict
    assert not any(row["is_later_vintage"] for row in answer.rows.to_pylist())


def test_hedging_in_september_2022(early: Answer):
    """As the brief says: exercises and arms as before, and investment, if anything, contracted."""
    assert early.question["verdict"] == "hedging"
    told = {key: way for key, way in ways(early).items() if way != "not told"}
    assert set(told.values()) == {"no change"}
    assert set(told) == {
        *("goods-direct", "goods-indirect", "energy", "investment", "arms", "exercises", "votes", "words")
    }


def test_indirect_material_support_in_june_2024(late: Answer):
    assert late.question["verdict"] == "indirect material support"
    found = ways(late)
    assert (found["goods-direct"], found["goods-indirect"]) == ("toward", "toward")
    assert (found["energy"], found["arms"], found["exercises"]) == ("no change", "no change", "no change")
    assert (found["investment"], found["lending"], found["votes"]) == ("not told", "not told", "not told")


def test_on_statistics_alone_june_2024_is_hedging(held: Store, late: Answer):
    """The figures of goods are those that the article prints, of the same day as its conclusion."""
    assert late.question["texts"] == ["Webster 2024"]
    assert late.question["verdict_without_texts"] == "hedging"
    bare = posture(held, actor="CHN", partner="RUS", as_of=LATE, without_texts=True)
    assert bare.question["verdict"] == "hedging"
    goods = by_dimension(bare)["goods-indirect"]
    assert (goods["series"], goods["reading"]) == (
        "all goods, imports told by hubs (KAZ, KGZ, UZB)",
        "no change",
    )
    day_before = posture(held, actor="CHN", partner="RUS", as_of=date(2024, 6, 17))
    assert (day_before.question["verdict"], day_before.question["texts"]) == ("hedging", [])


def test_words_stand_with_russia_and_deeds_do_not_follow(early: Answer):
    """Why September 2022 is hedging: two thirds of nine statements, within 0.31 and 1."""
    assert by_dimension(early)["words"]["after"] == pytest.approx(2 / 3)
    assert by_dimension(early)["words"]["reading"] == "no change"
    without = {row["dimension"]: row["verdict"] for row in early.beside["left_out"].to_pylist()}
    assert without["words"] == "as before"


def test_which_readings_moved(early: Answer):
    moved = [row for row in early.beside["then_and_now"].to_pylist() if row["is_moved"]]
    told = {
        row["dimension"] for row in moved if "not told" not in (row["reading_before"], row["reading_after"])
    }
    assert told == {"goods-direct", "goods-indirect", "verdict"}


def test_what_each_verdict_hangs_on(early: Answer, late: Answer):
    """Hedging on the words; indirect support on goods by way of others, and on the article alone."""
    early_other = [row["dimension"] for row in early.beside["left_out"].to_pylist() if not row["is_same"]]
    assert early_other == ["words"]
    by_source = {row["source"]: row["verdict"] for row in late.beside["left_out_sources"].to_pylist()}
    assert by_source["documents: Webster 2024"] == "hedging"
    other = {
        row["dimension"]: row["verdict"] for row in late.beside["left_out"].to_pylist() if not row["is_same"]
    }
    assert other == {
        "goods-indirect": "direct material support",
        "figures printed in texts": "hedging",
    }
    tips = {(row["dimension"], row["verdict"]) for row in early.beside["tips"].to_pylist() if row["tips_at"]}
    assert {("goods-indirect", "indirect material support"), ("arms", "direct material support")} <= tips
    assert not [verdict for key, verdict in tips if key == "energy" and "support" in verdict]


def test_energy_is_read_by_what_came_and_not_by_its_price(early: Answer):
    """From the vintage of July 2022. Value rose by half again as much as energy did."""
    row = by_dimension(early)["energy"]
    assert (row["window"], row["is_later_vintage"], row["unit"]) == ("2022-03:2022-06", False, "MJ")
    assert candidate(early, "fuels, imports, value")["observed"] > row["observed"] + math.log(1.5)


def candidate(answer: Answer, series: str) -> dict[str, Any]:
    return next(row for row in answer.beside["candidates"].to_pylist() if row["series"] == series)


def test_exports_to_russia_against_the_file_itself(data: Path, early: Answer):
    """March to August 2022 over the mean of the same months of 2020 and 2021, with the csv module."""
    with (data / "gacc" / "China_Exports_to_Russia.csv").open(encoding="utf-8-sig") as file:
        months = {row["date"][:7]: float(row["value"]) for row in csv.DictReader(file)}
    sums = {year: sum(months[f"{year}-{month:02}"] for month in range(3, 9)) for year in (2020, 2021, 2022)}
    found = candidate(early, "all goods, exports")
    assert found["observed"] == pytest.approx(math.log(sums[2022] * 2 / (sums[2020] + sums[2021])))
    assert (found["is_read"], found["is_proxy"], found["is_later_vintage"]) == (False, True, True)


def test_the_vote_of_march_2022_moved_agreement_by_one_step(early: Answer):
    row = by_dimension(early)["votes"]
    assert (row["after"], row["window"], row["reading"]) == (0, "2022-03", "no change")
    assert row["before"] == pytest.approx(0.69, abs=0.01)


def test_of_comparators_too_little_is_held(early: Answer):
    """No trade of theirs by month is here: the program says so and gives no verdict."""
    found = {row["actor"]: row["verdict"] for row in early.beside["compared"].to_pylist()}
    assert found == {"CHN": "hedging"} | dict.fromkeys(("TUR", "ISR", "IND"), "too little is held")


def test_more_energy_alone_does_not_tip_it(held: Store):
    answer = posture(held, actor="CHN", partner="RUS", as_of=EARLY, assume=["energy:+1"])
    assert (answer.question["verdict"], ways(answer)["energy"]) == ("hedging", "toward")
    tipped = posture(held, actor="CHN", partner="RUS", as_of=EARLY, assume=["goods-indirect:+1"])
    assert tipped.question["verdict"] == "indirect material support"
