"""Makes reference/hs<A>_to_hs<B>.csv and its card: which codes of two HS editions share goods.

    python tools/make_concordance.py FILE [TARGET]

FILE is the United Nations' own workbook (the card names its address), for example
HS2022toHS2017ConversionAndCorrelationTables.xlsx; its sheet of correlations names the two editions. One line
a pair of codes, sorted, leading zeros kept, both directions complete. A pair that the table lacks and must
have is added by name, below, and marked. Same file in, same bytes out.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterable
from pathlib import Path

from python_calamine import CalamineWorkbook

Pair = tuple[str, str]
URL = "https://unstats.un.org/unsd/classifications/Econ/tables/{0}to{1}ConversionAndCorrelationTables.xlsx"
_SEMICONDUCTORS = "8541.50 (other semiconductor devices) became 8541.51 and 8541.59"
ADDED: dict[Pair, dict[Pair, str]] = {
    ("HS2022", "HS2017"): {
        ("854151", "854150"): f"{_SEMICONDUCTORS}; in China's tariff 85415000 to 2021, 854151xx since 2022",
        ("854159", "854150"): f"{_SEMICONDUCTORS}; in China's tariff 85415000 to 2021, 85415900 since 2022",
        ("911490", "911490"): "9114.90 (other parts of clocks and watches) goes on under its number",
    }
}
"""What the table lacks, each with its reason: codes it would let end in waste and scrap (8549) alone."""

CITATION = (
    "United Nations Statistics Division, {0} to {1} Conversion and Correlation Tables, "
    "sheet Correlation Tables; pairs of codes derived by entrepot"
)
CARD = """# Made by tools/make_concordance.py, from the publisher's workbook, which is not here.
publisher = "United Nations Statistics Division"
title = "Correlation between {one} and {other} (all relations, both directions)"
url = "{url}"
licence = "no licence is stated with the table; terms of use of the United Nations, source to be named"
citation = "{citation}"
derived = "{pairs} pairs of {ones} codes of {one} and {others} of {other}, as in the sheet"
added = [  # by hand, marked in the column note: codes that would else end in waste and scrap alone
{reasons}
]
"""


def read(workbook: Path) -> tuple[Pair, list[Pair]]:
    """The two editions and every pair of codes in the sheet of correlations, not the sheet of conversions."""
    book = CalamineWorkbook.from_path(workbook)
    name = next(sheet for sheet in book.sheet_names if "correlation" in sheet.lower())
    rows = book.get_sheet_by_name(name).to_python()
    place = next(n for n, row in enumerate(rows) if _edition(row[0]) and _edition(row[1]))
    editions = (_edition(rows[place][0]), _edition(rows[place][1]))
    return editions, [(_code(row[0]), _code(row[1])) for row in rows[place + 1 :] if row[0] != ""]


def _edition(cell: object) -> str:
    found = re.fullmatch(r"\s*HS\s*((?:19|20)\d\d)\s*", str(cell))
    return f"HS{found[1]}" if found else ""


def _code(cell: object) -> str:
    """Six places; a code that the workbook holds as a number has lost its leading zeros."""
    text = f"{cell:.0f}" if isinstance(cell, float) else str(cell).strip()
    if not re.fullmatch(r"\d{5,6}", text):
        raise SystemExit(f"not a code of six places: {cell!r}")
    return text.zfill(6)


def make(workbook: Path, folder: Path) -> Path:
    """Write the pairs and the card; stop if what was written is not the whole table."""
    editions, told = read(workbook)
    added = {pair: why for pair, why in ADDED.get(editions, {}).items() if pair not in set(told)}
    rows = sorted([(*pair, "") for pair in set(told)] + [(*pair, "added") for pair in added])
    target = folder / f"{editions[0].lower()}_to_{editions[1].lower()}.csv"
    with target.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([(*editions, "note"), *rows])
    _check(target, told, [*told, *added])
    reasons = "\n".join(f'    "{one} from {other}: {why}",' for (one, other), why in added.items())
    facts = {"one": editions[0], "other": editions[1], "url": URL.format(*editions)}
    facts["citation"] = CITATION.format(*editions)
    counts = {"pairs": len(set(told)), "ones": _count(told, 0), "others": _count(told, 1)}
    target.with_suffix(".card.toml").write_text(
        CARD.format(**facts, **counts, reasons=reasons), encoding="utf-8"
    )
    return target


def _check(target: Path, told: Iterable[Pair], wanted: Iterable[Pair]) -> None:
    """Both directions complete: each pair of the table and each code of either edition is in the file."""
    with target.open(encoding="utf-8", newline="") as file:
        _, *rows = csv.reader(file)
    written = {(one, other) for one, other, _ in rows}
    if written != set(wanted) or len(rows) != len(written):
        raise SystemExit(f"{target.name} is not the table: {len(written)} of {len(set(wanted))} pairs")
    if lost := [place for place in (0, 1) if _codes(written, place) != _codes(told, place)]:
        raise SystemExit(f"{target.name} lacks codes in columns {lost}")


def _codes(pairs: Iterable[Pair], place: int) -> set[str]:
    return {pair[place] for pair in pairs}


def _count(pairs: Iterable[Pair], place: int) -> int:
    return len(_codes(pairs, place))


if __name__ == "__main__":
    top = Path(__file__).resolve().parents[1]
    print(make(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else top / "reference"))
