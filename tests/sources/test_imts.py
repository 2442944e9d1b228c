"""The IMF's IMTS. No published file is at hand: layout and codes are the portal's, figures invented."""

import csv
import io
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from entrepot.errors import ReadError

SAMPLE = Path(str(files("entrepot.sources.imts").joinpath("sample.csv")))
KEYS = ("DATASET", "COUNTRY.ID", "INDICATOR.ID", "COUNTERPART_COUNTRY.ID", "FREQUENCY.ID", "SCALE.ID")


@pytest.fixture
def wide(tmp_path: Path):
    """`wide(periods, series...)`: a file of reporter, indicator, partner, frequency, scale, cells..."""

    def _wide(periods: tuple[str, ...], *series: tuple[str, ...]) -> Path:
        text = io.StringIO()
        rows = [("IMF.STA:IMTS(1.0.0)", *one) for one in series]
        csv.writer(text, lineterminator="\n").writerows([(*KEYS, *periods), *rows])
        path = tmp_path / "imts.csv"
        path.write_text(text.getvalue(), encoding="utf-8")
        return path

    return _wide


def statuses(reading: Any) -> dict[tuple[str, int], str]:
    """Status by partner and year."""
    return {(row["partner"], row["period"].year): row["status"] for row in reading.flows.to_pylist()}


def test_the_sample(read):
    """Eight cells stored, one missing; a balance, a quarter and a group of two cells are rejected."""
    reading = read(SAMPLE)
    assert (reading.card.rows, reading.card.rejects, reading.card.missing) == (8, 4, 1)
    assert reading.total(flow="import", partner="WLD", period=date(2020, 1, 1)) == 600_000_111
    assert {row["valuation"] for row in reading.where(flow="import")} == {"cif"}
    assert {row["valuation"] for row in reading.where(flow="export")} == {"fob"}
    assert {row["partner_basis"] for row in reading.where(flow="import")} == {"origin"}


def test_rejects_say_why(read):
    """Each reject of the sample has the right reason."""
    found = {(r["row"], r["column"], r["reason"].split(":")[0]) for r in read(SAMPLE).rejects.to_pylist()}
    assert found == {
        (7, "FREQUENCY.ID", "quarters"),
        (8, "INDICATOR.ID", "a balance, not a flow"),
        (9, "COUNTERPART_COUNTRY.ID", "a group or a remainder of the IMF's that has no code here"),
    }


def test_months_are_months(read):
    """2021-M01 of a monthly series."""
    [row] = read(SAMPLE).where(frequency="M")
    assert (row["period"], row["value"], row["row"]) == (date(2021, 1, 1), 4_500_000, 6)


def test_a_zero_stays_and_a_blank_is_missing(read):
    """0 was reported; an empty cell was not."""
    reading = read(SAMPLE)
    assert reading.total(flow="export", period=date(2020, 1, 1), frequency="A") == 0
    assert not reading.where(flow="import", partner="KGZ", period=date(2020, 1, 1))


def test_cells_of_another_frequency_are_no_missing_cells(read, wide):
    """A yearly series has no months: its empty months are not counted as missing."""
    months = tuple(f"2021-M{m:02}" for m in range(1, 13))
    path = wide(("2021", *months), ("KGZ", "XG_FOB_USD", "CHN", "A", "6", "1.5", *[""] * 12))
    card = read(path).card
    assert (card.rows, card.missing, card.rejects) == (1, 0, 0)


def test_a_figure_under_the_wrong_column_is_rejected(read, wide):
    """A month's figure in a yearly series is not understood."""
    path = wide(("2021", "2021-M01"), ("KGZ", "XG_FOB_USD", "CHN", "A", "6", "1.5", "0.5"))
    assert read(path).rejects["value"].to_pylist() == ["2021-M01"]


YEARS = ("2021", "2022")
PARTNERS = ("CHN", "KAZ", "TUR", "IND", "DEU")


def test_filled_years_are_imputed(read, wide):
    """Long decimals in most series of a reporter's year: all its figures are imputed, short ones too."""
    long = ("1.1234567", "2.123456789", "3.0000001", "4.12345678", "5.5")
    cells = zip(PARTNERS, ("1.123456", "2.1", "3", "4.000001", "5.5"), long, strict=True)
    found = statuses(read(wide(YEARS, *(("RUS", "MG_CIF_USD", p, "A", "6", a, b) for p, a, b in cells))))
    assert {found[partner, 2021] for partner in PARTNERS} == {"reported"}
    assert {found[partner, 2022] for partner in PARTNERS} == {"imputed"}


def test_one_long_decimal_does_not_impute_a_year(read, wide):
    """One in five is under the threshold of one half."""
    cells = zip(PARTNERS, ("1.1234567", "2.1", "3", "4.000001", "5.5"), strict=True)
    found = statuses(read(wide(("2021",), *(("RUS", "MG_CIF_USD", p, "A", "6", a) for p, a in cells))))
    assert set(found.values()) == {"reported"}


def test_one_half_imputes_a_year(read, wide):
    """The threshold belongs to the imputed side."""
    series = (
        ("RUS", "MG_CIF_USD", "CHN", "A", "6", "1.1234567"),
        ("RUS", "MG_CIF_USD", "KAZ", "A", "6", "1.5"),
    )
    assert set(statuses(read(wide(("2021",), *series))).values()) == {"imputed"}


