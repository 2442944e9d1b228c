"""The page on what is held: its numbers are the calendar's, its gaps are named, an empty store is told so."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from entrepot import answers
from entrepot.errors import NoDataError, UsageError
from entrepot.present.report import render
from entrepot.reporting import PAGES, Asked
from entrepot.store import Store

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
NOW = datetime(2023, 5, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Exports of two years, imports of half of one, faults, and acts."""
    made = Store(tmp_path_factory.mktemp("coverage"))
    for name in ("exports-2021-2022.csv", "fuels-2022.csv", "exports-with-faults.csv", "acts.csv"):
        made.add(EXAMPLES / name, now=NOW, published=date(2023, 4, 10))
    return made


def sections(store, part, **asked):
    return list(PAGES["coverage"].part(part).make(store, Asked("", "", **asked)))


def test_counts_are_those_of_the_calendar(store):
    """Exports of 24 months and then of two; imports of seven of those twenty-six."""
    answer = answers.calendar(store, reporter="XAA")
    assert {row["state"]: row["periods"] for row in answer.beside["states"].to_pylist()} == {
        "held": 24 + 2 + 7,
        "missing": 26 - 7,
    }
    page = sections(store, "calendar", country="XAA")
    assert page[0].answer.rows == answer.rows
    assert "33 held as reported" in page[0].sentences[0]
    assert "19 missing" in page[0].sentences[0]
    assert [one.what for one in page[0].missing] == [
        "19 months of imports of simulated country XAA (tidy), the last 2023-02"
    ]


def test_without_a_country_each_reporter_year_by_year(store):
    page = sections(store, "calendar")
    assert [one.answer.question["by"] for one in page] == ["year"]
    assert page[0].chart is not None


def test_a_calendar_of_one_flow_and_of_some_goods(store):
    imports = answers.calendar(store, flow="import", commodity="2701", period="2022-01:2022-03")
    assert [row["commodities"] for row in imports.rows.to_pylist()] == [1, 1, 1]
    with pytest.raises(NoDataError, match="--by year"):
        answers.calendar(store, commodity="01")
    with pytest.raises(UsageError, match="month or year"):
        answers.calendar(store, by="week")


def test_how_fresh_and_what_is_beside(store):
    page = sections(store, "series")
    assert [one.heading for one in page][:2] == [
        "How fresh it is",
        "Deals, deliveries, exercises, statements",
    ]
    assert page[0].answer.rows == answers.status(store).rows


def test_rejects_are_counted_by_file(store):
    by_file, rows = sections(store, "rejects")
    assert [(r["file"], r["rejects"]) for r in by_file.answer.rows.to_pylist()] == [
        ("exports-with-faults.csv", 5)
    ]
    assert rows.answer.rows == answers.rejects(store).rows
    assert "5 rows of 1 of 4 files" in by_file.sentences[0]


def test_licences_of_each_file(store):
    (page,) = sections(store, "licences")
    assert len(page.answer.rows) == len(store.snapshots())
    assert set(page.answer.rows["passing_on"].to_pylist()) == {"as the publisher named says"}


@pytest.mark.parametrize("part", [one.name for one in PAGES["coverage"].parts])
def test_an_empty_store_and_an_unknown_country_say_what_is_missing(store, tmp_path, part):
    empty = list(PAGES["coverage"].part(part).make(Store(tmp_path / "none"), Asked("", "")))
    assert "entrepot add" in render("Coverage", empty)
    stranger = sections(store, part, country="XZZ")
    assert all(one.sentences for one in stranger)
