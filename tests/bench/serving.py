"""The web page under load: twenty who read, each asking what nobody asked, then what others asked too."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from tests.bench.looks import ASKED, addresses
from tests.bench.trials import FILES, Result

PEOPLE = 20
SHARED, ALONE = 40, 5_000  # questions that people share; that nobody asks twice
_AIMS = {"drill-down": 0.1, "overview": 0.5}  # seconds, at the 95th percentile
_PEOPLE = Path(__file__).with_name("people.py")
_SERIES = """
    SELECT reporter, partner, commodity FROM (
        SELECT DISTINCT reporter, partner, commodity FROM '{}' WHERE flow = 'export' AND partner <> 'WLD'
    ) ORDER BY hash(reporter, partner, commodity) LIMIT {}
"""


def serving(store: Path, folder: Path, seconds: int) -> Iterator[Result]:
    """Seconds a request takes, of a server just started and of one that was asked the same before."""
    every = duckdb.sql(_SERIES.format(store / FILES, SHARED + ALONE)).fetchall()
    shared, alone = every[:SHARED], every[SHARED:]
    with _served(store) as address:
        yield from _people(address, folder / "anew", "asked anew", alone, seconds)
        for path in (path for one in shared for path in addresses(*one).values()):
            with urllib.request.urlopen(address + path) as answer:
                answer.read()
        yield from _people(address, folder / "again", "asked before", shared, seconds)


@contextmanager
def _served(store: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "entrepot.cli", "--store", str(store), "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        try:
            found = re.search(r"http://\S+?(?=/\s)", server.stdout.readline())
            assert found
            yield found[0]
        finally:
            server.terminate()


def _people(
    address: str, target: Path, when: str, asked: Sequence[tuple[str, str, str]], seconds: int
) -> Iterator[Result]:
    target.with_suffix(".json").write_text(json.dumps(asked), encoding="utf-8")
    command = [sys.executable, "-m", "locust", "--headless", "--only-summary", "--locustfile", str(_PEOPLE)]
    command += ["--host", address, "--users", str(PEOPLE), "--spawn-rate", str(PEOPLE)]
    command += ["--run-time", f"{seconds}s", "--csv", str(target), "--exit-code-on-error", "0"]
    known = os.environ | {ASKED: str(target.with_suffix(".json")), "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run(command, check=True, capture_output=True, env=known)
    with Path(f"{target}_stats.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["Name"] in _AIMS:
                yield from _told(row, when)


def _told(row: dict[str, str], when: str) -> Iterator[Result]:
    name = f"{row['Name']}, {when}"
    yield Result(f"{name}, median", float(row["50%"]) / 1000, "s")
    yield Result(f"{name}, 95 %", float(row["95%"]) / 1000, "s", _AIMS[row["Name"]])
    yield Result(f"{name}", float(row["Request Count"]), "requests")
    yield Result(f"{name}, failed", float(row["Failure Count"]), "requests", 0)
