"""What shipments are held against: lists, embargoes, corridors, prices, parties. Gathered once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from typing import TYPE_CHECKING

import pyarrow as pa

from entrepot.measures.shipment_evidence import SCHEMAS, Evidence, evidence
from entrepot.model import screening_tables as tables
from entrepot.model.area import resolve_many
from entrepot.model.constant import held
from entrepot.screening import run
from entrepot.screening.bands import bands
from entrepot.screening.corridors import SCHEMA, UNTESTED, Corridors, corridors, read_corridors
from entrepot.screening.run import Bench

if TYPE_CHECKING:
    from ibis.expr.types import Table

    from entrepot.model.party import PartyList
    from entrepot.model.provenance import Snapshot
    from entrepot.screening.names import Index
    from entrepot.screening.screen import Settings


@dataclass(frozen=True)
class Known:
    """What a screening rests on.

    Attributes:
        shipments: The shipments, with what is derived of them.
        evidence: What the rules hold them against.
        names: How many names were searched. threshold, matcher: how; None: no list was given.
        against: Where goods may be rerouted to.
        snapshots: Statistics behind corridors and prices.
        beside: Corridors and prices as tables.
        warnings: What to know before trusting it.
    """

    shipments: Table
    evidence: Evidence
    names: int
    threshold: float | None
    matcher: tuple[str, str] | None
    against: tuple[str, ...]
    snapshots: Sequence[Snapshot] = ()
    beside: Mapping[str, pa.Table] = field(default_factory=dict)
    warnings: Sequence[str] = ()


MOST_ORIGINS = 8
"""Origins whose corridors are studied in one screening, those of most shipments first: each takes seconds."""

_USUAL_GOODS = "chpl"


def gathered(bench: Bench, shipments: Table, lists: Sequence[PartyList], settings: Settings) -> Known:
    """Everything the rules need to know of these shipments. Raises UsageError, ReadError."""
    against = resolve_many(settings.against) if settings.against.strip() else ()
    ways = _ways(bench, shipments, against, settings)
    prices, rests_on = bands(bench.store, _priced(bench, shipments), settings.as_of)
    with _searching(bench, lists, settings) as index:
        matches = run.match(bench, shipments, index)
    known = evidence(
        goods=tables.goods(),
        regimes=tables.regimes(),
        covered=tables.covered(),
        named=tables.named(),
        partners=tables.partners(),
        coalition=tables.coalition(),
        corridors=held(ways.rows.select(_CORRIDOR)),
        bands=held(prices.select(_BAND)),
        matches=matches.select(*_MATCH),
        searched=run.searched(shipments, len(lists)),
    )
    return Known(
        shipments,
        known,
        run.names_in(bench, shipments) if lists else 0,
        settings.threshold or _usual() if index else None,
        _matcher() if index else None,
        against,
        _once([*ways.snapshots, *rests_on]),
        {"corridors": ways.rows, "untested": ways.untested, "prices": prices},
        list(_warnings(ways, lists)),
    )


_CORRIDOR = list(SCHEMAS["corridors"])
_BAND = list(SCHEMAS["bands"])
_MATCH = list(SCHEMAS["matches"])


def _once(shots: Sequence[Snapshot]) -> list[Snapshot]:
    return list({shot.snapshot: shot for shot in shots}.values())


@contextmanager
def _searching(bench: Bench, lists: Sequence[PartyList], settings: Settings) -> Iterator[Index | None]:
    """The index of the lists; none where there are none."""
    if not lists:
        yield None
        return
    with bench.shelf.index(lists, settings.threshold or _usual()) as index:
        yield index


def _usual() -> float:
    from entrepot.screening.names import THRESHOLD

    return THRESHOLD


def _matcher() -> tuple[str, str]:
    """What compares the words of names, and its version."""
    return "rigour", version("rigour")


# ---------------------------------------------------------------- corridors
def _ways(bench: Bench, shipments: Table, against: Sequence[str], settings: Settings) -> Corridors:
    """Evidence on the corridors of these shipments: from files given, else from the statistics held."""
    routes = bench.store.run(_routes(shipments, against)).to_pylist()
    hubs = {hub for row in routes for hub in (row["hub"] or "").split()}
    if settings.corridors:
        return _together([read_corridors(path, hubs=hubs) for path in settings.corridors])
    many = Counter[str]()
    for row in routes:
        many[row["origin"]] += row["shipments"]
    origins = [origin for origin, _ in many.most_common()]
    if not origins or not against or not bench.store.snapshots(settings.as_of):
        return Corridors(SCHEMA.empty_table(), UNTESTED.empty_table())
    bench.watch("corridors studied", len(origins[:MOST_ORIGINS]))
    found = corridors(
        bench.store,
        origins=origins[:MOST_ORIGINS],
        destinations=against,
        commodity=settings.goods or _USUAL_GOODS,
        base=settings.base,
        window=settings.window,
        until=bench.store.run(shipments.agg(last=shipments.date.max()))["last"][0].as_py(),
        hubs=hubs,
        as_of=settings.as_of,
    )
    left = ", ".join(origins[MOST_ORIGINS:])
    note = (
        f"corridors of {left} were not studied: those of {MOST_ORIGINS} origins are. Give --corridors FILE."
    )
    return replace(found, warnings=[*found.warnings, note]) if left else found


def _together(told: Sequence[Corridors]) -> Corridors:
    return Corridors(
        pa.concat_tables([one.rows for one in told]),
        pa.concat_tables([one.untested for one in told]),
        [shot for one in told for shot in one.snapshots],
        [warning for one in told for warning in one.warnings],
    )


def _routes(shipments: Table, against: Sequence[str]) -> Table:
    """origin, hub (several, a space between), shipments: of goods that go elsewhere than `against`."""
    origin = shipments.origin.fill_null(shipments.exporter_country)
    hub = [shipments[name].fill_null("") for name in ("destination", "via", "consignee_country")]
    rows = shipments.select(origin=origin, hub=hub[0] + " " + hub[1] + " " + hub[2], to=shipments.destination)
    kept = rows.filter(rows.origin.notnull(), ~rows.origin.isin(list(against) or [""]))
    kept = kept.filter((~kept.to.isin(list(against) or [""])).fill_null(True))
    return kept.group_by(["origin", "hub"]).agg(shipments=kept.count()).order_by(["origin", "hub"])


def _priced(bench: Bench, shipments: Table) -> pa.Table:
    """origin, commodity, month: of every shipment whose price can be told."""
    rows = shipments.filter(shipments.unit_value_usd_per_kg.notnull())
    origin = rows.origin.fill_null(rows.exporter_country)
    return bench.store.run(
        rows.select(origin=origin, commodity="hs6", month=rows.date.truncate("M").cast("date")).distinct()
    )


def _warnings(ways: Corridors, lists: Sequence[PartyList]) -> Iterator[str]:
    yield from ways.warnings
    if not lists:
        yield "no list of parties was given (--lists): whether a party is listed is unknown."
    if not len(ways.rows):
        why = "untested says why" if len(ways.untested) else "no trade statistics of their origins are held"
        yield f"no corridor was tested ({why}): whether goods are diverted there is unknown."
