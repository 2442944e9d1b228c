"""The list of hubs on the Union's sanctioned vehicles: the figures of `entrepot diversion`, row by row."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from entrepot import Store, diversion
from entrepot.model.commodity import parse_commodity
from entrepot.present.figure import Section
from entrepot.reporting import PAGES, Asked

CN8 = "eurostat_cn8/eu_cn8_sanctioned_exports_202001_202211_long.parquet"
SPANS = {"base": "2020-01:2022-01", "window": "2022-03:2022-11"}
VEHICLES = ",".join(code for code in parse_commodity("eu-cn8").codes if code.startswith("87"))
ASKED = Asked("EU27", "RUS", VEHICLES, **SPANS)


@pytest.fixture(scope="module")
def store(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Store:
    held = Store(tmp_path_factory.mktemp("vehicles") / "store")
    held.add(data / CN8, now=datetime(2026, 1, 2, tzinfo=UTC), published=date(2023, 2, 20))
    return held


@pytest.fixture(scope="module")
def listed(store: Store) -> list[Section]:
    return list(PAGES["hubs"].part("list").make(store, ASKED))


def test_the_list_says_what_the_command_says(store, listed):
    """Asked of two stores that share nothing but the files."""
    ends = {"origin": "EU27", "destination": "RUS", "commodity": VEHICLES, "currency": "EUR"}
    answer = diversion(Store(store.folder), **ends, **SPANS)
    assert listed[0].answer is not None
    told = [row for row in answer.rows.to_pylist() if row["channel"] == "total"]
    assert listed[0].answer.rows.to_pylist() == told
    assert {row["hub"] for row in told} == {"all", "KAZ", "KGZ", "ARM", "GEO", "BLR", "UZB"}


def test_a_good_found_leads_to_a_dossier_that_says_the_same(store, listed):
    products = next(one for one in listed if one.links and one.heading.startswith("Which goods"))
    assert products.answer is not None
    first = products.answer.rows.to_pylist()[0]
    asked = replace(ASKED, **products.links[0])
    decided, rules, *_ = PAGES["dossier"].part("decision").make(store, asked)
    assert decided.answer is not None
    total = decided.answer.rows.to_pylist()[0]
    assert {name: total[name] for name in first} == first
    assert rules.answer is not None
    assert rules.answer.rows["is_met"].to_pylist()[0] is True


def test_where_one_side_alone_is_held_the_dossier_says_so(store):
    (sides,) = PAGES["dossier"].part("sides").make(store, replace(ASKED, hub="KAZ"))
    assert [gap.what for gap in sides.missing] == ["imports of Kazakhstan from the EU27, by month"]
    (prices,) = PAGES["dossier"].part("unit-values").make(store, replace(ASKED, hub="KAZ"))
    assert prices.missing[0].what.startswith("net weights")
