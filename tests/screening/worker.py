"""A process that forks a child for each writer of a log, so that many can be started, and killed.

A line of its input is a job: `{"log": path, "names": [...], "count": lines, "step": number, "limit": bytes}`.
With a step, children kill themselves before, within or after the so-manieth thing they do to the disk; with a
limit, no file of theirs may grow beyond it. A line of its output lists their exit codes.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from entrepot.errors import EntrepotError
from entrepot.screening import log as log_module
from entrepot.screening.log import Log

AT = datetime(2026, 5, 1, 12, tzinfo=UTC)


def lethal(step: int) -> None:
    """Kill this process at a step."""
    done = 0

    def tick() -> None:
        nonlocal done
        done += 1
        if done == step:
            os.kill(os.getpid(), signal.SIGKILL)

    def wrapped(call: Callable[..., Any]) -> Callable[..., Any]:
        def deadly(*args: Any) -> Any:
            tick()
            found = call(*args)
            tick()
            return found

        return deadly

    def by_halves(file: Any, content: bytes) -> None:
        for part in (content[: len(content) // 2], content[len(content) // 2 : -1], content[-1:]):
            tick()
            file.write(part)
        tick()

    log_module._write_all = by_halves
    for owner, name in ((os, "fsync"), (Path, "replace"), (Path, "touch")):
        setattr(owner, name, wrapped(getattr(owner, name)))


def add(job: dict[str, Any], name: str) -> int:
    """Add lines `NAME 0`, `NAME 1` ...; the exit code is that of the command."""
    if job.get("limit"):
        resource.setrlimit(resource.RLIMIT_FSIZE, (job["limit"],) * 2)
    if job.get("step"):
        lethal(job["step"])
    try:
        for one in range(job["count"]):
            Log(Path(job["log"])).append("test", {"said": f"{name} {one}"}, AT)
    except EntrepotError as error:
        return error.exit_code
    return 0


def child(job: dict[str, Any], name: str) -> int:
    """Its process id."""
    if pid := os.fork():
        return pid
    os._exit(add(job, name))


def main() -> None:
    """Do jobs until the input ends."""
    for line in sys.stdin:
        job = json.loads(line)
        started = [child(job, name) for name in job["names"]]
        codes = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in started]
        sys.stdout.write(json.dumps(codes) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
