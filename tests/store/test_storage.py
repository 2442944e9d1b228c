"""Full disks, folders that may not be written, damaged stores: a clear error, and nothing lost."""

from __future__ import annotations

import gc
import json
import os
import resource
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import deltalake
import ibis
import pyarrow as pa
import pytest
from ibis.expr.types import Table

from entrepot.errors import ReadError, StoreError
from entrepot.store import Store
from entrepot.store.engine import DuckDB
from tests.store.helpers import add, cells, command, environment, line, listing, many, run, table

Write = Callable[..., Path]
ONE = (("XBB", "870323", 10.0),)


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a store with two files in it."""
    folder = tmp_path_factory.mktemp("two")
    store = Store(folder / "store")
    for partner in ("XCC", "XBB"):
        (folder / partner).write_bytes(table(line(partner=partner)))
        add(store, folder / partner)
    return store.folder


@pytest.fixture
def held(store: Store, two: Path) -> Store:
    """A copy of it."""
    shutil.copytree(two, store.folder)
    return store


def fails(store: Store, *words: str | Path, says: str, **options: object) -> None:
    """A command ends with exit code 4 and one line that says what is wrong."""
    done = run("--store", store.folder, *words, **options)
    assert (done.returncode, "Traceback" in done.stderr) == (4, False), done.stderr
    assert says in done.stderr


# ---------------------------------------------------------------- disks


@contextmanager
def mounted(folder: Path, *how: str) -> Iterator[None]:
    """Something mounted on a folder; skips where this user may not mount."""
    folder.mkdir(exist_ok=True)
    made = subprocess.run(["mount", *how, folder], capture_output=True, text=True, check=False)
    if made.returncode:
        pytest.skip(f"cannot mount: {made.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.mark.parametrize("size", ["200k", "500k", "700k"])
def test_a_full_disk(tmp_path: Path, write: Write, size: str):
    """Wherever the disk fills up, the store says so, is as it was, and goes on once there is room."""
    big = write(many(40_000), "big.csv")
    small = write(line(), "small.csv")
    with mounted(tmp_path / "disk", "-t", "tmpfs", "-o", f"size={size}", "tmpfs"):
        store = Store(tmp_path / "disk" / "store")
        try:
            add(store, small)
        except StoreError:
            assert size == "200k"
            assert not store.snapshots()
        before = listing(store.folder)
        with pytest.raises(StoreError, match="Free space"):
            add(store, big)
        assert set(before.items()) <= set(listing(store.folder).items())
        fails(store, "add", big, says="Free space")
        subprocess.run(["mount", "-o", "remount,size=60m", tmp_path / "disk"], check=True)
        assert add(store, big).card.rows == 40_000
        add(store, small)
        assert cells(store)[-1] == ONE[0]
        assert len(cells(store)) == 40_001


def test_a_file_that_may_not_grow(held: Store, write: Write):
    """Where nothing can be mounted, a limit of the process stands in for the full disk."""
    before = listing(held.folder)
    big = write(many(40_000), "big.csv")
    done = subprocess.run(
        command("--store", held.folder, "add", big),
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)),
    )
    assert (done.returncode, "Traceback" in done.stderr) == (4, False), done.stderr
    assert listing(held.folder) == before
    assert add(held, big).is_new


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """A folder nobody may write to, not even root."""
    if os.geteuid() == 0:
        with mounted(folder, "--bind", "-o", "ro", str(folder)):
            subprocess.run(["mount", "-o", "remount,bind,ro", folder], check=True, capture_output=True)
            yield
        return
    places = [folder, *(path for path in folder.rglob("*") if path.is_dir())]
    for place in places:
        place.chmod(0o555)
    try:
        yield
    finally:
        for place in places:
            place.chmod(0o755)


def test_a_folder_that_may_not_be_written(held: Store, write: Write):
    """Reading goes on; adding says why not, and works again later."""
    before, said = listing(held.folder), cells(held)
    path = write(line(period="2022-02"), "next.csv")
    with read_only(held.folder):
        assert cells(held) == said
        with pytest.raises(StoreError, match=r"cannot write to .* The store is as it was before"):
            add(held, path)
        fails(held, "add", path, says="name another place with --store")
    assert listing(held.folder) == before
    assert add(held, path).is_new


def test_a_store_that_cannot_be_made(tmp_path: Path, write: Write):
    path = write(line())
    (tmp_path / "closed").mkdir()
    with read_only(tmp_path / "closed"), pytest.raises(StoreError, match="cannot write to"):
        add(Store(tmp_path / "closed" / "store"), path)


@pytest.mark.parametrize("place", ["file", "file/below", "nowhere/that/is"])
def test_a_path_that_is_no_folder(tmp_path: Path, write: Write, place: str):
    """A file in the way is named; folders on the way to the store are made."""
    path = write(line())
    (tmp_path / "file").write_text("in the way")
    store = Store(tmp_path / place)
    if place.startswith("file"):
        with pytest.raises(StoreError):
            add(store, path)
        fails(store, "add", path, says="--store")
        assert (tmp_path / "file").read_text() == "in the way"
    else:
        add(store, path)
        assert cells(store) == ONE


# ---------------------------------------------------------------- damage


def log(store: Store, version: int) -> Path:
    return store.folder / "flows" / "_delta_log" / f"{version:020}.json"


DAMAGE: dict[str, Callable[[Store, str], Path]] = {
    "log": lambda store, _: log(store, 1),
    "card": lambda store, snapshot: store.folder / "snapshots" / f"{snapshot}.json",
    "scope": lambda store, snapshot: store.folder / "snapshots" / f"{snapshot}.scope.parquet",
    "rows": lambda store, snapshot: store.folder / "flows" / snapshot / "flows.parquet",
}


@pytest.mark.parametrize("part", DAMAGE)
@pytest.mark.parametrize("how", ["gone", "cut off", "overwritten"])
def test_a_damaged_store_says_what_is_wrong(held: Store, write: Write, part: str, how: str):
    """Each part in turn; put back, it works again. What an add made is made anew by adding the file again."""
    path = write(line(), "second.csv")
    said = cells(held)
    damaged = DAMAGE[part](held, add(held, path).card.snapshot)
    sound = damaged.read_bytes()
    if how == "gone" and part == "log":
        damaged = log(held, 0)
        sound = damaged.read_bytes()
    if how == "gone":
        damaged.unlink()
    else:
        damaged.write_bytes(sound[: len(sound) // 2] if how == "cut off" else b"\xff" * len(sound))
    with pytest.raises(StoreError, match=r"damaged or gone|cannot be opened"):
        cells(held)
    if part != "log":
        assert add(held, path).is_new
        assert not add(held, path).is_new
    else:
        damaged.write_bytes(sound)
    assert cells(held) == said


def test_the_command_on_a_damaged_store(held: Store):
    """Exit code 4 and one line, whatever is asked."""
    DAMAGE["card"](held, held.snapshots()[0].snapshot).unlink()
    fails(held, "status", says="damaged or gone")


def test_rejects_that_are_gone(held: Store):
    [first, _] = held.snapshots()
    (held.folder / "snapshots" / f"{first.snapshot}.rejects.parquet").unlink()
    with pytest.raises(StoreError, match="damaged or gone"):
        held.rejects(first.snapshot)


def test_a_vintage_survives_mending(store: Store, write: Write):
    """Adding a file again because its rows are gone does not change the day it was published."""
    path = write(line())
    first = add(store, path, "2022-05-01").card
    shutil.rmtree(store.folder / "flows" / first.snapshot)
    add(store, path, "2024-01-01")
    assert [card.published for card in store.snapshots()] == [first.published]
    assert cells(store) == ONE


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path, write: Write):
    """A Delta table of other columns in the store's place is not added to."""
    store = Store(tmp_path / "store")
    deltalake.write_deltalake(str(store.folder / "flows"), pa.table({"a": [1]}))
    before = listing(store.folder)
    with pytest.raises(StoreError, match="not a store"):
        add(store, write(line()))
    with pytest.raises(StoreError):
        store.flows()
    fails(store, "status", says="store")
    assert set(before) <= set(listing(store.folder))
    assert len(deltalake.DeltaTable(str(store.folder / "flows")).file_uris()) == 1


