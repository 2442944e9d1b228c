"""Sections on the countries in between: what they gained while the destination lost, and in which goods."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from entrepot import answers
from entrepot.measures.cells import Selection, cells
from entrepot.measures.goods import moved
from entrepot.measures.offset import offset
from entrepot.model.answer import Answer
from entrepot.model.area import is_group
from entrepot.model.chapter import chapter_name
from entrepot.model.commodity import Basket, parse_commodity
from entrepot.model.event import events_for
from entrepot.model.flow import Flow
from entrepot.model.period import Window, parse_window
from entrepot.present import sentences
from entrepot.present.charts import bars, columns, lines
from entrepot.present.figure import Section
from entrepot.reporting._ask import (
    Asked,
    absent,
    as_table,
    day,
    held,
    line,
    measured,
    not_drawn,
    only,
    until,
    value_column,
)
from entrepot.reporting._spans import windows
from entrepot.reporting.pair import members
from entrepot.store import Store

if TYPE_CHECKING:
    from ibis.expr.types import Table

_GROWN = dict.fromkeys(("origin", "destination"), "string") | dict.fromkeys(
    ("base_value", "window_value", "born_share", "died_share"), "float64"
)
_MOST_GOODS = 10
_LABEL = 34


def neighbours(
    store: Store, asked: Asked, groups: Sequence[str], baskets: Sequence[str] = ()
) -> list[Section]:
    """Sections on each of the groups asked for to which exports of the origin are held; else on the first.

    baskets: the same goods counted in several ways (all codes, codes alive on both sides); the range over
    them is printed. Default: the commodity asked for alone, whose naive and spliced figures are compared.
    """
    found: list[Section] = []
    absent_ones = []
    for via in groups:
        shown = _over_time(store, asked, via)
        if shown is None:
            absent_ones.append(via)
        else:
            found += _sections(store, asked, via, shown, baskets or (asked.commodity,))
        if found and not asked.via:
            return found
    return [*found, *_not_held(asked, absent_ones if asked.via else absent_ones[:1])]


def _not_held(asked: Asked, groups: Sequence[str]) -> list[Section]:
    if not groups:
        return []
    gaps = [absent(asked.origin, "export", one) for one in groups]
    places = ", ".join(sentences.name(one) for one in groups)
    whose = f"{sentences.name(asked.origin)} ({asked.goods})"
    told = f"The store holds no exports of {whose} to {places}{until(asked)}."
    return [Section("By way of others", (told,), missing=gaps)]


def _sections(store: Store, asked: Asked, via: str, shown: Answer, baskets: Sequence[str]) -> list[Section]:
    spans = _windows(asked, shown)
    compared = [found for one in baskets if (found := _compared(store, asked, via, spans, one))]
    parts = [
        _together(store, asked, via, shown, compared),
        _one_by_one(asked, via, compared),
        _goods(store, asked, via, spans, shown),
    ]
    return [part for part in parts if part]


def _over_time(store: Store, asked: Asked, via: str) -> Answer | None:
    """Exports to the destination and to the group, by month or else by year, if the group's are held."""
    partners = f"{asked.destination},{via}"
    for by in ("month", "year"):
        found = held(
            answers.flows,
            store,
            reporter=asked.origin,
            partner=partners,
            commodity=asked.commodity,
            by=by,
            as_of=asked.as_of,
        )
        if found and only(found.rows, partner=via):
            return found
    return None


def _windows(asked: Asked, shown: Answer) -> tuple[str, str]:
    held_ = [day(value) for value in shown.rows["period"].to_pylist()]
    return windows(asked, min(held_), max(held_), shown.question["by"])


def _compared(
    store: Store, asked: Asked, via: str, windows: tuple[str, str], commodity: str
) -> Answer | None:
    """Base and window for the destination, the group, and each country of it."""
    if windows[0] == windows[1]:
        return None
    places = ",".join(dict.fromkeys((asked.destination, via, *members(via))))
    return held(
        answers.direct,
        store,
        origin=asked.origin,
        destination=places,
        commodity=commodity,
        base=windows[0],
        window=windows[1],
        as_of=asked.as_of,
    )


def _together(store: Store, asked: Asked, via: str, shown: Answer, compared: Sequence[Answer]) -> Section:
    """The destination and the group over time, and the rise of the one against the fall of the other."""
    column, currency = value_column(shown)
    pair = (asked.destination, via)
    both = f"{sentences.name(asked.destination)} and {sentences.name(via)}"
    heading = f"{sentences.possessive(asked.origin)} exports to {both}, {asked.goods}"
    series = [line(_label(one), only(shown.rows, partner=one), column) for one in pair]
    events = events_for(asked.origin, asked.destination) if shown.question["by"] == "month" else ()
    chart = lines(series, f"{currency} a {shown.question['by']}", heading, events)
    made = [store.run(offset(_grown(one), *pair)).to_pylist() for one in compared]
    rows = [row for one in made for row in one]
    alike = bool(rows) and all(_comparable(one, pair) for one in compared)
    told = sentences.offset(rows, currency, _spelt(compared[0]), *pair) if alike else [_NEITHER]
    listed = ", ".join(sentences.name(one) for one in members(via))
    whom = (f"{_label(via)}: {listed}.",) if is_group(via) else ()
    return Section(heading, told, shown, chart, (*whom, *not_drawn(shown), sentences.RANGE))


_NEITHER = "The store does not hold the same months of a base and of a window to compare."


def _comparable(answer: Answer, places: Sequence[str]) -> bool:
    """Whether each place has a change: figures of both periods for the same number of months."""
    rows = [row for row in answer.rows.to_pylist() if row["destination"] in places]
    return len(rows) == len(places) and all(row["change"] is not None for row in rows)


