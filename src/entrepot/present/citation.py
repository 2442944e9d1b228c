"""How to cite an answer: one paragraph that names the question, the day and every snapshot behind it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from entrepot import __version__
from entrepot.model.answer import Answer
from entrepot.model.provenance import Snapshot

_UNSAID = ("command", "sentence", "commodity_title", "as_of", "near", "near_source", "statuses")
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


def _data(answer: Answer) -> Iterator[str]:
    """Each publisher and vintage once, with its snapshots; then texts and lists."""
    vintages: dict[str, list[Snapshot]] = {}
    for shot in answer.snapshots:
        day = f"published {shot.published}" if shot.published_is_known else f"added {shot.published}"
        vintages.setdefault(f"{shot.publisher}, {day}", []).append(shot)
    for vintage, shots in vintages.items():
        yield f"{vintage} [{' '.join(shot.snapshot for shot in shots)}]"
    for one in answer.cited:
        yield one.line