def test_a_table_of_a_later_format_is_left_alone(held: Store, write: Write):
    """A log that asks for a reader this version is not cannot be read, and says so."""
    protocol = {"protocol": {"minReaderVersion": 99, "minWriterVersion": 99}}
    log(held, 2).write_text(json.dumps(protocol) + "\n")
    before = listing(held.folder)
    with pytest.raises(StoreError):
        cells(held)
    with pytest.raises(StoreError):
        add(held, write(line(period="2022-02"), "next.csv"))
    fails(held, "status", says="store")
    assert listing(held.folder) == before
    log(held, 2).unlink()
    assert add(held, write(line(period="2022-02"), "next.csv")).is_new


def test_a_file_that_vanishes_is_not_the_store_s_fault(
    held: Store, write: Write, monkeypatch: pytest.MonkeyPatch
):
    """Gone between its first byte and its last, it is the file that is named."""
    path = write(line(period="2022-02"), "next.csv")
    from entrepot import sources

    recognise = sources.recognise

    def then_gone(*args: object, **options: object) -> object:
        found = recognise(*args, **options)
        path.unlink()
        return found

    monkeypatch.setattr(sources, "recognise", then_gone)
    before = listing(held.folder)
    with pytest.raises(ReadError, match=r"next\.csv"):
        add(held, path)
    assert listing(held.folder) == before


