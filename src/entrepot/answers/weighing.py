"""What the readings of all dimensions say of one area towards another on a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from entrepot.answers import _posture_tables as tables
from entrepot.answers._posture_asked import Asked
from entrepot.answers._posture_readings import Told, read
from entrepot.answers._posture_text import cautions, sentence
from entrepot.answers.roll_calls import told_twice
from entrepot.errors import UsageError
from entrepot.measures.verdict import RULE
from entrepot.model.answer import Answer
from entrepot.model.area import resolve, resolve_many
from entrepot.model.event import Event, events_for, the_event
from entrepot.model.period import parse_date
from entrepot.model.posture import assumed, hubs_of
from entrepot.model.provenance import DOCUMENTS, Cited
from entrepot.store import Store

_NOTES = {
    "value": "tanh of the distance from what is usual over twice its spread: +1 toward, -1 away; "
    "empty: a text gives one end only",
    "low_90": "the reading lies between low_90 and high_90 with 90 %; toward if above 0, away if below",
    "usual": "what the same figure does where nothing happened: of other partners, or of earlier windows",
    "spread": "how much it varies there, seen and declared together (postures/dimensions.toml)",
    "witness_weight": "one over the readings of the same source, within deeds and within words",
    "is_moved": "whether a reading told on both days is another word; empty: a day does not tell, see move",
    "verdict_without_texts": "of statistics and lists of acts alone: no figure that a text prints is read",
    "is_proxy": "stands for the dimension; a proxy alone makes no support",
    "is_later_vintage": "published after the day asked for, and cut to what was past on it",
    "tips_at": "the nearest reading above, or below, that gives another verdict, as uncertain as now",
    "rule": "; ".join(f"{name}: {when}" for name, when in RULE),
}


def posture(
    store: Store,
    *,
    actor: str,
    partner: str,
    event: str = "",
    via: str = "",
    compare: str = "",
    also: str = "",
    assume: Sequence[str] = (),
    strict: bool = False,
    without_texts: bool = False,
    as_of: date | None = None,
) -> Answer:
    """How an area's deeds and words towards another moved after an event, and the verdict they come to.

    event: a key of sanctions/events.toml, or a date; empty takes the first that concerns the two. via:
    the countries through which goods may go on; empty takes those listed for the partner. compare: other
    areas towards the same partner. also: another day to ask of. assume: readings of the actor, not of
    others, to put in place (energy:+1). strict: leave out vintages published after the day, even of
    months that were past. without_texts: leave out figures that texts print; the verdict without them is
    told in any case. One row per dimension; beside them: verdict, left_out, tips, candidates, printed,
    then_and_now, compared. What is not told has the file that would settle it. Raises UsageError.
    """
    ends = resolve(actor), resolve(partner)
    if ends[0] == ends[1]:
        raise UsageError(f"{ends[0]} towards itself is not a question. Name two areas.")
    what, hubs = _chosen(event, ends), _hubs(via, ends)
    days = _days(as_of, also)
    put, event_month = dict(map(assumed, assume)), what.date.replace(day=1)
    held = store.leaving_out(DOCUMENTS) if without_texts else store

    def at(who: str, day: date | None) -> Told:
        on = tuple(h for h in hubs if h != who)
        asked = Asked(who, ends[1], on, event_month, day, strict, not without_texts)
        return read(held, asked, put if who == ends[0] else {})

    by_day = [at(ends[0], day) for day in days]
    told = by_day[days.index(as_of)]
    others = [at(one, as_of) for one in _others(compare, ends)]
    question = {
        "command": "posture",
        "actor": ends[0],
        "partner": ends[1],
        "event": what.key,
        "date": what.date,
        "via": list(hubs),
        "compare": [one.asked.actor for one in others],
        "also": also or None,
        "assume": [f"{key}:{value:+g}" for key, value in put.items()],
        "strict": strict,
        "without_texts": without_texts,
        "as_of": as_of,
        "later_vintages": sum(line.read.later for one in (*by_day, *others) for line in one.lines),
        "verdict": told.verdict.name,
        "verdict_without_texts": told.alone.name,
        "texts": list(told.of_texts),
        "sentence": "\n".join(sentence(one) for one in (*by_day, *others)),
    }
    shots = _behind(store, (*by_day, *others))
    return Answer(
        question,
        tables.rows(told),
        shots,
        told.queries,
        [*cautions(by_day), *told_twice(shots)],
        _NOTES,
        tables.beside(told, by_day, others),
        brief=tables.BRIEF,
        unscaled=tables.UNSCALED,
        in_files=("candidates", "printed"),
        cited=_cited((*by_day, *others)),
    )


def _chosen(text: str, ends: tuple[str, str]) -> Event:
    if text:
        return the_event(text.strip())
    found = events_for(*ends)
    if not found:
        raise UsageError(
            f"no event is recorded that concerns {' and '.join(ends)}. Name one, or a date: --event 2022-02."
        )
    return next((one for one in found if one.key == "invasion"), found[0])


def _days(as_of: date | None, also: str) -> list[date | None]:
    if not also:
        return [as_of]
    if as_of is None:
        raise UsageError("a second day needs a first: give it with --as-of.")
    return [*sorted({as_of, parse_date(also)})]


def _hubs(via: str, ends: tuple[str, str]) -> tuple[str, ...]:
    named = resolve_many(via) if via else hubs_of(ends[1])
    return tuple(one for one in named if one not in ends)


def _others(compare: str, ends: tuple[str, str]) -> tuple[str, ...]:
    return tuple(one for one in (resolve_many(compare) if compare else ()) if one not in ends)


def _cited(told: Sequence[Told]) -> list[Cited]:
    """The texts and lists behind all that is told, each once."""
    found: dict[tuple[str, date | None], Cited] = {}
    for key, one in (pair for each in told for pair in each.cited):
        known = found.get((one.name, one.published), one)
        found[one.name, one.published] = replace(
            one,
            citations=tuple(dict.fromkeys((*known.citations, *one.citations))),
            used_for=tuple(dict.fromkeys((*known.used_for, key))),
        )
    return list(found.values())


def _behind(store: Store, told: Sequence[Told]) -> list[Any]:
    used = {one for each in told for line in each.lines for one in line.read.snapshots}
    return [shot for shot in store.snapshots() if shot.snapshot in used]
