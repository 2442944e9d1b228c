"""`entrepot reconcile` as a user types it, on invented countries."""

import json

import pyarrow.parquet
import pytest

SIDES = """reporter,partner,flow,period,commodity,value_usd,valuation,status
XAA,XBB,export,2021,870310,100,fob,simulated
XBB,XAA,import,2021,870310,212,cif,simulated
XAA,XCC,export,2021,870310,40,fob,simulated
XAA,XCC,export,2020,870310,30,fob,simulated
"""


@pytest.fixture
def sides(run, tmp_path):
    (tmp_path / "sides.csv").write_text(SIDES, encoding="utf-8")
    assert run("add", "sides.csv", "--published", "2022-03-01").returncode == 0


def test_both_sides_weights_and_rules(run, sides):
    done = run("reconcile", "--period", "2021", "--commodity", "8703", "--format", "json")
    found = json.loads(done.stdout)
    first, second = found["rows"]
    assert (first["importer"], first["export_usd"], first["import_cif_usd"]) == ("XBB", 100, 212)
    assert first["import_fob_usd"] == pytest.approx(200)
    assert first["value_usd"] == pytest.approx(150)
    assert (first["low_90_usd"], second["status"]) == (None, "one side")
    assert {row["rule"]: row["rows"] for row in found["beside"]["rules"] if row["stage"] == "rows"} == {
        "kept": 3
    }
    told = " ".join(found["warnings"])
    assert all(word in told for word in ("give --base", "equal", "fallback of 6 %"))


@pytest.mark.parametrize("role", [("--importer", "XCC"), ("--exporter", "XAA", "--importer", "XCC")])
def test_only_the_countries_asked_for(run, sides, role):
    done = run("reconcile", "--period", "2021", "--digits", "6", *role, "--format", "json")
    assert [row["importer"] for row in json.loads(done.stdout)["rows"]] == ["XCC"]


def test_a_base_is_measured_and_not_answered(run, sides):
    done = run("reconcile", "--period", "2021", "--base", "2020", "--digits", "6", "--format", "json")
    assert {row["period"] for row in json.loads(done.stdout)["rows"]} == {"2021-01-01"}


@pytest.mark.parametrize(
    "words",
    [("--margin", "six"), ("--margin", "-1"), ("--digits", "5"), ("--digits", "6", "--commodity", "87")],
)
def test_bad_usage_says_what_to_do(run, sides, words):
    assert run("reconcile", "--period", "2021", *words).returncode == 2


def test_nothing_held(run, sides):
    assert run("reconcile", "--period", "1999", "--digits", "6").returncode == 1


def test_more_rows_than_memory_is_meant_for_go_straight_to_a_file(run, sides, tmp_path, monkeypatch):
    """The same rows and the same metadata as a small answer's file; other formats are refused."""
    words = ("reconcile", "--period", "2021", "--digits", "6")
    assert run(*words, "--output", "small.parquet").returncode == 0
    monkeypatch.setattr("entrepot.answers.both_sides.MOST_HELD", 1)
    done = run(*words, "--output", "large.parquet")
    assert b"2 rows written" in done.stderr
    small, large = (pyarrow.parquet.read_table(tmp_path / f"{name}.parquet") for name in ("small", "large"))
    key = [("importer", "ascending")]
    assert large.sort_by(key).to_pylist() == small.sort_by(key).to_pylist()
    about = [json.loads(table.schema.metadata[b"entrepot"]) for table in (small, large)]
    assert about[0]["question"] == about[1]["question"]
    assert run(*words, "--format", "csv").returncode == 2
