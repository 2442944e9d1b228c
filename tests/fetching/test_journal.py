"""The journal on disk, damaged or meddled with: nothing of it is believed that is not whole."""

import json
import shutil
from datetime import date, timedelta

import pytest

from entrepot.fetching import Ordered, fetch
from entrepot.fetching.journal import Journal, Record, file_name
from entrepot.sources._answer import LONGEST_WAIT, digest
from entrepot.sources._ask import Ask
from tests.fetching.conftest import NOW
from tests.fetching.fake import Fake, served
from tests.fetching.test_comtrade import WORDS, comtrade, stored, told

ORDER = Ordered("comtrade", WORDS)
ASK = Ask("comtrade", "data?x=1", "answer.json", "an ask", version="1")


@pytest.fixture
def journal(tmp_path):
    with Journal(tmp_path, "comtrade").alone():
        yield Journal(tmp_path, "comtrade")


NAMES = ["../../x", "/etc/passwd", "..", ".", "", "a/b", "a\\b", "C:\\x", "\x00", "x" * 400]
NAMES += ["\u4e2d" * 200, "a\nb", "~", "\udce9"]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_leads_nowhere_else(name, journal):
    ask = Ask("comtrade", "x", name, "")
    for place in (journal.landing(ask), journal.about(ask)):
        assert place.resolve().is_relative_to(journal.base.resolve())
        assert place.resolve() == place
        place.with_name(f"{place.name}.facts.new").write_text("")


def test_a_plain_name_stays_as_it_is():
    assert file_name("full_v2_202101.7z") == "full_v2_202101.7z"
    assert file_name("UN voting (2024).csv") == "UN voting (2024).csv"
    assert file_name("x" * 300 + ".csv") != file_name("x" * 299 + "y.csv")
    assert file_name("x" * 300 + ".csv").endswith(".csv")


DAMAGED = ["", "{", "[]", "null", "\x00" * 50, "[" * 5_000, '{"ask": 1}']


@pytest.mark.parametrize("text", DAMAGED)
def test_a_damaged_record_is_none(text, journal):
    journal.write(Record(ASK, "stored", NOW.isoformat()))
    assert journal.record(ASK)
    next((journal.base / "asks").iterdir()).write_text(text)
    assert (journal.record(ASK), journal.done()) == (None, [])


@pytest.mark.parametrize("retrieved", ["then", "", "2026-11-22T12:00:00"])
def test_a_record_without_a_time_is_none(retrieved, journal):
    journal.write(Record(ASK, "stored", retrieved))
    assert journal.record(ASK) is None


def test_a_record_under_the_name_of_another_is_none(journal):
    journal.write(Record(ASK, "stored", NOW.isoformat()))
    other = Ask("comtrade", "data?x=2", "answer.json", "another ask")
    path = next((journal.base / "asks").iterdir())
    path.rename(path.with_name(f"{other.key}.json"))
    assert (journal.record(other), journal.done()) == (None, [])


@pytest.mark.parametrize(
    "until", ["never", None, 5, NOW.replace(tzinfo=None).isoformat(), (NOW - timedelta(1)).isoformat(),
              (NOW + timedelta(seconds=LONGEST_WAIT + 1)).isoformat()]
)  # fmt: skip
def test_a_hold_that_no_publisher_named_holds_nobody(until, journal):
    (journal.base / "hold.json").write_text(json.dumps({"until": until}))
    assert journal.held_until(NOW) is None
    journal.hold(NOW + timedelta(hours=3))
    assert journal.held_until(NOW) == NOW + timedelta(hours=3)


def test_an_answer_is_kept_once_and_stays_until_it_is_noted(journal):
    landed = journal.landing(ASK)
    landed.write_bytes(b"one")
    first = journal.keep(landed, date(2026, 11, 22), "0123456789")
    assert (journal.keep(landed, date(2026, 11, 22), digest(landed)), landed.exists()) == (first, True)
    landed.unlink()
    landed.write_bytes(b"two")
    second = journal.keep(landed, date(2026, 11, 22), digest(landed))
    assert [(journal.base / name).read_bytes() for name in (first, second)] == [b"one", b"two"]


def test_without_second_names_an_answer_is_copied(journal, monkeypatch):
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr("os.link", refuse)
    journal.landing(ASK).write_bytes(b"one")
    kept = journal.keep(journal.landing(ASK), date(2026, 11, 22), "0123456789")
    assert (journal.base / kept).read_bytes() == b"one"


def test_what_a_link_stands_for_is_not_removed(journal, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "precious").write_text("mine")
    place = journal.landing(ASK).parent
    shutil.rmtree(place)
    place.symlink_to(tmp_path / "mine")
    journal.write(Record(ASK, "stored", NOW.isoformat()))
    assert (tmp_path / "mine" / "precious").read_text() == "mine"


def test_a_landed_answer_is_not_taken_for_that_of_a_later_release(store, settings, monkeypatch):
    """It came, the process died, the publisher released the month anew: what came is the old release."""

    class Killed(BaseException):
        pass

    def die(*_: object, **__: object) -> None:
        raise Killed

    words = {**WORDS, "period": "2022-01"}
    with served(Fake(comtrade())) as fake:
        monkeypatch.setattr(type(store), "add", die)
        with pytest.raises(Killed):
            fetch(store, Ordered("comtrade", words), settings("comtrade", fake.url))
        monkeypatch.undo()
        fake.dialect.cells = {
            cell: value for cell, value in fake.dialect.cells.items() if cell[1] == "202201"
        }
        fake.dialect.cells[398, "202201", "X", 643, "8703"] += 50
        fake.dialect.released[398, "202201"] = "2022-09-01"
        fetch(store, Ordered("comtrade", words), settings("comtrade", fake.url, now=NOW + timedelta(1)))
    assert stored(store) == told(fake.dialect)
    assert [str(card.published) for card in store.snapshots()] == ["2022-05-01", "2022-09-01"]
    assert store.snapshots()[0].retrieved == NOW


def test_an_answer_parted_by_months_speaks_for_its_months_only(store, settings, monkeypatch):
    """One of two halves is held: the other is asked, and when a month is released anew only that one."""
    monkeypatch.setattr("entrepot.sources.comtrade._asking.LIMITS", {False: 20, True: 20})
    with served(Fake(comtrade(limit=20))) as fake:
        fetch(store, ORDER, settings("comtrade", fake.url))
        asks = sorted((store.folder / "fetched/comtrade/asks").iterdir())
        gone = next(
            path for path in asks if json.loads(path.read_text())["ask"]["axes"]["period"] == ["202203"]
        )
        gone.unlink()
        before = len(fake.seen)
        fetch(store, ORDER, settings("comtrade", fake.url))
        assert [asked.params["period"] for asked in fake.seen[before:]] == ["202203"]
        fake.dialect.released[398, "202203"] = "2022-09-01"
        before = len(fake.seen)
        fetch(store, ORDER, settings("comtrade", fake.url, now=NOW + timedelta(1)))
        assert {asked.params["period"] for asked in fake.seen[before + 1 :]} == {"202203"}


def test_a_place_without_its_question_is_removed(tmp_path):
    """The process died when it had made the place, and not yet written which question it is for."""
    journal = Journal(tmp_path, "comtrade")
    place = journal.base / "landing" / "0123456789abcdef"
    place.mkdir(parents=True)
    (place / "answer.json.ask.1.new").write_text("{")
    assert journal.landed() == []
    assert not place.exists()
