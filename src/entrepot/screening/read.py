"""Reads shipments: CSV, workbook or Parquet, in batches; what is not understood is told, cell by cell.

A cell that is not understood leaves its field unknown, and the row goes on with the others. Only a row
with another number of cells than the header is left out, and told. Formulas do not run: a workbook gives
the values it was saved with. Distinct texts of a batch are interpreted once each.
"""

from __future__ import annotations

import io
import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from csv import Error, reader
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import csv

from entrepot.errors import ReadError, UsageError
from entrepot.model.shipment import SCHEMA, Field, fields
from entrepot.screening.cells import USUAL, Habits, of_column, understood
from entrepot.sources import Head
from entrepot.sources._encoding import refuse_garbled
from entrepot.sources._format import Raw
from entrepot.sources._head import read_head
from entrepot.sources._load import check_text, load_csv, text_table

BATCH: Final = 20_000
ARROW: Final = {"string": pa.string(), "date": pa.date32(), "float64": pa.float64(), "boolean": pa.bool_()}
"""The Arrow type of each type that a field has."""

UNREAD: Final = pa.schema(
    {"row": pa.int64(), "column": pa.string(), "cell": pa.string(), "cause": pa.string()}
)
"""One row per cell that was not understood."""

_HEADERS_AT_LEAST: Final = 2  # known names in one row make it the header
_SEPARATORS_AT_LEAST: Final = 3  # in a line of a cell; an address may have two commas
_BLOCK: Final = 1 << 20  # bytes of a CSV that are taken apart at one time
_CLOSE: Final = "Look for a quotation mark that is not closed."
_SHOWN: Final = 80  # characters of a cell that are told


@dataclass(frozen=True)
class Columns:
    """Which column of a file is which field. unused: columns that are none."""

    header: int  # the record it stands in, 0 the first
    names: tuple[str, ...]
    of_field: Mapping[str, int]  # field -> place of the column
    unused: tuple[str, ...]


@dataclass(frozen=True)
class Batch:
    """Some shipments: rows of model.shipment.schema(), and the cells of theirs that were not understood."""

    rows: pa.Table
    unread: pa.Table  # UNREAD


@dataclass(frozen=True)
class File:
    """A file of shipments, looked at."""

    head: Head
    columns: Columns
    habits: Habits = field(default_factory=Habits)

    def batches(self, scratch: Path, size: int = BATCH) -> Iterator[Batch]:
        """The shipments, some at a time. Raises ReadError where the file as a whole cannot be read."""
        for rows, texts, left_out in _LOADERS[self.head.kind](self, scratch, size):
            yield _interpreted(self, rows, texts, left_out)


# ---------------------------------------------------------------- which column is which
def open_file(path: Path, mapped: Mapping[str, str] | None = None, habits: Habits = USUAL) -> File:
    """Look at a file. mapped: header -> field, beside the headers that are known (model/shipment.toml).

    Raises ReadError where no header is found or two columns are one field; UsageError for a field that there
    is not.
    """
    head = read_head(path)
    if head.kind not in _LOADERS:
        raise ReadError(
            path.name, f"a {head.kind} file is not read.", todo="Save it as CSV, XLSX or Parquet."
        )
    known = _known(mapped or {})
    for seen in _otherwise(head):
        for place, row in enumerate(seen.records):
            if _is_header(row, known):
                _check_mapped(path, place, row, mapped or {})
                return File(seen, _columns(path, place, row, known), habits)
    raise ReadError(
        path.name,
        "no header is found: no row names two fields of a shipment.",
        todo="Name columns hs_code, destination, consignee ... (entrepot screen --template FILE.xlsx), "
        "or say --map 'HEADER=field'.",
    )


def _otherwise(head: Head) -> Iterator[Head]:
    """The head, and that of a text with other separators: a title above the header has none."""
    yield head
    for mark in ";,\t|" if head.kind == "text" else "":
        rows = reader(io.StringIO("\n".join(head.lines) + "\n", newline=""), delimiter=mark)
        with suppress(Error):
            yield replace(head, delimiter=mark, records=tuple(tuple(c.strip() for c in row) for row in rows))


