"""Commands on rerouted trade: diversion."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from entrepot.cli._app import answer, app, example

if TYPE_CHECKING:
    from entrepot.model.answer import Answer
    from entrepot.store import Store


@app.command(
    epilog=example(
        "diversion --origin EU27 --destination RUS --commodity eu-cn8 --base 2020-01:2022-01"
        " --window 2022-03:2022-11 --via KGZ"
    )
)
def diversion(
    context: typer.Context,
    origin: Annotated[str, typer.Option(help="Where goods come from.")],
    destination: Annotated[str, typer.Option(help="Where they may go in the end.")],
    base: Annotated[str, typer.Option(help="Period to learn from what was to be expected.")],
    window: Annotated[str, typer.Option(help="Period asked about.")],
    commodity: Annotated[
        str, typer.Option(help="HS codes, ranges, lists (@FILE: your own) or TOTAL.")
    ] = "TOTAL",
    via: Annotated[str, typer.Option(help="Hubs to ask about; all partners if not told.")] = "",
    near: Annotated[
        str,
        typer.Option(help="Who may be a hub; all others show how far expectations miss. Else neighbours."),
    ] = "",
    others: Annotated[
        str, typer.Option(help="Goods nobody restricted, to see a hub grow; all others held if not told.")
    ] = "",
    model: Annotated[
        str,
        typer.Option(metavar="trend|donors|gravity", help="What was to be expected; donors where it can."),
    ] = "",
    margin: Annotated[float, typer.Option(help="From FOB to CIF.")] = 0.06,
    by: Annotated[
        str, typer.Option(metavar="hub|product|chapter|cell", help="One row per hub, product or both.")
    ] = "hub",
    hub: Annotated[str, typer.Option(help="One hub, with what it was held against.")] = "",
    good: Annotated[str, typer.Option(help="With --hub: one code, or chapter, of the goods.")] = "",
    currency: Annotated[str, typer.Option(help="USD or EUR.")] = "USD",
) -> None:
    """How much reached a destination by way of others: through whom, in which goods, how sure."""
    from entrepot import answers

    def ask(held: Store, day: date | None) -> Answer:
        return answers.diversion(
            held,
            origin=origin,
            destination=destination,
            base=base,
            window=window,
            commodity=commodity,
            via=via,
            near=near,
            others=others,
            model=model,
            margin=margin,
            by=by,
            hub=hub,
            good=good,
            currency=currency,
            as_of=day,
        )

    answer(context.obj, ask)
