"""Commands on what one area's deeds and words towards another come to: posture."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from entrepot.cli._app import answer, app, example

if TYPE_CHECKING:
    from entrepot.model.answer import Answer
    from entrepot.store import Store


@app.command(epilog=example("posture CHN RUS --as-of 2022-09-30 --and 2024-06-18"))
def posture(
    context: typer.Context,
    actor: Annotated[str, typer.Argument(help="Whose deeds and words: a code or a name.")],
    partner: Annotated[str, typer.Argument(help="Towards whom.")],
    event: Annotated[
        str,
        typer.Option(help="A recorded event (invasion, ...) or a date: 2022-02. Before it is the baseline."),
    ] = "",
    via: Annotated[
        str, typer.Option(help="Countries through which goods may go on; those listed, if none is named.")
    ] = "",
    compare: Annotated[str, typer.Option(help="Other areas, towards the same partner: TUR,ISR,IND.")] = "",
    also: Annotated[
        str, typer.Option("--and", metavar="DATE", help="Another day: which readings moved in between.")
    ] = "",
    assume: Annotated[
        list[str] | None,
        typer.Option(
            help="A reading of the actor (not of --compare) to put in place: energy:+1. May be repeated."
        ),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Only vintages published by the day, none cut to it.")
    ] = False,
    without_texts: Annotated[
        bool, typer.Option("--without-texts", help="Leave out figures that texts print.")
    ] = False,
) -> None:
    """Trade, money, arms, votes and words of one area towards another, and the verdict they come to."""
    from entrepot import answers

    def ask(held: Store, day: date | None) -> Answer:
        return answers.posture(
            held,
            actor=actor,
            partner=partner,
            event=event,
            via=via,
            compare=compare,
            also=also,
            assume=assume or (),
            strict=strict,
            without_texts=without_texts,
            as_of=day,
        )

    answer(context.obj, ask)
