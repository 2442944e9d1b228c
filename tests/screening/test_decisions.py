"""What people decide: what is accepted, how long it stands, what opens it again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from entrepot.errors import StoreError, UsageError
from entrepot.screening import decisions
from entrepot.screening.decisions import Decision, decide, reopened, state, touched
from entrepot.screening.log import AlteredError
from entrepot.screening.records import record
from tests.screening.made import FLAG, MATCH, NOW, Edition, search
from tests.store.test_storage import mounted

DAY = NOW.date()
END = DAY + timedelta(days=30)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store with one search on record."""
    record(tmp_path, search())
    return tmp_path


def decided(store: Path, case: str = MATCH.case, **also: Any) -> Decision:
    usual: dict[str, Any] = {"who": "A. Kim", "why": "born 1971, ours 1990", "decision": "not-a-match"}
    return decide(store, case, **{**usual, "until": END, "now": NOW} | also)


def one(mark: str | None, made: list[Decision], on: date, case: str = MATCH.case) -> dict[str, Any]:
    """The state of one case."""
    asked = pa.table({"case": [case], "fingerprint": pa.array([mark], pa.string())})
    [row] = state(asked, made, on).to_pylist()
    return row


# ---------------------------------------------------------------- what is accepted


def test_a_decision_is_kept_with_what_it_is_about(store: Path):
    made = decided(store, MATCH.case.lower(), scope="Zorvan and Qulb only")
    assert decisions.decisions(store) == [made]
    assert (made.about, made.fingerprint, made.list, made.party) == (MATCH.about, "f1", "ours", "p1")
    assert (made.number, made.when, made.until, made.scope) == (1, NOW, END, "Zorvan and Qulb only")


@pytest.mark.parametrize(
    ("also", "says"),
    [
        ({"case": "AAAAAAAAAAAA"}, "--open` lists those"),
        ({"case": "../../etc/passwd"}, "no search on record"),
        ({"case": ""}, "no search on record"),
        ({"who": " \t"}, "--who is needed"),
        ({"who": "---"}, "--who is needed"),
        ({"why": ""}, "--why is needed"),
        ({"who": "x" * 201}, "200 are the most"),
        ({"why": "x" * 3_000_000}, "4,000 are the most"),
        ({"scope": "x" * 501}, "500 are the most"),
        ({"why": "a\x1b[2Jb"}, r"U\+001B"),
        ({"who": "A. Kim\u202etsil"}, r"U\+202E"),
        ({"why": "half \ud800 of a pair"}, r"U\+D800"),
        ({"why": "no\x00thing"}, r"U\+0000"),
        ({"decision": "clear"}, "proceed, refuse, escalate, not-a-match"),
        ({"until": None}, "needs an end"),
        ({"until": None, "decision": "proceed"}, "needs an end"),
        ({"until": DAY - timedelta(days=1)}, "is past"),
    ],
)
def test_what_is_not_accepted(store: Path, also: dict[str, Any], says: str):
    with pytest.raises(UsageError, match=says):
        decided(store, **also)
    assert decisions.decisions(store) == []


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("=1+1", "=1+1"),
        ("two\nlines\r\n\tand a tab", "two lines and a tab"),
        ('"},{"kind":"decision"', '"},{"kind":"decision"'),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("[red]no[/red] markup", "[red]no[/red] markup"),
    ],
)
def test_words_that_are_odd_and_accepted(store: Path, text: str, kept: str):
    decided(store, who=text, why=text)
    [made] = decisions.decisions(store)
    assert (made.who, made.why) == (kept, kept)
    assert len(decisions.log(store).path.read_bytes().splitlines()) == 1


def test_a_full_disk_decides_nothing(tmp_path: Path):
    with mounted(tmp_path / "disk", "-t", "tmpfs", "-o", "size=32k", "tmpfs"):
        store = tmp_path / "disk"
        record(store, search())
        with pytest.raises(StoreError, match="Free space"):
            [decided(store, why="because " * 450) for _ in range(30)]
        made = decisions.decisions(store)
        assert decisions.log(store).verify().fault is None
        assert [found.number for found in made] == list(range(1, len(made) + 1))


def test_a_decision_that_was_altered_clears_nothing(store: Path):
    decided(store, decision="refuse", until=None)
    path = decisions.log(store).path
    path.write_bytes(path.read_bytes().replace(b'"refuse"', b'"proceed"'))
    with pytest.raises(AlteredError, match="line 1 was altered"):
        decisions.decisions(store)


# ---------------------------------------------------------------- how long it stands


def test_the_newest_counts_and_the_older_stay(store: Path):
    decided(store, decision="escalate", until=None)
    made = [decided(store), decided(store, decision="refuse", until=None, why="it is them")]
    found = decisions.decisions(store)
    assert found[1:] == made
    assert one("f1", found, DAY)["decision"] == "refuse"
    assert len(list(decisions.history(found, MATCH.case))) == 3


def test_a_decision_that_is_withdrawn(store: Path):
    decided(store)
    decided(store, decision="withdraw", until=None, why="the birthday was wrong")
    found = decisions.decisions(store)
    row = one("f1", found, DAY)
    assert (row["decision"], row["is_open"], row["reopened"]) == ("withdraw", True, f"withdrawn on {DAY}")
    assert (len(found), found[0].decision) == (2, "not-a-match")