def _known(mapped: Mapping[str, str]) -> dict[str, str]:
    """Each header that is known, bare, and its field; the user's own words go first."""
    for wanted in mapped.values():
        if wanted not in fields():
            raise UsageError(f"there is no field {wanted!r}. Fields are: {', '.join(fields())}.")
    usual = {bare(word): one.name for one in fields().values() for word in (one.name, *one.also)}
    taken = set(mapped.values())  # a field that the user names is not looked for under its usual names
    return {word: name for word, name in usual.items() if name not in taken} | {
        bare(header): name for header, name in mapped.items()
    }


def bare(header: str) -> str:
    """A header without case, accents' forms and punctuation: `HS-Code` is `hs_code`."""
    plain = unicodedata.normalize("NFKC", header).casefold()
    return " ".join(re.sub(r"[\W_]+", " ", plain).split())


def _is_header(row: Sequence[str], known: Mapping[str, str]) -> bool:
    return len({known[bare(cell)] for cell in row if bare(cell) in known}) >= _HEADERS_AT_LEAST


def _check_mapped(path: Path, place: int, row: Sequence[str], mapped: Mapping[str, str]) -> None:
    """A header that is mapped must be there: a field under a mistyped one would be told of no shipment."""
    there = {bare(cell) for cell in row}
    if wrong := [header for header in mapped if bare(header) not in there]:
        raise ReadError(
            path.name,
            f"no column is called {wrong[0]!r}: they are {', '.join(filter(None, row))[:300]}.",
            row=place + 1,
            todo=f"Check --map '{wrong[0]}={mapped[wrong[0]]}'.",
        )


def _columns(path: Path, place: int, names: Sequence[str], known: Mapping[str, str]) -> Columns:
    found: dict[str, int] = {}
    for column, name in enumerate(names):
        if (one := known.get(bare(name))) is None:
            continue
        if one in found:
            raise ReadError(
                path.name,
                f"columns {names[found[one]]!r} and {name!r} are both {one}.",
                row=place + 1,
                todo=f"Say which: --map '{name}={one}', or rename one.",
            )
        found[one] = column
    used = set(found.values())
    unused = tuple(name for column, name in enumerate(names) if column not in used and name)
    return Columns(place, tuple(names), found, unused)


# ---------------------------------------------------------------- text, some rows at a time
Loaded = Iterator[tuple[Sequence[int], "pa.Table", Iterable[tuple[int, str]]]]
"""Numbers of rows, their cells as text in the order of the header, rows left out and why."""


def _of_csv(file: File, scratch: Path, size: int) -> Loaded:
    raw = load_csv(file.head, scratch, header=file.columns.header)
    path = raw.csv or file.head.path
    check_text(path, raw.compression, file.head.path.name)
    if path != file.head.path:  # written anew, from GB18030
        with path.open(encoding="utf-8") as lines:
            refuse_garbled(file.head.path.name, lines)
    if not _goes_on(raw):
        return
    left_out: list[tuple[int, str]] = []
    shift = raw.first_row - 1 - raw.skip

    def skipped(row: Any) -> str:
        told = f"it has {row.actual_columns} cells and the header {row.expected_columns}"
        left_out.append((row.number + shift, told))
        return "skip"

    places = [f"c{place}" for place in range(len(raw.columns))]
    with _told(file.head), pa.input_stream(str(raw.csv), compression=_packed(raw.compression)) as stream:
        blocks = csv.open_csv(
            stream,
            csv.ReadOptions(use_threads=False, block_size=_BLOCK, column_names=places, skip_rows=raw.skip),
            csv.ParseOptions(
                delimiter=raw.delimiter,
                newlines_in_values=True,
                ignore_empty_lines=False,
                invalid_row_handler=skipped,
            ),
            csv.ConvertOptions(column_types=dict.fromkeys(places, pa.string()), strings_can_be_null=False),
        )
        number, told = raw.first_row, 0
        for block in blocks:
            gone = {row for row, _ in left_out}
            rows: list[int] = []
            while len(rows) < len(block):
                rows += [number] if number not in gone else []
                number += 1
            whole = pa.Table.from_batches([block])
            for start in range(0, max(len(block), 1), size):
                yield rows[start : start + size], whole.slice(start, size), left_out[told:]
                told = len(left_out)
        if told < len(left_out):
            yield [], pa.table({name: pa.array([], pa.string()) for name in places}), left_out[told:]


