"""A verdict in words, made of the readings."""

from __future__ import annotations

from entrepot.answers._posture_readings import Told
from entrepot.measures.verdict import Mean
from entrepot.model.posture import DEEDS, NOT_TOLD, TOLD, WORDS


def sentence(told: Told) -> str:
    """Who towards whom on which day: the verdict, what points where, words against deeds."""
    asked = told.asked
    day = f"As of {asked.as_of}, " if asked.as_of else ""
    parts = [f"{day}{asked.actor} towards {asked.partner}: {told.verdict.name}."]
    parts += [f"{of.capitalize()}: {_ways(told, of)}." for of in (DEEDS, WORDS)]
    parts += [f"Words less deeds: {_mean(told.verdict.words_less_deeds)}."]
    return " ".join(parts)


def _ways(told: Told, of: str) -> str:
    titles = {line.dimension.key: line.dimension.title for line in told.lines}
    found = []
    for way in (*TOLD, NOT_TOLD):
        named = [titles[one.key] for one in told.readings if one.of == of and one.way == way]
        found += [f"{way}: {', '.join(named)}"] if named else []
    return "; ".join(found)


def _mean(one: Mean) -> str:
    if one.value is None or one.low_90 is None or one.high_90 is None:
        return "not told"
    return f"{one.value:+.2f} ({one.low_90:+.2f} to {one.high_90:+.2f})"


def cautions(told: Told) -> list[str]:
    """What a reader must know: what is assumed, printed, a proxy, of a later vintage, told of too few."""
    read = [line for line in told.lines if line.read.evidence and line.dimension.key not in told.assumed]
    kinds = {
        "assumed, not read": [key for key, _ in told.assumed.items()],
        "read from figures that a text prints": [one.dimension.key for one in read if one.read.printed],
        "read from a proxy": [one.dimension.key for one in read if one.read.proxy],
        "read from a vintage published after the day, cut to what was past (--strict leaves it out)": [
            one.dimension.key for one in read if one.read.later
        ],
    }
    found = [f"{', '.join(keys)}: {what}." for what, keys in kinds.items() if keys]
    if any(" " in line.read.status or line.read.status == "typed" for line in read):
        found.append("some acts were typed by hand from what is cited (entrepot acts shows each).")
    found += [
        f"{line.dimension.key}: not told ({line.why}). {_settle(told, line.dimension.settle)}"
        for line in told.lines
        if line.read.evidence is None and line.dimension.key not in told.assumed
    ]
    return found


def _settle(told: Told, text: str) -> str:
    """The file that would settle it."""
    return f"It would be settled by: {settled(told, text)}."


def settled(told: Told, text: str) -> str:
    """The file that would settle a dimension, with the areas asked about."""
    asked = told.asked
    return text.format(actor=asked.actor, partner=asked.partner, hubs=", ".join(asked.hubs) or "hubs")
