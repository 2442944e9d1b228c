"""The spellings of Comtrade's columns, and the codes in them."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from entrepot.model.flow import Flow

if TYPE_CHECKING:
    from collections.abc import Mapping

    from entrepot.sources._format import Raw

NEEDED: Final = frozenset(
    {"period", "reportercode", "partnercode", "flowcode", "classificationcode", "cmdcode", "primaryvalue"}
)
OPTIONAL: Final = frozenset(
    {
        *(
            "typecode",
            "freqcode",
            "partner2code",
            "customscode",
            "moscode",
            "motcode",
            "isoriginalclassification",
        ),
        *("qtyunitcode", "qty", "isqtyestimated", "netwgt", "isnetwgtestimated", "cifvalue", "fobvalue"),
        *("legacyestimationflag", "isreported", "isaggregate", "trailing"),
    }
)
_CODED: Final = "the words of the code beside it"
_PERIOD: Final = "said by period"
_SECOND: Final = "a second quantity of the same goods"
_LEVEL: Final = "said by the length of cmdCode"
IGNORED: Final[Mapping[str, str]] = {
    **dict.fromkeys(("refperiodid", "refyear", "refmonth", "perioddesc"), _PERIOD),
    **dict.fromkeys(("reporteriso", "reporterdesc", "flowdesc", "partneriso", "partnerdesc"), _CODED),
    **dict.fromkeys(
        ("partner2iso", "partner2desc", "cmddesc", "customsdesc", "motdesc", "qtyunitabbr"), _CODED
    ),
    **dict.fromkeys(("altqtyunitcode", "altqtyunitabbr", "altqty", "isaltqtyestimated"), _SECOND),
    **dict.fromkeys(("aggrlevel", "isleaf"), _LEVEL),
    **dict.fromkeys(("grosswgt", "isgrosswgtestimated"), "weights are net here"),
    "classificationsearchcode": "the name asked for; classificationCode is the edition given",
    "datasetcode": "Comtrade's number of the file",
    "index": "rows numbered by the program that saved the file",
}
LEGACY: Final[Mapping[str, str]] = {
    "Classification": "classificationcode",
    "Year": "refyear",
    "Period": "period",
    "Period Desc.": "perioddesc",
    "Aggregate Level": "aggrlevel",
    "Is Leaf Code": "isleaf",
    "Trade Flow Code": "flowcode",
    "Trade Flow": "flowdesc",
    "Reporter Code": "reportercode",
    "Reporter": "reporterdesc",
    "Reporter ISO": "reporteriso",
    "Partner Code": "partnercode",
    "Partner": "partnerdesc",
    "Partner ISO": "partneriso",
    "2nd Partner Code": "partner2code",
    "2nd Partner": "partner2desc",
    "2nd Partner ISO": "partner2iso",
    "Customs Proc. Code": "customscode",
    "Customs": "customsdesc",
    "Mode of Transport Code": "motcode",
    "Mode of Transport": "motdesc",
    "Commodity Code": "cmdcode",
    "Commodity": "cmddesc",
    "Qty Unit Code": "qtyunitcode",
    "Qty Unit": "qtyunitabbr",
    "Qty": "qty",
    "Alt Qty Unit Code": "altqtyunitcode",
    "Alt Qty Unit": "altqtyunitabbr",
    "Alt Qty": "altqty",
    "Netweight (kg)": "netwgt",
    "Gross weight (kg)": "grosswgt",
    "Trade Value (US$)": "primaryvalue",
    "CIF Trade Value (US$)": "cifvalue",
    "FOB Trade Value (US$)": "fobvalue",
    "Flag": "legacyestimationflag",
}
FLOWS: Final[Mapping[str, str]] = {
    "M": Flow.IMPORT,
    "X": Flow.EXPORT,
    "RM": Flow.RE_IMPORT,
    "RX": Flow.RE_EXPORT,
    "DX": Flow.DOMESTIC_EXPORT,
    "FM": Flow.FOREIGN_IMPORT,
    "MIP": Flow.INWARD_PROCESSING,
    "MOP": Flow.OUTWARD_PROCESSING,
    "XIP": Flow.EXPORT_INWARD,
    "XOP": Flow.EXPORT_OUTWARD,
    # the legacy file's
    "1": Flow.IMPORT,
    "2": Flow.EXPORT,
    "3": Flow.RE_EXPORT,
    "4": Flow.RE_IMPORT,
}
INWARD: Final = tuple(flow.value for flow in Flow if "import" in flow)
EDITIONS: Final[Mapping[str, str]] = {
    f"H{n}": f"HS{year}" for n, year in enumerate((1992, 1996, 2002, 2007, 2012, 2017, 2022))
}
OTHER_CLASSIFICATION: Final = r"^(S[1-4S]|B[45]|BE|EB[0-9]*)$"
"""SITC, Broad Economic Categories, and the services list: their names stay as they are."""


def plain(name: str) -> str:
    """A column's one name in all spellings: `partner2Code`, `partner2code` and `Partner2_Code` are one."""
    return LEGACY.get(name) or name.lower().replace("_", "")


def renamed(raw: Raw) -> Raw:
    """The file with the columns this reader knows under their one name, and any other as it is.

    Two nameless columns are known: the row numbers some programs write first, and the empty cell the trailing
    comma of the site's own CSV makes.
    """
    known = NEEDED | OPTIONAL | set(IGNORED)
    odd = {"unnamed_1": "index", "Unnamed: 0": "index", f"unnamed_{len(raw.columns)}": "trailing"}
    names = ((name, odd.get(name) or plain(name)) for name in raw.columns)
    return replace(raw, columns=tuple(new if new in known else name for name, new in names))


@cache
def units() -> Mapping[str, str]:
    """Unit of each qtyUnitCode, in Comtrade's words; empty where there is no quantity."""
    text = files("entrepot.sources.comtrade").joinpath("units.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(io.StringIO(text, newline=""))
    return MappingProxyType({row["code"]: row["unit"] for row in rows})
