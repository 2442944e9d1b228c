"""What is held: first and last period, gaps, and who fell silent."""

from __future__ import annotations

from datetime import date

from entrepot.measures.coverage import coverage
from entrepot.model.constant import constant
from tests.spec.tables import FLOWS

CARDS = constant(
    {"snapshot": ["s1", "s2"], "published": [date(2021, 5, 1), date(2021, 9, 1)]},
    {"snapshot": "string", "published": "date"},
)


def test_gaps_and_silence(answer):
    """A month without a report inside the span is a gap; months behind the freshest reporter are silence."""
    rows = answer(
        """
        | reporter | period  | value |
        | XAA      | 2021-01 | 1     |
        | XAA      | 2021-03 | 1     |
        | XBB      | 2021-06 | 1     |
        """,
        coverage(FLOWS, CARDS),
    )
    found = {r["reporter"]: (r["periods"], r["gaps"], r["silent_for"]) for r in rows}
    assert found == {"XAA": (2, 1, 6 - 3), "XBB": (1, 0, 0)}


def test_levels_and_frequencies_are_counted_apart(answer):
    """Annual totals and monthly headings are two lines."""
    rows = answer("| period | commodity |\n| 2021 | TOTAL |\n| 2021-01 | 8703 |", coverage(FLOWS, CARDS))
    assert [(r["frequency"], r["digits"]) for r in rows] == [("A", 0), ("M", 4)]


def test_rows_without_any_figure_are_not_held(answer):
    """A cell whose value, weight and quantity are all missing says nothing."""
    assert answer("| value |\n| null |", coverage(FLOWS, CARDS)) == []


def test_how_fresh(answer):
    """The latest publication that a row rests on."""
    rows = answer("| period | snapshot |\n| 2021-01 | s1 |\n| 2021-02 | s2 |", coverage(FLOWS, CARDS))
    assert [row["published"] for row in rows] == [date(2021, 9, 1)]
