"""A process killed while it adds leaves the store as before or as after, and adding again completes it."""

from __future__ import annotations

import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from entrepot.errors import NoDataError
from entrepot.store import Store
from tests.store.conftest import Worker
from tests.store.helpers import Cells, add, cells, line, listing, many, run, start

KILLED = -signal.SIGKILL
POINTS = 12
LAST_STEPS = 20  # of 24
COMMANDS = 3


def answers(store: Store) -> Cells:
    """What the store says; nothing where it holds nothing."""
    try:
        return cells(store)
    except NoDataError:
        return ()


@pytest.fixture(params=["new", "old"])
def before(request: pytest.FixtureRequest, store: Store, write: Callable[..., Path]) -> Cells:
    """What a store says before: one that is not there yet, and one with something in it."""
    if request.param == "old":
        add(store, write(line(partner="XCC"), "first.csv"))
    return answers(store)


def again(store: Store, at: Path) -> Store:
    """A copy of a store, in its state before."""
    shutil.rmtree(at, ignore_errors=True)
    if store.folder.exists():
        shutil.copytree(store.folder, at)
    return Store(at)


def left_behind(store: Store) -> list[Path]:
    base = store.folder / "scratch"
    return list(base.iterdir()) if base.exists() else []


def test_killed_at_each_step_on_the_disk(
    store: Store, before: Cells, worker: Worker, write: Callable[..., Path], tmp_path: Path
):
    """Before and after each file that is written or moved and each commit, until a child lives to the end.

    Each starts from what those killed before it left behind; once one got as far as the commit, from the
    state before. Adding again completes the work of any.
    """
    file = write(line(), "next.csv")
    after = tuple(sorted((*before, ("XBB", "870323", 10.0))))
    first = LAST_STEPS if before else 1  # the steps of both differ in the commit only
    seen: list[bool] = []
    copy = again(store, tmp_path / "copy")
    while worker.add(copy, file, step=len(seen) + first) != [0]:
        state = answers(copy)
        assert state in (before, after), f"step {len(seen) + first}"
        assert left_behind(copy)
        seen.append(state == after)
        if seen[-1]:
            assert worker.add(copy, file) == [0]
            assert (answers(copy), len(copy.snapshots())) == (after, len(after))
            copy = again(store, tmp_path / "copy")
    assert (answers(copy), left_behind(copy)) == (after, [])
    assert seen == sorted(seen)
    assert len(seen) + first > LAST_STEPS + 1
    assert not all(seen)
    assert any(seen)


def test_killed_at_any_time(store: Store, worker: Worker, write: Callable[..., Path], tmp_path: Path):
    """Kills spread over the whole of an add, one after the other on what the last one left behind."""
    add(store, write(line(partner="XCC"), "first.csv"))
    file = write(many(300), "next.csv")
    before = cells(store)
    begun = time.monotonic()
    whole = again(store, tmp_path / "whole")
    assert worker.add(whole, file) == [0]
    takes, after = time.monotonic() - begun, cells(whole)
    copy = again(store, tmp_path / "copy")
    for point in range(POINTS):
        [code] = worker.add(copy, file, after=takes * point / POINTS)
        state = cells(copy)
        assert state == after if code == 0 else state in (before, after)
        if state == after:
            copy = again(store, tmp_path / "copy")
    assert worker.add(copy, file) == [0]
    assert (cells(copy), left_behind(copy)) == (after, [])


def test_the_command_killed(store: Store, write: Callable[..., Path]):
    """The same with the command itself, from its start on."""
    add(store, write(line(partner="XCC"), "first.csv"))
    file = write(line(), "next.csv")
    before = cells(store)
    begun = time.monotonic()
    assert run("--store", store.folder, "status").returncode == 0
    takes = 1.5 * (time.monotonic() - begun)
    for point in range(1, COMMANDS + 1):
        process = start("--store", store.folder, "add", file)
        time.sleep(takes * point / COMMANDS)
        process.kill()
        assert process.wait() in (KILLED, 0)
        process.communicate()
        assert cells(store) in (before, tuple(sorted((*before, ("XBB", "870323", 10.0)))))
    done = run("--store", store.folder, "add", file)
    assert (done.returncode, len(cells(store)), left_behind(store)) == (0, 2, [])


def test_work_of_the_living_is_left_alone(store: Store, write: Callable[..., Path]):
    """Only folders of dead processes of this machine are swept."""
    add(store, write(line()))
    base = store.folder / "scratch"
    before = listing(store.folder)
    for name in ("1-x-living", "999999999-elsewhere-unknown", "notes"):
        (base / name).mkdir()
    add(store, write(line(partner="XCC"), "next.csv"))
    assert sorted(path.name for path in base.iterdir()) == [
        "1-x-living",
        "999999999-elsewhere-unknown",
        "notes",
    ]
    assert set(before) < set(listing(store.folder))


def test_what_a_killed_process_worked_out_goes_with_the_next(store: Store, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    host = store.scratch("work").parent.name.split("-")[2]
    left = tmp_path / f"entrepot-999999999-{host}-x"
    foreign = tmp_path / "entrepot-999999999-elsewhere-x"
    for folder in (left, foreign):
        folder.mkdir()
    Store(store.folder).scratch("work")
    assert (left.exists(), foreign.exists()) == (False, True)
