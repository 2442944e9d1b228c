"""A process that adds to a log, and can be told to die in the middle: `worker.py FOLDER NAME COUNT [STEP]`.

With a step, it kills itself before, within or after the so-manieth thing it does to the disk.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

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


def main(folder: str, name: str, count: str, step: str = "") -> None:
    """Add lines `NAME 0`, `NAME 1` ..."""
    if step:
        lethal(int(step))
    log = Log(Path(folder) / "test.jsonl")
    for one in range(int(count)):
        log.append("test", {"said": f"{name} {one}"}, AT)


if __name__ == "__main__":
    main(*sys.argv[1:])
