"""Names in any script held against lists of parties: which listed name one may be, how surely, and why.

index = Index(lists)
found = index.search(pa.table({"name": ["ООО Ростэк"], "kind": ["organization"]}))
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from entrepot.model.party import PartyList

if TYPE_CHECKING:
    import pyarrow as pa

    from entrepot.screening.names.pool import Pool
    from entrepot.screening.names.search import Asked, Hit

THRESHOLD: Final = 0.75
"""Score from which a name is shown. Chosen by the curve in docs/explanation/names.md."""

_PORTION: Final = 2_000  # names that a worker is given at one time; bounds what is held at once
_ALONE: Final = 20_000  # names up to which starting workers would take longer than they save


class Index:
    """The names of lists of parties, made for searching; seconds for 200,000 names.

    Args:
        lists: The lists. A party keeps its id and its list.
        threshold: The score, from 0 to 1, below which nothing is shown.
        workers: Processes that search where there are many names; None: one for each processor.

    Raises UsageError: the extra `parties` is not installed.
    """

    def __init__(
        self, lists: Sequence[PartyList], *, threshold: float = THRESHOLD, workers: int | None = None
    ) -> None:
        from entrepot.screening.names.words import ready

        ready()
        from entrepot.screening.names.listed import listed

        self._listed, self._threshold, self._workers = listed(lists), threshold, workers
        self._pool: Pool | None = None

    def at(self, threshold: float) -> Index:
        """The same names, searched from another score on; made at once."""
        other = copy(self)
        other.__dict__ |= {"_threshold": threshold, "_pool": None}
        return other

    def search(self, names: pa.Table) -> pa.Table:
        """One row per name and party that it may be, with the score and the reason.

        Columns: name, kind, list, party, score, listed_name, name_kind, because.

        names: columns name and kind (person, organization, vessel or unknown). Equal rows are searched once.
        score: 1 for the same words only; else the share of what both names say that has a counterpart in the
        other (see docs/explanation/names.md). Of a party's names the one that is most alike. Ordered by name,
        score falling, list and party.
        """
        told = zip(names["name"].to_pylist(), names["kind"].to_pylist(), strict=True)
        asked = sorted({(name, kind or "unknown") for name, kind in told if name})
        portions = [asked[first : first + _PORTION] for first in range(0, len(asked), _PORTION)]
        return _table(self._listed.names, (hit for found in self._found(portions) for hit in found))

    def close(self) -> None:
        """End the processes that searched, if any were started."""
        if self._pool is not None:
            self._pool.close()
            self._pool = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _found(self, portions: Sequence[Sequence[Asked]]) -> Iterable[list[Hit]]:
        from entrepot.screening.names.pool import Pool, processors
        from entrepot.screening.names.search import searched

        workers = self._workers or processors()
        if workers == 1 or (self._pool is None and len(portions) * _PORTION <= _ALONE):
            return (searched(self._listed, portion, self._threshold) for portion in portions)
        if self._pool is None:
            self._pool = Pool(self._listed, workers)
        return self._pool.searched(portions, self._threshold)


def _table(listed: pa.Table, hits: Iterable[Hit]) -> pa.Table:
    import pyarrow as pa

    found = list(hits)
    name, kind, row, score, because = zip(*found, strict=True) if found else ((),) * 5
    held = listed.take(pa.array(row, pa.int64()))
    told = {"name": name, "kind": kind, "score": score, "because": because, "listed_name": held["name"]}
    told |= {column: held[column] for column in ("list", "party", "name_kind")}
    order = [("name", "ascending"), ("kind", "ascending"), ("score", "descending")]
    table = pa.table({one: told[one] for one in _schema().names}, schema=_schema())
    return table.sort_by([*order, ("list", "ascending"), ("party", "ascending")])


def _schema() -> pa.Schema:
    import pyarrow as pa

    texts = ("name", "kind", "list", "party", "score", "listed_name", "name_kind", "because")
    return pa.schema([(one, pa.float64() if one == "score" else pa.string()) for one in texts])
