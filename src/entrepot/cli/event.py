"""Commands on what happened around an event: event."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from entrepot.cli._app import answer, app, example

if TYPE_CHECKING:
    from entrepot.model.answer import Answer
    from entrepot.store import Store


@app.command(epilog=example("event --origin CHN --destination RUS --commodity all --event invasion"))
def event(
    context: typer.Context,
    origin: Annotated[str, typer.Option(help="Where goods come from.")],
    destination: Annotated[str, typer.Option(help="Where they go.")],
    commodity: Annotated[str, typer.Option(help="HS codes, ranges, lists or TOTAL.")] = "TOTAL",
    event: Annotated[
        str, typer.Option(help="A recorded event (invasion, eo-14114, ...) or a date: 2022-02.")
    ] = "",
    control: Annotated[
        str, typer.Option(help="Destinations to hold it against; all that are held, if none is named.")
    ] = "",
    control_commodity: Annotated[
        str, typer.Option(help="Goods to hold it against, each code by itself: 94,95.")
    ] = "",
    period: Annotated[str | None, typer.Option(help="2018:2023, or 2018-01:2023-06.")] = None,
    trend: Annotated[
        str, typer.Option(help="The path the rows show: year-before, linear, local or damped.")
    ] = "linear",
    flow: Annotated[
        str, typer.Option(help="export (origin reports) or import (destination reports).")
    ] = "export",
    currency: Annotated[str | None, typer.Option(help="USD, EUR, ...")] = None,
) -> None:
    """Falls, rises and shifts of a monthly series around an event, against controls and placebos."""
    from entrepot import answers

    def ask(held: Store, day: date | None) -> Answer:
        return answers.event(
            held,
            origin=origin,
            destination=destination,
            commodity=commodity,
            event=event,
            control=control,
            control_commodity=control_commodity,
            period=period,
            trend=trend,
            flow=flow,
            currency=currency and currency.upper(),
            as_of=day,
        )

    answer(context.obj, ask)
