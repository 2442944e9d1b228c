"""The web page under load: twenty people who read, on the store of the bench, asked anew and asked again."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.trials import Result

PEOPLE, SECONDS = 20, 45
_DRILL, _OVERVIEW = 0.1, 0.5  # seconds, at the 95th percentile
_USERS = Path(__file__).with_name("people.py")


def serving(store: Path, folder: Path) -> Iterator[Result]:
    """Seconds a request takes: of a server just started, then of one that has been asked the same before."""
    with _served(store) as address:
        for asked in ("anew", "again"):
            yield from _people(address, folder / asked, asked)


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


def _people(address: str, target: Path, asked: str) -> Iterator[Result]:
    command = [sys.executable, "-m", "locust", "--headless", "--only-summary", "--locustfile", str(_USERS)]
    command += ["--host", address, "--users", str(PEOPLE), "--spawn-rate", str(PEOPLE)]
    command += ["--run-time", f"{SECONDS}s", "--csv", str(target), "--exit-code-on-error", "0"]
    subprocess.run(command, check=True, capture_output=True)
    with Path(f"{target}_stats.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            yield from _told(row, asked)


def _told(row: dict[str, str], asked: str) -> Iterator[Result]:
    name, count = row["Name"], float(row["Request Count"])
    if not count:
        return
    aims = {"drill-down": _DRILL, "overview": _OVERVIEW}
    aim = aims.get(name) if asked == "again" else None
    for share, which in (("50%", "median"), ("95%", "95 %")):
        bound = aim if which == "95 %" else None
        yield Result(f"{name}, {asked}, {which}", float(row[share]) / 1000, "s", bound)
    yield Result(f"{name}, {asked}", count, "requests")
    yield Result(f"{name}, {asked}, failed", float(row["Failure Count"]), "requests", 0)