def _goes_on(raw: Raw) -> bool:
    """Whether anything stands after the header; Arrow wants a line feed there at least."""
    kind = _packed(raw.compression)
    with (
        pa.input_stream(str(raw.csv), compression=kind) as stream,
        io.TextIOWrapper(stream, "utf-8") as lines,
    ):
        return any(True for _ in itertools.islice(lines, raw.skip, raw.skip + 1))


def _packed(compression: str) -> str | None:
    return "gzip" if compression == "gzip" else None


def _of_sheet(file: File, scratch: Path, size: int) -> Loaded:
    import python_calamine

    book = python_calamine.CalamineWorkbook.from_path(str(file.head.path))
    sheet = book.get_sheet_by_name(file.head.sheet)
    rows = iter(sheet.to_python(skip_empty_area=False))
    names = tuple(f"c{place}" for place in range(len(file.columns.names)))
    number = file.columns.header + 2
    for _ in range(file.columns.header + 1):
        next(rows)
    while some := [row for _, row in zip(range(size), rows, strict=False)]:
        table = text_table(names, some)
        yield range(number, number + len(table)), table, ()
        number += len(some)


def _of_parquet(file: File, scratch: Path, size: int) -> Loaded:
    number, used = 1, set(file.columns.of_field.values())
    with _told(file.head), pq.ParquetFile(file.head.path) as opened:
        for batch in opened.iter_batches(size):
            texts = [
                column.cast(pa.string()) if place in used else pa.nulls(len(batch), pa.string())
                for place, column in enumerate(batch.columns)
            ]
            yield (
                range(number, number + len(batch)),
                pa.table(texts, [f"c{i}" for i in range(len(texts))]),
                (),
            )
            number += len(batch)


@contextmanager
def _told(head: Head) -> Iterator[None]:
    """What the library says of a damaged file, as an error of ours."""
    try:
        yield
    except (pa.ArrowException, OSError, EOFError) as error:
        cause = str(error).splitlines()[0][:200]
        if "straddling" in cause:
            raise ReadError(head.path.name, f"a row is longer than {_BLOCK:,} bytes.", todo=_CLOSE) from error
        raise ReadError(
            head.path.name, f"cannot be read: {cause}.", todo="Save it again, as CSV or XLSX."
        ) from error


_LOADERS: Final = {"text": _of_csv, "xlsx": _of_sheet, "xls": _of_sheet, "parquet": _of_parquet}


# ---------------------------------------------------------------- text to fields
def _interpreted(
    file: File, rows: Sequence[int], texts: pa.Table, left_out: Iterable[tuple[int, str]]
) -> Batch:
    unread = [(row, "", "", f"{why}: the row is left out") for row, why in left_out]
    numbers = pa.array(rows, pa.int64())
    columns: dict[str, pa.Array] = {"row": numbers}
    for one in fields().values():
        place = file.columns.of_field.get(one.name)
        if place is None or place >= texts.num_columns:
            columns[one.name] = pa.nulls(len(rows), ARROW[SCHEMA[one.kind]])
            continue
        header = file.columns.names[place]
        columns[one.name], bad = _column(one, texts.column(place), file.habits)
        unread += [(rows[i], header, cell, cause) for i, cell, cause in bad]
    unread += _swallowing(file, rows, texts)
    table = pa.table(columns)
    unclear = pc.is_in(table["row"], value_set=pa.array(sorted({row for row, *_ in unread}), pa.int64()))
    is_named = pc.or_(_tells(table, set(file.columns.of_field) - _AMOUNTS), unclear)
    totals = table.filter(pc.and_not(_tells(table, file.columns.of_field), is_named))
    unread += [(row, "", "", _NO_SHIPMENT) for row in totals["row"].to_pylist()]
    return Batch(table.filter(is_named), _unread(unread))  # an empty line is no shipment


