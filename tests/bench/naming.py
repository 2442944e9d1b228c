"""Names found and names wrongly found, of each kind, at each threshold; beside rapidfuzz; and how fast."""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import pyarrow as pa
from rich.console import Console
from rich.table import Table

from entrepot.model.party import PartyList
from entrepot.screening.names import THRESHOLD, Index
from tests.bench.invented import Invented, invented
from tests.bench.variants import NEGATIVE, POSITIVE, Query, queries

THRESHOLDS: Final = (0.5, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9)
Scores = Mapping[int, Mapping[int, float]]
"""Of each query, by its place, the score of each party that was found."""


def party_list(parties: Sequence[Invented], *, names: int = 1) -> PartyList:
    """The parties as a list; `names` of each: its own, then in Latin letters, English, other spellings."""
    rows = [(str(place), name, "alias" if told else "primary") for place, one in enumerate(parties)
            for told, name in enumerate(_names(one)[:names])]  # fmt: skip
    ids = [str(place) for place in range(len(parties))]
    return PartyList(
        "simulated", "", "simulated", "", None, "",
        pa.table({"party": ids, "kind": [one.kind for one in parties]}),
        pa.table({"party": [row[0] for row in rows], "list": ["simulated"] * len(rows),
                  "name": [row[1] for row in rows], "name_kind": [row[2] for row in rows]}),
    )  # fmt: skip


def _names(one: Invented) -> list[str]:
    return list(dict.fromkeys([one.name, one.latin, one.english, *one.others]))


def found(index: Index, asked: Sequence[Query]) -> Scores:
    """What the index finds."""
    table = index.search(pa.table({"name": [one.name for one in asked], "kind": [one.kind for one in asked]}))
    by_name: dict[tuple[str, str], dict[int, float]] = defaultdict(dict)
    for row in table.to_pylist():
        by_name[row["name"], row["kind"]][int(row["party"])] = row["score"]
    return {place: by_name.get((one.name, one.kind), {}) for place, one in enumerate(asked)}


def rapidfuzz_found(
    parties: Sequence[Invented], asked: Sequence[Query], how: str, lowest: float, *, latin: bool
) -> Scores:
    """What rapidfuzz alone finds, comparing every name with every listed one."""
    from normality import ascii_text
    from rapidfuzz import fuzz, process

    def plain(text: str) -> str:
        return ((ascii_text(text) or "") if latin else text).lower()

    listed = [plain(one.name) for one in parties]
    scores = process.cdist([plain(one.name) for one in asked], listed, scorer=getattr(fuzz, how), workers=-1)
    return {place: {int(one): float(row[one]) / 100 for one in (row >= lowest * 100).nonzero()[0]}
            for place, row in enumerate(scores)}  # fmt: skip


def judged(asked: Sequence[Query], scores: Scores, threshold: float) -> dict[str, float]:
    """Precision (of what is shown), recall (of those on the list) and F1 at a threshold."""
    right = wrong = sought = 0
    for place, query in enumerate(asked):
        shown = {party for party, score in scores[place].items() if score >= threshold}
        sought += query.party is not None
        right += query.party in shown
        wrong += len(shown - {query.party})
    precision, recall = right / max(right + wrong, 1), right / max(sought, 1)
    return {
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / max(precision + recall, 1e-9),
    }


def best(asked: Sequence[Query], scores: Scores) -> tuple[float, dict[str, float]]:
    """The threshold with the highest F1, and what it gives."""
    tried = {step / 100: judged(asked, scores, step / 100) for step in range(50, 100)}
    return max(tried.items(), key=lambda pair: pair[1]["f1"])


def shown(asked: Sequence[Query], scores: Scores, threshold: float) -> dict[str, float]:
    """Of each way of making names the share of which something is shown: the party itself, or any at all."""
    counts: dict[str, list[int]] = defaultdict(list)
    for place, query in enumerate(asked):
        over = {party for party, score in scores[place].items() if score >= threshold}
        counts[query.made].append(bool(over) if query.party is None else query.party in over)
    return {made: sum(hits) / len(hits) for made, hits in counts.items()}


