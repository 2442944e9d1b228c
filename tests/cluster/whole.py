"""The same questions on DuckDB and on a cluster, by the command line, and what differs between answers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from entrepot.store import Store
from tests.bench.generator import generate
from tests.cluster.cluster import Cluster, cluster

RELATIVE = 1e-9  # of the number, or of the sums that it is a difference of
MANY = 1_000_000
ADDED = "add"
_CELL = ("reporter", "partner", "flow", "period", "commodity")
KILLED, AFTER = "reconcile", 25  # the question in which a worker is killed, and after how many tasks of it
LARGE = {
    "spark.driver.maxResultSize": "0",  # an answer goes through the process that asks
    "spark.driver.memory": "3g",
    "spark.sql.constraintPropagation.enabled": "false",  # of long queries it makes longer ones, slowly
    "spark.sql.shuffle.partitions": "16",  # some more than cores; 200 are for more rows
}
"""Beside Spark's own defaults; see docs/how-to/spark-cluster.md."""
Meanwhile = Callable[[subprocess.Popen[Any]], None]
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Question:
    """What is asked, and the columns that name a row of the answer."""

    words: str
    key: tuple[str, ...]


QUESTIONS = {
    "flows": Question(
        "flows --reporter {large} --partner {large} --flow import --commodity {goods}"
        " --by month,commodity,partner",
        ("reporter", "partner", "flow", "commodity", "period"),
    ),
    "mirror": Question(
        "mirror --origin {origin} --destination {others} --base 2018:2020 --window 2021 --commodity {goods}",
        ("origin", "destination"),
    ),
    "reconcile": Question(
        "reconcile --period 2016:2023 --digits 6 --base 2016:2019",
        ("exporter", "importer", "commodity", "period"),
    ),
    "diversion": Question(
        "diversion --origin {origin} --destination {destination} --base 2019:2021 --window 2022"
        " --commodity {goods} --near {hubs} --by cell",
        ("hub", "commodity", "channel"),
    ),
    "chain": Question(
        "chain --origin {origin} --destination {destination} --base 2021 --window 2022 --commodity {goods}",
        ("hops", "method", "hub"),
    ),
}
"""Of all goods and reporters of the store (reconcile), and of its largest traders."""


@dataclass(frozen=True)
class Spent:
    """What one question took: clock seconds, and CPU seconds of all processes, the cluster's included."""

    seconds: float
    cpu: float


@dataclass(frozen=True)
class Compared:
    """Two answers row by row, by key."""

    rows: int
    columns: int
    missing: int  # rows of one answer alone
    different: Mapping[str, int]  # cells, by column
    farthest: float  # largest relative distance of two numbers

    @property
    def holds(self) -> bool:
        """Whether they are the same answer."""
        return self.rows > 0 and not self.missing and not self.different


def made(folder: Path, rows: int) -> tuple[Path, Path]:
    """A file of about so many made-up rows and a store of it; with SOURCE and STORE those that are there."""
    if held := os.environ.get("STORE"):
        return Path(os.environ["SOURCE"]), Path(held)
    source, store = folder / "made.csv.gz", folder / "store"
    generate(source, rows)
    Store(store).add(source, now=datetime(2024, 1, 31, tzinfo=UTC), source="tidy")
    return source, store


def traders(store: Path) -> dict[str, str]:
    """What questions name: the countries with most rows; of few rows all goods, so that some are left."""
    query = f"SELECT reporter FROM '{store}/flows/*/*.parquet' GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 6"
    origin, destination, *rest = (code for (code,) in duckdb.sql(query).fetchall())
    ((rows,),) = duckdb.sql(f"SELECT count(*) FROM '{store}/flows/*/*.parquet'").fetchall()
    named = {"origin": origin, "destination": destination, "hubs": ",".join(rest)}
    named |= {"others": ",".join((destination, *rest)), "large": ",".join((origin, destination, *rest))}
    return named | {"goods": "84-85" if rows > MANY else "01-97"}


def _nothing(asked: subprocess.Popen[Any]) -> None:
    """Nobody disturbs it."""


