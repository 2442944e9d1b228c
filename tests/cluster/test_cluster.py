"""A worker of a real cluster is killed in the middle of a question. `make cluster` runs this; CI does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cluster.whole import everything, made

ROWS = 50_000


@pytest.mark.cluster
def test_a_lost_worker_takes_nothing_of_the_answer_with_it(tmp_path: Path) -> None:
    added, duckdb, spark = everything(*made(tmp_path, ROWS), tmp_path, ["add", "reconcile"], "1g")
    assert added["holds"], added
    assert (duckdb["engine"], spark["engine"]) == ("duckdb", "cluster")
    assert spark["workers"] == {"worker-0": "ALIVE", "worker-1": "DEAD"}
    assert spark["lost"]
    assert spark["rows"] > ROWS / 10
    assert spark["holds"], spark
