"""An answer of `diversion` as it was saved: what was asked, its rows, its snapshots."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet

from entrepot.errors import ReadError
from entrepot.model.answer import Answer
from entrepot.model.provenance import Snapshot

_TODO = "Save it anew: entrepot diversion ... --by cell -o FILE.parquet (or .json, .xlsx)."
_OTHER = {".csv": "a CSV file keeps the rows alone: neither base nor window is in it."}
_ASKED = ("origin", "destination", "commodity", "base", "window", "currency")
_NEEDED = ("hub", "commodity", "channel", "discovered", "coverage", "discovered_goods")
_MONEY = ("rerouted", "low_90", "high_90")


@dataclass(frozen=True)
class Saved:
    """A study's question and its rows."""

    origins: tuple[str, ...]
    destinations: tuple[str, ...]
    goods: str
    base: str
    window: str
    currency: str
    by: str  # hub | cell
    rows: pa.Table
    told_in: tuple[str, ...] = ()  # names of snapshots; a workbook keeps no more of them
    snapshots: tuple[Snapshot, ...] = ()
    warnings: tuple[str, ...] = ()

    @classmethod
    def read(cls, path: Path) -> Saved:
        """Of a file. Raises ReadError, saying how to save one that can be read."""
        kind = path.suffix.lower()
        if not path.is_file():
            raise ReadError(path, "there is no such file.", todo="Check the path.")
        if kind not in _READERS:
            raise ReadError(path, _OTHER.get(kind, "not a kind of file that is read."), todo=_TODO)
        try:
            question, rows, shots, warnings = _READERS[kind](path)
        except (OSError, ValueError, KeyError, TypeError, pa.ArrowException) as error:
            raise ReadError(path, f"no answer of entrepot's ({error}).", todo=_TODO) from error
        _check(path, question, rows)
        return _of(question, rows, shots, warnings)


Read = tuple[Mapping[str, Any], pa.Table, Sequence[Snapshot | str], Sequence[str]]


def saved(answer: Answer) -> Saved:
    """The same of an answer just given."""
    return _of(answer.question, answer.rows, answer.snapshots, answer.warnings)


def _of(
    question: Mapping[str, Any], rows: pa.Table, shots: Sequence[Snapshot | str], warnings: Sequence[str]
) -> Saved:
    texts = {name: str(question[name]) for name in ("base", "window", "currency")}
    return Saved(
        tuple(question["origin"]),
        tuple(question["destination"]),
        goods=str(question["commodity"]),
        **texts,
        by=_by(question) or "",
        rows=rows,
        told_in=tuple(one if isinstance(one, str) else one.snapshot for one in shots),
        snapshots=tuple(one for one in shots if not isinstance(one, str)),
        warnings=tuple(warnings),
    )


def _by(question: Mapping[str, Any]) -> str | None:
    """Of one hub's answer (--hub) the rows are the hub's; of some of its goods (--good) they are not."""
    return question.get("by") or ("hub" if question.get("hub") and not question.get("good") else None)


def _check(path: Path, question: Mapping[str, Any], rows: pa.Table) -> None:
    if question.get("command") != "diversion":
        raise ReadError(path, f"an answer of {question.get('command')}, not of diversion.", todo=_TODO)
    if missing := [name for name in _ASKED if not question.get(name)]:
        raise ReadError(path, f"its question lacks {', '.join(missing)}.", todo=_TODO)
    if _by(question) not in ("hub", "cell"):
        raise ReadError(path, f"its rows are by {_by(question) or 'some goods of a hub'}.", todo=_TODO)
    money = [f"{name}_{str(question['currency']).lower()}" for name in _MONEY]
    if missing := [name for name in (*_NEEDED, *money) if name not in rows.column_names]:
        raise ReadError(path, f"its rows lack {', '.join(missing)}.", todo=_TODO)


# ------------------------------------------------------------------ files
def _parquet(path: Path) -> Read:
    rows = pyarrow.parquet.read_table(path)
    about = json.loads((rows.schema.metadata or {})[b"entrepot"])
    return _told(about, rows)


def _json(path: Path) -> Read:
    about = json.loads(path.read_text(encoding="utf-8"))
    return _told(about, pa.Table.from_pylist(about["rows"], schema=_schema(about["rows"])))


def _told(about: Mapping[str, Any], rows: pa.Table) -> Read:
    shots = [Snapshot.from_json(one) for one in about["provenance"]["snapshots"]]
    return about["question"], rows, shots, about["warnings"]


def _xlsx(path: Path) -> Read:
    """Its sheet `about` has the question; of the snapshots their names are read."""
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        about = book.get_sheet_by_name("about").to_python()
        head, *lines = book.get_sheet_by_name("rows").to_python()
    except python_calamine.CalamineError as error:
        raise ValueError(str(error)) from error
    rows = [dict(zip(map(str, head), map(_cell, line), strict=True)) for line in lines]
    names = [str(line[0]) for line in about]
    shots = [name.removeprefix("snapshot ") for name in names if name.startswith("snapshot ")]
    warnings = [str(line[1]) for line in about if line[0] == "warning"]
    return _question(about), pa.Table.from_pylist(rows, schema=_schema(rows)), shots, warnings


_MARK = "question: "


def _question(about: Sequence[Sequence[Any]]) -> dict[str, Any]:
    told = {str(line[0]): str(line[1]) for line in about}
    question: dict[str, Any] = {
        name.removeprefix(_MARK): value for name, value in told.items() if name.startswith(_MARK)
    }
    sides = {side: question[side].split(", ") for side in ("origin", "destination")}
    return question | sides


def _cell(value: Any) -> Any:
    """As the sheets are written: text for true and false, nothing for null."""
    return {"True": True, "False": False, "": None}.get(value, value) if isinstance(value, str) else value


_KINDS = {"discovered": pa.bool_(), "discovered_goods": pa.int64(), "coverage": pa.float64()}


def _schema(rows: Sequence[Mapping[str, Any]]) -> pa.Schema:
    """The columns needed, those that are there, each in its kind."""
    names = list(rows[0]) if rows else []
    money = [name for name in names if name.startswith(tuple(f"{one}_" for one in _MONEY))]
    kinds = {name: _KINDS.get(name, pa.string()) for name in _NEEDED if name in names}
    return pa.schema({**kinds, **dict.fromkeys(money, pa.float64())})


_READERS = {".parquet": _parquet, ".json": _json, ".xlsx": _xlsx}
