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
from tests.bench import both_sides, corridor
from tests.bench.generator import generate, generate_held

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


def test_rows_as_held_are_the_rows_of_the_file_in_the_store_s_columns(rows: pa.Table, tmp_path: Path):
    assert generate_held(tmp_path / "held.parquet", ROWS) == rows.num_rows
    held = pyarrow.parquet.read_table(tmp_path / "held.parquet")
    assert held.schema.names == list(COLUMNS)
    assert sum(held["value"].to_pylist()) == pytest.approx(sum(map(float, rows["value_usd"].to_pylist())))
    assert set(held["status"].to_pylist()) == {"simulated"}


def test_the_screen_finds_what_a_pair_trades_with_others(tmp_path: Path):
    """The window of the origin's own exports, added up by hand."""
    source = tmp_path / "held.parquet"
    generate_held(source, ROWS)
    with duckdb.connect() as hand:
        asked = f"FROM '{source}' WHERE flow = 'export' AND period BETWEEN '2022-03-01' AND '2022-11-01'"
        most = f"SELECT reporter {asked} GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 2"
        (origin,), (destination,) = hand.sql(most).fetchall()
        ((whole,),) = hand.sql(f"SELECT sum(value) {asked} AND reporter = '{origin}'").fetchall()
        ((code,),) = hand.sql(f"SELECT min(commodity) {asked} AND reporter = '{origin}'").fetchall()
    found = corridor.screen(source, origin, destination, (code,))
    sent = found.filter(pa.compute.equal(found["leg"], "sent"))
    assert sum(sent["window_0"].to_pylist()) == pytest.approx(whole)
    assert sent.filter(sent["is_listed"])["good"].unique().to_pylist() == [code]


@pytest.mark.parametrize("model", ["trend", "donors"])
def test_each_cell_made_up_is_modelled(model: str):
    assert corridor.modelled(corridor.made_up(30, 20, 10), model) == 30 * 20


def test_the_bench_runs():
    """Small and once round: that it works, not how fast."""
    command = [sys.executable, "-m", "tests.bench", "--json", "--rounds", "1"]
    command += ["--without", "rivals,growth,spark,paper"]  # of these the parts are tested in test_growth.py
    settings = {**os.environ, "ROWS": str(ROWS // 4), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run(command, cwd=ROOT, env=settings, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    aims = {one["aim"] for one in found if one.get("aim")}
    aims -= {0.1, 0.5}  # of the web page: on a busy machine nobody may have been answered within seconds
    assert aims == {1.0, 1.3, 1.5, 2.0, 3.0, 50, 60, 100, 300}
    assert sum("layout" in one for one in found) == 7
