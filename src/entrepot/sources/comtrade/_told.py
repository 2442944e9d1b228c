"""What Comtrade answers: its envelope, what it has published, whether an answer is to the question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from entrepot.model.area import lookup
from entrepot.sources._ask import Ask, BadAnswerError
from entrepot.sources._checks import json_of, refuse_kind


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
    refuse_kind(content_type, "JSON")
    answer = json_of(path, parse_float=str)
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
            mark = ascii(version)[1:-1].replace(";", ",")  # of a name that is text, and no two
            yield Release(
                str(row["reporterCode"]), str(row["period"]), int(row["totalRecords"] or 0), released, mark
            )
        except (KeyError, ValueError, TypeError, OverflowError) as error:
            raise BadAnswerError(f"what it says of a month is not understood ({error!r})") from None


def asked(ask: Ask) -> dict[str, tuple[str, ...]]:
    """What the columns of an answer may say: what was asked for."""
    columns = {"reporterCode": "reporter", "period": "period", "flowCode": "flow", "partnerCode": "partner"}
    named = {column: ask.axes[axis] for column, axis in columns.items() if ask.axes[axis]}
    return named | ({"cmdCode": ask.axes["commodity"]} if ask.commodities else {})


def silent_periods(ask: Ask, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Of several months asked for at once those of which not even the control row came: a fault."""
    return sorted(set(ask.axes["period"]) - {str(row.get("period")) for row in rows})


def no_trade(ask: Ask, rows: Sequence[Mapping[str, Any]]) -> str:
    """Partners the answer has no row of: the publisher has the month, and reports no trade with them."""
    told = {str(row.get("partnerCode")) for row in rows}
    silent = [lookup("comtrade")[one] for one in ask.axes["partner"] if one not in told]
    flows = sorted(set(ask.axes["flow"]) - {str(row.get("flowCode")) for row in rows})
    said = [f"no trade reported with {', '.join(silent)}"] if silent else []
    said += [f"no row of the flow {', '.join(flows)}"] if flows else []
    return f"published, and {'; '.join(said)}" if said else ""
