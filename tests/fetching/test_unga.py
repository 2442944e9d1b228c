"""Votes in the General Assembly, from order to stored votes, against a library on loopback."""

from datetime import date, timedelta
from importlib.resources import files

import pytest

from entrepot.errors import PublisherError
from entrepot.fetching import Ordered, fetch
from tests.fetching.conftest import NOW
from tests.fetching.fake import Fake, Reply, served
from tests.fetching.unga import Library

SAMPLE = files("entrepot.sources.unga").joinpath("sample_library.csv").read_bytes()
OLD, NEW = "2025_9_19_ga_voting.csv", "2026_02_06_ga_voting.csv"
PAGE = b"<html><body>Please enable JavaScript</body></html>"


def carried_out(store, settings, fake, **more):
    when = more.pop("now", NOW)
    return fetch(store, Ordered("unga"), settings("unga", fake.url, now=when), **more)


def test_the_newest_file_by_its_date_is_taken(store, settings):
    """Its name has zeros or none, so that names do not sort; the list has other things too."""
    listed = {NEW: SAMPLE, OLD: b"", "2026_02_06_ga_voting_md.md": b"", "2026_8_1_unms_names.csv": b""}
    with served(Fake(Library(listed))) as fake:
        (done,) = carried_out(store, settings, fake)
    assert (done.state, fake.seen[-1].path) == ("stored", f"/record/4060887/files/{NEW}")
    (card,) = store.snapshots()
    assert (card.published, card.rows, card.rejects) == (date(2026, 2, 6), 7, 2)
    assert "Dag Hammarskjöld" in card.publisher
    assert "non-commercial" in card.licence


def test_only_a_newer_file_is_asked_for_again_and_it_replaces_the_older(store, settings):
    library = Library({OLD: SAMPLE})
    with served(Fake(library)) as fake:
        carried_out(store, settings, fake)
        (same,) = carried_out(store, settings, fake, now=NOW + timedelta(days=1), refresh=True)
        library.files[NEW] = b"\n".join(SAMPLE.splitlines()[:3]) + b"\n"
        (newer,) = carried_out(store, settings, fake, now=NOW + timedelta(days=2), refresh=True)
    assert [same.state, newer.state] == ["held already", "stored"]
    assert [one.path.endswith("csv") for one in fake.seen].count(True) == 2
    assert sorted(row["area"] for row in store.run(store.votes()).to_pylist()) == ["XAA", "XBB"]


@pytest.mark.parametrize("challenge", [Reply(PAGE, "text/html"), Reply(b"", "text/html", 202), Reply(b"")])
def test_a_page_for_people_says_how_to_do_it_by_hand(store, settings, challenge):
    by_hand = r"download the newest \*_ga_voting\.csv.*entrepot add FILE"
    with (
        served(Fake(Library({NEW: SAMPLE}, challenge))) as fake,
        pytest.raises(PublisherError, match=by_hand),
    ):
        carried_out(store, settings, fake)
    assert len(fake.seen) <= 6
    assert not store.snapshots()


@pytest.mark.parametrize(
    "reply", [Reply(PAGE, "text/html"), Reply(PAGE, "text/csv"), Reply(b""), Reply(b"a,b\n1,2\n", "text/csv")]
)
def test_a_file_that_is_none_says_so_too(store, settings, reply):
    library = Library({NEW: SAMPLE})
    with served(Fake(lambda asked: library(asked) if "api" in asked.path else reply)) as fake:
        (done,) = carried_out(store, settings, fake)
    assert (done.state, "entrepot add FILE" in done.why) == ("failed", True)
    assert not store.snapshots()


def test_a_file_that_broke_off_is_gone_on_with(store, settings):
    """364 MB are not asked for from the beginning each time."""
    with served(Fake(Library({NEW: SAMPLE}))) as fake:
        fake.fail([None, "truncated"])
        (done,) = carried_out(store, settings, fake)
    assert done.state == "stored"
    came = len(SAMPLE) // 2
    assert fake.seen[-1].headers["range"] == f"bytes={came}-"


@pytest.mark.parametrize(
    "listed", [{}, {"2026_13_45_ga_voting.csv": b""}, {"../2026_1_1_ga_voting.csv": b""}]
)
def test_a_list_without_a_file_of_votes_is_no_list(store, settings, listed):
    with served(Fake(Library(listed))) as fake, pytest.raises(PublisherError, match="no file of votes"):
        carried_out(store, settings, fake)
