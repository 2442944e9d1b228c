"""Small lists of parties in the forms their publishers use. Every party is invented."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

NOTHING = "-0- "

CSL_COLUMNS = [
    "_id",
    "source",
    "entity_number",
    "type",
    "programs",
    "name",
    "title",
    "addresses",
    "federal_register_notice",
    "start_date",
    "end_date",
    "standard_order",
    "license_requirement",
    "license_policy",
    "call_sign",
    "vessel_type",
    "gross_tonnage",
    "gross_registered_tonnage",
    "vessel_flag",
    "vessel_owner",
    "remarks",
    "source_list_url",
    "alt_names",
    "citizenships",
    "dates_of_birth",
    "nationalities",
    "places_of_birth",
    "source_information_url",
    "ids",
]
OPENSANCTIONS_COLUMNS = [
    "id",
    "schema",
    "name",
    "aliases",
    "birth_date",
    "countries",
    "addresses",
    "identifiers",
    "sanctions",
    "phones",
    "emails",
    "program_ids",
    "dataset",
    "first_seen",
    "last_seen",
    "last_change",
]
EU_COLUMNS = [
    "fileGenerationDate",
    "Entity_LogicalId",
    "Entity_EU_ReferenceNumber",
    "Entity_UnitedNationId",
    "Entity_DesignationDate",
    "Entity_DesignationDetails",
    "Entity_Remark",
    "Entity_SubjectType",
    "Entity_SubjectType_ClassificationCode",
    "Entity_Regulation_PublicationDate",
    "Entity_Regulation_Programme",
    "NameAlias_LastName",
    "NameAlias_FirstName",
    "NameAlias_MiddleName",
    "NameAlias_WholeName",
    "NameAlias_Remark",
    "Address_City",
    "Address_Street",
    "Address_ZipCode",
    "Address_CountryIso2Code",
    "Address_CountryDescription",
    "BirthDate_BirthDate",
    "BirthDate_Year",
    "Identification_Number",
    "Identification_TypeDescription",
    "Citizenship_CountryIso2Code",
    "Citizenship_CountryDescription",
]


def table(columns: Sequence[str], *rows: dict[str, str], delimiter: str = ",") -> bytes:
    """Rows below a header, all quoted."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, restval="", delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def ofac(*rows: Sequence[str]) -> bytes:
    """Records as OFAC writes them: `-0-` bare, texts quoted, Ctrl-Z at the end."""
    lines = [",".join(cell if cell in (NOTHING, row[0]) else f'"{cell}"' for cell in row) for row in rows]
    return ("\r\n".join(lines) + "\r\n\x1a").encode()


def sdn(
    number: int, name: str, kind: str = NOTHING, remarks: str = NOTHING, flag: str = NOTHING
) -> list[str]:
    """A record of SDN.CSV."""
    vessel = [NOTHING, NOTHING, NOTHING, NOTHING, flag, NOTHING]
    return [str(number), name, kind, "RUSSIA-EO14024] [SDGT", NOTHING, *vessel, remarks]


SDN = ofac(
    sdn(101, "SEVER-POLET TRADING LLC", remarks="Tax ID No. 77001 (Russia); a.k.a. 'SPT'; a.k.a. \"NORD\"."),
    sdn(102, "ZVEZDIN, Oleg Ilyich", "individual", "DOB 01 Jan 1970; nationality Russia; Linked To: NO 12."),
    sdn(103, "LADY OF XAA", "vessel", "Vessel Registration Identification IMO 9000001.", flag="Panama"),
)  # fmt: skip
ADD = ofac(
    ["101", "1", "1 Invented Street", "Bishkek 720000", "Kyrgyzstan", NOTHING],
    ["101", "2", "2 Invented Street", "Pyongyang", "Korea, North", NOTHING],
    ["102", "3", NOTHING, NOTHING, "undetermined", NOTHING],
)
ALT = ofac(
    ["101", "9", "aka", "СЕВЕР-ПОЛЁТ ТРЕЙДИНГ", NOTHING],
    ["101", "10", "fka", "POLAR FLIGHT", "weak alias"],
)

