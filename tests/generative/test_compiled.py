"""A query made of one compiled for other texts answers as the query compiled for its own."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, BrokenBarrierError
from typing import Any

import ibis
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ibis.expr.types import Table

from entrepot.measures.direct import words
from entrepot.model.constant import column
from entrepot.store.engine import DuckDB
from entrepot.store.engine._compiled import _sql, compiled, template

WORDS = st.text(
    st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=4
) | st.sampled_from(["a", "b", "a'b", "a\\", "'?", "a_1_", "%Y", "\n", '"', "{}", "$1", "--"])
ROWS = ("a", "b", "c", "a'b", "a\\", "", None)


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDB]:
    found = DuckDB()
    whole = [(one, other, len(f"{one}{other}")) for one in ROWS for other in ROWS]
    one, other, number = zip(*whole, strict=True)
    found.register("held", pa.table({"one": one, "other": other, "number": number}))
    yield found
    found.close()


def question(asked: tuple[str, list[str], str, str, str, list[str]]) -> Table:
    """Every way a text gets into a query: what may be put in later, and what must be compiled in."""
    equal, listed, least, named, looked, joined = asked
    held = ibis.table({"one": "string", "other": "string", "number": "int64"}, name="held")
    wanted = (held.one == equal) | held.one.isin(listed) | (held.other >= least) | held.one.contains(looked)
    found = held.filter(wanted).mutate(named=ibis.literal(named), first=held.one.fill_null(least))
    codes = column("code", joined)
    met = found.inner_join(codes, found.other == codes.code)
    told = met.group_by("named").agg(
        one=words(met.one), other=words(met.other), first=words(met.first), sum=met.number.sum()
    )
    return told.mutate(is_same=told.named == equal)


LISTS = st.lists(WORDS, min_size=1, max_size=3, unique=True)


@settings(max_examples=20, deadline=None)
@given(st.tuples(WORDS, LISTS, WORDS, WORDS, WORDS, LISTS), st.data())
def test_texts_put_in_later_answer_as_those_compiled_in(
    engine: DuckDB, first: tuple[Any, ...], data: st.DataObject
) -> None:
    again = (
        data.draw(WORDS),
        *(first[1:4] if data.draw(st.booleans()) else data.draw(st.tuples(LISTS, WORDS, WORDS))),
    )
    second = (*again, first[4], data.draw(LISTS))
    for asked in (first, second):
        expr = question(asked)
        plain = _sql(expr, "duckdb")
        assert "".join(compiled(expr.op(), "duckdb").split()) == "".join(plain.split())
        assert engine.run(expr).to_pylist() == engine.connection.sql(plain).to_arrow_table().to_pylist()
        spark = _sql(expr, "pyspark")
        assert "".join(compiled(expr.op(), "pyspark").split()) == "".join(spark.split())


def test_another_country_and_good_compiles_nothing() -> None:
    ours, theirs = (question((one, ["b"], "a", "c", "d", [one, "e"])).op() for one in ("f", "g"))
    compiled(ours, "duckdb")
    made = template.cache_info().misses
    assert compiled(theirs, "duckdb") != compiled(ours, "duckdb")
    assert template.cache_info().misses == made


def test_threads_compile_one_after_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """Depth and nesting are settings of the process: who ends first would take them from the other."""
    together = Barrier(2)

    def slowly(expr: Table, dialect: str) -> str:
        with pytest.raises(BrokenBarrierError):
            together.wait(0.1)
        return dialect

    monkeypatch.setattr(ibis, "to_sql", slowly)
    before = sys.getrecursionlimit(), ibis.options.sql.fuse_selects
    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(_sql, [ibis.literal("a")] * 2, ["duckdb", "pyspark"])) == [
            "duckdb",
            "pyspark",
        ]
    assert (sys.getrecursionlimit(), ibis.options.sql.fuse_selects) == before
