"""Commands on what is not trade: acts, votes, agreement."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from entrepot.cli._app import answer, app, example

if TYPE_CHECKING:
    from entrepot.model.answer import Answer
    from entrepot.store import Store

Period = Annotated[
    str | None, typer.Option(help="2021, 2021-03, 2021:2022 or 2021-03:2021-11; default: all.")
]
By = Annotated[str, typer.Option(help="year, half, month, or none: the whole period as one.")]


@app.command(epilog=example("acts --actor CHN --partner RUS --kind exercise --period 2018:2023"))
def acts(
    context: typer.Context,
    actor: Annotated[
        str, typer.Option(help="Who acts: codes or names, comma-separated; groups such as EU27.")
    ],
    partner: Annotated[str, typer.Option(help="Towards whom: likewise; WLD for anyone.")],
    kind: Annotated[
        str,
        typer.Option(
            help="investment, construction, lending, arms, exercise, statement, decision; default: all."
        ),
    ] = "",
    period: Period = None,
    by: By = "year",
    category: Annotated[str | None, typer.Option(help="Sector or category of arms, e.g. Energy.")] = None,
    mark: Annotated[str | None, typer.Option(help="Only acts its publisher flags so, e.g. BRI.")] = None,
) -> None:
    """Deals, arms, exercises, statements: how many, of what amount, by period."""
    from entrepot import answers

    def ask(held: Store, day: date | None) -> Answer:
        return answers.acts(
            held,
            actor=actor,
            partner=partner,
            kind=kind,
            period=period,
            by=by,
            category=category,
            mark=mark,
            as_of=day,
        )

    answer(context.obj, ask)


@app.command(epilog=example("votes --roll-call ES-11/1 --area CHN,IND,BRA,RUS,ZAF"))
def votes(
    context: typer.Context,
    roll_call: Annotated[
        str | None, typer.Option(help="Roll calls by name, comma-separated: ES-11/1.")
    ] = None,
    area: Annotated[
        str, typer.Option(help="Whose votes: codes or names, comma-separated; WLD for all.")
    ] = "WLD",
    period: Period = None,
) -> None:
    """Who voted how on a roll call, and how it ended."""
    from entrepot import answers

    def ask(held: Store, day: date | None) -> Answer:
        return answers.votes(held, roll_call=roll_call, area=area, period=period, as_of=day)

    answer(context.obj, ask)


@app.command(epilog=example("agreement --area CHN --partner RUS,USA --period 2010:2019 --by none"))
def agreement(
    context: typer.Context,
    area: Annotated[str, typer.Option(help="Who: codes or names of countries, comma-separated.")],
    partner: Annotated[str, typer.Option(help="With whom: likewise.")],
    period: Period = None,
    by: By = "year",
) -> None:
    """How alike areas vote, by Signorino and Ritter's S with a 90 % interval."""
    from entrepot import answers

    def ask(held: Store, day: date | None) -> Answer:
        return answers.agreement(held, area=area, partner=partner, period=period, by=by, as_of=day)

    answer(context.obj, ask)
