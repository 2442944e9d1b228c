"""The cells a question is about: one row a cell, each from one level, ready to be added up.

Everything later stands on this: after `cells` a sum over any columns never counts a good, a partner or a
month twice (METHODS section 0, rule 3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import ibis
from ibis.expr.types import BooleanValue, Table, Value

from entrepot.model import area
from entrepot.model.commodity import Basket
from entrepot.model.constant import column, constant
from entrepot.model.flow import Flow
from entrepot.model.period import Window

EVER = (date(1900, 1, 1), date(9999, 12, 1))


@dataclass(frozen=True)
class Selection:
    """Which cells: areas as asked (groups included), goods, time, direction."""

    reporters: tuple[str, ...]
    partners: tuple[str, ...]
    flow: Flow
    basket: Basket
    windows: tuple[Window, ...] = field(default_factory=tuple)  # none: all of time
    currency: str | None = None  # none: any, each apart
    settled: frozenset[str] = frozenset()  # columns in which all rows are alike: nothing to choose between


def cells(flows: Table, wanted: Selection, *more: str) -> Table:
    """One row per reporter and partner as asked (and member of a group), period, frequency and code.

    Columns: reporter, partner (as asked), reporter_member, partner_member (who reported, with whom),
    reporter_own, partner_own (whether that is the area itself), flow,
    period, frequency, commodity (code of the basket), digits (level the value was reported at), value (units
    of `currency`, null not reported), currency, net_weight_kg, quantity, quantity_unit, is_estimated, status,
    hs_revision, source, snapshot; with "good" in `more` also the code as reported.

    Of several levels that could answer, the one nearest to the question is taken: a published aggregate
    before its members; for each reporter, origin before consignment; for each pair, one edition of the
    Harmonized System (the latest), and each code before its own parts: a chapter is its headings, and of a
    heading that is not held the subheadings that are. One member's level never decides for another.
    Source of the rule: METHODS section 0 (levels never mix; aggregates are never summed with members).
    """
    found = _levels(flows, wanted)
    found = _latest(found, wanted)
    return _shaped(found if "digits" in wanted.settled else _without_parts(found, wanted.basket), *more)


def about(flows: Table, wanted: Selection) -> Table:
    """The rows a question could be about, of areas asked for and their members: which will answer is open.

    By the bounds of the codes alone, so that a list with gaps lets codes between its own in. To look at what
    is held, never to be summed.
    """
    return flows.filter(_conditions(flows, wanted))


def levels(flows: Table, wanted: Selection) -> Table:
    """The cells of a question at every level held: as `cells`, but a code and its parts stand side by side.

    One row more than `cells` has for each level below; never to be summed over `digits`. Column `good`: the
    code as reported, which is the basket's `commodity` or a part of it. Editions are chosen as in `cells`.
    """
    return _shaped(_latest(_levels(flows, wanted), wanted), "good")


def _levels(flows: Table, wanted: Selection) -> Table:
    found = flows.filter(_conditions(flows, wanted)).select(*_READ)
    found = _with_codes(found, wanted.basket)
    found = _asked(found, "reporter", wanted.reporters)
    found = _asked(found, "partner", wanted.partners)
    found = own_first(found, _CELL, wanted)
    if wanted.flow.value.startswith("import") and "partner_basis" not in wanted.settled:
        found = nearest(found.mutate(distance=_is_consigned(found)), (*_BOTH, "reporter_member", *_CELL))
    return found


def _latest(found: Table, wanted: Selection) -> Table:
    if "hs_revision" in wanted.settled:
        return found
    return nearest(found.mutate(distance=_age(found)), _PAIR)


def _without_parts(found: Table, basket: Basket) -> Table:
    """The rows of no code that is held itself, looked for branch by branch."""
    lengths = [len(code) for code in basket.codes if code.isdigit()]
    for level in range(min(lengths, default=_LONGEST), _LONGEST, 2):
        branch = [*(found[name] for name in _PAIR), found.commodity.substr(0, level)]
        itself = (found.digits == level).fill_null(False).cast("int64")
        marked = found.mutate(is_held=itself.max().over(ibis.window(group_by=branch)))
        found = marked.filter((marked.digits.fill_null(0) <= level) | (marked.is_held == 0))
    return found


def _shaped(found: Table, *more: str) -> Table:
    good = {"good": found.commodity} if "good" in more else {}
    areas = (*_BOTH, "reporter_member", "partner_member", "reporter_own", "partner_own")
    return found.select(*areas, *_TOLD, **good, commodity="code")


_BOTH = ("reporter", "partner")
_TOLD = (
    *("flow", "period", "frequency", "digits", "value", "currency", "net_weight_kg", "quantity"),
    *("quantity_unit", "is_estimated", "status", "hs_revision", "partner_basis", "valuation", "source"),
    "snapshot",
)
_READ = (*_BOTH, "commodity", *_TOLD)
_LONGEST = 10  # digits of a code: it has no parts
_CELL = ("flow", "period", "frequency", "code", "currency")
_PAIR = (*_BOTH, "reporter_member", "partner_member", *_CELL)


def own_first(
    found: Table, cell: Sequence[str], wanted: Selection | None = None, settled: frozenset[str] = frozenset()
) -> Table:
    """Where an area reports, or is a partner, itself, its members are left out of that cell."""
    settled = wanted.settled if wanted else settled
    if "reporter_own" not in settled and (wanted is None or _may_have_members(wanted.reporters)):
        found = nearest(found.mutate(distance=(~found.reporter_own).cast("int64")), (*_BOTH, *cell))
    if "partner_own" not in settled and (wanted is None or _may_have_members(wanted.partners)):
        whole = (*_BOTH, "reporter_member", *cell)
        found = nearest(found.mutate(distance=(~found.partner_own).cast("int64")), whole)
    return found


def _may_have_members(asked: Sequence[str]) -> bool:
    return any(one == "WLD" or area.is_group(one) for one in asked)


def _is_consigned(found: Table) -> Value:
    """One basis for all of a reporter's partners: what one sent may have come from another."""
    return (found.partner_basis == "consignment").fill_null(False).cast("int64")


