"""The record of a search: what it keeps, what it does not, and the text that can be filed."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.errors import NoDataError, ReadError, StoreError, UsageError
from entrepot.model.party import PartyList
from entrepot.screening import cases, records
from entrepot.screening.cases import case_of_flag, case_of_match, fingerprint
from entrepot.screening.certificate import CLOSING, as_certificate
from entrepot.screening.records import Counts, Given, Searched, record, searched, searches
from entrepot.store import Store
from tests.screening.made import FLAG, LIST, MATCH, NOW, Edition, search
from tests.store.helpers import add, cells, listing, table
from tests.store.helpers import line as cell
from tests.store.test_storage import mounted


def test_what_is_kept(tmp_path: Path):
    receipt = record(tmp_path, search())
    [line] = searches(tmp_path)
    assert (receipt.number, receipt.sha256, receipt.line) == (1, line.sha256, line)
    assert line.when == NOW
    assert line.body["lists"] == [
        {
            "name": "ours",
            "publisher": "Ministry of Xanadu",
            "file": "ours.csv",
            "edition": "2026-04",
            "published": "2026-04-01",
            "sha256": "ab" * 32,
            "parties": 3,
            "names": 5,
        }
    ]
    assert line.body["counts"]["flags"] == {"free-email": 1, "embargo": 0}
    assert (line.body["who"], line.body["version"], line.body["rules"]) == (None, "0.1.0", "ef" * 32)
    assert searched(tmp_path, 1) == receipt


def test_fields_of_a_shipment_are_not_kept_in_clear(tmp_path: Path):
    """Neither from the options nor as what was given, unless that is asked for."""
    fields = {"consignee": "Zorvan Trading", "value": 12.5, "date": date(2026, 4, 3), "vessel": None}
    hidden, kept = Given.of_shipment(fields), Given.of_shipment(fields, is_kept=True)
    record(tmp_path, search(given=hidden, cases=()))
    assert "Zorvan" not in records.log(tmp_path).path.read_text()
    record(tmp_path, search(given=kept, cases=()))
    [_, line] = searches(tmp_path)
    assert line.body["given"]["fields"] == {
        "consignee": "Zorvan Trading",
        "value": 12.5,
        "date": "2026-04-03",
    }
    assert hidden.sha256 == kept.sha256 != Given.of_shipment({**fields, "value": 13.0}).sha256


def test_a_file_that_was_screened(tmp_path: Path):
    (tmp_path / "shipments.csv").write_bytes(b"a,b\n")
    given = Given.of_file(tmp_path / "shipments.csv", 7)
    assert given == Given("shipments.csv", sha256(b"a,b\n").hexdigest(), 7)
    with pytest.raises(ReadError, match=r"gone\.csv"):
        Given.of_file(tmp_path / "gone.csv", 0)


def test_a_search_that_found_nothing_is_on_record(tmp_path: Path):
    receipt = record(tmp_path, search(counts=Counts(2, 4, 0), cases=()))
    told = as_certificate(receipt)
    assert "No match at or above 0.85 (test matcher 1.2)." in told
    assert "Flags: none." in told
    assert told.endswith(CLOSING)


def test_the_certificate(tmp_path: Path):
    receipt = record(tmp_path, search(who="A. Kim"))
    file = f"the file shipments.csv, sha256 {'cd' * 32}"
    size = f"3 parties under 5 names, file ours.csv, sha256 {'ab' * 32}"
    assert as_certificate(receipt).splitlines() == [
        "Search number 1",
        f"On 2026-05-01 12:00:00 UTC, 4 names in 2 shipments ({file}) were searched in:",
        f"- ours (Ministry of Xanadu): edition 2026-04, published 2026-04-01, {size}",
        "1 match at or above 0.85 (test matcher 1.2).",
        "Flags: free-email 1. 2 times a rule could not be judged: unknown, not passed.",
        "3 cells could not be read, and were not searched.",
        f"Searched by: A. Kim. entrepot 0.1.0, rules {'ef' * 32}.",
        f"Result: sha256 {'12' * 32}.",
        f"This record: number 1, sha256 {receipt.sha256}.",
        "This is a record of a search, not a clearance.",
    ]


EMPTY = replace(LIST, parties=0, names=0)


@pytest.mark.parametrize(
    "also",
    [
        {"lists": [], "matcher": None},
        {"lists": [EMPTY]},
        {"counts": Counts(2, 0, 0)},
    ],
    ids=["no lists", "empty list", "no names"],
)
def test_no_match_is_not_said_where_nothing_was_compared(tmp_path: Path, also: dict[str, object]):
    told = as_certificate(record(tmp_path, search(**{"counts": Counts(2, 4, 0), "cases": ()} | also)))
    assert "No match" not in told
    assert "nothing is said of matches" in told
    assert told.endswith(CLOSING)


def test_what_is_not_told_of_a_list_is_said(tmp_path: Path):
    own = replace(LIST, published=None, edition="", publisher="")
    told = as_certificate(record(tmp_path, search(lists=[own])))
    assert "ours (a list of one's own): edition not told, day of publication not told" in told


def test_who_is_bounded(tmp_path: Path):
    with pytest.raises(UsageError, match="200 are the most"):
        record(tmp_path, search(who="x" * 201))
    assert list(searches(tmp_path)) == []


def test_a_number_nobody_has(tmp_path: Path):
    with pytest.raises(NoDataError, match="entrepot searches"):
        searched(tmp_path, 1)


def test_a_full_disk_records_nothing(tmp_path: Path):
    """Neither a line nor half a file of cases; with room it goes on."""
    many = [replace(FLAG, case=f"{n:012}") for n in range(2_000)]
    with mounted(tmp_path / "disk", "-t", "tmpfs", "-o", "size=64k", "tmpfs"):
        store = tmp_path / "disk" / "store"
        record(store, search())
        with pytest.raises(StoreError, match="Free space"):
            record(store, search(cases=many))
        assert len(list(searches(store))) == 1
        assert len(list((store / "screening" / "cases").iterdir())) == 1
        assert records.log(store).verify().fault is None


def test_a_store_of_trade_is_not_disturbed(tmp_path: Path):
    """The folder of screening stands in a store that is read and added to as before."""
    path = tmp_path / "table.csv"
    path.write_bytes(table(cell()))
    store = Store(tmp_path / "store")
    record(store.folder, search())
    assert store.snapshots() == []
    add(store, path)
    before, version = cells(store), store.version()
    record(store.folder, search())
    assert (cells(store), store.version()) == (before, version)
    assert "screening/searches.jsonl" in listing(store.folder)


# ---------------------------------------------------------------- cases


def test_cases_that_did_not_change_are_kept_once(tmp_path: Path):
    for _ in range(3):
        record(tmp_path, search())
    assert len(list((tmp_path / "screening" / "cases").iterdir())) == 1
    assert records.known(tmp_path) == {MATCH.case: (MATCH, 3), FLAG.case: (FLAG, 3)}


def test_the_newest_search_tells_a_case(tmp_path: Path):
    changed = replace(MATCH, fingerprint="f2")
    record(tmp_path, search())
    record(tmp_path, search(cases=[changed]))
    record(tmp_path, search(cases=()))
    assert records.known(tmp_path) == {MATCH.case: (changed, 2), FLAG.case: (FLAG, 1)}
    assert records.find(tmp_path, MATCH.case) == (changed, 2)
    assert records.find(tmp_path, FLAG.case) == (FLAG, 1)
    assert records.find(tmp_path, "AAAAAAAAAAAA") is None


def test_cases_are_bounded_and_the_rest_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(cases, "MOST", 3)
    many = [replace(FLAG, case=f"{n:012}", about="x" * 9_999) for n in range(5)]
    line = record(tmp_path, search(cases=many)).line
    assert (line.body["cases"]["found"], line.body["cases"]["kept"]) == (5, 3)
    assert {len(case.about) for case, _ in records.known(tmp_path).values()} == {cases.MOST_ABOUT}


@pytest.mark.parametrize("how", [Path.unlink, lambda path: path.write_bytes(b"{}\n")])
def test_cases_that_were_altered_are_not_used(tmp_path: Path, how: Callable[[Path], object]):
    line = record(tmp_path, search()).line
    [path] = (tmp_path / "screening" / "cases").iterdir()
    how(path)
    assert not cases.is_sound(tmp_path / "screening", line.body["cases"])
    with pytest.raises(StoreError, match="gone or altered"):
        records.known(tmp_path)
    record(tmp_path, search())  # which found the same: the file is whole again
    assert set(records.known(tmp_path)) == {MATCH.case, FLAG.case}


def test_an_about_with_anything_in_it(tmp_path: Path):
    """Names come from files of others."""
    nasty = replace(MATCH, about='=1+1\n"\u2028\x00' + "\ud800")
    record(tmp_path, search(cases=[nasty]))
    assert records.find(tmp_path, MATCH.case) == (nasty, 1)


# ---------------------------------------------------------------- names of cases


def test_names_of_cases_stay():
    """Fixed for all time and every machine: decisions are kept under them."""
    assert case_of_match("Zorvan Trading", "ours", "p1") == "TUCX2WDQ6323"
    assert case_of_flag("free-email", {"consignee": "Qulb"}) == "2VD5ZGMQIJWP"
    assert fingerprint({"a": 1, "b": None}) == "445eb4299271dc95"


@given(st.text(max_size=30))
def test_case_and_space_make_no_other_name(name: str):
    assert case_of_match(f" {name}\t", "ours", "p") == case_of_match(name, "ours", "p")
    assert cases.normalised(cases.normalised(name)) == cases.normalised(name)


def test_spellings():
    assert cases.normalised("ＺＯＲＶＡＮ \u3000Straße") == cases.normalised("zorvan STRASSE")
    assert cases.normalised("Zorvan, Ltd.") != cases.normalised("Zorvan Ltd")


def test_parts_do_not_run_into_one_another():
    made = {case_of_match("ab", "c", "d"), case_of_match("a", "bc", "d"), case_of_match("a", "b", "cd")}
    assert len(made) == 3
    assert case_of_flag("match", {}) != case_of_match("", "", "")


def test_facts_are_the_same_however_they_were_read():
    first = {"value": 120000, "date": date(2026, 5, 4), "vessel": None, "via": "", "is_new": True}
    second = {"is_new": True, "date": "2026-05-04", "value": 120000.0}
    assert fingerprint(first) == fingerprint(second)
    assert case_of_flag("unit-value", first) == case_of_flag("unit-value", second)
    assert fingerprint(first) != fingerprint({**second, "value": 120001})
    assert fingerprint({"a": True}) != fingerprint({"a": 1})


def test_many_cases_and_no_two_alike():
    made = {case_of_match(f"party {n}", "ours", "p1") for n in range(20_000)}
    assert len(made) == 20_000
    assert {len(case) for case in made} == {cases.DIGITS}


def test_searches_at_once_that_found_the_same(tmp_path: Path):
    """A server's threads write the same file of cases at the same time."""
    with ThreadPoolExecutor(8) as pool:
        receipts = list(pool.map(lambda _: record(tmp_path, search()), range(16)))
    assert sorted(receipt.number for receipt in receipts) == list(range(1, 17))
    assert [path.suffix for path in (tmp_path / "screening" / "cases").iterdir()] == [".jsonl"]


def test_what_is_kept_of_a_list():
    made = Edition("ours", {"p1": ("f1", ("Zorvan", "Zorvan TD")), "p2": ("f2", ("Qulb",))})
    read = PartyList("ours", "", "ours.csv", "", None, "ab" * 32, made.parties, made.names)
    assert Searched.of(read) == Searched("ours", "", "ours.csv", "", None, "ab" * 32, parties=2, names=3)
