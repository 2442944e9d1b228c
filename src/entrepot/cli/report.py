"""Commands that write reports: report, demo."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from entrepot.cli._app import app, as_date, example, opened
from entrepot.cli._terminal import err, out, safe, write

USUAL = "overview"


@app.command(epilog=example("report --origin CHN --destination RUS -o report.html"))
def report(
    context: typer.Context,
    origin: Annotated[str, typer.Option(help="Where goods come from.")],
    destination: Annotated[str, typer.Option(help="Where they go.")],
    commodity: Annotated[
        str, typer.Option(help="HS codes, ranges, lists (@FILE: your own) or TOTAL.")
    ] = "TOTAL",
    via: Annotated[
        str, typer.Option(help="A country or a group between them; else chosen from what is held.")
    ] = "",
    base: Annotated[str, typer.Option(help="Period to compare with.")] = "",
    window: Annotated[str, typer.Option(help="Period asked about.")] = "",
    hub: Annotated[str, typer.Option(help="One country between them, for the page dossier.")] = "",
    good: Annotated[str, typer.Option(help="One code, or chapter, of the goods, for the page dossier.")] = "",
    country: Annotated[str, typer.Option(help="For the page country; else the destination.")] = "",
    claim: Annotated[str, typer.Option(help="One claim, for the page claim: publication/claim.")] = "",
    beside: Annotated[str, typer.Option(metavar="DATE", help="Another day, for the page posture.")] = "",
    pages: Annotated[str, typer.Option(help="Pages of the web page, or all.")] = USUAL,
) -> None:
    """Write a report on trade from one country to another: one HTML file with charts that opens offline."""
    from entrepot import __version__, reporting
    from entrepot.present.report import render
    from entrepot.present.sentences import name

    options = context.obj
    day, now = as_date(options.as_of), datetime.now(UTC)
    held = opened(options)
    asked = reporting.asked_for(
        origin=origin,
        destination=destination,
        commodity=commodity,
        via=via,
        base=base,
        window=window,
        hub=hub,
        good=good,
        country=country,
        claim=claim,
        beside=as_date(beside),
        as_of=day,
    )
    named = reporting.every_page(asked) if pages == "all" else [one.strip() for one in pages.split(",")]
    with err.status("reading the store") as status:
        sections = reporting.build_report(held, asked, named, status.update)
        title = f"Trade from {name(asked.origin)} to {name(asked.destination)}"
        invented = reporting.is_simulated(sections)
        page = render(title, sections, as_of=day, made=now, version=__version__, simulated=invented)
    target = options.output or Path("report.html")
    write(target, page.encode())
    err.print(f"Report: {safe(target)}")


@app.command(epilog=example("demo --to demo"))
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
