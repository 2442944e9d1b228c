"""One code for an area, whatever a publisher or a user calls it."""

import csv
from datetime import date
from itertools import chain

import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook

from entrepot.errors import UsageError
from entrepot.model.area import (
    aggregates,
    area,
    fold,
    group,
    is_group,
    lookup,
    members,
    resolve,
    resolve_many,
)

SCHEMES = ("m49", "comtrade", "gacc", "eurostat", "iso2", "iso3", "name")
GROUPS = ("EU27", "EU", "EA", "EA20", "EAEU", "CIS", "SCO", "G7", "BRICS", "ASEAN", "GECC",
          "central-asia", "caucasus", "CCA3", "eu-neighbours-6")  # fmt: skip

WORDS = {
    "KGZ": "KG kgz 417 0417 Kyrgyzstan Kirghizistan Киргизия Кыргызстан 吉尔吉斯斯坦",
    "UZB": "uz UZB 860 Ouzbekistan Ouzbékistan OUZBÉKISTAN Узбекистан",
    "RUS": "RU 643 Russia Russie Россия 俄罗斯 俄罗斯联邦",
    "CHN": "CN 156 China Chine Китай 中国",
    "BLR": "BY 112 Belarus Bélarus Biélorussie Белоруссия Беларусь",
    "AFG": "4 04 004",
    "USA": "842 840 841 us États-Unis Etats-Unis США",
    "FRA": "251 250 FR",
    "IND": "699 356",
    "NOR": "579 578",
    "CHE": "757 756",
    "TWN": "490 158 TW Taiwan 台湾 中国台湾",
    "GRC": "GR EL Greece",
    "GBR": "GB UK Britain 英国",
    "SRB": "RS XS Serbia",
    "XKX": "XK Kosovo Косово",
    "TUR": "Turkey Türkiye turkiye Turquie",
    "NLD": "Holland",
    "MCO": "492",
    "CIV": "Côte_d’Ivoire cote_d'ivoire Ivory_Coast",
    "WLD": "0 World monde Всего total 世界 W00",
    "EU27": "eu27 EU27_2020",
    "EU": "EU Евросоюз",
    "central-asia": "Central-Asia central_asia",
    "EAEU": "eaeu ЕАЭС Eurasian_Economic_Union",
}

NAMES = """
GEO: Georgia | Грузия
SGS: South Georgia
GAB: GA
NER: Niger | Нигер
NGA: Nigeria | Нигерия
GIN: Guinea | Guinée
GNB: Guinea-Bissau
GNQ: Equatorial Guinea
PNG: Papua New Guinea
GUF: French Guiana
GUY: Guyana
COG: Congo | Republic of the Congo | Конго
COD: Congo, Dem. Rep. | Dem. Rep. of the Congo | Zaire | Демократическая Республика Конго
KOR: Korea, Republic of | Rep. of Korea | Республика Корея | South Korea
PRK: Dem. People's Rep. of Korea | Korea, Democratic People’s Republic of (North Korea) | North Korea
PRK: Корея, Народно-Демократическая Республика
GBR: United Kingdom
XI: United Kingdom (Northern Ireland) | XI
IRL: Ireland (Eire)
SRB: Serbia
SCG: Serbia and Montenegro
MNE: Montenegro
YUG: Yugoslavia
MKD: Macedonia | The Former Yugoslav Republic of Macedonia
DMA: Dominica | Доминика
DOM: Dominican Republic
MLI: Mali
MWI: Malawi
WSM: Samoa
ASM: American Samoa
SDN: Sudan
SSD: South Sudan
VGB: Virgin Islands, British
VIR: Virgin Islands, United States
TWN: Other Asia, nes
G199: Other Asia nes
_X: Areas, nes
OTHER: Other countries
EU: European Union
NON_CIS: Countries outside the CIS | Остальные страны мира
"""


@pytest.mark.parametrize(("code", "word"), [(c, w) for c, words in WORDS.items() for w in words.split()])
def test_a_user_may_write_any_usual_word(code, word):
    """Codes, numbers and names in four languages lead to one code."""
    assert resolve(word.replace("_", " ") if word != "EU27_2020" else word) == code


