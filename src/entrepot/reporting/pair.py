"""What goes from one origin to one destination, whatever the store holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from entrepot import answers
from entrepot.measures.dip import dip
from entrepot.model.answer import Answer
from entrepot.model.area import group, is_group
from entrepot.model.event import Event, events_for
from entrepot.present import sentences
from entrepot.present.charts import lines
from entrepot.present.figure import Missing, Section
from entrepot.reporting._ask import (
    Asked,
    absent,
    as_table,
    by_code,
    day,
    held,
    line,
    not_drawn,
    until,
    value_column,
)
from entrepot.reporting.coverage import is_statistics
from entrepot.store import Store

HUBS = ("eu-neighbours-6", "central-asia", "CCA3", "EAEU")
_SERIES = {"reporter": "string", "partner": "string", "period": "date", "value": "float64"}


def hubs(asked: Asked) -> tuple[str, ...]:
    """The groups of countries to look at, in order: as asked, or those that hold neither end."""
    if asked.via:
        return tuple(asked.via.split(","))
    ends = {asked.origin, asked.destination}
    return tuple(one for one in HUBS if not ends & {member.code for member in group(one).members})


def direct_trade(store: Store, asked: Asked) -> Section:
    """What the origin reports to have sold to the destination, month by month, else year by year."""
    heading = (
        f"{sentences.possessive(asked.origin)} exports to {sentences.name(asked.destination)}, {asked.goods}"
    )
    question = _question(asked, reporter=asked.origin, partner=asked.destination, flow="export")
    monthly = held(answers.flows, store, by="month", **question)
    answer = monthly or held(answers.flows, store, by="year", **question)
    if answer is None:
        gap = absent(asked.origin, "export", asked.destination)
        ends = f"{sentences.name(asked.origin)} to {sentences.name(asked.destination)}"
        why = f"The store holds no exports of {ends} ({asked.goods}){until(asked)}."
        return Section(heading, (why, *by_code(asked)), missing=(gap,))
    column, currency = value_column(answer)
    rows = answer.rows.to_pylist()
    events = events_for(asked.origin, asked.destination)
    shown = line(f"exports reported by {sentences.name(asked.origin)}", rows, column)
    grain = "month" if monthly else "year"
    chart = lines([shown], f"{currency} a {grain}", f"{heading}, by {grain}", events if monthly else ())
    told = _told(store, rows, column, currency, events if monthly else ())
    return Section(heading, told, answer, chart, not_drawn(answer))


def _question(asked: Asked, **more: Any) -> dict[str, Any]:
    return {"commodity": asked.commodity, "as_of": asked.as_of, **more}


def _told(
    store: Store, rows: Sequence[dict[str, Any]], column: str, currency: str, events: Sequence[Event]
) -> list[str]:
    """The dip after the first event where the months around it are held, else the two ends."""
    for event in events[:1]:
        series = [row | {"value": row[column]} for row in rows if row[column] is not None]
        found = store.run(dip(as_table(series, _SERIES), event.date)).to_pylist() if series else []
        if found:
            return [sentences.dip({k: _dated(v) for k, v in found[0].items()}, currency)]
    return [sentences.ends([row | {"period": day(row["period"])} for row in rows], column, currency)]


def _dated(value: Any) -> Any:
    return day(value) if isinstance(value, date) else value


def other_side(store: Store, asked: Asked) -> Section | None:
    """What the destination reports to have bought, where it reports."""
    question = _question(asked, reporter=asked.destination, partner=asked.origin, flow="import")
    answer = held(answers.flows, store, by="month", **question)
    if answer is None:
        return None
    column, currency = value_column(answer)
    rows = answer.rows.to_pylist()
    heading = f"The other side: imports reported by {sentences.name(asked.destination)}"
    chart = lines([line(heading, rows, column)], f"{currency} a month", heading)
    note = "Imports are cif and by origin, exports fob and by destination: the two sides need not agree."
    told = sentences.ends([row | {"period": day(row["period"])} for row in rows], column, currency)
    return Section(heading, (told,), answer, chart, (note,))


def coverage(store: Store, asked: Asked) -> Section:
    """What is held of the countries the report is about, and what is not."""
    heading = "What is held, and what is missing"
    answer = held(answers.status, store, as_of=asked.as_of)
    if answer is None:
        gap = Missing("any statistics", "entrepot add FILE...")
        return Section(heading, ("The store holds nothing yet.",), missing=(gap,))
    looked_at = {asked.origin, asked.destination, *countries_between(asked)}
    mask = [row["reporter"] in looked_at and is_statistics(row) for row in answer.rows.to_pylist()]
    rows = answer.rows.filter(mask)
    used = set(rows["source"].to_pylist())
    shots = [shot for shot in answer.snapshots if shot.source in used]
    kept = Answer(answer.question, rows, shots, answer.queries, answer.warnings)
    reporting = set(rows["reporter"].to_pylist())
    told = f"Of {len(looked_at)} countries this report looks at, {len(reporting)} are held as reporters."
    return Section(
        heading, (told,), kept if len(kept.rows) else None, missing=_gaps(kept, asked), open_table=True
    )


def countries_between(asked: Asked) -> list[str]:
    """The countries to look at one by one: those asked for, or the members of the first group."""
    chosen = hubs(asked) if asked.via else hubs(asked)[:1]
    return list(dict.fromkeys(code for one in chosen for code in members(one)))


def members(via: str) -> tuple[str, ...]:
    """The countries of a group, or the country itself."""
    return tuple(member.code for member in group(via).members) if is_group(via) else (via,)


def _gaps(held_: Answer, asked: Asked) -> list[Missing]:
    wanted = [(asked.destination, "import", asked.origin)]
    wanted += [(hub, "import", asked.origin) for hub in countries_between(asked)]
    wanted += [(hub, "export", asked.destination) for hub in countries_between(asked)]
    wanted = [(asked.origin, "export", asked.destination), *wanted]
    known = {(row["reporter"], row["flow"]) for row in held_.rows.to_pylist()}
    return [absent(*one) for one in wanted if one[:2] not in known]
