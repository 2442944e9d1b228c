"""Makes src/entrepot/model/chapters.csv: short names of the chapters of the Harmonized System.

    python tools/make_chapters.py FOLDER/hs/harmonized-system.csv

The table of descriptions is in the public domain (PDDL, github.com/datasets/harmonized-system); the name is
its text up to the first semicolon, or to the second where two chapters would share a name.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from pathlib import Path


def make(table: Path, target: Path) -> None:
    """Write chapter and name, one line each."""
    with table.open(encoding="utf-8", newline="") as file:
        told = {r["hscode"]: r["description"].split("; ") for r in csv.DictReader(file) if r["level"] == "2"}
    first = Counter(parts[0] for parts in told.values())
    rows = [
        (code, parts[0] if first[parts[0]] == 1 else ", ".join(parts[:2])) for code, parts in told.items()
    ]
    with target.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerows([("chapter", "name"), *sorted(rows)])


if __name__ == "__main__":
    make(
        Path(sys.argv[1]), Path(__file__).resolve().parents[1] / "src" / "entrepot" / "model" / "chapters.csv"
    )
