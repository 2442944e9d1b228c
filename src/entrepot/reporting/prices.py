"""The page on prices: how much of a change in value is price and how much volume, and what a tonne costs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from entrepot import answers
from entrepot.model.answer import Answer
from entrepot.model.chapter import chapter_name
from entrepot.model.event import events_for
from entrepot.model.period import Window
from entrepot.present import sentences
from entrepot.present.charts import Line, intervals, lines
from entrepot.present.figure import Missing, Section
from entrepot.reporting._ask import Asked, absent, day, held
from entrepot.store import Store

_MOST_LINES = 6
_WAYS = (  # who reports, with whom, flow: the first that is held
    ("origin", "destination", "export"),
    ("destination", "origin", "import"),
    ("origin", "destination", "import"),
    ("destination", "origin", "export"),
)


def split(store: Store, asked: Asked) -> list[Section]:
    """The change in value from a base to a window, split into price and volume."""
    heading = f"Value, price and volume, {asked.goods}"
    if asked.commodity.upper() in ("TOTAL", "ALL", ""):
        told = "Price and volume are told of goods that have a quantity, not of all goods together."
        return [Section(heading, (told,), missing=(_GOODS,))]
    found = _months(store, asked)
    if found is None:
        return [Section(heading, (_none(asked),), missing=_absent(asked))]
    spans = _spans(asked, found)
    answer = (
        held(answers.prices, store, **_question(found), base=spans[0], window=spans[1]) if spans else None
    )
    if answer is None:
        told = f"Of {_whose(found)} {_ends(found)} is held: no base and window to compare."
        return [Section(heading, (told,), missing=_absent(asked)[:1])]
    return [_split(answer, f"{heading}: {_whose(found)}", _other_way(asked, found))]


_GOODS = Missing("goods to ask about", "entrepot prices --commodity 2709 ...   # codes, or a list")


def _months(store: Store, asked: Asked) -> Answer | None:
    """Unit values of the first of the four sides of the pair that is held, by month or else by year."""
    for who, whom, flow in _WAYS:
        question = {"reporter": getattr(asked, who), "partner": getattr(asked, whom), "flow": flow}
        question |= {"commodity": asked.commodity, "as_of": asked.as_of}
        for by in ("month", "year"):
            found = held(answers.unit_values, store, by=by, **question)
            if found is not None:
                return found
    return None


def _question(found: Answer) -> dict[str, Any]:
    """What was found to be held, as a question of its own."""
    asked = found.question
    ends = {key: ",".join(asked[key]) for key in ("reporter", "partner")}
    return ends | {key: asked[key] for key in ("flow", "commodity", "as_of")}


def _whose(found: Answer) -> str:
    asked = _question(found)
    way = "to" if asked["flow"] == "export" else "from"
    return f"{asked['flow']}s of {sentences.name(asked['reporter'])} {way} {sentences.name(asked['partner'])}"


def _none(asked: Asked) -> str:
    pair = f"{sentences.name(asked.origin)} and {sentences.name(asked.destination)}"
    return f"Neither exports nor imports of {asked.goods} with a quantity are held between {pair}."


def _absent(asked: Asked) -> list[Missing]:
    out = absent(asked.origin, "export", asked.destination)
    return [out, absent(asked.destination, "import", asked.origin)]


def _other_way(asked: Asked, found: Answer) -> tuple[str, ...]:
    """That the goods go the other way, where they do."""
    question = _question(found)
    sends = question["reporter"] if question["flow"] == "export" else question["partner"]
    if sends == asked.origin:
        return ()
    ways = f"{sentences.name(asked.origin)} to {sentences.name(asked.destination)}"
    return (f"From {ways} none are held: these goods go the other way.",)


def _spans(asked: Asked, found: Answer) -> tuple[str, str] | None:
    """As asked; else the year before the first event that concerns the two, and what follows it."""
    days = sorted({day(one) for one in found.rows["period"].to_pylist()})
    years = sorted({one.year for one in days})
    ends = (*events_for(asked.origin, asked.destination), *events_for(asked.destination, asked.origin))
    after = [one.date.year for one in ends if years[0] < one.date.year <= years[-1]]
    turn = min(after, default=years[-1])
    if asked.base and asked.window:
        return asked.base, asked.window
    before = [year for year in years if year < turn]
    if not before:
        return None
    return asked.base or str(before[-1]), asked.window or _window(turn, days, found)


def _window(year: int, days: Sequence[date], found: Answer) -> str:
    """A year, or the months of it that are held."""
    months = [one for one in days if one.year == year]
    if found.question["by"] == "year" or len(months) == 12:
        return str(year)
    return f"{months[0]:%Y-%m}:{months[-1]:%Y-%m}"


def _ends(found: Answer) -> str:
    days = sorted({day(one) for one in found.rows["period"].to_pylist()})
    return f"{days[0]:%Y-%m} to {days[-1]:%Y-%m}"


# ------------------------------------------------------------ the split
def _split(answer: Answer, heading: str, notes: Sequence[str]) -> Section:
    rows = _whole_first(answer)
    spans = (str(answer.question["base"]), str(answer.question["window"]))
    value = next(name for name in answer.rows.column_names if name.startswith("base_value_"))
    currency = value.removeprefix("base_value_").upper()
    drawn = [bar for row in rows[:_MOST_LINES] for bar in _bars(row)]
    chart = intervals(drawn, "%", f"{heading}: changes from {spans[0]} to {spans[1]}")
    return Section(
        f"{heading}, {spans[0]} to {spans[1]}",
        [_told(row, currency, spans) for row in rows[:_MOST_LINES]],
        answer,
        chart,
        (*notes, _HOW),
        shown=(
            *("commodity", value, value.replace("base", "window"), "value_ratio", "price_index", "price_low"),
            *("price_high", "volume_index", "volume_low", "volume_high", "unmatched", "matched_share"),
            *("is_unit_value", "undetermined", "quantity_unit", "base_months", "window_months"),
        ),
        open_table=True,
    )


_HOW = (
    "Fisher indices over cells with a quantity on both sides; the range is from Laspeyres to Paasche, a "
    "choice of weights and no error of sampling."
)


def _whole_first(answer: Answer) -> list[dict[str, Any]]:
    """All codes together, then each code, those of the largest values first."""
    value = next(name for name in answer.rows.column_names if name.startswith("window_value_"))
    name = answer.question["commodity"]
    return sorted(answer.rows.to_pylist(), key=lambda row: (row["commodity"] != name, -(row[value] or 0)))


def _bars(row: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The change in value, and in the price and the volume it is made of, each with its range."""
    for name, column in (("value", "value_ratio"), ("price", "price_index"), ("volume", "volume_index")):
        ends = {end: _less_one(row.get(f"{name}_{end}")) for end in ("low", "high")}
        change = _less_one(row[column])
        label = sentences.percent(change) if change is not None else "not determined"
        yield {"name": f"{row['commodity']} {name}", "value": change, "label": label, **ends}