NAMED = [
    (code, name)
    for code, names in (line.split(": ") for line in NAMES.strip().splitlines())
    for name in names.split(" | ")
]


@pytest.mark.parametrize(("code", "name"), NAMED)
def test_names_that_hold_one_another_stay_apart(code, name):
    """Niger is not Nigeria, and Georgia is neither South Georgia nor an American state."""
    assert resolve(name) == code


def test_letters_of_the_other_alphabet_are_read_as_the_word_means_them():
    """Russian customs writes Latin letters inside Cyrillic names; a user may do the reverse."""
    assert resolve("Киpгизия") == "KGZ"  # a Latin p
    assert resolve("Kaзaxстaн".replace("K", "К")) == "KAZ"
    assert resolve("Сhina") == "CHN"  # a Cyrillic С
    assert fold("Бeлapycь") == fold("Беларусь")


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("Kyrgystan", "did you mean KGZ (Kyrgyzstan)"),
        ("Korea", "KOR (South Korea)"),
        ("Georgia, USA", "unknown"),
        ("US-GA", "unknown"),
        ("Virgin Islands", "VGB"),
        ("qqqqqqqq", "is unknown."),
        ("", "is unknown."),
        ("99999", "is unknown."),
    ],
)
def test_what_is_unknown_is_said_with_the_nearest(word, said):
    """A message names what was asked and what may have been meant."""
    with pytest.raises(UsageError) as stop:
        resolve(word)
    assert said in str(stop.value)


def test_area_by_code():
    """An area knows its kind, its other codes and its English name."""
    kgz = area("KGZ")
    assert (kgz.code, kgz.kind, kgz.iso2, kgz.m49, kgz.name) == ("KGZ", "country", "KG", "417", "Kyrgyzstan")
    assert (area("_X").kind, area("_X").iso2) == ("special", None)
    assert (area("WLD").kind, area("GECC").kind) == ("aggregate", "aggregate")
    with pytest.raises(UsageError, match="KGZ"):
        area("Kyrgyz Republik")


@pytest.mark.parametrize("code", ["XAA", "XZZ", "AAA", "QMA", "QZZ", "ZZZ"])
def test_codes_iso_leaves_to_users_are_invented_countries(code):
    """Simulated worlds are made of codes that no real country will ever have."""
    assert resolve(code.lower()) == code
    assert area(code).kind == "country"
    assert area(code).name == f"simulated country {code}"
    assert members(code, date(2022, 1, 1)) == (code,)


def test_kosovo_is_not_invented():
    """XKX lies in the range of invented codes and is a real place."""
    assert area("XKX").name == "Kosovo"


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("KGZ", ("KGZ",)),
        ("kgz, Kazakhstan ,051,KG", ("KGZ", "KAZ", "ARM")),
        ("Korea, Republic of", ("KOR",)),
        ("KGZ,Taiwan, Province of China,RU", ("KGZ", "TWN", "RUS")),
        ("Congo,Congo, Dem. Rep.", ("COG", "COD")),
        ("eu27,GECC", ("EU27", "GECC")),
    ],
)
def test_lists_may_hold_names_with_commas(text, codes):
    """The longest run of items that is one name is one item."""
    assert resolve_many(text) == codes


@pytest.mark.parametrize("text", ["Hong Kong,China", "KGZ,,KAZ", "", "KGZ,Atlantis"])
def test_a_list_that_can_be_read_two_ways_or_none_stops(text):
    """The text "Hong Kong,China" is a name of Hong Kong and a list of two areas."""
    with pytest.raises(UsageError):
        resolve_many(text)


def test_membership_is_dated():
    """The United Kingdom left on the last day of January 2020; Croatia came in July 2013."""
    eu = {
        day: set(members("EU", date.fromisoformat(day)))
        for day in ("2020-01-31", "2020-02-01", "2013-06-30", "1957-01-01")
    }
    assert eu["2020-01-31"] - eu["2020-02-01"] == {"GBR"}
    assert eu["2020-02-01"] == set(members("EU27", date(1990, 1, 1)))
    assert eu["2020-01-31"] - eu["2013-06-30"] == {"HRV"}
    assert eu["1957-01-01"] == set()
    assert [
        len(members("EAEU", date(2015, month, day))) for month, day in ((1, 1), (1, 2), (8, 11), (8, 12))
    ] == [3, 4, 4, 5]


