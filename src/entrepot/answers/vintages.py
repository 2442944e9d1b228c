"""Revisions: what changed between two vintages of the same series."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from entrepot.answers._question import a_flow, behind, nothing, once, question_of
from entrepot.errors import NoDataError, UsageError
from entrepot.measures import revisions as _revisions
from entrepot.measures.cells import Selection
from entrepot.measures.cells import cells as _cells
from entrepot.model.answer import Answer
from entrepot.model.area import resolve_many
from entrepot.model.commodity import parse_commodity
from entrepot.model.kind import FLOWS
from entrepot.model.period import parse_date, parse_window
from entrepot.store import Store

NOTES = {
    "value_before": "units of currency, in force on the day of --since; empty: not reported, never zero",
    "value_after": "the same on the day of --as-of, or now",
    "change_value": "value_after less value_before, units of currency",
    "what": "revised: another value of the same publishers; another source: another value, and other "
    "publishers speak; new: none before; withdrawn: none now",
}


def revisions(
    store: Store,
    *,
    reporter: str,
    partner: str,
    flow: str = "export",
    commodity: str = "TOTAL",
    since: str,
    period: str | None = None,
    unchanged: bool = False,
    currency: str | None = None,
    as_of: date | None = None,
) -> Answer:
    """What changed between the figures in force on the day `since` and those in force on `as_of`, or now.

    One row per reporter, partner, period and code that was revised, is new or was withdrawn; with
    `unchanged` the others too, which are counted in the summary beside the rows either way. Columns: see
    measures.revisions. Raises NoDataError, UsageError.
    """
    then = parse_date(since)
    if as_of and as_of <= then:
        raise UsageError(f"--since {then} is not before --as-of {as_of}. Give the earlier day to --since.")
    whos = resolve_many(reporter), resolve_many(partner)
    spans = (parse_window(period),) if period else ()
    asked = Selection(*whos, a_flow(flow), parse_commodity(commodity), spans, currency)
    before, after = (_cells(store.flows(day), asked) for day in (then, as_of))
    expr = once(_revisions.revisions(before, after), "revisions")
    every = store.run(expr)
    if not len(every):
        raise NoDataError(nothing(store, asked, as_of, "any"))
    summed = _revisions.summary(expr)
    is_same = pc.equal(every["what"], _revisions.UNCHANGED)
    question = question_of(
        "revisions", asked, as_of, reporter=whos[0], partner=whos[1], since=then, period=period
    )
    rest = pa.table({"snapshots": pa.concat_arrays(_texts(every, "snapshots_before", "snapshots_after"))})
    return Answer(
        question,
        every if unchanged else every.filter(pc.invert(is_same)),
        behind(store, rest, as_of),
        {"rows": store.sql(expr), "summary": store.sql(summed)},
        [*_cautions(store, every, then, as_of)],
        NOTES,
        {"summary": store.run(summed)},
    )


def _texts(table: pa.Table, *names: str) -> list[pa.Array]:
    return [table[name].combine_chunks() for name in names]


def _cautions(store: Store, every: pa.Table, then: date, as_of: date | None) -> Iterator[str]:
    kinds = {kind["values"]: kind["counts"] for kind in pc.value_counts(every["what"]).to_pylist()}
    if kinds.get(_revisions.UNCHANGED):
        yield f"{kinds[_revisions.UNCHANGED]} of {len(every)} rows are unchanged."
    if others := kinds.get(_revisions.OTHER_SOURCE):
        yield f"{others} of {len(every)} rows differ because another source speaks: no publisher's revision."
    if kinds.get(_revisions.NEW) == len(every):
        yield f"nothing was held of this on {then}: every row is new. Ask for a later day with --since."
    trade = [card for card in store.snapshots(as_of) if card.kind == FLOWS.name]
    if all(card.published <= then for card in trade):
        since = then + timedelta(days=1)
        yield f"nothing was published between {since} and {as_of or 'now'}: no row can differ."
    if any(not card.published_is_known for card in trade):
        yield "some files stand under the day they were added: give --published to entrepot add."
