"""Commands on simulated worlds: simulate."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from entrepot.cli._app import app, example
from entrepot.cli._terminal import err, safe

_STORE = "simulated-data"


@app.command(epilog=example("simulate --seed 1 --to world"))
def simulate(
    seed: Annotated[
        int, typer.Option(min=0, help="The world follows from it: the same seed, the same bytes.")
    ],
    to: Annotated[Path, typer.Option(help="Folder to write to; made if it is not there.")],
    countries: Annotated[int, typer.Option(help="Countries, the origin and the destination included.")] = 40,
    products: Annotated[int, typer.Option(help="HS6 products, two fifths of them restricted.")] = 200,
    without: Annotated[
        list[str] | None,
        typer.Option(help="A confounder to leave out: 'price shock', entrepot ...; may be given again."),
    ] = None,
) -> None:
    """Make a trading world whose truth is known, as files to add, and write down the truth beside them."""
    from entrepot.simulate import simulate as make
    from entrepot.simulate.files import ADDED, write

    world = make(seed, countries=countries, products=products, without=without or ())
    write(world, to)
    place, path = safe(str(to)), safe(shlex.quote(str(to)))
    err.print(
        f"[green]made[/green] world of seed {seed} in {place}: {world.flows.num_rows:,} rows; "
        f"{world.origin} restricts {len(world.restricted)} products to {world.destination} "
        f"from {world.event:%Y-%m}; the truth is in truth.csv"
    )
    files = " ".join(f"{path}/{name}" for name in ADDED)
    err.print(f"next: entrepot --store {_STORE} add {files}")
    err.print(
        f"then: entrepot --store {_STORE} diversion --origin {world.origin} --destination {world.destination}"
        f" --commodity @{path}/restricted.csv --base 2019-03:2022-02 --window 2022-03:2023-02"
        f" --near {','.join(world.union)}"
    )
