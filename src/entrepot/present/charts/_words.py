"""How wide words are, and where their lines end."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_UNDRAWABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
LETTER = 6.1  # pixels of a Latin letter at 11 pixels


def drawable(text: str) -> str:
    """Text without what XML forbids; the renderer ends the whole process on a null character."""
    return _UNDRAWABLE.sub("", text)


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
