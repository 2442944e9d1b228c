"""Published claims held against what the store tells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from entrepot.answers._figures import Vintage, check_options, key_of, told
from entrepot.answers._found import LISTED
from entrepot.claims import files as _files
from entrepot.claims.files import Filed
from entrepot.claims.formula import names
from entrepot.claims.schema import Check, Figure
from entrepot.claims.verdict import Found, Outcome, Verdict, outcome, verdict
from entrepot.errors import ReadError
from entrepot.model.act import covers, known_acts
from entrepot.model.answer import Answer
from entrepot.model.provenance import DOCUMENTS
from entrepot.store import Store

_COLUMNS = {
    "claim": pa.string(),
    "part": pa.string(),
    "verdict": pa.string(),
    "expected": pa.string(),
    "published": pa.float64(),
    "found": pa.float64(),
    "found_word": pa.string(),
    "found_now": pa.float64(),
    "difference": pa.float64(),
    "difference_share": pa.float64(),
    "unit": pa.string(),
    "coverage": pa.string(),
    "kind": pa.string(),
    "claim_as_of": pa.date32(),
    "reason": pa.string(),
    "title": pa.string(),
    "says": pa.string(),
    "place": pa.string(),
    "recipe": pa.string(),
    "note": pa.string(),
    "snapshots": pa.string(),
}
_BRIEF = ("claim", "part", "verdict", "expected", "found", "difference")
NOTES = {
    "published": "the figure printed, or the bound that words were read as, in `unit`",
    "found": "what the store tells of the claim's vintage, in `unit`; of a later one where verdict says so",
    "found_now": "what is held now tells, or was held on the day of --as-of, in `unit`",
    "difference": "found less published, in `unit`; empty where the claim is a range or a word",
    "verdict": "of the vintage of claim_as_of; `revised`: held then, and what is held now says otherwise",
}


def check(
    store: Store,
    *,
    path: Path | str | None = None,
    as_of: date | None = None,
    progress: Callable[[str], None] = lambda told: None,
) -> Answer:
    """The ledger of claims: one row per check of each claim.

    path: a folder of publications, one publication's folder, or one claim; none: the claims of the package.
    as_of: what was published by then is all there is; each claim is held against the vintage of its own date,
    or of `as_of` where that is earlier. verdict: see claims.verdict. Raises ReadError naming file, line and
    key of a claim that is not understood, UsageError where there are no claims.
    """
    claims = _files.read(None if path is None else Path(path))
    _check_questions(claims)
    evidence = store.leaving_out(DOCUMENTS)
    vintages = _vintages(evidence, claims, as_of, progress)
    undated = {shot.snapshot for shot in evidence.snapshots(as_of) if not shot.published_is_known}
    rows = [row for one in claims for row in _rows(one, vintages, as_of, undated)]
    table = pa.Table.from_pylist(rows, pa.schema(_COLUMNS))
    used = {word for row in rows for word in row["snapshots"].split()}
    return Answer(
        {
            "command": "check",
            "claims": len(claims),
            "checks": len(rows),
            "path": path and str(path),
            "as_of": as_of,
        },
        table,
        [shot for shot in evidence.snapshots(as_of) if shot.snapshot in used],
        {f"flows as of {day or 'now'}": one.query for day, one in vintages.items() if one.query},
        _summary(rows),
        NOTES,
        {"to_settle": _to_settle(claims, rows)},
        _BRIEF,
    )


def figures(
    store: Store, claim: Filed, *, as_of: date | None = None
) -> Iterator[tuple[str, date | None, Answer | str]]:
    """Each figure of a claim by name, with the vintage and the answer it is taken from.

    Of the claim's own day, or `as_of` where that is earlier; where nothing had been published by then, of
    `as_of`. A text in place of an answer says why there is none.
    """
    evidence = store.leaving_out(DOCUMENTS)
    for name, one in claim.claim.figures.items():
        found = told(evidence, _day(claim, as_of), one)
        later = told(evidence, as_of, one) if isinstance(found, str) else ""
        if isinstance(later, Answer):
            yield name, as_of, later
        else:
            yield name, _day(claim, as_of), found


def _check_questions(claims: Sequence[Filed]) -> None:
    for one in claims:
        for name, figure in one.claim.figures.items():
            if reason := check_options(figure):
                raise ReadError(one.file, f"{reason}.", column=f"figures.{name}")


def _day(one: Filed, as_of: date | None) -> date:
    return min(one.as_of, as_of) if as_of else one.as_of


def _vintages(
    store: Store, claims: Sequence[Filed], as_of: date | None, progress: Callable[[str], None]
) -> dict[date | None, Vintage]:
    """Each day that is asked about, once: vintages that stand on the same snapshots and acts are one."""
    wanted: dict[date | None, list[Figure]] = {as_of: []}
    for one in claims:
        for day in (_day(one, as_of), as_of):
            wanted.setdefault(day, []).extend(one.claim.figures.values())
    of_acts = any(figure.ask == "acts" for figure in wanted[as_of])
    alike: dict[Any, list[date | None]] = {}
    for day in wanted:
        held = frozenset(shot.snapshot for shot in store.snapshots(day))
        alike.setdefault((held, _listed(day) if of_acts else None), []).append(day)
    found: dict[date | None, Vintage] = {}
    for days in alike.values():
        figures = {key_of(one): one for day in days for one in wanted[day]}
        found |= dict.fromkeys(days, Vintage(store, days[0], tuple(figures.values()), progress))
    return found


def _listed(day: date | None) -> tuple[Any, ...]:
    """What the package's lists tell on a day: a store without any file still knows more on a later day."""
    until = tuple(min(one.last, day) if day else one.last for one in covers())
    return len(known_acts(day)), until


