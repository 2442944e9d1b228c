"""CEPII's BACI. The figures of sample.csv are invented."""

from datetime import date
from importlib.resources import files
from pathlib import Path

import duckdb
import pytest

from entrepot.errors import ReadError

NAME = "BACI_HS92_Y2021_V202301.csv"


@pytest.fixture
def baci(tmp_path: Path):
    """`baci(text)`: a file of that content under CEPII's name; the sample where there is no text."""

    def _baci(text: str | None = None, name: str = NAME) -> Path:
        path = tmp_path / name
        sample = files("entrepot.sources.baci").joinpath("sample.csv").read_text(encoding="utf-8")
        path.write_text(sample if text is None else text, encoding="utf-8")
        return path

    return _baci


def test_the_sample_reads_without_rejects(read, baci):
    """Thousand dollars become dollars, padded tonnes kg, and 490 is Taiwan."""
    reading = read(baci())
    assert (reading.card.rows, reading.card.rejects, reading.card.missing) == (4, 0, 0)
    [horses] = reading.where(reporter="KGZ", commodity="010121")
    assert (horses["value"], horses["net_weight_kg"], horses["valuation"]) == (111_111, 2500, "fob")
    assert reading.total(partner="TWN") == 333 * 1000
    assert {row["flow"] for row in reading.flows.to_pylist()} == {"export"}


def test_a_lost_leading_zero_is_restored(read, baci):
    """Products have six digits always, so 10121 can only have been 010121."""
    assert read(baci()).where(reporter="USA")[0]["commodity"] == "010121"


def test_a_weight_not_available_is_null(read, baci):
    """NA, and a weight that rounds to no kg, beside a value that stands."""
    reading = read(baci())
    assert [row["net_weight_kg"] for row in reading.where(value=222_222)] == [None]
    assert [row["net_weight_kg"] for row in reading.where(reporter="USA")] == [None]


def test_reconciled_figures_say_so(read, baci):
    """No row is a report of either side, and no weight may enter a unit value."""
    rows = read(baci()).flows.to_pylist()
    assert {row["status"] for row in rows} == {"mirrored"}
    assert all(row["is_estimated"] for row in rows if row["net_weight_kg"] is not None)


def test_edition_and_vintage_are_in_the_name(read, baci):
    """HS92 is the edition; V202301 the month of publication, known on its last day at the latest."""
    reading = read(baci())
    assert {row["hs_revision"] for row in reading.flows.to_pylist()} == {"HS1992"}
    assert (reading.card.published, reading.card.published_is_known) == (date(2023, 1, 31), True)
    assert "hs_revision HS1992: taken from the file's name." in reading.card.warnings


@pytest.mark.parametrize(
    ("name", "edition", "published"),
    [
        ("BACI_HS22_Y2023_V202501.csv", "HS2022", date(2025, 1, 31)),
        ("BACI_HS02_Y2004_V202401b.csv", "HS2002", date(2024, 1, 31)),
    ],
)
def test_other_editions(read, baci, name, edition, published):
    """Each release has several editions; a letter may follow the month."""
    reading = read(baci(name=name))
    assert reading.flows["hs_revision"][0].as_py() == edition
    assert reading.card.published == published


def test_a_file_that_lost_its_name_stops(read, baci):
    """No column holds the edition, and 854151 means other goods in another one: none is assumed."""
    with pytest.raises(ReadError, match="HS edition"):
        read(baci(name="baci.csv"))
    with pytest.raises(ReadError, match="HS edition"):
        read(baci(name="BACI_HS93_Y2021_V202301.csv"))


@pytest.mark.parametrize("said", ["HS1992", "HS92", "hs92"])
def test_the_user_may_say_the_edition(read, baci, said):
    """Then it is the user's word."""
    reading = read(baci(name="baci.csv"), given={"hs_revision": said})
    assert reading.flows["hs_revision"][0].as_py() == "HS1992"
    assert any("the user's word" in warning for warning in reading.card.warnings)


def test_the_user_may_not_contradict_the_name(read, baci):
    """Name and user at odds: nobody is believed."""
    with pytest.raises(ReadError, match="HS92"):
        read(baci(), given={"hs_revision": "HS2017"})


def test_bad_cells_are_rejected(read, baci):
    """Each names its row and column; the good rows stand."""
    good = "".join(f"2021,4,{code},870323,1,1\n" for code in (24, 643, 842, 417, 398, 860))
    bad = "21,4,24,870323,1,1\n2021,9999,24,870323,1,1\n2021,4,9999,870323,1,1\n2021,4,24,8703,1,1\n"
    bad += "2021,4,24,870322,many,1\n2021,4,24,870324,1,heavy\n"
    rejects = read(baci(f"t,i,j,k,v,q\n{good}{bad}")).rejects.to_pylist()
    assert [(r["row"], r["column"]) for r in rejects] == list(zip(range(8, 14), "tijkvq", strict=True))


def test_another_header_is_another_file(read, baci):
    """A column more is not BACI as published."""
    with pytest.raises(ReadError, match="not a file of"):
        read(baci("t,i,j,k,v,q,x\n2021,4,24,870323,1,1,1\n"))


def test_a_file_cut_off_stops(read, baci):
    """A row without all its cells stores nothing."""
    with pytest.raises(ReadError):
        read(baci("t,i,j,k,v,q\n2021,4,24,870323,1,1\n2021,4,24,8703"))


def test_the_example_sums_to_an_independent_sum(read, data):
    """71,192 rows of Afghanistan and South Africa; USD thousand 678,189.124 and 68,691,799.014."""
    path = data / "baci/ExampleTradeData.csv"
    reading = read(path, given={"hs_revision": "HS1992"})
    assert (reading.card.rows, reading.card.rejects, reading.card.missing) == (71_192, 0, 0)
    assert reading.total(reporter="AFG") == pytest.approx(678_189.124 * 1000)
    assert reading.total(reporter="ZAF") == pytest.approx(68_691_799.014 * 1000)
    query = "SELECT sum(TRY_CAST(trim(q) AS DOUBLE)) FROM read_csv(?, all_varchar => true)"
    [(tonnes,)] = duckdb.execute(query, [str(path)]).fetchall()
    weights = reading.flows["net_weight_kg"].to_pylist()
    assert sum(weight or 0 for weight in weights) == pytest.approx(tonnes * 1000)


def test_the_example_lost_its_leading_zeros_and_has_them_again(read, data):
    """The example was written by a program that took products for numbers: 5 digits in the file, 6 here."""
    path = data / "baci/ExampleTradeData.csv"
    query = "SELECT count(*) FROM read_csv(?, all_varchar => true) WHERE length(k) = 5"
    [(lost,)] = duckdb.execute(query, [str(path)]).fetchall()
    codes = read(path, given={"hs_revision": "HS1992"}).flows["commodity"].to_pylist()
    assert sum(code.startswith("0") for code in codes) == lost > 0
    assert {len(code) for code in codes} == {6}


def test_the_list_of_countries_is_no_trade(read, data):
    """The file beside it is a code list."""
    with pytest.raises(ReadError, match="not a file of"):
        read(data / "baci/country_codes_V202201.csv")
