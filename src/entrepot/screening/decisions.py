"""What people decided about cases: who, why, until when; each a line of a log that is only added to.

The newest line about a case counts; those before it stay. A decision is in force until the end of its day,
and only as long as the case has the fingerprint it had when it was decided: a party's record that changed in
its list, or facts that changed, open it again. What is newly listed is found by searching again only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol, cast, get_args

from entrepot.errors import UsageError
from entrepot.screening import records
from entrepot.screening.cases import Case
from entrepot.screening.log import Line, Log
from entrepot.screening.said import told

if TYPE_CHECKING:
    import pyarrow as pa

Word = Literal["proceed", "refuse", "escalate", "not-a-match", "withdraw"]

NEEDS_END: Final = ("proceed", "not-a-match")
"""What lets a shipment go on is decided for a time."""

STAYS_OPEN: Final = ("escalate", "withdraw")
"""Somebody still has to decide."""

MOST_WHY: Final = 4_000
MOST_SCOPE: Final = 500


@dataclass(frozen=True)
class Decision:
    """What somebody decided about a case. `scope`: what it is meant for, in words, for people only."""

    case: str
    kind: str
    about: str
    who: str
    decision: Word
    why: str
    until: date | None
    scope: str
    fingerprint: str
    when: datetime
    list: str = ""
    party: str = ""
    number: int = 0  # of its line in the log


class Listed(Protocol):
    """What is asked of a list of parties, in one edition (model.party.PartyList)."""

    @property
    def name(self) -> str:
        """The list's name."""

    @property
    def parties(self) -> pa.Table:
        """party, name, fingerprint ..."""

    @property
    def names(self) -> pa.Table:
        """party, name ..."""


def log(store: Path) -> Log:
    """The log of decisions of a store."""
    return Log(store / records.FOLDER / "decisions.jsonl")


def decide(
    store: Path,
    case: str,
    *,
    who: str,
    why: str,
    decision: str,
    now: datetime,
    until: date | None = None,
    scope: str = "",
) -> Decision:
    """Write down a decision about a case that a search on record found.

    Raises UsageError for an unknown case, a word that is none, no name or reason, or no end where one is
    needed; StoreError where it could not be written.
    """
    word = _word(decision)
    _check_end(word, until, now.date())
    told_who, told_why = told("who", who, records.MOST_WHO), told("why", why, MOST_WHY)
    found = _found(store, case)
    made = Decision(
        **asdict(found),
        who=told_who,
        decision=word,
        why=told_why,
        until=until,
        scope=told("scope", scope, MOST_SCOPE, required=False),
        when=now,
    )
    line = log(store).append("decision", _body(made), now)
    return replace(made, number=line.number)


def decisions(store: Path, by: date | None = None) -> list[Decision]:
    """All decisions, the oldest first; those made by the end of a day. Raises AlteredError."""
    read = [_read(line) for line in log(store).lines() if line.kind == "decision"]
    return [one for one in read if by is None or one.when.date() <= by]


def state(cases: pa.Table, decided: Iterable[Decision], on: date) -> pa.Table:
    """One row per case of `cases` (columns case, fingerprint), in their order: what is decided of it.

    case, decision, who, why, until, is_open, reopened: null, or why what was decided stands no longer on the
    day.
    """
    import pyarrow as pa

    newest = {one.case: one for one in decided}
    pairs = zip(cases["case"].to_pylist(), cases["fingerprint"].to_pylist(), strict=True)
    rows = [_state(case, newest.get(case), mark, on) for case, mark in pairs]
    return pa.Table.from_pylist(rows, schema=schema())


def schema() -> pa.Schema:
    """Columns of `state`."""
    import pyarrow as pa

    texts = [(name, pa.string()) for name in ("case", "decision", "who", "why")]
    return pa.schema([*texts, ("until", pa.date32()), ("is_open", pa.bool_()), ("reopened", pa.string())])


def reopened(one: Decision, fingerprint: str | None, on: date) -> str | None:
    """Why a decision stands no longer on a day, or null. No fingerprint: as it was."""
    if one.decision == "withdraw":
        return f"withdrawn on {one.when:%Y-%m-%d}"
    if fingerprint is not None and fingerprint != one.fingerprint:
        changed = "the listing" if one.kind == "match" else "the shipment's facts"
        return f"{changed} changed since"
    return f"expired on {one.until}" if one.until is not None and on > one.until else None


