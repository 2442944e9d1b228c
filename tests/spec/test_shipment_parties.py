"""Rules on parties and payments: what is true, what is false, and what nobody can know."""

from __future__ import annotations

import pytest

from tests.spec.shipments import judge

ON_SPARK = (
    "test_a_listed_party",
    "test_a_company_founded_after_the_invasion",
    "test_a_country_that_is_not_the_partys_own",
)
"""One test of each kind of step; see conftest."""

YES_OR_NO = {
    "end_use_not_stated": ("end_use_stated", False),
    "no_web_presence": ("has_web_presence", False),
    "business_mismatch": ("business_fits", False),
    "shared_address": ("address_is_shared", True),
    "small_payments": ("pays_in_small_parts", True),
}


def test_a_listed_party(engine):
    """The likeliest match is told; false only where every name told was searched."""
    said = judge(
        engine,
        "listed_party",
        """
        | shipment | exporter | consignee | bank |
        | A        | Ann      | Bob Ltd   |      |
        | B        | Ann      | Bob Ltd   |      |
        | C        | Ann      | Bob Ltd   | Cash |
        | D        |          |           |      |
        | E        | Ann      |           |      |
        """,
        matches="""
        | row | role      | name    | list | party | listed_name | score |
        | 1   | exporter  | Ann     | own  | p7    | ANNA        | 0.81  |
        | 1   | consignee | Bob Ltd | ofac | 12    | BOB LIMITED | 0.97  |
        | 1   | consignee | Bob Ltd | eu   | 9     | Bob         | 0.97  |
        """,
        searched="""
        | row | roles                   | lists |
        | 1   | exporter consignee bank | 2     |
        | 2   | exporter consignee bank | 2     |
        | 3   | exporter consignee      | 2     |
        | 4   | exporter consignee bank | 2     |
        """,
    )
    assert said == [
        (True, "consignee Bob Ltd is like BOB LIMITED, ofac 12 (0.97); 2 more"),
        (False, "2 names searched in 2 lists: none above the threshold; not a clearance"),
        (None, "not searched: bank"),
        (None, "no name is told"),
        (None, "no lists were searched"),
    ]


def test_a_company_founded_after_the_invasion(engine):
    """Outside the coalition; the consignee has to be told, and of the others what is told has to suffice."""
    said = judge(
        engine,
        "new_company",
        """
        |exporter_country|exporter_founded|destination|consignee_founded|end_user_country|end_user_founded|
        |XAA|2000-01-01|XBB|2022-02-25|||
        |XAA|2023-01-01|XBB|2022-02-24|||
        |XAA||XAA|2023-01-01|||
        |XBB|2023-01-01|XAA||||
        |XAA|2000-01-01|XBB||||
        |XAA|||2023-01-01|||
        |XAA||XAA|2000-01-01||2023-01-01|
        ||2023-01-01|XAA|2000-01-01|||
        """,
        coalition="| country |\n| XAA |\n| XCC |",
    )
    outside = "founded {} in XBB, after 2022-02-24 and outside the coalition"
    untold = [f"{role}_founded is not told" for role in ("exporter", "end_user")]
    inside = "founded 2023-01-01 in XAA, of the coalition"
    old = "founded {}, not after 2022-02-24"
    assert said == [
        (True, f"consignee {outside.format('2022-02-25')}"),
        (False, f"exporter {inside}; consignee {old.format('2022-02-24')}; {untold[1]}"),
        (False, f"{untold[0]}; consignee {inside}; {untold[1]}"),
        (True, f"exporter {outside.format('2023-01-01')}"),
        (None, "consignee_founded is not told"),
        (None, "consignee founded 2023-01-01; its country is not told"),
        (False, f"{untold[0]}; consignee {old.format('2000-01-01')}; end_user {inside}"),
        (None, "exporter founded 2023-01-01; its country is not told"),
    ]


def test_without_the_members_of_the_coalition_a_new_company_is_unknown(engine):
    """No table is not a coalition of nobody."""
    ((result, because),) = judge(
        engine, "new_company", "| destination | consignee_founded |\n| XBB | 2023-01-01 |"
    )
    assert (result, "members of the coalition are not held" in because) == (None, True)


def test_a_new_customer_of_listed_goods(engine):
    said = judge(
        engine,
        "new_customer",
        """
        | customer_since | hs_code | date       |
        | 2022-02-25     | 854231  | 2023-05-04 |
        | 2022-02-24     | 854231  | 2023-05-04 |
        | 2022-02-25     | 870323  | 2023-05-04 |
        |                | 854231  | 2023-05-04 |
        | 2022-02-25     |         | 2023-05-04 |
        |                | 870323  | 2023-05-04 |
        """,
        goods="""
        | list | version    | tier | hs_revision | commodity | is_certain |
        | l    | 2023-01-01 | 1    | HS2022      | 854231    | true       |
        """,
    )
    unlisted = "870323 (HS2022) was on no list held on 2023-05-04"
    assert said == [
        (True, "customer since 2022-02-25; 854231 (HS2022) is on tier 1 of l (from 2023-01-01 on)"),
        (False, "customer since 2022-02-24, not after 2022-02-24"),
        (False, unlisted),
        (None, "not told: customer_since"),
        (None, "not told: hs_code"),
        (False, unlisted),
    ]


def test_no_earlier_exports(engine):
    said = judge(engine, "no_earlier_exports", "| earlier_shipments |\n| 0 |\n| 12 |\n| -1 |\n| nan |")
    assert said == [
        (True, "no earlier shipment of such goods to this customer"),
        (False, "12 earlier shipments"),
        (None, "earlier_shipments is no count"),
        (None, "earlier_shipments is no count"),
    ]