OPENSANCTIONS_ROWS = (
    {
        "id": "NK-1", "schema": "Company", "name": "Invented Machines Co., Ltd",
        "aliases": '"Machines; Invented";虚构机械有限公司;آلات وهمية', "countries": "cn;kg;suhh",
        "addresses": "1 Road, Town", "identifiers": "123;456", "program_ids": "US-EXAMPLE",
        "dataset": "A List;B",
        "first_seen": "2024-01-01T00:00:00", "last_seen": "2026-11-20", "last_change": "2025-01-01",
    },
    {"id": "NK-2", "schema": "Person", "name": "Anna Vymyshlennaya", "birth_date": "1980-02-03",
     "countries": "ru"},
    {"id": "NK-3", "schema": "Vessel", "name": "PAPER SHIP", "identifiers": "IMO9000002"},
)  # fmt: skip
OPENSANCTIONS = table(OPENSANCTIONS_COLUMNS, *OPENSANCTIONS_ROWS)

_EU_FIRM = {
    "fileGenerationDate": "20/11/2026", "Entity_LogicalId": "7001", "Entity_EU_ReferenceNumber": "EU.1.1",
    "Entity_DesignationDate": "2023-06-23", "Entity_SubjectType": "E",
    "Entity_SubjectType_ClassificationCode": "enterprise", "Entity_Regulation_Programme": "UKR",
}  # fmt: skip
EU_ROWS = (
    _EU_FIRM | {"NameAlias_WholeName": "Obshchestvo Vydumka"},
    _EU_FIRM | {"NameAlias_WholeName": 'ООО "Выдумка"'},
    _EU_FIRM | {"Address_City": "Yerevan", "Address_Street": "3 Street", "Address_CountryIso2Code": "AM"},
    _EU_FIRM | {"Identification_Number": "555", "Identification_TypeDescription": "Registration"},
    {"fileGenerationDate": "20/11/2026", "Entity_LogicalId": "7002", "Entity_SubjectType": "P",
     "NameAlias_FirstName": "Ivan", "NameAlias_LastName": "Vydumkin", "BirthDate_BirthDate": "1961-01-02",
     "Citizenship_CountryIso2Code": "00", "Citizenship_CountryDescription": "UNKNOWN"},
)  # fmt: skip
EU_CSV = b"\xef\xbb\xbf" + table(EU_COLUMNS, *EU_ROWS, delimiter=";")
EU_XML = """<?xml version="1.0" encoding="UTF-8"?>
<export xmlns="http://eu.europa.ec/fpi/fsd/export" generationDate="2026-11-20T15:00:00+01:00"
    globalFileId="4711">
  <sanctionEntity designationDate="2023-06-23" designationDetails="" unitedNationId=""
      euReferenceNumber="EU.1.1" logicalId="7001">
    <remark>invented</remark>
    <regulation regulationType="regulation" programme="UKR" publicationDate="2024-02-23"/>
    <subjectType code="enterprise" classificationCode="E"/>
    <nameAlias wholeName="VYD" strong="false"/>
    <nameAlias firstName="" lastName="" wholeName="Obshchestvo Vydumka" strong="true"/>
    <nameAlias wholeName="ООО Выдумка" strong="true"/>
    <address city="Yerevan" street="3 Street" countryIso2Code="AM" countryDescription="ARMENIA"/>
    <identification number="555" identificationTypeDescription="Registration" countryIso2Code="AM"/>
  </sanctionEntity>
  <sanctionEntity euReferenceNumber="EU.2.2" logicalId="7002">
    <subjectType code="person" classificationCode="P"/>
    <nameAlias firstName="Ivan" middleName="" lastName="Vydumkin" wholeName="" strong="true"/>
    <birthdate birthdate="1961-01-02" year="1961"/>
    <citizenship countryIso2Code="00" countryDescription="UNKNOWN"/>
  </sanctionEntity>
</export>
""".encode()

