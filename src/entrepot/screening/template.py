"""An empty workbook of shipments: every field a column, what it says on a second sheet."""

from __future__ import annotations

import io
from typing import Final

import xlsxwriter

from entrepot.model.shipment import fields

KINDS: Final = {
    "text": "text",
    "code": "2 to 12 digits",
    "area": "a country: KGZ, KG or Kyrgyzstan",
    "areas": "countries, ; between",
    "date": "a day: 2023-05-04",
    "number": "a number: 1234.5",
    "yes": "yes or no",
}
"""What to write into a field of each kind."""


def template() -> bytes:
    """The workbook. Codes and days are text, so that no zero is lost and no day is turned round."""
    sink = io.BytesIO()
    book = xlsxwriter.Workbook(sink, {"in_memory": True})
    bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
    sheet, about = book.add_worksheet("shipments"), book.add_worksheet("fields")
    for place, one in enumerate(fields().values()):
        sheet.write_string(0, place, one.name, bold)
        sheet.set_column(place, place, max(12, len(one.name) + 2), None if one.kind == "number" else text)
        row = (one.name, KINDS[one.kind], one.says, ", ".join(one.also))
        for column, word in enumerate(row):
            about.write_string(place + 1, column, word)
    for column, (word, width) in enumerate((("field", 28), ("what", 34), ("says", 70), ("also read", 90))):
        about.write_string(0, column, word, bold)
        about.set_column(column, column, width)
    sheet.freeze_panes(1, 1)
    book.close()
    return sink.getvalue()
