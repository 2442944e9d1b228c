"""Derive src/entrepot/model/areas.csv from the code lists of the publishers.

    pip install babel                    # the Unicode CLDR's names; needed by this tool only
    PYTHONPATH=src python tools/make_areas.py FOLDER [--show]

FOLDER holds the reference files (comtrade/codes_partner.csv, gacc/codes_cc_partners.csv ...). What no list says is in
the tables at the head of this script. The tool stops on a spelling in the real files that nothing explains, and on one
that two areas claim; --show prints the spellings that were explained by comparing words, to be read by a person.
"""

from __future__ import annotations

import csv
import re
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from entrepot.model.area import LANGUAGES, fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

OUT: Final = Path(__file__).parents[1] / "src" / "entrepot" / "model" / "areas.csv"
CODES: Final = ("iso2", "iso3", "m49", "comtrade", "gacc", "eurostat")
COLUMNS: Final = ("code", "kind", *CODES, *(f"name_{language}" for language in LANGUAGES), "aliases")
NATIONAL: Final = ("exports", "imports")

# code; kind; iso2; iso3; m49; comtrade; gacc; eurostat; en; fr; ru; zh
EXTRA: Final = """
XKX;country;XK;XKX|_KS;;412;;XK;Kosovo;Kosovo;Косово;科索沃
BLX;country;;BLX;58;58;;;Belgium-Luxembourg;Belgique-Luxembourg;Бельгия-Люксембург;比利时-卢森堡
SCG;country;;SCG;891;;349;;Serbia and Montenegro;Serbie-et-Monténégro;Сербия и Черногория;塞尔维亚和黑山
ANT;country;AN;ANT;530|532;;449;AN;Netherlands Antilles;Antilles néerlandaises;Нидерландские Антильские острова;荷属安的列斯
SUN;country;SU;SUN;810;;;SU;USSR;URSS;СССР;苏联
YUG;country;YU;YUG;890;;;YU;Yugoslavia;Yougoslavie;Югославия;南斯拉夫
CSK;country;;CSK;200;;;CS;Czechoslovakia;Tchécoslovaquie;Чехословакия;捷克斯洛伐克
DDR;country;DD;DDR;278;;;DD;German Democratic Republic;République démocratique allemande;ГДР;德意志民主共和国
YMD;country;YD;YMD;720;;;YD;South Yemen;Yémen du Sud;Южный Йемен;南也门
VDR;country;VD;VDR;;;;VD;North Vietnam;Viêt Nam du Nord;Северный Вьетнам;北越
PCZ;country;PZ;PCZ;592;;;PZ;Panama Canal Zone;Zone du canal de Panama;Зона Панамского канала;巴拿马运河区
XB;special;IC;;;;207;XB;Canary Islands;Iles Canaries;Канарские острова;加那利群岛
XC;special;;;;;210;XC;Ceuta;Ceuta;Сеута;塞卜泰（休达）
XL;special;;;;;256;XL;Melilla;Melilla;Мелилья;梅利利亚
XI;special;XI;;;;;XI;United Kingdom (Northern Ireland);Royaume-Uni (Irlande du Nord);Северная Ирландия;北爱尔兰
XU;special;;;;;;XU;United Kingdom (excluding Northern Ireland);Royaume-Uni (sans l'Irlande du Nord);Великобритания без Северной Ирландии;英国（不含北爱尔兰）
QP;special;;;;;;QP;High seas;Haute mer;Открытое море;公海
QQ;special;;;;;;QQ;Stores and provisions;Avitaillement et soutage;Судовые припасы;船用物料
QR;special;;;;;;QR;Stores and provisions within the framework of intra-Union trade;Avitaillement et soutage dans le cadre des échanges intra-UE;;
QS;special;;;;;;QS;Stores and provisions within the framework of extra-Union trade;Avitaillement et soutage dans le cadre des échanges avec les pays tiers;;
QU;special;;;;;;QU;Countries and territories not specified;Pays et territoires non déterminés;;
QV;special;;;;;;QV;Countries and territories not specified within the framework of intra-Union trade;Pays et territoires non déterminés dans le cadre des échanges intra-UE;;
QW;special;;;;;;QW;Countries and territories not specified within the framework of extra-Union trade;Pays et territoires non déterminés dans le cadre des échanges avec les pays tiers;;
QX;special;;;;;;QX;Countries and territories not specified for commercial or military reasons;Pays et territoires non précisés pour des raisons commerciales ou militaires;;
QY;special;;;;;;QY;Countries and territories not specified for commercial or military reasons in the framework of intra-Union trade;Pays et territoires non précisés pour des raisons commerciales ou militaires dans le cadre des échanges intra-UE;;
QZ;special;;;;;;QZ;Countries and territories not specified for commercial or military reasons in the framework of extra-Union trade;Pays et territoires non précisés pour des raisons commerciales ou militaires dans le cadre des échanges avec les pays tiers;;
G199;special;;;;;199;;Other Asia nes;;;亚洲其他国家（地区）
G299;special;;;;;299;;Other Africa nes;;;非洲其他国家（地区）
G399;special;;;;;399;;Other Europe nes;;;欧洲其他国家（地区）
G499;special;;;;;499;;Other Latin America nes;;;拉丁美洲其他国家（地区）
G599;special;;;;;599;;Other North America nes;;;北美洲其他国家（地区）
G699;special;;;;;699;;Other Oceania nes;;;大洋洲其他国家（地区）
G999;special;;;;;999;;Countries from the Neutral Package;;;中性包装原产国别
G436;special;;;;;436;;Saba;Saba;Саба;萨巴
G438;special;;;;;438;;Saint Martin Islands;;;圣马丁岛
G604;special;;;;;604;;Gambier Islands;Iles Gambier;;盖比群岛
G605;special;;;;;605;;Marquesas Islands;Iles Marquises;;马克萨斯群岛
G612;special;;;;;612;;Society Islands;Archipel de la Société;;社会群岛
G615;special;;;;;615;;Tuamotus;Tuamotu;;土阿莫土群岛
G616;special;;;;;616;;Tubuai;Tubuai;;土布艾群岛
_X;special;;_X;;899;701;;Areas, nes;Zones non déterminées;Страны, не указанные;国（地）别不详
_UN;special;;;;;702;;UN and other international organizations;Organisations internationales;ООН и международные организации;联合国及机构和国际组织
_EU;special;;;;492;;;Europe EU, nes;;;
_RA;special;;;;636;;;Rest of America, nes;;;
OTHER;special;;;;;;;Other countries;Autres pays;Другие страны;其他国家
WLD;aggregate;;WLD|W00|World;1;0;;WORLD;World;Monde;Мир;世界
EU27;aggregate;;;;;;EU27_2020;European Union (27 members since 2020);Union européenne (27 membres depuis 2020);Европейский союз (27 членов с 2020 года);欧盟27国
EU;aggregate;EU;EUR|EUU;;97;;EU;European Union;Union européenne;Европейский союз;欧盟
EXTRA_EU27;aggregate;;;;;;EU27_2020_EXTRA|EXT_EU27_2020;Extra-EU27 (from 2020);Extra-UE27 (à partir de 2020);;
INTRA_EU27;aggregate;;;;;;EU27_2020_INTRA|INT_EU27_2020;Intra-EU27 (from 2020);Intra-UE27 (à partir de 2020);;
EA;aggregate;;EMU;;;;EA;Euro area;Zone euro;Еврозона;欧元区
EA20;aggregate;;;;;;EA20;Euro area (20 members);Zone euro (20 membres);Еврозона (20 членов);欧元区20国
ASEAN;aggregate;;R4;;975;;;ASEAN;ANASE;АСЕАН;东盟
CIS;aggregate;;;;;;;CIS;CEI;СНГ;独联体
NON_CIS;aggregate;;;;;;;Countries outside the CIS;Pays hors CEI;Страны вне СНГ;
EAEU;aggregate;;;;;;;EAEU;UEEA;ЕАЭС;欧亚经济联盟
NON_EAEU;aggregate;;;;;;;CIS countries outside the EAEU;Pays de la CEI hors UEEA;Страны СНГ вне ЕАЭС;
NON_EU;aggregate;;;;;;;European countries outside the EU;Pays d'Europe hors UE;Страны Европы вне ЕС;
SCO;aggregate;;;;;;;SCO;OCS;ШОС;上海合作组织
AFRICA;aggregate;;;2;;;;Africa;Afrique;Африка;非洲
AMERICA;aggregate;;;19;;;;America;Amérique;Америка;美洲
ASIA;aggregate;;;142;;;;Asia;Asie;Азия;亚洲
EUROPE;aggregate;;;150;;;;Europe;Europe;Европа;欧洲
OCEANIA;aggregate;;;9;;;;Australia and Oceania;Océanie;Австралия и Океания;大洋洲
"""

