"""Facts beside trade, as the store holds them: gross domestic product, prices, exchange rates."""

from __future__ import annotations

from datetime import date

from entrepot.answers._question import behind
from entrepot.errors import NoDataError
from entrepot.model.answer import Answer
from entrepot.model.area import resolve_many
from entrepot.model.period import parse_window
from entrepot.store import Store


def facts(
    store: Store,
    *,
    indicator: str,
    area: str | None = None,
    partner: str | None = None,
    period: str | None = None,
    as_of: date | None = None,
) -> Answer:
    """What is held of an indicator. One row per area, partner and period.

    value: in the unit the indicator's name says (gdp_usd, brent_usd_per_barrel, distance_km). area: codes or
    names, comma-separated; none for facts of the world. Raises NoDataError, UsageError.
    """
    held = store.indicators(as_of)
    found = held.filter(held.indicator == indicator.strip().lower())
    for name, asked in (("area", area), ("partner", partner)):
        found = found.filter(found[name].isin(resolve_many(asked))) if asked else found
    if period:
        window = parse_window(period)
        found = found.filter(found.period.between(window.first, window.last))
    expr = found.select(
        "indicator",
        "area",
        "partner",
        "period",
        "frequency",
        "value",
        "status",
        "source",
        snapshots="snapshot",
    ).order_by(["area", "partner", "period", "frequency"])
    table = store.run(expr)
    if not len(table):
        known = ", ".join(sorted(store.run(held.select("indicator").distinct())["indicator"].to_pylist()))
        raise NoDataError(f"no {indicator} is held for that. Indicators held: {known or 'none'}.")
    question = {
        "command": "facts",
        "indicator": indicator,
        "area": area,
        "partner": partner,
        "period": period,
    }
    return Answer(question | {"as_of": as_of}, table, behind(store, table, as_of), {"rows": store.sql(expr)})
