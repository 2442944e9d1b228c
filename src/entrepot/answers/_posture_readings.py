"""The readings of every dimension: which candidate each is read from, and what they come to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from entrepot.answers._posture_acts import Beside, printed_candidate
from entrepot.answers._posture_asked import Asked, Candidate
from entrepot.answers._posture_trade import Trade
from entrepot.measures.verdict import Reading, Verdict, assume, weighed
from entrepot.model.posture import Dimension, Series, dimensions
from entrepot.model.provenance import DOCUMENTS, Cited
from entrepot.store import Store


@dataclass(frozen=True)
class Line:
    """One dimension: every candidate, and the one it is read from."""

    dimension: Dimension
    candidates: tuple[Candidate, ...]
    read: Candidate  # with no evidence where it is not told
    why: str  # why this one, or why none

    @property
    def reading(self) -> Reading:
        """The reading, not told where there is no evidence."""
        about = self.dimension
        plain = Reading(about.key, about.of, about.role)
        if self.read.evidence is None:
            return plain
        ends = self.read.evidence.reading
        stands = self.read.evidence.stands
        return Reading(about.key, about.of, about.role, *ends, self.read.source, self.read.proxy, stands)


@dataclass(frozen=True)
class Told:
    """What a store tells of one area towards another on one day."""

    asked: Asked
    lines: tuple[Line, ...]
    readings: tuple[Reading, ...]  # with what is assumed in place
    verdict: Verdict
    assumed: Mapping[str, float]
    queries: dict[str, str] = field(default_factory=dict)
    without_texts: Verdict | None = None  # None where no text is read

    @property
    def of_texts(self) -> dict[str, list[Line]]:
        """The texts that print what is read, each with the dimensions it is read of."""
        found: dict[str, list[Line]] = {}
        for line in self.lines:
            for text in line.read.texts:
                found.setdefault(text, []).append(line)
        return found

    @property
    def is_of_texts_alone(self) -> bool:
        """Whether no reading has a file of statistics or of acts behind it."""
        return bool(self.of_texts) and not any(
            one.read.snapshots and not one.read.texts for one in self.lines
        )

    @property
    def alone(self) -> Verdict:
        """The verdict of statistics and lists of acts, without any text."""
        return self.without_texts or self.verdict

    @property
    def cited(self) -> list[tuple[str, Cited]]:
        """The texts and lists behind the readings, each with its dimension."""
        return [(line.dimension.key, one) for line in self.lines for one in line.read.cited]


def read(store: Store, asked: Asked, put: Mapping[str, float]) -> Told:
    """Every dimension, read from the first of its candidates that tells it; or as `put`."""
    trade, beside = Trade(store, asked), Beside(store, asked)
    lines = tuple(_line(trade, beside, one) for one in dimensions())
    told = _told(asked, lines, put, trade.queries | beside.queries)
    if not told.of_texts:
        return told
    return replace(told, without_texts=_told(asked, _bare(store, asked, lines), put, {}).verdict)


def _told(asked: Asked, lines: tuple[Line, ...], put: Mapping[str, float], queries: dict[str, str]) -> Told:
    readings = [line.reading for line in lines]
    for key, value in put.items():
        readings = assume(readings, key, value)
    shown = tuple(_assumed(line) if line.dimension.key in put else line for line in lines)
    return Told(asked, shown, tuple(readings), weighed(readings), put, queries)


def _assumed(line: Line) -> Line:
    """The line of a reading that is put in place: read from no candidate."""
    return replace(line, read=Candidate("assumed"), why="put in place (--assume)")


def _bare(store: Store, asked: Asked, lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """The lines as if no text printed anything: what is read of one is asked anew."""
    held, left = store.leaving_out(DOCUMENTS), replace(asked, texts=False)
    trade, beside = Trade(held, left), Beside(held, left)

    def again(line: Line) -> Line:
        about = zip(line.candidates, line.dimension.series, strict=True)
        found = (_candidate(trade, beside, line.dimension, of) if one.texts else one for one, of in about)
        return _chosen(asked, line.dimension, tuple(found))

    return tuple(again(line) if line.read.texts else line for line in lines)


def _line(trade: Trade, beside: Beside, dimension: Dimension) -> Line:
    found = tuple(_candidate(trade, beside, dimension, series) for series in dimension.series)
    return _chosen(trade.asked, dimension, found)


def _chosen(asked: Asked, dimension: Dimension, found: tuple[Candidate, ...]) -> Line:
    fresh = [one for one in found if one.evidence and not one.is_too_old(dimension, asked)]
    if fresh and (held := _before_proxy(found, fresh[0])):
        return Line(dimension, found, Candidate("", why=held), held)
    if fresh:
        return Line(dimension, found, fresh[0], _why(found, fresh[0]))
    old = [one for one in found if one.evidence]
    reasons = [f"the last figures end with {one.last:%Y-%m}, too old to tell" for one in old]
    why = "; ".join(dict.fromkeys(reasons or [one.why for one in found if one.why]))
    return Line(dimension, found, Candidate("", why=why), why)


def _before_proxy(found: tuple[Candidate, ...], chosen: Candidate) -> str:
    """Why the goods themselves, though held on both sides, tell nothing, where only a proxy would."""
    before = found[: found.index(chosen)] if chosen.proxy else ()
    return next((f"{one.series}: {one.why}" for one in before if one.is_held and not one.proxy), "")


def without_source(told: Told) -> Iterator[tuple[str, Verdict]]:
    """The verdict without each text or publisher at once: of what it tells, the next candidate is read."""
    every = {one for line in told.lines for one in _sources(line.read)}
    for source in sorted(every):
        lines = tuple(_without(told.asked, line, source) for line in told.lines)
        yield source, _told(told.asked, lines, told.assumed, {}).verdict


def _without(asked: Asked, line: Line, source: str) -> Line:
    left = tuple(one for one in line.candidates if source not in _sources(one))
    return _chosen(asked, line.dimension, left) if source in _sources(line.read) else line


def _sources(one: Candidate) -> set[str]:
    return set(one.source.split("; ")) - {""}


def _why(found: tuple[Candidate, ...], chosen: Candidate) -> str:
    before = [one.series for one in found[: found.index(chosen)]]
    return f"not told: {'; '.join(before)}" if before else "the first choice"


def _candidate(trade: Trade, beside: Beside, dimension: Dimension, series: Series) -> Candidate:
    if series.kind == "trade":
        return trade.candidate(dimension, series)
    if series.kind == "printed":
        return printed_candidate(trade.asked, dimension, series)
    return beside.candidate(dimension, series)
