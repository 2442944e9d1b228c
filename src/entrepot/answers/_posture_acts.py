"""What a posture draws from acts, votes and figures printed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from entrepot.answers._posture_asked import (
    Asked,
    Candidate,
    named,
    one_source,
    shifted,
    span_text,
    texts_among,
)
from entrepot.answers._spans import periods, sides
from entrepot.measures import acts as _acts
from entrepot.measures import posture as _posture
from entrepot.measures import votes as _votes
from entrepot.measures.posture import Evidence
from entrepot.model.act import LISTED, covers, files_of, known_acts
from entrepot.model.constant import column
from entrepot.model.period import Window
from entrepot.model.posture import Absent, Dimension, Printed, Series, absent, printed
from entrepot.model.provenance import Cited
from entrepot.store import Store

if TYPE_CHECKING:
    from ibis.expr.types import Table

_LISTS: Final = "lists of entrepot: "
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Beside:
    """The acts and votes of a store that bear on a question."""

    store: Store
    asked: Asked
    queries: dict[str, str] = field(default_factory=dict)

    def candidate(self, dimension: Dimension, series: Series) -> Candidate:
        """What registers and lists known on the day tell; else later ones, cut to what was past."""
        found = Candidate(series.name, why="not held", proxy=series.proxy)
        for later in (False, True):
            if later and (self.asked.strict or self.asked.as_of is None):
                break
            one = self._told(dimension, series, later=later)
            if one.evidence or not found.evidence:
                found = replace(one, later=self._is_later(one))
            if found.evidence and not found.is_too_old(dimension, self.asked):
                break
        return found

    def _is_later(self, one: Candidate) -> bool:
        day = self.asked.as_of
        cards = {card.snapshot: card.published for card in self.store.snapshots()}
        return day is not None and any(cards[name] > day for name in one.snapshots)

    def _acts(self, *, later: bool) -> Table:
        """Registers of the day, or later ones; of the package's lists what could be known on the day."""
        rows = self.store.acts(self.asked.as_of)
        if not later:
            return rows
        registers = self.store.acts(None)
        return registers.filter(registers.snapshot.notnull()).union(rows.filter(rows.snapshot.isnull()))

    def _told(self, dimension: Dimension, series: Series, *, later: bool) -> Candidate:
        if series.kind == "votes":
            return self._votes(dimension, series, None if later else self.asked.as_of)
        rows = self._acts(later=later)
        rows = rows.filter(rows.kind.isin(series.acts))
        if series.by == "stance":
            return self._stances(rows, dimension, series)
        pairs = [self._pair]
        pairs += [(self.asked.partner, self.asked.actor)] if "exercise" in series.acts else []
        found = [self._counted(rows, dimension, series, pair) for pair in pairs]
        return next((one for one in found if one.evidence), found[0])

    # ------------------------------------------------------------ acts counted
    def _counted(self, rows: Table, dimension: Dimension, series: Series, pair: tuple[str, str]) -> Candidate:
        ends = (sides(pair[:1]), sides(pair[1:]))
        everything = _acts.in_view(
            rows, *ends, periods(Window(date(1900, 1, 1), self.asked.complete), "none")
        )
        dated = self.store.run(everything.select("precision").distinct())["precision"].to_pylist()
        by = "year" if "year" in dated else "month"
        base, window = (self.asked.years if by == "year" else self.asked.past)(dimension.baseline_years)
        if window is None:
            return Candidate(series.name, why="no period after the event was past", proxy=series.proxy)
        expr = _acts.counted(rows, self._covers(rows, series), *ends, periods(_both(base, window), by))
        self.queries[series.name] = self.store.sql(expr)
        told = [row for row in self.store.run(expr).to_pylist() if row["months"]]
        told += self._absent(series, pair) if by == "month" else []
        return self._of_counts(told, series, pair, (base, window), by)

    def _absent(self, series: Series, pair: tuple[str, str]) -> Rows:
        """Months of which a text says that there was no act."""
        return [
            {"period": month, "acts": 0, "source": one.source, "status": "published", "text": one}
            for one in (absent(*pair, series.acts, self.asked.as_of) if self.asked.texts else ())
            for month in one.window.months
        ]

    def _covers(self, rows: Table, series: Series) -> Table:
        listed = _acts.listed(covers(), self.asked.as_of)
        both = _acts.registers(rows).select(*listed.columns).union(listed)
        return both.filter(both.kind.isin(series.acts))

    def _of_counts(
        self, told: Rows, series: Series, pair: tuple[str, str], sides: tuple[Window, Window], by: str
    ) -> Candidate:
        """Each period told by the source that tells most of it; only calendar months that both sides have."""
        base, window = sides
        after, before = (_best(told, span) for span in (window, base))
        seasons = {day.month for day in after} & {day.month for day in before}
        after, before = ({d: n for d, n in one.items() if d.month in seasons} for one in (after, before))
        none = Candidate(series.name, proxy=series.proxy)
        if not after or not before:
            return replace(none, why="nobody tells of both sides of the event" if told else "not held")
        months = 12 if by == "year" else 1
        spans = len(after) * months, len(before) * months
        evidence = _posture.counts(sum(after.values()), spans[0], sum(before.values()), spans[1])
        if evidence is None:
            return replace(none, why="none on either side of the event")
        used = [row for row in told if _day(row["period"]) in after.keys() | before.keys()]
        return self._candidate(
            series, evidence, used, (sorted(before), sorted(after)), pair, by=by, unit="acts a month"
        )

    # ------------------------------------------------------------ stances
    def _stances(self, rows: Table, dimension: Dimension, series: Series) -> Candidate:
        base, window = self.asked.past(dimension.baseline_years)
        none = Candidate(series.name, why="not held", proxy=series.proxy)
        if window is None:
            return replace(none, why="no month after the event was past")
        ends = sides((self.asked.actor,)), sides((self.asked.partner,))
        expr = _acts.in_view(rows, *ends, periods(_both(base, window), "none")).order_by("date", "key")
        self.queries[series.name] = self.store.sql(expr)
        told = [row for row in self.store.run(expr).to_pylist() if row["stance"] is not None]
        after, before = ([r for r in told if _is_in(r["date"], span)] for span in (window, base))
        evidence = _posture.means(*([row["stance"] for row in one] for one in (after, before)))
        if evidence is None:
            return replace(none, why="none on one side of the event" if told else "not held")
        days = tuple(sorted({_day(row["date"]).replace(day=1) for row in one}) for one in (before, after))
        return self._candidate(series, evidence, before + after, days, self._pair, unit="stance")

    # ------------------------------------------------------------ votes
    def _votes(self, dimension: Dimension, series: Series, known: date | None) -> Candidate:
        base, window = self.asked.past(dimension.baseline_years)
        if window is None:
            return Candidate(series.name, why="no month after the event was past", proxy=series.proxy)
        pair = self._pair
        rows = self.store.votes(known)
        cast = rows.filter(rows.area.isin(pair), rows.date >= base.first)
        cast = cast.filter(cast.date <= self.asked.as_of) if self.asked.as_of else cast
        ends = (column("area", pair[:1]), column("area", pair[1:]))
        months = periods(_both(base, window), "month")
        expr = _votes.agreement(self.store.landed(cast), *ends, months)
        self.queries[series.name] = self.store.sql(expr)
        told = self.store.run(expr).to_pylist()
        after, before = ([r for r in told if _is_in(r["period"], span)] for span in (window, base))
        evidence = _posture.votes(*(_steps(one) for one in (after, before)))
        if evidence is None:
            why = "no roll call of both on both sides of the event" if told else "not held"
            return Candidate(series.name, why=why, proxy=series.proxy)
        days = tuple([_day(row["period"]) for row in one] for one in (before, after))
        return self._candidate(series, evidence, before + after, days, self._pair, unit="S")

    @property
    def _pair(self) -> tuple[str, str]:
        return self.asked.actor, self.asked.partner

    def _listed(self, series: Series, pair: tuple[str, str], days: Sequence[list[date]]) -> Cited:
        """The lists of the package behind acts, with what these cite from the baseline to the window."""
        span = Window(days[0][0], days[1][-1])
        told = [
            one
            for one in known_acts(self.asked.as_of)
            if (one.actor, one.partner) == pair and one.kind in series.acts and _is_in(one.date, span)
        ]
        citations = tuple(sorted({f"{one.citation} {one.url}".strip() for one in told}))
        return Cited(", ".join(files_of(*pair, series.acts)), "list", citations)

    def _candidate(
        self,
        series: Series,
        evidence: Evidence,
        used: Rows,
        days: Sequence[list[date]],
        pair: tuple[str, str],
        *,
        unit: str,
        by: str = "month",
    ) -> Candidate:
        snapshots = tuple(sorted(set(_words(used, ("snapshots", "snapshot", "others")))))
        cards = {card.snapshot: card for card in self.store.snapshots()}
        sources = {one_source(cards[one].publisher) for one in snapshots}
        texts = {row["text"] for row in used if row.get("text")}
        sources |= {one.source for one in texts}
        cited = _texts(texts)
        if any(row.get("source") == LISTED for row in used):
            cited = (self._listed(series, pair, days), *cited)
            sources.add(_LISTS + cited[0].name)
        last = days[1][-1]
        return Candidate(
            series.name,
            evidence,
            unit=unit,
            baseline=span_text(days[0], by),
            window=span_text(days[1], by),
            last=shifted(last, 11 if by == "year" else 0),
            source="; ".join(sorted(sources)),
            status=" ".join(sorted(set(_words(used, ("status",))))),
            snapshots=snapshots,
            proxy=series.proxy,
            texts=tuple(
                sorted({named(one.source) for one in texts} | texts_among(cards[n] for n in snapshots))
            ),
            cited=cited,
        )


