"""The tables of an answer about an event: its months, episodes, shifts, study, choices and events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from entrepot.measures.episodes import Episode, total
from entrepot.measures.event_study import Study
from entrepot.measures.path import TRENDS, Path, paths
from entrepot.measures.season import Slots, fit
from entrepot.measures.shift import Shift
from entrepot.model.event import Event

if TYPE_CHECKING:
    from entrepot.answers._event_data import Question

_DAY, _TEXT, _NUMBER, _COUNT, _FLAG = pa.date32(), pa.string(), pa.float64(), pa.int64(), pa.bool_()
_INTERVAL = {"change": _NUMBER, "change_low_90": _NUMBER, "change_high_90": _NUMBER}
Window = tuple[int, int]


def _table(rows: Sequence[Mapping[str, Any]], kinds: Mapping[str, pa.DataType]) -> pa.Table:
    return pa.Table.from_pylist([dict(row) for row in rows], schema=pa.schema(list(kinds.items())))


def _number(value: Any) -> float | None:
    return None if value is None or not np.isfinite(value) else float(value)


def _changes(logs: Sequence[float | None]) -> dict[str, float | None]:
    """Logs of a ratio and of its interval as changes."""
    return dict(zip(_INTERVAL, (None if x is None else _number(np.expm1(x)) for x in logs), strict=True))


# ------------------------------------------------------------ the months
def rows(
    about: Question, series: Slots, path: Path, found: Sequence[Episode], shift: Shift | str
) -> pa.Table:
    """One row a month: value, what was expected, the season taken out, and what is marked there."""
    slot = {day: place for place, held in enumerate(series.months) for day in held}
    places = [slot.get(row["period"]) for row in about.table.to_pylist()]
    currency = about.table["currency"][0].as_py().lower()
    out = {
        "period": about.table["period"],
        f"value_{currency}": about.table["value"],
        **{f"{name}_{currency}": _at(values, places) for name, values in _levels(series, path).items()},
        "change_from_expected": _at(np.expm1(series.log - path.expected), places),
        "in_episode": _texts(_episode_of(series, found), places),
        "is_outlier": pa.array([_is_outlier(shift, place) for place in places], _FLAG),
        "is_fitted": pa.array([None if p is None else p < path.event for p in places], _FLAG),
        **{name: about.table[name] for name in ("status", "sources", "snapshots")},
    }
    return pa.table(out)


def brief(currency: str) -> tuple[str, ...]:
    """The columns a terminal shows."""
    money = [f"{name}_{currency}" for name in ("value", "expected", "low_90", "high_90", "adjusted")]
    return ("period", *money, "change_from_expected", "in_episode", "is_outlier")


def _levels(series: Slots, path: Path) -> dict[str, Any]:
    """Values of each slot: compared, expected with its interval after the event, adjusted."""
    low, high = np.full(len(series), np.nan), np.full(len(series), np.nan)
    drawn = path.expected[path.event :] + path.errors
    low[path.event :], high[path.event :] = np.quantile(drawn, [0.05, 0.95], axis=0)
    season = fit(series, path.event)
    adjusted = np.full(len(series), np.nan) if isinstance(season, str) else series.log - season.season
    logs = {"compared": series.log, "expected": path.expected, "low_90": low, "high_90": high}
    return {name: np.exp(values) for name, values in (logs | {"adjusted": adjusted}).items()}


def _at(values: Any, places: Sequence[int | None]) -> pa.Array:
    return pa.array([None if place is None else _number(values[place]) for place in places], _NUMBER)


def _texts(marks: Mapping[int, str], places: Sequence[int | None]) -> pa.Array:
    return pa.array([marks.get(-1 if place is None else place, "") for place in places], _TEXT)


def _episode_of(series: Slots, found: Sequence[Episode]) -> dict[int, str]:
    return {place: one.kind for one in found if one.is_found for place in range(one.start, one.stop)}


def _is_outlier(shift: Shift | str, place: int | None) -> bool | None:
    return None if isinstance(shift, str) or place is None else bool(shift.outliers[place])


# ------------------------------------------------------------ falls and rises
def episodes(
    series: Slots, found: Mapping[str, Sequence[Episode]], events: Sequence[Event], currency: str
) -> pa.Table:
    """Each run off the path under each trend, and each event that lies beyond the data."""
    money = {f"difference{end}_{currency}": _NUMBER for end in ("", "_low_90", "_high_90")}
    kinds = {"trend": _TEXT, "episode": _TEXT, "first": _DAY, "last": _DAY, "extreme": _DAY, "months": _COUNT}
    kinds |= {**_INTERVAL, **money, "p_value": _NUMBER, "is_found": _FLAG, "reason": _TEXT}
    out: list[dict[str, Any]] = []
    for trend, runs in found.items():
        out += [_episode(series, trend, one, tuple(money)) for one in runs]
    return _table(out + [_beyond(series, one) for one in events if _untold(series, one)], kinds)


def _episode(series: Slots, trend: str, one: Episode, money: Sequence[str]) -> dict[str, Any]:
    """One run; its reason says what keeps it from being told, or open."""
    reason = "" if one.is_found else "chance may give it"
    if one.is_open:
        reason = "; ".join(filter(None, [reason, "goes on where the data end"]))
    return {
        "trend": trend,
        "episode": one.kind,
        "first": series.months[one.start][0],
        "last": series.months[one.stop - 1][-1],
        "extreme": series.months[one.extreme][0],
        "months": one.months,
        "p_value": one.p_value,
        "is_found": one.is_found,
        "reason": reason,
        **dict(zip(_INTERVAL, one.change, strict=True)),
        **dict(zip(money, one.lost, strict=True)),
    }


def _untold(series: Slots, event: Event) -> bool:
    return event.date > series.months[-1][-1]


def _beyond(series: Slots, event: Event) -> dict[str, Any]:
    reason = f"not testable after {series.months[-1][-1]:%Y-%m}: {event.key}"
    return {"trend": "any", "episode": "not testable", "first": event.date, "reason": reason}


# ------------------------------------------------------------ choices
def window(shown: Sequence[Episode], found: Mapping[str, Sequence[Episode]]) -> Window | None:
    """The slots that choices are compared over: a fall of the trend shown before a rise, found before not.

    Where it has none, those of the other trends; None, where no trend has any.
    """
    every = shown or [one for runs in found.values() for one in runs]
    ranked = sorted(every, key=lambda one: (not one.is_found, one.kind != "fall"))
    return (ranked[0].start, ranked[0].stop) if ranked else None


def change(series: Slots, path: Path, over: Window) -> tuple[float, float, float]:
    """Total over expected less one in those slots, with its interval."""
    found: tuple[float, float, float] = total(series, path, *over)[0]
    return found


def choices(
    series: Slots,
    made: Mapping[str, Path | str],
    found: Mapping[str, Sequence[Episode]],
    over: Window | None,
    *,
    shown: Path,
    studies: Mapping[str, Study | str],
    naive: Slots | None,
) -> pa.Table:
    """What each choice gives over the same months: trends of the path, methods of the study, codes."""
    kinds = {"choice": _TEXT, "first": _DAY, "last": _DAY, **_INTERVAL}
    kinds |= {"falls": _COUNT, "rises": _COUNT, "fitted_months": _COUNT, "reason": _TEXT}
    ends = (
        {} if over is None else {"first": series.months[over[0]][0], "last": series.months[over[1] - 1][-1]}
    )
    out: list[dict[str, Any]] = []
    for name, path in made.items():
        out.append({"choice": name, "reason": path if isinstance(path, str) else TRENDS[name], **ends})
        if isinstance(path, Path):
            out[-1] |= _choice(series, path, found[name], over)
    if naive is not None and over is not None:
        out.append(_naive(naive, shown, over) | ends)
    return _table([*out, *_methods(series, studies)], kinds)


def _choice(series: Slots, path: Path, found: Sequence[Episode], over: Window | None) -> dict[str, Any]:
    counts = {f"{kind}s": sum(e.kind == kind and e.is_found for e in found) for kind in ("fall", "rise")}
    sizes = {} if over is None else dict(zip(_INTERVAL, change(series, path, over), strict=True))
    return counts | sizes | {"fitted_months": path.months}


def _naive(naive: Slots, path: Path, over: Window) -> dict[str, Any]:
    """Over all codes, those born after the event too."""
    told = f"{path.trend}, codes born later too"
    made = paths(naive, path.event, (path.trend,))[path.trend]
    if isinstance(made, str):
        return {"choice": told, "reason": made}
    return {"choice": told, **dict(zip(_INTERVAL, change(naive, made, over), strict=True))}


def _methods(series: Slots, studies: Mapping[str, Study | str]) -> list[dict[str, Any]]:
    """The mean effect of a study by each method, over all months after the event."""
    out = []
    for name, one in studies.items():
        if isinstance(one, str):
            continue
        last = series.months[-1][-1]
        start = series.months[len(series) - len(one.effect.effect)][0]
        methods = {"difference in logs": one.effect.mean, **one.others}
        out += [
            {"choice": f"{method}, against {name}", "first": start, "last": last, **_changes(logs)}
            for method, logs in methods.items()
        ]
    return out


# ------------------------------------------------------------ shifts
def shifts(series: Slots, shift: Shift | str) -> pa.Table:
    """The level shift found, with intervals of its position and size, or why none was looked for."""
    kinds = {"position": _DAY, "position_low_90": _DAY, "position_high_90": _DAY, **_INTERVAL}
    kinds |= {"p_value": _NUMBER, "outliers": _TEXT, "harmonics": _COUNT, "reason": _TEXT}
    if isinstance(shift, str):
        return _table([{"reason": shift}], kinds)
    months = [series.months[place][0] for place in (shift.place, shift.place_low, shift.place_high)]
    outliers = " ".join(f"{series.months[place][0]:%Y-%m}" for place in np.flatnonzero(shift.outliers))
    reason = "" if shift.p_value <= 0.05 else "chance may give it"
    row = {"p_value": shift.p_value, "outliers": outliers, "harmonics": shift.harmonics, "reason": reason}
    names = ("position", "position_low_90", "position_high_90")
    sizes = _changes((shift.size, shift.low, shift.high))
    return _table([dict(zip(names, months, strict=True)) | sizes | row], kinds)


def wedge(series: Slots, shift: Shift | str) -> pa.Table:
    """The double wedge: at each position of a shift, the months with large residuals, the largest first."""
    kinds = {"position": _DAY, "period": _DAY, "score": _NUMBER, "rank": _COUNT}
    found = () if isinstance(shift, str) else shift.wedge
    days: list[date] = [held[0] for held in series.months]
    named = [dict(zip(kinds, (days[p], days[m], score, rank), strict=True)) for p, m, score, rank in found]
    return _table(named, kinds)


# ------------------------------------------------------------ the study
def effects(series: Slots, event: int, studies: Mapping[str, Study | str]) -> pa.Table:
    """The effect by month from the event on."""
    kinds = {"against": _TEXT, "period": _DAY, "month": _COUNT, **_INTERVAL}
    out = []
    for name, one in studies.items():
        if isinstance(one, str):
            continue
        each = zip(one.effect.effect, one.effect.low, one.effect.high, strict=True)
        for number, logs in enumerate(each):
            day = series.months[event + number][0]
            out.append({"against": name, "period": day, "month": number, **_changes(logs)})
    return _table(out, kinds)


def tests(studies: Mapping[str, Study | str]) -> pa.Table:
    """Each test with its p-value, the smallest attainable, and over how many placebos or months."""
    kinds = {"against": _TEXT, "test": _TEXT, "change": _NUMBER, "p_value": _NUMBER}
    kinds |= {"smallest_p_value": _NUMBER, "tested": _COUNT}
    out = [
        {
            "against": name,
            "test": test.name,
            "change": None if test.estimate is None else _number(np.expm1(test.estimate)),
            "p_value": test.p_value,
            "smallest_p_value": test.smallest,
            "tested": test.count,
        }
        for name, one in studies.items()
        if not isinstance(one, str)
        for test in one.tests
    ]
    return _table(out, kinds)


def placebos(studies: Mapping[str, Study | str]) -> pa.Table:
    """Each placebo's effect: controls in the series' place, and earlier dates in the event's."""
    kinds = {"against": _TEXT, "placebo": _TEXT, "name": _TEXT, "change": _NUMBER, "score": _NUMBER}
    out = [
        {"against": name, "placebo": kind, "name": label, "change": _number(np.expm1(mean)), "score": score}
        for name, one in studies.items()
        if not isinstance(one, str)
        for kind, label, mean, score in one.placebos
    ]
    return _table(out, kinds)


def events(known: Sequence[Event], series: Slots) -> pa.Table:
    """Events that concern the two, with the months of data after each."""
    kinds = {"event": _TEXT, "date": _DAY, "title": _TEXT, "citation": _TEXT, "months_after": _COUNT}
    out = []
    for one in known:
        after = sum(day > one.date for held in series.months for day in held)
        out.append({"event": one.key, "date": one.date, "title": one.title, "citation": one.citation})
        out[-1]["months_after"] = after
    return _table(out, kinds)
