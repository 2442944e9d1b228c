"""The full diversion screen: sums of every hub and HS6 code over base and window, by SQL by hand.

As ours does, the rival looks once whether the rows drawn are alike in what a rule would choose between
(edition, basis, currency, level, frequency) and then takes the short way; made-up rows are alike. `bare`
adds up months without looking, without statuses and sources, and without asking the years before the event.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from entrepot.answers._drawn import HISTORY
from entrepot.measures.legs import Spans, spans
from entrepot.model.area import aggregates
from entrepot.model.flow import DERIVED
from entrepot.model.period import parse_window
from tests.bench import corridor
from tests.bench.rivals.hand import connected, listed, rates

Asked = tuple[str, ...]

BASE, WINDOW = parse_window("2020-01:2022-01"), parse_window("2022-03:2022-11")
SINCE, UNTIL = date(BASE.first.year - HISTORY, 1, 1), WINDOW.last
CHOICES = ("currency", "frequency", "hs_revision", "partner_basis", "digits", "breakdown")

_LEGS = """
CREATE TEMP TABLE drawn AS
SELECT reporter, partner, flow, period AS slot, commodity AS good, value, net_weight_kg, status, source,
       snapshot, {choices}
FROM read_parquet('{source}')
WHERE period BETWEEN '{since}' AND '{until}' AND digits >= 6 AND coalesce(breakdown, '') = ''
  AND coalesce(status NOT IN {derived}, true)
  AND reporter NOT IN {wholes} AND partner NOT IN {wholes}
  AND ((flow = 'export' AND (reporter = '{origin}' OR partner = '{destination}'))
       OR (flow = 'import' AND (partner = '{origin}' OR reporter = '{destination}')));
"""
_ROWS = """
CREATE TEMP TABLE rows AS
WITH leg AS (
    SELECT 'sent' AS leg, partner AS hub, * FROM drawn WHERE flow = 'export' AND reporter = '{origin}'
    UNION ALL
    SELECT 'arrived', reporter, * FROM drawn WHERE flow = 'import' AND partner = '{origin}'
    UNION ALL
    SELECT 'onward', reporter, * FROM drawn WHERE flow = 'export' AND partner = '{destination}'
    UNION ALL
    SELECT 'received', partner, * FROM drawn WHERE flow = 'import' AND reporter = '{destination}'
)
SELECT leg, hub, good, good[:2] IN {chapters} AS is_listed, slot, sum(value * usd_per_unit) AS value,
       if(count(net_weight_kg) = count(*), sum(net_weight_kg), NULL) AS net_weight_kg,
       bool_or(usd_per_unit IS NULL) AS unrated, min(status) AS statuses, min(source) AS sources,
       array_to_string(list_sort(list(DISTINCT snapshot)), ' ') AS snapshots
FROM leg
LEFT JOIN rates
  ON rates.currency = leg.currency AND rates.period = leg.slot AND rates.frequency = 'M'
GROUP BY leg, hub, good, slot;
"""
_BEGAN = """
SELECT coalesce(min(slot) FILTER (leg = 'sent'), min(slot) FILTER (leg = 'arrived'))
FROM rows WHERE is_listed AND value IS NOT NULL
"""
_SUMS = """
SELECT leg, hub, good, is_listed, {sums}, sum(net_weight_kg * recent_0) AS kg_recent,
       sum(net_weight_kg * window_0) AS kg_window, bool_or(unrated) AS unrated,
       bool_or(net_weight_kg IS NULL AND coalesce(value <> 0, false)) AS unweighed,
       count(*) FILTER (value <> 0 AND whole_0 > 0) AS alive_months,
       count(*) FILTER (value <> 0 AND window_0 > 0) AS alive_after,
       string_agg(DISTINCT statuses, ' ' ORDER BY statuses) AS statuses,
       string_agg(DISTINCT sources, ' ' ORDER BY sources) AS sources,
       string_agg(DISTINCT snapshots, ' ' ORDER BY snapshots) AS snapshots
