"""From the rows of an answer to one figure of a claim: what it comes to, or why it must not be compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from entrepot.answers._shape import silent_members
from entrepot.claims.schema import Figure
from entrepot.claims.unit import of_column
from entrepot.claims.verdict import Found
from entrepot.measures.mirror import NOT_HELD
from entrepot.model.answer import Answer
from entrepot.model.area import is_group, members, resolve_many
from entrepot.model.commodity import parse_commodity
from entrepot.model.edition import codes
from entrepot.model.period import parse_window

Row = Mapping[str, Any]
Heard = frozenset[tuple[str, str, str, date]]
"""Reporter, flow, frequency, period: when somebody reports anything."""
_DIGITS, _EDITION = 6, "HS2022"
"""Down to six digits the Harmonized System says which parts there are; below, each country does."""
_NONE: Final = pa.table({})
LISTED: Final = "list of acts inside entrepot"
_SIDES: Final = ("reporter", "partner")
_MOST_NAMED: Final = 6
_PRINTED: Final = frozenset({"published", "typed"})
"""Statuses of figures copied from a text: no evidence of what the text says."""


# ---------------------------------------------------------------- figures of flows
def of_flows(figure: Figure, rows: Sequence[Row], heard: Heard) -> Found:
    """The figure that rows of measures.many come to."""
    mine = _one_currency(figure, rows)
    if not mine:
        others = ", ".join(sorted({row["currency"] for row in rows}))
        return Found(reason=f"nothing held: {figure.command}" + (f"; held in {others}" if others else ""))
    told: dict[str, Any] = {
        "coverage": _coverage(figure, mine),
        "snapshots": frozenset(word for row in mine for word in row["snapshots"].split()),
    }
    if reason := next(chain(_unlike(figure, mine), _gaps(figure, mine, heard)), ""):
        return Found(reason=reason, refused=True, **told)
    column = "value" if figure.take.startswith("value_") else figure.take
    if any(row[column] is None for row in mine):
        return Found(reason=f"{figure.take} is not reported in every row of {figure.command}", **told)
    totals: dict[date, float] = {}
    for row in mine:  # several pairs are one total a period
        totals[row["period"]] = totals.get(row["period"], 0.0) + row[column]
    unit = of_column(figure.take) or mine[0]["quantity_unit"]
    return reduced(sorted(totals.items()), figure.over or "sum", unit, told)


def _one_currency(figure: Figure, rows: Sequence[Row]) -> list[Row]:
    """Rows in the currency asked for; for weights each cell once, whatever currencies it is held in."""
    if figure.take.startswith("value_"):
        money = figure.take.removeprefix("value_").upper()
        return [row for row in rows if row["currency"] == money]
    kept: dict[tuple[Any, ...], Row] = {}
    for row in sorted(rows, key=lambda row: (row["currency"] != "USD", row["currency"])):
        kept.setdefault((row["reporter"], row["partner"], row["period"]), row)
    return list(kept.values())


def _asked_of(figure: Figure, side: str) -> tuple[str, ...]:
    return resolve_many(figure.options[side])


def _pairs(figure: Figure) -> int:
    return len(_asked_of(figure, "reporter")) * len(_asked_of(figure, "partner"))


def _months(rows: Sequence[Row]) -> int:
    """Months with a figure, of the reporter and partner that have fewest."""
    counts: dict[tuple[str, str], int] = {}
    for row in rows:
        pair = (row["reporter"], row["partner"])
        counts[pair] = counts.get(pair, 0) + row["months"]
    return min(counts.values())


def _coverage(figure: Figure, rows: Sequence[Row]) -> str:
    told = [f"{_months(rows)} of {len(figure.window.months)} months"]
    if (asked := _pairs(figure)) > 1:
        told.append(f"{len({(row['reporter'], row['partner']) for row in rows})} of {asked} pairs")
    if (wanted := len(parse_commodity(figure.options["commodity"]).codes)) > 1:
        told.append(f"{max(row['codes'] for row in rows)} of {wanted} codes")
    held, known = _parts(rows)
    told += [f"summed from {held} of {known} parts"] if held else []
    told += ["simulated"] if any("simulated" in (row["status"] or "") for row in rows) else []
    return ", ".join(told)


def _parts(rows: Sequence[Row]) -> tuple[int, int]:
    """How many parts of its codes a figure is summed from, and how many the Harmonized System has."""
    held = {word for row in rows for word in (row["parts"] or "").split()}
    whole = {part[:-2] for part in held if len(part) <= _DIGITS}
    known = {code[: len(one) + 2] for one in whole for code in codes(_EDITION) if code.startswith(one)}
    return len(held), len(known | held)


def _unlike(figure: Figure, rows: Sequence[Row]) -> Iterator[str]:
    """Why what is held is of another kind than the claim."""
    other = {word for row in rows for word in (row["valuations"] or "").split()} - {figure.valuation}
    if figure.valuation and other:
        yield f"held valued {', '.join(sorted(other))}, the claim is of {figure.valuation}"
    if copied := sorted(_PRINTED & {word for row in rows for word in (row["status"] or "").split()}):
        yield f"only figures copied from a text are held (status {', '.join(copied)})"
    if figure.take == "quantity" and len({row["quantity_unit"] for row in rows}) != 1:
        yield "quantities in several units"
    held, known = _parts(rows)
    if figure.whole and held * 2 < known:
        yield f"only {held} of the {known} parts it is summed from are held"
    wanted = len(parse_commodity(figure.options["commodity"]).codes)
    found = max(row["codes"] for row in rows)
    if found * 2 < wanted or (figure.whole and found < wanted):
        yield f"only {found} of its {wanted} codes are held"


def _gaps(figure: Figure, rows: Sequence[Row], heard: Heard) -> Iterator[str]:
    """Which months, pairs or members are missing, unless the claim takes none for no trade."""
    if figure.gaps:
        return
    pairs = len({(row["reporter"], row["partner"]) for row in rows})
    if pairs < _pairs(figure) or _months(rows) < len(figure.window.months):
        yield f"only {_coverage(figure, rows)} are held"
    for side in _SIDES:
        yield from _silent_side(figure, rows, side)
    yield from _silent_reporters(figure, rows, heard)


def _silent_side(figure: Figure, rows: Sequence[Row], side: str) -> Iterator[str]:
    """Where a side is a sum: of the world as far as it is held, or without some of a group of partners."""
    for area in _asked_of(figure, side):
        told = {word for row in rows if row[side] == area for word in (row[f"{side}s"] or "").split()}
        if area == "WLD" and told:
            yield f"the world is not told itself: summed from {len(told)} {side}s held"
        if silent := silent_members(area, told, (figure.window,)) if side == "partner" else []:
            yield f"{area} is summed from its members, and nothing is held of {', '.join(silent)}"


def _silent_reporters(figure: Figure, rows: Sequence[Row], heard: Heard) -> Iterator[str]:
    """Members of a reporting group that report nothing at all in a month of the window."""
    groups = {row["reporter"] for row in rows if is_group(row["reporter"]) and row["reporters"]}
    silent = Counter(
        one
        for area in groups
        for month in figure.window.months
        for one in members(area, month)
        if not _is_heard(one, figure.options["flow"], month, heard)
    )
    if silent:
        named = ", ".join(f"{one} ({months})" for one, months in sorted(silent.items())[:_MOST_NAMED])
        more = " ..." if len(silent) > _MOST_NAMED else ""
        yield f"members that report nothing in some months (how many): {named}{more}"


def _is_heard(reporter: str, flow: str, month: date, heard: Heard) -> bool:
    return (reporter, flow, "M", month) in heard or (reporter, flow, "A", month.replace(month=1)) in heard


# ---------------------------------------------------------------- figures of any other answer
def of_answer(answer: Answer, figure: Figure) -> Found:
    """The figure an answer gives."""
    table = answer.beside.get(figure.table, _NONE) if figure.table else answer.rows
    if unknown := sorted({figure.take, *figure.where} - set(table.column_names)):
        has = ", ".join(table.column_names) or f"no table {figure.table!r}"
        return Found(
            reason=f"{figure.ask} gives no column {', '.join(unknown)}; it gives {has}", refused=True
        )
    every, rows = table.to_pylist(), _where(table, figure.where).to_pylist()
    told: dict[str, Any] = {"snapshots": frozenset(shot.snapshot for shot in answer.snapshots)}
    if not rows:
        return Found(reason=f"no row of {figure.command} has {figure.where}", **told)
    listed = figure.ask == "acts" and any("typed" in (row["status"] or "") for row in rows)
    told["coverage"] = ", ".join(one for one in (_span(figure, rows)[0], LISTED if listed else "") if one)
    if reason := next(
        chain((row["refused"] for row in rows if row.get("refused")), _incomplete(figure, every, rows)), ""
    ):
        return Found(reason=reason, refused=not reason.startswith(NOT_HELD), **told)
    values = [(str(row.get("period") or ""), row[figure.take]) for row in rows]
    if any(value is None for _, value in values) and figure.over != "count":
        return Found(reason=f"{figure.take} is not told by {figure.command}", **told)
    unit = of_column(figure.take) or (rows[0].get("unit") if figure.take in ("amount", "value") else None)
    told["is_least"] = _is_count(figure) and not _span(figure, rows)[1]
    return reduced(values, figure.over or "only", unit, told)


def _is_count(figure: Figure) -> bool:
    """Whether it is a number of acts, which can only grow with what is not held."""
    return figure.ask == "acts" and figure.take == "acts" and figure.over in (None, "only", "sum")


def _where(table: pa.Table, where: Mapping[str, Any]) -> pa.Table:
    for column, wanted in where.items():
        text = str(wanted).lower() if isinstance(wanted, bool) else str(wanted)
        table = table.filter(pc.equal(pc.cast(table[column], pa.string()), text))
    return table


def _span(figure: Figure, rows: Sequence[Row]) -> tuple[str, bool]:
    """How much of the period asked for the rows tell, in words, and whether it is all of it."""
    period = figure.options.get("period")
    if figure.table or figure.ask not in ("facts", "acts", "unit-values") or not isinstance(period, str):
        return "", True
    window = parse_window(period)
    if figure.ask == "acts":
        counts: dict[tuple[Any, ...], int] = {}
        for row in rows:
            key = tuple(row.get(name) for name in ("actor", "partner", "kind", "source"))
            counts[key] = counts.get(key, 0) + (row["months"] or 0)
        held, asked, unit = min(counts.values()), len(window.months), "months"
    else:
        yearly = figure.options.get("by") == "year" or all(row.get("frequency") == "A" for row in rows)
        held = len({row["period"] for row in rows if row["period"]})
        asked, unit = (len(window.years or ()), "years") if yearly else (len(window.months), "months")
        if all(row["period"] is None for row in rows):  # facts for all time
            return "", True
    return f"{held} of {asked} {unit}", held >= asked


def _incomplete(figure: Figure, every: Sequence[Row], rows: Sequence[Row]) -> Iterator[str]:
    """Why rows do not tell all that is asked."""
    coverage, is_all = _span(figure, rows)
    if not is_all and "period" not in figure.where and not _is_count(figure):
        yield f"only {coverage} are held"
    if figure.over not in (None, "only") and len({row.get("unit") for row in rows}) > 1:
        yield "amounts in several units"
    for side in ("area", "actor"):
        asked = figure.options.get(side)
        if isinstance(asked, str) and side in every[0] and "WLD" not in asked:
            missing = {a for a in resolve_many(asked) if not is_group(a)} - {row[side] for row in every}
            if missing:
                yield f"nothing is held of {', '.join(sorted(missing))}"
    goods = figure.options.get("commodity")
    if isinstance(goods, str) and figure.ask == "direct" and rows[0].get("codes") is not None:
        found, wanted = max(row["codes"] for row in rows), len(parse_commodity(goods).codes)
        if found * 2 < wanted:
            yield f"only {found} of its {wanted} codes are held"


# ---------------------------------------------------------------- several rows as one figure
def reduced(values: Sequence[tuple[Any, Any]], over: str, unit: str | None, told: dict[str, Any]) -> Found:
    """The figure that several rows come to, each with its period."""
    plain = [value for _, value in values]
    if over == "count":
        return Found(float(len(plain)), None, **told)
    if over == "only" and len(plain) > 1:
        many = f"{len(plain)} rows where the claim takes one: say `where` or `over`"
        return Found(reason=many, refused=True, **told)
    if over not in ("only", "first", "last") and not all(isinstance(one, (int, float)) for one in plain):
        return Found(reason=f"{over} of words", refused=True, **told)
    if over.startswith("period_of"):
        chosen = (max if over.endswith("max") else min)(values, key=lambda pair: pair[1])
        return Found(f"{chosen[0]}"[:7], None, **told)
    return Found(_plain(_REDUCERS[over](plain)), unit, **told)


_REDUCERS: Final[dict[str, Callable[[list[Any]], Any]]] = {
    "only": lambda values: values[0],
    "first": lambda values: values[0],
    "last": lambda values: values[-1],
    "sum": sum,
    "mean": lambda values: sum(values) / len(values),
    "min": min,
    "max": max,
}


def _plain(value: Any) -> float | str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return float(value) if isinstance(value, (int, float)) else str(value)