# Comtrade's number -> our code, where its alpha-3 is missing, shared, or another country's ("Europe EU, nes" is MCO).
COMTRADE: Final = {
    "0": "WLD", "58": "BLX", "97": "EU", "412": "XKX", "490": "TWN", "492": "_EU", "636": "_RA", "975": "ASEAN",
}  # fmt: skip
PRINCIPAL: Final = ("842", "251", "699", "579", "757", "490")
"""Numbers Comtrade uses now where several belong to one country: the first of a cell is the one to ask it for."""

# Codes to add to those of the lists. GACC renumbered the three states of the Caucasus in 2023.
MORE: Final = {
    "m49": {"SDN": "736", "ETH": "230", "YEM": "886", "DEU": "280"},
    "comtrade": {"ITA": "381"},
    "gacc": {"GEO": "150", "ARM": "151", "AZE": "152"},
    "eurostat": {
        "GRC": "EL", "SRB": "XS", "MNE": "XM", "PSE": "XP", "GBR": "UK", "COD": "ZR", "TLS": "TP",
    },
    "iso3": {"COD": "ZAR", "ROU": "ROM", "TLS": "TMP", "PSE": "PAL|WBG", "MMR": "BUR", "TWN": "S19", "_CI": "CHI"},
}  # fmt: skip

