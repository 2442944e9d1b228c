"""Asks the World Bank for indicators by country and year: one indicator an ask, its whole answer on one page.

An answer of several pages is not paged through: between two pages the publisher may publish anew, which moves
rows across the pages' edges. It is asked for in parts of fewer years instead, each on one page, each with the
publisher's own day of its figures. Facts of the interface: datahelpdesk.worldbank.org/knowledgebase/articles/
898581-api-basic-call-structures.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

from entrepot.errors import UsageError
from entrepot.model.area import area, members, resolve_many
from entrepot.sources._ask import (
    Ask,
    Asks,
    BadAnswerError,
    Nothing,
    Outcome,
    Pace,
    Parts,
    Publisher,
    Whole,
    Words,
    short,
)
from entrepot.sources._checks import digest_of, refuse_kind, refuse_others
from entrepot.sources._order import listed, window, years
from entrepot.sources.wdi import _answer

_USUAL: Final = ("NY.GDP.MKTP.CD", "SP.POP.TOTL")
_PER_PAGE: Final = 20_000  # all economies and groups, some 270, for seventy years
_ALL: Final = "all"
_LONGEST: Final = 1_500  # characters between two slashes
_LASTING: Final = frozenset({"120", "140", "160", "175"})
"""Errors that asking once more does not mend: an invalid value, nothing of that name."""


class WorldBank(Publisher):
    """The interface of the World Bank's indicators. No key."""

    source = "wdi"
    base = "https://api.worldbank.org"
    most_bytes = 1 << 28

    def pace(self, *, keyed: bool) -> Pace:
        """One question a second; the publisher names no limit."""
        return Pace(1, 2)

    def asks(
        self, words: Words, today: date, told: Sequence[Path], done: Sequence[Ask], *, keyed: bool
    ) -> Asks:
        """One ask an indicator. Raises UsageError."""
        when = years(window(words, today))
        who = _countries(words, today)
        return Asks(
            tuple(_ask({"indicator": (one,), "country": who, "year": when}) for one in _indicators(words))
        )

    def judge(self, ask: Ask, path: Path, content_type: str) -> Outcome:
        """Rows; or asks for less where the answer has more than a page, or refuses one country of many."""
        refuse_kind(content_type, "JSON")
        try:
            about, rows = _answer.parsed(path.read_bytes())
        except _answer.RefusalError as error:
            return _refused(ask, error)
        except ValueError as error:
            raise BadAnswerError(str(error)) from None
        if about["pages"] > 1:
            return Parts(_halves(ask, ("year", "country")), f"{about['pages']} pages: asked a page at a time")
        if about["total"] != len(rows):
            raise BadAnswerError(f"it announces {about['total']} rows and has {len(rows)}")
        refuse_others(rows, _asked(ask))
        if all(row.get("value") is None for row in rows):
            return Nothing("the World Bank has no figure of these countries and years", is_known=True)
        return Whole(len(rows), _updated(about), digest_of(rows), note=_silent(ask, rows))


def _indicators(words: Words) -> tuple[str, ...]:
    found = listed(words, "indicator") or _USUAL
    if odd := [one for one in found if not re.fullmatch(r"[A-Za-z0-9_.]{2,60}", one)]:
        raise UsageError(f"indicator {odd[0]!r} is no code of the World Bank's, such as {_USUAL[0]}.")
    return found


def _countries(words: Words, today: date) -> tuple[str, ...]:
    text = words.get("country", "").strip()
    if text.lower() in ("", _ALL):
        return (_ALL,)
    found = dict.fromkeys(one for code in resolve_many(text) for one in members(code, today) or (code,))
    if odd := [code for code in found if area(code).kind == "special"]:
        raise UsageError(f"the World Bank has no country {', '.join(odd)}.")
    return tuple(found) if len(";".join(found)) <= _LONGEST else (_ALL,)


def _ask(axes: Mapping[str, tuple[str, ...]]) -> Ask:
    """The ask for these axes."""
    what, who, span = axes["indicator"][0], axes["country"], axes["year"]
    when = span[0] if len(span) == 1 else f"{span[0]}:{span[-1]}"
    url = f"v2/country/{';'.join(who)}/indicator/{what}?format=json&date={when}&per_page={_PER_PAGE}&page=1"
    whom = "all countries" if who == (_ALL,) else who[0] if len(who) == 1 else f"{len(who)} countries"
    return Ask("wdi", url, f"wdi-{what}-{short(url)}.json", f"{what} of {whom}, {when}", axes=dict(axes))


def _halves(ask: Ask, along: Sequence[str]) -> tuple[Ask, ...]:
    """The ask in two, along the first axis that can be parted. Raises BadAnswerError where none can."""
    for axis in along:
        values = ask.axes[axis]
        middle = len(values) // 2
        if middle:
            return tuple(_ask({**ask.axes, axis: part}) for part in (values[:middle], values[middle:]))
    raise BadAnswerError("it has more than a page for one year: the interface has changed")


def _refused(ask: Ask, error: _answer.RefusalError) -> Outcome:
    """One country that the World Bank does not have spoils the answer for all."""
    if not error.ids & _LASTING:
        raise BadAnswerError(str(error))
    if len(ask.axes["country"]) > 1:
        return Parts(_halves(ask, ("country",)), str(error))
    return Nothing(f"{error}: it has no such country or indicator", is_known=False)


def _asked(ask: Ask) -> dict[str, tuple[str, ...]]:
    """What the columns of an answer may say: what was asked for."""
    wanted = {"indicator.id": ask.axes["indicator"], "date": ask.axes["year"]}
    if ask.axes["country"] != (_ALL,):
        wanted["countryiso3code"] = ask.axes["country"]
    return wanted


def _silent(ask: Ask, rows: Sequence[Mapping[str, Any]]) -> str:
    told = {row.get("countryiso3code") for row in rows if row.get("value") is not None}
    silent = [one for one in ask.axes["country"] if one not in (*told, _ALL)]
    return f"no figure of {', '.join(silent)}" if silent else ""


def _updated(about: Mapping[str, Any]) -> date | None:
    try:
        return date.fromisoformat(str(about.get("lastupdated")))
    except ValueError:
        return None


PUBLISHER: Final = WorldBank()
