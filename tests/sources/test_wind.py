"""China's customs through Wind. Figures of 111, 222 ... in small files are simulated."""

from __future__ import annotations

import csv
from datetime import date
from importlib import resources
from pathlib import Path

import pytest

from entrepot.errors import ReadError
from entrepot.store import Store
from tests.sources.conftest import NOW, Read

CRUDE, COAL, PIPELINE_GAS, LNG = "2709", "2701", "271121", "271111"


@pytest.fixture
def older(data: Path) -> Path:
    return data / "china_customs_wind" / "china_imports_wind_to_2022-06.csv"


@pytest.fixture
def newer(data: Path) -> Path:
    return data / "china_customs_wind" / "china_imports_wind_to_2023-02.csv"


@pytest.fixture
def derived(data: Path) -> Path:
    return data / "china_customs_wind" / "china_imports_russia_fossil_monthly_2006_2023-02.csv"


def _export(
    folder: Path, *figures: str, unit: str = "ton,USD", frequency: str = "Month", first: str = ""
) -> Path:
    """A small export of Russian coal."""
    head = [first] if first else []
    head += ["Name,Volume of Imports,Value of Imports", f"Frequency,{frequency},{frequency}", f"Unit,{unit}"]
    head += [
        "ID,S5103045,S5103050",
        "Time Period,2001-01:2001-02,2001-01:2001-02",
        "Update,2001-03-20,2001-03-20",
    ]
    path = folder / "wind.csv"
    path.write_text("\n".join((*head, *figures)) + "\n", encoding="utf-8-sig")
    return path


# ---------------------------------------------------------------- the publisher's files
@pytest.mark.parametrize(
    ("month", "usd_m"), [(date(2022, 2, 1), 4_272), (date(2022, 5, 1), 7_364), (date(2022, 7, 1), 6_667)]
)
@pytest.mark.parametrize("file", ["newer", "derived"])
def test_fuels_of_2022(read: Read, request: pytest.FixtureRequest, file: str, month: date, usd_m: int):
    """Crude, coal and pipeline gas from Russia, millions of US dollars; July is in the newer vintage only."""
    reading = read(request.getfixturevalue(file))
    fuels = sum(
        reading.total(partner="RUS", commodity=item, period=month) for item in (CRUDE, COAL, PIPELINE_GAS)
    )
    assert round(fuels / 1e6) == usd_m


def test_tons_and_kilograms(read: Read, newer: Path):
    """Coal is given in tons, crude in kilograms: both are kilograms here, beside their values."""
    month = {"period": date(2023, 2, 1), "partner": "RUS"}
    [coal] = (reading := read(newer)).where(commodity=COAL, **month)
    assert (coal["net_weight_kg"], coal["value"]) == (pytest.approx(6_724_007.693 * 1000), 1_285_541_514)
    [crude] = reading.where(commodity=CRUDE, **month)
    assert (crude["net_weight_kg"], crude["value"]) == (7_685_374_494, 4_142_282_008)


def test_columns_of_all_partners(read: Read, newer: Path):
    """Values of 271111 and 271121 come from all partners; Russia's LNG has a weight and no value."""
    month = {"period": date(2023, 2, 1)}
    reading = read(newer)
    [russian] = reading.where(commodity=LNG, partner="RUS", **month)
    assert (russian["net_weight_kg"], russian["value"]) == (590_400_392, None)
    assert reading.total(commodity=LNG, partner="WLD", **month) == 4_053_482_524
    assert reading.total(commodity=PIPELINE_GAS, partner="WLD", **month) == 1_527_282_066
    assert reading.total(commodity=PIPELINE_GAS, partner="RUS", **month) == 648_165_872


def test_kinds_of_coal_are_items_of_their_own(read: Read, newer: Path):
    """Steam and coking coal are within coal, at no level of the Harmonized System."""
    reading = read(newer)
    items = reading.where(commodity="steam-coal") + reading.where(commodity="coking-coal")
    assert {(row["digits"], row["hs_revision"]) for row in items} == {(None, "Wind-items")}


def test_a_zero_that_means_no_figure(read: Read, newer: Path):
    """The newer export writes 0 for what the older leaves empty: no zero is held, nor gas volumes of 2022."""
    reading = read(newer)
    assert not reading.where(value=0.0)
    assert not reading.where(net_weight_kg=0.0)
    [gas] = reading.where(commodity=PIPELINE_GAS, partner="RUS", period=date(2022, 5, 1))
    assert (gas["net_weight_kg"], gas["value"]) == (None, 280_456_980)


def test_a_zero_that_means_zero(read: Read, older: Path):
    """The older export has both: "0.00", no LNG from Russia in January 2019, and empty cells."""
    reading = read(older)
    [lng] = reading.where(commodity=LNG, partner="RUS", period=date(2019, 1, 1))
    assert lng["net_weight_kg"] == 0
    [gas] = reading.where(commodity=PIPELINE_GAS, partner="RUS", period=date(2022, 5, 1))
    assert gas["net_weight_kg"] is None