def test_another_store_in_the_same_place_has_another_version(two: Path, store: Store) -> None:
    """As many commits make the same names: who keeps answers by version would give those of the old store."""
    shutil.copytree(two, store.folder)
    first = store.version()
    for log in (store.folder / "flows" / "_delta_log").iterdir():
        os.utime(log, ns=(0, 0))  # another store: written at another moment
    assert store.version() != first


def test_rows_damaged_inside_are_told_as_damaged(held: Store) -> None:
    held.run(held.flows())
    for rows in held.folder.glob("flows/*/flows.parquet"):
        content = rows.read_bytes()
        rows.write_bytes(content[:4] + b"\xff" * (len(content) - 8) + content[-4:])
    ways: dict[str, Callable[[Table], object]] = {
        "read": held.run,
        "computed and": lambda rows: held.landed(rows.order_by("value")),
        "computed and written": lambda rows: held.write(rows, held.folder / "out.parquet"),
    }
    for says, way in ways.items():
        with pytest.raises(StoreError, match=f"could not be {says}"):
            way(held.flows())


def test_what_a_part_of_a_store_lands_stays_while_the_whole_is_there(held: Store) -> None:
    """The same rows have one name on the engine they share, and one file."""
    whole = held.landed(held.flows())
    rest = held.leaving_out("wdi")
    assert rest.landed(rest.flows()).op() == whole.op()
    del rest
    gc.collect()
    assert held.run(whole).num_rows == 2


def test_what_does_not_fit_in_memory_spills_beside_what_lands(tmp_path: Path) -> None:
    """Not in the folder the user is in; and what spills first does not decide for what comes later."""
    engine = DuckDB()
    spilled = Path(engine.connection.sql("SELECT current_setting('temp_directory')").fetchall()[0][0])
    assert spilled.parent == Path(tempfile.gettempdir())
    engine.connection.execute("SET memory_limit = '60MB'")
    rows = "SELECT range AS n, md5(range::VARCHAR) AS text FROM range(3000000)"
    engine.connection.execute(f"CREATE TABLE many AS {rows}")
    many = ibis.table({"n": "int64", "text": "string"}, name="many")
    assert engine.run(many.order_by("text").limit(1, offset=2_999_999)).num_rows == 1
    assert list(spilled.iterdir())
    engine.keep("kept", many, tmp_path)
    engine.close()
    del engine
    gc.collect()
    assert not spilled.exists()


def test_a_log_that_is_damaged_is_told_in_one_line(held: Store) -> None:
    (held.folder / "flows" / "_delta_log" / f"{0:020}.json").write_text("garbage\n")
    with pytest.raises(StoreError, match="cannot be opened as a store") as told:
        held.snapshots()
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("elsewhere", ["../../out/", "%2e%2e/", "{folder}/", "s3://bucket/", "*/../"])
def test_a_log_that_names_files_of_another_place_is_not_believed(held: Store, elsewhere: str) -> None:
    """Rows that no add has checked would be told under a file's own name."""
    first = min((held.folder / "flows" / "_delta_log").glob("*.json"))
    said = first.read_text()
    first.write_text(said.replace('"path":"', '"path":"' + elsewhere.format(folder=held.folder)))
    with pytest.raises(StoreError, match="which no add has written"):
        Store(held.folder).flows()
