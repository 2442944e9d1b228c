"""Both sides of trade: what exporters and importers say of the same shipments, beside one another.

Every row of the store that could answer is given the name of one rule: `kept`, or why it was set aside.
Nothing is dropped in silence, and the world's row is read for what it says of partners before it is set
aside.
"""

from __future__ import annotations

from dataclasses import dataclass

import ibis
from ibis.expr.types import BooleanValue, Table, Value

from entrepot.measures.cells import in_basket
from entrepot.measures.direct import words
from entrepot.model.area import aggregates, specials
from entrepot.model.commodity import Basket
from entrepot.model.constant import constant
from entrepot.model.flow import DERIVED, Flow, Status
from entrepot.model.period import Window

KEPT = "kept"
WORLD = "world total: read for what has no partner"
SPEAKS = tuple(one.value for one in Status if one.value not in DERIVED)
"""A side with another status derives from something: it is kept beside the other and never compared."""

FALLBACK_MARGIN = 0.06
MOST_UNSPECIFIED = 0.25
_SLOT = ("reporter", "flow", "slot")
_PAIR = ("reporter", "partner", "flow", "slot")
_GOODS = ("exporter", "importer", "commodity", "period")
_EITHER = {"export": "exporter", "import": "importer"}


@dataclass(frozen=True)
class Scope:
    """Which trade: goods (a basket, or all codes of one level) and time."""

    windows: tuple[Window, ...]
    basket: Basket | None = None
    digits: int | None = None

    @property
    def is_annual(self) -> bool:
        """Whether rows are years: all windows are whole years."""
        return all(window.years for window in self.windows)

    @property
    def may_nest(self) -> bool:
        """Whether a code and its parts may both be held."""
        return self.basket is not None and not self.basket.is_total


def choices(flows: Table, scope: Scope, rates: Table | None = None) -> Table:
    """One row per reporter, partner, flow and slot: which of the rows held for it are taken.

    money_taken: of several currencies dollars, else the first by name: one cell told in two is one cell.
    is_annual: an annual figure is held (taken before months). is_origin: the reporter gives imports by origin
    to someone (one basis for all its partners). edition: the latest edition of the Harmonized System among
    the rows the reporter gives; 0 where it names none. months: of a year in which the reporter gives a figure
    for anyone (12 where this pair has an annual one, and where slots are months). is_cif: freight is in the
    value; imports that do not say are taken so (UN IMTS 2010 recommends it). snapshots: words. Source:
    METHODS section 0, rule 3.
    """
    rows = _priced(_in_scope(flows, scope), rates)
    rows = rows.filter(rows.breakdown.fill_null("") == "", rows.value_usd.notnull())
    is_cif = (rows.valuation != "fob").fill_null(rows.flow == Flow.IMPORT.value)
    rows = rows.mutate(is_consigned=_is_consigned(rows), is_cif=is_cif)
    rows = rows.mutate(money=_dollars_first(rows))
    rows = rows.select(
        *_PAIR, "period", "frequency", "is_consigned", "edition", "is_cif", "snapshot", "money"
    )
    rows = rows.distinct()
    annual, country = rows.frequency == "A", ~rows.partner.isin(sorted(aggregates()))
    found = rows.group_by(_PAIR).agg(
        is_annual=annual.any(),
        is_origin=(~rows.is_consigned & country).any(),
        annual_edition=rows.edition.max(where=annual),
        month_edition=rows.edition.max(where=~annual),
        annual_money=rows.money.min(where=annual),
        month_money=rows.money.min(where=~annual),
        is_cif=rows.is_cif.any(),
        snapshots=words(rows.snapshot),
    )
    months = rows.group_by(_SLOT).agg(months=rows.period.nunique(where=~annual))
    found = found.inner_join(months, _SLOT)
    whole = ibis.window(group_by=[found[name] for name in _SLOT])
    edition = ibis.ifelse(found.is_annual, found.annual_edition, found.month_edition)
    in_full = found.is_annual | ibis.literal(not scope.is_annual)
    return found.select(
        *_PAIR,
        *("is_annual", "is_cif", "snapshots"),
        is_origin=found.is_origin.any().over(whole),
        edition=edition.max().over(whole),
        money_taken=ibis.ifelse(found.is_annual, found.annual_money, found.month_money),
        months=ibis.ifelse(in_full, 12, found.months),
    )


