"""Corridors as evidence: from a study asked now, and from one saved before."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from entrepot import Store
from entrepot.errors import NoDataError, ReadError, UsageError
from entrepot.model.answer import Answer
from entrepot.model.provenance import Snapshot
from entrepot.present.files import WRITERS
from entrepot.screening.corridors import SCHEMA, corridors, read_corridors

Row = dict[str, Any]
SHOT = Snapshot(
    snapshot="5b5d97cc00000000",
    sha256="5b5d97cc" * 8,
    source="tidy",
    format="tidy",
    file="exports.csv",
    size_bytes=1,
    published=date(2023, 2, 20),
    published_is_known=True,
    retrieved=datetime(2023, 3, 1, tzinfo=UTC),
    publisher="Office of XAA",
    licence="none",
    citation="invented",
    rank=1,
    rows=1,
    rejects=0,
    missing=0,
)
KINDS = pa.schema(
    [
        *((name, pa.string()) for name in ("origin", "hub", "destination", "commodity", "channel")),
        *((name, pa.float64()) for name in ("rerouted_usd", "low_90_usd", "high_90_usd", "coverage")),
        *(("discovered", pa.bool_()), ("discovered_goods", pa.int64())),
    ]
)


def cell(hub: str, good: str, rerouted: float, low: float, *, found: bool | None, **more: Any) -> Row:
    return {
        "hub": hub,
        "commodity": good,
        "channel": "total",
        "rerouted_usd": rerouted,
        "low_90_usd": low,
        "high_90_usd": 2 * rerouted,
        "coverage": 1.0,
        "discovered": found,
        **more,
    }


CELLS = [
    cell("XKG", "84821010", 50.0, 40.0, found=True),
    cell("XKG", "84821090", 90.0, 80.0, found=False),
    cell("XKG", "84821090", 9.0, 8.0, found=True, channel="ghost"),
    cell("XKG", "854231", 7.0, -2.0, found=False),
    cell("XKZ", "84821010", 1.0, -1.0, found=None),
    cell("XKZ", "8703", 1.0, 0.5, found=True),
]
HUBS = [
    cell("all", "mine", 60.0, 30.0, found=None),
    cell("XKG", "mine", 50.0, 20.0, found=True, discovered_goods=1),
    cell("XKZ", "mine", 10.0, -20.0, found=False, discovered_goods=0),
]


def given(by: str, rows: list[Row], **question: Any) -> Answer:
    """An answer of diversion, shaped as the real ones are."""
    asked = {
        "command": "diversion",
        "origin": ["XAA"],
        "destination": ["XRU"],
        "commodity": "mine",
        "base": "2020-02:2022-01",
        "window": "2022-03:2022-11",
        "by": by,
        "currency": "USD",
    }
    return Answer(asked | question, pa.Table.from_pylist(rows, schema=KINDS), [SHOT], warnings=["beware"])


def asked_of(answers: dict[str, Answer | Exception], calls: list[Row]) -> Any:
    """Stands in for answers.diversion: by the origin asked about."""

    def diversion(store: Store, **asked: Any) -> Answer:
        calls.append(asked)
        found = answers[asked["origin"]]
        if isinstance(found, Exception):
            raise found
        return given(asked["by"], CELLS if asked["by"] == "cell" else HUBS, origin=[asked["origin"]])

    return diversion


SPANS = {"base": "2020-02:2022-01", "window": "2022-03:2022-11"}


@pytest.fixture
def calls(monkeypatch) -> list[Row]:
    made: list[Row] = []
    answers: dict[str, Any] = {
        "XAA": None,
        "EU27": None,
        "DEU": None,
        "XZZ": NoDataError("nothing of XZZ is held"),
    }
    monkeypatch.setattr("entrepot.answers.diversion", asked_of(answers, made))
    return made


def test_one_row_per_hub_and_six_digits_and_one_for_the_goods(calls, tmp_path):
    found = corridors(Store(tmp_path), origins=["XAA"], destinations=["XRU"], commodity="mine=8482", **SPANS)
    rows = {(row["hub"], row["commodity"]): row for row in found.rows.to_pylist()}
    assert set(rows) == {
        ("XKG", None),
        ("XKG", "848210"),
        ("XKG", "854231"),
        ("XKZ", None),
        ("XKZ", "848210"),
    }
    assert found.rows.schema == SCHEMA
    assert rows["XKG", None]["discovered"] is True
    assert rows["XKZ", None]["discovered"] is False
    assert (rows["XKG", None]["total"], rows["XKG", None]["low_90"]) == (50.0, 20.0)
    assert rows["XKG", None]["window_last"] == date(2022, 11, 1)
    assert (found.snapshots, found.warnings) == ([SHOT], ["beware"])
    assert rows["XKG", "854231"]["snapshots"] == SHOT.snapshot


def test_of_several_national_codes_the_discovered_one_speaks(calls, tmp_path):
    """Its interval begins lower than the other's, which is not among the finds."""
    found = corridors(Store(tmp_path), origins=["XAA"], destinations=["XRU"], commodity="mine=8482", **SPANS)
    (row,) = [one for one in found.rows.to_pylist() if (one["hub"], one["commodity"]) == ("XKG", "848210")]
    assert (row["good"], row["total"], row["discovered"]) == ("84821010", 50.0, True)
    assert (row["tested_goods"], row["discovered_goods"]) == (2, 1)


