"""The overview: direct and indirect trade side by side, on a map, what changed, what is chosen."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from entrepot import answers
from entrepot.present import rerouting, sentences
from entrepot.reporting import PAGES, Asked, every_page
from entrepot.reporting._spans import windows
from entrepot.reporting.usual import usual_pair
from entrepot.store import Store
from tests.reporting.command import told
from tests.reporting.test_hubs import GOODS, made

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
ENDS = {"origin": "XAA", "destination": "XBB", "commodity": GOODS}
HEAD = "reporter,partner,flow,period,commodity,value_usd,status"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """XAA to XBB directly and by way of many, which tell of both legs; by year, 2017 to 2022."""
    folder = tmp_path_factory.mktemp("overview")
    held = Store(folder / "store")
    held.add(made(folder), now=NOW, published=date(2025, 1, 1))
    return held


def tidy(folder: Path, name: str, *rows: str, published: date = date(2025, 1, 1)) -> Store:
    """A store with one more file."""
    path = folder / f"{name}.csv"
    path.write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")
    held = Store(folder / "store")
    held.add(path, now=NOW, published=published, source="tidy")
    return held


def part(store: Store, name: str, **asked: Any) -> list[Any]:
    return list(PAGES["overview"].part(name).make(store, Asked(**ENDS | asked)))


# ------------------------------------------------------------------ side by side
def test_what_left_for_the_hubs_and_what_was_expected_are_the_command_s(store):
    """The path over the hubs counted adds up to the total."""
    asked = {"base": "2017:2021", "window": "2022", "via": "XHA,XHB,XIC"}
    (section,) = part(store, "together", **asked)
    every = told(store, "diversion", *(f"--{key}={value}" for key, value in (ENDS | asked).items()))["rows"]
    total = [row for row in every if row["channel"] == "total"]
    assert section.sentences == rerouting.found(total, "USD", 0.1)
    (window,) = [row for row in section.answer.rows.to_pylist() if row["is_window"]]
    assert window["value_usd"] == total[0]["actual_usd"]
    assert window["expected_usd"] == pytest.approx(total[0]["expected_usd"])
    assert window["low_90_usd"] < total[0]["actual_usd"] - total[0]["excess_in_usd"] < window["high_90_usd"]
    assert "USD a year" in section.chart.description + str(section.chart.wide)


def test_what_was_expected_on_arrival_is_valued_as_imports_are(tmp_path):
    """XBB tells of the second leg, cif: whatever the margin to fob, what is expected stands beside it."""
    text = made(tmp_path).read_text(encoding="utf-8").splitlines()
    swapped = [",".join([b, a, "import", *rest]) for a, b, _, *rest in (one.split(",") for one in text)]
    path = tmp_path / "received.csv"
    kept = [
        new if ",XBB,export," in old and "XAA" not in old else old
        for old, new in zip(text, swapped, strict=True)
    ]
    path.write_text("\n".join(kept) + "\n", encoding="utf-8")
    held = Store(tmp_path / "store")
    held.add(path, now=NOW, published=date(2025, 1, 1))

    def expected(margin: float) -> float:
        answer = answers.diversion(held, **ENDS, base="2017:2021", window="2022", hub="XHB", margin=margin)
        (row,) = [
            one for one in answer.beside["path"].to_pylist() if one["leg"] == "received" and one["is_window"]
        ]
        return float(row["expected_usd"])

    assert expected(0.5) == pytest.approx(expected(0.0), rel=0.02)


# ------------------------------------------------------------------ on a map
def test_the_legs_on_the_map_are_those_of_direct(store):
    """Of the hub with most the sentence says both legs; 2022 alone is drawn."""
    spans = {"base": "2021", "window": "2022"}
    (section,) = part(store, "ways", via="XHA,XHB", **spans)
    both = answers.direct(store, origin="XAA", destination="XHA,XHB", commodity=GOODS, **spans)
    first = max(row["window_value_usd"] for row in both.rows.to_pylist() if row["role"] == "destination")
    (on, *_) = answers.direct(
        store, origin="XHA", destination="XBB", commodity=GOODS, **spans
    ).rows.to_pylist()
    ends = [sentences.money(value, "USD") for value in (first, on["window_value_usd"])]
    assert f"{ends[0]}, on: {ends[1]}" in section.sentences[0]
    assert section.sentences[0].startswith("In 2022, ")


def test_a_map_of_periods_that_are_not_held_says_which(store):
    """Of those countries other years are held: that is not to say that nothing is."""
    (section,) = part(store, "ways", via="XHA", base="2010", window="2011")
    assert "not held in 2010 and in 2011" in section.sentences[0]
    assert section.missing


def test_one_country_asked_for_is_looked_at_like_a_group(store):
    (section,) = part(store, "held", via="XHA")
    assert section.sentences == ("Of 3 countries this report looks at, 2 are held as reporters.",)


# ------------------------------------------------------------------ what changed
def test_many_codes_that_changed_are_told_together(tmp_path):
    """Two codes revised, one new: one clause each, the largest of both codes named."""
    old = ("XAA,XBB,export,2021-01,870310,5,simulated", "XAA,XBB,export,2021-02,870321,5,simulated")
    new = ("XAA,XBB,export,2021-01,870310,6,simulated", "XAA,XBB,export,2021-02,870321,905,simulated")
    tidy(tmp_path, "old", *old, published=date(2022, 1, 1))
    held = tidy(tmp_path, "new", *new, "XAA,XBB,export,2021-03,870321,5,simulated")
    (section,) = part(held, "changes", commodity="870310,870321")
    what = "1 new (March 2021), 2 revised (January 2021 to February 2021)"
    first, second = section.sentences
    assert first == f"With the publication of 2025-01-01, of the figures by month and year: {what}."
    assert second == "The largest revision: 900 USD, February 2021."
    assert len(section.answer.rows) == 3


def test_what_was_never_told_before_is_no_change(tmp_path):
    """An earlier file is held, of other trade."""
    tidy(tmp_path, "other", "XCC,XBB,export,2021-01,870310,5,simulated", published=date(2022, 1, 1))
    held = tidy(tmp_path, "first", "XAA,XBB,export,2021-01,870310,5,simulated")
    (section,) = part(held, "changes")
    assert section.sentences[0].startswith("One vintage is held, published 2025-01-01")
    assert section.missing


# ------------------------------------------------------------------ what is chosen
def test_who_asks_nothing_is_shown_trade_to_one_that_events_concern(tmp_path):
    """Of what one under sanctions sells to another more months are held."""
    months = [f"2021-{month:02}" for month in range(1, 7)]
    among = [f"RUS,BLR,export,{month},8703,1,simulated" for month in months]
    others = [f"XAA,XBB,export,{month},8703,1,simulated" for month in months]
    held = tidy(tmp_path, "flows", *among, *others, "CHN,RUS,export,2021-01,8703,1,simulated")
    assert usual_pair(held) == ("CHN", "RUS")


def test_a_base_before_anything_is_held_is_not_chosen():
    """The event is of February 2022: held from January on there is no year before."""
    asked = Asked("EU27", "RUS")
    assert windows(asked, date(2021, 1, 1), date(2022, 11, 1), "month") == ("2021", "2022-03:2022-11")
    assert windows(asked, date(2022, 1, 1), date(2023, 11, 1), "month") == ("2022", "2023")


def test_all_pages_are_those_that_can_be_shown():
    assert set(PAGES) - {*every_page(Asked("XAA", "XBB"))} == {"dossier", "claim"}
    assert every_page(Asked("XAA", "XBB", hub="XHA", claim="one")) == list(PAGES)
