"""What of the evidence meets each shipment: one row a shipment, however many rows match.

Where several rows of the evidence match, the strongest is told, chosen by its content and not by its place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import ibis

from entrepot.measures.shipment_evidence import Evidence
from entrepot.measures.shipment_judgement import said
from entrepot.model.constant import constant

if TYPE_CHECKING:
    from ibis.expr.types import BooleanValue, StringValue, Table, Value


# ---------------------------------------------------------------- goods
def goods_found(shipments: Table, known: Evidence) -> Table:
    """goods_now, goods_maybe, goods_inside, goods_later, goods_later_maybe: the strongest entry, in words.

    `now` is on the day, `maybe` an entry with part of the code's goods, `inside` an entry within a code
    shorter than six digits, `later` the first version in force after the day.
    """
    keys = shipments.select("row", "revision", "date", key=shipments.hs_code.substr(0, 6))
    pairs = keys.inner_join(_entries(known.goods), ["revision", "key"])
    now = (pairs.version <= pairs.date) & (pairs.until.isnull() | (pairs.date < pairs.until))
    later = pairs.version > pairs.date
    whole, part = pairs.kind == "whole", pairs.kind == "part"
    label = said(pairs.entry, " (from ", pairs.version, " on)")
    dated = said(pairs.version, ": ", pairs.entry)
    return pairs.group_by("row").agg(
        goods_now=label.min(where=now & whole),
        goods_maybe=label.min(where=now & part),
        goods_inside=label.min(where=now & (pairs.kind == "inside")),
        goods_later=dated.min(where=later & whole),
        goods_later_maybe=dated.min(where=later & ~whole),
    )


def _entries(goods: Table) -> Table:
    """The list under each beginning of its codes: revision, key, version, until, kind, entry (in words)."""
    tier = ibis.ifelse(goods.tier.isnull(), "", said("tier ", goods.tier, " of "))
    of_code = ibis.ifelse(goods.is_certain.fill_null(False), "whole", "part")
    lengths = constant({"length": [2, 3, 4, 5, 6]}, {"length": "int64"})
    spread = goods.mutate(entry=said(tier, goods.list), of_code=of_code).cross_join(lengths)
    kind = ibis.ifelse(spread.length == 6, spread.of_code, "inside")
    return spread.select(
        "version",
        "until",
        "entry",
        revision=spread.hs_revision,
        key=spread.commodity.substr(0, spread.length),
        kind=kind,
    ).distinct()


def editions_found(shipments: Table, known: Evidence) -> Table:
    """goods_held, goods_not_before: whether lists are held in the edition; from when none is missing."""
    goods = known.goods
    firsts = goods.group_by("list", "hs_revision").agg(
        since=goods.version.min(), late=goods.version.min(where=goods.is_first.fill_null(True))
    )
    untold = firsts.since.max(where=firsts.late.isnull() | (firsts.late > firsts.since))
    held = firsts.group_by(revision="hs_revision").agg(goods_held=firsts.since.min(), goods_not_before=untold)
    return shipments.select("row", "revision").inner_join(held, "revision").drop("revision")


# ---------------------------------------------------------------- places
def places(shipments: Table, *names: str) -> Table:
    """row, place: each place told in any of the fields, once; those of `via` one by one."""
    spread = [
        shipments.select("row", place=shipments.via.split(" ").unnest())
        if name == "via"
        else shipments.select("row", place=shipments[name])
        for name in names
    ]
    every = ibis.union(spread[0], *spread[1:], distinct=True) if len(spread) > 1 else spread[0]
    return every.filter(every.place.notnull(), every.place != "")


def within(day: Value, since: Value, until: Value) -> BooleanValue:
    """Whether a day is neither before `since` nor after `until` (null: no bound); null where it is null."""
    return (since.isnull() | (since <= day)) & (until.isnull() | (day <= until))


TO = ("destination", "consignee_country", "end_use_country", "end_user_country")
"""Fields that say where goods go to."""
FROM = ("exporter_country", "origin")
"""Fields that say whose goods they are."""


def bans_found(shipments: Table, known: Evidence) -> Table:
    """ban, ban_part, ban_way: embargoes on all goods of the code, some of them, a place on the way."""
    regimes = known.regimes.mutate(code=known.regimes.code.fill_null(""))
    chosen = _routes(shipments, regimes).inner_join(regimes, ["binds", "concerns", "code"])
    hits = chosen.filter(within(chosen.date, chosen.since, chosen.until).fill_null(False))
    whole, label = hits.is_inside & hits.is_whole.fill_null(False), _ban(hits)
    return hits.group_by("row").agg(
        ban=label.min(where=whole & ~hits.on_way),
        ban_part=label.min(where=~whole & ~hits.on_way),
        ban_way=label.min(where=hits.on_way),
    )


def _ban(hits: Table) -> StringValue:
    cited = ibis.ifelse(hits.citation.isnull(), "", said(", ", hits.citation))
    return said(hits.binds, " to ", hits.concerns, ": ", hits.regime, since(hits.since), cited)


def bans_of_origins(shipments: Table, known: Evidence) -> Table:
    """ban_made: of goods whose origin is not told, an embargo that binds whoever made them somewhere."""
    facts = ("regime", "concerns", "since", "until", "code", "citation")
    regimes = known.regimes.mutate(code=known.regimes.code.fill_null(""))
    anyone = regimes.group_by(*facts).agg(binds=regimes.binds.min())
    untold = shipments.filter(shipments.origin.isnull())
    bound = places(untold, *TO).rename(concerns="place").semi_join(anyone, "concerns")
    coded = untold.select("row", "date", hs_code=untold.hs_code.fill_null(""))
    meeting = bound.inner_join(coded, "row").inner_join(_meeting(untold, anyone), "hs_code")
    chosen = meeting.inner_join(anyone, ["concerns", "code"])
    hits = chosen.filter(within(chosen.date, chosen.since, chosen.until).fill_null(False))
    return hits.group_by("row").agg(ban_made=_ban(hits).min())


def _routes(shipments: Table, regimes: Table) -> Table:
    """One row per shipment, jurisdiction of the goods, place and code of a regime that meets it."""
    ends = places(shipments, *TO).mutate(on_way=ibis.literal(False))
    way = places(shipments, "via").mutate(on_way=ibis.literal(True))
    pairs = ibis.union(ends, way).rename(concerns="place")
    every = places(shipments, *FROM).rename(binds="place").inner_join(pairs, "row")
    bound = every.semi_join(regimes, ["binds", "concerns"])
    coded = shipments.select("row", "date", hs_code=shipments.hs_code.fill_null(""))
    return bound.inner_join(coded, "row").inner_join(_meeting(shipments, regimes), "hs_code")


def _meeting(shipments: Table, regimes: Table) -> Table:
    """hs_code, code, is_inside: codes of regimes that hold the shipment's ("" all), or some of its goods."""
    lengths = constant({"length": [0, 2]}, {"length": "int64"})
    asked = shipments.select(hs_code=shipments.hs_code.fill_null("")).distinct().cross_join(lengths)
    asked = asked.select("hs_code", chapter=asked.hs_code.substr(0, asked.length)).distinct()
    codes = regimes.select("code", chapter=regimes.code.substr(0, 2)).distinct()
    pairs = asked.inner_join(codes, "chapter")
    inside = pairs.hs_code.startswith(pairs.code)
    kept = pairs.filter(inside | pairs.code.startswith(pairs.hs_code))
    return kept.select("hs_code", "code", is_inside=kept.hs_code.startswith(kept.code))


