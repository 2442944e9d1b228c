"""Computations are shared, kept, dropped when nobody waits, and survive a process that dies."""

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from entrepot import Store
from entrepot.web.errors import Failed
from entrepot.web.workshop import Workshop
from tests.web import slow

TASKS = ("sleep",)


class Caller:
    """A request as far as the workshop looks at it."""

    def __init__(self, goes: Path | None = None) -> None:
        self.goes = goes  # away, as soon as this file is there

    async def is_disconnected(self) -> bool:
        return self.goes is not None and self.goes.exists()


def run(tmp_path: Path, use: Any) -> Any:
    async def within() -> Any:
        return await asyncio.wait_for(use(Workshop(Store(tmp_path / "store"))), 120)

    return asyncio.run(within())


def told(path: Path) -> list[int]:
    return [int(line) for line in path.read_text().split()]


def test_two_who_ask_the_same_wait_for_one_computation_and_the_answer_is_kept(tmp_path):
    log = str(tmp_path / "log")

    async def use(workshop):
        both = [workshop.ask(Caller(), TASKS, slow.sleeping, log, 1.0) for _ in range(2)]
        answers = await asyncio.gather(*both)
        return [*answers, await workshop.ask(Caller(), TASKS, slow.sleeping, log, 1.0)]

    assert run(tmp_path, use) == [b"awake"] * 3
    assert len(told(tmp_path / "log")) == 1


def test_what_nobody_waits_for_is_ended(tmp_path):
    async def use(workshop):
        with pytest.raises(Failed, match="Nobody waits"):
            await workshop.ask(Caller(tmp_path / "log"), TASKS, slow.sleeping, str(tmp_path / "log"), 600.0)
        for _ in range(50):
            await asyncio.sleep(0.1)
            if not _runs(told(tmp_path / "log")[0]):
                return "ended"
        return "runs on"

    assert run(tmp_path, use) == "ended"


def test_what_is_asked_alone_is_neither_shared_nor_kept(tmp_path):
    log = str(tmp_path / "log")

    async def use(workshop):
        return [await workshop.alone(Caller(), TASKS, slow.sleeping, log, 0.1) for _ in range(2)]

    assert run(tmp_path, use) == [b"awake"] * 2
    assert len(told(tmp_path / "log")) == 2


def test_what_is_asked_alone_has_ended_when_its_caller_is_told_of(tmp_path):
    """What it worked with is removed then: it must not write any more."""

    async def use(workshop):
        with pytest.raises(Failed, match="Nobody waits"):
            await workshop.alone(Caller(tmp_path / "log"), TASKS, slow.sleeping, str(tmp_path / "log"), 600.0)
        return _runs(told(tmp_path / "log")[0])

    assert run(tmp_path, use) is False


def test_who_goes_away_takes_nothing_from_who_stays(tmp_path):
    async def use(workshop):
        stays = asyncio.create_task(workshop.ask(Caller(), TASKS, slow.sleeping, str(tmp_path / "log"), 4.0))
        with pytest.raises(Failed, match="Nobody waits"):
            await workshop.ask(Caller(tmp_path / "log"), TASKS, slow.sleeping, str(tmp_path / "log"), 4.0)
        return await stays

    assert run(tmp_path, use) == b"awake"


def test_who_asks_for_what_was_just_dropped_gets_it(tmp_path):
    """As a browser that loads a page again: it goes away and comes back in a moment."""

    async def use(workshop):
        asked = (TASKS, slow.sleeping, str(tmp_path / "log"), 1.0)
        with pytest.raises(Failed, match="Nobody waits"):
            await workshop.ask(Caller(tmp_path / "log"), *asked)
        return await workshop.ask(Caller(), *asked)

    assert run(tmp_path, use) == b"awake"


def test_what_is_dropped_while_its_process_starts_leaves_none(tmp_path):
    before = _children()

    async def use(workshop):
        asked = [
            asyncio.create_task(workshop.ask(Caller(), TASKS, slow.sleeping, str(tmp_path / "log"), 60.0 + n))
            for n in range(2)
        ]
        await asyncio.sleep(0.05)
        for one in asked:
            one.cancel()
        await asyncio.gather(*asked, return_exceptions=True)
        for _ in range(100):
            await asyncio.sleep(0.1)
            if not _children() - before:
                return "none"
        return _children() - before

    assert run(tmp_path, use) == "none"


def _children() -> set[str]:
    """Workers of this process, by number: other tests have servers of their own in it."""
    found = subprocess.run(
        ["ps", "--ppid", str(os.getpid()), "-o", "pid=,args="], capture_output=True, text=True, check=False
    )
    return {line.split()[0] for line in found.stdout.splitlines() if "anyio.to_process" in line}


def test_a_worker_ends_with_its_server_however_that_ends():
    child = (
        "import os, time; from entrepot.web import tasks; "
        "tasks._end_with(os.getppid()); print(os.getpid(), flush=True); time.sleep(60)"
    )
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    with subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        worker = int(server.stdout.readline())
        server.kill()
    assert any(_has_ended(worker) for _ in range(50))


def _has_ended(process: int) -> bool:
    time.sleep(0.1)
    return not _runs(process)


def test_a_process_that_dies_is_told_and_the_next_question_is_answered(tmp_path):
    async def use(workshop):
        with pytest.raises(Failed, match="ended abruptly"):
            await workshop.ask(Caller(), TASKS, slow.dying)
        return await workshop.ask(Caller(), TASKS, slow.sleeping, str(tmp_path / "log"), 0.0)

    assert run(tmp_path, use) == b"awake"


def test_a_defect_is_no_answer_and_is_not_kept(tmp_path):
    async def use(workshop):
        for _ in range(2):
            with pytest.raises(KeyError):
                await workshop.ask(Caller(), TASKS, slow.failing)

    run(tmp_path, use)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{process}/stat").read_text().split()[2] != "Z"
