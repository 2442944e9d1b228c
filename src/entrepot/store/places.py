"""Where a store is: a folder of this machine, or an address of object storage (store.objects).

A place holds files under names with slashes ("snapshots/ab12.json"). A file is there whole or not at all;
which of them count is the log's to say, not the place's.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from entrepot.errors import StoreError, UsageError

if TYPE_CHECKING:
    import pyarrow as pa

T = TypeVar("T")
_ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_OURS = "entrepot-"
_HOST = re.sub(r"\W", "", platform.node()) or "host"  # a process of another machine only seems dead from here


class Place(Protocol):
    """What the store asks of the place it is in."""

    name: str  # as the user gave it: what messages call it
    options: Mapping[str, str] | None  # what the library of the log needs to get there

    def address(self, name: str) -> str:
        """What an engine, or the library of the log, is told to open."""

    def check(self) -> None:
        """Raises StoreError where no store can be."""

    def read(self, name: str) -> bytes:
        """A small file. Raises OSError or StoreError."""

    def table(self, name: str) -> pa.Table:
        """A small Parquet file. Raises OSError, ArrowException or StoreError."""

    def is_parquet(self, name: str) -> bool:
        """Whether a file is there to its end: a Parquet file closes with its mark."""

    def put(self, source: Path, name: str) -> None:
        """Move a local file here, over what has its name: whole, or not at all."""

    def marks(self, folders: Sequence[str]) -> list[str]:
        """A word for each file in these folders: another one once the file is another."""

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """A local folder for work in progress, gone afterwards; those of dead processes go too."""

    def refusal(self, error: Exception) -> StoreError:
        """What a library says of the log, as what the user can do."""

    def plain(self, error: object) -> str:
        """What a library says, without what is nobody's business."""

    def each(self, ask: Callable[[str], T], names: Iterable[str]) -> list[T]:
        """What `ask` gives of each name, in their order; at once where each is a wait."""


def place_of(where: Path | str) -> Place:
    """The place of this name: text like s3://bucket/prefix is an address, anything else a folder.

    Raises StoreError where no store can be.
    """
    if not is_address(where):
        return Folder(Path(where))
    from entrepot.store.objects import Bucket

    return Bucket(str(where))


def is_address(where: Path | str) -> bool:
    """Whether this is an address of object storage. A Path never is: `s3:` may be the name of a folder."""
    return isinstance(where, str) and _ADDRESS.match(where) is not None


def folder_of(where: Path | str) -> Path:
    """The folder of a store, for what is kept beside it. Raises UsageError where it is in object storage."""
    if not is_address(where):
        return Path(where)
    raise UsageError(
        "the store is in object storage. What is ordered and fetched, records of screening and the web page "
        "need a store in a folder: name one with --store."
    )


class Folder:
    """A folder of this machine."""

    def __init__(self, folder: Path) -> None:
        _check_name(folder.absolute())
        self.name = str(folder)
        self.folder = folder
        self.options: Mapping[str, str] | None = None
        self._base = folder.absolute()  # absolute: `s3:/x` is a folder here, never an address

    def address(self, name: str) -> str:
        """See Place."""
        return str(self._base / name)

    def check(self) -> None:
        """See Place."""
        if self.folder.exists() and not self.folder.is_dir():
            raise StoreError(f"{self.name} is a file, not a folder. Name another place with --store.")

    def read(self, name: str) -> bytes:
        """See Place."""
        return (self._base / name).read_bytes()

    def table(self, name: str) -> pa.Table:
        """See Place."""
        import pyarrow.parquet as pq

        with pq.ParquetFile(
            self._base / name
        ) as file:  # a small one: read_table takes thrice as long to begin
            return file.read(use_threads=False)

    def is_parquet(self, name: str) -> bool:
        """See Place."""
        try:
            with (self._base / name).open("rb") as file:
                file.seek(-4, os.SEEK_END)
                return file.read() == b"PAR1"
        except OSError:
            return False

    def put(self, source: Path, name: str) -> None:
        """See Place."""
        target = self._base / name
        target.parent.mkdir(parents=True, exist_ok=True)
        with source.open("rb+") as file:
            os.fsync(file.fileno())
        source.replace(target)

    def marks(self, folders: Sequence[str]) -> list[str]:
        """See Place."""
        there = [self._base / folder for folder in folders]
        return [_mark(entry) for folder in there if folder.is_dir() for entry in os.scandir(folder)]

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """See Place."""
        base = self._base / "scratch"
        base.mkdir(parents=True, exist_ok=True)
        _sweep(base)
        mine = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-{_HOST}-", dir=base))
        try:
            yield mine
        finally:
            shutil.rmtree(mine, ignore_errors=True)

    def refusal(self, error: Exception) -> StoreError:
        """See Place."""
        cause = str(error).partition("\n")[0]  # what follows is where in the library it was
        return StoreError(f"{self.name} cannot be opened as a store: {cause}.")

    def plain(self, error: object) -> str:
        """See Place."""
        return str(error)

    def each(self, ask: Callable[[str], T], names: Iterable[str]) -> list[T]:
        """See Place."""
        return [ask(name) for name in names]


def _check_name(folder: Path) -> None:
    """Libraries read some characters of a path as a pattern or a code, and would find another store."""
    if bad := sorted({char for char in str(folder) if char in "*?[]{}%\\" or not char.isprintable()}):
        where = f"a store cannot be in {str(folder)!r}: its path has {bad!r}"
        raise StoreError(f"{where}. Choose another with --store.")


def _mark(entry: os.DirEntry[str]) -> str:
    try:
        seen = entry.stat()
    except FileNotFoundError:  # a commit under way has a file of its own for a moment
        return ""
    return f"{entry.path} {seen.st_size} {seen.st_mtime_ns}"


def scratch_of_process() -> Path:
    """A folder of this process, where the system keeps what is temporary; those of dead processes go.

    What is screened lies there for a while, and a process that is killed cannot take it away itself.
    """
    base = Path(tempfile.gettempdir())
    _sweep(base, _OURS)
    return Path(tempfile.mkdtemp(prefix=f"{_OURS}{os.getpid()}-{_HOST}-", dir=base))


def _sweep(base: Path, ours: str = "") -> None:
    for left in base.glob(f"{ours}*"):
        pid, _, rest = left.name.removeprefix(ours).partition("-")
        if pid.isdigit() and rest.startswith(f"{_HOST}-") and not _alive(int(pid)):
            shutil.rmtree(left, ignore_errors=True)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
