"""A file format: which columns it has, how it is loaded as text, how text becomes canonical columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from entrepot.errors import ReadError
from entrepot.model.kind import FLOWS, Kind
from entrepot.model.provenance import Card
from entrepot.sources._head import Compression, Head

if TYPE_CHECKING:
    import pyarrow as pa
    from ibis.expr.operations import Node
    from ibis.expr.types import Table


REGISTER = ("register",)
"""`Format.complete` of a register without numbers: a later edition withdraws all of an earlier one."""


@dataclass(frozen=True)
class Raw:
    """A file as columns of text, nothing interpreted: a CSV for the engine to scan, or an Arrow table.

    The interpreter sees these columns and `row`: the record of the file, counted from 1.
    """

    columns: tuple[str, ...]
    first_row: int  # record number of the first row of data
    csv: Path | None = None
    delimiter: str = ","
    skip: int = 1  # physical lines before the data
    compression: Compression = "none"
    table: pa.Table | None = None


def of_columns(interpret: Callable[[Table], Table]) -> Callable[[Table, Head], Table]:
    """An interpreter to which the columns say all: what alike columns become is put together once.

    It takes half the time of adding a small file.
    """

    @lru_cache(maxsize=16)
    def built(op: Node) -> Table:
        return interpret(op.to_expr())

    return lambda raw, head: built(raw.op())


@dataclass(frozen=True)
class Format:
    """How one kind of file of a source is read."""

    name: str
    recognise: Callable[[Head], bool]
    interpret: Callable[[Table, Head], Table]  # returns what `canonical` (or `fact`) returns
    handled: frozenset[str]
    optional: frozenset[str] = frozenset()  # handled where present, null where absent
    ignored: Mapping[str, str] = field(default_factory=dict)  # column -> why it is not needed
    pattern: str = ""  # columns handled by their form: the years of a wide table
    load: Callable[[Head, Path], Raw] | None = None  # default: load_csv; the path is a scratch folder
    published: Callable[[Head], date | None] = lambda head: None
    complete: tuple[str, ...] | None = None  # axes a file of this format covers wholly; None: the card's
    asks: frozenset[str] = frozenset()  # what the content leaves open and a user may say: flow, partner ...
    card: Callable[[Head, Card], Card] = lambda head, card: card  # where a file may say who published it
    warnings: Callable[[Head], tuple[str, ...]] = (
        lambda head: ()
    )  # what the reader decided and a user must know
    kind: Kind = FLOWS

    def check_columns(self, raw: Raw, file: str) -> None:
        """Each column is handled or ignored by name. Raises ReadError for any other, and for one missing."""
        known = self.handled | self.optional | set(self.ignored)
        for name in raw.columns:
            if name not in known and not (self.pattern and re.fullmatch(self.pattern, name)):
                raise ReadError(
                    file,
                    f"format {self.name!r} does not know this column.",
                    row=max(raw.first_row - 1, 1),
                    column=name,
                    todo="Remove the column, or teach the reader what it means (CONTRIBUTING.md).",
                )
        for name in sorted(self.handled - set(raw.columns)):
            raise ReadError(
                file, f"format {self.name!r} needs this column and it is absent.", row=1, column=name
            )
