"""Bounds and codes as a user asks for them, on figures of invented countries."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from entrepot import Store, codes, direct, flows
from entrepot.errors import NoDataError, UsageError

NOW = datetime(2026, 1, 2, tzinfo=UTC)
FIGURES = """reporter,partner,flow,period,commodity,value_usd,status
XAA,XBB,export,2021-12,854140,100,simulated
XAA,XBB,export,2021-12,854150,30,simulated
XAA,XBB,export,2021-12,854231,7,simulated
XAA,XBB,export,2022-12,854141,60,simulated
XAA,XBB,export,2022-12,854149,15,simulated
XAA,XBB,export,2022-12,854151,12,simulated
XAA,XBB,export,2022-12,854159,19,simulated
XAA,XBB,export,2022-12,854231,8,simulated
XAA,XCC,export,2021-12,854150,5,simulated
XAA,XCC,export,2022-12,854159,6,simulated
XAA,XBB,export,2012-12,854140,3,simulated
"""
ASKED: dict[str, Any] = {"reporter": "XAA", "partner": "XBB", "commodity": "chpl"}
CHANGED: dict[str, Any] = {
    "origin": "XAA", "destination": "XBB,XCC", "commodity": "chpl", "base": "2021-12", "window": "2022-12",
}  # fmt: skip


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    folder = tmp_path_factory.mktemp("editions")
    (folder / "figures.csv").write_text(FIGURES, encoding="utf-8")
    held = Store(folder / "store")
    held.add(folder / "figures.csv", now=NOW, published=date(2023, 3, 1))
    return held


def test_flows_with_bounds(store):
    """What stands under the same numbers, and what is certainly and possibly of the list."""
    answer = flows(store, **ASKED, period="2021:2022", bounds="main")
    found = [(r["value_usd"], r["value_low_usd"], r["value_high_usd"]) for r in answer.rows.to_pylist()]
    after = 15 + 12 + 19 + 8
    assert found == [(7, 30 + 7, 30 + 7 + 100), (after, after, after)]
    assert any("47 of its 49 codes" in warning for warning in answer.warnings)
    assert any("by all relations 0 of its 535" in warning for warning in answer.warnings)
    assert any("852580, 854140" in warning for warning in answer.warnings)
    assert not any("not spliced" in warning for warning in answer.warnings)
    assert answer.question["bounds"] == "main"


def test_flows_by_commodity_has_a_row_for_each_code_of_each_edition(store):
    """Codes that only the older edition has come with bounds and without a value."""
    rows = flows(store, **ASKED, period="2021", by="month,commodity", bounds="main").rows.to_pylist()
    assert {r["commodity"]: (r["value_usd"], r["value_low_usd"], r["value_high_usd"]) for r in rows} == {
        "854140": (None, 0, 100),
        "854150": (None, 30, 30),
        "854231": (7, 7, 7),
    }


def test_without_bounds_the_answer_says_where_to_get_them(store):
    """The plain sum is what it was."""
    answer = flows(store, **ASKED, period="2021")
    assert answer.rows["value_usd"].to_pylist() == [7]
    assert "value_low_usd" not in answer.rows.column_names
    assert any("--bounds main" in warning for warning in answer.warnings)


def test_direct_with_bounds(store):
    """The change over all destinations and over each, least and most."""
    rows = direct(store, **CHANGED, bounds="main").rows.to_pylist()
    found = {r["destination"]: (r["change_low"], r["change_high"]) for r in rows}
    window = {"XBB": 15 + 12 + 19 + 8, "XCC": 6}
    window["XBB+XCC"] = window["XBB"] + window["XCC"]
    base = {"XBB": (37, 137), "XCC": (5, 5), "XBB+XCC": (42, 142)}
    for place, (low, high) in base.items():
        assert found[place] == pytest.approx((window[place] / high - 1, window[place] / low - 1))
    naive = {r["destination"]: r["change"] for r in rows}
    assert naive["XBB"] == pytest.approx(window["XBB"] / 7 - 1)
    assert naive["XCC"] is None


def test_direct_by_all_relations_has_no_upper_bound(store):
    """Nothing of the base is certain, so the rise may be anything above the least."""
    rows = direct(store, **CHANGED, bounds="all").rows.to_pylist()
    assert [row["change_high"] for row in rows] == [None, None, None]
    assert all(row["change_low"] is not None for row in rows)


def test_an_edition_that_no_table_links_is_left_out_and_named(store):
    """A figure of 2012 is in HS2012: the value stands, bounds do not."""
    answer = flows(store, **ASKED | {"commodity": "HS2022:8541"}, period="2012", bounds="main")
    [row] = answer.rows.to_pylist()
    assert (row["value_usd"], row["value_low_usd"], row["value_high_usd"]) == (3, None, None)
    assert any("no table links HS2022 and HS2012" in warning for warning in answer.warnings)


@pytest.mark.parametrize(
    ("commodity", "bounds", "told"),
    [
        ("854149", "main", "which edition is 854149 written in"),
        ("TOTAL", "main", "codes of the Harmonized System"),
        ("chpl", "wide", "Use one of: all, main"),
        ("HS2012:854140", "main", "no table links edition 'HS2012'"),
        ("HS2022:854150", "main", "the nearest are 854151"),
    ],
)
def test_bounds_that_cannot_be_had(store, commodity, bounds, told):
    """Why, and what to say instead."""
    with pytest.raises(UsageError, match=told):
        flows(store, **ASKED | {"commodity": commodity}, bounds=bounds)


def test_bounds_of_what_nobody_reports(store):
    """No data stays no data."""
    with pytest.raises(NoDataError):
        flows(store, **ASKED | {"partner": "XDD"}, bounds="main")


def test_codes_of_a_list():
    """One row a code and relative, with the tier of the list."""
    answer = codes(commodity="chpl", hs_revision="HS2017", relations="main")
    rows = {(r["commodity"], r["related"]): r for r in answer.rows.to_pylist()}
    assert len({code for code, _ in rows}) == 50
    assert rows["854149", "854140"] == {
        "commodity": "854149", "hs_revision": "HS2022", "related": "854140", "related_revision": "HS2017",
        "relation": "n:1", "is_main": True, "is_certain": False, "tier": "3.A",
    }  # fmt: skip
    assert rows["854800", "854890"]["is_certain"]
    assert [r for r in rows.values() if not r["is_main"]] == []


def test_codes_show_each_relation_of_the_table():
    """By all relations parts of screens (852990) shared goods with 483 codes."""
    rows = codes(commodity="HS2022:852990", hs_revision="hs2017").rows.to_pylist()
    assert len(rows) == 483
    assert [r["related"] for r in rows if r["is_main"]] == ["852910", "852990"]


def test_codes_without_an_edition_are_of_the_latest_linked():
    """And the answer says so."""
    answer = codes(commodity="854140", hs_revision="HS2022", relations="main")
    assert answer.rows["related"].to_pylist() == ["854141", "854142", "854143", "854149"]
    assert "tier" not in answer.rows.column_names
    assert any("taken to be of HS2017" in warning for warning in answer.warnings)


def test_codes_that_cannot_be_had():
    """Its own edition, no edition, no codes, no reading."""
    for asked, told in (
        ({"commodity": "chpl", "hs_revision": "HS2022"}, "Ask for its relatives in HS2017"),
        ({"commodity": "chpl", "hs_revision": "HS1996"}, "no table links edition 'HS1996'"),
        ({"commodity": "TOTAL", "hs_revision": "HS2017"}, "no codes"),
        ({"commodity": "chpl", "hs_revision": "HS2017", "relations": "some"}, "Use one of: all, main"),
    ):
        with pytest.raises(UsageError, match=told):
            codes(**asked)
