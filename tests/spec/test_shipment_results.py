"""From what the rules say to flags, reasons and outcomes: unknown is never false, nothing is cleared."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from entrepot.measures.shipment_results import flags, outcomes, totals, verdicts
from entrepot.model.constant import constant
from entrepot.model.rule import Rule
from entrepot.model.shipment import schema


def rule(name, *fields):
    return Rule(
        name, name.title(), "says", f"Ask for {name}.", tuple((one,) for one in fields), (), (), "goods"
    )


RULES = (rule("embargo", "date"), rule("corridor", "via"), rule("new-company", "consignee_founded"))

SAID = """
row | embargo | corridor | new_company | open | decided | refused | matches | unread
1   | true    | false    | null        | 1    | 0       | 0       | 0       | 0
2   | false   | true     | null        | 0    | 1       | 0       | 0       | 0
3   | false   | false    | false       | 0    | 0       | 0       | 0       | 0
4   | null    | null     | null        | 0    | 0       | 0       | 0       | 2
5   | true    | true     | false       | 0    | 2       | 1       | 0       | 0
6   | false   | false    | null        | 1    | 0       | 0       | 1       | 0
"""


@pytest.fixture
def told(engine):
    """Runs an expression of the judged shipments, the rules and the counts of their cases."""
    lines = [[cell.strip() for cell in line.split("|")] for line in SAID.strip().splitlines()]
    rows = [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]
    words = {"true": True, "false": False, "null": None}
    kinds = schema()
    columns: dict[str, list[Any]] = {name: [None] * len(rows) for name in kinds}
    columns["row"] = [int(row["row"]) for row in rows]
    columns["shipment"] = [f"S{row['row']}" for row in rows]
    columns["date"] = [date(2023, 5, 4)] * len(rows)
    columns["consignee"] = ["Alfa", None, "Alfa", "Alfa", "Beta", "Alfa"]
    for one in RULES:
        columns[one.column] = [words[row[one.column]] for row in rows]
        columns[f"{one.column}__because"] = [f"{one.id} {row['row']}" for row in rows]
        kinds |= {one.column: "boolean", f"{one.column}__because": "string"}
    judged = constant(columns, kinds)
    counted = [row for row in rows if any(row[name] != "0" for name in lines[0][4:])]
    cases = constant(
        {name: [int(row[name]) for row in counted] for name in ("row", *lines[0][4:])},
        dict.fromkeys(("row", *lines[0][4:]), "int64"),
    )
    return lambda make: engine.run(make(judged, cases)).to_pylist()


def test_each_shipment_has_one_outcome_and_says_what_it_rests_on(told):
    rows = told(lambda judged, cases: outcomes(judged, RULES, cases).order_by("row"))
    assert [row["outcome"] for row in rows] == [
        "review",
        "decided",
        "no flag",
        "not all read",
        "refused",
        "review",
    ]
    assert [(row["flags"], row["unknown"], row["matches"], row["unread"]) for row in rows] == [
        (1, 1, 0, 0),
        (1, 1, 0, 0),
        (0, 0, 0, 0),
        (0, 3, 0, 2),
        (2, 0, 0, 0),
        (0, 1, 1, 0),
    ]
    assert [row["flagged"] for row in rows] == ["embargo", "corridor", "", "", "embargo corridor", ""]
    assert [row["new_company"] for row in rows] == [
        "unknown",
        "unknown",
        "false",
        "unknown",
        "false",
        "unknown",
    ]


def test_a_discovered_corridor_asks_for_all_that_is_unknown(told):
    rows = told(lambda judged, cases: outcomes(judged, RULES, cases).order_by("row"))
    assert rows[0]["ask_for"] == "Ask for embargo."
    assert rows[1]["ask_for"] == "Ask for corridor. Ask for new-company."
    assert rows[2]["ask_for"] == ""


def test_every_rule_of_every_shipment_says_true_false_or_unknown_and_why(told):
    rows = told(lambda judged, cases: verdicts(judged, RULES).order_by(["row", "place"]))
    assert len(rows) == 6 * 3
    assert rows[:3] == [
        {"row": 1, "shipment": "S1", "rule": one, "place": i, "result": result, "because": f"{one} 1"}
        for i, (one, result) in enumerate(
            [("embargo", "true"), ("corridor", "false"), ("new-company", "unknown")]
        )
    ]


def test_a_flag_names_the_facts_a_decision_knows_it_by(told):
    rows = told(lambda judged, cases: flags(judged, RULES).order_by(["row", "place"]))
    assert [(row["row"], row["rule"]) for row in rows] == [
        (1, "embargo"),
        (2, "corridor"),
        (5, "embargo"),
        (5, "corridor"),
    ]
    assert rows[0]["facts"] == "shipment=S1; consignee=Alfa; date=2023-05-04; "
    assert rows[1]["facts"] == "shipment=S2; "


def test_the_three_answers_of_a_rule_add_up_to_the_shipments(told):
    rows = told(lambda judged, cases: totals(judged, RULES).order_by("place"))
    assert [(row["rule"], row["flags"], row["not_flagged"], row["unknown"]) for row in rows] == [
        ("embargo", 2, 3, 1),
        ("corridor", 2, 3, 1),
        ("new-company", 0, 2, 4),
    ]
