"""The command line composes: it reads the clock, opens the store, asks `answers`, hands on to `present`."""

from __future__ import annotations

import gc
import os
import sys

from entrepot.cli import (  # noqa: F401  # each adds its commands to the application
    acts,
    chain,
    check,
    decide,
    diversion,
    editions,
    event,
    fetch,
    held,
    mirror,
    plausibility,
    posture,
    prices,
    reconcile,
    report,
    screen,
    serve,
    simulate,
    trade,
)
from entrepot.cli._app import app
from entrepot.cli._lists import with_lists
from entrepot.cli._terminal import err, hoisted, safe
from entrepot.errors import DiffersError, EntrepotError, NoDataError, StoreError

__all__ = ["app", "main"]

GARBAGE = (100_000, 20, 50)
"""How seldom Python looks for garbage. A question is a hundred thousand small objects that Ibis keeps to the
end: at the usual 700 new ones, a fourth of its time goes into looking and finding none."""


def main(words: list[str] | None = None) -> None:
    """Run the command line, of the process or of `words`; errors become one line and an exit code."""
    gc.set_threshold(*GARBAGE)
    try:
        app(hoisted(with_lists(sys.argv[1:] if words is None else words)))
    except (Exception, KeyboardInterrupt) as error:
        if os.environ.get("ENTREPOT_DEBUG"):
            raise
        told, code = _told(error)
        if told:
            err.print(told)
        raise SystemExit(code) from None


def _told(error: BaseException) -> tuple[str, int]:
    """What to say of an error, and the exit code it leaves."""
    match error:
        case NoDataError() | DiffersError():
            word = "no data" if isinstance(error, NoDataError) else "differs"
            return f"[yellow]{word}[/yellow] {safe(error)}", error.exit_code
        case EntrepotError():
            return f"[red]error[/red] {safe(error)}", error.exit_code
        case BrokenPipeError():
            return "", 0
        case OSError():
            return f"[red]error[/red] cannot write: {safe(error.strerror or error)}", StoreError.exit_code
        case KeyboardInterrupt():
            return "stopped; the store is as it was", 130
        case _:
            first = f"{type(error).__name__}: {error}".partition("\n")[0]
            debug = "Please report it; ENTREPOT_DEBUG=1 shows where."
            return f"[red]a defect of entrepot[/red] {safe(first)}. {debug}", EntrepotError.exit_code
