"""What Comtrade answers: its envelope, what it has published, whether an answer is to the question."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from entrepot.model.area import lookup
from entrepot.sources._ask import Ask, BadAnswerError


@dataclass(frozen=True)
class Release:
    """A month or year of a reporter, as it is published now."""

    reporter: str
    period: str
    rows: int
    released: date
    version: str

    @property
    def mark(self) -> str:
        """Its name: the period, and the publisher's words for its state."""
        return f"{self.period} {self.version}"


def parsed(path: Path, content_type: str) -> dict[str, Any]:
    """The answer's envelope. Raises BadAnswerError for anything else."""
    if content_type and "json" not in content_type:
        raise BadAnswerError(f"it is {content_type.partition(';')[0][:40]}, not JSON")
    try:
        answer = json.loads(path.read_bytes(), parse_float=str)
    except (ValueError, RecursionError) as error:
        raise BadAnswerError(f"it is damaged or cut off ({str(error)[:80]})") from None
    if not isinstance(answer, dict) or not isinstance(answer.get("data"), list):
        raise BadAnswerError("it has no data: the interface has changed, or this is an error's text")
    if answer.get("error"):
        raise BadAnswerError(f"the publisher says {str(answer['error'])[:200]!r}")
    if answer.get("count", len(answer["data"])) != len(answer["data"]):
        raise BadAnswerError(f"it announces {answer['count']} rows and has {len(answer['data'])}")
    if not all(isinstance(row, dict) for row in answer["data"]):
        raise BadAnswerError("its rows are no rows")
    return answer


def releases(path: Path) -> Iterator[Release]:
    """What an answer to getDa lists. Raises BadAnswerError."""
    for row in parsed(path, "")["data"]:
        try:
            released = date.fromisoformat(str(row["lastReleased"])[:10])
            version = f"{row['lastReleased']} {row.get('datasetChecksum', '')}".strip()
            yield Release(
                str(row["reporterCode"]), str(row["period"]), int(row["totalRecords"] or 0), released, version
            )
        except (KeyError, ValueError, TypeError) as error:
            raise BadAnswerError(f"what it says of a month is not understood ({error!r})") from None


def refuse_others(ask: Ask, rows: Sequence[Mapping[str, Any]]) -> None:
    """An answer to another question is none: some parameters are passed over in silence."""
    asked = {"reporterCode": ask.axes["reporter"], "period": ask.axes["period"], "flowCode": ask.axes["flow"]}
    if ask.axes["partner"]:
        asked["partnerCode"] = ask.axes["partner"]
    for name, values in asked.items():
        if others := {str(row.get(name)) for row in rows} - set(values):
            raise BadAnswerError(f"it has {name} {min(others)}, which was not asked for")


def no_trade(ask: Ask, rows: Sequence[Mapping[str, Any]]) -> str:
    """Partners the answer has no row of: the publisher has the month, and reports no trade with them."""
    told = {str(row.get("partnerCode")) for row in rows}
    silent = [lookup("comtrade")[one] for one in ask.axes["partner"] if one not in told]
    return f"published, and no trade reported with {', '.join(silent)}" if silent else ""


def digest(rows: Sequence[Mapping[str, Any]]) -> str:
    """Of the rows alone: the time an answer took is in it too."""
    return hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest()
