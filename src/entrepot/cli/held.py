"""Commands on what the store holds: add, status, rejects, sources."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from entrepot.cli._app import answer, app, as_date, example, opened
from entrepot.cli._terminal import err, out, print_answer, progress, safe
from entrepot.errors import EntrepotError, UsageError


@app.command(epilog=example("add exports/*.csv --published 2023-02-07"))
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
    held = opened(options)
    facts = dict(_fact(pair) for pair in given or ())
    vintage = as_date(published)
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

        cards = [{**one.card.to_json(), "is_new": one.is_new, "notes": list(one.notes)} for one in results]
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
        for note in added.notes:  # type: ignore[attr-defined]
            err.print(f"  [yellow]note[/yellow] {safe(note)}")
        return
    parts = [f"{card.rows:,} rows"]
    parts += [f"{card.missing:,} cells not available"] if card.missing else []
    parts += [f"[yellow]{card.rejects:,} rows set aside (entrepot rejects)[/yellow]"] if card.rejects else []
    err.print(f"[green]added[/green] {safe(card.file)}: {card.source}, {card.format}: {', '.join(parts)}")
    for warning in card.warnings:
        err.print(f"  [yellow]note[/yellow] {safe(warning)}")


@app.command(epilog=example("status --as-of 2022-09-30"))
def status(context: typer.Context) -> None:
    """Who reports what, which months, at which level, how fresh, and who fell silent."""
    from entrepot import answers

    answer(context.obj, lambda held, day: answers.status(held, as_of=day))


@app.command(epilog=example("calendar --reporter CHN --period 2022:2023 --by month"))
def calendar(
    context: typer.Context,
    reporter: Annotated[str, typer.Option(help="Codes or names, comma-separated; none: all.")] = "",
    flow: Annotated[str, typer.Option(help="import, export, re-export, ...; none: all.")] = "",
    commodity: Annotated[str, typer.Option(help="Only these goods; none: any.")] = "",
    period: Annotated[str, typer.Option(help="2021, 2021-03, 2021:2022 or 2021-03:2021-11.")] = "",
    by: Annotated[str, typer.Option(help="month (monthly figures) or year.")] = "month",
) -> None:
    """Month by month what is held, estimated, imputed, printed in texts, held in part, missing."""
    from entrepot import answers

    asked = {"reporter": reporter, "flow": flow, "commodity": commodity, "period": period, "by": by}
    answer(context.obj, lambda held, day: answers.calendar(held, as_of=day, **asked))


@app.command(epilog=example("rejects --snapshot a003e83f7428da5b --format csv"))
def rejects(
    context: typer.Context,
    snapshot: Annotated[
        str | None, typer.Option(help="Only this snapshot (its name or its file's name).")
    ] = None,
) -> None:
    """Rows that were not understood: file, row, column, value, reason."""
    from entrepot import answers

    answer(context.obj, lambda held, day: answers.rejects(held, snapshot=snapshot, as_of=day))


@app.command(epilog=example("sources --format json"))
def sources(context: typer.Context) -> None:
    """The publishers whose files can be read, or fetched and kept, with licence, units and limits."""
    import pyarrow as pa

    from entrepot import sources as known
    from entrepot.model.answer import Answer

    cards = [known.card(name) for name in known.names()]
    fields = ("name", "publisher", "licence", "passing_on", "units", "valuation", "partner_basis", "url")
    rows = pa.table({field: [getattr(card, field) for card in cards] for field in fields})
    print_answer(Answer({"command": "sources"}, rows), context.obj)


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
