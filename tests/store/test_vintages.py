"""Which rows are in force: a later snapshot replaces what it speaks for, and the past stays answerable."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from entrepot.errors import NoDataError
from entrepot.model.constant import constant
from entrepot.model.flow import COLUMNS
from entrepot.model.provenance import Card, Scope, Snapshot
from entrepot.sources import Head
from entrepot.sources.tidy import read
from entrepot.store import Store, vintage
from entrepot.store.engine import DuckDB, Engine, Spark
from tests.store.helpers import NOW, add, cells, line

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

Write = Callable[..., Path]


@pytest.fixture
def publish(store: Store, write: Write) -> Callable[..., Any]:
    """`publish("2022-05-01", line(...), ...)` adds a file of that day."""
    count = itertools.count()

    def _publish(day: str, *lines: str, **options: Any) -> Any:
        return add(store, write("".join(lines), f"{next(count)}.csv"), day, **options)

    return _publish


# ---------------------------------------------------------------- one rule at a time


def test_as_of_answers_from_what_was_published_by_then(store: Store, publish: Callable[..., Any]):
    publish("2022-05-01", line(value=1))
    publish("2022-06-01", line(value=2))
    with pytest.raises(NoDataError, match="published by 2022-04-30"):
        cells(store, "2022-04-30")
    assert cells(store, "2022-05-01") == (("XBB", "870323", 1.0),)
    assert cells(store, "2022-05-31") == (("XBB", "870323", 1.0),)
    assert cells(store, "2022-06-01") == cells(store) == (("XBB", "870323", 2.0),)


def test_a_later_file_replaces_its_scope_and_nothing_else(store: Store, publish: Callable[..., Any]):
    """Another month, partner, product or direction stays; a row gone from inside is gone as of then."""
    publish(
        "2022-05-01",
        line(value=1),
        line(value=2, commodity="870324"),
        line(value=3, partner="XCC"),
        line(value=4, period="2022-02"),
        line(value=5, flow="import"),
    )
    publish("2022-06-01", line(value=10), line(value=30, partner="XCC", commodity="870324"))
    names = ("flow", "period", "partner", "commodity", "value")
    assert cells(store, names=names) == (
        ("export", date(2022, 1, 1), "XBB", "870323", 10.0),
        ("export", date(2022, 1, 1), "XCC", "870324", 30.0),
        ("export", date(2022, 2, 1), "XBB", "870323", 4.0),
        ("import", date(2022, 1, 1), "XBB", "870323", 5.0),
    )
    assert len(cells(store, "2022-05-31")) == 5


def test_a_cell_that_a_revision_marks_as_missing_is_withdrawn(store: Store, publish: Callable[..., Any]):
    publish("2022-05-01", line(value=1), line(value=2, commodity="870324"))
    publish("2022-06-01", line(value=""), line(value=3, commodity="870324"))
    assert cells(store) == (("XBB", "870324", 3.0),)


@pytest.mark.parametrize(("complete", "left"), [((), ["XBB", "XCC"]), (("partner",), ["XBB"])])
def test_partners_that_a_file_does_not_mention(
    store: Store, publish: Callable[..., Any], complete: tuple[str, ...], left: list[str]
):
    """They stay, unless the file covers all partners: then they are withdrawn."""
    publish("2022-05-01", line(), line(partner="XCC"))
    publish("2022-06-01", line(value=11), complete=complete)
    assert [partner for partner, *_ in cells(store)] == left


def test_a_file_complete_at_one_level_leaves_the_others(store: Store, publish: Callable[..., Any]):
    """All headings say nothing of subheadings, whether those are listed or complete themselves."""
    publish("2022-05-01", line(commodity="8703"), line(commodity="8704"), line(commodity="870324"),
            complete=("commodity",))  # fmt: skip
    publish("2022-06-01", line(commodity="8703", value=11), complete=("commodity",))
    assert cells(store) == (("XBB", "8703", 11.0), ("XBB", "870324", 10.0))


def test_three_vintages_follow_one_another(store: Store, publish: Callable[..., Any]):
    publish("2022-05-01", line(value=1), line(value=1, partner="XCC"), line(value=1, partner="XDD"))
    publish("2022-06-01", line(value=2), line(value=2, partner="XCC"))
    publish("2022-07-01", line(value=3))
    values = {"2022-05-01": [1, 1, 1], "2022-06-01": [2, 2, 1], "2022-07-01": [3, 2, 1]}
    assert {day: [value for *_, value in cells(store, day)] for day in values} == values


def test_the_order_of_adding_does_not_matter(tmp_path: Path, write: Write):
    files = {
        "2022-05-01": line(value=1) + line(value=1, partner="XCC"),
        "2022-06-01": line(value=2) + line(value=2, partner="XDD"),
        "2022-07-01": line(value=3, partner="XCC"),
    }
    found = set()
    for number, order in enumerate(([0, 1, 2], [2, 1, 0], [1, 2, 0])):
        store = Store(tmp_path / f"store {number}")
        for day in (list(files)[place] for place in order):
            add(store, write(files[day], f"{day}.csv"), day)
        found.add(tuple(cells(store, day) for day in sorted(files)))
    assert len(found) == 1


def test_rank_beats_date(store: Store, write: Write, monkeypatch: pytest.MonkeyPatch):
    """The better source speaks, however old its file; the other fills what it does not cover."""
    ranks = {"better.csv": 10, "worse.csv": 60}
    form = read.FORMATS[0]

    def ranked(head: Head, known: Card) -> Card:
        return replace(known, rank=ranks[head.path.name])

    monkeypatch.setattr(read, "FORMATS", (replace(form, card=ranked),))
    add(store, write(line(value=1), "better.csv"), "2020-01-01")
    add(store, write(line(value=2) + line(value=2, partner="XCC"), "worse.csv"), "2022-01-01")
    assert cells(store) == (("XBB", "870323", 1.0), ("XCC", "870323", 2.0))


APART = {
    "year and month": ("frequency", "A", "M"),
    "currencies": ("currency", "USD", "EUR"),
    "bases": ("partner_basis", "destination", "consignment"),
    "reporters": ("reporter", "XAA", "XEE"),
    "flows": ("flow", "export", "re-export"),
    "products": ("commodity", "8703", "870323"),
}


@pytest.mark.parametrize("kind", APART)
def test_what_is_not_the_same_cell_never_masks(store: Store, write: Write, kind: str):
    column, first, second = APART[kind]
    for day, value in (("2022-05-01", first), ("2022-06-01", second)):
        usual = {"frequency": "M", "partner_basis": "destination", "commodity": "870323"} | {column: value}
        extra = [usual.pop("frequency"), usual.pop("partner_basis")]
        record = line(**usual).rstrip("\n") + "," + ",".join(extra) + "\n"
        header = "reporter,partner,flow,period,commodity,value,currency,status,frequency,partner_basis\n"
        add(store, write((header + record).encode(), f"{day}.csv"), day)
    assert {row[0] for row in cells(store, names=(column,))} == {first, second}
    assert len(cells(store)) == 2


def test_a_snapshot_wholly_replaced_is_not_read(store: Store, publish: Callable[..., Any]):
    """Its file may be large: the query must not open it, except to answer as of an earlier day."""
    old = publish("2022-05-01", line(value=1)).card.snapshot
    new = publish("2022-06-01", line(value=2)).card.snapshot
    fresh = Store(store.folder)
    fresh.flows()
    assert [new in path for paths in fresh._views.values() for path in paths] == [True]
    fresh.flows(date(2022, 5, 1))
    assert any(old in path for paths in fresh._views.values() for path in paths)


# ---------------------------------------------------------------- many snapshots at once, against an oracle


PERIODS = (date(2022, 1, 1), date(2022, 2, 1))
PARTNERS = ("XBB", "XCC", "XDD")
COMMODITIES = {"TOTAL": 0, "87": 2, "84": 2, "8703": 4, "chips": None}


@dataclass(frozen=True)
class File:
    """One made-up snapshot: the cells it gives, and which of its axes are complete."""

    day: int
    rank: int
    currency: str
    edition: str | None
    breakdown: str
    rows: frozenset[tuple[date, str, str]]
    all_partners: bool
    all_commodities: bool

    def scope(self) -> Scope:
        """What it speaks for."""
        periods, partners, commodities = (frozenset(axis) for axis in zip(*self.rows, strict=True))
        return Scope(
            "XAA", "export", "M", "destination", self.currency, self.edition, self.breakdown, periods,
            None if self.all_partners else partners, None if self.all_commodities else commodities,
            frozenset(COMMODITIES[c] for c in commodities),
        )  # fmt: skip

    def snapshot(self, number: int) -> Snapshot:
        """Its card."""
        return Snapshot(
            f"s{number}", "", "tidy", "tidy", "", 0, date(2022, 1, self.day), True,
            datetime(2026, 1, 1, number, tzinfo=UTC), "", "", "", self.rank, len(self.rows), 0, 0,
        )  # fmt: skip

    def speaks_for(self, period: date, partner: str, commodity: str) -> bool:
        """The rule as METHODS would say it, cell by cell."""
        mine = list(zip(*self.rows, strict=True))
        levels = {COMMODITIES[c] for c in mine[2]}
        return (
            period in mine[0]
            and (self.all_partners or partner in mine[1])
            and (COMMODITIES[commodity] in levels if self.all_commodities else commodity in mine[2])
        )


def oracle(files: Sequence[File]) -> set[tuple[Any, ...]]:
    """Rows in force: those for whose cell no file that goes before speaks."""
    order = sorted(range(len(files)), key=lambda n: (files[n].rank, -files[n].day, -n))
    kept = set()
    for place, number in enumerate(order):
        one = files[number]
        before = [files[n] for n in order[:place] if files[n].currency == one.currency]
        kept |= {(f"s{number}", *cell) for cell in one.rows if not any(b.speaks_for(*cell) for b in before)}
    return kept


def in_force(files: Sequence[File], engine: Engine) -> set[tuple[Any, ...]]:
    """The same from the store's own rule, on an engine."""
    held = [vintage.Held(one.snapshot(n), one.scope()) for n, one in enumerate(files)]
    usual: dict[str, Any] = dict.fromkeys(COLUMNS) | {
        "reporter": "XAA", "flow": "export", "frequency": "M", "partner_basis": "destination"
    }  # fmt: skip
    rows = [
        usual
        | {
            "snapshot": f"s{n}",
            "currency": one.currency,
            "hs_revision": one.edition,
            "breakdown": one.breakdown,
        }
        | {"period": period, "partner": partner, "commodity": commodity, "digits": COMMODITIES[commodity]}
        for n, one in enumerate(files)
        for period, partner, commodity in sorted(one.rows)
    ]
    flows = constant({name: [row[name] for row in rows] for name in COLUMNS}, COLUMNS)
    expr = vintage.in_force(flows, vintage.masks(held))
    found = engine.run(expr.select("snapshot", "period", "partner", "commodity")).to_pylist()
    listed = [tuple(row.values()) for row in found]
    assert len(listed) == len(set(listed))
    live = {name for name, masked in vintage.wholly_masked(held, vintage.masks(held)).items() if not masked}
    assert {row[0] for row in listed} <= live
    return set(listed)


