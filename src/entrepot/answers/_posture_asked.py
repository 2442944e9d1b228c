"""What a posture is asked about, and what one series tells of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from entrepot.measures.posture import Evidence
from entrepot.model.period import Window
from entrepot.model.posture import Dimension, Printed
from entrepot.model.provenance import DOCUMENTS, Cited, Snapshot

FOREVER = date(2199, 12, 1)


def shifted(month: date, months: int) -> date:
    """The first day of a month so many months on."""
    place = month.year * 12 + month.month - 1 + months
    return date(place // 12, place % 12 + 1, 1)


@dataclass(frozen=True)
class Asked:
    """Two areas, the event between baseline and window, the day whose knowledge counts."""

    actor: str
    partner: str
    hubs: tuple[str, ...]
    event: date  # first day of its month
    as_of: date | None
    strict: bool = False  # leave out vintages published later
    texts: bool = True  # figures that texts print may be read

    @property
    def last(self) -> date:
        """The last month of statistics that could be told on the day: the one before it."""
        return shifted(self.as_of.replace(day=1), -1) if self.as_of else FOREVER

    @property
    def complete(self) -> date:
        """The last month that was over on the day: acts are known at once."""
        return shifted((self.as_of + timedelta(days=1)).replace(day=1), -1) if self.as_of else FOREVER

    def past(self, years: int) -> tuple[Window, Window | None]:
        """As `months`, to the last month that was over."""
        base, first = self.months(years)[0], shifted(self.event, 1)
        return base, (Window(first, self.complete) if first <= self.complete else None)

    def months(self, years: int) -> tuple[Window, Window | None]:
        """The months of a baseline of so many years and those after the event; None where there are none."""
        base = Window(shifted(self.event, -12 * years), shifted(self.event, -1))
        first = shifted(self.event, 1)
        return base, (Window(first, self.last) if first <= self.last else None)

    def years(self, years: int) -> tuple[Window, Window | None]:
        """Whole years before that of the event, and whole years after it."""
        year, last = self.event.year, self.as_of.year - 1 if self.as_of else FOREVER.year
        base = Window(date(year - years, 1, 1), date(year - 1, 12, 1))
        return base, (Window(date(year + 1, 1, 1), date(last, 12, 1)) if last > year else None)


@dataclass(frozen=True)
class Candidate:
    """What one series of a dimension tells: evidence, or why there is none."""

    series: str
    evidence: Evidence | None = None
    why: str = ""
    unit: str = ""
    baseline: str = ""
    window: str = ""
    last: date | None = None  # month that the window ends with
    source: str = ""
    status: str = ""
    snapshots: tuple[str, ...] = ()
    proxy: bool = False
    later: bool = False  # told by a vintage published after the day
    areas: int = 0  # whose figures are added
    printed: tuple[Printed, ...] = field(default=())
    texts: tuple[str, ...] = ()  # that print what it is read from
    cited: tuple[Cited, ...] = ()  # texts and lists behind it, beside the snapshots
    unweighed: str = ""  # goods left out of a weight
    is_held: bool = False  # on both sides of the event, and yet no evidence: a proxy does not stand in for it

    def is_too_old(self, dimension: Dimension, asked: Asked) -> bool:
        """Whether the window ended so long before the day that it tells nothing of it."""
        if asked.as_of is None or self.last is None:
            return False
        return shifted(self.last, dimension.oldest) < asked.as_of.replace(day=1)


def span_text(slots: Sequence[date], by: str = "month") -> str:
    """The first and the last of some periods: 2022-03:2022-08, or 2023."""
    first, last = (f"{day:%Y}" if by == "year" else f"{day:%Y-%m}" for day in (slots[0], slots[-1]))
    return first if first == last else f"{first}:{last}"


def named(source: str) -> str:
    """A text without the word that says it is one: `documents: Webster 2024` is Webster 2024."""
    return source.removeprefix(f"{DOCUMENTS}: ")


def texts_among(cards: Iterable[Snapshot]) -> set[str]:
    """The texts that files hold the figures of."""
    return {f"{one.publisher} {one.published.year}" for one in cards if one.source == DOCUMENTS}


def one_source(publisher: str) -> str:
    """A publisher without the channel its figures came through: `Customs of X, through Y` is Customs of X."""
    return publisher.partition(",")[0]
