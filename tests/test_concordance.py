"""The table of codes in the package: made from the publisher's workbook, whole, with a card."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TOOL = ROOT / "tools" / "make_concordance.py"
TABLES = sorted((ROOT / "reference").glob("hs*_to_hs*.csv"))


def made(workbook: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(TOOL), str(workbook), str(folder)], capture_output=True, text=True, check=False
    )


def test_the_same_workbook_gives_the_same_bytes(data, tmp_path):
    """Anyone can make the table and its card anew."""
    done = made(data / "hs" / "hs2022_to_hs2017_un_correlation.xlsx", tmp_path)
    assert done.returncode == 0, done.stderr
    for name in ("hs2022_to_hs2017.csv", "hs2022_to_hs2017.card.toml"):
        assert (tmp_path / name).read_bytes() == (ROOT / "reference" / name).read_bytes()


def test_codes_held_as_numbers_get_their_leading_zeros_back(tmp_path):
    """A sheet of another pair of editions, some of its codes numbers; the sheet of conversions is not it."""
    xlsxwriter = pytest.importorskip("xlsxwriter")
    book = xlsxwriter.Workbook(tmp_path / "book.xlsx")
    conversions, correlations = book.add_worksheet("Conversions"), book.add_worksheet("Correlation Tables")
    conversions.write_row(0, 0, ["From HS2017", "To HS2012"])
    rows = [["HS2017", " HS2012", "Relationship"], [10121, "010121", "n:1"], ["010129", 10121, "n:1"]]
    for place, row in enumerate(rows):
        correlations.write_row(place, 0, row)
    book.close()
    assert made(tmp_path / "book.xlsx", tmp_path).returncode == 0
    written = (tmp_path / "hs2017_to_hs2012.csv").read_text(encoding="utf-8")
    assert written == "HS2017,HS2012,note\n010121,010121,\n010129,010121,\n"


@pytest.mark.parametrize("table", TABLES, ids=lambda path: path.stem)
def test_each_table_has_a_card_that_says_whose_it_is(table):
    """Publisher, title, address, licence, citation, what was derived, what was added and why."""
    card = tomllib.loads(table.with_suffix(".card.toml").read_text(encoding="utf-8"))
    assert set(card) == {"publisher", "title", "url", "licence", "citation", "derived", "added"}
    added = table.read_text(encoding="utf-8").count(",added\n")
    assert added == len(card["added"]) == 3
