"""Reconciling all codes of a year by hand: the mirror join, then weights, values, intervals, reasons, rules.

The variances of reporters are a small statistical problem that is no rival's to solve: each way calls
measures.reliability on its own gaps. Each writes all rows to Parquet and tells what its rules touched.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from entrepot import reconcile
from entrepot.measures.both_sides import FALLBACK_MARGIN, KEPT
from entrepot.measures.reliability import reliability
from entrepot.model.period import parse_window
from entrepot.present.files import whole_parquet
from tests.bench.both_sides import Made
from tests.bench.rivals.both import SIDES, prepared
from tests.bench.rivals.hand import PARQUET, SPECIALS, listed

Asked = tuple[str, ...]

USED = """export_rank = 2 AND import_rank = 2 AND export_fob_usd >= 10000 AND import_fob_usd >= 10000
          AND is_one_edition"""
GAPS = """
SELECT exporter, importer, count(*) AS flows, sum(weight) AS weight, sum(weight * near * near) AS squared,
       count(*) FILTER (abs(gap) > 2) AS clipped, coalesce(sum(mean) FILTER (abs(gap) > 2), 0) AS clipped_usd,
       sum(mean) AS value_usd
FROM (
    SELECT *, ln(mean) AS weight, greatest(least(gap, 2), -2) AS near
    FROM (SELECT exporter, importer, ln(export_fob_usd / import_fob_usd) AS gap,
                 (export_fob_usd + import_fob_usd) / 2 AS mean FROM sides WHERE {used})
)
GROUP BY exporter, importer
"""
_RECONCILED = """
CREATE TEMP VIEW reconciled AS
WITH known AS (
    SELECT s.*, coalesce(x.standard_deviation, (SELECT max(standard_deviation) FROM reliable
                         WHERE role = 'exporter' AND reporter = '(others)')) ** 2 AS a,
           coalesce(m.standard_deviation, (SELECT max(standard_deviation) FROM reliable
                    WHERE role = 'importer' AND reporter = '(others)')) ** 2 AS b,
           coalesce(export_fob_usd IS NOT NULL AND import_fob_usd IS NOT NULL AND NOT is_one_edition, false)
               AS differ,
           (coalesce(export_fob_usd, 1) = 0 OR coalesce(import_fob_usd, 1) = 0)
               AND coalesce(export_fob_usd, 1) <> coalesce(import_fob_usd, 1) AS zero,
           exporter IN {specials} OR importer IN {specials} AS nowhere
    FROM sides s
    LEFT JOIN (FROM reliable WHERE role = 'exporter') x ON x.reporter = s.exporter
    LEFT JOIN (FROM reliable WHERE role = 'importer') m ON m.reporter = s.importer
), weighed AS (
    SELECT *, CASE WHEN greatest(export_rank, import_rank) = 0 THEN NULL
                   WHEN export_rank > import_rank THEN 1.0 WHEN export_rank < import_rank THEN 0.0
                   ELSE coalesce(b / (a + b), 0.5) END::DOUBLE AS weight_exporter,
           1 - weight_exporter AS weight_importer,
           CASE WHEN export_rank = import_rank AND export_rank > 0
                     AND export_fob_usd IS NOT NULL AND import_fob_usd IS NOT NULL THEN 'both sides'
                WHEN weight_exporter IS NULL THEN 'no side speaks' ELSE 'one side' END AS status,
           CASE WHEN differ OR zero OR nowhere OR export_rank = 1 OR import_rank = 1
                     OR export_derived IS NOT NULL OR import_derived IS NOT NULL
                THEN substr(concat({reasons}, if(differ, '; editions differ', ''),
                     if(nowhere, '; partner is no country', ''), if(zero, '; one side says zero', '')), 3)
           END AS reason
    FROM known
), valued AS (
    SELECT *, if(status = 'no side speaks', NULL,
                 if(weight_exporter = 0, 0, weight_exporter * export_fob_usd)
                 + if(weight_importer = 0, 0, weight_importer * import_fob_usd)) AS value_usd,
           coalesce(ln(nullif(export_fob_usd, 0) / nullif(import_fob_usd, 0)), 0) AS gap,
           if(greatest(export_rank, import_rank) = 2 AND NOT zero,
              exp(1.6448536269514722 * sqrt(CASE
                  WHEN status = 'both sides' THEN a * b / (a + b) * greatest(1, gap * gap / (a + b))
                  WHEN weight_exporter = 1 THEN a ELSE b END)), NULL) AS wide
    FROM weighed
)
SELECT exporter, importer, commodity, period, value_usd, value_usd / wide AS low_90_usd,
       value_usd * wide AS high_90_usd, export_usd, import_cif_usd, export_fob_usd, import_fob_usd,
       weight_exporter, weight_importer, margin, margin_from, status, reason, snapshots
