"""Commands that ask publishers: fetch SOURCE, update."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from entrepot.cli._app import app, as_date, opened
from entrepot.cli._terminal import Options, err, out, print_answer, safe
from entrepot.errors import NoDataError, PublisherError, UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from entrepot.fetching import Plan, Settings, Told, Watch
    from entrepot.model.answer import Answer

fetch = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="markdown",
    help="Ask a publisher, and read what comes into the store. The plan is printed first.",
)
app.add_typer(fetch, name="fetch")


_HELD = "What is held is not asked again: `entrepot update` does that."
_NEWER = "Each time it asks whether there is something newer; what did not change is not sent again."


def _example(words: str, again: str = _HELD) -> str:
    return (
        f"Example: `entrepot {words}`\n\n{again} "
        "Ordered once more, an interrupted fetch goes on where it was. "
        "Proxies and certificates are those of the environment (HTTPS_PROXY, SSL_CERT_FILE). "
        "It also takes --store, --format, --output: `entrepot --help`."
    )


Period = Annotated[str, typer.Option(help="2021, 2021-03, 2021-01:2024-06, or 2021-01: for all since.")]
DryRun = Annotated[bool, typer.Option("--plan", help="Print the plan, and ask for nothing that it plans.")]
Wait = Annotated[int, typer.Option(min=0, metavar="SECONDS", help="Longest wait a publisher may ask for.")]


@fetch.command(
    epilog=_example("fetch comtrade --reporter CHN --partner RUS,KGZ --commodity chpl --period 2024")
)
def comtrade(
    context: typer.Context,
    reporter: Annotated[str, typer.Option(help="Codes, names or groups, comma-separated.")],
    period: Period,
    partner: Annotated[str, typer.Option(help="The same; all: every partner.")] = "all",
    commodity: Annotated[
        str, typer.Option(help="HS codes, a list (chpl), AG2, AG4, AG6 or TOTAL.")
    ] = "TOTAL",
    flow: Annotated[str, typer.Option(help="export, import, re-export, re-import.")] = "export,import",
    frequency: Annotated[str, typer.Option(help="M for months, A for years.")] = "M",
    bulk: Annotated[bool, typer.Option("--bulk", help="Whole files; needs a premium key.")] = False,
    plan: DryRun = False,
    wait: Wait = 900,
) -> None:
    """UN Comtrade: months or years of reporters. COMTRADE_API_KEY lifts the limit of 500 rows an answer."""
    words = {"reporter": reporter, "period": period, "partner": partner, "commodity": commodity}
    words |= {"flow": flow, "frequency": frequency} | ({"bulk": "yes"} if bulk else {})
    _carry_out(context, "comtrade", words, plan, wait)


@fetch.command(epilog=_example("fetch comext --period 2021-01:2022-12"))
def comext(
    context: typer.Context,
    period: Period,
    frequency: Annotated[str, typer.Option(help="M for months, A for the files of whole years.")] = "M",
    plan: DryRun = False,
    wait: Wait = 900,
) -> None:
    """Eurostat's Comext: all members, partners and products. A month is 40-60 MB to fetch, a year 95."""
    _carry_out(context, "eurostat", {"period": period, "frequency": frequency}, plan, wait)


@fetch.command(epilog=_example("fetch baci --revision HS22 --period 2022:2023"))
def baci(
    context: typer.Context,
    revision: Annotated[str, typer.Option(help="HS92, HS96, HS02, HS07, HS12, HS17 or HS22.")] = "HS22",
    version: Annotated[str, typer.Option(help="202601; none: the current one.")] = "",
    period: Annotated[str, typer.Option(help="2022, 2022:2023 or 2022: ; none: all years.")] = "",
    plan: DryRun = False,
    wait: Wait = 900,
) -> None:
    """CEPII's BACI: both sides' reports reconciled. Of an archive of all years those named are stored."""
    _carry_out(context, "baci", {"revision": revision, "version": version, "period": period}, plan, wait)


