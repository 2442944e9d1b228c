"""Both sides of real trade brought to one value: the sides, the weights, and what was set aside."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from entrepot import Answer, Store, reconcile

NOW = datetime(2026, 1, 2, tzinfo=UTC)
FILES = (
    "eurostat_totals/eurostat_totals_long.csv", "national/armenia*.csv", "national/kazakhstan*.csv",
    "national/kyrgyzstan_imports*.csv", "national/kyrgyzstan_exports*.csv", "national/uzbekistan*.csv",
    "comtrade/comtrade_all_exports_2021A.csv", "russia_fcs/*.csv", "reference/cepii_*.csv",
)  # fmt: skip


@pytest.fixture(scope="module")
def answer(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Answer:
    """All goods in 2021, reliability from 2018 to 2020."""
    store = Store(tmp_path_factory.mktemp("reconcile") / "store")
    for pattern in FILES:
        for path in sorted(data.glob(pattern)):
            store.add(path, now=NOW)
    return reconcile(store, period="2021", base="2018:2020")


def row_of(answer: Answer, exporter: str, importer: str) -> dict[str, float]:
    rows = answer.rows.to_pylist()
    return next(row for row in rows if (row["exporter"], row["importer"]) == (exporter, importer))


def test_both_sides_are_kept_as_reported(answer):
    """China to Kyrgyzstan, USD m: 7,473.7 left and 1,463.8 arrived; the value lies between."""
    row = row_of(answer, "CHN", "KGZ")
    assert round(row["export_usd"] / 1e6, 1) == 7_473.7
    assert round(row["import_cif_usd"] / 1e6, 1) == 1_463.8
    assert row["import_fob_usd"] == pytest.approx(row["import_cif_usd"] / (1 + row["margin"]))
    assert row["import_fob_usd"] < row["value_usd"] < row["export_usd"]
    assert row["low_90_usd"] < row["value_usd"] < row["high_90_usd"]


def test_two_currencies_of_one_figure_are_one_figure(answer):
    """Germany's exports of 2021 are held in dollars (Comtrade) and in euros (Eurostat): counted once."""
    assert row_of(answer, "DEU", "KGZ")["export_usd"] == pytest.approx(59_334_764.075)


def test_what_was_set_aside_and_what_was_kept_is_all_there_was(answer):
    """The value each rule decided on adds up, and what was reconciled came from what was kept."""
    rules = {(row["stage"], row["rule"]): row for row in answer.beside["rules"].to_pylist()}
    assert rules["rows", "kept"]["rows"] > 20_000
    assert rules["rows", "by consignment, origin is held"]["rows"] > 0
    assert rules["reconciled", "both sides"]["rows"] > 300
    assert len(answer.rows) == sum(r["rows"] for (stage, _), r in rules.items() if stage == "reconciled")


def test_weights_follow_the_reliability_of_the_years_before(answer):
    """Each weight is the other side's variance over both, of reporters of the table beside."""
    told = {
        (r["reporter"], r["role"]): r["standard_deviation"] for r in answer.beside["reliability"].to_pylist()
    }
    row = row_of(answer, "DEU", "KAZ")
    one, other = told["DEU", "exporter"] ** 2, told["KAZ", "importer"] ** 2
    assert row["weight_exporter"] == pytest.approx(other / (one + other))
