"""A log that is added to, and cannot be changed without being seen: each line has the hash of the one before.

    <name>.jsonl        lines of JSON: number, time (UTC), kind, body, previous (a sha256), sha256 (its own)
    <name>.head         how far the log goes: written after each line, so that a shorter log is seen
    <name>.lock         one writer at a time
    <name>.torn-<...>   an unfinished line of a process that died, kept aside

A line is in the log when it ends with a line feed and is on the disk. Who can write to the folder can write
log and head anew from the first line: only a receipt (a number and a sha256) kept elsewhere shows that.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from io import RawIOBase
from pathlib import Path
from threading import get_ident
from typing import Any, BinaryIO, Final, cast

from entrepot.errors import StoreError
from entrepot.store.files import explained

GENESIS: Final = "0" * 64
"""What the first line has for the hash of the line before."""

REPAIR: Final = "repair"
"""The kind of a line that tells of an unfinished one before it, and where that is kept."""

PATIENCE: Final = 60.0
"""Seconds to wait for another writer; a line takes some milliseconds."""

_OPENING: Final = b'{"body":'
_TODO: Final = "Put it back from a copy, or move it and its .head aside: the next one begins anew."


class AlteredError(StoreError):
    """A log is not as it was written: at which line, and how."""

    def __init__(self, path: Path, cause: str, line: int | None = None) -> None:
        self.cause, self.line = cause, line
        super().__init__(f"{path}: {cause}. Nothing is taken from it or added to it. {_TODO}")


@dataclass(frozen=True)
class Line:
    """One line of a log."""

    number: int
    time: str
    kind: str
    body: Mapping[str, Any]
    previous: str
    sha256: str

    @property
    def when(self) -> datetime:
        """Its time, UTC."""
        return datetime.fromisoformat(self.time)


@dataclass(frozen=True)
class Verified:
    """What became of holding a log against itself and its head; no fault: as it was written."""

    lines: int  # that follow one another from the first
    sha256: str  # of the last of them
    fault: str | None
    line: int | None  # the first that is not as written
    torn_bytes: int  # of an unfinished last line, of a process that died or is at work
    repairs: int


@dataclass(frozen=True)
class _Head:
    number: int = 0
    sha256: str = GENESIS
    begins: int = 0  # place of the last line
    ends: int = 0

    def after(self, line: Line) -> _Head:
        return _Head(line.number, line.sha256, self.ends, self.ends + len(_raw(line)))


class Log:
    """One log, at a path that ends with .jsonl."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()

    def append(self, kind: str, body: Mapping[str, Any], at: datetime) -> Line:
        """Add a line, whole and on the disk, or raise StoreError and leave the log as it was.

        An unfinished line of a process that died is kept aside first, which a line of its own tells.
        Raises AlteredError where the end of the log is not as it was written.
        """
        with explained(self.path.parent), self._alone():
            head = self._whole(at)
            line = _made(head, kind, body, at)
            self._write(line, head)
        return line

    def lines(self) -> Iterator[Line]:
        """All lines from the first, each held against the one before. Raises AlteredError at the first fault.

        A last line that is not finished is none. Reads beside a writer, and where nothing may be written.
        """
        head, last = self._head(), _Head()
        for place, raw in enumerate(self._raws(head), 1):
            line = _parsed(raw)
            if line is None or not _follows(line, last):
                raise AlteredError(self.path, self._why(place, line), place)
            last = _Head(line.number, line.sha256)
            if place == head.number and line.sha256 != head.sha256:
                raise AlteredError(self.path, f"line {place} is not the one that its head file names", place)
            yield line
        if last.number < head.number:
            removed = f"lines {last.number + 1} to {head.number} were removed at its end"
            raise AlteredError(self.path, removed, last.number + 1)

    def verify(self) -> Verified:
        """Hold each line against the one before, and the last against the head file."""
        number, digest, repairs = 0, GENESIS, 0
        try:
            for line in self.lines():
                number, digest = line.number, line.sha256
                repairs += line.kind == REPAIR
        except AlteredError as error:
            return Verified(number, digest, error.cause, error.line, self._torn(), repairs)
        return Verified(number, digest, None, None, self._torn(), repairs)

    # ------------------------------------------------------------ reading

    def _raws(self, head: _Head) -> Iterator[bytes]:
        """Lines as they stand, but one that is not finished."""
        try:
            with self.path.open("rb") as file:
                yield from (raw for raw in file if raw.endswith(b"\n"))
        except FileNotFoundError:
            if head.number:
                raise AlteredError(self.path, f"the log is gone; it had {head.number} lines") from None
        except OSError as error:
            raise StoreError(f"cannot read {self.path}: {error.strerror}. Give rights to it.") from error

    def _head(self) -> _Head:
        path = self.path.with_suffix(".head")
        try:
            head = _Head(**json.loads(path.read_bytes()))
            return _Head(int(head.number), str(head.sha256), int(head.begins), int(head.ends))
        except FileNotFoundError:
            if self.path.exists() and self.path.stat().st_size:
                gone = "its head file is gone: whether lines were removed at the end cannot be told"
                raise AlteredError(self.path, gone) from None
            return _Head()
        except (OSError, ValueError, TypeError) as error:
            raise AlteredError(self.path, f"its head file cannot be read ({error})") from error

    def _why(self, place: int, line: Line | None) -> str:
        """In which way a line at a place is not what it should be."""
        if line is None:
            return f"line {place} was altered after it was written"
        if line.number == place:
            return f"line {place} does not follow from the line before: one of them was written anew"
        others = {one.number for raw in self._raws(_Head()) if (one := _parsed(raw))}
        if place in others:
            return f"lines were reordered, or one was put in: at place {place} is number {line.number}"
        return f"line {place} was removed: at its place is number {line.number}"

    def _torn(self) -> int:
        """Bytes after the last line feed."""
        size, left = 0, b""
        with suppress(FileNotFoundError), self.path.open("rb") as file:
            for left in file:
                size = 0 if left.endswith(b"\n") else len(left)
        return size

    # ------------------------------------------------------------ writing

    @contextmanager
    def _alone(self) -> Iterator[None]:
        from filelock import FileLock, Timeout

        self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(self.path.with_suffix(".lock"), timeout=PATIENCE):
                yield
        except Timeout:
            held = f"another process has held {self.path} for {PATIENCE:.0f} seconds"
            raise StoreError(f"{held}. Nothing was recorded: end that process, and do it again.") from None

    def _whole(self, at: datetime) -> _Head:
        """How far the log goes; new ones are begun, unfinished lines kept aside."""
        head = self._head()
        if not self.path.with_suffix(".head").exists():
            self._write_head(head)  # before the log: a log without a head was tampered with
        self.path.touch()
        with self.path.open("rb") as file:
            self._check(file, head)
            head, left = self._gone_on(file, head)
        return self._put_aside(left, head, at) if left else head

    def _check(self, file: BinaryIO, head: _Head) -> None:
        """Whether the last line that was told of is where it was."""
        file.seek(head.begins)
        raw = file.read(head.ends - head.begins)
        line = _parsed(raw) if head.number else None
        if head.number and (line is None or line.sha256 != head.sha256):
            changed = (
                f"its last line is not where it was, number {head.number}: lines were altered or removed"
            )
            raise AlteredError(self.path, f"{changed}; `entrepot searches --verify` names the first")

    def _gone_on(self, file: BinaryIO, head: _Head) -> tuple[_Head, bytes]:
        """What was written after the head was: whole lines count, an unfinished one is left over."""
        file.seek(head.ends)
        for raw in list(file):  # before the log grows by what lacks a line feed
            line = _parsed(raw if raw.endswith(b"\n") else raw + b"\n")
            if line and _follows(line, head):
                self._finish(raw)
                head = head.after(line)
            elif raw.endswith(b"\n") or not _is_begun(raw):
                raise AlteredError(self.path, f"line {head.number + 1} was altered", head.number + 1)
            else:
                return head, raw
        return head, b""

    def _finish(self, raw: bytes) -> None:
        """The line feed of a line that lacks nothing else."""
        if not raw.endswith(b"\n"):
            with self.path.open("ab", buffering=0) as file:
                file.write(b"\n")
                os.fsync(file.fileno())

    def _put_aside(self, left: bytes, head: _Head, at: datetime) -> _Head:
        """Keep an unfinished line in a file of its own, end the log before it, and say so in a line."""
        digest = sha256(left).hexdigest()
        aside = self.path.with_suffix(f".torn-{head.number + 1}-{digest[:8]}")
        write_whole(aside, left)
        with self.path.open("rb+") as file:
            file.truncate(head.ends)
            os.fsync(file.fileno())
        told = _made(head, REPAIR, {"bytes": len(left), "file": aside.name, "sha256": digest}, at)
        self._write(told, head)
        return head.after(told)

    def _write(self, line: Line, head: _Head) -> None:
        with self.path.open("ab", buffering=0) as file:
            try:
                _write_all(file, _raw(line))
                os.fsync(file.fileno())
                self._write_head(head.after(line))
            except OSError:
                with suppress(OSError):  # what is left would be put aside by the next line
                    file.truncate(head.ends)
                raise

    def _write_head(self, head: _Head) -> None:
        write_whole(self.path.with_suffix(".head"), _canonical(asdict(head)))


