"""Short names of the chapters of the Harmonized System, for people; derived by tools/make_chapters.py."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files


@cache
def _names() -> dict[str, str]:
    text = files("entrepot.model").joinpath("chapters.csv").read_text(encoding="utf-8")
    return {row["chapter"]: row["name"] for row in csv.DictReader(text.splitlines())}


def chapter_name(code: str) -> str:
    """Chapter and name, "87 Vehicles", of 87 and of any code inside it; else the code alone."""
    name = _names().get(code[:2])
    return f"{code[:2]} {name}" if name else code
