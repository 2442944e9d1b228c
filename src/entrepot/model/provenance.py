"""Who published what, when, under which licence: cards of sources, and snapshots of their files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any, Final

DOCUMENTS: Final = "documents"
"""The source of figures typed from documents: what a text prints is no evidence of what the text says."""


@dataclass(frozen=True)
class Card:
    """What is known of a source before any file of it is read (sources/<name>/card.toml)."""

    name: str
    publisher: str
    title: str
    url: str
    licence: str
    citation: str
    rank: int  # which source speaks for a cell that two report: the lower number
    units: str
    valuation: str
    partner_basis: str
    passing_on: str = "not stated"  # whether its figures may be passed on, by the licence as we read it
    row_limits: tuple[int, ...] = ()  # a file with exactly so many rows was probably cut off
    complete: tuple[str, ...] = ()  # axes a file covers wholly: partner, commodity
    max_reject_share: float = 0.5  # above it the file is stopped: it is not what it looks like
    assertions: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Scope:
    """What a snapshot speaks for: a block of reporter, flow, ... by periods, partners and commodities.

    `partners` or `commodities` None means all of them (of the digits held). A later snapshot replaces
    an earlier one inside the block, also where it has no row: a row that vanished in a revision is gone.
    """

    reporter: str
    flow: str
    frequency: str
    partner_basis: str
    currency: str
    hs_revision: str | None
    breakdown: str
    periods: frozenset[date]
    partners: frozenset[str] | None
    commodities: frozenset[str] | None
    digits: frozenset[int | None] = frozenset()

    @property
    def key(self) -> tuple[str, str, str, str, str]:
        """Scopes of different keys never speak for the same cell."""
        return (self.reporter, self.flow, self.frequency, self.partner_basis, self.currency)


@dataclass(frozen=True)
class Cited:
    """What figures or acts are cited from that no file of the store tells: a text, a list of the package."""

    name: str
    kind: str  # text | list
    citations: tuple[str, ...]
    published: date | None = None  # a list grows: it has no day
    used_for: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        """In one line: the text itself, or the name of the list and how much it cites."""
        day = f", published {self.published}" if self.published else ""
        cites = self.citations[0] if len(self.citations) == 1 else f"{len(self.citations)} citations"
        typed = "typed by hand" if self.kind == "list" else "figures printed, typed by hand"
        return f"{self.name}, {typed} ({', '.join(self.used_for)}){day}: {cites}"

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, dates as ISO text."""
        day = self.published.isoformat() if self.published else None
        lists = {"citations": list(self.citations), "used_for": list(self.used_for)}
        return {"name": self.name, "kind": self.kind, "published": day} | lists


@dataclass(frozen=True)
class Request:
    """What a publisher was asked, where a file is its answer: it speaks for all of it, rows or none."""

    url: str  # without a key
    partners: frozenset[str] = frozenset()
    commodities: frozenset[str] = frozenset()
    flows: frozenset[tuple[str, str]] = frozenset()  # each with its partner's basis
    periods: frozenset[date] = frozenset()


@dataclass(frozen=True)
class Snapshot:
    """One file as it was on one day: an append-only fact."""

    snapshot: str  # start of the sha256: the name used in every row
    sha256: str
    source: str
    format: str
    file: str  # its name, never its folder
    size_bytes: int
    published: date
    published_is_known: bool  # false: the day of adding stands in for it
    retrieved: datetime
    publisher: str
    licence: str
    citation: str
    rank: int
    rows: int
    rejects: int
    missing: int  # cells the publisher marks as not available; stored nowhere, counted here
    warnings: tuple[str, ...] = ()
    kind: str = "flows"  # which table of the store has its rows (model.kind)
    url: str = ""  # where it was fetched, with what was asked; empty for a file of the user's

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, dates as ISO text."""
        plain = asdict(self)
        return plain | {"published": self.published.isoformat(), "retrieved": self.retrieved.isoformat()}

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Snapshot:
        """The inverse of to_json."""
        values = dict(plain)
        values["published"] = date.fromisoformat(values["published"])
        values["retrieved"] = datetime.fromisoformat(values["retrieved"])
        values["warnings"] = tuple(values["warnings"])
        return cls(**values)
