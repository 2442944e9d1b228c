"""The page on a posture: each dimension on one day or on two, the verdict, and what it is read from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pyarrow as pa

from entrepot import answers
from entrepot.model.answer import Answer
from entrepot.model.event import events_for
from entrepot.model.posture import NOT_TOLD, dimensions
from entrepot.present import sentences
from entrepot.present.charts import Chart, intervals
from entrepot.present.figure import Missing, Section
from entrepot.present.tables import signed
from entrepot.reporting._ask import Asked
from entrepot.store import Store

_UNIT = "−1 away, +1 toward"
_ENDS = ("before", "after")
_MOST_TEXT = 60_000  # characters of queries on a page; `entrepot posture --format json` prints all of them


def posture(store: Store, asked: Asked) -> list[Section]:
    """The origin's deeds and words towards the destination, as known on a day, and beside it on another."""
    pair = f"{sentences.name(asked.origin)} towards {sentences.name(asked.destination)}"
    if not events_for(asked.origin, asked.destination):
        told = f"No event is recorded that concerns {pair}: there is no before and after to compare."
        command = f"entrepot posture {asked.origin} {asked.destination} --event 2022-02"
        return [Section(pair, (told,), missing=(Missing("a dated event to part the two", command),))]
    days = _days(store, asked)
    answer = answers.posture(
        store,
        actor=asked.origin,
        partner=asked.destination,
        as_of=days[-1],
        also=str(days[0]) if len(days) > 1 else "",
    )
    both = "then_and_now" in answer.beside
    first = _then_and_now(answer, pair, [str(one) for one in days]) if both else _one_day(answer, pair)
    others = [_witnesses(answer), *_what_would_change(answer), *_behind(answer)]
    later = f", as of {days[-1]}" if both else ""
    return [first, *(replace(one, heading=one.heading + later) for one in others)]


def _days(store: Store, asked: Asked) -> list[date | None]:
    """The days asked about, the earlier first; without one, that of the latest publication held."""
    if asked.beside is None:
        return [asked.as_of]
    shots = store.snapshots()
    latest = asked.as_of or max((shot.published for shot in shots), default=asked.beside)
    return [*sorted({latest, asked.beside})]


# ------------------------------------------------------------ the readings
def _one_day(answer: Answer, pair: str) -> Section:
    rows = answer.rows.to_pylist()
    drawn = [
        _interval(
            _title(row["dimension"]), row["reading"], *(row[key] for key in ("value", "low_90", "high_90"))
        )
        for row in rows
    ]
    heading = f"{_upper(pair)}: {answer.question['verdict']}"
    hint = "Give a second day (beside) to see what moved between the two."
    return Section(
        heading,
        [*_spoken(answer), _because(answer)],
        _part(answer, answer.rows, queries=True),
        intervals(drawn, _UNIT, f"Readings of {pair}, with intervals of 90 %"),
        (*_notes(answer), hint),
        _gaps(rows),
        shown=answer.brief,
        open_table=True,
    )


def _then_and_now(answer: Answer, pair: str, days: Sequence[str]) -> Section:
    table = answer.beside["then_and_now"]
    rows = [row for row in table.to_pylist() if row["dimension"] in _titles()]
    verdicts = {row["dimension"]: row for row in table.to_pylist() if row["dimension"] not in _titles()}
    said = verdicts["verdict"]
    lead = (
        f"{_upper(pair)}: {said['reading_before']} as of {days[0]}, {said['reading_after']} as of {days[1]}."
    )
    moved = [_title(row["dimension"]) for row in rows if row["is_moved"]]
    told = f"Of the readings told on both days {len(moved) or 'none'} moved: {', '.join(moved)}.".replace(
        ": .", "."
    )
    return Section(
        f"{_upper(pair)}, as of {days[0]} and {days[1]}",
        [lead, *_spoken(answer), told],
        _part(answer, table, queries=True),
        _pairs(rows, pair, days),
        _notes(answer),
        _gaps(answer.rows.to_pylist()),
        shown=("dimension", *(f"{name}_{end}" for name in _MOVED for end in _ENDS), "moved_by", "move"),
        open_table=True,
    )


_MOVED = ("reading", "value", "low_90", "high_90")


def _pairs(rows: Sequence[Mapping[str, Any]], pair: str, days: Sequence[str]) -> Chart:
    """Both days of each dimension, one under the other: short names, for a telephone."""
    whens = [f"’{day[2:4]}" if days[0][:4] != days[1][:4] else day[5:] for day in days]
    drawn = [
        _interval(
            f"{when} {row['dimension']}",
            row[f"reading_{end}"],
            *(row[f"{name}_{end}"] for name in ("value", "low_90", "high_90")),
        )
        for row in rows
        for end, when in zip(_ENDS, whens, strict=True)
    ]
    about = f"Readings of {pair} as of {days[0]} and {days[1]}, with intervals of 90 %"
    return intervals(drawn, _UNIT, about)


