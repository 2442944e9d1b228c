"""The command that screens shipments: screen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from entrepot.cli._app import app, as_date, example, opened
from entrepot.cli._terminal import Options, check_target, err, print_answer, safe, write
from entrepot.errors import UsageError

if TYPE_CHECKING:
    from entrepot.screening import Settings
    from entrepot.screening.run import Watch

_FIELD = "A field by its name, FIELD=VALUE, as often as needed: --field consignee_founded=2023-01-09."


@app.command(
    epilog=example("screen shipments.xlsx --lists sdn.csv,targets.simple.csv -o result.xlsx")
    + "\n\nOne shipment: `entrepot screen --hs 854231 --from DEU --via ARE --to KGZ --date 2023-05-04 "
    '--value 120000 --weight 15 --consignee "Alfa OsOO"`'
)
def screen(
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(help="CSV, XLSX or Parquet, one shipment a row.", show_default=False)
    ] = None,
    lists: Annotated[
        str,
        typer.Option(help="Lists of parties: files or folders, comma-separated; held: those fetched."),
    ] = "",
    hs: Annotated[str, typer.Option(help="One shipment: its goods, 854231.")] = "",
    origin: Annotated[str, typer.Option(help="Where they were made, if elsewhere.")] = "",
    sender: Annotated[str, typer.Option("--from", help="Country it is sent from.")] = "",
    via: Annotated[str, typer.Option(help="Countries on the way, ; between.")] = "",
    to: Annotated[str, typer.Option(help="Country it is sent to.")] = "",
    date: Annotated[str, typer.Option(help="Day of the shipment, 2023-05-04.")] = "",
    value: Annotated[str, typer.Option(help="What it is invoiced at.")] = "",
    currency: Annotated[str, typer.Option(help="USD if not told.")] = "",
    weight: Annotated[str, typer.Option(help="Net weight, kilograms.")] = "",
    exporter: Annotated[str, typer.Option(help="Who sends.")] = "",
    consignee: Annotated[str, typer.Option(help="Who receives.")] = "",
    end_user: Annotated[str, typer.Option(help="Who will use it.")] = "",
    field: Annotated[list[str] | None, typer.Option(help=_FIELD)] = None,
    mapping: Annotated[
        list[str] | None, typer.Option("--map", help="A header of the file: --map 'Empfänger=consignee'.")
    ] = None,
    decimal: Annotated[str, typer.Option(help="point or comma, where numbers are unclear.")] = "",
    dates: Annotated[str, typer.Option(help="dmy or mdy, where dates are unclear.")] = "",
    threshold: Annotated[
        float | None, typer.Option(min=0.3, max=1.0, help="Least score of a match.", show_default=False)
    ] = None,
    against: Annotated[str, typer.Option(help="Where goods may be rerouted to, for corridors.")] = "RUS",
    goods: Annotated[str, typer.Option(help="Goods whose corridors are studied; chpl if not told.")] = "",
    base: Annotated[str, typer.Option(help="Months that corridors are held against.")] = "",
    window: Annotated[str, typer.Option(help="Months asked about; both chosen if not told.")] = "",
    corridors: Annotated[
        str, typer.Option(help="Files saved by `entrepot diversion ... -o x.parquet`, instead of studying.")
    ] = "",
    who: Annotated[str, typer.Option(help="Who screens, for the record.")] = "",
    keep_fields: Annotated[
        bool, typer.Option("--keep-fields", help="Keep what is told of one shipment in the record.")
    ] = False,
    no_record: Annotated[bool, typer.Option("--no-record", help="Leave no record of the search.")] = False,
    template: Annotated[
        Path | None, typer.Option(help="Write an empty workbook to fill in, and stop.", show_default=False)
    ] = None,
) -> None:
    """Hold shipments and their parties against lists, embargoes, corridors, prices. Flags ask for a look."""
    if template is not None:
        _write_template(template)
        return
    told = {"hs_code": hs, "origin": origin, "exporter_country": sender, "via": via, "destination": to}
    told |= {"date": date, "value": value, "currency": currency, "net_weight_kg": weight}
    told |= {"exporter": exporter, "consignee": consignee, "end_user": end_user}
    one = _once(
        {name: word for name, word in told.items() if word},
        _pairs(field or (), "--field", "consignee_founded=2023-01-09"),
    )
    settings = _settings(
        lists=_split(lists),
        threshold=threshold,
        mapped=_pairs(mapping or (), "--map", "HEADER=consignee"),
        habits=(decimal, dates),
        against=against,
        goods=goods,
        base=base,
        window=window,
        corridors=tuple(Path(one) for one in _split(corridors)),
        who=who,
        keeps_fields=keep_fields,
        is_recorded=not no_record,
        as_of=as_date(context.obj.as_of),
    )
    _carry_out(context.obj, _what(file, one), settings)


def _what(file: Path | None, one: Mapping[str, str]) -> Path | Mapping[str, str]:
    if file is not None and one:
        raise UsageError(f"{', '.join(one)}: either a file, or one shipment in words.")
    if file is None and not one:
        raise UsageError("name a file of shipments, or tell one: --hs 854231 --from DEU --to KGZ.")
    return file or one


def _split(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _pairs(words: Sequence[str], option: str, such_as: str) -> dict[str, str]:
    found = {}
    for word in words:
        name, mark, value = word.rpartition("=") if option == "--map" else word.partition("=")
        if not (mark and name.strip() and value.strip()):
            raise UsageError(f"{option} {word!r} is no pair: {option} '{such_as}'.")
        found[name.strip()] = value.strip()
    return found


def _once(by_option: Mapping[str, str], by_field: Mapping[str, str]) -> dict[str, str]:
    if twice := [name for name in by_option if name in by_field]:
        raise UsageError(f"{', '.join(twice)}: told by an option of its own and by --field. Tell it once.")
    return {**by_option, **by_field}


def _settings(*, habits: tuple[str, str], **told: Any) -> Settings:
    from entrepot.screening import Settings
    from entrepot.screening.cells import habits as as_habits

    return Settings(habits=as_habits(*habits), **told)


def _carry_out(options: Options, what: Path | Mapping[str, str], settings: Settings) -> None:
    from entrepot.present.screening import show, summed_up
    from entrepot.screening import screen as screened

    check_target(options)
    with _progress() as watch:
        answer = screened(opened(options), what, settings, now=datetime.now(UTC), watch=watch)
    print_answer(answer, options, show)
    if options.output is not None:
        summed_up(answer, err)


@contextmanager
def _progress() -> Iterator[Watch]:
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as progress:
        task = progress.add_task("reading", total=None)
        yield lambda stage, done: progress.update(task, description=f"{stage}: {done:,}")


def _write_template(target: Path) -> None:
    from entrepot.screening.template import template

    write(target, template())
    err.print(f"an empty workbook written to {safe(target)}: fill in what you know, one shipment a row")
