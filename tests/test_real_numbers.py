"""Numbers that must come out of the real files, asked the way a user asks.

One store holds every file of published trade statistics at once, as an analyst's would: figures of several
sources and levels lie side by side, and each answer must still be the publisher's own.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from entrepot import Store, direct, flows, status
from entrepot.errors import ReadError

NOW = datetime(2026, 1, 2, tzinfo=UTC)
TRADE = (
    "gacc/gacc_*.csv", "gacc/China_Exports_to_Russia.csv", "china_customs_wind/*.csv", "china_hs6/*.csv",
    "eurostat_cn8/*", "eurostat_totals/*.csv", "eurostat_totals/*.xlsx",
    "eurostat_totals/as_exported/**/*.csv",
    "national/*.csv", "official_reexports/*.csv", "russia_fcs/*.csv", "baci/ExampleTradeData.csv",
    "comtrade/comtrade_all_exports_2021A.csv", "comtrade/api_rows_47_columns.csv", "comtrade/api/get_*.json",
)  # fmt: skip
GIVEN = {"ExampleTradeData.csv": {"hs_revision": "HS1992"}}
MN = 1e6


@pytest.fixture(scope="session")
def real(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Every file that holds trade, in one store."""
    store = Store(tmp_path_factory.mktemp("real") / "store")
    for pattern in TRADE:
        paths = sorted(data.glob(pattern))
        assert paths, f"nothing matches {pattern}"
        for path in paths:
            store.add(path, now=NOW, given=GIVEN.get(path.name))
    return store


def value(store: Store, *, period: str, by: str = "month", currency: str = "usd", **question: str) -> float:
    rows = flows(store, period=period, by=by, **question).rows
    return float(sum(rows[f"value_{currency}"].to_pylist()))


@pytest.mark.parametrize(("month", "billions"), [("2021-12", 8.09), ("2022-04", 3.77), ("2022-08", 7.92)])
def test_china_to_russia(real, month, billions):
    """The dip of early 2022 and the way back, all goods."""
    assert round(value(real, reporter="CHN", partner="RUS", period=month) / 1e9, 2) == billions


@pytest.mark.parametrize(
    ("partner", "millions"),
    [("RUS", 11_654), ("KGZ", 2_178), ("UZB", 1_684), ("KAZ", 1_580), ("BLR", 1_500), ("TJK", 50)],
)
def test_chinese_cars_in_2023(real, partner, millions):
    """HS 8703, summed from twelve months of China's own query export."""
    found = value(real, reporter="China", partner=partner, commodity="8703", period="2023", by="year")
    assert round(found / MN) == millions


def sanctioned(real, destination, control=""):
    answer = direct(
        real, origin="EU27", destination=destination, control=control, commodity="eu-cn8", base="2021",
        window="2022-03:2022-11", currency="EUR",
    )  # fmt: skip
    return {row["destination"]: row for row in answer.rows.to_pylist()}


def test_eu_sanctioned_goods_fall_to_russia_and_rise_to_its_neighbours(real):
    """March to November 2022 on the same months of 2021, in the published style."""
    rows = sanctioned(real, "eu-neighbours-6,RUS")
    assert (round(rows["RUS"]["base_value_eur"] / MN, 2), round(rows["RUS"]["window_value_eur"] / MN, 2)) == (
        25_781.68,
        7_329.63,
    )
    assert round(rows["RUS"]["change"] * 100, 2) == -71.57
    assert round(rows["eu-neighbours-6"]["change"] * 100, 2) == 94.59


def test_the_spliced_growth_of_the_neighbours_is_smaller(real):
    """Codes born with CN 2022 have no 2021: over codes alive on both sides the rise is 13 points less."""
    row = sanctioned(real, "ARM,BLR,GEO,KAZ,KGZ,UZB")["ARM+BLR+GEO+KAZ+KGZ+UZB"]
    assert 0.10 < row["change"] - row["change_spliced"] < 0.16
    assert (row["change_low"], row["change_high"]) == (row["change_spliced"], row["change"])


@pytest.mark.parametrize(
    ("partner", "before", "after"),
    [
        ("ARM", 154.24, 663.22), ("BLR", 1_953.5, 2_336.2), ("GEO", 430.4, 960.7),
        ("KAZ", 1_381.0, 3_365.2), ("KGZ", 60.4, 479.7), ("UZB", 475.0, 863.3),
    ],
)  # fmt: skip
def test_each_neighbour(real, partner, before, after):
    """Levels in EUR m, as recomputed by others from the same publication."""
    row = sanctioned(real, partner)[partner]
    assert row["base_value_eur"] / MN == pytest.approx(before, abs=0.06)
    assert row["window_value_eur"] / MN == pytest.approx(after, abs=0.06)