def test_a_forwarder_as_the_last_consignee(engine):
    said = judge(
        engine,
        "forwarder_consignee",
        """
        | consignee | consignee_is_forwarder | end_user | end_user_is_forwarder | intermediary |
        | B Cargo   | true                   |          |                       |              |
        | B         | false                  | C Cargo  | true                  |              |
        | B         | false                  |          |                       | b            |
        | B         | false                  |          |                       | D            |
        |           |                        |          |                       | D            |
        | B         |                        |          |                       |              |
        | B Cargo   | true                   | E        | false                 |              |
        | B Cargo   | true                   | b cargo  | false                 |              |
        | B         | false                  | d        | false                 | D            |
        """,
    )
    assert said == [
        (True, "consignee B Cargo is called like a forwarder"),
        (True, "end_user C Cargo is called like a forwarder"),
        (True, "the consignee is the intermediary"),
        (False, "no word of a forwarder in B"),
        (None, "not told: consignee"),
        (None, "the consignee's name was not read for words of forwarders"),
        (False, "the end user is another: E"),
        (True, "consignee B Cargo is called like a forwarder"),
        (True, "the end user is the intermediary"),
    ]


@pytest.mark.parametrize("what", ["address", "phone"])
def test_a_country_that_is_not_the_partys_own(engine, what):
    """The consignee is in the destination where nothing else is told."""
    text = """
        |destination|consignee_country|consignee_WHAT|consignee_WHAT_country|exporter_country|exporter_WHAT_country|
        |XBB||here|XCC|||
        |XBB|XCC|here|XCC|||
        |XBB||||XAA|XDD|
        |XBB||here||XAA|XAA|
        |||here|XCC|||
        """
    said = judge(engine, f"{what}_mismatch", text.replace("WHAT", what))
    rest = [f"{role}_{what} is not told" for role in ("exporter", "end_user")]
    assert said == [
        (True, f"consignee_{what} is of XCC, consignee of XBB"),
        (False, f"{rest[0]}; consignee_{what} is of XCC, as consignee; {rest[1]}"),
        (True, f"exporter_{what} is of XDD, exporter of XAA"),
        (None, f"consignee_{what} does not say of which country it is"),
        (None, "the country of consignee is not told"),
    ]


def test_a_payer_elsewhere(engine):
    said = judge(
        engine,
        "payer_elsewhere",
        """
        | payer_country | destination | consignee_country | end_user_country |
        | XPP           | XBB         | XCC               |                  |
        | XCC           | XBB         | XCC               |                  |
        | XPP           |             | XCC               |                  |
        |               | XBB         |                   |                  |
        """,
    )
    assert said == [
        (True, "paid from XPP, none of XCC, XBB"),
        (False, "paid from XCC, one of XCC, XBB"),
        (None, "not told: destination"),
        (None, "not told: payer_country"),
    ]


def test_a_free_mailbox(engine):
    said = judge(
        engine,
        "free_email",
        """
        | consignee_email | consignee_email_is_free | end_user_email | end_user_email_is_free |
        | a@b.com         | false                   | a@mail.ru      | true                   |
        | a@b.com         | false                   |                |                        |
        | nonsense        |                         |                |                        |
        """,
    )
    rest = [f"{role}_email is not told" for role in ("exporter", "end_user")]
    assert said == [
        (True, "end_user_email a@mail.ru is of a free provider"),
        (False, f"{rest[0]}; consignee_email a@b.com is of no free provider held; {rest[1]}"),
        (None, "consignee_email is no address"),
    ]


@pytest.mark.parametrize("what", ["route", "payment"])
def test_a_late_change(engine, what):
    """Thirty days before the departure, or the day of the shipment where that is not told, are late."""
    text = """
        | WHAT_changed | departure  | date       |
        | 2023-05-01   | 2023-05-31 | 2023-06-30 |
        | 2023-04-30   | 2023-05-31 | 2023-05-01 |
        | 2023-05-01   |            | 2023-04-30 |
        |              | 2023-05-31 | 2023-05-31 |
        | 2023-05-01   |            |            |
        """
    assert judge(engine, f"late_{what}_change", text.replace("WHAT", what)) == [
        (True, f"{what}_changed 2023-05-01, 30 days before the departure on 2023-05-31"),
        (False, f"{what}_changed 2023-04-30, 31 days before the departure on 2023-05-31"),
        (True, f"{what}_changed 2023-05-01, after the departure on 2023-04-30"),
        (None, f"not told: {what}_changed"),
        (None, "not told: departure, date"),
    ]


def test_a_bank_as_the_consignee(engine):
    said = judge(
        engine,
        "bank_consignee",
        """
        | consignee | bank  | credit_is_consigned_to_bank |
        | Cash      | CASH  |                             |
        | B         | Cash  | true                        |
        | B         | Cash  | false                       |
        | B         | Cash  |                             |
        | B         |       | false                       |
        """,
    )
    assert said == [
        (True, "the consignee Cash is the bank"),
        (True, "credit_is_consigned_to_bank is yes"),
        (False, "the consignee is not the bank, credit_is_consigned_to_bank is no"),
        (None, "not told: credit_is_consigned_to_bank"),
        (None, "not told: bank"),
    ]


@pytest.mark.parametrize("rule", YES_OR_NO)
def test_rules_on_one_answer(engine, rule):
    field, flagged = YES_OR_NO[rule]
    said = judge(engine, rule, f"| shipment | {field} |\n| A | true |\n| B | false |\n| C | |")
    assert said == [
        (flagged, f"{field} is yes"),
        (not flagged, f"{field} is no"),
        (None, f"not told: {field}"),
    ]
