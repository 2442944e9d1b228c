"""OpenSanctions as it answers: an index, and each build at an address of its own. Invented parties."""

import csv
import hashlib
import io
import json
from dataclasses import dataclass, field

from tests.fetching.fake import Question, Reply

_COLUMNS = (
    "id", "schema", "name", "aliases", "birth_date", "countries", "addresses", "identifiers", "sanctions",
    "phones", "emails", "program_ids", "dataset", "first_seen", "last_seen", "last_change",
)  # fmt: skip


@dataclass
class OpenSanctions:
    """What is published: names by build, the last build being the newest."""

    builds: dict[str, list[str]] = field(default_factory=dict)
    base: str = "https://data.opensanctions.org"  # what the index says, whoever serves it
    columns: tuple[str, ...] = _COLUMNS
    told: dict[str, object] = field(default_factory=dict)  # what the index says otherwise

    def __call__(self, asked: Question) -> Reply:
        build = list(self.builds)[-1]
        if asked.path == "/datasets/latest/sanctions/index.json":
            return Reply(json.dumps(self._index(build)).encode())
        if asked.path == f"/artifacts/sanctions/{build}/targets.simple.csv":
            return Reply(self.table(build), "text/csv", headers={"ETag": f'"{build}"'})
        return Reply(b"not found", "text/plain", 404)

    def table(self, build: str) -> bytes:
        text = io.StringIO(newline="")
        rows = csv.DictWriter(text, self.columns, dialect="unix", restval="", extrasaction="ignore")
        rows.writeheader()
        for place, name in enumerate(self.builds[build]):
            rows.writerow({"id": f"XX-{place}", "schema": "Company", "name": name, "countries": "xa"})
        return text.getvalue().encode()

    def _index(self, build: str) -> dict[str, object]:
        day = f"{build[:4]}-{build[4:6]}-{build[6:8]}T06:58:01"
        other = {"name": "names.txt", "url": f"{self.base}/names.txt", "checksum": "0" * 40}
        told = {
            "name": "sanctions",
            "version": build,
            "last_export": day,
            "resources": [other, self.resource(build)],
        }
        return told | self.told

    def resource(self, build: str) -> dict[str, object]:
        """What the index says of the list."""
        table = self.table(build)
        return {
            "name": "targets.simple.csv",
            "url": f"{self.base}/artifacts/sanctions/{build}/targets.simple.csv",
            "checksum": hashlib.sha1(table, usedforsecurity=False).hexdigest(),
            "size": len(table),
        }
