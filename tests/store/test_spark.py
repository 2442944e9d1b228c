"""A file added on Spark becomes what it becomes on DuckDB, and nothing is left by halves."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from ibis.expr.types import Table, Value

from entrepot.errors import EngineError, EntrepotError, ReadError, StoreError
from entrepot.sources._canonical import day, month, not_a_number, number, text, year
from entrepot.sources._format import Raw
from entrepot.store import Store
from entrepot.store.engine import DuckDB, Engine, Spark
from entrepot.store.engine._parts import landed
from tests.store.helpers import NOW, ROOT, add, beside, line, listing, table

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = pytest.mark.spark

Write = Callable[..., Path]

NUMBERS = (
    *(
        "1",
        "+1",
        "-1",
        "1.",
        ".5",
        ".",
        "1e5",
        "1E-5",
        "1e",
        "1e400",
        "1d",
        "1F",
        "0x1p3",
        "1_0",
        "1__0",
        "00.10",
    ),
    *(
        "1,234",
        "1,23",
        "12,345.6",
        "1 234",
        "1\u00a0234",
        "1\u202f234,5",
        "-1,234",
        " 7\t",
        "\u00a07",
        "7\u2028",
    ),
    *("inf", "-Infinity", "nan", "NULL", "", " ", "--1", "1-", "٣", "½", "0.1", "179769313486231580793e289"),
)
DAYS = (
    *("2022-01-05", "2022-1-5", "2022/01/05", "2022/1/5", "20220105", "2022-02-30", "2022-13-01", "2022"),
    *("2022-01", "2022-01-05 00:00:00", "2022-01-05T00:00:00", "2022-01-05x", "2022-01-05Z", " 2022-01-05\n"),
    *("202201", "2022.M01", "22-1-05", "-2022-01-05", "1899-12-31", "٢٠٢٢-٠١-٠٥", "2022-01-05\u2028"),
)
WORDS = (
    "İSTANBUL",
    "ΟΔΟΣ",
    "Straße",
    "ﬁn",
    "ǅ",
    "ÇÖ",
    "12\n",
    "12\u2028",
    "12",
    "\x0b12\x0c",
    "x\r",
    "[A1]",
    "a.b$",
)


def finite(figure: Value) -> Value:
    """What is kept of a number: "inf" is rejected by the check that goes with it, as what is null is."""
    return ibis.ifelse(figure.abs() <= sys.float_info.max, figure, None)


def asked(column: Value) -> dict[str, Value]:
    """What readers ask of text, each once."""
    return {
        "bare": text(column, (":",)),
        "number": finite(number(column)),
        "plain": finite(text(column).try_cast("float64")),
        "whole": ibis.ifelse(column.re_search("^ ?[+-]?[0-9]+$"), column, None).try_cast("int64"),
        "bad": not_a_number("x", column).fires,
        "month": month(column),
        "year": year(column),
        "day": day(column),
        "lower": column.lower(),
        "code": column.upper().re_search("^[A-Z]+$"),
        "two": column.re_search(r"^\d{2}$"),
        "found": column.re_extract(r"\[([0-9A-Z]+)\]$", 1),
        "cut": column.re_replace(r"[0-9]+$", ""),
        "padded": column.lpad(6, "0"),
        "length": column.length(),
    }


def test_text_is_read_alike(spark: SparkSession):
    """Each word by each function: what Spark's own would take for a number, a day, an end of the text."""
    words = pa.table({"row": range(len(every := NUMBERS + DAYS + WORDS)), "word": every})
    raw = ibis.table({"row": "int64", "word": "string"}, name="words")
    expr = raw.select("row", "word", **asked(raw.word)).order_by("row")
    here, there = DuckDB(), Spark(spark)
    for engine in (here, there):
        engine.register("words", words)
    assert there.run(expr).to_pylist() == here.run(expr).to_pylist()


SAMPLES = {
    "a column for each period": "imts/sample.csv",
    "acts": "sipri/sample.csv",
}
TIDY = table(
    line(commodity="870323", value='"1,234.5"'),
    line(commodity="870324", value="1e3"),
    line(commodity="870331", value="1d"),
    line(commodity="870332", value=""),
    line(commodity="870333", value=7),
    line(commodity="870333", value="7.0"),
    line(commodity="870340", value=12345678.25),
    line(commodity="870340", value=1e16),
    line(partner="ΝΟΥΣ", commodity="870350"),
    line(partner=" XCC ", period="2021-12", commodity="TOTAL"),
    line(period="2022-02-30", commodity="870360"),
)
# Each kind of total is a cell of its own: to Spark's functions of many columns an empty one is not there.
TOTALS = ["procedure,transport", ",", "4,", ",4", "4,4", ",4"]
WRITTEN = {"tidy": TIDY, "totals": beside(table(*(line() for _ in TOTALS[1:])), *TOTALS)}


