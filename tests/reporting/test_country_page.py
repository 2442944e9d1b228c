"""The page on a country: its imports against its size, its silence, what was revised, what is missing."""

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
    """Exports of two years and a revision of the second, fuels of half a year, product of two countries."""
    made = Store(tmp_path_factory.mktemp("country"))
    for name, day in (
        ("exports-2021-2022.csv", date(2023, 2, 10)),
        ("exports-2022-revised.csv", date(2023, 4, 10)),
        ("fuels-2022.csv", date(2023, 2, 10)),
        ("gdp.csv", date(2023, 4, 1)),
    ):
        made.add(EXAMPLES / name, now=NOW, published=day)
    return made


def sections(store, part, origin="XAA", **asked):
    return list(PAGES["country"].part(part).make(store, Asked(origin, "", **asked)))


def test_imports_against_the_size_are_the_command_s(store):
    """XBB reports nothing: what XAA says it sent is what is known."""
    (page,) = sections(store, "size", country="XBB", commodity="87")
    ends = ("--origin", "XAA", "--destination", "XBB", "--commodity", "87")
    command = told(store, "plausibility", *ends, "--period", "2021:2022")
    assert page.answer.to_json()["rows"] == command["rows"]
    last = command["rows"][-1]
    assert f"{last['gdp_share']:.1%}".replace("%", " %") in page.sentences[0]
    assert "exports reported by" in page.notes[0]
    assert page.chart is not None


def test_the_first_year_held_has_no_past(tmp_path):
    made = Store(tmp_path / "store")
    head, *rows = (EXAMPLES / "exports-2021-2022.csv").read_text().splitlines()
    (tmp_path / "exports.csv").write_text("\n".join([head, *(row for row in rows if "2022-" not in row)]))
    for file in (tmp_path / "exports.csv", EXAMPLES / "gdp.csv"):
        made.add(file, now=NOW, published=date(2023, 4, 1))
    (page,) = sections(made, "size", country="XBB", commodity="87")
    assert "of its gross domestic product" in page.sentences[0]
    assert not any("before that" in one for one in page.sentences)


def test_silence_is_told_with_its_month(store):
    """Imports end with July, exports with December of the same source."""
    silent = sections(store, "reports", country="XAA")[-1]
    assert any("end with July 2022, 5 months before" in one for one in silent.sentences)
    (stranger,) = [one for one in sections(store, "reports", country="XBB") if "silent" in one.heading]
    assert "not known" in stranger.sentences[0]
    assert stranger.missing


def test_what_the_latest_publication_changed(store):
    imports, exports = sections(store, "revisions", country="XCC", commodity="8542")
    assert imports.missing
    command = told(
        store,
        *("revisions", "--reporter", "XAA", "--partner", "XCC", "--commodity", "8542"),
        *("--since", "2023-04-09"),
    )
    assert exports.answer.to_json()["rows"] == command["rows"]
    assert command["rows"]
    assert f"{len(command['rows'])} " in exports.sentences[0]


def test_without_a_country_those_that_report_are_offered(store):
    (page,) = sections(store, "size")
    assert {one["country"] for one in page.links} == {"XAA"}
    assert len(page.links) == len(page.answer.rows)


@pytest.mark.parametrize("part", [one.name for one in PAGES["country"].parts])
def test_what_is_not_held_is_named(store, tmp_path, part):
    for held, country in ((store, "XZZ"), (Store(tmp_path / "none"), "XBB"), (store, "XAA")):
        found = list(PAGES["country"].part(part).make(held, Asked("XAA", "", country=country)))
        assert all(one.sentences for one in found)
        assert render("Country", found)
