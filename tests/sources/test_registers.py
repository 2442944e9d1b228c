"""Registers of acts and files of votes: the China tracker, SIPRI, the General Assembly, one's own lists."""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from entrepot.errors import ReadError, UsageError
from entrepot.store import Store

NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
ES11 = {"roll_call": "ES-11/1", "date": "2022-03-02"}


def sample(source: str) -> Path:
    return Path(str(files(f"entrepot.sources.{source}").joinpath("sample.csv")))


def added(folder: Path, path: Path, **options: Any) -> tuple[Any, list[dict[str, Any]], list[dict[str, Any]]]:
    """Card, rows of its kind in the order of the file, rejects."""
    store = Store(folder / "store")
    card = store.add(path, now=NOW, **options).card
    rows = store.run(store.acts() if card.kind == "acts" else store.votes()).to_pylist()
    mine = sorted((row for row in rows if row["snapshot"] == card.snapshot), key=lambda row: row["row"])
    return card, mine, store.rejects(card.snapshot).to_pylist()


def test_the_tracker_has_a_deal_a_row(tmp_path: Path):
    """Millions become dollars, flags become marks, Latin-1 stays as it is written, a slip is a reject."""
    card, rows, rejects = added(tmp_path, sample("aei"))
    assert [(row["date"], row["precision"], row["partner"], row["amount"]) for row in rows] == [
        (date(2021, 1, 1), "month", "XBB", 1_740e6),
        (date(2021, 7, 1), "month", "XBB", 260e6),
        (date(2021, 7, 1), "month", "XCC", 100e6),
    ]
    assert [row["marks"] for row in rows] == ["BRI", "greenfield", None]
    assert rows[0]["title"] == "Invented Oil with Oil of XBB (Oil)"
    assert rows[2]["title"].endswith("Participações")
    assert {(row["actor"], row["kind"], row["unit"]) for row in rows} == {("CHN", "investment", "USD")}
    assert [(row["row"], row["column"]) for row in rejects] == [(5, "Month")]
    assert any("construction contracts together" in note for note in card.warnings)


def test_the_arms_register_has_a_delivery_a_row(tmp_path: Path):
    """Its own day is its publication; an armed group has no code; what is estimated says so."""
    card, rows, rejects = added(tmp_path, sample("sipri"))
    assert (card.published, card.published_is_known) == (date(2022, 2, 2), True)
    assert [(r["key"], r["date"].year, r["partner"], r["amount"], r["status"]) for r in rows] == [
        ("sipri 90001 2020", 2020, "XBB", 30e6, "simulated"),
        ("sipri 90001 2021", 2021, "XBB", 15e6, "simulated"),
        ("sipri 90002 2021", 2021, "_X", 1e6, "simulated"),
    ]
    assert rows[2]["marks"] == "local-production second-hand"
    assert rows[0]["title"] == "4 XM-1 (helicopter) to XBB, ordered 2019"
    assert [(row["row"], row["column"]) for row in rejects] == [(11, "Recipient")]


def test_one_roll_call_is_named_by_the_user(tmp_path: Path):
    card, rows, rejects = added(tmp_path, sample("unga"), given=ES11)
    assert [(row["area"], row["vote"]) for row in rows] == [
        ("XAA", "yes"),
        ("XBB", "no"),
        ("XCC", "abstain"),
        ("XDD", "absent"),
    ]
    assert {(row["roll_call"], row["date"]) for row in rows} == {("ES-11/1", date(2022, 3, 2))}
    assert [(row["row"], row["value"]) for row in rejects] == [(6, "Perhaps")]
    assert card.published == date(2022, 3, 2)


