"""Eurostat: bulk files, EasyComext, the data browser's workbooks, long tables made of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

import duckdb
import pytest

from entrepot import sources
from entrepot.errors import ReadError
from entrepot.sources.eurostat import _archive, browser

CN8 = "eurostat_cn8/eu_cn8_sanctioned_exports_202001_202211_long.parquet"
TOTALS = "eurostat_totals/eurostat_totals_long.csv"
TOTALS_XLSX = "eurostat_totals/eu_total_trade_4630244_spreadsheet.xlsx"
CN8_XLSX = ("12_4590477", "18_4623849")
EU27_LABEL = "European Union - 27 countries (AT, BE, BG, CY, CZ, DE, DK, EE, ES, FI, FR, GR, HR, HU, IE, IT, LT, LU, LV, MT, NL, PL, PT, RO, SE, SI, SK)"  # fmt: skip # noqa: E501
EASY = "REPORTER,PARTNER,PRODUCT,FLOW,STAT_PROCEDURE,PERIOD,VALUE_IN_EUR\n"
LONG = "reporter,reporter_kind,partner,flow,period,value_in_eur,folder\n"
# Simulated: real codes with invented round figures.
SAMPLE = resources.files("entrepot.sources.eurostat").joinpath("sample.csv").read_text(encoding="utf-8")

Read = Callable[..., Any]


def sql(query: str, **tables: Any) -> list[tuple[Any, ...]]:
    """Rows of a query over Arrow tables: an independent computation."""
    with duckdb.connect() as connection:
        for name, table in tables.items():
            connection.register(name, table)
        return connection.execute(query).fetchall()


@pytest.fixture(scope="module")
def easy(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Write rows under EasyComext's header to a file."""

    def _easy(*rows: str, name: str = "easy.csv") -> Path:
        path = tmp_path_factory.mktemp("easy") / name
        path.write_text(EASY + "\n".join(rows) + "\n", encoding="utf-8")
        return path

    return _easy


def _bulk(folder: Path, text: str = SAMPLE, name: str = "full_202402.dat") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def _zipped(folder: Path, text: str = SAMPLE) -> Path:
    import py7zr

    path = folder / "full_v2_202402.7z"
    with py7zr.SevenZipFile(path, "w") as archive:
        archive.write(_bulk(folder, text), "full_202402.dat")
    return path


# ------------------------------------------------------------------ bulk files, simulated


def test_the_total_of_a_bulk_cell_is_the_sum_over_procedures(read: Read, tmp_path: Path) -> None:
    """Procedures are rows of a breakdown; there is no row for all of them together."""
    found = read(_bulk(tmp_path))
    cars = {"partner": "KGZ", "commodity": "87032310"}
    assert found.total(**cars) == 111 + 222
    assert {row["procedure"] for row in found.where(**cars)} == {"1", "3"}
    assert {row["breakdown"] for row in found.flows.to_pylist()} == {"procedure"}
    assert found.card.rejects == 0


def test_eight_places_with_those_of_letters_add_up_to_total(read: Read, tmp_path: Path) -> None:
    """A code with letters is what is left of suppressed detail; it counts among the codes of eight digits."""
    found = read(_bulk(tmp_path))
    assert found.total(partner="KGZ", digits=8) == 111 + 222 + 0 + 44
    assert found.total(partner="KGZ", digits=8) == found.total(partner="KGZ", commodity="TOTAL", digits=0)
    assert found.where(commodity="99RRR000")[0]["net_weight_kg"] is None


def test_leading_zeros_zeros_and_units_of_a_bulk_file(read: Read, tmp_path: Path) -> None:
    """01012100 keeps its zero, a value of 0 is a value, NO_SU is no unit and no quantity."""
    found = read(_bulk(tmp_path))
    (horses,) = found.where(commodity="01012100")
    assert (horses["value"], horses["net_weight_kg"], horses["quantity"], horses["quantity_unit"]) == (
        0,
        3,
        None,
        None,
    )
    cars = found.where(partner="KGZ", commodity="87032310", procedure="1")[0]
    assert (cars["quantity"], cars["quantity_unit"], cars["hs_revision"], cars["digits"]) == (
        1,
        "p/st",
        "HS2022",
        8,
    )


