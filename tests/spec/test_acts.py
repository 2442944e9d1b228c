"""Acts by period: none is told apart from not covered, and unlike amounts are not added."""

from __future__ import annotations

from datetime import date

import pytest

from entrepot.answers._spans import periods, sides
from entrepot.measures.acts import counted, listed, registers
from entrepot.model.act import Cover
from entrepot.model.period import parse_window
from tests.spec.beside import acts


def asked(text, *, partner="XBB", period="2021:2022", by="year", covers=()):
    told = acts(text)
    spans = registers(told)
    known = listed(covers, None)
    both = spans.select(*known.columns).union(known)
    return counted(told, both, sides(["XAA"]), sides(partner.split(",")), periods(parse_window(period), by))


def near(number):
    """What is paid out in parts: an engine adds them in an order of its own."""
    return pytest.approx(number, rel=1e-9)


def shown(rows, *names):
    return [tuple(row[name] for name in names) for row in rows]


def test_a_period_that_the_register_covers_and_tells_nothing_of_has_no_acts(answer):
    """Of 2021 to 2023 both ends have deals; the year between has none, of no amount."""
    rows = answer(
        "| period |\n",
        asked(
            """
            | date       | amount | unit |
            | 2021-01-01 | 10     | USD  |
            | 2021-05-01 | 5      | USD  |
            | 2023-12-01 | 1      | USD  |
            """,
            period="2021:2023",
        ),
    )
    assert shown(rows, "acts", "amount", "unit", "amounts", "months") == [
        (2, 10 + 5, "USD", 2, 12),
        (0, 0.0, "USD", 0, 12),
        (1, 1.0, "USD", 1, 12),
    ]


def test_months_covered_end_with_the_register(answer):
    """A register from February to August covers the first half but January, and two months of the second."""
    rows = answer(
        "| period |\n",
        asked("| date | title |\n| 2021-02-01 | a |\n| 2021-08-09 | b |", period="2021", by="half"),
    )
    assert shown(rows, "period", "acts", "months") == [(date(2021, 1, 1), 1, 5), (date(2021, 7, 1), 1, 2)]


def test_a_pair_that_the_register_has_no_side_of_is_not_covered(answer):
    """XCC receives from XAA and nothing is told of XBB: no row, which is not a row of zero."""
    text = "| date | partner |\n| 2021-02-01 | XCC |"
    assert answer("| period |\n", asked(text)) == []


def test_a_pair_of_two_sides_of_a_register_is_covered(answer):
    """XAA acts, and XBB is acted towards, though not by XAA."""
    text = "| date | actor | partner |\n| 2021-02-01 | XAA | XCC |\n| 2021-12-01 | XDD | XBB |"
    rows = answer("| period |\n", asked(text, period="2021"))
    assert shown(rows, "acts", "months", "snapshots") == [(0, 11, "s1")]


def test_a_year_of_deliveries_covers_its_twelve_months(answer):
    rows = answer(
        "| period |\n",
        asked("| date | precision |\n| 2021-01-01 | year |", period="2021"),
    )
    assert shown(rows, "acts", "months") == [(1, 12)]


def test_a_list_without_snapshot_covers_what_it_claims_and_no_more(answer):
    """One exercise of 2021 in a list that claims 2021 and half of 2022; of statements it claims none."""
    text = """
    | date       | kind      | snapshot | source | stance |
    | 2021-05-01 | exercise  |          | listed |        |
    | 2021-06-01 | statement |          | listed | 1      |
    | 2021-07-01 | statement |          | listed | 0      |
    """
    claim = Cover("XAA", "XBB", "exercise", date(2021, 1, 1), date(2022, 6, 30))
    rows = answer("| period |\n", asked(text, covers=[claim]))
    assert shown(rows, "kind", "period", "acts", "stance", "months") == [
        ("exercise", date(2021, 1, 1), 1, None, 12),
        ("exercise", date(2022, 1, 1), 0, None, 6),
        ("statement", date(2021, 1, 1), 2, (1 + 0) / 2, 0),
    ]


def test_nothing_is_claimed_for_after_the_day_asked_about(answer):
    """What a list claims to June is claimed to March on a day in March."""
    claim = Cover("XAA", "XBB", "exercise", date(2021, 1, 1), date(2021, 6, 30))
    known = listed([claim], date(2021, 3, 5))
    assert [(row["first_month"], row["last_month"]) for row in answer("| period |\n", known)] == [
        (2021 * 12, 2021 * 12 + 2)
    ]


def test_sources_and_units_are_not_added(answer):
    """Two sources of the same kind are two rows; dollars and euros of one source have no sum."""
    text = """
    | date       | source | snapshot | amount | unit |
    | 2021-05-01 | one    | s1       | 3      | USD  |
    | 2021-06-01 | two    | s2       | 4      | USD  |
    | 2021-07-01 | two    | s2       | 5      | EUR  |
    """
    rows = answer("| period |\n", asked(text, period="2021"))
    assert shown(rows, "source", "acts", "amount", "unit") == [
        ("one", 1, near(3), "USD"),
        ("two", 2, None, None),
    ]


def test_an_amount_that_is_not_told_is_counted_and_not_added(answer):
    text = "| date | amount | unit |\n| 2021-05-01 | 3 | USD |\n| 2021-06-01 | | |"
    rows = answer("| period |\n", asked(text, period="2021"))
    assert shown(rows, "acts", "amounts", "amount") == [(2, 1, near(3))]


def test_anyone_and_a_group_are_one_row(answer):
    """The world takes all three; of the European Union the United Kingdom left in January 2020."""
    text = """
    | date       | partner |
    | 2019-05-01 | GBR     |
    | 2021-05-01 | GBR     |
    | 2021-06-01 | DEU     |
    """
    rows = answer("| period |\n", asked(text, partner="WLD,EU", period="2019:2021", by="none"))
    assert shown(rows, "partner", "acts") == [("EU", 2), ("WLD", 3)]