def _label(code: str) -> str:
    text = sentences.name(code)
    return text[:1].upper() + text[1:]


def _grown(answer: Answer) -> Table:
    """Growth rows without the currency in the names: what another measure reads."""
    base, _ = value_column(answer, "base_value_")
    window = base.replace("base_", "window_")
    rows = [row | {"base_value": row[base], "window_value": row[window]} for row in answer.rows.to_pylist()]
    return as_table(rows, _GROWN)


def _spelt(compared: Answer) -> tuple[str, str]:
    """Base and window for a sentence, as `direct` compared them."""
    base, window = (sentences.period(str(compared.question[name])) for name in ("base", "window"))
    return base, window


def _one_by_one(asked: Asked, via: str, compared: Sequence[Answer]) -> Section | None:
    """Base and window for each country of the group, with the range of its change over the baskets."""
    if not compared or not is_group(via):
        return None
    answer, countries = compared[0], members(via)
    base, currency = value_column(answer, "base_value_")
    window = base.replace("base_", "window_")
    rows = [r for r in answer.rows.to_pylist() if r["destination"] in countries and r["change"] is not None]
    if not rows:
        return None
    rows = sorted(rows, key=lambda row: -(row[window] or 0))
    drawn = [
        {
            "name": sentences.name(row["destination"]),
            "base": row[base],
            "window": row[window],
            "label": sentences.span(*_range(compared, row["destination"])),
        }
        for row in rows
    ]
    spelt = _spelt(answer)
    chart = bars(
        drawn, currency, f"Exports of {sentences.name(asked.origin)}, {spelt[0]} and {spelt[1]}", spelt
    )
    return Section(
        "Neighbour by neighbour", [sentences.steepest(drawn, spelt)], answer, chart, (sentences.RANGE,)
    )


def _range(compared: Iterable[Answer], place: str) -> tuple[float | None, float | None]:
    """The smallest and the largest change of one country over the ways of counting."""
    rows = [row for one in compared for row in only(one.rows, destination=place)]
    ends = [row[key] for row in rows for key in ("change", "change_spliced") if row[key] is not None]
    return (min(ends), max(ends)) if ends else (None, None)


def _goods(store: Store, asked: Asked, via: str, spans: tuple[str, str], shown: Answer) -> Section | None:
    """Which chapters the neighbours gained in, where the goods asked for span more than one."""
    basket = _by_chapter(asked.commodity)
    if basket is None or not is_group(via):
        return None
    wanted = Selection((asked.origin,), (asked.destination, *members(via)), Flow.EXPORT, basket)
    chosen = cells(store.flows(asked.as_of), wanted)
    frequency = "M" if shown.question["by"] == "month" else "A"
    chosen = chosen.filter(chosen.frequency == frequency).mutate(good=chosen.commodity.substr(0, 2))
    return goods_section(store, asked, members(via), spans, chosen)


def _by_chapter(commodity: str) -> Basket | None:
    """The basket, all chapters for all goods, or None where it lies inside one chapter."""
    basket = parse_commodity(commodity if commodity.upper() not in ("TOTAL", "ALL") else "01-97")
    chapters = {code[:2] for code in basket.codes if code.isdigit()}
    return basket if len(chapters) > 1 else None


def goods_section(
    store: Store, asked: Asked, countries: Sequence[str], windows: tuple[str, str], chosen: Table
) -> Section | None:
    """The goods that rose most at the neighbours, beside their fall. chosen: see measures.goods."""
    base, window = _same_months(*windows)
    measure = moved(chosen, base, window, asked.destination, countries)
    question = {
        "command": "goods moved",
        "origin": asked.origin,
        "losing": asked.destination,
        "gaining": countries,
        "commodity": asked.commodity,
        "base": str(base),
        "window": str(window),
        "as_of": asked.as_of,
    }
    answer = _behind(store, measured(store, measure, question), asked.as_of)
    rows = [row for row in answer.rows.to_pylist() if row["rise"] > 0][:_MOST_GOODS]
    if not rows:
        return None
    currency = rows[0]["currency"]
    drawn = [_bar(row["good"], row["rise"], currency) for row in rows]
    heading = "Which goods rose most at the neighbours"
    chart = columns(drawn, f"{currency}, rise", heading)
    note = f"{sentences.period(str(base))} to {sentences.period(str(window))}, by value, over all codes held."
    caution = "Codes born between the periods count as a rise, and prices move it too."
    return Section(heading, [sentences.goods(drawn)], answer, chart, (note, caution))


def _bar(chapter: str, rise: float, currency: str) -> dict[str, Any]:
    name = chapter_name(chapter)
    short = name if len(name) <= _LABEL else name[:_LABEL].rpartition(" ")[0].rstrip(",") + " …"
    return {"name": short, "full": name, "value": rise, "label": sentences.money(rise, currency)}


def _same_months(base: str, window: str) -> tuple[Window, Window]:
    """The base cut to the calendar months of the window where it is a whole year and the window is not."""
    before, after = parse_window(base), parse_window(window)
    if before.years and not after.years and after.first.year == after.last.year:
        year = before.first.year
        return Window(after.first.replace(year=year), after.last.replace(year=year)), after
    return before, after


def _behind(store: Store, answer: Answer, as_of: date | None) -> Answer:
    used = {word for text in answer.rows["snapshots"].to_pylist() for word in (text or "").split()}
    shots = [shot for shot in store.snapshots(as_of) if shot.snapshot in used]
    return Answer(answer.question, answer.rows, shots, answer.queries, answer.warnings)