def _less_one(ratio: float | None) -> float | None:
    return None if ratio is None else ratio - 1


def _goods(code: str) -> str:
    return f"{code} ({chapter_name(code)})" if len(code) == 2 and code.isdigit() else code


def _told(row: dict[str, Any], currency: str, spans: tuple[str, str]) -> str:
    """The values of both, and which part of the change is price."""
    ends = [row[f"{end}_value_{currency.lower()}"] for end in ("base", "window")]
    told = f"{_goods(row['commodity'])}: {sentences.money(ends[0], currency)} in {spans[0]}, "
    told += f"{sentences.money(ends[1], currency)} in {spans[1]}"
    if row["undetermined"] or row["price_index"] is None:
        return f"{told}; what of it is price and what volume is not determined."
    price = _ratio(row, "price", "price (a unit value)" if row["is_unit_value"] else "price")
    return f"{told}: {price}, {_ratio(row, 'volume', 'volume')}."


def _ratio(row: dict[str, Any], name: str, called: str) -> str:
    change = sentences.span(_less_one(row[f"{name}_low"]), _less_one(row[f"{name}_high"]))
    return f"{called} {change}"


# ------------------------------------------------------------ unit values
def unit_values(store: Store, asked: Asked) -> list[Section]:
    """What a unit costs, period by period, for each code."""
    heading = f"Unit values over time, {asked.goods}"
    found = _months(store, asked) if asked.commodity.upper() not in ("TOTAL", "ALL", "") else None
    if found is None:
        return [Section(heading, (_none(asked),), missing=_absent(asked))]
    rows = [row for row in found.rows.to_pylist() if row["unit_value"] is not None]
    units = {(row["currency"], row["quantity_unit"]) for row in rows}
    return [_over_time(found, asked, rows, *unit) for unit in sorted(units, key=str)] + _amounts(found, asked)