def uncovered_found(shipments: Table, known: Evidence) -> Table:
    """uncovered: a jurisdiction of the goods of which not all embargoes of the day are held."""
    binders = places(shipments, *FROM).inner_join(shipments.select("row", "date"), "row")
    pairs = binders.left_join(known.covered, binders.place == known.covered.binds)
    holds = pairs.binds.notnull() & within(pairs.date, pairs.since, pairs.until)
    each = pairs.group_by("row", "place").agg(held=holds.fill_null(False).cast("int8").max())
    return each.group_by("row").agg(uncovered=each.place.min(where=each.held == 0))


def hubs_found(shipments: Table, known: Evidence) -> Table:
    """hub_named: a place on the way or at the end named by somebody that day; hub_ever: on any day."""
    ends = places(shipments, "destination", "via", "consignee_country")
    at = ends.inner_join(shipments.select("row", "date"), "row")
    pairs = at.inner_join(known.named, at.place == known.named.country)
    on_day = within(pairs.date, pairs.since, pairs.until)
    label = said(pairs.place, " is named by ", pairs.by, since(pairs.since))
    return pairs.group_by("row").agg(hub_named=label.min(where=on_day), hub_ever=label.min())


def since(day: Value) -> StringValue:
    """` since 2023-05-04`, or nothing where no day is told."""
    return ibis.ifelse(day.isnull(), "", ibis.literal(" since ") + day.cast("string"))