@fetch.command(epilog=_example("fetch opensanctions", _NEWER))
def opensanctions(
    context: typer.Context,
    dataset: Annotated[str, typer.Option(help="A data set: sanctions, eu_fsf ...")] = "sanctions",
    plan: DryRun = False,
    wait: Wait = 900,
) -> None:
    """OpenSanctions: sanctioned parties of many authorities, as CSV. Kept as it comes; not for commerce."""
    _carry_out(context, "opensanctions", {"dataset": dataset}, plan, wait)


@fetch.command(epilog=_example("fetch ofac", _NEWER))
def ofac(context: typer.Context, plan: DryRun = False, wait: Wait = 900) -> None:
    """OFAC: the SDN list and the consolidated list of the United States, as CSV. Kept as they come."""
    _carry_out(context, "ofac", {}, plan, wait)


@fetch.command(epilog="Example: `entrepot fetch gacc`")
def gacc(context: typer.Context) -> None:
    """China's customs: nothing is asked. Prints how to export by hand, and which months are held."""
    from importlib import resources

    steps = resources.files("entrepot.sources.gacc").joinpath("by_hand.txt").read_text(encoding="utf-8")
    out.file.write("\n".join([steps, *_held_of(context.obj, "gacc"), ""]))


def _held_of(options: Options, source: str) -> list[str]:
    """What is held of a source, a line for each direction and level."""
    from entrepot import answers

    try:
        rows = answers.status(opened(options), as_of=as_date(options.as_of)).rows.to_pylist()
    except NoDataError:
        rows = []
    return [_held_line(row) for row in rows if row["source"] == source] or ["Held: nothing of it."]


def _held_line(row: dict[str, Any]) -> str:
    span = f"{row['first']:%Y-%m} to {row['last']:%Y-%m}"
    count = f"{row['periods']} {'months' if row['frequency'] == 'M' else 'years'}"
    return f"Held: {row['flow']}, {row['digits']} digits, {span}: {count}, {row['gaps']} missing in between."


@fetch.command(epilog=_example("fetch wdi --country KGZ,RUS --period 2000:"))
def wdi(
    context: typer.Context,
    period: Annotated[str, typer.Option(help="Years: 2020, 2015:2024, or 2000: for all since.")],
    country: Annotated[
        str, typer.Option(help="Codes, names or groups, comma-separated; all: every one.")
    ] = "all",
    indicator: Annotated[
        str, typer.Option(help="The World Bank's codes, comma-separated.")
    ] = "NY.GDP.MKTP.CD,SP.POP.TOTL",
    plan: DryRun = False,
    wait: Wait = 900,
) -> None:
    """The World Bank's indicators by country and year: gross domestic product and population, or others."""
    words = {"country": country, "indicator": indicator, "period": period}
    _carry_out(context, "wdi", words, plan, wait)


@fetch.command(epilog=_example("fetch ecb --currency USD,CNY --period 2015-01:"))
def ecb(
    context: typer.Context,
    period: Period,
    currency: Annotated[str, typer.Option(help="ISO 4217 codes, comma-separated.")] = "USD",
    frequency: Annotated[str, typer.Option(help="M for averages of months, A of years.")] = "M",
    plan: DryRun = False,
    wait: Wait = 900,
) -> None:
    """The European Central Bank's reference rates: units of a currency for one euro."""
    words = {"currency": currency, "frequency": frequency, "period": period}
    _carry_out(context, "ecb", words, plan, wait)


@fetch.command(epilog=_example("fetch unga"))
def unga(context: typer.Context, plan: DryRun = False, wait: Wait = 900) -> None:
    """Votes in the UN General Assembly: the library's newest file, whole (some 364 MB); no commercial use."""
    _carry_out(context, "unga", {}, plan, wait)


@app.command(epilog=_example("update comtrade", _NEWER))
def update(
    context: typer.Context,
    sources: Annotated[
        list[str] | None, typer.Argument(help="Only these: comtrade, comext ...; none: all ordered.")
    ] = None,
    wait: Wait = 900,
) -> None:
    """Bring what was ordered with `fetch` up to date, and tell what the publishers revised."""
    from entrepot.fetching.update import update

    _refuse_as_of(context.obj)
    names = ["eurostat" if name == "comext" else name for name in sources or ()]
    with _watching() as watch:
        answer, errors = update(opened(context.obj), _settings(wait), watch, names)
    print_answer(answer, context.obj, _show)
    for error in errors[1:]:
        err.print(f"[red]error[/red] {safe(error)}")
    if errors:
        raise errors[0]
    _exit_if_faulty(answer.rows["state"].to_pylist())


