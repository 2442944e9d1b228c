"""The noise of simulated worlds beside that of real monthly trade, where nothing was restricted yet."""

from __future__ import annotations

import duckdb
import pytest

from entrepot.simulate import simulate

FILE = "eurostat_cn8/eu_cn8_sanctioned_exports_202001_202211_long.parquet"
REAL = """
    SELECT partner, substr(cn8, 1, 6) AS good, month || '-01' AS month, sum(value_eur) AS value
    FROM read_parquet('{}') WHERE length(cn8) = 8 AND value_eur > 0 GROUP BY ALL
"""
SIMULATED = """
    SELECT partner, commodity AS good, period::VARCHAR AS month, value FROM flows
    WHERE reporter = 'XAA' AND flow = 'export' AND partner <> 'WLD'
"""
SPREAD = """
    WITH cells AS ({}), sums AS (
        SELECT sum(value) FILTER (month BETWEEN '2020-03-01' AND '2020-11-01') AS a,
               sum(value) FILTER (month BETWEEN '2021-03-01' AND '2021-11-01') AS b,
               count(*) FILTER (month BETWEEN '2020-01-01' AND '2021-12-01') / 24 AS present
        FROM cells GROUP BY partner, good
    ), changes AS (
        SELECT floor(log10(sqrt(a * b))) AS size, ln(b / a) AS change, present FROM sums WHERE a * b > 0
    )
    SELECT size::INT, avg(present), (quantile_cont(change, 0.84) - quantile_cont(change, 0.16)) / 2,
           (quantile_cont(change, 0.975) - quantile_cont(change, 0.025)) / 3.92
    FROM changes WHERE size BETWEEN 3 AND 7 GROUP BY ALL ORDER BY ALL
"""


@pytest.fixture(scope="module")
def both(data):
    """For each power of ten of nine months' sum: months with trade, spread, spread of the tails."""
    flows = simulate(1).flows
    con = duckdb.connect()
    con.register("flows", flows)
    tables = (con.execute(SPREAD.format(query)).fetchall() for query in (REAL.format(data / FILE), SIMULATED))
    return [{row[0]: row[1:] for row in rows} for rows in tables]


@pytest.mark.parametrize("size", [4, 5, 6, 7])
def test_spread_year_on_year_by_size(both, size):
    """Within a quarter of the real spread in the middle; tails thinner by up to two fifths."""
    (_, middle, tails), (_, ours, ours_tails) = (one[size] for one in both)
    assert ours / middle == pytest.approx(1, abs=0.25)
    assert 0.6 < ours_tails / tails < 1.1


@pytest.mark.parametrize("size", [3, 4, 5, 6, 7])
def test_months_without_trade_by_size(both, size):
    (present, *_), (ours, *_) = (one[size] for one in both)
    assert ours == pytest.approx(present, abs=0.12)
