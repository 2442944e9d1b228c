"""A store in object storage: the same answers as from a folder, and nothing lost when something breaks.

moto's server stands in for the service; that a key may not do something is told by tests/store/bucket.py.
"""

from __future__ import annotations

import signal
import socket
import traceback
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow.fs import FileSelector, S3FileSystem

from entrepot import cli
from entrepot.errors import StoreError, UsageError
from entrepot.store import Store
from entrepot.store.engine import DuckDB
from entrepot.store.objects import access
from tests.store.bucket import BUCKET, KEY, SECRET, TOKEN, Server
from tests.store.helpers import add, line, many, run, start

Write = Callable[..., Path]
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": KEY,
    "AWS_SECRET_ACCESS_KEY": SECRET,
    "AWS_SESSION_TOKEN": TOKEN,
    "AWS_REGION": "us-east-1",
}
FLOWS = ("flows", "--reporter", "XAA", "--partner", "XBB", "--commodity", "8703", "-f", "csv")
_number = count()


def within(server: Server) -> S3FileSystem:
    """Its files, for a test to look at and to damage."""
    there = server.endpoint.removeprefix("http://")
    who = {"access_key": KEY, "secret_key": SECRET, "region": "us-east-1"}
    return S3FileSystem(**who, scheme="http", endpoint_override=there, allow_bucket_creation=True)


@pytest.fixture(scope="module")
def running(servers: Path) -> Iterator[Server]:
    made = Server(servers / "python")
    within(made).create_dir(BUCKET)
    yield made
    made.close()


