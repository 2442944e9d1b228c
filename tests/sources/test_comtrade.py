"""UN Comtrade: every file it comes in. The figures of sample.csv are invented."""

import csv
import gzip
import io
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb
import pytest

from entrepot.errors import ReadError, UsageError
from entrepot.model.area import lookup
from entrepot.model.flow import Flow
from entrepot.sources import recognise
from entrepot.sources.comtrade._columns import EDITIONS, FLOWS, LEGACY, plain, units

SAMPLE = Path(str(files("entrepot.sources.comtrade").joinpath("sample.csv")))


def sample() -> tuple[list[str], list[list[str]]]:
    """Header and rows of the sample."""
    header, *rows = list(csv.reader(io.StringIO(SAMPLE.read_text(encoding="utf-8"))))
    return header, rows


def written(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]], delimiter: str = ",") -> Path:
    """A file with these cells; gzip where the name ends in .gz."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows([header, *rows])
    raw = text.getvalue().encode()
    path.write_bytes(gzip.compress(raw) if path.suffix == ".gz" else raw)
    return path


def one(tmp_path: Path, **changes: str) -> Path:
    """The sample's row of horses from China beside its World row, with cells changed."""
    header, rows = sample()
    changed = [changes.get(name, cell) for name, cell in zip(header, rows[1], strict=True)]
    return written(tmp_path / "one.csv", header, [rows[0], changed])


def many(tmp_path: Path, changes: Sequence[dict[str, str]]) -> Path:
    """The World row and, from row 3 on, the row of horses from China once for each of the changes."""
    header, rows = sample()
    made = [[change.get(n, cell) for n, cell in zip(header, rows[1], strict=True)] for change in changes]
    return written(tmp_path / "many.csv", header, [rows[0], *made])


def by_row(reading: Any) -> dict[int, dict[str, Any]]:
    """The stored rows by their record number."""
    return {row["row"]: row for row in reading.flows.to_pylist()}


def horses(reading: Any) -> dict[str, Any]:
    """The row of horses from China."""
    found: dict[str, Any] = reading.where(partner="CHN")[0]
    return found


# ---------------------------------------------------------------- what a row means


def test_the_sample_reads_without_rejects(read):
    """All five rows are stored; the one through Kazakhstan is a breakdown the total speaks for."""
    reading = read(SAMPLE)
    assert (reading.card.format, reading.card.rows, reading.card.rejects, reading.card.missing) == (
        "api-csv",
        5,
        0,
        0,
    )
    assert reading.total(partner="CHN") == 222
    assert len(reading.flows) == 4


def test_a_total_has_no_breakdown_and_no_edition(read):
    """Codes for "all" become null, and TOTAL is of every edition."""
    total = read(SAMPLE).where(partner="WLD")[0]
    assert total["commodity"] == "TOTAL"
    assert (total["digits"], total["hs_revision"], total["breakdown"]) == (0, None, "")
    assert [total[name] for name in ("partner2", "procedure", "transport")] == [None, None, None]
    assert (total["frequency"], total["period"]) == ("A", date(2021, 1, 1))


def test_a_breakdown_keeps_its_codes(read, tmp_path):
    """Second partner, procedure and mode of transport are kept where they are not the codes for all."""
    row = horses(read(one(tmp_path, partner2Code="398", customsCode="C06", motCode="3200")))
    assert (row["partner2"], row["procedure"], row["transport"]) == ("KAZ", "C06", "3200")
    assert row["breakdown"] == "partner2 procedure transport"


def test_leading_zeros_stay(read):
    """Horses are 010121, and chapter 01 is text."""
    codes = {row["commodity"] for row in read(SAMPLE).flows.to_pylist()}
    assert codes == {"TOTAL", "010121", "01", "001"}


def test_a_lost_leading_zero_is_rejected(read, tmp_path):
    """10121 is no HS code, and no one guesses which it was."""
    rejected = read(one(tmp_path, cmdCode="10121")).rejects.to_pylist()
    assert [(r["row"], r["column"], r["value"]) for r in rejected] == [(3, "cmdcode", "10121")]
    assert "leading zero" in rejected[0]["reason"]


