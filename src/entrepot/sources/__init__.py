"""Publishers of trade statistics: one folder each, with a card of facts and a reader.

`recognise` finds the format of a file from its content; a `Format` says which columns it handles,
which it ignores and why, and how text becomes canonical columns (an Ibis expression, so no row is
ever touched by Python).
"""

from __future__ import annotations

import importlib
import pkgutil
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib import resources
from pathlib import Path

from entrepot.errors import ReadError, UsageError
from entrepot.model.provenance import Card
from entrepot.sources._ask import Publisher
from entrepot.sources._format import Format
from entrepot.sources._head import Head, read_head

__all__ = ["Format", "Head", "card", "fetched", "formats", "names", "publisher", "recognise"]


@cache
def names() -> tuple[str, ...]:
    """Names of all sources: the folders beside this file."""
    return tuple(sorted(m.name for m in pkgutil.iter_modules(__path__) if m.ispkg))


@cache
def card(source: str) -> Card:
    """The facts of one source. Raises UsageError for a name that is not a source."""
    if source not in names():
        raise UsageError(f"there is no source {source!r}. Sources are: {', '.join(names())}.")
    text = resources.files(f"{__name__}.{source}").joinpath("card.toml").read_text(encoding="utf-8")
    plain = tomllib.loads(text)
    for key in ("row_limits", "complete"):
        plain[key] = tuple(plain.get(key, ()))
    return Card(name=source, **plain)


def publisher(source: str) -> Publisher:
    """How a source is fetched. Raises UsageError for one that cannot be."""
    if source not in fetched():
        raise UsageError(f"{source!r} cannot be fetched. Can be: {', '.join(fetched())}.")
    found: Publisher = importlib.import_module(f"{__name__}.{source}.fetch").PUBLISHER
    return found


@cache
def fetched() -> tuple[str, ...]:
    """Names of the sources that can be fetched: those with a fetch.py."""
    return tuple(
        name for name in names() if resources.files(f"{__name__}.{name}").joinpath("fetch.py").is_file()
    )


def formats(source: str) -> tuple[Format, ...]:
    """The file formats of one source."""
    found: tuple[Format, ...] = importlib.import_module(f"{__name__}.{source}.read").FORMATS
    return found


def recognise(
    path: Path, source: str | None = None, given: Mapping[str, str] | None = None
) -> tuple[Card, Format, Head]:
    """Which source and format a file is, from its content.

    With `source` only that source's formats are tried. `given` is what the user says of the file where its
    content leaves something open ({"flow": "export"}). Raises ReadError where no format or several fit,
    UsageError where the user says what the format does not ask.
    """
    head = replace(read_head(path), given=dict(given or {}))
    wanted = names() if source is None else (card(source).name,)
    found = [(name, form) for name in wanted for form in formats(name) if form.recognise(head)]
    if len(found) == 1:
        _asked(found[0][1], head)
        return card(found[0][0]), found[0][1], head
    if found:
        fits = ", ".join(f"{name} ({form.name})" for name, form in found)
        raise ReadError(path.name, f"more than one format fits: {fits}.", todo="Name one with --source.")
    seen = ", ".join(head.columns[:8]) or (head.lines[0][:80] if head.lines else "nothing readable")
    raise ReadError(
        path.name,
        f"not a file of {source or 'any known source'}: its first record reads {seen!r}.",
        row=1,
        todo="Bring it into the tidy format (docs/reference/tidy.md), or name its publisher with --source.",
    )


def _asked(form: Format, head: Head) -> None:
    for name in sorted(set(head.given) - form.asks):
        says = f"It asks for: {', '.join(sorted(form.asks))}." if form.asks else "It asks for nothing."
        raise UsageError(f"{head.path.name}: format {form.name!r} does not ask for {name!r}. {says}")
