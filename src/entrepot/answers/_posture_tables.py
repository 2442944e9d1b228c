"""A posture as tables."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, Final

import pyarrow as pa

from entrepot.answers._posture_asked import Candidate
from entrepot.answers._posture_readings import Line, Told, without_source
from entrepot.answers._posture_text import settled
from entrepot.measures.verdict import TOO_LITTLE, Mean, Verdict, left_out, tips, weights
from entrepot.model.posture import NOT_TOLD

BRIEF: Final = (
    "dimension",
    "of",
    "reading",
    "value",
    "low_90",
    "high_90",
    "witness_weight",
    "series",
    "window",
)
UNSCALED: Final = (  # readings between -1 and +1, and differences of them: not shares
    *("low_90", "high_90", "value", "deeds", "words_less_deeds"),
    *("tips_at", "value_before", "value_after", "moved_by"),
    *("low_90_before", "low_90_after", "high_90_before", "high_90_after"),
)
PRINTED: Final = "figures printed in texts"
_KINDS: Final = {
    pa.float64(): (
        *("value", "low_90", "high_90", "witness_weight", "observed", "usual", "spread", "before", "after"),
        *("deeds", "words_less_deeds", "tips_at", "value_before", "value_after", "moved_by"),
        *("low_90_before", "low_90_after", "high_90_before", "high_90_after"),
    ),
    pa.int64(): ("witnesses", "told"),
    pa.bool_(): ("is_proxy", "is_later_vintage", "is_assumed", "is_read", "is_same", "is_moved"),
}


def rows(told: Told) -> pa.Table:
    """One row per dimension: its reading, and what it was read from."""
    weight = weights(told.readings)
    return _table(
        {
            "actor": told.asked.actor,
            "partner": told.asked.partner,
            "dimension": line.dimension.key,
            "of": line.dimension.of,
            "reading": one.way,
            "value": one.value,
            "low_90": one.low_90,
            "high_90": one.high_90,
            "witness_weight": weight.get(one.key),
            **_of_series(line.read),
            **_of_evidence(line.read),
            "is_assumed": one.key in told.assumed,
            "why": line.why,
            "settle": settled(told, line.dimension.settle) if one.way == NOT_TOLD else None,
            "title": line.dimension.what,
        }
        for line, one in zip(told.lines, told.readings, strict=True)
    )


def _of_series(one: Candidate) -> dict[str, Any]:
    plain = {"series": one.series, "baseline": one.baseline, "window": one.window, "unit": one.unit}
    return {name: text or None for name, text in (plain | {"source": one.source}).items()}


def _of_evidence(one: Candidate) -> dict[str, Any]:
    found = one.evidence
    return {
        "observed": found.distance + found.usual if found and math.isfinite(found.distance) else None,
        "usual": found and found.usual,
        "spread": found and found.spread,
        "against": found and found.against,
        "witnesses": found and found.witnesses,
        "before": found and found.before,
        "after": found and found.after,
        "is_proxy": one.proxy if found else None,
        "is_later_vintage": one.later if found else None,
        "status": one.status or None,
        "snapshots": " ".join(one.snapshots),
    }


def beside(told: Told, by_day: Sequence[Told], others: Sequence[Told]) -> dict[str, pa.Table]:
    """What stands beside the rows; tables without rows are left out."""
    found = {
        "verdict": _table(_verdicts(told)),
        "left_out": _table(_left_out(told)),
        "left_out_sources": _table(_left_out_sources(told)),
        "tips": _table(_tips(told)),
        "then_and_now": _table(_moves(by_day[0], by_day[-1]) if len(by_day) > 1 else ()),
        "compared": _table(_compared((told, *others)) if others else ()),
        "candidates": _table(_candidates(told.lines)),
        "printed": _table(_printed(told.lines)),
    }
    return {name: table for name, table in found.items() if len(table)}


def _verdicts(told: Told) -> Iterable[dict[str, Any]]:
    verdict = told.verdict
    means = {"deeds": verdict.deeds, "words": verdict.words, "words less deeds": verdict.words_less_deeds}
    for name, one in means.items():
        yield {
            "mean": name,
            **_mean(one),
            "told": one.told,
            **_both_verdicts(told),
            "because": verdict.because,
        }


def _mean(one: Mean) -> dict[str, Any]:
    return {"value": one.value, "low_90": one.low_90, "high_90": one.high_90}


def _left_out(told: Told) -> Iterable[dict[str, Any]]:
    """The verdict without each reading; last, without all figures that texts print."""
    for key, verdict in (*left_out(told.readings), (PRINTED, told.alone)):
        yield {"dimension": key, **_verdict_without(told, verdict)}


def _left_out_sources(told: Told) -> Iterable[dict[str, Any]]:
    for source, verdict in without_source(told):
        yield {"source": source, **_verdict_without(told, verdict)}


def _verdict_without(told: Told, verdict: Verdict) -> dict[str, Any]:
    return {
        "verdict": verdict.name,
        "is_same": verdict.name == told.verdict.name,
        "deeds": verdict.deeds.value,
        "words_less_deeds": verdict.words_less_deeds.value,
    }


def _tips(told: Told) -> Iterable[dict[str, Any]]:
    found = list(tips(told.readings))
    for one in told.readings:
        none = [(one.key, one.value, None, "the same, alone, wherever it stands")]
        for key, value, at, verdict in [tip for tip in found if tip[0] == one.key] or none:
            yield {"dimension": key, "value": value, "tips_at": at, "verdict": verdict}


def _moves(then: Told, now: Told) -> Iterable[dict[str, Any]]:
    ends = zip(then.readings, now.readings, then.lines, now.lines, strict=True)
    for before, after, line_before, line_after in ends:
        both = before.value is not None and after.value is not None
        yield {
            "dimension": before.key,
            "reading_before": before.way,
            "reading_after": after.way,
            "value_before": before.value,
            "value_after": after.value,
            **{f"low_90_{end}": one.low_90 for end, one in (("before", before), ("after", after))},
            **{f"high_90_{end}": one.high_90 for end, one in (("before", before), ("after", after))},
            "moved_by": (after.value or 0.0) - (before.value or 0.0) if both else None,
            **_move(before.way, after.way, is_one=line_before.read.series == line_after.read.series),
            **_ended("before", line_before.read),
            **_ended("after", line_after.read),
        }
    verdicts = [one.verdict.name for one in (then, now)]
    names = dict(zip(("reading_before", "reading_after"), verdicts, strict=True))
    yield {"dimension": "verdict", **names, **_move(*verdicts)}
    verdicts = [one.alone.name for one in (then, now)]
    names = dict(zip(("reading_before", "reading_after"), verdicts, strict=True))
    yield {"dimension": f"verdict, without {PRINTED}", **names, **_move(*verdicts)}


def _move(before: str, after: str, *, is_one: bool = True) -> dict[str, Any]:
    """Whether a reading moved; what is told of one day only is no move of the world."""
    told = [one not in (NOT_TOLD, TOO_LITTLE) for one in (before, after)]
    if all(told):
        move = ("moved" if before != after else "as before") + ("" if is_one else ", of another series")
        return {"is_moved": before != after, "move": move}
    return {"is_moved": None, "move": _GAPS[told[0], told[1]]}


_GAPS: Final = {(True, False): "no longer told", (False, True): "told anew", (False, False): NOT_TOLD}


def _ended(end: str, one: Candidate) -> dict[str, Any]:
    told = _of_series(one)
    return {f"{name}_{end}": told[name] for name in ("series", "window", "source")}


def _compared(all_told: Sequence[Told]) -> Iterable[dict[str, Any]]:
    for told in all_told:
        for line, one in zip(told.lines, told.readings, strict=True):
            plain = {"actor": told.asked.actor, "dimension": one.key, "reading": one.way, "value": one.value}
            ends = {"low_90": one.low_90, "high_90": one.high_90}
            yield plain | ends | {"series": line.read.series or None} | _both_verdicts(told)


def _both_verdicts(told: Told) -> dict[str, Any]:
    return {"verdict": told.verdict.name, "verdict_without_texts": told.alone.name}


def _candidates(lines: Iterable[Line]) -> Iterable[dict[str, Any]]:
    for line in lines:
        for one in line.candidates:
            value, low, high = one.evidence.reading if one.evidence else (None, None, None)
            reading = {"value": value, "low_90": low, "high_90": high}
            is_read = {"dimension": line.dimension.key, "is_read": one is line.read}
            yield is_read | _of_series(one) | reading | _of_evidence(one) | {"why": one.why or None}


def _printed(lines: Iterable[Line]) -> Iterable[dict[str, Any]]:
    for line in lines:
        for candidate in line.candidates:
            for one in candidate.printed:
                yield {
                    "dimension": one.dimension,
                    "series": one.name,
                    "baseline": str(one.base),
                    "window": str(one.window),
                    "base_low": one.before[0],
                    "base_high": one.before[1],
                    "window_low": one.after[0],
                    "window_high": one.after[1],
                    "unit": one.unit,
                    "where": one.where,
                    "how_read": one.reading,
                    "source": one.source,
                    "published": one.published,
                }


def _table(rows: Iterable[dict[str, Any]]) -> pa.Table:
    """Rows as a table whose columns have their types even where every cell is empty."""
    plain = list(rows)
    if not plain:
        return pa.table({})
    types = {name: kind for kind, names in _KINDS.items() for name in names}
    names = list(dict.fromkeys(name for row in plain for name in row))
    return pa.table({name: _column([row.get(name) for row in plain], types.get(name)) for name in names})


def _column(values: list[Any], kind: Any) -> pa.Array:
    return pa.array(values, kind or (pa.string() if all(v is None for v in values) else None))