def _age(found: Table) -> Value:
    """The age of the edition: the smallest is the latest."""
    edition = found.hs_revision.re_extract(r"^HS(\d{4})$", 1).try_cast("int64").fill_null(0)
    return 9999 - edition


def nearest(table: Table, cell: Sequence[str]) -> Table:
    """The rows of each cell with the smallest `distance`, all of them."""
    whole = ibis.window(group_by=[table[name] for name in cell])
    marked = table.mutate(least=table.distance.min().over(whole))
    return marked.filter(marked.distance == marked.least).drop("distance", "least")


def _conditions(flows: Table, wanted: Selection) -> list[BooleanValue]:
    found = [flows.flow == wanted.flow.value]
    found += [flows.currency == wanted.currency] if wanted.currency else []
    found += [_within(flows.period, wanted.windows)] if wanted.windows else []
    for name, asked in (("reporter", wanted.reporters), ("partner", wanted.partners)):
        if "WLD" not in asked:
            found.append(flows[name].isin(everyone(asked)))
    return [*found, *_code_bounds(flows, wanted.basket)]


def _within(period: Value, windows: Sequence[Window]) -> BooleanValue:
    return ibis.or_(*(period.between(w.first, w.last) for w in windows))


def _code_bounds(flows: Table, basket: Basket) -> list[BooleanValue]:
    """Bounds the engine can hold against its row groups; the exact condition follows by join."""
    codes, found = basket.hs_codes, []
    if codes:
        after_last = max(code + "\uffff" for code in codes)  # of 87 and 8703 it is 87's
        found.append((flows.commodity >= codes[0]) & (flows.commodity < after_last) & flows.digits.notnull())
    if basket.items:
        found.append(flows.commodity.isin(basket.items))
    return [ibis.or_(*found)]