@pytest.mark.parametrize(
    ("partner", "basis"),
    [
        ("DEU", "consignment"),
        ("XI", "consignment"),
        ("QY", "consignment"),
        ("CHN", "origin"),
        ("XU", "origin"),
    ],
)
def test_imports_are_by_origin_from_outside_and_by_consignment_inside(
    read: Read, tmp_path: Path, partner: str, basis: str
) -> None:
    """Trade types I and L (Northern Ireland) are inside the Union, E and M (the rest of the UK) outside."""
    (row,) = read(_bulk(tmp_path)).where(partner=partner)
    assert (row["flow"], row["partner_basis"], row["valuation"]) == ("import", basis, "cif")


def test_exports_are_by_destination_and_fob(read: Read, tmp_path: Path) -> None:
    """FLOW 2 is an export."""
    rows = read(_bulk(tmp_path)).where(partner="KGZ")
    assert {(row["flow"], row["partner_basis"], row["valuation"]) for row in rows} == {
        ("export", "destination", "fob")
    }


def test_a_bulk_file_inside_7z_is_the_same(read: Read, tmp_path: Path) -> None:
    """The archive holds the .dat and nothing more is read from it."""
    plain, packed = read(_bulk(tmp_path)), read(_zipped(tmp_path))
    assert packed.flows.drop(["snapshot"]).sort_by("row") == plain.flows.drop(["snapshot"]).sort_by("row")


