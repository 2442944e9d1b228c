"""The dossier of one hub, or of one good by way of it: everything the store says for and against."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from entrepot import answers
from entrepot.model.answer import Answer
from entrepot.model.commodity import parse_commodity
from entrepot.model.event import events_for
from entrepot.model.period import parse_window
from entrepot.present import rerouting, sentences
from entrepot.present.charts import Chart, lines, spread
from entrepot.present.figure import Missing, Section
from entrepot.reporting._ask import Asked, absent, day, held, line, only, value_column
from entrepot.reporting._rerouting import (
    Unanswered,
    ask,
    due,
    goods_of,
    grain,
    part,
    unanswered,
    warned,
    whole,
)
from entrepot.reporting._spans import direct, leg_held, windows
from entrepot.store import Store

Row = Mapping[str, Any]
_LEGS = {
    "sent": "left by the origin’s books",
    "arrived": "arrived by the hub’s books",
    "onward": "left by the hub’s books",
    "received": "arrived by the destination’s books",
}
_BAND = (
    "The band is the 90 % interval of what was to be expected of the whole window, laid over its months as "
    "the base had them: single months scatter more. Exports are fob, imports cif unless told otherwise; only "
    "goods that lived on both sides are in it."
)


def decision(store: Store, asked: Asked) -> list[Section]:
    """What was found, by which rules, and which benign explanations are left."""
    return _of(store, asked, f"What was found by way of {_hub(asked)}", _decided)


def over_time(store: Store, asked: Asked) -> list[Section]:
    """Both legs month by month, beside what was to be expected."""
    return _of(store, asked, f"By way of {_hub(asked)}, month by month", _legs)


def placebos(store: Store, asked: Asked) -> list[Section]:
    """Where the hub lies among those where nothing was to be rerouted."""
    return _of(store, asked, "Where nothing was rerouted", _placebos)


def _of(store: Store, asked: Asked, heading: str, make: Callable[..., list[Section]]) -> list[Section]:
    """Sections from the study, or why there are none."""
    if not asked.hub:
        return [_open(asked, heading)]
    answer = ask(store, asked, hub=asked.hub, good=asked.good)
    if isinstance(answer, Unanswered):
        return [unanswered(heading, asked, answer)]
    return make(asked, answer, value_column(answer, "rerouted_")[1], heading)


def _hub(asked: Asked) -> str:
    return sentences.name(asked.hub) if asked.hub else "a hub"


def _goods(asked: Asked) -> str:
    return f"HS {asked.good}" if asked.good else asked.goods


# ------------------------------------------------------------------ what was found
def _decided(asked: Asked, answer: Answer, currency: str, heading: str) -> list[Section]:
    rows = [row for row in answer.rows.to_pylist() if row["channel"] == "total"]
    tried, rules = part(answer, "explanations"), part(answer, "rules")
    held_ = [row["rule"] for row in rules.rows.to_pylist() if row["is_met"]]
    unit = currency.lower()
    money = [f"{name}_{unit}" for name in ("base", "actual", "expected", "rerouted", "low_90", "high_90")]
    sections = [
        Section(
            f"{heading}: {_goods(asked)}",
            rerouting.one_hub(rows[0], currency, goods=_goods(asked)),
            whole(answer),
            notes=list(warned(answer)),
            open_table=True,
            shown=["channel", *money, "p_value", "discovered", "false_share", "share_of_loss"],
        ),
        Section(
            "Which tests it passed",
            (f"Of {len(rules.rows)} tests, passed: {'; '.join(held_) or 'none'}.",),
            rules,
            open_table=True,
        ),
        Section(
            "Benign explanations",
            (rerouting.tried(tried.rows.to_pylist()),),
            tried,
            notes=(_UNTRIED,),
            open_table=True,
        ),
    ]
    return sections + ([] if asked.good else _others(answer, currency, asked))


_UNTRIED = "Not tried: stocks built up for the hub’s own use, a new factory, an end user next door."


def _others(answer: Answer, currency: str, asked: Asked) -> list[Section]:
    """What other choices, and rules in use elsewhere, say of it."""
    choices, listed = part(answer, "choices"), part(answer, "lists")
    naming = [row["list"] for row in listed.rows.to_pylist() if asked.hub in row["hubs"].split()]
    told = (
        f"Of {len(listed.rows)} lists, ours and by rules in use elsewhere, {len(naming)} name {_hub(asked)}"
    )
    told += f": {'; '.join(naming)}." if naming else "."
    return [
        Section(
            "What other choices would say",
            (rerouting.choices(choices.rows.to_pylist(), currency),),
            choices,
            open_table=True,
        ),
        Section("Who else would list it", (told,), listed),
    ]


# ------------------------------------------------------------------ month by month
def _legs(asked: Asked, answer: Answer, currency: str, _: str) -> list[Section]:
    first = _leg(asked, answer, currency, ("sent", "arrived"), (asked.origin, asked.hub))
    second = _leg(asked, answer, currency, ("onward", "received"), (asked.hub, asked.destination))
    return [first, second]


def _leg(asked: Asked, answer: Answer, currency: str, names: Sequence[str], ends: tuple[str, str]) -> Section:
    heading = f"From {sentences.name(ends[0])} to {sentences.name(ends[1])}, {_goods(asked)}"
    shown = part(answer, "path", lambda row: row["leg"] in names)
    rows = shown.rows.to_pylist()
    if not rows:
        gaps = (absent(ends[0], "export", ends[1]), absent(ends[1], "import", ends[0]))
        return Section(
            heading, ("Neither side tells of these goods in all of base and window.",), missing=gaps
        )
    total = answer.rows.to_pylist()[0]
    window = sentences.period(answer.question["window"])
    told = [rerouting.entered(total, window, currency)] if "sent" in names else []
    told += [_moved(rows, name, currency) for name in names if any(row["leg"] == name for row in rows)]
    return Section(heading, told, shown, _chart(asked, rows, currency, grain(answer), heading), (_BAND,))


def _chart(asked: Asked, rows: Sequence[Row], currency: str, by: str, heading: str) -> Chart:
    series = []
    for name in dict.fromkeys(row["leg"] for row in rows):
        mine = [row for row in rows if row["leg"] == name]
        series.append(line(_LEGS[name], mine, f"value_{currency.lower()}"))
        series += due(f"expected: {_LEGS[name]}", mine, currency)
    events = events_for(asked.origin, asked.destination) if by == "month" else ()
    return lines(series, f"{currency} a {by}", heading, events, _shaded(rows))


def _shaded(rows: Sequence[Row]) -> list[tuple[date, date, str]]:
    """Base and window."""
    found = []
    for flag, label in (("is_base", "base"), ("is_window", "window")):
        days = [day(row["period"]) for row in rows if row[flag]]
        found += [(min(days), max(days), label)] if days else []
    return found


def _moved(rows: Sequence[Row], name: str, currency: str) -> str:
    return rerouting.leg([row for row in rows if row["leg"] == name], _LEGS[name], currency)


# ------------------------------------------------------------------ placebos
def _placebos(asked: Asked, answer: Answer, currency: str, heading: str) -> list[Section]:
    shown = part(answer, "placebos")
    own, *others = shown.rows.to_pylist()
    calibrated = [row["calibrated_on"] for row in answer.beside["legs"].to_pylist()]
    chart = spread(
        [row["miss"] for row in others], own["miss"], "miss", f"{heading}: {_hub(asked)} among placebos"
    )
    notes = [_MISS, _PLAIN]
    notes += [f"Held against: {words}." for words in dict.fromkeys(calibrated) if words != "not used"]
    return [Section(heading, (rerouting.placebos(own, others, currency),), shown, chart, notes)]


_MISS = "Miss: 0 came as expected, 0.7 about twice as much, −0.7 about half (log of actual over expected)."
_PLAIN = (
    "Expected is here the model’s own figure, as it is for the placebos. The estimate above lays their "
    "misses around it and takes the middle, so that figure may differ."
)


# ------------------------------------------------------------------ both sides, and unit values
def both_sides(store: Store, asked: Asked) -> list[Section]:
    """What left the origin and what arrived at the hub."""
    heading = f"Both sides: what left for {_hub(asked)} and what arrived"
    spans = _periods(store, asked)
    if not asked.hub or spans is None:
        return [_open(asked, heading)]
    sides = zip(_gaps(asked), leg_held(store, _first_leg(asked)), strict=True)
    base, window, currency = spans
    if silent := [gap for gap, told in sides if not any(one.covers(base, window) for one in told)]:
        told = "Both sides are not held over all of base and window: they cannot be compared."
        return [Section(heading, (told,), missing=silent)]
    question = {"origin": asked.origin, "destination": asked.hub, "commodity": goods_of(asked)}
    more = {"base": base, "window": window, "currency": currency, "as_of": asked.as_of}
    answer = held(answers.mirror, store, **question, **more)
    if answer is None:
        return [Section(heading, ("Nothing is held of either side.",), missing=_gaps(asked))]
    row = answer.rows.to_pylist()[0]
    unit = currency.lower()
    shown = [
        f"{name}_{unit}" for name in ("base_export_fob", "base_import_fob", "export_fob", "import_fob", "gap")
    ]
    columns = [*shown, "missing_share", "low_90", "high_90", "margin"]
    said = rerouting.sides(row, currency)
    notes = [text for text in warned(answer) if "not compared" not in text]  # that is said above
    return [Section(heading, said, whole(answer), notes=notes, open_table=True, shown=columns)]


def _gaps(asked: Asked) -> list[Missing]:
    return [absent(asked.origin, "export", asked.hub), absent(asked.hub, "import", asked.origin)]


def _first_leg(asked: Asked) -> Asked:
    return replace(asked, commodity=goods_of(asked), destination=asked.hub)


def _periods(store: Store, asked: Asked) -> tuple[str, str, str] | None:
    """Base, window and currency, as the study takes them first."""
    for one in direct(store, asked):
        return (*windows(asked, one.first, one.last, one.by), one.currency)
    return None


def _open(asked: Asked, heading: str) -> Section:
    if not asked.hub:
        return Section(heading, ("Name a country in between: the hubs page lists them.",))
    gap = absent(asked.origin, "export", asked.destination)
    return Section(heading, ("No direct trade is held to tell periods from.",), missing=(gap,))


def unit_values(store: Store, asked: Asked) -> list[Section]:
    """Price and volume of what left for the hub; of one code also its unit value over time."""
    heading = f"Price and volume of what left for {_hub(asked)}, {_goods(asked)}"
    spans = _periods(store, asked)
    if not asked.hub or spans is None:
        return [_open(asked, heading)]
    goods = goods_of(asked)
    if not any(one.is_weighed for one in leg_held(store, _first_leg(asked))[0]):
        return [Section(heading, ("No weight or quantity of it is held.",), missing=(_WEIGHTS,))]
    return [_split(store, asked, heading, goods, spans), *_unit_values(store, asked, goods, spans)]


def _split(store: Store, asked: Asked, heading: str, goods: str, spans: tuple[str, str, str]) -> Section:
    question = {"reporter": asked.origin, "partner": asked.hub, "commodity": goods, "as_of": asked.as_of}
    found = held(answers.prices, store, base=spans[0], window=spans[1], **question)
    if found is None:
        return Section(heading, ("Nothing is held of it.",), missing=_gaps(asked)[:1])
    row = found.rows.to_pylist()[-1]
    columns = ["commodity", *_INDICES]
    return Section(
        heading,
        (rerouting.split(row),),
        whole(found),
        notes=() if len(found.warnings) > _MOST_TOLD else list(warned(found)),
        missing=(_WEIGHTS,) if row["undetermined"] else (),
        shown=columns,
    )


_MOST_TOLD = 6
_INDICES = ("value_ratio", "price_index", "price_low", "price_high", "volume_index", "matched_share")
_WEIGHTS = Missing(
    "net weights or quantities of these exports", "entrepot add FILE   # with weights, by product"
)


def _unit_values(store: Store, asked: Asked, goods: str, spans: tuple[str, str, str]) -> list[Section]:
    """Of one code: value over quantity, month by month, where a quantity is told."""
    if len(parse_commodity(goods).codes) != 1:
        return []
    found = held(
        answers.unit_values,
        store,
        reporter=asked.origin,
        partner=asked.hub,
        commodity=goods,
        as_of=asked.as_of,
    )
    rows = [] if found is None else [row for row in found.rows.to_pylist() if row["unit_value"] is not None]
    if found is None or not rows:
        return []
    unit = f"{rows[0]['currency']} for one {rows[0]['quantity_unit']}"
    mine = only(found.rows, quantity_unit=rows[0]["quantity_unit"])
    heading = f"Unit value of what left for {_hub(asked)}, {_goods(asked)}"
    shaded = [
        (one.first, one.last, name)
        for one, name in zip(map(parse_window, spans[:2]), ("base", "window"), strict=True)
    ]
    chart = lines([line("unit value", mine, "unit_value")], unit, heading, (), shaded)
    return [Section(heading, (rerouting.unit_value(mine, unit),), whole(found), chart, list(warned(found)))]


# ------------------------------------------------------------------ what it does not say
def limits(store: Store, asked: Asked) -> list[Section]:
    """What no figure here says."""
    return [Section("What this does not say", rerouting.NOT_SAID)]
