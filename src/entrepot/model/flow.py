"""The one table everything is about: a row is what one reporter says of one cell of trade.

Names follow UN IMTS 2010 and UN Comtrade. `null` means not reported; it never means zero.
A null in one of the BREAKDOWN columns means "all of them together": such a row is a total over that column.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

COLUMNS: Final[dict[str, str]] = {
    "reporter": "string",  # area whose statistics say so: ISO 3166 alpha-3, or a code of its own
    "partner": "string",  # the other side; WLD and other aggregates are rows of their own
    "partner_basis": "string",  # origin | destination | consignment
    "flow": "string",  # see Flow
    "period": "date",  # first day of the month or of the year
    "frequency": "string",  # M | A
    "commodity": "string",  # text with its leading zeros; TOTAL for all goods
    "digits": "int8",  # 0 for TOTAL, 2, 4, 6, 8, 10; null outside the Harmonized System
    "hs_revision": "string",  # HS1992 ... HS2022, or the name of another nomenclature; null for TOTAL
    "partner2": "string",  # breakdown: second partner (country of consignment in imports)
    "procedure": "string",  # breakdown: customs procedure or regime, the publisher's code
    "transport": "string",  # breakdown: mode of transport, the publisher's code
    "location": "string",  # breakdown: place of registration of the trader, the publisher's code
    "breakdown": "string",  # names of the breakdown columns that are filled; empty: a total over all
    "valuation": "string",  # cif | fob; null where the publisher does not say
    "value": "float64",  # in `currency`, units (not thousands)
    "currency": "string",  # ISO 4217
    "net_weight_kg": "float64",
    "quantity": "float64",
    "quantity_unit": "string",  # the publisher's words
    "is_estimated": "boolean",  # true: weight or quantity was estimated by the publisher
    "status": "string",  # see Status
    "source": "string",  # folder name under sources/
    "snapshot": "string",  # which bytes: start of their sha256
    "row": "int64",  # record of the file, counted from 1, the header included
}

BREAKDOWN: Final = ("partner2", "procedure", "transport", "location")
MEASURED: Final = ("value", "net_weight_kg", "quantity")
CELL: Final = ("reporter", "partner", "partner_basis", "flow", "period", "frequency", "commodity", "currency")
"""One cell of the world's trade: only one snapshot speaks for it at a time."""


class Flow(StrEnum):
    """Direction of trade. Exports include re-exports; the rows below those two are never added."""

    IMPORT = "import"
    EXPORT = "export"
    RE_IMPORT = "re-import"
    RE_EXPORT = "re-export"
    DOMESTIC_EXPORT = "domestic-export"
    FOREIGN_IMPORT = "foreign-import"
    INWARD_PROCESSING = "import-for-inward-processing"
    OUTWARD_PROCESSING = "import-after-outward-processing"
    EXPORT_INWARD = "export-after-inward-processing"
    EXPORT_OUTWARD = "export-for-outward-processing"


class Status(StrEnum):
    """Where a value comes from. Sides that derive from one another are never compared."""

    REPORTED = "reported"
    ESTIMATED = "estimated"
    IMPUTED = "imputed"
    MIRRORED = "mirrored"
    PUBLISHED = "published"  # a figure printed in a document
    SIMULATED = "simulated"
    TYPED = "typed"  # entered by hand from what is cited


DERIVED: Final = (Status.ESTIMATED.value, Status.IMPUTED.value, Status.MIRRORED.value)
"""Statuses of figures that were made from others: kept, shown, and never compared with a partner's."""