# Names printed, where the CLDR's are long, contested or abbreviated.
NAMES: Final = """
HKG: Hong Kong | Hong Kong | Гонконг | 中国香港
MAC: Macao | Macao | Макао | 中国澳门
COD: Democratic Republic of the Congo | République démocratique du Congo | Демократическая Республика Конго | 刚果（金）
COG: Congo | Congo | Конго | 刚果（布）
MMR: Myanmar | Myanmar | Мьянма | 缅甸
PSE: Palestine | Palestine | Палестина | 巴勒斯坦
BES: Bonaire, Sint Eustatius and Saba | Bonaire, Saint-Eustache et Saba | Бонэйр, Синт-Эстатиус и Саба | 博内尔
KGZ: Kyrgyzstan | Kirghizistan | Кыргызстан | 吉尔吉斯斯坦
BLR: Belarus | Bélarus | Беларусь | 白俄罗斯
MDA: Moldova | Moldova | Молдова | 摩尔多瓦
TWN: Taiwan | Taïwan | Тайвань | 台湾
VGB: British Virgin Islands | Îles Vierges britanniques | Британские Виргинские острова | 英属维尔京群岛
VIR: US Virgin Islands | Îles Vierges américaines | Американские Виргинские острова | 美属维尔京群岛
UMI: US Minor Outlying Islands | Îles mineures éloignées des États-Unis | Внешние малые острова США | 美国本土外小岛屿
VAT: Vatican City | Vatican | Ватикан | 梵蒂冈
"""

