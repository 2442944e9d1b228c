"""Kazakhstan: annual trade by partner in Russian, two vintages of most years in one file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

import duckdb
import pytest

from entrepot.errors import ReadError

FILE = "national/kazakhstan_by_partner_2018_2023.csv"
SAMPLE = resources.files("entrepot.sources.kazakhstan").joinpath("sample.csv").read_text(encoding="utf-8")

Read = Callable[..., Any]


def _write(folder: Path, text: str = SAMPLE) -> Path:
    path = folder / "kazakhstan.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_later_publication_of_a_year_wins(read: Read, tmp_path: Path) -> None:
    """Simulated: the workbook of 2022 repeats 2021, so it speaks for 2021; the earlier rows say why not."""
    found = read(_write(tmp_path))
    assert found.total(partner="ARM", period=date(2021, 1, 1), flow="export") == 222 * 1000
    reasons = {(reject["row"], reject["reason"]) for reject in found.rejects.to_pylist()}
    why = "superseded in the same file by Simulated_2022.xls"
    assert reasons == {(2, why), (3, why)}


def test_empty_is_missing_and_zero_is_zero(read: Read, tmp_path: Path) -> None:
    """Simulated: an import of 0.0 is stored."""
    found = read(_write(tmp_path))
    assert found.total(partner="ARM", period=date(2022, 1, 1), flow="import") == 0
    (row,) = found.where(partner="AFRICA", flow="import")
    assert (row["value"], row["partner_basis"], row["valuation"]) == (222_000, "origin", "cif")


@pytest.mark.parametrize(
    ("old", "new", "column"),
    [
        ("Армения,2022", "Атлантида,2022", "partner_ru"),
        ("Африка,2022,222", "Африка,2022,2x2", "export_usd_k"),
        ("KAZ,Африка", "UZB,Африка", "reporter"),
        ("222,Simulated_2022.xls\n", "222,Simulated.xls\n", "file"),
    ],
)
def test_a_row_that_is_not_understood_is_rejected(
    read: Read, tmp_path: Path, old: str, new: str, column: str
) -> None:
    """Simulated: an unknown partner, a bad number, another reporter, a workbook of no year."""
    columns = [
        reject["column"] for reject in read(_write(tmp_path, SAMPLE.replace(old, new))).rejects.to_pylist()
    ]
    assert column in columns


def test_an_unknown_column_stops_the_file(read: Read, tmp_path: Path) -> None:
    """Nobody has decided what it means."""
    text = "".join(f"{line},x\n" for line in SAMPLE.replace('"Всего\nв том числе"', "Всего").splitlines())
    with pytest.raises(ReadError, match="'x'"):
        read(_write(tmp_path, text))


def test_a_missing_column_is_not_this_source(read: Read, tmp_path: Path) -> None:
    """Without the workbook's name the vintages cannot be told apart."""
    with pytest.raises(ReadError, match="not a file of"):
        read(_write(tmp_path, SAMPLE.replace(",file", ",workbook")))


def test_real_file_rejects_only_superseded_rows(read: Read, data: Path) -> None:
    """Each year comes from the last workbook that has it; all of its partners are known."""
    found = read(data / FILE)
    reasons = {reject["reason"].split(" by ")[0] for reject in found.rejects.to_pylist()}
    assert reasons == {"superseded in the same file"}
    # rows of the earlier workbooks of 2019, 2020, 2021 (in two) and 2022, two flows each
    assert found.card.rejects == 2 * (203 + 190 + 202 + 217)
    kept = (201 + 203 + 190 + 202 + 217 + 216) * 2
    assert found.card.rows + found.card.missing == kept


def test_real_totals_are_the_published_ones(read: Read, data: Path) -> None:
    """Imports of 2023: 60,412.28 USD m; every vintage chosen as an independent query chooses it."""
    found = read(data / FILE)
    assert found.total(partner="WLD", flow="import", period=date(2023, 1, 1)) == pytest.approx(
        60_412_283_334.94
    )
    assert found.total(partner="WLD", flow="export", period=date(2020, 1, 1)) == pytest.approx(
        47_540_772_695.68
    )
    raw = duckdb.execute(
        f"with t as (select *, max(file[-8:-5]) over (partition by year) latest "
        f"from read_csv('{data / FILE}', all_varchar = true)) "
        "select 1000 * (sum(export_usd_k::double) + sum(import_usd_k::double)) from t "
        "where file[-8:-5] = latest"
    ).fetchall()[0][0]
    assert found.total() == pytest.approx(raw)


def test_real_regions_stay_apart_from_countries(read: Read, data: Path) -> None:
    """Africa, the CIS or the EU are rows with codes of aggregates."""
    partners = {row["partner"] for row in read(data / FILE).flows.to_pylist()}
    assert {
        "WLD",
        "CIS",
        "EAEU",
        "NON_EAEU",
        "NON_CIS",
        "EU",
        "NON_EU",
        "AFRICA",
        "ASIA",
        "EUROPE",
    } <= partners
