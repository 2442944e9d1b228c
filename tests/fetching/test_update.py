"""Bringing what was ordered up to date: only what changed is asked for, and revisions are told."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from entrepot.errors import NoDataError
from entrepot.fetching import Ordered, Watch, fetch
from entrepot.fetching.update import update
from tests.fetching.conftest import NOW
from tests.fetching.ecb import EuropeanCentralBank
from tests.fetching.fake import Fake, served
from tests.fetching.test_comtrade import WORDS, comtrade, stored, told


def test_a_revised_month_is_asked_again_and_its_revisions_are_told(store, settings):
    """As of the day before, the earlier figures stand."""
    with served(Fake(comtrade())) as fake:
        fetch(store, Ordered("comtrade", WORDS), settings("comtrade", fake.url))
        then, cells = stored(store), fake.dialect.cells
        cells[398, "202201", "X", 643, "8703"] += 50
        del cells[398, "202201", "X", 417, "8704"]
        fake.dialect.released[398, "202201"] = "2022-09-01"
        before = len(fake.seen)
        answer, errors = update(store, settings("comtrade", fake.url))
    assert errors == []
    assert [asked.path.split("/")[3] for asked in fake.seen[before:]] == ["getDA", "preview"]
    assert stored(store) == told(fake.dialect)
    assert stored(store, date(2022, 8, 31)) == then
    states = answer.rows["state"].to_pylist()
    assert sorted(states) == ["held already", "held already", "stored"]
    by_flow = {row["flow"]: row for row in answer.beside["revisions of trade"].to_pylist()}
    assert (by_flow["export"]["revised"], by_flow["export"]["withdrawn"], by_flow["export"]["new"]) == (
        1,
        1,
        0,
    )
    assert by_flow["export"]["change_value"] == 50
    assert (by_flow["import"]["revised"], by_flow["import"]["unchanged"]) == (0, 9)


def test_a_month_released_again_as_it_was_is_no_new_vintage(store, settings):
    with served(Fake(comtrade())) as fake:
        fetch(store, Ordered("comtrade", WORDS), settings("comtrade", fake.url))
        fake.dialect.released[398, "202201"] = "2022-09-01"
        answer, _ = update(store, settings("comtrade", fake.url))
    assert "unchanged" in answer.rows["state"].to_pylist()
    assert len(store.snapshots()) == 2


def test_nothing_ordered_is_told(store, settings):
    with pytest.raises(NoDataError, match="entrepot fetch"):
        update(store, settings("comtrade", "http://127.0.0.1:9"))


def test_a_publisher_that_is_away_is_told_and_the_others_are_asked(store, settings):
    with served(Fake(comtrade())) as fake:
        fetch(store, Ordered("comtrade", WORDS), settings("comtrade", fake.url))
    with served(Fake(EuropeanCentralBank({("USD", "2025-01"): 1.25}))) as bank:
        spoken = settings("ecb", bank.url)
        fetch(store, Ordered("ecb", {"period": "2025-01"}), spoken)
        away = replace(spoken, bases={**spoken.bases, "comtrade": "http://127.0.0.1:9"})
        answer, errors = update(store, away)
    assert [error.exit_code for error in errors] == [7]
    assert answer.rows.select(["source", "state"]).to_pylist() == [{"source": "ecb", "state": "unchanged"}]


def test_a_wait_is_told_to_who_watches(store, settings):
    waits: list[float] = []
    with served(Fake(comtrade(), wait=0)) as fake:
        fake.fail([None, "429", None])
        watch = Watch(waits=waits.append)
        fetch(store, Ordered("comtrade", WORDS), settings("comtrade", fake.url), watch)
    assert waits == [0.0]


def test_what_two_orders_come_to_is_told_once(store, settings):
    with served(Fake(comtrade())) as fake:
        for more in ({}, {"period": "2022-01"}):
            fetch(store, Ordered("comtrade", WORDS | more), settings("comtrade", fake.url))
        fake.dialect.cells[398, "202201", "X", 643, "8703"] += 50
        fake.dialect.released[398, "202201"] = "2022-09-01"
        answer, _ = update(store, settings("comtrade", fake.url))
    states = dict(zip(*(answer.rows[name].to_pylist() for name in ("asked", "state")), strict=True))
    assert len(states) == len(answer.rows)
    assert list(states.values()).count("stored") == 1


@pytest.mark.parametrize("words", [WORDS, WORDS | {"partner": "all"}])
def test_a_flow_withdrawn_wholly_is_gone_and_told(store, settings, words):
    """No row of imports is left, not even the world's: the answer speaks for them all the same."""
    with served(Fake(comtrade())) as fake:
        fetch(store, Ordered("comtrade", words), settings("comtrade", fake.url))
        cells = fake.dialect.cells
        for cell in [cell for cell in cells if cell[1] == "202201" and cell[2] == "M"]:
            del cells[cell]
        fake.dialect.released[398, "202201"] = "2022-09-01"
        answer, _ = update(store, settings("comtrade", fake.url))
    assert stored(store) == told(fake.dialect)
    by_flow = {row["flow"]: row for row in answer.beside["revisions of trade"].to_pylist()}
    assert (by_flow["import"]["withdrawn"], by_flow["export"]["withdrawn"]) == (9, 0)
    assert "published, and no row of the flow M" in answer.rows["why"].to_pylist()
    assert any(row["flow"] == "import" for row in _as_of(store, "2022-08-31"))


def _as_of(store, day):
    return store.run(store.flows(date.fromisoformat(day))).to_pylist()


def test_figures_taken_back_to_what_they_were_are_in_force_again(store, settings):
    """Two orders share a cell: one saw the first and the third release of it, the other the second."""
    narrow, cell = WORDS | {"partner": "RUS"}, (398, "202201", "X", 643, "8703")
    with served(Fake(comtrade())) as fake:
        publisher, first = fake.dialect, fake.dialect.cells[cell]
        releases = ("2022-05-01", first, narrow), ("2022-07-01", 20.0, WORDS), ("2022-08-01", first, narrow)
        for later, (day, value, words) in enumerate(releases):
            publisher.cells[cell], publisher.released[398, "202201"] = value, day
            said = settings("comtrade", fake.url, now=NOW + timedelta(days=later))
            fetch(store, Ordered("comtrade", words), said)
    held = stored(store)
    assert held["KAZ", "202201", "export", "RUS", "8703"] == first
    assert held == {one: value for one, value in told(publisher).items() if one in held}
