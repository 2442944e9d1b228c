"""Two writers, kills, full disks, folders nobody may write to, and every kind of tampering with the log."""

from __future__ import annotations

import json
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entrepot.errors import StoreError
from entrepot.screening import log as log_module
from entrepot.screening.log import GENESIS, AlteredError, Log, _canonical, _Head, _made, _parsed, _raw
from tests.screening import worker
from tests.screening.conftest import Writers
from tests.store.test_storage import mounted, read_only

AT = worker.AT


@pytest.fixture
def log(tmp_path: Path) -> Log:
    return Log(tmp_path / "screening" / "test.jsonl")


def said(log: Log) -> list[str]:
    return [str(line.body["said"]) for line in log.lines() if line.kind == "test"]


def filled(log: Log, count: int = 5) -> list[bytes]:
    """The raw lines of a log of so many."""
    for one in range(count):
        log.append("test", {"said": f"line {one}"}, AT)
    return log.path.read_bytes().splitlines(keepends=True) if count else []


def fault(log: Log) -> tuple[int | None, str]:
    """What `verify` names; all that is read or added then refuses."""
    found = log.verify()
    assert found.fault is not None
    with pytest.raises(AlteredError):
        list(log.lines())
    return found.line, found.fault


# ---------------------------------------------------------------- what is written


def test_what_a_line_says(log: Log):
    """Number, time in UTC, kind, body, the hash before and its own, over canonical JSON."""
    first = log.append("test", {"b": "ä", "a": [1, None]}, AT.astimezone(timezone(timedelta(hours=5))))
    second = log.append("test", {}, AT)
    raw = log.path.read_bytes().splitlines()
    assert raw[0].startswith(
        b'{"body":{"a":[1,null],"b":"\\u00e4"},"kind":"test","number":1,"previous":"0000'
    )
    assert (first.time, first.previous, second.number) == ("2026-05-01T12:00:00.000000+00:00", GENESIS, 2)
    assert second.previous == first.sha256
    assert list(log.lines()) == [first, second]
    assert (log.verify().lines, log.verify().sha256, log.verify().fault) == (2, second.sha256, None)


def test_nothing_there(log: Log):
    """A log nobody wrote to has no lines and no fault, and reading makes no folder."""
    assert (list(log.lines()), log.verify().fault, log.path.parent.exists()) == ([], None, False)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(codec=None), max_size=50))
def test_any_text_comes_back(tmp_path: Path, text: str):
    """Line feeds, nulls, halves of pairs: what is said is what is read."""
    log = Log(tmp_path / "any.jsonl")
    line = log.append("test", {"said": text}, AT)
    assert list(log.lines())[-1].body == {"said": text}
    assert line.number == len(log.path.read_bytes().splitlines())


# ---------------------------------------------------------------- writers


def test_processes_at_once(log: Log, writers: Writers):
    assert writers.run(log.path, "a", "b", "c", count=25) == [0, 0, 0]
    assert sorted(said(log)) == sorted(f"{name} {one}" for name in "abc" for one in range(25))
    assert log.verify().lines == 75


def test_threads_of_one_process(log: Log):
    """A server's threads each open the log."""
    with ThreadPoolExecutor(8) as pool:
        lines = list(pool.map(lambda n: Log(log.path).append("test", {"said": str(n)}, AT).number, range(40)))
    assert (sorted(lines), log.verify().fault) == (list(range(1, 41)), None)


def test_a_reader_beside_a_writer(log: Log, writers: Writers):
    writers.begin(log.path, "a", count=60)
    seen = [0]
    while seen[-1] < 60:
        found = log.verify()
        assert found.fault is None
        seen.append(found.lines)
    assert (writers.end(), seen) == ([0], sorted(seen))
    assert len(set(seen)) > 3


