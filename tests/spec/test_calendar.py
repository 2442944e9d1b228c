"""A calendar of what is held: each month of a series is held, made from others, part of it, or missing."""

from __future__ import annotations

from datetime import date

import pytest

from entrepot.measures.calendar import calendar
from entrepot.model.constant import constant
from entrepot.model.period import parse_window
from tests.spec.tables import FLOWS

ON_SPARK = ("test_a_month_nobody_told_of_is_missing", "test_a_year_of_months_is_part_of_it")
MONTHS = constant({"period": list(parse_window("2020:2022").months)}, {"period": "date"})
YEARS = constant({"period": [date(year, 1, 1) for year in range(2019, 2024)]}, {"period": "date"})


def states(rows):
    return [(row["reporter"], row["period"].strftime("%Y-%m"), row["state"], row["cells"]) for row in rows]


def test_a_month_nobody_told_of_is_missing(answer):
    """XBB speaks in March: what XAA does not say of March is missing, and of February too; no row is zero."""
    rows = answer(
        """
        | reporter | period  | value |
        | XAA      | 2021-01 | 0     |
        | XAA      | 2021-02 | null  |
        | XBB      | 2021-03 | 1     |
        """,
        calendar(FLOWS, MONTHS),
    )
    assert states(rows) == [
        ("XAA", "2021-01", "held", 1),
        ("XAA", "2021-02", "missing", 0),
        ("XAA", "2021-03", "missing", 0),
        ("XBB", "2021-01", "missing", 0),
        ("XBB", "2021-02", "missing", 0),
        ("XBB", "2021-03", "held", 1),
    ]
    assert rows[1]["snapshots"] is None


def test_another_source_s_months_are_no_gap(answer):
    """Each source has its own first and last month."""
    text = "| period | source |\n| 2021-01 | tidy |\n| 2021-05 | gacc |"
    assert [row["state"] for row in answer(text, calendar(FLOWS, MONTHS))] == ["held", "held"]


@pytest.mark.parametrize(
    ("statuses", "state"),
    [
        ("reported simulated estimated", "held"),
        ("reported estimated", "held"),
        ("estimated estimated reported", "estimated"),
        ("imputed mirrored reported", "imputed"),
        ("published typed reported", "printed"),
    ],
)
def test_the_state_is_that_of_most_cells(answer, statuses, state):
    """Two of three were made from others: the month is called so, and each kind is counted."""
    lines = [f"| 8{n:03} | {status} |" for n, status in enumerate(statuses.split(), 1)]
    rows = answer("\n".join(["| commodity | status |", *lines]), calendar(FLOWS, MONTHS))
    assert [row["state"] for row in rows] == [state]
    assert sum(rows[0][name] for name in ("reported", "estimated", "imputed", "printed")) == rows[0]["cells"]


def test_a_month_with_less_than_half_the_partners_is_part_of_it(answer):
    """Four partners in January, two in February (half), one in March; a year later one is all there is."""
    told = {"2021-01": "XBB XCC XDD XEE", "2021-02": "XBB XCC", "2021-03": "XBB", "2022-01": "XBB"}
    lines = [f"| {month} | {who} |" for month, names in told.items() for who in names.split()]
    rows = answer("\n".join(["| period | partner |", *lines]), calendar(FLOWS, MONTHS))
    found = {row["period"].strftime("%Y-%m"): row["state"] for row in rows if row["cells"]}
    assert found == {"2021-01": "held", "2021-02": "held", "2021-03": "partial", "2022-01": "held"}


def test_a_year_of_months_is_part_of_it(answer):
    """An annual figure tells of twelve months; two months alone of two."""
    rows = answer(
        """
        | period  | value |
        | 2020    | 1     |
        | 2021-01 | 1     |
        | 2021-02 | 1     |
        | 2023    | 1     |
        """,
        calendar(FLOWS, YEARS, "year"),
    )
    assert [(row["state"], row["months"]) for row in rows] == [
        ("held", 12),
        ("partial", 2),
        ("missing", 0),
        ("held", 12),
    ]


def test_annual_figures_are_in_no_month(answer):
    """By month only monthly figures count."""
    assert answer("| period |\n| 2021 |", calendar(FLOWS, MONTHS)) == []
