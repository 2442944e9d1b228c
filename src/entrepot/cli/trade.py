"""Commands on direct trade: flows, direct."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from entrepot.cli._app import answer, app, example

if TYPE_CHECKING:
    from entrepot.model.answer import Answer
    from entrepot.store import Store


Bounds = Annotated[
    str | None,
    typer.Option(
        metavar="main|all",
        help="Lower and upper bounds over editions of the HS; codes with their edition: HS2022:854149.",
    ),
]


@app.command(epilog=example("flows --reporter CHN --partner RUS --flow export --commodity 8703 --by month"))
def flows(
    context: typer.Context,
    reporter: Annotated[
        str, typer.Option(help="Who reports: codes or names, comma-separated; groups such as EU27.")
    ],
    partner: Annotated[str, typer.Option(help="With whom: likewise; WLD for all.")],
    flow: Annotated[str, typer.Option(help="import, export, re-export, re-import, ...")] = "export",
    commodity: Annotated[
        str, typer.Option(help="HS codes, ranges (8701-8705), lists (chpl, chpl:1, eu-cn8, @FILE) or TOTAL.")
    ] = "TOTAL",
    period: Annotated[str | None, typer.Option(help="2021, 2021-03, 2021:2022 or 2021-03:2021-11.")] = None,
    by: Annotated[str, typer.Option(help="month or year, then commodity, reporter, partner.")] = "month",
    currency: Annotated[
        str | None, typer.Option(help="USD, EUR, ...; figures are never converted or mixed.")
    ] = None,
    bounds: Bounds = None,
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
            bounds=bounds,
            as_of=day,
        )

    answer(context.obj, ask)


@app.command(
    epilog=example(
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
    commodity: Annotated[
        str, typer.Option(help="HS codes, ranges, lists (@FILE: your own) or TOTAL.")
    ] = "TOTAL",
    control: Annotated[
        str, typer.Option(help="Destinations to show beside it; with WLD also the shares of the world.")
    ] = "",
    flow: Annotated[
        str, typer.Option(help="export (origin reports) or import (destination reports).")
    ] = "export",
    currency: Annotated[str | None, typer.Option(help="USD, EUR, ...")] = None,
    bounds: Bounds = None,
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
            bounds=bounds,
            as_of=day,
        )

    answer(context.obj, ask)