SIZES = """
EU27 2022-01-01 27, EU 2019-06-01 28, EA 2022-12-31 19, EA 2023-01-01 20, EA20 2010-01-01 20,
GECC 2022-09-01 39, G7 2022-01-01 7, BRICS 2022-01-01 5, BRICS 2024-01-01 9, ASEAN 2022-01-01 10,
CIS 2022-01-01 11, CIS 2009-01-01 12, SCO 2022-01-01 8, central-asia 2022-01-01 5, caucasus 2022-01-01 3,
CCA3 2022-01-01 3, eu-neighbours-6 2022-01-01 6, KGZ 2022-01-01 1, OTHER 2022-01-01 1, WLD 2022-01-01 0,
NON_EU 2022-01-01 0
"""


@pytest.mark.parametrize(("code", "day", "size"), [one.split() for one in SIZES.split(",")])
def test_groups_have_their_size(code, day, size):
    """Each group has as many members on a day as its source says."""
    assert len(members(code, date.fromisoformat(day))) == int(size)


def test_groups_are_aggregates_of_countries_and_cite_their_source():
    """A group is never summed with its members and says where its list is from."""
    assert all(is_group(code) for code in GROUPS)
    assert set(GROUPS) <= aggregates()
    for code in GROUPS:
        assert group(code).source
        assert all(area(member.code).kind == "country" for member in group(code).members)
        assert len({member.code for member in group(code).members}) == len(group(code).members)
    assert not is_group("KGZ")
    with pytest.raises(UsageError, match="EU27"):
        group("KGZ")


def test_aggregates_are_told_from_residuals():
    """A residual is counted with the countries; a region row of a national table never is."""
    assert {"WLD", "AFRICA", "CIS", "NON_CIS", "NON_EAEU", "NON_EU", "EXTRA_EU27"} <= aggregates()
    assert not {"OTHER", "_X", "QR", "G199", "X1", "KGZ", "XI"} & aggregates()


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_code_of_a_publisher_leads_to_an_area(scheme):
    """No key is claimed twice, none leads nowhere."""
    assert lookup(scheme)
    assert all(area(code) for code in set(lookup(scheme).values()))
    assert all(key == key.strip() and key for key in lookup(scheme))


def test_names_are_keys_for_a_join_on_lower_case():
    """The readers join on lower(trim(name))."""
    assert all(key == key.strip().lower() for key in lookup("name"))


def test_publishers_disagree_about_a_number():
    """492 is Monaco to the UN's statisticians and "Europe EU, nes" to Comtrade, whose 490 is Taiwan."""
    assert (lookup("m49")["492"], lookup("comtrade")["492"]) == ("MCO", "_EU")
    assert (lookup("comtrade")["490"], lookup("comtrade")["004"], lookup("comtrade")["4"]) == (
        "TWN",
        "AFG",
        "AFG",
    )
    assert (lookup("gacc")["337"], lookup("gacc")["150"], lookup("m49")["150"]) == ("GEO", "GEO", "EUROPE")
    assert (lookup("eurostat")["XS"], lookup("eurostat")["GR"], lookup("eurostat")["QY"]) == (
        "SRB",
        "GRC",
        "QY",
    )
    assert (lookup("iso3")["S19"], lookup("iso3")["W00"], lookup("iso3")["ROM"]) == ("TWN", "WLD", "ROU")


