"""What columns and checks share is computed once a row; what a case guards is not computed before it."""

from __future__ import annotations

import ibis
import pyarrow as pa
import pytest
from ibis.expr.types import Table

from entrepot.sources._canonical import month, number
from entrepot.sources._once import each_once
from entrepot.store.engine import DuckDB

_TEXT = ibis.table({"name": "string", "figure": "string"}, name="text")


@pytest.fixture
def engine() -> DuckDB:
    """Three rows of text."""
    started = DuckDB()
    started.register("text", pa.table({"name": ["  a ", "B", None], "figure": ["1", "no figure", None]}))
    return started


def _shared() -> Table:
    bare = _TEXT.name.strip().lower()
    return _TEXT.select(
        bare=bare, twice=bare + bare, is_long=ibis.cases((bare == "", "no"), (bare == "a", bare), else_="?")
    )


def test_rows_are_the_same(engine: DuckDB) -> None:
    """However deep parts stand within one another."""
    assert engine.run(each_once(_shared())).equals(engine.run(_shared()))


def test_a_part_is_written_once(engine: DuckDB) -> None:
    """The text without blanks is used six times."""
    assert engine.sql(_shared()).count("TRIM(") > 1
    assert engine.sql(each_once(_shared())).count("TRIM(") == 1


def test_what_a_case_guards_stays_in_it(engine: DuckDB) -> None:
    """A conversion that would fail for text that is no figure."""
    figure = _TEXT.figure.cast("int64")
    is_figure = _TEXT.figure == "1"
    guarded = _TEXT.select(
        one=ibis.ifelse(is_figure, figure + 1, 0), other=ibis.ifelse(is_figure, figure + 2, 0)
    )
    assert engine.run(each_once(guarded)).to_pylist()[:2] == [{"one": 2, "other": 3}, {"one": 0, "other": 0}]


@pytest.mark.parametrize(
    ("written", "first"),
    [
        ("2020-01", "2020-01-01"),
        ("2020-13", None),
        ("0999-01", "0999-01-01"),
        ("2020-1x", None),
        ("2020/01", "2020-01-01"),
    ],
)
def test_months_with_and_without_a_pattern(engine: DuckDB, written: str, first: str | None) -> None:
    """The quick way says what the pattern says."""
    engine.register(
        "text",
        pa.table(
            {"name": [written], "figure": [None]},
            schema=pa.schema([("name", pa.string()), ("figure", pa.string())]),
        ),
    )
    found = engine.run(_TEXT.select(first=month(_TEXT.name).cast("string")))
    assert found["first"].to_pylist() == [first]


@pytest.mark.parametrize(
    ("missing", "thousands", "figure"), [((), ",", 1.5), (("1.5",), ",", None), ((), ".", None)]
)
def test_marks_come_before_the_quick_way(
    engine: DuckDB, missing: tuple[str, ...], thousands: str, figure: float | None
) -> None:
    """A publisher may write missing, or thousands, in what looks like a plain number."""
    engine.register("text", pa.table({"name": ["1.5"], "figure": ["x"]}))
    found = engine.run(_TEXT.select(figure=number(_TEXT.name, missing, thousands)))
    assert found["figure"].to_pylist() == [figure]
