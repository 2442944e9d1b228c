"""Rules on the goods of a shipment, where they go, and what they cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import ibis

from entrepot.measures import shipment_found as found
from entrepot.measures.shipment_corridors import corridors_found
from entrepot.measures.shipment_judgement import (
    Judgement,
    Rule,
    absent,
    judgement,
    listed,
    plain,
    said,
    step,
    untold,
)
from entrepot.model.area import members
from entrepot.model.rule import the_rule

if TYPE_CHECKING:
    from ibis.expr.types import BooleanValue, StringValue, Table


def _unread(shipments: Table) -> tuple[BooleanValue, None, StringValue]:
    """What keeps any list of goods from being asked: no code, no day, no edition."""
    code = shipments.hs_code
    is_code = code.re_search("^[0-9]{2,}$").fill_null(False)
    no_edition = said("the edition of ", code, " is not told, or has no such code")
    why = ibis.cases(
        (absent(shipments, "hs_code", "date"), untold(shipments, "hs_code", "date")),
        (~is_code, said(code, " is not a code of goods")),
        (shipments.revision.isnull(), no_edition),
        else_=said("no list of goods is held in ", shipments.revision),
    )
    ready = ~absent(shipments, "hs_code", "date", "revision", "goods_held") & is_code
    return (~ready, None, why)


def _before(shipments: Table) -> BooleanValue:
    """Whether earlier versions of a list, which are not held, may have been in force."""
    return (shipments.date < shipments.goods_not_before).fill_null(False)


def _code(shipments: Table) -> StringValue:
    return said(shipments.hs_code, " (", shipments.revision, ")")


def high_priority_goods(shipments: Table) -> Judgement:
    """On a list of goods in force on the day of the shipment, in the edition of its code.

    Unknown where the code holds listed goods and others (after a change of edition, or a code shorter than
    six digits), or where what was listed that early is not held. The lists: sanctions/chpl.toml.
    """
    code, day = _code(shipments), shipments.date
    return judgement(
        _unread(shipments),
        (shipments.goods_now.notnull(), True, said(code, " is on ", shipments.goods_now)),
        (
            shipments.goods_maybe.notnull(),
            None,
            said("whether all goods of ", code, " are on ", shipments.goods_maybe, " is not known"),
        ),
        (
            shipments.goods_inside.notnull(),
            None,
            said(code, " is shorter than six digits and holds codes on ", shipments.goods_inside),
        ),
        (
            _before(shipments),
            None,
            said("lists are held from ", shipments.goods_not_before, ", not of ", day),
        ),
        otherwise=_not_on(shipments),
    )


def _not_on(shipments: Table) -> StringValue:
    early = shipments.date < shipments.goods_held
    none = said("no version held was in force on ", shipments.date)
    return ibis.ifelse(early, none, said(_code(shipments), " was on no list held on ", shipments.date))


def later_listed_goods(shipments: Table) -> Judgement:
    """Not on a list on the day of the shipment, and on a version that came into force after it."""
    code = _code(shipments)
    return judgement(
        _unread(shipments),
        (shipments.goods_now.notnull(), False, said(code, " was listed already: ", shipments.goods_now)),
        (
            shipments.goods_maybe.notnull(),
            None,
            said(code, " may have been listed already: ", shipments.goods_maybe),
        ),
        (shipments.goods_later.notnull(), True, said(code, " was listed later, ", shipments.goods_later)),
        (
            shipments.goods_later_maybe.notnull(),
            None,
            said(code, " has some goods listed later, ", shipments.goods_later_maybe),
        ),
        otherwise=said(code, " is on no version held after ", shipments.date),
    )


def embargo(shipments: Table) -> Judgement:
    """An embargo on goods of the code binds the exporter's country or the origin, and concerns a place.

    Places: destination, end use, consignee, end user. True also where only some goods of the code are banned:
    a code cannot tell which. Goods of an origin that is not told are taken to be made where they are sent
    from, except where the law of some other origin held here would forbid them: that is unknown. Unknown
    also where a place on the way is concerned (a ban of transit is not read), and where not all embargoes of
    a jurisdiction are held: only false for whom the file claims all of them.
    """
    why = said("not all embargoes of ", shipments.uncovered, " on ", shipments.date, " are held")
    some = said(shipments.ban_part, ", of some goods of the code; whether of these, no code tells")
    needed = ("date", "hs_code", "exporter_country", "destination")
    made = said("not told: origin; if made elsewhere, ", shipments.ban_made)
    return judgement(
        (shipments.ban.notnull(), True, said(shipments.ban)),
        (shipments.ban_part.notnull(), True, some),
        (shipments.ban_way.notnull(), None, said("on the way, ", shipments.ban_way, "; transit is not read")),
        (absent(shipments, *needed), None, untold(shipments, *needed)),
        (shipments.origin.isnull() & shipments.ban_made.notnull(), None, made),
        (shipments.uncovered.notnull(), None, why),
        otherwise=said(
            "no embargo held binds ",
            _several(shipments, *found.FROM),
            " and concerns ",
            _several(shipments, *found.TO),
            " for ",
            shipments.hs_code,
            " on ",
            shipments.date,
            ibis.ifelse(shipments.origin.isnull(), "; origin not told, taken to be the same", ""),
        ),
    )


def _several(shipments: Table, *fields: str) -> StringValue:
    """The places told in the fields, each named once."""
    parts = []
    for i, field in enumerate(fields):
        before = [(shipments[field] != shipments[one]).fill_null(True) for one in fields[:i]]
        is_new = shipments[field].notnull()
        for one in before:
            is_new = is_new & one
        parts.append((is_new, shipments[field]))
    return listed(parts)


def corridor(shipments: Table) -> Judgement:
    """Trade in the good, or in its list as a whole, was found rerouted on this way (`entrepot diversion`).

    Of each corridor the last window begun by the day of the shipment counts. Unknown where none was tested.
    """
    good, whole = shipments.good_found, shipments.list_found
    hits = listed([(good.notnull(), good), (whole.notnull(), whole)], "; ")
    tests = shipments.good_tested, shipments.list_tested
    tested = listed([(one.notnull(), one) for one in tests], "; ")
    tail = ibis.ifelse(tested == "", "", said("; not discovered: ", tested))
    needed = ("date", "hs6", "destination")
    senders = ("origin", "exporter_country")
    off = said("tested for a list that does not have the good: ", shipments.off_list)
    return judgement(
        (hits != "", True, said(hits, tail)),
        (absent(shipments, *needed), None, untold(shipments, *needed)),
        (tested != "", False, said("tested, not discovered: ", tested)),
        (_origin(shipments).isnull(), None, untold(shipments, *senders)),
        (shipments.off_list.notnull(), None, off),
        otherwise=said("no corridor of ", shipments.hs6, " on this way was tested"),
        last=None,
    )


def named_hub(shipments: Table) -> Judgement:
    """Sent to, by way of, or to a firm in a country named as a place of diversion (sanctions/hubs.toml)."""
    where = ("destination", "via", "consignee_country")
    not_told = listed((shipments[one].isnull(), ibis.literal(one)) for one in where)
    tail = ibis.ifelse(not_told == "", "", ibis.literal("; not told: ") + not_told)
    names = listed((shipments[one].notnull(), shipments[one]) for one in where)
    dateless = shipments.hub_ever.notnull() & shipments.date.isnull()
    return judgement(
        (dateless, None, said("not told: date; ", shipments.hub_ever)),
        (shipments.hub_named.notnull(), True, said(shipments.hub_named)),
        (absent(shipments, "destination"), None, untold(shipments, "destination")),
        otherwise=said("no place told is named: ", names, tail),
    )


def unit_value(shipments: Table) -> Judgement:
    """Dollars per kilogram outside the usual band of this good from this origin in this month.

    Below it hides what the goods are or where the rest is paid; above it is what a buyer pays who cannot
    buy elsewhere. The band: `measures.price_band`.
    """
    price = shipments.unit_value_usd_per_kg
    above, below = price > shipments.band_high, price < shipments.band_low
    band = said(
        plain(price),
        " USD/kg; band ",
        plain(shipments.band_low),
        " to ",
        plain(shipments.band_high),
        ", median ",
        plain(shipments.band_middle),
        ", ",
        shipments.band_cells,
        " cells, ",
        shipments.band_month,
    )
    good = said("no band is held for ", shipments.hs6, " from ", _origin(shipments), " in ")
    return judgement(
        (price.isnull() | price.isnan(), None, _no_price(shipments)),
        (absent(shipments, "hs6", "date"), None, untold(shipments, "hs6", "date")),
        (shipments.band_low.isnull(), None, said(good, shipments.date.cast("string").substr(0, 7))),
        (above, True, said("above: ", band)),
        (below, True, said("below: ", band)),
        otherwise=said("inside: ", band),
    )


def _no_price(shipments: Table) -> StringValue:
    needed = ("value", "net_weight_kg")
    other = "no unit value in USD per kg: the weight is not above 0, or the currency has no rate that month"
    return ibis.ifelse(absent(shipments, *needed), untold(shipments, *needed), other)


def _origin(shipments: Table) -> StringValue:
    return ibis.coalesce(shipments.origin, shipments.exporter_country)


def no_reexport_clause(shipments: Table) -> Judgement:
    """A sale from the EU of high-priority goods to no partner country: the contract needs a clause.

    Regulation (EU) No 833/2014, Article 12g, from 20 March 2024: exporters prohibit re-export to Russia by
    contract, except in sales to the partner countries of its Annex VIII.
    """
    goods = step(shipments, "goods")
    facts = the_rule("no-reexport-clause").facts
    since, union = facts["since"], list(members(facts["binds"], facts["since"]))
    exporter, origin = shipments.exporter_country, shipments.origin
    from_union = exporter.isin(union) | (exporter.isnull() & origin.isin(union))
    exempt = shipments.destination.isin(union) | shipments.is_partner.fill_null(False)
    early = shipments.date < since
    needed = ("date", "destination")
    sent = said(ibis.coalesce(exporter, origin), " to ", shipments.destination, " on ", shipments.date)
    return judgement(
        (early, False, said(shipments.date, f" is before {since}")),
        (~exporter.isin(union), False, said(exporter, " is not in the EU")),
        (exempt & shipments.date.notnull(), False, said(shipments.destination, " is in the EU or a partner")),
        (~goods.result, False, goods.because),
        (~from_union.fill_null(False), None, untold(shipments, "exporter_country")),
        (absent(shipments, *needed), None, untold(shipments, *needed)),
        (goods.result.isnull(), None, goods.because),
        otherwise=said("a contract needs the clause of Art. 12g: ", sent, "; ", goods.because),
        last=True,
    )


GOODS_FOUND: Final = (found.goods_found, found.editions_found)
GOODS_STEP: Final = {"goods": high_priority_goods}
"""For rules that go on from whether the goods are on a list."""
RULES: Final = {
    "high_priority_goods": Rule(high_priority_goods, GOODS_FOUND),
    "later_listed_goods": Rule(later_listed_goods, GOODS_FOUND),
    "embargo": Rule(embargo, (found.bans_found, found.bans_of_origins, found.uncovered_found)),
    "corridor": Rule(corridor, (corridors_found,)),
    "named_hub": Rule(named_hub, (found.hubs_found,)),
    "unit_value": Rule(unit_value, (found.bands_found,)),
    "no_reexport_clause": Rule(no_reexport_clause, (*GOODS_FOUND, found.partners_found), GOODS_STEP),
}
"""The rules of this module: a new one is a function above and a line here."""