def test_the_librarys_file_carries_votes_and_dates(tmp_path: Path):
    """A roll call has its resolution's name, else the library's number; one of two of a resolution both."""
    path = tmp_path / "2026_1_02_ga_voting.csv"
    path.write_bytes(sample("unga").with_name("sample_library.csv").read_bytes())
    card, rows, rejects = added(tmp_path, path)
    assert [(row["roll_call"], row["area"], row["vote"]) for row in rows] == [
        ("ES-11/1", "XAA", "yes"),
        ("ES-11/1", "XBB", "no"),
        ("ES-11/1", "XCC", "abstain"),
        ("ES-11/1", "XDD", "absent"),
        ("377(V)[A] undl-9000002", "XAA", "yes"),
        ("377(V)[A] undl-9000003", "XAA", "no"),
        ("undl-9000004", "SUN", "absent"),
    ]
    assert (rows[0]["date"], rows[0]["title"]) == (date(2022, 3, 2), "Invented, for tests : resolution")
    assert (card.published, card.format) == (date(2026, 1, 2), "un-library")
    assert [(row["row"], row["column"]) for row in rejects] == [(9, "ms_vote"), (10, "ms_code")]


def test_the_librarys_terms_are_not_those_of_the_other_data_set(tmp_path: Path):
    """And its file is not the latest of theirs: a file of one roll call stays in force beside it."""
    library, _, _ = added(tmp_path, sample("unga").with_name("sample_library.csv"))
    one, rows, _ = added(tmp_path, sample("unga"), given=ES11 | {"roll_call": "ES-11/9"})
    assert ("non-commercial" in library.licence, "CC0" in one.licence) == (True, True)
    assert {row["roll_call"] for row in rows} == {"ES-11/9"}


