"""Files of shipments: each kind, odd headers, cells and rows that are not understood."""

from __future__ import annotations

import gzip
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from entrepot.errors import ReadError, UsageError
from entrepot.model.shipment import schema
from entrepot.screening.cells import Habits
from entrepot.screening.read import open_file, single

HEADER = "Shipment ID;HS code;From;To;Date;Invoice value;Consignee;colour"
GOOD = "A1;854231;Germany;KGZ;04.05.2023;120000;ОсОО «Альфа»;red"


@pytest.fixture
def read(tmp_path):
    """Reads a text as a file of shipments: its rows, and the cells that were not understood."""

    def reading(text, name="a.csv", size=20_000, mapped=None, habits=None):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        file = open_file(path, mapped, habits or Habits())
        batches = list(file.batches(tmp_path, size))
        rows = pa.concat_tables([one.rows for one in batches]).to_pylist()
        unread = pa.concat_tables([one.unread for one in batches]).to_pylist()
        return [{k: v for k, v in row.items() if v is not None} for row in rows], unread

    return reading


def test_headers_are_known_in_any_spelling_and_titles_above_them_are_passed_over(read):
    rows, unread = read(f"Exports of May\n\n{HEADER}\n{GOOD}\n")
    assert rows == [
        {
            "row": 4,
            "shipment": "A1",
            "hs_code": "854231",
            "exporter_country": "DEU",
            "destination": "KGZ",
            "date": date(2023, 5, 4),
            "value": 120_000.0,
            "consignee": "ОсОО «Альфа»",
        }
    ]
    assert unread == []


def test_a_cell_that_is_not_understood_is_told_and_its_row_goes_on(read):
    rows, unread = read(f"{HEADER}\nA1;854231;Nowhere;KGZ;2023-05-04;1;x;\n{GOOD}\n")
    assert [row["row"] for row in rows] == [2, 3]
    assert "exporter_country" not in rows[0]
    assert rows[0]["destination"] == "KGZ"
    assert [(one["row"], one["column"], one["cell"]) for one in unread] == [(2, "From", "Nowhere")]


def test_a_line_of_totals_is_no_shipment_and_is_told(read):
    rows, unread = read(f"{HEADER}\n{GOOD}\nTotal;;;;;120000;;\n;;;;;no number;;\n")
    assert [row["row"] for row in rows] == [2, 4]
    assert [one["cause"].partition(",")[0] for one in unread if one["row"] == 3] == ["it names no goods"]


def test_a_point_is_not_taken_for_decimals_beside_decimal_commas(read):
    lines = "\n".join(GOOD.replace("120000", text) for text in ("1.200", "15,5"))
    rows, unread = read(f"{HEADER}\n{lines}\n")
    assert [row.get("value") for row in rows] == [None, 15.5]
    assert [one["cell"] for one in unread] == ["1.200"]
    assert [row["value"] for row in read(f"{HEADER}\n{lines}\n", habits=Habits("comma"))[0]] == [1_200, 15.5]


def test_a_row_of_another_length_is_left_out_and_told_and_the_numbers_of_others_stay(read):
    two_lines = GOOD.replace("ОсОО «Альфа»", '"ОсОО\n«Альфа»"')
    rows, unread = read("\n".join([HEADER, "A0;1", ";;;;;;;", two_lines, f"{GOOD};more", GOOD, ""]))
    assert [row["row"] for row in rows] == [4, 6]
    assert rows[0]["consignee"] == "ОсОО «Альфа»"
    told = [(one["row"], one["cause"].partition(" and")[0]) for one in unread]
    assert told == [(2, "it has 2 cells"), (5, "it has 9 cells")]


def test_batches_hold_the_same_as_the_whole(read):
    lines = "\n".join(GOOD.replace("A1", f"A{i}") for i in range(57))
    assert read(f"{HEADER}\n{lines}\n", size=10) == read(f"{HEADER}\n{lines}\n")


def test_one_column_may_be_mapped_by_the_users_own_word(read):
    text = f"{HEADER}\n{GOOD}\n"
    rows, _ = read(text.replace("Consignee", "Empfänger-Name"), mapped={"empfänger name": "consignee"})
    assert rows[0]["consignee"] == "ОсОО «Альфа»"
    with pytest.raises(UsageError, match="no field 'colour'"):
        read(text, mapped={"colour": "colour"})


def test_a_mapped_header_that_is_not_there_is_refused(read):
    with pytest.raises(ReadError, match="no column is called 'Consignes'"):
        read(f"{HEADER}\n{GOOD}\n", mapped={"Consignes": "consignee"})


def test_two_columns_of_one_field_are_refused_and_a_mapping_settles_it(read):
    text = "hs,to,importer,buyer\n854231,KGZ,one,two\n"
    with pytest.raises(ReadError, match=r"row 1: columns 'importer' and 'buyer' are both consignee.*--map"):
        read(text)
    assert read(text, mapped={"buyer": "consignee"})[0][0]["consignee"] == "two"


def test_a_file_without_a_header_is_refused_with_what_to_do(read):
    with pytest.raises(ReadError, match=r"no header is found.*--template"):
        read("a,b\n1,2\n")