ALIASES: Final = """
WLD: Total | Total 2 | Всего | Всего\\nв том числе | All countries | Tous pays | Весь мир | 全球 | 总值
EU27: EU-27 | UE-27 | ЕС-27
EU: European Union (EU) | The EU | UE | ЕС | Евросоюз | Страны ЕС | 欧洲联盟
EA: Eurozone
ASEAN: Association of Southeast Asian Nations
CIS: Commonwealth of Independent States | Communauté des Etats indépendants | Страны СНГ | Содружество Независимых Государств
NON_CIS: Остальные страны мира
EAEU: EEU | EAEC | Eurasian Economic Union | Union économique eurasiatique | Страны ЕАЭС | Евразийский экономический союз
NON_EAEU: Страны вне ЕАЭС
NON_EU: Страны вне ЕС
SCO: Shanghai Cooperation Organization | Shanghai Cooperation Organisation | Шанхайская организация сотрудничества | 上合组织
OCEANIA: Oceania | Океания
AMERICA: Americas | Amériques
_X: Unknown country | Undefined country | Areas not elsewhere specified | Countries (regions) unknown
_UN: UN | United Nations | ООН
_EU: EU countries not specified
XI: Northern Ireland | Irlande du Nord
G438: Saint Martin Island
BLX: Belgium and Luxembourg | Belgique et Luxembourg
SUN: Soviet Union | Union soviétique | Советский Союз
SCG: Serbie et Monténégro
ASM: American Saoma | Eastern SAMOA
BFA: Burkino Faso
BLM: Saint-Barth?lemy
BLR: Belorussia | Byelorussia | Белоруссия | Biélorussie | Republic of Belarus | Республика Белоруссия
BTN: Butane
BWA: Bostwana
CAF: CAR | ЦАР
CCK: Coconut islands
CHN: PRC | People's Republic of China | КНР | Mainland China | Chine continentale
CIV: Ivory Coast | Cote d'Ivoire | Кот д'Ивуар
COD: DRC | DR Congo | Congo, Dem. Rep. | Zaire | Zaïre | Заир | ДРК | Congo-Kinshasa
COG: Congo, Rep. | Republic of the Congo | Congo-Brazzaville | Republic of Congo
CZE: Czech Republic | République tchèque | Чешская республика
FLK: Folkland Islands (Malvinas)
GBR: UK | Great Britain | Britain | Great Britain (United Kingdom) | Grande-Bretagne | Соединенное Королевство
GBR: England | Англия | Британия | 大不列颠
GRC: Hellas
GEO: Georgia(Since 2023) | Georgia(Before 2023) | Republic of Georgia
ARM: Armenia(Since 2023) | Armenia(Before 2023)
AZE: Azerbaijan(Since 2023) | Azerbaijan(Before 2023) | Azerbai jan(Before 2023)
HKG: Hong Kong,China | Hong Kong, China | SAR-Hong Kong | China (Sar Hong Kong) | Hong-Kong | 香港 | Hong Kong SAR
KGZ: Kyrgyz Republic | Kirghizstan | Kirghizie | Kirgizstan | Kirghizia | Киргизия | Киргизстан | Кыргызская Республика
KAZ: Kazakstan | Казахстан, Республика | Республика Казахстан
KOR: Korea (Republic) | ROK | The Republic of Korea | Южная Корея | Корея, Республика | 大韩民国
PRK: DPRK | Korea (DPRK) | Korea, DPR of | Северная Корея | Корея, Народно-Демократическая Республика
LAO: Lao | Lao PDR
MAC: Macao,China | Macao, China | Macau (Macau) | Macau | 澳门 | Аомынь
MCO: Monako
MDA: Moldavia | Молдавия
MKD: Macedonia | FYROM | FYR of Macedonia | Republic of Macedonia | TFYR of Macedonia | Македония | Macédoine | 马其顿
MMR: Burma | Birmanie | Бирма
MNE: Черногория (Монтенегро) | Monténégro (depuis 2007)
NLD: Holland | Hollande | Голландия | Kingdom of the Netherlands
PSE: Occupied Palestinian Territory | Palestinian Territory, Occupied | West Bank and Gaza
RUS: Russia | Russian Fed. | РФ | Россия, Российская Федерация | 俄国
SLV: Salvador
SWZ: Swaziland | Свазиленд
TLS: East Timor
TUR: Turkey | Turkiye | T¨¹rkiye | Турция, Республика
TWN: Taiwan, Province of China | Taiwan,China | Taiwan, China | Taiwan. China province | Тайвань (Китай) | Chinese Taipei | 中国台湾 | 台灣
TWN: Other Asia, nes | Other Asia, not elsewhere specified
TZA: Tanzania
ARE: UAE | Emirates | ОАЭ | 阿联酋 | EAU
UMI: Малые Тихоокеан. Отдаленные остроа США | Малые Тихоокеан. отдален. острова США | Малые Тихоокеан.отдален.ост-ва С.Ш. | Iles mineures éloignées des Etats-Unis
USA: USA | U.S.A. | United States of America | America (USA) | США | EUA | E-U | 美利坚
UZB: Ouzbekistan | Ouzbékistan | Republic of Uzbekistan | Республика Узбекистан
TJK: Tadzhikistan | Tadjikistan | Tajikstan
TKM: Turkmenia | Туркмения
VAT: Vatican | Vatican City State | Ватикан, Государство-Город
VNM: Viet Nam | Vietnam
ZAF: Южная Африка | ЮАР | RSA
IRN: Islamic Republic of Iran | Исламская Республика Иран
IRQ: Ирак, Республика Ирак
SYR: Syrian Arab Republic
MYS: Малайзия
LVA: Республика Латвия
SJM: Svalbard and Jan Mayen Islands
SGS: South Georgia | Южн.Джорджия И Южн.Сандвич.Острова | Южная Джорджия и Южные Сандвичевы острова
SHN: Saint Helena, Ascension and Tristan da Cunha | Sainte-Hélène, Ascension et Tristan da Cunha | Остров Святой Елены
SXM: Saint Maarten | Sint Maarten (Dutch part) | Saint Maarten (Dutch part)
MAF: Saint-Martin (French part)
AIA: Ангилья (Брит.)
BVT: Bouvet
FRO: Faeroe Isds | Faeroe Islands
FLK: Iles Falkland (Malouines) | Falklands | Malvinas
SGS: Iles Géorgie du Sud et Sandwich du Sud
HMD: Iles Heard et McDonald
TCA: Iles Turks-et-Caïcos | Острова Теркс и Кайкос
LBY: Libyan Arab Jamahiriya
MDA: Moldavie | Moldavie, République de
KNA: Saint-Christophe-et-Nevis
PSE: Territoire palestinien occupé (Cisjordanie (incl. Jérusalem-Est) et bande de Gaza)
BMU: Бермуды
VGB: Виргинские Острова (Брит.)
VIR: Виргинские Острова (США) | Виргинские Острова, США | Виргинские Острова, Сша
CYM: Каймановы Острова (Брит.) | Каймановы острова
CCK: Кокосовые (Килинг) Острова
PCN: Питкерн
SYC: Сейшелы
TLS: Тимор-Лесте
ATF: Французкие южные территории | Французские южные территории
"""

