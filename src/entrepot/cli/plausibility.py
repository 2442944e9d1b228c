"""Commands on whether a figure is plausible: plausibility."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from entrepot.cli._app import answer, app, example

if TYPE_CHECKING:
    from entrepot.model.answer import Answer
    from entrepot.store import Store


@app.command(epilog=example("plausibility --origin CHN --destination KGZ --commodity 87 --period 2023"))
def plausibility(
    context: typer.Context,
    origin: Annotated[str, typer.Option(help="Where goods come from.")],
    destination: Annotated[str, typer.Option(help="Where they go.")],
    period: Annotated[str, typer.Option(help="Whole years: 2023, or 2021:2023.")],
    commodity: Annotated[
        str, typer.Option(help="HS codes, ranges, lists (@FILE: your own) or TOTAL.")
    ] = "TOTAL",
    flow: Annotated[
        str, typer.Option(help="export (origin reports) or import (destination reports).")
    ] = "export",
    made: Annotated[
        str | None,
        typer.Option(
            metavar="FACT", help="Yearly fact in dollars: what the destination makes of these goods."
        ),
    ] = None,
    others: Annotated[
        str, typer.Option(help="Goods nobody restricted, to hold beside: codes as for --commodity.")
    ] = "",
) -> None:
    """Trade against the destination's GDP and people, its past, other countries and what it keeps."""
    from entrepot import answers

    def ask(held: Store, day: date | None) -> Answer:
        return answers.plausibility(
            held,
            origin=origin,
            destination=destination,
            period=period,
            commodity=commodity,
            flow=flow,
            made=made,
            others=others,
            as_of=day,
        )

    answer(context.obj, ask)
