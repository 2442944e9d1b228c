"""Hubs x products: by way of whom, in which goods, how much beyond expectation, and how sure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from entrepot.measures.discovery import RATE
from entrepot.model.answer import Answer
from entrepot.model.chapter import chapter_name
from entrepot.present import rerouting, sentences
from entrepot.present.charts import Chart, intervals
from entrepot.present.figure import Section
from entrepot.reporting._ask import Asked, value_column
from entrepot.reporting._rerouting import Unanswered, ask, part, unanswered, warned, whole
from entrepot.store import Store

Row = Mapping[str, Any]
_DRAWN = 15
_LABEL, _LONG = 34, 60


def hub_list(store: Store, asked: Asked) -> list[Section]:
    """The hubs, the one with most beyond expectation first; then its channels, goods, and other choices."""
    heading = f"By way of whom: {_ends(asked)}, {asked.goods}"
    answer = ask(store, asked)
    if isinstance(answer, Unanswered):
        return [unanswered(heading, asked, answer)]
    currency = value_column(answer, "rerouted_")[1]
    parts = [_hubs(answer, currency, heading), _channels(answer, currency), _products(answer, currency)]
    return [*(one for one in parts if one), _choices(answer, currency)]


def chapters(store: Store, asked: Asked) -> list[Section]:
    """Each hub by chapter of the goods, where they span more than one."""
    heading = "By way of whom, in which goods"
    answer = ask(store, asked, by="chapter")
    if isinstance(answer, Unanswered):
        return [unanswered(heading, asked, answer)]
    currency = value_column(answer, "rerouted_")[1]
    rows = answer.rows.to_pylist()
    if not rows:
        return [Section(heading, (_NONE,))]
    if len({row["commodity"] for row in rows}) < 2:
        return []
    lead = "; ".join(f"{_chapter(row, _LONG)}: {rerouting.estimate(row, currency)}" for row in rows[:3])
    told = f"Of {len(rows)} pairs of a hub and a chapter, these lie furthest above expectation: {lead}."
    drawn = [_dot(row, currency, _chapter(row, _LABEL)) for row in rows[:_DRAWN]]
    columns = _shown(currency, "hub", "commodity", extra=("p_value", "discovered_goods"))
    return [
        Section(
            heading,
            (told,),
            whole(answer),
            intervals(drawn, f"{currency} beyond expectation", heading),
            ("What left for the hub beyond expectation, its own use included; signs are kept.",),
            shown=columns,
            leads_to="dossier",
            links=[{"hub": row["hub"], "good": row["commodity"]} for row in rows],
        )
    ]


_NONE = (
    "No hub is counted: none asked about is known to lie near either end, and none was found. Name those to "
    "look at, or add borders (CEPII)."
)


# ------------------------------------------------------------------ one answer, several figures
def _hubs(answer: Answer, currency: str, heading: str) -> Section:
    only = whole(answer, lambda row: row["channel"] == "total")
    rows = only.rows.to_pylist()
    columns = _shown(
        currency, "hub", extra=("discovered", "p_value", "discovered_goods", "share_of_loss", "rank")
    )
    return Section(
        heading,
        [*rerouting.found(rows, currency, RATE), _periods(answer)],
        only,
        _drawn(rows[1:], currency, heading),
        [*([_BY_GOODS] if _is_puzzling(rows) else []), *warned(answer)],
        open_table=True,
        shown=columns,
        leads_to="dossier",
        links=[_link(row) for row in rows],
    )


_BY_GOODS = (
    "A hub is discovered by its goods, one by one: where none stands out, a small p_value of their sum alone "
    "does not do."
)


def _is_puzzling(rows: Sequence[Row]) -> bool:
    return any(row["discovered"] is False and row["p_value"] <= RATE for row in rows)


def _periods(answer: Answer) -> str:
    asked = answer.question
    told = (
        f"Expected is what {asked['base']} lets expect of {asked['window']}, by the model “{asked['model']}”"
    )
    return f"{told}; all is in {asked['currency']}."


def _drawn(rows: Sequence[Row], currency: str, about: str) -> Chart | None:
    drawn = [_dot(row, currency, sentences.name(row["hub"])) for row in rows[:_DRAWN]]
    return intervals(drawn, f"{currency} beyond expectation", about) if drawn else None


def _dot(row: Row, currency: str, label: str) -> dict[str, Any]:
    unit = currency.lower()
    low, high = row[f"low_90_{unit}"], row[f"high_90_{unit}"]
    value = row[f"rerouted_{unit}"]
    told = {"name": label, "value": value, "low": low, "high": high}
    return told | {"label": sentences.money(value, currency).replace("-", "−")}


def _link(row: Row) -> dict[str, str]:
    return {} if row["hub"] == "all" else {"hub": row["hub"]}


def _channels(answer: Answer, currency: str) -> Section | None:
    """Re-exports and ghost transit, where either can be seen."""
    unit = f"rerouted_{currency.lower()}"
    only = whole(answer, lambda row: row["channel"] != "total" and row[unit] is not None)
    rows = only.rows.to_pylist()
    if not rows:
        return None
    lead = [row for row in rows if row["hub"] == "all"]
    told = "; ".join(f"{row['channel']}: {rerouting.estimate(row, currency)}" for row in lead)
    return Section(
        "What was sent on, and what went missing",
        [f"All hubs together, {told}.", _CHANNELS],
        only,
        shown=_shown(currency, "hub", "channel", extra=("p_value", "legs")),
        leads_to="dossier",
        links=[_link(row) for row in rows],
    )


_CHANNELS = (
    "Re-exports entered the hub’s books and left them for the destination; ghosts left for the hub by the "
    "origin’s books and never entered the hub’s."
)


def _products(answer: Answer, currency: str) -> Section:
    """The products found, the surest first."""
    heading = "Which goods by way of whom"
    if "discovered" not in answer.beside:
        told = f"No product of a hub was found at a false discovery rate of {RATE:.0%}.".replace("%", " %")
        return Section(heading, (told,))
    only = part(answer, "discovered")
    rows = only.rows.to_pylist()
    counted = answer.rows["discovered_goods"][0].as_py()
    drawn = [
        _dot(row, currency, f"{sentences.name(row['hub'])}, {row['commodity']}") for row in rows[:_DRAWN]
    ]
    return Section(
        heading,
        (rerouting.goods_found(rows, currency, counted),),
        only,
        intervals(drawn, f"{currency} beyond expectation", heading),
        (_listed(len(rows), counted),),
        shown=_shown(currency, "hub", "commodity", extra=("p_value", "false_share")),
        leads_to="dossier",
        links=[{"hub": row["hub"], "good": row["commodity"]} for row in rows],
    )


def _listed(shown: int, counted: int) -> str:
    part = f"The {shown} surest of them are listed; entrepot diversion --by cell tells all. "
    promise = "A promise about the list as a whole: read false_share of its last lines."
    return part * (shown < counted) + promise


def _choices(answer: Answer, currency: str) -> Section:
    """The total under other models and goods."""
    only = part(answer, "choices")
    told = rerouting.choices(only.rows.to_pylist(), currency)
    return Section("What other choices would say", (told,), only, open_table=True)


def _shown(currency: str, *first: str, extra: Sequence[str] = ()) -> list[str]:
    unit = currency.lower()
    money = [f"{name}_{unit}" for name in ("base", "actual", "rerouted", "low_90", "high_90")]
    return [*first, *money, *extra]


def _ends(asked: Asked) -> str:
    return f"{sentences.name(asked.origin)} to {sentences.name(asked.destination)}"


def _chapter(row: Row, most: int) -> str:
    told = f"{sentences.name(row['hub'])}, {chapter_name(row['commodity'])}"
    return told if len(told) <= most else told[: most - 2].rpartition(" ")[0].rstrip(",") + " …"