def test_every_flow_of_the_publisher_is_known(data):
    """The list of flows and the mapping are the same."""
    codes = {row["id"] for row in _list(data, "codes_flow.csv")}
    assert codes == {code for code in FLOWS if code.isalpha()}
    assert {FLOWS[code] for code in codes} == set(Flow)


def test_a_flow_and_its_basis(read, tmp_path):
    """Imports of every kind are by origin, exports by destination."""
    wanted = {
        "M": ("import", "origin"),
        "X": ("export", "destination"),
        "RM": ("re-import", "origin"),
        "RX": ("re-export", "destination"),
        "DX": ("domestic-export", "destination"),
        "FM": ("foreign-import", "origin"),
        "MIP": ("import-for-inward-processing", "origin"),
        "MOP": ("import-after-outward-processing", "origin"),
        "XIP": ("export-after-inward-processing", "destination"),
        "XOP": ("export-for-outward-processing", "destination"),
    }
    found = by_row(read(many(tmp_path, [{"flowCode": code} for code in wanted])))
    assert [(found[n]["flow"], found[n]["partner_basis"]) for n in range(3, 13)] == list(wanted.values())


def test_the_edition_travels_with_the_code(read, tmp_path):
    """H0 to H6 are the editions of the Harmonized System."""
    codes = [{"classificationCode": code, "period": f"{2001 + n}"} for n, code in enumerate(EDITIONS)]
    found = by_row(read(many(tmp_path, codes)))
    assert [found[n]["hs_revision"] for n in range(3, 10)] == [
        *("HS1992", "HS1996", "HS2002", "HS2007", "HS2012", "HS2017", "HS2022")
    ]
    assert {found[n]["digits"] for n in range(3, 10)} == {6}


def test_another_classification_keeps_its_name(read, tmp_path):
    """Outside HS there is no level."""
    names = ["S1", "S4", "SS", "B4", "B5", "EB02"]
    codes = [{"classificationCode": n, "cmdCode": "7", "period": f"{2001 + i}"} for i, n in enumerate(names)]
    found = by_row(read(many(tmp_path, codes)))
    assert [found[n]["hs_revision"] for n in range(3, 9)] == names
    assert {(found[n]["digits"], found[n]["commodity"]) for n in range(3, 9)} == {(None, "7")}


def test_special_areas_are_kept(read, tmp_path):
    """Areas nobody names, bunkers, free zones, Comtrade's own numbers, and leading zeros."""
    wanted = {"899": "_X", "837": "X1", "838": "X2", "839": "XX", "490": "TWN", "842": "USA", "251": "FRA"}
    wanted |= {"699": "IND", "579": "NOR", "757": "CHE", "97": "EU", "056": "BEL"}
    found = by_row(read(many(tmp_path, [{"partnerCode": code} for code in wanted])))
    assert [found[n]["partner"] for n in range(3, 15)] == list(wanted.values())


def test_aggregates_report_too(read, tmp_path):
    """The European Union as reporter keeps its code."""
    assert horses(read(one(tmp_path, reporterCode="97")))["reporter"] == "EU"


def test_the_valuation_is_what_the_value_equals(read, tmp_path):
    """Some reporters publish imports FOB; where neither equals the value, nobody says."""
    cases = [
        ("M", "222", "200", "cif"),
        ("M", "", "222", "fob"),
        ("M", "222", "222", "cif"),
        ("X", "222", "222", "fob"),
        ("X", "0", "222", "fob"),
        ("M", "", "", None),
        ("M", "221", "200", None),
    ]
    changes = [
        {"flowCode": flow, "cifvalue": cif, "fobvalue": fob, "period": f"{2001 + n}"}
        for n, (flow, cif, fob, _) in enumerate(cases)
    ]
    found = by_row(read(many(tmp_path, changes)))
    assert [found[n]["valuation"] for n in range(3, 10)] == [wanted for *_, wanted in cases]
    assert {found[n]["value"] for n in range(3, 10)} == {222}


