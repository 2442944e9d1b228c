"""Adding a file: recognise, load as text, interpret, check, sort, publish. Bounded memory for any size."""

from __future__ import annotations

import hashlib
import inspect
import lzma
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis
import pyarrow as pa
import pyarrow.compute as pc

from entrepot import sources
from entrepot.errors import ReadError, StoreError, UsageError
from entrepot.model.flow import BREAKDOWN, CELL, COLUMNS, MEASURED
from entrepot.model.provenance import Card, Snapshot
from entrepot.sources._canonical import REJECT
from entrepot.sources._format import Raw
from entrepot.sources._load import check_text, load_csv
from entrepot.store.engine import DuckDB
from entrepot.store.files import OUTSIDE_HS, Files, explained

if TYPE_CHECKING:
    from ibis.expr.types import Table

SORT = ("flow", "year", "commodity", "reporter", "partner", "period")
ROW_GROUP = 122_880
_FULL = re.compile(r"No space left|too large|[Qq]uota|[Rr]ead-only|[Cc]ould not write|failed to offload")
_STAGED = {k: v for k, v in COLUMNS.items() if k not in ("source", "snapshot")} | dict.fromkeys(
    REJECT, "string"
)


@dataclass(frozen=True)
class Added:
    """What became of one file."""

    card: Snapshot
    is_new: bool  # false: the same bytes were held already and nothing was done


def fingerprint(path: Path, progress: Callable[[int], None] = lambda done: None) -> str:
    """sha256 of a file's bytes, read in pieces."""
    digest = hashlib.sha256()
    _check_name(path)
    try:
        with path.open("rb") as file:
            while piece := file.read(1 << 20):
                digest.update(piece)
                progress(len(piece))
    except OSError as error:
        raise ReadError(path.name, f"cannot be read: {error.strerror}.", todo="Check the path.") from error
    return digest.hexdigest()


def _check_name(path: Path) -> None:
    """The file's name is written into the store, and its path handed to libraries that take UTF-8 only."""
    text = str(path.absolute())
    if "\x00" in text or text != text.encode(errors="replace").decode():
        raise ReadError(ascii(path.name), "its path is not text in UTF-8.", todo="Rename it.")


def add(
    files: Files,
    path: Path,
    *,
    now: datetime,
    source: str | None,
    published: date | None,
    complete: tuple[str, ...] = (),
    given: Mapping[str, str] | None = None,
) -> Added:
    """Read one file into the store.

    Nothing is stored unless all of it is. Raises ReadError (the file), StoreError (the store), UsageError
    (what is `given` is not asked for, or not what the file was read with when it was added before).
    """
    if source is not None:
        sources.card(source)
    sha256 = fingerprint(path)
    if (name := sha256[:16]) in files.held() and files.is_whole(name):
        return Added(_told_alike(files.card(name), given or {}), is_new=False)
    card, form, head = sources.recognise(path, source, given)
    card = form.card(head, card)
    day = published or form.published(head)
    with files.scratch() as scratch, explained(files.folder):
        with _working(scratch):
            engine = DuckDB(scratch, str(scratch / "staging.duckdb"))
        try:
            staged = _stage(engine, form, head, scratch)
            counts = _count(engine, staged)
            shot = Snapshot(
                snapshot=name,
                sha256=sha256,
                source=card.name,
                format=form.name,
                file=path.name,
                size_bytes=path.stat().st_size,
                published=day or now.date(),
                published_is_known=day is not None,
                retrieved=now,
                publisher=card.publisher,
                licence=card.licence,
                citation=card.citation,
                rank=card.rank,
                rows=counts["rows"],
                rejects=counts["rejects"],
                missing=counts["missing"],
            )
            understood = _without_doubles(engine, staged, path.name)
            rejects = engine.run(_rejects(staged, understood))
            shot = replace(
                shot,
                rejects=len(rejects),
                rows=_rows(engine, understood),
                warnings=_warnings(engine, card, staged, shot, day) + _told(head.given) + form.warnings(head),
            )
            _judge(engine, card, understood, rejects, shot)
            axes = card.complete if form.complete is None else form.complete
            scopes = _scopes(engine, staged, complete or axes)
            flows = _write(engine, understood, shot, scratch)
        finally:
            engine.close()
        is_new = files.publish(flows, shot, scopes, rejects)
    return Added(shot, is_new)