def _with_codes(found: Table, basket: Basket) -> Table:
    """Each row with the code of the basket it belongs to; rows of no code are gone."""
    parts = []
    for length in sorted({len(code) for code in basket.hs_codes}):
        codes = [code for code in basket.hs_codes if len(code) == length]
        parts.append(_of_codes(found, codes, found.commodity.substr(0, length)))
    if basket.items:
        items = found.filter(found.commodity.isin(basket.items))
        parts.append(items.mutate(code=items.commodity))
    return parts[0] if len(parts) == 1 else ibis.union(*parts)


def _of_codes(found: Table, codes: Sequence[str], start: Value) -> Table:
    if len(codes) == 1:  # nothing to look up
        return found.filter(start == codes[0]).mutate(code=ibis.literal(codes[0]))
    listed = column("code", codes)
    return found.inner_join(listed, start == listed.code)


def everyone(asked: Sequence[str]) -> list[str]:
    """The areas asked for and whoever was ever a member of them."""
    return sorted({code for one in asked for code, *_ in _members(one)})


def _members(asked: str) -> list[tuple[str, date, date]]:
    """An area as asked, and who it is made of and since when until when."""
    of = area.group(asked).members if area.is_group(asked) else ()
    return [(asked, *EVER), *((m.code, m.start or EVER[0], m.end or EVER[1]) for m in of)]


def _asked(found: Table, side: str, asked: Sequence[str]) -> Table:
    """Rows of the areas asked for, once for each area that holds them.

    `side` becomes the area as asked; `side_member` is who it was; `side_own` whether it was the area itself.
    """
    named = [one for one in asked if one != "WLD"]
    if len(named) == len(asked) and not any(map(area.is_group, asked)):  # `_conditions` has chosen them
        return _placed(found, side, found[side], ibis.literal(True))
    parts = [_joined(found, side, named)] if named else []
    if "WLD" in asked:
        world = found.filter((found[side] == "WLD") | ~found[side].isin(sorted(area.aggregates())))
        parts.append(_placed(world, side, ibis.literal("WLD"), world[side] == "WLD"))
    return parts[0] if len(parts) == 1 else ibis.union(*parts)


_MIDDLE = {"M": timedelta(days=14), "A": timedelta(days=181)}


def _dated(asked: Sequence[str]) -> list[tuple[str, str, str, date, date]]:
    """Who an area is made of, for periods beginning from when until when.

    A member counts for a month, or a year, if it was one in the middle of it.
    """
    found = []
    for one in asked:
        for member, since, until in _members(one):
            for frequency, half in _MIDDLE.items():
                first = since if since == EVER[0] else since - half
                last = until if until == EVER[1] else until - half
                found.append((one, member, frequency, first, last))
    return found


def _joined(found: Table, side: str, asked: Sequence[str]) -> Table:
    rows = _dated(asked)
    names = ("asked", "member", "how_often", "since", "until")
    table = constant(
        {name: [row[place] for row in rows] for place, name in enumerate(names)},
        {"asked": "string", "member": "string", "how_often": "string", "since": "date", "until": "date"},
    )
    on = [found[side] == table.member, found.frequency == table.how_often]
    on += [found.period >= table.since, found.period <= table.until]
    joined = found.inner_join(table, on)
    return _placed(joined, side, joined.asked, joined.asked == joined.member).drop(*names)


def _placed(rows: Table, side: str, asked: Value, own: BooleanValue) -> Table:
    return rows.mutate(**{f"{side}_member": rows[side], f"{side}_own": own, side: asked})


def in_basket(flows: Table, basket: Basket) -> Table:
    """Rows of goods of a basket at any level, with `code`: the code of the basket each belongs to."""
    return _with_codes(flows.filter(_code_bounds(flows, basket)), basket)
