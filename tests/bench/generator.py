"""Made-up monthly trade at six digits, of any size, as a CSV.gz in the tidy format.

The countries do not exist (ISO 3166 user-assigned codes) and each row says `simulated`: no figure of a bench
can be taken for anybody's statistics. The shape is that of UN Comtrade's monthly files: of 40 reporters x 60
partners x 4,992 codes x 2 flows the series most likely to be traded, each with gaps in its 96 months; values
with a heavy tail and weights that follow them; rows as files are published, by reporter and month.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

REPORTERS, PARTNERS, MONTHS, CODES = 40, 60, 96, 96 * 52
_FIRST_MONTH = "DATE '2016-01-01'"
_PRESENT = 0.55  # of a series' months, in the mean
_MEMORY = "1500MB"

MACROS = """
CREATE MACRO uniform(x, n) AS ((hash(x, n, {seed}) >> 11) + 0.5) / 9007199254740992;
CREATE MACRO normal(x, n) AS sqrt(-2 * ln(uniform(x, n))) * cos(2 * pi() * uniform(x, n + 1));
"""

_SERIES = """
CREATE TABLE series AS
WITH area AS (
    SELECT range AS place, 'X' || chr((65 + range // 26)::INT) || chr((65 + range % 26)::INT) AS code,
           normal(range, 10) AS size
    FROM range({partners})
), goods AS (
    SELECT printf('%02d%02d%d0', chapter + (chapter >= 77)::INT, 1 + part // 4, 1 + part % 4) AS code,
           1.5 * normal(chapter * 100 + part, 20) AS size
    FROM (SELECT range + 1 AS chapter FROM range(96)), (SELECT range AS part FROM range(52))
), every AS (
    SELECT r.code AS reporter, p.code AS partner, f.flow, g.code AS commodity,
           r.size + p.size + g.size AS size, hash(r.code, p.code, f.flow, g.code) AS id
    FROM area r, area p, goods g, (VALUES ('import'), ('export')) AS f(flow)
    WHERE r.place < {reporters} AND r.place <> p.place
)
SELECT *, 9 + 0.6 * size + 1.5 * normal(id, 30) AS level, {present} * (0.5 + uniform(id, 32)) AS present,
       normal(hash(commodity), 33) - 1 AS price
FROM (SELECT * FROM every ORDER BY -ln(uniform(id, 34)) / exp(size), id LIMIT {series})
"""

_ROWS = """
SELECT reporter, partner, flow, strftime(month, '%Y-%m') AS period, commodity, value AS value_usd,
       weight AS net_weight_kg, weight AS quantity, 'kg' AS quantity_unit, 'simulated' AS status
FROM (
    SELECT s.*, month, round(exp(level + 0.7 * normal(cell, 40) + 0.004 * nth), 2) AS value,
           round(value / exp(price + 0.2 * normal(cell, 42)), 1) AS weight
    FROM (SELECT *, hash(id, nth) AS cell, ({first} + to_months(nth::INT))::DATE AS month
          FROM series, (SELECT range AS nth FROM range({months}))) AS s
    WHERE uniform(cell, 44) < present
)
ORDER BY reporter, month, flow, partner, commodity
"""


def generate(target: Path, rows: int, seed: int = 1) -> int:
    """Write about `rows` rows (within a hundredth, where there are many); the same bytes for the same seed.

    Returns how many. Memory stays under 2 GB however many: what does not fit goes to files beside `target`.
    """
    series = round(rows / MONTHS / _PRESENT) + 1
    with TemporaryDirectory(dir=target.parent) as scratch:
        config = {"memory_limit": _MEMORY, "temp_directory": scratch}
        with duckdb.connect(str(Path(scratch, "series.duckdb")), config=config) as made:
            made.execute(MACROS.format(seed=seed))
            made.execute(
                _SERIES.format(reporters=REPORTERS, partners=PARTNERS, present=_PRESENT, series=series)
            )
            query = _ROWS.format(first=_FIRST_MONTH, months=MONTHS)
            written = made.execute(
                f"COPY ({query}) TO '{target}' (FORMAT csv, HEADER, COMPRESSION gzip)"
            ).fetchone()
    return int(written[0]) if written else 0
