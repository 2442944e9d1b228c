"""The United Nations' library's own file of votes: every roll call on a resolution adopted, since 1946.

One row is one member's vote, and carries its roll call's date and title. Drafts that failed and votes on
paragraphs are not in it. The record: digitallibrary.un.org/record/4060887.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Final

import ibis
from ibis.expr.types import Table, Value

from entrepot.model.area import lookup
from entrepot.model.kind import VOTES
from entrepot.model.provenance import Card
from entrepot.sources._canonical import Check, day, text, unknown, vote
from entrepot.sources._format import REGISTER, Format
from entrepot.sources._head import Head
from entrepot.sources._places import placed, status

HANDLED: Final = frozenset({"undl_id", "ms_code", "ms_name", "ms_vote", "date", "resolution", "title"})
_WORDS: Final = {"y": "yes", "n": "no", "a": "abstain", "x": "absent"}
_NAMED: Final = r"(\d{4})_(\d{1,2})_(\d{1,2})_ga_voting.*\.csv(\.gz)?"
_FORMER: Final = {"yemen arab republic": "YEM", "federal republic of germany": "DEU"}
_TOLD: Final = "counted from the votes"


def day_of(name: str) -> date | None:
    """The day in the name the library gives the file: 2026_02_06_ga_voting.csv, 2025_9_19_ga_voting.csv."""
    found = re.fullmatch(_NAMED, name)
    try:
        return date(*(int(part) for part in found.groups()[:3])) if found else None
    except ValueError:
        return None


def _of_library(raw: Table, _head: Head) -> Table:
    """One row is one vote; a resolution is named as it is cited, without the Assembly's own A/RES/.

    Where several roll calls belong to one resolution, the library's number of each tells them apart.
    """
    cited = text(raw.resolution).re_replace(r"^A/RES/", "")
    raw = raw.mutate(cited=cited, number=ibis.literal("undl-") + text(raw.undl_id))
    together = ibis.window(group_by="cited")
    several = raw.number.min().over(together) != raw.number.max().over(together)
    told_apart = ibis.ifelse(several.fill_null(False), raw.cited + " " + raw.number, raw.cited)
    return _votes(raw.mutate(roll_call=ibis.coalesce(told_apart, raw.number)))


def _votes(raw: Table) -> Table:
    known = {code.lower(): ours for code, ours in lookup("iso3").items()}
    by_name = placed(raw, {**lookup("name"), **_FORMER}, by_name=raw.ms_name).drop("is_invented")
    named = placed(by_name, known, by_code=by_name.ms_code)
    named = named.mutate(area=ibis.coalesce(named.by_code, named.by_name))
    when = day(named.date)
    heard = _heard(named.ms_vote)
    return vote(
        named,
        [
            unknown("resolution", named.resolution, named.roll_call, "roll call"),
            unknown("date", named.date, when, "date"),
            unknown("ms_code", named.ms_code, named.area, "area"),
            Check("ms_vote", named.ms_vote, heard.isnull(), "not one of: Y, N, A, X"),
        ],
        roll_call=named.roll_call,
        date=when,
        area=named.area,
        vote=heard,
        title=text(named.title),
        issue=text(named.subjects),
        status=status(named),
    )


def _heard(said: Value) -> Value:
    """A member that did not vote has X; in some editions nothing."""
    words = ((text(said).lower() == word, ours) for word, ours in _WORDS.items())
    return ibis.cases((text(said).isnull(), "absent"), *words, else_=ibis.null("string"))


def _card(head: Head, card: Card) -> Card:
    """The library speaks for itself; the card of the source is that of Voeten's data set."""
    day = day_of(head.path.name)
    return replace(
        card,
        publisher="United Nations, Dag Hammarskjöld Library",
        title="General Assembly Voting Data",
        url="https://digitallibrary.un.org/record/4060887",
        licence="copyright United Nations: non-commercial use, with attribution",
        passing_on="not for commercial use, naming the source",
        citation="United Nations Dag Hammarskjöld Library, General Assembly Voting Data"
        + (f", file of {day}" if day else "")
        + ", https://digitallibrary.un.org/record/4060887",
    )


def _is_library(head: Head) -> bool:
    return head.has(*HANDLED)


LIBRARY: Final = Format(
    "un-library",
    _is_library,
    _of_library,
    handled=HANDLED,
    optional=frozenset({"subjects"}),
    ignored={
        "session": "the date tells it",
        "draft": "the resolution tells it",
        "committee_report": "the resolution tells it",
        "meeting": "the date tells it",
        "agenda_title": "the title tells it",
        "vote_note": "what members said later of their votes",
        "total_yes": _TOLD,
        "total_no": _TOLD,
        "total_abstentions": _TOLD,
        "total_non_voting": _TOLD,
        "total_ms": _TOLD,
        "undl_link": "made of the library's number",
    },
    published=lambda head: day_of(head.path.name),
    complete=REGISTER,
    card=_card,
    kind=VOTES,
)
