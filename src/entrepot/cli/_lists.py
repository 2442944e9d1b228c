"""Lists of goods of the user's own: `--commodity @codes.csv`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from entrepot.errors import ReadError, UsageError


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


def _codes_in(path: Path) -> str:
    """The codes in the first column of a CSV, or in the lines of a text. Raises ReadError, UsageError."""
    try:
        if path.stat().st_size > _MOST_CODES:
            raise UsageError(f"{path} is too large for a list of codes. Name a file with one code a line.")
        rows = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ReadError(path, f"cannot be read: {error}", todo="Name a file with one code a line.") from error
    words = [re.split(r"[,;\t]", row)[0].strip().strip('"').replace(".", "") for row in rows]
    if not (codes := [word for word in words if word.isdigit()]):
        raise UsageError(f"{path} has no codes in its first column. Write one code of digits a line.")
    name = re.sub(r"[^A-Za-z0-9_.-]", "-", path.stem)[:30]
    return f"{name if name[:1].isalpha() else f'list-{name}'}=" + ",".join(codes)