@pytest.fixture
def server(running: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    for name, value in (ENVIRONMENT | {"AWS_ENDPOINT_URL": running.endpoint}).items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_ENDPOINT_URL_S3", raising=False)
    running.behave()
    return running


@pytest.fixture
def far(server: Server) -> Store:
    """A store of this test's own in the bucket."""
    return Store(f"s3://{BUCKET}/tests/{next(_number)}")


def objects(server: Server, store: Store) -> dict[str, int]:
    """Every object of a store, with its size."""
    found = within(server).get_file_info(
        FileSelector(str(store.place)[5:], recursive=True, allow_not_found=True)
    )
    return {one.path: one.size for one in found if one.is_file}


def rows_of(server: Server, store: Store) -> str:
    (found,) = [path for path in objects(server, store) if path.endswith("flows.parquet")]
    return found


def far_cells(store: Store) -> object:
    fresh = Store(store.place)
    names = ("partner", "commodity", "value")
    return tuple(sorted(tuple(row[name] for name in names) for row in fresh.run(fresh.flows()).to_pylist()))


# ---------------------------------------------------------------- the same as a folder


def test_the_same_answers_as_from_a_folder(store: Store, far: Store, write: Write):
    """Every column of every row in force, as of two days; the cards; what was not understood."""
    first = write(many(40) + line(value="n/a", commodity="990000").encode(), "first.csv")
    second = write(line(value=99) + line(partner="XCC"), "second.csv")
    for one in (store, far):
        add(one, first, "2022-03-01")
        assert add(one, second, "2022-04-01").is_new
        assert not add(one, second, "2022-04-01").is_new
    assert store.snapshots() == far.snapshots()
    for day in (None, "2022-03-15"):
        assert asked(far, day) == asked(store, day)
        assert len(asked(far, day)) >= 40
    for card in store.snapshots():
        assert store.rejects(card.snapshot).equals(far.rejects(card.snapshot))
    assert far.leaving_out("tidy").snapshots() == []


def asked(store: Store, day: str | None) -> list[dict[str, object]]:
    from datetime import date

    fresh = Store(store.place)
    rows = fresh.run(fresh.flows(date.fromisoformat(day) if day else None)).to_pylist()
    return sorted(rows, key=lambda row: tuple(str(value) for value in row.values()))


def test_the_command_line(far: Store, write: Write):
    """Add and ask as a user does."""
    done = run("--store", far.place, "add", write(line() + line(period="2022-02")))
    assert (done.returncode, "2 rows" in done.stderr) == (0, True), done.stderr
    done = run("--store", far.place, *FLOWS)
    assert (done.returncode, '"XBB","export",2022-02-01,"8703",10,' in done.stdout) == (0, True), done


def test_a_name_for_what_is_held(far: Store, write: Write):
    before = far.version()
    add(far, write(line()))
    assert (after := far.version()) != before
    assert after == Store(far.place).version()


def test_what_a_condition_rules_out_is_not_fetched(server: Server):
    """Of ten groups of rows and two columns, one of each: a tenth of the bytes, and the same answer."""
    rows = 100_000
    texts = [f"{n * 7919 % 1_000_003:08}" for n in range(rows)]
    path = f"{BUCKET}/tests/groups.parquet"
    whole = pa.table({"at": range(rows), "text": texts, "other": texts})
    pq.write_table(whole, path, filesystem=within(server), row_group_size=rows // 10, use_dictionary=False)
    engine = DuckDB()
    engine.register("far", [f"s3://{path}"])
    table = ibis.table({"at": "int64", "text": "string", "other": "string"}, name="far")
    sent, found = {}, pa.table({})
    for name, expr in (("all", table), ("some", table.filter(table["at"] >= 92_500).select("text"))):
        server.behave()
        found = engine.run(expr)
        sent[name] = server.seen()["sent"]
    assert found["text"].to_pylist() == texts[92_500:]
    assert sent["some"] < sent["all"] / 10


# ---------------------------------------------------------------- several writers, and what breaks


def test_two_writers_at_once(server: Server, far: Store, write: Write):
    """Both make the log's first line at the same moment: one is refused, and comes second."""
    server.behave(meet=True)
    files = [write(many(20, partner=name), name) for name in ("XBB", "XCC")]
    processes = [start("--store", far.place, "add", file) for file in files]
    errors = [process.communicate(timeout=120)[1].decode() for process in processes]
    assert [process.returncode for process in processes] == [0, 0], errors
    seen = server.seen()
    assert ("412" in seen["statuses"], seen["conditions"]) == (True, ["*"] * 3)
    assert len(Store(far.place).snapshots()) == 2
    assert len(far_cells(far)) == 40


def test_killed_before_the_commit(server: Server, far: Store, write: Write):
    """All files are there, the log does not name them: nothing is held, and adding again completes it."""
    add(far, write(line(partner="XCC"), "first.csv"))
    before, file = far_cells(far), write(line())
    process = start("--store", far.place, "add", file)
    server.behave(kill=process.pid)
    process.communicate(timeout=120)
    server.behave()
    assert process.returncode == -signal.SIGKILL
    assert sum(path.endswith("flows.parquet") for path in objects(server, far)) == 2
    assert far_cells(far) == before
    assert add(far, file).is_new
    assert len(far_cells(far)) == 2


@pytest.mark.parametrize("name", ["flows.parquet", "_delta_log"])
def test_a_cut_off_upload(server: Server, far: Store, write: Write, name: str):
    """The connection breaks at the rows, or at the commit: a clear error, and nothing is held."""
    file = write(many(30))
    server.behave(cut=name)
    with pytest.raises(StoreError, match=r"does not answer.*Check the network"):
        add(far, file)
    server.behave()
    assert far.snapshots() == []
    assert add(far, file).is_new
    assert len(far_cells(far)) == 30


@pytest.mark.parametrize("damage", ["cut", "gone", "foot", "body"])
def test_a_damaged_file(server: Server, far: Store, write: Write, damage: str):
    """Asking says so, never a wrong figure; adding the file again mends what is seen to be cut or gone."""
    file = write(many(300))
    add(far, file)
    said, path = far_cells(far), rows_of(server, far)
    content = within(server).open_input_stream(path).read()
    if damage == "gone":
        within(server).delete_file(path)
    else:
        with within(server).open_output_stream(path) as out:
            out.write(harmed(content, damage))
    with pytest.raises(StoreError, match=r"damaged or gone"):
        far_cells(far)
    if damage in ("cut", "gone"):
        add(Store(far.place), file)
        assert far_cells(far) == said


def harmed(content: bytes, damage: str) -> bytes:
    """A Parquet file cut off, or with noise in its foot or in all of its rows."""
    if damage == "cut":
        return content[: len(content) // 2]
    foot = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
    at, to = (foot, foot + 200) if damage == "foot" else (4, foot)
    return content[:at] + b"\xa5" * (to - at) + content[to:]


# ---------------------------------------------------------------- what is wrong before anything is asked


def closed_port() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


WRONG = {
    "gone": ({"AWS_ENDPOINT_URL": closed_port()}, BUCKET, "does not answer.*AWS_ENDPOINT_URL"),
    "bucket": ({}, "absent", "no such bucket.*Create it"),
    "key": ({"AWS_ACCESS_KEY_ID": "AKIAOTHER"}, BUCKET, "access is refused.*Check the AWS_ variables"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_wrong_is_told(server: Server, write: Write, monkeypatch: pytest.MonkeyPatch, wrong: str):
    """Asking and adding say what to do, and show no key, also where the error is printed with its causes."""
    environment, bucket, says = WRONG[wrong]
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    store = Store(f"s3://{bucket}/wrong")
    for doing in (store.snapshots, lambda: add(store, write(line()))):
        with pytest.raises(StoreError, match=says) as caught:
            doing()
        shown = "".join(traceback.format_exception(caught.value))
        assert not any(secret in shown for secret in (SECRET, TOKEN, KEY, "AKIAOTHER"))
    assert server.seen()["requests"] <= 20


def test_a_key_that_may_only_read(server: Server, far: Store, write: Write):
    """It asks; its upload is refused, and says so."""
    add(far, write(line()))
    server.behave(refuse=True)
    with pytest.raises(StoreError, match="access is refused"):
        add(far, write(line(partner="XCC"), "next.csv"))
    assert len(far_cells(far)) == 1


@pytest.mark.parametrize("name", ["gs://b/p", "az://b/p", "s3a://b/p", "https://host/p", "S3://b/p"])
def test_other_addresses_are_refused(name: str):
    with pytest.raises(StoreError, match="s3://bucket/prefix is known"):
        Store(name)


@pytest.mark.parametrize(
    "name", ["s3://", "s3:///p", "s3://ab", "s3://UPPER/p", "s3://bucket/a/../b", "s3://bucket//p", "s3://bucket/a*",
             "s3://bucket/p?x=1", "s3://bucket/%2e", "s3://key:invented@bucket/p"],
)  # fmt: skip
def test_addresses_of_another_form_are_refused(server: Server, name: str):
    with pytest.raises(StoreError, match="not of the form s3://bucket/prefix") as caught:
        Store(name)
    assert "invented@" not in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"AWS_ACCESS_KEY_ID": ""}, "needs AWS_ACCESS_KEY_ID"),
        ({"AWS_REGION": "", "AWS_ENDPOINT_URL": ""}, "AWS_REGION"),
        ({"AWS_ENDPOINT_URL": "http://storage.example.org"}, "AWS_ALLOW_HTTP=true"),
        ({"AWS_ENDPOINT_URL": "https://storage.example.org/path"}, "not of the form"),
        ({"AWS_ENDPOINT_URL": "http://[storage"}, "not of the form"),
        ({"AWS_ENDPOINT_URL": "https://storage.example.org:99999"}, "not of the form"),
        ({"AWS_ENDPOINT_URL": "https://u:invented/secret@example.org"}, "Correct it|credentials"),
        ({"AWS_ENDPOINT_URL": "https://user:pass@storage.example.org"}, "AWS_ACCESS_KEY_ID alone"),
        ({"AWS_ENDPOINT_URL": "storage.example.org"}, "not of the form"),
    ],
)
def test_an_environment_that_does_not_do(changes: dict[str, str], says: str):
    with pytest.raises(StoreError, match=says) as caught:
        access(ENVIRONMENT | changes)
    assert SECRET not in str(caught.value)


def test_an_environment_that_does():
    """An endpoint needs no region; http is for this machine, or asked for; nothing shows the secret."""
    for endpoint in ("http://localhost:9000", "http://[::1]:9000", "https://storage.example.org/"):
        found = access(ENVIRONMENT | {"AWS_REGION": "", "AWS_ENDPOINT_URL": endpoint})
        assert found.region == "us-east-1"
        assert SECRET not in repr(found)
    open_wire = {"AWS_ENDPOINT_URL_S3": "http://storage.example.org", "AWS_ALLOW_HTTP": "true"}
    assert access(ENVIRONMENT | open_wire).options()["AWS_ALLOW_HTTP"] == "true"


@pytest.mark.parametrize("command", ["searches", "decisions", "serve"])
def test_what_is_kept_beside_a_store_needs_a_folder(
    far: Store, capsys: pytest.CaptureFixture[str], command: str
):
    """An address has none, and commands say so at once."""
    with pytest.raises(UsageError, match="store in a folder"):
        _ = far.folder
    with pytest.raises(SystemExit) as stop:
        cli.main(["--store", str(far.place), command])
    assert (stop.value.code, "name one with --store" in capsys.readouterr().err) == (2, True)


def test_a_path_is_a_folder_whatever_it_is_called(tmp_path: Path):
    assert Store(tmp_path / "s3:" / "bucket").folder == tmp_path / "s3:" / "bucket"
