"""Comext's folder as it answers: a list of files as CSV, and 7z archives behind a redirect."""

import hashlib
import io
from dataclasses import dataclass, field
from typing import TypeAlias

import py7zr

from tests.fetching.fake import Question, Reply

Row: TypeAlias = tuple[str, str, str, str, int]  # reporter, partner, product, flow, value

_HEADER = (
    "REPORTER,PARTNER,TRADE_TYPE,PRODUCT_NC,PRODUCT_SITC,PRODUCT_CPA21,PRODUCT_CPA22,PRODUCT_BEC,PRODUCT_BEC5,"
    "PRODUCT_SECTION,FLOW,STAT_PROCEDURE,SUPPL_UNIT,PERIOD,"
    "VALUE_EUR,VALUE_NAC,QUANTITY_KG,QUANTITY_SUPPL_UNIT"
)
_FOLDER = "comext/COMEXT_DATA/PRODUCTS"


def archive(period: str, rows: list[Row]) -> bytes:
    """A month's file."""
    lines = [
        f"{reporter},{partner},E,{code},1,1,1,1,1,01,{flow},1,NO_SU,{period},{value},{value},{value},0"
        for reporter, partner, code, flow, value in rows
    ]
    return packed(f"full_{period}.dat", "\n".join([_HEADER, *lines, ""]).encode())


def packed(name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w") as made:
        made.writestr(content, name)
    return out.getvalue()


@dataclass
class Comext:
    """What is in the folder: archives by period, the day each is from; `listing` instead of the true one."""

    files: dict[str, bytes] = field(default_factory=dict)
    days: dict[str, str] = field(default_factory=dict)
    listing: Reply | None = None
    has_etags: bool = True

    def __call__(self, asked: Question) -> Reply:
        if asked.path.startswith("/there/"):
            return self._file(asked.path.removeprefix("/there/"))
        if "file" in asked.params:
            place = asked.params["file"].removeprefix(f"{_FOLDER}/")
            return Reply(b"", "text/html", 302, {"Location": f"/there/{place}"})
        return self.listing or Reply(self._list().encode(), "text/csv")

    def _list(self) -> str:
        rows = [
            f"full_v2_{period}.7z,{len(body)},7z,{self.days[period]}T11:00:00"
            for period, body in sorted(self.files.items())
        ]
        other = "full_partxixu_v2_202201.7z,5,7z,2026-01-01T11:00:00"
        return "\n".join(["NAME,SIZE,TYPE,LAST_UPDATE", *rows, other])

    def _file(self, name: str) -> Reply:
        period = name.removeprefix("full_v2_").removesuffix(".7z")
        body = self.files.get(period)
        if body is None:
            return Reply(b"<html><body>Not found</body></html>", "text/html", 404)
        etag = {"ETag": self.etag(period)} if self.has_etags else {}
        return Reply(body, "application/x-7z-compressed", headers=etag)

    def etag(self, period: str) -> str:
        return f'"{hashlib.sha256(self.files[period]).hexdigest()[:12]}"'
