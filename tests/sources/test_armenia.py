"""Armenia: monthly trade by partner, imports in two series, and official re-exports."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

import duckdb
import pytest

from entrepot.errors import ReadError

PARTNERS = "national/armenia_monthly_by_partner_2017_2023.csv"
BY_YEAR = "official_reexports/official_RX_data.csv"
BY_CHAPTER = "official_reexports/official_RX_2023_by_hs2.csv"
SAMPLE = resources.files("entrepot.sources.armenia").joinpath("sample.csv").read_text(encoding="utf-8")
# Simulated: invented round figures.
CHAPTERS = "reporter,year,hs2,trade_value_us,RX_pct\nARM,2023,01,111,25%\nARM,2023,other,333,75%\n"

Read = Callable[..., Any]


def sql(query: str, **tables: Any) -> list[tuple[Any, ...]]:
    """Rows of a query over Arrow tables: an independent computation."""
    with duckdb.connect() as connection:
        for name, table in tables.items():
            connection.register(name, table)
        return connection.execute(query).fetchall()


def _write(folder: Path, text: str = SAMPLE) -> Path:
    path = folder / "armenia.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_imports_by_origin_and_by_consignment_are_two_series(read: Read, tmp_path: Path) -> None:
    """Simulated: the same month, partner and flow twice, told apart by the partner's basis."""
    found = read(_write(tmp_path))
    month = {"partner": "RUS", "flow": "import", "period": date(2021, 1, 1), "frequency": "M"}
    assert found.total(partner_basis="consignment", **month) == 222_000
    assert found.total(partner_basis="origin", **month) == 11_000


def test_a_year_is_stored_only_when_its_months_are_complete(read: Read, tmp_path: Path) -> None:
    """Simulated: `Year` of 2022 holds January only, and would read as a collapse of trade."""
    found = read(_write(tmp_path))
    assert found.total(flow="export", frequency="A") == 222_000
    assert not found.where(frequency="A", period=date(2022, 1, 1))
    reasons = {(r["row"], r["reason"]) for r in found.rejects.to_pylist()}
    assert reasons == {
        (6, "a year whose months are not complete yet"),
        (7, "the file names no partner in this row"),
    }


def test_an_empty_cell_is_missing_and_a_zero_is_zero(read: Read, tmp_path: Path) -> None:
    """Simulated: January 2022 has no import by consignment and one of 0 by origin."""
    january = {"partner": "RUS", "flow": "import", "period": date(2022, 1, 1)}
    found = read(_write(tmp_path))
    assert found.total(partner_basis="origin", **january) == 0
    assert not found.where(partner_basis="consignment", **january)


@pytest.mark.parametrize(
    ("old", "new", "column"),
    [
        ("Russian Federation,111,222,11,1,", "Atlantis,111,222,11,1,", "country"),
        ("111,222,11,1,2021", "111,222,11,13,2021", "timeperiod"),
        ("111,222,11,1,2021", "1x1,222,11,1,2021", "export"),
        ("ARM,Russian Federation,111,222,11,1,", "GEO,Russian Federation,111,222,11,1,", "reporter"),
    ],
)
def test_a_row_that_is_not_understood_is_rejected(
    read: Read, tmp_path: Path, old: str, new: str, column: str
) -> None:
    """Simulated: each with its column."""
    rejects = read(_write(tmp_path, SAMPLE.replace(old, new))).rejects.to_pylist()
    assert {reject["column"] for reject in rejects if reject["row"] == 2} == {column}


def test_a_column_too_many_or_too_few_stops_the_file(read: Read, tmp_path: Path) -> None:
    """Simulated."""
    with pytest.raises(ReadError, match="does not know this column"):
        read(_write(tmp_path, "\n".join(f"{line},1" for line in SAMPLE.splitlines())))
    with pytest.raises(ReadError, match="not a file of"):
        read(_write(tmp_path, SAMPLE.replace("import_origin", "imports")))