def ask(
    words: str,
    store: Path,
    target: Path,
    on: Cluster | None = None,
    meanwhile: Meanwhile = _nothing,
) -> Spent:
    """One command in a process of its own, on DuckDB or a cluster. Raises RuntimeError where it fails."""
    engine = on.master if on else "duckdb"
    command = [sys.executable, "-m", "entrepot.cli", "--store", str(store), "--engine", engine]
    asked = [*command, "--output", str(target), *words.split()]
    start, log = time.monotonic(), target.with_suffix(".log")
    with log.open("wb") as said, Watch(on) as watch:
        process = subprocess.Popen(
            asked, stdout=said, stderr=said, env=on.environment if on else None, start_new_session=True
        )
        watch.root = process.pid
        try:
            meanwhile(process)
            code = process.wait()
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    if code:
        raise RuntimeError(f"{' '.join(asked)}\nended with {code}:\n{log.read_text()[-4000:]}")
    return Spent(round(time.monotonic() - start, 1), round(watch.cpu, 1))


class Watch:
    """CPU seconds of a process, its descendants and a cluster's, looked at until it ends."""

    def __init__(self, on: Cluster | None) -> None:
        self.root = 0
        self._sessions = {process.pid for process in on.processes.values()} if on else set()
        self._seen: dict[int, float] = {}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._before = _times(self._sessions, 0)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    @property
    def cpu(self) -> float:
        """Since it began to watch."""
        return sum(used - self._before.get(pid, 0.0) for pid, used in self._seen.items())

    def _look(self) -> None:
        while not self._ended.wait(0.3):
            self._seen |= _times(self._sessions, self.root)


def _times(sessions: set[int], root: int) -> dict[int, float]:
    """CPU seconds by process: of those of the sessions, and of `root` and what came of it."""
    parents, found = {}, {}
    for place in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = place.read_text().rpartition(")")[2].split()
            pid, used = int(place.parent.name), (int(fields[11]) + int(fields[12])) / _TICKS
            parents[pid] = int(fields[1])
            if int(fields[3]) in {*sessions, root}:
                found[pid] = used
            else:
                found[-pid] = used
    return {abs(pid): used for pid, used in found.items() if pid > 0 or _is_under(-pid, root, parents)}


def _is_under(pid: int, root: int, parents: Mapping[int, int]) -> bool:
    while pid > 1:
        if pid == root:
            return True
        pid = parents.get(pid, 0)
    return False


def tasks(on: Cluster) -> int:
    """How many tasks executors say they have finished, of all questions so far."""
    logs = on.folder.glob("worker-*/app-*/*/stderr")
    return sum(log.read_text(encoding="utf-8", errors="replace").count(" Finished task ") for log in logs)


def losing(on: Cluster, worker: str, after: int) -> Meanwhile:
    """Kill a worker and its executor as `kill -9` does, once so many more tasks are done."""
    until = tasks(on) + after

    def meanwhile(asked: subprocess.Popen[Any]) -> None:
        while tasks(on) < until:
            if asked.poll() is not None:
                raise RuntimeError("the question was answered before a worker could be killed")
            time.sleep(0.2)
        on.kill(worker)

    return meanwhile


def compared(one: Path, other: Path, key: tuple[str, ...]) -> Compared:
    """Row by row, by a join on the key: counts and texts are to be the same, numbers within RELATIVE.

    What is left of sums that cancel is as exact as they are: DuckDB asked twice gives 0 and 1e-9 dollars.
    """
    with duckdb.connect() as by:
        by.execute(f"CREATE VIEW a AS SELECT *, true AS is_there FROM '{one}'")
        by.execute(f"CREATE VIEW b AS SELECT *, true AS is_there FROM '{other}'")
        kinds = {name: str(kind) for name, kind, *_ in by.execute("DESCRIBE a").fetchall()}
        theirs = {name: str(kind) for name, kind, *_ in by.execute("DESCRIBE b").fetchall()}
        if kinds != theirs:
            raise AssertionError(f"columns differ: {set(kinds.items()) ^ set(theirs.items())}")
        named = ", ".join(key)
        ((rows, names),) = by.execute(f"SELECT count(*), count(DISTINCT ({named})) FROM a").fetchall()
        if rows != names:
            raise AssertionError(f"{named} does not name a row: {rows:,} rows, {names:,} names")
        told = by.sql(_differences(kinds, key)).to_arrow_table().to_pylist()[0]
    wrong = {name: told[f"wrong_{name}"] for name in _values(kinds, key) if told[f"wrong_{name}"]}
    farthest = max((told[name] or 0.0 for name in told if name.startswith("apart_")), default=0.0)
    return Compared(rows, len(kinds) - 1, told["missing"], wrong, farthest)


