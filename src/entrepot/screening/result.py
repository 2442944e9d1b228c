"""What is handed out: outcomes, flags, matches, reasons, and the record that the search was made."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from entrepot import __version__
from entrepot.measures import shipment_results as results
from entrepot.model.answer import Answer, Whole
from entrepot.model.commodity import product_lists
from entrepot.model.constant import constant
from entrepot.model.regime import all_covered, all_hubs, all_regimes
from entrepot.model.rule import Rule
from entrepot.screening import records, run
from entrepot.screening.cases import MOST as MOST_CASES
from entrepot.screening.cases import Case
from entrepot.screening.certificate import many
from entrepot.screening.read import File
from entrepot.screening.run import Bench, Ledger

if TYPE_CHECKING:
    from ibis.expr.types import Table

    from entrepot.model.party import PartyList
    from entrepot.screening.evidence import Known
    from entrepot.screening.screen import Settings

MOST_ROWS: Final = 100_000
"""Shipments whose rows are held at once; of more the first are shown, and a file gets all."""

MOST_BESIDE: Final = 100_000
"""Rows of a table beside them: flags, matches, cells that were not understood."""

MOST_REASONED: Final = 2_000
"""Shipments of which every rule's reason is listed; of more those of flags only, and all in Parquet."""

BRIEF: Final = ("row", "shipment", "outcome", "flagged", "matches", "unread")

NOTES: Final = {
    "outcome": "review: a flag or a match that nobody decided about. decided, refused: people did. "
    "not all read: no flag, but a cell was not understood. no flag: these rules found nothing. "
    "None of them is a clearance",
    "unknown": "rules that nothing was told for: unknown is never false",
    "score": "how much of both names has a counterpart in the other, 1: the same words; no probability",
    "case": "what a decision names: entrepot decide CASE",
    "ask_for": "what to ask whoever orders; where the corridor was discovered also for what is unknown",
    "result": "true: somebody should look. false: not shown by what was told. unknown: not told or not held",
}


@dataclass(frozen=True)
class Result:
    """A screening whose rules have judged: what it was of, and what it rests on."""

    bench: Bench
    what: Path | Mapping[str, str]
    file: File | None
    rules: Sequence[Rule]
    lists: Sequence[PartyList]
    known: Known
    settings: Settings


def answered(result: Result, judged: Table, ledger: Ledger, now: datetime) -> Answer:
    """The answer; the search is on record before it is handed out."""
    bench, rules = result.bench, result.rules
    every = result.known.shipments.join(judged, "row")
    flags = run.flagged(bench, every, rules, ledger)
    matched = run.decided_matches(bench, result.lists, ledger)
    cases = bench.landed("cases", run.cases_of(flags, matched, bench.lent("unread")))
    outcomes = bench.landed("outcomes", results.outcomes(every, rules, cases).order_by("row"))
    counts = _counted(result, every, outcomes)
    question = _question(result, counts, now)
    if result.settings.is_recorded:
        receipt = records.record(bench.store.folder, _search(result, counts, question, now))
        question |= {"search": receipt.number, "search_sha256": receipt.sha256}
    rows = bench.store.run(outcomes.limit(MOST_ROWS)) if result.file else _reasons(result, every)
    return Answer(
        question,
        rows,
        result.known.snapshots,
        {"rows": bench.store.sql(outcomes)},
        list(_warnings(result, counts)),
        NOTES,
        _beside(result, every, counts),
        BRIEF if result.file else ("rule", "result", "because"),
        _whole(result, outcomes, every, counts),
        unscaled=("low_90", "high_90"),  # of corridors, in their currency
        in_files=("rules", "reasons", "lists", "ask_for"),
    )


# ---------------------------------------------------------------- counts
@dataclass(frozen=True)
class Counts:
    """What a screening came to. digest: of outcome, flags and matches of each shipment."""

    shipments: int
    names: int
    matches: int
    unread: int
    outcomes: Mapping[str, int]
    by_rule: pa.Table
    digest: str