def test_escalated_is_open_and_was_not_opened_again(store: Path):
    row = one("f1", [decided(store, decision="escalate", until=None)], DAY)
    assert (row["is_open"], row["reopened"]) == (True, None)


def test_nobody_decided():
    row = one("f1", [], DAY)
    assert (row["is_open"], {row[name] for name in ("decision", "who", "why", "until", "reopened")}) == (
        True,
        {None},
    )


def test_a_changed_listing_and_changed_facts(store: Path):
    made = [decided(store), decided(store, FLAG.case, decision="proceed")]
    assert one("f2", made, DAY)["reopened"] == "the listing changed since"
    row = one("other", made, DAY, FLAG.case)
    assert (row["reopened"], row["is_open"]) == ("the shipment's facts changed since", True)
    assert one(FLAG.fingerprint, made, DAY, FLAG.case)["is_open"] is False
    assert one(None, made, DAY)["is_open"] is False


def test_rows_come_in_the_order_asked_and_none_is_lost(store: Path):
    made = [decided(store)]
    asked = pa.table({"case": ["X", MATCH.case, "X"], "fingerprint": ["", "f1", ""]})
    assert state(asked, made, DAY)["case"].to_pylist() == ["X", MATCH.case, "X"]
    assert state(asked.slice(0, 0), made, DAY).schema == decisions.schema()


def test_as_known_on_a_day(store: Path):
    decided(store)
    later = decided(store, decision="withdraw", until=None, now=NOW + timedelta(days=3))
    assert len(decisions.decisions(store, DAY)) == 1
    assert decisions.decisions(store, later.when.date())[-1] == later


WORDS = st.sampled_from(["proceed", "refuse", "escalate", "not-a-match", "withdraw"])
DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))


@st.composite
def any_decision(draw: st.DrawFn) -> Decision:
    word, day = draw(WORDS), draw(DAYS)
    end = draw(DAYS if word in decisions.NEEDS_END else st.none() | DAYS)
    when = datetime.combine(day, time(12), UTC)
    kind = draw(st.sampled_from(["match", "flag"]))
    mark = draw(st.sampled_from("ab"))
    return Decision("X", kind, "", "w", word, "y", end, "", mark, when)


@given(st.lists(any_decision(), max_size=5), DAYS, st.sampled_from(["a", "b", None]))
def test_states(made: list[Decision], on: date, mark: str | None):
    """Closed only by a newest decision that settles, is in force, and was made on the same facts."""
    row = one(mark, made, on, "X")
    settles = bool(made) and made[-1].decision in {"proceed", "refuse", "not-a-match"}
    in_force = bool(made) and (made[-1].until is None or on <= made[-1].until)
    same = bool(made) and mark in {None, made[-1].fingerprint}
    assert row["is_open"] == (not (settles and in_force and same))
    assert row["decision"] == (made[-1].decision if made else None)
    assert row["is_open"] or row["reopened"] is None


@given(any_decision(), DAYS, DAYS)
def test_what_expired_stays_expired(made: Decision, on: date, later: date):
    assume(later >= on)
    if reopened(made, None, on):
        assert reopened(made, None, later)


@given(any_decision(), st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_nothing_that_lets_go_on_stands_without_end(made: Decision, on: date):
    if made.decision in decisions.NEEDS_END and on > date(2027, 12, 31):
        assert one(None, [made], on, "X")["is_open"]


# ---------------------------------------------------------------- new editions


def edition(**told: tuple[str, tuple[str, ...]]) -> Edition:
    return Edition("ours", told)


OLD = edition(p1=("f1", ("Zorvan Trade House",)), p2=("g1", ("Qulb",)))


@pytest.mark.parametrize(
    ("new", "what"),
    [
        (OLD, []),
        (edition(p1=("f2", ("Zorvan Trade House", "Zorvan TD"))), ["new names: Zorvan TD"]),
        (edition(p1=("f2", ("Zorvan Trade House",))), ["the listing changed"]),
        (edition(p1=("f2", ())), ["the listing changed"]),
        (edition(p2=("g2", ("Qulb", "Kulb"))), ["no longer on the list"]),
        (edition(), ["no longer on the list"]),
        (edition(p1=("f1", ("Zorvan Trade House",)), p9=("n1", ("Newly Listed",))), []),
    ],
)
def test_what_a_new_edition_touches(store: Path, new: Edition, what: list[str]):
    """Newly listed parties are in no case; a flag is about no list."""
    made = [decided(store), decided(store, FLAG.case, decision="proceed")]
    found = touched([OLD], [new], made)
    assert found["what"].to_pylist() == what
    assert found["case"].to_pylist() == [MATCH.case] * len(what)


def test_a_list_that_is_not_there_tells_nothing(store: Path):
    """Absent is not delisted."""
    made = [decided(store)]
    assert touched([OLD], [], made).num_rows == 0
    assert touched([OLD], [replace(OLD, name="another")], made).num_rows == 0


def test_without_the_old_edition_a_change_is_still_seen(store: Path):
    made = [decided(store)]
    changed = edition(p1=("f2", ("Zorvan Trade House", "Zorvan TD")))
    assert touched([], [changed], made)["what"].to_pylist() == ["the listing changed"]


def test_each_case_once_by_its_newest_decision(store: Path):
    made = [decided(store), decided(store, decision="refuse", until=None)]
    [row] = touched([OLD], [edition()], made).to_pylist()
    assert row["decision"] == "refuse"
