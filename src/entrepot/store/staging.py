"""A file on its way into the store: loaded as text, interpreted, laid out on disk, asked what it holds.

Everything is an expression over one table on disk, so memory is bounded for any size of file.
"""

from __future__ import annotations

import inspect
import lzma
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis
import pyarrow as pa

from entrepot.errors import ReadError
from entrepot.model.kind import Kind
from entrepot.model.provenance import Request, Snapshot
from entrepot.sources import Format, Head
from entrepot.sources._canonical import REJECT
from entrepot.sources._format import Raw
from entrepot.sources._load import check_text, load_csv
from entrepot.store.complaints import working
from entrepot.store.engine import Staging
from entrepot.store.files import OUTSIDE_HS

if TYPE_CHECKING:
    from ibis.expr.types import BooleanValue, Table, Value

ROW_GROUP = 122_880
_ADDED_LATER = ("source", "snapshot")
_NO_TEXT = " "  # readers leave no text with a blank at its ends
_NO_BLOCKS = pa.table({"block": pa.array([], pa.string())})


@dataclass(frozen=True)
class Staged:
    """The rows of a file on disk, and what can be asked of them."""

    engine: Staging
    kind: Kind
    every: Table  # all rows, with reject_reason or null
    kept: Table  # understood, with a figure, each cell once
    doubled: Table | None  # cells given twice with unlike figures: none of them is believed

    def counts(self) -> dict[str, int]:
        """Rows kept; cells the publisher marks as missing; records: from the first to the last."""
        good = self.every.reject_reason.isnull()
        record = self.every.row
        asked = self.every.agg(
            missing=(good & ~_measured(self.kind, self.every)).sum().fill_null(0),
            records=(record.max() - record.min() + 1).fill_null(0),
        )
        rows = self._one(self.kept.agg(rows=self.kept.count()))
        return {name: int(value) for name, value in (self._one(asked) | rows).items()}

    def rejects(self) -> pa.Table:
        """One row per row not understood: row, column, value, reason."""
        bad = self.every.filter(self.every.reject_reason.notnull())
        found = self.engine.run(
            bad.select("row", **dict(zip(("column", "value", "reason"), _reject(bad), strict=True)))
        )
        if self.doubled is not None:
            told = _written(self.engine.run(_told_twice(self.kind, self.doubled)))
            found = pa.concat_tables([found, told.cast(found.schema)])
        return found.sort_by([(name, "ascending") for name in found.column_names])

    def value_range(self) -> tuple[float | None, float | None]:
        """The smallest and the largest figure kept; None of a kind whose rows are no figures."""
        figure = self.kept[self.kind.measured[0]]
        if not figure.type().is_numeric():
            return None, None
        seen = self._one(self.kept.agg(low=figure.min(), high=figure.max()))
        return seen["low"], seen["high"]

    def scopes(self, complete: tuple[str, ...], request: Request | None = None) -> pa.Table:
        """The blocks the file speaks for, cells marked as missing included (model.provenance.Scope).

        An answer to a request speaks for the partners and commodities asked for, rows or none.
        """
        if not self.kind.block:
            return _NO_BLOCKS
        good = self.every.filter(self.every.reject_reason.isnull())
        axes = {"partners": ("partner", good.partner), "commodities": ("commodity", good.commodity)}
        blocks = good.group_by(self.kind.block).agg(
            periods=good.period.collect(distinct=True).sort(),
            digits=good.digits.fill_null(OUTSIDE_HS).collect(distinct=True).sort(),
            **{
                name: ibis.null("array<string>") if axis in complete else values.collect(distinct=True).sort()
                for name, (axis, values) in axes.items()
            },
        )
        return _widened(self.engine.run(blocks.order_by(self.kind.block)), request)

    def write(self, shot: Snapshot, target: Path) -> None:
        """The rows kept, sorted for the questions asked of them, as one Parquet file."""
        named = self.kept.mutate(source=ibis.literal(shot.source), snapshot=ibis.literal(shot.snapshot))
        rows = named.select(*self.kind.columns)
        order = [rows.period.year() if name == "year" else rows[name] for name in (*self.kind.sort, "row")]
        self.engine.write(
            rows.order_by(order), target, ROW_GROUP
        )  # ordered last: elsewhere none need keep it

    def _one(self, expr: Table) -> dict[str, Any]:
        only: dict[str, Any] = self.engine.run(expr).to_pylist()[0]
        return only


