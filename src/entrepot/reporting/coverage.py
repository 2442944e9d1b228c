"""The page on what is held: a calendar, how fresh each series is, what was not understood, licences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date
from typing import Any

import pyarrow as pa

from entrepot import answers, sources
from entrepot.model.answer import Answer
from entrepot.model.provenance import Snapshot
from entrepot.present import sentences
from entrepot.present.charts import Chart
from entrepot.present.charts import calendar as drawn_calendar
from entrepot.present.figure import Missing, Section
from entrepot.reporting._ask import Asked, day, held, table_of
from entrepot.store import Store

_MOST_SERIES = 40
_MOST_YEARS = 8
_NOTHING = Missing("any statistics of trade", "entrepot add FILE...")


def calendar(store: Store, asked: Asked) -> list[Section]:
    """Each year of each series held; of one country, each month too."""
    if not asked.country:
        return [_by_year(store, asked, "What is held, year by year")]
    name = sentences.name(asked.country)
    return [
        _by_month(store, asked, f"What is held of {name}, month by month"),
        _by_year(store, asked, f"What is held of {name}, year by year"),
    ]


def _by_month(store: Store, asked: Asked, heading: str) -> Section:
    answer = held(answers.calendar, store, reporter=asked.country, as_of=asked.as_of)
    if answer is None:
        told = f"No monthly figures that {sentences.name(asked.country)} reports are held."
        return Section(heading, (told,), missing=(_absent(asked, "by month"),))
    rows = answer.rows.to_pylist()
    last = max(row["period"] for row in rows)
    shown = [row for row in rows if row["period"].year > last.year - _MOST_YEARS]
    note = f"The chart begins with {last.year - _MOST_YEARS + 1}; the rows hold all that is told."
    notes = (_PARTIAL,) if len(shown) == len(rows) else (note, _PARTIAL)
    gaps = _gaps(rows, "months")
    return Section(heading, _told(answer, "months"), answer, _chart(shown, heading), notes, gaps)


def _gaps(rows: Sequence[dict[str, Any]], what: str) -> list[Missing]:
    """The series with missing periods, how many and until when."""
    missing: dict[tuple[str, ...], list[date]] = {}
    for row in rows:
        if row["state"] == "missing":
            missing.setdefault(_key(row), []).append(row["period"])
    return [
        Missing(
            f"{len(days)} {what} of {_named(key)}, the last {max(days):%Y-%m}",
            f"entrepot add FILE   # of {key[2]}",
        )
        for key, days in missing.items()
    ]


def _named(key: tuple[str, ...]) -> str:
    return f"{key[1]}s of {sentences.name(key[0])} ({key[2]})"


def _by_year(store: Store, asked: Asked, heading: str) -> Section:
    answer = held(answers.calendar, store, reporter=asked.country, by="year", as_of=asked.as_of)
    if answer is None:
        return Section(heading, ("Nothing of trade is held.",), missing=(_absent(asked, "by year"),))
    rows = answer.rows.to_pylist()
    fullest = [key for key, _ in Counter(_key(row) for row in rows if row["cells"]).most_common(_MOST_SERIES)]
    shown = sorted((row for row in rows if _key(row) in set(fullest)), key=_key)
    series = len({_key(row) for row in rows})
    notes = [f"Of {series} series the {len(fullest)} with the most years are drawn; the rows hold all."]
    return Section(
        heading,
        _told(answer, "years"),
        answer,
        _chart(shown, heading),
        (*notes * (series > len(fullest)), _PARTIAL_YEAR),
    )


_PARTIAL = (
    "Held in part: fewer than half of the partners of that reporter’s fullest month of the year. A month is "
    "missing where its source tells of it for others, or of other months for the same reporter."
)
_PARTIAL_YEAR = (
    "Held in part: some months of the year and no annual figure. A year is missing where its source tells of "
    "it for others, or of other years for the same reporter."
)


def _absent(asked: Asked, by: str) -> Missing:
    if not asked.country:
        return _NOTHING
    what = f"what {sentences.name(asked.country)} reports of its trade, {by}"
    return Missing(what, "entrepot add FILE   # from its statistical office, or from UN Comtrade")


def _key(row: dict[str, Any]) -> tuple[str, ...]:
    return row["reporter"], row["flow"], row["source"]


def _told(answer: Answer, what: str) -> list[str]:
    """How many periods are in which state."""
    rows = answer.rows.to_pylist()
    states = {row["state"]: row["periods"] for row in answer.beside["states"].to_pylist()}
    whose = _many({row["reporter"] for row in rows}, "reporter", sentences.name)
    of = _many({row["source"] for row in rows}, "source")
    parts = [f"{states[one]:,} {words}" for one, words in _WORDS.items() if states.get(one)]
    none = [_WORDS[one] for one in _MADE if not states.get(one)]
    told = f"Of {len(rows):,} {what} of {whose}, by {of}: {', '.join(parts)}."
    return [told, *([f"Not one is {' or '.join(none)}."] if none else [])]


_WORDS = {
    "held": "held as reported",
    "partial": "held in part",
    "estimated": "estimated by the publisher",
    "imputed": "imputed or mirrored",
    "printed": "printed in a text",
    "missing": "missing",
}
_MADE = ("estimated", "imputed", "printed")


def _many(found: Collection[str], what: str, named: Callable[[str], str] = str) -> str:
    """One by its name, several by their number."""
    return named(next(iter(found))) if len(found) == 1 else f"{len(found)} {what}s"


def _chart(rows: Sequence[dict[str, Any]], heading: str) -> Chart | None:
    """What is printed in a text is called so; all else as the answer calls it."""
    words = {"printed": "printed in a text"}
    drawn = [
        {"name": _name(row), "period": day(row["period"]), "state": words.get(row["state"], row["state"])}
        for row in rows
    ]
    return drawn_calendar(drawn, heading) if drawn else None


def _name(row: dict[str, Any]) -> str:
    return f"{row['reporter']} {row['flow']}s, {row['source']}"


# ------------------------------------------------------------ series, rejects, licences
def series(store: Store, asked: Asked) -> list[Section]:
    """How fresh each series is, and what is held beside trade."""
    answer = held(answers.status, store, as_of=asked.as_of)
    if answer is None or not answer.snapshots:
        return [Section("How fresh it is", ("The store holds nothing yet.",), missing=(_NOTHING,))]
    return [_fresh(answer, asked), *_beside(answer)]


def is_statistics(row: dict[str, Any]) -> bool:
    """Whether a series is statistics, and not only figures printed in a text, which do not fall silent."""
    return set(row["statuses"].split()) != {"published"}


def _fresh(answer: Answer, asked: Asked) -> Section:
    rows = [row for row in answer.rows.to_pylist() if asked.country in ("", row["reporter"])]
    if not rows:
        gap = _absent(asked, "by month or year")
        return Section("How fresh it is", ("No series is held.",), missing=(gap,))
    told = f"{len(rows)} series are held, the latest period {sentences.month(max(r['last'] for r in rows))}."
    told_by_offices = [row for row in rows if is_statistics(row)]
    late = {row["reporter"] for row in told_by_offices if row["silent_for"]}
    whose = _many({row["reporter"] for row in told_by_offices}, "reporter", sentences.name)
    behind = (
        f"Of {whose}, {len(late)} {'has' if len(late) == 1 else 'have'} a series that ends before others "
    )
    behind += "of its source (silent_for); figures printed in texts are not counted."
    kept = answer.rows.filter([asked.country in ("", one) for one in answer.rows["reporter"].to_pylist()])
    used = {row["source"] for row in rows}
    shots = [shot for shot in answer.snapshots if shot.source in used]
    of = Answer(answer.question, kept, shots, answer.queries, answer.warnings, answer.notes)
    said = (told, behind)[: 1 if asked.country else 2]
    return Section("How fresh it is", said, of, shown=FRESH, open_table=True)


FRESH = (
    *("reporter", "flow", "source", "frequency", "digits", "first", "last", "silent_for", "gaps"),
    *("published", "partners", "commodities", "rows", "statuses"),
)


_KINDS = {
    "indicators": "Facts beside trade",
    "acts": "Deals, deliveries, exercises, statements",
    "votes": "Votes",
}


def _beside(answer: Answer) -> Iterator[Section]:
    for name, rows in answer.beside.items():
        told = f"{len(rows)} kinds are held." if len(rows) > 1 else "One kind is held."
        part = Answer({**answer.question, "table": name}, rows, _of_kind(answer, name))
        yield Section(_KINDS.get(name, name), (told,), part, open_table=True)


def _of_kind(answer: Answer, kind: str) -> list[Snapshot]:
    return [shot for shot in answer.snapshots if shot.kind == kind]


def rejects(store: Store, asked: Asked) -> list[Section]:
    """How many rows of which file were not understood, and the rows."""
    heading = "What was not understood"
    answer = held(answers.rejects, store, as_of=asked.as_of)
    if answer is None:
        return [Section(heading, ("The store holds nothing yet.",), missing=(_NOTHING,))]
    left = [shot for shot in answer.snapshots if shot.rejects]
    if not left:
        told = f"Every row of the {len(answer.snapshots)} files held was understood."
        return [Section(heading, (told,))]
    counts = table_of(left, ("file", "source", "published", "rows", "rejects", "snapshot"))
    told = (
        f"{len(answer.rows):,} rows of {len(left)} of {len(answer.snapshots)} files were not taken in, for "
    )
    told += "the reason each row gives; they are in no figure."
    by_file = Answer({**answer.question, "table": "files"}, counts, left)
    rows = Answer(answer.question, answer.rows, left)
    return [
        Section(heading, (told, _reasons(answer.rows)), by_file, open_table=True),
        Section("The rows that were not understood", (f"The first of {len(answer.rows):,} rows.",), rows),
    ]


def _reasons(rows: pa.Table) -> str:
    counted = Counter(rows["reason"].to_pylist()).most_common(3)
    return "The most frequent reasons: " + "; ".join(f"{reason} ({n:,})" for reason, n in counted) + "."


def licences(store: Store, asked: Asked) -> list[Section]:
    """Each file with its publisher, its licence, whether it may be passed on, and how to cite it."""
    heading = "Files and licences"
    shots = store.snapshots(asked.as_of)
    if not shots:
        return [Section(heading, ("The store holds nothing yet.",), missing=(_NOTHING,))]
    facts = [{"passing_on": _passing_on(shot.source)} for shot in shots]
    rows = table_of(shots, _FILES, facts)
    free = sum(one["passing_on"].startswith("yes") for one in facts)
    told = f"{len(shots)} files of {len({shot.publisher for shot in shots})} publishers are held. "
    told += f"{free} may be passed on; of the others each row says what is known."
    answer = Answer({"command": "sources", "as_of": asked.as_of}, rows, shots)
    return [Section(heading, (told,), answer, notes=(_LICENCES,), open_table=True)]


def _passing_on(source: str) -> str:
    """What the card of a source says; a file of one's own may name any source."""
    known = source if source in sources.names() else "tidy"
    return sources.card(known).passing_on


_FILES = (
    "file",
    "publisher",
    "published",
    "published_is_known",
    "licence",
    "passing_on",
    "citation",
    "rows",
    "url",
)
_LICENCES = (
    "passing_on is our reading of the licence, no advice in law. A file of one’s own is as its owner says."
)
