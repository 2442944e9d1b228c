"""Processes that add at once: nothing is lost, nothing counts twice, and a reader sees whole snapshots."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from entrepot.errors import NoDataError
from entrepot.store import Store
from tests.store.conftest import Worker
from tests.store.helpers import add, cells, line, many, start

Write = Callable[..., Path]
ROWS = 200
ROUNDS = 4


def files(write: Write, number: int) -> list[Path]:
    """So many files, each of one partner and ROWS cells."""
    return [write(many(ROWS, partner=f"XB{chr(65 + n)}"), f"{n}.csv") for n in range(number)]


def counted(store: Store) -> dict[str, int]:
    """Partner -> cells in force."""
    found: dict[str, int] = {}
    for (partner,) in cells(store, names=("partner",)):
        found[partner] = found.get(partner, 0) + 1
    return found


@pytest.mark.parametrize(("number", "begun"), [(4, False), (2, True)], ids=["new", "old"])
def test_different_files_at_once(store: Store, worker: Worker, write: Write, number: int, begun: bool):
    """Also where each of them would make the store."""
    if begun:
        add(store, write(line(partner="XCC"), "first.csv"))
    assert worker.add(store, *files(write, number)) == [0] * number
    expected = {f"XB{chr(65 + n)}": ROWS for n in range(number)} | ({"XCC": 1} if begun else {})
    assert counted(store) == expected
    assert len(store.snapshots()) == len(expected)


@pytest.mark.parametrize("number", [2, 4])
def test_the_same_file_at_once(tmp_path: Path, worker: Worker, write: Write, number: int):
    """It is held once, and later adds find it."""
    [file] = files(write, 1)
    for turn in range(ROUNDS // number):
        store = Store(tmp_path / f"store {turn}")
        assert worker.add(store, *[file] * number) == [0] * number
        assert (len(store.snapshots()), counted(store)) == (1, {"XBA": ROWS})
        assert not add(store, file).is_new


def test_a_reader_sees_whole_snapshots(store: Store, worker: Worker, write: Write):
    """Asked all the while, the store names each partner with all of its cells or not at all."""
    seen = []
    worker.start(store, *files(write, 4))
    while not worker.is_done():
        try:
            seen.append(counted(store))
        except NoDataError:
            seen.append({})
    assert worker.codes() == [0] * 4
    assert {number for state in seen for number in state.values()} <= {ROWS}
    assert [len(state) for state in seen] == sorted(len(state) for state in seen)
    assert len(counted(store)) == 4


def test_a_store_opened_earlier_answers_as_it_was(store: Store, write: Write):
    """An expression made before an add runs on what was held then."""
    one, other = files(write, 2)
    add(store, one)
    opened = Store(store.folder)
    expression = opened.flows()
    add(store, other)
    assert opened.run(expression).num_rows == ROWS
    assert opened.run(opened.flows()).num_rows == 2 * ROWS


def test_two_commands_at_once(store: Store, write: Write):
    """The command itself, twice, making a new store."""
    processes = [start("--store", store.folder, "add", file) for file in files(write, 2)]
    errors = [process.communicate(timeout=60)[1].decode() for process in processes]
    assert [process.returncode for process in processes] == [0, 0], errors
    assert counted(store) == {"XBA": ROWS, "XBB": ROWS}