def _rows(
    one: Filed, vintages: Mapping[date | None, Vintage], as_of: date | None, undated: set[str]
) -> Iterator[dict[str, Any]]:
    then, now = vintages[_day(one, as_of)], vintages[as_of]
    for place, part in enumerate(one.claim.check):
        before = outcome(one, part, _figures(one, then))
        after = before if then is now else outcome(one, part, _figures(one, now))
        held = as_of if verdict(before, after) is Verdict.VINTAGE_NOT_HELD else _day(one, as_of)
        yield _row(one, part, place, before, after, held=held) | {"reason": _reason(before, after, undated)}


def _figures(one: Filed, vintage: Vintage) -> dict[str, Found]:
    return {name: vintage.found[key_of(figure)] for name, figure in one.claim.figures.items()}


def _row(
    one: Filed, part: Check, place: int, before: Outcome, after: Outcome, *, held: date | None
) -> dict[str, Any]:
    said = verdict(before, after)
    shown = after if said is Verdict.VINTAGE_NOT_HELD else before
    number = shown.value if isinstance(shown.value, float) else None
    published = _published(part)
    gap = (
        number - published
        if number is not None and part.value is not None and published is not None
        else None
    )
    return {
        "claim": one.name,
        "part": part.what or (f"{place + 1}" if len(one.claim.check) > 1 else ""),
        "verdict": said.value,
        "expected": _expected(part),
        "published": published,
        "found": number,
        "found_word": shown.value if isinstance(shown.value, str) else None,
        "found_now": after.value if isinstance(after.value, float) else None,
        "difference": gap,
        "difference_share": gap / abs(published) if gap is not None and published else None,
        "unit": part.unit or None,
        "coverage": shown.coverage,
        "kind": one.claim.kind,
        "claim_as_of": one.as_of,
        "title": one.claim.title,
        "says": one.claim.says,
        "place": f"{one.publication.author}: {one.publication.title}, {one.claim.where}",
        "recipe": _recipe(one, part, held),
        "note": " ".join(text for text in (one.claim.note, part.reading) if text),
        "snapshots": " ".join(sorted(shown.snapshots)),
    }


def _recipe(one: Filed, part: Check, day: date | None) -> str:
    """Commands a reader can run, what is taken of their answers, and the formula over it."""
    used = names(one.formula(part))
    told = [
        f"{figure.command}{f' --as-of {day}' if day else ''} # {name}: {_taken(figure)}"
        for name, figure in one.claim.figures.items()
        if name in used
    ]
    return "; ".join([*told, f"formula: {one.formula(part)}"])


def _taken(figure: Figure) -> str:
    over = figure.over or ("sum" if figure.ask == "flows" else "only")
    rows = (
        f" where {', '.join(f'{key} is {value}' for key, value in figure.where.items())}"
        if figure.where
        else ""
    )
    return f"{over} {figure.take}{f' of table {figure.table}' if figure.table else ''}{rows}"


def _reason(before: Outcome, after: Outcome, undated: set[str]) -> str:
    match verdict(before, after):
        case Verdict.VINTAGE_NOT_HELD:
            fits = "fits" if after.passes else "does not fit"
            dated = " (its date is not known: add it with --published)" if after.snapshots & undated else ""
            return f"nothing published by the claim's date is held; what was published later{dated} {fits}"
        case Verdict.REVISED:
            return f"what is held now says {after.value}"
        case Verdict.NOT_COMPARABLE if not before.refused:
            return after.reason
        case _:
            return before.reason


def _published(part: Check) -> float | None:
    told = (part.value, part.at_least, part.at_most, part.above, part.below)
    return next((float(one) for one in told if one is not None), None)


def _expected(part: Check) -> str:
    unit = f" {part.unit}" if part.unit else ""
    if part.equals is not None:
        return part.equals
    if part.between is not None:
        return f"{_n(part.between[0])} to {_n(part.between[1])}{unit}"
    if part.value is not None:
        spread = f" ± {_n(part.spread)}" if part.spread else ""
        return f"{_n(part.value)}{spread}{unit}"
    words = {"at_least": "at least", "at_most": "at most", "above": "above", "below": "below"}
    name = next(name for name in words if getattr(part, name) is not None)
    return f"{words[name]} {_n(getattr(part, name))}{unit}"


def _n(number: float) -> str:
    return f"{number:,.15g}"


_KINDS = {
    "world": "against statistics",
    "arithmetic": "of a document's own figures against one another, which say nothing of the world",
}


def _summary(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    told = []
    for kind, what in _KINDS.items():
        counts = Counter(row["verdict"] for row in rows if row["kind"] == kind)
        said = ", ".join(f"{counts[one.value]} {one.value}" for one in Verdict if counts[one.value])
        many = sum(counts.values())
        told += [f"{many} check{'s' if many > 1 else ''} {what}: {said}."] if many else []
    if typed := sum(LISTED in row["coverage"] for row in rows):
        told.append(f"Of these on the list of acts inside entrepot: {typed}. `entrepot acts` cites each act.")
    return told


def _to_settle(claims: Sequence[Filed], rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """For each claim that could not be told: which file would, and where to get it."""
    open_ = {
        row["claim"]
        for row in rows
        if row["verdict"] not in (Verdict.HOLDS, Verdict.DIFFERS, Verdict.REVISED)
    }
    told = [
        {"claim": one.name, "file": settle.file, "url": settle.url}
        for one in claims
        if one.name in open_
        for settle in one.claim.settle
    ]
    return pa.Table.from_pylist(told, pa.schema([(name, pa.string()) for name in ("claim", "file", "url")]))
