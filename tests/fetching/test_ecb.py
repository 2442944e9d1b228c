"""Euro reference rates, from order to stored facts and to an answer, against an ECB on loopback."""

from datetime import date, timedelta

import pytest

from entrepot.answers import _rates
from entrepot.errors import UsageError
from entrepot.fetching import Ordered, fetch
from tests.fetching.conftest import NOW
from tests.fetching.ecb import EuropeanCentralBank
from tests.fetching.fake import Fake, Reply, served

WORDS = {"currency": "USD,CNY", "frequency": "M", "period": "2025-01:"}
RATES = {("USD", "2025-01"): 1.25, ("USD", "2025-02"): 1.5, ("CNY", "2025-01"): 5.0, ("CNY", "2025-02"): 7.5}


def bank(**more):
    return EuropeanCentralBank(dict(RATES), **more)


def carried_out(store, settings, fake, words=WORDS, **more):
    when = more.pop("now", NOW)
    return fetch(store, Ordered("ecb", words), settings("ecb", fake.url, now=when), **more)


def stored(store):
    rows = store.run(store.indicators()).to_pylist()
    return {(r["indicator"][:3].upper(), f"{r['period']:%Y-%m}"): r["value"] for r in rows}


def test_what_is_stored_is_what_is_published(store, settings):
    """All currencies in one ask, open at its end; the day is the one of the file."""
    with served(Fake(bank())) as fake:
        (done,) = carried_out(store, settings, fake)
    assert (done.state, stored(store)) == ("stored", RATES)
    (asked,) = fake.seen
    assert asked.path == "/service/data/EXR/M.CNY+USD.EUR.SP00.A"
    assert (asked.params["startPeriod"], "endPeriod" in asked.params) == ("2025-01", False)
    (card,) = store.snapshots()
    assert (card.published, card.published_is_known) == (date(2026, 11, 2), True)


def test_without_a_date_of_the_file_the_day_of_asking_stands_in_for_it(store, settings):
    with served(Fake(bank(modified=""))) as fake:
        carried_out(store, settings, fake)
    (card,) = store.snapshots()
    assert (card.published, card.published_is_known) == (NOW.date(), False)


def test_rates_fetched_are_those_an_answer_converts_with(store, settings):
    """Dollars for a euro as they are, dollars for a yuan by way of the euro; before the package's own."""
    with served(Fake(bank())) as fake:
        carried_out(store, settings, fake)
    found = store.run(_rates.dollars(_rates.of_store(store, None))).to_pylist()
    by_month = {(r["currency"], r["period"]): r["usd_per_unit"] for r in found if r["frequency"] == "M"}
    january, february = date(2025, 1, 1), date(2025, 2, 1)
    assert (by_month["EUR", january], by_month["EUR", february]) == (1.25, 1.5)
    assert (by_month["CNY", january], by_month["CNY", february]) == (0.25, 0.2)


def test_an_end_that_is_said_is_asked_for(store, settings):
    with served(Fake(bank())) as fake:
        carried_out(store, settings, fake, {**WORDS, "period": "2025-01"})
    assert fake.seen[0].params["endPeriod"] == "2025-01"
    assert set(stored(store)) == {("USD", "2025-01"), ("CNY", "2025-01")}


def test_on_refresh_it_is_sent_only_if_it_changed(store, settings):
    """Even where the file is another: titles and notes are not rates."""
    publisher, later = bank(), NOW + timedelta(days=1)
    with served(Fake(publisher)) as fake:
        carried_out(store, settings, fake)
        (same,) = carried_out(store, settings, fake, now=later, refresh=True)
        assert fake.seen[-1].headers["if-modified-since"] == publisher.modified
        publisher.modified, publisher.title = "Tue, 03 Nov 2026 15:00:00 GMT", "Invented anew"
        (retold,) = carried_out(store, settings, fake, now=later, refresh=True)
        publisher.modified = "Wed, 04 Nov 2026 15:00:00 GMT"
        publisher.rates["USD", "2025-03"] = 1.75
        (more,) = carried_out(store, settings, fake, now=later, refresh=True)
    assert [one.state for one in (same, retold, more)] == ["unchanged", "unchanged", "stored"]
    assert stored(store) == publisher.rates


def test_no_observation_is_told_apart_from_a_fault(store, settings):
    with served(Fake(bank())) as fake:
        (done,) = carried_out(store, settings, fake, {**WORDS, "period": "2020-01:2020-03"})
    assert (done.state, len(fake.seen)) == ("empty", 1)


def test_a_currency_that_the_ecb_does_not_have(store, settings):
    """Alone it is not published; beside others it is named."""
    with served(Fake(bank())) as fake:
        (alone,) = carried_out(store, settings, fake, {**WORDS, "currency": "KGS"})
        (beside,) = carried_out(store, settings, fake, {**WORDS, "currency": "USD,KGS"})
    assert alone.state == "not published"
    assert "No results found." in alone.why
    assert (beside.state, beside.why) == ("stored", "no rate of KGS")


HEADER = b"FREQ,CURRENCY,TIME_PERIOD,OBS_VALUE\r\n"


@pytest.mark.parametrize(
    "body",
    [
        b"<html></html>",
        b"TIME,VALUE\r\n2025-01,5\r\n",
        HEADER + b"M,USD\r\n",
        HEADER + b"M,GBP,2025-01,1.1\r\n",
    ],
)
def test_what_is_not_the_answer_is_not_believed(store, settings, body):
    """A page, another table, a row cut off, another currency."""
    with served(Fake(lambda asked: Reply(body, "text/csv"))) as fake:
        (done,) = carried_out(store, settings, fake)
    assert (done.state, store.snapshots()) == ("failed", [])


@pytest.mark.parametrize("words", [{"currency": "EUR"}, {"currency": "dollar"}, {"frequency": "D"}])
def test_an_order_that_is_off_is_refused(store, settings, words):
    with served(Fake(bank())) as fake, pytest.raises(UsageError):
        carried_out(store, settings, fake, {**WORDS, **words})
    assert not fake.seen
