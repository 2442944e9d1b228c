"""Published registers and votes: figures that documents print, and sums done again by other means."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from entrepot import Store, acts, agreement, status, votes

NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
TRACKER = "aei_china_global_investment_tracker_2005_2021.csv"
ARMS = "sipri_arms_transfers_register_2000_2023.csv"
ES11 = {"roll_call": "ES-11/1", "date": "2022-03-02"}


@pytest.fixture(scope="module")
def held(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A store of both registers and of all votes."""
    store = Store(tmp_path_factory.mktemp("acts") / "store")
    folder = data / "reference"
    store.add(folder / TRACKER, now=NOW, published=date(2022, 1, 20))
    store.add(folder / ARMS, now=NOW)
    for name in ("votes", "roll_calls"):
        store.add(folder / f"unga_{name}_1946_2020.parquet", now=NOW, published=date(2020, 2, 1))
    store.add(folder / "unga_es11_votes.xlsx", now=NOW, given=ES11)
    return store


def test_chinese_deals_in_russia_by_year(held: Store):
    """As the second document draws them, in millions; all of them since 2014 are of the Belt and Road."""
    answer = acts(held, actor="CHN", partner="RUS", kind="investment", period="2014:2021", mark="BRI")
    found = {row["period"].year: row["amount"] / 1e6 for row in answer.rows.to_pylist()}
    assert {year: found[year] for year in (2014, 2015, 2017, 2019, 2021)} == {
        2014: 6_810,
        2015: 6_840,
        2017: 6_740,
        2019: 7_100,
        2021: 2_000,
    }


def test_the_tracker_says_nothing_of_2022(held: Store):
    """It ends in December 2021: no row, which is not a row of zero."""
    answer = acts(held, actor="CHN", partner="RUS", kind="investment", period="2021:2022", by="half")
    assert [row["period"] for row in answer.rows.to_pylist()] == [date(2021, 1, 1), date(2021, 7, 1)]


def test_arms_from_russia_to_china_as_the_file_adds_up(held: Store, data: Path):
    """By year, the sum done again with the csv module."""
    lines = (data / "reference" / ARMS).read_text(encoding="latin-1").splitlines()
    start = next(place for place, line in enumerate(lines) if line.startswith("SIPRI AT Database ID"))
    sums: dict[int, float] = {}
    for row in csv.DictReader(lines[start:]):
        if (row["Supplier"], row["Recipient"]) == ("Russia", "China"):
            year = int(row["Delivery year"])
            sums[year] = sums.get(year, 0) + float(row["TIV delivery values"])
    answer = acts(held, actor="RUS", partner="CHN", kind="arms", period="2000:2023")
    found = {row["period"].year: row["amount"] for row in answer.rows.to_pylist()}
    assert {year: round(value / 1e6, 4) for year, value in found.items() if value} == {
        year: round(value, 4) for year, value in sums.items()
    }
    assert len(found) == 24


def test_the_vote_of_2_march_2022(held: Store):
    answer = votes(held, roll_call="ES-11/1", area="BRA,RUS,IND,CHN,ZAF")
    assert {row["area"]: row["vote"] for row in answer.rows.to_pylist()} == {
        "BRA": "yes",
        "RUS": "no",
        "IND": "abstain",
        "CHN": "abstain",
        "ZAF": "abstain",
    }
    [ended] = answer.beside["roll_calls"].to_pylist()
    assert [ended[word] for word in ("yes", "no", "abstain", "absent")] == [141, 5, 35, 12]


def test_china_and_russia_vote_alike_as_numpy_has_it(held: Store, data: Path):
    """S of 2010 to 2019 from the files themselves."""
    folder = data / "reference"
    calls = pq.read_table(folder / "unga_roll_calls_1946_2020.parquet", columns=["rcid", "date"]).to_pydict()
    of_decade = {
        rcid
        for rcid, day in zip(calls["rcid"], calls["date"], strict=True)
        if "2010" <= str(day)[:4] <= "2019"
    }
    told = pq.read_table(folder / "unga_votes_1946_2020.parquet").to_pydict()
    place = {"yes": 1, "abstain": 2, "no": 3}
    stand: dict[str, dict[int, int]] = {"CN": {}, "RU": {}}
    for rcid, code, vote in zip(told["rcid"], told["country_code"], told["vote"], strict=True):
        if code in stand and int(rcid) in of_decade:
            stand[code][int(rcid)] = place[vote]
    both = sorted(stand["CN"].keys() & stand["RU"].keys())
    apart = np.abs(np.array([stand["CN"][one] - stand["RU"][one] for one in both]))
    [row] = agreement(held, area="CHN", partner="RUS", period="2010:2019", by="none").rows.to_pylist()
    assert row["votes"] == len(both) == 900
    assert row["s"] == pytest.approx(1 - 2 * apart.sum() / (2 * len(both)))
    draws = np.random.default_rng(7).choice(apart, size=(4_000, len(both)))
    low, high = np.quantile(1 - draws.mean(axis=1), [0.05, 0.95])
    assert (row["low_90"], row["high_90"]) == (pytest.approx(low, abs=0.01), pytest.approx(high, abs=0.01))


def test_status_tells_what_is_held(held: Store):
    beside = status(held).beside
    assert {row["kind"]: row["acts"] for row in beside["acts"].to_pylist() if row["source"] != "listed"} == {
        "investment": 3_752,
        "arms": 20_480,
    }
    [told] = beside["votes"].to_pylist()
    assert (told["undated"], told["roll_calls"]) == (0, 6_203 + 1)
