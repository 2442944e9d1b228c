"""The command on trade over any number of countries: chain."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from entrepot.cli._app import answer, app, example

if TYPE_CHECKING:
    from entrepot.model.answer import Answer
    from entrepot.store import Store


@app.command(
    epilog=example("chain --origin DEU --destination RUS --commodity 8703 --base 2021 --window 2022")
)
def chain(
    context: typer.Context,
    origin: Annotated[str, typer.Option(help="Where goods come from; several, or a group, are one.")],
    destination: Annotated[str, typer.Option(help="Where they end.")],
    window: Annotated[str, typer.Option(help="Asked about: 2022, 2022-03, 2022-03:2022-11.")],
    base: Annotated[str, typer.Option(help="Before the event, to compare with; excess is beyond it.")] = "",
    commodity: Annotated[
        str, typer.Option(help="HS codes, ranges, lists (@FILE: your own) or TOTAL.")
    ] = "TOTAL",
    hops: Annotated[
        int | None, typer.Option(help="At most so many countries between; any number if unset.")
    ] = None,
    production: Annotated[
        str, typer.Option(help="What hubs make: least (exports beyond imports) or exports (all they export).")
    ] = "least",
    margin: Annotated[
        str, typer.Option(help="What CIF adds to FOB: fitted, a share of FOB such as 0.06, or none.")
    ] = "fitted",
) -> None:
    """How much of one country's goods reaches another, directly and through others, by four methods."""
    from entrepot import answers

    def ask(held: Store, day: date | None) -> Answer:
        return answers.chain(
            held,
            origin=origin,
            destination=destination,
            window=window,
            base=base,
            commodity=commodity,
            hops=hops,
            production=production,
            margin=margin,
            as_of=day,
        )

    answer(context.obj, ask)
