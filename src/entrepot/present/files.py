"""An answer as a file: JSON, CSV, Parquet, XLSX. Text is never a formula, whatever it begins with."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from entrepot.model.answer import RATIOS, Answer, is_change, plain

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_json(answer: Answer) -> bytes:
    """The whole answer as one object."""
    return (json.dumps(answer.to_json(), ensure_ascii=False, indent=1) + "\n").encode()


def as_csv(answer: Answer) -> bytes:
    """The rows, UTF-8, with a header. Text that a spreadsheet would run as a formula gets an apostrophe."""
    sink = io.BytesIO()
    pyarrow.csv.write_csv(_harmless(answer.rows), sink)
    return sink.getvalue()


def as_parquet(answer: Answer) -> bytes:
    """The rows, with question, provenance and warnings as metadata under the key `entrepot`."""
    table = answer.rows.replace_schema_metadata(_metadata(answer))
    sink = io.BytesIO()
    pyarrow.parquet.write_table(table, sink, compression="zstd")
    return sink.getvalue()


def whole_parquet(answer: Answer, target: Path) -> int:
    """All rows of an answer that has too many to hold, as `as_parquet` would write them; how many."""
    if answer.whole is None:
        raise ValueError("the answer holds all its rows; as_parquet writes them")
    answer.whole.write(target, _metadata(answer))
    return answer.whole.rows


def whole_csv(answer: Answer, target: Path) -> int:
    """All rows of an answer that has too many to hold, as `as_csv` would write them; how many."""
    count = 0
    with TemporaryDirectory(prefix="entrepot-", dir=target.parent) as folder:
        whole_parquet(answer, landed := Path(folder) / "rows.parquet")
        with (
            pyarrow.parquet.ParquetFile(landed) as file,
            pyarrow.csv.CSVWriter(target, file.schema_arrow.remove_metadata()) as out,
        ):
            for batch in file.iter_batches(50_000):
                out.write_table(_harmless(pa.Table.from_batches([batch])))
                count += len(batch)
    return count


def _metadata(answer: Answer) -> dict[str, str]:
    about = {key: value for key, value in answer.to_json().items() if key != "rows"}
    return {"entrepot": json.dumps(about, ensure_ascii=False)}


def as_xlsx(answer: Answer) -> bytes:
    """A workbook: the rows, the tables beside them, then question, warnings, sources and query."""
    import xlsxwriter

    sink = io.BytesIO()
    book = xlsxwriter.Workbook(
        sink, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    newest = max((shot.retrieved for shot in answer.snapshots), default=datetime(2000, 1, 1, tzinfo=UTC))
    book.set_properties({"created": newest.replace(tzinfo=None)})  # the same answer is the same file
    bold = book.add_format({"bold": True})
    _sheet(book, "rows", answer.rows, bold, answer.unscaled)
    for name, table in answer.beside.items():
        _sheet(book, name, table, bold, answer.unscaled)
    _about(book.add_worksheet("about"), answer, bold)
    book.close()
    return sink.getvalue()


def _sheet(book: Any, title: str, table: pa.Table, bold: Any, unscaled: Sequence[str]) -> None:
    sheet = book.add_worksheet(title[:31])
    days, folded = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"text_wrap": True})
    for place, name in enumerate(table.column_names):
        ratio = is_change(name) or "share" in name or (name in RATIOS and name not in unscaled)
        number = book.add_format({"num_format": "0.0%" if ratio else "#,##0.##"})
        sheet.write(0, place, name, bold)
        values = table[name].to_pylist()
        widest = max((len(_typed(value)) for value in values[:_MEASURED]), default=0)
        sheet.set_column(place, place, min(_WIDEST, max(12, len(name) + 2, widest + 2)))
        for line, value in enumerate(values, 1):
            if isinstance(value, str) and len(value) > _WIDEST:
                sheet.write_string(line, place, value[:_MOST_CHARACTERS], folded)
            else:
                _write(sheet, line, place, value, days if isinstance(value, date) else number)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(table), 1), max(len(table.column_names) - 1, 0))


_MEASURED, _WIDEST = 500, 60  # rows looked at for a column's width; characters, beyond which text is folded
_MOST_CHARACTERS = 32_000  # a cell holds 32,767


def _typed(value: Any) -> str:
    """A value about as wide as a cell shows it."""
    return f"{value:,.2f}" if isinstance(value, float) else "" if value is None else str(value)


def _write(sheet: Any, line: int, place: int, value: Any, form: Any) -> None:
    if isinstance(value, (bool, str)):
        sheet.write_string(line, place, str(value))
    elif isinstance(value, date):
        sheet.write_datetime(line, place, value, form)
    elif value is not None and plain(value) is not None:
        sheet.write_number(line, place, value, form)


def _about(sheet: Any, answer: Answer, bold: Any) -> None:
    asked = plain(dict(answer.question)).items()
    pairs = [(f"question: {key}", _listed(value)) for key, value in asked if value is not None]
    pairs += [("warning", warning) for warning in answer.warnings]
    pairs += [(f"column: {name}", note) for name, note in answer.notes.items()]
    for shot in answer.snapshots:
        told = f"{shot.publisher}: {shot.citation}; {shot.file}; published {shot.published}"
        told += f"; licence {shot.licence}; sha256 {shot.sha256}"
        pairs.append((f"snapshot {shot.snapshot}", f"{told}; fetched from {shot.url}" if shot.url else told))
    pairs += [(f"{one.kind} {one.name}", f"{one.line}\n" + "\n".join(one.citations)) for one in answer.cited]
    pairs += [(f"query: {name}", query) for name, query in answer.queries.items()]
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 120)
    for line, (name, value) in enumerate(pairs):
        sheet.write_string(line, 0, name, bold)
        sheet.write_string(line, 1, str(value)[:_MOST_CHARACTERS])


def _listed(value: Any) -> Any:
    return ", ".join(str(one) for one in value) if isinstance(value, list) else value


def _harmless(table: pa.Table) -> pa.Table:
    columns = {}
    for name in table.column_names:
        values = table[name]
        if pa.types.is_string(values.type):
            texts = [f"'{v}" if v and v.startswith(_FORMULA) else v for v in values.to_pylist()]
            values = pa.array(texts, pa.string())
        columns[name] = values
    return pa.table(columns)


WRITERS: dict[str, Callable[[Answer], bytes]] = {
    "json": as_json,
    "csv": as_csv,
    "parquet": as_parquet,
    "xlsx": as_xlsx,
}

TYPES = {
    "json": "application/json",
    "csv": "text/csv;charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "svg": "image/svg+xml",
    "png": "image/png",
}
"""The media type of each kind of file."""
