"""Reads lists of acts and of votes of a user's own, in the tidy format. See docs/reference/tidy.md."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import ibis
from ibis.expr.types import Table, Value

from entrepot.model.act import KINDS
from entrepot.model.flow import Status
from entrepot.model.kind import ACTS, VOTES
from entrepot.model.vote import VOTES as WORDS
from entrepot.sources._canonical import Check, act, not_a_number, number, text, unknown, vote
from entrepot.sources._format import Format, Raw
from entrepot.sources._head import Head
from entrepot.sources._load import load_csv, load_parquet, load_sheet
from entrepot.sources.tidy import _sidecar
from entrepot.sources.tidy._areas import coded, unmarked

_ACT: Final = frozenset({"key", "date", "actor", "partner", "kind", "title"})
_ACT_MORE: Final = ("category", "marks", "amount", "unit", "stance", "citation", "status")
_VOTE: Final = frozenset({"roll_call", "date", "area", "vote"})
_VOTE_MORE: Final = ("title", "issue", "status")
_ANEW: Final = ("precision", "source", "snapshot", "row")
_LENGTHS: Final = {4: "year", 7: "month", 10: "day"}


def load(head: Head, scratch: Path) -> Raw:
    """CSV, workbook or Parquet, by what the file is."""
    by_kind = {"xlsx": load_sheet, "parquet": load_parquet}
    return by_kind.get(head.kind, load_csv)(head, scratch)


def _acts(raw: Table, _head: Head) -> Table:
    """One row is one act."""
    named = coded(raw, "actor", "partner")
    kind, unit, stance = text(named.kind).lower(), text(named.unit), number(named.stance)
    return act(
        named,
        [
            unknown("key", named.key, text(named.key), "act: give each a key"),
            unknown("date", named.date, _day(named.date), "date: write 2022, 2022-05 or 2022-05-24"),
            unknown("actor", named.actor, named.actor_code, "area"),
            unknown("partner", named.partner, named.partner_code, "area"),
            _one_of("kind", kind, KINDS),
            Check("title", named.title, text(named.title).isnull(), "no title: say what happened"),
            not_a_number("amount", named.amount),
            Check(
                "unit", named.unit, text(named.amount).notnull() & unit.isnull(), "no unit beside the amount"
            ),
            not_a_number("stance", named.stance),
            Check("stance", named.stance, ~stance.between(-1, 1), "not between -1 and 1"),
            _one_of("status", _status(named), tuple(Status)),
            unmarked(named, "actor", "partner"),
        ],
        key=text(named.key),
        date=_day(named.date),
        precision=_precision(named.date),
        actor=named.actor_code,
        partner=named.partner_code,
        kind=kind,
        amount=number(named.amount),
        unit=ibis.ifelse(text(named.amount).isnull(), ibis.null("string"), unit),
        stance=stance,
        status=_status(named),
        **{name: text(named[name]) for name in ("category", "title", "marks", "citation")},
    )


def _votes(raw: Table, _head: Head) -> Table:
    """One row is one vote."""
    named = coded(raw, "area")
    word, when = text(named.vote).lower(), text(named.date)
    day = ibis.ifelse(when.length() >= 10, _day(named.date), ibis.null("date"))
    return vote(
        named,
        [
            unknown("roll_call", named.roll_call, text(named.roll_call), "roll call"),
            unknown("date", named.date, day, "date: write 2022-03-02"),
            unknown("area", named.area, named.area_code, "area"),
            _one_of("vote", word, WORDS),
            _one_of("status", _status(named), tuple(Status)),
            unmarked(named, "area"),
        ],
        roll_call=text(named.roll_call),
        date=day,
        area=named.area_code,
        vote=word,
        title=text(named.title),
        issue=text(named.issue),
        status=_status(named),
    )


def _status(named: Table) -> Value:
    return ibis.coalesce(text(named.status).lower(), "reported")


def _written(column: Value) -> Value:
    """The date without the midnight that a sheet adds."""
    return text(column).re_replace(r"[ T]00:00:00$", "")


def _day(column: Value) -> Value:
    """First day of a year, a month, or the day; null where it is none of them."""
    written = _written(column)
    ends = {4: "-01-01", 7: "-01", 10: ""}
    whole = ibis.cases(
        *((written.length() == length, written + end) for length, end in ends.items()),
        else_=ibis.null("string"),
    )
    plain = ibis.ifelse(whole.re_search(r"^\d{4}-\d{2}-\d{2}$"), whole, ibis.null("string"))
    return plain.try_cast("date")


def _precision(column: Value) -> Value:
    length = _written(column).length()
    return ibis.cases(*((length == size, name) for size, name in _LENGTHS.items()), else_=ibis.null("string"))


def _one_of(name: str, value: Value, allowed: Sequence[str]) -> Check:
    return Check(name, value, value.isnull() | ~value.isin(allowed), f"not one of: {', '.join(allowed)}")


FORMATS: Final = (
    Format(
        "tidy-acts",
        lambda head: head.has(*_ACT),
        _acts,
        handled=_ACT,
        optional=frozenset(_ACT_MORE),
        ignored=dict.fromkeys(_ANEW, "derived anew"),
        load=load,
        card=_sidecar.card,
        published=_sidecar.published,
        kind=ACTS,
    ),
    Format(
        "tidy-votes",
        lambda head: head.has(*_VOTE),
        _votes,
        handled=_VOTE,
        optional=frozenset(_VOTE_MORE),
        ignored=dict.fromkeys(_ANEW, "derived anew"),
        load=load,
        card=_sidecar.card,
        published=_sidecar.published,
        kind=VOTES,
    ),
)
