"""Reads votes of the General Assembly: of many years, by the library or by Voeten, and of one roll call."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

import ibis
from ibis.expr.types import Table, Value

from entrepot.errors import ReadError, UsageError
from entrepot.model.area import lookup
from entrepot.model.kind import VOTES
from entrepot.model.vote import ROLL_CALL
from entrepot.model.vote import VOTES as WORDS
from entrepot.sources._canonical import Check, day, looked_up, text, unknown, vote
from entrepot.sources._format import Format, Raw
from entrepot.sources._head import Head
from entrepot.sources._load import load_csv, load_parquet, load_sheet
from entrepot.sources._places import placed, status
from entrepot.sources.unga._library import LIBRARY

_VOTES: Final = frozenset({"rcid", "country", "country_code", "vote"})
_ROLL_CALLS: Final = frozenset({"rcid", "date", "unres", "short", "descr"})
_ONE: Final = frozenset({"states", "vote", "iso_code"})
_SHEET: Final = "detail"
_ASKS: Final = frozenset({"roll_call", "date", "title"})
_OWN_WORDS: Final = {"approve": "yes", "against": "no"}
_OWN_NAMES: Final = {"federal republic of germany": "DEU", "yemen arab republic": "YEM"}


def _load(head: Head, scratch: Path) -> Raw:
    return load_parquet(head, scratch) if head.kind == "parquet" else load_csv(head, scratch)


def _of_votes(raw: Table, _head: Head) -> Table:
    """One row is one vote; its roll call's date is in the other file."""
    known = {code.lower(): ours for code, ours in lookup("iso2").items()}
    names = {**lookup("name"), **_OWN_NAMES}
    named = placed(raw, names, by_name=raw.country)
    named = looked_up(named, by_code=(text(raw.country_code).lower(), known))
    named = named.mutate(area=ibis.coalesce(named.by_code, named.by_name))
    return _votes(named, _number(named.rcid), "country", None, {})


def _of_roll_calls(raw: Table, _head: Head) -> Table:
    """One row is one roll call, with the date and the resolution."""
    when = day(text(raw.date).substr(0, 10))
    about = ibis.coalesce(text(raw.short), text(raw.descr))
    return vote(
        raw,
        [unknown("rcid", raw.rcid, _number(raw.rcid), "roll call"), unknown("date", raw.date, when, "date")],
        roll_call=_number(raw.rcid),
        date=when,
        area=ROLL_CALL,
        title=ibis.coalesce(text(raw.unres) + ": " + about, about, text(raw.unres)),
    )


def _of_one(raw: Table, head: Head) -> Table:
    """One row is the vote of one state on the roll call that the user names."""
    when = _day(head)
    if when is None or "roll_call" not in head.given:
        raise ReadError(
            head.path.name,
            "the file does not say which roll call it is of.",
            todo="Say it: --given roll_call=ES-11/1 --given date=2022-03-02",
        )
    known = {code.lower(): ours for code, ours in lookup("iso3").items()}
    named = placed(raw, known, area=raw.iso_code)
    return _votes(
        named, ibis.literal(head.given["roll_call"]), "iso_code", when, {"title": head.given.get("title")}
    )


def _votes(
    named: Table, roll_call: Value, column: str, when: date | None, more: dict[str, str | None]
) -> Table:
    said = text(named.vote).lower()
    words = {**{word: word for word in WORDS}, **_OWN_WORDS}
    heard = ibis.cases(*((said == word, ours) for word, ours in words.items()), else_=ibis.null("string"))
    return vote(
        named,
        [
            unknown("roll_call", roll_call, roll_call, "roll call"),
            unknown(column, named[column], named.area, "area"),
            Check("vote", named.vote, heard.isnull(), f"not one of: {', '.join(words)}"),
        ],
        roll_call=roll_call,
        date=when,
        area=named.area,
        vote=heard,
        status=status(named),
        **more,
    )


def _number(rcid: Value) -> Value:
    """Roll calls are numbered, in some files as 3.0."""
    bare = text(rcid).re_replace(r"\.0+$", "")
    return ibis.literal("rcid-") + bare


def _day(head: Head) -> date | None:
    said = head.given.get("date")
    try:
        return date.fromisoformat(said) if said else None
    except ValueError:
        raise UsageError(f"date {said!r} is not a day: write 2022-03-02.") from None


def _is_votes(head: Head) -> bool:
    return head.has(*_VOTES)


def _is_roll_calls(head: Head) -> bool:
    return head.has(*_ROLL_CALLS)


def _is_one(head: Head) -> bool:
    return head.has(*_ONE) or (head.kind == "xlsx" and set(_first_row(head)) >= _ONE)


def _first_row(head: Head) -> tuple[str, ...]:
    """Of the sheet that has the states; others sum them up."""
    import python_calamine

    book = python_calamine.CalamineWorkbook.from_path(str(head.path))
    if _SHEET not in book.sheet_names:
        return ()
    rows = book.get_sheet_by_name(_SHEET).to_python(skip_empty_area=False, nrows=1)
    return tuple(str(cell).strip() for row in rows for cell in row)


def _load_one(head: Head, scratch: Path) -> Raw:
    if head.kind != "xlsx":
        return load_csv(head, scratch)
    return load_sheet(head, scratch, sheet=head.sheet if head.has(*_ONE) else _SHEET)


FORMATS = (
    LIBRARY,
    Format("votes", _is_votes, _of_votes, handled=_VOTES, load=_load, kind=VOTES),
    Format(
        "roll-calls",
        _is_roll_calls,
        _of_roll_calls,
        handled=_ROLL_CALLS,
        ignored={
            "session": "the date tells it",
            "importantvote": "the view of one member, the United States",
            "amend": "the title tells it",
            "para": "the title tells it",
        },
        load=_load,
        kind=VOTES,
    ),
    Format(
        "one-roll-call",
        _is_one,
        _of_one,
        handled=_ONE,
        ignored={"continent": "of the state", "population": "of the state"},
        load=_load_one,
        published=_day,
        asks=_ASKS,
        kind=VOTES,
    ),
)
