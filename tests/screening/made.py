"""Searches and lists of invented parties."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa

from entrepot.screening.cases import Case, case_of_flag, case_of_match, fingerprint
from entrepot.screening.records import Counts, Given, Matcher, Search, Searched

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
LIST = Searched(
    "ours", "Ministry of Xanadu", "ours.csv", "2026-04", date(2026, 4, 1), "ab" * 32, parties=3, names=5
)
MATCH = Case(
    case_of_match("Zorvan Trading", "ours", "p1"),
    "match",
    "Zorvan Trading ~ Zorvan Trade House (ours p1)",
    "f1",
    "ours",
    "p1",
)
FLAG = Case(
    case_of_flag("free-email", {"consignee": "Qulb OOO", "consignee_email": "qulb@post.example"}),
    "flag",
    "free-email: Qulb OOO uses post.example",
    fingerprint({"consignee_email": "qulb@post.example"}),
)


def search(**also: Any) -> Search:
    """A search of two shipments that found one match and one flag."""
    usual: dict[str, Any] = {
        "when": NOW,
        "version": "0.1.0",
        "question": {"command": "screen", "lists": "ours.csv", "consignee": "Zorvan Trading"},
        "given": Given("shipments.csv", "cd" * 32, 2),
        "lists": [LIST],
        "matcher": Matcher("test matcher", "1.2", 0.85),
        "rules": "ef" * 32,
        "snapshots": ["0123456789abcdef"],
        "counts": Counts(2, 4, 1, {"free-email": 1, "embargo": 0}, {"embargo": 2}, 3),
        "result": "12" * 32,
        "cases": [MATCH, FLAG],
    }
    return Search(**usual | also)


@dataclass(frozen=True)
class Edition:
    """A list of parties in one edition: party -> its fingerprint and names."""

    name: str
    told: dict[str, tuple[str, tuple[str, ...]]]

    @property
    def parties(self) -> pa.Table:
        return pa.table(
            {"party": list(self.told), "fingerprint": [mark for mark, _ in self.told.values()]},
            schema=pa.schema([("party", pa.string()), ("fingerprint", pa.string())]),
        )

    @property
    def names(self) -> pa.Table:
        pairs = [(party, name) for party, (_, names) in self.told.items() for name in names]
        return pa.table(
            {"party": [party for party, _ in pairs], "name": [name for _, name in pairs]},
            schema=pa.schema([("party", pa.string()), ("name", pa.string())]),
        )