def test_a_quantity_without_a_unit_is_none(read, tmp_path):
    """Unit -1 means no quantity, whatever number stands there."""
    row = horses(read(one(tmp_path, qtyUnitCode="-1", qty="0.0")))
    assert (row["quantity"], row["quantity_unit"]) == (None, None)


def test_a_zero_beside_a_value_is_not_given(read, tmp_path):
    """No goods weigh nothing: 0 stands for a weight or quantity that is not available."""
    row = horses(read(one(tmp_path, qty="0.0", netWgt="0.0")))
    assert (row["quantity"], row["net_weight_kg"]) == (None, None)


def test_a_value_of_zero_stays_zero(read, tmp_path):
    """A reported zero is not missing, and its quantities of zero are as real."""
    row = horses(read(one(tmp_path, primaryValue="0", qty="0", netWgt="0")))
    assert (row["value"], row["quantity"], row["net_weight_kg"]) == (0, 0, 0)


def test_no_value_at_all_is_counted_as_missing(read, tmp_path):
    """A row without value, weight and quantity stores nothing."""
    card = read(one(tmp_path, primaryValue="", cifvalue="", fobvalue="", qty="0.0", netWgt="")).card
    assert (card.rows, card.missing, card.rejects) == (1, 1, 0)


def test_estimated_quantities_are_marked(read, tmp_path):
    """Any of the three marks keeps the row out of unit values; the value stays reported."""
    none = {"isNetWgtEstimated": "False", "legacyEstimationFlag": "0"}
    marks = [{}, {"isQtyEstimated": "True"}, {"isNetWgtEstimated": "True"}]
    marks += [{"legacyEstimationFlag": flag} for flag in ("2", "4", "6")]
    rows = [none | mark | {"period": f"{2001 + n}"} for n, mark in enumerate(marks)]
    found = by_row(read(many(tmp_path, rows)))
    assert [found[n]["is_estimated"] for n in range(3, 9)] == [False, True, True, True, True, True]
    assert {found[n]["status"] for n in range(3, 9)} == {"reported"}


def test_the_status_of_a_value(read, tmp_path):
    """Rolled up is as reported; neither received nor rolled up, or converted, is estimated."""
    cases = [
        ("True", "False", "True", "reported"),
        ("False", "True", "True", "reported"),
        ("False", "False", "True", "estimated"),
        ("True", "False", "False", "estimated"),
    ]
    names = ("isReported", "isAggregate", "isOriginalClassification")
    rows = [
        dict(zip(names, flags, strict=True)) | {"period": f"{2001 + n}"}
        for n, (*flags, _) in enumerate(cases)
    ]
    found = by_row(read(many(tmp_path, rows)))
    assert [found[n]["status"] for n in range(3, 7)] == [wanted for *_, wanted in cases]


BAD = (
    ("reporterCode", "9999"),
    ("partnerCode", "9999"),
    ("partner2Code", "9999"),
    ("flowCode", "Z"),
    ("period", "202113"),
    ("period", "21"),
    ("freqCode", "Q"),
    ("freqCode", "M"),
    ("classificationCode", "H9"),
    ("cmdCode", ""),
    ("cmdCode", "AG6"),
    ("customsCode", "X"),
    ("motCode", "air"),
    ("mosCode", "4"),
    ("typeCode", "S"),
    ("qtyUnitCode", "99"),
    ("legacyEstimationFlag", "3"),
    ("isReported", "perhaps"),
    ("primaryValue", "1.2.3"),
    ("primaryValue", "inf"),
    ("netWgt", "heavy"),
)