def _widened(scopes: pa.Table, request: Request | None) -> pa.Table:
    """The scopes, with what was asked for by name on the axes that they do not cover wholly.

    A commodity that the file tells of in some block is claimed there alone: else its blocks would hide each
    other's rows.
    """
    if request is None:
        return scopes
    told = {code for codes in scopes["commodities"].to_pylist() for code in codes or ()}
    more = {"partners": request.partners, "commodities": request.commodities - told}
    for name, asked in more.items():
        wider = [held and sorted({*held, *asked}) for held in scopes[name].to_pylist()]
        place = scopes.schema.get_field_index(name)
        scopes = scopes.set_column(place, scopes.schema.field(place), pa.array(wider, pa.list_(pa.string())))
    return _with_silent(scopes, request)


def _with_silent(scopes: pa.Table, request: Request) -> pa.Table:
    """The scopes, and those of flows in periods that were asked for and of which the file has no row."""
    held = scopes.to_pylist()
    told = {(one["flow"], period) for one in held for period in one["periods"]}
    axes: dict[str, Any] = {"digits": sorted({level for one in held for level in one["digits"]})}
    axes |= {"partners": sorted(request.partners) or None, "commodities": sorted(request.commodities) or None}
    more = []
    for flow, basis in sorted(request.flows) if held else ():
        if silent := sorted(period for period in request.periods if (flow, period) not in told):
            more.append({**held[0], **axes, "flow": flow, "partner_basis": basis, "periods": silent})
    return pa.concat_tables([scopes, pa.Table.from_pylist(more, scopes.schema)])


def stage(engine: Staging, form: Format, head: Head, scratch: Path) -> Staged:
    """Interpret a whole file onto disk. Raises ReadError, and StoreError where the disk is full."""
    raw = _loaded(form, head, scratch)
    form.check_columns(raw, head.path.name)
    text = ibis.table(dict.fromkeys(raw.columns, "string") | {"row": "int64"}, name="raw")
    absent = {name: ibis.null("string") for name in form.optional - set(raw.columns)}
    expr = form.interpret(text.mutate(**absent) if absent else text, head)
    with working(scratch, head.path):
        engine.register_raw("raw", raw)
        engine.create("staged", expr.select(*_staged(form.kind)))
    every = ibis.table(_staged(form.kind), name="staged")
    with working(scratch):
        return Staged(engine, form.kind, every, *_each_cell_once(engine, form.kind, every))


def _staged(kind: Kind) -> dict[str, str]:
    """Columns of the table on disk that a file is checked in."""
    own = {name: what for name, what in kind.columns.items() if name not in _ADDED_LATER}
    return own | dict.fromkeys(REJECT, "string")


def _loaded(form: Format, head: Head, scratch: Path) -> Raw:
    """The file as columns of text, under a path that an engine does not take for a pattern."""
    name = head.path.name
    try:
        raw = (form.load or load_csv)(head, scratch)
        if raw.csv:
            check_text(raw.csv, raw.compression, name)
    except (pa.ArrowException, EOFError, LookupError, UnicodeError, zlib.error, lzma.LZMAError) as error:
        raise ReadError(name, f"damaged or cut off ({error}).", todo="Download it again.") from error
    except OSError as error:
        if error.errno is None or error.filename == str(head.path):
            raise ReadError(
                name, f"cannot be read to its end ({error}).", todo="Download it again."
            ) from error
        raise
    if raw.csv and set(str(raw.csv)) & set("*?[]{}\\"):
        plain = scratch / "plain"
        plain.symlink_to(raw.csv.absolute())
        raw = replace(raw, csv=plain)
    if raw.table is not None and "row" in raw.table.column_names:  # an export of ours: counted anew
        raw = replace(raw, table=raw.table.drop_columns(["row"]))
    return raw


