"""Fetching from publishers into a store: politely, resumably, each answer a snapshot with its address.

    order (a user's words) -> plan (what to ask, what is held) -> run (ask, judge, store, note) -> answer

`journal` is what was asked, on disk; `run` asks; the publishers' own ways are in sources/<name>/fetch.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from entrepot import sources
from entrepot.errors import PublisherError
from entrepot.fetching.journal import Journal, Ordered, orders, remember
from entrepot.fetching.run import Run, Told
from entrepot.sources._ask import Ask, BadAnswerError, Pace, Publisher
from entrepot.sources._fetch import RefusedError, Wire
from entrepot.store import Store
from entrepot.store.files import explained

__all__ = ["Ordered", "Plan", "Settings", "Told", "Watch", "fetch", "ordered", "planned"]


@dataclass(frozen=True)
class Settings:
    """How publishers are spoken to.

    now: the clock. keys: the user's, by the name the publisher's card gives them. bases: other addresses than
    the publishers' own (a mirror). patience: the longest wait, in seconds, that a publisher may ask for.
    pause: before the second try, in seconds; each later one waits up to twice as long. hurry: how many times
    faster than the publisher lets itself be asked: for a fake one.
    """

    now: Callable[[], datetime]
    keys: Mapping[str, str]
    bases: Mapping[str, str]
    patience: float = 900
    pause: float = 1.0
    hurry: float = 1.0


@dataclass(frozen=True)
class Plan:
    """What an order comes to before anything of it is asked."""

    publisher: Publisher
    base: str  # the address asked
    pace: Pace
    asks: tuple[Ask, ...]
    held: tuple[Told, ...]
    absent: tuple[Told, ...]
    sent_today: int
    kept: int = 0  # asks that a file held answers: no request

    @property
    def requests(self) -> int:
        """How many questions are sent, if none has to be parted."""
        return len(self.asks) - self.kept

    @property
    def rows(self) -> int | None:
        """Rows to come at most; None where the publisher does not say beforehand."""
        known = [ask.rows for ask in self.asks]
        return None if None in known else sum(row or 0 for row in known)

    @property
    def quota_left(self) -> int | None:
        """Requests left today, by our own count; None where the publisher sets no number."""
        return None if self.pace.a_day is None else max(self.pace.a_day - self.sent_today, 0)

    @property
    def seconds(self) -> float:
        """How long it takes at least, at the publisher's pace."""
        return self.requests / self.pace.per_second


@dataclass(frozen=True)
class Watch:
    """Who is told how it goes on: of the plan, of each ask done, of bytes come, of waits named."""

    plan: Callable[[Plan], None] = lambda plan: None
    told: Callable[[Told], None] = lambda told: None
    moved: Callable[[int], None] = lambda done: None
    waits: Callable[[float], None] = lambda seconds: None


SILENT = Watch()


def ordered(store: Store) -> list[Ordered]:
    """What was ordered into this store, for `fetch` with refresh."""
    return orders(store.folder)


def planned(store: Store, order: Ordered, settings: Settings, *, refresh: bool = False) -> Plan:
    """What an order would ask; only what is published is asked for. Raises as `fetch`."""
    with _run(store, order, settings, Watch(), refresh=refresh) as run:
        return _plan(run, order, settings.now())


def fetch(
    store: Store, order: Ordered, settings: Settings, watch: Watch = SILENT, *, refresh: bool = False
) -> list[Told]:
    """Carry out an order: what became of each ask, the held and the unpublished included.

    refresh: ask also for what is held, where it may have changed. An interrupted run goes on where it was
    when it is ordered again. Raises UsageError, StoreError, and PublisherError where the publisher refuses.
    """
    with _run(store, order, settings, watch, refresh=refresh) as run:
        landed = {one.ask.key: one for one in run.landed()}
        plan = _plan(run, order, settings.now())
        remember(store.folder, order)
        watch.plan(plan)
        held = [one for one in plan.held if not one.ask.url or one.ask.key not in landed]
        told = [*landed.values(), *held, *plan.absent]
        with closing(run.carried_out(plan.asks)) as done:  # its threads end before the lock is let go
            for one in done:
                watch.told(one)
                told.append(one)
        if said := run.together(told):
            told.append(Told(_label(order.source, "the files together"), "failed", said))
        return told


@contextmanager
def _run(store: Store, order: Ordered, settings: Settings, watch: Watch, *, refresh: bool) -> Iterator[Run]:
    publisher = sources.publisher(order.source)
    key = settings.keys.get(publisher.key_name, "")
    journal = Journal(store.folder, order.source)
    with explained(store.folder), journal.alone():
        _refuse_early(journal, settings.now())
        pace = publisher.pace(keyed=bool(key))
        wire = Wire(
            settings.bases.get(order.source, publisher.base),
            replace(pace, per_second=pace.per_second * settings.hurry),
            headers=publisher.headers(key),
            now=settings.now,
            patience=settings.patience,
            pause=settings.pause,
            asked=lambda address: journal.sent(address, settings.now()),
            moved=watch.moved,
            waits=watch.waits,
            edition_header=publisher.edition_header,
        )
        try:
            again = refresh or not publisher.is_stored  # a list of parties is never "held already"
            yield Run(store, publisher, journal, wire, bool(key), again)
        except RefusedError as error:
            journal.hold(error.until)
            raise
        except BadAnswerError as error:
            said = f"{order.source}: no answer to what was asked: {error}. {publisher.by_hand}"
            raise PublisherError(said.rstrip()) from None
        except PublisherError as error:
            raise PublisherError(f"{error} {publisher.by_hand}".rstrip()) from None
        finally:
            wire.close()


def _plan(run: Run, order: Ordered, now: datetime) -> Plan:
    publisher, today = run.publisher, now.date()
    told = run.about(publisher.about(order.words, today, keyed=run.keyed), now)
    asks = publisher.asks(order.words, today, told, run.journal.done(), keyed=run.keyed)
    to_ask, held = run.left(asks.asks)
    covered = [Told(_label(order.source, label), "held already") for label in asks.held]
    absent = [Told(_label(order.source, label), "not published", why) for label, why in asks.absent]
    sent = run.journal.sent_on(today)
    kept = sum(map(run.is_kept, to_ask))
    all_held = (*held, *covered)
    return Plan(publisher, run.wire.base, run.pace, tuple(to_ask), all_held, tuple(absent), sent, kept)


def _label(source: str, label: str) -> Ask:
    return Ask(source, "", "", label)


def _refuse_early(journal: Journal, now: datetime) -> None:
    if until := journal.held_until(now):
        raise PublisherError(
            f"{journal.base.name} asked to wait until {until:%Y-%m-%d %H:%M} UTC, and is not asked before. "
            f"With another key: remove {journal.base / 'hold.json'}."
        )
