"""The World Bank's indicators as its API answers: pages of a list of two, errors as if they were data."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.fetching.fake import Question, Reply

GROUPS = {"ECS": "Z7", "": "XD"}
"""Codes of three letters and of two; one group has no code of three."""


@dataclass
class WorldBank:
    """Figures by indicator, country and year; None: no figure. most: rows of a page, whatever is asked."""

    figures: dict[tuple[str, str, int], float | None] = field(default_factory=dict)
    updated: Callable[[Question], str] = lambda asked: "2026-07-13"
    most: int = 20_000
    message: tuple[str, str, str] | None = None
    short_by: int = 0  # rows left out, though they are announced
    body: bytes | None = None

    def __call__(self, asked: Question) -> Reply:
        if self.body is not None:
            return Reply(self.body, "text/xml")
        _, _, _, countries, _, indicator = asked.path.split("/")
        known = {code for _, code, _ in self.figures}
        asked_for = set(known) if countries == "all" else set(countries.split(";"))
        if self.message or asked_for - known or indicator not in {one for one, _, _ in self.figures}:
            return _said(
                self.message or ("120", "Invalid value", "The provided parameter value is not valid")
            )
        first, _, last = asked.params["date"].partition(":")
        years = range(int(first), int(last or first) + 1)
        rows = [
            _row(what, code, year, value)
            for (what, code, year), value in self.figures.items()
            if what == indicator and code in asked_for and year in years
        ]
        return self._page(asked, rows)

    def _page(self, asked: Question, rows: list[dict[str, object]]) -> Reply:
        size, page = min(int(asked.params["per_page"]), self.most), int(asked.params["page"])
        about = {
            "page": page, "pages": -(-len(rows) // size), "per_page": size, "total": len(rows),
            "sourceid": "2", "lastupdated": self.updated(asked),
        }  # fmt: skip
        shown = rows[(page - 1) * size : page * size][self.short_by :]
        return Reply(json.dumps([about, shown or None]).encode(), "application/json;charset=utf-8")


def _row(what: str, code: str, year: int, value: float | None) -> dict[str, object]:
    return {
        "indicator": {"id": what, "value": "Invented, for tests"},
        "country": {"id": GROUPS.get(code, code), "value": f"Invented {code}"},
        "countryiso3code": code, "date": str(year), "value": value,
        "unit": "", "obs_status": "", "decimal": 0,
    }  # fmt: skip


def _said(message: tuple[str, str, str]) -> Reply:
    told = dict(zip(("id", "key", "value"), message, strict=True))
    return Reply(json.dumps([{"message": [told]}]).encode(), "application/json;charset=utf-8")