def _over_time(
    found: Answer, asked: Asked, rows: Sequence[dict[str, Any]], currency: str, unit: str
) -> Section:
    mine = [row for row in rows if (row["currency"], row["quantity_unit"]) == (currency, unit)]
    series = _series(mine, "unit_value", found.question["by"])
    per = f"{currency} per {unit}"
    heading = f"What one {unit} cost: {_whose(found)}, {asked.goods}"
    told = [_cost(mine, code, per) for code in sorted({row["commodity"] for row in mine})[:_MOST_LINES]]
    few = series[:_MOST_LINES]
    events = events_for(asked.origin, asked.destination) if found.question["by"] == "month" else ()
    note = f"Of {len(series)} codes the first {len(few)} are drawn." if len(series) > len(few) else ""
    return Section(heading, told, found, lines(few, per, heading, events), (note,) if note else ())


def _cost(rows: Sequence[dict[str, Any]], code: str, per: str) -> str:
    """The first and the last unit value of a code."""
    ends = [row for row in rows if row["commodity"] == code]
    first, last = (f"{row['unit_value']:,.0f} {per} in {_when(row)}" for row in (ends[0], ends[-1]))
    return f"{_goods(code)}: {first}, {last}." if ends[1:] else f"{_goods(code)}: {first}."


def _series(rows: Sequence[dict[str, Any]], column: str, by: str) -> list[Line]:
    """A line a code; a period without a row breaks it."""
    days = [day(row["period"]) for row in rows]
    span = Window(min(days), max(days))
    every = span.months if by == "month" else [one for one in span.months if one.month == 1]
    found: dict[str, dict[date, float | None]] = {}
    for row in rows:
        found.setdefault(row["commodity"], dict.fromkeys(every))[day(row["period"])] = row[column]
    return [Line(_goods(code), points) for code, points in sorted(found.items())]


def _when(row: dict[str, Any]) -> str:
    return sentences.month(row["period"]) if row["months"] == 1 else str(row["period"].year)


def _amounts(found: Answer, asked: Asked) -> list[Section]:
    """Value and quantity behind the unit values, each on its own axis."""
    rows = found.rows.to_pylist()
    currency, units = rows[0]["currency"], {row["quantity_unit"] for row in rows}
    grain = found.question["by"]
    made = []
    for column, unit in (("value", currency), ("quantity", next(iter(units)) or "units")):
        if column == "quantity" and len(units) > 1:
            continue
        known = [row for row in rows if row[column] is not None]
        if known:
            heading = f"{column.capitalize()} behind the unit values, {asked.goods}"
            told = f"{len(known)} of {len(rows)} rows have a {column}; a month without one breaks the line."
            drawn = lines(_series(known, column, grain)[:_MOST_LINES], f"{unit} a {grain}", heading)
            made.append(Section(heading, (told,), replace(found, queries={}, warnings=()), drawn))
    return made
