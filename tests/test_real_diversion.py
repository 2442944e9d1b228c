"""Rerouted trade on the real files: the Union's sanctioned goods by month, and its totals by year."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from entrepot import Answer, Store, diversion

NOW = datetime(2026, 1, 2, tzinfo=UTC)
CN8 = "eurostat_cn8/eu_cn8_sanctioned_exports_202001_202211_long.parquet"
TOTALS = "eurostat_totals/eurostat_totals_long.csv"
VIA = "KGZ,KAZ,ARM,GEO,BLR,UZB"
ELEVEN = {"ARM", "KGZ", "KAZ", "TTO", "UZB", "NGA", "MRT", "GEO", "AGO", "GIB", "MWI"}
Row = dict[str, Any]


def _store(data: Path, folder: Path, name: str) -> Store:
    held = Store(folder / "store")
    held.add(data / name, now=NOW, published=date(2023, 2, 20))
    return held


@pytest.fixture(scope="module")
def monthly(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Answer:
    return diversion(
        _store(data, tmp_path_factory.mktemp("cn8"), CN8),
        origin="EU27",
        destination="RUS",
        commodity="eu-cn8",
        base="2020-01:2022-01",
        window="2022-03:2022-11",
        via=VIA,
        currency="EUR",
    )


@pytest.fixture(scope="module")
def yearly(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Answer:
    store = _store(data, tmp_path_factory.mktemp("totals"), TOTALS)
    ends = {"origin": "EU27", "destination": "RUS", "base": "2017:2021", "window": "2022"}
    return diversion(store, currency="EUR", **ends)


def of(answer: Answer, hub: str, channel: str = "total") -> Row:
    (row,) = [one for one in answer.rows.to_pylist() if (one["hub"], one["channel"]) == (hub, channel)]
    return row


def choice(answer: Answer, model: str, goods: str) -> Row:
    table = answer.beside["choices"].to_pylist()
    (row,) = [one for one in table if (one["model"], one["goods"]) == (model, goods)]
    return row


# ------------------------------------------------------------------ the sanctioned goods by month
def test_the_share_of_the_fall_made_good(monthly):
    """An independent calculation puts it between 17 and 23 %, its 90 % ends between 11 and 35 %.

    Ours are wider: one earlier year is held, and how far all hubs miss together is little known.
    """
    row = of(monthly, "all")
    assert 0.17 <= row["share_of_loss"] <= 0.23
    assert 0.05 <= row["share_low_90"] < 0.13
    assert 0.30 < row["share_high_90"] <= 0.45
    assert row["share_of_loss"] == pytest.approx(row["rerouted_eur"] / row["loss_eur"], rel=0.02)


def test_all_codes_say_more_than_those_alive_on_both_sides(monthly):
    naive, spliced = (choice(monthly, "trend", goods) for goods in ("naive", "spliced"))
    assert naive["rerouted_eur"] > spliced["rerouted_eur"] == of(monthly, "all")["rerouted_eur"]
    assert naive["share_of_loss"] > spliced["share_of_loss"]
    assert 0.8 < of(monthly, "all")["coverage"] < 1


def test_who_is_discovered(monthly):
    found = {hub for hub in VIA.split(",") if of(monthly, hub)["discovered"]}
    assert found == {"KAZ", "KGZ", "ARM"}
    assert all(of(monthly, hub)["low_90_eur"] > 0 for hub in ("GEO", "UZB"))
    assert of(monthly, "BLR")["low_90_eur"] < 0 < of(monthly, "BLR")["high_90_eur"]
    assert of(monthly, "KAZ")["rank_high_90"] == 1


def test_hubs_add_up_to_the_whole(monthly):
    """The middle of a sum is not the sum of middles: nearly."""
    parts = sum(of(monthly, hub)["rerouted_eur"] for hub in VIA.split(","))
    assert parts == pytest.approx(of(monthly, "all")["rerouted_eur"], rel=0.03)


def test_intervals_hold_one_another(monthly):
    for hub in ("all", *VIA.split(",")):
        row = of(monthly, hub)
        lows = [row[f"low_{level}_eur"] for level in (95, 90, 80, 50)]
        highs = [row[f"high_{level}_eur"] for level in (50, 80, 90, 95)]
        assert sorted([*lows, row["rerouted_eur"], *highs]) == [*lows, row["rerouted_eur"], *highs]


@pytest.mark.parametrize("channel", ["re-export", "ghost"])
def test_channels_one_side_cannot_show(monthly, channel):
    """Only the Union's side is in the file: no figures, and a warning that says whose are missing."""
    for hub in ("all", *VIA.split(",")):
        row = of(monthly, hub, channel)
        assert [row[name] for name in ("rerouted_eur", "low_90_eur", "high_90_eur", "p_value")] == [None] * 4
        assert row["hubs"] == 0
    (told,) = [text for text in monthly.warnings if text.startswith(f"{channel} cannot be seen")]
    assert all(hub in told for hub in VIA.split(","))
    assert "do not tell" in told or "neither they nor the destination tell" in told


def test_models_without_controls_say_why(monthly):
    for model in ("donors", "gravity"):
        assert "partners far from the destination" in choice(monthly, model, "spliced")["refused"]
    assert monthly.question["model"] == "trend"
    assert any("too few partners far from the destination" in text for text in monthly.warnings)


def test_keys_of_the_json(monthly):
    keys = set(json.loads(json.dumps(monthly.to_json()))["rows"][0])
    asked = {"origin", "hub", "destination", "commodity", "channel", "p_value", "discovered", "coverage"}
    money = {"rerouted_eur"} | {f"{end}_{n}_eur" for end in ("low", "high") for n in (50, 80, 90, 95)}
    assert asked | money | {"explanations"} <= keys


def test_cars_lead_the_goods_discovered(monthly):
    cells = monthly.beside["discovered"].to_pylist()
    assert (cells[0]["hub"], cells[0]["commodity"]) == ("KAZ", "87032410")
    assert sum(cell["commodity"].startswith("87") for cell in cells) > len(cells) / 3


# ------------------------------------------------------------------ the totals by year
def lists(answer: Answer) -> dict[str, set[str]]:
    return {row["list"]: set(row["hubs"].split()) for row in answer.beside["lists"].to_pylist()}


def test_the_rule_in_use_beside_ours(yearly):
    """The rule flags the published eleven, and four more whose French year of 2016 is read."""
    told = lists(yearly)
    rule = told["rule: growth above 50 %, z above 1.96, above 100 m"]
    assert rule >= ELEVEN
    assert len(rule) <= 15


def test_ours_names_no_fuel_story(yearly):
    """Under each setting ours names neighbours alone; the rule's others are fuel and growth elsewhere."""
    told = lists(yearly)
    spurious = ELEVEN - {"ARM", "KGZ", "KAZ", "UZB", "GEO"}
    ours = {name: hubs for name, hubs in told.items() if name.startswith("ours")}
    assert len(ours) == 6
    assert not any(hubs & spurious for hubs in ours.values())
    assert {"ARM", "KAZ", "KGZ"} <= ours["ours: neighbours of the destination, false discovery rate 10%"]


def test_totals_of_one_good_refuse_gravity(yearly):
    assert "10 goods" in choice(yearly, "gravity", "spliced")["refused"]
    assert yearly.question["model"] == "donors"
