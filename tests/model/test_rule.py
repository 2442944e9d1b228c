"""Rules on shipments, as rules/*.toml say them."""

from __future__ import annotations

from datetime import date

import pytest

from entrepot.errors import UsageError
from entrepot.model.area import is_group
from entrepot.model.rule import all_rules, sources, the_rule
from entrepot.model.shipment import fields

TODAY = date(2026, 11, 22)
IDS = [
    "listed-party",
    "high-priority-goods",
    "later-listed-goods",
    "embargo",
    "corridor",
    "named-hub",
    "unit-value",
    "no-reexport-clause",
    "new-company",
    "new-customer",
    "no-earlier-exports",
    "forwarder-consignee",
    "address-mismatch",
    "phone-mismatch",
    "payer-elsewhere",
    "free-email",
    "late-route-change",
    "late-payment-change",
    "bank-consignee",
    "end-use-not-stated",
    "no-web-presence",
    "business-mismatch",
    "shared-address",
    "small-payments",
]


def test_every_rule_is_there_once():
    assert sorted(all_rules()) == sorted(IDS)
    assert sum(len(rule.citations) > 0 for rule in all_rules().values()) == len(IDS)


@pytest.mark.parametrize("rule", all_rules().values(), ids=list(all_rules()))
def test_a_rule_uses_fields_of_shipments_and_cites(rule):
    assert set(rule.field_names) <= set(fields())
    assert all(one.publisher and one.title and date(1990, 1, 1) < one.date <= TODAY for one in rule.citations)
    assert all(text.endswith(".") for text in (rule.says, rule.asks))
    assert rule.title
    assert all(is_group(rule.facts[key]) for key in ("binds", "spares") if key in rule.facts)


def test_each_source_is_cited():
    cited = {(one.title, one.date) for rule in all_rules().values() for one in rule.citations}
    assert cited == {(one["title"], one["date"]) for one in sources().values()}


def test_what_was_not_read_is_said():
    told = the_rule("new-company").citation
    assert "FIN-2023-Alert004), 19 May 2023 (not checked)" in told
    assert "not checked" not in the_rule("bank-consignee").citation


def test_an_unknown_rule_names_those_there_are():
    with pytest.raises(UsageError, match=r"Rules are: .+embargo"):
        the_rule("no-such-rule")
