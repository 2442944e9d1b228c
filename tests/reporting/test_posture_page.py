"""The page on a posture: two days side by side, what it rests on, what is not told and what would tell it."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from entrepot.present.report import render
from entrepot.reporting import PAGES, Asked
from entrepot.store import Store
from tests.reporting.command import told

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
NOW = datetime(2024, 7, 1, tzinfo=UTC)
DAYS = {"as_of": date(2024, 6, 18), "beside": date(2022, 9, 30)}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Invented trade; of China and Russia only what the package's lists and texts tell."""
    made = Store(tmp_path_factory.mktemp("posture"))
    made.add(EXAMPLES / "towards-2022.csv", now=NOW, published=date(2022, 9, 20))
    return made


@pytest.fixture(scope="module")
def page(store):
    """Two days side by side, asked once."""
    return made(store, "CHN", "RUS", **DAYS)


def made(store, origin, destination, **asked):
    return list(PAGES["posture"].part("posture").make(store, Asked(origin, destination, **asked)))


def test_the_numbers_are_the_command_s(store, page):
    command = told(store, "--as-of", "2024-06-18", "posture", "CHN", "RUS", "--and", "2022-09-30")
    assert page[0].answer.rows.to_pylist() == command["beside"]["then_and_now"]
    named = {one.heading: one.answer for one in page if one.answer}
    witnesses = named["The witnesses behind each dimension, as of 2024-06-18"].to_json()["rows"]
    assert witnesses == command["rows"]
    assert (
        named["The verdict without each dimension, as of 2024-06-18"].to_json()["rows"]
        == (command["beside"]["left_out"])
    )


def test_the_verdicts_of_both_days_come_first_and_what_they_are_without_texts(page):
    assert page[0].sentences[0] == (
        "China towards Russia: hedging as of 2022-09-30, indirect material support as of 2024-06-18."
    )
    assert sum("With statistics alone, no text:" in one for one in page[0].sentences) == 2
    assert any("too little is held" in one for one in page[0].notes)


def test_what_is_not_told_has_the_file_that_would_tell(page):
    assert {one.what.partition(":")[0] for one in page[0].missing} >= {"lending", "votes"}


def test_an_unknown_reading_is_not_drawn_at_zero(page):
    spec = json.dumps(page[0].chart.wide)
    assert "not told" in spec
    rows = {row["dimension"]: row for row in page[0].answer.rows.to_pylist()}
    assert rows["lending"]["value_after"] is None


def test_one_day_alone_hints_at_a_second(store):
    (first, *_) = made(store, "CHN", "RUS", as_of=date(2022, 9, 30))
    assert first.heading == "China towards Russia: hedging"
    assert any("second day" in one for one in first.notes)


def test_a_pair_without_an_event_says_what_to_ask(store):
    (only,) = made(store, "XAA", "XBB")
    assert only.missing[0].command == "entrepot posture XAA XBB --event 2022-02"
    assert "entrepot posture" in render("Posture", [only])