@pytest.mark.parametrize("text", ["", "\x00\x01", '{"a": 1}', '["hs"]'])
def test_what_is_no_table_is_refused(read, text):
    with pytest.raises(ReadError):
        read(text)


def test_packed_and_chinese_text_is_read(read):
    rows, _ = read(gzip.compress(f"{HEADER}\n{GOOD}\n".encode()))
    assert rows[0]["shipment"] == "A1"
    rows, _ = read("海关编码,目的国,收货人\n854231,吉尔吉斯斯坦,阿尔法公司\n".encode("gb18030"))
    assert rows[0] == {"row": 2, "hs_code": "854231", "destination": "KGZ", "consignee": "阿尔法公司"}


def test_a_file_cut_off_is_told(read):
    with pytest.raises(ReadError, match=r"cannot be read|early"):
        read(gzip.compress((f"{HEADER}\n" + f"{GOOD}\n" * 50_000).encode())[:-400])


def test_a_workbook_gives_saved_values_and_runs_nothing(tmp_path):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["HS", "To", "Date", "Weight", "Consignee"])
        sheet.write_row(1, 0, [854231, "KGZ"])
        sheet.write_datetime(1, 2, date(2023, 5, 4), book.add_format({"num_format": "yyyy-mm-dd"}))
        sheet.write_formula(1, 3, "=10+5", None, 15)
        sheet.write_string(1, 4, "=HYPERLINK(1)")
        sheet.write_row(3, 0, ["chips", "KGZ"])
    (batch,) = open_file(path).batches(tmp_path)
    first, second = batch.rows.to_pylist()
    assert (first["hs_code"], first["date"], first["net_weight_kg"]) == ("854231", date(2023, 5, 4), 15.0)
    assert first["consignee"] == "=HYPERLINK(1)"
    assert (second["row"], second["hs_code"]) == (4, None)
    assert batch.unread.to_pylist()[0]["cell"] == "chips"


def test_a_parquet_file_of_any_types_is_read(tmp_path):
    path = tmp_path / "a.parquet"
    table = pa.table(
        {"hs": [854231, 10121], "to": ["KGZ", None], "date": [date(2023, 5, 4), None], "value": [1.5, None]}
    )
    pq.write_table(table, path)
    (batch,) = open_file(path).batches(tmp_path)
    assert batch.rows.to_pylist()[0]["value"] == 1.5
    assert batch.rows["hs_code"].to_pylist() == ["854231", "010121"]
    assert batch.rows.schema.names == list(schema())


def test_one_shipment_in_words_is_strict():
    rows = single({"hs_code": "854231", "via": "ARE", "date": "2023-05-04"}).rows.to_pylist()
    assert {k: v for k, v in rows[0].items() if v} == {
        "row": 1,
        "hs_code": "854231",
        "via": "ARE",
        "date": date(2023, 5, 4),
    }
    with pytest.raises(UsageError, match="date '04/05/2023'"):
        single({"date": "04/05/2023"})
    with pytest.raises(UsageError, match="no field 'hs'"):
        single({"hs": "1"})


def test_latin_names_are_not_read_as_chinese(read):
    text = f"{HEADER}\n" + f"{GOOD}\n".replace("ОсОО «Альфа»", "Müller").replace("ОсОО", "")
    with pytest.raises(ReadError, match="neither UTF-8 nor Chinese"):
        read(text.encode("latin-1"))
    rows, _ = read(f"{HEADER}\n{GOOD}\n".replace("ОсОО «Альфа»", "中国ABC有限公司").encode("gb18030"))
    assert rows[0]["consignee"] == "中国ABC有限公司"


def test_rows_behind_an_open_quotation_mark_are_told_of(read):
    rows, unread = read(f'{HEADER}\nA1;854231;DEU;KGZ;2023-05-04;1;x;"red\n{GOOD}\n{GOOD}\n')
    assert len(rows) == 1
    assert (unread[0]["row"], unread[0]["column"]) == (2, "colour")
    assert "quotation mark" in unread[0]["cause"]


def test_a_newline_in_a_cell_is_no_other_row(read):
    _, unread = read(f'{HEADER}\nA1;854231;DEU;KGZ;2023-05-04;1;"1 Road,\nBishkek, KGZ";red\n')
    assert unread == []


@pytest.mark.parametrize("end", ["", "\n"])
def test_a_file_that_ends_with_its_header_has_no_shipment(tmp_path, end):
    path = tmp_path / "a.csv"
    path.write_text(f"{HEADER}{end}", encoding="utf-8")
    assert sum(len(one.rows) for one in open_file(path).batches(tmp_path)) == 0


def test_a_column_of_parquet_that_is_no_field_may_hold_anything(tmp_path):
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"hs_code": ["854231"], "destination": ["KGZ"], "tags": [["a"]]}), path)
    (batch,) = open_file(path).batches(tmp_path)
    assert batch.rows["hs_code"].to_pylist() == ["854231"]


def test_binary_data_far_into_a_text_are_refused(read):
    with pytest.raises(ReadError, match="binary data"):
        read(f"{HEADER}\n" + f"{GOOD}\n" * 9000 + GOOD.replace("red", "r\0ed"))
