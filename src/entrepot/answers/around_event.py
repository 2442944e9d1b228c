"""What happened to trade around an event: the path expected, falls and rises, shifts, controls, placebos."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import pyarrow as pa

from entrepot.answers import _event_tables as tables
from entrepot.answers._event_data import Points, Question, points
from entrepot.answers._question import a_flow, behind, question_of
from entrepot.answers._shape import cautions
from entrepot.errors import NoDataError, UsageError
from entrepot.measures.cells import Selection
from entrepot.measures.episodes import DEFINITION, Episode, episodes
from entrepot.measures.event_study import Study, event_study
from entrepot.measures.path import TRENDS, Path, paths
from entrepot.measures.season import Slots, like, slots
from entrepot.measures.shift import Shift, level_shift
from entrepot.model.answer import Answer
from entrepot.model.area import group, resolve, resolve_many
from entrepot.model.commodity import parse_commodity
from entrepot.model.event import Event, events_for, the_event
from entrepot.model.flow import Flow
from entrepot.model.holiday import keeps_new_year
from entrepot.model.period import parse_window
from entrepot.store import Store

HUBS = ("eu-neighbours-6", "central-asia", "CCA3", "EAEU")
NOTES = {
    "expected": "the path of the months before the event, under the trend shown; before the event, the fit",
    "low_90": "the 90 % prediction interval of that path, from the errors of the months before the event",
    "compared": "what the fit reads: the value; of January and February of who keeps the Lunar New Year, "
    "their mean",
    "adjusted": "compared without the effects of the months, of the holiday and of the first lockdown",
    "episodes": DEFINITION,
    "shifts": "least trimmed squares over every position (Rousseeuw et al. 2019), block bootstrap",
    "event_study": "logs of the series less the mean of its controls, against the same before the event by "
    "calendar month; the interval supposes that the difference would have gone on as before",
    "tests": "(1 + placebos with a score at least as far from zero) / (1 + placebos); smallest_p_value is "
    "the least it can be; earlier dates overlap, so they are fewer witnesses than they count",
}


def event(
    store: Store,
    *,
    origin: str,
    destination: str,
    commodity: str = "TOTAL",
    event: str = "",
    control: str = "",
    control_commodity: str = "",
    period: str | None = None,
    trend: str = "linear",
    flow: str = "export",
    currency: str | None = None,
    as_of: date | None = None,
) -> Answer:
    """What trade of one origin with one destination did around an event, month by month.

    event: a key of sanctions/events.toml, or a date; empty takes the first that concerns the two. control:
    destinations to hold it against (empty: every one held); control_commodity: goods, code by code. trend:
    which of measures.path.TRENDS the rows show; all are in `choices`. Beside the rows: episodes, shifts,
    event_study, placebos, tests, choices, events, wedge. Raises NoDataError where too few months are held,
    or the data end before the event; UsageError.
    """
    if trend not in TRENDS:
        raise UsageError(f"trend {trend!r} is not known. Use one of: {', '.join(TRENDS)}.")
    ends, way = (resolve(origin), resolve(destination)), a_flow(flow)
    if way not in (Flow.EXPORT, Flow.IMPORT):
        raise UsageError(f"flow {flow!r} is a part of a flow. Use export or import.")
    about = Question(
        store,
        *ends,
        way,
        parse_commodity(commodity),
        _chosen(event, ends),
        resolve_many(control) if control else (),
        parse_commodity(control_commodity) if control_commodity else None,
        parse_window(period) if period else None,
        currency,
        as_of,
    )
    return _Asked(about, trend, period).answer()


def _chosen(text: str, ends: tuple[str, str]) -> Event:
    if text:
        return the_event(text.strip())
    found = events_for(*ends)
    if not found:
        raise UsageError(
            f"no event is recorded that concerns {' and '.join(ends)}. Name one, or a date: --event 2022-02."
        )
    return next((one for one in found if one.key == "invasion"), found[0])


@dataclass(frozen=True)
class _Asked:
    """A question with the trend its rows show."""

    about: Question
    trend: str
    period: str | None

    def answer(self) -> Answer:
        about = self.about
        made = self._beside()
        basket = Selection((about.origin,), (about.destination,), about.flow, about.basket)
        question = question_of(
            "event",
            basket,
            about.as_of,
            origin=about.origin,
            destination=about.destination,
            event=about.event.key,
            date=about.event.date,
            title=about.event.title,
            trend=self._shown.trend,
            control=list(self._study_controls),
            period=self.period,
            by="month",
        )
        return Answer(
            question,
            tables.rows(about, self._series, self._shown, self._found[self._shown.trend], self._shift),
            behind(about.store, about.table, about.as_of),
            about.queries,
            list(self._cautions()),
            NOTES,
            made,
            brief=tables.brief(self._currency),
        )

    @property
    def _currency(self) -> str:
        return str(self.about.table["currency"][0].as_py()).lower()

    # ------------------------------------------------------------ the fits
    @cached_property
    def _points(self) -> Points:
        found = {day: value for day, value in points(self.about.table).items() if value is not None}
        if not found:
            raise NoDataError(f"no month of {self._named} has a value.")
        if (last := max(found)) < self.about.month:
            told = f"not testable after {last:%Y-%m}: the figures held end before {self.about.event.key}"
            raise NoDataError(f"{told} ({self.about.event.when}).")
        return dict(found)

    @property
    def _named(self) -> str:
        return (
            f"{self.about.origin} {self.about.flow} with {self.about.destination}, {self.about.basket.name}"
        )

    @cached_property
    def _series(self) -> Slots:
        reporter = self.about.origin
        return slots(self._points, self.about.month, keeps_new_year=keeps_new_year(reporter))

    @cached_property
    def _event(self) -> int:
        return self._series.place(self.about.month)

    @cached_property
    def _paths(self) -> dict[str, Path | str]:
        """The path under each trend. Raises NoDataError where none can be fitted."""
        if self._event >= len(self._series):
            raise NoDataError(
                f"not testable: no whole month of {self._named} after {self.about.event.when} is held."
            )
        found = paths(self._series, self._event)
        if all(isinstance(one, str) for one in found.values()):
            raise NoDataError(f"no path can be expected for {self._named}: {found[self.trend]}.")
        return found

    @cached_property
    def _shown(self) -> Path:
        """The path of the trend asked for, or of the first that can be fitted."""
        names = (self.trend, *self._paths)
        return next(found for name in names if isinstance(found := self._paths[name], Path))

    @cached_property
    def _found(self) -> dict[str, list[Episode]]:
        return {n: episodes(self._series, one) for n, one in self._paths.items() if isinstance(one, Path)}

    @cached_property
    def _shift(self) -> Shift | str:
        return level_shift(self._series.log, self._series.clock)

    @cached_property
    def _studies(self) -> dict[str, Study | str]:
        """Against destinations and against goods, those that are held."""
        found: dict[str, Study | str] = {}
        for name, series in (("destinations", self.about.destinations), ("goods", self.about.goods)):
            if series:
                controls = {key: like(one, self._series) for key, one in series.items()}
                found[name] = event_study(self._series, controls, self._event)
        return found

    @property
    def _study_controls(self) -> tuple[str, ...]:
        return tuple(c for one in self._studies.values() if isinstance(one, Study) for c in one.controls)

    # ------------------------------------------------------------ what is told
    def _beside(self) -> dict[str, pa.Table]:
        series, events = self._series, self._events
        made = {
            "episodes": tables.episodes(series, self._found, events, self._currency),
            "choices": tables.choices(
                *(series, self._paths, self._found, self._over),
                shown=self._shown,
                studies=self._studies,
                naive=self._naive,
            ),
            "shifts": tables.shifts(series, self._shift),
            "event_study": tables.effects(series, self._event, self._studies),
            "tests": tables.tests(self._studies),
            "placebos": tables.placebos(self._studies),
            "events": tables.events(events, series),
            "wedge": tables.wedge(series, self._shift),
        }
        return {name: table for name, table in made.items() if len(table)}

    @cached_property
    def _events(self) -> tuple[Event, ...]:
        known = events_for(self.about.origin, self.about.destination)
        return tuple(sorted({*known, self.about.event}, key=lambda one: (one.date, one.key)))

    @property
    def _over(self) -> tables.Window | None:
        """The slots over which choices are compared."""
        return tables.window(self._found[self._shown.trend], self._found)

    @property
    def _naive(self) -> Slots | None:
        """The same episodes' window over all codes: what a reader of unspliced figures would see."""
        naive = self.about.naive
        return None if naive is None else like(naive, self._series)

    def _cautions(self) -> Iterator[str]:
        yield from self.about.told
        yield self._counted()
        yield from self._of_choices()
        if self._shown.trend != self.trend:
            why = self._paths[self.trend]
            yield f"the rows show the trend {self._shown.trend}: {self.trend} has no path ({why})."
        yield from self._of_series()
        yield from self._of_controls()
        yield from cautions(self.about.table, self.about.basket, bounded=True)

    def _counted(self) -> str:
        """How often it fell and rose under each trend, up to where the data end."""
        told = []
        for name, found in self._found.items():
            counts = {kind: sum(e.kind == kind and e.is_found for e in found) for kind in ("fall", "rise")}
            told.append(f"{name} {counts['fall']} and {counts['rise']}")
        last = self._series.months[-1][-1]
        each = "; ".join(told)
        return f"falls and rises that chance hardly gives, to {last:%Y-%m}: {each}. Later is not testable."

    def _of_choices(self) -> Iterator[str]:
        """A size whose sign turns with the trend is not determined (METHODS 0.9)."""
        if self._over is None:
            return
        fitted = [one for one in self._paths.values() if isinstance(one, Path)]
        if len({tables.change(self._series, one, self._over)[0] > 0 for one in fitted}) > 1:
            first, last = (self._series.months[place] for place in (self._over[0], self._over[1] - 1))
            months = f"{first[0]:%Y-%m} to {last[-1]:%Y-%m}"
            yield f"not determined: {months} is above or below its path as the trend is chosen."

    def _of_series(self) -> Iterator[str]:
        """What was done with gaps and the New Year."""
        gaps = [self._series.months[place][0] for place in np.flatnonzero(np.isnan(self._series.log))]
        if gaps:
            months = ", ".join(f"{day:%Y-%m}" for day in gaps[:6])
            yield f"{len(gaps)} months are not reported or not above zero and left open: {months}."
        if self._naive is not None:
            yield self._left_out(self._naive)
        if self._series.join == "joined":
            yield f"{self.about.origin} keeps the Lunar New Year: January and February are taken together."
        concerned = self.about.event.concerns
        if concerned and self.about.destination not in concerned:
            yield f"{self.about.event.key} is recorded for {', '.join(concerned)} alone."

    def _left_out(self, naive: Slots) -> str:
        """How much of the value after the event is in codes without a life before it."""
        kept, every = (np.nansum(np.exp(one.log[self._event :])) for one in (self._series, naive))
        told = "codes with a value in 12 months before the event and after it are followed"
        return f"{told}; {1 - kept / every:.1%} of the value after it is in others (see choices)."

    def _of_controls(self) -> Iterator[str]:
        """Why there is no study, and which controls the event may itself have moved."""
        for name, one in self._studies.items():
            if isinstance(one, str):
                yield f"no event study against {name}: {one}."
            else:
                yield from self._of_study(name, one)
        if not self._studies:
            yield "no event study: no other destination or goods of the same origin are held by month."

    def _of_study(self, name: str, one: Study) -> Iterator[str]:
        near = {member.code for key in HUBS for member in group(key).members}
        moved = sorted((near | set(self.about.event.concerns)) & set(one.controls))
        if name == "destinations" and moved:
            yield f"controls may carry what was diverted, which overstates the effect: {', '.join(moved)}."
        held = self.about.destinations if name == "destinations" else self.about.goods
        if gaps := len(held) - len(one.controls):
            yield f"{gaps} of {len(held)} {name} have months without a report: no controls."
        before = one.tests[0].p_value
        if before is not None and before <= 0.05:
            told = f"against {name} the series was on a trend of its own before the event (p {before:.3f})"
            yield f"{told}: see choices."
