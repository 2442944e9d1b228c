"""Published results held against real files in their vintage: what holds, what was revised, what differs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from shutil import copyfile

import pytest

from entrepot import Store, check

NOW = datetime(2026, 1, 2, tzinfo=UTC)
CLAIMS = Path(__file__).resolve().parents[1] / "claims"
FILES: tuple[tuple[str, date | None], ...] = (
    ("eurostat_cn8/eu_cn8_sanctioned_exports_202001_202211_long.parquet", date(2023, 1, 13)),
    ("eurostat_cn8/*_spreadsheet.xlsx", None),
    ("eurostat_totals/*.xlsx", None),
    ("eurostat_totals/eurostat_totals_long.csv", date(2024, 11, 25)),
    ("national/armenia*.csv", date(2023, 3, 1)),
    ("national/kazakhstan*.csv", date(2024, 3, 1)),
    ("national/kyrgyzstan_*ports*.csv", date(2024, 5, 1)),
    ("national/uzbekistan*.csv", date(2024, 3, 1)),
    ("official_reexports/*.csv", date(2024, 3, 31)),
    ("russia_fcs/*.csv", date(2023, 3, 15)),
    ("gacc/gacc_8703_exports_2023*.csv", date(2024, 1, 20)),
    ("china_customs_wind/china_imports_wind_to_2022-06.csv", date(2022, 7, 24)),
    ("china_customs_wind/china_imports_wind_to_2023-02.csv", date(2023, 3, 22)),
    ("reference/gdp_current_usd.csv", date(2024, 6, 1)),
    ("reference/aei_china_global_investment_tracker_2005_2021.csv", date(2022, 1, 31)),
)
VOTE = {"roll_call": "ES-11/1", "date": "2022-03-02"}


HOLD = [
    "literature/sanctioned-goods-fall-and-rise",
    "literature/eu-exports-to-russia-by-year",
    "literature/eu-exports-anomalous-growth",
    "literature/armenia-re-exports",
    "literature/vote-of-2-march-2022",
    "webster-2024/vehicles-imports-2021-rus",
]
OTHERS = [
    "literature/eu-exports-fall-and-rise",
    "brief-2022/brics-vote",
    "brief-2022/bri-by-year",
    "brief-2022/fossil-fuels-held",
    "webster-2024/vehicles-exports-2023-kgz",
    "webster-2024/vehicles-exports-2023-rus",
    "webster-2024/quarter-of-gdp",
]


@pytest.fixture(scope="module")
def verdicts(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], dict[str, str]]:
    """The verdicts of one claim by the name of its checks: one ledger over one store of dated files."""
    folder = tmp_path_factory.mktemp("claims")
    store = Store(folder / "store")
    for pattern, day in FILES:
        for path in sorted(data.glob(pattern)):
            store.add(path, now=NOW, published=day)
    store.add(data / "reference/unga_es11_votes.xlsx", now=NOW, published=date(2022, 3, 2), given=VOTE)
    for name in HOLD + OTHERS:
        home = folder / "claims" / name.partition("/")[0]
        home.mkdir(parents=True, exist_ok=True)
        for file in (f"{name}.toml", f"{home.name}/publication.toml"):
            copyfile(CLAIMS / file, folder / "claims" / file)
    rows = check(store, path=folder / "claims").rows.to_pylist()
    return lambda name: {row["part"]: row["verdict"] for row in rows if row["claim"] == name}


@pytest.mark.parametrize("name", HOLD)
def test_what_holds_in_its_vintage(verdicts, name):
    assert set(verdicts(name).values()) == {"holds"}


def test_what_eurostat_said_in_january_2023_is_revised_since(verdicts):
    """36.3 bn to Russia and 20.3 to its neighbours in March to November 2022; 36.7 and 20.5 a year later."""
    assert verdicts("literature/eu-exports-fall-and-rise") == {
        "Russia, 2021": "holds",
        "Russia, 2022": "revised",
        "six neighbours, 2021": "holds",
        "six neighbours, 2022": "revised",
    }


def test_the_vote_holds_of_three_abstentions_and_not_of_russia(verdicts):
    told = verdicts("brief-2022/brics-vote")
    assert told.pop("Russia, a BRICS country too") == "differs"
    assert list(told.values()) == ["holds"] * 4


def test_a_year_that_is_not_named_stood_out_too(verdicts):
    """6.81 bn of deals in 2014, beside the three years named."""
    told = verdicts("brief-2022/bri-by-year")
    assert told.pop("largest of the years that are not named as standing out") == "differs"
    assert set(told.values()) == {"holds"}


@pytest.mark.parametrize(
    "name", ["webster-2024/vehicles-exports-2023-kgz", "webster-2024/vehicles-exports-2023-rus"]
)
def test_cars_alone_do_not_tell_of_all_vehicles(verdicts, name):
    """Heading 8703 is held, chapter 87 is claimed: a part is no test of the whole."""
    assert set(verdicts(name).values()) == {"not comparable"}


def test_a_quarter_of_gdp_by_the_printed_exports(verdicts):
    assert verdicts("webster-2024/quarter-of-gdp") == {
        "the printed exports over GDP": "holds",
        "the exports held over GDP": "not comparable",
    }


def test_three_fuels_are_most_of_the_fossil_fuels_printed(verdicts):
    """What had been published by September 2022 ends with June."""
    assert list(verdicts("brief-2022/fossil-fuels-held").values()) == [
        *("holds", "holds"),
        *("vintage not held", "vintage not held"),
    ]
