"""Exchange rates for an answer: the package's own, those of the store before them."""

from __future__ import annotations

import csv
import hashlib
import io
import tomllib
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from entrepot.errors import UsageError
from entrepot.model.constant import constant
from entrepot.model.provenance import Snapshot
from entrepot.model.resources import folder
from entrepot.store import Store

if TYPE_CHECKING:
    from ibis.expr.types import BooleanValue, Table, Value

KINDS = ("monthly", "yearly", "yearly-2")
"""monthly: each month at its average, an annual figure at its year's. yearly: all at the year's average.
yearly-2: that average rounded to two decimals, as many published studies have it."""

_FILE = "ecb_usd_per_eur"
Rate = tuple[str, str, date, float]  # currency, frequency, first day, dollars for one unit


def rates(held: Iterable[Rate], currency: str, also: Iterable[str] = ()) -> Table:
    """kind, currency, frequency, period, rate: units of `currency` for one of each currency known.

    held: rates of the store, which go before the package's. also: other currencies to lead to, each as kinds
    of their own ("monthly in EUR"). Raises UsageError for a currency without any rate.
    """
    dollars = {(c, f, p): rate for c, f, p, rate in (*_packaged(), *held)}
    known = sorted({key[0] for key in dollars} | {"USD"})
    if currency not in known:
        raise UsageError(f"there is no exchange rate for {currency}. Rates are held for: {', '.join(known)}.")
    dollars |= _means(dollars)
    dollars |= {("USD", f, p): 1.0 for _, f, p in list(dollars)}
    rows = [row for kind in KINDS for row in _of_kind(kind, dollars, currency)]
    for other in sorted(set(also) & set(known) - {currency}):
        rows += [
            (f"{row[0]} in {other}", *row[1:]) for kind in KINDS for row in _of_kind(kind, dollars, other)
        ]
    names = ("kind", "currency", "frequency", "period", "rate")
    types = {
        "kind": "string",
        "currency": "string",
        "frequency": "string",
        "period": "date",
        "rate": "float64",
    }
    return constant({name: [row[i] for row in rows] for i, name in enumerate(names)}, types)


def dollars(held: Iterable[Rate]) -> Table:
    """currency, frequency, period, usd_per_unit: a month at its average, an annual figure at its year's."""
    every = rates(held, "USD")
    proper = every.filter(every.kind == "monthly")
    return proper.select("currency", "frequency", "period", usd_per_unit="rate")


def of_store(store: Store, as_of: date | None) -> list[Rate]:
    """The rates among a store's facts: usd_per_eur and the like, and cny_per_eur by way of the euro."""
    facts = store.indicators(as_of)
    known = facts.filter(is_rate(facts.indicator), facts.period.notnull())
    rows = store.run(known.select("indicator", "frequency", "period", "value")).to_pylist()
    told = [(*row["indicator"].split("_per_"), row["frequency"], row["period"], row["value"]) for row in rows]
    straight = [(of.upper(), f, p, rate) for one, of, f, p, rate in told if one == "usd"]
    euros = {(f, p): rate for c, f, p, rate in (*_packaged(), *straight) if c == "EUR"}
    crossed = [
        (one.upper(), f, p, euros[f, p] / rate)
        for one, _, f, p, rate in told
        if one != "usd" and (f, p) in euros
    ]
    return [*crossed, *straight]


def is_rate(indicator: Value) -> BooleanValue:
    """Whether an indicator is a rate of exchange that `of_store` takes."""
    return indicator.re_search("^(usd_per_[a-z]{3}|[a-z]{3}_per_eur)$")


def _means(dollars: dict[tuple[str, str, date], float]) -> dict[tuple[str, str, date], float]:
    """The mean of twelve months for a year whose average is not held."""
    months: dict[tuple[str, date], list[float]] = {}
    for (currency, frequency, period), rate in dollars.items():
        if frequency == "M":
            months.setdefault((currency, date(period.year, 1, 1)), []).append(rate)
    return {
        (currency, "A", year): sum(found) / 12
        for (currency, year), found in months.items()
        if len(found) == 12 and (currency, "A", year) not in dollars
    }


def _of_kind(
    kind: str, dollars: dict[tuple[str, str, date], float], into: str
) -> Iterator[tuple[str, str, str, date, float]]:
    for currency, frequency, period in dollars:
        day = period if kind == "monthly" else date(period.year, 1, 1)
        how_often = frequency if kind == "monthly" else "A"
        pair = [dollars.get((one, how_often, day)) for one in (currency, into)]
        if pair[0] is None or pair[1] is None:
            continue
        yield (kind, currency, frequency, period, _crossed(pair[0], pair[1], rounded=kind == "yearly-2"))


def _crossed(one: float, into: float, *, rounded: bool) -> float:
    return round(one, 2) / round(into, 2) if rounded else one / into


def _packaged() -> Iterator[Rate]:
    text = folder("reference").joinpath(f"{_FILE}.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(io.StringIO(text)):
        frequency = "M" if "-" in row["period"] else "A"
        day = date.fromisoformat(f"{row['period']}-01" if frequency == "M" else f"{row['period']}-01-01")
        yield ("EUR", frequency, day, float(row["usd_per_eur"]))


def card() -> Snapshot:
    """The snapshot behind the package's rates."""
    content = folder("reference").joinpath(f"{_FILE}.csv").read_bytes()
    told = tomllib.loads(folder("reference").joinpath(f"{_FILE}.card.toml").read_text(encoding="utf-8"))
    sha256 = hashlib.sha256(content).hexdigest()
    return Snapshot(
        snapshot=sha256[:16],
        sha256=sha256,
        source="ecb",
        format="package",
        file=f"{_FILE}.csv",
        size_bytes=len(content),
        published=told["published"],
        published_is_known=True,
        retrieved=datetime.combine(told["published"], datetime.min.time(), UTC),
        publisher=told["publisher"],
        licence=told["licence"],
        citation=told["citation"],
        rank=50,
        rows=content.count(b"\n") - 1,
        rejects=0,
        missing=0,
    )