def test_a_7z_that_would_unpack_to_too_much_is_refused(
    read: Read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The size is known before anything is written."""
    monkeypatch.setattr(_archive, "LARGEST", 100)
    with pytest.raises(ReadError, match="would unpack to"):
        read(_zipped(tmp_path))


def test_a_7z_cut_off_is_refused(read: Read, tmp_path: Path) -> None:
    """Half an archive is a ReadError, not a traceback."""
    path = _zipped(tmp_path)
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(ReadError, match="7z"):
        read(path)


def test_month_52_is_the_year(read: Read, tmp_path: Path) -> None:
    """full_202452 holds the year 2024."""
    rows = read(_bulk(tmp_path, SAMPLE.replace(",202402,", ",202452,"))).flows.to_pylist()
    assert {(row["period"], row["frequency"]) for row in rows} == {(date(2024, 1, 1), "A")}


OLDER = (
    "DECLARANT,DECLARANT_ISO,PARTNER,PARTNER_ISO,TRADE_TYPE,PRODUCT_NC,PRODUCT_SITC,PRODUCT_cpa2002,PRODUCT_cpa2008,"
    "PRODUCT_CPA2_1,PRODUCT_BEC,PRODUCT_SECTION,FLOW,STAT_REGIME,SUPP_UNIT,PERIOD,VALUE_IN_EUROS,QUANTITY_IN_KG,SUP_QUANTITY\n"
    "001,FR,0003,NL,I,01012100,00151,0122,0143,.....,111,01,1,1,A,200601,111,22,3\n"
)


def test_the_older_header_of_the_bulk_files(read: Read, tmp_path: Path) -> None:
    """DECLARANT_ISO and PARTNER_ISO are the areas; the numbers beside them are not needed."""
    (row,) = read(_bulk(tmp_path, OLDER)).flows.to_pylist()
    assert (row["reporter"], row["partner"], row["partner_basis"]) == ("FRA", "NLD", "consignment")
    assert (row["value"], row["net_weight_kg"], row["hs_revision"]) == (111, 22, "HS2002")


@pytest.mark.parametrize(
    ("change", "column", "reason"),
    [
        (("AT,KG,E,01012100", "AT,K9,E,01012100"), "PARTNER", "unknown area"),
        (("AT,KG,E,01012100", "A9,KG,E,01012100"), "REPORTER", "unknown area"),
        (("AT,KG,E,01012100", "AT,KG,Z,01012100"), "TRADE_TYPE", "unknown trade type: not I, E, L or M"),
        (("41,311210,01,2,1,", "41,311210,01,2,4,"), "STAT_PROCEDURE", "unknown procedure"),
        (("41,311210,01,2,1,", "41,311210,01,7,1,"), "flow", "unknown flow: import or export"),
        (("202402,0,0,3,0", "202413,0,0,3,0"), "PERIOD", "not a period: YYYYMM, month 52 for the year"),
        (("202402,0,0,3,0", "202402,x,0,3,0"), "VALUE_EUR", "not a number"),
        (
            ("AT,KG,E,01012100", "AT,KG,E,0101210"),
            "commodity",
            "not a code of 2, 4, 6 or 8 places, nor TOTAL",
        ),
    ],
)
def test_a_bulk_row_that_is_not_understood_is_rejected(
    read: Read, tmp_path: Path, change: tuple[str, str], column: str, reason: str
) -> None:
    """One bad cell rejects its row, with column, value and reason; the others are stored."""
    assert SAMPLE.count(change[0]) == 1
    found = read(_bulk(tmp_path, SAMPLE.replace(*change)))
    assert [(r["row"], r["column"], r["reason"]) for r in found.rejects.to_pylist()] == [(4, column, reason)]
    assert found.card.rows == 10


def test_an_unknown_column_of_a_bulk_file_stops_it(read: Read, tmp_path: Path) -> None:
    """Nothing is stored of a file that has a column nobody has decided about."""
    with pytest.raises(ReadError, match="VALUE_CIF"):
        read(_bulk(tmp_path, SAMPLE.replace("VALUE_NAC", "VALUE_CIF")))


def test_a_missing_column_of_a_bulk_file_stops_it(read: Read, tmp_path: Path) -> None:
    """Without its supplementary unit the file is not the publisher's."""
    header, first, *_ = SAMPLE.splitlines()
    cut = "\n".join(",".join(line.split(",")[:-1]) for line in (header, first)) + "\n"
    with pytest.raises(ReadError, match="QUANTITY_SUPPL_UNIT"):
        read(_bulk(tmp_path, cut))


def test_a_bulk_file_cut_off_in_a_row_stops_it(read: Read, tmp_path: Path) -> None:
    """A last line without all its cells is a file that did not arrive whole."""
    with pytest.raises(ReadError):
        read(_bulk(tmp_path, SAMPLE[:-20]))


def test_a_bulk_file_speaks_for_all_partners_and_an_extract_does_not(read: Read, tmp_path: Path) -> None:
    """Else one corridor's extract would withdraw every other corridor."""
    complete = {form.name: form.complete for form in sources.formats("eurostat")}
    assert complete.pop("Comext bulk file") == ("partner", "commodity")
    assert not sources.card("eurostat").complete
    assert set(complete.values()) == {None}


# ------------------------------------------------------------------ EasyComext


@pytest.mark.parametrize(
    ("label", "period", "frequency"),
    [
        ("Aug. 2024", date(2024, 8, 1), "M"),
        ("May. 2024", date(2024, 5, 1), "M"),
        ("202408-Aug. 2024", date(2024, 8, 1), "M"),
        ("Févr. 2024", date(2024, 2, 1), "M"),
        ("Août 2024", date(2024, 8, 1), "M"),
        ("Jan.-Dec. 2018", date(2018, 1, 1), "A"),
        ("Janv.-Déc. 2016", date(2016, 1, 1), "A"),
        ("202152-Jan.-Dec. 2021", date(2021, 1, 1), "A"),
    ],
)
def test_periods_of_easycomext(
    read: Read, easy: Callable[..., Path], label: str, period: date, frequency: str
) -> None:
    """Months and years, with and without the code before the label, in English and French."""
    (row,) = read(easy(f'"Austria","Armenia","Total","EXPORT","Total","{label}",111')).flows.to_pylist()
    assert (row["period"], row["frequency"]) == (period, frequency)


def test_labels_of_easycomext_in_french(read: Read, easy: Callable[..., Path]) -> None:
    """Reporter, partner and flow are known by their French names too."""
    (row,) = read(
        easy('"Autriche","Arménie","Total","IMPORTATION","Total","Juin 2024",111')
    ).flows.to_pylist()
    assert (row["reporter"], row["partner"], row["flow"], row["partner_basis"]) == (
        "AUT",
        "ARM",
        "import",
        "origin",
    )


def test_a_product_and_a_procedure_of_easycomext(read: Read, easy: Callable[..., Path]) -> None:
    """Codes stand before a dash."""
    (row,) = read(
        easy('"Austria","Armenia","01012100-Horses","2-EXPORT","3-OUTWARD","Jun. 2024",111')
    ).flows.to_pylist()
    assert (row["commodity"], row["digits"], row["procedure"], row["breakdown"]) == (
        "01012100",
        8,
        "3",
        "procedure",
    )


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ('"Austria","Atlantis","Total","EXPORT","Total","Aug. 2024",1', "PARTNER"),
        ('"Atlantis","Armenia","Total","EXPORT","Total","Aug. 2024",1', "REPORTER"),
        ('"Austria","Armenia","Cars","EXPORT","Total","Aug. 2024",1', "commodity"),
        ('"Austria","Armenia","Total","TRANSIT","Total","Aug. 2024",1', "flow"),
        ('"Austria","Armenia","Total","EXPORT","NORMAL","Aug. 2024",1', "STAT_PROCEDURE"),
        ('"Austria","Armenia","Total","EXPORT","Total","Jan.-Jun. 2024",1', "PERIOD"),
        ('"Austria","Armenia","Total","EXPORT","Total","Aug. 2024",1e999', "VALUE_IN_EUR"),
    ],
)
def test_a_row_of_easycomext_that_is_not_understood_is_rejected(
    read: Read, easy: Callable[..., Path], row: str, column: str
) -> None:
    """Half of the file is good, so it is stored, and the other half explained."""
    found = read(easy('"Austria","Armenia","Total","EXPORT","Total","Jul. 2024",111', row))
    assert [reject["column"] for reject in found.rejects.to_pylist()] == [column]


