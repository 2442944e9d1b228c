"""What is ordered of Comtrade: an order's words as the codes of its interface."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from entrepot.errors import UsageError
from entrepot.model.area import comtrade_numbers, members, resolve_many
from entrepot.model.commodity import Basket, parse_commodity
from entrepot.model.edition import linked, translate
from entrepot.sources._ask import Words
from entrepot.sources._order import frequency, listed, spelt, window, years

WORLD: Final = "0"
TOTAL: Final = "TOTAL"
LEVELS: Final = {"AG2": 98, "AG4": 1_260, "AG6": 6_600}
"""Codes of a level at most, in any edition."""
MOST_PARTNERS: Final = 300
FLOWS: Final = {"import": "M", "export": "X", "re-import": "RM", "re-export": "RX"}


@dataclass(frozen=True)
class Order:
    """An order in Comtrade's codes. partners empty: all there are."""

    frequency: str
    reporters: tuple[str, ...]
    partners: tuple[str, ...]
    flows: tuple[str, ...]
    codes: tuple[str, ...]
    periods: tuple[str, ...]
    is_bulk: bool = False

    def has(self, reporter: str, period: str) -> bool:
        """Whether a month or year of a reporter is ordered."""
        return reporter in self.reporters and period in self.periods


def parse(words: Words, today: date) -> Order:
    """The order a user's words make. Raises UsageError."""
    often, span = frequency(words), window(words, today)
    flows = listed(words, "flow") or ("export", "import")
    return Order(
        often,
        _numbers(words, "reporter", today),
        () if words.get("partner", "").strip().lower() in ("", "all") else _numbers(words, "partner", today),
        tuple(FLOWS[spelt(word, "flow", FLOWS)] for word in flows),
        _codes(words.get("commodity", "")),
        tuple(f"{month:%Y%m}" for month in span.months) if often == "M" else years(span),
        words.get("bulk", "") == "yes",
    )


def _numbers(words: Words, name: str, today: date) -> tuple[str, ...]:
    text = words.get(name, "").strip()
    if not text:
        raise UsageError(f"say which {name}: --{name} CHN,KGZ.")
    known = comtrade_numbers()
    found = [one for code in resolve_many(text) for one in members(code, today) or (code,)]
    if unknown := [code for code in found if code not in known]:
        raise UsageError(f"Comtrade has no {name} {', '.join(unknown)}.")
    return tuple(dict.fromkeys(known[code] for code in found))


def _codes(text: str) -> tuple[str, ...]:
    """Codes to ask for, all goods always among them: a published month then never answers with nothing.

    A list written in one edition is asked for with its relatives in the editions linked to it: a month is
    published in the edition its country reported in.
    """
    if text.strip().upper() in LEVELS:
        return (TOTAL, text.strip().upper())
    basket = parse_commodity(text)
    if odd := [item for item in basket.items if item != TOTAL]:
        raise UsageError(f"Comtrade has no {odd[0]!r}: it knows codes of the Harmonized System.")
    return (TOTAL, *_with_relatives(basket))


def _with_relatives(basket: Basket) -> tuple[str, ...]:
    six = {code[:6] for code in basket.hs_codes}
    edition = basket.hs_revision
    others = linked(edition) if edition and six else ()
    related = {
        one for other in others for one in translate(sorted(six), edition or "", other, "main").possible
    }
    return tuple(sorted(six | related))
