"""The mirror join of everything: both sides of each exporter, importer, HS6 code and year, by its rules.

The same answer three ways: measures.both_sides; SQL by hand with each rule it has; the same in Polars. `bare`
is the join alone, as it is written where all rows are known to be plain: no rule, no status, no coverage.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from entrepot.answers import _rates
from entrepot.measures import both_sides as _sides
from entrepot.measures.both_sides import FALLBACK_MARGIN, KEPT, WORLD, Scope
from entrepot.model.period import parse_window
from tests.bench.both_sides import Made
from tests.bench.rivals.hand import AGGREGATES, EDITION, PARQUET, SPECIALS, WIDE, connected, listed, rates

if TYPE_CHECKING:
    import duckdb

Asked = tuple[str, ...]

_PRICED = """
CREATE TEMP VIEW priced AS
SELECT r.*, date_trunc('year', period)::DATE AS slot, {edition} AS edition,
       CASE WHEN currency = 'USD' THEN value ELSE value * usd_per_unit END AS value_usd,
       coalesce(partner_basis = 'consignment', false) AS consigned,
       if(currency = 'USD', '', currency) AS money
FROM read_parquet('{source}') r LEFT JOIN rates USING (currency, period, frequency)
WHERE flow IN ('export', 'import') AND period BETWEEN '{first}' AND '{last}' AND digits = 6;
"""
_CHOSEN = """
CREATE TEMP TABLE chosen AS
WITH told AS (
    SELECT DISTINCT reporter, partner, flow, slot, period, frequency, edition, snapshot, consigned, money,
           coalesce(valuation <> 'fob', flow = 'import') AS is_cif
    FROM priced WHERE coalesce(breakdown, '') = '' AND value_usd IS NOT NULL
), pair AS (
    SELECT reporter, partner, flow, slot, bool_or(frequency = 'A') AS is_annual, bool_or(is_cif) AS is_cif,
           bool_or(NOT consigned AND partner NOT IN {aggregates}) AS by_origin,
           max(edition) FILTER (frequency = 'A') AS annual_edition,
           max(edition) FILTER (frequency <> 'A') AS month_edition,
           min(money) FILTER (frequency = 'A') AS annual_money,
           min(money) FILTER (frequency <> 'A') AS month_money,
           array_to_string(list_sort(list(DISTINCT snapshot)), ' ') AS snapshots
    FROM told GROUP BY ALL
), reach AS (
    SELECT reporter, flow, slot, count(DISTINCT period) FILTER (frequency <> 'A') AS months
    FROM told GROUP BY ALL
)
SELECT reporter, partner, flow, slot, is_annual, is_cif, snapshots,
       bool_or(by_origin) OVER teller AS is_origin,
       max(if(is_annual, annual_edition, month_edition)) OVER teller AS latest,
       if(is_annual, annual_money, month_money) AS money_taken, if(is_annual, 12, months) AS months
FROM pair JOIN reach USING (reporter, flow, slot)
WINDOW teller AS (PARTITION BY reporter, flow, slot);
"""
_MARKED = """
CREATE TEMP VIEW marked AS
SELECT p.reporter, p.partner, p.flow, p.slot, commodity, value_usd, valuation, status,
       CASE WHEN value IS NULL THEN 'no value'
            WHEN breakdown <> '' THEN 'part of a total by procedure, transport ...'
            WHEN value_usd IS NULL THEN 'currency without a rate'
            WHEN p.reporter IN {aggregates} THEN 'reporter is an aggregate'
            WHEN p.partner IN {wide} THEN 'partner is an aggregate'
            WHEN p.reporter = p.partner THEN 'trade with itself'
            WHEN is_annual AND frequency <> 'A' THEN 'month of a year that is held'
            WHEN p.flow = 'import' AND is_origin AND consigned THEN 'by consignment, origin is held'
            WHEN money <> money_taken THEN 'the same in another currency'
            WHEN edition <> latest THEN 'another edition of the Harmonized System'
            WHEN p.partner = 'WLD' THEN '{world}' ELSE '{kept}' END AS rule
FROM priced p LEFT JOIN chosen USING (reporter, partner, flow, slot);
"""
_COUNTED = """
CREATE TEMP TABLE counted AS
SELECT reporter, flow, slot, rule, partner IN {specials} AS is_special, count(*) AS n,
       sum(value_usd) AS value_usd,
       count(*) FILTER (flow = 'import' AND rule = '{kept}' AND valuation IS NULL) AS unsaid
FROM marked GROUP BY ALL;
CREATE TEMP TABLE told_open AS
SELECT reporter, flow, slot,
       coalesce(greatest(coalesce(world, own + special) - own, 0)
                / nullif(coalesce(world, own + special), 0), 0) > 0.25 AS is_open
FROM (
    SELECT reporter, flow, slot, sum(value_usd) FILTER (rule = '{world}') AS world,
           coalesce(sum(value_usd) FILTER (rule = '{kept}' AND NOT is_special), 0) AS own,
           coalesce(sum(value_usd) FILTER (rule = '{kept}' AND is_special), 0) AS special
    FROM counted GROUP BY ALL
);
"""
_PAIR = """
CREATE TEMP TABLE pair AS
SELECT *, coalesce(export_edition = import_edition, true) AS is_one_edition,
       if(coalesce(export_snapshots <> import_snapshots, false), export_snapshots || ' ' || import_snapshots,
          coalesce(export_snapshots, import_snapshots)) AS snapshots