def _counted(result: Result, judged: Table, outcomes: Table) -> Counts:
    bench = result.bench
    by_outcome = bench.store.run(outcomes.group_by("outcome").agg(n=outcomes.count()).order_by("outcome"))
    by_rule = bench.store.run(results.totals(judged, result.rules).order_by("place")).drop_columns(["place"])
    return Counts(
        bench.rows("outcomes"),
        result.known.names,
        bench.rows("matches"),
        bench.rows("unread"),
        dict(zip(by_outcome["outcome"].to_pylist(), by_outcome["n"].to_pylist(), strict=True)),
        by_rule.select(["rule", "flags", "not_flagged", "unknown"]),
        _digest(bench.batches("outcomes", ["row", "outcome", "flagged", "matches", "unknown"])),
    )


def _digest(batches: Iterator[pa.Table]) -> str:
    """The SHA-256 of rows, whatever portions they come in."""
    found = hashlib.sha256()
    for batch in batches:
        for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            found.update(repr(row).encode())
    return found.hexdigest()


# ---------------------------------------------------------------- question and record
def _question(result: Result, counts: Counts, now: datetime) -> dict[str, Any]:
    told, wanted = result.settings, result.what
    of_file = {"file": told.called or wanted.name} if isinstance(wanted, Path) else {"fields": dict(wanted)}
    return {
        "command": "screen",
        **of_file,
        "screened": now,
        "shipments": counts.shipments,
        "lists": [one.vintage for one in result.lists],
        "threshold": result.known.threshold,
        "against": list(result.known.against),
        "outcomes": dict(counts.outcomes),
        "as_of": told.as_of,
        "sentence": _sentence(result, counts),
    }


def _sentence(result: Result, counts: Counts) -> str:
    """What it came to, in words; and what it does not mean."""
    found = counts.outcomes
    if result.file:
        for_review = found.get(results.REVIEW, 0) + found.get(results.REFUSED, 0)
        told = f"For review: {for_review:,} of {many(counts.shipments, 'shipment')}"
    else:
        told = f"Outcome: {next(iter(found), results.NOTHING)}"
    lists = (
        f"{many(counts.names, 'name')} in {many(len(result.lists), 'list')}, {many(counts.matches, 'match')}"
    )
    searched = lists if result.lists else "no list was given: no name was searched"
    return f"{told}; {searched}. A flag asks for a look; no flag is no clearance."


def _search(result: Result, counts: Counts, question: Mapping[str, Any], now: datetime) -> records.Search:
    known, by_rule = result.known, counts.by_rule.to_pylist()
    return records.Search(
        now,
        __version__,
        {name: value for name, value in question.items() if name not in {"sentence", "fields", "screened"}},
        _given(result, counts),
        [records.Searched.of(one) for one in result.lists],
        records.Matcher(*known.matcher, known.threshold) if known.matcher and known.threshold else None,
        _rules_digest(result.rules),
        [shot.snapshot for shot in known.snapshots],
        records.Counts(
            counts.shipments,
            counts.names,
            counts.matches,
            {row["rule"]: row["flags"] for row in by_rule if row["flags"]},
            {row["rule"]: row["unknown"] for row in by_rule if row["unknown"]},
            counts.unread,
        ),
        counts.digest,
        result.settings.who,
        tuple(_cases(result)),
    )


def _given(result: Result, counts: Counts) -> records.Given:
    if isinstance(result.what, Path):
        return records.Given.of_file(result.what, counts.shipments, result.settings.called)
    return records.Given.of_shipment(result.what, is_kept=result.settings.keeps_fields)


def _rules_digest(rules: Sequence[Rule]) -> str:
    """Of the rules and of all they go by that changes with time: lists of goods, embargoes, hubs."""
    dated = (*product_lists().values(), *all_regimes(), *all_covered(), *all_hubs())
    return hashlib.sha256("\n".join(map(repr, (*rules, *dated))).encode()).hexdigest()


def _cases(result: Result) -> Iterator[Case]:
    """Matches first: where there are more cases than are kept, flags are left out."""
    seen: set[str] = set()
    for kind, make in (("matched", _match_case), ("flags", _flag_case)):
        for batch in result.bench.batches(kind):
            for row in batch.to_pylist():
                if row["case"] and row["case"] not in seen and len(seen) <= MOST_CASES:
                    seen.add(row["case"])
                    yield make(row)


