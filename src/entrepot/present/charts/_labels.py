"""Words beside points that neither cover each other nor leave the picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from entrepot.present.charts._layout import Point
from entrepot.present.charts._words import LETTER, letters

_LINE = 13.5  # pixels of a line
_GAP = 9  # between a point and its words
Box = tuple[float, float, float, float]  # left, top, right, bottom
Wanted = tuple[Point, Sequence[tuple[str, ...]]]  # a point and its words, longer ones first


@dataclass(frozen=True)
class Label:
    """Lines of words, and the corner they are drawn from: their top, aligned left, right or in the middle."""

    lines: tuple[str, ...]
    x: float
    y: float
    align: str


def placed(wanted: Sequence[Wanted], size: tuple[int, int], lines: Sequence[Point] = ()) -> list[Label]:
    """A place for each point's words, the first points first.

    Words for which every place around is taken give way to the shorter ones given next; the last are put to
    the right all the same. lines: points of curves; the place that covers the fewest is taken.
    """
    taken: list[Box] = [(x - 6, y - 6, x + 6, y + 6) for (x, y), _ in wanted]
    found: list[Label] = []
    for point, choices in wanted:
        label, box = _best(point, choices, size, taken, lines)
        found.append(label)
        taken.append(box)
    return found


def _best(
    point: Point,
    choices: Sequence[tuple[str, ...]],
    size: tuple[int, int],
    taken: Sequence[Box],
    lines: Sequence[Point],
) -> tuple[Label, Box]:
    for words in choices:
        free = [
            (label, box)
            for label, box in _around(point, words)
            if _inside(box, size) and not any(_overlap(box, other) for other in taken)
        ]
        if free:
            return min(free, key=lambda one: _covered(one[1], lines))
    return next(_around(point, choices[-1]))


def _around(point: Point, lines: tuple[str, ...]) -> Iterator[tuple[Label, Box]]:
    """Right, left, above, below, then the four corners."""
    x, y = point
    wide, tall = max(map(letters, lines), default=0) * LETTER, len(lines) * _LINE
    rows = {0: y - tall / 2, -1: y - _GAP - tall, 1: y + _GAP}
    for side, row in ((1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (-1, -1), (1, 1), (-1, 1)):
        align = {1: "left", -1: "right", 0: "center"}[side]
        anchor = x + side * (_GAP if row == 0 else 4)
        left = {1: anchor, -1: anchor - wide, 0: anchor - wide / 2}[side]
        yield Label(lines, anchor, rows[row], align), (left, rows[row], left + wide, rows[row] + tall)


def _inside(box: Box, size: tuple[int, int]) -> bool:
    return box[0] >= 0 and box[1] >= 0 and box[2] <= size[0] and box[3] <= size[1]


def _covered(box: Box, lines: Sequence[Point]) -> int:
    return sum(box[0] <= x <= box[2] and box[1] <= y <= box[3] for x, y in lines)


def _overlap(one: Box, two: Box) -> bool:
    return one[0] < two[2] and two[0] < one[2] and one[1] < two[3] and two[1] < one[3]
