"""Lists of parties: what becomes of a file of each form, and of one that is off."""

import random
import tracemalloc
from datetime import date

import pyarrow as pa
import pytest
import xlsxwriter

from entrepot.errors import ReadError
from entrepot.model.party import NAMES, PARTIES
from entrepot.sources._parties import Told, read_party_list
from tests import party_lists as made


@pytest.fixture
def read(tmp_path):
    """`read(name, content, **beside)` reads a file, with others beside it."""

    def _read(name, content, **beside):
        folder = tmp_path / f"{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        for other, bytes_ in beside.items():
            (folder / f"{other}.CSV").write_bytes(bytes_)
        (folder / name).write_bytes(content)
        return read_party_list(folder / name)

    return _read


def parties(read):
    return {row["party"]: row for row in read.parties.to_pylist()}


def names(read, party):
    return {row["name"]: row["name_kind"] for row in read.names.to_pylist() if row["party"] == party}


FORMS = {
    "SDN.CSV": made.SDN,
    "sanctions-targets.simple.csv": made.OPENSANCTIONS,
    "eu.csv": made.EU_CSV,
    "eu.xml": made.EU_XML,
    "un.xml": made.UN_XML,
    "consolidated.csv": made.CSL,
    "mine.csv": made.OWN,
}


@pytest.mark.parametrize("name", FORMS)
def test_every_form_has_the_same_tables_and_one_first_name_a_party(read, name):
    found = read(name, FORMS[name])
    kinds = {"string": pa.string(), "date32": pa.date32()}
    assert {f.name: f.type for f in found.parties.schema} == {n: kinds[t] for n, t in PARTIES.items()}
    assert {f.name: f.type for f in found.names.schema} == {n: kinds[t] for n, t in NAMES.items()}
    first = [(r["party"], r["name"]) for r in found.names.to_pylist() if r["name_kind"] == "primary"]
    assert first == [(r["party"], r["name"]) for r in found.parties.to_pylist()]
    assert set(found.parties["list"].to_pylist()) == {found.name} == set(found.names["list"].to_pylist())


@pytest.mark.parametrize("name", [name for name in FORMS if name.endswith("csv")])
def test_a_fingerprint_follows_what_is_said_and_not_the_order_of_rows(read, name):
    """Rows of a party may change places; a further alias is a change."""
    was = parties(read(name, FORMS[name]))
    header, *rows = FORMS[name].removesuffix(b"\x1a").splitlines(keepends=True)
    random.Random(8).shuffle(rows)
    again = parties(read(name, b"".join([header, *rows])))
    assert {p: r["fingerprint"] for p, r in again.items()} == {p: r["fingerprint"] for p, r in was.items()}


# ---------------------------------------------------------------- OFAC
def test_ofac_s_three_files_are_one_list(read):
    found = read("SDN.CSV", made.SDN, ADD=made.ADD, ALT=made.ALT)
    firm, person, vessel = parties(found).values()
    assert (found.name, firm["kind"], person["kind"], vessel["kind"]) == (
        "ofac-sdn", "organization", "person", "vessel",
    )  # fmt: skip
    assert names(found, "101") == {
        "SEVER-POLET TRADING LLC": "primary",
        "СЕВЕР-ПОЛЁТ ТРЕЙДИНГ": "alias",
        "POLAR FLIGHT": "weak",
        "SPT": "weak",
        "NORD": "weak",
    }
    assert (firm["countries"], person["countries"], vessel["countries"]) == ("KGZ PRK", "RUS", "PAN")
    assert firm["addresses"].startswith("1 Invented Street, Bishkek 720000, Kyrgyzstan; 2 Inv")
    assert (firm["identifiers"], firm["programs"]) == (
        "Tax ID No. 77001 (Russia)",
        "RUSSIA-EO14024; SDGT",
    )
    assert (person["identifiers"], person["listed_on"]) == ("DOB 01 Jan 1970", None)
    assert [one for one in found.warnings if "unknown day" not in one] == []


def test_a_further_alias_in_another_file_changes_the_fingerprint_of_that_party_alone(read):
    one = parties(read("SDN.CSV", made.SDN, ADD=made.ADD, ALT=made.ALT))
    more = made.ALT.removesuffix(b"\x1a") + made.ofac(["102", "11", "aka", "ZVEZDIN, O.", made.NOTHING])
    two = parties(read("SDN.CSV", made.SDN, ADD=made.ADD, ALT=more))
    assert [party for party in one if one[party]["fingerprint"] != two[party]["fingerprint"]] == ["102"]