def partners_found(shipments: Table, known: Evidence) -> Table:
    """is_partner: whether the destination is a partner country on the day of the shipment."""
    at = shipments.select("row", "date", country=shipments.destination)
    pairs = at.inner_join(known.partners, "country")
    return pairs.group_by("row").agg(
        is_partner=within(pairs.date, pairs.since, pairs.until).fill_null(True).max()
    )


def bands_found(shipments: Table, known: Evidence) -> Table:
    """band_low, band_middle, band_high, band_cells, band_month: the usual unit values, the widest ones."""
    at = shipments.select(
        "row",
        origin=ibis.coalesce(shipments.origin, shipments.exporter_country),
        commodity=shipments.hs6,
        band_month=shipments.date.cast("string").substr(0, 7),
    )
    rows = known.bands.mutate(band_month=known.bands.month.cast("string").substr(0, 7))
    rows = rows.filter(rows.low >= 0, rows.high >= rows.low, ~rows.high.isnan())
    pairs = at.inner_join(rows, ["origin", "commodity", "band_month"])
    return pairs.group_by("row").agg(
        band_low=pairs.low.min(),
        band_middle=pairs.middle.min(),
        band_high=pairs.high.max(),
        band_cells=pairs.cells.min(),
        band_month=pairs.band_month.min(),
    )


# ---------------------------------------------------------------- parties
def matches_found(shipments: Table, known: Evidence) -> Table:
    """match, match_count: the likeliest listed party in words, and how many there are."""
    rows = known.matches.mutate(best=known.matches.score.max().over(group_by="row"))
    listed = (" is like ", rows.listed_name, ", ", rows.list, " ", rows.party)
    label = said(rows.role, " ", rows.name, *listed, " (", rows.score.round(2), ")")
    top = (rows.score == rows.best) | rows.best.isnull()
    return rows.group_by("row").agg(match=label.min(where=top), match_count=rows.count())


def searched_found(shipments: Table, known: Evidence) -> Table:
    """searched_roles, searched_lists: the roles held against the lists, and how many lists."""
    rows = known.searched
    return rows.group_by("row").agg(searched_roles=rows.roles.max(), searched_lists=rows.lists.max())


def coalition_found(shipments: Table, known: Evidence) -> Table:
    """<role>_in_coalition: whether the country of each role is in the coalition; null: not told."""
    spread = [
        shipments.select("row", role=ibis.literal(role), country=country(shipments, role))
        for role in COUNTRIES
    ]
    every = ibis.union(*spread)
    members = known.coalition.select(member="country").distinct()
    pairs = every.left_join(members, every.country == members.member)
    told = pairs.filter(pairs.country.notnull())
    each = {role: told.member.notnull().max(where=told.role == role) for role in COUNTRIES}
    found = told.group_by("row").agg(**{f"{role}_in_coalition": one for role, one in each.items()})
    return found.cross_join(members.agg(coalition_size=members.count()))


COUNTRIES: Final = {
    "exporter": ("exporter_country",),
    "consignee": ("consignee_country", "destination"),
    "end_user": ("end_user_country", "end_use_country", "destination"),
}
"""Where a role is: the first of these fields that is told."""


def country(shipments: Table, role: str) -> StringValue:
    """Where a role is."""
    return ibis.coalesce(*(shipments[field] for field in COUNTRIES[role]))
