"""The command on codes of goods: codes."""

from __future__ import annotations

from typing import Annotated

import typer

from entrepot.cli._app import app, example
from entrepot.cli._terminal import print_answer


@app.command(epilog=example("codes --commodity chpl --hs-revision HS2017 --relations main"))
def codes(
    context: typer.Context,
    commodity: Annotated[
        str, typer.Option(help="HS codes, ranges, lists; codes of a named edition: HS2017:854140.")
    ],
    hs_revision: Annotated[str, typer.Option(help="The edition to find relatives in: HS2017, HS2022.")],
    relations: Annotated[
        str, typer.Option(help="all, or main: without those through codes that sweep up a little of many.")
    ] = "all",
) -> None:
    """Which codes of another edition of the Harmonized System share goods with these."""
    from entrepot import answers

    found = answers.codes(commodity=commodity, hs_revision=hs_revision, relations=relations)
    print_answer(found, context.obj)