def test_colon_is_missing_and_not_zero(read: Read, easy: Callable[..., Path]) -> None:
    """A cell that is not available is counted, not stored."""
    rows = (f'"Austria","{partner}","Total","EXPORT","Total","Jul. 2024",{value}' for partner, value in
            (("Armenia", "0"), ("Georgia", ":")))  # fmt: skip
    found = read(easy(*rows))
    assert (found.card.rows, found.card.missing, found.total()) == (1, 1, 0)


def test_the_vintage_of_easycomext_is_in_the_file_name_it_gives(
    read: Read, easy: Callable[..., Path]
) -> None:
    """Under any other name the day of adding stands in for it, and the card says so."""
    row = '"Austria","Armenia","Total","EXPORT","Total","Jul. 2024",111'
    stamped = read(easy(row, name="Relational_View_2024-11-16T06_38_12.719Z.csv")).card
    assert (stamped.published, stamped.published_is_known) == (date(2024, 11, 16), True)
    assert not read(easy(row)).card.published_is_known


def test_every_real_easycomext_export_reads_whole(read: Read, data: Path) -> None:
    """As many rows as lines under the header, no rejects, sums as in the raw files."""
    files = sorted((data / "eurostat_totals/as_exported").rglob("*.csv"))
    assert len(files) == 18
    for path in files:
        found = read(path)
        raw = sql(f"select count(*), sum(VALUE_IN_EUR) from read_csv('{path}')")
        assert [(found.card.rows, found.total())] == raw
        assert found.card.rejects == found.card.missing == 0
        assert found.card.published_is_known


# ------------------------------------------------------------------ long tables


def test_real_cn8_table_reads_whole(read: Read, data: Path) -> None:
    """1,141,670 rows, CN8 and the HS4 codes that overlap them kept apart by their digits."""
    found = read(data / CN8)
    assert (found.card.rows, found.card.rejects, found.card.missing) == (1_141_670, 0, 0)
    flows = found.flows
    levels = sql(
        "select digits, count(distinct commodity), count(*) from flows group by 1 order by 1", flows=flows
    )
    assert levels == [(4, 114, 144_111), (8, 2219, 997_559)]
    _sanctioned_as_published(flows)
    _headings_are_sums(flows)
    _workbooks_agree(read, data, flows)


def _sanctioned_as_published(flows: Any) -> None:
    """March to November of 2021 and 2022, EUR m, codes of eight digits."""
    rows = sql(
        "select partner, sum(value) filter (year(period) = 2021) / 1e6, "
        "sum(value) filter (year(period) = 2022) / 1e6 "
        "from flows where digits = 8 and month(period) between 3 and 11 group by 1",
        flows=flows,
    )
    found = {partner: (before, after) for partner, before, after in rows}
    published = {
        "RUS": (25_781.68, 7_329.63), "ARM": (154.24, 663.22), "BLR": (1_953.5, 2_336.2),
        "GEO": (430.4, 960.7), "KAZ": (1_381.0, 3_365.2), "KGZ": (60.4, 479.7), "UZB": (475.0, 863.3),
    }  # fmt: skip
    assert set(found) == set(published)
    for partner, (before, after) in published.items():
        places = 0.005 if partner in ("RUS", "ARM") else 0.05
        assert found[partner] == (pytest.approx(before, abs=places), pytest.approx(after, abs=places))


