"""A screening on the terminal: what is unknown says why, and what went to a file is summed up."""

from __future__ import annotations

import io

import pyarrow as pa
import pytest
from rich.console import Console

from entrepot.model.answer import Answer
from entrepot.present.screening import show, summed_up

SENTENCE = "Outcome: no flag; no flag is no clearance."
REASONS = {
    "embargo": "not all embargoes of CHN on 2023-05-04 are held",
    "named-hub": "not told: date; ARE is named by somebody",
    "small-payments": "not told: pays_in_small_parts",
    "free-email": "consignee_email is not told",
}


@pytest.fixture
def screen():
    return Console(file=io.StringIO(), width=80)


def _answer(**question):
    rows = [
        {"rule": rule, "result": "unknown", "because": why, "asks": "", "citation": ""}
        for rule, why in REASONS.items()
    ]
    told = {"sentence": SENTENCE, "outcomes": {"no flag": 1}, **question}
    return Answer(told, pa.Table.from_pylist(rows), warnings=["2 cells were not understood."])


def test_what_is_not_known_of_one_shipment_says_why_unless_nothing_was_told(screen):
    show(_answer(fields={}), screen, Console(file=io.StringIO()))
    lines = [line.split() for line in screen.file.getvalue().splitlines()]
    assert [line[1] for line in lines if line[:1] == ["unknown"]] == ["embargo", "named-hub"]
    assert "not told enough for 2 rules, so unknown: small-payments, free-email" in screen.file.getvalue()


def test_a_screening_that_went_to_a_file_says_what_it_came_to(screen):
    summed_up(_answer(file="a.xlsx", search=7, search_sha256="5f" * 32), screen)
    told = screen.file.getvalue()
    assert told.startswith(f"{SENTENCE}\nno flag: 1\nNote: 2 cells were not understood.\nSearch 7 on record")