def _told(given: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(
        f"{name} {value}: the user's word; the file does not say." for name, value in sorted(given.items())
    )


def _told_alike(card: Snapshot, given: Mapping[str, str]) -> Snapshot:
    """The card of a file held already. Raises UsageError if it was read without what is now `given`."""
    if set(_told(given)) <= set(card.warnings):
        return card
    said = ", ".join(f"{name} {value}" for name, value in sorted(given.items()))
    raise UsageError(
        f"{card.file} is in the store already, read without {said}. A store keeps what it was given: "
        "add the file to a new one (--store)."
    )


def _stage(engine: DuckDB, form: sources.Format, head: sources.Head, scratch: Path) -> Table:
    """The whole file, interpreted, as a table on disk: every row with its reject reason or null."""
    raw = _loaded(form, head, scratch)
    form.check_columns(raw, head.path.name)
    columns = dict.fromkeys((*raw.columns,), "string") | {"row": "int64"}
    text = ibis.table(columns, name="raw")
    absent = {name: ibis.null("string") for name in form.optional - set(raw.columns)}
    expr = form.interpret(text.mutate(**absent) if absent else text, head)
    with _working(scratch, head.path):
        engine.register_raw("raw", raw)
        engine.relation(expr.select(*_STAGED)).create("staged")
    return ibis.table(_STAGED, name="staged")


def _loaded(form: sources.Format, head: sources.Head, scratch: Path) -> Raw:
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


@contextmanager
def _working(scratch: Path, file: Path | None = None) -> Iterator[None]:
    """Turn what the engine says while it works on a file into the file's error, or the store's."""
    import duckdb

    try:
        yield
    except (
        duckdb.DataError,
        duckdb.OperationalError,
        duckdb.NotSupportedError,
        duckdb.InvalidInputException,
        duckdb.FatalException,
    ) as error:
        message = str(error).partition("\n")[0]
        ours = (
            isinstance(error, duckdb.OutOfMemoryException) or _FULL.search(message) or str(scratch) in message
        )
        if file is None or ours:
            raise StoreError(
                f"cannot work in {scratch.parent.parent}: {message} The store is as it was before. "
                "Free space there, or name another place with --store."
            ) from error
        raise _read_error(str(error), file) from error


def _read_error(message: str, file: Path) -> ReadError:
    """DuckDB's complaint of a file as ours: row and cause in one line."""
    row = re.search(r"(?:Line|line)(?: number)?:? (\d+)", message)
    said = (
        message.replace(str(file), file.name).removeprefix("IO Error: ").removeprefix("Invalid Input Error: ")
    )
    if found := re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", said):
        cause = f"{found[2]} cells where the header has {found[1]}: cut off, or a delimiter inside a cell."
    elif "Maximum line size" in said:
        cause = "a line too long for a table."
    elif "unterminated quote" in said:
        cause = "a quote that is opened and not closed, or closed inside a cell."
    elif "unicode" in said:
        cause = "bytes that are not UTF-8."
    elif "Parallel CSV Reader" in said:
        cause = "a line too long for a table."
    elif "state machine" in said:
        cause = "ends of lines of two kinds, or a quote out of place."
    else:
        cause = said.strip().partition("\n")[0].rstrip(".") + "."
    return ReadError(
        file.name, cause, row=int(row[1]) if row else None, todo="Nothing of this file was stored."
    )


def _measured(table: Table) -> Any:
    return ibis.or_(*(table[name].notnull() for name in MEASURED))


def _count(engine: DuckDB, staged: Table) -> dict[str, int]:
    good = staged.reject_reason.isnull()
    row = engine.run(
        staged.agg(
            rows=(good & _measured(staged)).sum().fill_null(0),
            rejects=(~good).sum().fill_null(0),
            missing=(good & ~_measured(staged)).sum().fill_null(0),
        )
    ).to_pylist()[0]
    return {name: int(value) for name, value in row.items()}


_IDENTITY = (*CELL, "hs_revision", *BREAKDOWN)


def _without_doubles(engine: DuckDB, staged: Table, file: str) -> Table:
    """Understood rows with a value. A cell given twice alike counts once; given twice unlike, neither is believed."""
    good = staged.filter(staged.reject_reason.isnull(), _measured(staged))
    key = good.select(key=_hash(*(good[name] for name in _IDENTITY)))
    seen = engine.run(key.agg(rows=key.count(), cells=key.key.nunique())).to_pylist()[0]
    if seen["rows"] == seen["cells"]:
        return good
    cell = ibis.window(group_by=[good[name] for name in _IDENTITY], order_by=good.row)
    whole = ibis.window(group_by=[good[name] for name in _IDENTITY])
    alike = ibis.and_(*(good[name].nunique().over(whole) <= 1 for name in MEASURED))
    marked = good.mutate(nth=ibis.row_number().over(cell), doubled=~alike)
    engine.relation(marked).create("marked")
    return ibis.table(_STAGED | {"nth": "int64", "doubled": "boolean"}, name="marked")


def _builtin_hash() -> Callable[..., Any]:
    """DuckDB's own `hash(...)` over the columns of a cell's identity."""

    def stand_in(*args: Any) -> None: ...

    stand_in.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD) for name in _IDENTITY]
    )
    types = tuple(COLUMNS[name] for name in _IDENTITY)
    found: Callable[..., Any] = ibis.udf.scalar.builtin(stand_in, name="hash", signature=(types, "uint64"))
    return found


