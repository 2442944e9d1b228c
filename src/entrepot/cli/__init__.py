"""The command line composes: it reads the clock, opens the store, asks `answers`, hands on to `present`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from entrepot.cli._terminal import (
    FORMATS,
    Options,
    check_format,
    err,
    hoisted,
    out,
    print_answer,
    progress,
    safe,
    write,
)
from entrepot.errors import EntrepotError, NoDataError, StoreError, UsageError

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
    epilog="Exit codes: 0 answered, 1 no data, 2 bad usage, 3 unreadable file, 4 store, 5 engine.",
)


def _example(words: str) -> str:
    also = "Every command also takes --store, --as-of, --format, --output, --engine: `entrepot --help`."
    return f"Example: `entrepot {words}`\n\n{also}"


@app.callback()
def _before(
    context: typer.Context,
    store: Annotated[
        Path, typer.Option(envvar="ENTREPOT_STORE", help="Folder of the store.", show_default=True)
    ] = Path("entrepot-data"),
    as_of: Annotated[
        str | None, typer.Option(metavar="DATE", help="Answer from what was published by then: 2022-09-30.")
    ] = None,
    format: Annotated[
        str | None, typer.Option("--format", "-f", metavar="|".join(FORMATS), help="How to print the answer.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write to this file instead of the screen.")
    ] = None,
    engine: Annotated[str, typer.Option(envvar="ENTREPOT_ENGINE", help="duckdb or spark.")] = "duckdb",
) -> None:
    context.obj = Options(store, as_of, format, output, engine)
    check_format(context.obj)


@app.command(epilog=_example("add exports/*.csv --published 2023-02-07"))
def add(
    context: typer.Context,
    files: Annotated[
        list[Path], typer.Argument(help="Files of official statistics; the publisher is recognised.")
    ],
    source: Annotated[str | None, typer.Option(help="Name the source instead of recognising it.")] = None,
    published: Annotated[
        str | None, typer.Option(metavar="DATE", help="Publication date, if the file has none.")
    ] = None,
    given: Annotated[
        list[str] | None,
        typer.Option("--given", metavar="NAME=VALUE", help="A fact the file leaves out: flow=export."),
    ] = None,
    complete: Annotated[
        list[str] | None,
        typer.Option(help="The file covers all of: partner, commodity. Rows it lacks are withdrawn."),
    ] = None,
) -> None:
    """Read files of official statistics into the store. Each is stored whole or not at all."""
    options = context.obj
    held = _open(options)
    facts = dict(_fact(pair) for pair in given or ())
    vintage = _date(published)
    results, failed = [], []
    with progress() as advance:
        for path in files:
            advance(path, len(files))
            try:
                added = held.add(
                    path,
                    now=datetime.now(UTC),
                    source=source,
                    published=vintage,
                    complete=_axes(complete),
                    given=facts,
                )
            except EntrepotError as error:
                if error.exit_code == UsageError.exit_code or len(files) == 1:
                    raise
                failed.append(error)
                err.print(f"[red]not added[/red] {safe(error)}")
            else:
                results.append(added)
                _tell(added)
    if options.format == "json":
        import json

        cards = [{**one.card.to_json(), "is_new": one.is_new} for one in results]
        out.file.write(
            json.dumps({"added": cards, "failed": [str(e) for e in failed]}, ensure_ascii=False, indent=1)
            + "\n"
        )
    if failed:
        err.print(f"{len(failed)} of {len(files)} files were not added.")
        raise typer.Exit(failed[0].exit_code)


def _tell(added: object) -> None:
    card, is_new = added.card, added.is_new  # type: ignore[attr-defined]
    if not is_new:
        err.print(f"[dim]already held[/dim] {safe(card.file)} (published {card.published}): nothing to do")
        return
    parts = [f"{card.rows:,} rows"]
    parts += [f"{card.missing:,} cells not available"] if card.missing else []
    parts += [f"[yellow]{card.rejects:,} rows set aside (entrepot rejects)[/yellow]"] if card.rejects else []
    err.print(f"[green]added[/green] {safe(card.file)}: {card.source}, {card.format}: {', '.join(parts)}")
    for warning in card.warnings:
        err.print(f"  [yellow]note[/yellow] {safe(warning)}")


@app.command(epilog=_example("status --as-of 2022-09-30"))
def status(context: typer.Context) -> None:
    """Who reports what, which months, at which level, how fresh, and who fell silent."""
    from entrepot import answers

    _answer(context.obj, lambda held, day: answers.status(held, as_of=day))


@app.command(epilog=_example("rejects --snapshot a003e83f7428da5b --format csv"))
def rejects(
    context: typer.Context,
    snapshot: Annotated[
        str | None, typer.Option(help="Only this snapshot (its name or its file's name).")
    ] = None,
) -> None:
    """Rows that were not understood: file, row, column, value, reason."""
    from entrepot import answers

    _answer(context.obj, lambda held, day: answers.rejects(held, snapshot=snapshot, as_of=day))


@app.command(epilog=_example("flows --reporter CHN --partner RUS --flow export --commodity 8703 --by month"))
def flows(
    context: typer.Context,
    reporter: Annotated[
        str, typer.Option(help="Who reports: codes or names, comma-separated; groups such as EU27.")
    ],
    partner: Annotated[str, typer.Option(help="With whom: likewise; WLD for all.")],
    flow: Annotated[str, typer.Option(help="import, export, re-export, re-import, ...")] = "export",
    commodity: Annotated[
        str, typer.Option(help="HS codes, ranges (8701-8705), lists (chpl, chpl:1, eu-cn8) or TOTAL.")
    ] = "TOTAL",
    period: Annotated[str | None, typer.Option(help="2021, 2021-03, 2021:2022 or 2021-03:2021-11.")] = None,
    by: Annotated[str, typer.Option(help="month or year, then commodity, reporter, partner.")] = "month",
    currency: Annotated[
        str | None, typer.Option(help="USD, EUR, ...; figures are never converted or mixed.")
    ] = None,
) -> None:
    """What reporters say they traded with partners, period by period."""
    from entrepot import answers

    def ask(held: Store, day: date | None) -> Answer:
        return answers.flows(
            held,
            reporter=reporter,
            partner=partner,
            flow=flow,
            commodity=commodity,
            period=period,
            by=by,
            currency=currency and currency.upper(),
            as_of=day,
        )

    _answer(context.obj, ask)


@app.command(
    epilog=_example(
        "direct --origin CHN --destination RUS --commodity chpl --base 2021 --window 2023 --control WLD"
    )
)
def direct(
    context: typer.Context,
    origin: Annotated[str, typer.Option(help="Where goods come from.")],
    destination: Annotated[str, typer.Option(help="Where they go; several are also shown together.")],
    base: Annotated[str, typer.Option(help="Period to compare with.")],
    window: Annotated[
        str, typer.Option(help="Period asked about; part of a year is held against the same months.")
    ],
    commodity: Annotated[str, typer.Option(help="HS codes, ranges, lists or TOTAL.")] = "TOTAL",
    control: Annotated[
        str, typer.Option(help="Destinations to show beside it; with WLD also the shares of the world.")
    ] = "",
    flow: Annotated[
        str, typer.Option(help="export (origin reports) or import (destination reports).")
    ] = "export",
    currency: Annotated[str | None, typer.Option(help="USD, EUR, ...")] = None,
) -> None:
    """How trade changed from a base period to a window, with controls beside it."""
    from entrepot import answers

    def ask(held: Store, day: date | None) -> Answer:
        return answers.direct(
            held,
            origin=origin,
            destination=destination,
            commodity=commodity,
            base=base,
            window=window,
            control=control,
            flow=flow,
            currency=currency and currency.upper(),
            as_of=day,
        )

    _answer(context.obj, ask)


@app.command(epilog=_example("report --origin CHN --destination RUS -o report.html"))
def report(
    context: typer.Context,
    origin: Annotated[str, typer.Option(help="Where goods come from.")],
    destination: Annotated[str, typer.Option(help="Where they go.")],
    commodity: Annotated[str, typer.Option(help="HS codes, ranges, lists or TOTAL.")] = "TOTAL",
    via: Annotated[
        str, typer.Option(help="A country or a group between them; else chosen from what is held.")
    ] = "",
    base: Annotated[str, typer.Option(help="Period to compare with.")] = "",
    window: Annotated[str, typer.Option(help="Period asked about.")] = "",
) -> None:
    """Write a report on trade from one country to another: one HTML file with charts that opens offline."""
    from entrepot import __version__, reporting
    from entrepot.present.report import render

    options = context.obj
    day, now = _date(options.as_of), datetime.now(UTC)
    held = _open(options)
    with err.status("reading the store, drawing the charts"):
        sections = reporting.build_report(
            held, origin, destination, commodity, via=via, base=base, window=window, as_of=day
        )
        title = f"Trade from {origin} to {destination}"
        invented = reporting.is_simulated(sections)
        page = render(title, sections, as_of=day, made=now, version=__version__, simulated=invented)
    target = options.output or Path("report.html")
    write(target, page.encode())
    err.print(f"Report: {safe(target)}")


@app.command(epilog=_example("demo --to demo"))
def demo(
    context: typer.Context,
    to: Annotated[Path, typer.Option(help="Folder for the store and the report.")] = Path("demo"),
) -> None:
    """Answer two real questions from the figures inside the package: a store and a report to look at."""
    from entrepot import reporting

    with err.status("building a store from the figures inside the package"):
        found = reporting.demo(to, datetime.now(UTC))
    for line in found.lines:
        out.print(safe(line), highlight=False)
    out.print(f"\nReport: {safe(found.report)}", highlight=False)
    out.print(
        f"Store:  {safe(found.store)}   (try: entrepot --store {safe(found.store)} status)", highlight=False
    )


@app.command(epilog=_example("sources --format json"))
def sources(context: typer.Context) -> None:
    """The publishers whose files can be read, with licence, units and limits."""
    import pyarrow as pa

    from entrepot import sources as known
    from entrepot.model.answer import Answer

    cards = [known.card(name) for name in known.names()]
    fields = ("name", "publisher", "licence", "units", "valuation", "partner_basis", "url")
    rows = pa.table({field: [getattr(card, field) for card in cards] for field in fields})
    print_answer(Answer({"command": "sources"}, rows), context.obj)


def _answer(options: Options, ask: Callable[[Store, date | None], Answer]) -> None:
    print_answer(ask(_open(options), _date(options.as_of)), options)


def _open(options: Options) -> Store:
    from entrepot.store import Store

    return Store(options.store, options.engine)


def _date(text: str | None) -> date | None:
    from entrepot.model.period import parse_date

    return parse_date(text) if text else None


def _axes(names: list[str] | None) -> tuple[str, ...]:
    for name in names or ():
        if name not in ("partner", "commodity"):
            raise UsageError(f"--complete {name!r} is not known. Use partner or commodity.")
    return tuple(names or ())


def _fact(pair: str) -> tuple[str, str]:
    name, sign, value = pair.partition("=")
    if not (sign and name.strip() and value.strip()):
        raise UsageError(f"--given {pair!r} is not NAME=VALUE, e.g. flow=export.")
    return name.strip(), value.strip()


def main(words: list[str] | None = None) -> None:
    """Run the command line, of the process or of `words`; errors become one line and an exit code."""
    try:
        app(hoisted(sys.argv[1:] if words is None else words))
    except (Exception, KeyboardInterrupt) as error:
        if os.environ.get("ENTREPOT_DEBUG"):
            raise
        told, code = _told(error)
        if told:
            err.print(told)
        raise SystemExit(code) from None


def _told(error: BaseException) -> tuple[str, int]:
    """What to say of an error, and the exit code it leaves."""
    match error:
        case NoDataError():
            return f"[yellow]no data[/yellow] {safe(error)}", error.exit_code
        case EntrepotError():
            return f"[red]error[/red] {safe(error)}", error.exit_code
        case BrokenPipeError():
            return "", 0
        case OSError():
            return f"[red]error[/red] cannot write: {safe(error.strerror or error)}", StoreError.exit_code
        case KeyboardInterrupt():
            return "stopped; the store is as it was", 130
        case _:
            first = f"{type(error).__name__}: {error}".partition("\n")[0]
            debug = "Please report it; ENTREPOT_DEBUG=1 shows where."
            return f"[red]a defect of entrepot[/red] {safe(first)}. {debug}", EntrepotError.exit_code