def files_of(most: int) -> st.SearchStrategy[list[File]]:
    cell = st.tuples(st.sampled_from(PERIODS), st.sampled_from(PARTNERS), st.sampled_from(list(COMMODITIES)))
    one = st.builds(
        File,
        day=st.integers(1, 4),
        rank=st.sampled_from((10, 50)),
        currency=st.sampled_from(("USD", "USD", "USD", "EUR")),
        edition=st.sampled_from((None, "HS2017", "HS2022")),
        breakdown=st.sampled_from(("", "", "partner2")),
        rows=st.frozensets(cell, min_size=1, max_size=6),
        all_partners=st.booleans(),
        all_commodities=st.booleans(),
    )
    return st.lists(one, min_size=1, max_size=most)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(files_of(5))
def test_rows_in_force_are_those_of_the_rule(files: list[File]):
    assert in_force(files, DuckDB()) == oracle(files)


@pytest.mark.spark
def test_rows_in_force_are_the_same_on_spark(spark: SparkSession):
    engine = Spark(spark)

    @settings(
        max_examples=6,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.large_base_example],
    )
    @given(files_of(3))
    def check(files: list[File]) -> None:
        assert in_force(files, engine) == oracle(files)

    check()


@settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],  # to shrink would take minutes
    suppress_health_check=[HealthCheck.too_slow],
)
@given(files=files_of(3))
def test_the_same_through_real_files(tmp_path_factory: pytest.TempPathFactory, files: list[File]):
    """Files written, added in turn and asked for: on the last day, and on each day before."""
    folder = tmp_path_factory.mktemp("files")
    plain = [replace(f, rank=50, all_commodities=False, rows=without_totals(f.rows)) for f in files]
    store = Store(folder / "store")
    for number, one in enumerate(plain):
        lines = (
            line(
                period=f"{period:%Y-%m}",
                partner=partner,
                commodity=commodity,
                value=number,
                currency=one.currency,
            )
            for period, partner, commodity in sorted(one.rows)
        )
        path = folder / f"{number}.csv"
        path.write_text("reporter,partner,flow,period,commodity,value,currency,status\n" + "".join(lines))
        store.add(
            path,
            now=NOW.replace(hour=number),
            published=date(2022, 1, one.day),
            complete=("partner",) if one.all_partners else (),
        )
    for day in sorted({one.day for one in plain}):
        known = {n: one for n, one in enumerate(plain) if one.day <= day}
        wanted = oracle(list(known.values()))
        numbers = list(known)
        rows = {(numbers[int(name[1:])], *cell) for name, *cell in wanted}
        found = cells(store, f"2022-01-{day:02}", ("value", "period", "partner", "commodity"))
        assert sorted(rows) == sorted(found)


def without_totals(rows: frozenset[tuple[date, str, str]]) -> frozenset[tuple[date, str, str]]:
    """All goods have no edition of the nomenclature, so a file speaks for them apart from its codes."""
    return frozenset((period, partner, "84" if code == "TOTAL" else code) for period, partner, code in rows)


def test_nothing_held_is_no_data(store: Store):
    with pytest.raises(NoDataError, match="holds nothing"):
        store.flows()
