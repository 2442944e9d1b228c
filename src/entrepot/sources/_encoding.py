"""Text of one byte a letter taken for Chinese: GB18030 reads nearly anything, and garbles `Müller`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from entrepot.errors import ReadError

_HAN = "\u3400-\u9fff"
_GARBLED = re.compile(rf"(?<![{_HAN}])[{_HAN}](?=[a-z]+(?![{_HAN}\w]))|(?<=[a-z])[{_HAN}](?=[a-z])")
"""One Chinese character with the rest of a Latin word around it: an accented letter and the one after it."""


def refuse_garbled(name: str, lines: Iterable[str]) -> None:
    """Raise ReadError where lines decoded as GB18030 are likely Latin: names in it would be found nowhere."""
    for row, line in enumerate(lines, 1):
        if found := _GARBLED.search(line):
            seen = line[max(0, found.start() - 10) : found.end() + 10]
            raise ReadError(
                name,
                f"is neither UTF-8 nor Chinese: read as GB18030 it says {seen!r}.",
                row=row,
                todo="Save it as UTF-8.",
            )