FROM (
    SELECT if(flow = 'export', reporter, partner) AS exporter,
           if(flow = 'export', partner, reporter) AS importer, slot AS period, {facts}
    FROM chosen LEFT JOIN told_open USING (reporter, flow, slot) GROUP BY ALL
);
"""
_FACTS = """
max(latest) FILTER (flow = '{0}') AS {0}_edition, bool_or(is_cif) FILTER (flow = '{0}') AS {0}_is_cif,
max(months) FILTER (flow = '{0}') AS {0}_months, max(snapshots) FILTER (flow = '{0}') AS {0}_snapshots,
coalesce(bool_or(is_open) FILTER (flow = '{0}'), false) AS {0}_open"""
SIDES = """
WITH told AS (
    SELECT if(flow = 'export', reporter, partner) AS exporter,
           if(flow = 'export', partner, reporter) AS importer, commodity, slot AS period, flow, value_usd,
           if(status IN ('estimated', 'imputed', 'mirrored'), status, NULL) AS derived
    FROM marked WHERE rule = '{kept}'
), cell AS (
    SELECT exporter, importer, commodity, period,
           sum(value_usd) FILTER (flow = 'export') AS export_usd,
           sum(value_usd) FILTER (flow = 'import') AS import_usd,
           max(derived) FILTER (flow = 'export') AS export_derived,
           max(derived) FILTER (flow = 'import') AS import_derived
    FROM told GROUP BY ALL
), fob AS (
    SELECT cell.*, export_months, import_months, export_open, import_open, is_one_edition, snapshots,
           {margin}::DOUBLE AS margin, 'fallback 6%' AS margin_from,
           if(import_is_cif, import_usd, NULL) AS import_cif_usd,
           if(export_is_cif, export_usd / (1 + {margin}::DOUBLE), export_usd) AS export_fob_usd,
           if(import_is_cif, import_usd / (1 + {margin}::DOUBLE), import_usd) AS import_fob_usd
    FROM cell JOIN pair USING (exporter, importer, period)
)
SELECT * EXCLUDE (import_usd),
       CASE WHEN export_fob_usd IS NULL OR export_derived IS NOT NULL THEN 0
            WHEN export_open OR coalesce(export_months < 12, false) THEN 1 ELSE 2 END AS export_rank,
       CASE WHEN import_fob_usd IS NULL OR import_derived IS NOT NULL THEN 0
            WHEN import_open OR coalesce(import_months < 12, false) THEN 1 ELSE 2 END AS import_rank
FROM fob
"""


def asked(source: Path) -> Asked:
    """All the years of the made-up months."""
    return ("2016:2023",)


def ours(source: Path, target: Path, asked: Asked, engine: Any = "duckdb") -> None:
    """As `reconcile` does it before it weighs, written to one file."""
    store = Made(source, engine)
    scope, money = Scope((parse_window(asked[0]),), None, 6), _rates.dollars(_rates.of_store(store, None))
    chosen = store.landed(_sides.choices(store.flows(), scope, money))
    marked = _sides.marked(store.flows(), scope, chosen, money)
    share = _sides.unspecified(store.landed(_sides.tally(marked)))
    store.write(_sides.sides(marked, chosen, share), target)


def prepared(source: Path, target: Path, years: str) -> duckdb.DuckDBPyConnection:
    """Which rows are taken, what becomes of each, what is known of each pair; SIDES goes on from it."""
    window, hand = parse_window(years), connected(target)
    hand.register("rates", rates())
    facts = ", ".join(_FACTS.format(side) for side in ("export", "import"))
    known = {"source": source, "edition": EDITION, "kept": KEPT, "world": WORLD, "facts": facts}
    known |= {"first": window.first, "last": window.last, "wide": listed(WIDE)}
    known |= {"aggregates": listed(AGGREGATES), "specials": listed(SPECIALS)}
    for step in (_PRICED, _CHOSEN, _MARKED, _COUNTED, _PAIR):
        hand.execute(step.format(**known))
    return hand


def by_sql(source: Path, target: Path, asked: Asked) -> None:
    """By hand, each rule written out."""
    sides = SIDES.format(kept=KEPT, margin=FALLBACK_MARGIN)
    prepared(source, target, asked[0]).execute(f"COPY ({sides}) TO '{target}' ({PARQUET})")


def bare(source: Path, target: Path, asked: Asked) -> None:
    """The join alone: sums of both sides and imports over 1.06."""
    window = parse_window(asked[0])
    connected(target).execute(f"""
        COPY (
            SELECT if(flow = 'export', reporter, partner) AS exporter,
                   if(flow = 'export', partner, reporter) AS importer, commodity,
                   date_trunc('year', period)::DATE AS period,
                   sum(value) FILTER (flow = 'export') AS export_usd,
                   sum(value) FILTER (flow = 'import') AS import_cif_usd,
                   import_cif_usd / 1.06 AS import_fob_usd
            FROM read_parquet('{source}')
            WHERE flow IN ('export', 'import') AND period BETWEEN '{window.first}' AND '{window.last}'
            GROUP BY ALL
        ) TO '{target}' ({PARQUET})
    """)
