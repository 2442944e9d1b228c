"""Bringing what was ordered up to date, and telling what the publishers revised."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pyarrow as pa

from entrepot.errors import NoDataError, PublisherError
from entrepot.fetching import SILENT, Ordered, Settings, Told, Watch, fetch, ordered, report
from entrepot.measures.revisions import changed
from entrepot.model.answer import Answer
from entrepot.model.flow import CELL
from entrepot.model.indicator import FACT
from entrepot.model.kind import FLOWS, INDICATORS
from entrepot.sources import publisher
from entrepot.store import Store

if TYPE_CHECKING:
    from ibis.expr.types import Table

NOTES = {
    "new": "cells that had no figure before",
    "revised": "cells with another figure now",
    "withdrawn": "cells whose figure the publisher took back",
    "change_value": "after less before, summed over the revised cells; in units of currency or indicator",
}


@dataclass(frozen=True)
class _Side:
    """One kind of rows before and after."""

    name: str
    key: tuple[str, ...]
    by: tuple[str, ...]
    within: tuple[str, ...]  # where a fresh snapshot has a row of these and a period, all is compared
    rows: Callable[[Store], Table]


_TRADE = _Side(
    "revisions of trade",
    CELL,
    ("reporter", "flow", "frequency", "currency"),
    ("reporter", "frequency", "currency"),  # a flow may be withdrawn wholly
    lambda store: store.flows(),
)
_INDICATOR = ("indicator", "frequency")
_FACTS = _Side("revisions of facts", FACT, _INDICATOR, _INDICATOR, lambda store: store.indicators())
_KINDS = {FLOWS.name: _TRADE, INDICATORS.name: _FACTS}


def update(
    store: Store, settings: Settings, watch: Watch = SILENT, sources: Collection[str] = ()
) -> tuple[Answer, list[PublisherError]]:
    """Ask again for what was ordered, where the publishers have something else now; tell what changed.

    sources: only these; none: all. The answer has a row an ask, and beside it what was revised. Publishers
    that could not be asked are told as errors; the others are done. Raises UsageError for what is no source
    that can be fetched, NoDataError where nothing was ordered.
    """
    orders = _chosen(ordered(store), sources)
    before = {kind: side.rows(store) for kind, side in _KINDS.items() if _holds(store, kind)}
    done: list[Told] = []
    errors: list[PublisherError] = []
    for order in orders:
        try:
            done += fetch(store, order, settings, watch, refresh=True)
        except PublisherError as error:
            errors.append(error)
    told = _once(done)
    answer = report.answer("update", told)
    return replace(
        answer,
        beside=dict(_revisions(store, before, told)),
        warnings=[*answer.warnings, *_by_hand(store)],
        notes={**answer.notes, **NOTES},
    ), errors


def _chosen(orders: list[Ordered], sources: Collection[str]) -> list[Ordered]:
    for name in sources:
        publisher(name)
    chosen = [order for order in orders if not sources or order.source in sources]
    if not chosen:
        of = f" of {', '.join(sources)}" if sources else ""
        raise NoDataError(
            f"nothing was ordered{of}: begin with entrepot fetch SOURCE. Files are added anew by hand."
        )
    return chosen


def _once(done: Sequence[Told]) -> list[Told]:
    """Each ask once: several orders may come to the same, which only the first of them makes."""
    told: dict[tuple[str, str, str], Told] = {}
    for one in done:
        key = (one.ask.source, one.ask.url, one.ask.label)
        if key not in told or told[key].state in report.FAULTY:
            told[key] = one
    return list(told.values())


def _holds(store: Store, kind: str) -> bool:
    return any(card.kind == kind for card in store.snapshots())


def _revisions(
    store: Store, before: dict[str, Table], told: Sequence[Told]
) -> Iterator[tuple[str, pa.Table]]:
    cards = [added.card for one in told for added in one.added if added.is_new]
    for kind, rows in before.items():
        if fresh := [card.snapshot for card in cards if card.kind == kind]:
            side = _KINDS[kind]
            after = side.rows(store)
            within = [*side.within, "period"]
            touched = after.filter(after.snapshot.isin(fresh)).select(*within).distinct()
            old, new = (one.semi_join(touched, within) for one in (rows, after))
            yield side.name, store.run(changed(old, new, side.key, side.by))


def _by_hand(store: Store) -> list[str]:
    """What is held and was not fetched: nobody brings it up to date."""
    files: dict[str, int] = {}
    for card in store.snapshots():
        if not card.url:
            files[card.source] = files.get(card.source, 0) + 1
    said = ", ".join(f"{name} ({count})" for name, count in sorted(files.items()))
    return [f"files added by hand are as they were: {said}."] if said else []
