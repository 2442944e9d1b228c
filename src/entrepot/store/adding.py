"""Adding a file: recognise, load as text, interpret, check, sort, publish. Bounded memory for any size."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from entrepot import sources
from entrepot.errors import ReadError, UsageError
from entrepot.model.provenance import Card, Request, Snapshot
from entrepot.store.complaints import working
from entrepot.store.engine import Staging
from entrepot.store.files import Files, explained
from entrepot.store.staging import Staged, stage


@dataclass(frozen=True)
class Added:
    """What became of one file."""

    card: Snapshot
    is_new: bool  # false: the same bytes were held already and nothing was done
    notes: tuple[str, ...] = ()  # what was asked and not done


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
    staging: Callable[[Path], Staging],
    *,
    now: datetime,
    source: str | None,
    published: date | None,
    complete: tuple[str, ...] = (),
    given: Mapping[str, str] | None = None,
    request: Request | None = None,
) -> Added:
    """Read one file into the store; `staging` is asked only once the file is known to be new and known.

    Nothing is stored unless all of it is. Raises ReadError (the file), StoreError (the store), UsageError
    (what is `given` is not asked for, or not what the file was read with when it was added before).
    """
    if source is not None:
        sources.card(source)
    sha256 = fingerprint(path)
    if (name := sha256[:16]) in files.held() and files.is_whole(name):
        known = _told_alike(files.card(name), given or {})
        return Added(known, is_new=False, notes=_told_otherwise(known, published))
    card, form, head = sources.recognise(path, source, given)
    card = form.card(head, card)
    day = published or form.published(head)
    with files.scratch() as scratch, explained(files.folder):
        with working(scratch):
            engine = staging(scratch)
        try:
            staged = stage(engine, form, head, scratch)
            with working(scratch):
                rejects, counts = staged.rejects(), staged.counts()
                _judge(card, path.name, staged, counts["rows"], rejects)
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
                    rejects=len(rejects),
                    missing=counts["missing"],
                    warnings=(
                        *_limits(card, counts["records"]),
                        *_undated(day),
                        *_told(head.given),
                        *form.warnings(head),
                    ),
                    kind=form.kind.name,
                    url=request.url if request else "",
                )
                axes = card.complete if form.complete is None else form.complete
                scopes = staged.scopes(complete or axes, request)
                staged.write(shot, scratch / "rows")
        finally:
            engine.close()
        is_new = files.publish(scratch / "rows", shot, scopes, rejects)
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


def _told_otherwise(card: Snapshot, published: date | None) -> tuple[str, ...]:
    """A date of publication that is not the one the file stands under."""
    if published in (None, card.published):
        return ()
    stands = f"{card.published}" + ("" if card.published_is_known else ", the day of adding")
    told = f"{published} is not taken: the file stands under {stands}."
    return (f"{told} A store keeps what it was given: add the file to a new one (--store).",)


def _limits(card: Card, records: int) -> tuple[str, ...]:
    if records not in card.row_limits:
        return ()
    limit = f"exactly {records:,} rows, the publisher's limit"
    return (f"{limit}: the file was probably cut off. Export it in smaller parts.",)


def _undated(day: date | None) -> tuple[str, ...]:
    if day is not None:
        return ()
    stand_in = "no publication date in the file; the day of adding stands in for it"
    return (f"{stand_in}. Give it with --published.",)


def _judge(card: Card, file: str, staged: Staged, rows: int, rejects: pa.Table) -> None:
    """Stop a file that is not what it looks like: nothing understood, too many rejects, impossible values."""
    total = rows + len(rejects)
    if total == 0:
        raise ReadError(file, "no row holds a value.", todo="Nothing was stored. Download it again.")
    if rows == 0 or len(rejects) > card.max_reject_share * total:
        raise _not_understood(file, total, rejects)
    low, high = staged.value_range()
    least, most = card.assertions.get("value_min"), card.assertions.get("value_max")
    if low is None or high is None or ((least is None or low >= least) and (most is None or high <= most)):
        return
    raise ReadError(
        file,
        f"values run from {low:,.0f} to {high:,.0f}, outside the bounds of the card ({least} to {most}).",
        column="value",
        todo="Check the units; if they are right, the bounds in card.toml are wrong.",
    )


def _not_understood(file: str, total: int, rejects: pa.Table) -> ReadError:
    first = rejects.slice(0, 1).to_pylist()[0]
    reasons = pc.value_counts(rejects["reason"]).to_pylist()[:3]
    most = "; ".join(f"{one['values']} ({one['counts']:,} rows)" for one in reasons)
    counted = f"{len(rejects):,} of {total:,} rows are not understood"
    return ReadError(
        file,
        f"{counted}: {most}; the first has {first['value']!r}.",
        row=first["row"],
        column=first["column"],
        todo="Nothing was stored. Check that the file is complete and of the source it looks like.",
    )
