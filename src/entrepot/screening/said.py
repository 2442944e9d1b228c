"""What people write into records: required, bounded, and nothing in it that cannot be seen."""

from __future__ import annotations

from typing import Final

from entrepot.errors import UsageError

_JOINERS: Final = "\u200c\u200d"
"""Not printable, and part of ordinary words in Persian and in scripts of India."""


def told(name: str, text: str, most: int, *, required: bool = True) -> str:
    """A person's words, spaces and line feeds made one space. Raises UsageError where they cannot stand.

    Control characters are refused, not removed: a record must say what its reader sees.
    """
    if len(text) > most:
        raise UsageError(f"--{name} has {len(text):,} characters; {most:,} are the most. Say it shorter.")
    found = " ".join(text.split())
    if unseen := next((char for char in found if not char.isprintable() and char not in _JOINERS), None):
        raise UsageError(f"--{name} has a character that cannot be seen, U+{ord(unseen):04X}. Take it out.")
    if required and not any(char.isalnum() for char in found):
        raise UsageError(f"--{name} is needed, in words: a record without it says nothing.")
    return found
