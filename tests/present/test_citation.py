"""A citation names the program, the figure, the question, the day and every snapshot."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pyarrow as pa

from entrepot import __version__
from entrepot.model.answer import Answer
from entrepot.model.provenance import Snapshot
from entrepot.present.citation import citation
from entrepot.present.figure import source_line

ROWS = pa.table({"value_usd": [1.0]})
QUESTION = {"command": "flows", "reporter": ("XAA", "XBB"), "commodity": "87", "period": None}


def shot(name: str, publisher: str, *, known: bool = True) -> Snapshot:
    told = {
        "source": "tidy",
        "format": "tidy",
        "file": "a.csv",
        "size_bytes": 1,
        "published": date(2023, 4, 10),
    }
    more = {"licence": "free", "citation": "", "rank": 50, "rows": 1, "rejects": 0, "missing": 0}
    added = datetime(2023, 5, 1, tzinfo=UTC)
    return Snapshot(
        name, name, **told, published_is_known=known, retrieved=added, publisher=publisher, **more
    )


def test_it_names_question_day_and_each_snapshot_once_by_publisher_and_vintage():
    shots = [shot("aa11", "Office of XAA"), shot("bb22", "Office of XAA"), shot("cc33", "Bank", known=False)]
    told = citation(
        Answer(QUESTION | {"as_of": date(2023, 6, 1)}, ROWS, shots), "https://host/x", "Cars sold"
    )
    assert told == (
        f"entrepot {__version__}, “Cars sold”, flows reporter=XAA,XBB commodity=87, as of 2023-06-01. Data: "
        "Office of XAA, published 2023-04-10 [aa11 bb22]; Bank, added 2023-04-10 [cc33]. https://host/x"
    )


def test_without_a_day_it_says_so_and_a_long_list_is_cut():
    told = citation(Answer(QUESTION | {"commodity": ",".join(["870310"] * 99)}, ROWS))
    assert "as of the latest publications held. Data: no data." in told
    assert "…" in told
    assert len(told) < 300


def test_two_licences_of_a_publisher_hide_none_of_its_snapshots():
    shots = [shot("aa11", "Office"), replace(shot("bb22", "Office"), licence="not for commerce")]
    told = citation(Answer(QUESTION, ROWS, shots))
    assert "Data: Office, published 2023-04-10 [aa11]; Office, published 2023-04-10 [bb22]." in told
    assert source_line(Answer(QUESTION, ROWS, shots)).count("(not for commerce)") == 1