def _headings_are_sums(flows: Any) -> None:
    """HS4 is the sum of its CN8 codes but for rounding (Bulgaria) and what is suppressed (Finland, 8708)."""
    for heading in ("8703", "8708", "8471"):
        ((four, eight),) = sql(
            f"select sum(value) filter (digits = 4), sum(value) filter (digits = 8) from flows "
            f"where starts_with(commodity, '{heading}')",
            flows=flows,
        )
        assert four == pytest.approx(eight, rel=1e-5)


def _workbooks_agree(read: Read, data: Path, flows: Any) -> None:
    """Each cell of the two browser workbooks is in the long table, with the same value."""
    shared = 0
    for name in CN8_XLSX:
        book = read(data / f"eurostat_cn8/{name}_spreadsheet.xlsx").flows
        key = "using (reporter, partner, flow, period, commodity)"
        ((both, unlike, only_book),) = sql(
            "select count(f.value), count(*) filter (f.value <> b.value), count(*) filter (f.value is null) "
            f"from book b left join flows f {key}",
            book=book,
            flows=flows,
        )
        assert (unlike, only_book) == (0, 0)
        shared += both
    assert shared > 100_000


def test_a_cn8_table_of_another_indicator_is_refused(read: Read, tmp_path: Path) -> None:
    """Quantities are not values."""
    path = tmp_path / "cn8.parquet"
    sql(
        "copy (select '87032310' cn8, 'EXPORT' flow, 'QUANTITY_IN_100KG' indicator, 'Austria' reporter, "
        f"'Armenia' partner, '2022-03' as month, 111 value_eur, 7 __index_level_0__) to '{path}'"
    )
    with pytest.raises(ReadError, match="not a value in euros"):
        read(path)


def test_real_totals_read_whole_but_for_one_row_that_may_be_two_countries(read: Read, data: Path) -> None:
    """In the year exported in French 'Guinea' stands beside 'Guinée', and Guinea-Bissau is missing."""
    found = read(data / TOTALS)
    assert (found.card.rows, found.card.rejects, found.card.missing) == (17_470 - 1, 1, 0)
    (reject,) = found.rejects.to_pylist()
    assert (reject["row"], reject["value"]) == (3812, "Guinea")
    assert found.total(partner="GIN", period=date(2016, 1, 1)) == 901_357_072
    assert not found.where(partner="GNB", period=date(2016, 1, 1))
    ((raw,),) = sql(f"select sum(value_in_eur) from read_csv('{data / TOTALS}')")
    assert found.total() == raw - 125_725_547


def test_the_27_members_add_up_to_eu27_exactly(read: Read, data: Path) -> None:
    """Every partner and month of both flows; the aggregates and the UK are rows of their own."""
    flows = read(data / TOTALS).flows
    rows = sql(
        "select partner, flow, period, sum(value) filter (reporter = 'EU27'), "
        "sum(value) filter (reporter not in ('EU27', 'EU', 'EA', 'EA20', 'GBR')) "
        "from flows where frequency = 'M' group by all",
        flows=flows,
    )
    assert len(rows) == 476
    assert [row for row in rows if row[3] != row[4]] == []


def test_the_same_aggregate_in_two_languages_is_one_cell(read: Read, tmp_path: Path) -> None:
    """Told alike it counts once; told unlike neither is believed."""
    french = EU27_LABEL.replace("European Union - 27 countries", "Union européenne - 27 pays")
    path = tmp_path / "totals.csv"
    rows = [f'"{label}",aggregate,Armenia,EXPORT,{period},{value},x' for label, period, value in
            ((EU27_LABEL, 2016, 111), (french, 2016, 111), (EU27_LABEL, 2017, 111), (french, 2017, 112),
             (EU27_LABEL, "2018-01", 333))]  # fmt: skip
    path.write_text(LONG + "\n".join(rows) + "\n", encoding="utf-8")
    found = read(path)
    assert found.total(reporter="EU27") == 111 + 333
    assert [reject["row"] for reject in found.rejects.to_pylist()] == [4, 5]


def test_imports_from_a_country_before_and_after_it_left_the_union(read: Read, tmp_path: Path) -> None:
    """By consignment in January 2020, by origin since February."""
    path = tmp_path / "totals.csv"
    rows = (f"Austria,member,United Kingdom,IMPORT,{month},111,x" for month in ("2020-01", "2020-02"))
    path.write_text(LONG + "\n".join(rows) + "\n", encoding="utf-8")
    found = {row["period"]: row["partner_basis"] for row in read(path).flows.to_pylist()}
    assert found == {date(2020, 1, 1): "consignment", date(2020, 2, 1): "origin"}


