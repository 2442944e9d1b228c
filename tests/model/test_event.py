"""Dated events: the file's own, and dates that users give."""

from __future__ import annotations

import re
from datetime import date

import pytest

from entrepot.errors import UsageError
from entrepot.model.event import all_events, events_for, groups_bound, the_event


def keys(origin: str, destination: str) -> list[str]:
    return [event.key for event in events_for(origin, destination)]


def test_what_an_analyst_of_trade_with_russia_needs_is_there():
    wanted = {"invasion", "chpl-2023-05", "chpl-2023-09", "chpl-2024-02", "eo-14114"}
    assert wanted <= set(keys("CHN", "RUS"))
    assert {f"eu-{n}" for n in range(1, 20)} <= set(keys("EU27", "RUS"))
    assert (the_event("invasion").date, the_event("eo-14114").date) == (date(2022, 2, 24), date(2023, 12, 22))


def test_an_event_concerns_whom_it_names():
    assert {"eu-belarus-2022", "eu-belarus-2024"} <= set(keys("DEU", "BLR"))
    assert not {"eu-5", "us-bis-2022"} & set(keys("DEU", "BLR"))
    assert "us-bis-2022" in keys("USA", "RUS")


def test_packages_are_dated_as_their_regulation_is():
    for event in all_events():
        if found := re.search(r"Regulation .* of (\d+ \w+ \d{4})$", event.citation):
            assert found[1] == event.when, event.key


def test_a_date_of_the_users_own():
    given = the_event("2023-05")
    assert (given.date, given.when) == (date(2023, 5, 1), "May 2023")
    assert the_event("2023-05-19").when == "19 May 2023"
    with pytest.raises(UsageError, match="one of: eu-1, invasion"):
        the_event("war")


@pytest.mark.parametrize(("origin", "groups"), [("DEU", ("EU27",)), ("CHN", ()), ("XAA", ())])
def test_unions_whose_exporters_events_bind(origin, groups):
    assert groups_bound(origin) == groups
