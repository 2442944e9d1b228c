"""Asking the store on behalf of a section: an answer, or None where nothing is held."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from entrepot.errors import NoDataError
from entrepot.model.answer import Answer
from entrepot.model.commodity import parse_commodity
from entrepot.model.constant import constant
from entrepot.model.provenance import Snapshot
from entrepot.present.charts import Line
from entrepot.present.figure import Missing
from entrepot.present.sentences import name
from entrepot.store import Store

if TYPE_CHECKING:
    from ibis.expr.types import Table

Row = Mapping[str, Any]
_LONGEST = 40  # characters of a heading that name goods


@dataclass(frozen=True)
class Asked:
    """What a report is about: codes of ours, goods as the user wrote them, and how windows are set."""

    origin: str
    destination: str
    commodity: str = "TOTAL"
    via: str = ""  # a group of countries on the way; empty: the first of HUBS that is held
    base: str = ""
    window: str = ""
    as_of: date | None = None
    hub: str = ""  # the one country in between that a dossier is about
    good: str = ""  # of the commodity the one code, or chapter, that a dossier is about; empty: all of it
    country: str = ""  # the country that a country page is about; empty: the hub, else the destination
    claim: str = ""  # the one claim that a page is about: brief-2022/crude
    beside: date | None = None  # another day: what had been published by then is set beside

    @property
    def goods(self) -> str:
        """The goods for a heading: "all goods", "HS 8703", "list chpl"."""
        basket = parse_commodity(self.commodity)
        if basket.name == "TOTAL":
            return basket.title
        if len(basket.name) > _LONGEST:
            return f"{len(basket.codes)} codes from HS {basket.codes[0]} to {basket.codes[-1]}"
        kind = "list " if basket.citation else "HS " if basket.name[:1].isdigit() else ""
        return kind + basket.name


def held(ask: Callable[..., Answer], store: Store, **question: Any) -> Answer | None:
    """The answer, or None where nothing held answers."""
    try:
        return ask(store, **question)
    except NoDataError:
        return None


def measured(
    store: Store, measure: Table, question: Mapping[str, Any], behind: Sequence[Answer] = ()
) -> Answer:
    """The rows of a measure as an answer that rests on the snapshots of the answers behind it."""
    rows = store.run(measure)
    shots: dict[str, Snapshot] = {shot.snapshot: shot for one in behind for shot in one.snapshots}
    queries = {f"{n}: {key}": text for n, one in enumerate(behind, 1) for key, text in one.queries.items()}
    warnings = list(dict.fromkeys(text for one in behind for text in one.warnings))
    return Answer(question, rows, list(shots.values()), queries | {"rows": store.sql(measure)}, warnings)


def by_code(asked: Asked) -> tuple[str, ...]:
    """What else to ask where all goods in one sum were asked for, and are not held so."""
    return (_BY_CODE,) if parse_commodity(asked.commodity).name == "TOTAL" else ()


def until(asked: Asked) -> str:
    """What to add to a sentence on what is not held, where only some publications are looked at."""
    return f" that was published by {asked.as_of}" if asked.as_of else ""


_BY_CODE = (
    "All goods as one sum were asked for; a store may hold them by code alone. Name goods to see those: "
    "codes, a list (chpl), or a range (01-97)."
)


def value_column(answer: Answer, prefix: str = "value_") -> tuple[str, str]:
    """The column of values and its currency in capitals: value_usd, USD."""
    column = next(one for one in answer.rows.column_names if one.startswith(prefix))
    return column, column.removeprefix(prefix).upper()


def as_table(rows: Sequence[Row], columns: Mapping[str, str]) -> Table:
    """Rows of an answer as a table for another measure. columns: name -> Ibis type."""
    values = {n: [_plain(row[n], kind) for row in rows] for n, kind in columns.items()}
    return constant(values, columns)


def _plain(value: Any, kind: str) -> Any:
    return day(value) if kind == "date" and value is not None else value


def day(value: date | datetime) -> date:
    """A period as a date, whatever the engine made of it."""
    return value.date() if isinstance(value, datetime) else value


_YEAR = 12  # months


def line(label: str, rows: Sequence[Row], column: str) -> Line:
    """One series of a chart. Beside whole years a year held in part would read as a fall: it is not drawn."""
    whole = [row for row in rows if row.get("months") == _YEAR] or rows
    return Line(label, {day(row["period"]): row[column] for row in whole})


def not_drawn(answer: Answer) -> tuple[str, ...]:
    """What a chart by year leaves out, as a note: years of which fewer than twelve months are held."""
    months = answer.rows["months"].to_pylist()
    if _YEAR not in months:
        return ()
    rows = [row for row in answer.rows.to_pylist() if row["months"] != _YEAR]
    years = sorted({str(day(row["period"]).year) for row in rows})
    return (f"Held in part, so in the rows and not in the chart: {', '.join(years)}.",) if years else ()


def only(rows: pa.Table, **wanted: Any) -> list[dict[str, Any]]:
    """The rows that have these values."""
    return [row for row in rows.to_pylist() if all(row[key] == value for key, value in wanted.items())]


def absent(reporter: str, flow: str, partner: str, by: str = "month") -> Missing:
    """What a section would need, and how to add it."""
    what = f"{flow}s of {name(reporter)} {'to' if flow == 'export' else 'from'} {name(partner)}, by {by}"
    return Missing(what, "entrepot add FILE   # from its statistical office, or from UN Comtrade")


def table_of(
    things: Sequence[Any], columns: Sequence[str], more: Sequence[Mapping[str, Any]] = ()
) -> pa.Table:
    """Attributes of things as a table, with facts known beside them."""
    beside = more or [{}] * len(things)
    rows = [
        {name: fact[name] if name in fact else getattr(one, name) for name in columns}
        for one, fact in zip(things, beside, strict=True)
    ]
    return pa.Table.from_pylist(rows)
