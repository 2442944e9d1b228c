"""Acts, votes and agreement as a user asks for them, of invented countries."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from entrepot import Answer, Store, acts, agreement, votes
from entrepot.errors import NoDataError, UsageError

NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
ACTS = """key,date,actor,partner,kind,title,amount,unit,stance,category,marks,status
a,2021-02,XAA,XBB,investment,mine,5,USD,,Metals,ring,simulated
b,2021-05,XAA,XBB,investment,port,7,USD,,Transport,ring sea,simulated
c,2022-12,XAA,XCC,investment,rail,9,USD,,Transport,,simulated
d,2021,XAA,XBB,arms,guns,2,TIV,,,,simulated
e,2021-05-24,XAA,XBB,statement,words,,,1,,,simulated
f,2021-08-13,XAA,XBB,statement,other words,,,-1,,,simulated
"""
VOTES = """roll_call,date,area,vote,title,status
R1,2021-03-02,XAA,yes,peace,simulated
R1,2021-03-02,XBB,no,peace,simulated
R1,2021-03-02,XCC,absent,peace,simulated
R2,2022-03-02,XAA,yes,bread,simulated
R2,2022-03-02,XBB,yes,bread,simulated
R2,2022-03-02,XCC,abstain,bread,simulated
"""


@pytest.fixture
def held(tmp_path: Path) -> Store:
    """A store with both lists, published in 2023."""
    store = Store(tmp_path / "store")
    for name, text in (("acts.csv", ACTS), ("votes.csv", VOTES)):
        (tmp_path / name).write_text(text, encoding="utf-8")
        store.add(tmp_path / name, now=NOW, published=date(2023, 1, 1))
    return store


def shown(answer: Answer, *names: str) -> list[tuple[object, ...]]:
    return [tuple(row[name] for name in names) for row in answer.rows.to_pylist()]


def test_acts_by_year_with_each_of_them_beside(held: Store):
    answer = acts(held, actor="XAA", partner="XBB", kind="investment", period="2021:2022")
    assert shown(answer, "period", "acts", "amount", "months") == [
        (date(2021, 1, 1), 2, 12.0, 11),
        (date(2022, 1, 1), 0, 0.0, 12),
    ]
    assert [row["title"] for row in answer.beside["acts"].to_pylist()] == ["mine", "port"]
    assert [shot.file for shot in answer.snapshots] == ["acts.csv"]
    assert any("not covered to the end: periods from 2021-01" in warning for warning in answer.warnings)


def test_a_category_or_a_mark_chooses_acts_and_not_what_is_covered(held: Store):
    transport = acts(held, actor="XAA", partner="XBB", kind="investment", period="2021", category="metals")
    assert shown(transport, "acts", "amount") == [(1, 5.0)]
    marked = acts(held, actor="XAA", partner="WLD", kind="investment", period="2021:2022", mark="sea")
    assert shown(marked, "acts", "amount") == [(1, 7.0), (0, 0.0)]


def test_without_a_period_all_that_is_told_or_covered(held: Store):
    answer = acts(held, actor="XAA", partner="XBB", kind="investment", by="none")
    assert answer.question["period"] == "2021-02:2022-12"
    assert shown(answer, "acts", "months") == [(2, 23)]


def test_what_is_dated_by_year_has_no_place_in_a_half(held: Store):
    with pytest.raises(UsageError, match=r"arms \(tidy\): dated by year only"):
        acts(held, actor="XAA", partner="XBB", kind="arms", period="2021", by="half")
    with pytest.raises(UsageError, match="whole years"):
        acts(held, actor="XAA", partner="XBB", kind="arms", period="2021-03:2021-12")
    assert shown(acts(held, actor="XAA", partner="XBB", kind="arms"), "acts", "unit") == [(1, "TIV")]


def test_stances_have_a_mean(held: Store):
    answer = acts(held, actor="XAA", partner="XBB", kind="statement", period="2021", by="half")
    assert shown(answer, "acts", "stance") == [(1, 1.0), (1, -1.0)]


def test_nothing_told_and_nothing_covered_is_no_data(held: Store):
    for more in ({}, {"period": "2021"}):
        with pytest.raises(NoDataError, match="nothing held tells of or covers"):
            acts(held, actor="XBB", partner="XAA", **more)
    with pytest.raises(NoDataError):
        acts(held, actor="XAA", partner="XBB", as_of=date(2022, 12, 31))
    with pytest.raises(UsageError, match="kind 'gift'"):
        acts(held, actor="XAA", partner="XBB", kind="gift")


def test_the_packages_list_answers_in_an_empty_store(tmp_path: Path):
    """Nobody claims to hold all statements, and the answer says so."""
    answer = acts(Store(tmp_path / "none"), actor="CHN", partner="RUS", kind="statement", period="2022")
    assert shown(answer, "months") == [(0,)]
    assert any("nobody claims to hold all of statement" in warning for warning in answer.warnings)
    assert all(row["citation"] for row in answer.beside["acts"].to_pylist())


def test_votes_and_how_the_roll_call_ended(held: Store):
    """The count is of all areas, whichever are asked for."""
    answer = votes(held, roll_call="R1", area="XBB,XDD")
    assert shown(answer, "roll_call", "area", "vote", "title") == [("R1", "XBB", "no", "peace")]
    [ended] = answer.beside["roll_calls"].to_pylist()
    assert [ended[word] for word in ("yes", "no", "abstain", "absent")] == [1, 1, 0, 1]
    assert answer.warnings == ["no vote is told of: XDD."]
    assert len(votes(held, period="2022").rows) == 3


def test_every_vote_there_is_is_not_a_question(held: Store):
    with pytest.raises(UsageError, match="name a --roll-call"):
        votes(held)
    with pytest.raises(NoDataError, match="R9"):
        votes(held, roll_call="R9")


def test_roll_calls_of_both_data_sets_are_told_to_count_twice(tmp_path: Path):
    """One vote, numbered by one and named by its resolution by the other; one of them alone says nothing."""
    files = {
        "2026_1_2_ga_voting.csv": "undl_id,ms_code,ms_name,ms_vote,date,resolution,title\n"
        "5,CHN,CHINA,Y,1976-01-01,A/RES/31/1,Invented\n"
        "5,RUS,RUSSIAN FEDERATION,Y,1976-01-01,A/RES/31/1,Invented\n",
        "votes.csv": "rcid,country,country_code,vote\n3,China,CN,yes\n3,Russia,RU,yes\n",
        "calls.csv": "rcid,date,unres,short,descr\n3,1976-01-01,R/31/1,Invented,Invented\n",
    }
    store, found = Store(tmp_path / "store"), []
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        store.add(tmp_path / name, now=NOW, published=date(2023, 1, 1))
        answer = agreement(store, area="CHN", partner="RUS", by="none")
        twice = any("count twice" in one for one in answer.warnings)
        found.append((shown(answer, "votes"), twice))
    assert found == [([(1,)], False), ([(1,)], False), ([(2,)], True)]


def test_agreement_with_its_interval(held: Store):
    """Opposed once and alike once; an absence is no roll call of both."""
    answer = agreement(held, area="XAA", partner="XBB,XCC")
    assert shown(answer, "partner", "period", "s", "votes") == [
        ("XBB", date(2021, 1, 1), -1.0, 1),
        ("XBB", date(2022, 1, 1), 1.0, 1),
        ("XCC", date(2022, 1, 1), 0.5 - 0.5, 1),
    ]
    assert all(row["low_90"] <= row["s"] <= row["high_90"] for row in answer.rows.to_pylist())
    assert answer.warnings == ["3 rows rest on fewer than 10 roll calls."]


def test_votes_without_dates_say_what_is_missing(tmp_path: Path):
    store = Store(tmp_path / "store")
    text = "rcid,country,country_code,vote\n3,China,CN,yes\n3,Russia,RU,yes\n"
    (tmp_path / "votes.csv").write_text(text, encoding="utf-8")
    store.add(tmp_path / "votes.csv", now=NOW)
    for more in ({}, {"period": "2021"}):
        with pytest.raises(NoDataError, match="file of roll calls"):
            agreement(store, area="CHN", partner="RUS", **more)


def test_aggregates_do_not_vote(held: Store):
    with pytest.raises(UsageError, match="WLD does not vote"):
        agreement(held, area="XAA", partner="WLD")
