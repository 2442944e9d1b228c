"""The bench's rows are what they claim to be, and the bench runs. Nothing here looks at a clock."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet
import pytest

from entrepot.model.flow import COLUMNS
from entrepot.store import Store
from tests.bench import both_sides
from tests.bench.generator import generate

ROOT = Path(__file__).resolve().parents[2]
ROWS = 20_000


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("bench") / "made.csv.gz"
    generate(target, ROWS)
    return target


@pytest.fixture(scope="module")
def rows(made: Path) -> Iterator[pa.Table]:
    with duckdb.connect() as reader:
        yield reader.read_csv(str(made), all_varchar=True).to_arrow_table()


def test_the_same_seed_makes_the_same_bytes_and_another_seed_others(made: Path, tmp_path: Path):
    same, other = tmp_path / "same.csv.gz", tmp_path / "other.csv.gz"
    generate(same, ROWS)
    generate(other, ROWS, seed=2)
    assert same.read_bytes() == made.read_bytes()
    assert other.read_bytes() != made.read_bytes()


def test_as_many_rows_as_asked_within_a_few_percent(rows: pa.Table):
    assert rows.num_rows == pytest.approx(ROWS, rel=0.05)


def test_every_row_is_marked_simulated_and_its_countries_do_not_exist(rows: pa.Table):
    assert set(rows["status"].to_pylist()) == {"simulated"}
    areas = {*rows["reporter"].to_pylist(), *rows["partner"].to_pylist()}
    assert all(area.startswith("X") and len(area) == 3 and area != "XKX" for area in areas)


def test_each_cell_is_there_once(rows: pa.Table):
    cell = ["reporter", "partner", "flow", "period", "commodity"]
    assert rows.group_by(cell).aggregate([]).num_rows == rows.num_rows


def test_codes_have_six_digits_and_keep_their_leading_zeros(rows: pa.Table):
    codes = set(rows["commodity"].to_pylist())
    assert all(len(code) == 6 and code.isdigit() for code in codes)
    assert any(code.startswith("0") for code in codes)


def test_the_store_takes_every_row(made: Path, rows: pa.Table, tmp_path: Path):
    added = Store(tmp_path / "store").add(made, now=datetime(2026, 1, 1, tzinfo=UTC))
    assert (added.card.rows, added.card.rejects) == (rows.num_rows, 0)


def test_both_sides_are_of_the_store_s_columns_and_about_as_many_as_asked(tmp_path: Path):
    target = tmp_path / "sides.parquet"
    both_sides.generate(target, ROWS)
    rows = pyarrow.parquet.read_table(target)
    assert rows.schema.names == list(COLUMNS)
    pairs = rows.num_rows / (2 * 10 / 11) / (1 - (1 / 11) ** 2) ** -1
    assert pairs == pytest.approx(ROWS, rel=0.05)


def test_ours_and_pandas_reconcile_the_same_cells(tmp_path: Path):
    """The bench compares like with like: the same rows, each value between its sides."""
    both_sides.generate(tmp_path / "sides.parquet", ROWS)
    both_sides.ours(tmp_path / "sides.parquet", tmp_path / "ours.parquet")
    both_sides.by_hand(tmp_path / "sides.parquet", tmp_path / "pandas.parquet")
    key = ["exporter", "importer", "commodity"]
    ours, theirs = (
        pyarrow.parquet.read_table(tmp_path / f"{name}.parquet")
        .select(key)
        .sort_by([(k, "ascending") for k in key])
        for name in ("ours", "pandas")
    )
    assert ours.to_pylist() == theirs.to_pylist()


def test_the_bench_runs():
    """Small and once round: that it works, not how fast."""
    command = [sys.executable, "-m", "tests.bench", "--json", "--rounds", "1"]
    settings = {**os.environ, "ROWS": str(ROWS), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run(command, cwd=ROOT, env=settings, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert {one["aim"] for one in found if one.get("aim")} == {1.0, 1.3, 1.5, 2.0, 50}
    assert sum("layout" in one for one in found) == 7
