"""The mirror as a user asks it: the keys of its rows, its refusals, its mistakes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import python_calamine

HEAD = "reporter,partner,flow,period,commodity,value_usd,status,hs_revision\n"
KEYS = [
    "origin", "destination", "commodity", "period", "export_fob_usd", "import_fob_usd", "gap_usd",
    "missing_share", "low_90", "high_90", "refused",
]  # fmt: skip
ASK = ("mirror", "--origin", "XAA", "--destination", "XBB")


def rows(code: str, sides: dict[tuple[str, str], float], **editions: str) -> str:
    """Lines of XAA's exports to XBB and XBB's imports from XAA: {(flow, year): value}."""
    ends = {"export": "XAA,XBB", "import": "XBB,XAA"}
    return "".join(
        f"{ends[flow]},{flow},{year},{code},{value},simulated,{editions.get(flow, '')}\n"
        for (flow, year), value in sides.items()
    )


YEARS = {("export", "2021"): 100, ("export", "2022"): 300, ("import", "2021"): 106, ("import", "2022"): 159}


@pytest.fixture
def both(run, tmp_path: Path) -> Path:
    """A store with both sides of two years, all goods."""
    (tmp_path / "both.csv").write_text(HEAD + rows("TOTAL", YEARS), encoding="utf-8")
    assert run("add", "both.csv", "--published", "2023-03-01").returncode == 0
    return tmp_path


def ask(run, *words: str) -> dict[str, Any]:
    done = run(*ASK, *words, "--format", "json")
    assert done.returncode == 0, done.stderr.decode()
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_rows_have_the_named_keys_first(run, both):
    """Row by row the keys a script relies on, then what the answer rests on."""
    row = ask(run, "--base", "2021", "--window", "2022", "--margin", "0.06")["rows"][0]
    assert list(row)[: len(KEYS)] == KEYS
    assert row["missing_share"] == pytest.approx(0.75)
    assert (row["low_90"], row["high_90"], row["refused"]) == (None, None, None)


def test_without_a_base_the_levels_and_the_gap(run, both):
    """No base, no share of a change: the gap stands alone."""
    row = ask(run, "--window", "2022", "--margin", "none")["rows"][0]
    assert row["gap_usd"] == 300 - 159
    assert row["missing_share"] is None


def test_the_fallback_is_named(run, both):
    """Without geography there is no fit: 6 % and why."""
    answer = ask(run, "--base", "2021", "--window", "2022")
    assert answer["rows"][0]["margin"] == 0.06
    assert any("fallback 6%" in warning for warning in answer["warnings"])


def test_other_goods_under_the_same_code_are_refused(run, tmp_path):
    """854231 is 854231 in both editions; of 240399 HS2022 took some to chapter 24.04."""
    sides = {("export", "2022"): 100.0, ("import", "2022"): 100.0}
    text = rows("854231", sides, export="HS2022", **{"import": "HS2017"})
    text += rows("240399", sides, export="HS2022", **{"import": "HS2017"})
    (tmp_path / "editions.csv").write_text(HEAD + text, encoding="utf-8")
    assert run("add", "editions.csv", "--published", "2023-03-01").returncode == 0
    alike = ask(run, "--window", "2022", "--commodity", "854231")["rows"][0]
    other = ask(run, "--window", "2022", "--commodity", "240399")["rows"][0]
    assert alike["refused"] is None
    assert other["refused"] == "edition mismatch, 240399 does not hold the same goods in HS2017 and HS2022"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--style", "best"), "--style 'best' is not known"),
        (("--margin", "six"), "--margin 'six' is not"),
        (("--margin", "-0.1"), "is not fitted, none or a number from 0 to 1"),
        (("--rates", "daily"), "--rates 'daily' is not known"),
        (("--currency", "XYZ"), "no exchange rate for XYZ"),
        (("--base", "2022"), "overlap"),
    ],
)
def test_mistakes_are_told(run, both, words, said):
    """A wrong word is named, with the words there are, and exit code 2."""
    done = run(*ASK, "--window", "2022", *words)
    assert done.returncode == 2
    assert said in " ".join(done.stderr.decode().split())


def test_nothing_held_is_no_data(run, both):
    """A pair nobody reports is exit code 1."""
    done = run("mirror", "--origin", "XCC", "--destination", "XDD", "--window", "2022")
    assert done.returncode == 1


def test_a_workbook_has_a_sheet_for_each_table(run, both):
    """Rows, choices, ordinary years, what it rests on."""
    run(*ASK, "--base", "2021", "--window", "2022", "--output", "a.xlsx")
    assert python_calamine.load_workbook(both / "a.xlsx").sheet_names == [
        "rows", "choices", "ordinary years", "about",
    ]  # fmt: skip
