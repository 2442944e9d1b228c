"""Commands on published claims, and on facts beside trade: check, claim new, facts."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from entrepot.cli._app import answer, app, as_date, example, opened
from entrepot.cli._terminal import err, print_answer, safe
from entrepot.errors import DiffersError, NoDataError

if TYPE_CHECKING:
    from entrepot.model.answer import Answer
    from entrepot.store import Store

_claims = typer.Typer(no_args_is_help=True, help="Write claims.", rich_markup_mode="markdown")
app.add_typer(_claims, name="claim")


@app.command(epilog=example("check claims/webster-2024 --as-of 2024-06-18 --format html -o ledger.html"))
def check(
    context: typer.Context,
    path: Annotated[
        Path | None,
        typer.Argument(
            help="A folder of claims, or one claim. None: those inside the package.", show_default=False
        ),
    ] = None,
) -> None:
    """Hold published claims against what the store tells: the ledger of verdicts.

    Exit codes: 0 nothing differs, 6 a claim differs or was revised, 1 nothing held tells of any claim.
    """
    from entrepot import answers
    from entrepot.present import ledger

    options = context.obj
    with err.status("reading claims") as status:
        found = answers.check(
            opened(options),
            path=path,
            as_of=as_date(options.as_of),
            progress=lambda told: status.update(safe(told)[:100]),
        )
    print_answer(found, options, ledger.show)
    verdicts = found.rows["verdict"].to_pylist()
    if wrong := sum(one in ("differs", "revised") for one in verdicts):
        raise DiffersError(f"{wrong} of {len(verdicts)} checks differ or were revised.")
    if "holds" not in verdicts:
        raise NoDataError(
            "nothing held tells of any of these claims. The table to_settle names files that would."
        )


@_claims.command(epilog=example("claim new my-paper/imports-2023 --folder claims"))
def new(
    name: Annotated[str, typer.Argument(help="publication/claim, in small letters, digits and hyphens.")],
    folder: Annotated[Path, typer.Option(help="Folder of claims to write into.")] = Path("claims"),
) -> None:
    """Write the skeleton of a claim: one file, no Python."""
    from entrepot.claims import skeleton

    for path in skeleton.make(name, folder, datetime.now(UTC).date()):
        err.print(f"written: {safe(path)}")
    err.print(f"Fill it in, then: entrepot check {safe(folder / name)}.toml")


@app.command(epilog=example("facts --indicator gdp_usd --area KGZ --period 2021:2023"))
def facts(
    context: typer.Context,
    indicator: Annotated[
        str, typer.Option(help="gdp_usd, population, brent_usd_per_barrel, distance_km ...")
    ],
    area: Annotated[str | None, typer.Option(help="Codes or names, comma-separated.")] = None,
    partner: Annotated[str | None, typer.Option(help="The second area of a pair.")] = None,
    period: Annotated[str | None, typer.Option(help="2021, 2021-03, 2021:2022 or 2021-03:2021-11.")] = None,
) -> None:
    """What the store holds of an indicator beside trade."""
    from entrepot import answers

    def ask(held: Store, day: date | None) -> Answer:
        return answers.facts(held, indicator=indicator, area=area, partner=partner, period=period, as_of=day)

    answer(context.obj, ask)
