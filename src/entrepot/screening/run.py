"""One screening, stage by stage: read, match names, judge, look up what people decided.

Each stage writes a Parquet file into a scratch folder and the next reads it, so memory does not grow with the
shipments. What is relational is an Ibis expression on the store's engine; names are matched batch by batch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from entrepot.measures import shipment_results as results
from entrepot.model.constant import arrow_schema, kinds
from entrepot.model.rule import Rule
from entrepot.model.shipment import ROLES, derived_schema
from entrepot.screening.cases import case_of_flag, case_of_match, fingerprint
from entrepot.screening.decisions import Decision, state
from entrepot.screening.decisions import schema as state_schema
from entrepot.screening.read import BATCH, UNREAD, Batch
from entrepot.screening.shelf import Shelf

if TYPE_CHECKING:
    from ibis.expr.types import Table

    from entrepot.model.party import PartyList
    from entrepot.screening.names import Index
    from entrepot.store import Store

Watch = Callable[[str, int], None]
"""Told of progress: which stage, and how many shipments or names it has done."""


def silent(stage: str, done: int) -> None:
    """Tell nobody."""


SHIPMENTS: Final = arrow_schema(derived_schema())
"""Shipments as they were read, with what is derived of their fields."""

MATCHES: Final = pa.schema(
    {"row": pa.int64(), "role": pa.string(), "name": pa.string(), "list": pa.string(), "party": pa.string()}
    | {"score": pa.float64(), "listed_name": pa.string(), "name_kind": pa.string(), "because": pa.string()}
)
"""One row per shipment, role and listed party that its name matches."""

FOUND: Final = pa.schema(
    [*(one for one in MATCHES if one.name not in {"row", "role"}), ("kind", pa.string())]
)
"""One row per name, kind of who may have it, and listed party that it matches."""

_DECIDED: Final = [one for one in state_schema() if one.name != "case"]
"""What is decided of a case, beside it."""

FLAGS: Final = pa.schema(
    [
        *(("row", pa.int64()), ("shipment", pa.string()), ("rule", pa.string()), ("place", pa.int64())),
        *((name, pa.string()) for name in ("because", "case", "fingerprint", "facts")),
        *_DECIDED,
    ]
)
"""One row per rule that is true of a shipment, with its case and what is decided of it."""

MATCHED: Final = pa.schema(
    [
        *MATCHES,
        *((name, pa.string()) for name in ("party_kind", "countries", "programs", "identifiers")),
        *(("fingerprint", pa.string()), ("listed_on", pa.date32()), ("case", pa.string())),
        *_DECIDED,
    ]
)
"""The matches, with what the list says of the party, their case, and what is decided of it."""

_KINDS: Final = {"vessel": "vessel", "bank": "organization", "intermediary": "organization"}
_NAMES: Final = 60_000  # searched at one time: enough to be worth the start of processes
_BY_NAME: Final = "listed-party"  # its cases are its matches


@dataclass(frozen=True)
class Bench:
    """Where a screening works: a store, whose engine computes, a scratch folder, lists of parties."""

    store: Store
    scratch: Path
    watch: Watch
    shelf: Shelf = field(default_factory=Shelf)

    def path(self, name: str) -> Path:
        """The file of a stage."""
        return self.scratch / f"{name}.parquet"

    def lent(self, name: str) -> Table:
        """The file of a stage, as a table."""
        schema = kinds(pq.read_schema(self.path(name)))
        return self.store.lent(f"screening_{name}", self.path(name), schema)

    def landed(self, name: str, expr: Table) -> Table:
        """The rows of an expression, computed into the file of a stage."""
        self.store.write(expr, self.path(name))
        return self.lent(name)

    def written(self, name: str, schema: pa.Schema, tables: Iterable[pa.Table]) -> Table:
        """Tables, one after another, in the file of a stage."""
        with pq.ParquetWriter(self.path(name), schema, compression="zstd") as file:
            for table in tables:
                file.write_table(table.select(schema.names).cast(schema))
        return self.lent(name)

    def batches(
        self, name: str, columns: Sequence[str] | None = None, size: int = BATCH
    ) -> Iterator[pa.Table]:
        """What a stage wrote, some rows at a time."""
        with closing(pq.ParquetFile(self.path(name))) as file:
            for batch in file.iter_batches(size, columns=columns):
                yield pa.Table.from_batches([batch])

    def rows(self, name: str) -> int:
        """How many rows a stage wrote."""
        return int(pq.read_metadata(self.path(name)).num_rows)


# ---------------------------------------------------------------- read
def read(bench: Bench, batches: Iterable[Batch], derived: Callable[[pa.Table], pa.Table]) -> Table:
    """The shipments with what is derived of their fields, as `shipments`; what was unclear, as `unread`."""

    def read_so_far() -> Iterator[pa.Table]:
        done = 0
        with pq.ParquetWriter(bench.path("unread"), UNREAD) as unread:
            for batch in batches:
                unread.write_table(batch.unread.cast(UNREAD))
                done += len(batch.rows)
                bench.watch("shipments read", done)
                yield derived(batch.rows)

    return bench.written("shipments", SHIPMENTS, read_so_far())


# ---------------------------------------------------------------- names
def match(bench: Bench, shipments: Table, index: Index | None) -> Table:
    """Which names match which listed party, as `matches`. No index: nothing was searched.

    Each name is searched once, however many shipments tell it.
    """
    if index is None:
        return bench.written("matches", MATCHES, ())
    told = _names(shipments)
    bench.landed("names", told.select("name", "kind").distinct().order_by(["name", "kind"]))
    found = bench.written("found", FOUND, _found(bench, index))
    rows = told.inner_join(found, ["name", "kind"]).select(*MATCHES.names)
    return bench.landed("matches", rows.order_by(["row", "role", "list", "party"]))


def _found(bench: Bench, index: Index) -> Iterator[pa.Table]:
    done = 0
    for some in bench.batches("names", size=_NAMES):
        done += len(some)
        yield index.search(some)
        bench.watch("names searched", done)


def _names(shipments: Table) -> Table:
    """row, role, name, kind: every name that is told."""
    each = (
        shipments.filter(shipments[role].notnull()).select(
            "row", role=ibis.literal(role), name=role, kind=ibis.literal(_KINDS.get(role, "unknown"))
        )
        for role in ROLES
    )
    return ibis.union(*each, distinct=False)


def names_in(bench: Bench, shipments: Table) -> int:
    """How many different names the shipments tell."""
    names = _names(shipments)
    return int(bench.store.run(names.agg(many=names.name.nunique()))["many"][0].as_py())


def searched(shipments: Table, lists: int) -> Table:
    """row, roles, lists: the roles of each shipment whose names were searched, with a space between."""
    roles = [ibis.ifelse(shipments[role].isnull(), "", f" {role}") for role in ROLES]
    told = roles[0]
    for one in roles[1:]:
        told = told + one
    rows = shipments.select("row", roles=told.strip(), lists=ibis.literal(lists, type="int64"))
    return rows.filter(rows.roles != "") if lists else rows.filter(ibis.literal(False))


# ---------------------------------------------------------------- cases
@dataclass(frozen=True)
class Ledger:
    """What people decided, as it stands on a day."""

    decided: Sequence[Decision]
    on: date

    def beside(self, rows: pa.Table) -> pa.Table:
        """Rows with `case` and `fingerprint`, and what is decided of each beside them."""
        if not self.decided:
            blank = {one.name: pa.nulls(len(rows), one.type) for one in _DECIDED}
            return _widened(rows, blank | {"is_open": pa.array([True] * len(rows), pa.bool_())})
        told = state(rows, self.decided, self.on)
        return _widened(rows, {one.name: told[one.name] for one in _DECIDED})


def _widened(rows: pa.Table, columns: Mapping[str, Any]) -> pa.Table:
    for name, values in columns.items():
        rows = rows.append_column(name, values)
    return rows


def flagged(bench: Bench, judged: Table, rules: Sequence[Rule], ledger: Ledger) -> Table:
    """Every flag with its case and what is decided of it, as `flags`; see measures.shipment_results."""
    bench.landed("raised", results.flags(judged, rules))
    return bench.written("flags", FLAGS, (ledger.beside(_cased(one)) for one in bench.batches("raised")))


def _cased(flags: pa.Table) -> pa.Table:
    """Flags with the name of their case; a listed party's flag has none: its matches are the cases.

    The fingerprint is of the reason, which names the list, law, corridor or band it rests on: another one
    opens a decision again.
    """
    pairs = zip(flags["rule"].to_pylist(), flags["facts"].to_pylist(), strict=True)
    cases = [None if rule == _BY_NAME else case_of_flag(rule, _fields(facts)) for rule, facts in pairs]
    reasons = flags["because"].combine_chunks().dictionary_encode()  # many shipments have one reason
    each = pa.array([fingerprint({"because": one}) for one in reasons.dictionary.to_pylist()], pa.string())
    marks = each.take(reasons.indices)
    return _widened(flags, {"case": pa.array(cases, pa.string()), "fingerprint": marks})


def _fields(facts: str) -> dict[str, str]:
    """Each field by itself (see measures.shipment_results): joined, one could be written to look like two."""
    told = (one.partition("=") for one in facts.split("; ") if one)
    return {name: value for name, _, value in told}


def decided_matches(bench: Bench, lists: Sequence[PartyList], ledger: Ledger) -> Table:
    """Every match with its case, what its list says of the party, what is decided, as `matched`."""
    listed = pa.concat_tables([one.parties for one in lists]) if lists else None
    tables = (ledger.beside(_with_party(one, listed)) for one in bench.batches("matches")) if listed else ()
    return bench.written("matched", MATCHED, tables)


def _with_party(matches: pa.Table, listed: pa.Table) -> pa.Table:
    of_party = listed.select(
        ["list", "party", "kind", "countries", "programs", "identifiers", "listed_on", "fingerprint"]
    ).rename_columns(
        ["list", "party", "party_kind", "countries", "programs", "identifiers", "listed_on", "fingerprint"]
    )
    rows = matches.join(of_party, keys=["list", "party"], join_type="left outer").sort_by("row")
    named = zip(*(rows[name].to_pylist() for name in ("name", "list", "party")), strict=True)
    return rows.append_column("case", pa.array([case_of_match(*one) for one in named], pa.string()))


def cases_of(flags: Table, matched: Table, unread: Table) -> Table:
    """row; open, decided, refused, matches, unread: how many a shipment has (see results.outcomes)."""
    is_case = flags.filter(flags.case.notnull())
    parts = [_counted(is_case, ibis.literal(False)), _counted(matched, ibis.literal(True))]
    zero = ibis.literal(0, type="int64")
    blank = dict.fromkeys(("open", "decided", "refused", "matches"), zero)
    parts.append(unread.select("row", **blank, unread=ibis.literal(1, type="int64")))
    every = ibis.union(*parts, distinct=False)
    return every.group_by("row").agg(
        **{name: every.count(where=every[name] > 0) for name in (*blank, "unread")}
    )


def _number(value: Any) -> Any:
    return value.cast("int64")


def _counted(rows: Table, is_match: Any) -> Table:
    is_refused = ~rows.is_open & (rows.decision == "refuse").fill_null(False)
    return rows.select(
        "row",
        open=_number(rows.is_open),
        decided=_number(~rows.is_open),
        refused=_number(is_refused),
        matches=_number(is_match),
        unread=ibis.literal(0, type="int64"),
    )
