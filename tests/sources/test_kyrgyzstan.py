"""Kyrgyzstan: annual trade by partner since 1994, and its imports of some items."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

import duckdb
import pytest

from entrepot.errors import ReadError
from entrepot.model.area import aggregates

IMPORTS = "national/kyrgyzstan_imports_by_partner_1994_2023.csv"
EXPORTS = "national/kyrgyzstan_exports_by_partner_1994_2023.csv"
ITEMS = "national/kyrgyzstan_import_commodities.csv"
SAMPLE = resources.files("entrepot.sources.kyrgyzstan").joinpath("sample.csv").read_text(encoding="utf-8")

Read = Callable[..., Any]


def _write(folder: Path, text: str = SAMPLE) -> Path:
    path = folder / "kyrgyzstan.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_regions_the_union_and_what_is_only_known_to_come_from_it(read: Read, tmp_path: Path) -> None:
    """Simulated: "The EU" is the aggregate, "European Union (EU)" a row beside the countries."""
    found = read(_write(tmp_path))
    assert found.total(partner="EU") == 222_000
    assert found.total(partner="_EU") == 11_000
    assert (found.total(partner="_X"), found.card.missing, found.card.rejects) == (0, 1, 0)


@pytest.mark.parametrize(
    ("old", "new", "column"),
    [
        ("China", "Atlantis", "partner_name"),
        ("China,2020,111", "China,2020,1l1", "value_usd_k"),
        ("KGZ,M,China", "KGZ,RX,China", "flow"),
        ("KGZ,M,China", "KAZ,M,China", "reporter"),
        ("China,2020", "China,2O20", "year"),
    ],
)
def test_a_row_that_is_not_understood_is_rejected(
    read: Read, tmp_path: Path, old: str, new: str, column: str
) -> None:
    """Simulated: each with its column and value."""
    (reject,) = read(_write(tmp_path, SAMPLE.replace(old, new))).rejects.to_pylist()
    assert (reject["row"], reject["column"]) == (5, column)


def test_a_column_too_many_or_too_few_stops_the_file(read: Read, tmp_path: Path) -> None:
    """Simulated."""
    with pytest.raises(ReadError, match="does not know this column"):
        read(_write(tmp_path, "\n".join(f"{line},1" for line in SAMPLE.splitlines())))
    with pytest.raises(ReadError, match="not a file of"):
        read(_write(tmp_path, SAMPLE.replace("flow", "direction")))


def test_real_imports_from_china(read: Read, data: Path) -> None:
    """1,463.8 USD m in 2021, by origin and cif."""
    (row,) = read(data / IMPORTS).where(partner="CHN", period=date(2021, 1, 1))
    assert row["value"] / 1e6 == pytest.approx(1_463.8, abs=0.05)
    assert (row["flow"], row["partner_basis"], row["valuation"]) == ("import", "origin", "cif")


@pytest.mark.parametrize(("file", "rows"), [(IMPORTS, 3516), (EXPORTS, 2523)])
def test_real_tables_by_partner_read_whole(read: Read, data: Path, file: str, rows: int) -> None:
    """No rejects, nothing missing, the sum of the raw file in thousands."""
    found = read(data / file)
    assert (found.card.rows, found.card.rejects, found.card.missing) == (rows, 0, 0)
    raw = duckdb.execute(f"select sum(value_usd_k) from read_csv('{data / file}')").fetchall()[0][0]
    assert found.total() == pytest.approx(1000 * raw)


def test_real_countries_add_up_to_the_total_only_with_the_row_of_the_union(read: Read, data: Path) -> None:
    """So "European Union (EU)" is counted with the countries, and "The EU" and the regions are not."""
    found = read(data / IMPORTS)
    for year in (1994, 2012, 2013, 2017):
        rows = found.where(period=date(year, 1, 1))
        countries = sum(row["value"] for row in rows if row["partner"] not in aggregates())
        assert countries == pytest.approx(found.total(partner="WLD", period=date(year, 1, 1)), abs=100)
        assert found.total(partner="_EU", period=date(year, 1, 1)) > 0


def test_real_exports_of_2021_have_a_total_but_not_all_partners(read: Read, data: Path) -> None:
    """1,105.5 USD m of 2,752.2 are given for no partner: a sum of partners is not the total."""
    rows = read(data / EXPORTS).where(period=date(2021, 1, 1))
    world = sum(row["value"] for row in rows if row["partner"] == "WLD")
    countries = sum(row["value"] for row in rows if row["partner"] not in aggregates())
    assert (world - countries) / 1e6 == pytest.approx(1_105.5, abs=0.05)


def test_real_items_keep_the_publishers_words(read: Read, data: Path) -> None:
    """Cars are an item, not an HS code; "Total 2" is all goods and never added to the items."""
    found = read(data / ITEMS)
    assert (found.card.rows, found.card.rejects, found.card.missing) == (978, 0, 0)
    (cars,) = found.where(commodity="Cars", period=date(2023, 1, 1))
    assert (cars["value"], cars["digits"], cars["hs_revision"]) == (
        pytest.approx(2_772_170_253),
        None,
        "KGZ-items",
    )
    assert len({row["commodity"] for row in found.flows.to_pylist()} - {"TOTAL"}) == 32
    (whole,) = found.where(commodity="TOTAL", period=date(2021, 1, 1))
    assert (whole["value"], whole["digits"], whole["hs_revision"]) == (pytest.approx(5_580_207_282), 0, None)


def test_real_total_of_the_items_is_the_total_by_partner_but_for_2023(read: Read, data: Path) -> None:
    """The item table was published later: 12,517.9 USD m against 12,352.0."""
    by_item = {row["period"].year: row["value"] for row in read(data / ITEMS).where(commodity="TOTAL")}
    by_partner = {row["period"].year: row["value"] for row in read(data / IMPORTS).where(partner="WLD")}
    unlike = {year for year, value in by_item.items() if abs(value - by_partner[year]) > 1000}
    assert unlike == {2023}
    assert (by_item[2023] / 1e6, by_partner[2023] / 1e6) == (pytest.approx(12_517.9, abs=0.05), pytest.approx(12_352.0, abs=0.05))  # fmt: skip # noqa: E501
