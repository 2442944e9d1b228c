"""Lists of parties: kept as they came, checked, and asked for each time, though sent only if they changed."""

import dataclasses

import pytest

from entrepot.errors import PublisherError, UsageError
from entrepot.fetching import Ordered, fetch, planned
from tests.fetching.fake import Fake, served
from tests.fetching.ofac import Ofac
from tests.fetching.opensanctions import OpenSanctions

BUILD, LATER = "20261120161001-kvf", "20261122061001-abc"
SETS = Ordered("opensanctions", {"dataset": "sanctions"})
OFAC = Ordered("ofac", {})


@pytest.fixture
def asked(store, settings):
    """`asked(order, dialect)` fetches an order from a publisher who answers so."""

    def _asked(order, dialect):
        with served(Fake(dialect)) as fake:
            done = fetch(store, order, settings(order.source, fake.url))
        return done, fake

    return _asked


def kept(store, done):
    return [(store.folder / "fetched" / one.ask.source / one.record.file).read_bytes() for one in done]


def states(done):
    return [one.state for one in done]


# ---------------------------------------------------------------- OpenSanctions
def test_a_list_is_kept_as_it_came_with_its_build_and_day(asked, store):
    publisher = OpenSanctions({BUILD: ["ALPHA (invented)", "BETA (invented)"]})
    done, _ = asked(SETS, publisher)
    assert kept(store, done) == [publisher.table(BUILD)]
    record = done[0].record
    assert (done[0].state, record.rows, record.published, done[0].why) == (
        "kept", 2, "2026-11-20", f"build {BUILD}",
    )  # fmt: skip
    assert store.snapshots() == []


def test_the_index_is_asked_again_the_same_build_is_not(asked, store):
    """A list of parties may change within a day."""
    publisher = OpenSanctions({BUILD: ["ALPHA"]})
    asked(SETS, publisher)
    again, fake = asked(SETS, publisher)
    assert [one.path.rpartition("/")[2] for one in fake.seen] == ["index.json"]
    assert states(again) == ["held already"]
    publisher.builds[LATER] = ["ALPHA", "GAMMA"]
    later, _ = asked(SETS, publisher)
    assert states(later) == ["kept"]
    assert kept(store, later) == [publisher.table(LATER)]
    assert (
        len(list((store.folder / "fetched" / "opensanctions").glob("2026-*/sanctions-targets.simple.csv")))
        == 2
    )


def test_a_list_that_was_removed_is_asked_for_again(asked, store):
    publisher = OpenSanctions({BUILD: ["ALPHA"]})
    done, _ = asked(SETS, publisher)
    (store.folder / "fetched/opensanctions" / done[0].record.file).unlink()
    assert states(asked(SETS, publisher)[0]) == ["kept"]


@pytest.mark.parametrize(
    ("publisher", "says"),
    [
        (OpenSanctions({BUILD: ["A"]}, base="https://example.org"), "not the publisher's"),
        (
            OpenSanctions({BUILD: ["A"]}, base="https://data.opensanctions.org/http://example.org"),
            "not the publ",
        ),
        (OpenSanctions({BUILD: ["A"]}, told={"name": "peps"}), "index of 'peps'"),
        (OpenSanctions({BUILD: ["A"]}, told={"resources": []}), "has no targets.simple.csv"),
        (OpenSanctions({BUILD: ["A"]}, told={"last_export": None}), "not understood"),
    ],
    ids=["another host", "another host in the path", "another data set", "no such file", "no day"],
)
def test_an_index_that_is_off_is_believed_in_nothing(asked, publisher, says):
    with pytest.raises(PublisherError, match=says):
        asked(SETS, publisher)


def test_a_list_that_is_not_the_one_of_the_index_is_not_kept(asked):
    publisher = OpenSanctions({BUILD: ["ALPHA"]})
    publisher.told = {"resources": [publisher.resource(BUILD) | {"checksum": "1" * 40}]}
    done, _ = asked(SETS, publisher)
    assert states(done) == ["failed"]
    assert "SHA1" in done[0].why


def test_a_list_without_names_is_not_kept(asked):
    done, _ = asked(SETS, OpenSanctions({BUILD: ["ALPHA"]}, columns=("id", "schema")))
    assert (states(done), "it lacks name" in done[0].why) == (["failed"], True)


def test_a_name_of_a_data_set_is_no_path(asked):
    with pytest.raises(UsageError, match="no name of a data set"):
        asked(Ordered("opensanctions", {"dataset": "../x"}), OpenSanctions())


# ---------------------------------------------------------------- OFAC
def test_six_files_of_one_publication(asked, store):
    done, fake = asked(OFAC, Ofac())
    assert states(done) == ["kept"] * 6
    assert {(one.record.rows, one.record.published, one.record.edition) for one in done} == {
        (2, "2026-09-04", "969")
    }
    assert all(body.endswith(b"\r\n\x1a") for body in kept(store, done))
    log = (store.folder / "fetched/ofac/requests.log").read_text()
    assert "/bucket/SDN.CSV" in log
    assert len(fake.seen) == 12  # each leads to where it lies


def test_what_did_not_change_is_not_sent_again(asked):
    publisher = Ofac()
    asked(OFAC, publisher)
    assert states(asked(OFAC, publisher)[0]) == ["unchanged"] * 6
    changed = dataclasses.replace(publisher, parties=(36, 173, 200), edition="970")
    assert states(asked(OFAC, changed)[0]) == ["kept"] * 6


@pytest.mark.parametrize(
    ("later", "says"),
    [
        ({"edition": "970", "late": ("ALT.CSV",)}, "two publications came: ADD.CSV of 970, ALT.CSV of 968"),
        ({"edition": "", "late": ()}, ""),
    ],
)
def test_files_of_two_publications_are_told(asked, later, says):
    done, _ = asked(OFAC, Ofac(**later))
    assert (states(done)[6:], says in done[-1].why) == (["failed"] if says else [], True)


def test_an_address_of_nobody_in_the_list_is_told(asked, monkeypatch):
    whole = Ofac._table
    monkeypatch.setattr(
        Ofac, "_table", lambda self, name: whole(Ofac((36,)) if name == "SDN" else self, name)
    )
    done, _ = asked(OFAC, Ofac())
    assert states(done) == ["kept"] * 6 + ["failed"]
    assert "ADD.CSV has 1 parties that SDN.CSV lacks, such as 173." in done[-1].why


def test_a_file_of_another_form_is_not_kept(asked):
    done, _ = asked(OFAC, Ofac(wider=("ADD.CSV",)))
    assert {one.ask.file: one.state for one in done}["ADD.CSV"] == "failed"
    assert states(done).count("kept") == 5


def test_a_firewall_is_told_with_the_way_round(asked):
    with pytest.raises(PublisherError, match=r"403.*save SDN.CSV.*in a browser") as told:
        asked(OFAC, Ofac(is_shut=True))
    assert "key" not in str(told.value)


def test_a_plan_asks_for_no_list(store, settings):
    with served(Fake(Ofac())) as fake:
        plan = planned(store, OFAC, settings("ofac", fake.url))
        assert (len(plan.asks), fake.seen) == (6, [])