def test_a_row_not_understood_is_rejected(read, tmp_path):
    """Each bad cell makes one reject that names row, column and value; the good rows stand."""
    good = [{"period": f"{2000 + n}"} for n in range(len(BAD) + 1)]
    reading = read(many(tmp_path, [*good, *({column: value} for column, value in BAD)]))
    assert (reading.card.rows, reading.card.rejects) == (len(good) + 1, len(BAD))
    found = reading.rejects.to_pylist()
    assert [reject["row"] for reject in found] == list(range(3 + len(good), 3 + len(good) + len(BAD)))
    named = {("freqCode", "Q"): ("period", "2021"), ("freqCode", "M"): ("period", "2021")}
    wanted = [named.get(pair, pair) for pair in BAD]
    assert [(r["column"], r["value"] or "") for r in found] == [(plain(c), v) for c, v in wanted]
    assert all(reject["reason"] for reject in found)


def test_an_unknown_column_stops_the_file(read, tmp_path):
    """Nothing is guessed about a column no one has seen."""
    header, rows = sample()
    path = written(tmp_path / "new.csv", [*header, "adjustedValue"], [[*row, "1"] for row in rows])
    with pytest.raises(ReadError, match="adjustedValue"):
        read(path)


def test_a_row_of_too_few_cells_stops_the_file(read, tmp_path):
    """A file cut off in the middle of a row stores nothing."""
    cut = SAMPLE.read_bytes()[:-40]
    path = tmp_path / "cut.csv"
    path.write_bytes(cut)
    with pytest.raises(ReadError, match="row 6"):
        read(path)


# ---------------------------------------------------------------- the spellings


def test_all_spellings_are_one(read, tmp_path):
    """camelCase, snake_case with partner2code or partner2_code, and lower case give the same rows."""
    header, rows = sample()
    wanted = read(SAMPLE).flows.drop(["snapshot"])
    snake = ["".join("_" + c.lower() if c.isupper() else c for c in name) for name in header]
    for number, names in enumerate((snake, [n.replace("partner2_", "partner2") for n in snake],
                                    [n.lower() for n in header])):  # fmt: skip
        found = read(written(tmp_path / f"{number}.csv", names, rows)).flows.drop(["snapshot"])
        assert found.equals(wanted)


def test_row_numbers_and_a_trailing_comma_do_no_harm(read, tmp_path):
    """A first column without a name counts rows; the site's own CSV ends each row with a comma."""
    header, rows = sample()
    numbered = [[str(n), *row] for n, row in enumerate(rows)]
    assert read(written(tmp_path / "index.csv", ["", *header], numbered)).card.rows == 5
    assert read(written(tmp_path / "comma.csv", header, [[*row, ""] for row in rows])).card.rows == 5


def test_something_beyond_the_last_column_is_rejected(read, tmp_path):
    """Cells moved to the right are not read as if they stood in their places."""
    header, rows = sample()
    moved = [[*row, ""] for row in rows[:4]] + [[*rows[4], "11"]]
    reading = read(written(tmp_path / "moved.csv", header, moved))
    assert reading.rejects.to_pylist()[0] | {"reason": ""} == {
        "row": 6,
        "column": "trailing",
        "value": "11",
        "reason": "",
    }


def test_a_limit_is_noticed(read, tmp_path):
    """Exactly 500 rows: the preview was cut off. Repeats of a row are counted once."""
    header, rows = sample()
    card = read(written(tmp_path / "500.csv", header, [rows[0], *[rows[1]] * 499])).card
    assert any("limit" in warning for warning in card.warnings)
    assert card.rows == 2


def _list(data: Path, name: str) -> list[dict[str, str]]:
    """One of the publisher's lists of codes."""
    return list(csv.DictReader(io.StringIO((data / "comtrade" / name).read_text(encoding="utf-8"))))


# ---------------------------------------------------------------- bulk files