def test_re_exports_by_chapter_and_their_rest(read: Read, tmp_path: Path) -> None:
    """Simulated: chapters keep their zeros; the rest is outside the Harmonized System."""
    found = read(_write(tmp_path, CHAPTERS))
    (live,) = found.where(commodity="01")
    assert (live["flow"], live["digits"], live["hs_revision"], live["partner"]) == (
        "re-export",
        2,
        "HS2022",
        "WLD",
    )
    (rest,) = found.where(commodity="other")
    assert (rest["value"], rest["digits"], rest["hs_revision"]) == (333, None, "ARM-items")


def test_a_chapter_that_lost_its_zero_is_rejected(read: Read, tmp_path: Path) -> None:
    """Simulated: 1 may be 01 or a slip."""
    (reject,) = read(_write(tmp_path, CHAPTERS.replace(",01,", ",1,"))).rejects.to_pylist()
    assert (reject["column"], reject["value"]) == ("hs2", "1")


def test_real_table_rejects_rows_without_a_partner_and_the_unfinished_year(read: Read, data: Path) -> None:
    """67 rows name no partner and the 138 of 2023's `Year` hold January; each would be three cells."""
    found = read(data / PARTNERS)
    reasons = [reject["reason"] for reject in found.rejects.to_pylist()]
    assert reasons.count("the file names no partner in this row") == 3 * 67
    assert reasons.count("a year whose months are not complete yet") == 3 * 138
    assert len(reasons) == 3 * (67 + 138)
    assert found.card.rows + found.card.missing == 3 * (11_094 - 67 - 138)


def test_real_sums_are_those_of_the_raw_file(read: Read, data: Path) -> None:
    """All three series, months and years, in thousand USD."""
    flows = read(data / PARTNERS).flows
    found = sql("select partner_basis, frequency, sum(value) from flows group by all", flows=flows)
    raw = f"read_csv('{data / PARTNERS}', all_varchar = true)"
    for basis, column in (
        ("destination", "export"),
        ("consignment", "import_consigment"),
        ("origin", "import_origin"),
    ):
        for frequency, when in (
            ("A", "timeperiod = 'Year' and year <> '2023'"),
            ("M", "timeperiod <> 'Year'"),
        ):
            ((wanted,),) = sql(
                f"select 1000 * sum({column}::double) from {raw} where country is not null and {when}"
            )
            (value,) = (row[2] for row in found if row[:2] == (basis, frequency))
            assert value == pytest.approx(wanted)


def test_real_years_are_the_sums_of_their_months(read: Read, data: Path) -> None:
    """So `timeperiod` 1 to 12 are single months, not months so far: exports to Russia by year."""
    found = read(data / PARTNERS)
    for year in range(2017, 2023):
        russia = [row for row in found.where(partner="RUS", flow="export") if row["period"].year == year]
        months = sum(row["value"] for row in russia if row["frequency"] == "M")
        (annual,) = (row["value"] for row in russia if row["frequency"] == "A")
        assert annual == pytest.approx(months, abs=1200)  # twelve months rounded to 100 USD


def test_real_imports_from_china_differ_by_basis(read: Read, data: Path) -> None:
    """Goods of Chinese origin arrive from elsewhere: the choice of series moves a mirror comparison."""
    found = read(data / PARTNERS)
    china = {"partner": "CHN", "flow": "import", "frequency": "A", "period": date(2021, 1, 1)}
    assert found.total(partner_basis="origin", **china) > 1.1 * found.total(
        partner_basis="consignment", **china
    )


def test_real_re_exports_by_chapter_add_up_to_the_total_to_the_cent(read: Read, data: Path) -> None:
    """279,642,665.51 USD in 2023, the rest included."""
    chapters = read(data / BY_CHAPTER)
    years = read(data / BY_YEAR)
    assert (chapters.card.rows, years.card.rows) == (13, 28)
    assert chapters.card.rejects == years.card.rejects == 0
    total = years.total(flow="re-export", period=date(2023, 1, 1))
    assert round(chapters.total(), 2) == round(total, 2) == 279_642_665.51


def test_real_re_exports_are_part_of_exports(read: Read, data: Path) -> None:
    """Two flows in one row; neither is added to the other."""
    years = read(data / BY_YEAR)
    assert years.total(flow="export", period=date(2010, 1, 1)) == 1_226_140_004.46
    assert all(
        years.total(flow="re-export", period=row["period"]) < row["value"]
        for row in years.where(flow="export")
    )