def touched(old: Sequence[Listed], new: Sequence[Listed], decided: Iterable[Decision]) -> pa.Table:
    """One row per decided case that a new edition of its list touches.

    case, about, list, party, decision, what.
    `what` says what became of the party: its new names, or that its record changed, which opens the case
    again at the next search; or "no longer on the list", which is left to people to close. A list that is not
    among `new` tells nothing. Parties that are newly listed are in no case yet: search again to find them.
    """
    import pyarrow as pa

    now, before = _by_list(new), _by_list(old)
    newest = {one.case: one for one in decided if one.kind == "match"}.values()
    rows = [
        {**{name: vars(one)[name] for name in _TOUCHED}, "what": change}
        for one in newest
        if one.list in now and (change := _change(one, now[one.list], before.get(one.list)))
    ]
    return pa.Table.from_pylist(rows, schema=pa.schema([(n, pa.string()) for n in (*_TOUCHED, "what")]))


_TOUCHED = ("case", "about", "list", "party", "decision")


@dataclass(frozen=True)
class _Edition:
    fingerprints: Mapping[str, str]
    names: Mapping[str, set[str]]


def _by_list(lists: Sequence[Listed]) -> dict[str, _Edition]:
    return {one.name: _edition(one) for one in lists}


def _edition(one: Listed) -> _Edition:
    marks = dict(zip(one.parties["party"].to_pylist(), one.parties["fingerprint"].to_pylist(), strict=True))
    names: dict[str, set[str]] = {}
    for party, name in zip(one.names["party"].to_pylist(), one.names["name"].to_pylist(), strict=True):
        names.setdefault(party, set()).add(name)
    return _Edition(marks, names)


def _change(one: Decision, now: _Edition, before: _Edition | None) -> str | None:
    if one.party not in now.fingerprints:
        return "no longer on the list"
    if now.fingerprints[one.party] == one.fingerprint:
        return None
    known = before.names.get(one.party) if before else None
    fresh = sorted(now.names.get(one.party, set()) - known) if known is not None else []
    return f"new names: {'; '.join(fresh)}" if fresh else "the listing changed"


def _state(case: str, one: Decision | None, mark: str | None, on: date) -> dict[str, Any]:
    if one is None:
        return {"case": case, "is_open": True}
    why_open = reopened(one, mark, on)
    shown = {name: vars(one)[name] for name in ("decision", "who", "why", "until")}
    is_open = why_open is not None or one.decision in STAYS_OPEN
    return {"case": case, **shown, "is_open": is_open, "reopened": why_open}


def _word(text: str) -> Word:
    if text not in get_args(Word):
        raise UsageError(f"--decision {text[:40]!r} is not known. Use one of: {', '.join(get_args(Word))}.")
    return cast("Word", text)


def _check_end(word: Word, until: date | None, today: date) -> None:
    if until is None and word in NEEDS_END:
        raise UsageError(f"--decision {word} needs an end, the last day it stands: --until 2027-06-30.")
    if until is not None and until < today:
        raise UsageError(f"--until {until} is past: today is {today} (UTC).")


def _found(store: Path, case: str) -> Case:
    name = case.strip().upper()
    if found := records.find(store, name):
        return found[0]
    raise UsageError(
        f"no search on record found a case {case[:40]!r}. `entrepot decisions --open` lists those to decide."
    )


def _body(one: Decision) -> dict[str, Any]:
    body = {name: value for name, value in asdict(one).items() if name not in {"when", "number"}}
    return body | {"until": one.until.isoformat() if one.until else None}


def _read(line: Line) -> Decision:
    until = line.body["until"]
    plain = {**line.body, "until": date.fromisoformat(until) if until else None}
    return Decision(**plain, when=line.when, number=line.number)


def history(decided: Iterable[Decision], case: str) -> Iterator[Decision]:
    """All that was ever decided about a case, the oldest first."""
    return (one for one in decided if one.case == case)