# ------------------------------------------------------------------ the data browser


def _workbook(
    path: Path, *, code: str = "[84802000]", colon: str = ":", freq: str = "Monthly", fact: str = ""
) -> Path:
    import xlsxwriter

    rows: list[list[Any]] = [
        ["Data extracted on 21/01/2023 15:52:11 from [ESTAT]"], ["Dataset: ", "EU trade"],
        ["Last updated: ", "13/01/2023 11:00"], [], ["PRODUCT [PRODUCT]", "", f"Mould bases {code}"],
        ["FLOW", "", "EXPORT"], ["INDICATORS", "", "VALUE_IN_EUROS"],
        *([[fact, "", "x"]] if fact else []), [],
        ["TIME", "TIME", "2022-01", "2022-02"], ["FREQ (Labels)", "FREQ (Labels)", freq, freq],
        ["REPORTER (Labels)", "PARTNER (Labels)"],
        ["Austria", "Armenia", 111, colon], ["Austria", "Georgia", 0, 222],
        [], ["Special value"], [":", "not available"],
    ]  # fmt: skip
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("Sheet 1")
        for place, row in enumerate(rows):
            sheet.write_row(place, 0, row)
    return path


def test_a_workbook_of_the_browser(read: Read, tmp_path: Path) -> None:
    """Facts above the table belong to each cell; a colon is missing, 0 is 0; last update is the vintage."""
    found = read(_workbook(tmp_path / "a.xlsx"))
    assert (found.card.rows, found.card.missing, found.card.rejects) == (3, 1, 0)
    assert found.total(commodity="84802000", digits=8, flow="export", reporter="AUT") == 111 + 0 + 222
    assert found.card.published == date(2023, 1, 13)


def test_a_workbook_cell_that_is_no_number_is_rejected(read: Read, tmp_path: Path) -> None:
    """'c' is a flag, not a value."""
    (reject,) = read(_workbook(tmp_path / "a.xlsx", colon="c")).rejects.to_pylist()
    assert (reject["value"], reject["reason"]) == ("c", "not a number")


def test_a_workbook_with_a_dimension_nobody_knows_is_refused(read: Read, tmp_path: Path) -> None:
    """A fact above the table that the reader does not know might change what the values mean."""
    with pytest.raises(ReadError, match="STAT_PROCEDURE"):
        read(_workbook(tmp_path / "a.xlsx", fact="STAT_PROCEDURE"))


def test_a_workbook_that_is_not_monthly_is_refused(read: Read, tmp_path: Path) -> None:
    """The header would read the same."""
    with pytest.raises(ReadError, match="not monthly"):
        read(_workbook(tmp_path / "a.xlsx", freq="Quarterly"))


def test_a_workbook_without_a_product_code_is_refused(read: Read, tmp_path: Path) -> None:
    """A label alone is not a commodity."""
    with pytest.raises(ReadError, match="no code in brackets"):
        read(_workbook(tmp_path / "a.xlsx", code=""))


def test_a_workbook_that_would_unpack_to_too_much_is_refused(
    read: Read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A zip bomb is measured, not opened."""
    monkeypatch.setattr(browser, "_LARGEST", 100)
    with pytest.raises(ReadError, match="would unpack to"):
        read(_workbook(tmp_path / "a.xlsx"))


def test_real_totals_workbook_agrees_with_the_totals_of_a_later_vintage(read: Read, data: Path) -> None:
    """Four sheets of 189 corridors and 36 months; German exports to Kazakhstan differ by revisions only."""
    book = read(data / TOTALS_XLSX)
    assert book.card.published == date(2023, 1, 13)
    assert (book.card.rows + book.card.missing, book.card.rejects) == (4 * 189 * 36, 0)
    wanted = {
        "reporter": "DEU",
        "partner": "KAZ",
        "flow": "export",
        "commodity": "TOTAL",
        "period": date(2021, 6, 1),
    }
    later = read(data / TOTALS).total(**wanted)
    assert book.total(**wanted) == pytest.approx(later, rel=0.05)
    assert {row["partner_basis"] for row in book.where(flow="import")} == {"origin"}
