"""What the latest publication changed of figures that were known before it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from entrepot import answers
from entrepot.measures.revisions import NEW, OTHER_SOURCE, REVISED, WITHDRAWN, summary
from entrepot.model.answer import Answer
from entrepot.present import sentences
from entrepot.present.figure import Missing, Section
from entrepot.reporting._ask import Asked, absent, as_table, day, held
from entrepot.store import Store

_WORDS = {
    REVISED: "revised",
    OTHER_SOURCE: "told by another source now",
    NEW: "new",
    WITHDRAWN: "withdrawn",
}
_SHOWN = (
    "reporter",
    "partner",
    "flow",
    "period",
    "what",
    "value_before",
    "value_after",
    "change_value",
    "change",
    "currency",
)

_READ = {"currency": "string", "what": "string", "period": "date", "change_value": "float64"}
_REST = ("currency", "what")  # what the counts are told by: not code by code


def latest_changes(store: Store, asked: Asked) -> list[Section]:
    """Of each side of the trade: what is another figure than before the latest publication about it."""
    sides = [(asked.origin, asked.destination, "export"), (asked.destination, asked.origin, "import")]
    found = [section for one in sides if (section := side(store, asked, *one))]
    if found:
        return found
    gap = absent(asked.origin, "export", asked.destination)
    told = "Nothing is held of either side."
    return [Section("What the latest publication changed", (told,), missing=(gap,))]


def side(store: Store, asked: Asked, reporter: str, partner: str, flow: str) -> Section | None:
    """Of one side: what the latest publication about it changed; None where nothing of it is held."""
    question = {"reporter": reporter, "partner": partner, "flow": flow, "commodity": asked.commodity}
    now = held(answers.flows, store, **question, by="month", as_of=asked.as_of)
    now = now or held(answers.flows, store, **question, by="year", as_of=asked.as_of)
    if now is None:
        return None
    way = "to" if flow == "export" else "from"
    heading = f"What the latest publication changed: {flow}s of {sentences.name(reporter)} {way} "
    heading += f"{sentences.name(partner)}, {asked.goods}"
    latest = max(shot.published for shot in now.snapshots)
    since = (latest - timedelta(days=1)).isoformat()
    changed = held(answers.revisions, store, **question, since=since, as_of=asked.as_of)
    if changed is None or set(changed.beside["summary"]["what"].to_pylist()) == {NEW}:
        told = f"One vintage is held, published {latest}: there is none before it to compare with."
        return Section(heading, (told,), missing=(_older(reporter, partner),))
    return Section(heading, [*_told(store, changed, latest)], replace(changed, beside={}), shown=_SHOWN)


def _older(reporter: str, partner: str) -> Missing:
    what = f"an earlier edition of the trade of {sentences.name(reporter)} with {sentences.name(partner)}"
    return Missing(what, "entrepot add FILE --published DAY")


def _told(store: Store, changed: Answer, published: date) -> Iterator[str]:
    """Over all codes together: a list of goods has thousands."""
    rows = store.run(summary(as_table(changed.rows.to_pylist(), _READ), _REST)).to_pylist()
    if not rows:
        yield f"The publication of {published} changed no figure that was held before."
        return
    counts = ", ".join(f"{row['rows']:,} {_WORDS[row['what']]} ({_span(row)})" for row in rows)
    yield f"With the publication of {published}, of the figures by month and year: {counts}."
    for row in rows:
        if row["what"] == REVISED:
            much = sentences.money(row["largest_change_value"], row["currency"])
            yield f"The largest revision: {much}, {sentences.month(day(row['largest_period']))}."


def _span(row: Mapping[str, Any]) -> str:
    first, last = (sentences.month(day(row[end])) for end in ("first", "last"))
    return first if first == last else f"{first} to {last}"