UN_XML = """<?xml version="1.0" encoding="utf-8"?>
<CONSOLIDATED_LIST dateGenerated="2026-11-19T23:00:03.428Z">
 <INDIVIDUALS><INDIVIDUAL>
   <DATAID>1</DATAID><FIRST_NAME>SAMIR</FIRST_NAME><SECOND_NAME>KHAYALI</SECOND_NAME>
   <UN_LIST_TYPE>XAA</UN_LIST_TYPE><REFERENCE_NUMBER>XAi.001</REFERENCE_NUMBER>
   <LISTED_ON>2012-11-12</LISTED_ON>
   <NAME_ORIGINAL_SCRIPT>سمير خيالي</NAME_ORIGINAL_SCRIPT>
   <NATIONALITY><VALUE>Syrian Arab Republic</VALUE></NATIONALITY>
   <INDIVIDUAL_ALIAS><QUALITY>Good</QUALITY><ALIAS_NAME>Sameer Hayali</ALIAS_NAME></INDIVIDUAL_ALIAS>
   <INDIVIDUAL_ALIAS><QUALITY>Low</QUALITY><ALIAS_NAME>Abu Fiction</ALIAS_NAME></INDIVIDUAL_ALIAS>
   <INDIVIDUAL_ALIAS><QUALITY/><ALIAS_NAME/></INDIVIDUAL_ALIAS>
   <INDIVIDUAL_DATE_OF_BIRTH><DATE>1970-03-04</DATE></INDIVIDUAL_DATE_OF_BIRTH>
   <INDIVIDUAL_DOCUMENT><TYPE_OF_DOCUMENT>Passport</TYPE_OF_DOCUMENT><NUMBER>N1</NUMBER></INDIVIDUAL_DOCUMENT>
 </INDIVIDUAL></INDIVIDUALS>
 <ENTITIES><ENTITY>
   <DATAID>2</DATAID><FIRST_NAME>CHOSANG TRADING</FIRST_NAME><UN_LIST_TYPE>XBB</UN_LIST_TYPE>
   <REFERENCE_NUMBER>XBe.002</REFERENCE_NUMBER><LISTED_ON>2016-03-02</LISTED_ON>
   <ENTITY_ALIAS><QUALITY>a.k.a.</QUALITY><ALIAS_NAME>Chosang</ALIAS_NAME></ENTITY_ALIAS>
   <ENTITY_ADDRESS><CITY>Pyongyang</CITY>
   <COUNTRY>Democratic People's Republic of Korea</COUNTRY></ENTITY_ADDRESS>
 </ENTITY></ENTITIES>
</CONSOLIDATED_LIST>
""".encode()

CSL = table(
    CSL_COLUMNS,
    {
        "_id": "aa1", "source": "Entity List (EL) - Bureau of Industry and Security",
        "name": "Invented Semiconductor", "alt_names": "ISC; 虚构半导体",
        "addresses": "5 Road, Shenzhen, CN; 6 Road, Hong Kong, HK", "start_date": "2024-05-09",
    },
    {
        "_id": "aa2", "source": "Denied Persons List (DPL) - Bureau of Industry and Security",
        "name": "MOCK, JOHN", "addresses": "1 Drive, Town, AZ, 85000, US", "start_date": "2020-01-01",
        "end_date": "2030-01-01",
    },
    {"_id": "aa3", "source": "Specially Designated Nationals (SDN)", "type": "Vessel",
     "name": "PAPER SHIP II",
     "programs": "IRAN", "vessel_flag": "Panama", "call_sign": "ABCD", "ids": "IMO, 9000003"},
)  # fmt: skip

OWN = """Name;ID;Kind;Aliases;Country;Address;Program;Listed_on;Desk
Acme Fictional FZE;A-1;company;Acme Gulf;AE;PO Box 1;internal;2026-02-03;north
Ромашка Вымысел;;organization;;RU;;;;south
""".encode()