def printed_candidate(asked: Asked, dimension: Dimension, series: Series) -> Candidate:
    """The comparisons of the latest text that prints any, taken together."""
    if not asked.texts:
        return Candidate(series.name, why="figures printed in texts are left out", proxy=series.proxy)
    held = [one for one in printed(asked.actor, asked.partner, asked.as_of) if one.dimension == dimension.key]
    last = [one for one in held if one.published == max(other.published for other in held)]
    evidence = _posture.figures_printed([(o.before, o.after, _beside(o)) for o in last], series.spread)
    if evidence is None:
        return Candidate(series.name, why="no text prints any", proxy=series.proxy)
    return Candidate(
        series.name + f": {'; '.join(one.name for one in last)}",
        evidence,
        unit="ratio",
        baseline="; ".join(dict.fromkeys(str(one.base) for one in last)),
        window="; ".join(dict.fromkeys(str(one.window) for one in last)),
        last=max(one.window.last for one in last),
        source="; ".join(sorted({one.source for one in last})),
        status="published",
        proxy=series.proxy,
        printed=tuple(last),
        texts=tuple(sorted({named(one.source) for one in last})),
        cited=_texts(last),
    )


def _texts(told: Iterable[Printed | Absent]) -> tuple[Cited, ...]:
    """The texts behind what is told, each once."""
    plain = {(named(one.source), one.title, one.published) for one in told}
    return tuple(Cited(name, "text", (title,), day) for name, title, day in sorted(plain))


def _beside(one: Printed) -> float:
    """The log ratio of others, where the text prints it."""
    return math.log(one.beside_after / one.beside_before) if one.beside_before and one.beside_after else 0.0


def _both(base: Window, window: Window) -> Window:
    return Window(base.first, window.last)


def _best(told: Rows, span: Window) -> dict[date, int]:
    """Acts by period: kinds of one source are added, of several sources the one that tells most is taken."""
    by_source: dict[tuple[date, str], int] = {}
    for row in told:
        if _is_in(row["period"], span):
            key = (_day(row["period"]), row["source"])
            by_source[key] = by_source.get(key, 0) + row["acts"]
    found: dict[date, int] = {}
    for (day, _), count in by_source.items():
        found[day] = max(found.get(day, 0), count)
    return found


def _steps(rows: Rows) -> list[int]:
    return [sum(row[name] for row in rows) for name in ("same", "near", "apart")]


def _is_in(day: date, span: Window) -> bool:
    return span.first <= _day(day).replace(day=1) <= span.last


def _day(value: Any) -> date:
    return value if type(value) is date else value.date()


def _words(rows: Rows, columns: Sequence[str]) -> Iterator[str]:
    for row in rows:
        for name in columns:
            yield from (row.get(name) or "").split()
