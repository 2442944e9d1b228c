"""The page on a country: what it is said to buy against its size and its past, what it reports, revisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from entrepot import answers
from entrepot.model.answer import Answer
from entrepot.present import sentences
from entrepot.present.charts import Chart, Line, lines
from entrepot.present.figure import Missing, Section
from entrepot.reporting import changes, coverage
from entrepot.reporting._ask import Asked, absent, day, held
from entrepot.store import Store

_MOST_YEARS = 6
_YEAR = 12  # months
_SIDES = {"import": "imports reported by {0}", "export": "exports reported by {1}"}


def about(asked: Asked) -> Asked:
    """With the country the page is about: where none is named the hub, else the destination."""
    return replace(asked, country=asked.country or asked.hub or asked.destination)


# ------------------------------------------------------------ against its size
def size(store: Store, asked: Asked) -> list[Section]:
    """Imports from the origin against gross domestic product, the years before and other countries."""
    asked = about(asked)
    if not asked.country:
        return [_choose(store, asked)]
    heading = (
        f"{sentences.possessive(asked.country)} imports from {sentences.name(asked.origin)} against its size"
    )
    if asked.country == asked.origin:
        return [Section(heading, ("Origin and country are the same: name another origin.",))]
    for flow in _SIDES:
        answer = _sized(store, asked, flow)
        if answer is not None:
            return [_against(answer, asked, flow, f"{heading}, {asked.goods}")]
    told = (
        f"Neither {sentences.name(asked.country)} nor {sentences.name(asked.origin)} is held on that trade."
    )
    gaps = [absent(asked.country, "import", asked.origin, "year")]
    gaps.append(absent(asked.origin, "export", asked.country, "year"))
    return [Section(heading, (told,), missing=gaps)]


def _choose(store: Store, asked: Asked) -> Section:
    """The reporters there are, each of which leads to its page."""
    answer = held(answers.status, store, as_of=asked.as_of)
    rows = answer.rows.to_pylist() if answer else []
    if answer is None or not rows:
        gap = Missing("any statistics of trade", "entrepot add FILE...")
        return Section("Which country?", ("The store holds nothing yet.",), missing=(gap,))
    told = "Name a country, or choose one of those that report."
    links = [{"country": row["reporter"]} for row in rows]
    part = replace(answer, beside={})
    return Section("Which country?", (told,), part, open_table=True, leads_to="country", links=links)


def _sized(store: Store, asked: Asked, flow: str) -> Answer | None:
    """The last years held of one side of the pair."""
    ends = (asked.country, asked.origin) if flow == "import" else (asked.origin, asked.country)
    question = {"flow": flow, "commodity": asked.commodity, "as_of": asked.as_of}
    series = held(answers.flows, store, reporter=ends[0], partner=ends[1], by="year", **question)
    if series is None:
        return None
    years = sorted(day(one).year for one in series.rows["period"].to_pylist())
    period = f"{max(years[0], years[-1] - _MOST_YEARS + 1)}:{years[-1]}"
    pair = {"origin": asked.origin, "destination": asked.country}
    return held(answers.plausibility, store, period=period, **pair, **question)


def _against(answer: Answer, asked: Asked, flow: str, heading: str) -> Section:
    rows = answer.rows.to_pylist()
    whose = _SIDES[flow].format(sentences.name(asked.country), sentences.name(asked.origin))
    note = f"The figures are {whose}; an interval spans what both sides report, where both are held."
    gaps = [
        Missing(
            f"GDP of {sentences.name(asked.country)} in {day(row['period']).year}",
            "entrepot add FILE   # of the World Bank",
        )
        for row in rows
        if row["gdp_usd"] is None
    ]
    chart = _shares(rows, heading)
    return Section(
        heading, _sized_words(rows, asked, whose), answer, chart, (note,), gaps, open_table=True, shown=_SHOWN
    )


_SHOWN = (
    *("period", "value_usd", "months", "gdp_usd", "gdp_share", "gdp_share_low", "gdp_share_high"),
    *("own_history_share_low", "own_history_share_high", "own_history_years", "gdp_share_rank", "countries"),
    *("value_per_head_usd", "absorption_usd"),
)


def _sized_words(rows: Sequence[dict[str, Any]], asked: Asked, whose: str) -> list[str]:
    """The last whole year that is held; where there is none, the last one and how much of it is held."""
    last = next((row for row in reversed(rows) if row["months"] == _YEAR), rows[-1])
    year = str(day(last["period"]).year)
    year += "" if last["months"] == _YEAR else f" ({last['months']} months of it)"
    value = sentences.money(last["value_usd"], "USD")
    ends = f"{sentences.name(asked.country)} from {sentences.name(asked.origin)}"
    told = f"In {year}, imports of {ends} ({asked.goods}), as {whose}, came to {value}"
    if last["gdp_share"] is None:
        return [f"{told}; what that is of its gross domestic product is not known."]
    told += f": {_share(last['gdp_share'])} of its gross domestic product{_range(last)}."
    place = f"place {last['gdp_share_rank']}"
    rank = f"Of the origin’s {last['countries']} destinations with a figure it stands at {place}."
    return [told, *_past(last), *([rank] if last["countries"] else [])]


def _past(row: dict[str, Any]) -> list[str]:
    if not row["own_history_years"]:
        return []
    ends = f"{_share(row['own_history_share_low'])} and {_share(row['own_history_share_high'])}"
    return [f"In the {row['own_history_years']} years before that are held it was between {ends}."]


def _share(value: float) -> str:
    return f"{value:.1%}".replace("%", " %")


def _range(row: dict[str, Any]) -> str:
    low, high = row["gdp_share_low"], row["gdp_share_high"]
    if low is None or high is None:
        return f" (no interval: {row['share_basis']})"
    return f" ({_share(low)} to {_share(high)} over what both sides report)"


def _shares(rows: Sequence[dict[str, Any]], heading: str) -> Chart | None:
    """The share over the years; the range over both sides is no interval of sampling."""
    found = {day(row["period"]): row["gdp_share"] for row in rows if row["gdp_share"] is not None}
    return lines([Line("of gross domestic product", found)], "%", heading) if len(found) > 1 else None


# ------------------------------------------------------------ what it reports
def reports(store: Store, asked: Asked) -> list[Section]:
    """The calendar of what it reports, and since when it is silent."""
    asked = about(asked)
    if not asked.country:
        return []
    return [*coverage.calendar(store, asked), silence(store, asked)]


def silence(store: Store, asked: Asked) -> Section:
    """Which of its series ended before those of others in the same source, and when."""
    name = sentences.name(asked.country)
    heading = f"When {name} fell silent"
    answer = held(answers.status, store, as_of=asked.as_of)
    every = answer.rows.to_pylist() if answer else []
    mine = [row["reporter"] == asked.country and coverage.is_statistics(row) for row in every]
    if answer is None or not any(mine):
        gap = Missing(
            f"what {name} reports of its trade", "entrepot add FILE   # from its statistical office"
        )
        return Section(
            heading,
            (f"Nothing that {name} reports is held: whether it fell silent is not known.",),
            missing=(gap,),
        )
    kept = answer.rows.filter(mine).sort_by([("silent_for", "descending")])
    rows = kept.to_pylist()
    late = [row for row in rows if row["silent_for"]]
    told = [
        f"{row['flow'].capitalize()}s ({row['source']}, {_LEVELS.get(row['digits'], 'other goods')}) end with"
        f" {_end(row)}, {row['silent_for']} months before the last of that source."
        for row in late
    ]
    used = {row["source"] for row in rows}
    shots = [shot for shot in answer.snapshots if shot.source in used]
    part = Answer(answer.question, kept, shots, answer.queries, (), answer.notes)
    none = [f"None of the {len(rows)} series held ends before those of others in its source."]
    return Section(heading, told or none, part, shown=coverage.FRESH, open_table=True)


_LEVELS = {0: "all goods", 2: "chapters", 4: "headings", 6: "subheadings", 8: "8 digits", 10: "10 digits"}


def _end(row: dict[str, Any]) -> str:
    return str(row["last"].year) if row["frequency"] == "A" else sentences.month(row["last"])


# ------------------------------------------------------------ revisions
def revised(store: Store, asked: Asked) -> list[Section]:
    """What the latest publication changed of its trade with the origin, on either side."""
    asked = about(asked)
    if not asked.country or asked.country == asked.origin:
        return []
    pairs = ((asked.country, asked.origin, "import"), (asked.origin, asked.country, "export"))
    return [changes.side(store, asked, *pair) or _unheard(*pair) for pair in pairs]


def _unheard(reporter: str, partner: str, flow: str) -> Section:
    heading = f"What the latest publication changed: {flow}s reported by {sentences.name(reporter)}"
    return Section(heading, ("None of it is held.",), missing=(absent(reporter, flow, partner),))
