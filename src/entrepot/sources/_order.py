"""What users order, word for word, as what publishers are asked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from entrepot.errors import UsageError
from entrepot.model.period import Window, parse_window
from entrepot.sources._ask import Words


def window(words: Words, today: date) -> Window:
    """The months of `--period`; `2021-01:` goes on to the present month. Raises UsageError."""
    text = words.get("period", "").strip()
    if not text:
        raise UsageError("say for which months: --period 2021-01:2024-06, or 2021-01: for all since.")
    found = parse_window(f"{text}{today:%Y-%m}" if text.endswith(":") else text)
    if found.first > today:
        raise UsageError(f"period {text!r} has not begun. Nothing is published ahead.")
    return Window(found.first, min(found.last, today.replace(day=1)))


def years(span: Window) -> tuple[str, ...]:
    """Each year that a window touches."""
    return tuple(str(year) for year in range(span.first.year, span.last.year + 1))


def frequency(words: Words) -> str:
    """M for months, A for years. Raises UsageError."""
    return one_of(words, "frequency", ("M", "A"), "M")


def one_of(words: Words, name: str, known: Iterable[str], usual: str) -> str:
    """A word of a fixed list, as it is written there. Raises UsageError."""
    return spelt(words.get(name, "").strip() or usual, name, known)


def spelt(word: str, name: str, known: Iterable[str]) -> str:
    """A word as it is written in a list. Raises UsageError for one that is not there."""
    for one in known:
        if word.lower() == one.lower():
            return one
    raise UsageError(f"--{name} {word!r} is not known. Use one of: {', '.join(known)}.")


def listed(words: Words, name: str) -> tuple[str, ...]:
    """The items of a comma-separated word."""
    return tuple(dict.fromkeys(part.strip() for part in words.get(name, "").split(",") if part.strip()))
