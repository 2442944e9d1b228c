"""The World Bank's indicators, from order to stored facts, against a World Bank that answers on loopback."""

from datetime import date, timedelta

import pytest

from entrepot.errors import UsageError
from entrepot.fetching import Ordered, fetch
from tests.fetching.conftest import NOW
from tests.fetching.fake import Fake, served
from tests.fetching.wdi import WorldBank

GDP, PEOPLE = "NY.GDP.MKTP.CD", "SP.POP.TOTL"
WORDS = {"country": "all", "period": "2020:"}
PERIOD = {"period": "2020:2023"}
YEARS = range(2020, 2024)


def published(**more):
    figures = {
        (what, code, year): 1000.5 * place + year
        for place, (what, code) in enumerate(
            [(GDP, "XAA"), (GDP, "XBB"), (PEOPLE, "XAA"), (PEOPLE, "XBB")], 1
        )
        for year in YEARS
    }
    more_of_them = {(GDP, "XAA", 2023): None, (GDP, "ECS", 2020): 7.0, (GDP, "", 2021): 8.0}
    return WorldBank({**figures, **more_of_them}, **more)


def stored(store):
    rows = store.run(store.indicators()).to_pylist()
    return {(r["indicator"], r["area"], r["period"].year): r["value"] for r in rows}


def told(bank):
    names = {GDP: "gdp_usd", PEOPLE: "population"}
    return {
        (names[what], code, year): value
        for (what, code, year), value in bank.figures.items()
        if value is not None and code.startswith("X")
    }


def carried_out(store, settings, fake, words=WORDS, **more):
    when = more.pop("now", NOW)
    return fetch(store, Ordered("wdi", words), settings("wdi", fake.url, now=when), **more)


def test_what_is_stored_is_what_is_published(store, settings):
    """A null, a group and a group without a code are missing; the day is the publisher's."""
    with served(Fake(published())) as fake:
        done = carried_out(store, settings, fake)
    assert [one.state for one in done] == ["stored", "stored"]
    assert stored(store) == told(fake.dialect)
    cards = sorted(store.snapshots(), key=lambda card: card.missing)
    assert [(card.missing, card.rejects, card.published) for card in cards] == [
        (0, 0, date(2026, 7, 13)),
        (3, 0, date(2026, 7, 13)),
    ]
    asked = {(one.path.rpartition("/")[2], one.params["date"]) for one in fake.seen}
    assert asked == {(GDP, "2020:2026"), (PEOPLE, "2020:2026")}


def test_an_answer_of_several_pages_is_asked_in_parts_and_no_page_is_turned(store, settings):
    """However few rows a page has; each part is whole on its own page."""
    with served(Fake(published(most=5))) as fake:
        done = carried_out(store, settings, fake)
    assert stored(store) == told(fake.dialect)
    assert {one.params["page"] for one in fake.seen} == {"1"}
    assert "split" in {one.state for one in done}


def test_parts_of_two_vintages_keep_their_own_days(store, settings):
    """The publisher publishes anew between two parts: each says of itself from when it is."""
    later = "2023:2026"
    bank = published(
        most=5, updated=lambda asked: "2026-10-01" if asked.params["date"] == later else "2026-07-13"
    )
    with served(Fake(bank)) as fake:
        carried_out(store, settings, fake, {**WORDS, "indicator": PEOPLE})
    shots = {card.snapshot: card.published for card in store.snapshots()}
    rows = store.run(store.indicators()).to_pylist()
    assert set(shots.values()) == {date(2026, 7, 13), date(2026, 10, 1)}
    early = store.run(store.indicators(date(2026, 9, 1))).to_pylist()
    assert 0 < len(early) < len(rows)
    assert {shots[row["snapshot"]] for row in early} == {date(2026, 7, 13)}


def test_parts_that_cannot_be_smaller_are_a_fault(store, settings):
    with served(Fake(published(most=1))) as fake:
        done = carried_out(store, settings, fake, {**WORDS, "indicator": PEOPLE})
    assert {one.state for one in done} >= {"split", "failed"}
    assert not stored(store)


