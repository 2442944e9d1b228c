"""China customs' query export and monthly totals. Figures of 111, 222 ... in the sample are simulated."""

from __future__ import annotations

import csv
from datetime import date
from importlib import resources
from pathlib import Path

import pytest

from entrepot.errors import ReadError, UsageError
from entrepot.store import Store
from tests.sources.conftest import NOW, Read

EXPORT = {"flow": "export"}
ENGLISH = "Date of data,Commodity code,Trading partner code,US dollar"


def _file(folder: Path, *lines: str, name: str = "gacc.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding=encoding)
    return path


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """The sample in the encoding of the publisher's site."""
    text = resources.files("entrepot.sources.gacc").joinpath("sample.csv").read_text(encoding="utf-8")
    return _file(tmp_path, text.rstrip("\n"), encoding="gb18030")


# ---------------------------------------------------------------- the publisher's files
@pytest.mark.parametrize(
    ("partner", "usd_m"),
    [("RUS", 11_654), ("KGZ", 2_178), ("UZB", 1_684), ("KAZ", 1_580), ("BLR", 1_500), ("TJK", 50)],
)
def test_cars_of_2023(read: Read, data: Path, partner: str, usd_m: int):
    """China's exports of HS 8703 in 2023, as published, in millions of US dollars."""
    reading = read(data / "gacc" / "gacc_8703_exports_2023_selected_partners.csv")
    assert round(reading.total(partner=partner, commodity="8703", flow="export") / 1e6) == usd_m


@pytest.mark.parametrize("name", ["201901_selected", "2023_selected", "202401_asia", "202406_selected"])
def test_every_row_is_read(read: Read, data: Path, name: str):
    """Thousands in quotes: the sum is that of the file read another way, and no row is refused."""
    path = next((data / "gacc").glob(f"gacc_8703_exports_{name}*.csv"))
    with path.open(encoding="utf-8", newline="") as file:
        cells = [int(row["US dollar"].replace(",", "")) for row in csv.DictReader(file)]
    reading = read(path)
    assert (reading.card.rows, reading.card.rejects, reading.card.missing) == (len(cells), 0, 0)
    assert reading.total() == sum(cells)


def test_mojibake_names_are_not_read(read: Read, data: Path):
    """Turkey is written "T¨¹rkiye"; its code 137 says which country it is."""
    reading = read(data / "gacc" / "gacc_8703_exports_202406_selected_partners.csv")
    assert reading.total(partner="TUR") == 138_468_061


@pytest.mark.parametrize(("name", "georgia"), [("201901", 59_188), ("2023", None)])
def test_codes_that_changed(read: Read, data: Path, name: str, georgia: int | None):
    """Georgia, Armenia and Azerbaijan moved to Asia in 2023: 337, 338, 339 became 150, 151, 152."""
    reading = read(data / "gacc" / f"gacc_8703_exports_{name}_selected_partners.csv")
    found = reading.total(partner="GEO")
    assert georgia is None or found == georgia
    assert reading.where(partner="AZE")


def test_an_absent_row_is_not_a_zero(read: Read, data: Path):
    """19 partners by 12 months would be 228 rows: the 7 without trade are in neither file nor store."""
    reading = read(data / "gacc" / "gacc_8703_exports_2023_selected_partners.csv")
    assert reading.flows.num_rows == 19 * 12 - 7
    assert not reading.where(value=0.0)


def test_electric_cars_weigh_more_than_nothing(read: Read, data: Path):
    """130 cars and "0 Kilogram": the weight was not collected; the number was."""
    reading = read(data / "gacc" / "gacc_ev_exports_201801_verbatim_sample.csv")
    [belgium] = reading.where(partner="BEL")
    assert (belgium["quantity"], belgium["quantity_unit"], belgium["net_weight_kg"]) == (
        130,
        "Number of item",
        None,
    )
    assert (belgium["commodity"], belgium["digits"], belgium["hs_revision"]) == ("87036000", 8, "HS2017")
    assert {row["net_weight_kg"] for row in reading.flows.to_pylist()} == {None}


@pytest.mark.parametrize(
    ("month", "usd_bn"), [(date(2021, 12, 1), 8.09), (date(2022, 4, 1), 3.77), (date(2022, 8, 1), 7.92)]
)
def test_exports_to_russia(read: Read, data: Path, month: date, usd_bn: float):
    """The dip of early 2022, all goods."""
    reading = read(data / "gacc" / "China_Exports_to_Russia.csv")
    total = reading.total(
        period=month, reporter="CHN", partner="RUS", flow="export", commodity="TOTAL", currency="USD"
    )
    assert round(total / 1e9, 2) == usd_bn
    assert "partner RUS: taken from the file's name." in reading.card.warnings


# ---------------------------------------------------------------- the site's export, simulated
def test_sample(read: Read, sample: Path):
    """GB18030, newlines inside quotes, an empty column of remarks; "?" is missing, not zero."""
    reading = read(sample, given=EXPORT)
    assert (reading.card.rows, reading.card.rejects, reading.card.missing) == (4, 0, 1)
    assert reading.total() == 111_111 + 11_111 + 1_333 + 1_444
    assert {row["reporter"] for row in reading.flows.to_pylist()} == {"CHN"}
    assert {(r["flow"], r["partner_basis"], r["valuation"]) for r in reading.flows.to_pylist()} == {
        ("export", "destination", "fob")
    }


def test_a_regime_and_a_place_break_a_cell_down(read: Read, sample: Path):
    """Ordinary trade (10) and border trade (19) through Xinjiang (65) are parts of one cell."""
    reading = read(sample, given=EXPORT)
    assert {row["procedure"]: row["value"] for row in reading.where(partner="RUS")} == {
        "10": 111_111,
        "19": 11_111,
    }
    assert {(row["location"], row["breakdown"]) for row in reading.where(partner="RUS")} == {
        ("65", "procedure location")
    }


def test_kilograms_are_weight_and_the_rest_is_quantity(read: Read, sample: Path):
    """Whichever of the two quantities is in kilograms is the net weight."""
    reading = read(sample, given=EXPORT)
    [horses] = reading.where(partner="RUS", procedure="10")
    assert (horses["net_weight_kg"], horses["quantity"], horses["quantity_unit"]) == (2_222, 11, "头")
    [honey] = reading.where(partner="ARM", period=date(2022, 1, 1))
    assert (honey["net_weight_kg"], honey["quantity"], honey["quantity_unit"]) == (333, None, None)


def test_one_country_under_two_codes(read: Read, sample: Path):
    """Armenia before 2023 and since, with a leading zero in its commodity and the edition of the day."""
    found = read(sample, given=EXPORT).where(partner="ARM")
    assert {row["period"].year: row["value"] for row in found} == {2022: 1_333, 2023: 1_444}
    assert {row["commodity"] for row in found} == {"04090000"}
    assert {row["hs_revision"] for row in found} == {"HS2022"}


def test_imports(read: Read, sample: Path):
    """The same columns show imports: cif, by origin."""
    reading = read(sample, given={"flow": "import"})
    assert {(r["flow"], r["partner_basis"], r["valuation"]) for r in reading.flows.to_pylist()} == {
        ("import", "origin", "cif")
    }


def test_renminbi(read: Read, tmp_path: Path):
    """The column's name says the currency."""
    path = _file(tmp_path, ENGLISH.replace("US dollar", "Renminbi Yuan"), '202301,8703,344,"1,111"')
    assert read(path, given=EXPORT).total(currency="CNY") == 1_111


@pytest.mark.parametrize("word", ["Supplimentary", "Supplementary"])
def test_both_spellings(read: Read, tmp_path: Path, word: str):
    """The site misspells its own header, sometimes."""
    header = f"{ENGLISH},Quantity,Unit,{word} Quantity,{word} Unit"
    path = _file(tmp_path, header, "202301,8703,344,111,2,Number of item,3333,Kilogram")
    [row] = read(path, given=EXPORT).where(partner="RUS")
    assert (row["quantity"], row["net_weight_kg"]) == (2, 3_333)


def test_a_quantity_without_a_unit_is_not_kept(read: Read, tmp_path: Path):
    """The column of units was not chosen: pieces or tons, nobody can say."""
    path = _file(tmp_path, f"{ENGLISH},Quantity", "202301,8703,344,111,2")
    [row] = read(path, given=EXPORT).where(partner="RUS")
    assert (row["quantity"], row["quantity_unit"], row["value"]) == (None, None, 111)


def test_a_trailing_comma(read: Read, tmp_path: Path):
    """A column without a name or content is no column; with content it is refused."""
    path = _file(
        tmp_path, f"{ENGLISH},", "202301,8703,344,111,", "202302,8703,344,222,", "202303,8703,344,333,x"
    )
    reading = read(path, given=EXPORT)
    assert reading.total() == 111 + 222
    assert reading.rejects["reason"].to_pylist() == ["text in a column without a name"]


def test_ten_thousand_rows_are_a_cut_off_answer(read: Read, tmp_path: Path):
    """The site stops at 10,000 rows and does not say so."""
    rows = [f"202301,{code:08},344,1" for code in range(10_000)]
    assert "the publisher's limit" in read(_file(tmp_path, ENGLISH, *rows), given=EXPORT).card.warnings[0]
    assert "limit" not in read(_file(tmp_path, ENGLISH, *rows[1:]), given=EXPORT).card.warnings[0]


# ---------------------------------------------------------------- what the file does not say
def test_nothing_says_export_or_import(read: Read, sample: Path):
    """The direction is in no column: the program does not guess."""
    with pytest.raises(ReadError, match="--given flow=export or --given flow=import"):
        read(sample)


@pytest.mark.parametrize(
    ("name", "flow"),
    [("gacc_exports_1.csv", "export"), ("Imports 2023.csv", "import"), ("出口2023.csv", "export")],
)
def test_the_name_says_the_direction(read: Read, tmp_path: Path, name: str, flow: str):
    """A word of the file's name decides, and the card says so."""
    reading = read(_file(tmp_path, ENGLISH, "202301,8703,344,111", name=name))
    assert reading.total(flow=flow) == 111
    assert f"flow {flow}: taken from the file's name." in reading.card.warnings


def test_a_name_of_both_directions_says_neither(read: Read, tmp_path: Path):
    """Two words, one for each direction, decide nothing; nor does "important"."""
    for name in ("exports_and_imports.csv", "important.csv"):
        with pytest.raises(ReadError, match="--given flow"):
            read(_file(tmp_path, ENGLISH, "202301,8703,344,111", name=name))


def test_the_user_outweighs_the_name(read: Read, tmp_path: Path):
    """What the user says is on the card as the user's word."""
    path = _file(tmp_path, ENGLISH, "202301,8703,344,111", name="exports.csv")
    reading = read(path, given={"flow": "import"})
    assert reading.total(flow="import") == 111
    assert reading.card.warnings[-1] == "flow import: the user's word; the file does not say."


@pytest.mark.parametrize(
    "given", [{"flow": "sideways"}, {"flow": "export", "colour": "red"}, {"flow": "export", "partner": "KAZ"}]
)
def test_what_a_user_may_not_say(read: Read, sample: Path, given: dict[str, str]):
    """No such flow; nothing the format asks for; what a column says already."""
    with pytest.raises(UsageError):
        read(sample, given=given)


def test_a_file_is_not_read_twice_in_two_ways(sample: Path, tmp_path: Path):
    """Once in a store as exports, the same bytes are not silently taken for imports."""
    store = Store(tmp_path / "store")
    assert store.add(sample, now=NOW, given=EXPORT).is_new
    assert not store.add(sample, now=NOW, given=EXPORT).is_new
    assert not store.add(sample, now=NOW).is_new
    with pytest.raises(UsageError, match="read without flow import"):
        store.add(sample, now=NOW, given={"flow": "import"})


def test_without_months(read: Read, tmp_path: Path):
    """A sum over months that are not named: one month or one year, if the user says which."""
    path = _file(tmp_path, "Commodity code,Trading partner code,US dollar", "8703,344,111")
    with pytest.raises(ReadError, match="--given period=2023-01"):
        read(path, given=EXPORT)
    assert read(path, given=EXPORT | {"period": "2023"}).total(period=date(2023, 1, 1), frequency="A") == 111
    assert (
        read(path, given=EXPORT | {"period": "2023-02"}).total(period=date(2023, 2, 1), frequency="M") == 111
    )
    with pytest.raises(UsageError, match="neither one month nor one year"):
        read(path, given=EXPORT | {"period": "2023-01:2023-02"})


def test_without_partners(read: Read, tmp_path: Path):
    """A query for one partner need not show it, so no column of partners is not the world."""
    path = _file(tmp_path, "Date of data,Commodity code,US dollar", "202301,8703,111")
    with pytest.raises(ReadError, match="--given partner=RUS"):
        read(path, given=EXPORT)
    assert read(path, given=EXPORT | {"partner": "World"}).total(partner="WLD") == 111


def test_without_commodities(read: Read, tmp_path: Path):
    """All goods, if the user says so."""
    path = _file(tmp_path, "Date of data,Trading partner code,US dollar", "202301,344,111")
    with pytest.raises(ReadError, match="--given commodity=8703"):
        read(path, given=EXPORT)
    [row] = read(path, given=EXPORT | {"commodity": "total"}).where(partner="RUS")
    assert (row["commodity"], row["digits"], row["hs_revision"]) == ("TOTAL", 0, None)


def test_partners_by_name_only(read: Read, tmp_path: Path):
    """Where the code was not exported the name must do; one nobody knows is refused."""
    path = _file(
        tmp_path, ENGLISH.replace(" code,US", ",US"), "202301,8703,Russia,111", "202301,8703,Ruritania,222"
    )
    reading = read(path, given=EXPORT)
    assert reading.total(partner="RUS") == 111
    assert reading.rejects.to_pylist() == [
        {"row": 3, "column": "Trading partner", "value": "Ruritania", "reason": "unknown partner"}
    ]


def test_two_columns_are_anybodys(read: Read, tmp_path: Path):
    """date,value without a telling name is read only when the user says whose it is."""
    path = _file(tmp_path, "date,value", "2022-01-01,111")
    with pytest.raises(ReadError, match="--given flow"):
        read(path)
    with pytest.raises(ReadError, match="--given partner"):
        read(path, given=EXPORT)
    reading = read(path, given=EXPORT | {"partner": "KAZ", "currency": "CNY"})
    assert reading.total(partner="KAZ", currency="CNY") == 111


def test_two_columns_of_another_country(read: Read, tmp_path: Path):
    """Germany's exports are not China's."""
    with pytest.raises(ReadError, match="does not report for DEU"):
        read(_file(tmp_path, "date,value", "2022-01-01,111", name="Germany_Exports_to_Russia.csv"))


# ---------------------------------------------------------------- what is refused
@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("202301,8703,777,222", "Trading partner code", "unknown partner"),
        ("202301,8703,,222", "Trading partner code", "unknown partner"),
        ("202313,8703,344,222", "Date of data", "unknown month: YYYYMM is meant"),
        ("202301-202303,8703,344,222", "Date of data", "unknown month: YYYYMM is meant"),
        ("202301,870,344,222", "Commodity code", "not a code of 2, 4, 6 or 8 digits"),
        ("202301,8703,344,2 cars", "US dollar", "not a number"),
    ],
)
def test_rejects(read: Read, tmp_path: Path, row: str, column: str, reason: str):
    """A row that is not understood is kept apart with its place and the reason."""
    reading = read(_file(tmp_path, ENGLISH, "202301,8703,145,111", row), given=EXPORT)
    assert reading.total() == 111
    [reject] = reading.rejects.to_pylist()
    assert (reject["row"], reject["column"], reject["reason"]) == (3, column, reason)


