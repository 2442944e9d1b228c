"""The terminal: options of every command, where answers go, progress, text made safe to print."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from entrepot.errors import UsageError

if TYPE_CHECKING:
    from entrepot.model.answer import Answer

FORMATS = ("table", "csv", "json", "parquet", "xlsx", "html")
out = Console(soft_wrap=False)
err = Console(stderr=True, soft_wrap=True)


@dataclass(frozen=True)
class Options:
    """The options every command takes, before or after its name."""

    store: str  # a folder, or an address of object storage
    as_of: str | None
    format: str | None
    output: Path | None
    engine: str


_GLOBAL = ("--store", "--as-of", "--format", "-f", "--output", "-o", "--engine")


def hoisted(words: Sequence[str]) -> list[str]:
    """The words with the options of every command in front, where Typer looks for them."""
    front: list[str] = []
    rest: list[str] = []
    left = iter(words)
    for word in left:
        if word == "--":
            return [*front, *rest, word, *left]
        if word in _GLOBAL:
            front += [word, *itertools.islice(left, 1)]
        else:
            (front if word.startswith(tuple(f"{name}=" for name in _GLOBAL)) else rest).append(word)
    return front + rest


def _form(options: Options) -> str:
    """The format asked for, or told by the name of the file to write."""
    return options.format or (options.output.suffix[1:].lower() if options.output else "table")


def check_format(options: Options) -> None:
    form = options.format or "table"
    if form not in FORMATS:
        raise UsageError(f"--format {form!r} is not known. Use one of: {', '.join(FORMATS)}.")
    if form in ("parquet", "xlsx") and options.output is None and sys.stdout.isatty():
        raise UsageError(f"{form} is not for the screen. Write it to a file: --output answer.{form}")


Show = Callable[["Answer", Console, Console], None]


def print_answer(answer: Answer, options: Options, show: Show | None = None) -> None:
    """Print or write an answer as asked; `show` puts it on a screen where a plain table would not do."""
    from entrepot.present import files, tables

    writers = files.WRITERS | {"html": _page}
    form = _form(options)
    if form == "table" and options.output is None:
        (show or tables.show)(answer, out, err)
        return
    _check_form(form, writers, options)
    if answer.whole is not None:
        _write_whole(answer, form, options.output)
        return
    content = writers[form](answer)
    if form == "csv":
        tables.rests_on(answer, err)
    if options.output is None:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    write(options.output, content)
    err.print(f"{len(answer.rows):,} rows written to {safe(options.output)}")


def check_target(options: Options) -> None:
    """Refuse a file that cannot be written, before anything is computed or goes on record."""
    from entrepot.present import files

    if options.output is None:
        return
    _check_form(_form(options), {*files.WRITERS, "html"}, options)
    if options.output.is_dir() or not options.output.parent.is_dir():
        raise UsageError(f"cannot write {options.output}: name a file in a folder that there is.")


def _check_form(form: str, known: Iterable[str], options: Options) -> None:
    if form not in (names := sorted(known)):
        raise UsageError(f"{options.output}: name it .{', .'.join(names)}, or say --format.")


def _page(answer: Answer) -> bytes:
    from entrepot.present.page import as_html

    return as_html(answer)


def _write_whole(answer: Answer, form: str, target: Path | None) -> None:
    """An answer too large for memory goes to a file as it is computed."""
    from entrepot.present import files

    writers = {"parquet": files.whole_parquet, "csv": files.whole_csv}
    if form not in writers or target is None:
        many = f"{answer.whole.rows:,} rows" if answer.whole else ""
        raise UsageError(f"{many} are too many for {form}. Write them to a file: --output answer.parquet")
    err.print(f"{writers[form](answer, target):,} rows written to {safe(target)}")


def write(target: Path, content: bytes) -> None:
    try:
        target.write_bytes(content)
    except OSError as error:
        raise UsageError(f"cannot write {target}: {error.strerror}.") from error


@contextmanager
def progress() -> Iterator[Callable[[Path, int], None]]:
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
    )

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err, transient=True) as progress:
        task = progress.add_task("reading", total=None)

        def advance(path: Path, total: int) -> None:
            done = progress.tasks[0].completed + (progress.tasks[0].total is not None)
            progress.update(task, total=total, completed=done, description=safe(path.name)[:40])

        yield advance


def safe(text: object) -> str:
    from rich.markup import escape

    return escape("".join(char if char.isprintable() else "?" for char in str(text)))