def bulk(tmp_path: Path, name: str = "COMTRADE-FINAL-CA4172021H5[2023-01-03].gz") -> Path:
    """The sample as a bulk file: tabs, no words beside codes, CIFValue and FOBValue, gzip."""
    header, rows = sample()
    keep = [i for i, n in enumerate(header) if not n.endswith(("Desc", "ISO", "Abbr"))]
    spelled = {"cifvalue": "CIFValue", "fobvalue": "FOBValue"}
    names = [spelled.get(header[i], header[i]) for i in keep]
    kept = [["20210", *(row[i] for i in keep)] for row in rows]
    return written(tmp_path / name, ["datasetCode", *names], kept, "\t")


def test_a_bulk_file_carries_its_vintage(read, tmp_path):
    """The day in brackets is the day of publication."""
    card = read(bulk(tmp_path)).card
    assert (card.format, card.published, card.published_is_known) == ("bulk", date(2023, 1, 3), True)
    assert (card.rows, card.rejects) == (5, 0)


def test_a_bulk_file_of_an_impossible_day_has_no_vintage(read, tmp_path):
    """A renamed file does not stop the program."""
    card = read(bulk(tmp_path, "COMTRADE-FINAL-CA4172021H5[2023-13-41].gz")).card
    assert not card.published_is_known


def test_a_bulk_file_speaks_for_all_partners_and_commodities(tmp_path):
    """Only the bulk format is complete."""
    assert recognise(bulk(tmp_path))[1].complete == ("partner", "commodity")
    assert not recognise(SAMPLE)[1].complete


def test_a_bulk_file_equals_the_api(read, tmp_path):
    """The same rows by another road."""
    bulky, api = (read(p).flows.drop(["snapshot"]) for p in (bulk(tmp_path), SAMPLE))
    assert bulky.equals(api)


def test_a_bulk_file_cut_off_stops(read, tmp_path):
    """A download that broke stores nothing."""
    path = bulk(tmp_path)
    path.write_bytes(path.read_bytes()[:-60])
    with pytest.raises(ReadError):
        read(path)


# ---------------------------------------------------------------- answers as JSON


def answer(tmp_path: Path, **changes: Any) -> Path:
    """The sample as an answer of the API, on one line, with parts changed."""
    header, rows = sample()
    typed = [{n: _typed(n, c) for n, c in zip(header, row, strict=True)} for row in rows]
    whole = {"elapsedTime": "0.1 secs", "count": len(typed), "data": typed, "error": ""} | changes
    path = tmp_path / f"answer-{len(list(tmp_path.iterdir()))}.json"
    path.write_text(json.dumps(whole), encoding="utf-8")
    return path


def _typed(name: str, cell: str) -> Any:
    if cell in ("True", "False"):
        return cell == "True"
    if name.endswith("Code") and cell.lstrip("-").isdigit() and not name.startswith(("cmd", "mos")):
        return int(cell)
    numeric = name in ("qty", "netWgt", "cifvalue", "fobvalue", "primaryValue")
    return (float(cell) if cell else None) if numeric else cell


def test_an_answer_equals_the_csv(read, tmp_path):
    """JSON and CSV give the same rows; records of JSON count from 1."""
    found, wanted = read(answer(tmp_path)), read(SAMPLE)
    assert found.card.format == "api-json"
    assert sorted(found.flows["row"].to_pylist()) == [n - 1 for n in sorted(wanted.flows["row"].to_pylist())]
    assert found.flows.drop(["snapshot", "row"]).equals(wanted.flows.drop(["snapshot", "row"]))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"count": 0, "data": []}, "not 'no trade'"),
        ({"count": 0, "data": None}, "not 'no trade'"),
        ({"count": 6}, "announces 6 rows and holds 5"),
        ({"count": 0, "data": [], "error": "Rate limit is exceeded. Try again in 3 seconds."}, "Rate limit"),
        ({"count": 1, "data": [{"fileUrl": "abc", "reporterCode": 32}]}, "list of bulk files"),
        ({"count": 1, "data": [{"id": 1}]}, "not trade"),
    ],
)
def test_an_answer_without_trade_stops(read, tmp_path, changes, said):
    """Each kind of answer that is not trade says what it is."""
    with pytest.raises(ReadError, match=said):
        read(answer(tmp_path, **changes))