def test_a_regime_that_is_none(read: Read, tmp_path: Path):
    """A row without a regime among rows with one would pass for their sum."""
    path = _file(
        tmp_path, f"{ENGLISH},Customs Regime code", "202301,8703,344,111,10", "202301,8703,344,222,-"
    )
    assert read(path, given=EXPORT).rejects["reason"].to_pylist() == ["not a code of a procedure"]


@pytest.mark.parametrize(
    ("header", "row", "message"),
    [
        (f"{ENGLISH},Customs Regime", "202301,8703,344,1,ordinary trade", "a name without its code"),
        (f"{ENGLISH},Colour", "202301,8703,344,1,red", "does not know this column"),
        (
            "Date of data,Commodity code,Trading partner code",
            "202301,8703,344",
            "not a file of any known source",
        ),
        (ENGLISH, '202301,8703,344,"1', "row"),
        (ENGLISH, "202301,8703", "row"),
    ],
)
def test_files_that_are_stopped(read: Read, tmp_path: Path, header: str, row: str, message: str):
    """A name without its code, an unknown column, no value, a file cut off inside a cell or a row."""
    with pytest.raises(ReadError, match=message):
        read(
            _file(tmp_path, header, "202301,8703,145,111" + ",x" * (header.count(",") - 3), row), given=EXPORT
        )
