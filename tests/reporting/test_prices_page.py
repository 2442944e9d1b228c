"""The page on prices: the split and the unit values are the commands', of the side that is held."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from entrepot.present.report import render
from entrepot.reporting import PAGES, Asked
from entrepot.store import Store
from tests.reporting.command import told

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
NOW = datetime(2023, 5, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Exports of XAA over two years with weights; its imports of fuels from XBB over seven months."""
    made = Store(tmp_path_factory.mktemp("prices"))
    for name in ("exports-2021-2022.csv", "fuels-2022.csv"):
        made.add(EXAMPLES / name, now=NOW, published=date(2023, 2, 10))
    return made


def sections(store, part, origin="XAA", destination="XBB", **asked):
    return list(PAGES["prices"].part(part).make(store, Asked(origin, destination, **asked)))


def test_the_split_is_the_command_s(store):
    (page,) = sections(store, "split", commodity="8703", base="2021", window="2022")
    ends = ("--reporter", "XAA", "--partner", "XBB", "--commodity", "8703")
    command = told(store, "prices", *ends, "--base", "2021", "--window", "2022")
    assert page.answer.to_json()["rows"] == command["rows"]
    assert page.heading == "Value, price and volume, HS 8703: exports of XAA to XBB, 2021 to 2022".replace(
        "XAA", "simulated country XAA"
    ).replace("XBB", "simulated country XBB")
    row = command["rows"][0]
    assert f"{row['volume_index'] - 1:+.1%}".replace("%", " %").replace("-", "−") in page.sentences[0]


def test_where_goods_go_the_other_way_it_says_so(store):
    """Fuels go from XBB to XAA, as XAA reports."""
    (page,) = sections(store, "split", commodity="2709", base="2022-02", window="2022-07")
    assert page.answer.question["flow"] == "import"
    assert "go the other way" in page.notes[0]
    ends = ("--reporter", "XAA", "--partner", "XBB", "--flow", "import", "--commodity", "2709")
    command = told(store, "prices", *ends, "--base", "2022-02", "--window", "2022-07")
    assert page.answer.to_json()["rows"] == command["rows"]


def test_unit_values_are_the_command_s(store):
    page = sections(store, "unit-values", commodity="2709")
    ends = ("--reporter", "XAA", "--partner", "XBB", "--flow", "import", "--commodity", "2709")
    assert page[0].answer.to_json()["rows"] == told(store, "unit-values", *ends)["rows"]
    assert all(one.chart for one in page)
    assert "value" in page[1].heading.lower()


@pytest.mark.parametrize("part", ["split", "unit-values"])
def test_what_is_not_held_or_not_asked_is_said(store, tmp_path, part):
    for held, goods in ((store, "TOTAL"), (store, "01"), (Store(tmp_path / "none"), "2709")):
        (page,) = PAGES["prices"].part(part).make(held, Asked("XAA", "XBB", commodity=goods))
        assert page.sentences
        assert page.missing
        assert "entrepot" in render("Prices", [page])


def test_one_span_alone_is_not_compared(store):
    """Seven months of one year: no base."""
    (page,) = sections(store, "split", commodity="2709")
    assert "no base and window" in page.sentences[0]