def read(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def column(data, pattern, *names):
    rows = chain.from_iterable(read(path) for path in data.glob(pattern))
    return {row[name].strip().lower() for row in rows for name in names if row.get(name, "").strip()}


@pytest.mark.parametrize(
    ("pattern", "columns"),
    [
        ("comtrade/comtrade_all_exports_2021A.csv", ("reporter", "partner")),
        ("comtrade/api_rows_47_columns.csv", ("reporter_desc", "partner_desc", "partner2desc")),
        ("comtrade/codes_*er.csv", ("country",)),
        ("national/armenia_*.csv", ("country",)),
        ("national/kazakhstan_*.csv", ("partner_ru",)),
        ("national/kyrgyzstan_*_by_partner_*.csv", ("partner_name",)),
        ("national/uzbekistan_*.csv", ("Klassifikator_en",)),
        ("eurostat_totals/eurostat_totals_long.csv", ("reporter", "partner")),
        ("eurostat_totals/as_exported/**/*.csv", ("REPORTER", "PARTNER")),
        ("china_hs6/*.csv", ("partner_name",)),
        ("gacc/codes_cc_partners.csv", ("en", "zh")),
        ("gacc/gacc_*.csv", ("Trading partner",)),
        ("russia_fcs/*monthly_partners*.csv", ("partner_ru",)),
    ],
)
def test_every_spelling_in_the_real_files_is_known(data, pattern, columns):
    """No name in a published file is left without a code."""
    found = column(data, pattern, *columns)
    assert found
    assert found - lookup("name").keys() == set()


@pytest.mark.parametrize(
    ("pattern", "column_", "scheme"),
    [
        ("comtrade/api_rows_47_columns.csv", "reporter_code", "comtrade"),
        ("comtrade/api_rows_47_columns.csv", "partner_iso", "iso3"),
        ("comtrade/codes_*er.csv", "id", "comtrade"),
        ("baci/country_codes_*.csv", "country_code", "comtrade"),
        ("gacc/codes_cc_partners.csv", "code", "gacc"),
        ("gacc/gacc_*.csv", "Trading partner code", "gacc"),
        ("reference/country-codes.csv", "ISO3166-1-numeric", "m49"),
        ("reference/cepii_geo_cepii.csv", "iso3", "iso3"),
    ],
)
def test_every_code_in_the_real_files_is_known(data, pattern, column_, scheme):
    """No publisher's code in a published file is left without one of ours."""
    rows = chain.from_iterable(csv.DictReader(open_(path)) for path in data.glob(pattern))
    found = {row[column_].strip() for row in rows} - {""}
    assert found
    assert found - lookup(scheme).keys() == set()


def open_(path):
    return path.read_text(encoding="utf-8-sig", errors="replace").splitlines()


def test_numbers_of_uzbekistan_are_m49_but_for_the_residual(data):
    """Its code 0 is "Other countries", which elsewhere is the world: the reader goes by the name."""
    pairs = {
        (row["Code"], row["Klassifikator_en"])
        for path in data.glob("national/uzb*.csv")
        for row in read(path)
    }
    by_number = {(code, lookup("m49")[code]) for code, _ in pairs if code != "0"}
    assert by_number == {(code, lookup("name")[name.strip().lower()]) for code, name in pairs if code != "0"}
    assert lookup("name")["other countries"] == "OTHER"


def test_codes_and_names_of_one_row_agree(data):
    """China's and Russia's tables give a code beside each name."""
    for row in chain.from_iterable(read(path) for path in data.glob("gacc/gacc_*.csv")):
        assert (
            lookup("gacc")[row["Trading partner code"]]
            == lookup("name")[row["Trading partner"].strip().lower()]
        )
    for row in read(data / "russia_fcs" / "russia_fcs_monthly_partners_2006_2021.csv"):
        assert lookup("name")[row["partner_ru"].strip().lower()] == row["partner"]
    for row in read(data / "gacc" / "codes_cc_partners.csv"):
        code = lookup("gacc")[row["code"]]
        assert {lookup("name")[row[name].lower()] for name in ("en", "zh")} == {code}


def test_every_spelling_of_the_product_level_files_is_known(data):
    """Nor in Eurostat's files by product, in Parquet and in Excel."""
    table = pq.read_table(next(data.glob("eurostat_cn8/*.parquet")), columns=["reporter", "partner"])
    found = {name for side in table.columns for name in side.unique().to_pylist()}
    book = CalamineWorkbook.from_path(next(data.glob("eurostat_totals/*.xlsx")))
    sheet = book.get_sheet_by_name("Structure").to_python()
    found |= {str(row[-1]) for row in sheet if {"REPORTER", "PARTNER"} & set(row)}
    assert len(found) > 30
    assert {name.lower() for name in found} - lookup("name").keys() == set()
