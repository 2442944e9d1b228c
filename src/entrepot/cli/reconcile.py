"""The command that brings both sides of trade together: reconcile."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from entrepot.cli._app import answer, app, example

if TYPE_CHECKING:
    from entrepot.model.answer import Answer
    from entrepot.store import Store


@app.command(epilog=example("reconcile --period 2022 --base 2018:2021 --exporter CHN --importer KGZ,KAZ"))
def reconcile(
    context: typer.Context,
    period: Annotated[str, typer.Option(help="2021, 2021-03, 2021:2022 or 2021-03:2021-11.")],
    commodity: Annotated[str, typer.Option(help="HS codes, ranges, lists or TOTAL (the default).")] = "",
    digits: Annotated[
        int | None, typer.Option(help="All codes of this level, 2, 4, 6 ..., in place of --commodity.")
    ] = None,
    exporter: Annotated[str, typer.Option(help="Only these exporters; all by default.")] = "",
    importer: Annotated[str, typer.Option(help="Only these importers; all by default.")] = "",
    base: Annotated[
        str, typer.Option(help="Before the event: the period reliability is estimated from, 2018:2020.")
    ] = "",
    margin: Annotated[
        str, typer.Option(help="What CIF adds to FOB: fitted, a share of FOB such as 0.06, or none.")
    ] = "fitted",
) -> None:
    """What exporters and importers say of the same trade, and the value both come to."""
    from entrepot import answers

    def ask(held: Store, day: date | None) -> Answer:
        return answers.reconcile(
            held,
            period=period,
            commodity=commodity,
            digits=digits,
            exporter=exporter,
            importer=importer,
            base=base,
            margin=margin,
            as_of=day,
        )

    answer(context.obj, ask)
