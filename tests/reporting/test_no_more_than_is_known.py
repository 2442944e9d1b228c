"""Sentences and charts that would say more than is known: years held in part, places left out, chance."""

from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from entrepot.errors import UsageError
from entrepot.model.answer import Answer
from entrepot.present import rerouting
from entrepot.present.figure import Section, fragment, inside, nowhere
from entrepot.reporting import PAGES, Asked, build_report
from entrepot.reporting._ask import line, not_drawn
from entrepot.reporting.usual import sections
from entrepot.store import Store

HEAD = "reporter,partner,flow,period,commodity,value_usd,status\n"
NOW = datetime(2023, 5, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Exports of XAA in two goods: all of 2021, and half of 2022."""
    folder = tmp_path_factory.mktemp("care")
    months = [f"2021-{month:02}" for month in range(1, 13)] + [f"2022-{month:02}" for month in range(1, 7)]
    rows = [
        f"XAA,{partner},export,{month},{good},{value},simulated\n"
        for month in months
        for good in ("854231", "870323")
        for partner, value in (("XBB", 10), ("XCC", 1), ("XDD", 2))
    ]
    file = folder / "halves.csv"
    file.write_text(HEAD + "".join(rows), encoding="utf-8")
    made = Store(folder / "store")
    made.add(file, now=NOW, published=date(2022, 8, 1))
    return made


def made(store: Store, page: str, part: str, **asked: str) -> list[Section]:
    return list(PAGES[page].part(part).make(store, Asked("XAA", "XBB", **asked)))


def test_the_last_whole_year_leads_and_says_who_reported_it(store: Store) -> None:
    (size,) = made(store, "country", "size", country="XBB", commodity="8542")
    assert size.sentences[0].startswith("In 2021, imports of")
    assert "as exports reported by simulated country XAA, came to 120 USD" in size.sentences[0]


def test_a_year_in_part_is_in_the_rows_and_not_in_the_chart() -> None:
    rows = [
        {"period": date(2021, 1, 1), "months": 12, "v": 9.0},
        {"period": date(2022, 1, 1), "months": 6, "v": 4.0},
    ]
    assert line("", rows, "v").points == {date(2021, 1, 1): 9.0}
    assert line("", rows[1:], "v").points == {date(2022, 1, 1): 4.0}
    assert "2022" in not_drawn(Answer({}, pa.Table.from_pylist(rows)))[0]
    assert not not_drawn(Answer({}, pa.Table.from_pylist(rows[:1])))


def test_each_country_asked_for_is_shown_or_named_as_missing(store: Store) -> None:
    shown = made(store, "overview", "neighbours", via="XCC,XDD,XEE", commodity="8542")
    assert [one.heading.split(" and ")[1][:21] for one in shown[:2]] == [
        "simulated country XCC",
        "simulated country XDD",
    ]
    assert "simulated country XEE" in shown[-1].sentences[0]
    (held,) = made(store, "overview", "held", via="XCC,XDD,XEE", commodity="8542")
    assert held.sentences[0].startswith("Of 5 countries")


def test_goods_held_by_code_alone_are_pointed_at(store: Store) -> None:
    (direct,) = made(store, "overview", "direct")
    assert "(all goods)" in direct.sentences[0]
    assert "01-97" in direct.sentences[1]


@pytest.mark.parametrize(("low", "said"), [(1.0, rerouting.BEYOND), (-1.0, rerouting.NOT_APART)])
def test_an_interval_that_reaches_zero_is_not_called_trade_beyond(low: float, said: str) -> None:
    row = {"hub": "all", "hubs": 1, "rerouted_usd": 2.0, "low_90_usd": low, "high_90_usd": 3.0}
    assert rerouting.found([row | {"share_of_loss": None}], "USD", 0.1)[-1] == said


def test_the_day_below_a_figure_is_its_own() -> None:
    section = Section("Two days", answer=Answer({"as_of": "2024-06-18"}, pa.table({"a": [1]})))
    html = fragment({"one": section}, inside, nowhere, as_of=date(2022, 9, 30))
    assert "As of 2024-06-18." in html
    assert "2022-09-30" not in html


def test_one_country_is_no_pair(store: Store) -> None:
    with pytest.raises(UsageError, match="two countries"):
        build_report(store, Asked("XAA", "XAA"))


def test_an_empty_store_says_what_to_add(tmp_path: Path) -> None:
    for page in ("overview", "hubs", "posture"):
        for part in PAGES[page].parts:
            (first, *_) = sections(Store(tmp_path / "none"), PAGES[page], part.name, Asked("", ""))
            assert first.missing
            assert "entrepot add" in first.missing[0].command
