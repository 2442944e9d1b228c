"""Which acts and votes are in force: registers that come whole, the package's lists, dates of roll calls."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import ibis

from entrepot import sources
from entrepot.model.act import COLUMNS, known_acts
from entrepot.model.constant import constant
from entrepot.model.provenance import Snapshot
from entrepot.model.vote import ROLL_CALL
from entrepot.sources._format import REGISTER

if TYPE_CHECKING:
    from ibis.expr.types import Table


def last_registers(cards: Sequence[Snapshot]) -> list[Snapshot]:
    """The cards without those of registers that a later edition replaces. cards: in order of publication.

    A register without numbers of its own cannot be compared act by act: the latest edition speaks for all of
    it.
    """
    last = {(card.source, card.format): card for card in cards}
    return [card for card in cards if not _comes_whole(card) or last[card.source, card.format] is card]


def _comes_whole(card: Snapshot) -> bool:
    forms = sources.formats(card.source) if card.source in sources.names() else ()
    return any(form.name == card.format and form.complete == REGISTER for form in forms)


def listed(as_of: date | None) -> Table:
    """The acts of the package's lists that could be known on a day."""
    rows = [one.row(place) for place, one in enumerate(known_acts(as_of), 1)]
    return constant({name: [row[name] for row in rows] for name in COLUMNS}, COLUMNS)


def dated(votes: Table) -> Table:
    """The votes, each with what its roll call's own row tells and it does not: date, title, issue."""
    told = ("date", "title", "issue")
    roll_calls = votes.filter(votes.area == ROLL_CALL).select("roll_call", **{f"its_{n}": n for n in told})
    given = votes.filter(votes.area != ROLL_CALL).left_join(roll_calls, "roll_call")
    filled = given.mutate(**{name: ibis.coalesce(given[name], given[f"its_{name}"]) for name in told})
    return filled.select(*votes.columns)
