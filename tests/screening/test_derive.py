"""Columns that libraries make of what was told."""

from __future__ import annotations

from datetime import date

import ibis.expr.operations as ops
import pyarrow as pa
import pytest

from entrepot.measures.shipment_evidence import evidence
from entrepot.measures.shipment_rules import RULES, judged
from entrepot.model.rule import all_rules
from entrepot.model.shipment import DERIVED, DETAILED, derived_schema, fields, schema
from entrepot.screening.derive import _OF_ROLES, derived
from tests.spec.shipments import ARROW, SHIPMENTS

RATES = pa.table(
    {
        "currency": ["EUR", "EUR"],
        "frequency": ["M", "A"],
        "period": [date(2023, 5, 1), date(2023, 1, 1)],
        "usd_per_unit": [1.1, 9.9],
    }
)


def made(*rows):
    told = pa.schema([(name, ARROW[kind]) for name, kind in schema().items()])
    table = pa.Table.from_pylist([{"row": place} | row for place, row in enumerate(rows, 1)], schema=told)
    return derived(table, RATES).to_pylist()


def test_every_column_in_its_type_and_nothing_of_nothing():
    told = pa.schema([(name, ARROW[kind]) for name, kind in schema().items()])
    empty = derived(pa.Table.from_pylist([{"row": 1}, {"row": 2}], schema=told), RATES)
    assert empty.schema == pa.schema([(name, ARROW[kind]) for name, kind in derived_schema().items()])
    assert {empty[name].null_count for name in DERIVED} == {2}


def test_no_rows():
    told = pa.schema([(name, ARROW[kind]) for name, kind in schema().items()])
    assert derived(told.empty_table(), RATES).num_rows == 0


@pytest.mark.parametrize(
    ("told", "revision", "hs6"),
    [
        ({"hs_code": "8542310000", "date": date(2023, 5, 4)}, "HS2022", "854231"),
        ({"hs_code": "854140", "date": date(2021, 12, 31)}, "HS2017", "854140"),
        ({"hs_code": "854140", "date": date(2022, 1, 1)}, None, "854140"),
        ({"hs_code": "854140", "date": date(2022, 1, 1), "hs_revision": "hs 2017"}, "HS2017", "854140"),
        ({"hs_code": "854140", "hs_revision": "H5"}, "HS2017", "854140"),
        ({"hs_code": "854140", "hs_revision": "newest", "date": date(2021, 1, 1)}, None, "854140"),
        ({"hs_code": "8542", "date": date(2023, 5, 4)}, "HS2022", None),
        ({"hs_code": "8500", "date": date(2023, 5, 4)}, None, None),
        ({"hs_code": "854140", "date": date(2013, 1, 1)}, "HS2012", "854140"),
        ({"hs_code": "854140", "date": date(1980, 1, 1)}, None, "854140"),
        ({"hs_code": "854231"}, None, "854231"),
        ({"date": date(2023, 5, 4)}, None, None),
    ],
)
def test_the_edition_of_a_code(told, revision, hs6):
    """The one told, else that of the day; none where it has no such code."""
    (row,) = made(told)
    assert (row["revision"], row["hs6"]) == (revision, hs6)


@pytest.mark.parametrize(
    ("told", "dollars", "each"),
    [
        ({"value": 100.0, "currency": "eur", "net_weight_kg": 5.0}, 100 * 1.1, 100 * 1.1 / 5),
        ({"value": 100.0, "net_weight_kg": 5.0}, 100, 100 / 5),
        ({"value": 100.0, "currency": "USD", "net_weight_kg": 0.0}, 100, None),
        ({"value": 100.0, "currency": "USD", "net_weight_kg": -5.0}, 100, None),
        ({"value": 0.0, "net_weight_kg": 5.0}, 0, None),
        ({"value": 100.0, "currency": "XXX", "net_weight_kg": 5.0}, None, None),
        ({"value": 100.0, "currency": "EUR", "date": date(2023, 6, 4)}, None, None),
        ({"value": 100.0, "currency": "EUR", "date": None}, None, None),
        ({"value": 100.0, "date": None}, 100, None),
        ({"value": float("inf"), "net_weight_kg": 5.0}, float("inf"), None),
    ],
)
def test_dollars_and_dollars_per_kilogram(told, dollars, each):
    """At the month's average; no rate of another month or of the year stands in."""
    (row,) = made({"date": date(2023, 5, 4)} | told)
    assert row["value_usd"] == (dollars if dollars is None else pytest.approx(dollars))
    assert row["unit_value_usd_per_kg"] == (each if each is None else pytest.approx(each))


def test_what_the_texts_of_each_role_say():
    rows = made(
        {
            "consignee": "Blue Cargo",
            "consignee_address": "Bishkek, Kyrgyzstan",
            "consignee_phone": "+7 495 123 45 67",
            "exporter_email": "a@mail.ru",
            "end_user": "Bearings",
        },
        {"consignee": "Blue Cargo"},
    )
    first = {name: value for name, value in rows[0].items() if name in DERIVED and value is not None}
    assert first == {
        "consignee_is_forwarder": True,
        "consignee_address_country": "KGZ",
        "consignee_phone_country": "RUS",
        "exporter_email_is_free": True,
        "end_user_is_forwarder": False,
    }
    assert rows[1]["consignee_is_forwarder"] is True


def test_every_rule_is_judged_and_none_that_is_not_written_down():
    """rules/*.toml say what each means; measures.shipment_rules how it is found."""
    assert set(RULES) == {rule.column for rule in all_rules().values()}


@pytest.mark.parametrize("rule", all_rules().values(), ids=lambda rule: rule.id)
def test_a_rule_uses_the_fields_that_it_says_it_uses(rule):
    assert _used(rule.column) == set(rule.field_names)


def _used(rule):
    """The fields that the expression of a rule reads, those behind derived columns for them."""
    known = evidence()
    root = judged(SHIPMENTS, known, (rule,)).op()
    values = list(root.values.values())
    if isinstance(root.parent, ops.Project):  # a mutate before it: the steps
        values += [value for name, value in root.parent.values.items() if name.startswith("step_")]
    names = {field.name for value in values for field in value.find(ops.Field, filter=ops.Value)}
    for find in RULES[rule].found:
        read = find(SHIPMENTS, known).op().find(ops.Field)
        names |= {field.name for field in read if field.rel == SHIPMENTS.op()}
    return {field for name in names for field in FROM.get(name, (name,))} & set(fields())


FROM = {
    "hs6": ("hs_code",),
    "revision": ("hs_code", "hs_revision", "date"),
    "value_usd": ("value", "currency", "date"),
    "unit_value_usd_per_kg": ("value", "currency", "date", "net_weight_kg"),
} | {f"{role}_{name}": (f"{role}{field}",) for role in DETAILED for name, (field, _) in _OF_ROLES.items()}
"""What each derived column is made from."""
