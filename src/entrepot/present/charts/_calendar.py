"""What is held of whom and when: rows of months, told apart by colour and by texture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Final

from entrepot.present.charts._frame import (
    NARROW,
    TOLD,
    WIDE,
    Chart,
    Row,
    Spec,
    is_yearly,
    legend,
    name_axis,
    name_room,
    row_step,
    time_axis,
    when,
    whole,
)
from entrepot.present.charts._texture import TEXTURES

STATES: Final = tuple(TEXTURES)
"""What a cell may be: held, estimated, imputed, printed in a text, partial, missing."""


def calendar(rows: Sequence[Row], description: str) -> Chart:
    """One row for each name, in the order first met; a run of periods alike is one bar.

    rows: `name` ("Kyrgyzstan, exports (UN Comtrade)"), `period` (first day of a month, or of a year), `state`
    (one of STATES). On a telephone months are told by the year: a year of several states is `partial`, and
    says of what it is made when pointed at. Raises ValueError for another state.
    """
    if unknown := {row["state"] for row in rows} - set(STATES):
        message = (
            f"no such state of a cell: {', '.join(sorted(map(str, unknown)))}. States: {', '.join(STATES)}"
        )
        raise ValueError(message)
    yearly = is_yearly({row["period"] for row in rows})
    names = list(dict.fromkeys(row["name"] for row in rows))
    wide = _spec(list(_runs(rows, names, yearly=yearly)), names, description, WIDE)
    narrow = _spec(list(_runs(list(_years(rows)), names, yearly=True)), names, description, NARROW)
    return Chart(wide, narrow, description)


def _years(rows: Sequence[Row]) -> Iterator[Row]:
    """A row a name and year, with what its months are."""
    key = _name_and_year
    for (name, year), months in groupby(sorted(rows, key=key), key):
        found = Counter(row["state"] for row in months)
        state = next(iter(found)) if len(found) == 1 else "partial"
        made = ", ".join(f"{count} {one}" for one, count in found.most_common()) if len(found) > 1 else ""
        yield {"name": name, "period": date(year, 1, 1), "state": state, "of": made}


def _name_and_year(row: Row) -> tuple[str, int]:
    return row["name"], row["period"].year


def _runs(rows: Sequence[Row], names: list[str], *, yearly: bool) -> Iterator[Row]:
    """Stretches of periods that follow each other and are alike, each with where it ends."""
    for name in names:
        ordered = sorted((row for row in rows if row["name"] == name), key=lambda row: row["period"])
        run: list[Row] = []
        for row in ordered:
            if run and (
                _kind(row) != _kind(run[-1]) or row["period"] != _next(run[-1]["period"], yearly=yearly)
            ):
                yield _run(run, yearly=yearly)
                run = []
            run.append(row)
        if run:
            yield _run(run, yearly=yearly)


def _kind(row: Row) -> tuple[str, str]:
    return row["state"], row.get("of", "")


def _next(day: date, *, yearly: bool) -> date:
    return date(day.year + (yearly or day.month == 12), 1 if yearly or day.month == 12 else day.month + 1, 1)


def _run(run: Sequence[Row], *, yearly: bool) -> Row:
    first, last = run[0]["period"], run[-1]["period"]
    ends = [when(day, yearly=yearly) for day in (first, last)]
    said = ends[0] if first == last else f"{ends[0]} to {ends[1]}"
    made = f" ({run[0]['of']})" if run[0].get("of") else ""
    return {
        "name": run[0]["name"],
        "period": first.isoformat(),
        "until": _next(last, yearly=yearly).isoformat(),
        "state": run[0]["state"],
        "told": f"{run[0]['name']}, {said}: {run[0]['state']}{made}",
    }


def _spec(data: Sequence[Row], names: list[str], about: str, width: int) -> Spec:
    used = [state for state in STATES if any(row["state"] == state for row in data)]
    columns = {"columns": 2, "direction": "horizontal"} if width == NARROW else {}
    most = 220 if width == WIDE else 110
    texture = {
        "field": "state",
        "type": "nominal",
        "scale": {"domain": used, "range": [TEXTURES[state] for state in used]},
        "legend": legend(width, 12, used) | {"symbolType": "square", "symbolSize": 160} | columns,
    }
    x = {"field": "period", "type": "temporal", "title": None, "axis": time_axis(width)}
    layer = {
        "data": {"values": list(data)},
        "mark": {"type": "bar", "height": 14},
        "encoding": {
            "y": name_axis(names, most),
            "x": x,
            "x2": {"field": "until"},
            "fill": texture,
            "description": TOLD,
        },
    }
    room = width + 30 - name_room(names, most)
    return whole({"layer": [layer], "height": row_step(names, most, 20)}, about, room)
