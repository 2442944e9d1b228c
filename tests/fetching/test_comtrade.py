"""UN Comtrade, from order to stored rows, against one that answers on loopback."""

from dataclasses import replace

import pytest

from entrepot.errors import UsageError
from entrepot.fetching import Ordered, fetch, ordered, planned
from entrepot.fetching.report import lines
from tests.fetching.comtrade import Comtrade, world
from tests.fetching.fake import Fake, served

WORDS = {"reporter": "KAZ", "partner": "RUS,KGZ", "commodity": "8703,8704", "period": "2022-01:2022-03"}


def comtrade(**more):
    cells = world([398], ["202201", "202202", "202203"], [643, 417], ["8703", "8704"])
    days = {(398, "202201"): "2022-05-01", (398, "202202"): "2022-06-01", (398, "202203"): "2022-06-01"}
    return Comtrade(cells, days, **more)


def stored(store, as_of=None):
    """Reporter, period, flow, partner, code and value of each row in force."""
    rows = store.run(store.flows(as_of)).to_pylist()
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
    monkeypatch.setattr("entrepot.sources.comtrade._asking.LIMITS", {False: 10, True: 10})
    publisher = Comtrade(
        world([398], ["202201"], [643, 417], ["8703"]), {(398, "202201"): "2022-05-01"}, limit=10, announced=3
    )
    with served(Fake(publisher)) as fake:
        done = fetch(store, Ordered("comtrade", WORDS), settings("comtrade", fake.url))
    assert stored(store) == told(publisher)
    assert [one.state for one in done if one.ask.rows] == ["split", "stored", "stored"]


def test_whole_files_come_with_a_key(store, settings):
    with served(Fake(comtrade(key="secret"))) as fake:
        order = Ordered("comtrade", WORDS | {"bulk": "yes"})
        done = fetch(store, order, settings("comtrade", fake.url, key="secret"))
        again = fetch(store, order, settings("comtrade", fake.url, key="secret"))
    assert stored(store) == told(fake.dialect)
    assert [one.state for one in done] == ["stored"] * 3
    assert [one.state for one in again] == ["held already"] * 3
    assert {card.format for card in store.snapshots()} == {"bulk"}


def test_whole_files_without_a_key_are_refused_before_anything_is_asked(store, settings):
    with served(Fake(comtrade())) as fake, pytest.raises(UsageError, match="COMTRADE_API_KEY"):
        fetch(store, Ordered("comtrade", WORDS | {"bulk": "yes"}), settings("comtrade", fake.url))
    assert fake.seen == []


def test_a_partner_more_is_asked_for_alone(store, settings):
    """What is held of a release is not asked again, also where the order is another."""
    with served(Fake(comtrade())) as fake:
        fetch(store, Ordered("comtrade", WORDS | {"partner": "RUS"}), settings("comtrade", fake.url))
        before = len(fake.seen)
        fetch(store, Ordered("comtrade", WORDS), settings("comtrade", fake.url))
    assert {asked.params["partnerCode"] for asked in fake.seen[before:]} == {"0,417"}
    assert stored(store) == told(fake.dialect)


def test_a_month_not_published_is_told_apart_from_no_trade(store, settings):
    """One month is not listed; of another the answer lacks a partner; a third has no rows at all."""
    publisher = comtrade()
    del publisher.released[398, "202203"]
    for cell in [cell for cell in publisher.cells if cell[1] == "202201" and cell[3] == 417]:
        del publisher.cells[cell]
    for cell in [cell for cell in publisher.cells if cell[1] == "202202"]:
        del publisher.cells[cell]
    with served(Fake(publisher)) as fake:
        done = {
            one.ask.label[:14]: one
            for one in fetch(store, Ordered("comtrade", WORDS), settings("comtrade", fake.url))
        }
    assert done["KAZ 202203"].state == "not published"
    assert done["KAZ X+M 202201"].why == "published, and no trade reported with KGZ"
    assert done["KAZ X+M 202202"].state == "unexplained"


def test_a_list_is_asked_for_in_the_codes_of_older_editions_too(store, settings):
    """854800 is a code of 2022 only; a month of 2021 has its goods under 854810 and 854890."""
    words = WORDS | {"commodity": "HS2022:854800", "period": "2021-12"}
    publisher = Comtrade(world([398], ["202112"], [643, 417], ["854890"]), {(398, "202112"): "2022-02-01"})
    with served(Fake(publisher)) as fake:
        fetch(store, Ordered("comtrade", words), settings("comtrade", fake.url))
    assert {"854800", "854890"} <= set(fake.seen[-1].list("cmdCode"))
    assert stored(store) == told(publisher)


def test_a_plan_asks_only_what_is_published(store, settings):
    with served(Fake(comtrade())) as fake:
        plan = planned(store, Ordered("comtrade", WORDS), settings("comtrade", fake.url))
    assert {asked.path.split("/")[3] for asked in fake.seen} == {"getDA"}
    assert (len(plan.asks), plan.rows) == (2, 54)
    assert any("2 requests" in line for line in lines(plan))


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ({"reporter": "Atlantis"}, "Atlantis"),
        ({"flow": "sideways"}, "sideways"),
        ({"period": "2031"}, "not begun"),
        ({"frequency": "W"}, "frequency"),
        ({"commodity": "item:pears"}, "pears"),
    ],
)
def test_an_order_that_is_off_is_told(store, settings, words, says):
    with served(Fake(comtrade())) as fake, pytest.raises(UsageError, match=says):
        fetch(store, Ordered("comtrade", WORDS | words), settings("comtrade", fake.url))
    assert ordered(store) == []


@pytest.mark.parametrize(("key", "says"), [("", "COMTRADE_API_KEY"), ("secret", "in one answer")])
def test_more_than_an_answer_can_hold_is_refused_where_it_cannot_be_parted(
    store, settings, monkeypatch, key, says
):
    monkeypatch.setattr("entrepot.sources.comtrade._asking.LIMITS", {False: 500, True: 500})
    order = Ordered("comtrade", WORDS | {"commodity": "AG6", "partner": "all"})
    with served(Fake(comtrade(announced=300_000))) as fake, pytest.raises(UsageError, match=says):
        fetch(store, order, settings("comtrade", fake.url, key=key))


def test_an_answer_to_another_question_is_not_stored(store, settings):
    """A parameter that is passed over in silence: all partners come, not those asked for."""
    publisher = comtrade()
    answer = publisher._rows
    publisher._rows = lambda asked: answer(replace(asked, params={**asked.params, "partnerCode": ""}))
    publisher.cells |= {(398, "202201", "X", 112, "8703"): 5.0}
    with served(Fake(publisher)) as fake:
        done = fetch(store, Ordered("comtrade", WORDS), settings("comtrade", fake.url))
    assert {one.state for one in done if "202201" in one.ask.label} == {"failed"}
    assert "112" in next(one.why for one in done if one.state == "failed")
