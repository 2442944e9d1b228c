"""A verdict in words, made of the readings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from entrepot.answers._posture_readings import Line, Told
from entrepot.measures.verdict import Mean
from entrepot.model.posture import DEEDS, NOT_TOLD, TOLD, WORDS


def sentence(told: Told) -> str:
    """Who towards whom on which day: the verdict, what points where, words against deeds."""
    asked = told.asked
    put = ", ".join(f"{key} {value:+g}" for key, value in told.assumed.items())
    begin = f"Assuming {put}: " if put else ""
    begin += f"As of {asked.as_of}, " if asked.as_of else ""
    begin += "" if asked.texts else "without figures printed in texts, "
    parts = [f"{begin}{asked.actor} towards {asked.partner}: {told.verdict.name}."]
    parts += _of_texts(told)
    parts += [f"{of.capitalize()}: {_ways(told, of)}." for of in (DEEDS, WORDS)]
    parts += [f"Words less deeds: {_mean(told.verdict.words_less_deeds)}."]
    return " ".join(parts)


def _of_texts(told: Told) -> list[str]:
    """What the verdict is with statistics alone, and which texts it rests on."""
    alone = f"With statistics alone, no text: {told.alone.name}."
    if told.without_texts is None:
        return [alone] if told.asked.texts else []
    if told.is_of_texts_alone:
        alone = f"No statistics are held: the verdict is the texts' own. {alone}"
    texts = (f"{text} ({_titles(lines)})" for text, lines in told.of_texts.items())
    return [f"It rests on figures printed in {'; '.join(texts)}.", alone]


def _titles(lines: Iterable[Line]) -> str:
    return ", ".join(line.dimension.title for line in lines)


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


def cautions(by_day: Sequence[Told]) -> list[str]:
    """What a reader must know of each day: what is assumed, printed, a proxy, of a later vintage, missing."""
    said: dict[str, list[Told]] = {}
    for told in by_day:
        for caution in _cautions(told):
            said.setdefault(caution, []).append(told)
    return [
        caution if len(of) == len(by_day) else f"as of {of[0].asked.as_of}: {caution}"
        for caution, of in said.items()
    ]


def _cautions(told: Told) -> list[str]:
    read = [line for line in told.lines if line.read.evidence and line.dimension.key not in told.assumed]
    kinds = {
        "assumed, not read": [key for key, _ in told.assumed.items()],
        "read from a proxy": [one.dimension.key for one in read if one.read.proxy],
        "read from a vintage published after the day, cut to what was past (--strict leaves it out)": [
            one.dimension.key for one in read if one.read.later
        ],
    }
    found = [f"{', '.join(keys)}: {what}." for what, keys in kinds.items() if keys]
    found += [_printed(told, text, lines) for text, lines in told.of_texts.items()]
    found += [_unweighed(line) for line in read if line.read.unweighed]
    if any(" " in line.read.status or line.read.status == "typed" for line in read):
        found.append("some acts were typed by hand from what is cited (entrepot acts shows each).")
    found += [
        f"{line.dimension.key}: not told ({line.why}). {_settle(told, line.dimension.settle)}"
        for line in told.lines
        if line.read.evidence is None and line.dimension.key not in told.assumed
    ]
    return found


def _printed(told: Told, text: str, lines: Sequence[Line]) -> str:
    """What is a text's own figure; where the verdict hangs on it, the files that would settle it."""
    keys = ", ".join(line.dimension.key for line in lines)
    said = f"{keys}: read from figures printed in {text} (--without-texts leaves them out)."
    if told.without_texts is None or told.without_texts.name == told.verdict.name:
        return said
    files = " ".join(_settle(told, line.dimension.settle) for line in lines)
    return f"{said} On what else is held the verdict is {told.without_texts.name}. {files}"


def _unweighed(line: Line) -> str:
    return f"{line.dimension.key}: no net weight of {line.read.unweighed}; left out where there is none."


def _settle(told: Told, text: str) -> str:
    """The file that would settle it."""
    return f"It would be settled by: {settled(told, text)}."


def settled(told: Told, text: str) -> str:
    """The file that would settle a dimension, with the areas asked about."""
    asked = told.asked
    return text.format(actor=asked.actor, partner=asked.partner, hubs=", ".join(asked.hubs) or "hubs")
