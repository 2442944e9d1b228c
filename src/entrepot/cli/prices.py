"""Commands on prices and on vintages: prices, unit-values, revisions."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from entrepot.cli._app import answer, app, example

if TYPE_CHECKING:
    from entrepot.model.answer import Answer
    from entrepot.store import Store

_REPORTER = typer.Option(help="Who reports: codes or names, comma-separated; groups such as EU27.")
_PARTNER = typer.Option(help="With whom: likewise; WLD for all.")
_FLOW = typer.Option(help="import, export, ...")
_COMMODITY = typer.Option(help="HS codes, ranges, lists or item:NAME, comma-separated.")
_CURRENCY = typer.Option(help="USD, EUR, ...; figures are never converted or mixed.")


@app.command(
    epilog=example(
        "prices --reporter CHN --partner RUS --flow import --commodity 2709 --base 2022-02 --window 2022-07"
    )
)
def prices(
    context: typer.Context,
    reporter: Annotated[str, _REPORTER],
    partner: Annotated[str, _PARTNER],
    commodity: Annotated[str, _COMMODITY],
    base: Annotated[str, typer.Option(help="Period to compare with.")],
    window: Annotated[
        str, typer.Option(help="Period asked about; part of a year is held against the same months.")
    ],
    flow: Annotated[str, _FLOW] = "export",
    currency: Annotated[str | None, _CURRENCY] = None,
) -> None:
    """How much of a change in the value of trade is price and how much is volume."""
    from entrepot import answers

    def ask(held: Store, day: date | None) -> Answer:
        return answers.prices(
            held,
            reporter=reporter,
            partner=partner,
            flow=flow,
            commodity=commodity,
            base=base,
            window=window,
            currency=currency and currency.upper(),
            as_of=day,
        )

    answer(context.obj, ask)


@app.command(
    name="unit-values",
    epilog=example(
        "unit-values --reporter CHN --partner RUS --flow import --commodity 2709 --period 2021:2022"
        " --against brent_usd_per_barrel --per 0.13642"
    ),
)
def unit_values(
    context: typer.Context,
    reporter: Annotated[str, _REPORTER],
    partner: Annotated[str, _PARTNER],
    commodity: Annotated[str, _COMMODITY],
    flow: Annotated[str, _FLOW] = "export",
    period: Annotated[str | None, typer.Option(help="2021, 2021-03, 2021:2022 or 2021-03:2021-11.")] = None,
    by: Annotated[str, typer.Option(help="month or year.")] = "month",
    against: Annotated[
        str | None, typer.Option(help="A monthly price held among the facts: brent_usd_per_barrel.")
    ] = None,
    per: Annotated[
        float | None,
        typer.Option(help="Units of quantity in the unit of that price: 0.13642 tonnes in a barrel."),
    ] = None,
    per_range: Annotated[
        str | None, typer.Option(help="LOW:HIGH, where the factor is not sure: 0.1351:0.1389.")
    ] = None,
    lags: Annotated[
        str, typer.Option(help="Months by which the price may be older; the first is shown.")
    ] = "0,1",
    currency: Annotated[str | None, _CURRENCY] = None,
) -> None:
    """Value over quantity, period by period, and beside a monthly price of the world."""
    from entrepot import answers

    def ask(held: Store, day: date | None) -> Answer:
        return answers.unit_values(
            held,
            reporter=reporter,
            partner=partner,
            flow=flow,
            commodity=commodity,
            period=period,
            by=by,
            against=against,
            per=per,
            per_range=per_range,
            lags=lags,
            currency=currency and currency.upper(),
            as_of=day,
        )

    answer(context.obj, ask)


@app.command(
    epilog=example("revisions --reporter CHN --partner RUS --flow import --commodity 2701 --since 2022-09-30")
)
def revisions(
    context: typer.Context,
    reporter: Annotated[str, _REPORTER],
    partner: Annotated[str, _PARTNER],
    since: Annotated[str, typer.Option(help="Compare with what was published by then: 2022-09-30.")],
    flow: Annotated[str, _FLOW] = "export",
    commodity: Annotated[str, _COMMODITY] = "TOTAL",
    period: Annotated[str | None, typer.Option(help="2021, 2021-03, 2021:2022 or 2021-03:2021-11.")] = None,
    unchanged: Annotated[
        bool, typer.Option("--unchanged", help="Show the rows that did not change too.")
    ] = False,
    currency: Annotated[str | None, _CURRENCY] = None,
) -> None:
    """What changed between two vintages of the same figures: then, and now or on the day of --as-of."""
    from entrepot import answers

    def ask(held: Store, day: date | None) -> Answer:
        return answers.revisions(
            held,
            reporter=reporter,
            partner=partner,
            flow=flow,
            commodity=commodity,
            since=since,
            period=period,
            unchanged=unchanged,
            currency=currency and currency.upper(),
            as_of=day,
        )

    answer(context.obj, ask)
