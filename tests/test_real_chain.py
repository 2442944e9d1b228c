"""Chains through real trade: the neighbours of 2022, and all of 2021 without a base."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from entrepot import Answer, Store, chain, reconcile

NOW = datetime(2026, 1, 2, tzinfo=UTC)
FILES = (
    "eurostat_totals/eurostat_totals_long.csv", "national/armenia*.csv", "national/kazakhstan*.csv",
    "national/kyrgyzstan_imports*.csv", "national/kyrgyzstan_exports*.csv", "national/uzbekistan*.csv",
    "comtrade/comtrade_all_exports_2021A.csv", "russia_fcs/*.csv",
)  # fmt: skip


@pytest.fixture(scope="module")
def store(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """All pairs of 2021, and of 2022 what the Union and four of Russia's neighbours publish."""
    held = Store(tmp_path_factory.mktemp("chain") / "store")
    for pattern in FILES:
        for path in sorted(data.glob(pattern)):
            held.add(path, now=NOW)
    return held


@pytest.fixture(scope="module")
def answer(store: Store) -> Answer:
    return chain(store, origin="EU27", destination="RUS", base="2021", window="2022", margin="0.06")


def of(answer: Answer, method: str, hub: str | None = None) -> dict[str, float]:
    rows = answer.rows.to_pylist()
    (row,) = [one for one in rows if (one["hops"], one["method"], one["hub"]) == ("1+", method, hub)]
    return row


def test_the_methods_differ_by_more_than_three_times(answer):
    """The Union's goods that reached Russia by way of others, beyond 2021: least <= middle <= most."""
    added = [of(answer, method)["excess_usd"] for method in ("least", "proportional", "maximum flow")]
    assert added == sorted(added)
    assert added[2] > 3 * added[1] > 0
    assert of(answer, "least")["excess_usd"] <= of(answer, "entropy")["excess_usd"] <= added[2]


def test_armenia_is_new_and_kazakhstan_was_there_before(answer):
    """Of what passed through Kazakhstan more than half did in 2021; of Armenia less than a third."""
    before = {hub: of(answer, "proportional", hub)["before_share"] for hub in ("KAZ", "ARM")}
    assert before["ARM"] < 1 / 3 < 1 / 2 < before["KAZ"]
    assert any(text.startswith("KAZ: entrepot already before") for text in answer.warnings)
    assert not any(text.startswith("ARM: entrepot") for text in answer.warnings)


def test_who_cannot_be_seen_is_named(answer):
    """Georgia's exports of 2022 are not held, nor Russia's imports; China's own imports of 2022 neither."""
    told = " ".join(answer.warnings)
    assert "from GEO: chains through them are unseen" in told
    assert not [row for row in answer.rows.to_pylist() if row["hub"] in ("GEO", "CHN")]
    assert 0.5 < answer.rows["coverage"].to_pylist()[0] < 0.95


def test_all_pairs_of_one_year_have_no_excess(store):
    """149 reporters, 2021: tracing answers, and what is new is refused with the reason."""
    ends = {"margin": "0.06", "exporter": "DEU", "importer": "RUS"}
    found = chain(store, origin="DEU", destination="RUS", window="2021", hops=1, margin="0.06")
    (both,) = reconcile(store, period="2021", **ends).rows.to_pylist()
    (direct,) = [row for row in found.rows.to_pylist() if row["hops"] == "0"]
    assert direct["value_usd"] == pytest.approx(both["value_usd"])
    assert of(found, "proportional")["value_usd"] > 0
    assert found.rows["excess_usd"].null_count == len(found.rows)
    assert any("excess and change are refused" in text for text in found.warnings)
