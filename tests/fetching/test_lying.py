"""A publisher that is wrong about itself: lists of other things, months left out, figures that are none."""

import json
from dataclasses import replace

import pytest

from entrepot.errors import PublisherError
from entrepot.fetching import Ordered, fetch
from entrepot.fetching.report import answer
from tests.fetching.fake import Fake, Reply, served
from tests.fetching.test_comtrade import WORDS, comtrade, stored, told


class Lying:
    """A publisher whose lists, or rows, somebody changed on their way."""

    def __init__(self, change, *, of_lists=True):
        self.true, self.change, self.of_lists = comtrade(), change, of_lists

    def __call__(self, asked):
        reply = self.true(asked)
        if ("getDA" in asked.path) != self.of_lists:
            return reply
        answer = json.loads(reply.body)
        self.change(answer["data"])
        return replace(reply, body=json.dumps(answer | {"count": len(answer["data"])}).encode())


@pytest.mark.parametrize(
    "odd",
    [
        {"reporterCode": 156},
        {"reporterCode": 99999},
        {"period": 201501},
        {"period": "../../x&y=1"},
        {"lastReleased": "2020-01-01T00:00:00"},
    ],
)
def test_what_else_a_list_has_is_not_asked_for(store, settings, odd):
    """Other reporters, other months, a month once more with an older release."""
    publisher = Lying(lambda rows: rows.append(rows[0] | odd))
    with served(Fake(publisher)) as fake:
        done = fetch(store, Ordered("comtrade", WORDS), settings("comtrade", fake.url))
    assert [one.state for one in done] == ["stored", "stored"]
    assert {one.params["reporterCode"] for one in fake.seen} == {"398"}
    assert [str(card.published) for card in store.snapshots()] == ["2022-05-01", "2022-06-01"]
    assert stored(store) == told(publisher.true)


def test_a_day_of_publication_that_is_still_to_come_is_the_day_it_came(store, settings):
    """Else it would outdo every later release."""
    publisher = Lying(lambda rows: [row.update(lastReleased="2999-01-01T00:00:00") for row in rows])
    with served(Fake(publisher)) as fake:
        fetch(store, Ordered("comtrade", WORDS), settings("comtrade", fake.url))
    assert {str(card.published) for card in store.snapshots()} == {"2026-11-22"}


@pytest.mark.parametrize("total", [float("inf"), float("nan"), "many", []])
def test_a_list_that_is_not_understood_is_not_kept(store, settings, total):
    publisher = Lying(lambda rows: rows[0].update(totalRecords=total or [1]))
    with served(Fake(publisher)) as fake:
        with pytest.raises(PublisherError, match="not understood"):
            fetch(store, Ordered("comtrade", WORDS), settings("comtrade", fake.url))
        publisher.change = lambda rows: None
        fetch(store, Ordered("comtrade", WORDS), settings("comtrade", fake.url))
    assert stored(store) == told(publisher.true)


def test_a_name_of_a_release_that_is_no_text_is_a_name(store, settings):
    publisher = Lying(lambda rows: [row.update(datasetChecksum="\ud800;") for row in rows])
    with served(Fake(publisher)) as fake:
        fetch(store, Ordered("comtrade", WORDS), settings("comtrade", fake.url))
        again = fetch(store, Ordered("comtrade", WORDS), settings("comtrade", fake.url))
    assert stored(store) == told(publisher.true)
    assert {one.state for one in again} == {"held already"}


def test_a_month_of_several_that_did_not_come_is_not_held(store, settings):
    """Of two months asked for at once one is left out in silence, its control row too."""

    def leave_out(rows):
        rows[:] = [row for row in rows if row["period"] != "202202"]

    publisher, order = Lying(leave_out, of_lists=False), Ordered("comtrade", WORDS)
    with served(Fake(publisher)) as fake:
        done = {one.state: one.ask.label[:14] for one in fetch(store, order, settings("comtrade", fake.url))}
        assert done["unexplained"] == "KAZ X+M 202202"
        publisher.change = lambda rows: None
        fetch(store, order, settings("comtrade", fake.url))
    assert stored(store) == told(publisher.true)


def test_a_figure_that_is_none_is_told(store, settings):
    publisher = Lying(lambda rows: rows[0].update(primaryValue=float("inf")), of_lists=False)
    with served(Fake(publisher)) as fake:
        done = fetch(store, Ordered("comtrade", WORDS), settings("comtrade", fake.url))
    said = answer("fetch comtrade", done)
    assert set(said.rows["rejects"].to_pylist()) == {1}
    assert any("not understood: entrepot rejects" in one for one in said.warnings)


def test_a_code_that_was_not_asked_for_is_refused(store, settings):
    publisher = Lying(lambda rows: rows[0].update(cmdCode="2709"), of_lists=False)
    with served(Fake(publisher)) as fake:
        done = fetch(store, Ordered("comtrade", WORDS), settings("comtrade", fake.url))
    assert {(one.state, "2709" in one.why) for one in done} == {("failed", True)}


@pytest.mark.parametrize("pages", [float("inf"), [], None, "1e400", {}])
def test_an_answer_that_nobody_thought_of_is_a_fault_of_the_publisher(store, settings, pages):
    """Not of the program: it is asked again, and told."""
    body = json.dumps([{"page": 1, "pages": pages, "total": 1}, []]).encode()
    order = Ordered("wdi", {"country": "KGZ", "indicator": "SP.POP.TOTL", "period": "2020"})
    with served(Fake(lambda asked: Reply(body))) as fake:
        done = fetch(store, order, settings("wdi", fake.url))
    assert [one.state for one in done] == ["failed"]


@pytest.mark.parametrize("url", [None, 5, ["a"], {}])
def test_an_index_with_an_address_that_is_none_is_told(store, settings, url):
    resource = {"name": "targets.simple.csv", "url": url, "checksum": "0" * 40}
    index = {"name": "sanctions", "version": "1", "last_export": "2026-01-01", "resources": [resource]}
    with (
        served(Fake(lambda asked: Reply(json.dumps(index).encode()))) as fake,
        pytest.raises(PublisherError, match="not understood"),
    ):
        fetch(store, Ordered("opensanctions"), settings("opensanctions", fake.url))
