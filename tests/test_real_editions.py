"""The Common High Priority List over the change of codes in January 2022, on the EU's own figures."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from entrepot import Store, direct, flows

NOW = datetime(2026, 1, 2, tzinfo=UTC)
FILE = "eurostat_cn8/eu_cn8_sanctioned_exports_202001_202211_long.parquet"
NEIGHBOURS = "ARM,BLR,GEO,KAZ,KGZ,UZB"
SPAN = {"base": "2021-03:2021-11", "window": "2022-03:2022-11"}


@pytest.fixture(scope="module")
def eu(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The EU's exports of sanctioned goods, 2020 to November 2022, in codes of CN 2020 to CN 2022."""
    store = Store(tmp_path_factory.mktemp("eu") / "store")
    store.add(data / FILE, now=NOW)
    return store


def test_the_predecessor_of_a_code_born_in_2022_is_found(eu):
    """Parts of aeroplanes were 880330 to December 2021 and are 880730 since: EUR 178 m to Russia in 2021."""
    asked = {"reporter": "EU27", "partner": "RUS", "commodity": "HS2022:880730", "by": "year"}
    rows = flows(eu, **asked, period="2021:2022", bounds="all").rows.to_pylist()
    assert [(r["value_eur"], r["hs_revisions"]) for r in rows] == [(None, "HS2017"), (26_203_738, "HS2022")]
    assert [(r["value_low_eur"], r["value_high_eur"]) for r in rows] == [
        (0, 178_150_458),  # by all relations flat panel modules took something from 880330
        (26_203_738, 26_203_738),
    ]
    [before, _] = flows(eu, **asked, period="2021:2022", bounds="main").rows.to_pylist()
    assert (before["value_low_eur"], before["uncertain_share"]) == (178_150_458, 0)


def test_2021_and_2022_are_comparable(eu):
    """Growth is 12 points less than that of the same numbers, and no doubt of codes is left."""
    found = direct(eu, origin="EU27", destination=NEIGHBOURS, commodity="chpl", **SPAN, bounds="main")
    rows = {row["destination"]: row for row in found.rows.to_pylist()}
    total = rows[NEIGHBOURS.replace(",", "+")]
    assert round(total["change"], 3) == 0.604
    assert (round(total["change_low"], 3), round(total["change_high"], 3)) == (0.487, 0.487)
    assert (round(rows["KAZ"]["change"], 2), round(rows["KAZ"]["change_low"], 2)) == (1.32, 1.07)
    assert (round(rows["UZB"]["change"], 2), round(rows["UZB"]["change_low"], 2)) == (0.87, 0.64)


def test_by_all_relations_the_change_is_not_determined(eu):
    """The least is a fall, and there is no most."""
    found = direct(eu, origin="EU27", destination="KGZ", commodity="chpl", **SPAN, bounds="all")
    [row] = found.rows.to_pylist()
    assert row["change_low"] < 0 < row["change"]
    assert row["change_high"] is None
    assert row["base_uncertain_share"] == 1
