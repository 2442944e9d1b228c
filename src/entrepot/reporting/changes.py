"""What the latest publication changed of figures that were known before it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from entrepot import answers
from entrepot.measures.revisions import NEW, OTHER_SOURCE, REVISED, WITHDRAWN
from entrepot.model.answer import Answer
from entrepot.present import sentences
from entrepot.present.figure import Missing, Section
from entrepot.reporting._ask import Asked, absent, day, held
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


def latest_changes(store: Store, asked: Asked) -> list[Section]:
    """Of each side of the trade: what is another figure than before the latest publication about it."""
    sides = [(asked.origin, asked.destination, "export"), (asked.destination, asked.origin, "import")]
    found = [section for side in sides if (section := _side(store, asked, *side))]
    if found:
        return found
    gap = absent(asked.origin, "export", asked.destination)
    told = "Nothing is held of either side."
    return [Section("What the latest publication changed", (told,), missing=(gap,))]


def _side(store: Store, asked: Asked, reporter: str, partner: str, flow: str) -> Section | None:
    question = {"reporter": reporter, "partner": partner, "flow": flow, "commodity": asked.commodity}
    now = held(answers.flows, store, **question, by="month", as_of=asked.as_of)
    now = now or held(answers.flows, store, **question, by="year", as_of=asked.as_of)
    if now is None:
        return None
    heading = f"What the latest publication changed: {flow}s reported by {sentences.name(reporter)}"
    days = sorted({shot.published for shot in now.snapshots})
    before = days[-1] - timedelta(days=1)
    changed = held(answers.revisions, store, **question, since=before.isoformat(), as_of=asked.as_of)
    earlier = [shot for shot in store.snapshots(before) if shot.kind == "flows"]
    if changed is None or not earlier:
        told = f"One vintage is held, published {days[-1]}: there is none before it to compare with."
        return Section(heading, (told,), missing=(_older(reporter, partner),))
    return Section(heading, [*_told(changed, days[-1].isoformat())], changed, shown=_SHOWN)


def _older(reporter: str, partner: str) -> Missing:
    what = f"an earlier edition of the trade of {sentences.name(reporter)} with {sentences.name(partner)}"
    return Missing(what, "entrepot add FILE --published DAY")


def _told(changed: Answer, published: str) -> Iterator[str]:
    rows = [row for row in changed.beside["summary"].to_pylist() if row["what"] in _WORDS]
    if not rows:
        yield f"The publication of {published} changed no figure that was held before."
        return
    if [row["what"] for row in rows] == [NEW]:
        yield f"Nothing was held of it before the publication of {published}: {_span(rows[0])} are all new."
        return
    counts = ", ".join(f"{row['rows']} {_WORDS[row['what']]} ({_span(row)})" for row in rows)
    yield f"With the publication of {published}, of the figures by month and year: {counts}."
    for row in rows:
        if row["what"] == REVISED:
            much = sentences.money(row["largest_change_value"], row["currency"])
            yield f"The largest revision: {much}, {sentences.month(day(row['largest_period']))}."


def _span(row: Mapping[str, Any]) -> str:
    first, last = (sentences.month(day(row[end])) for end in ("first", "last"))
    return first if first == last else f"{first} to {last}"