def test_a_list_without_its_other_files_says_what_is_unknown(read):
    told = read("SDN.CSV", made.SDN).warnings
    assert "ofac-sdn: ALT.CSV is not beside SDN.CSV: other names are unknown." in told


def test_the_consolidated_list_has_files_and_a_name_of_its_own(read):
    found = read("CONS_PRIM.CSV", made.SDN, CONS_ADD=made.ADD, CONS_ALT=made.ALT)
    assert (found.name, len(names(found, "101"))) == ("ofac-consolidated", 5)


def test_names_of_parties_who_are_not_in_the_list_are_told(read):
    strange = made.ofac(["999", "1", "aka", "NOBODY", made.NOTHING])
    told = read("SDN.CSV", made.SDN, ADD=made.ADD, ALT=strange).warnings
    assert any(
        "ALT.CSV: records of parties who are not in the list, set aside: 1 (row 1)" in one for one in told
    )


def test_remarks_that_go_on_in_a_fourth_file(read):
    more = made.ofac(["102", "a.k.a. 'OLEG THE INVENTED'."])
    found = read("SDN.CSV", made.SDN, ADD=made.ADD, ALT=made.ALT, SDN_COMMENTS=more)
    assert names(found, "102")["OLEG THE INVENTED"] == "weak"


# ---------------------------------------------------------------- the others
def test_opensanctions(read):
    found = read("sanctions-targets.simple.csv", made.OPENSANCTIONS)
    firm, person, vessel = parties(found).values()
    assert (found.name, found.published) == ("opensanctions", None)
    assert list(names(found, "NK-1")) == [
        "Invented Machines Co., Ltd", "Machines; Invented", "虚构机械有限公司", "آلات وهمية",
    ]  # fmt: skip
    assert (firm["kind"], person["kind"], vessel["kind"]) == ("organization", "person", "vessel")
    assert (firm["countries"], firm["programs"]) == ("CHN KGZ", "US-EXAMPLE; A List; B")
    assert (person["identifiers"], person["listed_on"]) == ("born 1980-02-03", None)
    assert "opensanctions: countries not understood, left out: 1 ('suhh')." in found.warnings
    assert read("peps-targets.simple.csv", made.OPENSANCTIONS).name == "opensanctions-peps"


def test_a_day_on_which_a_collector_looked_is_no_change_of_the_party(read):
    later = [row | {"last_seen": "2026-11-22"} for row in made.OPENSANCTIONS_ROWS]
    now = read("t.csv", made.table(made.OPENSANCTIONS_COLUMNS, *later)).parties["fingerprint"]
    assert now == read("t.csv", made.OPENSANCTIONS).parties["fingerprint"]


@pytest.mark.parametrize(("name", "content"), [("eu.csv", made.EU_CSV), ("eu.xml", made.EU_XML)])
def test_the_eu_s_list_as_csv_and_as_xml(read, name, content):
    found = read(name, content)
    firm, person = parties(found).values()
    assert (found.name, found.published) == ("eu-fsf", date(2026, 11, 20))
    assert (firm["party"], firm["name"], firm["kind"]) == ("7001", "Obshchestvo Vydumka", "organization")
    assert (firm["countries"], firm["programs"], firm["listed_on"]) == ("ARM", "UKR", date(2023, 6, 23))
    assert firm["addresses"].startswith("3 Street, Yerevan")
    assert firm["identifiers"] == "EU.1.1; Registration 555"
    assert (person["name"], person["kind"], person["countries"]) == ("Ivan Vydumkin", "person", None)
    assert "born 1961-01-02" in person["identifiers"]


def test_only_the_xml_tells_weak_aliases_of_the_eu(read):
    assert names(read("eu.xml", made.EU_XML), "7001")["VYD"] == "weak"
    assert 'ООО "Выдумка"' in names(read("eu.csv", made.EU_CSV), "7001")
    assert read("eu.xml", made.EU_XML).edition == "4711"


def test_the_security_council_s_list(read):
    found = read("un.xml", made.UN_XML)
    person, firm = parties(found).values()
    assert (found.name, found.published) == ("un-sc", date(2026, 11, 19))
    assert names(found, "XAi.001") == {
        "SAMIR KHAYALI": "primary", "سمير خيالي": "alias", "Sameer Hayali": "alias", "Abu Fiction": "weak",
    }  # fmt: skip
    assert (person["countries"], person["identifiers"]) == ("SYR", "XAi.001; born 1970-03-04; Passport N1")
    assert (person["listed_on"], firm["listed_on"]) == (date(2012, 11, 12), date(2016, 3, 2))
    assert (firm["kind"], firm["countries"]) == ("organization", "PRK")


