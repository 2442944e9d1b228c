"""The archives of Comext: one .dat in a 7z. Nothing in one is believed: not its names, not its sizes."""

from __future__ import annotations

import lzma
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from entrepot.errors import ReadError

if TYPE_CHECKING:
    import py7zr

LARGEST: Final = 8 << 30
"""Bytes unpacked; a whole year holds about 1.5e9."""
MAGIC: Final = b"7z\xbc\xaf\x27\x1c"


def check(path: Path) -> None:
    """Read an archive to its end, and write nothing. Raises ReadError."""
    with _opened(path) as (archive, _):
        if damaged := archive.testzip():
            raise ReadError(path.name, f"{damaged[:80]!r} in it is damaged.", todo="Download it again.")


def unpack(path: Path, folder: Path) -> Path:
    """The .dat of an archive, written to a folder piece by piece. Raises ReadError."""
    with _opened(path) as (archive, name):
        archive.extract(path=folder, targets=[name])
    return folder / name


@contextmanager
def _opened(path: Path) -> Iterator[tuple[py7zr.SevenZipFile, str]]:
    """An archive, and the name of what is in it. Raises ReadError, also while it is read."""
    import py7zr

    damages = (py7zr.exceptions.ArchiveError, EOFError, LookupError, TypeError, ValueError, lzma.LZMAError)
    try:
        with py7zr.SevenZipFile(path, max_extract_size=LARGEST) as archive:
            yield archive, _only(path, archive)
    except (py7zr.exceptions.PasswordRequired, py7zr.exceptions.AbsolutePathError) as error:
        raise ReadError(path.name, f"not an archive of Comext's ({error}).") from error
    except damages as error:
        raise ReadError(path.name, f"damaged 7z archive ({error}).", todo="Download it again.") from error


def _only(path: Path, archive: py7zr.SevenZipFile) -> str:
    """The name of the one file in an archive. It never has more bytes than the archive declares for it."""
    members = archive.list()
    names = [one.filename for one in members]
    if len(members) != 1 or not members[0].is_file or not re.fullmatch(r"[\w.-]+\.dat", names[0]):
        raise ReadError(path.name, f"holds {', '.join(names)[:80] or 'nothing'}, not one .dat of Comext's.")
    if members[0].uncompressed > LARGEST:
        raise ReadError(
            path.name, f"would unpack to {members[0].uncompressed:,} bytes: not a file of Comext's."
        )
    return str(names[0])
