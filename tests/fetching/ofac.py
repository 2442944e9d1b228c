"""OFAC as it answers: each file by a redirect, with the publication's number. Invented parties."""

from dataclasses import dataclass

from tests.fetching.fake import Question, Reply

_NONE = "-0- "
_WIDTH = {"SDN": 12, "ADD": 6, "ALT": 5, "CONS_PRIM": 12, "CONS_ADD": 6, "CONS_ALT": 5}


@dataclass
class Ofac:
    """One publication: the numbers of the parties listed, alike in both lists."""

    parties: tuple[int, ...] = (36, 173)
    edition: str = "969"
    modified: str = "Fri, 04 Sep 2026 14:01:44 GMT"
    is_shut: bool = False  # its firewall lets no program in
    late: tuple[str, ...] = ()  # files that are still those of the publication before
    wider: tuple[str, ...] = ()  # files with a column more

    def __call__(self, asked: Question) -> Reply:
        if self.is_shut:
            return Reply(b"<html><body>Forbidden</body></html>", "text/html", 403)
        folder, _, file = asked.path.rpartition("/")
        if folder == "/api/PublicationPreview/exports":
            return Reply(b"", "text/plain", 302, {"Location": f"/bucket/{file}?X-Amz-Signature=secret"})
        name = file.removesuffix(".CSV")
        late = file in self.late
        headers = {
            "ETag": f'"{file} {self.edition}{" late" if late else ""}"',
            "Last-Modified": self.modified,
            "x-amz-meta-publication-id": "968" if late else self.edition,
        }
        return Reply(self._table(name), "text/csv", headers=headers)

    def _table(self, name: str) -> bytes:
        width = _WIDTH[name] + (f"{name}.CSV" in self.wider)
        rows = [
            ",".join([str(number), f'"COMPANY {number} (invented),\r\nof two lines"', *[_NONE] * (width - 2)])
            for number in self.parties
        ]
        return ("\r\n".join(rows) + "\r\n\x1a").encode()
