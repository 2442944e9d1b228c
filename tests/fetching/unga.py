"""The United Nations' library as it answers: a record's list of files, the file, or a page for people."""

import json
from dataclasses import dataclass, field

from tests.fetching.fake import Question, Reply

_RECORD = "/record/4060887/files/"


@dataclass
class Library:
    """Files by name. challenge: what is sent instead of anything else."""

    files: dict[str, bytes] = field(default_factory=dict)
    challenge: Reply | None = None

    def __call__(self, asked: Question) -> Reply:
        if self.challenge:
            return self.challenge
        if asked.path == "/api/v1/file" and asked.params == {"recid": "4060887"}:
            return Reply(json.dumps([_entry(name) for name in self.files]).encode())
        name = asked.path.removeprefix(_RECORD)
        tag = {"ETag": f'"{name}"'}
        return (
            Reply(self.files[name], "text/csv", headers=tag) if name in self.files else Reply(b"", status=404)
        )


def _entry(name: str) -> dict[str, str]:
    stem, _, kind = name.rpartition(".")
    return {
        "name": stem,
        "format": f".{kind}",
        "url": f"https://digitallibrary.un.org{_RECORD}{name}",
        "description": "English",
    }
