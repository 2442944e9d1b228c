"""The beginning of a file, enough to recognise it: kind, encoding, first lines, first record."""

from __future__ import annotations

import csv
import gzip
import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from entrepot.errors import ReadError

Compression = Literal["gzip", "none"]

_HEAD_BYTES = 1 << 18
_UNPACKED = 1 << 29  # bytes of a workbook
_CELLS = 1 << 24  # of a sheet: as many as the old .xls could have
_MAGIC = {b"PK\x03\x04": "xlsx", b"PAR1": "parquet", b"7z\xbc\xaf\x27\x1c": "7z", b"\xd0\xcf\x11\xe0": "xls"}


@dataclass(frozen=True)
class Head:
    """What can be said of a file from its first 256 KiB."""

    path: Path
    kind: str  # text | json | xlsx | xls | parquet | 7z
    compression: Compression
    encoding: str  # utf-8 | gb18030, of text
    delimiter: str
    lines: tuple[str, ...]  # first physical lines of text
    records: tuple[tuple[str, ...], ...]  # first records: of text as CSV, of a sheet, names in an archive
    sheet: str = ""
    given: Mapping[str, str] = field(
        default_factory=dict
    )  # what the user says of it and the content does not

    @property
    def columns(self) -> tuple[str, ...]:
        """The first record: usually the header."""
        return self.records[0] if self.records else ()

    def has(self, *names: str) -> bool:
        """Whether each name is a cell of the first record."""
        return set(names) <= set(self.columns)


def read_head(path: Path) -> Head:
    """Look at a file. Raises ReadError if it is absent, empty, or in no known encoding."""
    start = _bytes(path)
    if not start:
        raise ReadError(path.name, "the file is empty.", todo="Download it again.")
    compression: Compression = "gzip" if start[:2] == b"\x1f\x8b" else "none"
    if compression == "gzip":
        start = _gunzip(path)
    kind = next((name for magic, name in _MAGIC.items() if start.startswith(magic)), "text")
    if kind in ("xlsx", "xls"):
        if kind == "xlsx":
            _refuse_bomb(path)
        sheet, records = _sheet(path)
        return Head(path, kind, compression, "", "", (), records, sheet)
    if kind == "parquet":
        return Head(path, kind, compression, "", "", (), (_parquet(path),))
    if kind == "7z":
        return Head(path, kind, compression, "", "", (), (_archive(path),))
    return _text(path, start, compression)


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_HEAD_BYTES)
    except OSError as error:
        raise ReadError(path.name, f"cannot be opened: {error.strerror}.", todo="Check the path.") from error


def _gunzip(path: Path) -> bytes:
    try:
        with gzip.open(path) as file:
            return file.read(_HEAD_BYTES)
    except (OSError, EOFError, zlib.error) as error:
        raise ReadError(
            path.name, f"the gzip data are damaged ({error}).", todo="Download it again."
        ) from error


def _text(path: Path, start: bytes, compression: Compression) -> Head:
    whole = len(start) < _HEAD_BYTES
    text, encoding = _decode(path, start, whole=whole)
    if text.lstrip()[:1] in ("{", "["):
        return Head(path, "json", compression, encoding, "", tuple(text.splitlines()[:50]), ())
    if not whole:
        text = text[: text.rfind("\n") + 1] or text
    lines = tuple(text.splitlines()[:50])
    delimiter = max(",\t;|", key=lines[0].count) if lines else ","
    return Head(path, "text", compression, encoding, delimiter, lines, tuple(_records(path, text, delimiter)))


def _decode(path: Path, start: bytes, *, whole: bool) -> tuple[str, str]:
    for encoding in ("utf-8", "gb18030"):
        for cut in range(1 if whole else 5):  # the window may end inside a character
            try:
                text = start[: len(start) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
            if "\x00" in text:
                raise ReadError(path.name, "binary data, not a table.", todo="See docs/reference/sources.md.")
            return text.removeprefix("\ufeff"), encoding
    raise ReadError(path.name, "neither UTF-8 nor GB18030 text.", todo="Save it as UTF-8 CSV.")


def _records(path: Path, text: str, delimiter: str) -> Iterator[tuple[str, ...]]:
    try:
        for number, record in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)):
            if number == 40:
                return
            yield tuple(cell.strip() for cell in record)
    except csv.Error as error:
        raise ReadError(path.name, f"not readable as CSV: {error}.", todo="Save it as UTF-8 CSV.") from error


def _sheet(path: Path) -> tuple[str, tuple[tuple[str, ...], ...]]:
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        sheet = book.sheet_names[0]
        rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False, nrows=40)
    except (python_calamine.CalamineError, IndexError, OSError) as error:
        raise ReadError(
            path.name, f"not a readable workbook ({error}).", todo="Save it again as .xlsx."
        ) from error
    return sheet, tuple(tuple(str(cell).strip() for cell in row) for row in rows)


def _refuse_bomb(path: Path) -> None:
    """A sheet is laid out as a rectangle in memory: one cell in its far corner would take all there is."""
    try:
        with zipfile.ZipFile(path) as book:
            if "xl/workbook.xml" not in book.namelist():
                raise ReadError(path.name, "not an .xlsx workbook.", todo="Save it again as .xlsx.")
            if sum(part.file_size for part in book.infolist()) > _UNPACKED:
                raise ReadError(
                    path.name, f"unpacks to more than {_UNPACKED:,} bytes.", todo="Save it as CSV."
                )
            sheets = [name for name in book.namelist() if name.startswith("xl/worksheets/")]
            largest = max((_extent(book.read(name)) for name in sheets), default=0)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise ReadError(
            path.name, f"not a readable workbook ({error}).", todo="Save it again as .xlsx."
        ) from error
    if largest > _CELLS:
        raise ReadError(
            path.name, f"a sheet spans {largest:,} cells.", todo="Clear what is far out, or save as CSV."
        )


def _extent(sheet: bytes) -> int:
    """Cells of the rectangle that holds a sheet, from its XML."""
    rows = re.split(rb"<(?:\w+:)?row\b", sheet)
    last = max(
        (int(found[1]) for row in rows if (found := re.match(rb'[^>]*?\br="(\d{1,9})"', row))), default=0
    )
    wide = {found[1] for found in re.finditer(rb'\br="([A-Z]{2,4})\d', sheet)}
    columns = max((_column(name) for name in wide), default=26)
    return max(last, len(rows)) * max(columns, *(row.count(b"<c") for row in rows[1:]), 1)


def _column(name: bytes) -> int:
    place = 0
    for letter in name:
        place = place * 26 + letter - 64
    return place


def _parquet(path: Path) -> tuple[str, ...]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return tuple(pq.read_schema(path).names)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise ReadError(path.name, f"damaged Parquet file ({error}).", todo="Download it again.") from error


def _archive(path: Path) -> tuple[str, ...]:
    import py7zr

    try:
        with py7zr.SevenZipFile(path) as archive:
            return tuple(archive.getnames())
    except py7zr.exceptions.PasswordRequired as error:
        raise ReadError(path.name, "the archive asks for a password.", todo="Unpack it first.") from error
    except (
        py7zr.exceptions.ArchiveError,
        OSError,
        EOFError,
        LookupError,
        ValueError,
        lzma.LZMAError,
    ) as error:
        raise ReadError(path.name, f"damaged 7z archive ({error}).", todo="Download it again.") from error
