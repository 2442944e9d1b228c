"""`entrepot chain` as a user types it, on invented countries."""

import json

import pytest

WORLD = """reporter,partner,flow,period,commodity,value_usd,valuation,status
XAA,XBB,export,2021,870310,10000000,fob,simulated
XAA,XBB,export,2022,870310,60000000,fob,simulated
XBB,XCC,export,2022,870310,40000000,fob,simulated
XBB,XAA,export,2021,870310,1000000,fob,simulated
XBB,XAA,export,2022,870310,1000000,fob,simulated
XAA,XCC,export,2021,870310,90000000,fob,simulated
XAA,XCC,export,2022,870310,20000000,fob,simulated
"""
WORDS = ("chain", "--origin", "XAA", "--destination", "XCC", "--commodity", "8703", "--window", "2022")


@pytest.fixture
def world(run, tmp_path):
    (tmp_path / "world.csv").write_text(WORLD, encoding="utf-8")
    assert run("add", "world.csv", "--published", "2023-03-01").returncode == 0


def test_keys_named_in_the_question(run, world):
    """All that passes XBB is of XAA: all four methods say 40 m, which the base had not."""
    found = json.loads(run(*WORDS, "--base", "2021", "--format", "json").stdout)
    others = [row for row in found["rows"] if row["hops"] == "1+" and row["hub"] is None]
    assert [row["method"] for row in others] == ["proportional", "entropy", "maximum flow", "least"]
    for row in others:
        assert (row["origin"], row["destination"], row["commodity"]) == ("XAA", "XCC", "8703")
        assert row["value_usd"] == pytest.approx(40e6)
        assert row["excess_usd"] == pytest.approx(40e6)
        assert (row["base_value_usd"], row["change"]) == (0, None)
    assert {"low_90_usd", "high_90_usd", "sides_low_usd", "coverage"} <= set(others[0])
    (path,) = found["beside"]["paths"]
    assert (path["path"], path["hops"]) == ("XAA > XBB > XCC", "1")
    assert found["provenance"]["snapshots"]


def test_on_the_terminal(run, world):
    done = run(*WORDS)
    assert b"maximum flow" in done.stdout
    assert b"no --base" in done.stderr


@pytest.mark.parametrize("words", [("--hops", "-2"), ("--production", "x"), ("--base", "2022")])
def test_bad_usage_says_what_to_do(run, world, words):
    assert run(*WORDS, *words).returncode == 2