def test_the_file_of_an_earlier_year_has_a_column_less(tmp_path: Path):
    lines = csv.reader(io.StringIO(sample("unga").with_name("sample_library.csv").read_text("utf-8")))
    table = list(lines)
    gone = table[0].index("vote_note")
    with (tmp_path / "votes.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([row[:gone] + row[gone + 1 :] for row in table])
    _, rows, _ = added(tmp_path, tmp_path / "votes.csv")
    assert (len(rows), rows[0]["vote"]) == (7, "yes")


@pytest.mark.parametrize("given", [{}, {"roll_call": "ES-11/1"}, {"date": "2022-03-02"}])
def test_without_the_users_word_it_is_refused(tmp_path: Path, given: dict[str, str]):
    with pytest.raises(ReadError, match="--given roll_call=ES-11/1 --given date=2022-03-02"):
        added(tmp_path, sample("unga"), given=given)


def test_a_date_that_is_none_is_refused(tmp_path: Path):
    with pytest.raises(UsageError, match="not a day"):
        added(tmp_path, sample("unga"), given=ES11 | {"date": "2 March"})


def test_votes_take_their_dates_from_the_file_of_roll_calls(tmp_path: Path):
    """Added in either order; a roll call itself is no vote."""
    votes = pa.table(
        {"rcid": [3.0, 3.0], "country": ["China", "Yemen Arab Republic"], "country_code": ["CN", None],
         "vote": ["yes", "abstain"]}
    )  # fmt: skip
    calls = pa.table(
        {"rcid": [3, 4], "date": ["1976-01-01", "1976-02-01"], "unres": ["R/1", None], "short": ["A", "B"],
         "descr": ["long", "long"], "session": [1.0, 1.0]}
    )  # fmt: skip
    pq.write_table(votes, tmp_path / "votes.parquet")
    pq.write_table(calls, tmp_path / "calls.parquet")
    store = Store(tmp_path / "store")
    store.add(tmp_path / "votes.parquet", now=NOW)
    before = store.run(store.votes()).to_pylist()
    store.add(tmp_path / "calls.parquet", now=NOW)
    after = store.run(store.votes().order_by("area")).to_pylist()
    assert [row["date"] for row in before] == [None, None]
    assert [(row["roll_call"], row["area"], row["vote"], row["date"], row["title"]) for row in after] == [
        ("rcid-3", "CHN", "yes", date(1976, 1, 1), "R/1: A"),
        ("rcid-3", "YEM", "abstain", date(1976, 1, 1), "R/1: A"),
    ]


ACTS = """key,date,actor,partner,kind,title,amount,unit,stance,status
a,2021,XAA,XBB,lending,credit,5,EUR,,simulated
b,2021-05,XAA,XBB,statement,words,,,-1,simulated
c,2021-05-24,XAA,XBB,exercise,drill,,,,simulated
d,2021-13-01,XAA,XBB,exercise,drill,,,,simulated
e,2021,XAA,XBB,dance,drill,,,,simulated
f,2021,XAA,XBB,lending,credit,5,,,simulated
g,2021,XAA,XBB,statement,words,,,2,simulated
h,2021,XAA,XBB,exercise,,,,,simulated
i,2021,XAA,XBB,exercise,drill,,,,
,2021,XAA,XBB,exercise,drill,,,,simulated
""" + "".join(f"good {place},2021,XAA,XBB,exercise,drill,,,,simulated\n" for place in range(5))


def test_a_list_of_acts_of_ones_own(tmp_path: Path):
    """A date is as precise as it is written; each slip is named."""
    (tmp_path / "acts.csv").write_text(ACTS, encoding="utf-8")
    _, rows, rejects = added(tmp_path, tmp_path / "acts.csv")
    assert [(row["key"], row["date"], row["precision"]) for row in rows[:3]] == [
        ("a", date(2021, 1, 1), "year"),
        ("b", date(2021, 5, 1), "month"),
        ("c", date(2021, 5, 24), "day"),
    ]
    assert [(row["amount"], row["unit"], row["stance"]) for row in rows[:3]] == [
        (5.0, "EUR", None),
        (None, None, -1.0),
        (None, None, None),
    ]
    assert [row["column"] for row in rejects] == ["date", "kind", "unit", "stance", "title", "status", "key"]


def test_an_act_told_twice_unlike_is_believed_in_neither_form(tmp_path: Path):
    text = "key,date,actor,partner,kind,title,status\n"
    text += "a,2021,XAA,XBB,lending,x,simulated\na,2022,XAA,XBB,lending,x,simulated\n"
    text += "b,2021,XAA,XBB,lending,x,simulated\nc,2021,XAA,XBB,lending,x,simulated\n"
    (tmp_path / "acts.csv").write_text(text, encoding="utf-8")
    _, rows, rejects = added(tmp_path, tmp_path / "acts.csv")
    assert ([row["key"] for row in rows], [row["row"] for row in rejects]) == (["b", "c"], [2, 3])


def test_a_list_of_votes_of_ones_own(tmp_path: Path):
    text = "roll_call,date,area,vote,issue,status\nR1,2021-03-02,XAA,Yes,peace,simulated\n"
    text += "R1,2021-03-02,XDD,ABSENT,,simulated\n"
    text += "R1,2021-03,XBB,no,peace,simulated\nR1,2021-03-02,XCC,maybe,peace,simulated\n"
    (tmp_path / "votes.csv").write_text(text, encoding="utf-8")
    _, rows, rejects = added(tmp_path, tmp_path / "votes.csv")
    assert [(row["roll_call"], row["area"], row["vote"], row["issue"]) for row in rows] == [
        ("R1", "XAA", "yes", "peace"),
        ("R1", "XDD", "absent", None),
    ]
    assert [row["column"] for row in rejects] == ["date", "vote"]


def test_real_registers_are_understood_whole(tmp_path: Path, data: Path):
    """Nothing of either is rejected, and what has no code is of armed groups, alliances and the unknown."""
    folder = data / "reference"
    card, _, _ = added(tmp_path / "a", folder / "aei_china_global_investment_tracker_2005_2021.csv")
    assert (card.rows, card.rejects) == (3_752, 0)
    card, rows, _ = added(tmp_path / "s", folder / "sipri_arms_transfers_register_2000_2023.csv")
    assert (card.rows, card.rejects, card.published) == (20_480, 0, date(2025, 1, 3))
    assert Counter(row["partner"] for row in rows)["_X"] < 0.02 * len(rows)
