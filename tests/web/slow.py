"""Tasks for the workshop that take their time, or break."""

import os
import time
from pathlib import Path


def sleeping(place: tuple[str, str], told: str, seconds: float) -> bytes:
    """Writes the number of its process, then sleeps."""
    with Path(told).open("a", encoding="utf-8") as file:
        file.write(f"{os.getpid()}\n")
    time.sleep(seconds)
    return b"awake"


def dying(place: tuple[str, str]) -> bytes:
    """Ends its process, as want of memory would."""
    os._exit(9)


def failing(place: tuple[str, str]) -> bytes:
    """A defect."""
    raise KeyError("a secret of the disk")