def test_the_consolidated_screening_list_names_the_list_inside(read):
    firm, denied, vessel = parties(read("consolidated.csv", made.CSL)).values()
    assert (firm["programs"], firm["countries"]) == (
        "Entity List (EL) - Bureau of Industry and Security", "CHN HKG",
    )  # fmt: skip
    assert (firm["kind"], firm["listed_on"]) == ("unknown", date(2024, 5, 9))
    assert denied["programs"].endswith("Industry and Security, until 2030-01-01")
    assert (vessel["kind"], vessel["countries"]) == ("vessel", "PAN")
    assert vessel["identifiers"] == "IMO, 9000003; call sign ABCD"


# ---------------------------------------------------------------- a user's own
def test_a_list_of_one_s_own(read):
    found = read("watch.csv", made.OWN)
    firm, other = parties(found).values()
    assert (found.name, found.publisher, firm["party"], other["party"]) == (
        "watch",
        "",
        "A-1",
        "Ромашка Вымысел",
    )
    assert (firm["kind"], firm["countries"], firm["listed_on"]) == ("organization", "ARE", date(2026, 2, 3))
    assert names(found, "A-1") == {"Acme Fictional FZE": "primary", "Acme Gulf": "alias"}
    assert "watch: columns not used: Desk." in found.warnings
    assert any("published on an unknown day" in one for one in found.warnings)


def test_a_list_of_one_s_own_as_a_workbook(read, tmp_path):
    with xlsxwriter.Workbook(tmp_path / "w.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["name", "id", "listed_on"])
        sheet.write_row(1, 0, ["虚构贸易", 12])
        sheet.write_datetime(1, 2, date(2025, 1, 31), book.add_format({"num_format": "yyyy-mm-dd"}))
    row = parties(read("w.xlsx", (tmp_path / "w.xlsx").read_bytes()))["12"]
    assert (row["name"], row["listed_on"]) == ("虚构贸易", date(2025, 1, 31))


def test_what_is_not_understood_is_counted_with_its_row(read):
    text = "name,kind,country,listed_on\nA,spaceship,Atlantis,yesterday\n,person,RU,\nB,,,\n"
    told = read("own.csv", text.encode()).warnings
    assert "own: kinds not understood, taken as unknown: 1 ('spaceship')." in told
    assert "own: countries not understood, left out: 1 ('Atlantis')." in told
    assert "own: listed_on is no day like 2024-01-31, left out: 1 (row 2)." in told
    assert "own: rows without a name, set aside: 1 (row 3)." in told


def test_a_list_in_chinese_letters_of_another_encoding(read):
    found = read("own.csv", "name,country\n虚构贸易公司,中国\n".encode("gb18030"))
    assert found.parties.select(["name", "countries"]).to_pylist() == [
        {"name": "虚构贸易公司", "countries": "CHN"}
    ]


def test_an_id_met_twice_keeps_both_parties(read):
    twice = made.table(made.OPENSANCTIONS_COLUMNS, *made.OPENSANCTIONS_ROWS[1:2] * 2)
    found = read("t.csv", twice)
    assert list(parties(found)) == ["NK-2", "NK-2#2"]
    assert any("ids met more than once" in one for one in found.warnings)


# ---------------------------------------------------------------- files that are off
_HEAD, _ROW = made.OPENSANCTIONS.splitlines(keepends=True)[:2]
_LONG = made.table(("name",), {"name": "x" * 140_000})
_BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><CONSOLIDATED_LIST>&b;</CONSOLIDATED_LIST>'
_FAR = b'<!DOCTYPE x SYSTEM "http://example.org/x.dtd"><CONSOLIDATED_LIST/>'
_DEEP = b"<CONSOLIDATED_LIST>" + b"<a>" * 40 + b"</a>" * 40 + b"</CONSOLIDATED_LIST>"
_WIDE = b"<CONSOLIDATED_LIST><ENTITY>" + b"<a/>" * 50_002 + b"</ENTITY></CONSOLIDATED_LIST>"
_OUTSIDE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hosts">]><CONSOLIDATED_LIST>&a;</CONSOLIDATED_LIST>'


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("t.csv", _HEAD + _ROW[:60], r"file t.csv, row 2: .*(cut off|damaged)"),
        ("t.csv", _HEAD + b'"a","b"\n', r"row 2: has 2 cells, and 16 are due"),
        ("t.csv", _HEAD + b'"' + b"a\n" * 10, r"row 2: not readable as CSV"),
        ("t.csv", _HEAD, "names nobody"),
        ("t.csv", made.OPENSANCTIONS + b"\n" * 300_000 + b"\xff\xff", "not text in utf-8"),
        ("t.csv", made.OPENSANCTIONS + b"\n" * 300_000 + b"\x00", r"row 3000\d\d: holds a NUL"),
        ("t.csv", made.OPENSANCTIONS + b"\x00", r"row 5: holds a NUL"),
        ("SDN.CSV", made.SDN[:-10], "a quotation mark is left open: it is cut off"),
        ("SDN.CSV", made.SDN[:-80], r"row 3: has \d+ cells, and 12 are due"),
        ("SDN.CSV", made.SDN.replace(b"102,", b"1O2,"), r"row 2, column 'ent_num': '1O2' is no number"),
        ("ALT.CSV", made.ALT, r"belongs to another file. Name SDN.CSV"),
        ("own.csv", _LONG, "cell|field larger"),
        ("own.csv", b"name,Name\na,b\n", "column 'name': this column is there twice"),
        ("own.csv", b"who,what\na,b\n", "A list of your own is a table with a column 'name'"),
        ("eu.csv", made.EU_CSV.replace(b'SubjectType"', b'Subject"'), "not a list of parties"),
        ("un.xml", _BOMB, "defines what a list has no need to define"),
        ("un.xml", _FAR, "defines what a list has no need to define"),
        ("un.xml", _OUTSIDE, "defines what a list has no need to define"),
        ("un.xml", _DEEP, "nested deeper than 30"),
        ("un.xml", _WIDE, "more than 50,000 elements"),
        ("un.xml", made.UN_XML[:-40], r"row \d+: not readable as XML"),
        ("un.xml", b"<CONSOLIDATED_LIST/>", "names nobody"),
        ("un.xml", b"<html></html>", "its root is <html>"),
        ("x.xlsx", b"PK\x03\x04rubbish", "not a readable workbook"),
        ("x.parquet", b"PAR1rubbishPAR1", "is Parquet; a list of parties is CSV"),
        ("x.csv.gz", b"\x1f\x8brubbish", "is packed"),
        ("x.csv", b"", "is empty"),
        ("x.csv", b'{"a": 1}', "is JSON"),
    ],
)  # fmt: skip
def test_a_file_that_is_off_is_read_in_no_part(read, name, content, says):
    with pytest.raises(ReadError, match=says) as error:
        read(name, content)
    assert name in str(error.value)


