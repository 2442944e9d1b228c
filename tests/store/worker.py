"""A process with everything imported, which forks a child for each add: so many can be started, and killed.

A line of its input is a job, `{"store": ..., "files": [...], "after": seconds, "step": number}`: a child for
each file adds it. With `after`, the first child is killed after so long; with `step`, each child kills itself
before or after the so-manieth thing it does to the disk. A line of its output lists their exit codes.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import deltalake
import deltalake.transaction
import duckdb  # noqa: F401  # only so that no child has to
import ibis
import pyarrow.parquet

import entrepot.sources
from entrepot.errors import EntrepotError
from entrepot.store import Store

NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)


def lethal(step: int) -> None:
    """Kill this process at a step: each of these calls is one before and one after it is made."""
    done = 0

    def tick() -> None:
        nonlocal done
        done += 1
        if done == step:
            os.kill(os.getpid(), signal.SIGKILL)

    def wrapped(call: Callable[..., Any]) -> Callable[..., Any]:
        def deadly(*args: Any, **options: Any) -> Any:
            tick()
            found = call(*args, **options)
            tick()
            return found

        return deadly

    for owner, name in (
        (Path, "replace"),
        (Path, "write_text"),
        (os, "fsync"),
        (pyarrow.parquet, "write_table"),
        (deltalake.DeltaTable, "create_write_transaction"),
        (deltalake.transaction, "create_table_with_add_actions"),
    ):
        setattr(owner, name, wrapped(getattr(owner, name)))


def add(store: str, file: str, step: int | None) -> int:
    """What a child does. Its exit code is that of the command, 70 for anything not foreseen."""
    if step is not None:
        lethal(step)
    try:
        Store(store).add(Path(file), now=NOW)
    except EntrepotError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    except Exception:  # noqa: BLE001  # a traceback is what the tests look for
        traceback.print_exc()
        return 70
    return 0


def children(job: dict[str, Any]) -> list[int]:
    """A child for each file; their process ids."""
    started = []
    for file in job["files"]:
        pid = os.fork()
        if pid == 0:
            code = add(job["store"], file, job.get("step"))
            sys.stderr.flush()
            os._exit(code)
        started.append(pid)
    return started


def warm() -> None:
    """Compile what each child would compile, without starting a thread: forked, they would be gone."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "table.csv"
        file.write_text("reporter,partner,flow,period,commodity,value\n", encoding="utf-8")
        _, form, head = entrepot.sources.recognise(file)
    columns = dict.fromkeys((*form.handled, *form.optional), "string") | {"row": "int64"}
    ibis.to_sql(form.interpret(ibis.table(columns, name="raw"), head), dialect="duckdb")


def main() -> None:
    """Do jobs until the input ends."""
    warm()
    for line in sys.stdin:
        job = json.loads(line)
        started = children(job)
        if job.get("after") is not None:
            time.sleep(job["after"])
            os.kill(started[0], signal.SIGKILL)
        codes = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in started]
        sys.stdout.write(json.dumps(codes) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
