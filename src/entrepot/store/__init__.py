"""The store: the only code that knows the table format and the engines.

store = Store("entrepot-data")
store.add(Path("export.csv"), now=...)        # append-only; all of a file or nothing of it
flows = store.flows(as_of=date(2022, 9, 30))  # an Ibis expression of the rows in force on that day
store.run(measure(flows))                     # an Arrow table
"""

from __future__ import annotations

import hashlib
import shutil
import weakref
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from contextlib import ExitStack
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

import ibis
import pyarrow as pa

from entrepot.errors import NoDataError
from entrepot.model.kind import ACTS, FLOWS, INDICATORS, VOTES, Kind
from entrepot.model.provenance import Request, Scope, Snapshot
from entrepot.store import vintage
from entrepot.store.adding import Added
from entrepot.store.adding import add as _add
from entrepot.store.beside import dated, last_registers, listed
from entrepot.store.engine import Engine, Staging, engine_named
from entrepot.store.files import SCHEMAS, Files, explained
from entrepot.store.places import Folder, folder_of, scratch_of_process

if TYPE_CHECKING:
    from ibis.expr.types import Table

__all__ = ["Added", "Store"]

T = TypeVar("T")
_MOST_KEPT = 2


class Store:
    """A folder of snapshots. Opening one writes nothing; `add` makes the folder where it is absent.

    where: the folder, or the text s3://bucket/prefix: its credentials are those of the environment.
    engine: "duckdb", "spark", an address of Spark (see engine.engine_named), or an Engine.
    """

    def __init__(
        self, where: Path | str, engine: str | Engine = "duckdb", *, without: Collection[str] = ()
    ) -> None:
        self._files = Files(where)
        self._without = frozenset(without)
        self._engine_wanted = engine
        self._lent: Callable[[], Path] | None = None
        self._views: dict[str, list[str] | pa.Table] = {}
        self._registered: set[str] = set()
        self._in_force: dict[tuple[str, ...], Table] = {}
        self._kept: dict[object, object] = {}
        self._spoken: dict[str, list[Scope]] = {}

    @property
    def place(self) -> Path | str:
        """Where the store is: a folder, or the address of object storage."""
        place = self._files.place
        return place.folder if isinstance(place, Folder) else place.name

    @property
    def folder(self) -> Path:
        """The folder of the store, for what is kept beside it. Raises UsageError where it has none."""
        return folder_of(self.place)

    def version(self) -> str:
        """A name for what the store holds now: another one after each `add`, of any process."""
        with explained(self._files.folder):
            return self._files.version()

    @cached_property
    def engine(self) -> Engine:
        """The engine, started at first use."""
        wanted = self._engine_wanted
        return engine_named(wanted) if isinstance(wanted, str) else wanted

    @cached_property
    def _scratch(self) -> Path:
        """A folder that goes with the store object: the engine's workers see it, where it has any."""
        if self._lent is not None:
            return self._lent()
        if self.engine.is_apart:
            work = ExitStack()
            weakref.finalize(self, work.close)
            return work.enter_context(self._files.scratch())
        folder = scratch_of_process()
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        return folder

    def scratch(self, name: str) -> Path:
        """An empty folder for one piece of work; it goes with the store object, or the next of that name."""
        folder = self._scratch / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder

    def landed_bytes(self) -> int:
        """What questions have put into the scratch folder and is there until the store is let go of."""
        folder: Path | None = self.__dict__.get("_scratch")
        return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) if folder else 0

    def leaving_out(self, *sources: str) -> Store:
        """The same store as if nothing of these sources were in it, on the same engine."""
        rest = Store(self.place, self.engine, without=self._without | set(sources))
        rest._lent = lambda: self._scratch  # to one engine the same rows have one name, so they have one file
        return rest

    def add(
        self,
        path: Path,
        *,
        now: datetime,
        source: str | None = None,
        published: date | None = None,
        complete: tuple[str, ...] = (),
        given: Mapping[str, str] | None = None,
        request: Request | None = None,
    ) -> Added:
        """Read one file into the store: all of it, or nothing.

        now: the moment of adding (the library never reads the clock). published: the vintage, where the
        file does not carry it. complete: axes the file covers wholly ("partner", "commodity"), so that a
        later file also withdraws rows it does not mention. given: what the file leaves open and the user
        knows ({"flow": "export"}). request: what a publisher was asked, where the file is its answer.
        Raises ReadError if the file is not understood, StoreError if the store cannot be written, EngineError
        if Spark does not finish.
        """
        with explained(self._files.folder):
            return _add(
                self._files,
                path,
                self._staging,
                now=now,
                source=source,
                published=published,
                complete=complete,
                given=given,
                request=request,
            )

    def _staging(self, scratch: Path) -> Staging:
        return self.engine.staging(scratch)

    def snapshots(self, as_of: date | None = None) -> list[Snapshot]:
        """Cards of the snapshots published by `as_of` (all where None), of trade and of facts beside it.

        In order of publication.
        """
        cards = self._files.cards(self._files.held())
        known = [card for card in cards if as_of is None or card.published <= as_of]
        known = [card for card in known if card.source not in self._without]
        return sorted(known, key=lambda card: (card.published, card.retrieved, card.snapshot))

    def rejects(self, snapshot: str) -> pa.Table:
        """Rows of a snapshot's file that were not understood: row, column, value, reason."""
        return self._files.rejects(snapshot)

    def flows(self, as_of: date | None = None, sources: Sequence[str] = ()) -> Table:
        """The rows in force on a day, as an expression with the columns of model.flow.COLUMNS.

        One snapshot speaks for each cell (see store.vintage), so adding rows of one level never counts
        a cell twice. `sources` restricts to some publishers. Raises NoDataError where nothing is held.
        """
        cards = [c for c in self._cards(FLOWS, as_of) if not sources or c.source in sources]
        if not cards:
            when = f" published by {as_of}" if as_of else ""
            raise NoDataError(
                f"the store {self.place} holds nothing of trade{when}. Add files with: entrepot add FILE..."
            )
        asked = tuple(card.snapshot for card in cards)
        if asked not in self._in_force:  # what these snapshots come to never changes
            self._in_force[asked] = self._winners(cards)
        return self._in_force[asked]

    def indicators(self, as_of: date | None = None) -> Table:
        """Facts beside trade as they were known on a day: an expression with model.indicator.COLUMNS.

        One snapshot speaks for each fact: of the source with the lowest rank, the latest published. Without
        rows where nothing is held.
        """
        return self._told(INDICATORS, as_of)

    def acts(self, as_of: date | None = None) -> Table:
        """Deals, deliveries, exercises, statements as known on a day: with model.act.COLUMNS.

        Those of snapshots, and those that the package's own lists tell (source `listed`, no snapshot).
        """
        return self._told(ACTS, as_of).union(listed(as_of))

    def votes(self, as_of: date | None = None) -> Table:
        """Votes as known on a day: an expression with model.vote.COLUMNS, without rows where none is held.

        Date, title and issue are those of the roll call's own row where a vote does not tell them.
        """
        return dated(self._told(VOTES, as_of))

    def _told(self, kind: Kind, as_of: date | None) -> Table:
        cards = last_registers(self._cards(kind, as_of))
        rows = self._view([card.snapshot for card in cards], kind)
        return vintage.first_told(rows, cards, kind.identity)

    def _cards(self, kind: Kind, as_of: date | None) -> list[Snapshot]:
        return [card for card in self.snapshots(as_of) if card.kind == kind.name]

    def _winners(self, cards: Sequence[Snapshot]) -> Table:
        spoken = self._scopes([card.snapshot for card in cards])
        held = [vintage.Held(card, scope) for card in cards for scope in spoken[card.snapshot]]
        found = vintage.masks(held)
        masked = vintage.wholly_masked(held, found)
        live = [card.snapshot for card in cards if not masked.get(card.snapshot, False)]
        return vintage.in_force(
            self._view(live, FLOWS), [m for m in found if m.loser.snapshot.snapshot in live]
        )

    def _scopes(self, snapshots: Sequence[str]) -> Mapping[str, list[Scope]]:
        """What snapshots speak for, which never changes: another day's answer has most of the same."""
        new = [name for name in snapshots if name not in self._spoken]
        self._spoken |= zip(new, self._files.scopes(new), strict=True)
        return self._spoken

    def _view(self, live: Sequence[str], kind: Kind) -> Table:
        files = self._files.held()
        name = f"{kind.name}_" + hashlib.sha256(" ".join(live).encode()).hexdigest()[:12]
        paths = [path for snapshot in live for path in files[snapshot]]
        self._views[name] = paths or SCHEMAS[kind].empty_table()
        return ibis.table(kind.columns, name=name)

    def run(self, expr: Table) -> pa.Table:
        """The rows of an expression over `flows`, `indicators`, `acts` and `votes`."""
        self._register()
        return self.engine.run(expr)

    def landed(self, expr: Table) -> Table:
        """The rows of an expression, computed now and kept until the store is let go of.

        For what a question uses several times, or is too much for memory: it goes to Parquet as it is
        computed, in a temporary folder of the system, never of the store; on Spark in the store's scratch.
        """
        name = "landed_" + hashlib.sha256(self.sql(expr).encode()).hexdigest()[:12]
        self._register()
        self.engine.keep(name, expr, self._scratch)
        return ibis.table(expr.schema(), name=name)

    def lent(self, name: str, data: Path | pa.Table, schema: Mapping[str, str]) -> Table:
        """Rows that are not the store's, a Parquet file or an Arrow table, to be asked beside its own.

        Lent again under the same name, they take the place of those before.
        """
        self.engine.register(name, [str(data)] if isinstance(data, Path) else data)
        return ibis.table(schema, name=name)

    def kept(self, asked: Hashable, make: Callable[[], T]) -> T:
        """What `make` gives, made once while the same snapshots are held: for several answers of one study.

        asked: what it hangs on beside the snapshots. The last few are kept, with the store object.
        """
        key = (asked, tuple(sorted(self._files.held())))
        found = self._kept.pop(key, None) or make()
        self._kept[key] = found  # the last used stands last
        while len(self._kept) > _MOST_KEPT:
            self._kept.pop(next(iter(self._kept)))
        return cast("T", found)

    def write(self, expr: Table, target: Path, about: Mapping[str, str] | None = None) -> None:
        """Write the rows of an expression to a Parquet file without holding them all; `about` as metadata."""
        self._register()
        self.engine.land(expr, target, self._scratch / "spill", about)

    def _register(self) -> None:
        for name, data in dict(self._views).items():
            if name not in self._registered:
                self.engine.register(name, data)
                self._registered.add(name)

    def sql(self, expr: Table) -> str:
        """The query an expression becomes on this store's engine."""
        return self.engine.sql(expr)
