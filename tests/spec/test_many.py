"""Many questions at once answer each as if it were asked alone."""

from __future__ import annotations

import pytest

from entrepot.measures.cells import Selection, cells
from entrepot.measures.direct import series
from entrepot.measures.many import many
from entrepot.model.area import resolve_many
from entrepot.model.commodity import parse_commodity
from entrepot.model.flow import Flow
from entrepot.model.period import parse_window
from tests.spec.tables import FLOWS

ON_SPARK = ("test_the_valuation_of_each_is_named", "test_a_question_nothing_answers_has_no_row")


def asked(partner="XBB", commodity="8703", period="2021", flow="export", reporter="XAA"):
    return Selection(
        resolve_many(reporter),
        resolve_many(partner),
        Flow(flow),
        parse_commodity(commodity),
        (parse_window(period),),
    )


QUESTIONS = {
    "year": asked(),
    "months": asked(period="2021-01:2021-02"),
    "chapter": asked(commodity="87"),
    "list": asked(commodity="8703,8708"),
    "world": asked(partner="WLD"),
    "both": asked(partner="XBB,XCC"),
    "import": asked(flow="import", reporter="XBB", partner="XAA"),
}
TRADE = """
    | flow   | reporter | partner | period  | commodity | value |
    | export | XAA      | XBB     | 2021-01 | 8703      | 10    |
    | export | XAA      | XBB     | 2021-02 | 8703      | 20    |
    | export | XAA      | XBB     | 2021-03 | 8703      | 40    |
    | export | XAA      | XBB     | 2021-01 | 870310    | 3     |
    | export | XAA      | XBB     | 2021-01 | 8708      | 5     |
    | export | XAA      | XBB     | 2021-01 | 8701      | 7     |
    | export | XAA      | XCC     | 2021-01 | 8703      | 100   |
    | export | XAA      | XCC     | 2021    | 8703      | 900   |
    | import | XBB      | XAA     | 2021-01 | 8703      | 11    |
    """


def told(rows, key=None):
    """What a series says, without the columns that only `many` has."""
    mine = [row for row in rows if key is None or row.get("key") == key]
    plain = [
        {
            name: row[name]
            for name in row
            if name not in ("key", "valuations", "parts", "reporters", "partners")
        }
        for row in mine
    ]
    return sorted(plain, key=lambda row: (row["reporter"], row["partner"], row["period"]))


def test_each_question_is_answered_as_if_alone(engine, answer):
    """A year and some months, a chapter and a heading inside it, the world, two partners, both directions."""
    rows = answer(TRADE, many(FLOWS, QUESTIONS))
    for key, one in QUESTIONS.items():
        grain = "year" if one.windows[0].years else "month"
        alone = engine.run(series(cells(FLOWS, one), by=grain)).to_pylist()
        assert told(rows, key) == told(alone)
        assert alone


def test_a_chapter_and_a_heading_inside_it_are_each_told_whole(answer):
    """The heading is told in the chapter's sum too; its own part, 870310, in neither twice."""
    rows = answer(TRADE, many(FLOWS, QUESTIONS))
    values = {row["key"]: row["value"] for row in rows if row["partner"] == "XBB" and row["key"] != "months"}
    assert (values["year"], values["chapter"], values["list"]) == (
        10 + 20 + 40,
        10 + 20 + 40 + 5 + 7,
        10 + 20 + 40 + 5,
    )


def test_the_valuation_of_each_is_named(answer):
    rows = answer(
        """
        | flow   | reporter | partner | period  | value | valuation |
        | export | XAA      | XBB     | 2021-01 | 10    | fob       |
        | import | XBB      | XAA     | 2021-01 | 11    | cif       |
        """,
        many(FLOWS, {"one": asked(), "other": asked(flow="import", reporter="XBB", partner="XAA")}),
    )
    assert {row["key"]: row["valuations"] for row in rows} == {"one": "fob", "other": "cif"}


def test_the_parts_a_sum_is_made_of_are_named(answer):
    """A heading reported itself is no sum; a chapter is summed from the headings held."""
    rows = answer(TRADE, many(FLOWS, {"heading": asked(), "chapter": asked(commodity="87")}))
    assert {row["key"]: row["parts"] for row in rows} == {"heading": None, "chapter": "8701 8703 8708"}


def test_a_question_nothing_answers_has_no_row(answer):
    rows = answer(TRADE, many(FLOWS, {"none": asked(commodity="9306"), "some": asked()}))
    assert {row["key"] for row in rows} == {"some"}


@pytest.mark.parametrize("period", ["2021", "2021-01:2021-02"])
def test_an_unrelated_question_changes_nothing(answer, period):
    alone = answer(TRADE, many(FLOWS, {"mine": asked(period=period)}))
    others = {"all": asked(partner="WLD", commodity="TOTAL"), "chapter": asked(commodity="87")}
    beside = answer(TRADE, many(FLOWS, {"mine": asked(period=period)} | others))
    assert told(alone) == told(beside, "mine")