def test_an_edition_and_a_day_that_a_fetch_told(tmp_path):
    path = tmp_path / "targets.simple.csv"
    path.write_bytes(made.OPENSANCTIONS)
    found = read_party_list(path, Told("build-1", date(2026, 11, 20)))
    assert (found.edition, found.published) == ("build-1", date(2026, 11, 20))
    assert not any("unknown day" in one for one in found.warnings)
    assert found.vintage.startswith("opensanctions, edition build-1, published 2026-11-20, sha256 ")


def test_xml_is_forgotten_as_it_is_read(tmp_path):
    """Elements between parties are not gathered: 50,000 of them would take 10 MB."""
    path = tmp_path / "un.xml"
    path.write_bytes(made.UN_XML.replace(b"<INDIVIDUALS>", b"<INDIVIDUALS>" + b"<a>xx</a>\n" * 50_000))
    tracemalloc.start()
    read_party_list(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4e6


def test_ofac_s_letters_of_another_encoding_are_told(read):
    found = read(
        "SDN.CSV", made.SDN.replace(b"LADY OF XAA", "LADY Ó".encode("cp1252")), ADD=made.ADD, ALT=made.ALT
    )
    assert parties(found)["103"]["name"] == "LADY Ó"
    assert "ofac-sdn: SDN.CSV is not UTF-8: read as cp1252." in found.warnings


def test_thousands_of_words_that_are_no_country_take_no_time(read):
    rows = "".join(f"P{place},no country {place}\n" for place in range(3_000))
    found = read("own.csv", f"name,country\n{rows}".encode())
    assert any("3,000 ('no country 0'" in one and one.endswith("and 2,990 more).") for one in found.warnings)


def test_a_list_in_latin_letters_of_another_encoding_is_not_read_as_chinese(read):
    with pytest.raises(ReadError, match="neither UTF-8 nor Chinese"):
        read("own.csv", "name,country\nMüller Handel,DEU\n".encode("latin-1"))