def test_a_refusal_stops(read, tmp_path):
    """The gateway's body when a key or a quota is refused."""
    path = tmp_path / "refused.json"
    path.write_text('{"statusCode": 429, "message": "Rate limit is exceeded."}', encoding="utf-8")
    with pytest.raises(ReadError, match="429 Rate limit"):
        read(path)


def test_an_answer_cut_off_stops(read, tmp_path):
    """Half an answer is none."""
    path = answer(tmp_path)
    path.write_bytes(path.read_bytes()[:-500])
    with pytest.raises(ReadError, match="cut off"):
        read(path)


def test_rows_of_unlike_columns_stop(read, tmp_path):
    """No row of an answer lacks a column another has."""
    header, rows = sample()
    first = dict(zip(header, rows[0], strict=True))
    with pytest.raises(ReadError, match="cmdCode"):
        read(answer(tmp_path, count=2, data=[first, {k: v for k, v in first.items() if k != "cmdCode"}]))


# ---------------------------------------------------------------- the legacy file


def legacy(tmp_path: Path, **changes: str) -> Path:
    """The sample's annual rows as the old site wrote them: words for columns, numbers for flows."""
    header, rows = sample()
    flows = {"M": "1", "X": "2", "RX": "3", "RM": "4"}
    made = []
    for row in rows[:4]:
        cells = {plain(name): cell for name, cell in zip(header, row, strict=True)}
        cells |= {"flowcode": flows[cells["flowcode"]], "perioddesc": cells["period"]} | changes
        made.append([cells.get(name, "") for name in LEGACY.values()])
    return written(tmp_path / "comtrade.csv", list(LEGACY), made)


def test_the_legacy_file_reads_alike(read, tmp_path):
    """Numbers for flows, a frequency nobody states, and words for columns."""
    found, wanted = read(legacy(tmp_path)), read(SAMPLE)
    assert (found.card.format, found.card.rows, found.card.rejects) == ("legacy-csv", 4, 0)
    annual = [row for row in wanted.flows.to_pylist() if row["frequency"] == "A"]
    assert [{**row, "snapshot": ""} for row in found.flows.to_pylist()] == [
        {**row, "snapshot": ""} for row in annual
    ]


def test_the_legacy_file_without_cif_and_fob_has_no_valuation(read, tmp_path):
    """The old file often left them empty; then nobody says."""
    rows = read(legacy(tmp_path, cifvalue="", fobvalue="")).flows.to_pylist()
    assert {row["valuation"] for row in rows} == {None}


# ---------------------------------------------------------------- the published files


def test_all_rows_of_the_api_csv_are_accounted_for(read, data):
    """5,004 rows: stored, rejected, missing and exact repeats add up; here all are stored."""
    card = read(data / "comtrade/api_rows_47_columns.csv").card
    assert card.rows + card.rejects + card.missing == 5004
    assert (card.rows, card.rejects, card.missing) == (5004, 0, 0)


def test_the_api_csv_sums_to_an_independent_sum(read, data):
    """Values and weights by year as another program adds them up from the raw text."""
    path = data / "comtrade/api_rows_47_columns.csv"
    reading = read(path)
    query = """
        SELECT period, sum(primary_value::DOUBLE), sum(net_wgt::DOUBLE)
        FROM read_csv(?, all_varchar => true) GROUP BY period
    """
    wanted = duckdb.execute(query, [str(path)])
    for period, value, weight in wanted.fetchall():
        rows = reading.where(period=date(int(period), 1, 1))
        assert sum(row["value"] for row in rows) == pytest.approx(value, rel=1e-12)
        assert sum(row["net_weight_kg"] or 0 for row in rows) == pytest.approx(weight, rel=1e-12)


def test_rolled_up_rows_are_reported(read, data):
    """All 5,004 say isReported false because Comtrade rolled them up: none is an estimate of trade."""
    rows = read(data / "comtrade/api_rows_47_columns.csv").flows.to_pylist()
    assert {row["status"] for row in rows} == {"reported"}
    assert {row["valuation"] for row in rows} == {"cif"}


