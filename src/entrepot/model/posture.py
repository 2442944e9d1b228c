"""The dimensions on which what one area does towards another is weighed, as postures/*.toml record them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Final

from entrepot.errors import UsageError
from entrepot.model.period import Window, parse_window
from entrepot.model.resources import folder

DEEDS: Final = "deeds"
WORDS: Final = "words"
TOLD: Final = ("toward", "away", "no change")
NOT_TOLD: Final = "not told"


@dataclass(frozen=True)
class Series:
    """One candidate a dimension may be read from."""

    kind: str  # trade | printed | acts | votes
    name: str
    flow: str = "export"
    commodity: str = ""
    by: str = "value"  # of trade: value | energy; of acts: value (they are counted) | stance
    far: str = "partner"  # partner | hubs
    teller: str = "actor"  # who reports: actor | far
    acts: tuple[str, ...] = ()
    spread: float = 0.39
    proxy: bool = False


@dataclass(frozen=True)
class Dimension:
    """What is weighed, whether it is of deeds or of words, and what it may be read from."""

    key: str
    title: str
    what: str
    of: str
    role: str  # arms | goods | goods by way of others | other: what the rule of the verdict asks of it
    baseline_years: int
    oldest: int  # months after which a window is too old to tell
    settle: str
    series: tuple[Series, ...]


@dataclass(frozen=True)
class Printed:
    """A comparison of two spans as a text prints it; each side from its lowest to its highest."""

    dimension: str
    actor: str
    partner: str
    name: str
    unit: str
    base: Window
    window: Window
    before: tuple[float, float]
    after: tuple[float, float]
    beside_before: float | None
    beside_after: float | None
    where: str
    reading: str
    title: str  # of the text
    source: str
    published: date


@dataclass(frozen=True)
class Absent:
    """Acts of which a text says that there was none in a span."""

    kinds: tuple[str, ...]
    actor: str
    partner: str
    window: Window
    where: str
    title: str
    source: str
    published: date


def dimensions() -> tuple[Dimension, ...]:
    """Every dimension, in the order they are shown."""
    return tuple(_dimension(entry) for entry in _plain("dimensions")["dimensions"])


def hubs_of(partner: str) -> tuple[str, ...]:
    """The countries through which goods may go on to a partner, where a list names them; else none."""
    return tuple(_plain("dimensions")["hubs"].get(partner, ()))


def energy_content() -> Mapping[str, float]:
    """MJ in a kilogram of a fuel, by its code."""
    return dict(_plain("dimensions")["energy"])


def printed(actor: str, partner: str, as_of: date | None) -> tuple[Printed, ...]:
    """The comparisons printed by a day about two areas."""
    return tuple(
        one
        for one in _printed()
        if (one.actor, one.partner) == (actor, partner) and (as_of is None or one.published <= as_of)
    )


def absent(actor: str, partner: str, kinds: Iterable[str], as_of: date | None) -> tuple[Absent, ...]:
    """What texts printed by a day say there was none of between two areas."""
    wanted = (actor, partner, frozenset(kinds))
    told = [one for one in _absent() if as_of is None or one.published <= as_of]
    return tuple(one for one in told if (one.actor, one.partner, frozenset(one.kinds)) == wanted)


def assumed(text: str) -> tuple[str, float]:
    """`energy:+1` as a dimension and its reading. Raises UsageError."""
    key, colon, number = text.strip().partition(":")
    known = [one.key for one in dimensions()]
    try:
        value = float(number)
    except ValueError:
        value = float("nan")
    if not colon or key not in known or not -1 <= value <= 1:
        raise UsageError(
            f"--assume {text!r} is not understood. Write DIMENSION:READING, from -1 to +1 (energy:+1); "
            f"dimensions are: {', '.join(known)}."
        )
    return key, value


@cache
def _plain(name: str) -> dict[str, Any]:
    return tomllib.loads(folder("postures").joinpath(f"{name}.toml").read_text(encoding="utf-8"))


def _dimension(entry: dict[str, Any]) -> Dimension:
    series = tuple(Series(**one | {"acts": tuple(one.get("acts", ()))}) for one in entry["series"])
    return Dimension(**entry | {"series": series})


@cache
def _printed() -> tuple[Printed, ...]:
    plain = _plain("printed")
    return tuple(_comparison(entry, plain["texts"][entry["text"]]) for entry in plain["printed"])


@cache
def _absent() -> tuple[Absent, ...]:
    plain = _plain("printed")
    found = [entry | plain["texts"][entry["text"]] for entry in plain["absent"]]
    return tuple(
        Absent(
            tuple(one["kinds"]),
            **{name: one[name] for name in ("actor", "partner", "where", "title", "source", "published")},
            window=parse_window(one["window"]),
        )
        for one in found
    )


def _comparison(entry: dict[str, Any], text: dict[str, Any]) -> Printed:
    given = {"beside_before": None, "beside_after": None, "reading": ""} | entry | text
    del given["text"]
    spans = {name: parse_window(given[name]) for name in ("base", "window")}
    return Printed(**given | spans | {name: _ends(given[name]) for name in ("before", "after")})


def _ends(figure: float | list[float]) -> tuple[float, float]:
    low, high = figure if isinstance(figure, list) else (figure, figure)
    return float(low), float(high)
