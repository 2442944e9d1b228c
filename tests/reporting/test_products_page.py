"""The page on goods: lists, tiers, relatives in other editions and bounds are those of the commands."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from entrepot.model.commodity import product_lists
from entrepot.present.report import render
from entrepot.reporting import PAGES, Asked
from entrepot.store import Store
from tests.reporting.command import told

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
NOW = datetime(2023, 5, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Exports of the month before and of the month after a change of edition."""
    made = Store(tmp_path_factory.mktemp("products"))
    made.add(EXAMPLES / "changeover-2022.csv", now=NOW, published=date(2023, 2, 10))
    return made


def sections(store, part, **asked):
    return list(PAGES["products"].part(part).make(store, Asked("XAA", "XBB", **asked)))


def test_every_tier_of_every_list_leads_to_its_codes(store):
    (page,) = sections(store, "lists")
    for link, row in zip(page.links, page.answer.rows.to_pylist(), strict=True):
        (codes,) = sections(store, "codes", **link)
        assert len(codes.answer.rows) == row["codes"]
    assert {one.name for one in page.answer.cited} == set(product_lists())


def test_a_code_is_in_its_tier_or_a_part_of_it_is(store):
    (page,) = sections(store, "codes", commodity="854231,8542,010121")
    assert [(row["commodity"], row["chpl"]) for row in page.answer.rows.to_pylist()] == [
        ("010121", ""),
        ("8542", "(1)"),
    ]
    (page,) = sections(store, "codes", commodity="854231")
    assert page.answer.rows["chpl"].to_pylist() == ["1"]


def test_relatives_are_the_command_s(store):
    (page,) = sections(store, "editions", commodity="chpl")
    command = told(store, "codes", "--commodity", "chpl", "--hs-revision", "HS2017")
    assert page.answer.to_json()["rows"] == command["rows"]


def test_bounds_are_the_command_s(store):
    """Before 2022 the code holds goods of others: its bounds part."""
    (page,) = sections(store, "bounds", commodity="HS2022:854149")
    ends = ("--reporter", "XAA", "--partner", "XBB", "--commodity", "HS2022:854149")
    command = told(store, "flows", *ends, "--bounds", "all")
    assert page.answer.to_json()["rows"] == command["rows"]
    assert any(row["uncertain_share"] for row in command["rows"])
    assert "furthest apart in December 2021" in page.sentences[1]


@pytest.mark.parametrize("part", [one.name for one in PAGES["products"].parts])
def test_goods_without_codes_and_an_empty_store_are_told(store, tmp_path, part):
    for held, goods in (
        (store, "TOTAL"),
        (store, "item:coal"),
        (store, "999999"),
        (Store(tmp_path / "n"), "87"),
    ):
        found = list(PAGES["products"].part(part).make(held, Asked("XAA", "XBB", commodity=goods)))
        assert all(one.sentences for one in found)
        assert render("Products", found)
