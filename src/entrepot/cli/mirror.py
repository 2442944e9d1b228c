"""Commands on both sides of a shipment: mirror."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from entrepot.cli._app import answer, app, example

if TYPE_CHECKING:
    from entrepot.model.answer import Answer
    from entrepot.store import Store


@app.command(epilog=example("mirror --origin EU27 --destination KGZ,KAZ --base 2021 --window 2022"))
def mirror(
    context: typer.Context,
    origin: Annotated[str, typer.Option(help="Who says what left.")],
    destination: Annotated[str, typer.Option(help="Who says what arrived; several are also taken together.")],
    window: Annotated[str, typer.Option(help="Period asked about.")],
    base: Annotated[
        str | None, typer.Option(help="Period before: gives the missing share of what was added since.")
    ] = None,
    commodity: Annotated[
        str, typer.Option(help="HS codes, ranges, lists (@FILE: your own) or TOTAL.")
    ] = "TOTAL",
    style: Annotated[str, typer.Option(help="ours, or published: choose as studies do.")] = "ours",
    margin: Annotated[
        str | None, typer.Option(help="From CIF to FOB: fitted, none or a share such as 0.06.")
    ] = None,
    rates: Annotated[
        str | None, typer.Option(help="Exchange rates: monthly, yearly, yearly-2 (two decimals).")
    ] = None,
    basis: Annotated[str | None, typer.Option(help="Imports by origin or by consignment.")] = None,
    row: Annotated[
        str | None, typer.Option(help="A group as the sum of its members, or own: the importer's row for it.")
    ] = None,
    counted_as: Annotated[
        str, typer.Option(help="Whom the importer names, where that is not the origin.")
    ] = "",
    currency: Annotated[str, typer.Option(help="USD or EUR.")] = "USD",
) -> None:
    """Both sides of trade: what left, what arrived, the gap, and the missing share of the rise."""
    from entrepot import answers

    def ask(held: Store, day: date | None) -> Answer:
        return answers.mirror(
            held,
            origin=origin,
            destination=destination,
            window=window,
            base=base,
            commodity=commodity,
            margin=margin,
            rates=rates,
            basis=basis,
            row=row,
            counted_as=counted_as,
            style=style,
            currency=currency,
            as_of=day,
        )

    answer(context.obj, ask)