def test_estimated_weights_of_the_api_csv_are_marked(read, data):
    """Those with any of the three marks, counted on the raw text."""
    path = data / "comtrade/api_rows_47_columns.csv"
    query = """
        SELECT count(*) FROM read_csv(?, all_varchar => true)
        WHERE is_qty_estimated = 'True' OR is_net_wgt_estimated = 'True' OR legacy_estimation_flag <> '0'
    """
    [(wanted,)] = duckdb.execute(query, [str(path)]).fetchall()
    rows = read(path).flows.to_pylist()
    assert sum(row["is_estimated"] for row in rows) == wanted


def test_no_zero_weight_is_left(read, data):
    """0.0 kg beside a value means not available: 10-odd per cent of the rows say so."""
    rows = read(data / "comtrade/api_rows_47_columns.csv").flows.to_pylist()
    assert not any(row["net_weight_kg"] == 0 or row["quantity"] == 0 for row in rows)
    assert any(row["net_weight_kg"] is None for row in rows)


def test_the_answer_on_china_2010(read, data):
    """China with Argentina and Germany, as the API gave them."""
    reading = read(data / "comtrade/api/get_C_A_HS_response.json")
    assert reading.total(flow="import", partner="ARG") == 6_804_128_143
    assert reading.total(flow="export", partner="DEU") == 68_047_133_397
    assert {row["valuation"] for row in reading.where(flow="import")} == {"cif"}


def test_the_empty_answer_stops(read, data):
    """A body with count 0, as recorded."""
    with pytest.raises(ReadError, match="not 'no trade'"):
        read(data / "comtrade/api/bulk_list_error.json")


def test_the_list_of_bulk_files_stops(read, data):
    """A list of files is not trade."""
    with pytest.raises(ReadError, match="list of bulk files"):
        read(data / "comtrade/api/bulk_list_response.json")


def test_every_area_of_the_publisher_is_known(data):
    """All codes of reporters and partners have an area."""
    for name in ("codes_partner.csv", "codes_reporter.csv"):
        codes = {row["id"] for row in _list(data, name)}
        assert codes <= set(lookup("comtrade"))


def test_every_unit_of_the_publisher_is_known(data):
    """The units here are the publisher's list, with its legacy code for none."""
    wanted = {row["qtyCode"]: row["qtyAbbr"] for row in _list(data, "codes_qtyunit.csv")}
    assert {**units()} == wanted | {"-1": "", "1": ""}


# ---------------------------------------------------------------- two tables made of Comtrade


def test_partners_sum_to_the_world_for_all_reporters(read, data):
    """Total exports of 2021: 149 reporters, each within a cent or two of its World row."""
    rows = read(data / "comtrade/comtrade_all_exports_2021A.csv").flows.to_pylist()
    assert len(rows) == 22_383
    world = {row["reporter"]: row["value"] for row in rows if row["partner"] == "WLD"}
    parts: Counter[str] = Counter()
    for row in rows:
        if row["partner"] != "WLD":
            parts[row["reporter"]] += row["value"]
    assert len(world) == 149
    assert all(abs(parts[reporter] - total) < 0.02 for reporter, total in world.items())


def test_the_direction_of_the_totals_is_said_by_their_name(read, data, tmp_path):
    """No column says exports or imports: the name does, or the user, or the file stops."""
    source = data / "comtrade/comtrade_all_exports_2021A.csv"
    assert "flow export: taken from the file's name." in read(source).card.warnings
    nameless = tmp_path / "2021.csv"
    nameless.write_bytes(source.read_bytes())
    with pytest.raises(ReadError, match="exports or imports"):
        read(nameless)
    told = read(nameless, given={"flow": "import"})
    assert {row["flow"] for row in told.flows.to_pylist()} == {"import"}


TOTALS = ("date", "value", "reporter", "partner")


