"""Loading files as columns of text. Interpreting them is the business of each source's reader."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import itertools
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

from entrepot.errors import ReadError
from entrepot.sources._format import Raw
from entrepot.sources._head import Compression, Head

if TYPE_CHECKING:
    import pyarrow as pa

_CHUNK = 1 << 20
_LONGEST = 1 << 24  # bytes of a line; of a line of a few MB the engine itself says the number


def load_csv(head: Head, scratch: Path, *, header: int = 0) -> Raw:
    """A CSV whose header is record `header` (0 the first).

    The engine scans the file where it lies; a file in GB18030 is rewritten as UTF-8 in the scratch folder.
    """
    path = head.path if head.encoding == "utf-8" else _transcode(head, scratch)
    compression: Compression = head.compression if path is head.path else "none"
    records = head.records[header : header + 2]
    columns = _unique(records[0], len(records[1]) if len(records) > 1 else 0)
    skip = _physical_lines(head, header)
    return Raw(columns, header + 2, csv=path, delimiter=head.delimiter, skip=skip, compression=compression)


def _unique(names: tuple[str, ...], width: int) -> tuple[str, ...]:
    """Names without doubles; a nameless column, such as a trailing comma makes, becomes `unnamed_N`."""
    padded = names + ("",) * (width - len(names))
    named = [name or f"unnamed_{place}" for place, name in enumerate(padded, 1)]
    return tuple(f"{n}_{named[:i].count(n) + 1}" if n in named[:i] else n for i, n in enumerate(named))


def _physical_lines(head: Head, header: int) -> int:
    """How many physical lines the records up to the header take: quoted cells may hold newlines."""
    lines = io.StringIO("\n".join(head.lines) + "\n", newline="")
    reader = csv.reader(lines, delimiter=head.delimiter)
    for _ in range(header + 1):
        next(reader)
    return reader.line_num


def _transcode(head: Head, scratch: Path) -> Path:
    target = scratch / "utf8.csv"
    decoder = codecs.getincrementaldecoder(head.encoding)()
    with open_bytes(head) as source, target.open("w", encoding="utf-8", newline="") as out:
        try:
            for chunk in iter(lambda: source.read(_CHUNK), b""):
                out.write(decoder.decode(chunk))
            out.write(decoder.decode(b"", final=True))
        except UnicodeDecodeError as error:
            raise ReadError(head.path.name, f"not {head.encoding} text: {error.reason}.") from error
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise ReadError(
                head.path.name, f"the gzip data end early ({error}).", todo="Download it again."
            ) from error
    return target


def open_bytes(head: Head) -> IO[bytes]:
    """The file's bytes, decompressed."""
    if head.compression == "gzip":
        return cast("IO[bytes]", gzip.open(head.path))
    return head.path.open("rb")


def check_text(path: Path, compression: str, name: str) -> None:
    """Look at every byte of a text file for what the engine would pass over. Raises ReadError.

    The engine does not test gzip's checksum, takes NULs for text, and drops a last line beyond its buffer.
    """
    line, run = 1, 0
    for piece in _pieces(path, compression, name):
        if b"\x00" in piece:
            line += piece.count(b"\n", 0, piece.index(b"\x00"))
            raise ReadError(name, "binary data, not a table.", row=line, todo="Download it again.")
        end = max(piece.rfind(b"\n"), piece.rfind(b"\r"))
        run = run + len(piece) if end < 0 else len(piece) - end - 1
        line += piece.count(b"\n")
        if run > _LONGEST:
            raise ReadError(name, "a line too long for a table.", row=line, todo="Download it again.")


def _pieces(path: Path, compression: str, name: str) -> Iterator[bytes]:
    with path.open("rb") as file:
        pieces = iter(lambda: file.read(_CHUNK), b"")
        yield from _gunzipped(pieces, name) if compression == "gzip" else pieces


def _gunzipped(pieces: Iterator[bytes], name: str) -> Iterator[bytes]:
    """Each member in turn, a piece at a time however much it unpacks to, up to its checksum."""
    member = zlib.decompressobj(wbits=31)
    try:
        for piece in pieces:
            left = piece
            while left or member.unconsumed_tail:
                if member.eof:
                    left = left.lstrip(b"\x00")  # padding
                    if not left:
                        break
                    member = zlib.decompressobj(wbits=31)
                yield member.decompress(left, _CHUNK)
                left = member.unused_data if member.eof else member.unconsumed_tail
    except zlib.error as error:
        raise ReadError(name, f"the gzip data are damaged ({error}).", todo="Download it again.") from error
    if not member.eof:
        raise ReadError(name, "the gzip data end early: cut off.", todo="Download it again.")


def load_parquet(head: Head, scratch: Path) -> Raw:
    """A Parquet file, each column as text."""
    import pyarrow as pa
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(head.path)
    text = pa.table({name: table[name].cast(pa.string()) for name in table.column_names})
    return Raw(tuple(text.column_names), 1, table=text)


def load_sheet(head: Head, scratch: Path, *, header: int = 0, sheet: str | None = None) -> Raw:
    """A sheet, each cell as text, with the header in row `header` (0 the first). Formulas do not run."""
    import python_calamine

    book = python_calamine.CalamineWorkbook.from_path(str(head.path))
    rows = iter(book.get_sheet_by_name(sheet or head.sheet).to_python(skip_empty_area=False))
    names = _unique(tuple(str(cell).strip() for cell in next(itertools.islice(rows, header, None))), 0)
    return Raw(names, header + 2, table=text_table(names, rows))


def text_table(names: tuple[str, ...], rows: Iterable[Iterable[Any]]) -> pa.Table:
    """Rows of cells as an Arrow table of text; an empty cell is null. 20 is text "20", not "20.0"."""
    import pyarrow as pa

    filled = [tuple(_padded(row, len(names))) for row in rows]
    while filled and not any(filled[-1]):  # a sheet goes on for as long as it was once formatted
        filled.pop()
    columns = list(zip(*filled, strict=True)) or [()] * len(names)
    return pa.table(
        {name: pa.array(column, pa.string()) for name, column in zip(names, columns, strict=True)}
    )


def _padded(row: Iterable[Any], width: int) -> Iterator[str | None]:
    return itertools.islice(itertools.chain(map(_cell, row), itertools.repeat(None)), width)


def _cell(value: Any) -> str | None:
    if value is None or value == "":
        return None
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
