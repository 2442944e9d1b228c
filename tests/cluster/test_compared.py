"""Two answers held against one another: what differs is found, and what does not is not."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.cluster.whole import Compared, compared

KEY = ("hub", "period")


def _written(path: Path, **changed: list[object]) -> Path:
    columns: dict[str, list[object]] = {
        "hub": ["XAA", "XBB", None],
        "period": [1, 1, 1],
        "value_usd": [1e12, None, float("nan")],
        "rows": [3, 4, 5],
    }
    pq.write_table(pa.table({**columns, **changed}), path)
    return path


def _against(tmp_path: Path, **changed: list[object]) -> Compared:
    return compared(_written(tmp_path / "one.parquet"), _written(tmp_path / "b.parquet", **changed), KEY)


def test_the_order_of_sums_and_of_rows_makes_no_other_answer(tmp_path: Path) -> None:
    found = _against(
        tmp_path,
        hub=[None, "XBB", "XAA"],
        value_usd=[float("nan"), None, 1e12 * (1 + 1e-12)],
        rows=[5, 4, 3],
    )
    assert (found.rows, found.missing, found.different) == (3, 0, {})
    assert found.holds
    assert found.farthest == pytest.approx(1e-12, rel=1e-3)


@pytest.mark.parametrize(
    ("changed", "different"),
    [
        ({"value_usd": [1e12 * (1 + 1e-8), None, float("nan")]}, {"value_usd": 1}),
        ({"value_usd": [1e12, 0.0, None]}, {"value_usd": 2}),
        ({"rows": [3, 4, 6]}, {"rows": 1}),
    ],
)
def test_a_cell_that_differs_is_told_with_its_column(
    tmp_path: Path, changed: dict[str, list[object]], different: dict[str, int]
) -> None:
    found = _against(tmp_path, **changed)
    assert (found.missing, found.different, found.holds) == (0, different, False)


def test_what_is_left_of_sums_that_cancel_is_as_exact_as_the_sums(tmp_path: Path) -> None:
    one, other = tmp_path / "one.parquet", tmp_path / "b.parquet"
    _written(one, excess_usd=[0.0, 0.0, 0.0], change=[0.0, 0.5, 1e-3])
    _written(other, excess_usd=[1e-6, 0.0, 0.0], change=[1e-11, 0.5, 1e-3 + 1e-11])
    assert compared(one, other, KEY).holds
    _written(other, excess_usd=[0.0, 1e-6, 0.0], change=[1e-8, 0.5, 1e-3])
    assert compared(one, other, KEY).different == {"excess_usd": 1, "change": 1}


def test_a_row_that_only_one_has_is_missing(tmp_path: Path) -> None:
    found = _against(tmp_path, hub=["XAA", "XCC", None])
    assert (found.missing, found.holds) == (2, False)


def test_a_key_that_does_not_name_a_row_compares_nothing(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="does not name a row"):
        _against_itself(_written(tmp_path / "one.parquet", hub=["XAA", "XAA", "XBB"]))


def _against_itself(path: Path) -> Compared:
    return compared(path, path, KEY)