_hash = _builtin_hash()


def _kept(understood: Table) -> Table:
    if "nth" not in understood.columns:
        return understood
    return understood.filter(understood.nth == 0, ~understood.doubled)


def _rejects(staged: Table, understood: Table) -> Table:
    bad = staged.filter(staged.reject_reason.notnull())
    found = bad.select(
        row=bad.row, column=bad.reject_column, value=bad.reject_value, reason=bad.reject_reason
    )
    if "nth" in understood.columns:
        twice = understood.filter(understood.doubled)
        cell = twice.reporter + " " + twice.partner + " " + twice.flow + " " + twice.period.cast("string")
        found = found.union(
            twice.select(
                row=twice.row,
                column=ibis.literal("value"),
                value=twice.value.cast("string"),
                reason=ibis.literal("the same cell twice with different values: ")
                + cell
                + " "
                + twice.commodity,
            )
        )
    return found.order_by("row")


def _rows(engine: DuckDB, understood: Table) -> int:
    kept = _kept(understood)
    return int(engine.run(kept.agg(n=kept.count()))["n"][0].as_py())


def _warnings(engine: DuckDB, card: Card, staged: Table, shot: Snapshot, day: date | None) -> tuple[str, ...]:
    found = []
    last = engine.run(staged.agg(first=staged.row.min(), last=staged.row.max())).to_pylist()[0]
    records = 0 if last["last"] is None else last["last"] - last["first"] + 1
    if records in card.row_limits:
        found.append(
            f"exactly {records:,} rows, the publisher's limit: the file was probably cut off. Export it in smaller parts."
        )
    if day is None:
        found.append(
            "no publication date in the file; the day of adding stands in for it. Give it with --published."
        )
    return tuple(found)


def _judge(engine: DuckDB, card: Card, understood: Table, rejects: pa.Table, shot: Snapshot) -> None:
    """Stop a file that is not what it looks like: nothing understood, too many rejects, impossible values."""
    total = shot.rows + len(rejects)
    if shot.rows == 0 or len(rejects) > card.max_reject_share * total:
        if total == 0:
            raise ReadError(shot.file, "no row holds a value.", todo="Nothing was stored. Download it again.")
        reasons = pc.value_counts(rejects["reason"]).to_pylist() if len(rejects) else []
        first = (
            rejects.slice(0, 1).to_pylist()[0]
            if len(rejects)
            else {"row": None, "column": None, "value": None}
        )
        most = (
            "; ".join(f"{r['values']} ({r['counts']:,} rows)" for r in reasons[:3]) or "no row holds a value"
        )
        raise ReadError(
            shot.file,
            f"{len(rejects):,} of {total:,} rows are not understood: {most}; the first has {first['value']!r}.",
            row=first["row"],
            column=first["column"],
            todo="Nothing was stored. Check that the file is complete and of the source it looks like.",
        )
    kept = _kept(understood)
    seen = engine.run(kept.agg(low=kept.value.min(), high=kept.value.max())).to_pylist()[0]
    low, high = card.assertions.get("value_min"), card.assertions.get("value_max")
    if (low is not None and seen["low"] is not None and seen["low"] < low) or (
        high is not None and seen["high"] is not None and seen["high"] > high
    ):
        raise ReadError(
            shot.file,
            f"values run from {seen['low']:,.0f} to {seen['high']:,.0f}, outside the card's bounds {low} to {high}.",
            column="value",
            todo="Check the units; if they are right, the bounds in card.toml are wrong.",
        )


def _scopes(engine: DuckDB, staged: Table, complete: tuple[str, ...]) -> pa.Table:
    """The blocks a file speaks for, cells marked as missing included."""
    good = staged.filter(staged.reject_reason.isnull())
    key = ["reporter", "flow", "frequency", "partner_basis", "currency", "hs_revision", "breakdown"]
    blocks = good.group_by(key).agg(
        periods=good.period.collect(distinct=True),
        partners=_axis(good.partner, "partner" in complete),
        commodities=_axis(good.commodity, "commodity" in complete),
        digits=good.digits.fill_null(OUTSIDE_HS).collect(distinct=True),
    )
    return engine.run(blocks)


def _axis(values: Any, complete: bool) -> Any:
    return ibis.null("array<string>") if complete else values.collect(distinct=True)


def _write(engine: DuckDB, understood: Table, shot: Snapshot, scratch: Path) -> Path:
    kept = _kept(understood)
    named = kept.mutate(source=ibis.literal(shot.source), snapshot=ibis.literal(shot.snapshot))
    order = [kept.period.year() if name == "year" else kept[name] for name in SORT]
    target = scratch / "flows"
    engine.write(named.order_by(order).select(*COLUMNS), target, ROW_GROUP)
    return target