def speed(parties: int, names: int, workers: int | None) -> dict[str, float]:
    """Seconds to build, names a second and the most memory, against so many parties with their aliases."""
    listed = party_list(invented(parties, 11), names=4)
    others = queries(invented(min(parties, 5_000), 11), names // 10, 12)
    fresh = [Query(one.latin, one.kind, "", None) for one in invented(max(names - len(others), 1), 13)]
    asked = pa.table(
        {"name": [one.name for one in [*others, *fresh]], "kind": [one.kind for one in [*others, *fresh]]}
    )
    started = time.perf_counter()
    with Index([listed], workers=workers) as index:
        built = time.perf_counter()
        index.search(asked.slice(0, 30_000 if workers != 1 else 100))  # starts the workers
        warm = time.perf_counter()
        index.search(asked)
        done = time.perf_counter()
    return {
        "names listed": listed.names.num_rows, "names searched": asked.num_rows,
        "seconds to build": built - started,
        "seconds to warm up": warm - built, "names a second": asked.num_rows / (done - warm),
        "MB, this process": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "MB, the largest other": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
    }  # fmt: skip


def quality(parties: int, asked: int, console: Console) -> None:
    """The tables of docs/explanation/names.md."""
    listed = invented(parties, 1)
    sought = queries(listed, asked, 2)
    ours = found(Index([party_list(listed)], threshold=0.5, workers=1), sought)
    console.print(_curve(sought, ours))
    theirs = dict(_rivals(listed, sought, console))
    name = max(theirs, key=lambda one: best(sought, theirs[one])[1]["f1"])
    console.print(_by_kind(sought, ours, theirs[name], best(sought, theirs[name])[0], name))


def _curve(asked: Sequence[Query], scores: Scores) -> Table:
    table = Table("threshold", "precision", "recall", "F1", title=f"simulated, {len(asked):,} names")
    for threshold in THRESHOLDS:
        table.add_row(
            f"{threshold:g}", *(f"{value:.3f}" for value in judged(asked, scores, threshold).values())
        )
    return table


def _rivals(
    parties: Sequence[Invented], asked: Sequence[Query], console: Console
) -> Iterator[tuple[str, Scores]]:
    for how in ("token_sort_ratio", "token_set_ratio", "WRatio"):
        for latin in (False, True):
            name = f"{how}, {'in Latin letters' if latin else 'in small letters'}"
            scores = rapidfuzz_found(parties, asked, how, 0.6, latin=latin)
            threshold, result = best(asked, scores)
            console.print(f"{name}: best at {threshold:.2f}: {_said(result)}")
            yield name, scores


def _said(result: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {value:.3f}" for name, value in result.items())


def _by_kind(asked: Sequence[Query], ours: Scores, theirs: Scores, threshold: float, name: str) -> Table:
    mine, other = shown(asked, ours, THRESHOLD), shown(asked, theirs, threshold)
    table = Table("", "how made", f"entrepot at {THRESHOLD:g}", f"{name} at {threshold:.2f}")
    for made in (*POSITIVE, *NEGATIVE, "another name"):
        sign = "found" if made in POSITIVE else "wrongly shown"
        table.add_row(sign, made, f"{mine.get(made, 0):.1%}", f"{other.get(made, 0):.1%}")
    return table


def main(arguments: Sequence[str] | None = None) -> None:
    """Tables of quality, then of speed: python -m tests.bench.naming --help."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    for option, default in {
        "parties": 5_000,
        "names": 6_000,
        "speed-parties": 50_000,
        "speed-names": 100_000,
    }.items():
        parser.add_argument(f"--{option}", type=int, default=default)
    parser.add_argument("--workers", type=int, default=None)
    asked = parser.parse_args(arguments)
    console = Console(width=140)
    if asked.names:
        quality(asked.parties, asked.names, console)
    if asked.speed_names:
        _print(speed(asked.speed_parties, asked.speed_names, asked.workers).items(), console)


def _print(rows: Iterable[tuple[str, Any]], console: Console) -> None:
    for name, value in rows:
        console.print(f"{name}: {value:,.1f}")


if __name__ == "__main__":
    main(sys.argv[1:])
