"""UN Comtrade, from order to stored rows, against one that answers on loopback."""

from entrepot.fetching import Ordered, fetch
from tests.fetching.comtrade import Comtrade, world
from tests.fetching.fake import Fake, served

WORDS = {"reporter": "KAZ", "partner": "RUS,KGZ", "commodity": "8703,8704", "period": "2022-01:2022-03"}


def comtrade(**more):
    cells = world([398], ["202201", "202202", "202203"], [643, 417], ["8703", "8704"])
    days = {(398, "202201"): "2022-05-01", (398, "202202"): "2022-06-01", (398, "202203"): "2022-06-01"}
    return Comtrade(cells, days, **more)


def stored(store):
    """Reporter, period, flow, partner, code and value of each row in force."""
    rows = store.run(store.flows()).to_pylist()
    return {
        (r["reporter"], f"{r['period']:%Y%m}", r["flow"], r["partner"], r["commodity"]): r["value"]
        for r in rows
    }


NAMES = {398: "KAZ", 643: "RUS", 417: "KGZ", 0: "WLD", "X": "export", "M": "import"}


def told(publisher):
    return {
        (NAMES[r], period, NAMES[flow], NAMES[p], code): value
        for (r, period, flow, p, code), value in publisher.cells.items()
    }


def test_what_is_stored_is_what_is_published(store, settings):
    with served(Fake(comtrade())) as fake:
        done = fetch(store, Ordered("comtrade", WORDS), settings("comtrade", fake.url))
    assert stored(store) == told(fake.dialect)
    assert [one.state for one in done] == ["stored", "stored"]  # two days of release
    assert sorted({str(card.published) for card in store.snapshots()}) == ["2022-05-01", "2022-06-01"]


def test_what_is_held_is_not_asked_again(store, settings):
    with served(Fake(comtrade())) as fake:
        fetch(store, Ordered("comtrade", WORDS), settings("comtrade", fake.url))
        before = len(fake.seen)
        done = fetch(store, Ordered("comtrade", WORDS), settings("comtrade", fake.url))
    assert len(fake.seen) == before
    assert {one.state for one in done} == {"held already"}


def test_a_cut_off_answer_is_asked_in_parts(store, settings, monkeypatch):
    """The publisher has more than it says it has: the answer has just as many rows as it gives at most."""
    monkeypatch.setattr("entrepot.sources.comtrade.fetch._LIMITS", {False: 10, True: 10})
    with served(Fake(comtrade(limit=10, announced=3))) as fake:
        done = fetch(store, Ordered("comtrade", WORDS), settings("comtrade", fake.url))
    assert stored(store) == told(fake.dialect)
    assert "split" in {one.state for one in done}