@pytest.mark.parametrize(
    ("file", "first", "months"), [("older", 7, 300), ("newer", 8, 308), ("derived", 1, 206)]
)
def test_every_cell_is_counted(
    read: Read, request: pytest.FixtureRequest, file: str, first: int, months: int
):
    """Eight products a month, held or missing; the dollars are those of the file read another way."""
    path = request.getfixturevalue(file)
    reading = read(path)
    assert reading.card.rows + reading.card.missing == 8 * months
    assert reading.card.rejects == 0
    with path.open(encoding="utf-8-sig", newline="") as text:
        records = [row for row in list(csv.reader(text))[first:] if row[0][:2] in {"19", "20"}]
    dollars = (2, 4, 5, 7, 9, 11, 13)  # columns of value, the same in the three files
    assert reading.total() == sum(float(row[i].replace(",", "") or 0) for row in records for i in dollars)


# ---------------------------------------------------------------- vintages
def test_published_is_the_row_update(read: Read, newer: Path):
    """The latest of the columns' days: one of them was not updated after January 2022."""
    card = read(newer).card
    assert (card.published, card.published_is_known, card.warnings) == (date(2023, 3, 22), True, ())


def test_metadata_older_than_the_figures(read: Read, older: Path):
    """Updated 2022-04-24 but with figures to June: its day is reckoned with the delay it states."""
    card = read(older).card
    assert card.published == date(2022, 6, 30) + (date(2022, 4, 24) - date(2022, 3, 31)) == date(2022, 7, 24)
    assert "the figures run to 2022-06" in card.warnings[0]


def test_two_vintages(tmp_path: Path, older: Path, newer: Path):
    """Revised by up to 257 million dollars a month; each question gets the figures known on its day."""
    store = Store(tmp_path / "store")
    for path in (newer, older):
        store.add(path, now=NOW)

    def crude(day: date) -> dict[date, float]:
        flows = store.flows(as_of=day)
        rows = store.run(flows.filter(flows.commodity == CRUDE)).to_pylist()
        return {row["period"]: row["value"] for row in rows}

    then, later = crude(date(2022, 9, 30)), crude(date(2024, 6, 18))
    assert max(then) == date(2022, 6, 1)
    assert max(later) == date(2023, 2, 1)
    revised = max((abs(later[month] - then[month]), month) for month in then)
    assert (round(revised[0] / 1e6), revised[1]) == (257, date(2022, 4, 1))


# ---------------------------------------------------------------- simulated
def test_sample(read: Read):
    """Metadata and footer are no rows; two series of coal are one; 0 under a first line "Wind" is missing."""
    with resources.as_file(resources.files("entrepot.sources.wind") / "sample.csv") as path:
        reading = read(path)
    assert (reading.card.rows, reading.card.rejects, reading.card.missing) == (3, 0, 1)
    assert reading.card.published == date(2001, 3, 22)
    [january] = reading.where(commodity=COAL, period=date(2001, 1, 1))
    assert (january["net_weight_kg"], january["value"]) == (11_500, 1_111)
    [february] = reading.where(commodity=COAL, period=date(2001, 2, 1))
    assert (february["net_weight_kg"], february["value"]) == (22_500, None)
    assert {(row["reporter"], row["flow"], row["valuation"]) for row in reading.flows.to_pylist()} == {
        ("CHN", "import", "cif")
    }


@pytest.mark.parametrize(("first", "missing"), [("", 0), ("Wind,,", 1)])
def test_zero_by_form(read: Read, tmp_path: Path, first: str, missing: int):
    """0 is a figure unless the export is of the kind that opens with a line "Wind"."""
    reading = read(_export(tmp_path, "2001-01,0.00,0", "2001-02,1,1", first=first))
    assert reading.card.missing == missing


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("2001-13,1,1", "ID", "unknown month"),
        ("January,1,1", "ID", "unknown month"),
        (",1,1", "ID", "unknown month"),
        ("2001-02,1,one", "S5103050", "not a number"),
    ],
)
def test_rejects(read: Read, tmp_path: Path, row: str, column: str, reason: str):
    """A row that is neither a month nor known metadata is not passed over."""
    reading = read(_export(tmp_path, "2001-01,1,111", row, ",,", "Source: Wind,,"))
    assert reading.total() == 111
    [reject] = reading.rejects.to_pylist()
    assert (reject["row"], reject["column"], reject["reason"]) == (8, column, reason)


@pytest.mark.parametrize("options", [{"unit": "ton,CNY"}, {"unit": "barrel,USD"}, {"frequency": "Year"}])
def test_other_units_and_frequencies(read: Read, tmp_path: Path, options: dict[str, str]):
    """A value that is not in dollars, a volume that is no weight, and years stop the file."""
    with pytest.raises(ReadError, match=r"is meant|are meant"):
        read(_export(tmp_path, "2001-01,1,111", **options))


def test_an_unknown_series(read: Read, tmp_path: Path):
    """A series nobody taught the reader is not guessed at."""
    path = _export(tmp_path, "2001-01,1,111")
    path.write_text(path.read_text(encoding="utf-8").replace("S5103050", "S9999999"), encoding="utf-8")
    with pytest.raises(ReadError, match="column 'S9999999'"):
        read(path)


def test_cut_off(read: Read, tmp_path: Path):
    """A file that ends inside a row stops."""
    with pytest.raises(ReadError, match="row 8"):
        read(_export(tmp_path, "2001-01,1,111", "2001-02,1"))