def _values(kinds: Mapping[str, str], key: tuple[str, ...]) -> list[str]:
    return [name for name in kinds if name not in {*key, "is_there"}]


def _differences(kinds: Mapping[str, str], key: tuple[str, ...]) -> str:
    """One row: rows of one side alone; of each column cells that differ, and the farthest two numbers."""
    on = " AND ".join(f"a.{name} IS NOT DISTINCT FROM b.{name}" for name in key)
    told = ["count(*) FILTER (a.is_there IS NULL OR b.is_there IS NULL) AS missing"]
    for name in _values(kinds, key):
        differs = f"a.{name} IS DISTINCT FROM b.{name}"
        if kinds[name] in ("DOUBLE", "FLOAT"):
            most = f"greatest(abs(a.{name}), abs(b.{name}), {_scale(name, kinds)})"
            apart = f"CASE WHEN {differs} THEN coalesce(abs(a.{name} - b.{name}) / {most}, 'inf') ELSE 0 END"
            told.append(f"max({apart}) FILTER (a.is_there AND b.is_there) AS apart_{name}")
            differs = f"{apart} > {RELATIVE}"
        told.append(f"count(*) FILTER (a.is_there AND b.is_there AND {differs}) AS wrong_{name}")
    return f"SELECT {', '.join(told)} FROM a FULL JOIN b ON {on}"


def _scale(name: str, kinds: Mapping[str, str]) -> str:
    """What a number was made of: dollars, of the largest of its row; a change, of a ratio less one."""
    if name.endswith("_usd"):
        dollars = (other for other, kind in kinds.items() if other.endswith("_usd") and kind == "DOUBLE")
        return ", ".join(f"abs(a.{other})" for other in dollars)
    return "1" if name == "change" else "0"


def everything(
    source: Path, store: Path, folder: Path, names: Sequence[str], memory: str
) -> Iterator[dict[str, Any]]:
    """A line for each question and engine. In the middle of `reconcile` a worker is lost; a third comes."""
    named = traders(store)
    with cluster(memory=memory, settings=LARGE) as on:
        for name in names:
            if name == ADDED:
                yield _added(on, source, store, folder)
                continue
            words, known = QUESTIONS[name].words.format(**named), folder / f"{name}.parquet"
            yield {"question": name, "engine": "duckdb", **asdict(ask(words, store, known))}
            if name != KILLED:
                yield _asked(on, words, store, known)
                continue
            line, done = _asked(on, words, store, known, losing(on, "worker-1", AFTER)), tasks(on)
            yield line | {"tasks": done, "workers": on.workers(), "lost": lost(folder)}
            on.worker("worker-2", memory=memory)


def _added(on: Cluster, source: Path, store: Path, folder: Path) -> dict[str, Any]:
    """The file added by the cluster, and its rows held against those that DuckDB added."""
    mine = folder / "added"
    spent = ask(f"add {source} --source tidy", mine, folder / "add.txt", on)
    one, other = (next(place.glob("flows/*/flows.parquet")) for place in (store, mine))
    found = compared(one, other, _CELL)
    return {"question": ADDED, "engine": "cluster", **asdict(spent), **asdict(found), "holds": found.holds}


def _asked(
    on: Cluster, words: str, store: Path, known: Path, meanwhile: Meanwhile = _nothing
) -> dict[str, Any]:
    """A question asked of the cluster, and held against what DuckDB knows."""
    spent = ask(words, store, target := known.with_stem(f"{known.stem}-cluster"), on, meanwhile)
    found = compared(known, target, QUESTIONS[known.stem].key)
    about = {"question": known.stem, "engine": "cluster", **asdict(spent), **asdict(found)}
    return about | {"holds": found.holds}


def lost(folder: Path) -> list[str]:
    """What Spark said of executors it lost, in the last question asked."""
    said = (folder / "reconcile-cluster.log").read_text(encoding="utf-8", errors="replace")
    return [line for line in said.splitlines() if "Lost executor" in line]