FROM valued;
"""
_REASON = """
if({0}_fob_usd IS NOT NULL AND {0}_derived IS NOT NULL, '; {0}: ' || {0}_derived, ''),
if({0}_fob_usd IS NOT NULL AND coalesce({0}_months < 12, false),
   '; {0}: ' || {0}_months || ' months of 12', ''),
if({0}_fob_usd IS NOT NULL AND {0}_open, '; {0}: over 25% without partner country', '')"""


def flags() -> dict[tuple[str, str], str]:
    """What a rule of flows touches, as conditions of SQL."""
    there = {side: f"{side}_fob_usd IS NOT NULL" for side in ("export", "import")}
    told = {"derives from another report": "{0}_derived IS NOT NULL", "partial year": "{0}_months < 12"}
    told["over 25% without partner country"] = "{0}_open"
    found = {
        ("flows", f"{side}: {name}"): f"{there[side]} AND {text.format(side)}"
        for name, text in told.items()
        for side in there
    }
    found["flows", "import brought from CIF to FOB"] = "import_cif_usd IS NOT NULL AND margin <> 0"
    both = " AND ".join(there.values())
    full = f"{both} AND export_rank = 2 AND import_rank = 2"
    large = "export_fob_usd >= 10000 AND import_fob_usd >= 10000"
    found["flows", "editions of the Harmonized System differ"] = f"{both} AND NOT is_one_edition"
    fit = {"used": USED, "editions differ": f"{full} AND {large} AND NOT is_one_edition"}
    fit["a side is derived, partial or without partner"] = (
        f"{both} AND NOT (export_rank = 2 AND import_rank = 2)"
    )
    fit["a side below 10,000 USD"] = f"{full} AND NOT ({large})"
    far = "abs(ln(nullif(export_fob_usd, 0) / nullif(import_fob_usd, 0))) > 2"
    fit["used, log gap beyond 2 counted as 2"] = f"{USED} AND {far}"
    return found | {("reliability", rule): text for rule, text in fit.items()}


def asked(source: Path) -> Asked:
    """The year that was made."""
    return ("2021",)


def ours(source: Path, target: Path, asked: Asked, engine: Any = "duckdb") -> pa.Table:
    """As the command line does it with --output, however few the rows."""
    answer = reconcile(Made(source, engine), period=asked[0], digits=6)
    if answer.whole is None:
        pq.write_table(answer.rows, target, compression="zstd")
    else:
        whole_parquet(answer, target)
    return answer.beside["rules"]


def by_sql(source: Path, target: Path, asked: Asked) -> pa.Table:
    """By hand, each rule written out."""
    hand, window = prepared(source, target, asked[0]), parse_window(asked[0])
    hand.execute(f"CREATE TEMP TABLE sides AS {SIDES.format(kept=KEPT, margin=FALLBACK_MARGIN)}")
    hand.register("reliable", reliability(hand.sql(GAPS.format(used=USED)).to_arrow_table()))
    reasons = ", ".join(_REASON.format(side) for side in ("export", "import"))
    hand.execute(_RECONCILED.format(specials=listed(SPECIALS), reasons=reasons))
    within = f"period BETWEEN '{window.first}' AND '{window.last}'"
    hand.execute(f"COPY (FROM reconciled WHERE {within}) TO '{target}' ({PARQUET})")
    return hand.sql(_rules(target)).to_arrow_table()


def _rules(target: Path) -> str:
    """What each rule touched: of rows, of flows, of what reliability is estimated from, of the answer."""
    value = "greatest(coalesce(export_fob_usd, 0), coalesce(import_fob_usd, 0))"
    touched = flags()
    sums = ", ".join(
        f"count(*) FILTER ({text}) AS n{at}, sum({value}) FILTER ({text}) AS v{at}"
        for at, text in enumerate(touched.values())
    )
    rows = " UNION ALL ".join(
        f"SELECT '{stage}' AS stage, '{rule}' AS rule, n{at} AS rows, coalesce(v{at}, 0) AS value_usd "
        "FROM touched"
        for at, (stage, rule) in enumerate(touched)
    )
    return f"""
        WITH touched AS MATERIALIZED (SELECT {sums} FROM sides)
        {rows}
        UNION ALL SELECT 'rows', rule, sum(n), coalesce(sum(value_usd), 0) FROM counted GROUP BY rule
        UNION ALL SELECT 'reconciled', status, count(*), coalesce(sum(value_usd), 0)
                  FROM read_parquet('{target}') GROUP BY status
    """
