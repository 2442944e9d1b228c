"""Commands on what people decided about cases, and on the record of searches: decide, decisions, searches."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from entrepot.cli._app import app, as_date, example, store_folder
from entrepot.cli._terminal import Options, print_answer
from entrepot.errors import StoreError, UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from entrepot.model.answer import Answer

Case = Annotated[str, typer.Argument(help="A case, as `entrepot screen` and `entrepot decisions` name it.")]


@app.command(
    epilog=example(
        "decide M5XK2Q7WJ3HA --decision not-a-match --until 2027-06-30 --who 'A. Kim' --why 'born later'"
    )
)
def decide(
    context: typer.Context,
    case: Case,
    who: Annotated[str, typer.Option(help="Who decides: a name that a reader of the record knows.")],
    why: Annotated[str, typer.Option(help="For what reason, in words.")],
    decision: Annotated[
        str, typer.Option(help="proceed, refuse, escalate, not-a-match; withdraw: take back the last.")
    ],
    until: Annotated[
        str | None, typer.Option(metavar="DATE", help="Last day it stands; proceed and not-a-match need one.")
    ] = None,
    scope: Annotated[str, typer.Option(help="What it is meant for, in words, for people only.")] = "",
) -> None:
    """Write down what a person decided about a case. Nothing written before is changed."""
    from entrepot.screening import answered, decisions

    options, now = _now_only(context.obj), datetime.now(UTC)
    end = as_date(until)
    made = decisions.decide(
        store_folder(options), case, who=who, why=why, decision=decision, until=end, scope=scope, now=now
    )
    print_answer(answered.decided(store_folder(options), now.date(), case=made.case), options)


@app.command(name="decisions", epilog=example("decisions --open"))
def list_decisions(
    context: typer.Context,
    case: Annotated[str | None, typer.Option(help="One case, and all that was decided about it.")] = None,
    only_open: Annotated[
        bool, typer.Option("--open", help="What waits for a person: undecided, expired, changed.")
    ] = False,
) -> None:
    """What people decided about cases, and which are open: undecided, or opened again."""
    from entrepot.screening import answered

    options: Options = context.obj
    day = as_date(options.as_of) or datetime.now(UTC).date()
    print_answer(answered.decided(store_folder(options), day, case=case, only_open=only_open), options)


@app.command(epilog=example("searches --number 12"))
def searches(
    context: typer.Context,
    number: Annotated[
        int | None, typer.Option(min=1, help="One search in full, as a certificate to file.")
    ] = None,
    verify: Annotated[
        bool, typer.Option("--verify", help="Hold the logs against themselves: was anything changed?")
    ] = False,
) -> None:
    """The record of searches: when, of what, against which lists; also where nothing was found."""
    from entrepot.screening import answered

    options = _now_only(context.obj)
    if verify:
        _verify(answered.verified(store_folder(options)), options)
    elif number is not None:
        print_answer(answered.one_search(store_folder(options), number), options, _certificate)
    else:
        print_answer(answered.searches(store_folder(options)), options)


def _certificate(answer: Answer, out: Console, notes: Console) -> None:
    from rich.text import Text

    from entrepot.present.tables import printable_lines

    out.print(Text(printable_lines(answer.question["sentence"])), soft_wrap=True)


def _verify(answer: Answer, options: Options) -> None:
    print_answer(answer, options)
    faults = [f"{row['log']}: {row['fault']}" for row in answer.rows.to_pylist() if row["fault"]]
    if faults:
        raise StoreError(f"{'; '.join(faults)}. Put the file back from a copy, and keep this one aside.")


def _now_only(options: Options) -> Options:
    if options.as_of:
        raise UsageError("--as-of is for `entrepot decisions` here: a record is written and read as it is.")
    return options