def marked(flows: Table, scope: Scope, chosen: Table, rates: Table | None = None) -> Table:
    """One row per row of the store in scope, each with the one `rule` that decides on it.

    chosen: of `choices`. rates: currency, period, frequency, usd_per_unit; without it only USD is kept.
    Columns: reporter, partner, flow, slot (first day of the year or month), code, value_usd, valuation,
    status, rule. The rows and values of all rules together are those of the store, each once.
    """
    rows = _priced(_in_scope(flows, scope), rates)
    taken = chosen.drop("snapshots", "months", "is_cif").rename(latest="edition")
    rows = _beside(rows, taken, list(_PAIR))
    rows = rows.mutate(rule=_rule(rows))
    if scope.may_nest:
        cell = ibis.window(group_by=[rows[name] for name in (*_PAIR, "code", "period")])
        level = ibis.ifelse(rows.rule.isin([KEPT, WORLD]), rows.digits, ibis.null("int8")).min().over(cell)
        rows = rows.mutate(level=level)
        finer = (rows.rule.isin([KEPT, WORLD]) & (rows.digits > rows.level)).fill_null(False)
        rows = rows.mutate(rule=ibis.ifelse(finer, "part of a code that is held", rows.rule))
    return rows.select(*_PAIR, "code", "value_usd", "valuation", "status", "rule")


def tally(rows: Table) -> Table:
    """One row per reporter, flow, slot, rule and kind of partner: rows and value_usd (USD) in it.

    rows: of `marked`. is_special: the partner is no country (not specified, stores, bunkers, free zones ...).
    unsaid: import rows kept that do not say CIF or FOB.
    """
    rows = rows.mutate(is_special=rows.partner.isin(sorted(specials())))
    by = rows.group_by([*_SLOT, "rule", "is_special"])
    unsaid = (rows.flow == Flow.IMPORT.value) & (rows.rule == KEPT) & rows.valuation.isnull()
    return by.agg(rows=rows.count(), value_usd=rows.value_usd.sum(), unsaid=unsaid.cast("int64").sum())


def unspecified(counted: Table) -> Table:
    """One row per reporter, flow and slot: what share of its trade has no partner country.

    counted: of `tally`. unspecified_share: the world total less all partner countries over the world total,
    where a world total is given; else special areas over all partners. 0 where the world is the smaller.
    """
    kept = counted.rule == KEPT
    found = counted.group_by(_SLOT).agg(
        world=counted.value_usd.sum(where=counted.rule == WORLD),
        countries=counted.value_usd.sum(where=kept & ~counted.is_special).fill_null(0),
        special=counted.value_usd.sum(where=kept & counted.is_special).fill_null(0),
    )
    held = found.countries + found.special
    world = ibis.coalesce(found.world, held)
    share = ibis.greatest(world - found.countries, 0.0) / world.nullif(0)
    return found.select(*_SLOT, unspecified_share=share.fill_null(0.0))


def sides(
    rows: Table,
    chosen: Table,
    open_share: Table,
    margins: Table | None = None,
    *,
    margin: float = FALLBACK_MARGIN,
) -> Table:
    """One row per exporter, importer, commodity and period: both sides as reported, and FOB.

    rows: of `marked`; chosen: of `choices`; open_share: of `unspecified`. margins: exporter, importer, margin
    (CIF over FOB less one); pairs without one get `margin`. Values in USD, null where nothing is reported.
    export_usd: as reported. import_cif_usd: as reported, where CIF or unsaid; null where it is FOB.
    export_fob_usd, import_fob_usd: FOB; what is CIF over (1 + margin), what is FOB as it is. export_derived,
    import_derived: status of a side that derives from something; null: it speaks. export_rank, import_rank: 2
    it may be compared, 1 partial year or over a quarter without partner country, 0 absent or derived. Of the
    pair: margin, margin_from, is_one_edition, export_months, import_months, export_open, import_open (over a
    quarter without partner country), snapshots (words: behind the pair's figures of the period).
    """
    kept = rows.filter(rows.rule == KEPT)
    told = _by_role(kept, kept.slot).select(
        *("exporter", "importer", "period", "flow"),
        commodity="code",
        value="value_usd",
        derived=_code(kept.status),
    )
    export, arrived = told.flow == Flow.EXPORT.value, told.flow == Flow.IMPORT.value
    both = told.group_by(_GOODS).agg(
        export_usd=told.value.sum(where=export),
        import_usd=told.value.sum(where=arrived),
        export_derived=told.derived.max(where=export),
        import_derived=told.derived.max(where=arrived),
    )
    pair = ["exporter", "importer", "period"]
    joined = both.inner_join(_pairs(chosen, open_share, margins, margin), pair)
    named = joined.mutate(
        export_derived=_status(joined.export_derived), import_derived=_status(joined.import_derived)
    )
    return _ranked(_in_fob(named))


