"""Files of lists of parties as text: looked at as a whole once, then read record by record.

Such a file comes from outside and may be 300 MB: nothing is held twice, cells and elements have a longest
length, an XML file may define nothing and point nowhere. What is off stops the file, with its place.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal
from xml.parsers.expat import errors as expat_errors

from entrepot.errors import ReadError
from entrepot.sources._head import read_head

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

Kind = Literal["csv", "xml", "xlsx"]

AGAIN: Final = "Download it again."
LONGEST: Final = 131_072
"""Characters of a cell; the csv module's own bound."""
_LARGEST: Final = 1 << 31
_CHUNK: Final = 1 << 20
_DEEPEST: Final = 30
_MOST: Final = 50_000
"""Elements below one party."""
_HEAD: Final = 1 << 16
_MAGIC: Final = {
    b"PK\x03\x04": "xlsx",
    b"\xd0\xcf\x11\xe0": "xlsx",
    b"PAR1": "Parquet",
    b"7z\xbc\xaf": "packed",
    b"\x1f\x8b": "packed",
    b"{": "JSON",
}
_DOS_END: Final = ["\x1a"]


@dataclass(frozen=True)
class Start:
    """What the beginning of a file shows: enough to tell which list it is."""

    path: Path
    kind: Kind
    delimiter: str = ","
    records: tuple[tuple[str, ...], ...] = ()  # of a table, the header first where it has one
    root: str = ""  # of XML: the root's name, without its namespace
    attributes: Mapping[str, str] = field(default_factory=dict)

    def has(self, *names: str) -> bool:
        """Whether each name is a cell of the first record."""
        return bool(self.records) and set(names) <= set(self.records[0])


@dataclass(frozen=True)
class Opened:
    """A file that was looked at as a whole: a text in a known encoding, without binary data."""

    start: Start
    sha256: str
    encoding: str = "utf-8"

    @property
    def path(self) -> Path:
        """Where it is."""
        return self.start.path

    @property
    def name(self) -> str:
        """What messages call it."""
        return self.start.path.name


def look(path: Path) -> Start:
    """The beginning of a file. Raises ReadError for what is no table and no XML."""
    try:
        with path.open("rb") as file:
            first = file.read(_HEAD)
    except OSError as error:
        raise ReadError(path.name, f"cannot be opened: {error.strerror}.", todo="Check the path.") from error
    kind = next((kind for magic, kind in _MAGIC.items() if first.startswith(magic)), "")
    if kind == "xlsx":
        return Start(path, "xlsx", records=read_head(path).records)
    plain = first.removeprefix(codecs.BOM_UTF8).lstrip()
    if kind or not plain:
        raise ReadError(
            path.name, f"is {kind or 'empty'}; a list of parties is CSV, XML or XLSX.", todo=AGAIN
        )
    return _xml_start(path) if plain[:1] == b"<" else _table_start(path, first)


def _table_start(path: Path, first: bytes) -> Start:
    _refuse_nul(path, first, 1)
    text = first.decode("utf-8-sig", errors="replace")
    text = text if len(first) < _HEAD else text[: text.rfind("\n") + 1]
    line = text.partition("\n")[0]
    delimiter = max(",;\t|", key=line.count)
    found = islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 3)
    return Start(path, "csv", delimiter, tuple(tuple(cell.strip() for cell in one) for one in found))


def opened(start: Start, encodings: Sequence[str], *, even_quotes: bool = False) -> Opened:
    """A file after one pass over its bytes. Raises ReadError for one in none of the encodings, or with NULs.

    even_quotes: an odd number of quotation marks means that one is left open.
    """
    digest, quotes, line = sha256(), 0, 1
    decoders = {name: codecs.getincrementaldecoder(name)() for name in encodings}
    for chunk in _chunks(start.path):
        digest.update(chunk)
        if start.kind == "csv":
            _refuse_nul(start.path, chunk, line)
            decoders = {name: one for name, one in decoders.items() if _decodes(one, chunk)}
            line += chunk.count(b"\n")
            quotes += chunk.count(b'"')
    names = [name for name, one in decoders.items() if start.kind != "csv" or _decodes(one, b"", final=True)]
    if not names:
        known = " or ".join(encodings)
        raise ReadError(start.path.name, f"is not text in {known}.", todo="Save it as UTF-8.")
    if even_quotes and quotes % 2:
        raise ReadError(start.path.name, "a quotation mark is left open: it is cut off.", todo=AGAIN)
    return Opened(start, digest.hexdigest(), names[0])


def _refuse_nul(path: Path, chunk: bytes, line: int) -> None:
    if b"\x00" in chunk:
        row = line + chunk[: chunk.index(b"\x00")].count(b"\n")
        raise ReadError(path.name, "holds a NUL: binary data, not a table.", row=row, todo=AGAIN)


def _chunks(path: Path) -> Iterator[bytes]:
    size = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            size += len(chunk)
            if size > _LARGEST:
                raise ReadError(path.name, f"is larger than {_LARGEST:,} bytes: no list of parties is.")
            yield chunk


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