def test_partners_sum_to_world_for_every_reporter_of_2021(real):
    """UN Comtrade 2021: 149 reporters, each equal to the sum of its partners."""
    rows = real.flows(sources=["comtrade"])
    year = rows.filter(rows.period == date(2021, 1, 1), rows.flow == "export", rows.commodity == "TOTAL")
    year = year.filter(year.frequency == "A", year.breakdown == "")
    world = year.value.sum(where=year.partner == "WLD")
    parts = year.value.sum(where=year.partner != "WLD")
    sums = real.run(year.group_by("reporter").agg(world=world, parts=parts)).to_pylist()
    assert len(sums) == 149
    assert all(row["parts"] == pytest.approx(row["world"], rel=1e-6) for row in sums)


def test_27_members_are_the_eu27(real):
    """Members' monthly exports add up to Eurostat's own EU27 row, exactly."""
    question = {"partner": "RUS", "period": "2019-01:2024-08", "currency": "EUR"}
    whole = flows(real, reporter="EU27", **question).rows.to_pylist()
    members = flows(real, reporter="EU27", by="month,reporter", **question).rows.to_pylist()
    assert {row["reporter_member"] for row in members} == {"EU27"}
    rows = real.flows(sources=["eurostat"])
    from entrepot.model.area import group

    codes = [member.code for member in group("EU27").members]
    parts = rows.filter(
        rows.reporter.isin(codes), rows.partner == "RUS", rows.commodity == "TOTAL", rows.frequency == "M",
        rows.flow == "export",
    )  # fmt: skip
    sums = {
        r["period"]: r["value"]
        for r in real.run(parts.group_by("period").agg(value=parts.value.sum())).to_pylist()
    }
    assert len(whole) == 68
    assert {row["period"]: row["value_eur"] for row in whole} == sums


def test_a_group_without_one_of_its_members_says_so(real):
    """Eurostat's totals as held have five of the six neighbours; its goods under sanctions have all."""
    asked = {"reporter": "EU27", "partner": "eu-neighbours-6", "period": "2022-03:2022-11", "currency": "EUR"}
    told = [flows(real, **asked, commodity=goods).warnings for goods in ("TOTAL", "eu-cn8")]
    silent = [[one for one in warnings if "nothing is held of" in one] for warnings in told]
    assert silent == [["eu-neighbours-6 is summed from its members, and nothing is held of BLR."], []]


def test_armenian_re_exports_by_chapter_are_the_total(real):
    """To the cent."""
    total = value(real, reporter="ARM", partner="WLD", flow="re-export", period="2023", by="year")
    rows = real.flows(sources=["armenia"])
    chapters = rows.filter(
        rows.flow == "re-export", rows.period == date(2023, 1, 1), rows.commodity != "TOTAL"
    )
    found = real.run(chapters.agg(value=chapters.value.sum())).to_pylist()[0]["value"]
    assert round(found, 2) == round(total, 2) == 279_642_665.51


def test_russian_vehicle_imports_of_2021(real):
    """Russia's own customs, HS 87."""
    found = value(
        real, reporter="RUS", partner="WLD", flow="import", commodity="87", period="2021", by="year"
    )
    assert round(found / MN, 1) == 26_901.8


def test_mirror_of_china_and_kyrgyzstan_2021(real):
    """7,473.7 left China for Kyrgyzstan by China's count, 1,463.8 arrived by Kyrgyzstan's (USD m)."""
    left = value(real, reporter="CHN", partner="KGZ", period="2021", by="year")
    arrived = value(real, reporter="KGZ", partner="CHN", flow="import", period="2021", by="year")
    assert (round(left / MN, 1), round(arrived / MN, 1)) == (7_473.7, 1_463.8)


@pytest.mark.parametrize(("month", "millions"), [("2022-02", 4_272), ("2022-05", 7_364), ("2022-07", 6_667)])
def test_russian_crude_coal_and_pipeline_gas(real, month, millions):
    """China's imports from Russia, three fuels together."""
    found = value(
        real, reporter="CHN", partner="RUS", flow="import", commodity="2709,2701,271121", period=month
    )
    assert round(found / MN) == millions


def test_status_lists_every_reporter_and_level(real):
    """What is held can be seen at one look."""
    rows = status(real).rows.to_pylist()
    assert {"CHN", "RUS", "KAZ", "KGZ", "UZB", "ARM", "EU27", "DEU"} <= {row["reporter"] for row in rows}
    assert {row["source"] for row in rows} >= {
        "gacc",
        "eurostat",
        "comtrade",
        "baci",
        "fcs",
        "armenia",
        "kazakhstan",
    }


@pytest.mark.parametrize(
    "name", ["lists/chpl_2024-02-23.csv", "hs/sections.csv", "reference/areas_not_specified.csv"]
)
def test_files_without_trade_are_refused(data, tmp_path, name):
    """A product list is not trade, and the refusal says what to do."""
    with pytest.raises(ReadError, match="tidy format"):
        Store(tmp_path / "store").add(data / name, now=NOW)