def _in_scope(flows: Table, scope: Scope) -> Table:
    """Rows of the goods and the time asked about, with slot, code and edition."""
    rows = flows.filter(
        flows.flow.isin([Flow.EXPORT.value, Flow.IMPORT.value]),
        ibis.or_(*(flows.period.between(w.first, w.last) for w in scope.windows)),
    )
    if not scope.is_annual:
        rows = rows.filter(rows.frequency == "M")
    if scope.digits is not None:
        rows = rows.filter(rows.digits == scope.digits)
        rows = rows.mutate(code=rows.commodity)
    elif scope.basket is not None:
        rows = in_basket(rows, scope.basket)
    slot = ibis.date(rows.period.year(), 1, 1) if scope.is_annual else rows.period
    edition = rows.hs_revision.re_extract(r"^HS(\d{4})$", 1).try_cast("int64").fill_null(0)
    return rows.mutate(slot=slot, edition=edition)


def _priced(rows: Table, rates: Table | None) -> Table:
    if rates is None:
        return rows.mutate(value_usd=ibis.ifelse(rows.currency == "USD", rows.value, ibis.null("float64")))
    key = ["currency", "period", "frequency"]
    priced = _beside(rows, rates.select(*key, "usd_per_unit"), key)
    rate = ibis.ifelse(priced.currency == "USD", 1.0, priced.usd_per_unit)
    return priced.mutate(value_usd=priced.value * rate)


def _rule(rows: Table) -> Value:
    """The first that applies; null conditions do not."""
    imports = rows.flow == Flow.IMPORT.value
    wide = sorted(aggregates() - {"WLD"})
    return ibis.cases(
        (rows.value.isnull(), "no value"),
        (rows.breakdown != "", "part of a total by procedure, transport ..."),
        (rows.value_usd.isnull(), "currency without a rate"),
        (rows.reporter.isin([*wide, "WLD"]), "reporter is an aggregate"),
        (rows.partner.isin(wide), "partner is an aggregate"),
        (rows.reporter == rows.partner, "trade with itself"),
        (rows.is_annual & (rows.frequency != "A"), "month of a year that is held"),
        (imports & rows.is_origin & _is_consigned(rows), "by consignment, origin is held"),
        (_dollars_first(rows) != rows.money_taken, "the same in another currency"),
        (rows.edition != rows.latest, "another edition of the Harmonized System"),
        (rows.partner == "WLD", WORLD),
        else_=KEPT,
    )


def _dollars_first(rows: Table) -> Value:
    """The currency, spelled so that dollars come first in any order."""
    return ibis.ifelse(rows.currency == "USD", ibis.literal(""), rows.currency)


def _is_consigned(rows: Table) -> BooleanValue:
    return (rows.partner_basis == "consignment").fill_null(False)


def _beside(rows: Table, other: Table, key: list[str]) -> Table:
    """`rows` with the columns of `other` where it has the key."""
    joined = rows.left_join(other, key)
    return joined.drop(*(name for name in joined.columns if name.endswith("_right")))


_DERIVED = sorted(set(Status) - set(SPEAKS))


def _code(status: Value) -> Value:
    """Small numbers are carried through the largest sum of all, not words; null: the side speaks."""
    known = [(status == one, ibis.literal(at, "int8")) for at, one in enumerate(_DERIVED)]
    return ibis.cases(*known, else_=ibis.null("int8"))


