"""What is made of measured seconds: slopes, lines, crossings, estimates. All figures here are invented."""

from pathlib import Path

import pytest

from entrepot.store import Store
from tests.bench.growth import growing, lines
from tests.bench.opening import filled
from tests.bench.paper import PRICE, estimated
from tests.bench.rivalry import Measured, by_turns
from tests.bench.rivals.hand import OURS, SPARK, SQL
from tests.bench.rivals.questions import QUESTIONS
from tests.bench.shown import sheets
from tests.bench.spark import crossed
from tests.bench.trials import Result

SIZES = (5_000_000, 20_000_000, 60_000_000)


def measured(way: str, seconds: tuple[float, ...], peak: float = 2**30) -> list[Measured]:
    return [Measured("screen", way, rows, one, one, peak) for rows, one in zip(SIZES, seconds, strict=True)]


def a_line(way: str, fixed: float, per_million: float):
    (found,) = lines(measured(way, tuple(fixed + per_million * rows / 1e6 for rows in SIZES)))
    return found


def test_a_line_finds_fixed_cost_and_cost_a_row():
    line = a_line(OURS, 2.0, 0.1)
    assert (line.fixed, line.per_million) == (pytest.approx(2.0), pytest.approx(0.1))
    assert 0 < line.slope < 1  # a fixed cost flattens it


def test_what_grows_with_the_square_has_slope_two_and_no_line_below_zero():
    (line,) = lines(measured(OURS, tuple((rows / 1e6) ** 2 for rows in SIZES)))
    assert line.slope == pytest.approx(2.0)
    assert line.fixed == 0.0


def test_what_takes_no_longer_for_more_rows_is_a_fixed_cost_and_crosses_nothing_far_off():
    (flat,) = lines(measured(SPARK, (3.0, 2.9, 2.8)))
    assert (flat.per_million, 2.8 < flat.fixed < 3.0) == (0.0, True)
    assert crossed(flat, a_line(OURS, 0.2, 0.002), start=5.0, cores=2).crosses_at is None


def test_lines_cross_where_both_take_as_long():
    spark, duckdb = a_line(SPARK, 30.0, 0.1), a_line(OURS, 2.0, 0.2)
    found = crossed(spark, duckdb, start=5.0, cores=2)
    assert found.crosses_at == pytest.approx(280e6)
    assert spark.seconds(280e6) == pytest.approx(duckdb.seconds(280e6))


def test_an_engine_that_is_dearer_by_the_row_never_crosses_and_needs_more_cores():
    found = crossed(a_line(SPARK, 30.0, 0.8), a_line(OURS, 0.0, 0.2), start=5.0, cores=2)
    assert found.crosses_at is None
    assert found.cores_at_billion == pytest.approx(2 * 800 / 170)


def test_an_estimate_lies_between_the_line_and_the_steepest_growth_allowed():
    line = a_line(OURS, 0.0, 0.36)  # a billion rows: 360 seconds
    found = estimated(line, 1e9, 16.0, cores=2)
    assert found.low_hours == pytest.approx(0.1)
    assert found.high_hours == pytest.approx(0.1 * (1e9 / 60e6) ** 0.05)
    assert found.low_usd == pytest.approx(0.1 * 2 * PRICE)
    assert found.low_cores == pytest.approx(1.2)
    assert found.stored_gib == pytest.approx(16e9 / 2**30)
    assert found.plain()["is_extrapolated"]


def test_each_way_is_asked_in_a_process_of_its_own(tmp_path: Path):
    seen = list(by_turns(QUESTIONS["scan"], (OURS, SQL), 20_000, tmp_path, 1))
    assert [one.way for one in seen] == [OURS, SQL]
    assert all(one.seconds > 0 and one.peak > 2**20 and one.start > 0 for one in seen)
    known = [one for rows in (1, 2) for one in _every(rows)]
    results = [one for one in growing((1, 2), tmp_path, known) if isinstance(one, Result)]
    assert {one.aim for one in results} == {1.05, 1.25, None}


def _every(rows: int) -> list[Measured]:
    return [Measured(name, way, rows, rows, rows, 1.0) for name in (*QUESTIONS, "add") for way in (OURS, SQL)]


def test_a_store_is_filled_with_as_many_snapshots_as_asked(tmp_path: Path):
    filled(tmp_path / "opened", 5)
    store = Store(tmp_path / "opened")
    rows = store.flows()
    assert len(store.snapshots()) == 5
    assert store.run(rows.agg(n=rows.count()))["n"].to_pylist() == [5]


def test_tables_fit_a_terminal_of_eighty_columns():
    runs = [*measured(OURS, (1.0, 4.0, 12.0)), *measured(SPARK, (30.0, 60.0, 140.0))]
    every = lines(runs)
    cross = crossed(every[1], every[0], 5.0, cores=2)
    found = [
        *runs,
        *every,
        cross,
        estimated(every[0], 1e10, 16.0, 2),
        Result("add / COPY", 1.2, "ratio", 1.5),
    ]
    shown = list(sheets(found))
    assert len(shown) == 5
    for sheet in shown:
        widths = [max(len(cell) for cell in column) for column in zip(sheet.header, *sheet.rows, strict=True)]
        assert sum(widths) <= 110, sheet.title  # what is longer is wrapped within its cell
        assert all(len(line) < 250 for line in sheet.markdown().splitlines() if line.startswith("|"))