def _match_case(row: Mapping[str, Any]) -> Case:
    about = f"{row['name']!r} and {row['listed_name']!r} of {row['list']} {row['party']}"
    return Case(row["case"], "match", about, row["fingerprint"], row["list"], row["party"])


def _flag_case(row: Mapping[str, Any]) -> Case:
    return Case(row["case"], "flag", f"{row['rule']}: {row['because']}; {row['facts']}", row["fingerprint"])


# ---------------------------------------------------------------- tables
def _reasons(result: Result, judged: Table) -> pa.Table:
    """Every rule of every shipment: what it says and why, its fields, what to ask for, who names it."""
    rows = results.verdicts(judged, result.rules)
    told = rows.join(_cited(result.rules), "rule").order_by(["row", "place"])
    more = ("fields", "asks", "citation")
    return result.bench.store.run(told.select("row", "shipment", "rule", "result", "because", *more))


def _cited(rules: Sequence[Rule]) -> Table:
    told = {
        "rule": [rule.id for rule in rules],
        "title": [rule.title for rule in rules],
        "says": [rule.says for rule in rules],
        "fields": [", ".join(" or ".join(any_of) for any_of in rule.fields) for rule in rules],
        "asks": [rule.asks for rule in rules],
        "citation": [rule.citation for rule in rules],
    }
    return constant(told, dict.fromkeys(told, "string"))


_FLAGGED: Final = (
    *("row", "shipment", "rule", "because", "case", "decision", "who", "why", "until", "reopened"),
    *("fields", "citation"),
)


def _beside(result: Result, judged: Table, counts: Counts) -> dict[str, pa.Table]:
    bench = result.bench
    flags, matched = bench.lent("flags"), bench.lent("matched")
    titled = flags.join(_cited(result.rules), "rule").order_by(["row", "place"]).limit(MOST_BESIDE)
    tables = {
        "flags": bench.store.run(titled.select(*_FLAGGED)),
        "matches": bench.store.run(
            matched.drop("is_open").order_by(["row", "role", "list", "party"]).limit(MOST_BESIDE)
        ),
        "unread": bench.store.run(bench.lent("unread").order_by("row").limit(MOST_BESIDE)),
        "by_rule": counts.by_rule,
        **result.known.beside,
        "lists": pa.Table.from_pylist([one.to_json() for one in result.lists]),
    }
    if result.file and counts.shipments <= MOST_REASONED:
        tables["reasons"] = _reasons(result, judged)
    if result.file:
        tables["rules"] = bench.store.run(_cited(result.rules))
    return {name: table for name, table in tables.items() if len(table)}


def _whole(result: Result, outcomes: Table, judged: Table, counts: Counts) -> Whole | None:
    """All rows, with every rule's reason, where there are too many to hold."""
    if counts.shipments <= MOST_ROWS or not result.file:
        return None
    because = [f"{rule.column}__because" for rule in result.rules]
    reasons = judged.select(*because, reason_row="row")
    wide = outcomes.join(reasons, outcomes.row == reasons.reason_row).drop("reason_row").order_by("row")
    store = result.bench.store
    return Whole(counts.shipments, lambda target, about: store.write(wide, target, about))


def _warnings(result: Result, counts: Counts) -> Iterator[str]:
    yield from result.known.warnings
    for one in result.lists:
        yield from one.warnings
    if counts.unread:
        yield f"{counts.unread:,} cells or rows were not understood (unread): what rests on them is unknown."
    if result.file:
        yield from _of_file(result.file, counts)
    if max(result.bench.rows(name) for name in ("flags", "matches", "unread")) > MOST_BESIDE:
        yield f"of flags, matches and unread cells the first {MOST_BESIDE:,} are listed; outcomes count all."
    if not result.settings.is_recorded:
        yield "this search is not on record."


def _of_file(file: File, counts: Counts) -> Iterator[str]:
    if not counts.shipments:
        yield "the file has no shipment: nothing was screened."
    if file.head.encoding == "gb18030":
        yield "the file was read as Chinese text (GB18030): if names look garbled, save it as UTF-8."
    if unused := file.columns.unused:
        yield f"columns not used: {', '.join(unused)[:300]}. --map 'HEADER=field' gives one a meaning."