AREAS: dict[str, dict[str, Any]] = {}


def read(path: Path, encoding: str = "utf-8-sig") -> Iterator[dict[str, str]]:
    """Rows of a CSV file, cells stripped."""
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        for row in csv.DictReader(file):
            yield {column: (cell or "").strip() for column, cell in row.items() if column is not None}


def area(code: str, kind: str = "country") -> dict[str, Any]:
    """The record of an area, new if it is not yet there."""
    blank: dict[str, Any] = (
        {"code": code, "kind": kind} | {scheme: [] for scheme in CODES} | {"names": {}, "aliases": {}}
    )
    return AREAS.setdefault(code, blank)


def note(code: str, scheme: str, values: str) -> None:
    """Add codes of a publisher, joined by |, to an area."""
    held = area(code)[scheme]
    held.extend(value for value in values.split("|") if value and value not in held)


def call(code: str, *names: str) -> None:
    """Add spellings to an area, without the marks of the lists they come from."""
    for name in names:
        clean = re.sub(r"\s*\*+$", "", name).strip()
        area(code)["aliases"] |= {clean: None} if clean and "\ufffd" not in clean and clean != "N/A" else {}


def block(text: str) -> Iterator[tuple[str, list[str]]]:
    """Lines `CODE: a | b` of one of the tables above."""
    for line in text.strip().splitlines():
        code, _, names = line.partition(": ")
        yield code, [name.strip().replace("\\n", "\n") for name in names.split(" | ")]


def add_extra() -> None:
    """What no list says."""
    for line in EXTRA.strip().splitlines():
        code, kind, *rest = line.split(";")
        area(code, kind)["names"] = dict(zip(LANGUAGES, rest[len(CODES) :], strict=True))
        for scheme, values in zip(CODES, rest, strict=False):
            note(code, scheme, values)


def add_iso(folder: Path) -> None:
    """ISO 3166 with the names of the United Nations and of the CLDR."""
    cldr = {language: import_module("babel").Locale(language).territories for language in LANGUAGES}
    for row in read(folder / "reference" / "country-codes.csv"):
        code, iso2 = row["ISO3166-1-Alpha-3"], row["ISO3166-1-Alpha-2"]
        for scheme, value in (
            ("iso2", iso2),
            ("iso3", code),
            ("eurostat", iso2),
            ("m49", row["ISO3166-1-numeric"]),
        ):
            note(code, scheme, str(int(value)) if scheme == "m49" else value)
        area(code)["names"] = {language: plain(names[iso2]) for language, names in cldr.items()}
        call(code, *(names[iso2] for names in cldr.values()), row["CLDR display name"])
        call(code, *(article_free(row[column]) for column in row if re.match("UNTERM (E|F|R|C)|official_name_(e|f|r|c)", column)
                     if not re.search("_es|Spanish", column)))  # fmt: skip
    for code, names in block(NAMES):
        AREAS[code]["names"] = dict(zip(LANGUAGES, names, strict=True))


