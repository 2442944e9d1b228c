"""The page on goods: lists and tiers, the codes asked about, their relatives in other editions, bounds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from entrepot import answers
from entrepot.errors import UsageError
from entrepot.model.answer import Answer
from entrepot.model.chapter import chapter_name
from entrepot.model.commodity import Basket, ProductList, parse_commodity, product_lists
from entrepot.model.edition import latest, linked
from entrepot.model.provenance import Cited
from entrepot.present import sentences
from entrepot.present.charts import lines
from entrepot.present.figure import Missing, Section
from entrepot.reporting._ask import Asked, absent, day, held, line, value_column
from entrepot.store import Store

_GOODS = Missing(
    "codes to ask about", "entrepot codes --commodity 8703 --hs-revision HS2017   # codes, or a list"
)


# ------------------------------------------------------------ lists and tiers
def lists(store: Store, asked: Asked) -> list[Section]:
    """Every list of the package with its tiers; each leads to its codes."""
    rows = [
        {
            "list": one.name,
            "tier": tier,
            "codes": len(codes),
            "published": one.published,
            "hs_revision": one.hs_revision,
            "title": one.title,
            "citation": one.citation,
        }
        for one in product_lists().values()
        for tier, codes in one.tiers.items()
    ]
    told = [_list(one) for one in product_lists().values()]
    links = [{"commodity": f"{row['list']}:{row['tier']}".lower()} for row in rows]
    answer = Answer({"command": "lists"}, pa.Table.from_pylist(rows), cited=_cited([*product_lists()]))
    note = "A list says which goods somebody watches or forbids, as of its date; it says nothing of trade."
    return [
        Section(
            "Lists of goods and their tiers",
            told,
            answer,
            notes=(note,),
            shown=("list", "tier", "codes", "published", "hs_revision"),
            open_table=True,
            leads_to="products",
            links=links,
        )
    ]


def _list(one: ProductList) -> str:
    many = sum(map(len, one.tiers.values()))
    tiers = "one tier" if len(one.tiers) == 1 else f"{len(one.tiers)} tiers"
    return f"{one.name}: {one.title}; {many:,} codes of {one.hs_revision} in {tiers}. {one.citation}."


def _cited(names: Sequence[str]) -> list[Cited]:
    return [Cited(name, "list", (product_lists()[name].citation,), used_for=("codes",)) for name in names]


# ------------------------------------------------------------ the codes asked about
def codes(store: Store, asked: Asked) -> list[Section]:
    """The codes asked about, and in which tier of which list each stands."""
    basket = parse_commodity(asked.commodity)
    heading = f"The codes of {asked.goods}"
    if not basket.hs_codes:
        told = f"{asked.goods[:1].upper()}{asked.goods[1:]}: no codes of the Harmonized System are named."
        return [Section(heading, (told,), missing=(_GOODS,))]
    rows = [{"commodity": code, "chapter": chapter_name(code), **_listed(code)} for code in basket.hs_codes]
    on = [name for name in product_lists() if any(row[name] for row in rows)]
    counts = [f"{sum(bool(row[name]) for row in rows)} on {name}" for name in on]
    told = (
        f"{len(rows):,} code{'s' * (len(rows) > 1)}, wholly or in part {', '.join(counts) or 'on no list'}."
    )
    what = f"{basket.title}. Written in {basket.hs_revision}." if basket.title and basket.hs_revision else ""
    question = {"command": "codes", "commodity": basket.name, "hs_revision": basket.hs_revision}
    answer = Answer(question, pa.Table.from_pylist(rows), cited=_cited(on))
    return [Section(heading, [told, what] if what else [told], answer, notes=(_PART_OF,), open_table=True)]


_PART_OF = (
    "A tier in brackets: only a part of the code stands in it. Codes are compared as written; lists of the "
    "same edition alone mean the same goods."
)


def _listed(code: str) -> dict[str, str]:
    """For each list the tiers that hold the code, or a part of it."""
    found = {}
    for one in product_lists().values():
        whole = [t for t, listed in one.tiers.items() if code.startswith(tuple(listed))]
        parts = [t for t, listed in one.tiers.items() if any(other.startswith(code) for other in listed)]
        found[one.name] = " ".join([*whole, *(f"({tier})" for tier in parts if tier not in whole)])
    return found


# ------------------------------------------------------------ other editions
def editions(store: Store, asked: Asked) -> list[Section]:
    """The relatives of the codes in each edition that a table links with theirs."""
    basket = parse_commodity(asked.commodity)
    heading = f"{asked.goods[:1].upper()}{asked.goods[1:]} in other editions of the Harmonized System"
    if not basket.hs_codes or basket.items:
        return [Section(heading, ("No codes of the Harmonized System are named.",), missing=(_GOODS,))]
    return [_edition(asked, other) for other in linked(basket.hs_revision or latest())]


def _edition(asked: Asked, other: str) -> Section:
    heading = f"{asked.goods[:1].upper()}{asked.goods[1:]} in {other}"
    try:
        answer = answers.codes(commodity=asked.commodity, hs_revision=other)
    except UsageError as error:  # a code that no edition has: the question is about goods, not a mistake here
        return Section(heading, (f"Not told: {error}",))
    relations = [row["relation"] for row in answer.rows.to_pylist()]
    same = sum(one == "1:1" for one in relations)
    told = f"{len(relations):,} relations, {same:,} of them one to one."
    return Section(heading, (told,), answer)


# ------------------------------------------------------------ bounds
def bounds(store: Store, asked: Asked) -> list[Section]:
    """Exports of the goods, with the bounds that the change of edition leaves, where they are held."""
    basket = parse_commodity(asked.commodity)
    if not basket.hs_codes or basket.items or not (asked.origin and asked.destination):
        return []
    ends = f"exports of {sentences.name(asked.origin)} to {sentences.name(asked.destination)}"
    heading = f"Bounds over editions: {ends}, {asked.goods}"
    question = {"reporter": asked.origin, "partner": asked.destination, "as_of": asked.as_of}
    question |= {"commodity": _written(basket, asked.commodity), "bounds": "all"}
    grains = (held(answers.flows, store, by=by, **question) for by in ("month", "year"))
    answer = next((one for one in grains if one), None)
    if answer is None:
        gap = absent(asked.origin, "export", asked.destination)
        return [Section(heading, (f"No {ends} of these goods are held.",), missing=(gap,))]
    return [_bounded(answer, heading)]


def _written(basket: Basket, commodity: str) -> str:
    return commodity if basket.hs_revision else f"{latest()}:{commodity}"


def _bounded(answer: Answer, heading: str) -> Section:
    rows = answer.rows.to_pylist()
    column, currency = value_column(answer)
    low, high = (column.replace("value_", f"value_{end}_") for end in ("low", "high"))
    by = str(answer.question["by"])
    series = [
        line("as reported", rows, column),
        line("lower bound", rows, low),
        line("upper bound", rows, high),
    ]
    unsure = [row for row in rows if row["uncertain_share"]]
    told = f"Of {len(rows)} {by}s, {len(unsure)} have bounds that part."
    return Section(
        heading,
        [told, *([_widest(unsure, low, high, currency, by)] if unsure else [])],
        answer,
        lines(series, f"{currency} a {by}", heading),
        shown=("period", column, low, high, "uncertain_share", "codes", "hs_revisions", "months"),
    )


def _widest(rows: Sequence[dict[str, Any]], low: str, high: str, currency: str, by: str) -> str:
    widest = max(rows, key=lambda row: row["uncertain_share"])
    when = sentences.month(day(widest["period"])) if by == "month" else str(widest["period"].year)
    ends = [sentences.money(widest[one], currency) for one in (low, high)]
    return f"They lie furthest apart in {when}: {ends[0]} to {ends[1]}."
