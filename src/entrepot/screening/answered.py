"""Searches and decisions on record as answers, for the command line and the web page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from entrepot.errors import NoDataError, UsageError
from entrepot.model.answer import Answer
from entrepot.screening import cases, decisions, records
from entrepot.screening.certificate import as_certificate
from entrepot.screening.decisions import Decision
from entrepot.screening.log import Line, Log

if TYPE_CHECKING:
    import pyarrow as pa

_STATE = ("case", "kind", "about", "decision", "who", "why", "until", "is_open", "reopened")
STATES: Final = (*_STATE, "decided", "scope", "list", "party", "search")
HISTORY: Final = ("number", "decided", "decision", "who", "why", "until", "scope", "fingerprint")
SEARCHES: Final = (
    *("number", "when", "who", "file", "shipments", "names", "lists"),
    *("matches", "flags", "unread", "sha256"),
)
LISTS: Final = ("name", "publisher", "file", "edition", "published", "sha256", "parties", "names")
VERIFIED: Final = ("log", "lines", "fault", "line", "torn_bytes", "repairs", "sha256")

NEW_ONES: Final = (
    "Parties that a list named since then are found only by searching again: no decision tells of them."
)


def decided(store: Path, day: date, *, case: str | None = None, only_open: bool = False) -> Answer:
    """What is decided of the cases on record, as it stands at the end of a day.

    Of one case also its history beside. All that are open, also those nobody decided, with `only_open`.
    """
    made = decisions.decisions(store, day)
    _refuse_none(store)
    name = case.strip().upper() if case else None
    rows = [row for row in _states(store, made, day) if name is None or row["case"] == name]
    if name and not rows:
        raise UsageError(f"no search on record found a case {name[:40]!r}, and nobody decided about it.")
    shown = [row for row in rows if row["is_open"] or not only_open]
    shown = [row for row in shown if row["decision"] or only_open or name]
    question = {"command": "decisions", "case": name, "open": only_open, "on": day}
    beside = {"history": _history(made, name)} if name else {}
    return Answer(question, _table(shown, STATES), beside=beside, notes={"is_open": NEW_ONES}, brief=_BRIEF)


_BRIEF = ("case", "about", "decision", "who", "why", "until", "is_open", "reopened", "decided", "search")


def searches(store: Path) -> Answer:
    """The searches on record, one a row, the newest first."""
    _refuse_none(store)
    rows = [_search(line) for line in records.searches(store)]
    brief = [name for name in SEARCHES if name != "sha256"]
    return Answer({"command": "searches"}, _table(reversed(rows), SEARCHES), brief=brief)


def one_search(store: Path, number: int) -> Answer:
    """One search on record in full: its certificate, and the lists beside. Raises NoDataError."""
    found = records.searched(store, number)
    body = found.line.body
    question = {"command": "searches", "number": number, "sentence": as_certificate(found)}
    flags = [{"rule": rule, "flags": count} for rule, count in body["counts"]["flags"].items()]
    beside = {
        "lists": _table((_dated(one) for one in body["lists"]), LISTS),
        "flags": _table(flags, ("rule", "flags")),
    }
    return Answer(question, _table([_search(found.line)], SEARCHES), beside=beside)


def _refuse_none(store: Path) -> None:
    if next(records.searches(store), None) is None:
        raise NoDataError(
            f"no search is on record in {store}. `entrepot screen` records each, also where it finds nothing."
        )


def verified(store: Path) -> Answer:
    """Each log held against itself: lines that follow one another, and the first that is not as written."""
    logs = {"searches": records.log(store), "decisions": decisions.log(store)}
    rows = [{"log": name, **vars(log.verify())} for name, log in logs.items()]
    if rows[0]["fault"] is None:
        rows.append(_cases(store, logs["searches"]))
    return Answer({"command": "searches", "verify": True}, _table(rows, VERIFIED), warnings=[_OUTSIDE])


_OUTSIDE = "A log that was written anew from its first line agrees with itself: hold the last sha256 against "
_OUTSIDE += "one kept elsewhere, such as that of a certificate."


def _cases(store: Path, log: Log) -> dict[str, Any]:
    """Whether the cases of all searches are as they were written."""
    named = [(line.number, line.body["cases"]) for line in log.lines() if line.kind == "search"]
    bad = [number for number, said in named if not cases.is_sound(store / records.FOLDER, said)]
    fault = f"the cases of search {bad[0]} are gone or altered" if bad else None
    return {"log": "cases", "lines": len(named) - len(bad), "fault": fault, "line": bad[0] if bad else None}


def _states(store: Path, made: Sequence[Decision], day: date) -> list[dict[str, Any]]:
    """All cases that a search found or somebody decided about."""
    import pyarrow as pa

    known, newest = records.known(store), {one.case: one for one in made}
    named = [*known, *(name for name in newest if name not in known)]
    marks = [known[name][0].fingerprint if name in known else None for name in named]
    asked = pa.table({"case": pa.array(named, pa.string()), "fingerprint": pa.array(marks, pa.string())})
    states = decisions.state(asked, made, day).to_pylist()
    return [row | _about(known.get(row["case"], (None, None)), newest.get(row["case"])) for row in states]


def _about(known: tuple[Any, int | None], one: Decision | None) -> dict[str, Any]:
    told = known[0] or one
    shared = {name: getattr(told, name) or None for name in ("kind", "about", "list", "party")}
    made = {"decided": _moment(one.when), "scope": one.scope or None} if one else {}
    return {**shared, **made, "search": known[1]}


def _history(made: Sequence[Decision], case: str) -> pa.Table:
    told = decisions.history(made, case)
    rows = [{**vars(one), "decided": _moment(one.when), "scope": one.scope or None} for one in told]
    return _table(rows, HISTORY)


def _search(line: Line) -> dict[str, Any]:
    body, counts = line.body, line.body["counts"]
    told = {
        "number": line.number,
        "when": _moment(line.when),
        "who": body["who"],
        "file": body["given"]["file"],
    }
    sizes = {name: counts[name] for name in ("shipments", "names", "matches", "unread")}
    lists = ", ".join(one["name"] for one in body["lists"]) or None
    return told | sizes | {"lists": lists, "flags": sum(counts["flags"].values()), "sha256": line.sha256}


def _moment(when: datetime) -> str:
    return when.isoformat(timespec="seconds")


def _dated(one: Mapping[str, Any]) -> dict[str, Any]:
    return {**one, "published": date.fromisoformat(one["published"]) if one["published"] else None}


_COUNTS = {
    *("number", "search", "shipments", "names", "parties", "matches", "flags", "unread"),
    *("lines", "line", "torn_bytes", "repairs"),
}


def _table(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> pa.Table:
    import pyarrow as pa

    types = dict.fromkeys(_COUNTS, pa.int64()) | dict.fromkeys(("until", "published"), pa.date32())
    types |= {"is_open": pa.bool_()}
    schema = pa.schema([(name, types.get(name, pa.string())) for name in columns])
    return pa.Table.from_pylist([{name: row.get(name) for name in columns} for row in rows], schema=schema)