def _interval(
    name: str, way: str, value: float | None, low: float | None, high: float | None
) -> dict[str, Any]:
    label = f"{way} {signed(value)}".replace("-", "−") if value is not None else way
    return {"name": name, "value": value, "low": low, "high": high, "label": label}


def _spoken(answer: Answer) -> list[str]:
    """The verdict in words, a paragraph a day."""
    return list(str(answer.question["sentence"]).split("\n"))


def _because(answer: Answer) -> str:
    row = answer.beside["verdict"].to_pylist()[0]
    return f"The rule: {row['because']}."


def _notes(answer: Answer) -> list[str]:
    alone = answer.question["verdict_without_texts"]
    mean = "A reading is what moved beyond what is usual, −1 (away) to +1 (toward), with an interval of 90 %."
    return [mean, f"With statistics and lists of acts alone, no figure printed in a text: {alone}."]


def _gaps(rows: Sequence[Mapping[str, Any]]) -> list[Missing]:
    """The file that would settle each dimension that is not told."""
    return [
        Missing(f"{_title(row['dimension'])}: {row['settle']}", "entrepot add FILE --published DATE")
        for row in rows
        if row["reading"] == NOT_TOLD
    ]


# ------------------------------------------------------------ what they rest on
def _witnesses(answer: Answer) -> Section:
    rows = [row for row in answer.rows.to_pylist() if row["series"]]
    proxies = [_title(row["dimension"]) for row in rows if row["is_proxy"]]
    told = f"{len(rows)} of {len(answer.rows)} dimensions are read from a series that is held or printed"
    told += f"; from a proxy: {', '.join(proxies)}." if proxies else "; none from a proxy."
    shown = ("dimension", "reading", "series", "baseline", "window", "before", "after", "unit", "observed")
    more = (
        "usual",
        "spread",
        "against",
        "witnesses",
        "witness_weight",
        "is_proxy",
        "status",
        "source",
        "why",
    )
    part = _part(answer, answer.rows)
    return Section(
        "The witnesses behind each dimension", (told,), part, shown=(*shown, *more), open_table=True
    )


def _what_would_change(answer: Answer) -> Iterator[Section]:
    for name, heading in _ROBUST.items():
        table = answer.beside.get(name)
        if table is not None:
            yield Section(heading, (_same(table, name, answer),), _part(answer, table), open_table=True)


_ROBUST = {
    "left_out": "The verdict without each dimension",
    "left_out_sources": "The verdict without each source",
    "tips": "Which reading would tip it",
}


def _same(table: pa.Table, name: str, answer: Answer) -> str:
    if name == "tips":
        return (
            "The nearest reading of each dimension, as uncertain as now, that gives another verdict. A "
            "reading told by one end alone, as of figures printed in texts, stands at that end."
        )
    rows = table.to_pylist()
    others = [row[next(iter(row))] for row in rows if not row["is_same"]]
    said = f"{answer.question['verdict']!s} stands without {len(rows) - len(others)} of {len(rows)}"
    return f"{_upper(said)}; it does not without {', '.join(others)}." if others else f"{_upper(said)}."


def _behind(answer: Answer) -> Iterator[Section]:
    """Every series that was looked at, and what texts print."""
    table = answer.beside["candidates"]
    read = sum(bool(one) for one in table["is_read"].to_pylist())
    told = f"{len(table)} series were looked at, {read} are read; why says why not of the others."
    yield Section("Every series looked at", (told,), _part(answer, table))
    if "printed" in answer.beside:
        printed = answer.beside["printed"]
        told = f"{len(printed)} comparisons as texts print them; no file of the store bears them out."
        yield Section("Figures printed in texts", (told,), _part(answer, printed))


def _part(answer: Answer, table: pa.Table, *, queries: bool = False) -> Answer:
    """One table of the answer; what made all of them is told once, where it is no book."""
    kept = answer.queries if queries and sum(map(len, answer.queries.values())) < _MOST_TEXT else {}
    return replace(answer, rows=table, beside={}, warnings=answer.warnings if queries else (), queries=kept)


def _titles() -> dict[str, str]:
    return {one.key: one.title for one in dimensions()}


def _title(key: str) -> str:
    return _titles()[key]


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