def write_whole(path: Path, content: bytes) -> None:
    """All of a file or nothing of it, also where the disk is full or the power fails."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}-{get_ident()}.new")
    try:
        with fresh.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise
    _settle(path.parent)


def canonical_digest(plain: Any) -> str:
    """The sha256 of a value of JSON, the same on every machine."""
    return sha256(_canonical(plain)).hexdigest()


def _settle(folder: Path) -> None:
    """Let a new name in a folder reach the disk, where the system can be told so."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _write_all(file: RawIOBase | BinaryIO, content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[cast("int", file.write(left)) :]


def _canonical(plain: Any) -> bytes:
    """JSON in one way only: keys in order, no spaces, ASCII."""
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")


def _made(head: _Head, kind: str, body: Mapping[str, Any], at: datetime) -> Line:
    time = at.astimezone(UTC).isoformat(timespec="microseconds")
    line = Line(head.number + 1, time, kind, dict(body), head.sha256, "")
    return Line(line.number, time, kind, line.body, line.previous, _own(line))


def _own(line: Line) -> str:
    """The hash of a line: over all it says but its own hash."""
    return canonical_digest({name: value for name, value in vars(line).items() if name != "sha256"})


def _raw(line: Line) -> bytes:
    return _canonical(vars(line)) + b"\n"


def _parsed(raw: bytes) -> Line | None:
    """A line as it was written; None where anything of it is otherwise, be it a space."""
    try:
        line = Line(**json.loads(raw))
        return line if _raw(line) == raw and _own(line) == line.sha256 else None
    except (ValueError, TypeError, RecursionError):
        return None


def _follows(line: Line, head: _Head) -> bool:
    return line.number == head.number + 1 and line.previous == head.sha256


def _is_begun(raw: bytes) -> bool:
    """Whether these bytes begin a line, with nothing behind it but what a crash leaves: zeros."""
    told = raw.rstrip(b"\0")
    try:
        json.loads(told)
    except (ValueError, RecursionError):
        return told[: len(_OPENING)] == _OPENING[: len(told)]
    return False