def test_one_unknown_country_does_not_spoil_the_others(store, settings):
    """The World Bank refuses them all together; asked apart, only the one is told of."""
    with served(Fake(published())) as fake:
        done = carried_out(store, settings, fake, {"country": "XAA,XZZ,XBB", "indicator": PEOPLE, **PERIOD})
    assert stored(store) == {
        key: value for key, value in told(fake.dialect).items() if key[0] == "population"
    }
    (odd,) = [one for one in done if one.state == "unexplained"]
    assert "XZZ" in odd.ask.label
    assert "Invalid value" in odd.why


def test_an_error_answered_as_if_it_were_data_is_told_in_the_publishers_words(store, settings):
    """One that may pass is asked for again; an indicator it does not have is not."""
    with served(Fake(published(message=("105", "Service unavailable", "down for repair")))) as fake:
        done = carried_out(store, settings, fake, {**WORDS, "indicator": GDP})
    assert [(one.state, len(fake.seen)) for one in done] == [("failed", 6)]
    assert "down for repair" in done[0].why
    with served(Fake(published())) as fake:
        (odd,) = carried_out(store, settings, fake, {**WORDS, "indicator": "NO.SUCH"})
    assert (odd.state, len(fake.seen)) == ("unexplained", 1)


@pytest.mark.parametrize("fault", [{"short_by": 1}, {"body": b"<error/>"}])
def test_what_is_not_the_answer_is_not_believed(store, settings, fault):
    with served(Fake(published(**fault))) as fake:
        done = carried_out(store, settings, fake, {**WORDS, "indicator": GDP})
    assert [one.state for one in done] == ["failed"]
    assert not store.snapshots()


def test_no_rows_is_known_to_be_none(store, settings):
    """Neither years without rows nor rows without figures are asked for again."""
    bank = WorldBank({(GDP, "XAA", 2020): 1.0, (GDP, "XAA", 2023): None})
    with served(Fake(bank)) as fake:
        for period in ("1950:1960", "2023"):
            words = {"country": "XAA", "indicator": GDP, "period": period}
            assert [one.state for one in carried_out(store, settings, fake, words)] == ["empty"]
            assert [one.state for one in carried_out(store, settings, fake, words)] == ["held already"]
    assert len(fake.seen) == 2


def test_a_country_without_figures_is_named(store, settings):
    bank = WorldBank({(GDP, "XAA", 2020): 1.0, (GDP, "XBB", 2020): None})
    with served(Fake(bank)) as fake:
        (done,) = carried_out(store, settings, fake, {"country": "XAA,XBB", "indicator": GDP, **PERIOD})
    assert (done.state, done.why) == ("stored", "no figure of XBB")


def test_a_refresh_brings_what_changed_and_only_that(store, settings):
    """The same figures under a new day are no new vintage; another figure is."""
    bank = published()
    with served(Fake(bank)) as fake:
        carried_out(store, settings, fake)
        bank.updated = lambda asked: "2026-10-01"
        bank.figures[GDP, "XBB", 2020] = 5.0
        done = carried_out(store, settings, fake, now=NOW + timedelta(days=1), refresh=True)
    assert sorted(one.state for one in done) == ["stored", "unchanged"]
    assert stored(store) == told(bank)
    assert max(card.published for card in store.snapshots()) == date(2026, 10, 1)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"country": "KGZ"}, "--period"),
        ({"country": "Atlantis", "period": "2020"}, "unknown"),
        ({"country": "_X", "period": "2020"}, "has no country"),
        ({"indicator": "GDP/USD", "period": "2020"}, "no code"),
    ],
)
def test_an_order_that_is_off_is_refused_before_anything_is_asked(store, settings, words, said):
    with served(Fake(published())) as fake, pytest.raises(UsageError, match=said):
        carried_out(store, settings, fake, words)
    assert not fake.seen
