"""Sentences on rerouted trade: what was found by way of others, how sure, what speaks against it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from entrepot.present.sentences import money, month, name
from entrepot.present.tables import short

Row = Mapping[str, Any]
BEYOND = (
    "That is trade beyond what was to be expected: consistent with goods taking another way, and with other "
    "causes; it is no proof of it."
)
NOT_APART = "Its interval reaches down to zero or below: it is not told apart from chance."
NOT_SAID = (
    "It does not trace goods: no statistics do. What entered beyond expectation may have been used there.",
    "It does not say who sold, who bought, or whether anything was unlawful.",
    "Its interval covers chance in trade, not a wrong report or another choice of model, goods or periods.",
    "Goods that are new in the nomenclature are left out; goods still under way at the end are missed.",
    "One country is looked at alone: goods that passed several in a row are in none of them for sure.",
)


def interval(low: float | None, high: float | None, currency: str) -> str:
    """Both ends of an interval: "1.97 to 4.37 bn EUR"."""
    if low is None or high is None:
        return "an amount not known"
    ends = [short(low), short(high)]
    unit = ends[1].partition(" ")[2]
    if unit and ends[0].partition(" ")[2] == unit:
        ends[0] = ends[0].partition(" ")[0]
    return f"{ends[0]} to {ends[1]} {currency.upper()}".replace("-", "−")


def estimate(row: Row, currency: str) -> str:
    """An estimate with its interval: "3.23 bn EUR (90 %: 1.97 to 4.37 bn EUR)"."""
    unit = currency.lower()
    middle = money(row[f"rerouted_{unit}"], currency).replace("-", "−")
    return f"{middle} (90 %: {interval(row[f'low_90_{unit}'], row[f'high_90_{unit}'], currency)})"


def found(rows: Sequence[Row], currency: str, rate: float) -> list[str]:
    """What was found over all hubs. rows: totals of diversion by hub, the row of all first."""
    together, hubs = rows[0], rows[1:]
    names = [name(row["hub"]) for row in hubs if row["discovered"]]
    which = f" ({_listed(names)})" if names else ""
    looked = f"Of {len(hubs)} hub{'s' * (len(hubs) != 1)} looked at, {len(names) or 'none'}"
    verb = "was" if len(names) < 2 else "were"
    told = f"{looked} {verb} found at a false discovery rate of {_percent(rate)}{which}"
    if not together["hubs"]:
        return [f"{told}; none is known to lie near either end, so that no sum is told."]
    much = f"{estimate(together, currency)} beyond what was to be expected{_share(together)}"
    return [f"{told}; together, over the {together['hubs']} counted, {much}.", _meaning(together, currency)]


def _meaning(row: Row, currency: str) -> str:
    low = row[f"low_90_{currency.lower()}"]
    return BEYOND if low is None or low > 0 else NOT_APART


def _listed(names: Sequence[str]) -> str:
    shown = names[:6]
    more = f" and {len(names) - 6} others" if len(names) > 6 else ""
    return ", ".join(shown) + more


def _share(row: Row) -> str:
    if row["share_of_loss"] is None:
        return ""
    ends = _percents(row["share_low_90"], row["share_high_90"])
    return f", {_percent(row['share_of_loss'])} of what direct trade fell short (90 %: {ends})"


def _percent(value: float) -> str:
    return f"{value:.0%}".replace("%", " %").replace("-", "−")


def _percents(low: float | None, high: float | None) -> str:
    """Both ends of an interval: "8 to 41 %"."""
    if low is None or high is None:
        return "not known"
    return f"{_percent(low).removesuffix(' %')} to {_percent(high)}"


def one_hub(row: Row, currency: str, *, goods: str) -> list[str]:
    """What was found of one hub. row: its total."""
    where = name(row["hub"])
    verdict = {
        True: "It was found, at the false discovery rate asked for.",
        False: "It was not found: so much may be chance among all that were tested.",
        None: "As a whole it was not tested: its goods are, one by one.",
    }[row["discovered"]]
    told = (
        f"By way of {where}, {goods}: {estimate(row, currency)} beyond what was to be expected{_share(row)}."
    )
    return [told, verdict, _meaning(row, currency)]


def goods_found(rows: Sequence[Row], currency: str, counted: int) -> str:
    """The goods discovered, the surest first. rows: beside `discovered`.

    counted: how many there are in the hubs of the total.
    """
    first = rows[0]
    lead = f"{name(first['hub'])}, HS {first['commodity']}: {estimate(first, currency)}"
    return f"Of the hubs counted together {counted:,} products were found; the surest is {lead}."


def choices(rows: Sequence[Row], currency: str) -> str:
    """The total under other choices. rows: beside `choices`."""
    told = [row for row in rows if row["refused"] is None]
    values = [row[f"rerouted_{currency.lower()}"] for row in told]
    if not values:
        return "No model can be used."
    refused = len({row["model"] for row in rows}) - len({row["model"] for row in told})
    also = (
        f" {refused} of {len({row['model'] for row in rows})} models cannot be used here." if refused else ""
    )
    ends = interval(min(values), max(values), currency)
    return f"Under {len(values)} choices of model and goods the middle lies at {ends}.{also}"


def tried(rows: Sequence[Row]) -> str:
    """How the benign explanations came off. rows: beside `explanations`."""
    by = {
        verdict: [row["explanation"] for row in rows if row["verdict"] == verdict]
        for verdict in ("not rejected", "rejected", "not tested")
    }
    told = [f"{verdict}: {', '.join(names)}" for verdict, names in by.items() if names]
    return f"Of {len(rows)} benign explanations, " + "; ".join(told) + ". One less makes no other one true."


def placebos(asked: Row, others: Sequence[Row], currency: str) -> str:
    """Where one hub lies among those where nothing was to be rerouted. rows: beside `placebos`."""
    unit = currency.lower()
    higher = sum(row["miss"] >= asked["miss"] for row in others)
    came, due = (money(asked[f"{one}_{unit}"], currency) for one in ("actual", "expected"))
    told = f"{came} came where {due} was expected. Of {len(others)} cases where nothing was to be rerouted,"
    count = "none was" if not higher else f"{higher} {'was' if higher == 1 else 'were'}"
    return f"{told} {count} exceeded as far."


def leg(rows: Sequence[Row], label: str, currency: str) -> str:
    """One leg in its first and last month, and what was expected of the last. rows: beside `path`."""
    unit = currency.lower()
    told = [row for row in rows if row[f"value_{unit}"] is not None]
    if not told:
        return f"{label[:1].upper()}{label[1:]}: no figure."
    last = told[-1]
    due = last[f"expected_{unit}"]
    text = (
        f"{label[:1].upper()}{label[1:]}: {money(last[f'value_{unit}'], currency)} in {month(last['period'])}"
    )
    ends = interval(last[f"low_90_{unit}"], last[f"high_90_{unit}"], currency)
    return f"{text}, where {money(due, currency)} was expected ({ends})." if due is not None else f"{text}."


def entered(row: Row, window: str, currency: str) -> str:
    """What entered a hub in the window, and what was to be expected. row: of diversion, total."""
    came, due = (money(row[f"{one}_{currency.lower()}"], currency) for one in ("actual", "expected"))
    return f"In {window}, {came} of these goods entered, where {due} was to be expected."


def sides(row: Row, currency: str) -> list[str]:
    """What left and what arrived. row: of mirror."""
    if row["refused"]:
        return [f"The two sides are not compared: {row['refused'].replace(row['commodity'], 'the list')}."]
    unit = currency.lower()
    left, came = (money(row[f"{one}_fob_{unit}"], currency) for one in ("export", "import"))
    told = (
        f"In {row['period']}, {left} left by the exporter’s books and {came} arrived by the importer’s (fob)."
    )
    if row["missing_share"] is None:
        return [told, "No share that is missing is given: exports did not rise, or nothing is held before."]
    ends = _percents(row["low_90"], row["high_90"])
    share = _percent(row["missing_share"])
    return [told, f"Of what was added since the base, {share} is missing on arrival (90 %: {ends})."]


def split(row: Row) -> str:
    """How much of a change in value is price. row: of prices, of all goods."""
    if row["value_ratio"] is None:
        return "The value of both periods is not held."
    told = f"Its value came to {row['value_ratio']:.2f} times that of the base"
    if row["price_index"] is None:
        share = _percent(row["matched_share"] or 0)
        return f"{told}; how much is price is not determined: {share} has measured quantities on both sides."
    ends = f"{row['price_low']:.2f} to {row['price_high']:.2f}"
    return f"{told}: prices {row['price_index']:.2f} times ({ends}), volumes {row['volume_index']:.2f} times."


def unit_value(rows: Sequence[Row], unit: str) -> str:
    """A unit value at its first and its last month. rows: of unit_values."""
    told = [row for row in rows if row["unit_value"] is not None]
    first, last = told[0], told[-1]
    ends = (f"{short(one['unit_value'])} in {month(one['period'])}" for one in (first, last))
    return f"{' and '.join(ends)}, in {unit}. A unit value is no price: its mix may have changed."
