"""Both sides of real trade: published shares come out with the published choices, ours stand beside."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from entrepot import Store, mirror

NOW = datetime(2026, 1, 2, tzinfo=UTC)
FILES = (
    "eurostat_totals/eurostat_totals_long.csv", "national/armenia*.csv", "national/kazakhstan*.csv",
    "national/kyrgyzstan_imports*.csv", "national/kyrgyzstan_exports*.csv", "national/uzbekistan*.csv",
    "comtrade/comtrade_all_exports_2021A.csv", "russia_fcs/*.csv", "reference/cepii_*.csv",
)  # fmt: skip
WITHOUT_SLOVAKIA = (
    "AUT,BEL,BGR,HRV,CYP,CZE,DNK,EST,FIN,FRA,DEU,GRC,HUN,IRL,ITA,LVA,LTU,LUX,MLT,NLD,POL,PRT,ROU,SVN,ESP,SWE"
)
MN = 1e6


@pytest.fixture(scope="module")
def real(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Both sides of the trade of Armenia, Kazakhstan, Kyrgyzstan and Uzbekistan, and CEPII's geography."""
    store = Store(tmp_path_factory.mktemp("mirror") / "store")
    for pattern in FILES:
        for path in sorted(data.glob(pattern)):
            store.add(path, now=NOW)
    return store


@pytest.fixture(scope="module")
def published(real: Store):
    """The EU's exports against four importers, chosen as the published study chose."""
    answer = mirror(
        real, origin="EU27", destination="ARM,KAZ,KGZ", base="2021", window="2022",
        style="published", currency="EUR",
    )  # fmt: skip
    return {row["destination"]: row for row in answer.rows.to_pylist()}


@pytest.mark.parametrize(
    ("destination", "share"), [("KGZ", 71.7), ("KAZ", 47.1), ("ARM", 28.1), ("ARM+KAZ+KGZ", 47.2)]
)
def test_published_shares(published, destination, share):
    """Euro, yearly rates of two decimals, no margin, consignment where there is one, the union's own row."""
    assert round(published[destination]["missing_share"] * 100, 1) == share


def test_published_levels(published):
    """EUR m: exported more and arrived more, of the three together."""
    row = published["ARM+KAZ+KGZ"]
    assert round(row["additional_exports_eur"] / MN, 1) == 6_896.4
    assert round(row["additional_imports_eur"] / MN, 1) == 3_641.0


def test_uzbekistan_as_published_lacks_slovakia(real):
    """Its Slovak row is named in Russian and was missed: 51.7 % without it, 51.1 % with it."""
    question = {"origin": "EU27", "destination": "UZB", "base": "2021", "window": "2022", "currency": "EUR"}
    without = mirror(real, **question, style="published", counted_as=WITHOUT_SLOVAKIA).rows.to_pylist()[0]
    whole = mirror(real, **question, style="published").rows.to_pylist()[0]
    assert round(without["missing_share"] * 100, 1) == 51.7
    assert round(whole["missing_share"] * 100, 1) == 51.1


def test_ours_beside_the_published_and_each_step_between(real):
    """Currency, rates, margin, members, origin: each step's share is there, and an interval around ours."""
    answer = mirror(real, origin="EU27", destination="ARM", base="2021", window="2022")
    row = answer.rows.to_pylist()[0]
    assert row["basis"] == "origin"
    assert row["low_90"] < row["missing_share"] < row["high_90"]
    assert 0 < row["margin"] < 0.25
    assert 0 < row["margin_error"] < 0.1
    assert row["margin_source"].startswith("fitted on ")
    steps = {step["choice"]: step["missing_share"] for step in answer.beside["choices"].to_pylist()}
    assert len(steps) == 6
    assert round(steps["0 published style in EUR"] * 100, 1) == 28.1
    assert steps["5 basis: origin"] == pytest.approx(row["missing_share"])
    assert 0.15 < steps["5 basis: origin"] - steps["4 row: members"] < 0.21  # origin alone: 18 points


def test_ordinary_years_are_printed(real):
    """The share leaves 0 to 100 in years nothing is asked about."""
    answer = mirror(real, origin="EU27", destination="KGZ", base="2021", window="2022")
    years = {row["year"].year: row["missing_share"] for row in answer.beside["ordinary years"].to_pylist()}
    assert min(years) == 2010
    assert any(share < 0 or share > 1 for share in years.values() if share is not None)


def test_january_of_2023_is_no_year(real):
    """Armenia's 2023 is a January: the comparison is refused, and says so."""
    row = mirror(real, origin="EU27", destination="ARM", base="2021", window="2023").rows.to_pylist()[0]
    assert row["refused"] == "partial, 1 of 12 months are reported: the import side of the window"
    assert row["missing_share"] is None
    assert row["import_months"] == 1


def test_china_and_kyrgyzstan(real):
    """USD m in 2021: 7,473.7 left, 1,463.8 arrived."""
    row = mirror(real, origin="CHN", destination="KGZ", window="2021", margin="none").rows.to_pylist()[0]
    assert round(row["export_fob_usd"] / MN, 1) == 7_473.7
    assert round(row["import_fob_usd"] / MN, 1) == 1_463.8
    assert row["gap_usd"] == pytest.approx(row["export_fob_usd"] - row["import_fob_usd"])


def test_what_an_answer_rests_on(real):
    """The trade of both sides, the geography of the margin, and the exchange rates."""
    answer = mirror(real, origin="EU27", destination="KGZ", base="2021", window="2022")
    sources = {shot.source for shot in answer.snapshots}
    assert sources == {"eurostat", "kyrgyzstan", "cepii", "ecb"}
    assert set(answer.queries) >= {"sides", "rows", "world"}


@pytest.mark.parametrize(
    ("destination", "share"), [("KGZ", 0.77), ("KAZ", 0.60), ("ARM", 0.51), ("UZB", 0.73)]
)
def test_our_shares_in_dollars(real, destination, share):
    """The figures of docs/explanation/missing-share.md; the margin's fit moves with what a store holds."""
    row = mirror(real, origin="EU27", destination=destination, base="2021", window="2022").rows.to_pylist()[0]
    assert row["missing_share"] == pytest.approx(share, abs=0.015)
    assert row["low_90"] < row["missing_share"] < row["high_90"]


def test_a_union_of_which_some_fell_silent_is_refused(real):
    """Russia and Belarus publish no imports of 2022: what the others record is not the union's."""
    row = mirror(real, origin="EU27", destination="EAEU", base="2021", window="2022").rows.to_pylist()[0]
    assert "members report: the import side of the window" in row["refused"]
    assert row["gap_usd"] is None
