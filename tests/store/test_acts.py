"""Acts and votes in a store: as of a day, registers that come whole, and the package's own lists."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from entrepot import status
from entrepot.model.act import COLUMNS, all_acts, known_acts
from entrepot.model.vote import COLUMNS as VOTE_COLUMNS
from entrepot.store import Store
from entrepot.store.engine import Spark
from tests.store.helpers import add

Write = Callable[..., Path]
TRACKER = (
    "Year,Month,Investor, Quantity in Millions ,Share Size,Transaction Party,Sector,Subsector,"
    "Country,Region,BRI\n"
)
OWN = "key,date,actor,partner,kind,title,amount,unit,status\n"


def deals(*rows: str) -> bytes:
    """A tracker with these years, months and millions."""
    lines = ("{},{},Invented,${} ,,,Energy,,XBB,Nowhere,1\n".format(*row.split()) for row in rows)
    return (TRACKER + "".join(lines)).encode()


def told(store: Store, as_of: str | None = None) -> list[tuple[int, float]]:
    """Year and amount of the deals, as the next command would find them."""
    fresh = Store(store.folder)
    acts = fresh.acts(date.fromisoformat(as_of) if as_of else None)
    rows = fresh.run(acts.filter(acts.snapshot.notnull())).to_pylist()
    return sorted((row["date"].year, row["amount"]) for row in rows)


def test_a_later_edition_of_a_register_withdraws_the_earlier(store: Store, write: Write):
    """Its rows have no numbers: a deal that moved or vanished would else be counted twice, or for ever."""
    add(store, write(deals("2021 May 100", "2021 June 200"), "old.csv"), "2022-01-01")
    add(store, write(deals("2021 July 250"), "new.csv"), "2023-01-01")
    assert told(store) == [(2021, 250e6)]
    assert told(store, "2022-06-01") == [(2021, 100e6), (2021, 200e6)]
    assert told(store, "2021-06-01") == []


def test_a_later_list_of_ones_own_withdraws_only_what_it_repeats(store: Store, write: Write):
    rows = "a,2021,XAA,XBB,lending,x,{},USD,simulated\n"
    old = OWN + rows.format(1) + rows.replace("a,2021", "b,2022").format(2)
    add(store, write(old.encode(), "old.csv"), "2022-01-01")
    add(store, write((OWN + rows.format(9)).encode(), "new.csv"), "2023-01-01")
    assert told(store) == [(2021, 9.0), (2022, 2.0)]


def test_the_packages_lists_are_there_without_any_file(store: Store):
    """As they were known on the day asked about."""
    day = date(2022, 9, 30)
    table = store.run(store.acts(day))
    assert table.column_names == list(COLUMNS)
    assert len(table) == len(known_acts(day)) < len(all_acts())
    assert max(table["date"].to_pylist()) <= day
    assert set(table["status"].to_pylist()) == {"typed"}
    assert None not in table["citation"].to_pylist()


def test_no_votes_held_is_an_empty_table(store: Store):
    table = store.run(store.votes())
    assert (table.column_names, len(table)) == (list(VOTE_COLUMNS), 0)


def test_status_tells_of_acts_and_votes(store: Store, write: Write):
    add(store, write(deals("2021 May 100", "2022 June 200"), "deals.csv"))
    votes = (
        "roll_call,date,area,vote,status\nR1,2021-03-02,XAA,yes,simulated\nR1,2021-03-02,XBB,no,simulated\n"
    )
    add(store, write(votes.encode(), "votes.csv"))
    beside = status(store).beside
    [held] = [row for row in beside["acts"].to_pylist() if row["source"] == "aei"]
    assert (held["kind"], held["acts"], held["partners"], held["last"]) == (
        "investment",
        2,
        1,
        date(2022, 6, 1),
    )
    [told] = beside["votes"].to_pylist()
    assert (told["roll_calls"], told["areas"], told["votes"], told["undated"]) == (1, 2, 2, 0)


@pytest.mark.spark
def test_on_spark_too(store: Store, write: Write, spark: Any):
    add(store, write(deals("2021 May 100"), "deals.csv"))
    votes = b"roll_call,date,area,vote,status\nR1,2021-03-02,XAA,yes,simulated\n"
    add(store, write(votes, "votes.csv"))
    there = Store(store.folder, engine=Spark(spark))
    assert len(there.run(there.acts())) == 1 + len(all_acts())
    assert [row["date"] for row in there.run(there.votes()).to_pylist()] == [date(2021, 3, 2)]