def test_what_was_not_tested_is_unknown_and_never_false(calls, tmp_path):
    found = corridors(
        Store(tmp_path), origins=["XAA", "XZZ"], destinations=["XRU"], commodity="mine=8482", **SPANS
    )
    (row,) = [one for one in found.rows.to_pylist() if (one["hub"], one["commodity"]) == ("XKZ", "848210")]
    assert (row["discovered"], row["tested_goods"]) == (None, 0)
    assert "XZZ" not in found.rows["origin"].to_pylist()
    assert found.untested.to_pylist() == [
        {"origin": "XZZ", "destination": "XRU", "asked": "XZZ", "because": "nothing of XZZ is held"}
    ]


def test_a_member_is_asked_about_alone_and_so_is_its_union(calls, tmp_path):
    """Each study says whose exports it is of; nothing of the Union's is told as Germany's."""
    asked: Any = {"destinations": ["XRU"], "commodity": "mine=8482", **SPANS}
    found = corridors(Store(tmp_path), origins=["DEU"], **asked)
    assert [(one["origin"], one["by"]) for one in calls] == [
        *(("DEU", "hub"), ("DEU", "cell")),
        *(("EU27", "hub"), ("EU27", "cell")),
    ]
    assert {(row["origin"], row["asked"]) for row in found.rows.to_pylist()} == {
        ("DEU", "DEU"),
        ("EU27", "EU27"),
    }
    calls.clear()
    found = corridors(Store(tmp_path), origins=["DEU"], alone=False, **asked)
    assert {one["origin"] for one in calls} == {"EU27"}
    assert {row["origin"] for row in found.rows.to_pylist()} == {"EU27"}


def test_only_hubs_of_the_shipments_where_they_are_told(calls, tmp_path):
    found = corridors(
        Store(tmp_path), origins=["XAA"], destinations=["XRU"], commodity="mine=8482", hubs=["XKZ"], **SPANS
    )
    assert set(found.rows["hub"].to_pylist()) == {"XKZ"}


def test_without_spans_a_destination_no_event_is_about_has_a_reason(calls, tmp_path):
    found = corridors(Store(tmp_path), origins=["XAA"], destinations=["XBB"], commodity="8482")
    (row,) = found.untested.to_pylist()
    assert "base and window are to be given" in row["because"]
    assert not calls


@pytest.mark.parametrize("word", [{"commodity": "bearings"}, {"base": "2020/02"}, {"window": "last year"}])
def test_a_word_not_understood_stops_all(calls, tmp_path, word):
    asked: Any = {"commodity": "8482", **SPANS, **word}
    with pytest.raises(UsageError):
        corridors(Store(tmp_path), origins=["XAA"], destinations=["XRU"], **asked)