# ---------------------------------------------------------------- tables
def records(
    file: Opened, width: int | None = None, *, strict: bool = True
) -> Iterator[tuple[int, list[str]]]:
    """Records with their number from 1, each as wide as the first (or as `width`). Raises ReadError.

    strict: a quotation mark inside a quoted cell stops the file; else it is a letter like others.
    """
    encoding = "utf-8-sig" if file.encoding == "utf-8" else file.encoding
    row = 0
    with file.path.open(encoding=encoding, newline="") as text:
        lines = csv.reader(text, delimiter=file.start.delimiter, strict=strict)
        try:
            for row, cells in enumerate(lines, 1):
                if cells and cells != _DOS_END:
                    width = width or len(cells)
                    _check(file, row, cells, width)
                    yield row, cells
        except csv.Error as error:
            cause = f"not readable as CSV ({error}): cut off, or a quotation mark is left open."
            raise ReadError(file.name, cause, row=row + 1, todo=AGAIN) from error


def _check(file: Opened, row: int, cells: list[str], width: int) -> None:
    if len(cells) != width:
        cause = f"has {len(cells)} cells, and {width} are due: cut off, or damaged."
        raise ReadError(file.name, cause, row=row, todo=AGAIN)
    if max(map(len, cells)) > LONGEST:
        place = next(place for place, cell in enumerate(cells, 1) if len(cell) > LONGEST)
        raise ReadError(
            file.name, f"a cell has more than {LONGEST:,} characters.", row=row, column=str(place)
        )


def table(
    file: Opened, needed: Sequence[str], *, strict: bool = True
) -> Iterator[tuple[int, dict[str, str]]]:
    """Records below a header, by its names. Raises ReadError for a column that is absent or twice there."""
    found = records(file, strict=strict) if file.start.kind == "csv" else _sheet(file)
    _, first = next(found, (1, []))
    header = [name.strip() for name in first]
    check_header(file, header, needed)
    for row, cells in found:
        yield row, dict(zip(header, cells, strict=True))


def check_header(file: Opened, header: Sequence[str], needed: Sequence[str]) -> None:
    """Raises ReadError for a column that is absent or twice there."""
    for name in needed:
        if name not in header:
            raise ReadError(file.name, "this column is absent.", row=1, column=name, todo=AGAIN)
    twice = next((name for name in header if name and header.count(name) > 1), "")
    if twice:
        raise ReadError(file.name, "this column is there twice.", row=1, column=twice, todo="Rename one.")


def _sheet(file: Opened) -> Iterator[tuple[int, list[str]]]:
    """Records of a workbook's first sheet; `read_head` has refused one that unpacks to more than there is."""
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_path(str(file.path))
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, IndexError, OSError) as error:
        todo = "Save it again as .xlsx, or as CSV."
        raise ReadError(file.name, f"not a readable workbook ({error}).", todo=todo) from error
    for row, cells in enumerate(rows, 1):
        words = [_word(cell) for cell in cells]
        if any(words):
            _check(file, row, words, len(words))
            yield row, words


def _word(cell: Any) -> str:
    """A cell as it was typed: a number that is whole without its point, a date as ISO."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return cell.isoformat() if hasattr(cell, "isoformat") else str(cell)


# ---------------------------------------------------------------- XML
def elements(file: Opened, tags: frozenset[str]) -> Iterator[tuple[int, Element]]:
    """Elements of these names with their number from 1, each whole; forgotten when the next is asked for.

    Raises ReadError for XML that is broken, defines entities, or is nested without end.
    """
    inside: list[Element] = []
    within = count = below = 0
    for event, element in _events(file.path):
        if event == "start":
            inside.append(element)
            within = within + 1 if within or local(element) in tags else 0
            below = below + 1 if within > 1 else 0
            _bound(file, count, len(inside), below)
            continue
        inside.pop()
        if within == 1:
            count += 1
            yield count, element
        within = max(within - 1, 0)
        if not within:
            element.clear()
            if inside:
                inside[-1].remove(element)


def _bound(file: Opened, count: int, depth: int, below: int) -> None:
    if depth > _DEEPEST:
        raise ReadError(file.name, f"is nested deeper than {_DEEPEST}: no list is.", row=count + 1)
    if below > _MOST:
        raise ReadError(file.name, f"a party has more than {_MOST:,} elements.", row=count + 1, todo=AGAIN)


def _events(path: Path) -> Iterator[tuple[str, Element]]:
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import iterparse

    try:
        with path.open("rb") as file:
            yield from iterparse(file, events=("start", "end"), forbid_dtd=True)
    except DefusedXmlException as error:
        cause = f"defines what a list has no need to define ({type(error).__name__})."
        raise ReadError(path.name, cause, todo=AGAIN) from error
    except (ParseError, LookupError, ValueError) as error:
        line = error.position[0] if isinstance(error, ParseError) else None
        raise ReadError(path.name, f"not readable as XML ({error}).", row=line, todo=AGAIN) from error


def _xml_start(path: Path) -> Start:
    _, root = next(_events(path), ("", None))
    if root is None:
        raise ReadError(path.name, f"not readable as XML ({expat_errors.XML_ERROR_NO_ELEMENTS}).", todo=AGAIN)
    return Start(path, "xml", root=local(root), attributes=dict(root.attrib))


def local(element: Element) -> str:
    """An element's name without its namespace."""
    return element.tag.rpartition("}")[2]
