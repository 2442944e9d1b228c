"""The European Central Bank's data portal as it answers: csvdata, an empty body, 304, and 404 in JSON."""

import json
from dataclasses import dataclass, field

from tests.fetching.fake import Question, Reply

_HEADER = (
    "KEY,FREQ,CURRENCY,CURRENCY_DENOM,EXR_TYPE,EXR_SUFFIX,TIME_PERIOD,OBS_VALUE,OBS_STATUS,TITLE,UNIT_MULT"
)


@dataclass
class EuropeanCentralBank:
    """Rates by currency and month. modified: Last-Modified; empty: not sent. title: of each series."""

    rates: dict[tuple[str, str], float] = field(default_factory=dict)
    modified: str = "Mon, 02 Nov 2026 15:00:00 GMT"
    title: str = "Invented, for tests"

    def __call__(self, asked: Question) -> Reply:
        frequency, currencies, *_ = asked.path.rpartition("/")[2].split(".")
        wanted = set(currencies.split("+")) & {one for one, _ in self.rates}
        if not wanted:
            told = {"title": "Not Found", "status": 404, "detail": "No results found."}
            return Reply(json.dumps(told).encode(), "application/json", 404)
        if self.modified and asked.headers.get("if-modified-since") == self.modified:
            return Reply(b"", "text/csv", 304)
        ends = asked.params["startPeriod"], asked.params.get("endPeriod", "9999")
        lines = [
            f'EXR.{frequency}.{one}.EUR.SP00.A,{frequency},{one},EUR,SP00,A,{when},{rate},A,"{self.title}",0'
            for (one, when), rate in sorted(self.rates.items())
            if one in wanted and ends[0] <= when <= ends[1]
        ]
        body = "".join(f"{line}\r\n" for line in (_HEADER, *lines)) if lines else ""
        return Reply(body.encode(), "text/csv", headers=self._headers())

    def _headers(self) -> dict[str, str]:
        return {"Last-Modified": self.modified} if self.modified else {}