_AMOUNTS: Final = {"shipment", "date", "value", "currency", "net_weight_kg", "quantity", "quantity_unit"}
_NO_SHIPMENT: Final = "it names no goods, country or party, as a line of totals: the row is left out"


def _tells(table: pa.Table, names: Iterable[str]) -> pa.ChunkedArray:
    """Whether a row tells any of the fields."""
    told = pa.chunked_array([pa.repeat(False, len(table))])
    for name in names:
        told = pc.or_(told, pc.is_valid(table[name]))
    return told


def _swallowing(file: File, rows: Sequence[int], texts: pa.Table) -> Iterator[tuple[int, str, str, str]]:
    """Cells with a line that has as many separators as the header: rows behind an open quotation mark."""
    mark, most = file.head.delimiter, len(file.columns.names) - 1
    if file.head.kind != "text" or most < _SEPARATORS_AT_LEAST:
        return
    for header, column in zip(file.columns.names, texts.columns, strict=False):
        for place in pc.indices_nonzero(pc.match_substring(column, "\n")).to_pylist():
            first, *lines = column[place].as_py().split("\n")
            if any(line.count(mark) >= most for line in lines):
                cause = f"it holds {len(lines)} other lines of the file, which are not screened. {_CLOSE}"
                yield rows[place], header, _shown(first), cause


def _column(
    one: Field, texts: pa.ChunkedArray, habits: Habits
) -> tuple[pa.Array, list[tuple[int, str, str]]]:
    """A field of each row; place, text and cause where a cell is not understood."""
    coded = texts.combine_chunks().dictionary_encode()
    values: list[Any] = []
    causes: dict[int, tuple[str, str]] = {}
    distinct = [text or "" for text in coded.dictionary.to_pylist()]
    habits = of_column(one.kind, distinct, habits)
    for place, text in enumerate(distinct):
        try:
            values.append(understood(one.kind, text, habits))
        except ValueError as error:
            values.append(None)
            causes[place] = (_shown(text), str(error))
    known = pa.array(values, ARROW[SCHEMA[one.kind]])
    column = known.take(coded.indices)
    if not causes:
        return column, []
    bad = pc.is_in(coded.indices, value_set=pa.array(list(causes), pa.int32()))
    places = pc.indices_nonzero(pc.fill_null(bad, False)).to_pylist()
    return column, [(place, *causes[coded.indices[place].as_py()]) for place in places]


def _shown(text: str) -> str:
    plain = "".join(char if char.isprintable() else "?" for char in text)
    return plain if len(plain) <= _SHOWN else f"{plain[:_SHOWN]} ..."


def _unread(rows: Sequence[tuple[int, str, str, str]]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(UNREAD)
    return pa.table([pa.array(one, field.type) for one, field in zip(columns, UNREAD, strict=True)], UNREAD)


def single(told: Mapping[str, str], habits: Habits = USUAL) -> Batch:
    """One shipment from words by field. Raises UsageError for an unknown field or a word not understood."""
    columns: dict[str, pa.Array] = {"row": pa.array([1], pa.int64())}
    for name in told:
        if name not in fields():
            raise UsageError(f"there is no field {name!r}. Fields are: {', '.join(fields())}.")
    for one in fields().values():
        try:
            value = understood(one.kind, told[one.name], habits) if one.name in told else None
        except ValueError as error:
            why = str(error) if str(error).endswith((".", "?")) else f"{error}."
            raise UsageError(f"{one.name} {_shown(told[one.name])!r}: {why}") from None
        columns[one.name] = pa.array([value], ARROW[SCHEMA[one.kind]])
    return Batch(pa.table(columns), _unread(()))