def _measured(kind: Kind, table: Table) -> BooleanValue:
    return ibis.or_(*(table[name].notnull() for name in kind.measured))


def _reject(table: Table) -> list[Value]:
    return [table[name] for name in REJECT]


def _each_cell_once(engine: Staging, kind: Kind, every: Table) -> tuple[Table, Table | None]:
    """Understood rows with a figure. A cell given twice alike counts once; twice unlike, none is believed.

    Looked into only where a key stands twice. A record may tell of several cells: its number is no key.
    """
    good = every.filter(every.reject_reason.isnull(), _measured(kind, every))
    keyed = good.mutate(cell_key=_key(kind, engine, good))
    seen = engine.run(keyed.agg(rows=keyed.count(), cells=keyed.cell_key.nunique())).to_pylist()[0]
    if seen["rows"] == seen["cells"]:
        return good, None
    often = keyed.group_by("cell_key").having(keyed.count() > 1).agg()
    engine.create("marked", _marked(kind, keyed.semi_join(often, "cell_key")))
    marked = ibis.table(_staged(kind) | {"nth": "int64", "alike": "boolean"}, name="marked")
    first = marked.filter(marked.nth == 0, marked.alike).select(good.columns)
    return keyed.anti_join(often, "cell_key").select(good.columns).union(first), marked.filter(~marked.alike)


def _marked(kind: Kind, rows: Table) -> Table:
    """How many-eth of its cell a row is, and whether the cell's rows say the same.

    The key and two of the columns it is made of name a cell: with all of them a window does not end on Sail.
    """
    cell = ["cell_key", *kind.named[-2:]]
    alike = ibis.and_(*(_alike(rows, name, ibis.window(group_by=cell)) for name in kind.alike))
    nth = ibis.row_number().over(ibis.window(group_by=cell, order_by="row"))
    return rows.mutate(nth=nth, alike=alike).drop("cell_key")


def _alike(rows: Table, name: str, cell: Any) -> BooleanValue:
    """Whether a cell's rows say the same: one figure in all of them, or none in any."""
    said, one = rows[name].count().over(cell), rows[name].min().over(cell)
    is_one = (said == rows.count().over(cell)) & (one == rows[name].max().over(cell))
    return (said == 0) | is_one.fill_null(False)


def _told_twice(kind: Kind, doubled: Table) -> Table:
    said: Value = ibis.literal("the same cell twice with different values:")
    for name in kind.named:
        said = said + (ibis.literal(" ") + doubled[name].cast("string")).fill_null("")
    figure = kind.measured[0]
    return doubled.select("row", column=ibis.literal(figure), value=doubled[figure], reason=said)


def _written(rejects: pa.Table) -> pa.Table:
    """Figures as text: engines write them each in their own way."""
    words = [None if value is None else str(value) for value in rejects["value"].to_pylist()]
    return rejects.set_column(2, "value", pa.array(words, pa.string()))


def _key(kind: Kind, engine: Staging, rows: Table) -> Value:
    """What names a cell in 64 bits. Spark's functions pass over nulls, but which column is empty counts."""
    said = [rows[name] for name in kind.identity]
    said = [one.fill_null(_NO_TEXT) if one.type().is_string() else one for one in said]
    return _hash(kind, engine.hashed)(*said)


@cache
def _hash(kind: Kind, name: str) -> Callable[..., Value]:
    """The engine's own function of that name over the columns of a cell's identity."""

    def stand_in(*args: Any) -> None: ...

    stand_in.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD) for name in kind.identity]
    )
    types = tuple(kind.columns[name] for name in kind.identity)
    found: Callable[..., Value] = ibis.udf.scalar.builtin(stand_in, name=name, signature=(types, "uint64"))
    return found
