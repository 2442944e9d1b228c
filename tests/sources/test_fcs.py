"""Russia's customs: chapters by year, partners by month. Figures of 111, 222 ... are simulated."""

from __future__ import annotations

import csv
from datetime import date
from importlib import resources
from pathlib import Path

import pytest

from entrepot.errors import ReadError
from tests.sources.conftest import Read

CHAPTERS = "reporter,year,hs2,description_ru,flow,value_usd_mn"
PARTNERS = "reporter,flow,partner,partner_ru,month,value_usd_mn"


@pytest.fixture
def chapters(data: Path) -> Path:
    return data / "russia_fcs" / "russia_fcs_hs2_2021_2022.csv"


@pytest.fixture
def partners(data: Path) -> Path:
    return data / "russia_fcs" / "russia_fcs_monthly_partners_2006_2021.csv"


def _file(folder: Path, *lines: str) -> Path:
    path = folder / "fcs.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


# ---------------------------------------------------------------- the publisher's files
def test_vehicles_of_2021(read: Read, chapters: Path):
    """Russia's imports of chapter 87 in 2021: 26,901.8 million US dollars."""
    reading = read(chapters)
    total = reading.total(
        commodity="87", digits=2, flow="import", period=date(2021, 1, 1), partner="WLD", frequency="A"
    )
    assert round(total / 1e6, 1) == 26_901.8


def test_chapters_fall_short_of_the_total(read: Read, chapters: Path):
    """Chapters 88, 93, 98 and 99 are withheld: 11.3 billion of the imports of 2021 are in no chapter."""
    reading = read(chapters)
    wanted = {"flow": "import", "period": date(2021, 1, 1)}
    parts = reading.total(digits=2, **wanted) + reading.total(commodity="01-24", **wanted)
    assert round((reading.total(commodity="TOTAL", **wanted) - parts) / 1e9, 1) == 11.3
    assert not {"88", "93", "98", "99"} & set(reading.flows["commodity"].to_pylist())


def test_the_group_of_24_chapters_is_no_chapter(read: Read, chapters: Path):
    """01-24 is kept, but not at the level of chapters, which it would double."""
    reading = read(chapters)
    assert {(r["digits"], r["hs_revision"]) for r in reading.where(commodity="01-24")} == {
        (None, "FCS-groups")
    }
    assert {(r["digits"], r["hs_revision"]) for r in reading.where(commodity="TOTAL")} == {(0, None)}


@pytest.mark.parametrize(("year", "revision"), [(2021, "HS2017"), (2022, "HS2022")])
def test_the_edition_of_the_year(read: Read, chapters: Path, year: int, revision: str):
    """The nomenclature of the Eurasian union changed over in January 2022."""
    found = read(chapters).where(period=date(year, 1, 1), digits=2)
    assert {row["hs_revision"] for row in found} == {revision}


def test_every_month_of_every_partner(read: Read, partners: Path):
    """29 partners, two flows, 16 years of months; the sum is that of the file read another way."""
    with partners.open(encoding="utf-8", newline="") as file:
        cells = [row["value_usd_mn"] for row in csv.DictReader(file)]
    reading = read(partners)
    assert reading.card.rows + reading.card.missing == len(cells) == 29 * 2 * 16 * 12
    assert reading.card.rejects == 0
    assert reading.total() == pytest.approx(1e6 * sum(float(cell) for cell in cells if cell))


def test_half_a_year_without_kazakhstan(read: Read, partners: Path):
    """Empty from July to December 2010, when customs control between the two ended: missing, not zero."""
    reading = read(partners)
    assert reading.card.missing == 6 * 2
    months = {
        row["period"] for row in reading.where(partner="KAZ", flow="export") if row["period"].year == 2010
    }
    assert months == {date(2010, month, 1) for month in range(1, 7)}
    assert not reading.where(value=0.0)


def test_flows_and_their_valuation(read: Read, partners: Path):
    """Exports fob by destination, imports cif by origin, as the publisher's method says."""
    rows = read(partners).flows.to_pylist()
    assert {(r["flow"], r["valuation"], r["partner_basis"]) for r in rows} == {
        ("export", "fob", "destination"),
        ("import", "cif", "origin"),
    }


# ---------------------------------------------------------------- simulated
def test_sample(read: Read):
    """Millions become dollars; a chapter without a figure is missing."""
    with resources.as_file(resources.files("entrepot.sources.fcs") / "sample.csv") as path:
        reading = read(path)
    assert (reading.card.rows, reading.card.rejects, reading.card.missing) == (4, 0, 1)
    assert reading.total(commodity="87") == 111_250_000
    assert (
        reading.total(commodity="TOTAL") - reading.total(digits=2) - reading.total(commodity="01-24")
        == 111_250_000
    )


def test_latin_letters_inside_cyrillic_names(read: Read, tmp_path: Path):
    """The name is not read: "Киpгизия" with a Latin p is what its code says."""
    reading = read(
        _file(tmp_path, PARTNERS, "RUS,X,KGZ,Киpгизия,2021-01,1.5", "RUS,X,KGZ,Киргизия,2021-02,0")
    )
    assert reading.total(partner="KGZ") == 1_500_000
    assert len(reading.where(partner="KGZ", value=0.0)) == 1


@pytest.mark.parametrize(
    ("header", "row", "refused"),
    [
        (CHAPTERS, "RUS,2021,88,X,Z,1", ("flow", "unknown flow: X or M")),
        (CHAPTERS, "RUS,2021,25-27,X,X,1", ("hs2", "neither a chapter nor 01-24 nor TOTAL")),
        (CHAPTERS, "RUS,21,25,X,X,1", ("year", "unknown year")),
        (CHAPTERS, "KAZ,2021,25,X,X,1", ("reporter", "not Russia")),
        (CHAPTERS, "RUS,2021,25,X,X,1 bn", ("value_usd_mn", "not a number")),
        (PARTNERS, "RUS,X,KGX,X,2021-01,1", ("partner", "unknown partner")),
        (PARTNERS, "RUS,X,KGZ,X,2021,1", ("month", "unknown month")),
    ],
)
def test_rejects(read: Read, tmp_path: Path, header: str, row: str, refused: tuple[str, str]):
    """A row that is not understood is kept apart with its place and the reason."""
    good = {CHAPTERS: "RUS,2021,26,X,X,111", PARTNERS: "RUS,X,KAZ,X,2021-01,111"}[header]
    reading = read(_file(tmp_path, header, good, row))
    assert reading.total() == 111e6
    [reject] = reading.rejects.to_pylist()
    assert (reject["row"], reject["column"], reject["reason"]) == (3, *refused)


@pytest.mark.parametrize(
    ("header", "row", "message"),
    [
        (f"{PARTNERS},colour", "RUS,X,KGZ,X,2021-01,1,red", "does not know this column"),
        (PARTNERS.removesuffix(",value_usd_mn"), "RUS,X,KGZ,X,2021-01", "not a file of any known source"),
        (PARTNERS, "RUS,X,KGZ", "row 3"),
    ],
)
def test_files_that_are_stopped(read: Read, tmp_path: Path, header: str, row: str, message: str):
    """An unknown column, a missing one, a file cut off inside a row."""
    good = ["RUS", "X", "KAZ", "X", "2021-01", "1", "x"][: header.count(",") + 1]
    with pytest.raises(ReadError, match=message):
        read(_file(tmp_path, header, ",".join(good), row))