def test_another_writer_that_hangs(log: Log, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(log_module, "PATIENCE", 0.05)
    with log._alone(), pytest.raises(StoreError, match="Nothing was recorded"):
        Log(log.path).append("test", {}, AT)


# ---------------------------------------------------------------- kills


@pytest.mark.parametrize("before", [0, 2])
def test_killed_at_each_step(tmp_path: Path, writers: Writers, before: int):
    """At any moment the lines before stand and it is sound; the next one mends and tells what is torn."""
    codes: list[int] = []
    repairs = 0
    while 0 not in codes:
        log = Log(tmp_path / str(len(codes)) / "test.jsonl")
        filled(log, before)
        codes += writers.run(log.path, "killed", count=2, step=len(codes) + 1)
        found, held = log.verify(), said(log)
        assert (found.fault, held[:before]) == (None, [f"line {one}" for one in range(before)])
        assert before <= len(held) <= before + 2 - (codes[-1] != 0 and found.torn_bytes > 0)
        repairs += _mended(log, held)
    assert set(codes[:-1]) == {-signal.SIGKILL}
    assert len(codes) > 20
    assert repairs == 2  # one for each line; without its line feed only, it is finished


def _mended(log: Log, held: list[str]) -> int:
    """How many unfinished lines were kept aside, once a line was added."""
    log.append("test", {"said": "after"}, AT)
    found = log.verify()
    assert (found.fault, found.torn_bytes) == (None, 0)
    assert (said(log)[: len(held)], said(log)[-1]) == (held, "after")
    assert len(list(log.path.parent.glob("*.torn-*"))) == found.repairs
    return found.repairs


def test_killed_while_it_mends(log: Log, writers: Writers):
    """What was torn is kept once, however often mending is cut short."""
    raw = filled(log, 2)
    with log.path.open("ab") as file:
        file.write(raw[1][:50])
    codes: list[int] = []
    while 0 not in codes:
        codes += writers.run(log.path, "killed", count=1, step=len(codes) + 1)
        assert log.verify().fault is None
    assert raw[1][:50] in {path.read_bytes() for path in log.path.parent.glob("*.torn-*")}
    assert said(log)[:2] == ["line 0", "line 1"]
    assert (said(log)[-1], set(codes[:-1])) == ("killed 0", {-signal.SIGKILL})


@pytest.mark.parametrize("cut", [1, 8, 9, 60, -2, -1])
def test_a_torn_last_line(log: Log, cut: int):
    """A beginning of a line is told, kept aside and mended; one that lacks its line feed only is finished."""
    [first, _] = filled(log, 2)
    whole = _raw(_made(_Head(2, log.verify().sha256), "test", {"said": "torn"}, AT))
    with log.path.open("ab") as file:
        file.write(whole[:cut])
    assert (log.verify().torn_bytes, log.verify().fault, len(said(log))) == (len(whole[:cut]), None, 2)
    line = log.append("test", {"said": "next"}, AT)
    assert log.path.read_bytes().startswith(first)
    if cut == -1:
        assert (said(log)[2:], line.number) == (["torn", "next"], 4)
        return
    told = list(log.lines())[2]
    assert (told.kind, told.body["bytes"], line.number) == ("repair", len(whole[:cut]), 4)
    assert (log.path.parent / str(told.body["file"])).read_bytes() == whole[:cut]


def test_zeros_that_a_crash_left(log: Log):
    filled(log, 1)
    with log.path.open("ab") as file:
        file.write(b'{"bo' + b"\0" * 300)
    log.append("test", {"said": "next"}, AT)
    assert (said(log), log.verify().repairs) == (["line 0", "next"], 1)


@pytest.mark.parametrize("text", [b"note to self", b"{}", b'{"body":{},"kind":"x"}', b'{"kind":"te'])
def test_an_end_that_is_no_beginning_of_a_line(log: Log, text: bytes):
    """What no process of ours can have left is not swept aside."""
    filled(log, 1)
    with log.path.open("ab") as file:
        file.write(text)
    before = log.path.read_bytes()
    with pytest.raises(AlteredError):
        log.append("test", {}, AT)
    assert log.path.read_bytes() == before


# ---------------------------------------------------------------- tampering


def altered(raw: list[bytes], place: int) -> list[bytes]:
    return [*raw[:place], raw[place].replace(b"line", b"lime"), *raw[place + 1 :]]


def anew(raw: list[bytes], place: int) -> list[bytes]:
    """A line changed with a hash that fits it."""
    line = _parsed(raw[place])
    assert line is not None
    made = _made(_Head(line.number - 1, line.previous), line.kind, {"said": "forged"}, AT)
    return [*raw[:place], _raw(made), *raw[place + 1 :]]


def spaced(raw: list[bytes], place: int) -> list[bytes]:
    return [*raw[:place], raw[place].replace(b",", b", "), *raw[place + 1 :]]


@pytest.mark.parametrize("place", range(5))
@pytest.mark.parametrize("how", [altered, spaced])
def test_a_line_that_was_altered(log: Log, place: int, how):
    log.path.write_bytes(b"".join(how(filled(log), place)))
    assert fault(log) == (place + 1, f"line {place + 1} was altered after it was written")


@pytest.mark.parametrize("place", range(5))
def test_a_line_that_was_written_anew(log: Log, place: int):
    """With a hash of its own that fits, it is the next line, or the head, that tells."""
    log.path.write_bytes(b"".join(anew(filled(log), place)))
    line, told = fault(log)
    assert line == min(place + 2, 5)
    assert "written anew" in told or "head file names" in told


@pytest.mark.parametrize("place", range(4))
def test_a_line_that_was_removed(log: Log, place: int):
    raw = filled(log)
    log.path.write_bytes(b"".join(raw[:place] + raw[place + 1 :]))
    assert fault(log) == (place + 1, f"line {place + 1} was removed: at its place is number {place + 2}")


def test_lines_that_changed_places(log: Log):
    raw = filled(log)
    log.path.write_bytes(b"".join([raw[0], raw[2], raw[1], *raw[3:]]))
    line, told = fault(log)
    assert (line, "reordered" in told) == (2, True)


def test_a_line_that_stands_twice(log: Log):
    raw = filled(log)
    log.path.write_bytes(b"".join([*raw[:2], raw[1], *raw[2:]]))
    assert fault(log)[0] == 3


@pytest.mark.parametrize("left", range(5))
def test_lines_removed_at_the_end(log: Log, left: int):
    """The head tells; nothing is added that would hide it."""
    raw = filled(log)
    log.path.write_bytes(b"".join(raw[:left]))
    assert fault(log) == (left + 1, f"lines {left + 1} to 5 were removed at its end")
    with pytest.raises(AlteredError, match="Put it back from a copy"):
        log.append("test", {}, AT)
    log.path.write_bytes(b"".join(raw))
    assert log.append("test", {}, AT).number == 6


def test_the_end_of_the_last_line_cut_off(log: Log):
    """It was told of as written: it is no torn line."""
    raw = filled(log)
    log.path.write_bytes(b"".join(raw)[:-20])
    assert fault(log)[0] == 5
    with pytest.raises(AlteredError):
        log.append("test", {}, AT)


def test_a_log_that_is_gone(log: Log):
    raw = filled(log)
    log.path.unlink()
    assert "gone" in fault(log)[1]
    with pytest.raises(AlteredError):
        log.append("test", {}, AT)
    log.path.write_bytes(b"".join(raw))
    assert log.verify().fault is None


@pytest.mark.parametrize("content", [None, b"", b"{", b'{"number":3}', b"[]", b'{"number":"x"}'])
def test_a_head_that_is_gone_or_damaged(log: Log, content: bytes | None):
    raw = filled(log)
    head = log.path.with_suffix(".head")
    head.unlink() if content is None else head.write_bytes(content)
    if content != b'{"number":3}':
        assert "head file" in fault(log)[1]
    with pytest.raises(AlteredError):
        log.append("test", {}, AT)
    assert log.path.read_bytes() == b"".join(raw)


def test_a_middle_that_was_altered_is_not_built_on(log: Log):
    """Where the length changed, the next line refuses; else `verify` names it."""
    raw = filled(log)
    log.path.write_bytes(b"".join(raw).replace(b"line 1", b"line 11"))
    with pytest.raises(AlteredError, match="--verify` names the first"):
        log.append("test", {}, AT)


def test_all_written_anew_agrees_with_itself(log: Log):
    """What this cannot show: only a receipt kept elsewhere does."""
    filled(log)
    kept = log.verify().sha256
    for path in (log.path, log.path.with_suffix(".head")):
        path.unlink()
    for one in range(5):
        log.append("test", {"said": f"forged {one}"}, AT)
    assert log.verify().fault is None
    assert log.verify().sha256 != kept


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_byte_that_changes_is_seen(tmp_path: Path, data: st.DataObject):
    """Whichever byte of the log becomes another is seen; the line named is that one or the next."""
    log = Log(tmp_path / "bytes.jsonl")
    if not log.path.exists():
        filled(log, 3)
    sound = log.path.read_bytes()
    place = data.draw(st.integers(0, len(sound) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda value: value != sound[place]))
    log.path.write_bytes(sound[:place] + bytes([byte]) + sound[place + 1 :])
    line, _ = fault(log)
    assert line in {sound[:place].count(b"\n") + 1, sound[:place].count(b"\n") + 2}
    log.path.write_bytes(sound)


@pytest.mark.parametrize("raw", [b"1\n", b"[]\n", b"\xff\xfe\n", b"[" * 100_000 + b"\n", b'{"number":NaN}\n'])
def test_bytes_that_are_no_line(raw: bytes):
    assert _parsed(raw) is None


# ---------------------------------------------------------------- disks


def until_full(log: Log) -> int:
    """How many lines went into a log before the disk was full, which was told."""
    numbers = [0]
    with pytest.raises(StoreError, match=r"No space left on device\. The store is as it was"):
        numbers.extend(log.append("test", {"said": "x" * 700}, AT).number for _ in range(1000))
    return numbers[-1]


@pytest.mark.parametrize("room", range(4, 40, 4))
def test_a_full_disk(tmp_path: Path, room: int):
    """Wherever it fills up, what was recorded stands, an error says so, and with room it goes on."""
    with mounted(tmp_path / "disk", "-t", "tmpfs", "-o", f"size={room}k", "tmpfs"):
        log = Log(tmp_path / "disk" / "screening" / "test.jsonl")
        done = until_full(log)
        assert (log.verify().fault, log.verify().lines) == (None, done)
        with pytest.raises(StoreError, match="Free space"):
            log.append("test", {"said": "x" * 70_000}, AT)
        subprocess.run(["mount", "-o", "remount,size=1m", tmp_path / "disk"], check=True)
        assert log.append("test", {}, AT).number == done + 1
        assert not [path.name for path in log.path.parent.iterdir() if path.suffix == ".new"]


def test_a_file_that_may_not_grow(log: Log, writers: Writers):
    """Where nothing can be mounted, a limit of the process stands in for the full disk."""
    filled(log, 2)
    assert writers.run(log.path, "long", count=20, limit=1_200) == [StoreError.exit_code]
    found = log.verify()
    assert (found.fault, found.torn_bytes, said(log)[-1]) == (None, 0, f"long {found.lines - 3}")
    assert 2 < found.lines < 6


def test_a_folder_that_may_not_be_written(log: Log):
    """Reading and verifying go on."""
    filled(log, 2)
    with read_only(log.path.parent):
        assert (said(log), log.verify().fault) == (["line 0", "line 1"], None)
        with pytest.raises(StoreError, match="cannot write to"):
            log.append("test", {}, AT)
    assert log.append("test", {}, AT).number == 3


def test_what_is_no_json_is_not_begun(log: Log):
    """A defect of the caller leaves no half line."""
    filled(log, 1)
    with pytest.raises(ValueError, match="JSON"):
        log.append("test", {"said": float("nan")}, AT)
    assert (log.verify().lines, log.verify().torn_bytes) == (1, 0)


def test_lines_of_a_time_without_a_zone_are_in_utc(log: Log):
    assert log.append("test", {}, datetime(2026, 1, 1, tzinfo=UTC)).when == datetime(2026, 1, 1, tzinfo=UTC)


def test_canonical():
    assert _canonical({"b": 1.0, "a": "é"}) == b'{"a":"\\u00e9","b":1.0}'
    assert json.loads(_canonical({"a": "\n"})) == {"a": "\n"}