def plain(name: str) -> str:
    """A name of the CLDR without its abbreviations."""
    for short, full in (
        ("&", "and"),
        ("St. ", "Saint "),
        ("о-ва ", "Острова "),
        ("о-в ", "Остров "),
        ("’", "'"),
    ):
        name = name.replace(short, full)
    return re.sub(r"(.+) о-ва$", r"\1 острова", re.sub(r" о-ва( \(.+\))$", r" острова\1", name))


def article_free(name: str) -> str:
    """A name of the UN's terminology without "the ", "la ", " (le)" ..."""
    name = re.sub(r"\s*\*+$", "", name)
    return re.sub(r"^(the |le |la |les |l['’])| \((the|le|la|les|l['’])\)$", "", name)


def add_comtrade(folder: Path) -> None:
    """Comtrade's reporters and partners, former and special ones too."""
    rows = [
        row for which in ("partner", "reporter") for row in read(folder / "comtrade" / f"codes_{which}.csv")
    ]
    for row in sorted(rows, key=lambda one: (one["id"] not in PRINCIPAL, one["exit_year"] != "")):
        code = COMTRADE.get(row["id"], row["iso_3"])
        special = code.startswith(("_", "X")) or row["country"].endswith("nes")
        one = area(code, "special" if special else "country")
        note(code, "comtrade", row["id"])
        note(code, "iso3", row["iso_3"] if row["id"] not in COMTRADE else "")
        undated = re.sub(r" \(\.\.\.\d{4}\)", "", row["country"])
        full = re.sub(r"\bIsds?\b", "Islands", undated)
        one["names"].setdefault("en", full)
        call(code, row["country"], row["note"], undated, full)
    for code in ("ATB", "NTZ", "PCI", "PUS"):
        note(code, "m49", AREAS[code]["comtrade"][0])


def add_baci_and_gacc(folder: Path) -> None:
    """CEPII's names, by Comtrade's numbers; China customs' codes and names."""
    by_number = {number: code for code, one in AREAS.items() for number in one["comtrade"]} | {"381": "ITA"}
    for row in read(folder / "baci" / "country_codes_V202201.csv"):
        call(by_number[row["country_code"]], row["country_name_abbreviation"], row["country_name_full"])
    by_name = index()
    by_number = {number: code for code, one in AREAS.items() for number in one["gacc"]}
    for row in read(folder / "gacc" / "codes_cc_partners.csv"):
        code = by_number.get(row["code"]) or by_name[fold(row["en"])]
        note(code, "gacc", row["code"])
        call(code, row["en"], row["zh"])


def spellings(folder: Path) -> set[str]:
    """Every name of a reporter or a partner in the real files."""
    found = {
        row[side]
        for row in read(folder / "comtrade" / "comtrade_all_exports_2021A.csv")
        for side in ("reporter", "partner")
    }
    found |= {
        row["country"] for row in read(folder / "national" / "armenia_monthly_by_partner_2017_2023.csv")
    }
    found |= {row["partner_ru"] for row in read(folder / "national" / "kazakhstan_by_partner_2018_2023.csv")}
    for flow in NATIONAL:
        found |= {
            row["partner_name"]
            for row in read(folder / "national" / f"kyrgyzstan_{flow}_by_partner_1994_2023.csv")
        }
        found |= {
            row["Klassifikator_en"]
            for row in read(folder / "national" / f"uzbekistan_{flow}_by_partner_2010_2023.csv")
        }
    for path in (folder / "eurostat_totals").rglob("*.csv"):
        found |= {
            name
            for row in read(path)
            for column, name in row.items()
            if column.upper() in {"REPORTER", "PARTNER", "DECLARANT"}
        }
    found |= {row["partner_name"] for row in read(folder / "china_hs6" / "critical_minerals_2017_2024.csv")}
    found |= {
        row["partner_ru"] for row in read(folder / "russia_fcs" / "russia_fcs_monthly_partners_2006_2021.csv")
    }
    for path in (folder / "gacc").glob("gacc_*.csv"):
        found |= {row["Trading partner"] for row in read(path)}
    return found - {""}


