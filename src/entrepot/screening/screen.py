"""One screening from the user's words to the answer, and the record that it was made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from entrepot.answers import _rates
from entrepot.errors import UsageError
from entrepot.measures.shipment_rules import judged
from entrepot.model.answer import Answer
from entrepot.model.rule import all_rules
from entrepot.screening import decisions, run
from entrepot.screening.cells import Habits
from entrepot.screening.derive import derived
from entrepot.screening.evidence import gathered
from entrepot.screening.read import Batch, File, open_file, single
from entrepot.screening.records import MOST_WHO
from entrepot.screening.result import Result, answered
from entrepot.screening.run import Bench, Ledger, Watch, silent
from entrepot.screening.said import told
from entrepot.screening.shelf import Shelf
from entrepot.store import Store


@dataclass(frozen=True)
class Settings:
    """How shipments are screened.

    Attributes:
        lists: Files of lists of parties; `held` for those that were fetched into the store.
        threshold: The least score at which a name counts as a match; None: the usual one.
        mapped: Header of the file -> field, beside the headers that are known.
        habits: How the file writes what can be read in two ways.
        against: Where goods may be rerouted to, for the evidence on corridors.
        goods, base, window: Of that evidence; empty: the list chpl, and what the statistics held allow.
        corridors: Files of that evidence, saved from `entrepot diversion`; none: it is computed.
        who: Who screens, for the record.
        is_recorded: Whether the search goes on record. keeps_fields: with what was told of a single shipment.
        as_of: Statistics as they were published by then.
        called: What the file is called, where its path does not say so (an upload).
        most: Shipments that are read; a file of more is refused. None: as many as there are.
    """

    lists: Sequence[str] = ()
    threshold: float | None = None
    mapped: Mapping[str, str] = field(default_factory=dict)
    habits: Habits = field(default_factory=Habits)
    against: str = "RUS"
    goods: str = ""
    base: str = ""
    window: str = ""
    corridors: Sequence[Path] = ()
    who: str = ""
    is_recorded: bool = True
    keeps_fields: bool = False
    as_of: date | None = None
    called: str = ""
    most: int | None = None


def screen(
    store: Store,
    what: Path | Mapping[str, str],
    settings: Settings,
    *,
    now: datetime,
    watch: Watch = silent,
    shelf: Shelf | None = None,
    scratch: Path | None = None,
) -> Answer:
    """Hold shipments against rules and lists: a file, or one shipment in words by field.

    Of a file one row per shipment; of one shipment one row per rule. Each rule is "true" (somebody should
    look), "false" or "unknown", with why, the fields it used and who names it; beside: flags, matches, cells
    that were not understood, lists, corridors. The search goes on record before it is answered.
    Columns: the glossary. shelf: where lists are taken from. scratch: an empty folder to work in, for the
    caller to remove; None: the store's own. Raises ReadError, UsageError, StoreError.
    """
    told("who", settings.who, MOST_WHO, required=False)  # now, not when all is screened
    file = open_file(what, settings.mapped, settings.habits) if isinstance(what, Path) else None
    bench = Bench(store, scratch or store.scratch("screening"), watch, shelf or Shelf())
    lists = bench.shelf.lists(settings.lists, store.folder)
    rules = tuple(all_rules().values())
    rates = store.run(_rates.dollars(_rates.of_store(store, settings.as_of)))
    batches = _batches(what, file, settings, bench)
    shipments = run.read(bench, batches, lambda rows: derived(rows, rates))
    known = gathered(bench, shipments, lists, settings)
    found = bench.landed("judged", judged(shipments, known.evidence))
    ledger = Ledger(decisions.decisions(store.folder), now.date())
    return answered(Result(bench, what, file, rules, lists, known, settings), found, ledger, now)


def _batches(
    what: Path | Mapping[str, str], file: File | None, settings: Settings, bench: Bench
) -> Iterable[Batch]:
    if file is not None:
        return _bounded(file.batches(bench.scratch), settings.most)
    return [single(what, settings.habits)] if isinstance(what, Mapping) else []


def _bounded(batches: Iterable[Batch], most: int | None) -> Iterator[Batch]:
    """The same. Raises UsageError where there are more rows than are read, those left out among them."""
    seen = 0
    for batch in batches:
        seen += max(len(batch.rows), len(set(batch.unread["row"].to_pylist())))
        if most is not None and seen > most:
            raise UsageError(f"the file has more than {most:,} shipments. Part it, or use the command line.")
        yield batch
