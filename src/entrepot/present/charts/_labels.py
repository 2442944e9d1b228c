"""Words beside points that neither cover each other nor leave the picture."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from entrepot.present.charts._layout import Point

_LETTER, _LINE = 6.1, 13.5  # pixels of a letter and of a line, at 11 pixels
_GAP = 9  # between a point and its words
Box = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True)
class Label:
    """Lines of words, and the corner they are drawn from: their top, aligned left, right or in the middle."""

    lines: tuple[str, ...]
    x: float
    y: float
    align: str


def placed(wanted: Sequence[tuple[Point, tuple[str, ...]]], width: int, height: int) -> list[Label | None]:
    """A place for each point's words, the first ones first; None where all places around it are taken."""
    taken: list[Box] = [(x - 6, y - 6, x + 6, y + 6) for (x, y), _ in wanted]
    found: list[Label | None] = []
    for point, lines in wanted:
        free = (
            (label, box)
            for label, box in _around(point, lines)
            if _inside(box, width, height) and not any(_overlap(box, other) for other in taken)
        )
        label, box = next(free, (None, None))
        found.append(label)
        taken += [box] if box else []
    return found


def letters(text: str) -> int:
    """How wide a text is, in Latin letters: a Chinese or Japanese one counts twice."""
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)


def wrapped(text: str, most: float) -> Iterator[str]:
    """Lines no wider than so many letters; a Chinese or Japanese one counts twice and may end a line."""
    line, room = "", most
    for piece in re.findall(
        r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]|[^\s\u2e80-\u9fff\uf900-\uffef]+\s*|\s+", text
    ):
        if line and letters(piece.rstrip()) > room:
            yield line.rstrip()
            line, room = "", most
        line, room = line + piece, room - letters(piece)
    if line.strip():
        yield line.rstrip()


def _around(point: Point, lines: tuple[str, ...]) -> Iterator[tuple[Label, Box]]:
    """Right, left, above, below, then the four corners."""
    x, y = point
    wide, tall = max(map(letters, lines)) * _LETTER, len(lines) * _LINE
    rows = {0: y - tall / 2, -1: y - _GAP - tall, 1: y + _GAP}
    for side, row in ((1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (-1, -1), (1, 1), (-1, 1)):
        align = {1: "left", -1: "right", 0: "center"}[side]
        anchor = x + side * (_GAP if row == 0 else 4)
        left = {1: anchor, -1: anchor - wide, 0: anchor - wide / 2}[side]
        yield Label(lines, anchor, rows[row], align), (left, rows[row], left + wide, rows[row] + tall)


def _inside(box: Box, width: int, height: int) -> bool:
    return box[0] >= 0 and box[1] >= 0 and box[2] <= width and box[3] <= height


def _overlap(one: Box, two: Box) -> bool:
    return one[0] < two[2] and two[0] < one[2] and one[1] < two[3] and two[1] < one[3]
