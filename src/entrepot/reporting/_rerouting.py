"""The study of rerouted trade that the pages on hubs share: one question, asked in several ways."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from entrepot import answers
from entrepot.errors import NoDataError, UsageError
from entrepot.model.answer import Answer
from entrepot.model.commodity import parse_commodity
from entrepot.model.period import parse_window
from entrepot.present import sentences
from entrepot.present.charts import Line
from entrepot.present.figure import Missing, Section
from entrepot.reporting._ask import Asked, absent, by_code, day, until
from entrepot.reporting._spans import Held, direct, windows
from entrepot.store import Store


@dataclass(frozen=True)
class Unanswered:
    """Why there is no answer, and what would be needed."""

    why: str
    missing: Sequence[Missing]


def ask(store: Store, asked: Asked, **more: Any) -> Answer | Unanswered:
    """The answer on rerouted trade, by months or else by years; base and window as asked, or from the event.

    In the currency direct trade is told in. Raises UsageError where the periods asked for are off.
    """
    spans = direct(store, asked)
    if not spans:
        return Unanswered(
            f"no direct trade ({asked.goods}) is held{until(asked)}: no periods to compare can be told.",
            gaps(asked),
        )
    why = ""
    for one in spans:
        base, window = windows(asked, one.first, one.last, one.by)
        try:
            return answers.diversion(store, **_question(asked, one, base, window), **more)
        except NoDataError as error:
            why = why or str(error)
        except UsageError as error:
            if asked.base or asked.window:
                raise
            why = why or str(error)
    return Unanswered(why, gaps(asked)[1:])  # direct trade is held


def _question(asked: Asked, held: Held, base: str, window: str) -> dict[str, Any]:
    return {
        "origin": asked.origin,
        "destination": asked.destination,
        "commodity": asked.commodity,
        "via": asked.via,
        "base": base,
        "window": window,
        "currency": held.currency,
        "as_of": asked.as_of,
    }


def gaps(asked: Asked) -> list[Missing]:
    """What such a study reads."""
    own = absent(asked.origin, "export", asked.destination)
    hubs = f"exports of {sentences.name(asked.origin)} to other countries, by product, from two years before"
    onward = f"imports of {sentences.name(asked.destination)}, or exports of hubs to it, by product"
    return [own, Missing(hubs, own.command), Missing(onward, own.command)]


def part(answer: Answer, table: str, keep: Any = None) -> Answer:
    """A table beside an answer as an answer of its own. keep: which of its rows."""
    rows = answer.beside[table]
    if keep is not None:
        rows = rows.filter([bool(keep(row)) for row in rows.to_pylist()])
    question = dict(answer.question) | {"table": table}
    return replace(answer, question=question, rows=rows, beside={}, brief=(), notes={}, warnings=())


def whole(answer: Answer, keep: Any = None) -> Answer:
    """The rows of an answer without the tables beside them. keep: which of them."""
    rows = answer.rows
    if keep is not None:
        rows = rows.filter([bool(keep(row)) for row in rows.to_pylist()])
    return replace(answer, rows=rows, beside={}, warnings=())


def grain(answer: Answer) -> str:
    """Whether a study is of months or of years: of whole years it is of years."""
    spans = (parse_window(str(answer.question[name])) for name in ("base", "window"))
    return "year" if all(one.years for one in spans) else "month"


def due(label: str, rows: Sequence[Mapping[str, Any]], currency: str) -> Iterator[Line]:
    """What was to be expected of a leg as a line with its interval, where it is told. rows: of a path."""
    unit = currency.lower()
    told = [row for row in rows if row[f"expected_{unit}"] is not None]
    if told:
        ends = (f"{name}_{unit}" for name in ("expected", "low_90", "high_90"))
        yield Line(label, *({day(row["period"]): row[end] for row in told} for end in ends))


def unanswered(heading: str, asked: Asked, found: Unanswered) -> Section:
    """A section that says why there is no figure."""
    told = [found.why[:1].upper() + found.why[1:]]
    if by_code(asked):
        told.extend(by_code(asked))
    elif len(parse_commodity(asked.commodity).codes) == 1:
        told.append(_ONE_GOOD)
    return Section(heading, told, missing=found.missing)


_ONE_GOOD = (
    "Of one good little can be said: ask for a list of many codes (eu-cn8), where goods are held by code."
)


def goods_of(asked: Asked) -> str:
    """The goods a dossier is about as a commodity: those of the list inside the code asked for."""
    basket = parse_commodity(asked.commodity)
    inside = [code for code in basket.codes if code.startswith(asked.good)]
    return asked.commodity if not asked.good else ",".join(inside) or asked.good


def warned(answer: Answer) -> Iterator[str]:
    """What to beware of, each as a sentence."""
    for text in answer.warnings:
        yield text[:1].upper() + text[1:]
