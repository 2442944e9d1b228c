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

from entrepot.store.staging import ROW_GROUP

REPORTERS, PARTNERS, MONTHS, CHAPTERS, PARTS = 40, 60, 96, 96, 52
_CHOICE = 256  # series to choose each from, at least, as far as there are codes: fewer rows need fewer
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
    FROM (SELECT range + 1 AS chapter FROM range(96)), (SELECT range AS part FROM range({parts}))
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


_HELD = """
SELECT reporter, partner, 'origin' AS partner_basis, flow, month AS period, 'M' AS frequency, commodity,
       6::TINYINT AS digits, 'HS2017' AS hs_revision, NULL::VARCHAR AS partner2, NULL::VARCHAR AS procedure,
       NULL::VARCHAR AS transport, NULL::VARCHAR AS location, '' AS breakdown,
       if(flow = 'export', 'fob', 'cif') AS valuation, value, 'USD' AS currency, weight AS net_weight_kg,
       weight AS quantity, 'kg' AS quantity_unit, false AS is_estimated, 'simulated' AS status,
       'tidy' AS source, left(md5(reporter || year(month)), 16) AS snapshot, 0::BIGINT AS row
"""


def generate(target: Path, rows: int, seed: int = 1) -> int:
    """Write about `rows` rows (within a hundredth, where there are many); the same bytes for the same seed.

    Returns how many. Memory stays under 2 GB however many: what does not fit goes to files beside `target`.
    """
    return _written(_ROWS, f"TO '{target}' (FORMAT csv, HEADER, COMPRESSION gzip)", target, rows, seed)


def generate_held(target: Path, rows: int, seed: int = 1) -> int:
    """The same rows as Parquet in the columns and the order of a store's own files."""
    made = f"{_HELD} {_ROWS[_ROWS.index('FROM') : _ROWS.index('ORDER')]}"
    query = f"{made} ORDER BY flow, year(period), commodity, reporter, partner, period"
    options = f"FORMAT parquet, COMPRESSION zstd, PARQUET_VERSION v2, ROW_GROUP_SIZE {ROW_GROUP}"
    return _written(query, f"TO '{target}' ({options})", target, rows, seed)


def _written(query: str, how: str, target: Path, rows: int, seed: int) -> int:
    series = round(rows / MONTHS / _PRESENT) + 1
    pairs = REPORTERS * (PARTNERS - 1) * 2 * CHAPTERS
    sizes = {"reporters": REPORTERS, "partners": PARTNERS, "present": _PRESENT, "series": series}
    with TemporaryDirectory(dir=target.parent) as scratch:
        config = {"memory_limit": _MEMORY, "temp_directory": scratch}
        with duckdb.connect(str(Path(scratch, "series.duckdb")), config=config) as made:
            made.execute(MACROS.format(seed=seed))
            made.execute(_SERIES.format(**sizes, parts=min(PARTS, 1 + _CHOICE * series // pairs)))
            query = query.format(first=_FIRST_MONTH, months=MONTHS)
            written = made.execute(f"COPY ({query}) {how}").fetchall()
    return int(written[0][0])