def index() -> dict[str, str]:
    """Folded spelling -> code, without those two areas share."""
    found: dict[str, set[str]] = {}
    for code, one in AREAS.items():
        for name in (*one["names"].values(), *one["aliases"]):
            found.setdefault(fold(name), set()).add(code)
    return {name: min(codes) for name, codes in found.items() if len(codes) == 1}


def guesses(name: str) -> Iterator[str]:
    """Other ways to write a name: without "(incl. ...)", turned round its comma, what its bracket says."""
    yield name
    yield (short := re.sub(r"\s*\(.*\)$", "", name, flags=re.DOTALL))
    yield re.sub(r" - .*", "", short)
    if ", " in short:
        head, tail = short.split(", ", 1)
        yield f"{tail} {head}"
        yield f"{head} {tail}"
    yield re.sub(r"\bIles\b", "Îles", short)


def explain(names: Iterable[str], *, show: bool) -> list[str]:
    """Add each spelling to the area it belongs to; the ones nothing explains are returned."""
    exact = {
        name.strip().lower() for one in AREAS.values() for name in (*one["names"].values(), *one["aliases"])
    }
    by_name, unexplained = index(), []
    for name in sorted(names):
        if name.strip().lower() in exact:
            continue
        code = LABELS.get(name.split(" (")[0]) or next(
            (by_name[f] for g in guesses(name) if (f := fold(g)) in by_name), None
        )
        if code is None:
            unexplained.append(name)
            continue
        call(code, name)
        if show:
            print(f"{code}: {name}")
    return unexplained


# Eurostat's long labels of unions begin so.
LABELS: Final = {
    "European Union - 27 countries": "EU27", "Union européenne - 27 pays": "EU27", "European Union": "EU",
    "Euro area - 20 countries": "EA20", "Euro area": "EA",
}  # fmt: skip


def claims() -> dict[str, str]:
    """Spelling -> code; stops where two areas have the same, unless it is the printed name of one only."""
    owner: dict[str, str] = {}
    for printed in (True, False):
        for code, one in AREAS.items():
            for name in one["names"].values() if printed else list(one["aliases"]):
                key = name.lower()
                if key and owner.setdefault(key, code) != code:
                    print(f"dropped: {name!r} of {code} is {owner[key]}'s", file=sys.stderr)
                    one["aliases"].pop(name, None)
    return owner


def record(one: dict[str, Any]) -> dict[str, str]:
    """An area as a row of the file."""
    names = {f"name_{language}": one["names"].get(language, "") for language in LANGUAGES}
    printed = {name.lower() for name in names.values()}
    first: dict[str, str] = {}
    for name in one["aliases"]:
        first.setdefault(name.lower(), name)
    aliases = sorted(name for key, name in first.items() if key not in printed)
    codes = {scheme: "|".join(one[scheme]) for scheme in CODES}
    return {"code": one["code"], "kind": one["kind"], **codes, **names, "aliases": "|".join(aliases)}


def build(folder: Path) -> None:
    """Everything but the spellings of the real files."""
    add_extra()
    add_iso(folder)
    add_comtrade(folder)
    for scheme, more in MORE.items():
        for code, values in more.items():
            note(code, scheme, values)
    for code, names in block(ALIASES):
        if code not in AREAS:
            sys.exit(f"ALIASES names {code}, which is no area")
        call(code, *names)
    add_baci_and_gacc(folder)


def main(arguments: list[str]) -> None:
    """Write the table, or say why not."""
    if not arguments or arguments[0].startswith("-"):
        sys.exit(__doc__)
    folder = Path(arguments[0])
    build(folder)
    unexplained = explain(spellings(folder), show="--show" in arguments)
    if unexplained:
        sys.exit("not explained:\n" + "\n".join(map(repr, unexplained)))
    claims()
    order = {"country": 0, "special": 1, "aggregate": 2}
    with OUT.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        for one in sorted(AREAS.values(), key=lambda one: (order[one["kind"]], one["code"])):
            writer.writerow(record(one))


if __name__ == "__main__":
    main(sys.argv[1:])
