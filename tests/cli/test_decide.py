"""decide, decisions and searches as a user types them, on searches of invented parties."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook

from entrepot.screening import records
from entrepot.screening.records import record
from tests.screening.made import FLAG, MATCH, search

TODAY = datetime.now(UTC)
END = (TODAY + timedelta(days=90)).date().isoformat()
NOT = ("--decision", "not-a-match", "--who", "A. Kim", "--why", "born 1971, ours 1990", "--until", END)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """./entrepot-data with one search on record."""
    folder = tmp_path / "entrepot-data"
    record(folder, search(when=TODAY - timedelta(days=2)))
    return folder


def rows(done) -> list[dict[str, Any]]:
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)["rows"]


def test_decide_and_see_it(run, store):
    [row] = rows(run("decide", MATCH.case, *NOT, "--scope", "Zorvan only", "--format", "json"))
    assert (row["case"], row["decision"], row["is_open"], row["search"]) == (
        *(MATCH.case, "not-a-match"),
        *(False, 1),
    )
    assert (row["who"], row["until"], row["scope"], row["party"]) == ("A. Kim", END, "Zorvan only", "p1")
    assert [one["case"] for one in rows(run("decisions", "--format", "json"))] == [MATCH.case]
    waiting = rows(run("decisions", "--open", "--format", "json"))
    assert [(one["case"], one["decision"]) for one in waiting] == [(FLAG.case, None)]


def test_the_history_of_a_case(run, store):
    run("decide", MATCH.case, *NOT)
    run("decide", MATCH.case, "--decision", "withdraw", "--who", "B. Lee", "--why", "wrong birthday")
    done = run("decisions", "--case", MATCH.case.lower(), "--format", "json")
    [row] = rows(done)
    assert (row["is_open"], row["reopened"]) == (True, f"withdrawn on {TODAY:%Y-%m-%d}")
    history = json.loads(done.stdout)["beside"]["history"]
    assert [(one["number"], one["decision"], one["who"]) for one in history] == [
        (1, "not-a-match", "A. Kim"),
        (2, "withdraw", "B. Lee"),
    ]
    shown = run("decisions", "--case", MATCH.case)
    assert b"wrong birthday" in shown.stdout


def test_a_new_search_opens_again_what_changed(run, store):
    run("decide", MATCH.case, *NOT)
    record(store, search(when=TODAY, cases=[replace(MATCH, fingerprint="f2")]))
    waiting = {row["case"]: row for row in rows(run("decisions", "--open", "--format", "json"))}
    assert waiting[MATCH.case]["reopened"] == "the listing changed since"
    assert (waiting[MATCH.case]["search"], waiting[FLAG.case]["search"]) == (2, 1)


def test_as_of_a_day(run, store):
    run("decide", MATCH.case, *NOT)
    before = f"{TODAY - timedelta(days=1):%Y-%m-%d}"
    assert rows(run("decisions", "--as-of", before, "--format", "json")) == []
    late = f"{TODAY + timedelta(days=91):%Y-%m-%d}"
    [row] = rows(run("decisions", "--as-of", late, "--format", "json"))
    assert row["reopened"] == f"expired on {END}"


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("decide", "AAAAAAAAAAAA", *NOT), 2, "no search on record found a case"),
        (("decide", MATCH.case, *NOT[:-2]), 2, "needs an end"),
        (("decide", MATCH.case, *NOT[:-1], "2020-01-01"), 2, "is past"),
        (("decide", MATCH.case, *NOT[:-1], "soon"), 2, "soon"),
        (("decide", MATCH.case, *NOT[2:], "--decision", "clear"), 2, "Use one of"),
        (("decide", MATCH.case, *NOT, "--as-of", "2026-01-01"), 2, "--as-of"),
        (("decisions", "--case", "AAAAAAAAAAAA"), 2, "nobody decided"),
        (("searches", "--number", "7"), 1, "no search number 7"),
        (("searches", "--number", "0"), 2, "number"),
    ],
)
def test_what_is_refused(run, store, words, code, says):
    done = run(*words)
    assert done.returncode == code
    assert says in b" ".join(done.stderr.split()).decode()
    assert not (store / "screening" / "decisions.jsonl").exists()


def test_who_and_why_must_be_given(run, store):
    assert run("decide", MATCH.case, "--decision", "refuse").returncode == 2


@pytest.mark.parametrize("words", [("searches",), ("decisions",), ("decisions", "--open")])
def test_a_store_without_searches(run, tmp_path, words):
    done = run(*words)
    assert (done.returncode, b"no search is on record" in done.stderr) == (1, True)
    assert not (tmp_path / "entrepot-data").exists()


def test_searches(run, store):
    record(store, search(when=TODAY, who="B. Lee", cases=()))
    listed = rows(run("searches", "--format", "json"))
    assert [(row["number"], row["who"], row["names"], row["flags"]) for row in listed] == [
        (2, "B. Lee", 4, 1),
        (1, None, 4, 1),
    ]
    assert b"shipments.csv" in run("searches").stdout


def test_the_certificate_of_a_search(run, store):
    done = run("searches", "--number", "1")
    assert done.stdout.decode().startswith("Search number 1\n")
    assert done.stdout.decode().endswith("This is a record of a search, not a clearance.\n")
    told = json.loads(run("searches", "--number", "1", "--format", "json").stdout)
    assert told["question"]["sentence"] == done.stdout.decode().rstrip("\n")
    assert told["beside"]["lists"][0]["sha256"] == "ab" * 32
    assert told["rows"][0]["sha256"] == records.searched(store, 1).sha256


def test_verify(run, store):
    run("decide", MATCH.case, *NOT)
    done = run("searches", "--verify", "--format", "json")
    assert [(row["log"], row["lines"], row["fault"]) for row in rows(done)] == [
        ("searches", 1, None),
        ("decisions", 1, None),
        ("cases", 1, None),
    ]
    assert "kept elsewhere" in json.loads(done.stdout)["warnings"][0]


def test_verify_names_what_was_changed(run, store):
    """Exit code 4, the answer printed all the same; nothing then is listed or decided on it."""
    run("decide", MATCH.case, *NOT)
    log = store / "screening" / "decisions.jsonl"
    log.write_bytes(log.read_bytes().replace(b"A. Kim", b"B. Kim"))
    done = run("searches", "--verify")
    assert (done.returncode, b"line 1 was altered" in done.stdout) == (4, True)
    assert b"decisions: line 1 was altered" in done.stderr
    assert run("decisions").returncode == 4
    assert run("searches").returncode == 0


def test_verify_names_cases_that_are_gone(run, store):
    [path] = (store / "screening" / "cases").iterdir()
    path.unlink()
    done = run("searches", "--verify")
    assert (done.returncode, b"cases of search 1 are gone" in done.stderr) == (4, True)


HOSTILE = '=HYPERLINK("http://x.example")'


def test_a_formula_stays_text(run, store, tmp_path):
    """In each form a decision can be written in, what somebody typed is text."""
    words = ("decide", MATCH.case, "--decision", "refuse", "--who", "@SUM(A1)", "--why", HOSTILE)
    assert run(*words).returncode == 0
    assert b"'=HYPERLINK" in run("decisions", "--format", "csv").stdout
    run("decisions", "--output", "d.xlsx")
    content = (tmp_path / "d.xlsx").read_bytes()
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name("rows").to_python()
    assert HOSTILE in sheet[1]
    run("decisions", "--output", "d.parquet")
    assert pq.read_table(tmp_path / "d.parquet")["who"].to_pylist() == ["@SUM(A1)"]
    page = run("decisions", "--format", "html").stdout
    assert b"=HYPERLINK(&#34;" in page or b"=HYPERLINK(&quot;" in page


def test_markup_of_the_terminal_stays_text(run, store):
    words = ("--decision", "refuse", "--who", "[bold]x[/bold]", "--why", "[/] odd [red]")
    done = run("decide", MATCH.case, *words, COLUMNS="300")
    assert (done.returncode, b"[bold]x[/bold]" in done.stdout) == (0, True)
