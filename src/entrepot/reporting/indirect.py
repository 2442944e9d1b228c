"""Direct and indirect trade side by side: in one sentence, month by month with an interval, and on a map."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from entrepot import answers
from entrepot.measures.discovery import RATE
from entrepot.model.event import events_for
from entrepot.present import rerouting, sentences
from entrepot.present.charts import Line, lines, paths
from entrepot.present.figure import Section
from entrepot.reporting._ask import Asked, absent, held, line, only, value_column
from entrepot.reporting._rerouting import Unanswered, ask, due, grain, part, unanswered, warned
from entrepot.reporting._spans import direct, windows
from entrepot.reporting.pair import countries_between, hubs
from entrepot.store import Store

_MOST_DRAWN = 8
_BAND = (
    "Goods that lived on both sides, to the hubs counted in the estimate. The band is the 90 % interval of "
    "what was to be expected of the whole window, laid over its months: single months scatter more. The "
    "direct line is over all codes."
)
_MAP = (
    "Lines join capitals, not ports or roads. What entered a country in between may have been used there: "
    "the second leg, where its exporter tells it, is all that left it, of whatever origin; told in another "
    "currency it is written and has no width."
)


# ------------------------------------------------------------------ over time
def together(store: Store, asked: Asked) -> list[Section]:
    """Direct trade and what left for hubs, beside what was to be expected of them."""
    heading = f"Directly and by way of others, {asked.goods}"
    answer = ask(store, asked)
    if isinstance(answer, Unanswered):
        return [unanswered(heading, asked, answer)]
    currency = value_column(answer, "rerouted_")[1]
    rows = [row for row in answer.rows.to_pylist() if row["channel"] == "total"]
    shown = part(answer, "path")
    chart = None
    if len(shown.rows):
        by = grain(answer)
        events = events_for(asked.origin, asked.destination) if by == "month" else ()
        series = [*_direct(store, asked, currency, by), *_by_way(shown.rows.to_pylist(), currency)]
        chart = lines(series, f"{currency} a {by}", heading, events)
    return [Section(heading, rerouting.found(rows, currency, RATE), shown, chart, (_BAND, *warned(answer)))]


def _direct(store: Store, asked: Asked, currency: str, by: str) -> Iterator[Line]:
    question = {"reporter": asked.origin, "partner": asked.destination, "commodity": asked.commodity}
    told = held(answers.flows, store, **question, by=by, currency=currency, as_of=asked.as_of)
    if told is not None:
        column, _ = value_column(told)
        yield line(f"directly to {sentences.name(asked.destination)}", told.rows.to_pylist(), column)


def _by_way(rows: Sequence[dict[str, Any]], currency: str) -> Iterator[Line]:
    count = len(rows[0]["partner"].split("+"))
    yield line(f"to {count} hub{'s' * (count > 1)}", rows, f"value_{currency.lower()}")
    yield from due("to them, as expected", rows, currency)


# ------------------------------------------------------------------ on a map
def ways(store: Store, asked: Asked) -> list[Section]:
    """The legs by way of each country in between, in the window."""
    heading = f"From {sentences.name(asked.origin)} to {sentences.name(asked.destination)} by way of others"
    told = next(iter(direct(store, asked)), None)
    on_the_way = countries_between(asked)
    if told is None or not on_the_way:
        return []
    base, window = windows(asked, told.first, told.last, told.by)
    if base == window:
        return [Section(heading, (f"Only {base} is held: there are no two periods to compare.",))]
    question = {"commodity": asked.commodity, "base": base, "window": window, "as_of": asked.as_of}
    first = held(answers.direct, store, origin=asked.origin, destination=",".join(on_the_way), **question)
    if first is None:
        gaps = tuple(absent(asked.origin, "export", one) for one in hubs(asked)[: None if asked.via else 1])
        spans = f"{sentences.period(base)} and in {sentences.period(window)}"
        whose = f"{sentences.name(asked.origin)} ({asked.goods})"
        said = f"Exports of {whose} to countries in between are not held in {spans}."
        return [Section(heading, (said,), missing=gaps)]
    column, currency = value_column(first, "window_value_")
    rows = [row for row in first.rows.to_pylist() if row["role"] == "destination"]
    rows = sorted(rows, key=lambda row: -(row[column] or 0))[:_MOST_DRAWN]
    onward = {row["destination"]: _onward(store, asked, row["destination"], question) for row in rows}
    drawn = [_way(row, row[column], onward[row["destination"]], currency) for row in rows]
    chart = paths(asked.origin, asked.destination, drawn, currency, heading)
    lead = ", ".join(f"{row['name']} ({row['label']})" for row in drawn[:4])
    when = sentences.period(str(first.question["window"]))
    sentence = f"In {when}, {sentences.name(asked.origin)} reported most to {lead}."
    apt = [text for text in first.warnings if "base" not in text]  # the base is not in the picture
    return [Section(heading, (sentence,), replace(first, warnings=apt), chart, (_MAP,))]


def _onward(store: Store, asked: Asked, hub: str, question: dict[str, Any]) -> tuple[Any, str]:
    """What the hub reports to have exported to the destination, and the currency it tells it in."""
    told = held(answers.direct, store, origin=hub, destination=asked.destination, **question)
    if told is None:
        return None, ""
    column, currency = value_column(told, "window_value_")
    return only(told.rows, destination=asked.destination)[0][column], currency


def _way(row: dict[str, Any], first: float | None, onward: tuple[Any, str], currency: str) -> dict[str, Any]:
    hub, (second, told_in) = row["destination"], onward
    label = sentences.money(first, currency)
    if second is not None:
        label += f", on: {sentences.money(second, told_in)}"
    drawn = second if told_in == currency else None  # widths are of one currency
    return {"hub": hub, "name": sentences.name(hub), "first": first, "second": drawn, "label": label}