FROM rows JOIN weights USING (slot)
GROUP BY leg, hub, good, is_listed
"""
_BARE = """
SELECT leg, hub, commodity AS good, sum(value) FILTER (period <= '{base}') AS base,
       sum(value) FILTER (period >= '{window}') AS window
FROM (
    SELECT CASE WHEN flow = 'export' AND reporter = '{origin}' THEN 'sent'
                WHEN flow = 'import' AND partner = '{origin}' THEN 'arrived'
                WHEN flow = 'export' AND partner = '{destination}' THEN 'onward'
                WHEN flow = 'import' AND reporter = '{destination}' THEN 'received' END AS leg,
           if(leg IN ('sent', 'received'), partner, reporter) AS hub, commodity, period, value
    FROM read_parquet('{source}')
    WHERE period BETWEEN '{first}' AND '{until}'
)
WHERE leg IS NOT NULL GROUP BY ALL
"""


def asked(source: Path) -> Asked:
    """The two largest traders, and the codes of four chapters."""
    return (*corridor.by_size(source)[:2], *corridor.goods(source))


def ours(source: Path, target: Path, asked: Asked, engine: Any = "duckdb") -> pa.Table:
    """What the question of rerouted trade asks of the store first."""
    return corridor.screen(source, asked[0], asked[1], asked[2:], engine)


def weights(every: tuple[Spans, ...]) -> pa.Table:
    """slot, and its weight in each span: a parameter of the question."""
    columns: dict[str, dict[date, float]] = {}
    for at, one in enumerate(every):
        columns[f"whole_{at}"] = one.weights(one.base)
        columns[f"recent_{at}"] = one.weights(one.recent)
        columns[f"window_{at}"] = dict.fromkeys(one.window, 1.0)
    slots = sorted({day for known in columns.values() for day in known})
    told = {name: [known.get(day, 0.0) for day in slots] for name, known in columns.items()}
    return pa.table({"slot": pa.array(slots, pa.date32()), **told})


def asked_spans(first: date | None) -> tuple[Spans, ...]:
    """Base and window, and the same some years before, from what is held on."""
    whole = spans(BASE, WINDOW)
    return (whole, *(whole.earlier(first) if first else ()))


def wholes(asked: Asked) -> list[str]:
    """Aggregates: no hubs."""
    return sorted(set(aggregates()) - set(asked[:2]))


def by_sql(source: Path, target: Path, asked: Asked) -> pa.Table:
    """By hand: one pass draws the legs, the rest is on what was drawn."""
    hand = connected(target)
    hand.register("rates", rates())
    known = {"source": source, "origin": asked[0], "destination": asked[1], "since": SINCE, "until": UNTIL}
    known |= {"derived": listed(DERIVED), "wholes": listed(wholes(asked)), "choices": ", ".join(CHOICES)}
    hand.execute(_LEGS.format(**known))
    _checked(hand)
    hand.execute(_ROWS.format(**known, chapters=listed(corridor.CHAPTERS)))
    ((first,),) = hand.sql(_BEGAN).fetchall()
    every = asked_spans(first)
    hand.register("weights", weights(every))
    kinds = ("whole", "recent", "window")
    names = [f"{kind}_{at}" for at in range(len(every)) for kind in kinds]
    sums = ", ".join(f"sum(value * {name}) AS {name}" for name in names)
    return hand.sql(_SUMS.format(sums=sums)).to_arrow_table()


def _checked(hand: duckdb.DuckDBPyConnection) -> None:
    """Where rows are not alike the rules of choice are needed, which this rival does not have."""
    counts = ", ".join(f"count(DISTINCT {name})" for name in CHOICES)
    (found,) = hand.sql(f"SELECT {counts} FROM drawn").fetchall()
    assert max(found) == 1, found


def bare(source: Path, target: Path, asked: Asked) -> pa.Table:
    """One sum by hub and code."""
    known = {"source": source, "origin": asked[0], "destination": asked[1], "until": UNTIL}
    known |= {"first": BASE.first, "base": BASE.last, "window": WINDOW.first}
    return connected(target).sql(_BARE.format(**known)).to_arrow_table()
