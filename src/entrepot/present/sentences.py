"""Sentences that sum up rows: each number formatted, none computed, a range wherever a choice moves it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from entrepot.model.area import area, group, is_group
from entrepot.model.period import parse_window
from entrepot.present.tables import short

Row = Mapping[str, Any]
CONSISTENT = (
    "This is consistent with part of these goods reaching {destination} by way of them, and with demand of "
    "their own, higher prices or a longer way round; it is not a trace of goods."
)
RANGE = (
    "Each range spans two counts: only codes that lived in both periods, and all codes, as studies print it, "
    "which takes codes born in between for new trade. Sums of reports have no sampling error."
)
NOT_ALIKE = (
    "Not like for like: imports are cif and from all partners, exports fob and from one, two years apart. "
    "The ratio says how large the second is beside the first, not how much of it replaced what."
)
_SHORT = {"RUS": "Russia", "EU27": "the EU27", "WLD": "the world", "eu-neighbours-6": "six neighbours"}
_THE = ("ARE", "CZE", "DOM", "GBR", "NLD", "PHL", "USA")


def name(code: str) -> str:
    """An area for a sentence: "Kyrgyzstan", "the United States of America", "the EU27", "six neighbours"."""
    if code in _SHORT:
        return _SHORT[code]
    if is_group(code):
        return group(code).name
    return "the " * (code in _THE) + area(code).name


def possessive(code: str) -> str:
    """An area as the owner of what follows, at the start of a heading: "China’s", "The EU27’s"."""
    label = name(code)
    return f"{label[:1].upper()}{label[1:]}" + ("’" if label.endswith("s") else "’s")


def money(value: float | None, currency: str) -> str:
    """An amount for people: "8.09 bn USD"."""
    return "not reported" if value is None else f"{short(value)} {currency.upper()}"


def percent(value: float | None) -> str:
    """A change for people, with its sign: "+94.6 %"."""
    return "no base" if value is None else f"{value:+.1%}".replace("%", " %").replace("-", "−")


def span(low: float | None, high: float | None) -> str:
    """A range of changes, one figure where both ends read alike: "+80.8 to +94.6 %"."""
    if low is None or high is None or percent(low) == percent(high):
        return percent(high if low is None else low)
    return f"{percent(low).removesuffix(' %')} to {percent(high)}"


def period(text: str) -> str:
    """A period as it was asked for, in words: "March to November 2022", "2018–2021"; other text as it is."""
    if " " in text:
        return text
    window = parse_window(text)
    first, last = window.first, window.last
    if window.years:
        return text.replace(":", "–")
    if first == last:
        return month(first)
    return f"{first:%B} to {last:%B %Y}" if first.year == last.year else f"{month(first)} to {month(last)}"


def month(day: date) -> str:
    """A month for people: "April 2022"."""
    return f"{day:%B %Y}"


def dip(row: Row, currency: str) -> str:
    """How exports dipped after an event and came back. row: of measures.dip."""
    pair = f"Exports of {name(row['reporter'])} to {name(row['partner'])}"
    down = f"from {money(row['peak'], currency)} in {month(row['peak_period'])}"
    down += f" to {money(row['trough'], currency)} in {month(row['trough_period'])}"
    changes = f"{percent(row['change'])} from that peak"
    if row["change_on_year"] is not None:
        changes += (
            f", {percent(row['change_on_year'])} on the same month a year before, which no season touches"
        )
    if row["back_period"] is None:
        return (
            f"{pair} went {down} ({changes}). They were not back within 5 % of that peak in the months held."
        )
    back = f"{money(row['back'], currency)} in {month(row['back_period'])}"
    return f"{pair} went {down} ({changes}). They were back within 5 % of that peak with {back}."


def offset(
    rows: Sequence[Row], currency: str, windows: tuple[str, str], destination: str, others: str
) -> list[str]:
    """What one destination lost against what others gained. rows: of measures.offset, one a basket.

    The ends of each range are the smallest and the largest figure among the baskets, naive and spliced.
    """
    falls = _ends(rows, "fall", "fall_spliced")
    rises = _ends(rows, "rise", "rise_spliced")
    shares = _ends(rows, "share", "share_spliced")
    origin, to = name(rows[0]["origin"]), name(destination)
    if shares is None or falls is None or rises is None or min(*falls, *rises) <= 0:
        to_one = _turned(None if falls is None else (-falls[1], -falls[0]), currency)
        one = f"exports of {origin} to {to} {to_one}"
        return [
            f"From {windows[0]} to {windows[1]}, {one}; those to {name(others)} {_turned(rises, currency)}."
        ]
    less = f"exported {_between(falls, currency)} less of these goods to {to}"
    lost = f"In {windows[1]}, {origin} {less} than in {windows[0]}"
    gained = f"exports to {name(others)} rose by {_between(rises, currency)}"
    return [
        f"{lost}; {gained}: {_shares(shares)} of the fall.",
        CONSISTENT.format(destination=to),
    ]


def _turned(ends: tuple[float, float] | None, currency: str) -> str:
    if ends is None:
        return "are not reported for both"
    if ends[0] > 0:
        return f"rose by {_between(ends, currency)}"
    if ends[1] < 0:
        return f"fell by {_between((-ends[1], -ends[0]), currency)}"
    low, high = (money(end, currency) for end in ends)
    return f"changed by {low} to {high}, so whether they rose is not determined"


def _ends(rows: Sequence[Row], *names: str) -> tuple[float, float] | None:
    found = [row[one] for row in rows for one in names if row[one] is not None]
    return (min(found), max(found)) if found else None


def _between(ends: tuple[float, float] | None, currency: str) -> str:
    if ends is None:
        return "an amount not reported"
    low, high = money(ends[0], currency), money(ends[1], currency)
    return high if low == high else f"{low.removesuffix(' ' + currency.upper())} to {high}"


def _shares(ends: tuple[float, float]) -> str:
    low, high = (f"{one:.0%}".removesuffix("%") for one in ends)
    return f"{high} %" if low == high else f"{low} to {high} %"


def ends(rows: Sequence[Row], column: str, currency: str) -> str:
    """The first and the last value of a series.

    rows: reporter, partner, flow, period, months and `column`, in order.
    """
    first, last = rows[0], rows[-1]
    verb = "Exports" if first["flow"] == "export" else "Imports"
    way = "to" if first["flow"] == "export" else "from"
    pair = f"{verb} of {name(first['reporter'])} {way} {name(first['partner'])}"
    told = [f"{money(row[column], currency)} in {_when(row)}" for row in (first, last)]
    return f"{pair} came to {told[0]}." if first is last else f"{pair} came to {told[0]} and {told[1]}."


def _when(row: Row) -> str:
    """A month, or a year with the months of it that are held."""
    if row["months"] == 1:
        return month(row["period"])
    return f"{row['period']:%Y}" + ("" if row["months"] == 12 else f" ({row['months']} months of it)")


def steepest(rows: Sequence[Row], windows: tuple[str, str]) -> str:
    """The largest buyer of the window and its change. rows: `name`, `label`, the largest first."""
    first = rows[0]
    return f"{first['name']} bought the most of them in {windows[1]}: {first['label']} on {windows[0]}."


def goods(rows: Sequence[Row]) -> str:
    """The goods with the largest rise. rows: `full`, `label`, the largest first."""
    listed = "; ".join(f"{row['full']} ({row['label']})" for row in rows[:3])
    return f"By chapter of the Harmonized System, exports to the neighbours rose most in {listed}."


def substitution(rows: Sequence[Row], currency: str) -> str:
    """The country where exports stand highest over earlier imports. rows: of measures.goods.substitution."""
    top = max((row for row in rows if row["ratio"] is not None), key=lambda row: row["ratio"])
    sold, bought = money(top["exports_of_origin"], currency), money(top["imports_from_all"], currency)
    stands = f"{name(top['country'])} stands out: China’s exports to it in 2023 come to {sold}"
    return f"{stands}, its imports from everyone in 2021 to {bought}, a ratio of {top['ratio']:.1f}."