# ------------------------------------------------------------------ months
def monthly(folder: Path, last: str) -> Store:
    """Exports of bearings by XAA from January 2020 on."""
    held = Store(folder / "store")
    months = [f"{year}-{month:02}" for year in range(2020, 2024) for month in range(1, 13)]
    lines = [
        f"XAA,XKG,export,{month},848210,100,USD,simulated,fob,destination"
        for month in months
        if month <= last
    ]
    head = "reporter,partner,flow,period,commodity,value,currency,status,valuation,partner_basis"
    file = folder / "exports.csv"
    file.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    held.add(file, now=datetime(2024, 1, 2, tzinfo=UTC), published=date(2024, 1, 1))
    return held


@pytest.mark.parametrize(
    ("until", "window"),
    [
        (None, "2022-06:2023-05"),
        (date(2022, 8, 5), "2022-03:2022-08"),
        (date(2023, 4, 1), "2022-05:2023-04"),
        (date(2023, 12, 9), "2022-06:2023-05"),
    ],
)
def test_spans_are_two_years_before_the_event_and_the_last_year_held(calls, tmp_path, until, window):
    store = monthly(tmp_path, "2023-05")
    corridors(store, origins=["XAA"], destinations=["RUS"], commodity="8482", until=until)
    assert {(one["base"], one["window"]) for one in calls} == {("2020-02:2022-01", window)}


def test_nothing_held_after_the_event_is_said(calls, tmp_path):
    store = monthly(tmp_path, "2022-02")
    found = corridors(store, origins=["XAA"], destinations=["RUS"], commodity="8482")
    assert (
        "no month of XAA's exports of 8482 after 24 February 2022 is held"
        in found.untested["because"][0].as_py()
    )


# ------------------------------------------------------------------ files
@pytest.mark.parametrize("kind", ["json", "parquet", "xlsx"])
def test_a_saved_answer_says_what_the_study_said(calls, tmp_path, kind):
    path = tmp_path / f"cells.{kind}"
    path.write_bytes(WRITERS[kind](given("cell", CELLS)))
    now = corridors(Store(tmp_path), origins=["XAA"], destinations=["XRU"], commodity="mine=8482", **SPANS)
    by_code = [row for row in now.rows.to_pylist() if row["commodity"]]
    found = read_corridors(path)
    assert found.rows.to_pylist() == by_code
    assert list(found.warnings) == ["beware"]
    assert [shot.snapshot for shot in found.snapshots] == ([] if kind == "xlsx" else [SHOT.snapshot])


def test_a_saved_study_of_several_origins_is_of_them_together(tmp_path):
    path = tmp_path / "hubs.parquet"
    path.write_bytes(WRITERS["parquet"](given("hub", HUBS, origin=["EU27", "GBR"])))
    rows = read_corridors(path, hubs=["XKG"]).rows.to_pylist()
    assert [(row["origin"], row["asked"], row["commodity"]) for row in rows] == [
        ("EU27", "EU27+GBR", None),
        ("GBR", "EU27+GBR", None),
    ]


@pytest.mark.parametrize(
    ("answer", "kind", "because"),
    [
        (given("cell", CELLS), "csv", "neither base nor window"),
        (given("product", CELLS), "parquet", "its rows are by product"),
        (given("cell", CELLS, command="mirror"), "json", "an answer of mirror, not of diversion"),
        (given("cell", CELLS, window=None), "parquet", "its question lacks window"),
        (given("cell", CELLS, currency="EUR"), "parquet", "its rows lack rerouted_eur, low_90_eur"),
        (given("", HUBS, hub="XKG", good="8482"), "json", "some goods of a hub"),
    ],
)
def test_other_files_are_refused_with_what_to_do(tmp_path, answer, kind, because):
    path = tmp_path / f"other.{kind}"
    path.write_bytes(WRITERS[kind](answer))
    with pytest.raises(ReadError, match=because) as told:
        read_corridors(path)
    assert "--by cell -o FILE.parquet" in str(told.value)


@pytest.mark.parametrize("kind", ["json", "parquet", "xlsx", "txt"])
def test_what_is_no_answer_at_all_is_refused(tmp_path, kind):
    path = tmp_path / f"other.{kind}"
    path.write_bytes(b"{}")
    with pytest.raises(ReadError, match="Save it anew"):
        read_corridors(path)


def test_a_file_of_corridors_that_is_not_there_is_told(tmp_path):
    with pytest.raises(ReadError, match="there is no such file"):
        read_corridors(tmp_path / "x.parquet")