def _carry_out(context: typer.Context, source: str, words: dict[str, str], plan: bool, wait: int) -> None:
    from entrepot import fetching
    from entrepot.fetching import report

    options = context.obj
    _refuse_as_of(options)
    store, order, settings = opened(options), fetching.Ordered(source, words), _settings(wait)
    if plan:
        _say(fetching.planned(store, order, settings))
        return
    with _watching() as watch:
        told = fetching.fetch(store, order, settings, watch)
    print_answer(report.answer(f"fetch {source}", told), options, _show)
    _exit_if_faulty([one.state for one in told])


def _refuse_as_of(options: Options) -> None:
    if options.as_of:
        raise UsageError(
            "publishers send what they publish now: --as-of is for questions about what was fetched."
        )


def _show(answer: Answer, out: Console, notes: Console) -> None:
    """What it came to; of many asks only those that did not go as usual, and the sources in a line each."""
    from entrepot.fetching import report
    from entrepot.present import tables
    from entrepot.present.citation import vintages

    tables.show(report.brief(answer), out, notes)
    for line, _ in vintages(answer.snapshots):
        notes.print(f"Source: {safe(line)}", style="dim")


def _exit_if_faulty(states: list[str]) -> None:
    from entrepot.fetching.report import FAULTY

    if faulty := sum(state in FAULTY for state in states):
        told = (
            f"{faulty} of {len(states)} asks came to nothing usable; the others are done."
            if faulty < len(states)
            else "nothing usable came."
        )
        raise PublisherError(f"{told} The column why says for what reason: mend the order, or run it later.")


def _settings(wait: int) -> Settings:
    from entrepot import sources
    from entrepot.fetching import Settings

    names = [sources.publisher(name).key_name for name in sources.fetched()]
    keys = {name: os.environ.get(name, "").strip() for name in names if name}
    bases = {name: os.environ.get(f"ENTREPOT_{name.upper()}_URL", "") for name in sources.fetched()}
    return Settings(
        lambda: datetime.now(UTC), keys, {name: base for name, base in bases.items() if base}, float(wait)
    )


def _say(plan: Plan, said: Collection[str] = ()) -> None:
    """The plan; terms that were said of the order before are not repeated."""
    from rich.padding import Padding

    from entrepot.fetching import report

    for line in report.lines(plan):
        if line not in said:
            err.print(Padding(safe(line), (0, 0, 0, 2)), soft_wrap=False)


@contextmanager
def _stoppable() -> Iterator[None]:
    """What to do after Ctrl-C."""
    try:
        yield
    except KeyboardInterrupt:
        err.print("stopped; what came is stored, and the same command goes on from there.")
        raise


@contextmanager
def _watching() -> Iterator[Watch]:
    """The plan, then a bar that goes on with each ask, and the bytes come so far."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from entrepot.fetching import Watch

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[size]}"),
    )
    with _stoppable(), Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task("asking what is published", total=None, size="")
        came, said = 0, set[str]()

        def plan(made: Plan) -> None:
            _say(made, said)
            said.add(made.publisher.terms)
            bar.update(task, completed=0, total=len(made.asks), description="asking")

        def told(one: Told) -> None:
            longer = len(one.record.more) if one.state == "split" and one.record else 0
            bar.update(
                task,
                advance=1,
                total=(bar.tasks[0].total or 0) + longer,
                description=safe(one.ask.label)[:40],
            )

        def moved(size: int) -> None:
            nonlocal came
            came += size
            bar.update(task, size=f"{came / 1e6:,.1f} MB")

        def waits(seconds: float) -> None:
            bar.update(task, description=f"the publisher asks to wait {seconds:,.0f} s")

        yield Watch(plan, told, moved, waits)
