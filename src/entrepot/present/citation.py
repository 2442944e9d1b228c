"""How to cite an answer: one paragraph that names the question, the day and every snapshot behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from entrepot import __version__
from entrepot.model.answer import Answer
from entrepot.model.provenance import Snapshot

_UNSAID = ("command", "sentence", "commodity_title", "as_of", "near", "near_source", "statuses")
_MOST_DAYS = 6  # of a publisher that are told one by one
_MOST_NAMED = 12  # snapshots that a citation names; the files have all of them
_MOST = 120  # characters of one part of a question: a long list of codes is cut


def citation(answer: Answer, link: str = "", heading: str = "") -> str:
    """The answer as a source: program, figure, question, as-of date, data with snapshots, link."""
    title = heading or f"entrepot {answer.question.get('command', '')}".strip()
    as_of = answer.question.get("as_of")
    day = f"as of {as_of}" if as_of else "as of the latest publications held"
    data = "; ".join(_data(answer)) or "no data"
    told = [f"entrepot {__version__}, “{title}”", _question(answer.question), day]
    return ", ".join(one for one in told if one) + f". Data: {data}." + (f" {link}" if link else "")


def _question(question: Any) -> str:
    """What was asked, each part with its name."""
    said = [
        (key, value)
        for key, value in question.items()
        if key not in _UNSAID and value not in (None, "", (), [])
    ]
    command = question.get("command")
    return " ".join([*([str(command)] if command else []), *(f"{key}={_cut(value)}" for key, value in said)])


def _cut(value: Any) -> str:
    text = ",".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
    return text if len(text) <= _MOST else f"{text[:_MOST]}…"


def vintages(shots: Sequence[Snapshot], added: str = "added") -> list[tuple[str, list[Snapshot]]]:
    """Snapshots by publisher and day, in words: a line for each day, or one for many days of a publisher.

    Under two licences of one publisher the same line stands twice. added: what to say of a day that only
    stands in for the publisher's.
    """
    found: dict[tuple[str, str], list[Snapshot]] = {}
    for shot in shots:
        found.setdefault((shot.publisher, shot.licence), []).append(shot)
    return [one for (name, _), mine in found.items() for one in _by_day(name, mine, added)]


def _by_day(publisher: str, shots: Sequence[Snapshot], added: str) -> Iterator[tuple[str, list[Snapshot]]]:
    days: dict[str, list[Snapshot]] = {}
    for shot in shots:
        day = f"{'published' if shot.published_is_known else added} {shot.published}"
        days.setdefault(f"{publisher}, {day}", []).append(shot)
    if len(days) <= _MOST_DAYS:
        yield from days.items()
        return
    first, last = min(shot.published for shot in shots), max(shot.published for shot in shots)
    standing = "" if all(shot.published_is_known for shot in shots) else f", some {added} then"
    yield f"{publisher}, published {first} to {last} ({len(shots)} files{standing})", [*shots]


def _data(answer: Answer) -> Iterator[str]:
    """Each publisher and vintage once, with its snapshots; then texts and lists."""
    for vintage, shots in vintages(answer.snapshots):
        more = f" and {len(shots) - _MOST_NAMED} more" if len(shots) > _MOST_NAMED else ""
        yield f"{vintage} [{' '.join(shot.snapshot for shot in shots[:_MOST_NAMED])}{more}]"
    for one in answer.cited:
        yield one.line
