"""Bounds of a list over editions of the Harmonized System: what is asked, and what is said of them."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
from ibis.expr.types import Table

from entrepot.answers._shape import words
from entrepot.errors import UsageError
from entrepot.measures.bounds import possible_cells
from entrepot.measures.cells import Selection
from entrepot.model.commodity import Basket
from entrepot.model.edition import READINGS, Translation, codes, linked, translate

SERIES = ("value_low", "value_high", "uncertain_share")
GROWTH = (
    *("base_low", "base_high", "base_uncertain_share", "window_low", "window_high"),
    *("window_uncertain_share", "change_low", "change_high"),
)
NOTES = {
    "value_low": "sum over codes all of whose goods are on the list, of those reported",
    "value_high": "sum over all codes that hold goods of the list, each once, of those reported",
    "uncertain_share": "1 - low / high; 1: nothing certain",
    "change_low": "the least the change can be: lower bound of the window over upper of the base, less one",
    "change_high": "the most it can be: upper over lower; empty: no bound, nothing certain in the base",
}


def checked(basket: Basket, reading: str) -> None:
    """Raises UsageError where bounds cannot be had: no edition, no codes, an unknown reading."""
    if reading not in READINGS:
        raise UsageError(f"--bounds {reading!r} is not known. Use one of: {', '.join(READINGS)}.")
    if not basket.codes[0].isdigit():
        raise UsageError(f"bounds are of codes of the Harmonized System; {basket.name} has none.")
    if basket.hs_revision is None:
        raise UsageError(f"which edition is {basket.name} written in? Say it first: HS2022:{basket.name}.")
    codes(basket.hs_revision)


def possible(rows: Table, asked: Selection, reading: str) -> Table:
    """Cells of every linked edition that may hold goods of the list; see measures.bounds."""
    return possible_cells(rows, asked, [one for one in _told(asked.basket, reading) if one.possible])


def _told(basket: Basket, reading: str) -> list[Translation]:
    """The list in its own edition, then in those that a table links with it, the latest first."""
    own = str(basket.hs_revision)
    return [translate(basket.codes, own, other, reading) for other in (own, *linked(own))]


def bound_cautions(table: pa.Table, basket: Basket, reading: str) -> list[str]:
    """What the bounds rest on in each edition that answered, under either reading; what they leave out."""
    own, found = str(basket.hs_revision), []
    for other in sorted(words(table, "hs_revisions") - {own}):
        if other in linked(own):
            found += _of_edition(basket, other, reading)
        else:
            found.append(f"no table links {own} and {other}: figures in {other} have no bounds.")
    return found


def _of_edition(basket: Basket, other: str, reading: str) -> list[str]:
    own = str(basket.hs_revision)
    told = {one: translate(basket.codes, own, other, one) for one in READINGS}
    counts = "; ".join(
        f"by {one} relations {len(t.certain)} of its {len(t.possible)} codes there are certain"
        for one, t in told.items()
    )
    found = [
        f"{basket.name} is in {own}, held in {other} too: {counts}. The bounds are by {reading} relations."
    ]
    chosen = told[reading]
    if doubtful := [code for code in chosen.possible if code not in set(chosen.certain)]:
        found.append(f"only possible in {other}: {_some(doubtful)}.")
    if chosen.unlinked:
        codes = _some(chosen.unlinked)
        found.append(f"a little of hundreds of codes in {other}, left out there: {codes}. See --bounds all.")
    return found


def _some(found: Sequence[str], most: int = 8) -> str:
    more = f" and {len(found) - most} more" if len(found) > most else ""
    return ", ".join(found[:most]) + more