def test_totals_of_a_month_are_rejected(read, tmp_path):
    """The layout is of years: another day than 1 January is not understood. Figures invented."""
    good = [("2021-01-01", "111", "Kyrgyzstan", partner) for partner in ("World", "China")]
    bad = [("2021-02-01", "5", "Kyrgyzstan", "China"), ("2021-01-01", "7", "Atlantis", "China")]
    rejects = read(written(tmp_path / "exports.csv", TOTALS, [*good, *bad])).rejects.to_pylist()
    assert [(r["row"], r["column"], r["value"]) for r in rejects] == [
        (4, "date", "2021-02-01"),
        (5, "reporter", "Atlantis"),
    ]


def test_other_files_ask_nothing(read):
    """What the file says itself is not the user's to say."""
    with pytest.raises(UsageError, match="flow"):
        read(SAMPLE, given={"flow": "export"})


def test_chinas_minerals(read, data):
    """6,442 rows of three products and 39 partners; sums as another program adds them up."""
    path = data / "china_hs6/critical_minerals_2017_2024.csv"
    reading = read(path)
    assert (reading.card.rows, reading.card.rejects, reading.card.missing) == (6442, 0, 0)
    assert reading.total(commodity="250410") == pytest.approx(2_208_305_238)
    assert reading.total(commodity="380110") == pytest.approx(5_558_888_003)
    assert reading.total(commodity="811292") == pytest.approx(1_230_439_605)
    rows = reading.flows.to_pylist()
    assert len({row["partner"] for row in rows}) == 39
    assert {row["hs_revision"] for row in rows if row["period"] < date(2022, 1, 1)} == {"HS2017"}
    assert {row["hs_revision"] for row in rows if row["period"] >= date(2022, 1, 1)} == {"HS2022"}


def test_minerals_not_traded_have_no_row(read, data):
    """Zero rows are absent, and none is made up: absence is not a zero."""
    rows = read(data / "china_hs6/critical_minerals_2017_2024.csv").flows.to_pylist()
    assert all(row["value"] > 0 for row in rows)
    assert len(rows) < 3 * 39 * 96


def test_the_minerals_weights_of_2017_are_estimates(read, data):
    """One unit value serves all partners of a month; in later years hardly two partners share one."""
    rows = read(data / "china_hs6/critical_minerals_2017_2024.csv").flows.to_pylist()
    weighed = [row for row in rows if row["net_weight_kg"] is not None]
    of_2017 = [row for row in weighed if row["period"].year == 2017]
    assert len(of_2017) == 320 + 263
    assert all(row["is_estimated"] for row in of_2017)
    assert not any(row["is_estimated"] for row in weighed if row["period"].year != 2017)


def test_minerals_without_a_weight(read, data):
    """A quantity of 0 (145 rows of 811292 in 2017, one of 250410) is not given; its unit value reads inf."""
    rows = read(data / "china_hs6/critical_minerals_2017_2024.csv").flows.to_pylist()
    assert sum(row["net_weight_kg"] is None for row in rows) == 145 + 1


def test_another_mineral_is_rejected(read, tmp_path):
    """The layout is known of three products only; figures invented."""
    names = ("period_dt", "partner_name", "hs6", "val", "qty", "uv")
    rows = [("2021-01-01", partner, "250410", "222", "2", "111") for partner in ("Italy", "Spain")] * 20
    path = written(
        tmp_path / "minerals.csv", names, [*rows, ("2021-01-01", "Japan", "010121", "5", "1", "5")]
    )
    rejected = [
        (r["row"], r["column"], r["value"]) for r in read(path, source="comtrade").rejects.to_pylist()
    ]
    assert rejected == [(42, "hs6", "010121")]


def test_reading_is_by_content(read, tmp_path):
    """Whatever its name, an answer is an answer."""
    renamed = tmp_path / "trade.txt"
    renamed.write_bytes(answer(tmp_path).read_bytes())
    assert read(renamed).card.format == "api-json"