def test_imputation_is_by_reporter_and_flow(read, wide):
    """Imports filled in, exports reported; another reporter is another matter. Blanks do not count."""
    path = wide(
        ("2022",),
        ("RUS", "MG_CIF_USD", "CHN", "A", "6", "1.1234567"),
        ("RUS", "MG_CIF_USD", "KAZ", "A", "6", ""),
        ("RUS", "MG_CIF_USD", "TUR", "A", "6", ""),
        ("RUS", "XG_FOB_USD", "CHN", "A", "6", "1.123456"),
        ("KGZ", "MG_CIF_USD", "CHN", "A", "6", "7.5"),
    )
    found = {(r["reporter"], r["flow"]): r["status"] for r in read(path).flows.to_pylist()}
    assert found == {
        ("RUS", "import"): "imputed",
        ("RUS", "export"): "reported",
        ("KGZ", "import"): "reported",
    }


def test_decimals_are_of_the_dollar(read, wide):
    """In units, any decimal goes beyond the dollar; in scientific notation, too. Scale decides the value."""
    path = wide(
        YEARS,
        ("KGZ", "MG_CIF_USD", "CHN", "A", "0", "1500000", "1500000.25"),
        ("KAZ", "MG_CIF_USD", "CHN", "A", "6", "1.5", "9.5e-05"),
    )
    reading = read(path)
    found = {(r["reporter"], r["period"].year): (r["value"], r["status"]) for r in reading.flows.to_pylist()}
    assert found == {
        ("KGZ", 2021): (1_500_000, "reported"),
        ("KGZ", 2022): (1_500_000.25, "imputed"),
        ("KAZ", 2021): (1_500_000, "reported"),
        ("KAZ", 2022): (pytest.approx(95), "imputed"),
    }


def test_the_imfs_own_areas(read, wide):
    """World, Kosovo, the West Bank and Gaza, areas and goods not specified, and former countries."""
    codes = {
        "G001": "WLD",
        "KOS": "XKX",
        "WBG": "PSE",
        "TX126": "BLX",
        "TX898": "_X",
        "TX899": "XX",
        "YUG": "YUG",
    }
    found = read(wide(("2021",), *(("RUS", "XG_FOB_USD", code, "A", "6", "1") for code in codes)))
    assert sorted(row["partner"] for row in found.flows.to_pylist()) == sorted(codes.values())


def test_bad_cells_are_rejected(read, wide):
    """Unknown codes, a scale nobody states, text, and trade below zero."""
    good = [("RUS", "XG_FOB_USD", code, "A", "6", "1") for code in (*PARTNERS, "FRA", "ITA", "ESP")]
    bad = [
        ("RUS", "TX_RPCH", "CHN", "A", "6", "1"),
        ("RUS", "MG_FOB_USD", "CHN", "A", "6", "1"),
        ("ZZZ", "XG_FOB_USD", "CHN", "A", "6", "1"),
        ("RUS", "XG_FOB_USD", "ZZZ", "A", "6", "1"),
        ("G110", "XG_FOB_USD", "CHN", "A", "6", "1"),
        ("RUS", "XG_FOB_USD", "POL", "A", "", "1"),
        ("RUS", "XG_FOB_USD", "POL", "A", "6", "n.a."),
        ("RUS", "XG_FOB_USD", "POL", "A", "6", "-1"),
    ]
    rejects = read(wide(("2021",), *good, *bad)).rejects.to_pylist()
    assert [(r["row"], r["column"]) for r in rejects] == [
        (10, "INDICATOR.ID"),
        (11, "INDICATOR.ID"),
        (12, "COUNTRY.ID"),
        (13, "COUNTERPART_COUNTRY.ID"),
        (14, "COUNTRY.ID"),
        (15, "SCALE.ID"),
        (16, "value"),
        (17, "value"),
    ]


def test_a_status_row_is_rejected(read, tmp_path):
    """Only OBS_VALUE is a value."""
    path = tmp_path / "status.csv"
    path.write_text(
        SAMPLE.read_text(encoding="utf-8").replace(
            'OBS_VALUE","RUS","Russian Federation","XG', 'STATUS","RUS","Russian Federation","XG'
        ),
        encoding="utf-8",
    )
    assert "OBS_MEASURE" in read(path).rejects["column"].to_pylist()


def test_an_unknown_column_stops_the_file(read, wide):
    """A column that is neither a code nor a period is not guessed at."""
    with pytest.raises(ReadError, match="2021-W01"):
        read(wide(("2021", "2021-W01"), ("RUS", "XG_FOB_USD", "CHN", "A", "6", "1", "1")))


def test_a_missing_column_stops_the_file(read, tmp_path):
    """Without the scale nothing is known of the values."""
    path = tmp_path / "scale.csv"
    path.write_text(SAMPLE.read_text(encoding="utf-8").replace('"SCALE.ID"', '"SCALES"'), encoding="utf-8")
    with pytest.raises(ReadError, match="not a file of"):
        read(path)


def test_another_data_set_of_the_imf_is_not_this(read, tmp_path):
    """The portal exports all data sets in this layout."""
    path = tmp_path / "bop.csv"
    path.write_text(
        SAMPLE.read_text(encoding="utf-8").replace("IMF.STA:IMTS", "IMF.STA:BOP"), encoding="utf-8"
    )
    with pytest.raises(ReadError, match="not a file of"):
        read(path)


def test_a_file_cut_off_stops(read, tmp_path):
    """Half a row stores nothing."""
    path = tmp_path / "cut.csv"
    path.write_bytes(SAMPLE.read_bytes()[:-30])
    with pytest.raises(ReadError):
        read(path)
