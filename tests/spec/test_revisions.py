"""What changed between two vintages."""

from __future__ import annotations

from entrepot.measures.cells import Selection, cells
from entrepot.measures.revisions import changed, revisions, summary
from entrepot.model.commodity import parse_commodity
from entrepot.model.flow import CELL, Flow
from tests.spec.tables import FLOWS

VINTAGES = """
    | snapshot | period  | commodity | value |
    | old      | 2021-01 | 2701      | 100   |
    | old      | 2021-02 | 2701      | 200   |
    | old      | 2021-03 | 2701      | 7     |
    | old      | 2021-04 | 2701      | 50    |
    | new      | 2021-01 | 2701      | 100   |
    | new      | 2021-02 | 2701      | 150   |
    | new      | 2021-04 | 2701      | 60    |
    | new      | 2021-05 | 2701      | 9     |
    | new      | 2021-06 | 2701      | null  |
    """


def compared(commodity="2701"):
    asked = Selection(("XAA",), ("XBB",), Flow.EXPORT, parse_commodity(commodity))
    return revisions(*(cells(FLOWS.filter(FLOWS.snapshot == name), asked) for name in ("old", "new")))


def test_each_cell_of_either_vintage_is_revised_new_withdrawn_or_unchanged(answer):
    """And a cell without a value in both is none."""
    rows = answer(VINTAGES, compared())
    assert [(r["period"].month, r["what"], r["change_value"], r["change"]) for r in rows] == [
        (1, "unchanged", 0, 0),
        (2, "revised", -50, -0.25),
        (3, "withdrawn", None, None),
        (4, "revised", 10, 0.2),
        (5, "new", None, None),
    ]
    assert [(r["snapshots_before"], r["snapshots_after"]) for r in rows][1:3] == [
        ("old", "new"),
        ("old", None),
    ]


def test_a_value_that_became_zero_is_revised_and_one_that_became_null_is_withdrawn(answer):
    """Zero is a figure; empty is none."""
    rows = answer(
        """
        | snapshot | period  | commodity | value |
        | old      | 2021-01 | 2701      | 5     |
        | old      | 2021-02 | 2701      | 5     |
        | old      | 2021-03 | 2701      | 0     |
        | new      | 2021-01 | 2701      | 0     |
        | new      | 2021-02 | 2701      | null  |
        | new      | 2021-03 | 2701      | 5     |
        """,
        compared(),
    )
    assert [(r["what"], r["change"]) for r in rows] == [
        ("revised", -1),
        ("withdrawn", None),
        ("revised", None),
    ]


def test_the_summary_counts_and_names_the_largest(answer):
    """Two revised rows, forty less together; the largest is that of February."""
    rows = {r["what"]: r for r in answer(VINTAGES, summary(compared().alias("found")))}
    assert {what: row["rows"] for what, row in rows.items()} == {
        "revised": 2, "new": 1, "withdrawn": 1, "unchanged": 1,
    }  # fmt: skip
    revised = rows["revised"]
    assert (revised["change_value"], revised["largest_change_value"]) == (-50 + 10, -50)
    assert revised["largest_period"].month == 2


def test_currencies_are_compared_each_with_itself(answer):
    """Dollars before and euros now are one series that ended and one that began."""
    rows = answer(
        """
        | snapshot | currency | commodity | value |
        | old      | USD      | 2701      | 5     |
        | new      | EUR      | 2701      | 5     |
        """,
        compared(),
    )
    assert sorted((r["currency"], r["what"]) for r in rows) == [("EUR", "new"), ("USD", "withdrawn")]


def test_another_publisher_s_figure_is_no_revision(answer):
    """A customs office may take the place of a database: another value is then told apart."""
    rows = answer(
        """
        | snapshot | source   | period  | commodity | value |
        | old      | comtrade | 2021-01 | 2701      | 100   |
        | old      | comtrade | 2021-02 | 2701      | 200   |
        | old      | gacc     | 2021-03 | 2701      | 300   |
        | new      | gacc     | 2021-01 | 2701      | 101   |
        | new      | gacc     | 2021-02 | 2701      | 200   |
        | new      | gacc     | 2021-03 | 2701      | 330   |
        """,
        compared(),
    )
    assert [(r["what"], r["change_value"], r["sources_before"], r["sources_after"]) for r in rows] == [
        ("another source", 1, "comtrade", "gacc"),
        ("unchanged", 0, "comtrade", "gacc"),
        ("revised", 30, "gacc", "gacc"),
    ]


def test_a_summary_without_the_commodity_tells_of_all_codes_together(answer):
    """Of 2701 -50 and +10, of 2702 +60: three rows, +20 together, the last the largest."""
    text = VINTAGES + "| old | 2021-03 | 2702 | 40 |\n    | new | 2021-03 | 2702 | 100 |\n"
    found = summary(compared("2701,2702").alias("found"), ("currency", "what"))
    (revised,) = [row for row in answer(text, found) if row["what"] == "revised"]
    assert (revised["rows"], revised["change_value"]) == (3, -50 + 10 + 60)
    assert (revised["largest_change_value"], revised["largest_period"].month) == (60, 3)


def test_an_update_is_counted_in_cells(answer):
    """A cell without a figure in both vintages is not counted."""
    before, after = (FLOWS.filter(FLOWS.snapshot == name) for name in ("old", "new"))
    by = ("reporter", "flow", "frequency", "currency")
    rows = answer(VINTAGES, changed(before, after, CELL, by))
    assert len(rows) == 1
    row = rows[0]
    assert (row["new"], row["revised"], row["withdrawn"], row["unchanged"]) == (1, 2, 1, 1)
    assert row["change_value"] == (150 - 200) + (60 - 50)
    assert (row["first"].month, row["last"].month) == (2, 5)
