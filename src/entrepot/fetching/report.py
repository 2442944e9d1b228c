"""What a fetch came to, as an answer: a row an ask."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from entrepot.fetching.journal import FOLDER
from entrepot.fetching.run import Told
from entrepot.model.answer import Answer

if TYPE_CHECKING:
    from entrepot.fetching import Plan
    from entrepot.store import Added

STATES = {
    "stored": "came, and is in the store",
    "kept": "came, and is kept as it is",
    "unchanged": "asked, and it is what is held",
    "held already": "not asked: it is held",
    "split": "cut off at the publisher's limit; asked in parts instead",
    "empty": "asked: the publisher has no such rows",
    "not published": "the publisher has not published it",
    "unexplained": "an answer without rows where there must be some; asked again the next time",
    "failed": "no usable answer; asked again the next time",
}
FAULTY = ("unexplained", "failed")
_USUAL = ("stored", "kept", "unchanged", "held already", "split")
_MANY = 12  # rows that a terminal shows one by one
_COLUMNS = pa.schema(
    [(name, pa.string()) for name in ("source", "asked", "state", "why")]
    + [("rows", pa.int64()), ("rejects", pa.int64()), ("published", pa.string()), ("snapshots", pa.string())]
    + [(name, pa.string()) for name in ("retrieved", "sha256", "url", "file")]
)


def answer(command: str, told: Sequence[Told]) -> Answer:
    """One row per ask: what was asked, what became of it, rows stored, day of publication, where it is from.

    sentence: how many asks came to what, and rows that the store did not have. url: in full, without a key.
    file: the answer as it came, below the store.
    """
    rows = pa.Table.from_pylist([_row(one) for one in told], schema=_COLUMNS)
    counts = Counter(one.state for one in told)
    said = ", ".join(f"{counts[state]} {state}" for state in STATES if counts[state]) or "nothing to ask"
    added = [added for one in told for added in one.added]
    new = sum(one.card.rows for one in added if one.is_new)
    sentence = f"{said}; {new:,} rows added." if counts["stored"] else f"{said}."
    cards = [one.card for one in added]
    warnings = [*dict.fromkeys(note for card in cards for note in card.warnings), *_rejected(added)]
    return Answer(
        {"command": command, "sentence": sentence},
        rows,
        cards,
        warnings=warnings,
        notes={"state": "; ".join(f"{name}: {what}" for name, what in STATES.items())},
        brief=("asked", "state", "rows", *_rejects(told), "published", *_where(told), "why"),
    )


def _rejected(added: Sequence[Added]) -> list[str]:
    count = sum(one.card.rejects for one in added if one.is_new)
    return [f"{count:,} rows were not understood: entrepot rejects"] if count else []


def _where(told: Sequence[Told]) -> tuple[str, ...]:
    """Files that are only kept are read from where they lie."""
    return ("file",) if any(one.record and one.record.state == "kept" for one in told) else ()


def _rejects(told: Sequence[Told]) -> tuple[str, ...]:
    return ("rejects",) if any(added.card.rejects for one in told for added in one.added) else ()


def _row(told: Told) -> dict[str, object]:
    record = told.record
    row: dict[str, object] = {"source": told.ask.source, "asked": told.ask.label, "state": told.state}
    row |= {"why": told.why or None, "url": told.address or None}
    if record is None:
        return row
    return row | {
        "rows": record.rows,
        "rejects": sum(one.card.rejects for one in told.added) if told.added else None,
        "url": record.url or told.address or None,
        "published": record.published or None,
        "snapshots": " ".join(record.snapshots) or None,
        "retrieved": record.retrieved,
        "sha256": record.sha256 or None,
        "file": f"{FOLDER}/{told.ask.source}/{record.file}" if record.file else None,
    }


def brief(answer: Answer) -> Answer:
    """The answer for a terminal: of many rows those that did not go as usual; the longest column last."""
    rows = answer.rows.select([*(name for name in answer.rows.column_names if name != "why"), "why"])
    if len(rows) > _MANY:
        rows = rows.filter(pc.invert(pc.is_in(rows["state"], pa.array(_USUAL))))
    hint = [f"all {len(answer.rows)} asks: --format csv"] if len(rows) < len(answer.rows) else []
    return replace(answer, rows=rows, snapshots=(), warnings=[*answer.warnings, *hint])


def lines(plan: Plan) -> list[str]:
    """The plan in a few lines: requests, rows, quota, time."""
    count, host = plan.requests, plan.base.partition("//")[2]
    rows = "rows not known beforehand" if plan.rows is None else f"at most {plan.rows:,} rows"
    requests = f"{count:,} {'request' if count == 1 else 'requests'} to {host}, {rows}"
    parts = [requests if count else f"nothing to ask of {host}"]
    parts += [f"{plan.kept:,} read from the file held"] if plan.kept else []
    parts += [f"{len(plan.held):,} held already"] if plan.held else []
    parts += [f"{len(plan.absent):,} not published"] if plan.absent else []
    return [", ".join(parts), *(_costs(plan) if count else ())]


def _costs(plan: Plan) -> Iterator[str]:
    if plan.quota_left is not None:
        yield f"{plan.quota_left:,} of {plan.pace.a_day:,} requests left today, by our own count"
        if plan.requests > plan.quota_left:
            yield "more than today's quota: what comes is stored, and the same command goes on tomorrow"
    yield f"at the publisher's pace at least {_time(plan.seconds)}"
    if plan.publisher.terms:
        yield plan.publisher.terms


def _time(seconds: float) -> str:
    if seconds < 90:
        return f"{max(seconds, 1):.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