@pytest.mark.parametrize("name", [*SAMPLES, *WRITTEN])
def test_a_file_becomes_the_same(name: str, spark: SparkSession, tmp_path: Path, write: Write):
    path = write(WRITTEN[name]) if name in WRITTEN else ROOT / "src/entrepot/sources" / SAMPLES[name]
    here, there = (
        held(tmp_path / str(at), engine, path) for at, engine in enumerate((DuckDB(), Spark(spark)))
    )
    assert there == here


def held(folder: Path, engine: Engine, path: Path) -> dict[str, Any]:
    """All that a store has of one file, and nothing left of the work."""
    store = Store(folder, engine)
    card = store.add(path, now=NOW).card
    (rows,) = folder.glob(f"*/{card.snapshot}/*.parquet")
    scopes = pq.read_table(folder / "snapshots" / f"{card.snapshot}.scope.parquet")
    assert not list((folder / "scratch").iterdir())
    kept, rejects = pq.read_table(rows), store.rejects(card.snapshot)
    types = {field.name: field.type for table in (kept, rejects) for field in table.schema}
    return {
        "card": card,
        "rows": kept.to_pylist(),
        "rejects": rejects.to_pylist(),
        "scopes": scopes.to_pylist(),
        "types": types,
    }


def test_parts_are_put_together_in_order(spark: SparkSession, tmp_path: Path):
    """As many parts as Spark likes become one file, sorted, in groups of the size asked for."""
    count, group = 30_000, 10_240
    words = pa.array([f"{n * 7919 % count:06}" for n in range(count)])
    raw = ibis.table({"n": "string", "row": "int64"}, name="raw")
    usual = spark.conf.get("spark.sql.shuffle.partitions", "1")
    spark.conf.set("spark.sql.shuffle.partitions", "3")
    staging = Spark(spark).staging(tmp_path)
    try:
        staging.register_raw("raw", Raw(("n",), 2, table=pa.table({"n": words})))
        staging.write(raw.order_by("n"), tmp_path / "out", group)
    finally:
        staging.close()
        spark.conf.set("spark.sql.shuffle.partitions", usual)
    found = pq.ParquetFile(tmp_path / "out")
    rows = found.read()
    assert rows["n"].to_pylist() == sorted(words.to_pylist())
    assert rows["row"][0].as_py() == 2
    groups = [found.metadata.row_group(at) for at in range(found.metadata.num_row_groups)]
    assert len(groups) in (3, 4)  # where Spark cuts parts depends on a sample
    assert (
        max(one.num_rows for one in groups) <= 2 * group
    )  # whole vectors, and the last of a part with the first of the next
    assert {one.column(0).compression for one in groups} == {"ZSTD"}


class HalfSeen:
    """A frame of Spark's, written by workers of whom one does not share the folder: its part is not there."""

    def __init__(self, frame: Any) -> None:
        self.frame = frame

    def __getattr__(self, name: str) -> Any:
        return getattr(self.frame, name)

    def observe(self, *told: Any) -> HalfSeen:
        return HalfSeen(self.frame.observe(*told))

    @property
    def write(self) -> HalfSeen:
        return HalfSeen(self.frame.write)

    def mode(self, name: str) -> HalfSeen:
        return HalfSeen(self.frame.mode(name))

    def option(self, *told: str) -> HalfSeen:
        return HalfSeen(self.frame.option(*told))

    def parquet(self, target: str) -> None:
        self.frame.parquet(target)
        min(Path(target).glob("*.parquet")).unlink()


def test_where_a_part_is_not_seen_there_is_no_short_answer(spark: SparkSession, tmp_path: Path):
    rows = spark.range(0, 10, 1, 2)
    assert len(landed(rows, tmp_path / "whole")) == 2
    with pytest.raises(EngineError, match=r"wrote 10 rows to .* and 5 of them are seen here"):
        landed(HalfSeen(rows), tmp_path / "half")


class Failing(Spark):
    """A Spark that fails at one point with what is said."""

    def __init__(self, session: SparkSession, said: str) -> None:
        super().__init__(session)
        self.said = said

    def sql(self, expr: Table, names: Mapping[str, str] | None = None) -> str:
        """See Engine."""
        from pyspark.errors import PySparkException

        raise PySparkException(self.said)


FAULTS = {
    "gone": (
        "Connection refused",
        EngineError,
        "Spark did not finish: Connection refused. The store is as it",
    ),
    "full": ("Job aborted\nNo space left on device", StoreError, "Free space or rights there, for Spark's"),
    "beyond": (
        "[CAST_OVERFLOW] The value 200L. SQLSTATE: 22003",
        ReadError,
        "Nothing of this file was stored",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_fails_says_what_to_do_and_leaves_the_store(
    fault: str, spark: SparkSession, store: Store, write: Write
):
    add(store, write(line(), "first.csv"))
    before = listing(store.folder)
    said, kind, told = FAULTS[fault]
    with pytest.raises(EntrepotError, match=told) as caught:
        add(Store(store.folder, Failing(spark, said)), write(line(partner="XCC")))
    assert type(caught.value) is kind
    assert listing(store.folder) == before
    assert not list((store.folder / "scratch").iterdir())
