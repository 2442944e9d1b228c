"""UN Comtrade as it answers: what is published, and rows up to its limit. Of invented countries' trade."""

import gzip
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import product
from typing import TypeAlias

from tests.fetching.fake import Question, Reply

Cell: TypeAlias = tuple[int, str, str, int, str]  # reporter, period, flow, partner, code

# The API's own columns, in its order (FORMATS D.1).
_ROW = {
    "typeCode": "C", "freqCode": "M", "refPeriodId": 0, "refYear": 0, "refMonth": 0, "period": "",
    "reporterCode": 0, "reporterISO": None, "reporterDesc": None, "flowCode": "", "flowDesc": None,
    "partnerCode": 0, "partnerISO": None, "partnerDesc": None, "partner2Code": 0, "partner2ISO": None,
    "partner2Desc": None, "classificationCode": "H6", "classificationSearchCode": "HS",
    "isOriginalClassification": True, "cmdCode": "", "cmdDesc": None, "aggrLevel": None, "isLeaf": None,
    "customsCode": "C00", "customsDesc": None, "mosCode": "0", "motCode": 0, "motDesc": None,
    "qtyUnitCode": -1, "qtyUnitAbbr": None, "qty": None, "isQtyEstimated": False, "altQtyUnitCode": -1,
    "altQtyUnitAbbr": None, "altQty": None, "isAltQtyEstimated": False, "netWgt": None,
    "isNetWgtEstimated": False, "grossWgt": None, "isGrossWgtEstimated": False, "cifvalue": None,
    "fobvalue": None, "primaryValue": 0.0, "legacyEstimationFlag": 0, "isReported": True,
    "isAggregate": False,
}  # fmt: skip


@dataclass
class Comtrade:
    """What is published: cells with their values, and the day each reporter's month was released."""

    cells: dict[Cell, float] = field(default_factory=dict)
    released: dict[tuple[int, str], str] = field(default_factory=dict)
    limit: int = 500
    key: str = ""
    elapsed: int = 0
    announced: int | None = None  # how many records it says there are; None: the truth

    def __call__(self, asked: Question) -> Reply:
        if self.key and asked.headers.get("ocp-apim-subscription-key") != self.key:
            said = b'{"statusCode": 401, "message": "Access denied due to invalid subscription key."}'
            return Reply(said, status=401)
        if "/bulk/" in asked.path:
            return self._bulk(asked)
        if "/getda" in asked.path.lower():
            return self._envelope(self._published(asked))
        return self._envelope(self._rows(asked)[: min(self.limit, int(asked.params["maxRecords"]))])

    def _envelope(self, rows: list[dict[str, object]]) -> Reply:
        self.elapsed += 1  # no two answers are the same bytes
        told = {"elapsedTime": f"0.{self.elapsed:04} secs", "count": len(rows), "data": rows, "error": ""}
        return Reply(json.dumps(told).encode())

    def _bulk(self, asked: Question) -> Reply:
        """The list of whole files, or one of them: gzip of a table with tabs, without the words."""
        if "/get/" in asked.path:
            return self._envelope([
                {
                    "fileUrl": f"b{reporter}{period}ff", "fileSize": "1 KB", "isOriginalClassification": True,
                    "reporterCode": reporter, "freqCode": "M", "typeCode": "C", "classificationCode": "H6",
                    "refPeriodId": int(f"{period}01"), "period": int(period),
                    "publicationDate": f"{day}T11:24:10Z", "partitionKey": str(reporter),
                    "rowKey": f"b{reporter}{period}ff", "timestamp": f"{day}T04:54:11+00:00", "eTag": "W/1",
                }
                for (reporter, period), day in self.released.items()
                if str(reporter) in asked.list("reporterCode") and period in asked.list("period")
            ])  # fmt: skip
        key = asked.path.rpartition("/")[2]
        rows = [_row(cell, value) for cell, value in self.cells.items() if f"b{cell[0]}{cell[1]}ff" == key]
        names = [name for name in _ROW if not name.endswith(("Desc", "ISO", "Abbr"))]
        lines = [
            names,
            *([str(row[name] if row[name] is not None else "") for name in names] for row in rows),
        ]
        text = "\n".join("\t".join(cells) for cells in lines)
        return Reply(gzip.compress(text.encode(), mtime=0), "application/TSV")

    def _published(self, asked: Question) -> list[dict[str, object]]:
        return [
            {
                "reporterCode": reporter,
                "period": int(period),
                "totalRecords": self._records(reporter, period) if self.announced is None else self.announced,
                "datasetChecksum": hash((day, reporter)) % 1000,
                "firstReleased": "2020-01-01T00:00:00",
                "lastReleased": f"{day}T22:50:18.8066667",
            }
            for (reporter, period), day in self.released.items()
            if str(reporter) in asked.list("reporterCode") and period in asked.list("period")
        ]

    def _records(self, reporter: int, period: str) -> int:
        return sum(cell[:2] == (reporter, period) for cell in self.cells)

    def _rows(self, asked: Question) -> list[dict[str, object]]:
        wanted = {name: set(asked.list(name)) for name in ("reporterCode", "period", "flowCode", "cmdCode")}
        partners = set(asked.list("partnerCode"))
        return [
            _row(cell, value)
            for cell, value in sorted(self.cells.items())
            if str(cell[0]) in wanted["reporterCode"]
            and cell[1] in wanted["period"]
            and cell[2] in wanted["flowCode"]
            and (not partners or str(cell[3]) in partners)
            and cell[4] in wanted["cmdCode"]
            and (cell[0], cell[1]) in self.released
        ]


def _row(cell: Cell, value: float) -> dict[str, object]:
    reporter, period, flow, partner, code = cell
    side = "cifvalue" if flow in ("M", "RM") else "fobvalue"
    level = 0 if code == "TOTAL" else len(code)
    return {
        **_ROW,
        "period": period, "refPeriodId": int(f"{period}01"), "refYear": int(period[:4]),
        "refMonth": int(period[4:]), "reporterCode": reporter, "flowCode": flow, "partnerCode": partner,
        "cmdCode": code, "aggrLevel": level, side: value, "primaryValue": value,
    }  # fmt: skip


def world(
    reporters: Iterable[int], periods: Iterable[str], partners: Iterable[int], codes: Iterable[str]
) -> dict[Cell, float]:
    """Cells with a value each, no two alike; the world's totals among them."""
    codes, partners = list(codes), list(partners)
    cells = product(reporters, periods, ("X", "M"), [0, *partners], ["TOTAL", *codes])
    return {cell: 1000.0 + place for place, cell in enumerate(cells)}
