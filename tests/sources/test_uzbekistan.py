"""Uzbekistan: annual trade by partner, a full grid in thousand USD."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

import duckdb
import pytest

from entrepot.errors import ReadError

EXPORTS = "national/uzbekistan_exports_by_partner_2010_2023.csv"
IMPORTS = "national/uzbekistan_imports_by_partner_2010_2023.csv"
SAMPLE = resources.files("entrepot.sources.uzbekistan").joinpath("sample.csv").read_text(encoding="utf-8")

Read = Callable[..., Any]


def _write(folder: Path, text: str = SAMPLE) -> Path:
    path = folder / "uzbekistan.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_code_0_is_other_countries_and_not_the_world(read: Read, tmp_path: Path) -> None:
    """Simulated: in Comtrade's list 0 is the world; here it is a rest that counts beside the countries."""
    found = read(_write(tmp_path))
    assert found.total(partner="OTHER") == 222_000
    assert not found.where(partner="WLD")


def test_zero_is_a_value_and_codes_may_lead_with_zeros(read: Read, tmp_path: Path) -> None:
    """Simulated: the grid's 0.0 is the publisher's zero; 051 is Armenia as 51 is."""
    found = read(_write(tmp_path))
    assert (found.total(partner="ALB"), found.total(partner="ARM"), found.card.rejects) == (0, 111_000, 0)


@pytest.mark.parametrize(
    ("old", "new", "column"),
    [
        ("8,Albania", "999,Albania", "Code"),
        ("8,Albania", "8,Armenia", "Klassifikator_en"),
        ("Albania,2020,0.0", "Albania,2020,nil", "value_usd_k"),
        ("UZB,X,8,", "UZB,T,8,", "flow"),
        ("UZB,X,8,", "KAZ,X,8,", "reporter"),
        ("Albania,2020", "Albania,20", "year"),
    ],
)
def test_a_row_that_is_not_understood_is_rejected(
    read: Read, tmp_path: Path, old: str, new: str, column: str
) -> None:
    """Simulated: a code whose name is another area's is not believed either."""
    (reject,) = read(_write(tmp_path, SAMPLE.replace(old, new))).rejects.to_pylist()
    assert (reject["row"], reject["column"]) == (2, column)


def test_a_column_too_many_or_too_few_stops_the_file(read: Read, tmp_path: Path) -> None:
    """Simulated."""
    with pytest.raises(ReadError, match="does not know this column"):
        read(_write(tmp_path, "\n".join(f"{line},1" for line in SAMPLE.splitlines())))
    with pytest.raises(ReadError, match="not a file of"):
        read(_write(tmp_path, SAMPLE.replace("Code", "Kod")))


@pytest.mark.parametrize(
    ("file", "rows", "flow"), [(EXPORTS, 228 * 14, "export"), (IMPORTS, 234 * 14, "import")]
)
def test_real_tables_read_whole(read: Read, data: Path, file: str, rows: int, flow: str) -> None:
    """Every partner in every year, no rejects, codes agree with names, sum of the raw file in thousands."""
    found = read(data / file)
    assert (found.card.rows, found.card.rejects, found.card.missing) == (rows, 0, 0)
    assert {row["flow"] for row in found.flows.to_pylist()} == {flow}
    raw = duckdb.execute(f"select sum(value_usd_k) from read_csv('{data / file}')").fetchall()[0][0]
    assert found.total() == pytest.approx(1000 * raw)


def test_real_exports_of_2021(read: Read, data: Path) -> None:
    """16,662.8 USD m, of which 4,874.9 to no country named."""
    found = read(data / EXPORTS)
    assert found.total(period=date(2021, 1, 1)) / 1e6 == pytest.approx(16_662.8, abs=0.05)
    assert found.total(period=date(2021, 1, 1), partner="OTHER") / 1e6 == pytest.approx(4_874.9, abs=0.05)


def test_real_slovakia_is_there_though_its_name_is_in_russian(read: Read, data: Path) -> None:
    """Matched by English names it would be missing; in 2010 it is 9,759.95 thousand USD of imports."""
    assert found_in(read(data / IMPORTS), "SVK", 2010) == pytest.approx(9_759_950)


def found_in(found: Any, partner: str, year: int) -> float:
    """The one value of a partner and year."""
    (row,) = found.where(partner=partner, period=date(year, 1, 1))
    return float(row["value"])