def _status(code: Value) -> Value:
    named = [(code == at, ibis.literal(one)) for at, one in enumerate(_DERIVED)]
    return ibis.cases(*named, else_=ibis.null("string"))


def _by_role(rows: Table, period: Value) -> Table:
    exports = rows.flow == Flow.EXPORT.value
    return rows.mutate(
        exporter=ibis.ifelse(exports, rows.reporter, rows.partner),
        importer=ibis.ifelse(exports, rows.partner, rows.reporter),
        period=period,
    )


def _pairs(chosen: Table, open_share: Table, margins: Table | None, fallback: float) -> Table:
    """One row per exporter, importer and period: what is known of both reporters, and the margin."""
    known = _beside(chosen, open_share, list(_SLOT))
    known = _by_role(known, known.slot)
    facts = {}
    for side in ("export", "import"):
        here = known.flow == side
        facts[f"{side}_edition"] = known.edition.max(where=here)
        facts[f"{side}_is_cif"] = known.is_cif.any(where=here)
        facts[f"{side}_months"] = known.months.max(where=here)
        facts[f"{side}_open"] = (known.unspecified_share > MOST_UNSPECIFIED).any(where=here).fill_null(False)
        facts[f"{side}_snapshots"] = known.snapshots.max(where=here)
    pairs = known.group_by(["exporter", "importer", "period"]).agg(**facts)
    pairs = pairs.mutate(
        is_one_edition=(pairs.export_edition == pairs.import_edition).fill_null(True),
        snapshots=_together(pairs.export_snapshots, pairs.import_snapshots),
    )
    pairs = pairs.drop("export_edition", "import_edition", "export_snapshots", "import_snapshots")
    return _with_margin(pairs, margins, fallback)


def _together(one: Value, other: Value) -> Value:
    """The words of both."""
    two = (one != other).fill_null(False)
    return ibis.ifelse(two, one + ibis.literal(" ") + other, ibis.coalesce(one, other))


def _with_margin(both: Table, margins: Table | None, fallback: float) -> Table:
    told = f"fallback {fallback:.0%}" if fallback == FALLBACK_MARGIN else f"given {fallback:.1%}"
    named = ibis.literal(told if fallback else "none")
    one = constant({"fallback": [float(fallback)]}, {"fallback": "float64"})  # a literal would be a decimal
    both = both.cross_join(one)
    if margins is None:
        return both.rename(margin="fallback").mutate(margin_from=named)
    both = _beside(both, margins.select("exporter", "importer", "margin"), ["exporter", "importer"])
    return both.mutate(
        margin=both.margin.fill_null(both.fallback),
        margin_from=ibis.ifelse(both.margin.isnull(), named, "fitted"),
    ).drop("fallback")


def _in_fob(both: Table) -> Table:
    """Cost, insurance and freight come off by division: cif = fob * (1 + margin)."""
    over = both.margin + 1.0
    none = ibis.null("float64")
    return both.mutate(
        import_cif_usd=ibis.ifelse(both.import_is_cif, both.import_usd, none),
        export_fob_usd=ibis.ifelse(both.export_is_cif, both.export_usd / over, both.export_usd),
        import_fob_usd=ibis.ifelse(both.import_is_cif, both.import_usd / over, both.import_usd),
    ).drop("import_usd", "export_is_cif", "import_is_cif")


def _ranked(both: Table) -> Table:
    return both.mutate(
        export_rank=_rank(both, "export", both.export_fob_usd),
        import_rank=_rank(both, "import", both.import_fob_usd),
    )


def _rank(both: Table, side: str, value: Value) -> Value:
    silent = value.isnull() | both[f"{side}_derived"].notnull()
    return ibis.cases((silent, 0), (both[f"{side}_open"] | is_partial(both, side), 1), else_=2)


def is_partial(both: Table, side: str) -> BooleanValue:
    """Whether the reporter gives fewer than twelve months of a period that is a year."""
    partial: BooleanValue = (both[f"{side}_months"] < 12).fill_null(False)
    return partial
