"""Which ways around are known to divert goods: the answers of `diversion`, as evidence on shipments."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from entrepot import answers
from entrepot.errors import NoDataError, UsageError
from entrepot.model.commodity import parse_commodity
from entrepot.model.event import groups_bound
from entrepot.model.period import parse_window
from entrepot.model.provenance import Snapshot
from entrepot.screening._saved import Saved, saved
from entrepot.screening._spans import usual_spans
from entrepot.store import Store

_TEXT, _FLOAT = pa.string(), pa.float64()
SCHEMA: Final = pa.schema(
    [
        *((name, _TEXT) for name in ("origin", "hub", "destination", "commodity", "list", "base", "window")),
        *((name, pa.date32()) for name in ("window_first", "window_last")),
        *(("discovered", pa.bool_()), ("total", _FLOAT), ("low_90", _FLOAT), ("high_90", _FLOAT)),
        *(("currency", _TEXT), ("coverage", _FLOAT), ("snapshots", _TEXT)),
        *(("asked", _TEXT), ("good", _TEXT), ("tested_goods", pa.int64()), ("discovered_goods", pa.int64())),
    ]
)
"""Columns of a corridor. See `corridors`."""

UNTESTED: Final = pa.schema([(name, _TEXT) for name in ("origin", "destination", "asked", "because")])
"""Columns of what could not be asked."""

_DIGITS = 6
Row = dict[str, Any]


@dataclass(frozen=True)
class Corridors:
    """Evidence on corridors, what could not be tested and why, and what all of it rests on."""

    rows: pa.Table  # SCHEMA
    untested: pa.Table  # UNTESTED
    snapshots: Sequence[Snapshot] = ()
    warnings: Sequence[str] = ()


def corridors(
    store: Store,
    *,
    origins: Iterable[str],
    destinations: Iterable[str],
    commodity: str,
    base: str = "",
    window: str = "",
    until: date | None = None,
    hubs: Collection[str] = (),
    alone: bool = True,
    as_of: date | None = None,
) -> Corridors:
    """One row per origin, hub, suspected destination and six-digit code; and one for the goods together.

    origins, destinations: our codes. commodity: as `diversion` takes it. base, window: as it takes them;
    where they are not told see `usual_spans`, and until: the day of the last shipment. hubs: those of the
    shipments; none: all. Each origin is asked alone, and so is the group whose exporters the same measures
    bind (EU27), whose rows have the group as `origin`; alone=False: such a group only. asked: whose exports
    the figures are of, all of them where a saved study asked about several together.

    total, low_90, high_90: what left for the hub beyond expectation in the window, of `asked`: units of
    `currency`, and its 90 % interval. discovered: at the false discovery rate of `diversion`. commodity:
    six digits; null: all goods asked for together. Where they are several national codes, the figures are of
    `good`: of the codes discovered (else of all) the one whose interval begins highest; `discovered` says
    whether any is. tested_goods, discovered_goods: how many there are. Sums are not made: their interval is
    not the sum of intervals. What cannot be asked is in `untested` with the reason, never a row of false.
    Codes of fewer than six digits have no rows of their own. Raises UsageError for unknown words.
    """
    for word, parse in ((commodity, parse_commodity), (base, parse_window), (window, parse_window)):
        if word:
            parse(word)  # a word not understood is no pair that cannot be tested
    study = _Study(store, commodity, base, window, until, as_of)
    evidence: list[Row] = []
    untested: list[Row] = []
    found: list[Saved] = []
    for asked, told in _asked(origins, alone=alone).items():
        for destination in dict.fromkeys(destinations):
            try:
                both = study.of(asked, destination)
            except (NoDataError, UsageError) as error:
                untested += [_untested(origin, destination, asked, error) for origin in told]
                continue
            found += both
            evidence += [row for one in both for row in _evidence(one, hubs)]
    return Corridors(
        _table(evidence),
        pa.Table.from_pylist(untested, schema=UNTESTED),
        list({shot.snapshot: shot for one in found for shot in one.snapshots}.values()),
        list(dict.fromkeys(warning for one in found for warning in one.warnings)),
    )


def read_corridors(path: Path, hubs: Collection[str] = ()) -> Corridors:
    """The corridors of a file that `entrepot diversion ... -o FILE` wrote, by hub or by cell.

    hubs: those of the shipments; none: all. JSON, Parquet and XLSX keep the question. Raises ReadError for
    another file, for CSV (it keeps neither base nor window), and for rows by product or chapter, which name
    no hub's goods.
    """
    told = Saved.read(path)
    return Corridors(_table(_evidence(told, hubs)), UNTESTED.empty_table(), told.snapshots, told.warnings)


# ------------------------------------------------------------------ asking
def _asked(origins: Iterable[str], *, alone: bool) -> dict[str, tuple[str, ...]]:
    """Whose exports are asked about, each with the origins it tells of."""
    wanted = tuple(dict.fromkeys(origins))
    found = {origin: [origin] for origin in wanted if alone or not groups_bound(origin)}
    for origin in wanted:
        for group in groups_bound(origin):
            found.setdefault(group, []).append(origin)
    return {asked: tuple(dict.fromkeys(told)) for asked, told in found.items()}


@dataclass(frozen=True)
class _Study:
    """What is asked of each pair of an origin and a destination."""

    store: Store
    commodity: str
    base: str
    window: str
    until: date | None
    as_of: date | None

    def of(self, origin: str, destination: str) -> list[Saved]:
        """By hub and by cell: the store keeps the study between the two. Raises NoDataError, UsageError."""
        base, window = self._spans(origin, destination)
        ends: dict[str, Any] = {"origin": origin, "destination": destination, "commodity": self.commodity}
        spans: dict[str, Any] = {"base": base, "window": window, "as_of": self.as_of}
        return [saved(answers.diversion(self.store, **ends, **spans, by=by)) for by in ("hub", "cell")]

    def _spans(self, origin: str, destination: str) -> tuple[str, str]:
        if self.base and self.window:
            return self.base, self.window
        goods = parse_commodity(self.commodity)
        ends = {"origin": origin, "destination": destination}
        base, window = usual_spans(self.store, **ends, goods=goods, until=self.until, as_of=self.as_of)
        return self.base or str(base), self.window or str(window)


def _untested(origin: str, destination: str, asked: str, error: Exception) -> Row:
    return {"origin": origin, "destination": destination, "asked": asked, "because": str(error)}


# ------------------------------------------------------------------ rows
def _evidence(told: Saved, hubs: Collection[str]) -> Iterator[Row]:
    """The rows of one answer, for each origin and destination it names."""
    window = parse_window(told.window)
    alike = {
        "list": told.goods,
        "base": told.base,
        "window": told.window,
        "currency": told.currency,
        "window_first": window.first,
        "window_last": window.last,
        "snapshots": " ".join(told.told_in),
        "asked": "+".join(told.origins),
    }
    found = _by_hub(told, hubs) if told.by == "hub" else _by_code(told, hubs)
    for row in found:
        for origin in told.origins:
            for destination in told.destinations:
                yield {**row, **alike, "origin": origin, "destination": destination}


def _totals(told: Saved, hubs: Collection[str]) -> list[Row]:
    """The rows of both channels together, of single hubs, with money by its plain name."""
    rows, unit = told.rows, told.currency.lower()
    kept = pc.and_(pc.equal(rows["channel"], "total"), pc.not_equal(rows["hub"], "all"))
    if hubs:
        kept = pc.and_(kept, pc.is_in(rows["hub"], pa.array(sorted(hubs), _TEXT)))
    names = {"rerouted": "total", "low_90": "low_90", "high_90": "high_90"}
    columns = {
        name: rows[name] for name in ("hub", "commodity", "discovered", "coverage", "discovered_goods")
    }
    columns |= {to: rows[f"{name}_{unit}"] for name, to in names.items()}
    found: list[Row] = pa.table(columns).filter(kept).to_pylist()
    return found


def _by_hub(told: Saved, hubs: Collection[str]) -> Iterator[Row]:
    for row in _totals(told, hubs):
        yield {**row, "commodity": None}


def _by_code(told: Saved, hubs: Collection[str]) -> Iterator[Row]:
    """One row per hub and six digits, of the code that speaks for them."""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in _totals(told, hubs):
        code = row["commodity"]
        if code.isdigit() and len(code) >= _DIGITS:
            found.setdefault((row["hub"], code[:_DIGITS]), []).append(row)
    for (_, six), rows in found.items():
        best = max(rows, key=lambda row: (row["discovered"] is True, row["low_90"] or 0.0))
        counts = {"tested_goods": sum(row["discovered"] is not None for row in rows)}
        counts["discovered_goods"] = sum(row["discovered"] is True for row in rows)
        yield {**best, "good": best["commodity"], "commodity": six, **counts}


def _table(rows: Iterable[Row]) -> pa.Table:
    found = sorted(
        rows, key=lambda row: [row[name] or "" for name in ("origin", "hub", "destination", "commodity")]
    )
    return pa.Table.from_pylist(found, schema=SCHEMA)
