"""Rules on the parties to a shipment: who they are, since when, where, and how they pay.

Dates and numbers of days are those of rules/, with their citations.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial, reduce
from typing import TYPE_CHECKING, Final

import ibis

from entrepot.measures import shipment_found as found
from entrepot.measures.shipment_goods import GOODS_FOUND, GOODS_STEP
from entrepot.measures.shipment_judgement import (
    MAIN,
    Judge,
    Judgement,
    Rule,
    absent,
    if_untold,
    judgement,
    listed,
    over_roles,
    plain,
    said,
    same,
    step,
    untold,
)
from entrepot.model.rule import the_rule
from entrepot.model.shipment import DETAILED, ROLES

if TYPE_CHECKING:
    from ibis.expr.types import BooleanValue, DateValue, Table


def listed_party(shipments: Table) -> Judgement:
    """A name of the shipment is like one on the lists. Never false for a name that was not searched."""
    names = {role: shipments[role].notnull() for role in ROLES}
    told = reduce(lambda one, other: one + other, [one.cast("int8") for one in names.values()])
    within = ibis.literal(" ") + shipments.searched_roles + " "
    left = listed((names[r] & ~within.contains(f" {r} "), ibis.literal(r)) for r in ROLES)
    lists = ibis.ifelse(
        shipments.searched_lists.isnull(), "the lists", said(shipments.searched_lists, " lists")
    )
    others = ibis.ifelse(shipments.match_count > 1, said("; ", shipments.match_count - 1, " more"), "")
    none = said(told, " names searched in ", lists, ": none above the threshold; ")
    return judgement(
        (shipments.match_count > 0, True, said(shipments.match, others)),
        (shipments.searched_roles.isnull(), None, "no lists were searched"),
        (told == 0, None, "no name is told"),
        (left != "", None, said("not searched: ", left)),
        (~names[MAIN], None, said(none, f"{MAIN} is not told, or not understood")),
        otherwise=said(none, "not a clearance"),
    )


def new_company(shipments: Table) -> Judgement:
    """A firm founded since the invasion of 2022 outside the Global Export Control Coalition."""
    return over_roles(shipments, "founded")


def _founded(shipments: Table, role: str) -> Judgement:
    day, where = shipments[f"{role}_founded"], found.country(shipments, role)
    inside = shipments[f"{role}_in_coalition"]
    what = said(f"{role} founded ", day, " in ", where)
    since = the_rule("new-company").facts["since"]
    return judgement(
        (day.isnull(), if_untold(role), f"{role}_founded is not told"),
        (day <= since, False, said(f"{role} founded ", day, f", not after {since}")),
        (where.isnull(), None, said(f"{role} founded ", day, "; its country is not told")),
        (shipments.coalition_size == 0, None, "the members of the coalition are not held"),
        (~inside, True, said(what, f", after {since} and outside the coalition")),
        otherwise=said(what, ", of the coalition"),
    )


def new_customer(shipments: Table) -> Judgement:
    """A customer won since the invasion of 2022 who buys goods of a list in force."""
    goods = step(shipments, "goods")
    first, since = shipments.customer_since, the_rule("new-customer").facts["since"]
    return judgement(
        (first <= since, False, said("customer since ", first, f", not after {since}")),
        (~goods.result, False, goods.because),
        (first.isnull(), None, untold(shipments, "customer_since")),
        (goods.result.isnull(), None, goods.because),
        otherwise=said("customer since ", first, "; ", goods.because),
        last=True,
    )


def no_earlier_exports(shipments: Table) -> Judgement:
    """No earlier shipment of such goods to this customer."""
    count = shipments.earlier_shipments
    return judgement(
        (count.isnan(), None, "earlier_shipments is no count"),
        (count == 0, True, "no earlier shipment of such goods to this customer"),
        (count > 0, False, said(plain(count), " earlier shipments")),
        (count.isnull(), None, untold(shipments, "earlier_shipments")),
        otherwise="earlier_shipments is no count",
        last=None,
    )


def forwarder_consignee(shipments: Table) -> Judgement:
    """The goods end, as far as told, with somebody who only passes goods on: no other end user is named."""
    words = " is called like a forwarder"
    buyer, user = shipments.consignee_is_forwarder, shipments.end_user_is_forwarder
    is_user = same(shipments.end_user, shipments.consignee) | same(shipments.end_user, shipments.intermediary)
    another = ~user & ~is_user.fill_null(False) & shipments.consignee.notnull()
    return judgement(
        (another, False, said("the end user is another: ", shipments.end_user)),
        (buyer, True, said("consignee ", shipments.consignee, words)),
        (user, True, said("end_user ", shipments.end_user, words)),
        (same(shipments.consignee, shipments.intermediary), True, "the consignee is the intermediary"),
        (same(shipments.end_user, shipments.intermediary), True, "the end user is the intermediary"),
        (absent(shipments, "consignee"), None, untold(shipments, "consignee")),
        (buyer.isnull(), None, "the consignee's name was not read for words of forwarders"),
        otherwise=said("no word of a forwarder in ", shipments.consignee),
    )


def address_mismatch(shipments: Table) -> Judgement:
    """The address of a party is in another country than the party."""
    return over_roles(shipments, "address")


def phone_mismatch(shipments: Table) -> Judgement:
    """The telephone of a party is of another country than the party."""
    return over_roles(shipments, "phone")


def _elsewhere(shipments: Table, role: str, what: str) -> Judgement:
    there, where = shipments[f"{role}_{what}_country"], found.country(shipments, role)
    given = shipments[f"{role}_{what}"]
    return judgement(
        (given.isnull() & there.isnull(), if_untold(role), f"{role}_{what} is not told"),
        (there.isnull(), None, f"{role}_{what} does not say of which country it is"),
        (where.isnull(), None, f"the country of {role} is not told"),
        (there != where, True, said(f"{role}_{what} is of ", there, f", {role} of ", where)),
        otherwise=said(f"{role}_{what} is of ", there, f", as {role}"),
    )


def payer_elsewhere(shipments: Table) -> Judgement:
    """The money comes from a country other than the consignee's, the destination and the end user's."""
    fields = ("consignee_country", "destination", "end_user_country", "end_use_country")
    payer = shipments.payer_country
    inside = reduce(
        lambda one, other: one | other, [(payer == shipments[f]).fill_null(False) for f in fields]
    )
    places = listed((shipments[field].notnull(), shipments[field]) for field in fields)
    return judgement(
        (payer.isnull(), None, untold(shipments, "payer_country")),
        (inside, False, said("paid from ", payer, ", one of ", places)),
        (absent(shipments, "destination"), None, untold(shipments, "destination")),
        otherwise=said("paid from ", payer, ", none of ", places),
        last=True,
    )


def free_email(shipments: Table) -> Judgement:
    """A party writes from a mailbox that anybody can open."""
    return over_roles(shipments, "mailbox")


def _mailbox(shipments: Table, role: str) -> Judgement:
    is_free, address = shipments[f"{role}_email_is_free"], shipments[f"{role}_email"]
    return judgement(
        (is_free, True, said(f"{role}_email ", address, " is of a free provider")),
        (address.isnull() & is_free.isnull(), if_untold(role), f"{role}_email is not told"),
        (is_free.isnull(), None, f"{role}_email is no address"),
        otherwise=said(f"{role}_email ", address, " is of no free provider held"),
    )


def late_route_change(shipments: Table) -> Judgement:
    """The route was changed few days before the departure, or after it."""
    return _late(shipments, "route_changed", the_rule("late-route-change").facts["days"])


def late_payment_change(shipments: Table) -> Judgement:
    """The terms of payment were changed few days before the departure, or after it."""
    return _late(shipments, "payment_changed", the_rule("late-payment-change").facts["days"])


def _late(shipments: Table, field: str, most: int) -> Judgement:
    changed, leaves = shipments[field], _departure(shipments)
    days = leaves.delta(changed, unit="day")
    text = said(f"{field} ", changed, ", ", days, " days before the departure on ", leaves)
    return judgement(
        (absent(shipments, field), None, untold(shipments, field)),
        (leaves.isnull(), None, untold(shipments, "departure", "date")),
        (days < 0, True, said(f"{field} ", changed, ", after the departure on ", leaves)),
        (days <= most, True, text),
        otherwise=text,
    )


def _departure(shipments: Table) -> DateValue:
    return ibis.coalesce(shipments.departure, shipments.date)


def bank_consignee(shipments: Table) -> Judgement:
    """Goods, or the letter of credit for them, are consigned to a bank, and no user is named."""
    needed = ("consignee", "bank", "credit_is_consigned_to_bank")
    one, credit = same(shipments.consignee, shipments.bank), shipments.credit_is_consigned_to_bank
    return judgement(
        (one, True, said("the consignee ", shipments.consignee, " is the bank")),
        (credit, True, "credit_is_consigned_to_bank is yes"),
        (absent(shipments, *needed), None, untold(shipments, *needed)),
        otherwise="the consignee is not the bank, credit_is_consigned_to_bank is no",
    )


def _told(field: str, *, flagged: bool) -> Callable[[Table], Judgement]:
    """A rule that asks one field of yes and no."""

    def judge(shipments: Table) -> Judgement:
        yes: BooleanValue = shipments[field]
        return judgement(
            (yes, flagged, f"{field} is yes"),
            (~yes, not flagged, f"{field} is no"),
            otherwise=f"not told: {field}",
            last=None,
        )

    return judge


def _of_roles(name: str, judge: Callable[..., Judgement]) -> Mapping[str, Judge]:
    """The steps for `over_roles`."""
    return {f"{name}_{role}": partial(judge, role=role) for role in DETAILED}


RULES: Final = {
    "listed_party": Rule(listed_party, (found.matches_found, found.searched_found)),
    "new_company": Rule(new_company, (found.coalition_found,), _of_roles("founded", _founded)),
    "new_customer": Rule(new_customer, GOODS_FOUND, GOODS_STEP),
    "no_earlier_exports": Rule(no_earlier_exports),
    "forwarder_consignee": Rule(forwarder_consignee),
    "address_mismatch": Rule(
        address_mismatch, steps=_of_roles("address", partial(_elsewhere, what="address"))
    ),
    "phone_mismatch": Rule(phone_mismatch, steps=_of_roles("phone", partial(_elsewhere, what="phone"))),
    "payer_elsewhere": Rule(payer_elsewhere),
    "free_email": Rule(free_email, steps=_of_roles("mailbox", _mailbox)),
    "late_route_change": Rule(late_route_change),
    "late_payment_change": Rule(late_payment_change),
    "bank_consignee": Rule(bank_consignee),
    "end_use_not_stated": Rule(_told("end_use_stated", flagged=False)),
    "no_web_presence": Rule(_told("has_web_presence", flagged=False)),
    "business_mismatch": Rule(_told("business_fits", flagged=False)),
    "shared_address": Rule(_told("address_is_shared", flagged=True)),
    "small_payments": Rule(_told("pays_in_small_parts", flagged=True)),
}
"""The rules of this module: a new one is a function above and a line here."""
