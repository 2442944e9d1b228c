"""The application object, what every command takes, and how every command answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from entrepot.cli._terminal import FORMATS, Options, check_format, print_answer

if TYPE_CHECKING:
    from entrepot.model.answer import Answer
    from entrepot.store import Store

app = typer.Typer(
    name="entrepot",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Measures trade that reaches a country directly and by way of others, and says how sure it is.",
    epilog="Exit codes: 0 answered, 1 no data, 2 usage, 3 unread file, 4 store, 5 engine, 6 a claim differs, "
    "7 publisher.",
)


def example(words: str) -> str:
    also = "Every command also takes --store, --as-of, --format, --output, --engine: `entrepot --help`."
    return f"Example: `entrepot {words}`\n\n{also}"


@app.callback()
def _before(
    context: typer.Context,
    store: Annotated[
        str, typer.Option(envvar="ENTREPOT_STORE", help="Folder of the store, or s3://bucket/prefix.")
    ] = "entrepot-data",
    as_of: Annotated[
        str | None, typer.Option(metavar="DATE", help="Answer from what was published by then: 2022-09-30.")
    ] = None,
    format: Annotated[
        str | None, typer.Option("--format", "-f", metavar="|".join(FORMATS), help="How to print the answer.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write to this file instead of the screen.")
    ] = None,
    engine: Annotated[
        str,
        typer.Option(
            envvar="ENTREPOT_ENGINE",
            help="duckdb, spark, spark://host:port or sc://host:port (Spark Connect).",
        ),
    ] = "duckdb",
) -> None:
    context.obj = Options(store, as_of, format, output, engine)
    check_format(context.obj)


def answer(options: Options, ask: Callable[[Store, date | None], Answer]) -> None:
    print_answer(ask(opened(options), as_date(options.as_of)), options)


def opened(options: Options) -> Store:
    from entrepot.store import Store

    return Store(options.store, options.engine)


def store_folder(options: Options) -> Path:
    """The folder of the store, for what is kept beside it. Raises UsageError where it has none."""
    from entrepot.store.places import folder_of

    return folder_of(options.store)


def as_date(text: str | None) -> date | None:
    from entrepot.model.period import parse_date

    return parse_date(text) if text else None
