"""Reads UN Comtrade: answers of its API (JSON, CSV), bulk files, the legacy CSV, two tables made of it."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from entrepot.sources._format import Format, Raw
from entrepot.sources._load import load_csv
from entrepot.sources.comtrade import _answer, _derived
from entrepot.sources.comtrade._columns import IGNORED, NEEDED, OPTIONAL, plain, renamed
from entrepot.sources.comtrade._rows import interpret

if TYPE_CHECKING:
    from pathlib import Path

    from entrepot.sources._head import Head


def _is_api_csv(head: Head) -> bool:
    """The API's columns in any spelling. Its files hold the words beside the codes, if only empty."""
    return _columns_fit(head) and not _is_bulk(head) and not _is_legacy(head)


def _is_bulk(head: Head) -> bool:
    """The same columns without the words, tab-separated: one reporter, period and classification whole."""
    return (
        _columns_fit(head) and head.delimiter == "\t" and not any("desc" in n.lower() for n in head.columns)
    )


def _is_legacy(head: Head) -> bool:
    """The file of the old site: columns named in words."""
    return head.kind == "text" and head.has("Classification", "Trade Flow Code", "Trade Value (US$)")


def _columns_fit(head: Head) -> bool:
    return head.kind == "text" and {plain(name) for name in head.columns} >= NEEDED


def _load(head: Head, scratch: Path) -> Raw:
    return renamed(load_csv(head, scratch))


def _published(head: Head) -> date | None:
    """The day in the publisher's name of a bulk file: COMTRADE-FINAL-CM504200003H1[2023-01-03]."""
    found = re.match(r"COMTRADE-FINAL.*\[(\d{4}-\d\d-\d\d)\]", head.path.name)
    try:
        return date.fromisoformat(found[1]) if found else None
    except ValueError:
        return None  # no such day: the user is asked for it, as where there is none


FORMATS = (
    Format("api-json", _answer.is_answer, interpret, NEEDED, OPTIONAL, IGNORED, load=_answer.load),
    Format("api-csv", _is_api_csv, interpret, NEEDED, OPTIONAL, IGNORED, load=_load),
    Format(
        "bulk",
        _is_bulk,
        interpret,
        NEEDED,
        OPTIONAL,
        IGNORED,
        load=_load,
        published=_published,
        complete=("partner", "commodity"),
    ),
    Format("legacy-csv", _is_legacy, interpret, NEEDED, OPTIONAL, IGNORED, load=_load),
    Format(
        "totals-by-name",
        _derived.is_totals,
        _derived.interpret_totals,
        handled=frozenset(_derived.TOTALS),
        load=_derived.load_totals,
        asks=frozenset({"flow"}),
        warnings=_derived.totals_warnings,
    ),
    Format(
        "china-minerals",
        _derived.is_minerals,
        _derived.interpret_minerals,
        handled=frozenset(_derived.MINERALS) - {"uv"},
        ignored={"uv": "val divided by qty"},
        warnings=_derived.minerals_warnings,
    ),
)
