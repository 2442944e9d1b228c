"""Lists of goods of the user's own: `--commodity @codes.csv`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from entrepot.errors import ReadError


def with_lists(words: Sequence[str]) -> list[str]:
    """The words, `@FILE` after an option for goods being read: the codes in the file, named after it."""
    found: list[str] = []
    for word in words:
        option, _, value = word.partition("=")
        if option in _GOODS and value.startswith("@"):
            found.append(f"{option}={_codes_in(Path(value[1:]))}")
        elif word.startswith("@") and found and found[-1] in _GOODS:
            found.append(_codes_in(Path(word[1:])))
        else:
            found.append(word)
    return found


_GOODS = ("--commodity", "--others")
_MOST_CODES = 1_000_000  # bytes: the whole Harmonized System is a tenth of it
_TODO = "Name a file with one code a line: 8703, 870310, 8701-8705."


def _codes_in(path: Path) -> str:
    """The first column of a CSV, or the lines of a text, as a list named after the file. Raises ReadError."""
    rows = _text(path).splitlines()
    codes = []
    for place, row in enumerate(rows, 1):
        word = re.split(r"[,;\t]", row)[0].strip().strip('"').strip()
        if not word or (place == 1 and not any(letter.isdigit() for letter in word)):
            continue  # an empty line, or the heading
        if not re.fullmatch(r"[0-9][0-9. ]*(-[0-9][0-9. ]*)?", word):
            raise ReadError(path, f"{word[:40]!r} is no code", row=place, todo=_TODO)
        codes.append(word)
    if not codes:
        raise ReadError(path, "there are no codes in its first column", todo=_TODO)
    return f"my-{re.sub(r'[^A-Za-z0-9_.-]', '-', path.stem)[:30]}=" + ",".join(codes)


def _text(path: Path) -> str:
    try:
        if not path.is_file():
            raise ReadError(path, "is no file", todo=_TODO)
        with path.open("rb") as file:
            held = file.read(_MOST_CODES + 1)
        if len(held) > _MOST_CODES:
            raise ReadError(path, "is too large for a list of codes", todo=_TODO)
        return held.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ReadError(path, f"cannot be read: {error}", todo=_TODO) from error
