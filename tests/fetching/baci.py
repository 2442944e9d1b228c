"""CEPII's folder as it answers: the page of versions, and archives of years. Of invented trade."""

import hashlib
import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.fetching.fake import Question, Reply


def year(of: int, value: int) -> bytes:
    """A year's file: exports of Kazakhstan to Kyrgyzstan, and a larger one to Russia."""
    rows = [f"{of},398,417,870322,{value},1.5", f"{of},398,643,870322,{value * 10},NA"]
    return "\n".join(["t,i,j,k,v,q", *rows, ""]).encode()


def archive(years: Mapping[str, bytes], revision: str = "HS22", version: str = "202601") -> bytes:
    """Years' files and CEPII's lists, as one zip."""
    named = {f"BACI_{revision}_Y{of}_V{version}.csv": content for of, content in years.items()}
    lists = {f"country_codes_V{version}.csv": b"country_code\n", "Readme.txt": b"Read me"}
    return packed({**named, **lists})


def packed(files: Mapping[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packing) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return out.getvalue()


@dataclass
class Baci:
    """What is in the folder: archives by name."""

    archives: dict[str, bytes] = field(default_factory=dict)
    page: bytes | None = None

    def __call__(self, asked: Question) -> Reply:
        if asked.path == "/doc/baci_webpage.html":
            return Reply(self.page or self._page(), "text/html")
        body = self.archives.get(asked.path.removeprefix("/data/"))
        if body is None:
            return Reply(b"Not found", "text/html", 404)
        etag = f'"{hashlib.sha256(body).hexdigest()[:12]}"'
        return Reply(body, "application/zip", headers={"ETag": etag})

    def _page(self) -> bytes:
        links = "".join(f'<a href="../data/{name}">{name}</a>' for name in self.archives)
        return f"<html><section id='download-links'>{links}</section></html>".encode()
